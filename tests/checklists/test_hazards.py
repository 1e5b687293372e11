"""Hazards: numbers, the five arrangements and the first steps of their life."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.hazards import (
    Arrangements,
    Level,
    format_number,
    parse_number,
    propose_arrangements,
)
from checklists.working_days import load_working_days

COMPLETE = Arrangements(
    responsible="王厂长", measure="换线", funds="500元", deadline=date(2026, 12, 7), contingency="断电看守"
)


def test_the_number_is_zone_year_sequence() -> None:
    assert format_number("", 2026, 31) == "2026-0031"
    assert format_number("DLK", 2026, 31) == "DLK-2026-0031"
    assert format_number("DLK", 2026, 12345) == "DLK-2026-12345"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("隐患 2026-0031", ("", 2026, 31)),
        ("/hazard dlk-2026-0031", ("DLK", 2026, 31)),
        ("2026—0031 修好了", ("", 2026, 31)),
        ("2026年的隐患", None),
        ("", None),
    ],
)
def test_a_number_is_found_in_what_a_person_writes(words: str, found: tuple[str, int, int] | None) -> None:
    assert parse_number(words) == found


@given(
    zone=st.from_regex(r"[A-Z][A-Z0-9]{0,7}", fullmatch=True) | st.just(""),
    year=st.integers(2000, 2099),
    sequence=st.integers(0, 999_999),
)
def test_every_number_is_read_back(zone: str, year: int, sequence: int) -> None:
    assert parse_number(f"隐患 {format_number(zone, year, sequence)}") == (zone, year, sequence)


def test_a_general_hazard_is_proposed_fifteen_days_and_a_major_one_thirty() -> None:
    calendar = load_working_days()
    general = propose_arrangements(Level.GENERAL, principal="王厂长", on=date(2026, 11, 22), calendar=calendar)
    major = propose_arrangements(Level.MAJOR, principal="王厂长", on=date(2026, 11, 22), calendar=calendar)
    assert (general.deadline, major.deadline) == (date(2026, 12, 7), date(2026, 12, 22))
    assert general.complete
    assert major.complete
    assert general.responsible == "王厂长"


def test_a_proposed_deadline_on_a_day_off_moves_to_the_next_working_day() -> None:
    proposed = propose_arrangements(
        Level.GENERAL, principal="王厂长", on=date(2026, 9, 16), calendar=load_working_days()
    )
    assert proposed.deadline == date(2026, 10, 8)


def test_what_is_missing_is_named() -> None:
    assert Arrangements(responsible="王厂长", funds="  ").missing() == ("措施", "资金", "期限", "应急预案")
    assert COMPLETE.missing() == ()
