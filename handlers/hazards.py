"""From a finding to its arrangements: photo, words, level, fixed on the spot or by a deadline; one step a card."""

from typing import Any

from checklists.attachments import Phase
from checklists.defences import toggled
from checklists.hazard_moves import Step
from checklists.hazards import LEVEL_NAMES, Hazard, Level, Source, State
from checklists.inspections import Answer
from checklists.people import Permission
from handlers import arrangements
from handlers.hazard_cards import (
    FIELDS,
    LEVELS_BY_CODE,
    NOT_MAJOR_BECAUSE,
    STEPS,
    card_of,
    hazard_of,
    next_step,
    number_of,
    step_screen,
)
from handlers.items import basis_of
from handlers.life_cards import with_life
from handlers.life_telling import receive_by_own_press, tell, tell_lowering
from handlers.replies import Reply
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.summaries import go_on
from handlers.walking import Walk, walk_of
from handlers.words import N_, _

_MOST_WORDS = 1000


def open_at(request: Request, walk: Walk, item: int) -> Reply:
    """有隐患: the hazard gets its number at once; pressed again it opens the one that is there."""
    tx, question = request.tx, walk.item(item)
    if known := tx.hazards.at_item(walk.id, item):
        return show_step(request, known, next_step(request, known))
    hazard = tx.hazards.open(
        enterprise_id=walk.inspection.enterprise_id,
        source=Source.SELF_INSPECTION,
        inspection_id=walk.id,
        item=item,
        criterion_id=question.id,
        clause=basis_of(question),
        level=question.level,
        year=request.today.year,
        **_who(request),
    )
    for attachment in (a for a in tx.attachments.of_item(walk.id, item) if a.hazard_id is None):
        tx.attachments.place(attachment.id, item=item, hazard_id=hazard.id, phase=Phase.BEFORE)
    tx.inspections.answer(walk.inspection, item, Answer.HAZARD, **_who(request))
    toast = _("隐患 {number} 已记下。").format(number=number_of(request, hazard))
    return show_step(request, hazard, next_step(request, hazard), toast=toast)


def show_step(request: Request, hazard: Hazard, step: str, *, notice: str = "", toast: str = "") -> Reply:
    """The card of this hazard at a step, where the chat now is."""
    if step in ("photo", "words") and not hazard.is_found_inside:
        # What the office found it describes itself.
        step = "view"
    request.enter("hazard", id=hazard.id, step=step)
    card = card_of(request, hazard, arrangements.proposal_for(request, hazard))
    if step == "view" or not card.may_change:
        step, card = "view", with_life(request, card)
    if step in FIELDS:
        screen = arrangements.field_screen(request, card, FIELDS.index(step), notice=notice)
    else:
        screen = step_screen(card, step, notice=notice)
    return Reply(screen=screen, toast=toast)


def finish(request: Request, hazard: Hazard, *, notice: str = "", toast: str = "") -> Reply:
    """Nothing more to fill in: on to the next question of the inspection, or the card when there is none."""
    walk = walk_of(request.tx, hazard.inspection_id) if hazard.inspection_id is not None else None
    if walk is None or hazard.item is None or not walk.inspection.is_running:
        return show_step(request, hazard, "view", notice=notice, toast=toast)
    return go_on(request, walk, hazard.item, notice=notice, toast=toast)


def running_walk(request: Request, hazard: Hazard) -> Walk | None:
    """The running inspection the hazard was found in, while the finding still is the firm's own."""
    if hazard.inspection_id is None or not request.tx.hazard_life.is_in_walk(hazard):
        return None
    return walk_of(request.tx, hazard.inspection_id)


def _who(request: Request) -> dict[str, Any]:
    return {"by": request.who.id, "at": request.now}


def current(request: Request) -> Hazard:
    """The hazard a press names, else the one of the dialog; raises Gone."""
    if request.arguments:
        return hazard_of(request, request.number(0))
    return hazard_of(request, int(request.dialog.data["id"]) if request.dialog else 0)


def _unchanged(request: Request) -> Hazard:
    """The hazard of a press whose second argument is the version shown; raises Stale when it changed since."""
    hazard = current(request)
    if hazard.version != request.number(1) or not hazard.is_live:
        raise Stale(_("这条隐患刚才有改动，这是现在的情况。"))
    return hazard


def open_card(request: Request) -> Reply:
    """One hazard by its id."""
    return show_step(request, current(request), "view")


def fill_in(request: Request) -> Reply:
    """Go on with what is still to be said of a hazard."""
    hazard = current(request)
    return show_step(request, hazard, next_step(request, hazard))


def go_to_step(request: Request) -> Reply:
    """Another step, where the state of the hazard has it; else the step that is due."""
    hazard, step = current(request), request.word(1)
    allowed = {
        State.FOUND: {"photo", "words", "level"},
        State.CONFIRMED: {"level", "how", "fixed", "arrange"},
        State.RECTIFYING: {"arrange"} if running_walk(request, hazard) else set(),
    }
    if step not in allowed.get(hazard.state, set()):
        step = next_step(request, hazard)
    return show_step(request, hazard, step)


def use_words(request: Request) -> Reply:
    """Describe the hazard in the question's words or in those of the remark."""
    hazard = _unchanged(request)
    card = card_of(request, hazard, arrangements.proposal_for(request, hazard))
    asked = N_("检查发现不符合：{ask}").format(ask=card.question) if card.question else ""
    words = card.remark if request.word(2) == "r" else asked
    if not words:
        raise Gone
    hazard = request.tx.hazards.describe(hazard, words, **_who(request))
    return show_step(request, hazard, _after_words(hazard))


def _after_words(hazard: Hazard) -> str:
    return "level" if hazard.state is State.FOUND else "how"


def confirm_level(request: Request) -> Reply:
    """A person says whether it is a major hazard."""
    hazard = _unchanged(request)
    level = LEVELS_BY_CODE.get(request.word(2))
    if level is None or hazard.is_settled:
        raise Stale(_("级别已经确认过了。"))
    if level is Level.GENERAL and request.tx.hazard_life.proposed(hazard) is Level.MAJOR:
        return show_step(request, hazard, "lower")
    return _confirmed(request, hazard, level)


def lower_level(request: Request) -> Reply:
    """One of the reasons why it is no major hazard was tapped."""
    hazard, index = _unchanged(request), request.number(2)
    if hazard.is_settled:
        raise Stale(_("级别已经确认过了。"))
    if index >= len(NOT_MAJOR_BECAUSE):
        raise Gone
    return _confirmed(request, hazard, Level.GENERAL, reason=NOT_MAJOR_BECAUSE[index])


def _confirmed(request: Request, hazard: Hazard, level: Level, *, reason: str = "") -> Reply:
    before, hazard = hazard, request.tx.hazards.confirm_level(hazard, level, reason=reason, **_who(request))
    if level is Level.MAJOR:
        # A general one stands in the record that the principal gets; a major one is told at once.
        receive_by_own_press(request, hazard)
        tell(request, Step.CONFIRM, before, hazard)
    elif reason:
        tell_lowering(request, hazard)
    toast = _("已确认为{level}。").format(level=_(LEVEL_NAMES[level]))
    return show_step(request, hazard, "how", toast=toast)


def accept_all(request: Request) -> Reply:
    """Accept the proposals for everything not fixed yet."""
    hazard = _unchanged(request)
    values = arrangements.missing_values(hazard, arrangements.proposal_for(request, hazard))
    return _arranged(request, hazard, values)


def edit_field(request: Request) -> Reply:
    """One of the five arrangements."""
    hazard, index = current(request), request.number(1)
    if index >= len(FIELDS):
        raise Gone
    if not _may_arrange(request, hazard):
        raise Stale(_("这条隐患的五落实现在不能改。"))
    return show_step(request, hazard, FIELDS[index])


def choose_field(request: Request) -> Reply:
    """An option for one arrangement was tapped."""
    hazard, index = _unchanged(request), request.number(2)
    if index >= len(FIELDS):
        raise Gone
    return _arranged(
        request, hazard, {FIELDS[index]: arrangements.chosen_value(request, hazard, index, request.word(3))}
    )


def toggle_defence(request: Request) -> Reply:
    """The measure belongs to this kind of defence, or does not after all; nothing waits for it."""
    hazard, defence = _unchanged(request), arrangements.DEFENCES_BY_CODE.get(request.word(2))
    if defence is None:
        raise Gone
    if not _may_arrange(request, hazard):
        raise Stale(_("这条隐患的五落实现在不能改。"))
    kinds = toggled(hazard.arrangements.defences, defence)
    return show_step(request, request.tx.hazards.arrange(hazard, {"defences": kinds}, **_who(request)), "measure")


def _may_arrange(request: Request, hazard: Hazard) -> bool:
    # A deadline that stands in a submitted record is changed by asking for a deferral, not by writing over it.
    if hazard.state is State.RECTIFYING:
        return running_walk(request, hazard) is not None
    return hazard.state is State.CONFIRMED


def _arranged(request: Request, hazard: Hazard, values: dict[str, Any]) -> Reply:
    if not _may_arrange(request, hazard):
        raise Stale(_("这条隐患的五落实现在不能改。"))
    was = hazard.state
    hazard = request.tx.hazards.arrange(hazard, values, **_who(request))
    if was is State.CONFIRMED and hazard.state is State.RECTIFYING:
        words = _("隐患 {number} 五落实已齐，整改中。").format(number=number_of(request, hazard))
        if request.tx.major_reports.is_missing(hazard):
            words += _("还要写重大隐患报告，打开这条隐患就能写。")
        return finish(request, hazard, notice=words, toast=words)
    return show_step(request, hazard, "arrange")


def write(request: Request) -> Reply:
    """A typed text: the arrangement that is open, else what is wrong in the person's words."""
    hazard, text = current(request), request.text.strip()[:_MOST_WORDS]
    step = str(request.dialog.data.get("step", "view")) if request.dialog else "view"
    if not hazard.is_live:
        return show_step(request, hazard, "view", notice=_("这条隐患已撤回，您写的没有记下。"))
    if not request.tx.hazard_life.may_describe(hazard):
        # What was found stands; what is said of putting it right belongs to the evidence.
        return show_step(request, hazard, "view", notice=_("您写的没有记下。要说明整改情况，请点“交整改”再写。"))
    if step in FIELDS and _may_arrange(request, hazard):
        return _write_field(request, hazard, step, text)
    if step == "lower" and not hazard.is_settled:
        return _confirmed(request, hazard, Level.GENERAL, reason=" ".join(text.split()))
    if not hazard.is_found_inside:
        # It stands in the notice that the office signs.
        notice = _("您写的没有记下。查出的情况由办公室写。")
        return show_step(request, hazard, step if step in STEPS else "view", notice=notice)
    words = f"{hazard.words}\n{text}" if hazard.words else text
    hazard = request.tx.hazards.describe(hazard, words, **_who(request))
    following = _after_words(hazard) if step in ("photo", "words") else step if step in STEPS else "arrange"
    return show_step(request, hazard, following, notice=_("已记下。"))


def _write_field(request: Request, hazard: Hazard, field: str, text: str) -> Reply:
    try:
        value = arrangements.typed_value(field, text, today=request.today)
    except arrangements.NotADay as error:
        return show_step(request, hazard, field, notice=str(error))
    return _arranged(request, hazard, {field: value}) if value else show_step(request, hazard, field)


def later(request: Request) -> Reply:
    """Leave the rest for later: on with the inspection, or the card."""
    return finish(request, current(request))


def again(request: Request) -> Reply:
    """The step this chat is at, or the one that is due when the hazard moved on."""
    hazard = current(request)
    step = str(request.dialog.data.get("step", "view")) if request.dialog else "view"
    fits = step == "view" or not hazard.is_settled or (step in (*FIELDS, "arrange") and _may_arrange(request, hazard))
    return show_step(request, hazard, step if fits else "view")


_ABOUT = About.HAZARD
_INSPECT = Permission.INSPECT
_SEE = Permission.SEE_ENTERPRISE

ROUTES: tuple[Route, ...] = (
    Press(name="z", needs=_SEE, about=_ABOUT, handler=open_card),
    Press(name="zn", needs=_INSPECT, about=_ABOUT, handler=fill_in),
    Press(name="zs", needs=_INSPECT, about=_ABOUT, handler=go_to_step),
    Press(name="zq", needs=_INSPECT, about=_ABOUT, handler=use_words),
    Press(name="zl", needs=_INSPECT, about=_ABOUT, handler=confirm_level),
    Press(name="tl", needs=_INSPECT, about=_ABOUT, handler=lower_level),
    Press(name="za", needs=_INSPECT, about=_ABOUT, handler=accept_all),
    Press(name="ze", needs=_INSPECT, about=_ABOUT, handler=edit_field),
    Press(name="zk", needs=_INSPECT, about=_ABOUT, handler=choose_field),
    Press(name="kv", needs=_INSPECT, about=_ABOUT, handler=toggle_defence),
    Press(name="zb", needs=_INSPECT, about=_ABOUT, handler=later),
    Input(dialog="hazard", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=write),
    Display(dialog="hazard", needs=_SEE, about=_ABOUT, handler=again),
)
