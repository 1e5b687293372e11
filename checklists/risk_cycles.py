"""When risk points are to be looked at (巡查周期, by grade) and assessed anew (定期评估); days in Shanghai."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from checklists.figures import Figure
from checklists.people import INSPECTING_ROLES, Role
from checklists.risk_points import Grade, RiskPoint
from checklists.working_days import SHANGHAI, WorkingDays, add_months

# No plan names a period for either (定期): until the office has set one, nothing falls due.
CHECK_DAYS: Mapping[Grade, str] = {grade: f"risk_days_{grade.value}" for grade in Grade}
ASSESSMENT_MONTHS = "risk_months"
_COLOURS = {Grade.RED: "红色", Grade.ORANGE: "橙色", Grade.YELLOW: "黄色", Grade.BLUE: "蓝色"}
RISK_FIGURES: Mapping[str, Figure] = {
    **{
        name: Figure(label=f"{_COLOURS[grade]}风险点多少天查一次", default=0, least=0, most=366)
        for grade, name in CHECK_DAYS.items()
    },
    ASSESSMENT_MONTHS: Figure(label="风险点多少个月重新评估一次", default=0, least=0, most=36),
}
# Hazards at one point within a year that suggest to assess it anew; of major ones a single one does.
HAZARDS_SUGGESTING = 2
LOOK_BACK = timedelta(days=365)
_PAUSE_WORKING_DAYS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """What the office has set: days by grade, months between assessments, and since when; what is not set is left out.

    Nothing is late before its rule began: a point never falls due before the day the office set the figure, nor
    before the day its grade was chosen anew.
    """

    days: Mapping[Grade, int] = field(default_factory=dict)
    since: Mapping[Grade, date] = field(default_factory=dict)
    months: int = 0
    months_since: date | None = None

    @property
    def is_set(self) -> bool:
        return bool(self.days or self.months)

    def next_check(self, point: RiskPoint) -> date | None:
        """The last good day for the next look; None where nothing is scheduled."""
        if point.retired_at is not None:
            return None
        return self.due_after(point.grade, point.checked_on, point.made_at, point.assessed_on)

    def due_after(
        self, grade: Grade, checked_on: date | None, made_at: datetime, assessed_on: date | None
    ) -> date | None:
        """The same of a point that is not retired, where only its days were read."""
        days = self.days.get(grade)
        if not days:
            return None
        due = (checked_on or _day(made_at)) + timedelta(days=days)
        return max(due, self.since[grade], assessed_on or due)

    def next_assessment(self, point: RiskPoint) -> date | None:
        """The last good day for the next assessment; None where nothing is scheduled."""
        if not self.months or self.months_since is None or point.retired_at is not None:
            return None
        return max(add_months(point.assessed_on or _day(point.made_at), self.months), self.months_since)

    def last_assessed_before(self, today: date) -> date | None:
        """What was assessed on this day or before is to be assessed by today; None where nothing can be."""
        if not self.months or self.months_since is None or self.months_since > today:
            return None
        # A month has 28 days at least, so that this is too late by a few days a month at most.
        last = today - timedelta(days=28 * self.months)
        while add_months(last, self.months) > today:
            last -= timedelta(days=1)
        return last


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Hazards found at a point within a year and since its last assessment, those found in error left out."""

    hazards: int = 0
    major: int = 0

    @property
    def suggests_assessment(self) -> bool:
        return self.major > 0 or self.hazards >= HAZARDS_SUGGESTING


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How the register of one firm stands today: points by what they wait for; `longest` are days of the latest one."""

    points: int = 0
    due: int = 0
    overdue: int = 0
    longest: int = 0
    to_assess: int = 0
    suggested: int = 0

    @property
    def wants_a_word(self) -> bool:
        return bool(self.due or self.to_assess)


def standing(points: Sequence[RiskPoint], cycle: Cycle, found: Mapping[int, Found], today: date) -> Standing:
    """How these points stand; `overdue` of the `due` ones should have been looked at before today."""
    checks = [day for p in points if (day := cycle.next_check(p)) is not None and day <= today]
    late = [day for day in checks if day < today]
    to_assess = {p.id for p in points if (day := cycle.next_assessment(p)) is not None and day <= today}
    suggested = [p for p in points if p.id in found and found[p.id].suggests_assessment and p.id not in to_assess]
    return Standing(
        points=len(points),
        due=len(checks),
        overdue=len(late),
        longest=max(((today - day).days for day in late), default=0),
        to_assess=len(to_assess),
        suggested=len(suggested),
    )


def in_order(points: Sequence[RiskPoint], cycle: Cycle, today: date) -> list[RiskPoint]:
    """What is to be looked at now first, the longest overdue before all; then the others by number."""

    def place(point: RiskPoint) -> tuple[bool, date, int]:
        due = cycle.next_check(point)
        waits = due is not None and due <= today
        return not waits, due if waits and due is not None else today, point.number

    return sorted(points, key=place)


def is_lowered(before: Grade, after: Grade) -> bool:
    """Whether the risk now counts as smaller than before."""
    order = list(Grade)
    return order.index(after) > order.index(before)


def may_be_told(last: date | None, today: date, calendar: WorkingDays) -> bool:
    """Whether people may be told of a firm's points today: on each second working day at most."""
    return last is None or calendar.add_working_days(last, _PAUSE_WORKING_DAYS) <= today


def roles_that_check(bound: Collection[Role], *, overdue: bool) -> frozenset[Role]:
    """Which of the bound roles hear of it: principal and safety manager, once something is overdue the controller too.

    Where none of these can be reached, everybody who may inspect hears of it.
    """
    wanted = {Role.PRINCIPAL, Role.SAFETY_MANAGER} | ({Role.CONTROLLER} if overdue else set())
    return frozenset(wanted.intersection(bound)) or INSPECTING_ROLES.intersection(bound)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
