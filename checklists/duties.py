"""Duties (应办事项): what a plan makes an enterprise, a department or the office do, and by which day."""

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.composing import Profile, settled_traits
from checklists.plans import CadenceRow, DueRow, Per, Plan, Subject
from checklists.sector_sets import load_sector_sets
from checklists.working_days import WorkingDays, add_months

PRINCIPAL_INSPECTION = "principal_inspection"
EVACUATION_DRILL = "evacuation_drill"

SUBJECT_NAMES = {Subject.ENTERPRISE: "企业", Subject.OFFICE: "办公室", Subject.DEPARTMENT: "部门"}

# What the law calls 国家规定的高危行业、领域 (安全生产法第五十一条), for plans that say 高危 without a list.
_NATIONAL_HIGH_RISK = "insurance8"
_DRILL_LAW = ("emergency8", Per.HALF_YEAR, "生产安全事故应急条例第八条")

_MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.HALF_YEAR: 6, Per.YEAR: 12}


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A stretch of days with the label people use: 2026-11, 2026Q4, 2026H2, 2026; both days inclusive."""

    label: str
    starts: date
    ends: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """One thing owed in one period.

    `due` is the last good day, `hand_in_by` the last working day on or before it; `provisional` means that this
    day rests on a calendar without its notice (暂定). `source` is the clause to show as 依据.
    """

    kind: str
    name: str
    subject: Subject
    times: int
    period: str
    opens: date
    due: date
    hand_in_by: date
    provisional: bool
    source: str
    proof: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rhythm:
    per: Per
    times: int
    source: str


def duties_for(
    plan: Plan,
    profile: Profile,
    first: date,
    last: date,
    *,
    calendar: WorkingDays,
    subjects: Collection[Subject] = (Subject.ENTERPRISE,),
    high_risk: Collection[str] | None = None,
) -> list[Duty]:
    """What falls due from `first` to `last` inclusive, ordered by day; `first` after `last` is a ValueError.

    `high_risk` are the office's own names of high-risk sectors; without them the plan's list counts, and where the
    plan has none the national one. Cadences without a period that can be counted are left out.
    """
    if last < first:
        raise ValueError("起始日期不能晚于截止日期")
    found: list[Duty] = []
    for kind, cadence in plan.cadences.items():
        if cadence.subject in subjects:
            rhythm = _rhythm(plan, kind, cadence, profile, high_risk)
            found.extend(_scheduled(plan, kind, cadence, rhythm, first, last, calendar))
    return sorted(found, key=lambda duty: (duty.due, duty.kind))


def duty_on(
    plan: Plan,
    profile: Profile,
    kind: str,
    day: date,
    *,
    calendar: WorkingDays,
    high_risk: Collection[str] | None = None,
) -> Duty | None:
    """The duty of one kind whose period this day belongs to, or None where the plan orders none then."""
    cadence = plan.cadences.get(kind)
    if cadence is None:
        return None
    rhythm = _rhythm(plan, kind, cadence, profile, high_risk)
    around = _scheduled(plan, kind, cadence, rhythm, day, add_months(day, 12), calendar)
    return next((duty for duty in around if duty.opens <= day <= duty.due), None)


def is_high_risk(plan: Plan, profile: Profile, high_risk: Collection[str] | None = None) -> bool:
    """Whether the plan's tighter tier counts for this enterprise; what is not known of its traits counts as yes."""
    names = high_risk if high_risk is not None else plan.high_risk
    if names is None:
        names = load_sector_sets().members(_NATIONAL_HIGH_RISK)
    return load_sector_sets().includes(names, profile.trades, settled_traits(profile))


def periods(per: Per, first: date, last: date) -> Iterator[Period]:
    """The calendar periods that touch the days from `first` to `last`; only those that repeat can be counted."""
    months = _MONTHS[per]
    starts = date(first.year, (first.month - 1) // months * months + 1, 1)
    while starts <= last:
        following = add_months(starts, months)
        yield Period(label=_label(per, starts), starts=starts, ends=following - timedelta(days=1))
        starts = following


def _label(per: Per, starts: date) -> str:
    return {
        Per.MONTH: f"{starts:%Y-%m}",
        Per.QUARTER: f"{starts.year}Q{(starts.month + 2) // 3}",
        Per.HALF_YEAR: f"{starts.year}H{1 if starts.month == 1 else 2}",
        Per.YEAR: f"{starts.year}",
    }[per]


def _rhythm(plan: Plan, kind: str, cadence: CadenceRow, profile: Profile, high_risk: Collection[str] | None) -> _Rhythm:
    """The plan's period for this enterprise, or the law's where that is tighter."""
    tight = cadence.high_risk if cadence.high_risk and is_high_risk(plan, profile, high_risk) else None
    tier = tight or cadence.normal
    source = f"《{plan.title}》{cadence.clause}"
    if tight and high_risk is None and plan.high_risk is None:
        source += "（方案没有列明高危行业，按国家规定的高危行业领域）"
    law_set, law_per, law = _DRILL_LAW
    if kind == EVACUATION_DRILL and _MONTHS[law_per] < _MONTHS.get(tier.per, 0):
        settled = settled_traits(profile)
        if load_sector_sets().includes(load_sector_sets().members(law_set), profile.trades, settled):
            return _Rhythm(per=law_per, times=tier.min_times, source=f"{source}；{law}（从严，每半年）")
    return _Rhythm(per=tier.per, times=tier.min_times, source=source)


def _scheduled(
    plan: Plan,
    kind: str,
    cadence: CadenceRow,
    rhythm: _Rhythm,
    first: date,
    last: date,
    calendar: WorkingDays,
) -> Iterator[Duty]:
    # A duty that was over before the plan was made known cannot have been owed.
    known_from = max(filter(None, (plan.starts, plan.issued, cadence.starts)))
    for period in _periods_of(plan, rhythm.per, first, last):
        due = _due(cadence.due, period)
        if due is None or not (max(first, known_from) <= due <= min(last, plan.ends)):
            continue
        yield Duty(
            kind=kind,
            name=cadence.zh,
            subject=cadence.subject,
            times=rhythm.times,
            period=period.label,
            opens=max(period.starts, plan.starts),
            due=due,
            hand_in_by=calendar.hand_in_by(due),
            provisional=calendar.is_provisional(due),
            source=rhythm.source,
            proof=cadence.proof or "",
        )


def _periods_of(plan: Plan, per: Per, first: date, last: date) -> Iterator[Period]:
    if per is Per.PROJECT:
        yield Period(label=f"{plan.starts.year}–{plan.ends.year}", starts=plan.starts, ends=plan.ends)
    elif per in _MONTHS:
        yield from periods(per, max(first, plan.starts), min(last, plan.ends))


def _due(rule: DueRow | None, period: Period) -> date | None:
    """The last good day of a period; None where it hangs on an event that has no date."""
    if rule is None:
        return period.ends
    if rule.kind == "after_event":
        return None
    if rule.kind == "in_phase":
        return rule.latest
    if rule.kind == "before_event":
        # “Before the plan is done” has its latest day: the plan's end.
        return period.ends
    month = rule.month or period.ends.month
    day = min(rule.day or 31, monthrange(period.ends.year, month)[1])
    due = date(period.ends.year, month, day)
    return None if rule.first and due < rule.first else due
