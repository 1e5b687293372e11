"""Taking back a hazard found in error: only until its inspection is submitted, and never without a reason."""

from checklists.hazard_moves import Step
from checklists.hazards import Hazard
from checklists.inspections import Answer
from checklists.people import Permission
from handlers.hazard_cards import number_of
from handlers.hazards import current
from handlers.items import show_item
from handlers.life_telling import tell
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.summaries import go_on
from handlers.walking import Walk, walk_of
from handlers.words import N_, _, html

_REASONS = (N_("点错了"), N_("看错了，其实合格"), N_("同一处已经报过"))
_TO = {Answer.OPEN, Answer.GOOD}


def ask_withdrawal(request: Request) -> Reply:
    """误报，撤回: why."""
    hazard, to = _withdrawable(request), _to(request)
    request.enter("withdraw", id=hazard.id, to=to.value)
    text = _("<b>撤回隐患 {number}？</b>\n会留在历史里，写明原因。为什么撤回？点一个，或者直接打字。").format(
        number=html(number_of(request, hazard))
    )
    choices = [[Button(_(words), data("zy", hazard.id, to.value, code))] for code, words in enumerate(_REASONS)]
    back = Button(_("不撤回"), data("zn", hazard.id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [back])))


def withdraw_by_press(request: Request) -> Reply:
    """Withdraw for one of the offered reasons."""
    hazard, to, code = _withdrawable(request), _to(request), request.number(2)
    if code >= len(_REASONS):
        raise Gone
    return _withdraw(request, hazard, to, _REASONS[code])


def withdraw_by_words(request: Request) -> Reply:
    """Withdraw for a reason that was typed."""
    hazard, words = _withdrawable(request), " ".join(request.text.split())
    return _withdraw(request, hazard, _to(request), words) if words else ask_withdrawal(request)


def _withdraw(request: Request, hazard: Hazard, to: Answer, reason: str) -> Reply:
    walk, item = _walk(request, hazard), hazard.item
    assert item is not None
    withdraw(request, hazard, reason)
    run = request.tx.inspections.answer(walk.inspection, item, to, by=request.who.id, at=request.now)
    words = _("隐患 {number} 已撤回。").format(number=number_of(request, hazard))
    if to is Answer.OPEN:
        return show_item(request, walk.now(run), item, notice=words)
    return go_on(request, walk.now(run), item, notice=words)


def withdraw(request: Request, hazard: Hazard, reason: str) -> None:
    """Take the hazard off the list; where the office knows of it, it is told."""
    check_own(request, hazard)
    gone = request.tx.hazards.withdraw(hazard, reason, by=request.who.id, at=request.now)
    if request.tx.hazard_life.is_known_to_office(hazard):
        tell(request, Step.WITHDRAW, hazard, gone)


def check_own(request: Request, hazard: Hazard) -> None:
    """Raises Stale, with whom to ask, once the firm cannot take the hazard back by itself."""
    if not request.tx.hazard_life.is_in_walk(hazard):
        raise Stale(_("这条隐患已经提交过，自己不能撤回。确实是误报的，请联系监管办公室。"))


def _to(request: Request) -> Answer:
    """The answer the question gets instead: 合格, or open again."""
    try:
        to = Answer(request.word(1) if request.arguments else str(request.dialog.data["to"] if request.dialog else ""))
    except ValueError:
        raise Gone from None
    if to not in _TO:
        raise Gone
    return to


def _withdrawable(request: Request) -> Hazard:
    hazard = current(request)
    if not hazard.is_live:
        raise Stale(_("这条隐患已经撤回。"))
    check_own(request, hazard)
    return hazard


def _walk(request: Request, hazard: Hazard) -> Walk:
    if hazard.inspection_id is None or hazard.item is None:
        raise Gone
    return walk_of(request.tx, hazard.inspection_id)


_ABOUT = About.HAZARD
_INSPECT = Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="zx", needs=_INSPECT, about=_ABOUT, handler=ask_withdrawal),
    Press(name="zy", needs=_INSPECT, about=_ABOUT, handler=withdraw_by_press),
    Input(dialog="withdraw", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=withdraw_by_words),
    Display(dialog="withdraw", needs=_INSPECT, about=_ABOUT, handler=ask_withdrawal),
)
