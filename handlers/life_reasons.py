"""Steps of the office that need a reason: a question, answers to tap or words of one's own, then what else to say."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from checklists.hazard_life import allowed, check
from checklists.hazards import Hazard, Source
from checklists.people import Permission
from handlers.arrangements import NotADay
from handlers.hazard_cards import number_of
from handlers.hazards import show_step
from handlers.life import again, done, politely, pressed, unchanged
from handlers.life_bases import answers, basis_lines
from handlers.life_questions import QUESTIONS, QUIET, Question, only_the_office
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import _, html, shorten


@politely
def ask(request: Request) -> Reply:
    """The question before a step."""
    return _ask(request, pressed(request), request.word(2))


def _ask(request: Request, hazard: Hazard, code: str) -> Reply:
    question = _question(code)
    _may(request, hazard, code)
    request.enter("life_reason", id=hazard.id, version=hazard.version, code=code)
    text = _("<b>隐患 {number}</b>\n{ask}").format(number=html(number_of(request, hazard)), ask=_(question.ask))
    offered = answers(request, hazard, question)
    how = _("点一个，或者直接打字。") if offered else _("请直接打字。")
    text = "\n".join([text, *basis_lines(request, hazard, question), *_care(hazard, code), how])
    choices = [[Button(_(words), data("yj", hazard.id, hazard.version, code, key))] for key, words in offered.items()]
    back = Button(_("返回"), data("z", hazard.id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [back])))


def _care(hazard: Hazard, code: str) -> list[str]:
    """What is written into a hazard from a tip is read by the firm, which must not learn of the tip."""
    if hazard.source is not Source.TIP or code in QUIET:
        return []
    return [_("企业看得到您写的。不要写谁举报的，也不要提举报来的照片。")]


def _ask_next(request: Request, hazard: Hazard, code: str, answers: Sequence[str], *, notice: str = "") -> Reply:
    """The question that follows these answers; they are kept with the dialog until the last one is there."""
    asked = _question(code).then[len(answers) - 1]
    request.enter("life_reason", id=hazard.id, version=hazard.version, code=code, answers=list(answers))
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>隐患 {number}</b>\n{ask}").format(number=html(number_of(request, hazard)), ask=_(asked.ask)),
    ]
    choices = [
        [Button(shorten(label, 40), data("tj", hazard.id, hazard.version, code, len(answers), key))]
        for key, label in asked.options(request, hazard)
    ]
    back = Button(_("返回"), data("z", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [back])))


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
    hazard, code = pressed(request), request.word(2)
    reason = answers(request, hazard, _question(code)).get(request.word(3))
    if reason is None:
        raise Gone
    return _act(request, hazard, code, [reason])


@politely
def choose_next(request: Request) -> Reply:
    """One of the offered answers to a question behind the reason; the first question again if that is not kept."""
    hazard, code, at = pressed(request), request.word(2), request.number(3)
    asked, answers = _question(code).then, _answers(request, hazard, code)
    if not answers:
        return replace(_ask(request, hazard, code), toast=_("前面的回答没有留下，请从头再来一次。"))
    if not 0 < at <= len(asked) or at != len(answers):
        raise Stale(_("这一问已经答过了，这是现在的画面。"))
    return _taken(request, hazard, code, answers, lambda: asked[at - 1].chosen(request, hazard, request.word(4)))


@politely
def write(request: Request) -> Reply:
    """A reason, or the answer to a question behind it, in the person's own words."""
    assert request.dialog is not None
    code = str(request.dialog.data["code"])
    hazard = unchanged(request, int(request.dialog.data["version"]))
    answers = _answers(request, hazard, code)
    if answers:
        asked = _question(code).then[len(answers) - 1]
        return _taken(request, hazard, code, answers, lambda: asked.typed(request))
    return _act(request, hazard, code, [" ".join(request.text.split())])


def _taken(request: Request, hazard: Hazard, code: str, answers: list[str], answer: Callable[[], str]) -> Reply:
    try:
        return _act(request, hazard, code, [*answers, answer()])
    except NotADay as error:
        return _ask_next(request, hazard, code, answers, notice=str(error))


def _answers(request: Request, hazard: Hazard, code: str) -> list[str]:
    """What was answered so far to this question about the hazard as it is; nothing when the chat is elsewhere."""
    dialog = request.dialog
    here = dialog is not None and dialog.kind == "life_reason"
    if not here or dialog is None or (dialog.data["id"], dialog.data["code"]) != (hazard.id, code):
        return []
    return list(dialog.data.get("answers", ())) if dialog.data["version"] == hazard.version else []


def _act(request: Request, hazard: Hazard, code: str, answers: list[str]) -> Reply:
    question = _question(code)
    if len(answers) <= len(question.then):
        # Whatever stands in the way is said before more is asked.
        check(question.step, request.tx.hazard_life.circumstances(hazard, request.who.id, reason=answers[0]))
        return _ask_next(request, hazard, code, answers)
    after = question.act(request, hazard, *answers)
    if code in QUIET:
        return show_step(request, after, "view", notice=_(question.done), toast=_(question.done))
    return done(request, question.step, hazard, after, _(question.done))


def _again(request: Request, hazard: Hazard) -> Reply:
    assert request.dialog is not None
    if hazard.version != int(request.dialog.data["version"]):
        return show_step(request, hazard, "view")
    code = str(request.dialog.data["code"])
    answers = _answers(request, hazard, code)
    return _ask_next(request, hazard, code, answers) if answers else _ask(request, hazard, code)


_ABOUT = About.HAZARD
_OFFICE = Permission.OFFICE

ROUTES: tuple[Route, ...] = (
    Press(name="yq", needs=_OFFICE, about=_ABOUT, handler=ask),
    Press(name="yj", needs=_OFFICE, about=_ABOUT, handler=choose),
    Press(name="tj", needs=_OFFICE, about=_ABOUT, handler=choose_next),
    Input(dialog="life_reason", takes=frozenset({"text"}), needs=_OFFICE, about=_ABOUT, handler=write),
    Display(dialog="life_reason", needs=_OFFICE, about=_ABOUT, handler=politely(again(_again))),
)
