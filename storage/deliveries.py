"""The ledger of outgoing messages: one row for each message to each person, and the narrow outbox of what waits."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from checklists.deliveries import Delivery, DeliveryCounts, DeliveryState
from checklists.people import Person
from storage.subject import Subject
from storage.tables import deliveries, outbox
from storage.types import new_id

LATE_AFTER = timedelta(minutes=10)

_COLUMNS = [c for c in deliveries.c if c.name != "zone_id"]
_GET = select(*_COLUMNS).where(deliveries.c.zone_id == bindparam("zone"), deliveries.c.id == bindparam("id"))
_WAITING = (
    select(*_COLUMNS)
    .select_from(
        outbox.join(deliveries, (deliveries.c.zone_id == outbox.c.zone_id) & (deliveries.c.id == outbox.c.delivery_id))
    )
    .where(outbox.c.zone_id == bindparam("zone"), outbox.c.at <= bindparam("now"))
    .order_by(outbox.c.at, outbox.c.delivery_id)
    .limit(bindparam("most"))
)
_LAST_OF_PERSON = (
    select(*_COLUMNS)
    .where(
        deliveries.c.zone_id == bindparam("zone"),
        deliveries.c.person_id == bindparam("person"),
        deliveries.c.kind == bindparam("kind"),
    )
    .order_by(deliveries.c.id.desc())
    .limit(1)
)
_DEQUEUE = outbox.delete().where(
    outbox.c.zone_id == bindparam("zone"),
    outbox.c.at == bindparam("due"),
    outbox.c.delivery_id == bindparam("delivery"),
)


class Deliveries(Subject):
    """What is to be sent to whom, and what became of it. A row in the outbox always stands at its `not_before`."""

    def add(
        self, kind: str, dedupe: str, person: Person, about: dict[str, Any], not_before: datetime, at: datetime
    ) -> bool:
        """Queue a message to a person; False if `dedupe` is known already or the person has no Telegram account."""
        if person.telegram_id is None:
            return False
        return self.add_to_chat(kind, dedupe, person.telegram_id, about, not_before, at, person_id=person.id)

    def add_to_chat(
        self,
        kind: str,
        dedupe: str,
        chat_id: int,
        about: dict[str, Any],
        not_before: datetime,
        at: datetime,
        *,
        person_id: int | None = None,
    ) -> bool:
        """Queue a message to a chat such as a group; False if `dedupe` is known already."""
        delivery_id = new_id()
        row = {
            "id": delivery_id,
            "chat_id": chat_id,
            "person_id": person_id,
            "kind": kind,
            "dedupe": dedupe,
            "about": json.dumps(about, ensure_ascii=False, sort_keys=True),
            "not_before": not_before,
            "state": DeliveryState.WAITING.value,
            "created_at": at,
        }
        new = self.insert_new(deliveries, row)
        if new:
            self.insert_new(outbox, {"at": not_before, "delivery_id": delivery_id})
        return new

    def add_present(self, chat_id: int, *, at: datetime) -> None:
        """Show this chat its present screen as soon as it can be reached; one such wish waits at a time."""
        dedupe = f"present:{chat_id}"
        if self.add_to_chat("present", dedupe, chat_id, {}, at, at):
            return
        known = self.by_dedupe(dedupe)
        assert known is not None
        if known.state is not DeliveryState.WAITING:
            self._set(known, state=DeliveryState.WAITING.value, message_id=None, not_before=at, attempts=0)
            self.insert_new(outbox, {"at": at, "delivery_id": known.id})

    def get(self, delivery_id: int) -> Delivery | None:
        """The delivery with this id."""
        row = self.connection.execute(_GET, {"zone": self.zone_id, "id": delivery_id}).one_or_none()
        return _delivery(row) if row else None

    def by_dedupe(self, dedupe: str) -> Delivery | None:
        """The delivery made for this reason."""
        statement = select(*_COLUMNS).where(deliveries.c.zone_id == self.zone_id, deliveries.c.dedupe == dedupe)
        row = self.connection.execute(statement).one_or_none()
        return _delivery(row) if row else None

    def last_of(self, person_id: int, kind: str) -> Delivery | None:
        """The newest delivery of this kind to this person."""
        key = {"zone": self.zone_id, "person": person_id, "kind": kind}
        row = self.connection.execute(_LAST_OF_PERSON, key).one_or_none()
        return _delivery(row) if row else None

    def newest_of(self, person_id: int) -> int | None:
        """The id of the newest delivery to a person, whatever its kind."""
        mine = (deliveries.c.zone_id == self.zone_id) & (deliveries.c.person_id == person_id)
        statement = select(deliveries.c.id).where(mine).order_by(deliveries.c.id.desc()).limit(1)
        return self.connection.execute(statement).scalar()

    def waiting(self, now: datetime, limit: int) -> list[Delivery]:
        """What is to be sent by `now`, first due first."""
        rows = self.connection.execute(_WAITING, {"zone": self.zone_id, "now": now, "most": limit})
        return [_delivery(row) for row in rows]

    def next_due(self) -> datetime | None:
        """When the first waiting message may go out."""
        value: datetime | None = self.connection.execute(
            select(outbox.c.at).where(outbox.c.zone_id == self.zone_id).order_by(outbox.c.at).limit(1)
        ).scalar_one_or_none()
        return value

    def again(self, delivery_id: int, at: datetime) -> None:
        """The content has changed: what was sent is edited, what is on its way is edited after it arrived."""
        delivery = self.get(delivery_id)
        if delivery is None:
            return
        self._set(delivery, edition=delivery.edition + 1)
        if delivery.state is DeliveryState.SENT and not self._queued(delivery):
            self._set(delivery, not_before=at, attempts=0)
            self.insert_new(outbox, {"at": at, "delivery_id": delivery_id})

    def sent(self, delivery: Delivery, *, message_id: int | None, at: datetime) -> None:
        """Telegram has it; if its content changed meanwhile it stays in the outbox to be edited."""
        present = self.get(delivery.id)
        if present is None:
            return
        first = delivery.sent_at or at
        self._set(
            delivery,
            state=DeliveryState.SENT.value,
            message_id=message_id,
            sent_at=first,
            attempts=delivery.attempts + 1,
            outcome="",
        )
        if present.edition == delivery.edition:
            self._dequeue(delivery)

    def refused(self, delivery: Delivery, outcome: str) -> None:
        """The person cannot be reached (403); a message that had arrived before stays as sent."""
        self._close(delivery, DeliveryState.REFUSED, outcome)

    def given_up(self, delivery: Delivery, outcome: str) -> None:
        """Telegram will never take it as it is (400): a fault of ours."""
        self._close(delivery, DeliveryState.GIVEN_UP, outcome)

    def withdrawn(self, delivery: Delivery) -> None:
        """It is not needed any more."""
        self._close(delivery, DeliveryState.WITHDRAWN, "")

    def retry(self, delivery: Delivery, *, not_before: datetime, outcome: str) -> None:
        """Try again from `not_before` on."""
        self._dequeue(delivery)
        self._set(delivery, not_before=not_before, attempts=delivery.attempts + 1, outcome=outcome[:200])
        self.insert_new(outbox, {"at": not_before, "delivery_id": delivery.id})

    def note(self, delivery: Delivery, outcome: str) -> None:
        """What has come of it so far; it stays as it is."""
        self._set(delivery, outcome=outcome[:200])

    def turn_into(self, delivery: Delivery, about: Mapping[str, Any]) -> None:
        """What was wanted cannot be sent: from now on it is about this, and goes out at once if it still waits."""
        present = self.get(delivery.id)
        if present is None or present.state is not DeliveryState.WAITING:
            return
        words = json.dumps(dict(about), ensure_ascii=False, sort_keys=True)
        self._set(delivery, about=words, attempts=0, outcome="")

    def anew(self, delivery: Delivery) -> None:
        """The message to edit is gone from the chat: send it as a new one, if it is still needed then."""
        self._set(delivery, state=DeliveryState.WAITING.value, message_id=None)

    def migrated(self, chat_id: int, new_chat_id: int) -> None:
        """A group became a supergroup: what waits for it goes to the new id."""
        self.connection.execute(
            deliveries.update()
            .where(
                deliveries.c.zone_id == self.zone_id,
                deliveries.c.chat_id == chat_id,
                deliveries.c.state.in_([DeliveryState.WAITING.value, DeliveryState.SENT.value]),
            )
            .values(chat_id=new_chat_id)
        )

    def acknowledge(self, delivery_id: int, at: datetime) -> bool:
        """The person has pressed that it was read; False if it was before."""
        return bool(
            self.connection.execute(
                deliveries.update()
                .where(
                    deliveries.c.zone_id == self.zone_id,
                    deliveries.c.id == delivery_id,
                    deliveries.c.acknowledged_at.is_(None),
                )
                .values(acknowledged_at=at)
            ).rowcount
        )

    def counts(self, *, since: datetime, until: datetime, now: datetime) -> DeliveryCounts:
        """How what was made from `since` to before `until` stands; what is late is counted however old it is."""
        rows = self.connection.execute(
            select(deliveries.c.state, func.count())
            .where(
                deliveries.c.zone_id == self.zone_id, deliveries.c.created_at >= since, deliveries.c.created_at < until
            )
            .group_by(deliveries.c.state)
        )
        by_state = {state: int(number) for state, number in rows}
        late = select(func.count()).where(outbox.c.zone_id == self.zone_id, outbox.c.at < now - LATE_AFTER)
        return DeliveryCounts(
            sent=by_state.get(DeliveryState.SENT, 0),
            refused=by_state.get(DeliveryState.REFUSED, 0),
            given_up=by_state.get(DeliveryState.GIVEN_UP, 0),
            waiting=by_state.get(DeliveryState.WAITING, 0),
            late=int(self.connection.execute(late).scalar_one()),
        )

    def _close(self, delivery: Delivery, state: DeliveryState, outcome: str) -> None:
        self._dequeue(delivery)
        kept = delivery.state if delivery.message_id is not None else state
        self._set(delivery, state=kept.value, attempts=delivery.attempts + 1, outcome=outcome[:200])

    def _queued(self, delivery: Delivery) -> bool:
        return (
            self.connection.execute(
                select(outbox.c.delivery_id).where(
                    outbox.c.zone_id == self.zone_id,
                    outbox.c.at == delivery.not_before,
                    outbox.c.delivery_id == delivery.id,
                )
            ).one_or_none()
            is not None
        )

    def _dequeue(self, delivery: Delivery) -> None:
        self.connection.execute(_DEQUEUE, {"zone": self.zone_id, "due": delivery.not_before, "delivery": delivery.id})

    def _set(self, delivery: Delivery, **values: Any) -> None:
        self.connection.execute(
            deliveries.update()
            .where(deliveries.c.zone_id == self.zone_id, deliveries.c.id == delivery.id)
            .values(**values)
        )


def _delivery(row: Any) -> Delivery:
    values = dict(row._mapping)
    values["about"] = json.loads(values["about"])
    values["state"] = DeliveryState(values["state"])
    return Delivery(**values)
