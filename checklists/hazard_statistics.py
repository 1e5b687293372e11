"""The table of hazards found and treated (隐患排查治理情况统计分析表): its periods, its days, and its figures."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zlib import crc32

from checklists.duties import Duty, Period, periods
from checklists.hazard_records import Life
from checklists.hazards import Hazard, Level, State
from checklists.people import Role
from checklists.plans import Per, Subject
from checklists.working_days import SHANGHAI, WorkingDays

LAW = "《安全生产事故隐患排查治理暂行规定》（国家安全监管总局令第16号）第十四条"
_LABEL = re.compile(r"20\d{2}(?:Q[1-4])?")
_LATEST_DAY = timedelta(days=31)  # no table is due later than so many days after its period


class Table(StrEnum):
    """The two tables; the value is the kind of their duty."""

    QUARTER = "quarter_stats"
    YEAR = "year_stats"


STATISTICS = tuple(table.value for table in Table)
_TITLES = {Table.QUARTER: "隐患排查治理季度统计分析表", Table.YEAR: "隐患排查治理年度统计分析表"}
_PER = {Table.QUARTER: Per.QUARTER, Table.YEAR: Per.YEAR}
_DUE_DAY = {Table.QUARTER: 15, Table.YEAR: 31}


def table_of(period: Period) -> Table:
    """Whether the period is a quarter or a year."""
    return Table.QUARTER if "Q" in period.label else Table.YEAR


def period_called(label: str) -> Period | None:
    """The period with this label, 2026Q3 or 2026; None for anything else."""
    if not _LABEL.fullmatch(label):
        return None
    table = Table.QUARTER if "Q" in label else Table.YEAR
    month = int(label[-1]) * 3 if table is Table.QUARTER else 1
    day = date(int(label[:4]), month, 1)
    return period_on(table, day)


def period_on(table: Table, day: date) -> Period:
    """The quarter or year this day belongs to."""
    return next(periods(_PER[table], day, day))


def period_before(table: Table, day: date) -> Period:
    """The last quarter or year that was over before this day."""
    return period_on(table, period_on(table, day).starts - timedelta(days=1))


def moments(period: Period) -> tuple[datetime, datetime]:
    """When the period begins and when the next one does, in UTC; its days are those of Shanghai."""
    first, after = period.starts, period.ends + timedelta(days=1)
    begins, ends = (datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC) for day in (first, after))
    return begins, ends


def due_day(period: Period) -> date:
    """The 15th of the month after a quarter, 31 January after a year (令第16号第十四条); no day off moves it."""
    return (period.ends + timedelta(days=1)).replace(day=_DUE_DAY[table_of(period)])


def duty_of(period: Period, calendar: WorkingDays) -> Duty:
    """The table of this period as a duty: of every enterprise, whatever the plan; it opens when the period is over."""
    table, due = table_of(period), due_day(period)
    return Duty(
        kind=table.value,
        name=_TITLES[table],
        subject=Subject.ENTERPRISE,
        times=1,
        period=period.label,
        opens=period.ends + timedelta(days=1),
        due=due,
        hand_in_by=calendar.hand_in_by(due),
        provisional=calendar.is_provisional(due),
        source=LAW,
        proof="主要负责人签字的统计分析表",
    )


def owed_on(today: date, calendar: WorkingDays) -> list[Duty]:
    """The tables of periods that have begun and whose day has not passed, ordered by it."""
    begun = (period for table in Table for period in periods(_PER[table], today - _LATEST_DAY, today))
    owed = [duty_of(period, calendar) for period in begun if due_day(period) >= today]
    return sorted(owed, key=lambda duty: duty.due)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """One close-out that stood: `opened_again_at` where the hazard came back, `in_time` None without a day to hold."""

    at: datetime
    opened_again_at: datetime | None = None
    in_time: bool | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the hazard was off the list through this close-out just before `moment`."""
        return self.at < moment and (self.opened_again_at is None or self.opened_again_at >= moment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """A hazard with its close-outs, the first one first."""

    hazard: Hazard
    closings: tuple[Closing, ...]

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was on the list just before this moment."""
        return self.hazard.found_at < moment and not any(c.covers(moment) for c in self.closings)

    def concerns(self, period: Period) -> bool:
        """Whether the period's table has it: open when the period began, or found in it, or opened again."""
        begins, ends = moments(period)
        again = (c.opened_again_at for c in self.closings)
        found = begins <= self.hazard.found_at < ends
        return found or self.is_open_at(begins) or any(at is not None and begins <= at < ends for at in again)


def course_of(hazard: Hazard, lives: Sequence[Life]) -> Course:
    """The hazard's course; a close-out that turned out to be fake never stood."""
    ended = [
        Closing(at=life.closed_at, opened_again_at=life.opened_again_at)
        for life in sorted(lives, key=lambda life: life.life)
        if life.closed_at is not None and not life.fake
    ]
    if hazard.state is State.CLOSED and hazard.closed_at is not None:
        ended.append(Closing(at=hazard.closed_at, in_time=_in_time(hazard)))
    return Course(hazard=hazard, closings=tuple(ended))


def _in_time(hazard: Hazard) -> bool | None:
    """Whether the firm had put it right by its day: what waits for the review is not the firm's delay."""
    if hazard.handed_in_at is None:
        return None
    done, deadline = hazard.handed_in_at.astimezone(SHANGHAI).date(), hazard.arrangements.deadline
    if deadline is not None:
        return done <= deadline
    # Put right at once (立查立改) no day is set for it.
    return True if done == hazard.found_at.astimezone(SHANGHAI).date() else None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of hazards by level."""

    general: int = 0
    major: int = 0

    @property
    def total(self) -> int:
        return self.general + self.major

    def __sub__(self, other: "Count") -> "Count":
        return Count(self.general - other.general, self.major - other.major)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodFigures:
    """What the table counts; hazards found in error do not count.

    `open_before` + `found` + `reopened` - `closed` is `open`. Of `closed`, `in_time` and `late` were put right before
    and after their day; the rest (`undated`) had no day that is known.
    """

    open_before: Count = Count()
    found: Count = Count()
    reopened: Count = Count()
    closed: Count = Count()
    in_time: Count = Count()
    late: Count = Count()
    open: Count = Count()

    @property
    def undated(self) -> Count:
        return self.closed - self.in_time - self.late

    def to_body(self) -> dict[str, list[int]]:
        """As it stands in the trail: name → [general, major]."""
        return {f.name: [getattr(self, f.name).general, getattr(self, f.name).major] for f in fields(self)}

    @classmethod
    def from_body(cls, body: dict[str, list[int]]) -> "PeriodFigures":
        """What `to_body` wrote."""
        return cls(**{name: Count(*pair) for name, pair in body.items()})

    @property
    def mark(self) -> int:
        """A short mark of the figures, so that a press signs what was shown."""
        return crc32(json.dumps(self.to_body(), sort_keys=True).encode())


def figures_of(courses: Iterable[Course], period: Period) -> PeriodFigures:
    """The figures of one firm in this period; of a period that is running, as far as it has come."""
    begins, ends = moments(period)
    known = list(courses)
    closed = [(c, end) for c in known for end in c.closings if begins <= end.at < ends]
    return PeriodFigures(
        open_before=_count(c for c in known if c.is_open_at(begins)),
        found=_count(c for c in known if begins <= c.hazard.found_at < ends),
        reopened=_count(_reopened(known, begins, ends)),
        closed=_count(c for c, _end in closed),
        in_time=_count(c for c, end in closed if end.in_time is True),
        late=_count(c for c, end in closed if end.in_time is False),
        open=_count(c for c in known if c.is_open_at(ends)),
    )


def _reopened(courses: Iterable[Course], begins: datetime, ends: datetime) -> Iterator[Course]:
    for course in courses:
        for closing in course.closings:
            if closing.opened_again_at is not None and begins <= closing.opened_again_at < ends:
                yield course


def _count(courses: Iterable[Course]) -> Count:
    levels = [course.hazard.level for course in courses]
    return Count(levels.count(Level.GENERAL), levels.count(Level.MAJOR))


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """The principal, or the controller, stood by these figures: `role` as it was then; None where it came on paper.

    `by` is who signed, or who of the office noted the paper.
    """

    by: int
    role: Role | None
    at: datetime
    figures: PeriodFigures
