"""The firm asks for a later deadline: until when, and why; the office answers."""

from datetime import date, timedelta

from checklists.hazard_moves import Step
from checklists.hazards import Hazard
from checklists.people import Permission
from checklists.working_days import load_working_days
from handlers.arrangements import NotADay, parse_deadline
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import again, done, politely, pressed, unchanged, who
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import N_, _, day, full_day, html

DAYS = (7, 15, 30)
_FARTHEST = 366
REASONS = (N_("等配件、设备到货"), N_("要等停产检修时改"), N_("资金正在落实"), N_("要等专业单位来施工"))


def ask(request: Request) -> Reply:
    """申请延期: until when."""
    return _ask_day(request, current(request))


def _ask_day(request: Request, hazard: Hazard, *, notice: str = "") -> Reply:
    present = hazard.arrangements.deadline
    if Step.ASK_DEFERRAL not in request.tx.hazard_life.steps_for(hazard, request.who.id) or present is None:
        return show_step(request, hazard, "view", notice=_("这条隐患现在不能申请延期。"))
    request.enter("life_deferral", id=hazard.id, version=hazard.version, wanted="")
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>申请延期　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        _("现在的期限：{day}").format(day=full_day(present)),
        _("要延到哪一天？点一个，或者直接打字，例如 12月25日。办公室同意以前，原来的期限不变。"),
    ]
    buttons = [
        [
            Button(
                _("延 {n} 天（{day}）").format(n=n, day=day(_later(present, n))),
                data("ydd", hazard.id, hazard.version, n),
            )
        ]
        for n in DAYS
    ]
    back = Button(_("不申请了"), data("z", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, [back])))


def _later(present: date, days: int) -> date:
    return load_working_days().next_working_day(present + timedelta(days=days))


@politely
def choose_day(request: Request) -> Reply:
    """One of the offered days."""
    hazard, days, present = pressed(request), request.number(2), current(request).arrangements.deadline
    if days not in DAYS or present is None:
        raise Gone
    return _ask_reason(request, hazard, _later(present, days))


def _ask_reason(request: Request, hazard: Hazard, wanted: date) -> Reply:
    request.enter("life_deferral", id=hazard.id, version=hazard.version, wanted=wanted.isoformat())
    text = _("<b>申请延到{day}　隐患 {number}</b>\n为什么要延期？点一个，或者直接打字。").format(
        day=full_day(wanted), number=html(number_of(request, hazard))
    )
    choices = [
        [Button(_(words), data("ydr", hazard.id, hazard.version, wanted.toordinal(), n))]
        for n, words in enumerate(REASONS)
    ]
    back = Button(_("换一天"), data("yd", hazard.id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [back])))


@politely
def choose_reason(request: Request) -> Reply:
    """One of the offered reasons: the request goes to the office."""
    hazard, code = pressed(request), request.number(3)
    # The day stands in the button itself: an older card asks for the day it shows.
    days = request.number(2) - request.today.toordinal()
    if code >= len(REASONS) or not -_FARTHEST <= days <= _FARTHEST:
        raise Gone
    return _send(request, hazard, request.today + timedelta(days=days), REASONS[code])


@politely
def write(request: Request) -> Reply:
    """A typed day, then a typed reason."""
    assert request.dialog is not None
    hazard = unchanged(request, int(request.dialog.data["version"]))
    wanted, words = _wanted(request), " ".join(request.text.split())
    if wanted is not None:
        return _send(request, hazard, wanted, words)
    try:
        return _ask_reason(request, hazard, parse_deadline(words, today=request.today))
    except NotADay as error:
        return _ask_day(request, hazard, notice=str(error))


def _wanted(request: Request) -> date | None:
    """The day chosen before, kept in the dialog."""
    known = request.dialog.data.get("wanted") if request.dialog and request.dialog.kind == "life_deferral" else ""
    return date.fromisoformat(str(known)) if known else None


def _send(request: Request, hazard: Hazard, wanted: date, reason: str) -> Reply:
    after = request.tx.hazard_life.ask_deferral(hazard, wanted, reason=reason, **who(request))
    words = _("已申请延期到{day}，等办公室答复。答复以前原来的期限不变。").format(day=day(wanted))
    return done(request, Step.ASK_DEFERRAL, hazard, after, words)


def _again(request: Request, hazard: Hazard) -> Reply:
    wanted = _wanted(request)
    if wanted is None or Step.ASK_DEFERRAL not in request.tx.hazard_life.steps_for(hazard, request.who.id):
        return _ask_day(request, hazard)
    return _ask_reason(request, hazard, wanted)


_ABOUT = About.HAZARD
_INSPECT = Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="yd", needs=_INSPECT, about=_ABOUT, handler=ask),
    Press(name="ydd", needs=_INSPECT, about=_ABOUT, handler=choose_day),
    Press(name="ydr", needs=_INSPECT, about=_ABOUT, handler=choose_reason),
    Input(dialog="life_deferral", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=write),
    Display(dialog="life_deferral", needs=_INSPECT, about=_ABOUT, handler=again(_again)),
)
