"""When risk points fall due, in which order they stand, and what suggests to assess them anew."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from checklists.people import Role
from checklists.risk_cycles import (
    RISK_FIGURES,
    Cycle,
    Found,
    in_order,
    is_lowered,
    may_be_told,
    roles_that_check,
    standing,
)
from checklists.risk_points import Grade, RiskPoint
from checklists.working_days import load_working_days

LONG_AGO = date(2026, 1, 1)
MADE = datetime(2026, 11, 1, 17, tzinfo=UTC)  # already 2 November in China
POINT = RiskPoint(
    id=1,
    enterprise_id=7,
    number=1,
    code="A" * 10,
    name="锅炉",
    place="",
    grade=Grade.RED,
    responsible="",
    version=1,
    made_by=1,
    made_at=MADE,
)
WEEKLY = Cycle(days={Grade.RED: 7}, since={Grade.RED: LONG_AGO}, months=6, months_since=LONG_AGO)


def test_nothing_is_scheduled_before_the_office_has_set_it() -> None:
    assert all(figure.default == 0 == figure.least for figure in RISK_FIGURES.values())
    assert not Cycle().is_set
    assert (Cycle().next_check(POINT), Cycle().next_assessment(POINT)) == (None, None)
    assert WEEKLY.next_check(replace(POINT, grade=Grade.BLUE)) is None


def test_a_point_falls_due_by_days_of_shanghai_from_its_registration_or_last_look() -> None:
    assert WEEKLY.next_check(POINT) == date(2026, 11, 9)
    assert WEEKLY.next_check(replace(POINT, checked_on=date(2026, 11, 20))) == date(2026, 11, 27)


def test_assessments_fall_due_by_months() -> None:
    assert WEEKLY.next_assessment(POINT) == date(2027, 5, 2)
    assert WEEKLY.next_assessment(replace(POINT, assessed_on=date(2026, 8, 31))) == date(2027, 2, 28)


def test_nothing_is_late_before_its_rule_began() -> None:
    new = replace(WEEKLY, since={Grade.RED: date(2026, 12, 1)}, months_since=date(2027, 8, 1))
    assert new.next_check(POINT) == date(2026, 12, 1)
    assert new.next_assessment(POINT) == date(2027, 8, 1)
    regraded = replace(POINT, checked_on=date(2026, 11, 2), assessed_on=date(2026, 11, 30))
    assert WEEKLY.next_check(regraded) == date(2026, 11, 30)


def test_a_retired_point_is_never_due() -> None:
    gone = replace(POINT, retired_at=MADE)
    assert (WEEKLY.next_check(gone), WEEKLY.next_assessment(gone)) == (None, None)


@pytest.mark.parametrize(
    ("today", "due", "overdue", "longest"),
    [(date(2026, 11, 8), 0, 0, 0), (date(2026, 11, 9), 1, 0, 0), (date(2026, 11, 11), 1, 1, 2)],
)
def test_it_is_overdue_from_the_day_after(today: date, due: int, overdue: int, longest: int) -> None:
    now = standing([POINT], WEEKLY, {}, today)
    assert (now.points, now.due, now.overdue, now.longest) == (1, due, overdue, longest)
    assert now.wants_a_word is bool(due)


@pytest.mark.parametrize(
    ("found", "suggested"),
    [(Found(), 0), (Found(hazards=1), 0), (Found(hazards=2), 1), (Found(hazards=1, major=1), 1)],
)
def test_a_major_hazard_or_two_of_any_kind_suggest_an_assessment(found: Found, suggested: int) -> None:
    now = standing([POINT], Cycle(), {1: found}, date(2026, 11, 9))
    assert (now.suggested, now.wants_a_word) == (suggested, False)


def test_what_is_due_for_assessment_is_not_suggested_besides() -> None:
    now = standing([POINT], WEEKLY, {1: Found(major=1, hazards=1)}, date(2027, 5, 2))
    assert (now.to_assess, now.suggested) == (1, 0)


def test_the_longest_overdue_stands_first_and_the_rest_by_number() -> None:
    late = replace(POINT, id=3, number=3)
    later = replace(POINT, id=4, number=4, made_at=MADE - timedelta(days=3))
    fresh = replace(POINT, id=1, number=1, checked_on=date(2026, 11, 10))
    blue = replace(POINT, id=2, number=2, grade=Grade.BLUE)
    ordered = in_order([fresh, blue, late, later], WEEKLY, date(2026, 11, 11))
    assert [point.number for point in ordered] == [4, 3, 1, 2]


def test_lowering_goes_from_red_to_blue() -> None:
    assert is_lowered(Grade.RED, Grade.ORANGE)
    assert not is_lowered(Grade.BLUE, Grade.YELLOW)
    assert not is_lowered(Grade.RED, Grade.RED)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 19), False),  # the same Thursday
        (date(2026, 11, 20), False),
        (date(2026, 11, 23), True),  # Monday: the weekend lies between
    ],
)
def test_people_are_told_on_each_second_working_day_at_most(today: date, told: bool) -> None:
    assert may_be_told(date(2026, 11, 19), today, load_working_days()) is told


def test_who_was_never_told_is_told_at_once() -> None:
    assert may_be_told(None, date(2026, 11, 19), load_working_days())


@pytest.mark.parametrize(
    ("bound", "overdue", "heard"),
    [
        ({Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER}, False, {Role.PRINCIPAL, Role.SAFETY_MANAGER}),
        ({Role.PRINCIPAL, Role.CONTROLLER, Role.WORKER}, True, {Role.PRINCIPAL, Role.CONTROLLER}),
        ({Role.DEPUTY, Role.WORKER}, True, {Role.DEPUTY}),
        ({Role.WORKER}, True, set()),
    ],
)
def test_who_hears_of_points_that_wait(bound: set[Role], overdue: bool, heard: set[Role]) -> None:
    assert roles_that_check(bound, overdue=overdue) == heard
