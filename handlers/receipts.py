"""Receipts: whoever must know of a hazard confirms by a press of his own that the notice has come."""

from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazard_records import Notice, Receipt
from checklists.hazard_rules import RECIPIENT_NAMES
from checklists.hazards import Hazard
from checklists.people import Permission
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import politely, who
from handlers.life_cards import is_for
from handlers.life_telling import notice_dedupe, receive_by_own_press, redraw_notice
from handlers.replies import Reply
from handlers.routing import About, Gone, Press, Request, Route
from handlers.words import _


@politely
def receive(request: Request) -> Reply:
    """收到: kept with the person and the time; pressed twice it stays as it was."""
    hazard = current(request)
    notice = _notice(request, hazard)
    if not is_for(request, hazard, notice):
        name = _(RECIPIENT_NAMES[notice.recipient])
        raise NotThisPersons(_("这份告知要由{name}本人确认。").format(name=name))
    if not request.tx.hazard_records.receive(notice, how=Receipt.BOT, **who(request)):
        raise DoneAlready(_("已经确认收到过了。"))
    sent = request.tx.deliveries.by_dedupe(notice_dedupe(notice.id, request.who.id))
    if sent is not None:
        request.tx.deliveries.acknowledge(sent.id, request.now)
    redraw_notice(request, hazard, notice)
    # Who is principal and controller at once need not press twice.
    receive_by_own_press(request, hazard, note="")
    words = _("已记下：您已收到隐患 {number} 的告知。").format(number=number_of(request, hazard))
    return show_step(request, hazard, "view", notice=words, toast=words)


def _notice(request: Request, hazard: Hazard) -> Notice:
    wanted = request.number(1)
    found = next((n for n in request.tx.hazard_records.notices(hazard) if n.id == wanted), None)
    if found is None:
        raise Gone
    return found


ROUTES: tuple[Route, ...] = (Press(name="yk", needs=Permission.ANSWER, about=About.HAZARD, handler=receive),)
