"""The list of hazards (隐患) with their numbers, arrangements and states; every change goes through one function."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from checklists import defences
from checklists.doubles import same_question
from checklists.hazard_moves import Step
from checklists.hazards import OPEN_STATES, STATE_NAMES, Arrangements, Hazard, Level, MoveRefused, Source, State
from checklists.working_days import SHANGHAI
from storage.subject import Subject
from storage.tables import hazards
from storage.types import new_id

ARRANGEMENTS = ("responsible", "measure", "funds", "deadline", "contingency", "defences")
COLUMNS = [c for c in hazards.c if c.name not in ("zone_id", "evidence_from", "month_closed")]
_LENGTHS = {
    "responsible": 100,
    "measure": 500,
    "funds": 100,
    "contingency": 500,
    "clause": 200,
    "words": 2000,
    "place": 200,
    "rectified": 500,
}
_LIVE = [s.value for s in State if s is not State.WITHDRAWN]
_OPEN = sorted(s.value for s in OPEN_STATES)


class HazardChanged(MoveRefused):
    """Somebody changed the hazard since it was read; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("这条隐患刚才有改动，请看一下现在的情况。")


class FindingStands(MoveRefused):
    """What was found stands as it was submitted; what is said later belongs to putting it right."""


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
        **more: Any,
    ) -> Hazard:
        """A new hazard with the next number of the zone's year; `level` is the criterion's proposal.

        `more` may give words, place, official_inspection_id, risk_point_id and department_id; without the last it goes
        to the department in charge of the enterprise's trade, where there is just one.
        """
        row = {
            "enterprise_id": enterprise_id,
            "source": source.value,
            "inspection_id": inspection_id,
            "item": item,
            "criterion_id": criterion_id,
            "clause": clause,
            "level": level.value,
            "year": year,
            "department_id": self.tx.departments.in_charge_of(enterprise_id),
            **more,
        }
        return self._found(_fitting(row), by=by, at=at)

    def _found(self, row: Mapping[str, Any], *, by: int, at: datetime) -> Hazard:
        hazard_id, state = new_id(), State.FOUND.value
        begun = {
            "id": hazard_id,
            "sequence": self.next_number("hazard", row["year"]),
            "state": state,
            "found_by": by,
            "found_at": at,
            "month_found": at.astimezone(SHANGHAI).strftime("%Y-%m"),
        }
        self.connection.execute(hazards.insert().values(zone_id=self.zone_id, **begun, **row))
        self._note("hazard_found", hazard_id, by=by, at=at, after={"state": state, "level": row["level"]})
        found = self.get(hazard_id)
        assert found is not None
        return found

    def get(self, hazard_id: int) -> Hazard | None:
        """The hazard with this id."""
        return next(iter(self._all(self._where(hazards.c.id == hazard_id))), None)

    def hold(self, hazard_id: int) -> Hazard | None:
        """The hazard, which nobody else changes before this transaction ends: who comes second waits, then sees it."""
        held = self._where(hazards.c.id == hazard_id).with_for_update()
        return next(iter(self._all(held)), None)

    def some(self, ids: Iterable[int]) -> list[Hazard]:
        """The hazards with these ids, in no particular order."""
        return self._all(self._where(hazards.c.id.in_(list(ids))))

    def numbered(self, year: int, sequence: int) -> Hazard | None:
        """The hazard with this number."""
        return next(iter(self._all(self._where(hazards.c.year == year, hazards.c.sequence == sequence))), None)

    def at_item(self, inspection_id: int, item: int) -> Hazard | None:
        """The hazard found at this item that was not withdrawn; there is at most one."""
        statement = self._where(hazards.c.inspection_id == inspection_id, hazards.c.item == item)
        return next(iter(self._all(statement.where(hazards.c.state.in_(_LIVE)))), None)

    def of_inspection(self, inspection_id: int) -> list[Hazard]:
        """Every hazard found in an inspection and not withdrawn, in the order of its items."""
        statement = self._where(hazards.c.inspection_id == inspection_id, hazards.c.state.in_(_LIVE))
        return self._all(statement.order_by(hazards.c.item))

    def of_official_inspection(self, official_inspection_id: int) -> list[Hazard]:
        """The findings of an inspection by the office, in the order of their numbers."""
        statement = self._where(hazards.c.official_inspection_id == official_inspection_id)
        return self._all(statement.order_by(hazards.c.year, hazards.c.sequence))

    def of_risk_point(self, risk_point_id: int) -> list[Hazard]:
        """The open hazards found at a risk point, by deadline."""
        statement = self._where(hazards.c.risk_point_id == risk_point_id, hazards.c.state.in_(_OPEN))
        return self._all(by_deadline(statement))

    def of_criterion(self, enterprise_id: int, criterion_id: str) -> list[Hazard]:
        """Every hazard of this criterion at an enterprise, under whatever id it was asked, whatever became of it."""
        asked = hazards.c.criterion_id.in_(sorted(same_question(criterion_id)))
        return self._all(self._where(hazards.c.enterprise_id == enterprise_id, asked))

    def in_state(self, state: State) -> list[Hazard]:
        """Every hazard of the zone in this state, by deadline."""
        return self._all(by_deadline(self._where(hazards.c.state == state.value)))

    def reported_by(self, person_id: int, *, limit: int = 5) -> list[Hazard]:
        """What this person reported from inside a firm, the newest first, whatever became of it."""
        mine = self._where(hazards.c.found_by == person_id, hazards.c.source == Source.WORKER.value)
        return self._all(mine.order_by(hazards.c.found_at.desc(), hazards.c.id.desc()).limit(limit))

    def of_enterprise(self, enterprise_id: int, *, withdrawn: bool = False) -> list[Hazard]:
        """The open hazards of an enterprise by deadline, those without one first; or only the withdrawn ones."""
        states = [State.WITHDRAWN.value] if withdrawn else _OPEN
        statement = self._where(hazards.c.enterprise_id == enterprise_id, hazards.c.state.in_(states))
        return self._all(by_deadline(statement))

    def count_of_enterprise(self, enterprise_id: int) -> int:
        """How many open hazards an enterprise has."""
        mine = (hazards.c.zone_id == self.zone_id) & (hazards.c.enterprise_id == enterprise_id)
        statement = select(func.count()).where(mine, hazards.c.state.in_(_OPEN))
        return int(self.connection.execute(statement).scalar_one())

    def in_zone(self, *, offset: int, limit: int) -> list[Hazard]:
        """One page of all open hazards of the zone by deadline, those without one first."""
        statement = by_deadline(self._where(hazards.c.state.in_(_OPEN)))
        return self._all(statement.offset(offset).limit(limit))

    def count_in_zone(self) -> int:
        """How many open hazards the zone has."""
        statement = select(func.count()).where(hazards.c.zone_id == self.zone_id, hazards.c.state.in_(_OPEN))
        return int(self.connection.execute(statement).scalar_one())

    def describe(self, hazard: Hazard, words: str, *, by: int, at: datetime) -> Hazard:
        """Keep what is wrong in the person's words; raises FindingStands where they cannot change any more."""
        if not self.tx.hazard_life.may_describe(hazard):
            raise FindingStands("这条隐患现在是“{state}”，查出的情况不能再改。", state=STATE_NAMES[hazard.state])
        return self.change(hazard, "hazard_described", {"words": words}, by=by, at=at)

    def rewrite(self, hazard: Hazard, words: str, *, by: int, at: datetime) -> Hazard:
        """Put other words in the place of those that are there."""
        return self.change(hazard, "hazard_rewritten", {"words": words}, by=by, at=at)

    def confirm_level(self, hazard: Hazard, level: Level, *, by: int, at: datetime, reason: str = "") -> Hazard:
        """A person confirms the level or sets the other one; of a major hazard notices are due. Raises MoveRefused."""
        return self.tx.hazard_life.confirm(hazard, level, by=by, at=at, reason=reason)

    def arrange(self, hazard: Hazard, values: Mapping[str, Any], *, by: int, at: datetime) -> Hazard:
        """Fix some of the five arrangements; with all five a confirmed hazard is being rectified."""
        return self.tx.hazard_life.arrange(hazard, values, by=by, at=at)

    def fix_on_spot(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """Put right at once, shown by a second photo; still to be reviewed. Raises MoveRefused."""
        return self.tx.hazard_life.fix_on_spot(hazard, by=by, at=at)

    def withdraw(self, hazard: Hazard, reason: str, *, by: int, at: datetime) -> Hazard:
        """Found in error: off the list, kept for ever with the reason. Raises MoveRefused."""
        values = {"withdrawn_reason": reason[:300]}
        return self.tx.hazard_life.take(Step.WITHDRAW, hazard, by=by, at=at, reason=reason, values=values)

    def carry_over(self, old_inspection_id: int, new_inspection_id: int, *, by: int, at: datetime) -> None:
        """Let the hazards of a corrected inspection belong to the one that corrects it."""
        for hazard in self.of_inspection(old_inspection_id):
            self.change(hazard, "hazard_carried_over", {"inspection_id": new_inspection_id}, by=by, at=at)

    def change(self, hazard: Hazard, what: str, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Hazard:
        """The one way a hazard changes: its version rises by one, and the trail keeps what was before and after.

        For storage only, which has checked the move. Raises HazardChanged when somebody was first.
        """
        values = _fitting(values)
        done = self.connection.execute(
            hazards.update()
            .where(hazards.c.zone_id == self.zone_id, hazards.c.id == hazard.id, hazards.c.version == hazard.version)
            .values(**values, version=hazard.version + 1)
        )
        if done.rowcount != 1:
            raise HazardChanged
        before = _fitting({name: _field(hazard, name) for name in values})
        self._note(what, hazard.id, by=by, at=at, before=_for_trail(hazard, before), after=_for_trail(hazard, values))
        changed = self.get(hazard.id)
        assert changed is not None
        return changed

    def _note(self, what: str, hazard_id: int, *, by: int | None, at: datetime, **states: Any) -> None:
        self.tx.trail.add(what, subject="hazard", subject_id=hazard_id, person_id=by, at=at, **states)

    def _where(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(*COLUMNS).where(hazards.c.zone_id == self.zone_id, *conditions)

    def _all(self, statement: Select[Any]) -> list[Hazard]:
        return [hazard_of(row._mapping) for row in self.connection.execute(statement)]


def by_deadline(statement: Select[Any]) -> Select[Any]:
    """The order of every list: no deadline yet, then the nearest deadline; equal ones by number."""
    return statement.order_by(hazards.c.deadline.is_not(None), hazards.c.deadline, hazards.c.year, hazards.c.sequence)


def hazard_of(row: Mapping[Any, Any]) -> Hazard:
    """The hazard in a row of COLUMNS."""
    values = dict(row)
    values["defences"] = defences.read(values["defences"])
    arrangements = Arrangements(**{name: values.pop(name) for name in ARRANGEMENTS})
    values["source"] = Source(values["source"])
    values["state"] = State(values["state"])
    values["level"] = Level(values["level"])
    return Hazard(**values, arrangements=arrangements)


def _for_trail(hazard: Hazard, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail keeps of a change: nothing in it is ever mended, so of the words of a tip only their SHA-256."""
    if hazard.source is not Source.TIP or "words" not in values:
        return dict(values)
    return {**values, "words": "sha256:" + hashlib.sha256(values["words"].encode()).hexdigest()}


def _field(hazard: Hazard, name: str) -> Any:
    return getattr(hazard.arrangements if name in ARRANGEMENTS else hazard, name, None)


def _fitting(values: Mapping[str, Any]) -> dict[str, Any]:
    if "defences" in values:
        values = {**values, "defences": defences.written(values["defences"])}
    return {k: v[: _LENGTHS[k]] if isinstance(v, str) and k in _LENGTHS else v for k, v in values.items()}
