"""The table on hazards: by which day, and what each figure counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.duties import Period
from checklists.hazard_records import Life
from checklists.hazard_statistics import (
    STATISTICS,
    Closing,
    Count,
    Course,
    PeriodFigures,
    Table,
    course_of,
    due_day,
    duty_of,
    figures_of,
    moments,
    owed_on,
    period_before,
    period_called,
    period_on,
)
from checklists.hazards import Arrangements, Hazard, Level, Source, State
from checklists.working_days import load_working_days

CALENDAR = load_working_days()


def period(label: str) -> Period:
    found = period_called(label)
    assert found is not None
    return found


Q3 = period("2026Q3")


def moment(words: str) -> datetime:
    """A time in Shanghai such as 07-01 00:00, as UTC."""
    return (datetime.strptime(f"2026-{words}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)) - timedelta(hours=8)


def hazard(
    found: str,
    *,
    closed: str | None = None,
    handed_in: str | None = None,
    deadline: date | None = None,
    level: Level = Level.GENERAL,
) -> Hazard:
    return Hazard(
        id=1,
        year=2026,
        sequence=1,
        enterprise_id=1,
        source=Source.SELF_INSPECTION,
        inspection_id=None,
        item=None,
        criterion_id=None,
        clause="",
        state=State.CLOSED if closed else State.RECTIFYING,
        level=level,
        level_confirmed_by=1,
        words="",
        arrangements=Arrangements(deadline=deadline),
        withdrawn_reason="",
        version=1,
        found_by=1,
        found_at=moment(found),
        handed_in_at=moment(handed_in or closed) if handed_in or closed else None,  # type: ignore[arg-type]
        closed_at=moment(closed) if closed else None,
    )


def life(closed: str, again: str, *, fake: bool = False) -> Life:
    return Life(
        hazard_id=1,
        life=1,
        closed_at=moment(closed),
        closed_by=1,
        reviewed_by=1,
        handed_in_by=2,
        opened_again_by=1,
        opened_again_at=moment(again),
        reason="",
        fake=fake,
    )


def counted(*hazards: Hazard, lives: tuple[Life, ...] = ()) -> dict[str, int]:
    """The figures of the third quarter of 2026 that are not 0, in hazards of both levels."""
    figures = figures_of([course_of(h, lives) for h in hazards], Q3)
    return {name: sum(pair) for name, pair in figures.to_body().items() if sum(pair)}


@pytest.mark.parametrize(
    ("label", "due", "hand_in_by"),
    [
        ("2025Q4", "2026-01-15", "2026-01-15"),
        ("2026Q1", "2026-04-15", "2026-04-15"),
        ("2026Q2", "2026-07-15", "2026-07-15"),
        ("2026Q3", "2026-10-15", "2026-10-15"),
        ("2025Q3", "2025-10-15", "2025-10-15"),
        ("2025", "2026-01-31", "2026-01-30"),  # a Saturday: the day stands, the last working day is before
        ("2024", "2025-01-31", "2025-01-27"),  # Spring Festival 2025
        ("2024Q3", "2024-10-15", "2024-10-15"),
    ],
)
def test_the_day_stands_and_is_handed_in_by_the_last_working_day(label: str, due: str, hand_in_by: str) -> None:
    owed = duty_of(period(label), CALENDAR)
    assert (owed.due.isoformat(), owed.hand_in_by.isoformat()) == (due, hand_in_by)
    assert owed.kind in STATISTICS
    assert owed.source.endswith("第十四条")
    assert owed.opens == period(label).ends + timedelta(days=1)


def test_a_year_without_its_notice_is_provisional() -> None:
    assert not duty_of(period("2025Q4"), CALENDAR).provisional
    assert duty_of(period("2029Q4"), CALENDAR).provisional


@pytest.mark.parametrize(
    ("today", "owed"),
    [
        ("2026-11-22", ["2026Q4", "2026"]),
        ("2026-12-31", ["2026Q4", "2026"]),
        ("2026-01-15", ["2025Q4", "2025", "2026Q1", "2026"]),
        ("2026-01-16", ["2025", "2026Q1", "2026"]),
        ("2026-01-31", ["2025", "2026Q1", "2026"]),
        ("2026-02-01", ["2026Q1", "2026"]),
        ("2026-10-15", ["2026Q3", "2026Q4", "2026"]),
        ("2026-10-16", ["2026Q4", "2026"]),
    ],
)
def test_what_is_owed_on_a_day(today: str, owed: list[str]) -> None:
    assert [duty.period for duty in owed_on(date.fromisoformat(today), CALENDAR)] == owed


@pytest.mark.parametrize("label", ["2026Q5", "2026Q0", "202", "2026-10", "1999", "2026Q3 ", "", "２０２６"])
def test_only_quarters_and_years_are_periods(label: str) -> None:
    assert period_called(label) is None


def test_labels_lead_back_to_their_periods() -> None:
    day = date(2026, 1, 1)
    assert period_before(Table.QUARTER, day).label == "2025Q4"
    assert period_before(Table.YEAR, day).label == "2025"
    for table in Table:
        assert period_called(period_on(table, day).label) == period_on(table, day)
    assert due_day(period("2026Q4")) == date(2027, 1, 15)


def test_the_days_of_a_period_are_those_of_shanghai() -> None:
    assert moments(Q3) == (datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("found", "figures"),
    [
        ("06-30 23:59", {"open_before": 1, "open": 1}),
        ("07-01 00:00", {"found": 1, "open": 1}),
        ("09-30 23:59", {"found": 1, "open": 1}),
        ("10-01 00:00", {}),
    ],
)
def test_found_counts_in_the_period_of_its_day(found: str, figures: dict[str, int]) -> None:
    assert counted(hazard(found)) == figures


@pytest.mark.parametrize(
    ("closed", "figures"),
    [
        ("06-30 23:59", {}),
        ("07-01 00:00", {"open_before": 1, "closed": 1, "in_time": 1}),
        ("09-30 23:59", {"open_before": 1, "closed": 1, "in_time": 1}),
        ("10-01 00:00", {"open_before": 1, "open": 1}),
    ],
)
def test_closed_counts_in_the_period_of_its_day(closed: str, figures: dict[str, int]) -> None:
    assert counted(hazard("06-01 10:00", closed=closed, deadline=date(2026, 12, 1))) == figures


@pytest.mark.parametrize(
    ("handed_in", "deadline", "where"),
    [
        ("08-10 23:59", date(2026, 8, 10), "in_time"),
        ("08-11 00:00", date(2026, 8, 10), "late"),
        ("08-11 00:00", None, None),
        ("08-01 17:00", None, "in_time"),  # put right at once: found and handed in on one day
    ],
)
def test_in_time_means_handed_in_by_its_day_whenever_the_review_was(
    handed_in: str, deadline: date | None, where: str | None
) -> None:
    closed = hazard("08-01 09:00", closed="09-20 10:00", handed_in=handed_in, deadline=deadline)
    assert counted(closed) == {"found": 1, "closed": 1, **({where: 1} if where else {})}
    figures = figures_of([course_of(closed, ())], Q3)
    assert figures.undated.total == (0 if where else 1)


def test_a_hazard_that_came_back_was_closed_and_is_open() -> None:
    back = hazard("07-05 09:00")
    assert counted(back, lives=(life("08-01 09:00", "09-01 09:00"),)) == {
        "found": 1,
        "closed": 1,
        "reopened": 1,
        "open": 1,
    }
    assert counted(back, lives=(life("08-01 09:00", "10-02 09:00"),)) == {"found": 1, "closed": 1}
    assert counted(back, lives=(life("10-01 09:00", "10-02 09:00"),)) == {"found": 1, "open": 1}


def test_a_close_out_that_was_fake_never_counts() -> None:
    assert counted(hazard("07-05 09:00"), lives=(life("08-01 09:00", "10-02 09:00", fake=True),)) == {
        "found": 1,
        "open": 1,
    }


def test_levels_are_counted_apart_and_survive_the_trail() -> None:
    figures = figures_of(
        [course_of(hazard("07-05 09:00", level=level), ()) for level in (Level.GENERAL, Level.MAJOR, Level.MAJOR)], Q3
    )
    assert (figures.found, figures.found.total) == (Count(1, 2), 3)
    assert PeriodFigures.from_body(figures.to_body()) == figures
    assert figures.mark != PeriodFigures().mark


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Level)), st.lists(st.integers(0, 600), min_size=1, max_size=7, unique=True).map(sorted)
        ),
        max_size=8,
    )
)
def test_what_was_open_and_came_less_what_was_closed_is_what_is_open(
    histories: list[tuple[Level, list[int]]],
) -> None:
    """Each history is found, closed, opened again, closed … on days of 2026 and the year after, in this order."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    courses = []
    for level, days in histories:
        at = [start + timedelta(days=day) for day in days]
        closings = [
            Closing(at=at[i], opened_again_at=at[i + 1] if i + 1 < len(at) else None) for i in range(1, len(at), 2)
        ]
        course = Course(hazard=hazard("01-01 09:00", level=level), closings=tuple(closings))
        object.__setattr__(course.hazard, "found_at", at[0])
        courses.append(course)
    for label in ("2026Q1", "2026Q3", "2026", "2027Q2", "2027"):
        of = period(label)
        mine = [course for course in courses if course.concerns(of)]
        figures = figures_of(courses, of)
        assert figures == figures_of(mine, of)
        came = figures.open_before.total + figures.found.total + figures.reopened.total
        assert came - figures.closed.total == figures.open.total
