"""How the ledger stands in figures, against the targets of the plan, with the way to its files."""

from checklists.ledger import (
    LAST_QUARTER,
    OVERDUE,
    THIS_QUARTER,
    UNARRANGED,
    UNNOTIFIED,
    YEAR_AGO,
    Target,
    targets,
)
from checklists.people import Permission
from handlers.buttons import to_home
from handlers.ledger_orders import file_buttons
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.risk_coverage import coverage
from handlers.routing import Display, Press, Request, Route
from handlers.statistics_standing import standing
from handlers.words import N_, _, day, full_day, html, listed

_PARTS = {
    OVERDUE: N_("逾期"),
    UNNOTIFIED: N_("没有通知到"),
    UNARRANGED: N_("没有定责任人或期限"),
    THIS_QUARTER: N_("本季度到今天新发现"),
    LAST_QUARTER: N_("上季度"),
    YEAR_AGO: N_("去年同季度"),
}


def overview(request: Request) -> Reply:
    """The figures in words, against the plan's targets, and the files to ask for."""
    request.enter("ledger_reports")
    every = request.tx.ledger.totals(today=request.today)
    lines = [
        _("<b>隐患统计</b>（截至{day}，不含误报）").format(day=day(request.today)),
        _("发现 {found} 条，其中重大 {major} 条").format(found=every.found, major=every.major),
        _("已销号 {closed} 条，销号率 {rate}%").format(closed=every.closed, rate=every.close_percent),
        _("没有销号 {open} 条，其中逾期 {overdue} 条").format(open=every.open, overdue=every.overdue),
    ]
    if every.days_to_close is not None:
        lines.append(_("平均 {days:.1f} 天销号").format(days=every.days_to_close))
    plan_id = request.tx.office_settings.plan_id()
    against = targets(plan_id, request.tx.ledger.major_figures(today=request.today), today=request.today)
    lines += ["", _("<b>对照方案目标</b>（重大隐患）"), *(_target_line(t) for t in against)] if against else []
    tables, ways = standing(request)
    lines += ["", *tables] if tables else []
    firms, lists = coverage(request)
    lines += ["", *firms]
    buttons = rows(*file_buttons(request), *ways, *lists, [Button(_("待办"), data("gi")), to_home()])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _target_line(target: Target) -> str:
    mark = {True: "✅", False: "❗", None: "·"}[target.met]
    by = _("（{day}前）").format(day=full_day(target.by)) if target.by else ""
    parts = [f"{_(_PARTS[name])} {count}" for name, count in target.series.items()]
    now = listed(parts) or str(target.count)
    return _("{mark} {what}{by}：现在 {count}").format(mark=mark, what=html(target.what), by=by, count=now)


ROUTES: tuple[Route, ...] = (
    Press(name="gr", needs=Permission.READ, handler=overview),
    Display(dialog="ledger_reports", needs=Permission.READ, handler=overview),
)
