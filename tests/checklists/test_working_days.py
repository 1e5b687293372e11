"""Working days, periods and hours, with the literal outcomes of law and notices."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.working_days import SHANGHAI, add_months, load_working_days

CALENDAR = load_working_days()
MAKE_UP_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
OFF_2026 = (
    [date(2026, 1, d) for d in (1, 2, 3)]
    + [date(2026, 2, d) for d in range(15, 24)]
    + [date(2026, 4, d) for d in (4, 5, 6)]
    + [date(2026, 5, d) for d in range(1, 6)]
    + [date(2026, 6, d) for d in (19, 20, 21)]
    + [date(2026, 9, d) for d in (25, 26, 27)]
    + [date(2026, 10, d) for d in range(1, 8)]
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_the_year_2026_follows_its_notice_to_the_day() -> None:
    make_up = {day(text) for text in MAKE_UP_2026}
    for number in range(365):
        today = date(2026, 1, 1) + timedelta(days=number)
        expected = today in make_up or (today.weekday() < 5 and today not in OFF_2026)
        assert CALENDAR.is_working_day(today) is expected, today


@pytest.mark.parametrize(("year", "working"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_with_notice_has_its_number_of_working_days(year: int, working: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    assert sum(CALENDAR.is_working_day(d) for d in days if d.year == year) == working
    assert not CALENDAR.is_provisional(date(year, 7, 1))


def test_a_year_without_notice_is_provisional_with_weekends_and_known_holidays() -> None:
    assert CALENDAR.is_provisional(day("2027-03-01"))
    off = [
        "2027-01-01",
        "2027-02-05",
        "2027-02-08",
        "2027-04-05",
        "2027-06-09",
        "2027-09-15",
        "2027-10-01",
        "2027-10-02",
    ]
    assert not any(CALENDAR.is_working_day(day(text)) for text in off)
    assert CALENDAR.is_working_day(day("2027-10-04"))
    assert CALENDAR.is_working_day(day("2027-02-09"))
    assert not CALENDAR.is_working_day(day("2031-05-01"))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-08-03", 60, "2026-10-08"),
        ("2026-03-02", 60, "2026-05-06"),
        ("2026-06-01", 10, "2026-06-11"),
        ("2026-09-10", 10, "2026-09-20"),
        ("2026-09-10", 0, "2026-09-10"),
    ],
)
def test_a_legal_period_ends_on_the_first_working_day_after_days_off(start: str, days: int, due: str) -> None:
    assert CALENDAR.deadline(day(start), days) == day(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [("2026-02-12", 5, "2026-02-26"), ("2026-09-24", 5, "2026-10-09"), ("2026-11-20", 1, "2026-11-23")],
)
def test_a_period_in_working_days_skips_days_off(start: str, days: int, due: str) -> None:
    assert CALENDAR.deadline(day(start), days, working=True) == day(due)


@pytest.mark.parametrize(("start", "due"), [("2024-02-29", "2025-02-28"), ("2024-05-20", "2025-05-20")])
def test_a_period_of_months_ends_on_the_corresponding_day_or_the_end_of_month(start: str, due: str) -> None:
    assert CALENDAR.deadline_in_months(day(start), 12) == day(due)


@pytest.mark.parametrize(
    ("expires", "months", "apply_by"),
    [("2026-10-03", 3, "2026-07-03"), ("2026-11-01", 1, "2026-09-30")],
)
def test_an_application_before_expiry_is_taken_on_the_working_day_before(
    expires: str, months: int, apply_by: str
) -> None:
    assert CALENDAR.apply_by(day(expires), months=months) == day(apply_by)


@pytest.mark.parametrize(
    ("due", "hand_in"),
    [
        ("2026-09-25", "2026-09-24"),
        ("2026-01-31", "2026-01-30"),
        ("2026-06-30", "2026-06-30"),
        ("2026-07-15", "2026-07-15"),
        ("2026-09-20", "2026-09-20"),
    ],
)
def test_a_fixed_date_stands_and_is_handed_in_by_the_working_day_before(due: str, hand_in: str) -> None:
    assert CALENDAR.hand_in_by(day(due)) == day(hand_in)


@pytest.mark.parametrize("days", [-1, 40_000])
def test_a_senseless_period_is_refused_in_plain_words(days: int) -> None:
    with pytest.raises(ValueError, match="期限"):
        CALENDAR.deadline(day("2026-11-22"), days)


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-11-23T08:29:59", False),
        ("2026-11-23T08:30:00", True),
        ("2026-11-23T17:29:59", True),
        ("2026-11-23T17:30:00", False),
        ("2026-11-22T10:00:00", False),
        ("2026-09-20T10:00:00", True),
        ("2026-10-01T10:00:00", False),
    ],
)
def test_working_time_is_half_past_eight_to_half_past_five_on_working_days(moment: str, working: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    assert CALENDAR.is_working_time(local) is working
    assert CALENDAR.is_working_time(local.astimezone(UTC)) is working


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T02:00:00+00:00", "2026-11-23T02:00:00+00:00"),
        ("2026-11-22T02:00:00+00:00", "2026-11-23T00:30:00+00:00"),
        ("2026-11-23T00:00:00+00:00", "2026-11-23T00:30:00+00:00"),
        ("2026-09-30T09:30:00+00:00", "2026-10-08T00:30:00+00:00"),
        ("2026-09-19T16:30:00+00:00", "2026-09-20T00:30:00+00:00"),
    ],
)
def test_the_next_working_time_is_when_offices_open(moment: str, opens: str) -> None:
    assert CALENDAR.next_working_time(datetime.fromisoformat(moment)) == datetime.fromisoformat(opens)


dates = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@given(start=dates, days=st.integers(0, 400))
def test_a_period_ends_on_a_working_day_at_most_a_fortnight_late(start: date, days: int) -> None:
    due = CALENDAR.deadline(start, days)
    assert CALENDAR.is_working_day(due)
    assert timedelta(days=days) <= due - start <= timedelta(days=days + 14)


@given(start=dates, days=st.integers(1, 60))
def test_working_days_are_counted_one_by_one(start: date, days: int) -> None:
    due = CALENDAR.add_working_days(start, days)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(CALENDAR.is_working_day(d) for d in between) == days
    assert CALENDAR.is_working_day(due)


@given(due=dates)
def test_handing_in_is_never_after_the_date_and_nothing_but_days_off_lie_between(due: date) -> None:
    by = CALENDAR.hand_in_by(due)
    assert by <= due
    assert CALENDAR.is_working_day(by)
    assert not any(CALENDAR.is_working_day(by + timedelta(days=n)) for n in range(1, (due - by).days + 1))


@given(day=dates, seconds=st.integers(0, 86_399))
def test_the_next_working_time_is_working_time_and_not_earlier(day: date, seconds: int) -> None:
    now = datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=seconds)
    opens = CALENDAR.next_working_time(now)
    assert now <= opens
    assert CALENDAR.is_working_time(opens)


def test_months_go_over_years_both_ways() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
