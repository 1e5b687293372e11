"""Scoring a quiz: what counts, what comes again, when it is passed, and that an answer never changes."""

import pytest

from checklists.quizzes import AnsweredAlready, Asks, Question, Sheet, is_passed

OPTIONS = ("甲", "乙", "丙", "丁")


def sheet(number: int = 10) -> Sheet:
    """Questions of which option 0 is right."""
    asked = (Question(asks=Asks.LEDGER, about=f"q{n}", ask=f"第{n}问", options=OPTIONS, right=0) for n in range(number))
    return Sheet(seed="a", questions=tuple(asked))


def answered(*options: int, number: int = 10) -> Sheet:
    made = sheet(number)
    for step, option in enumerate(options):
        made = made.answered(step, option)
    return made


@pytest.mark.parametrize(
    ("correct", "asked", "passed"),
    [
        (7, 10, False),
        (8, 10, True),
        (10, 10, True),
        (9, 12, False),
        (10, 12, True),
        (3, 4, False),
        (4, 4, True),
        (0, 0, False),
    ],
)
def test_eighty_percent_passes(correct: int, asked: int, passed: bool) -> None:
    assert is_passed(correct, asked) is passed


def test_what_was_wrong_comes_again_once_and_counts_no_more() -> None:
    first = answered(0, 1, 0, 2, 0, 0, 0, 0, 0, 0)
    assert (first.correct, first.is_finished, first.passed, first.is_over) == (8, True, True, False)
    assert [first.at(step).about for step in (10, 11)] == ["q1", "q3"]
    again = first.answered(10, 0).answered(11, 3)
    assert (again.correct, again.passed, again.is_over) == (8, True, True)
    with pytest.raises(AnsweredAlready):
        again.answered(12, 0)


def test_an_answer_stands_and_none_is_given_ahead() -> None:
    begun = answered(1)
    for step in (0, 2, 9, 40):
        with pytest.raises(AnsweredAlready):
            begun.answered(step, 0)
    assert begun.answers == (1,)


@pytest.mark.parametrize("option", [-1, 4, 40])
def test_an_option_that_is_not_there_is_not_kept(option: int) -> None:
    with pytest.raises(IndexError):
        sheet().answered(0, option)


def test_half_a_quiz_is_not_passed() -> None:
    half = answered(*[0] * 9)
    assert (half.correct, half.is_finished, half.passed) == (9, False, False)
