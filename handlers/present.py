"""The present screen of a chat as a delivery: shown later when the network failed at the moment of answering."""

from datetime import datetime

from checklists.deliveries import Delivery
from handlers.outgoing import Outgoing
from handlers.routes import ROUTER
from handlers.routing import Request
from handlers.services import Services
from handlers.words import speaking
from storage.transaction import Transaction


def present(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Where the person of this private chat stands now."""
    zone = tx.zones.current()
    assert zone is not None, "the zone is founded at start"
    person = tx.people.by_telegram(delivery.chat_id)
    language = person.language if person else "zh"
    request = Request(
        tx=tx,
        zone=zone,
        services=services,
        now=now,
        chat_id=delivery.chat_id,
        telegram_id=delivery.chat_id,
        telegram_name=person.name if person else "",
        person=person,
        language=language,
        dialog=tx.dialogs.of(delivery.chat_id, now=now),
    )
    with speaking(language):
        return Outgoing(screen=ROUTER.present(request).screen)
