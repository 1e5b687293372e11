"""The words of the reminder card, and the rules of who hears when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from checklists.people import Role
from checklists.reminders import (
    DutyState,
    EnterpriseDuty,
    next_reminder,
    pause_is_worth_a_word,
    present_duties,
    reminder_days,
    roles_to_tell,
)
from checklists.working_days import load_working_days
from handlers.due_cards import Entry, card
from handlers.duties import period_name
from handlers.mornings import is_first_of_week

TODAY = date(2026, 12, 24)
DUTY = EnterpriseDuty(
    id=1,
    enterprise_id=7,
    kind="principal_inspection",
    period="2026Q4",
    opens_on=date(2026, 10, 1),
    due_on=date(2026, 12, 31),
    hand_in_by=date(2026, 12, 31),
    source="三(一)1(4)",
)


def entry(number: int = 7, name: str = "滨河木业", **changes: object) -> Entry:
    duty = replace(DUTY, enterprise_id=number, **changes)  # type: ignore[arg-type]
    return Entry(enterprise_id=number, enterprise=name, duty=duty, running=None)


def test_a_provisional_day_is_marked() -> None:
    shown = card([entry(provisional=True)], [], today=TODAY, first_day=TODAY)
    assert shown.text.endswith("日期暂定：当年放假安排还没有公布，公布后如有变化会再提醒。")


def test_names_of_firms_cannot_break_the_message() -> None:
    shown = card([entry(name="<b>甲&乙")], [], today=TODAY, first_day=TODAY)
    assert "<b>&lt;b&gt;甲&amp;乙</b>：" in shown.text
    assert [b.label for row in shown.buttons for b in row] == ["开始自查"]


def test_a_person_of_forty_firms_gets_a_card_that_fits() -> None:
    shown = card([entry(n, f"样板厂{n:02}") for n in range(40)], [], today=TODAY, first_day=TODAY)
    assert shown.text.endswith("还有25项，做完上面的会接着显示。")
    assert len(shown.text) < 4096
    assert [row[0].label for row in shown.buttons][-1] == "开始自查 样板厂07"


def test_two_periods_of_one_firm_have_one_button() -> None:
    late = entry(period="2026Q3", due_on=date(2026, 9, 30))
    shown = card([late, entry()], [], today=TODAY, first_day=TODAY)
    assert [b.label for row in shown.buttons for b in row] == ["开始自查"]


def test_the_days_of_a_quarter_that_ends_before_the_national_holidays() -> None:
    days = islice(reminder_days(date(2026, 9, 30), load_working_days()), 9)
    assert [f"{day:%m-%d}" for day in days] == [
        "09-23",
        "09-24",
        "09-29",
        "09-30",
        "10-08",
        "10-08",
        "10-08",
        "10-14",
        "10-21",
    ]
    assert next_reminder(date(2026, 9, 30), date(2026, 10, 8), load_working_days()) == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("bound", "overdue", "told"),
    [
        ({Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER}, False, {Role.PRINCIPAL}),
        (
            {Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER, Role.DEPUTY},
            True,
            {Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER},
        ),
        ({Role.SAFETY_MANAGER, Role.DEPUTY, Role.WORKER}, False, {Role.SAFETY_MANAGER, Role.DEPUTY}),
        ({Role.DEPUTY, Role.WORKER}, True, {Role.DEPUTY}),
        ({Role.WORKER}, True, set()),
        (set(), True, set()),
    ],
)
def test_who_hears(bound: set[Role], overdue: bool, told: set[Role]) -> None:
    assert roles_to_tell(bound, overdue=overdue) == told


def test_only_the_period_just_past_can_be_made_up_for() -> None:
    second = replace(DUTY, id=2, period="2026Q2", opens_on=date(2026, 4, 1), due_on=date(2026, 6, 30))
    third = replace(DUTY, id=3, period="2026Q3", opens_on=date(2026, 7, 1), due_on=date(2026, 9, 30))
    coming = replace(DUTY, id=5, period="2027Q1", opens_on=date(2027, 1, 1), due_on=date(2027, 3, 31))
    assert [d.id for d in present_duties([DUTY, coming, second, third], TODAY)] == [3, 1]
    done = replace(third, state=DutyState.DONE)
    assert [d.id for d in present_duties([second, done, DUTY], TODAY)] == [1]
    waived = replace(third, state=DutyState.WAIVED)
    assert [d.id for d in present_duties([second, waived, DUTY], TODAY)] == [2, 1]


def test_a_pause_is_mentioned_once_a_week() -> None:
    touched = datetime(2026, 11, 2, 2, tzinfo=UTC)

    def said(days: float, since: float) -> bool:
        return pause_is_worth_a_word(
            touched, last_look=touched + timedelta(days=since), now=touched + timedelta(days=days)
        )

    assert [said(6.9, 5.9), said(7, 6), said(8, 7), said(14.1, 13.1), said(30, 6)] == [False, True, False, True, True]


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2026Q4", "2026年第四季度"),
        ("2026-03", "2026年3月"),
        ("2026H1", "2026年上半年"),
        ("2026H2", "2026年下半年"),
        ("2026", "2026年"),
    ],
)
def test_periods_have_names(period: str, name: str) -> None:
    assert period_name(period) == name


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 11, 23), True), (date(2026, 11, 24), False), (date(2026, 10, 8), True), (date(2026, 10, 9), False)],
)
def test_the_first_working_day_of_a_week(day: date, first: bool) -> None:
    assert is_first_of_week(day, load_working_days()) is first
