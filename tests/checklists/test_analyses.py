"""What belongs on the agenda of an analysis meeting, in which order, and what is cut."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from checklists.analyses import Analysis, Found, Ground, agenda, grounds_of, is_missing
from checklists.hazards import Arrangements, Hazard, Level, Source, State

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
IN_TIME = Hazard(
    id=1,
    year=2026,
    sequence=1,
    enterprise_id=1,
    source=Source.SELF_INSPECTION,
    inspection_id=None,
    item=None,
    criterion_id=None,
    clause="",
    state=State.RECTIFYING,
    level=Level.GENERAL,
    level_confirmed_by=1,
    words="",
    arrangements=Arrangements(deadline=TODAY),
    withdrawn_reason="",
    version=1,
    found_by=1,
    found_at=NOW,
)


def hazard(number: int, *, late: int = 0, **values: object) -> Hazard:
    """A general hazard that is `late` days past its deadline."""
    deadline = Arrangements(deadline=TODAY - timedelta(days=late))
    return replace(IN_TIME, **{"id": number, "sequence": number, "arrangements": deadline, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "grounds"),
    [
        ({}, ()),
        ({"late": 1}, (Ground.OVERDUE,)),
        ({"late": 1, "state": State.HANDED_IN}, ()),
        ({"level": Level.MAJOR}, (Ground.MAJOR,)),
        ({"level": Level.MAJOR, "state": State.FOUND, "level_confirmed_by": None}, (Ground.MAJOR,)),
        ({"level": Level.MAJOR, "listed_at": NOW, "late": 3}, (Ground.MAJOR, Ground.LISTED, Ground.OVERDUE)),
        ({"round": 2}, ()),
        ({"round": 3}, (Ground.REWORKED,)),
        ({"fakes": 1, "round": 2}, (Ground.FAKE,)),
        ({"level": Level.MAJOR, "state": State.CLOSED}, ()),
        ({"level": Level.MAJOR, "state": State.WITHDRAWN}, ()),
    ],
)
def test_why_a_hazard_is_discussed(values: dict[str, object], grounds: tuple[Ground, ...]) -> None:
    assert grounds_of(hazard(1, **values), Found(hazards=()), today=TODAY) == grounds  # type: ignore[arg-type]


@pytest.mark.parametrize(("granted", "grounds"), [(1, ()), (2, (Ground.DEFERRED,)), (3, (Ground.DEFERRED,))])
def test_two_deferrals_that_were_granted_are_a_reason(granted: int, grounds: tuple[Ground, ...]) -> None:
    assert grounds_of(IN_TIME, Found(hazards=(), deferrals={1: granted}), today=TODAY) == grounds


def test_undone_decisions_come_first_then_all_by_danger() -> None:
    found = Found(
        hazards=[
            hazard(1, late=2),
            hazard(2, round=3),
            hazard(3, level=Level.MAJOR),
            hazard(4, level=Level.MAJOR, late=1),
            hazard(5, late=40),
            hazard(6, level=Level.MAJOR, listed_at=NOW),
            hazard(7),
            hazard(8),
            hazard(9),
        ],
        undone={7},
        by_hand={8},
    )
    topics = agenda(found, today=TODAY)
    assert [topic.hazard.id for topic in topics] == [7, 6, 4, 3, 5, 1, 2, 8]
    assert [topics[0].grounds, topics[-1].grounds] == [(Ground.UNDONE,), (Ground.HAND,)]


def test_what_has_no_room_is_the_least_dangerous_and_never_what_a_person_put() -> None:
    found = Found(hazards=[hazard(n, late=n) for n in range(1, 7)], undone={1}, by_hand={2})
    assert [t.hazard.id for t in agenda(found, today=TODAY, most=2)] == [1, 6, 5, 2]
    assert [t.hazard.id for t in agenda(found, today=TODAY, most=0)] == [1, 2]


def test_a_hazard_found_twice_stands_there_once() -> None:
    both = hazard(1, level=Level.MAJOR, late=1)
    assert [t.hazard.id for t in agenda(Found(hazards=[both, both]), today=TODAY)] == [1]


@pytest.mark.parametrize(
    ("until", "followed", "late"), [(YESTERDAY, False, True), (TODAY, False, False), (YESTERDAY, True, False)]
)
def test_a_decision_is_late_from_the_day_after(until: date, followed: bool, late: bool) -> None:
    decided = Analysis(
        id=1,
        hazard_id=1,
        life=1,
        meeting_id=None,
        place=0,
        grounds=(Ground.HAND,),
        reason="",
        put_by=1,
        put_at=NOW,
        decided_at=NOW,
        until=until,
        followed_at=NOW if followed else None,
    )
    assert decided.is_late(TODAY) is late
    assert replace(decided, withdrawn_at=NOW).is_late(TODAY) is False


@pytest.mark.parametrize(
    ("today", "held", "missing"),
    [
        (date(2026, 11, 19), [], False),
        (date(2026, 11, 20), [], True),
        (date(2026, 11, 20), [date(2026, 10, 31)], True),
        (date(2026, 11, 30), [date(2026, 11, 1)], False),
    ],
)
def test_from_the_twentieth_a_meeting_that_was_not_held_is_missed(today: date, held: list[date], missing: bool) -> None:
    found = is_missing(held, today=today, opens=date(2026, 11, 1), due=date(2026, 11, 30))
    assert found is missing
