"""Reports of major hazards: each part kept as it is written, handed in as a whole, afterwards only added to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazard_moves import Relation
from checklists.hazards import STATE_NAMES, Hazard, Level, MoveRefused
from checklists.major_reports import (
    PART_NAMES,
    MajorReport,
    Part,
    PartEmpty,
    ReportIncomplete,
    ReportNotNeeded,
    ReportNotThere,
    ReportStands,
    ReportTooLong,
    fits,
    is_owed,
    on_paper,
    supplemented,
)
from checklists.working_days import SHANGHAI
from storage.hazard_tables import major_reports
from storage.subject import Subject
from storage.tables import hazards

_OF_THIS_LIFE = and_(
    major_reports.c.zone_id == hazards.c.zone_id,
    major_reports.c.hazard_id == hazards.c.id,
    major_reports.c.life == hazards.c.life,
    major_reports.c.handed_in_at.is_not(None),
)
_COLUMNS = [c for c in major_reports.c if c.name != "zone_id"]


class ReportChanged(MoveRefused):
    """Somebody else has written since this was read; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("报告刚才有人改过，请看一下现在的内容。")


def owing_a_report() -> ColumnElement[bool]:
    """Major, confirmed as such, and no report of the present life handed in; the state is not asked."""
    return and_(
        hazards.c.level == Level.MAJOR.value,
        hazards.c.level_confirmed_by.is_not(None),
        ~exists().where(_OF_THIS_LIFE).correlate(hazards),
    )


class MajorReports(Subject):
    """One report for each life of a major hazard; every change raises its version and leaves an event."""

    def get(self, hazard: Hazard) -> MajorReport | None:
        """The report of the present life, written in part or handed in; None before the first word."""
        mine = (major_reports.c.hazard_id == hazard.id) & (major_reports.c.life == hazard.life)
        statement = select(*_COLUMNS).where(major_reports.c.zone_id == self.zone_id, mine)
        row = self.connection.execute(statement).one_or_none()
        return MajorReport(**row._mapping) if row is not None else None

    def is_missing(self, hazard: Hazard) -> bool:
        """Whether a report of this life is owed and has not been handed in."""
        report = self.get(hazard) if is_owed(hazard) else None
        return is_owed(hazard) and (report is None or not report.is_handed_in)

    def handed_in_at(self, hazard_ids: Iterable[int]) -> dict[int, datetime]:
        """When the report of the present life of each of these hazards was handed in, as far as it was."""
        statement = (
            select(hazards.c.id, major_reports.c.handed_in_at)
            .join(major_reports, _OF_THIS_LIFE)
            .where(hazards.c.zone_id == self.zone_id, hazards.c.id.in_(list(hazard_ids)))
        )
        return {row.id: row.handed_in_at for row in self.connection.execute(statement)}

    def write(self, hazard: Hazard, part: Part, words: str, *, version: int, by: int, at: datetime) -> MajorReport:
        """Keep what a part says now; `version` is that of the report as the person saw it, 0 before the first word.

        Raises MoveRefused in one of its kinds, then nothing is kept.
        """
        known = self.check_writing(hazard, by=by)
        if (known.version if known else 0) != version:
            raise ReportChanged
        values = {part.value: _checked(words), "written_by": by, "written_at": at}
        return self._keep(hazard, known, "major_report_written", values, by=by, at=at)

    def check_writing(self, hazard: Hazard, *, by: int) -> MajorReport | None:
        """The report as far as it is written, if this person may write on; else raises MoveRefused."""
        self._only_the_firm(hazard, by)
        known = self.get(hazard)
        if known is not None and known.is_handed_in:
            raise ReportStands("报告已经交了，内容不能再改，可以写补充。")
        return known

    def hand_in(self, hazard: Hazard, *, version: int, by: int, at: datetime) -> MajorReport:
        """The firm reports; all three parts are there. Raises MoveRefused in one of its kinds."""
        self._only_the_firm(hazard, by)
        known = self.get(hazard)
        if known is not None and known.is_handed_in:
            raise DoneAlready("报告已经交过了。")
        missing = known.missing() if known else tuple(Part)
        if missing:
            raise ReportIncomplete("报告还缺：{missing}", missing=[PART_NAMES[part] for part in missing])
        if known is None or known.version != version:
            raise ReportChanged
        values = {"handed_in_by": by, "handed_in_at": at}
        return self._keep(hazard, known, "major_report_handed_in", values, by=by, at=at)

    def supplement(self, hazard: Hazard, part: Part, words: str, *, by: int, at: datetime) -> MajorReport:
        """Add to a report that was handed in; what it said stays as it was. Raises MoveRefused in one of its kinds."""
        known = self.check_adding(hazard, by=by)
        person = self.tx.people.get(by)
        more = supplemented(
            known.words(part), _checked(words), by=person.name if person else "", on=at.astimezone(SHANGHAI).date()
        )
        if not fits(more):
            raise ReportTooLong("这一部分写不下了，请补充到另一部分。")
        return self._keep(hazard, known, "major_report_supplemented", {part.value: more}, by=by, at=at)

    def check_adding(self, hazard: Hazard, *, by: int) -> MajorReport:
        """The report that this person may add to; else raises MoveRefused."""
        self._only_the_firm(hazard, by)
        known = self.get(hazard)
        if known is None or not known.is_handed_in:
            raise ReportNotThere("报告还没有交，不用写补充，直接改就行。")
        return known

    def note_paper(self, hazard: Hazard, note: str, *, by: int, at: datetime) -> MajorReport:
        """The office has the firm's report on paper; parts that the firm wrote here stay as they are."""
        relations = self.tx.hazard_life.relations(hazard, by)
        if Relation.OFFICE not in relations or Relation.INSIDER in relations:
            raise NotThisPersons("这一步不归您办，请联系负责的人。")
        _needed(hazard)
        known = self.get(hazard)
        if known is not None and known.is_handed_in:
            raise DoneAlready("报告已经交过了。")
        missing = known.missing() if known else tuple(Part)
        values: dict[str, Any] = {part.value: on_paper(_checked(note)) for part in missing}
        values |= {"handed_in_by": by, "handed_in_at": at}
        if known is None:
            values |= {"written_by": by, "written_at": at}
        return self._keep(hazard, known, "major_report_on_paper", values, by=by, at=at)

    def came_on_paper(self, hazard: Hazard) -> bool:
        """Whether the office noted the report of the present life as handed in on paper."""
        noted = (e for e in self.tx.trail.of("hazard", hazard.id) if e.what == "major_report_on_paper")
        return any(event.body["after"].get("life") == hazard.life for event in noted)

    def _only_the_firm(self, hazard: Hazard, by: int) -> None:
        if Relation.FIRM not in self.tx.hazard_life.relations(hazard, by):
            raise NotThisPersons("重大隐患报告由企业自己写。")
        _needed(hazard)

    def _keep(
        self, hazard: Hazard, known: MajorReport | None, what: str, values: dict[str, Any], *, by: int, at: datetime
    ) -> MajorReport:
        if known is None:
            row = {"hazard_id": hazard.id, "life": hazard.life, "version": 1, **values}
            if not self.insert_new(major_reports, row):
                raise ReportChanged
        else:
            changed = self.connection.execute(
                major_reports.update()
                .where(
                    major_reports.c.zone_id == self.zone_id,
                    major_reports.c.hazard_id == hazard.id,
                    major_reports.c.life == hazard.life,
                    major_reports.c.version == known.version,
                )
                .values(**values, version=known.version + 1)
            )
            if changed.rowcount != 1:
                raise ReportChanged
        before = {name: getattr(known, name, None) for name in values}
        after = {"life": hazard.life, **values}
        self.tx.trail.add(what, subject="hazard", subject_id=hazard.id, person_id=by, at=at, before=before, after=after)
        kept = self.get(hazard)
        assert kept is not None
        return kept


def _needed(hazard: Hazard) -> None:
    if not is_owed(hazard):
        raise ReportNotNeeded("只有确认为重大的隐患才写重大隐患报告。")
    if not hazard.is_open:
        raise ReportNotNeeded("这条隐患现在是“{state}”，报告不能再改。", state=STATE_NAMES[hazard.state])


def _checked(words: str) -> str:
    words = words.strip()
    if not words:
        raise PartEmpty("还没有写，请打字。")
    if not fits(words):
        raise ReportTooLong("这一部分太长了，最多 3000 字，请写短一些。")
    return words
