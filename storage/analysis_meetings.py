"""Meetings that analyse hazards (安全生产分析会): one at a time is open; the record of a finished one never changes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.analyses import (
    MOST_TOPICS,
    Analysis,
    DecisionsStand,
    Ground,
    Meeting,
    MeetingOver,
    MeetingState,
    Topic,
    agenda,
)
from storage.analysis_candidates import candidates
from storage.hazard_tables import analysis_meetings
from storage.subject import Subject
from storage.trail_lock import hold_trail
from storage.types import new_id

_C = analysis_meetings.c
_COLUMNS = [c for c in _C if c.name != "zone_id"]
LENGTHS = {"place": 200, "chair": 100, "present": 500, "words": 2000}


class AnalysisMeetings(Subject):
    """All meetings of the zone; none is ever taken away."""

    def get(self, meeting_id: int) -> Meeting | None:
        """The meeting with this id."""
        return next(iter(self._where(_C.id == meeting_id)), None)

    def open_one(self) -> Meeting | None:
        """The meeting that is being prepared or held."""
        return next(iter(self._where(_C.state == MeetingState.OPEN.value)), None)

    def held_open(self) -> Meeting | None:
        """The same, which nobody ends before this transaction does."""
        held = self._select(_C.state == MeetingState.OPEN.value).with_for_update()
        return next((_meeting(row) for row in self.connection.execute(held)), None)

    def finished(self, *, limit: int, offset: int = 0) -> list[Meeting]:
        """Meetings with their record, the last one first."""
        return self._where(_C.state == MeetingState.FINISHED.value, limit=limit, offset=offset)

    def count_finished(self) -> int:
        """How many meetings have their record."""
        finished = (_C.zone_id == self.zone_id) & (_C.state == MeetingState.FINISHED.value)
        return int(self.connection.execute(select(func.count()).where(finished)).scalar_one())

    def days_held(self, first: str, last: str) -> list[date]:
        """The days of the meetings from month `first` to `last` (2026-11)."""
        found = self._where(_C.state == MeetingState.FINISHED.value, _C.month.between(first, last))
        return [meeting.held_on for meeting in found if meeting.held_on is not None]

    def hold(self, meeting: Meeting) -> Meeting:
        """The meeting as it is now, which nobody changes or decides in before this transaction ends; MeetingOver."""
        held = self._select(_C.id == meeting.id, _C.state == MeetingState.OPEN.value).with_for_update()
        row = self.connection.execute(held).first()
        if row is None:
            raise MeetingOver("这次会议已经结束或者作废了。")
        return _meeting(row)

    def prepare(self, *, today: date, by: int, at: datetime) -> Meeting:
        """The open meeting, or a new one, with all on its agenda that belongs there and is not there yet.

        `today` is the day in Shanghai.
        """
        # Two processes could otherwise open two.
        hold_trail(self.connection, self.zone_id)
        meeting = self.open_one() or self._open(today=today, by=by, at=at)
        known = self.tx.analyses.of_meeting(meeting.id)
        waiting = {row.hazard_id: row for row in self.tx.analyses.waiting()}
        there = {row.hazard_id for row in known}
        place = max((row.place for row in known), default=0)
        taken = sum(Ground.HAND not in row.grounds and Ground.UNDONE not in row.grounds for row in known)
        found = candidates(self.tx, waiting, today=today)
        for topic in _new(agenda(found, today=today), there, taken):
            place += 1
            self._take_in(meeting, topic, waiting.get(topic.hazard.id), place, by=by, at=at)
        return meeting

    def note(self, meeting: Meeting, values: Mapping[str, str | date], *, by: int, at: datetime) -> Meeting:
        """Keep place, chair, who was present, a free word, or the day; MeetingOver when it has its record."""
        self._change(meeting, values)
        self._note("analysis_meeting_noted", meeting, by=by, at=at, after=values)
        return self._again(meeting)

    def abandon(self, meeting: Meeting, reason: str, *, by: int, at: datetime) -> Meeting:
        """It was opened by mistake: the trail keeps why; what somebody put by hand waits again."""
        self.hold(meeting)
        rows = self.tx.analyses.of_meeting(meeting.id)
        if any(row.is_decided for row in rows):
            raise DecisionsStand("会上已经定了措施，不能作废。请先撤销这些措施，或者结束会议。")
        self.tx.analyses.release(rows, by=by, at=at)
        self._change(meeting, {"state": MeetingState.ABANDONED.value, "finished_by": by, "finished_at": at})
        self._note("analysis_meeting_abandoned", meeting, by=by, at=at, after={"reason": reason})
        return self._again(meeting)

    def finish(self, meeting: Meeting, body: str, *, held_on: date, by: int, at: datetime) -> list[Analysis]:
        """It is over and has its record `body`; what was decided holds from now on. The decisions, by their place.

        Who writes the record holds the meeting first: else it lacks what another process was just deciding.
        """
        self.hold(meeting)
        rows = self.tx.analyses.of_meeting(meeting.id)
        decided = [row for row in rows if row.is_decided]
        self.tx.analyses.release(rows, by=by, at=at)
        values = {
            "state": MeetingState.FINISHED.value,
            "month": f"{held_on:%Y-%m}",
            "held_on": held_on,
            "body": body,
            "finished_by": by,
            "finished_at": at,
        }
        self._change(meeting, values)
        for row in decided:
            hazard = self.tx.hazards.get(row.hazard_id)
            assert hazard is not None
            if hazard.is_open and hazard.life == row.life:
                self.tx.analyses.settle(hazard, row, by=by, at=at)
        after = {"held_on": held_on, "topics": len(rows), "decided": len(decided)}
        self._note("analysis_meeting_finished", meeting, by=by, at=at, after=after)
        return decided

    def _open(self, *, today: date, by: int, at: datetime) -> Meeting:
        row = {
            "id": new_id(),
            "month": f"{today:%Y-%m}",
            "state": MeetingState.OPEN.value,
            "opened_by": by,
            "opened_at": at,
        }
        self.insert_new(analysis_meetings, row)
        made = self.open_one()
        assert made is not None
        self._note("analysis_meeting_opened", made, by=by, at=at, after={"month": made.month})
        return made

    def _take_in(
        self, meeting: Meeting, topic: Topic, waiting: Analysis | None, place: int, *, by: int, at: datetime
    ) -> None:
        if waiting is None:
            self.tx.analyses.add(topic.hazard, topic.grounds, meeting=meeting, place=place, by=by, at=at)
        else:
            self.tx.analyses.join(waiting, topic.grounds, meeting=meeting, place=place)

    def _change(self, meeting: Meeting, values: Mapping[str, Any]) -> None:
        mine = (_C.zone_id == self.zone_id, _C.id == meeting.id, _C.state == MeetingState.OPEN.value)
        fitting = {k: v[: LENGTHS[k]] if k in LENGTHS else v for k, v in values.items()}
        if self.connection.execute(analysis_meetings.update().where(*mine).values(**fitting)).rowcount != 1:
            raise MeetingOver("这次会议已经结束或者作废了。")

    def _again(self, meeting: Meeting) -> Meeting:
        changed = self.get(meeting.id)
        assert changed is not None
        return changed

    def _select(self, *conditions: ColumnElement[bool]) -> Any:
        return select(*_COLUMNS).where(_C.zone_id == self.zone_id, *conditions)

    def _where(self, *conditions: ColumnElement[bool], limit: int = 100, offset: int = 0) -> list[Meeting]:
        statement = self._select(*conditions).order_by(_C.held_on.desc(), _C.id.desc()).limit(limit).offset(offset)
        rows = self.connection.execute(statement)
        return [_meeting(row) for row in rows]

    def _note(self, what: str, meeting: Meeting, *, by: int, at: datetime, after: object) -> None:
        self.tx.trail.add(what, subject="analysis_meeting", subject_id=meeting.id, person_id=by, at=at, after=after)


def _meeting(row: Any) -> Meeting:
    return Meeting(**{**row._mapping, "state": MeetingState(row.state)})


def _new(topics: Iterable[Topic], there: set[int], taken: int) -> Iterable[Topic]:
    """What the meeting has not seen yet; what the data propose only as far as there is room."""
    room = MOST_TOPICS - taken
    for topic in topics:
        bound = Ground.HAND in topic.grounds or Ground.UNDONE in topic.grounds
        if topic.hazard.id in there or not (bound or room > 0):
            continue
        room -= not bound
        yield topic
