"""Duties: what falls due when, for which enterprise, and where it is written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.composing import Profile
from checklists.duties import Duty, duties_for, duty_on, is_high_risk, periods
from checklists.plans import Per, Subject, load_plan, plan_ids
from checklists.sector_sets import load_sector_sets
from checklists.working_days import load_working_days

CALENDAR = load_working_days()
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def owed(plan_id: str, *trades: str, **options: object) -> list[Duty]:
    return duties_for(load_plan(plan_id), Profile(trades=trades), *YEAR, calendar=CALENDAR, **options)  # type: ignore[arg-type]


def rows(duties: list[Duty]) -> list[tuple[str, str, str, str]]:
    return [(d.kind, d.period, f"{d.due:%m-%d}", f"{d.hand_in_by:%m-%d}") for d in duties]


def test_an_ordinary_enterprise_of_heelun_inspects_by_quarter_and_drills_once_a_year() -> None:
    assert rows(owed("heelun-2024", "machinery")) == [
        ("principal_inspection", "2026Q1", "03-31", "03-31"),
        ("principal_inspection", "2026Q2", "06-30", "06-30"),
        ("principal_inspection", "2026Q3", "09-30", "09-30"),
        ("evacuation_drill", "2026", "12-31", "12-31"),
        ("principal_inspection", "2026Q4", "12-31", "12-31"),
    ]


def test_a_high_risk_enterprise_inspects_by_month_and_drills_by_half_year() -> None:
    duties = owed("heelun-2024", "hazchem")
    inspections = [d for d in duties if d.kind == "principal_inspection"]
    assert [d.period for d in inspections] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert [d.period for d in duties if d.kind == "evacuation_drill"] == ["2026H1", "2026H2"]
    may = inspections[4]
    assert (may.opens, may.due, may.hand_in_by) == (date(2026, 5, 1), date(2026, 5, 31), date(2026, 5, 29))
    assert may.source == "《诃额伦街道安全生产治本攻坚三年行动方案（2024—2026年）》三(一)1(4)"


@pytest.mark.parametrize(
    ("trades", "traits", "expected"),
    [
        (("coal-mine",), {}, True),
        (("open-pit-mine",), {}, True),
        (("tailings",), {}, True),
        (("hazchem",), {}, True),
        (("fireworks",), {}, True),
        (("road-transport",), {}, True),
        (("ports",), {}, True),
        (("construction",), {}, True),
        (("civil-explosives",), {}, True),
        (("metallurgy",), {}, True),
        (("metallurgy",), {"metal-smelting": False}, False),
        (("machinery",), {}, False),
        (("machinery",), {"metal-smelting": True}, True),
        (("textile", "hazchem"), {}, True),
        (("courier",), {}, False),
        (("commercial-complex",), {}, False),
        ((), {}, False),
    ],
)
def test_who_is_high_risk_in_heelun(trades: tuple[str, ...], traits: dict[str, bool], expected: bool) -> None:
    assert is_high_risk(load_plan("heelun-2024"), Profile(trades=trades, traits=traits)) is expected


def test_a_plan_without_a_list_takes_the_national_one_and_says_so() -> None:
    dongli = owed("dongli-2024", "fishery")
    assert [d.period for d in dongli if d.kind == "principal_inspection"][:2] == ["2026-01", "2026-02"]
    assert dongli[0].source.endswith("三(五)8（方案没有列明高危行业，按国家规定的高危行业领域）")
    assert [d.period for d in owed("heelun-2024", "fishery")][:2] == ["2026Q1", "2026Q2"]


def test_the_office_may_name_its_own_high_risk_sectors() -> None:
    duties = owed("dongli-2024", "gas-supply", high_risk=["燃气"])
    assert duties[0].period == "2026-01"
    assert duties[0].source == "《东丽经开区安全生产治本攻坚三年行动实施方案（2024—2026年）》三(五)8"
    assert owed("dongli-2024", "hazchem", high_risk=[])[0].period == "2026Q1"


def test_a_mall_drills_by_half_year_because_the_law_is_tighter_than_the_plan() -> None:
    drills = [d for d in owed("heelun-2024", "commercial-complex") if d.kind == "evacuation_drill"]
    assert [d.period for d in drills] == ["2026H1", "2026H2"]
    assert drills[0].source.endswith("三(一)5(16)；生产安全事故应急条例第八条（从严，每半年）")


def test_the_departments_of_dongli_hand_in_before_the_holiday() -> None:
    assert rows(owed("dongli-2024", subjects=[Subject.DEPARTMENT])) == [
        ("work_report", "2026Q1", "03-25", "03-25"),
        ("work_report", "2026Q2", "06-25", "06-25"),
        ("work_report", "2026Q3", "09-25", "09-24"),
        ("annual_report", "2026", "12-25", "12-25"),
        ("work_report", "2026Q4", "12-25", "12-25"),
        ("self_evaluation", "2024–2026", "12-31", "12-31"),
    ]


def test_the_first_report_of_dongli_is_due_in_june_2024() -> None:
    plan = load_plan("dongli-2024")
    first = duties_for(
        plan,
        Profile(trades=()),
        date(2024, 1, 1),
        date(2024, 6, 30),
        calendar=CALENDAR,
        subjects=[Subject.DEPARTMENT],
    )
    assert rows(first) == [("work_report", "2024Q2", "06-25", "06-25")]


def test_nothing_was_owed_before_the_plan_was_issued_or_is_owed_after_its_end() -> None:
    plan = load_plan("dongli-2024")
    everything = duties_for(
        plan,
        Profile(trades=("hazchem",)),
        date(2023, 1, 1),
        date(2028, 1, 1),
        calendar=CALENDAR,
        subjects=list(Subject),
    )
    assert everything[0].due == date(2024, 4, 30)
    assert everything[-1].due == date(2026, 12, 31)


def test_periods_the_plan_leaves_open_are_not_scheduled() -> None:
    kinds = {d.kind for plan in plan_ids() for d in owed(plan, "hazchem", subjects=list(Subject))}
    assert not kinds & {
        "leader_inspection",
        "leaders_meeting",
        "column_post",
        "holiday_inspection",
        "accident_followup",
    }
    assert owed("district-briefing-2024", "hazchem", subjects=list(Subject)) == []


def test_the_town_of_dongzhao_meets_every_month() -> None:
    plan = load_plan("dongzhao-2020")
    met = duties_for(
        plan,
        Profile(trades=()),
        date(2021, 1, 1),
        date(2021, 3, 31),
        calendar=CALENDAR,
        subjects=[Subject.OFFICE],
    )
    assert [d.period for d in met] == ["2021-01", "2021-02", "2021-03"]


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="起始日期不能晚于截止日期"):
        duties_for(load_plan("heelun-2024"), Profile(trades=()), YEAR[1], YEAR[0], calendar=CALENDAR)


def test_the_duty_of_a_day_is_that_of_its_period() -> None:
    plan, firm = load_plan("heelun-2024"), Profile(trades=("machinery",))
    duty = duty_on(plan, firm, "principal_inspection", date(2026, 11, 22), calendar=CALENDAR)
    assert duty is not None
    assert (duty.period, duty.opens, duty.due) == ("2026Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert duty_on(plan, firm, "principal_inspection", date(2027, 1, 1), calendar=CALENDAR) is None
    assert duty_on(load_plan("fengtai-2024"), firm, "principal_inspection", date(2026, 1, 1), calendar=CALENDAR) is None


@given(
    plan_id=st.sampled_from(plan_ids()),
    trade=st.sampled_from(sorted(load_sector_sets().trades)),
    start=st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    days=st.integers(0, 500),
)
def test_duties_fall_in_the_asked_days_and_are_handed_in_on_working_days(
    plan_id: str, trade: str, start: date, days: int
) -> None:
    plan, end = load_plan(plan_id), start + timedelta(days=days)
    duties = duties_for(plan, Profile(trades=(trade,)), start, end, calendar=CALENDAR, subjects=list(Subject))
    assert [d.due for d in duties] == sorted(d.due for d in duties)
    assert len({(d.kind, d.period) for d in duties}) == len(duties)
    for duty in duties:
        assert max(start, plan.starts) <= duty.due <= min(end, plan.ends)
        assert duty.opens <= duty.hand_in_by <= duty.due
        assert CALENDAR.is_working_day(duty.hand_in_by)
        assert plan.title in duty.source


@given(
    per=st.sampled_from([Per.MONTH, Per.QUARTER, Per.HALF_YEAR, Per.YEAR]),
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_every_day_belongs_to_one_period_of_each_kind(per: Per, day: date) -> None:
    found = list(periods(per, day, day))
    assert len(found) == 1
    assert found[0].starts <= day <= found[0].ends
    following = next(iter(periods(per, found[0].ends + timedelta(days=1), found[0].ends + timedelta(days=1))))
    assert following.starts == found[0].ends + timedelta(days=1)
