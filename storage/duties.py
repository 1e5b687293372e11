"""What an enterprise must do by which day, and the narrow queue of what wants looking at."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select

from checklists.reminders import DutyState, EnterpriseDuty
from storage.subject import Subject
from storage.tables import duties, duty_queue, enterprises, inspections
from storage.types import new_id

_COLUMNS = [c for c in duties.c if c.name != "zone_id"]
_OF_PERIOD = select(*_COLUMNS).where(
    duties.c.zone_id == bindparam("zone"),
    duties.c.enterprise_id == bindparam("enterprise"),
    duties.c.kind == bindparam("kind"),
    duties.c.period == bindparam("period"),
)
_DUE_IN_QUEUE = (
    select(duty_queue.c.at, duty_queue.c.duty_id)
    .where(duty_queue.c.zone_id == bindparam("zone"), duty_queue.c.at <= bindparam("now"))
    .order_by(duty_queue.c.at, duty_queue.c.duty_id)
    .limit(bindparam("most"))
)
_TAKE_FROM_QUEUE = duty_queue.delete().where(
    duty_queue.c.zone_id == bindparam("zone"),
    duty_queue.c.at == bindparam("due"),
    duty_queue.c.duty_id == bindparam("duty"),
)


class Duties(Subject):
    """Duties of the zone's enterprises."""

    def get(self, duty_id: int) -> EnterpriseDuty | None:
        """The duty with this id."""
        found = self._where(duties.c.id == duty_id)
        return found[0] if found else None

    def some(self, ids: Collection[int]) -> list[EnterpriseDuty]:
        """The duties with these ids."""
        return self._where(duties.c.id.in_(sorted(ids))) if ids else []

    def of_period(self, enterprise_id: int, kind: str, period: str) -> EnterpriseDuty | None:
        """What this enterprise owes of this kind in this period."""
        key = {"zone": self.zone_id, "enterprise": enterprise_id, "kind": kind, "period": period}
        row = self.connection.execute(_OF_PERIOD, key).one_or_none()
        return _duty(row) if row else None

    def hold_period(self, enterprise_id: int, kind: str, period: str) -> EnterpriseDuty | None:
        """The same, which nobody else changes before this transaction ends: who comes second waits."""
        key = {"zone": self.zone_id, "enterprise": enterprise_id, "kind": kind, "period": period}
        row = self.connection.execute(_OF_PERIOD.with_for_update(), key).one_or_none()
        return _duty(row) if row else None

    def of_enterprises(self, ids: Sequence[int], *kinds: str, since: date) -> list[EnterpriseDuty]:
        """What these enterprises owe: due on or after `since`, or open at any age; first due first."""
        if not ids:
            return []
        return self._where(
            duties.c.enterprise_id.in_(sorted(ids)),
            duties.c.kind.in_(kinds),
            (duties.c.due_on >= since) | (duties.c.state == DutyState.OPEN.value),
        )

    def add(self, duty: EnterpriseDuty) -> bool:
        """Keep a new duty; False if the period has one already."""
        values = {name: getattr(duty, name) for name in EnterpriseDuty.__slots__}
        return self.insert_new(duties, {**values, "state": duty.state.value})

    def finish(self, duty_id: int, *, inspection_id: int | None = None, at: datetime) -> bool:
        """The duty was fulfilled, by this inspection if it asks for one; False if it was done before."""
        return self._change(duty_id, DutyState.DONE, DutyState.DONE, done_at=at, inspection_id=inspection_id)

    def waive(self, duty_id: int) -> bool:
        """The enterprise does not owe it (any more); False if it is done or waived already."""
        return self._change(duty_id, DutyState.WAIVED, DutyState.DONE, DutyState.WAIVED)

    def reopen(self, duty_id: int) -> bool:
        """A waived duty is owed again."""
        return self._change(duty_id, DutyState.OPEN, DutyState.OPEN, DutyState.DONE)

    def redate(self, duty_id: int, *, due_on: date, hand_in_by: date, source: str, provisional: bool) -> None:
        """The plan or the calendar has changed while the duty is open."""
        self._set(duty_id, due_on=due_on, hand_in_by=hand_in_by, source=source, provisional=provisional)

    def enqueue(self, rows: Iterable[tuple[datetime, int]]) -> None:
        """Look at these duties again at these times."""
        values = [{"zone_id": self.zone_id, "at": at, "duty_id": duty_id} for at, duty_id in rows]
        if values:
            self.connection.execute(self._insert(duty_queue).on_conflict_do_nothing(), values)

    def claim(self, now: datetime, limit: int) -> list[int]:
        """Take from the queue the ids of what is to be looked at by `now`; each once, first due first."""
        found = self.connection.execute(_DUE_IN_QUEUE, {"zone": self.zone_id, "now": now, "most": limit}).all()
        if found:
            keys = [{"zone": self.zone_id, "due": at, "duty": duty_id} for at, duty_id in found]
            self.connection.execute(_TAKE_FROM_QUEUE, keys)
        return list(dict.fromkeys(duty_id for _, duty_id in found))

    def enterprises_to_plan(self, *, after: int, since: datetime | None, limit: int) -> list[int]:
        """Ids of enterprises behind the id `after`; with `since` only those that changed since then."""
        statement = select(enterprises.c.id).where(enterprises.c.zone_id == self.zone_id, enterprises.c.id > after)
        if since is not None:
            statement = statement.where(or_(enterprises.c.updated_at >= since, enterprises.c.profiled_at >= since))
        return list(self.connection.execute(statement.order_by(enterprises.c.id).limit(limit)).scalars())

    def paused_inspections(self, *, since: datetime) -> list[tuple[int, datetime]]:
        """Enterprises in the middle of an inspection that nobody touched after `since`, and when it was touched."""
        statement = select(inspections.c.enterprise_id, inspections.c.touched_at).where(
            inspections.c.zone_id == self.zone_id,
            literal_column("state") == literal_column("'running'"),  # in so many words, for the partial index
            inspections.c.touched_at <= since,
        )
        return [(row.enterprise_id, row.touched_at) for row in self.connection.execute(statement)]

    def _change(self, duty_id: int, to: DutyState, *unless: DutyState, **values: Any) -> bool:
        changed = self.connection.execute(
            duties.update()
            .where(
                duties.c.zone_id == self.zone_id,
                duties.c.id == duty_id,
                duties.c.state.not_in([s.value for s in unless]),
            )
            .values(state=to.value, **values)
        )
        return changed.rowcount == 1

    def _set(self, duty_id: int, **values: Any) -> None:
        self.connection.execute(
            duties.update().where(duties.c.zone_id == self.zone_id, duties.c.id == duty_id).values(**values)
        )

    def _where(self, *conditions: Any) -> list[EnterpriseDuty]:
        statement = select(*_COLUMNS).where(duties.c.zone_id == self.zone_id, *conditions)
        ordered = statement.order_by(duties.c.due_on, duties.c.enterprise_id, duties.c.id)
        return [_duty(row) for row in self.connection.execute(ordered)]


def new_duty_id() -> int:
    """An id for a duty that is about to be kept."""
    return new_id()


def _duty(row: Any) -> EnterpriseDuty:
    values = dict(row._mapping)
    values["state"] = DutyState(values["state"])
    return EnterpriseDuty(**values)
