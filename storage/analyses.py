"""Hazards put to analysis (研判): put, decided at the meeting or at once, followed; each step with its guards."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.analyses import (
    MOST_DECISION,
    MOST_FOLLOWED,
    MOST_REASON,
    MOST_RESPONSIBLE,
    Analysis,
    Ground,
    Meeting,
    NotOnTheList,
    SettledAlready,
    WaitsAlready,
)
from checklists.hazard_life import NotThisPersons
from checklists.hazard_moves import Relation
from checklists.hazards import STATE_NAMES, Hazard
from storage.analysis_rows import AnalysisRows, undecided
from storage.hazard_tables import hazard_analyses
from storage.types import new_id

_C = hazard_analyses.c
_NOTHING: Mapping[str, Any] = {
    "decision": "",
    "responsible": "",
    "until": None,
    "decided_by": None,
    "decided_at": None,
}


class Analyses(AnalysisRows):
    """Rows are only added or completed; who may do so is read from the database. Refusals change nothing."""

    def put(self, hazard: Hazard, reason: str, *, by: int, at: datetime) -> Analysis:
        """Put a hazard on the agenda that is open now or on the next one, with a reason."""
        hazard = self._held(hazard, by, Relation.OFFICE)
        if self.waiting_of(hazard) is not None:
            raise WaitsAlready("这条隐患已经提请研判了。")
        meeting = self.tx.analysis_meetings.held_open()
        row = self.add(hazard, (Ground.HAND,), reason=reason, meeting=meeting, place=self._last(meeting), by=by, at=at)
        after = {"reason": row.reason, "meeting": row.meeting_id}
        self._note("hazard_put_to_analysis", hazard.id, by=by, at=at, after=after)
        return row

    def add(
        self,
        hazard: Hazard,
        grounds: Iterable[Ground],
        *,
        meeting: Meeting | None,
        place: int,
        by: int,
        at: datetime,
        reason: str = "",
    ) -> Analysis:
        """A new row; for storage only, which has made sure that none waits."""
        row_id = new_id()
        row = {
            "id": row_id,
            "hazard_id": hazard.id,
            "life": hazard.life,
            "meeting_id": meeting.id if meeting else None,
            "place": place,
            "grounds": ",".join(grounds),
            "reason": reason[:MOST_REASON],
            "put_by": by,
            "put_at": at,
        }
        self.insert_new(hazard_analyses, row)
        made = self.get(row_id)
        assert made is not None
        return made

    def join(self, analysis: Analysis, grounds: Iterable[Ground], *, meeting: Meeting, place: int) -> None:
        """What waited stands on the agenda of this meeting; for storage only."""
        self._change(analysis, {"meeting_id": meeting.id, "place": place, "grounds": ",".join(grounds)}, *undecided())

    def take_off(self, analysis: Analysis, *, by: int, at: datetime) -> Analysis:
        """Not to be discussed: off the agenda, or no longer waiting. SettledAlready when somebody was first."""
        hazard = self._hazard(analysis)
        self._may(hazard, by, Relation.MANAGER if analysis.meeting_id or analysis.put_by != by else Relation.OFFICE)
        self._change_of_meeting(analysis, {"withdrawn_by": by, "withdrawn_at": at}, *undecided())
        if Ground.HAND in analysis.grounds:
            self._note("hazard_analysis_taken_off", hazard.id, by=by, at=at, after={"meeting": analysis.meeting_id})
        return self._again(analysis)

    def put_back(self, analysis: Analysis, *, by: int, at: datetime) -> Analysis:
        """On the agenda again, while the meeting is open and nothing else was put for the hazard."""
        hazard = self._held(self._hazard(analysis), by, Relation.MANAGER)
        if self.waiting_of(hazard) is not None:
            raise WaitsAlready("这条隐患已经提请研判了。")
        taken_off = (_C.withdrawn_at.is_not(None), _C.decided_at.is_(None))
        self._change_of_meeting(analysis, {"withdrawn_by": None, "withdrawn_at": None}, *taken_off)
        if Ground.HAND in analysis.grounds:
            after = {"reason": analysis.reason, "meeting": analysis.meeting_id}
            self._note("hazard_put_to_analysis", hazard.id, by=by, at=at, after=after)
        return self._again(analysis)

    def decide(
        self, analysis: Analysis, *, decision: str, responsible: str, until: date, by: int, at: datetime
    ) -> Analysis:
        """A measure at the open meeting; it holds from the meeting's end and can be undone until then."""
        self._held(self._hazard(analysis), by, Relation.MANAGER)
        values = _decided(decision, responsible, until, by, at)
        self._change_of_meeting(analysis, values, *undecided(), _C.meeting_id.is_not(None))
        return self._again(analysis)

    def decide_at_once(
        self, analysis: Analysis, *, decision: str, responsible: str, until: date, by: int, at: datetime
    ) -> Analysis:
        """A measure without waiting for the meeting; from an open agenda the hazard is taken off thereby."""
        hazard = self._held(self._hazard(analysis), by, Relation.MANAGER)
        values = {**_decided(decision, responsible, until, by, at), "meeting_id": None, "place": 0}
        self._change_of_meeting(analysis, values, *undecided())
        decided = self._again(analysis)
        self.settle(hazard, decided, by=by, at=at)
        return decided

    def settle(self, hazard: Hazard, decided: Analysis, *, by: int, at: datetime) -> None:
        """The decision holds from now on: it takes the place of older ones of this life, and the history has it."""
        for older in self.of_hazard(hazard.id):
            if older.is_undone and older.life == hazard.life and older.id != decided.id:
                self._change(older, {"withdrawn_by": by, "withdrawn_at": at})
        after = {"decision": decided.decision, "responsible": decided.responsible, "until": decided.until}
        self._note("hazard_analysis_decided", hazard.id, by=by, at=at, after=after)

    def undo(self, analysis: Analysis, *, by: int, at: datetime) -> Analysis:
        """What was decided at the open meeting is open again."""
        self._may(self._hazard(analysis), by, Relation.MANAGER)
        stands = (_C.decided_at.is_not(None), _C.withdrawn_at.is_(None), _C.meeting_id.is_not(None))
        self._change_of_meeting(analysis, _NOTHING, *stands)
        after = {"hazard": analysis.hazard_id, "decision": analysis.decision}
        self.tx.trail.add(
            "analysis_undone",
            subject="analysis_meeting",
            subject_id=analysis.meeting_id,
            person_id=by,
            at=at,
            after=after,
        )
        return self._again(analysis)

    def follow(self, analysis: Analysis, words: str, *, by: int, at: datetime) -> Analysis:
        """What was decided is done, with a word of how."""
        hazard = self._hazard(analysis)
        self._may(hazard, by, Relation.MANAGER)
        values = {"followed": words[:MOST_FOLLOWED], "followed_by": by, "followed_at": at}
        standing = (_C.decided_at.is_not(None), _C.followed_at.is_(None), _C.withdrawn_at.is_(None), self.is_final())
        self._change(analysis, values, *standing)
        self._note("hazard_analysis_followed", hazard.id, by=by, at=at, after={"words": words[:MOST_FOLLOWED]})
        return self._again(analysis)

    def check_decider(self, hazard: Hazard, person_id: int) -> None:
        """Raises NotThisPersons for whoever may not decide on this hazard."""
        self._may(hazard, person_id, Relation.MANAGER)

    def may_decide(self, hazard: Hazard, person_id: int) -> bool:
        """Whether this person may decide on the hazard: managers who do not belong to its enterprise."""
        return _is(self.tx.hazard_life.relations(hazard, person_id), Relation.MANAGER)

    def may_put(self, hazard: Hazard, person_id: int) -> bool:
        """Whether this person may put the hazard: whoever supervises and does not belong to its enterprise."""
        return hazard.is_open and _is(self.tx.hazard_life.relations(hazard, person_id), Relation.OFFICE)

    def release(self, rows: Collection[Analysis], *, by: int, at: datetime) -> None:
        """The meeting is over: what somebody put by hand waits for the next one, what the data proposed is let go."""
        for row in rows:
            if not row.is_waiting:
                continue
            by_hand = Ground.HAND in row.grounds
            gone = {"withdrawn_by": by, "withdrawn_at": at}
            self._change(row, {"meeting_id": None, "place": 0} if by_hand else gone)

    def _held(self, hazard: Hazard, by: int, wanted: Relation) -> Hazard:
        """The hazard, which nobody else changes meanwhile, after the guards."""
        held = self.tx.hazards.hold(hazard.id)
        assert held is not None
        self._may(held, by, wanted)
        if not held.is_open or held.life != hazard.life:
            raise NotOnTheList("这条隐患现在是“{state}”，不用研判了。", state=STATE_NAMES[held.state])
        return held

    def _may(self, hazard: Hazard, by: int, wanted: Relation) -> None:
        if not _is(self.tx.hazard_life.relations(hazard, by), wanted):
            raise NotThisPersons("研判不归您办：要由监管员、管理员来定，本企业的人回避。")

    def _hazard(self, analysis: Analysis) -> Hazard:
        hazard = self.tx.hazards.get(analysis.hazard_id)
        assert hazard is not None
        return hazard

    def _last(self, meeting: Meeting | None) -> int:
        if meeting is None:
            return 0
        statement = select(func.max(_C.place)).where(_C.zone_id == self.zone_id, _C.meeting_id == meeting.id)
        return int(self.connection.execute(statement).scalar() or 0) + 1

    def _change_of_meeting(
        self, analysis: Analysis, values: Mapping[str, Any], *conditions: ColumnElement[bool]
    ) -> None:
        """Change a row that may stand on an agenda: its meeting does not end meanwhile."""
        if analysis.meeting_id is not None:
            self.tx.analysis_meetings.held_open()
        self._change(analysis, values, *conditions, self.is_changeable())

    def _change(self, analysis: Analysis, values: Mapping[str, Any], *conditions: ColumnElement[bool]) -> None:
        mine = (_C.zone_id == self.zone_id, _C.id == analysis.id, *conditions)
        if self.connection.execute(hazard_analyses.update().where(*mine).values(**values)).rowcount != 1:
            raise SettledAlready("这条刚才有人办过了，请看一下现在的情况。")

    def _again(self, analysis: Analysis) -> Analysis:
        changed = self.get(analysis.id)
        assert changed is not None
        return changed

    def _note(self, what: str, hazard_id: int, *, by: int, at: datetime, after: object) -> None:
        self.tx.trail.add(what, subject="hazard", subject_id=hazard_id, person_id=by, at=at, after=after)


def _is(relations: frozenset[Relation], wanted: Relation) -> bool:
    return wanted in relations and Relation.INSIDER not in relations


def _decided(decision: str, responsible: str, until: date, by: int, at: datetime) -> dict[str, Any]:
    words = {"decision": decision[:MOST_DECISION], "responsible": responsible[:MOST_RESPONSIBLE], "until": until}
    return {**words, "decided_by": by, "decided_at": at}
