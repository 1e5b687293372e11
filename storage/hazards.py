"""The list of hazards (隐患) with their numbers, arrangements and states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from checklists.hazards import Arrangements, Hazard, Level, Source, State, move
from storage.subject import Subject
from storage.tables import hazards
from storage.types import new_id

_ARRANGEMENTS = ("responsible", "measure", "funds", "deadline", "contingency")
_COLUMNS = [c for c in hazards.c if c.name not in ("zone_id", "closed_at")]
_LENGTHS = {"responsible": 100, "measure": 500, "funds": 100, "contingency": 500, "words": 2000}
_OPEN = [s.value for s in State if s is not State.WITHDRAWN]


class HazardChanged(Exception):
    """Somebody changed the hazard since it was read; nothing was kept."""


class Hazards(Subject):
    """All hazards of the zone; none is ever deleted."""

    def open(
        self,
        *,
        enterprise_id: int,
        source: Source,
        inspection_id: int | None,
        item: int | None,
        criterion_id: str | None,
        clause: str,
        level: Level,
        year: int,
        by: int,
        at: datetime,
    ) -> Hazard:
        """A new hazard with the next number of the zone's year; `level` is the criterion's proposal."""
        hazard_id = new_id()
        row = {
            "id": hazard_id,
            "year": year,
            "sequence": self.next_number("hazard", year),
            "enterprise_id": enterprise_id,
            "source": source.value,
            "inspection_id": inspection_id,
            "item": item,
            "criterion_id": criterion_id,
            "clause": clause[:200],
            "state": State.FOUND.value,
            "level": level.value,
            "found_by": by,
            "found_at": at,
        }
        self.connection.execute(hazards.insert().values(zone_id=self.zone_id, **row))
        self._note("hazard_found", hazard_id, by=by, at=at, after={"state": row["state"], "level": row["level"]})
        opened = self.get(hazard_id)
        assert opened is not None
        return opened

    def get(self, hazard_id: int) -> Hazard | None:
        """The hazard with this id."""
        return next(iter(self._all(self._where(hazards.c.id == hazard_id))), None)

    def numbered(self, year: int, sequence: int) -> Hazard | None:
        """The hazard with this number."""
        return next(iter(self._all(self._where(hazards.c.year == year, hazards.c.sequence == sequence))), None)

    def at_item(self, inspection_id: int, item: int) -> Hazard | None:
        """The hazard found at this item that was not withdrawn; there is at most one."""
        statement = self._where(hazards.c.inspection_id == inspection_id, hazards.c.item == item)
        return next(iter(self._all(statement.where(hazards.c.state.in_(_OPEN)))), None)

    def of_inspection(self, inspection_id: int) -> list[Hazard]:
        """Every hazard found in an inspection and not withdrawn, in the order of its items."""
        statement = self._where(hazards.c.inspection_id == inspection_id, hazards.c.state.in_(_OPEN))
        return self._all(statement.order_by(hazards.c.item))

    def of_enterprise(self, enterprise_id: int, *, withdrawn: bool = False) -> list[Hazard]:
        """The hazards of an enterprise by deadline, those without one first; or only the withdrawn ones."""
        states = [State.WITHDRAWN.value] if withdrawn else _OPEN
        statement = self._where(hazards.c.enterprise_id == enterprise_id, hazards.c.state.in_(states))
        return self._all(_by_deadline(statement))

    def count_of_enterprise(self, enterprise_id: int) -> int:
        """How many hazards of an enterprise are on the list."""
        mine = (hazards.c.zone_id == self.zone_id) & (hazards.c.enterprise_id == enterprise_id)
        statement = select(func.count()).where(mine, hazards.c.state.in_(_OPEN))
        return int(self.connection.execute(statement).scalar_one())

    def in_zone(self, *, offset: int, limit: int) -> list[Hazard]:
        """One page of all hazards of the zone by deadline, those without one first."""
        statement = _by_deadline(self._where(hazards.c.state.in_(_OPEN)))
        return self._all(statement.offset(offset).limit(limit))

    def count_in_zone(self) -> int:
        """How many hazards are on the list of the zone."""
        statement = select(func.count()).where(hazards.c.zone_id == self.zone_id, hazards.c.state.in_(_OPEN))
        return int(self.connection.execute(statement).scalar_one())

    def describe(self, hazard: Hazard, words: str, *, by: int, at: datetime) -> Hazard:
        """Keep what is wrong in the person's words."""
        return self._change(hazard, "hazard_described", {"words": words}, by=by, at=at)

    def confirm_level(self, hazard: Hazard, level: Level, *, by: int, at: datetime) -> Hazard:
        """A person confirms the level or sets the other one, and may think again until the hazard is settled.

        Raises MoveRefused.
        """
        state = hazard.state if hazard.state is State.CONFIRMED else move(hazard.state, State.CONFIRMED)
        values = {"level": level.value, "level_confirmed_by": by, "state": state.value}
        return self._change(hazard, "hazard_confirmed", values, by=by, at=at)

    def arrange(self, hazard: Hazard, values: Mapping[str, Any], *, by: int, at: datetime) -> Hazard:
        """Fix some of the five arrangements; with all five a confirmed hazard is being rectified."""
        changed = {name: values[name] for name in _ARRANGEMENTS if name in values}
        arrangements = Arrangements(**{**_arrangements(hazard), **changed})
        state = hazard.state
        if state is State.CONFIRMED and arrangements.complete:
            state = move(state, State.RECTIFYING, arrangements)
        return self._change(hazard, "hazard_arranged", {**changed, "state": state.value}, by=by, at=at)

    def fix_on_spot(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """Put right at once, shown by a second photo; still to be reviewed. Raises MoveRefused."""
        values = {"state": move(hazard.state, State.FIXED_ON_SPOT).value}
        return self._change(hazard, "hazard_fixed_on_spot", values, by=by, at=at)

    def withdraw(self, hazard: Hazard, reason: str, *, by: int, at: datetime) -> Hazard:
        """Found in error: off the list, kept for ever with the reason. Raises MoveRefused."""
        values = {"state": move(hazard.state, State.WITHDRAWN).value, "withdrawn_reason": reason[:300]}
        return self._change(hazard, "hazard_withdrawn", values, by=by, at=at)

    def carry_over(self, old_inspection_id: int, new_inspection_id: int) -> None:
        """Let the hazards of a corrected inspection belong to the one that corrects it."""
        self.connection.execute(
            hazards.update()
            .where(
                hazards.c.zone_id == self.zone_id,
                hazards.c.inspection_id == old_inspection_id,
                hazards.c.state.in_(_OPEN),
            )
            .values(inspection_id=new_inspection_id)
        )

    def _change(self, hazard: Hazard, what: str, values: dict[str, Any], *, by: int, at: datetime) -> Hazard:
        values = {k: v[: _LENGTHS[k]] if isinstance(v, str) and k in _LENGTHS else v for k, v in values.items()}
        done = self.connection.execute(
            hazards.update()
            .where(hazards.c.zone_id == self.zone_id, hazards.c.id == hazard.id, hazards.c.version == hazard.version)
            .values(**values, version=hazard.version + 1)
        )
        if done.rowcount != 1:
            raise HazardChanged
        before = {**_arrangements(hazard), "state": hazard.state, "level": hazard.level, "words": hazard.words}
        self._note(what, hazard.id, by=by, at=at, before={k: before.get(k) for k in values}, after=values)
        changed = self.get(hazard.id)
        assert changed is not None
        return changed

    def _note(self, what: str, hazard_id: int, *, by: int, at: datetime, before: Any = None, after: Any = None) -> None:
        self.tx.trail.add(what, subject="hazard", subject_id=hazard_id, person_id=by, at=at, before=before, after=after)

    def _where(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(*_COLUMNS).where(hazards.c.zone_id == self.zone_id, *conditions)

    def _all(self, statement: Select[Any]) -> list[Hazard]:
        return [_hazard(row._mapping) for row in self.connection.execute(statement)]


def _by_deadline(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(hazards.c.deadline.is_not(None), hazards.c.deadline, hazards.c.year, hazards.c.sequence)


def _arrangements(hazard: Hazard) -> dict[str, Any]:
    return {name: getattr(hazard.arrangements, name) for name in _ARRANGEMENTS}


def _hazard(row: RowMapping) -> Hazard:
    values = dict(row)
    arrangements = Arrangements(**{name: values.pop(name) for name in _ARRANGEMENTS})
    values["source"] = Source(values["source"])
    values["state"] = State(values["state"])
    values["level"] = Level(values["level"])
    return Hazard(**values, arrangements=arrangements)
