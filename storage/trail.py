"""The trail: every change to a hazard, role or duty and every refusal, append-only and chained by hash."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.subject import Subject
from storage.tables import events
from storage.trail_lock import hold_trail

if TYPE_CHECKING:
    from storage.transaction import Transaction

_START = bytes(32)
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SEALED = "sealed"
_MOST_DIGITS = 18


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

    def __init__(self, tx: "Transaction") -> None:
        super().__init__(tx)
        self._last: Head | None = None

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
        body = json.dumps({"before": before, "after": after}, ensure_ascii=False, sort_keys=True, default=str)
        self._append(self._locked_head(), what, subject, subject_id, person_id, at, body)

    def add_seals(self, seals: Mapping[str, Any]) -> None:
        """Append the seals of rows (see storage.sealing); they carry the time of the event before them."""
        last = self._locked_head()
        body = json.dumps({"before": None, "after": seals}, ensure_ascii=False, sort_keys=True)
        self._append(last, SEALED, "rows", None, None, last.at, body)

    def head(self) -> "Head":
        """The last event; written down elsewhere, it shows later that nothing before it was taken away."""
        row = self.connection.execute(
            select(events.c.number, events.c.at, events.c.hash)
            .where(events.c.zone_id == self.zone_id)
            .order_by(events.c.number.desc())
            .limit(1)
        ).one_or_none()
        return Head(row.number, row.at, bytes(row.hash)) if row else Head(0, _FIRST, _START)

    def holds(self, head: str) -> bool:
        """Whether the event of an earlier head (as its text) still stands there unchanged."""
        number, _, digest = head.partition(":")
        known = number.isdecimal() and len(number) < _MOST_DIGITS
        row = self.connection.execute(
            select(events.c.hash).where(
                events.c.zone_id == self.zone_id, events.c.number == (int(number) if known else 0)
            )
        ).one_or_none()
        return row is not None and bytes(row.hash).hex() == digest

    def _locked_head(self) -> "Head":
        if self._last is None:
            hold_trail(self.connection, self.zone_id)
            self._last = self.head()
        return self._last

    def _append(
        self,
        last: "Head",
        what: str,
        subject: str,
        subject_id: int | None,
        person_id: int | None,
        at: datetime,
        body: str,
    ) -> None:
        row = {
            "number": last.number + 1,
            "at": at.astimezone(UTC),
            "person_id": person_id,
            "what": what,
            "subject": subject,
            "subject_id": subject_id,
            "body": body,
        }
        digest = _digest(self.zone_id, last.hash, row)
        values = {"zone_id": self.zone_id, **row, "previous": last.hash, "hash": digest}
        self.connection.execute(events.insert(), values)
        self._last = Head(last.number + 1, at, digest)

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

    def broken_at(self, *, seen: Callable[[int], None] = lambda _number: None) -> int | None:
        """The number of the first event that was altered, removed or put in later; None if the chain holds.

        `seen` hears of every thousandth event.
        """
        previous, expected = _START, 1
        statement = select(events).where(events.c.zone_id == self.zone_id).order_by(events.c.number)
        with self.connection.execute(statement, execution_options={"yield_per": 1000}) as rows:
            for row in rows.mappings():
                if row["number"] != expected or bytes(row["previous"]) != previous:
                    return expected
                previous = _digest(self.zone_id, previous, row)
                if bytes(row["hash"]) != previous:
                    return expected
                if expected % 1000 == 0:
                    seen(expected)
                expected += 1
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain; number 0 before the first event."""

    number: int
    at: datetime
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


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
