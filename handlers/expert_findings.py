"""What an expert entered himself: those who confirm its level hear of it at once."""

from datetime import datetime

from checklists.deliveries import Delivery
from checklists.hazards import STATE_NAMES, Hazard, Source, State
from checklists.people import GRANTS, Permission, Person, allows
from handlers.items import handed_in_words
from handlers.life_telling import department_of
from handlers.life_words import number_in
from handlers.outgoing import Outgoing
from handlers.replies import Button, Screen, data, rows
from handlers.routing import Request
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import _, html, shorten
from storage.transaction import Transaction

ENTERED = "expert_finding"


def tell(request: Request, hazard: Hazard) -> None:
    """Tell those who have the duty, once; what was told before is drawn again with what came since."""
    if not _is_of_an_expert(hazard) or allows(request.person, Permission.SUPERVISE):
        return
    tx = request.tx
    for person in _who_hears(tx, hazard):
        dedupe, about = f"{ENTERED}:{hazard.id}:{person.id}", {"hazard": hazard.id}
        if not tx.deliveries.add(ENTERED, dedupe, person, about, request.now, request.now):
            known = tx.deliveries.by_dedupe(dedupe)
            if known is not None:
                tx.deliveries.again(known.id, request.now)


def _is_of_an_expert(hazard: Hazard) -> bool:
    return hazard.source is Source.EXPERT or hazard.official_inspection_id is not None


def _who_hears(tx: Transaction, hazard: Hazard) -> list[Person]:
    """Whoever runs the inspection it was found at; without one, or when he has left, who has the duty."""
    official = tx.official_inspections.get(hazard.official_inspection_id or 0)
    officer = tx.people.get(official.started_by) if official is not None else None
    return [officer] if officer is not None and allows(officer, Permission.SUPERVISE) else who_confirms(tx, hazard)


def who_confirms(tx: Transaction, hazard: Hazard) -> list[Person]:
    """Who of the office has the duty; a department without members swallows nothing: then all who may confirm it."""
    return department_of(tx, hazard) or tx.people.with_role(*GRANTS[Permission.SUPERVISE].office)


def entered(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To the office: what the expert found, and the way to its level; not needed once somebody has confirmed it."""
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    firm = tx.enterprises.get(hazard.enterprise_id) if hazard else None
    if hazard is None or firm is None or not allows(person, Permission.SUPERVISE):
        return None
    waits = hazard.state is State.FOUND
    if not waits and delivery.message_id is None:
        return None
    kept = tx.attachments.of_hazard(hazard.id)
    lines = [
        _("⚠️ <b>专家登记了隐患 {number}</b>").format(number=html(number_in(tx, hazard))),
        _("{firm}，登记人：{name}").format(firm=html(firm.name), name=html(name_of(tx, hazard.found_by))),
        *([html(shorten(hazard.words, 500))] if hazard.words else []),
        *([handed_in_words(kept)] if kept else []),
        *([_("依据：{clause}").format(clause=html(hazard.clause))] if hazard.clause else []),
        _("<b>请确认级别。</b>") if waits else _("现在：{state}").format(state=_(STATE_NAMES[hazard.state])),
    ]
    look = rows([Button(_("看隐患"), data("z", hazard.id))])
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=look))
