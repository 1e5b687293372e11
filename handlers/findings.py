"""One finding of the office or an expert, from the first photo, voice note or word on; one question a card."""

from dataclasses import replace
from datetime import timedelta

from checklists.attachments import Phase
from checklists.criteria import load_criteria
from checklists.hazard_moves import Step
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, Level, MoveRefused, Source, State
from checklists.official_inspections import NotRunning
from checklists.people import Permission, allows
from handlers import expert_findings, voice_notes
from handlers.arrangements import NotADay, parse_deadline
from handlers.finding_cards import DAYS, TAKES_FILES, asked, card_lines, careful, clause_of, last_rows
from handlers.hazard_cards import LEVELS_BY_CODE, hazard_of, number_of
from handlers.life_telling import receive_by_own_press, tell
from handlers.picture_dates import claims_of_picture
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import _, html

_MOST_WORDS = 1000


def begin(request: Request, hazard: Hazard) -> Reply:
    """A finding was opened by the photo, the voice note or the words of this request: keep them and ask on."""
    notice = _keep(request, hazard)
    expert_findings.tell(request, hazard)
    toast = _("隐患 {number} 已记下。").format(number=number_of(request, hazard))
    notice = notice if request.voice or is_dropped(request, hazard.source) else ""
    return replace(show(request, hazard, next_step(hazard), notice=notice), toast=toast, group=request.album)


def next_step(hazard: Hazard) -> str:
    """What is asked next: words, clause, level, deadline, or nothing (done)."""
    if hazard.state is State.FOUND:
        if not hazard.words:
            return "words"
        return "level" if hazard.clause else "clause"
    return "deadline" if hazard.state is State.CONFIRMED and hazard.arrangements.deadline is None else "done"


def show(request: Request, hazard: Hazard, step: str, *, notice: str = "") -> Reply:
    """The card of the finding at a step, where the chat now is."""
    request.enter("finding", id=hazard.id, step=step)
    ask, buttons = asked(request, hazard, step)
    warned = careful(hazard.source) if hazard.state is State.FOUND else []
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *card_lines(request, hazard), "", *warned, *ask]
    offered = step != "rewrite" and _may_rewrite(request, hazard)
    rewrite = Button(_("改写文字"), data("jf", hazard.id)) if offered else None
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, [rewrite], *last_rows(request, hazard))))


def current(request: Request) -> Hazard:
    """The finding a press names, else the one of the dialog.

    Raises Gone for what the office did not enter, Stale for what an expert did not enter himself.
    """
    named = request.number(0) if request.arguments else int(request.dialog.data["id"] if request.dialog else 0)
    hazard = hazard_of(request, named)
    if hazard.is_found_inside:
        raise Gone
    if hazard.found_by != request.who.id and not allows(request.person, Permission.SUPERVISE):
        raise Stale(_("这条隐患不是您登记的，您只能看。"))
    return hazard


def _unchanged(request: Request) -> Hazard:
    hazard = current(request)
    if hazard.version != request.number(1):
        raise Stale(_("这条隐患刚才有改动，这是现在的情况。"))
    return hazard


def _check_open(request: Request, hazard: Hazard) -> None:
    """Raises Stale once the inspection was signed: what people signed does not change behind them."""
    inspection_id = hazard.official_inspection_id
    official = request.tx.official_inspections.get(inspection_id) if inspection_id is not None else None
    if official is None:
        return
    if not official.is_open:
        raise Stale(_("这次检查已经签字，问题不能再改。"))
    is_officer = allows(request.person, Permission.SUPERVISE)
    if not is_officer and not request.tx.experts.takes_part(official.id, request.who.id):
        raise Stale(_("这次检查不用您参加了，您只能看。"))


def resume(request: Request) -> Reply:
    """Open a finding where it stands."""
    hazard = current(request)
    return show(request, hazard, next_step(hazard))


def ask_clause(request: Request) -> Reply:
    """The clause once more, while the level is not confirmed."""
    hazard = current(request)
    return show(request, hazard, "clause" if hazard.state is State.FOUND and hazard.words else next_step(hazard))


def ask_own_clause(request: Request) -> Reply:
    """Write the clause oneself."""
    hazard = current(request)
    return show(request, hazard, "own" if hazard.state is State.FOUND else next_step(hazard))


def choose_clause(request: Request) -> Reply:
    """One of the proposals, or none."""
    hazard, word = _unchanged(request), request.word(2)
    _check_open(request, hazard)
    if word == "-":
        return _classified(request, hazard, None, "", Level.GENERAL)
    criterion = load_criteria().by_id.get(word)
    if criterion is None:
        raise Gone
    return _classified(request, hazard, criterion.id, clause_of(criterion), criterion.level)


def _classified(request: Request, hazard: Hazard, criterion_id: str | None, clause: str, level: Level) -> Reply:
    try:
        hazard = request.tx.official_inspections.classify(
            hazard, criterion_id=criterion_id, clause=clause, level=level, by=request.who.id, at=request.now
        )
    except NotRunning as refused:
        raise Stale(_(str(refused))) from None
    expert_findings.tell(request, hazard)
    return show(request, hazard, "level")


def confirm_level(request: Request) -> Reply:
    """A person of the office says whether it is a major hazard; those it concerns are told."""
    before = _unchanged(request)
    _check_open(request, before)
    level = LEVELS_BY_CODE.get(request.word(2))
    if level is None or before.state is not State.FOUND:
        raise Stale(_("级别已经确认过了。"))
    try:
        after = request.tx.hazards.confirm_level(before, level, by=request.who.id, at=request.now)
    except MoveRefused as refused:
        return replace(show(request, before, "clause", notice=refused.said(_)), toast=refused.said(_))
    receive_by_own_press(request, after)
    tell(request, Step.CONFIRM, before, after)
    toast = _("已确认为{level}。").format(level=_(LEVEL_NAMES[level]))
    return replace(show(request, after, next_step(after)), toast=toast)


def choose_deadline(request: Request) -> Reply:
    """So many days from today, or left to the firm."""
    hazard = _unchanged(request)
    _check_open(request, hazard)
    if request.word(2) == "-":
        return show(request, hazard, "done")
    days = request.number(2)
    if days not in DAYS:
        raise Gone
    return _due(request, hazard, days)


def _due(request: Request, hazard: Hazard, days: int) -> Reply:
    if next_step(hazard) != "deadline":
        raise Stale(_("期限已经定了。"))
    values = {"deadline": request.today + timedelta(days=days)}
    hazard = request.tx.hazards.arrange(hazard, values, by=request.who.id, at=request.now)
    return show(request, hazard, "done")


def write(request: Request) -> Reply:
    """Typed words: the clause or the deadline where that is asked, else more of what is wrong."""
    hazard, text = current(request), request.text.strip()[:_MOST_WORDS]
    _check_open(request, hazard)
    step = str(request.dialog.data.get("step", "")) if request.dialog else ""
    if step == "own" and hazard.state is State.FOUND:
        return _classified(request, hazard, None, text[:200], hazard.level)
    if step == "deadline" and next_step(hazard) == "deadline" and allows(request.person, Permission.SUPERVISE):
        try:
            return _due(request, hazard, (parse_deadline(text, today=request.today) - request.today).days)
        except NotADay as error:
            return show(request, hazard, "deadline", notice=str(error))
    if hazard.state not in TAKES_FILES:
        return show(request, hazard, next_step(hazard), notice=_not_kept(hazard))
    if hazard.state is not State.FOUND:
        return show(request, hazard, next_step(hazard), notice=_("级别已经确认，情况不能再改。"))
    if step == "rewrite" and _may_rewrite(request, hazard):
        return _rewritten(request, hazard, text)
    words = f"{hazard.words}\n{text}" if hazard.words else text
    hazard = request.tx.hazards.describe(hazard, words, by=request.who.id, at=request.now)
    expert_findings.tell(request, hazard)
    return show(request, hazard, next_step(hazard), notice=_("已记下。"))


def ask_words(request: Request) -> Reply:
    """改写文字: once more from the beginning, for who entered a tip and wrote too much."""
    hazard = current(request)
    return show(request, hazard, "rewrite" if _may_rewrite(request, hazard) else next_step(hazard))


def _may_rewrite(request: Request, hazard: Hazard) -> bool:
    mine = hazard.source is Source.TIP and hazard.found_by == request.who.id
    return mine and hazard.state is State.FOUND and bool(hazard.words)


def _rewritten(request: Request, hazard: Hazard, words: str) -> Reply:
    hazard = request.tx.hazards.rewrite(hazard, words, by=request.who.id, at=request.now)
    notice = _("已改写。企业从现在起只看得到新的文字；原来的，企业可能已经看过。")
    return show(request, hazard, next_step(hazard), notice=notice)


def take_file(request: Request) -> Reply:
    """One more photo or voice note of the finding; a caption says what is wrong."""
    hazard = current(request)
    _check_open(request, hazard)
    if hazard.state not in TAKES_FILES:
        return replace(show(request, hazard, next_step(hazard), notice=_not_kept(hazard)), group=request.album)
    notice, caption = _keep(request, hazard), request.text.strip()
    if caption and not is_dropped(request, hazard.source, hazard.state):
        words = f"{hazard.words}\n{caption}" if hazard.words else caption
        hazard = request.tx.hazards.describe(hazard, words[:_MOST_WORDS], by=request.who.id, at=request.now)
    expert_findings.tell(request, hazard)
    return replace(show(request, hazard, next_step(hazard), notice=notice), group=request.album)


def is_dropped(request: Request, source: Source, state: State = State.FOUND) -> bool:
    """Whether a caption came that is not kept: of what is confirmed already, and of what a tipster sent.

    A picture is forwarded as the tipster wrote below it, perhaps with his name, and the firm reads the words.
    """
    is_caption = bool(request.text.strip()) and (request.photo is not None or bool(request.voice))
    return is_caption and (source is Source.TIP or state is not State.FOUND)


def _not_kept(hazard: Hazard) -> str:
    return _("这条隐患现在是“{state}”，刚才发的没有记下。").format(state=_(STATE_NAMES[hazard.state]))


def _keep(request: Request, hazard: Hazard) -> str:
    """Keep the photo or the voice note of this request, if there is one; the words that say so."""
    dropped = _("附的文字没有记下。") if is_dropped(request, hazard.source, hazard.state) else ""
    if request.voice:
        return voice_notes.keep(request, hazard) + dropped
    if request.photo is None:
        return ""
    request.tx.attachments.add_photo(
        request.photo,
        by=request.who.id,
        at=request.now,
        hazard_id=hazard.id,
        phase=Phase.BEFORE,
        album=request.album,
        claims=claims_of_picture(request),
    )
    return _("照片已存好。") + dropped


def again(request: Request) -> Reply:
    """The card of the finding this chat is at."""
    hazard = current(request)
    step = str(request.dialog.data.get("step", "")) if request.dialog else ""
    fits = step in ("clause", "own") and hazard.state is State.FOUND and bool(hazard.words)
    fits = fits or (step == "rewrite" and _may_rewrite(request, hazard))
    return show(request, hazard, step if fits else next_step(hazard))


_ABOUT, _FIND, _SUPERVISE = About.HAZARD, Permission.FIND, Permission.SUPERVISE
ROUTES: tuple[Route, ...] = (
    Press(name="jp", needs=_FIND, about=_ABOUT, handler=resume),
    Press(name="ji", needs=_FIND, about=_ABOUT, handler=ask_clause),
    Press(name="jk", needs=_FIND, about=_ABOUT, handler=ask_own_clause),
    Press(name="jf", needs=_FIND, about=_ABOUT, handler=ask_words),
    Press(name="jc", needs=_FIND, about=_ABOUT, handler=choose_clause),
    Press(name="jl", needs=_SUPERVISE, about=_ABOUT, handler=confirm_level),
    Press(name="jd", needs=_SUPERVISE, about=_ABOUT, handler=choose_deadline),
    Input(dialog="finding", takes=frozenset({"text"}), needs=_FIND, about=_ABOUT, handler=write),
    Input(dialog="finding", takes=frozenset({"photo", "voice"}), needs=_FIND, about=_ABOUT, handler=take_file),
    Display(dialog="finding", needs=_FIND, about=_ABOUT, handler=again),
)
