"""What an expert sees of inspections he is asked to: those running, where he enters what he finds, and past ones."""

from checklists.experts import Work
from checklists.hazards import State
from checklists.official_inspections import NotRunning, OfficialInspection
from checklists.people import Permission, Role
from handlers import findings, official_inspections
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.expert_roster import new_year, profile_lines
from handlers.hazard_cards import number_of
from handlers.official_cards import current, firm_of, inspection_lines
from handlers.official_signing import view
from handlers.replies import Button, Reply, Screen, column, data, rows
from handlers.routing import About, Display, Input, Press, Request, Route, Stale
from handlers.words import _, aside, day, html, shorten


def entries(request: Request) -> list[Button]:
    """The menu's way for an expert, with the number of inspections that run."""
    if request.enterprise_id is not None or not request.who.holds(Role.EXPERT):
        return []
    running = sum(o.is_open for o in request.tx.experts.inspections_of(request.who.id))
    return [Button(_("请您参加的检查") + (aside(running) if running else ""), data("xi", 0))]


def show_all(request: Request) -> Reply:
    """Those that run first, then the past ones."""
    return _show_all(request, request.number(0))


def _show_all(request: Request, page: int) -> Reply:
    tx, mine = request.tx, sorted(request.tx.experts.inspections_of(request.who.id), key=lambda o: not o.is_open)
    pages = pages_of(len(mine))
    page = min(page, pages - 1)
    request.enter("expert_inspections", page=page)
    running = sum(o.is_open for o in mine)
    lines = [_("<b>请您参加的检查</b>　正在进行 {running} 次，共 {count} 次").format(running=running, count=len(mine))]
    if not mine:
        lines.append(_("现在没有请您参加的检查。有了会马上通知您。"))
    if own := tx.experts.profile(request.who.id):
        work = tx.experts.work(new_year(request.now)).get(own.person_id, Work())
        lines += ["", *profile_lines(own, work)]
    buttons = [[Button(_label(request, o), data("xo", o.id))] for o in mine[page * ON_ONE_PAGE :][:ON_ONE_PAGE]]
    turns = turning("xi", page=page, pages=pages)
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, [to_home()])))


def _label(request: Request, official: OfficialInspection) -> str:
    firm = shorten(firm_of(request.tx, official.enterprise_id).name, 24)
    words = _("▶ {day} {firm}") if official.is_open else _("{day} {firm}")
    return words.format(day=day(official.started_at), firm=firm)


def open_one(request: Request) -> Reply:
    """The inspection; what is signed or over, and what he was taken off, is only looked at."""
    return _show(request, current(request))


def _show(request: Request, official: OfficialInspection, *, notice: str = "") -> Reply:
    tx, me = request.tx, request.who.id
    if not tx.experts.takes_part(official.id, me):
        if not tx.experts.was_at(official.id, me):
            raise Stale(_("这次检查没有请您参加。"))
        return view(request, official, notice=notice or _("这次检查不用您参加了，您只能看。"))
    if not official.is_open:
        return view(request, official, notice=notice)
    request.enter("expert_inspection", id=official.id)
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *inspection_lines(tx, official)]
    lines += ["", _("<b>看到问题，直接拍照发来，或者写一句话、发语音，就记一条。</b>级别由检查人员确认，不用您签字。")]
    mine = [h for h in tx.hazards.of_official_inspection(official.id) if h.found_by == me and h.state is State.FOUND]
    go_on = [Button(_("接着填 {number}").format(number=number_of(request, h)), data("jp", h.id)) for h in mine]
    back = Button(_("请您参加的检查"), data("xi", 0))
    buttons = (*column(go_on[:ON_ONE_PAGE]), *rows([back, to_home()]))
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def take_finding(request: Request) -> Reply:
    """A photo, a voice note or words while at the inspection: one more finding in the expert's name."""
    official = current(request)
    if not request.tx.experts.takes_part(official.id, request.who.id):
        return _show(request, official, notice=_("这次检查不用您参加了，刚才发的没有记下。"))
    try:
        return findings.begin(request, official_inspections.finding_of(request, official))
    except NotRunning as refused:
        return _show(request, official, notice=_(str(refused)) + _("刚才发的没有记下。"))


def _again_all(request: Request) -> Reply:
    assert request.dialog is not None
    return _show_all(request, int(request.dialog.data.get("page", 0)))


_FIND, _OFFICIAL = Permission.FIND, About.OFFICIAL_INSPECTION
_ANYTHING = frozenset({"text", "photo", "voice"})
ROUTES: tuple[Route, ...] = (
    Press(name="xi", needs=_FIND, handler=show_all),
    Press(name="xo", needs=_FIND, about=_OFFICIAL, handler=open_one),
    Input(dialog="expert_inspection", takes=_ANYTHING, needs=_FIND, about=_OFFICIAL, handler=take_finding),
    Display(dialog="expert_inspections", needs=_FIND, handler=_again_all),
    Display(dialog="expert_inspection", needs=_FIND, about=_OFFICIAL, handler=open_one),
)
