"""Which firms have signed their tables on hazards: two lines among the office's figures, and the lists behind them."""

from checklists.duties import Period
from checklists.hazard_statistics import Table, period_before, period_called
from checklists.people import Permission
from handlers.buttons import to_home
from handlers.duties import period_name
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.reports import reach_of
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import _, aside, html, shorten

ON_ONE_PAGE = 10
_UNSIGNED, _SIGNED = "n", "y"


def _periods(request: Request) -> list[tuple[Period, int, int]]:
    """The last quarter and the last year that firms were asked for, with how many have signed and how many not."""
    over = [period_before(table, request.today) for table in Table]
    counted = [(period, *request.tx.hazard_statistics.standing(period)) for period in over]
    return [(period, signed, unsigned) for period, signed, unsigned in counted if signed or unsigned]


def lines(request: Request) -> list[str]:
    """企业统计表：2026年第四季度已签字 3 家，未签字 5 家."""
    words = _("企业统计表（{period}）：已签字 {signed} 家，未签字 {unsigned} 家")
    return [
        words.format(period=period_name(period.label), signed=signed, unsigned=unsigned)
        for period, signed, unsigned in _periods(request)
    ]


def buttons(request: Request) -> list[list[Button]]:
    """The ways to who has not signed."""
    label = _("谁没签统计表（{period}）")
    return [
        [Button(label.format(period=period_name(period.label)), data("tu", period.label, _UNSIGNED, 0))]
        for period, _signed, _unsigned in _periods(request)
    ]


def listing(request: Request) -> Reply:
    """One page of the firms that have not signed this period's table, or of those that have."""
    return _show(request, request.word(0), request.word(1), request.number(2))


def _show(request: Request, label: str, which: str, page: int) -> Reply:
    period, signed = period_called(label), which == _SIGNED
    if period is None or period.ends >= request.today:
        raise Gone
    done, owed = request.tx.hazard_statistics.standing(period)
    page = min(page, (done if signed else owed) // ON_ONE_PAGE)
    found = request.tx.hazard_statistics.firms(period, signed=signed, limit=ON_ONE_PAGE + 1, offset=page * ON_ONE_PAGE)
    request.enter("statistics_standing", period=label, which=which, page=page)
    heading = _("已签字 {count} 家").format(count=done) if signed else _("未签字 {count} 家").format(count=owed)
    text = [_("<b>企业统计表 · {period}</b>").format(period=period_name(label)), heading]
    shown = found[:ON_ONE_PAGE]
    people = request.tx.people.in_enterprises([firm for firm, _name in shown])
    for number, (firm, name) in enumerate(shown, page * ON_ONE_PAGE + 1):
        reach = reach_of(firm, people)
        text.append(f"{number}. {html(shorten(name, 40))}" + (aside(reach) if reach and not signed else ""))
    ways = [[Button(shorten(name, 30), data("ts", firm, label))] for firm, name in shown]
    turn = [
        Button(_("‹ 上一页"), data("tu", label, which, page - 1)) if page else None,
        Button(_("下一页 ›"), data("tu", label, which, page + 1)) if len(found) > ON_ONE_PAGE else None,
    ]
    other = (_("看没签字的"), _UNSIGNED) if signed else (_("看已签字的"), _SIGNED)
    switch = Button(other[0], data("tu", label, other[1], 0))
    back = Button(_("统计和文件"), data("gr"))
    return Reply(screen=Screen(text="\n".join(text), buttons=rows(*ways, turn, [switch], [back, to_home()])))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    where = request.dialog.data
    return _show(request, str(where["period"]), str(where["which"]), int(where["page"]))


ROUTES: tuple[Route, ...] = (
    Press(name="tu", needs=Permission.OFFICE, handler=listing),
    Display(dialog="statistics_standing", needs=Permission.OFFICE, handler=_again),
)
