"""The four kinds of defence: what a measure's words propose, and that a person's correction stays."""

import pytest

from checklists.defences import Defence, following_defences, marked, named, proposed_defences, read, toggled, written
from checklists.hazards import MEASURE_WORDS, Level

PEOPLE, TECHNOLOGY, ENGINEERING, MANAGEMENT = Defence


@pytest.mark.parametrize(
    ("measure", "kinds"),
    [
        ("", ()),
        ("马上整改", ()),
        (MEASURE_WORDS[Level.GENERAL], ()),
        (MEASURE_WORDS[Level.MAJOR], (MANAGEMENT,)),
        ("全员培训，夜间专人值守", (PEOPLE,)),
        ("加装可燃气体报警器，和风机联锁", (TECHNOLOGY, ENGINEERING)),
        ("更换老化线路", (ENGINEERING,)),
        ("完善动火审批制度", (MANAGEMENT,)),
        ("停用，修好再用", (ENGINEERING, MANAGEMENT)),
    ],
)
def test_words_propose_kinds(measure: str, kinds: tuple[Defence, ...]) -> None:
    assert proposed_defences(measure) == kinds


def test_other_words_bring_another_proposal() -> None:
    assert following_defences((), before="", after="更换老化线路") == (ENGINEERING,)
    assert following_defences((ENGINEERING,), before="更换老化线路", after="专人看守") == (PEOPLE,)


def test_what_a_person_corrected_stays_with_other_words() -> None:
    kept = (ENGINEERING, MANAGEMENT)
    assert following_defences(kept, before="更换老化线路", after="专人看守") == kept
    assert following_defences((), before="更换老化线路", after="专人看守") == ()


def test_a_tap_puts_in_and_takes_out_in_the_usual_order() -> None:
    assert toggled((ENGINEERING,), PEOPLE) == (PEOPLE, ENGINEERING)
    assert toggled((PEOPLE, ENGINEERING), PEOPLE) == (ENGINEERING,)


def test_one_column_keeps_all_four() -> None:
    assert len(written(Defence)) <= 48
    assert read(written(Defence)) == tuple(Defence)
    assert (read(""), written(())) == ((), "")


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("人防、技防", (PEOPLE, TECHNOLOGY)),
        ("管理防范，工程防", (ENGINEERING, MANAGEMENT)),
        ("engineering;people", (PEOPLE, ENGINEERING)),
        ("其他", ()),
        ("", ()),
    ],
)
def test_a_cell_of_a_ledger_is_read(cell: str, kinds: tuple[Defence, ...]) -> None:
    assert named(cell) == kinds


def test_letters_name_the_kinds_behind_the_measure() -> None:
    assert marked("更换线路", (ENGINEERING, MANAGEMENT)) == "更换线路（工程防、管理防）"
    assert (marked("更换线路", ()), marked("", (PEOPLE,))) == ("更换线路", "")
