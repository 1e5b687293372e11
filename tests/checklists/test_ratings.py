"""The rating of a firm: what counts and what it costs, the limits, the grades, and that honesty never costs a point."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazard_statistics import STATISTICS
from checklists.hazards import Level, State
from checklists.rating_facts import FirmYear, Gain, RatedDuty, RatedHazard, facts_of, of_hazard
from checklists.rating_rules import (
    RATING_FIGURES,
    Grade,
    GradesOutOfOrder,
    Item,
    ItemRule,
    Rules,
    points_key,
    read_numbers,
)
from checklists.ratings import Rating, rate, read_points

YEAR, TODAY = 2026, date(2026, 11, 23)
RULES = Rules()


def hazard(**more: Any) -> RatedHazard:
    """A general hazard found by the office, handed in on its last day and closed."""
    values: dict[str, Any] = {
        "id": 1,
        "number": (2026, 31),
        "level": Level.GENERAL,
        "state": State.CLOSED,
        "is_inside": False,
        "found_on": date(2026, 10, 1),
        "deadline": date(2026, 10, 20),
        "handed_in_on": date(2026, 10, 20),
    }
    return RatedHazard(**{**values, **more})


def unfixed(**more: Any) -> RatedHazard:
    return hazard(state=State.RECTIFYING, handed_in_on=None, **more)


def counted(one: RatedHazard, *, year: int = YEAR, today: date = TODAY) -> list[tuple[Item, int, int]]:
    """What a hazard costs: the items with how often they count and the days."""
    return [(fact.item, fact.times, fact.days) for fact in of_hazard(one, RULES, year=year, today=today)]


def rated(firm: FirmYear, rules: Rules = RULES, *, today: date = TODAY) -> Rating:
    return rate(facts_of(firm, rules, year=YEAR, today=today), rules, year=YEAR, as_of=today)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (hazard(), []),
        (hazard(handed_in_on=date(2026, 10, 21)), [(Item.OVERDUE, 1, 1)]),
        (hazard(handed_in_on=date(2026, 10, 30)), [(Item.OVERDUE, 1, 10)]),
        (hazard(handed_in_on=date(2026, 10, 31)), [(Item.OVERDUE, 2, 11)]),
        (hazard(level=Level.MAJOR, handed_in_on=date(2026, 10, 21)), [(Item.OVERDUE_MAJOR, 1, 1)]),
        (unfixed(deadline=TODAY), []),
        (unfixed(deadline=TODAY - timedelta(days=1)), [(Item.OVERDUE, 1, 1)]),
        (unfixed(deadline=None), []),
        # a hazard from last year counts here with this year's days alone
        (unfixed(deadline=date(2025, 12, 1)), [(Item.OVERDUE, 33, 327)]),
        (hazard(deadline=date(2025, 12, 1), handed_in_on=date(2025, 12, 31)), []),
        (hazard(returns=2, returned_on=TODAY), [(Item.RETURNED, 2, 0)]),
        (hazard(fakes=1, faked_on=TODAY), [(Item.FAKE, 1, 0)]),
        (hazard(came_back=True, went_unfound=True), [(Item.REPEAT, 1, 0), (Item.UNFOUND, 1, 0)]),
        (hazard(came_back=True, found_on=date(2025, 12, 31)), []),
        (hazard(state=State.WITHDRAWN, fakes=1, faked_on=TODAY, returns=3, returned_on=TODAY), []),
        # found by the firm, put right in time and closed: nothing on the way counts, but for cheating
        (hazard(is_inside=True, returns=4, returned_on=TODAY, level=Level.MAJOR, confirmed_on=date(2026, 10, 1)), []),
        (hazard(is_inside=True, fakes=1, faked_on=TODAY), [(Item.FAKE, 1, 0)]),
        (hazard(is_inside=True, handed_in_on=date(2026, 10, 21)), [(Item.OVERDUE, 1, 1)]),
        (hazard(is_inside=True, state=State.RECTIFYING, returns=1, returned_on=TODAY), [(Item.RETURNED, 1, 0)]),
    ],
)
def test_what_a_hazard_costs(one: RatedHazard, expected: list[tuple[Item, int, int]]) -> None:
    assert counted(one) == expected


@pytest.mark.parametrize(
    ("reported", "today", "late"),
    [
        (date(2026, 11, 8), TODAY, False),
        (date(2026, 11, 9), TODAY, True),
        (None, date(2026, 11, 8), False),
        (None, date(2026, 11, 9), True),
    ],
)
def test_a_major_hazard_is_reported_within_the_days_the_office_set(
    reported: date | None, today: date, late: bool
) -> None:
    one = hazard(level=Level.MAJOR, confirmed_on=date(2026, 11, 1), reported_on=reported, deadline=None)
    assert counted(one, today=today) == ([(Item.REPORT, 1, 0)] if late else [])
    assert counted(replace(one, level=Level.GENERAL), today=today) == []


def test_the_days_of_a_year_end_with_it() -> None:
    one, january = unfixed(deadline=date(2026, 12, 21)), date(2027, 1, 5)
    assert counted(one, today=january) == [(Item.OVERDUE, 1, 10)]
    assert counted(one, year=2027, today=january) == [(Item.OVERDUE, 1, 5)]


@pytest.mark.parametrize(
    ("kind", "done", "today", "expected"),
    [
        (PRINCIPAL_INSPECTION, None, date(2026, 9, 30), []),
        (PRINCIPAL_INSPECTION, None, date(2026, 10, 1), [Item.INSPECTION_MISSED]),
        (PRINCIPAL_INSPECTION, date(2026, 9, 30), TODAY, []),
        (PRINCIPAL_INSPECTION, date(2026, 10, 1), TODAY, [Item.INSPECTION_LATE]),
        (STATISTICS[0], None, TODAY, [Item.TABLE]),
        (STATISTICS[0], date(2026, 10, 30), TODAY, []),
    ],
)
def test_what_a_duty_costs(kind: str, done: date | None, today: date, expected: list[Item]) -> None:
    duty = RatedDuty(kind=kind, period="2026Q3", due_on=date(2026, 9, 30), done_on=done)
    firm = FirmYear(since=date(2026, 1, 1), duties=(duty,))
    assert [fact.item for fact in facts_of(firm, RULES, year=YEAR, today=today)] == expected
    assert [fact.item for fact in facts_of(firm, RULES, year=2025, today=today)] == []


@pytest.mark.parametrize(("days", "asked"), [(29, False), (30, True)])
def test_a_firm_that_has_just_come_needs_no_register_yet(days: int, asked: bool) -> None:
    firm = FirmYear(since=TODAY - timedelta(days=days), has_register=False)
    assert [fact.item for fact in facts_of(firm, RULES, year=YEAR, today=TODAY)] == [Item.REGISTER] * asked


def test_lines_stop_at_the_limit_of_their_item_and_say_so() -> None:
    rules = Rules(items={**RULES.items, Item.OVERDUE: ItemRule(4, 10)})
    late = [hazard(id=n, number=(2026, n), handed_in_on=date(2026, 10, 21)) for n in range(1, 5)]
    rating = rated(FirmYear(since=date(2026, 1, 1), hazards=tuple(late)), rules)
    assert [(line.fact.number, line.points) for line in rating.lines] == [
        ((2026, 1), -4),
        ((2026, 2), -4),
        ((2026, 3), -2),
        ((2026, 4), 0),
    ]
    assert (rating.score, rating.grade, rating.lost) == (90, Grade.EXCELLENT, 10)


def test_gains_make_good_what_was_lost_and_never_more() -> None:
    heard, found = Gain(count=3, first=TODAY), Gain(count=99, first=TODAY)
    firm = FirmYear(since=date(2026, 1, 1), heard=heard, found=found)
    assert rated(firm).score == 100
    assert rated(replace(firm, hazards=(hazard(fakes=1, faked_on=TODAY),))).score == 98
    assert [(line.fact.item, line.points) for line in rated(firm).lines] == [(Item.HEARD, 3), (Item.FOUND, 5)]


def test_the_score_never_falls_below_nothing() -> None:
    many = [unfixed(id=n, number=(2026, n), deadline=date(2026, 1, 1), level=Level.MAJOR) for n in range(9)]
    rules = Rules(items={**RULES.items, Item.OVERDUE_MAJOR: ItemRule(50, 100)})
    rating = rated(FirmYear(since=date(2026, 1, 1), hazards=tuple(many), has_register=False), rules)
    assert (rating.score, rating.grade) == (0, Grade.POOR)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, Grade.EXCELLENT),
        (90, Grade.EXCELLENT),
        (89, Grade.GOOD),
        (80, Grade.GOOD),
        (79, Grade.FAIR),
        (60, Grade.FAIR),
        (59, Grade.POOR),
        (0, Grade.POOR),
    ],
)
def test_where_grades_begin(score: int, grade: Grade) -> None:
    assert RULES.grade(score) is grade


def test_a_better_grade_begins_higher() -> None:
    values = {name: figure.default for name, figure in RATING_FIGURES.items()}
    Rules.of(values).check()
    for name, value in (("rating_grade_good", 90), ("rating_grade_fair", 81), ("rating_grade_excellent", 80)):
        with pytest.raises(GradesOutOfOrder):
            Rules.of({**values, name: value}).check()


def test_an_item_of_no_points_does_not_count() -> None:
    values = {name: figure.default for name, figure in RATING_FIGURES.items()}
    rules = Rules.of({**values, points_key(Item.REGISTER): 0})
    assert rated(FirmYear(since=date(2026, 1, 1), has_register=False), rules).lines == ()
    assert rated(FirmYear(since=date(2026, 1, 1), has_register=False)).score == 95


def test_the_score_by_month_ends_with_the_score() -> None:
    late = [
        hazard(deadline=date(2026, 3, 1), handed_in_on=date(2026, 3, 2)),
        hazard(id=2, number=(2026, 32), deadline=date(2026, 5, 1), handed_in_on=date(2026, 5, 2), level=Level.MAJOR),
    ]
    rating = rated(FirmYear(since=date(2026, 1, 1), hazards=tuple(late), found=Gain(count=1, first=TODAY)))
    assert rating.by_month() == [(3, 98), (5, 93), (11, 94)]
    assert rating.score == 94


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2 20", [2, 20]), (" 3分、25分\n", [3, 25]), ("7天", [7]), ("0，0", [0, 0]), ("二", []), ("2 x", []), ("", [])],
)
def test_numbers_are_read_as_people_type_them(text: str, numbers: list[int]) -> None:
    assert read_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2 当天停电", (2, "当天停电")),
        ("−2分，当天\n停电", (2, "当天\n停电")),
        ("0：不算", (0, "不算")),
        ("2", None),
        ("停电 2", None),
        ("2000 停电", None),
    ],
)
def test_points_are_read_with_their_reason(text: str, read: tuple[int, str] | None) -> None:
    assert read_points(text) == read


days = st.dates(date(2025, 6, 1), TODAY)
maybe = st.one_of(st.none(), days)
hazards = st.builds(
    RatedHazard,
    id=st.integers(1, 10**6),
    number=st.tuples(st.just(2026), st.integers(1, 9999)),
    level=st.sampled_from(Level),
    state=st.sampled_from(State),
    is_inside=st.booleans(),
    found_on=days,
    deadline=maybe,
    handed_in_on=maybe,
    returns=st.integers(0, 3),
    returned_on=days,
    fakes=st.integers(0, 2),
    faked_on=days,
    confirmed_on=maybe,
    reported_on=maybe,
    came_back=st.booleans(),
    went_unfound=st.booleans(),
)
duties = st.builds(
    RatedDuty,
    kind=st.sampled_from([PRINCIPAL_INSPECTION, *STATISTICS]),
    period=st.sampled_from(["2026Q1", "2026Q2"]),
    due_on=days,
    done_on=maybe,
)
gains = st.builds(Gain, count=st.integers(0, 20), first=days)
firms = st.builds(
    FirmYear,
    since=days,
    hazards=st.lists(hazards, max_size=12).map(tuple),
    duties=st.lists(duties, max_size=4).map(tuple),
    heard=gains,
    found=gains,
    has_register=st.booleans(),
)
item_rules = st.builds(ItemRule, st.integers(0, 50), st.integers(0, 100))
all_rules = st.builds(
    Rules, items=st.fixed_dictionaries(dict.fromkeys(Item, item_rules)), report_days=st.integers(1, 90)
)


@given(firm=firms, one=hazards, late_by=st.integers(0, 300), rules=all_rules)
def test_a_hazard_the_firm_found_itself_and_closed_in_time_never_lowers_the_score(
    firm: FirmYear, one: RatedHazard, late_by: int, rules: Rules
) -> None:
    deadline = one.deadline or one.found_on
    honest = replace(
        one,
        is_inside=True,
        state=State.CLOSED,
        deadline=deadline,
        handed_in_on=deadline - timedelta(days=late_by),
        fakes=0,
    )
    more = replace(
        firm,
        hazards=(*firm.hazards, honest),
        found=Gain(count=firm.found.count + 1, first=min(firm.found.first, honest.found_on)),
    )
    assert rated(more, rules).score >= rated(firm, rules).score


def test_what_the_firm_finds_itself_later_lowers_no_month_before_it() -> None:
    firm = FirmYear(
        since=date(2026, 1, 1),
        hazards=(hazard(fakes=1, faked_on=date(2026, 3, 5)),),
        found=Gain(count=1, first=date(2026, 3, 2)),
    )
    assert rated(firm).by_month() == [(3, 91)]
    honest = hazard(id=2, is_inside=True, found_on=TODAY, deadline=TODAY, handed_in_on=TODAY)
    more = replace(firm, hazards=(*firm.hazards, honest), found=Gain(count=2, first=date(2026, 3, 2)))
    assert rated(more).by_month() == [(3, 92)]


@given(firm=firms, rules=all_rules)
def test_a_rating_is_the_same_after_it_was_kept_and_in_whatever_order_the_facts_come(
    firm: FirmYear, rules: Rules
) -> None:
    rating = rated(firm, rules)
    kept = Rating.from_body(json.loads(json.dumps(rating.to_body(), sort_keys=True)))
    assert (kept, kept.grade) == (rating, rating.grade)
    turned = rated(replace(firm, hazards=firm.hazards[::-1], duties=firm.duties[::-1]), rules)
    assert (turned.score, sorted(line.points for line in turned.lines)) == (
        rating.score,
        sorted(line.points for line in rating.lines),
    )
    assert 0 <= rating.score <= 100
    for item, rule in rules.items.items():
        assert abs(rating.points_of(item)) <= rule.cap
