"""The trail: every change to a hazard, role or duty and every refusal, append-only and chained by hash."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.subject import Subject
from storage.tables import events

_START = bytes(32)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the trail; `body` holds what was before and after."""

    number: int
    at: datetime
    person_id: int | None
    what: str
    subject: str
    subject_id: int | None
    body: dict[str, Any]


class Trail(Subject):
    """Who did what to which thing, when, with the values before and after."""

    def add(
        self,
        what: str,
        *,
        subject: str,
        subject_id: int | None,
        person_id: int | None,
        at: datetime,
        before: Any = None,
        after: Any = None,
    ) -> None:
        """Append one event, chained to the one before it in this zone."""
        last = self.connection.execute(
            select(events.c.number, events.c.hash)
            .where(events.c.zone_id == self.zone_id)
            .order_by(events.c.number.desc())
            .limit(1)
        ).one_or_none()
        number, previous = (last.number + 1, last.hash) if last else (1, _START)
        body = json.dumps({"before": before, "after": after}, ensure_ascii=False, sort_keys=True, default=str)
        row = {
            "number": number,
            "at": at,
            "person_id": person_id,
            "what": what,
            "subject": subject,
            "subject_id": subject_id,
            "body": body,
        }
        digest = _digest(self.zone_id, previous, row)
        self.connection.execute(events.insert(), {"zone_id": self.zone_id, **row, "previous": previous, "hash": digest})

    def of(self, subject: str, subject_id: int) -> list[Event]:
        """The history of one thing, oldest first."""
        rows = self.connection.execute(
            select(events)
            .where(
                events.c.zone_id == self.zone_id,
                events.c.subject == subject,
                events.c.subject_id == subject_id,
            )
            .order_by(events.c.number)
        )
        return [_event(row._mapping) for row in rows]

    def broken_at(self) -> int | None:
        """The number of the first event that was altered, removed or put in later; None if the chain holds."""
        previous, expected = _START, 1
        statement = select(events).where(events.c.zone_id == self.zone_id).order_by(events.c.number)
        with self.connection.execute(statement, execution_options={"yield_per": 1000}) as rows:
            for row in rows.mappings():
                if row["number"] != expected or bytes(row["previous"]) != previous:
                    return expected
                previous = _digest(self.zone_id, previous, row)
                if bytes(row["hash"]) != previous:
                    return expected
                expected += 1
        return None


def _digest(zone_id: int, previous: bytes, row: Any) -> bytes:
    content = [
        zone_id,
        row["number"],
        row["at"].isoformat(),
        row["person_id"],
        row["what"],
        row["subject"],
        row["subject_id"],
        row["body"],
    ]
    return hashlib.sha256(previous + json.dumps(content, ensure_ascii=False).encode()).digest()


def _event(row: Any) -> Event:
    return Event(
        number=row["number"],
        at=row["at"],
        person_id=row["person_id"],
        what=row["what"],
        subject=row["subject"],
        subject_id=row["subject_id"],
        body=json.loads(row["body"]),
    )
