"""The office's experts: their profiles, the inspections they take part in, and what they did since a day."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.experts import ExpertProfile, Kind, TiedToFirm, Work
from checklists.hazards import Source, State
from checklists.official_inspections import OfficialInspection, OfficialState, check_unsigned
from checklists.people import Person, Role
from storage.office_tables import expert_profiles, inspection_experts, official_inspections
from storage.subject import Subject
from storage.tables import hazards
from storage.types import new_id

_MOST_WORDS = 200
_C = inspection_experts.c


class Experts(Subject):
    """Who helps the office inspect; somebody who was taken off an inspection keeps his row."""

    def roster(self) -> list[ExpertProfile]:
        """Everybody who is an expert of the office now, in the order they came."""
        statement = select(expert_profiles).where(expert_profiles.c.zone_id == self.zone_id)
        known = {row.person_id: row for row in self.connection.execute(statement)}
        return [_profile(person, known.get(person.id)) for person in self.tx.people.with_role(Role.EXPERT)]

    def profile(self, person_id: int) -> ExpertProfile | None:
        """The profile of one who is an expert of the office now."""
        return next((expert for expert in self.roster() if expert.person_id == person_id), None)

    def set_profile(self, wanted: ExpertProfile, *, by: int, at: datetime) -> ExpertProfile:
        """Keep what the office knows of an expert; nothing happens where nothing is new."""
        kept = replace(wanted, words=wanted.words[:_MOST_WORDS])
        before = self.profile(kept.person_id)
        if before == kept:
            return kept
        values = {"kind": kept.kind.value, "trades": json.dumps(kept.trades), "words": kept.words}
        self.upsert(expert_profiles, {"person_id": kept.person_id}, {**values, "set_by": by, "set_at": at})
        self.tx.trail.add(
            "expert_profile_set",
            subject="person",
            subject_id=kept.person_id,
            person_id=by,
            at=at,
            before=_told(before),
            after=_told(kept),
        )
        return kept

    def at(self, inspection_id: int) -> list[Person]:
        """Who takes part in this inspection, in the order they were added."""
        here = (_C.official_inspection_id == inspection_id) & _C.removed_at.is_(None)
        ids = [row.person_id for row in self._rows(here)]
        return [person for i in ids if (person := self.tx.people.get(i)) is not None]

    def takes_part(self, inspection_id: int, person_id: int) -> bool:
        """Whether this person takes part now."""
        return self._attachment(inspection_id, person_id) is not None

    def attachment(self, attachment_id: int) -> Any | None:
        """The row of somebody's part in an inspection, also one that ended."""
        return next(iter(self._rows(_C.id == attachment_id)), None)

    def inspections_of(self, person_id: int) -> list[OfficialInspection]:
        """The inspections a person takes or took part in and was not taken off, newest first."""
        mine = (_C.person_id == person_id) & _C.removed_at.is_(None)
        return self.tx.official_inspections.some({row.official_inspection_id for row in self._rows(mine)})

    def was_at(self, inspection_id: int, person_id: int) -> bool:
        """Whether this person was ever of this inspection as an expert: what he found stays his."""
        mine = (_C.official_inspection_id == inspection_id) & (_C.person_id == person_id)
        return bool(self._rows(mine))

    def add(self, known: OfficialInspection, person: Person, *, by: int, at: datetime) -> int | None:
        """An expert takes part from now on; the id of the row, None where he does already.

        Raises NotRunning once somebody has signed, TiedToFirm for who holds a role in the firm, LookupError for
        somebody who is no expert of the office.
        """
        check_unsigned(self.tx.official_inspections.hold(known.id))
        if not person.holds(Role.EXPERT):
            raise LookupError(f"person {person.id} is no expert")
        if any(a.enterprise_id == known.enterprise_id for a in person.assignments):
            raise TiedToFirm(f"person {person.id} holds a role in the firm")
        if self._attachment(known.id, person.id) is not None:
            return None
        row = {"id": new_id(), "official_inspection_id": known.id, "person_id": person.id}
        self.insert_new(inspection_experts, {**row, "added_by": by, "added_at": at})
        self._note("inspection_expert_added", known.id, person.id, by=by, at=at)
        return int(row["id"])

    def remove(self, known: OfficialInspection, person: Person, *, by: int, at: datetime) -> int | None:
        """An expert takes part no more, what he found stays; the id of the row, None where he did not.

        Raises NotRunning once somebody has signed.
        """
        check_unsigned(self.tx.official_inspections.hold(known.id))
        found = self._attachment(known.id, person.id)
        if found is None:
            return None
        mine = (_C.zone_id == self.zone_id) & (_C.id == found)
        self.connection.execute(inspection_experts.update().where(mine).values(removed_at=at))
        self._note("inspection_expert_removed", known.id, person.id, by=by, at=at)
        return found

    def work(self, since: datetime) -> dict[int, Work]:
        """What each person did since then as an expert; an inspection that was given up does not count."""
        took_part = (
            select(_C.person_id, func.count(func.distinct(_C.official_inspection_id)))
            .join(
                official_inspections,
                (official_inspections.c.zone_id == _C.zone_id)
                & (official_inspections.c.id == _C.official_inspection_id),
            )
            .where(
                _C.zone_id == self.zone_id,
                _C.removed_at.is_(None),
                official_inspections.c.started_at >= since,
                official_inspections.c.state != OfficialState.ABANDONED.value,
            )
            .group_by(_C.person_id)
        )
        found = (
            select(hazards.c.found_by, func.count())
            .where(
                hazards.c.zone_id == self.zone_id,
                hazards.c.found_at >= since,
                hazards.c.source.in_([Source.EXPERT.value, Source.OFFICIAL_INSPECTION.value]),
                hazards.c.state != State.WITHDRAWN.value,
            )
            .group_by(hazards.c.found_by)
        )
        inspections = {row[0]: row[1] for row in self.connection.execute(took_part)}
        findings = {row[0]: row[1] for row in self.connection.execute(found)}
        both = inspections.keys() | findings.keys()
        return {i: Work(inspections=inspections.get(i, 0), findings=findings.get(i, 0)) for i in both}

    def _attachment(self, inspection_id: int, person_id: int) -> int | None:
        mine = (_C.official_inspection_id == inspection_id) & (_C.person_id == person_id) & _C.removed_at.is_(None)
        found = self._rows(mine)
        return int(found[0].id) if found else None

    def _rows(self, condition: ColumnElement[bool]) -> Sequence[Any]:
        statement = select(inspection_experts).where(_C.zone_id == self.zone_id, condition)
        return self.connection.execute(statement.order_by(_C.id)).all()

    def _note(self, what: str, inspection_id: int, person_id: int, *, by: int, at: datetime) -> None:
        after = {"person": person_id}
        self.tx.trail.add(
            what, subject="official_inspection", subject_id=inspection_id, person_id=by, at=at, after=after
        )


def _profile(person: Person, row: Any | None) -> ExpertProfile:
    if row is None:
        return ExpertProfile(person_id=person.id, name=person.name)
    trades = tuple(json.loads(row.trades))
    return ExpertProfile(person_id=person.id, name=person.name, kind=Kind(row.kind), trades=trades, words=row.words)


def _told(profile: ExpertProfile | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    return {"kind": profile.kind.value, "trades": list(profile.trades), "words": profile.words}
