"""Inspections by the office with their findings and signatures."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from checklists.hazards import Hazard, Level, Source, State
from checklists.official_inspections import (
    Mode,
    NotRunning,
    OfficialInspection,
    OfficialState,
    check_finish,
    check_unsigned,
)
from checklists.working_days import SHANGHAI
from storage.office_tables import official_inspections
from storage.subject import Subject
from storage.types import new_id

_COLUMNS = [c for c in official_inspections.c if c.name != "zone_id"]


class OfficialInspections(Subject):
    """What officers inspect; a finding becomes a hazard at once, with its own number."""

    def start(
        self, *, enterprise_id: int, mode: Mode, inspectors: str, present: str, by: int, at: datetime
    ) -> OfficialInspection:
        """Begin an inspection; `inspectors` and `present` are names as they will stand in the letter."""
        made_id = new_id()
        row = {
            "id": made_id,
            "enterprise_id": enterprise_id,
            "mode": mode.value,
            "inspectors": inspectors[:300],
            "present": present[:100],
            "state": OfficialState.RUNNING.value,
            "started_by": by,
            "started_at": at,
        }
        self.insert_new(official_inspections, row)
        after = {"enterprise": enterprise_id, "mode": mode.value}
        self._note("official_inspection_started", made_id, by=by, at=at, after=after)
        return self._present(made_id)

    def get(self, inspection_id: int) -> OfficialInspection | None:
        """The inspection with this id."""
        return next(iter(self._where(official_inspections.c.id == inspection_id)), None)

    def some(self, ids: Collection[int]) -> list[OfficialInspection]:
        """The inspections with these ids, newest first."""
        return self._where(official_inspections.c.id.in_(list(ids))) if ids else []

    def running_of(self, person_id: int) -> OfficialInspection | None:
        """The inspection this officer is in the middle of, the newest if there are several."""
        mine = official_inspections.c.started_by == person_id
        found = self._where(mine, official_inspections.c.state == OfficialState.RUNNING.value)
        return found[0] if found else None

    def of_enterprise(self, enterprise_id: int) -> list[OfficialInspection]:
        """All inspections of an enterprise by the office, newest first."""
        return self._where(official_inspections.c.enterprise_id == enterprise_id)

    def inspected_since(self, since: datetime) -> set[int]:
        """The enterprises that the office has inspected, or is inspecting, in inspections begun since then."""
        statement = select(official_inspections.c.enterprise_id).where(
            official_inspections.c.zone_id == self.zone_id,
            official_inspections.c.started_at >= since,
            official_inspections.c.state != OfficialState.ABANDONED.value,
        )
        return set(self.connection.execute(statement).scalars())

    def hold(self, inspection_id: int) -> OfficialInspection:
        """The inspection as it is now; until this transaction ends nobody else signs it or adds to what is signed.

        Raises NotRunning for one there is not.
        """
        # Who signs in another process meanwhile waits for this row, or is seen here.
        mine = (official_inspections.c.zone_id == self.zone_id) & (official_inspections.c.id == inspection_id)
        self.connection.execute(select(official_inspections.c.id).where(mine).with_for_update())
        present = self.get(inspection_id)
        if present is None:
            raise NotRunning("这次检查已经结束。")
        return present

    def describe(self, known: OfficialInspection, **words: str) -> OfficialInspection:
        """Set inspectors, present or words while nobody has signed; raises NotRunning."""
        check_unsigned(self.hold(known.id))
        lengths = {"inspectors": 300, "present": 100, "words": 2000}
        return self._set(known, {name: words[name][: lengths[name]] for name in words})

    def add_finding(
        self,
        known: OfficialInspection,
        *,
        criterion_id: str | None,
        clause: str,
        level: Level,
        words: str,
        place: str = "",
        by: int,
        at: datetime,
    ) -> Hazard:
        """One finding, as a hazard of its own; raises NotRunning once somebody has signed."""
        check_unsigned(self.hold(known.id))
        return self.tx.hazards.open(
            enterprise_id=known.enterprise_id,
            source=Source.OFFICIAL_INSPECTION,
            inspection_id=None,
            item=None,
            criterion_id=criterion_id,
            clause=clause,
            level=level,
            year=at.astimezone(SHANGHAI).year,
            by=by,
            at=at,
            words=words,
            place=place,
            official_inspection_id=known.id,
        )

    def classify(
        self, hazard: Hazard, *, criterion_id: str | None, clause: str, level: Level, by: int, at: datetime
    ) -> Hazard:
        """Say what a finding of the office falls under, and the level that proposes; raises NotRunning when signed.

        Only while its own level is not confirmed: afterwards the office regrades with a reason.
        """
        if hazard.official_inspection_id is not None:
            check_unsigned(self.hold(hazard.official_inspection_id))
        if hazard.state is not State.FOUND:
            raise NotRunning("级别已经确认，依据不能再改。")
        values = {"criterion_id": criterion_id, "clause": clause[:200], "level": level.value}
        return self.tx.hazards.change(hazard, "hazard_classified", values, by=by, at=at)

    def sign_as_officer(self, known: OfficialInspection, *, by: int, at: datetime) -> OfficialInspection:
        """An officer signs by a press; nothing of what is signed changes any more."""
        return self._signed(known, {"officer_signed_by": by, "officer_signed_at": at}, "officer", by, at)

    def sign_as_firm(self, known: OfficialInspection, *, by: int, at: datetime) -> OfficialInspection:
        """Somebody of the firm signs by a press."""
        return self._signed(known, {"firm_signed_by": by, "firm_signed_at": at}, "firm", by, at)

    def note_paper(self, known: OfficialInspection, signer: str, *, by: int, at: datetime) -> OfficialInspection:
        """The firm has signed the printed record; `signer` is the name, the office notes it in `by`."""
        return self._signed(known, {"paper_signer": signer[:100], "firm_signed_at": at}, "paper", by, at)

    def note_refusal(self, known: OfficialInspection, words: str, *, by: int, at: datetime) -> OfficialInspection:
        """The firm would not sign; the inspector says how it was."""
        return self._signed(known, {"refusal": words[:300]}, "refused", by, at)

    def finish(self, known: OfficialInspection, *, by: int, at: datetime) -> OfficialInspection:
        """Close the inspection; raises NotRunning or SignatureMissing."""
        check_finish(known)
        changed = self._set(known, {"state": OfficialState.FINISHED.value, "finished_at": at})
        self._note("official_inspection_finished", known.id, by=by, at=at, after={"refusal": known.refusal})
        return changed

    def abandon(self, known: OfficialInspection, *, by: int, at: datetime) -> OfficialInspection:
        """Begun in error; its findings stay on the list. Raises NotRunning once somebody has signed."""
        check_unsigned(self.hold(known.id))
        changed = self._set(known, {"state": OfficialState.ABANDONED.value, "finished_at": at})
        self._note("official_inspection_abandoned", known.id, by=by, at=at, after=None)
        return changed

    def _signed(
        self, known: OfficialInspection, values: dict[str, Any], who: str, by: int, at: datetime
    ) -> OfficialInspection:
        if not known.is_running:
            raise NotRunning("这次检查已经结束。")
        changed = self._set(known, values)
        self._note("official_inspection_signed", known.id, by=by, at=at, after={"signature": who})
        return changed

    def _set(self, known: OfficialInspection, values: dict[str, Any]) -> OfficialInspection:
        mine = (official_inspections.c.zone_id == self.zone_id) & (official_inspections.c.id == known.id)
        still = official_inspections.c.state == OfficialState.RUNNING.value
        if self.connection.execute(official_inspections.update().where(mine, still).values(**values)).rowcount != 1:
            raise NotRunning("这次检查已经结束。")
        return self._present(known.id)

    def _present(self, inspection_id: int) -> OfficialInspection:
        found = self.get(inspection_id)
        assert found is not None
        return found

    def _note(self, what: str, inspection_id: int, *, by: int, at: datetime, after: object) -> None:
        subject = "official_inspection"
        self.tx.trail.add(what, subject=subject, subject_id=inspection_id, person_id=by, at=at, after=after)

    def _where(self, *conditions: ColumnElement[bool]) -> list[OfficialInspection]:
        statement = select(*_COLUMNS).where(official_inspections.c.zone_id == self.zone_id, *conditions)
        rows = self.connection.execute(statement.order_by(official_inspections.c.id.desc()))
        return [
            OfficialInspection(**{**row._mapping, "mode": Mode(row.mode), "state": OfficialState(row.state)})
            for row in rows
        ]
