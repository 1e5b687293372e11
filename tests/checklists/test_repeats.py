"""Found again or never put right: which earlier hazards count as which."""

from datetime import UTC, datetime, timedelta

import pytest

from checklists.criteria import load_criteria
from checklists.doubles import same_question
from checklists.hazards import Arrangements, Hazard, Level, Source, State
from checklists.repeats import repeats_of, unfinished_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def hazard(number: int, *, days_ago: int = 0, state: State = State.CLOSED, closed: int | None = None) -> Hazard:
    """Found so many days ago, closed so many days ago."""
    closed_at = None if closed is None else NOW - timedelta(days=closed)
    return Hazard(
        id=number,
        year=2026,
        sequence=number,
        enterprise_id=1,
        source=Source.OFFICIAL_INSPECTION,
        inspection_id=None,
        item=None,
        criterion_id="dust-explosion-11-3",
        clause="第十一条",
        state=state,
        level=Level.MAJOR,
        level_confirmed_by=1,
        words="没有泄爆装置",
        arrangements=Arrangements(),
        withdrawn_reason="",
        version=1,
        found_by=1,
        found_at=NOW - timedelta(days=days_ago),
        closed_at=closed_at,
    )


NEW = hazard(9, state=State.FOUND)


@pytest.mark.parametrize(
    ("earlier", "is_repeat", "is_unfinished"),
    [
        (hazard(1, days_ago=100, closed=80), True, False),
        (hazard(1, days_ago=100, state=State.RECTIFYING), False, True),
        (hazard(1, days_ago=100, state=State.REVIEWED), False, True),
        (hazard(1, days_ago=400, closed=380), False, False),
        (hazard(1, days_ago=400, state=State.RECTIFYING), False, True),
        (hazard(1, days_ago=100, state=State.WITHDRAWN), False, False),
        # Closed only after the new one was found: the place had not been put right then.
        (hazard(1, days_ago=100, closed=-1), False, False),
    ],
)
def test_only_what_was_closed_has_come_back(earlier: Hazard, is_repeat: bool, is_unfinished: bool) -> None:
    assert repeats_of(NEW, [NEW, earlier], window_days=365) == ([earlier] if is_repeat else [])
    assert unfinished_of(NEW, [NEW, earlier]) == ([earlier] if is_unfinished else [])


def test_the_newest_comes_first_and_later_finds_do_not_count() -> None:
    older, newer = hazard(1, days_ago=90, closed=85), hazard(2, days_ago=30, closed=20)
    later = hazard(10, days_ago=-5, closed=-6)
    assert repeats_of(NEW, [older, later, newer], window_days=365) == [newer, older]
    assert repeats_of(NEW, [older, newer], window_days=60) == [newer]
    assert repeats_of(NEW, [hazard(3, days_ago=4000, closed=3900)]) != []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("light-industry-06", "machinery-07", True),
        ("machinery-07", "light-industry-06", True),
        # Both are the double of a third.
        ("school-11", "hospital-17", True),
        # Over two steps, each naming the next.
        ("small-premises-13", "hospital-04", True),
        ("machinery-07", "machinery-08", False),
        ("own-3", "own-4", False),
        ("own-3", "own-3", True),
    ],
)
def test_doubles_are_one_question_from_both_sides(one: str, other: str, same: bool) -> None:
    assert (other in same_question(one)) is same
    assert (same_question(one) == same_question(other)) is same


def test_every_double_of_the_lists_stands_with_what_it_doubles() -> None:
    doubles = [(c.id, other) for c in load_criteria() for other in c.same_as]
    assert doubles
    assert [pair for pair in doubles if same_question(pair[0]) != same_question(pair[1])] == []
    assert sum(len(same_question(c.id)) == 1 for c in load_criteria()) > len(load_criteria()) / 2
