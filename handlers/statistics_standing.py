"""Which firms have signed their tables on hazards: two lines among the office's figures, and the lists behind them."""

from checklists.hazard_statistics import Table, period_before, period_called
from checklists.people import Permission
from handlers.buttons import pages_of, to_home, turning
from handlers.duties import period_name
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.reports import reach_of
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import _, aside, html, shorten

ON_ONE_PAGE = 10
_UNSIGNED, _SIGNED = "n", "y"


def standing(request: Request) -> tuple[list[str], list[list[Button]]]:
    """A line and a way to the list for the last quarter and the last year, as far as firms were asked for them."""
    lines, ways = [], []
    words = _("企业统计表（{period}）：已签字 {signed} 家，未签字 {unsigned} 家")
    label = _("谁没签统计表（{period}）")
    for table in Table:
        period = period_before(table, request.today)
        signed, unsigned = request.tx.hazard_statistics.standing(period)
        if signed or unsigned:
            name = period_name(period.label)
            lines.append(words.format(period=name, signed=signed, unsigned=unsigned))
            ways.append([Button(label.format(period=name), data("tu", period.label, _UNSIGNED, 0))])
    return lines, ways


def listing(request: Request) -> Reply:
    """One page of the firms that have not signed this period's table, or of those that have."""
    return _show(request, request.word(0), request.word(1), request.number(2))


def _show(request: Request, label: str, which: str, page: int) -> Reply:
    period, signed = period_called(label), which == _SIGNED
    if period is None or period.ends >= request.today:
        raise Gone
    done, owed = request.tx.hazard_statistics.standing(period)
    pages = pages_of(done if signed else owed, ON_ONE_PAGE)
    page = min(page, pages - 1)
    shown = request.tx.hazard_statistics.firms(period, signed=signed, limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    request.enter("statistics_standing", period=label, which=which, page=page)
    heading = _("已签字 {count} 家").format(count=done) if signed else _("未签字 {count} 家").format(count=owed)
    text = [_("<b>企业统计表 · {period}</b>").format(period=period_name(label)), heading]
    people = request.tx.people.in_enterprises([firm for firm, _name in shown])
    for number, (firm, name) in enumerate(shown, page * ON_ONE_PAGE + 1):
        reach = reach_of(firm, people)
        text.append(f"{number}. {html(shorten(name, 40))}" + (aside(reach) if reach and not signed else ""))
    ways = [[Button(shorten(name, 30), data("ts", firm, label))] for firm, name in shown]
    turn = turning("tu", label, which, page=page, pages=pages)
    other = (_("看没签字的"), _UNSIGNED) if signed else (_("看已签字的"), _SIGNED)
    switch = Button(other[0], data("tu", label, other[1], 0))
    back = Button(_("统计和文件"), data("gr"))
    return Reply(screen=Screen(text="\n".join(text), buttons=rows(*ways, turn, [switch], [back, to_home()])))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    where = request.dialog.data
    return _show(request, str(where["period"]), str(where["which"]), int(where["page"]))


ROUTES: tuple[Route, ...] = (
    Press(name="tu", needs=Permission.READ, handler=listing),
    Display(dialog="statistics_standing", needs=Permission.READ, handler=_again),
)
