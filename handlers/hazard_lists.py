"""The hazards of an enterprise by deadline, and opening one by its number."""

import re
from datetime import date

from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, format_number, parse_number
from checklists.people import Permission, allows
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.hazard_statistics import way
from handlers.hazards import show_step
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Command, Display, Press, Request, Route, Words
from handlers.words import _, day, html, shorten


def entries(request: Request) -> list[Button]:
    """The menu's way to the list of the enterprise; the office has the ledger."""
    if request.enterprise_id is None:
        return []
    count = request.tx.hazards.count_of_enterprise(request.enterprise_id)
    # With nothing open the way stays for whoever has had hazards: the table of the quarter is behind it.
    if not count and not request.tx.hazard_statistics.has_any(request.enterprise_id):
        return []
    return [Button(_("隐患清单（{count}）").format(count=count), data("zh", request.enterprise_id, 0))]


def of_enterprise(request: Request) -> Reply:
    """The hazards of one enterprise by deadline."""
    return _of_enterprise(request, request.number(0), request.number(1), withdrawn=False)


def withdrawn_of_enterprise(request: Request) -> Reply:
    """The hazards of one enterprise that were taken back."""
    return _of_enterprise(request, request.number(0), request.number(1), withdrawn=True)


def _of_enterprise(request: Request, enterprise_id: int, page: int, *, withdrawn: bool) -> Reply:
    every = request.tx.hazards.of_enterprise(enterprise_id, withdrawn=withdrawn)
    pages = pages_of(len(every))
    page = min(page, pages - 1)
    request.enter("hazards", id=enterprise_id, page=page, withdrawn=withdrawn)
    shown = every[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
    name, other = ("zw", "zh") if withdrawn else ("zh", "zw")
    taken_back = withdrawn or bool(request.tx.hazards.of_enterprise(enterprise_id, withdrawn=True))
    switch = Button(_("看在册隐患") if withdrawn else _("看已撤回的"), data(other, enterprise_id, 0))
    title = _("<b>已撤回的隐患</b>") if withdrawn else _("<b>隐患清单</b>　按期限排列，共 {count} 条")
    lines = [title.format(count=len(every)), *(_line(h, request.zone.code, today=request.today) for h in shown)]
    if not every:
        lines = [_("没有已撤回的隐患。") if withdrawn else _("现在没有隐患在册。")]
    buttons = rows(
        *([_button(h, request.zone.code)] for h in shown),
        turning(name, enterprise_id, page=page, pages=pages),
        [way(request, enterprise_id)],
        [switch if taken_back else None, to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _line(hazard: Hazard, zone_code: str, *, today: date) -> str:
    number = format_number(zone_code, hazard.year, hazard.sequence)
    return f"· {number}　{_(LEVEL_NAMES[hazard.level])}　{_(STATE_NAMES[hazard.state])}{_until(hazard, today)}"


def _until(hazard: Hazard, today: date) -> str:
    deadline = hazard.arrangements.deadline
    if deadline is None or not hazard.is_live:
        return ""
    # What was handed in waits for the office: it is not the firm that is late.
    words = _("，已超期（{day}）") if hazard.is_overdue(today) else _("，{day}前")
    return words.format(day=day(deadline))


def _button(hazard: Hazard, zone_code: str) -> Button:
    number = format_number(zone_code, hazard.year, hazard.sequence)
    return Button(f"{number} {shorten(_(hazard.words), 18)}".strip(), data("z", hazard.id))


def by_number(request: Request) -> Reply:
    """/hazard 2026-0031, or the words 隐患 2026-0031: the card, if it is this zone's and the person may see it."""
    found = parse_number(" ".join(request.arguments))
    if found is None:
        return Reply(screen=Screen(text=_("请写上编号，例如：隐患 2026-0031"), buttons=rows([to_home()])))
    code, year, sequence = found
    hazard = request.tx.hazards.numbered(year, sequence) if code in ("", request.zone.code.upper()) else None
    # What may not be seen is answered like what is not there.
    if hazard is None or not allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=hazard.enterprise_id):
        number = format_number(code, year, sequence)
        text = _("没有找到隐患 {number}，请核对编号。").format(number=html(number))
        return Reply(screen=Screen(text=text, buttons=rows([to_home()])))
    return show_step(request, hazard, "view")


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    where = request.dialog.data
    return _of_enterprise(request, int(where["id"]), int(where["page"]), withdrawn=bool(where["withdrawn"]))


_SEE = Permission.SEE_ENTERPRISE
# A number by itself opens it too: nothing that is asked for anywhere looks like one.
_NUMBER_WORDS = re.compile(r"(?:隐患|[Hh]azard)?\s*((?:[A-Za-z0-9]{1,12}-)?20\d{2}\s*[-—－]\s*\d{4,9})")

ROUTES: tuple[Route, ...] = (
    Press(name="zh", needs=_SEE, about=About.ENTERPRISE, handler=of_enterprise),
    Press(name="zw", needs=_SEE, about=About.ENTERPRISE, handler=withdrawn_of_enterprise),
    Command(name="hazard", needs=_SEE, handler=by_number),
    Words(name="hazard number", pattern=_NUMBER_WORDS, needs=_SEE, handler=by_number),
    Display(dialog="hazards", needs=_SEE, about=About.ENTERPRISE, handler=_again),
)
