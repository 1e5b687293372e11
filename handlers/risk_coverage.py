"""How far the firms' own risk control has come: registers, own items with inspections in time, points left unseen."""

from checklists.people import Permission
from checklists.risk_coverage import OWN_CYCLE, REGISTER, Share, shares
from handlers.buttons import pages_of, to_home, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import N_, _, aside, full_day, html, shorten

ON_ONE_PAGE = 10
_LATE = "l"
_LACKING = {REGISTER: N_("没有建风险点台账"), OWN_CYCLE: N_("没有自有检查项，或者没有按期自查")}
_WORDS = {
    REGISTER: N_("已建风险点台账的企业 {done}/{all}（{percent}%）"),
    OWN_CYCLE: N_("有自有检查项并按期自查的企业 {done}/{all}（{percent}%）"),
}


def coverage(request: Request) -> tuple[list[str], list[list[Button]]]:
    """Lines for the figures of the office, beside the plan's targets where it has them, and ways to the lists."""
    plan_id, today = request.tx.office_settings.plan_id(), request.today
    late = request.tx.risk_cycles.late_count(today)
    lines, ways = [_("<b>企业风险防控</b>")], []
    for share in shares(plan_id, request.tx.risk_coverage.counts(today)):
        lines.append(_share_line(share))
        if share.lacking:
            ways.append([Button(_(_LACKING[share.code]) + aside(share.lacking), data("ku", share.code, 0))])
    if late:
        lines.append(_("风险点没有按期查的企业 {count} 家").format(count=late))
        ways.append([Button(_("风险点未按期查（{count}）").format(count=late), data("ku", _LATE, 0))])
    return lines, ways


def _share_line(share: Share) -> str:
    words = _(_WORDS[share.code]).format(done=share.done, all=share.all, percent=share.percent)
    if not share.what:
        return "· " + words
    by = _("（{day}前）").format(day=full_day(share.by)) if share.by else ""
    mark = "✅" if share.is_met else "❗"
    return _("{mark} {what}{by}：{now}").format(mark=mark, what=html(share.what), by=by, now=words)


def listing(request: Request) -> Reply:
    """One page of the firms behind a figure."""
    return _show(request, request.word(0), request.number(1))


def _show(request: Request, which: str, page: int) -> Reply:
    if which != _LATE and which not in _LACKING:
        raise Gone
    every = _late(request) if which == _LATE else []
    count = len(every) if which == _LATE else _count_lacking(request, which)
    pages = pages_of(count, ON_ONE_PAGE)
    page = min(page, pages - 1)
    offset = page * ON_ONE_PAGE
    here = every[offset:][:ON_ONE_PAGE] if which == _LATE else _lacking(request, which, offset)
    request.enter("risk_coverage", which=which, page=page)
    heading = _("风险点没有按期查") if which == _LATE else _(_LACKING[which])
    lines = [_("<b>{heading}</b>　{count} 家").format(heading=heading, count=count)]
    for number, (_firm, name, words) in enumerate(here, offset + 1):
        lines.append(f"{number}. {html(shorten(name, 40))}" + (f"　{words}" if words else ""))
    route = "k" if which == _LATE else "ev"
    ways = [[Button(shorten(name, 30), data(route, firm, *([0] if route == "k" else [])))] for firm, name, _w in here]
    turn = turning("ku", which, page=page, pages=pages)
    back = Button(_("统计和文件"), data("gr"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*ways, turn, [back, to_home()])))


def _late(request: Request) -> list[tuple[int, str, str]]:
    words = _("{count} 个没查，最久的已超 {days} 天")
    return [
        (f.enterprise_id, f.enterprise, words.format(count=f.overdue, days=f.longest))
        for f in request.tx.risk_cycles.late(request.today)
    ]


def _count_lacking(request: Request, which: str) -> int:
    counts = request.tx.risk_coverage.counts(request.today)
    return counts.firms - (counts.with_register if which == REGISTER else counts.with_own_cycle)


def _lacking(request: Request, which: str, offset: int) -> list[tuple[int, str, str]]:
    found = request.tx.risk_coverage
    if which == REGISTER:
        firms = found.without_register(limit=ON_ONE_PAGE, offset=offset)
    else:
        firms = found.without_own_cycle(request.today, limit=ON_ONE_PAGE, offset=offset)
    return [(firm, name, "") for firm, name in firms]


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    return _show(request, str(request.dialog.data["which"]), int(request.dialog.data["page"]))


ROUTES: tuple[Route, ...] = (
    Press(name="ku", needs=Permission.READ, handler=listing),
    Display(dialog="risk_coverage", needs=Permission.READ, handler=_again),
)
