"""Which criterion a hazard falls under that no checklist asked for: proposed from its words, or written by people."""

from checklists.criteria import load_criteria
from checklists.hazard_moves import Step
from checklists.hazards import Hazard, Level, State
from checklists.official_inspections import NotRunning
from checklists.people import Permission
from handlers.finding_cards import clause_of, criteria_like, offered
from handlers.hazard_cards import hazard_of, number_of
from handlers.hazards import show_step
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import _, html, shorten

_MOST_WORDS = 200


def ask(request: Request) -> Reply:
    """依据哪一条: the criteria that look alike; one that is not among them is typed."""
    return _ask(request, hazard_of(request, request.number(0)))


def _ask(request: Request, hazard: Hazard) -> Reply:
    if not _may_say(request, hazard):
        return show_step(request, hazard, "view")
    request.enter("hazard_clause", id=hazard.id)
    found = criteria_like(request, hazard)
    lines, choices = offered(found, "zc", hazard)
    if found:
        lines.append(_("都不是的，直接打字写：哪一部标准、哪一条。"))
    else:
        lines = [_("<b>依据哪一条？</b>没有找到像的判定标准。请打字写：哪一部标准、哪一条。")]
    head = [
        _("⚠️ <b>隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 800)))] if hazard.words else []),
        _("重大隐患要写明依据哪一条判定标准。"),
    ]
    buttons = rows(choices, [Button(_("返回"), data("z", hazard.id))])
    return Reply(screen=Screen(text="\n".join([*head, "", *lines]), buttons=buttons))


def _may_say(request: Request, hazard: Hazard) -> bool:
    return Step.CONFIRM in request.tx.hazard_life.steps_for(hazard, request.who.id)


def choose(request: Request) -> Reply:
    """One of the proposals was tapped."""
    hazard, criterion = hazard_of(request, request.number(0)), load_criteria().by_id.get(request.word(2))
    if criterion is None:
        raise Gone
    if hazard.version != request.number(1):
        raise Stale(_("这条隐患刚才有改动，这是现在的情况。"))
    return _classified(request, hazard, criterion.id, clause_of(criterion), criterion.level)


def write(request: Request) -> Reply:
    """Standard and clause in the person's words."""
    assert request.dialog is not None
    hazard = hazard_of(request, int(request.dialog.data["id"]))
    return _classified(request, hazard, None, request.text.strip()[:_MOST_WORDS], hazard.level)


def _classified(request: Request, hazard: Hazard, criterion_id: str | None, clause: str, level: Level) -> Reply:
    if hazard.state is not State.FOUND or not _may_say(request, hazard):
        raise Stale(_("级别已经确认过了。"))
    try:
        hazard = request.tx.official_inspections.classify(
            hazard, criterion_id=criterion_id, clause=clause, level=level, by=request.who.id, at=request.now
        )
    except NotRunning as refused:
        raise Stale(_(str(refused))) from None
    return show_step(request, hazard, "level", notice=_("依据已记下，请确认级别。"))


def again(request: Request) -> Reply:
    """The question once more, while the level is open."""
    assert request.dialog is not None
    return _ask(request, hazard_of(request, int(request.dialog.data["id"])))


_ABOUT, _ANSWER, _DIALOG = About.HAZARD, Permission.ANSWER, "hazard_clause"
ROUTES: tuple[Route, ...] = (
    Press(name="zd", needs=_ANSWER, about=_ABOUT, handler=ask),
    Press(name="zc", needs=_ANSWER, about=_ABOUT, handler=choose),
    Input(dialog=_DIALOG, takes=frozenset({"text"}), needs=_ANSWER, about=_ABOUT, handler=write),
    Display(dialog=_DIALOG, needs=_ANSWER, about=_ABOUT, handler=again),
)
