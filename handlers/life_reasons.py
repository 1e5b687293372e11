"""Steps of the office that need a reason: one question, some answers to tap, or words of one's own."""

from checklists.hazard_life import allowed, check
from checklists.hazards import Hazard
from checklists.people import Permission
from handlers.hazard_cards import number_of
from handlers.hazards import show_step
from handlers.life import again, done, politely, pressed, unchanged
from handlers.life_questions import QUESTIONS, QUIET, Question, only_the_office
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, html


@politely
def ask(request: Request) -> Reply:
    """The question before a step."""
    return _ask(request, pressed(request), request.word(2))


def _ask(request: Request, hazard: Hazard, code: str) -> Reply:
    question = _question(code)
    _may(request, hazard, code)
    request.enter("life_reason", id=hazard.id, version=hazard.version, code=code)
    text = _("<b>隐患 {number}</b>\n{ask}").format(number=html(number_of(request, hazard)), ask=_(question.ask))
    text += "\n" + (_("点一个，或者直接打字。") if question.offered else _("请直接打字。"))
    choices = [
        [Button(_(words), data("yj", hazard.id, hazard.version, code, n))] for n, words in enumerate(question.offered)
    ]
    back = Button(_("返回"), data("z", hazard.id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [back])))


def _may(request: Request, hazard: Hazard, code: str) -> None:
    """Refuse before a person has written anything in vain; the full check comes with the step."""
    if code in QUIET:
        only_the_office(request, hazard)
        return
    step, relations = QUESTIONS[code].step, request.tx.hazard_life.relations(hazard, request.who.id)
    if not allowed(step, hazard.state, relations):
        check(step, request.tx.hazard_life.circumstances(hazard, request.who.id))


def _question(code: str) -> Question:
    if code not in QUESTIONS:
        raise Gone
    return QUESTIONS[code]


@politely
def choose(request: Request) -> Reply:
    """One of the offered reasons."""
    hazard, code, number = pressed(request), request.word(2), request.number(3)
    offered = _question(code).offered
    if number >= len(offered):
        raise Gone
    return _act(request, hazard, code, offered[number])


@politely
def write(request: Request) -> Reply:
    """A reason in the person's own words."""
    assert request.dialog is not None
    hazard = unchanged(request, int(request.dialog.data["version"]))
    return _act(request, hazard, str(request.dialog.data["code"]), " ".join(request.text.split()))


def _act(request: Request, hazard: Hazard, code: str, reason: str) -> Reply:
    question = _question(code)
    after = question.act(request, hazard, reason)
    if code in QUIET:
        return show_step(request, after, "view", notice=_(question.done), toast=_(question.done))
    return done(request, question.step, hazard, after, _(question.done))


def _again(request: Request, hazard: Hazard) -> Reply:
    assert request.dialog is not None
    if hazard.version != int(request.dialog.data["version"]):
        return show_step(request, hazard, "view")
    return _ask(request, hazard, str(request.dialog.data["code"]))


_ABOUT = About.HAZARD
_OFFICE = Permission.OFFICE

ROUTES: tuple[Route, ...] = (
    Press(name="yq", needs=_OFFICE, about=_ABOUT, handler=ask),
    Press(name="yj", needs=_OFFICE, about=_ABOUT, handler=choose),
    Input(dialog="life_reason", takes=frozenset({"text"}), needs=_OFFICE, about=_ABOUT, handler=write),
    Display(dialog="life_reason", needs=_OFFICE, about=_ABOUT, handler=politely(again(_again))),
)
