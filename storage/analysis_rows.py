"""Reading hazards put to analysis (研判): what waits, what is decided and to be done, and the agenda of a meeting."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from checklists.analyses import Analysis, Ground, MeetingState
from checklists.hazards import OPEN_STATES, Hazard
from storage.hazard_tables import analysis_meetings, hazard_analyses
from storage.subject import Subject
from storage.tables import hazards

_C = hazard_analyses.c
_COLUMNS = [c for c in _C if c.name != "zone_id"]
_OPEN = sorted(s.value for s in OPEN_STATES)


class AnalysisRows(Subject):
    """Rows in, values out; nothing here changes anything."""

    def get(self, analysis_id: int) -> Analysis | None:
        """The row with this id."""
        return next(iter(self._read(_C.id == analysis_id)), None)

    def waiting_of(self, hazard: Hazard) -> Analysis | None:
        """What is put to analysis in this life and not decided yet; there is at most one."""
        found = self._read(_C.hazard_id == hazard.id, _C.life == hazard.life, *undecided())
        return next(iter(found), None)

    def of_hazard(self, hazard_id: int) -> list[Analysis]:
        """Everything that was decided of a hazard and stands for good, oldest first, also what was replaced."""
        return self._read(_C.hazard_id == hazard_id, _C.decided_at.is_not(None), self.is_final())

    def standing_of(self, hazard: Hazard) -> Analysis | None:
        """The decision that holds in the present life."""
        found = [a for a in self.of_hazard(hazard.id) if a.is_decided and a.life == hazard.life]
        return found[-1] if found else None

    def undone(self) -> list[Analysis]:
        """Decisions on open hazards that are not done, by their day; those that are late come first."""
        return self._read(*self._undone(), order=(_C.until, _C.id))

    def late_count(self, today: date) -> int:
        """How many decisions on open hazards were to be done before this day (Shanghai) and are not."""
        counted = select(func.count()).select_from(hazard_analyses)
        statement = counted.where(_C.zone_id == self.zone_id, *self._undone(), _C.until < today)
        return int(self.connection.execute(statement).scalar_one())

    def waiting(self) -> list[Analysis]:
        """What was put by hand and waits for the next meeting, oldest first; of open hazards alone."""
        return self._read(_C.meeting_id.is_(None), *undecided(), self._of_open())

    def of_meeting(self, meeting_id: int) -> list[Analysis]:
        """The agenda of a meeting in its order, with what was taken off."""
        return self._read(_C.meeting_id == meeting_id, order=(_C.place, _C.id))

    def in_meeting_of(self, state: MeetingState) -> ColumnElement[bool]:
        of_state = select(analysis_meetings.c.id).where(
            analysis_meetings.c.zone_id == self.zone_id, analysis_meetings.c.state == state.value
        )
        return _C.meeting_id.in_(of_state)

    def is_final(self) -> ColumnElement[bool]:
        return or_(_C.meeting_id.is_(None), self.in_meeting_of(MeetingState.FINISHED))

    def is_changeable(self) -> ColumnElement[bool]:
        return or_(_C.meeting_id.is_(None), self.in_meeting_of(MeetingState.OPEN))

    def _undone(self) -> tuple[ColumnElement[bool], ...]:
        decided = (_C.decided_at.is_not(None), _C.followed_at.is_(None), _C.withdrawn_at.is_(None))
        return (*decided, self.is_final(), self._of_open())

    def _of_open(self) -> ColumnElement[bool]:
        """Whether the hazard still is open in the life it was put in."""
        alive = select(hazards.c.id).where(
            hazards.c.zone_id == self.zone_id,
            hazards.c.id == _C.hazard_id,
            hazards.c.life == _C.life,
            hazards.c.state.in_(_OPEN),
        )
        return alive.exists()

    def _read(self, *conditions: ColumnElement[bool], order: Iterable[Any] = (_C.id,)) -> list[Analysis]:
        statement = select(*_COLUMNS).where(_C.zone_id == self.zone_id, *conditions).order_by(*order)
        return [_analysis(row) for row in self.connection.execute(statement)]


def undecided() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _C.decided_at.is_(None), _C.withdrawn_at.is_(None)


def _analysis(row: Any) -> Analysis:
    grounds = tuple(Ground(word) for word in row.grounds.split(",") if word)
    return Analysis(**{**row._mapping, "grounds": grounds})
