"""The ledger as files in chat: Excel of the list as filtered, prominent hazards of the month, charts as pictures."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from checklists.deliveries import Delivery
from checklists.ledger import OVERDUE, UNNOTIFIED, LedgerFilter, Target, gathered, targets
from checklists.people import Permission
from checklists.prominent_hazards import reasons_of
from checklists.sector_sets import load_sector_sets
from handlers.buttons import to_home
from handlers.documents.charts import areas_png, closing_png, flows, months_png, trades_png
from handlers.documents.hazard_ledger import write_hazard_ledger
from handlers.documents.prominent_hazards import Prominent, prominent_hazards_xlsx
from handlers.ledger_filters import filter_lines, kept_view, view_from, view_to
from handlers.ledger_rows import EVERYTHING, rows_of
from handlers.outgoing import Outgoing
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.services import Services
from handlers.words import N_, SHANGHAI, _, day, full_day, html, listed, speaking
from storage.transaction import Transaction
from storage.zones import Zone

REPORT = "ledger_report"
_MOST_PROMINENT = 500
_MOST_QUARTERS = 4
_PARTS = {OVERDUE: N_("逾期"), UNNOTIFIED: N_("没有通知到")}


def overview(request: Request) -> Reply:
    """The figures in words, against the plan's targets, and the files to ask for."""
    request.enter("ledger_reports")
    every = request.tx.ledger.totals(today=request.today)
    lines = [
        _("<b>隐患统计</b>（截至{day}，不含误报）").format(day=day(request.today)),
        _("发现 {found} 条，其中重大 {major} 条").format(found=every.found, major=every.major),
        _("已销号 {closed} 条，销号率 {rate:.0%}").format(closed=every.closed, rate=every.close_rate),
        _("没有销号 {open} 条，其中逾期 {overdue} 条").format(open=every.open, overdue=every.overdue),
    ]
    if every.days_to_close is not None:
        lines.append(_("平均 {days:.1f} 天销号").format(days=every.days_to_close))
    plan_id = request.tx.office_settings.plan_id()
    against = targets(plan_id, request.tx.ledger.major_figures(today=request.today))
    lines += ["", _("<b>对照方案目标</b>（重大隐患）"), *(_target_line(t) for t in against)] if against else []
    view = kept_view(request)
    filtered = Button(_("发 Excel：清单里筛选的"), data("gz", "filtered")) if filter_lines(view) else None
    buttons = rows(
        [Button(_("发 Excel：全部台账"), data("gz", "everything"))],
        [filtered],
        [Button(_("发 Excel：本月突出隐患"), data("gz", "prominent"))],
        [Button(_("发统计图"), data("gz", "charts"))],
        [Button(_("待办"), data("gi")), to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _target_line(target: Target) -> str:
    mark = {True: "✅", False: "❗", None: "·"}[target.met]
    by = _("（{day}前）").format(day=full_day(target.by)) if target.by else ""
    parts = [f"{_(_PARTS.get(name, name))} {count}" for name, count in target.series.items()][-_MOST_QUARTERS:]
    now = listed(parts) or str(target.count)
    return _("{mark} {what}{by}：现在 {count}").format(mark=mark, what=html(target.what), by=by, count=now)


def ask_for(request: Request) -> Reply:
    """Queue a file; it is made when it is sent, so that nobody's tap waits for it."""
    what = request.word(0)
    if what not in _MAKERS:
        raise Gone
    about = {"what": what, "view": view_to(kept_view(request)) if what == "filtered" else None}
    dedupe = f"{REPORT}:{request.who.id}:{what}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(REPORT, dedupe, request.who, about, request.now, request.now)
    return Reply(toast=_("正在生成，马上发给您。"))


def report(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The files as the ledger stands at the moment of sending; only for people still in the office."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    zone = tx.zones.current()
    if person is None or zone is None or not person.in_office:
        return None
    wanted = EVERYTHING
    if delivery.about.get("view"):
        wanted = view_from(delivery.about["view"]).filter(now.astimezone(SHANGHAI).date())
    with speaking("zh"):  # the files are handed on in Chinese
        return Outgoing(documents=_MAKERS[delivery.about["what"]](tx, services, zone, wanted, now))


def _ledger_file(
    tx: Transaction, services: Services, zone: Zone, wanted: LedgerFilter, now: datetime
) -> tuple[Document, ...]:
    made = io.BytesIO()
    count = write_hazard_ledger(rows_of(tx, services.deep_link, wanted), made, zone=zone.name, as_of=now)
    name = _("隐患台账-{day}.xlsx").format(day=now.astimezone(SHANGHAI).date().isoformat())
    return (Document(name=name, content=made.getvalue(), caption=_("隐患台账，共 {count} 条。").format(count=count)),)


def _prominent_file(
    tx: Transaction, services: Services, zone: Zone, wanted: LedgerFilter, now: datetime
) -> tuple[Document, ...]:
    today = now.astimezone(SHANGHAI).date()
    chosen: list[Prominent] = []
    for row in rows_of(tx, services.deep_link, LedgerFilter()):
        reasons = reasons_of(row.hazard, today=today, repeats=row.repeats)
        if reasons and len(chosen) < _MOST_PROMINENT:
            chosen.append(Prominent(row=row, reasons=reasons))
    month = today.strftime("%Y-%m")
    content = prominent_hazards_xlsx(chosen, zone=zone.name, month=month, as_of=now)
    name, caption = _("突出隐患-{month}.xlsx").format(month=month), _("突出隐患，共 {count} 条。报出前请核对。")
    return (Document(name=name, content=content, caption=caption.format(count=len(chosen))),)


def _chart_files(
    tx: Transaction, services: Services, zone: Zone, wanted: LedgerFilter, now: datetime
) -> tuple[Document, ...]:
    today = now.astimezone(SHANGHAI).date()
    found = tx.ledger.figures(today=today)
    by_month = {f.month: f.found for f in gathered(found, "month")}
    flow = flows(by_month, tx.ledger.closed_by_month(), last=today.strftime("%Y-%m"))
    told: dict[str, Any] = {"zone": zone.name, "as_of": now}
    pictures = {
        _("发现与销号"): months_png(flow, **told),
        _("销号率"): closing_png(found, **told),
        _("各行业隐患"): trades_png(found, **told, name=_trade_name),
        _("各社区隐患"): areas_png(found, **told),
    }
    return tuple(
        Document(name=f"{caption}.png", content=content, caption=caption, is_photo=True)
        for caption, content in pictures.items()
    )


def _trade_name(trade: str) -> str:
    known = load_sector_sets().trades.get(trade)
    return known.name if known else trade


_Maker = Callable[[Transaction, Services, Zone, LedgerFilter, datetime], tuple[Document, ...]]
_MAKERS: Mapping[str, _Maker] = {
    "everything": _ledger_file,
    "filtered": _ledger_file,
    "prominent": _prominent_file,
    "charts": _chart_files,
}

ROUTES: tuple[Route, ...] = (
    Press(name="gr", needs=Permission.OFFICE, handler=overview),
    Press(name="gz", needs=Permission.OFFICE, handler=ask_for),
    Display(dialog="ledger_reports", needs=Permission.OFFICE, handler=overview),
)
