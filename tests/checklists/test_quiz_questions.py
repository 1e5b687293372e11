"""The questions on the ledger's use against the rules they name: where code can say it, the right answer is true."""

from collections.abc import Callable
from pathlib import Path

import pytest

from checklists.hazard_guards import (
    GUARDS,
    Circumstances,
    LevelAwaitsOffice,
    LoweringUnexplained,
    MajorReportMissing,
    StillListed,
)
from checklists.hazard_moves import TABLE, Need, Relation, Step, moves_from
from checklists.hazard_rules import Recipient, hazard_rules
from checklists.hazards import Level, MoveRefused, State
from checklists.people import Assignment, Permission, Person, Role, allows
from checklists.plans import plan_ids
from checklists.quiz_questions import QUESTIONS, Side, cards_for, draw, load_lessons
from handlers.routes import ROUTER

ROOT = Path(__file__).parents[2]
ROWS = {row.id: row for row in load_lessons().questions}
SECOND_PERSON = {Relation.FINDER, Relation.RECTIFIER, Relation.INSIDER}
EXPERT = Person(id=1, telegram_id=1, name="周专家", assignments=(Assignment(role=Role.EXPERT),))


def refused(need: Need, kind: type[MoveRefused], now: Circumstances) -> bool:
    try:
        GUARDS[need](now)
    except kind:
        return True
    return False


def lowering(reason: str) -> bool:
    now = Circumstances(
        state=State.FOUND,
        level=Level.GENERAL,
        relations=frozenset({Relation.FIRM}),
        proposed=Level.MAJOR,
        wanted_level=Level.GENERAL,
        reason=reason,
    )
    return refused(Need.LOWERING, LoweringUnexplained, now)


def closing(*, listed: bool = False, report_missing: bool = False) -> Circumstances:
    return Circumstances(
        state=State.REVIEWED,
        level=Level.MAJOR,
        relations=frozenset({Relation.DUTY_HOLDER}),
        listed=listed,
        report_missing=report_missing,
    )


def needs(step: Step, need: Need) -> bool:
    return need in TABLE[step].needs


# What the right answer of each question says, asked of the rules themselves.
TRUE: dict[str, Callable[[], bool]] = {
    "who-reviews": lambda: (
        TABLE[Step.APPROVE].who == {Relation.DUTY_HOLDER} and TABLE[Step.APPROVE].never >= SECOND_PERSON
    ),
    "what-closes": lambda: (
        TABLE[Step.CLOSE].begins == {State.REVIEWED}
        and TABLE[Step.CLOSE].ends == (State.CLOSED,)
        and needs(Step.CLOSE, Need.REVIEW)
        and [s for s in State if State.CLOSED in moves_from(s)] == [State.REVIEWED]
    ),
    "fixed-on-spot": lambda: (
        TABLE[Step.FIX_ON_SPOT].ends == (State.FIXED_ON_SPOT,)
        and State.CLOSED not in moves_from(State.FIXED_ON_SPOT)
        and State.FIXED_ON_SPOT in TABLE[Step.APPROVE].begins
    ),
    "receipts": lambda: (
        all(set(hazard_rules(plan).recipients(Level.MAJOR)) == set(Recipient) for plan in plan_ids())
        and needs(Step.CLOSE, Need.RECEIPTS)
    ),
    "major-report": lambda: (
        refused(Need.MAJOR_REPORT, MajorReportMissing, closing(report_missing=True))
        and [s for s in Step if needs(s, Need.MAJOR_REPORT)] == [Step.CLOSE]
    ),
    "fake-number": lambda: set(TABLE[Step.MARK_FAKE].ends) == {State.RECTIFYING, State.CONFIRMED},
    "fake-reason": lambda: (
        TABLE[Step.MARK_FAKE].needs == (Need.REASON,) and TABLE[Step.MARK_FAKE].who == {Relation.OFFICE}
    ),
    "find-number": lambda: all(
        ROUTER.words["hazard number"].pattern.fullmatch(words) for words in ("2026-0031", "隐患 2026-0031")
    ),
    "deferral": lambda: (
        {Need.REASON, Need.LATER_DEADLINE} <= set(TABLE[Step.ASK_DEFERRAL].needs)
        and Relation.FIRM in TABLE[Step.ASK_DEFERRAL].who
        and TABLE[Step.DECIDE_DEFERRAL].who == {Relation.DUTY_HOLDER}
        and Relation.ASKER in TABLE[Step.DECIDE_DEFERRAL].never
    ),
    "deferral-waits": lambda: needs(Step.HAND_IN, Need.NO_DEFERRAL) and needs(Step.CLOSE, Need.NO_DEFERRAL),
    "lowering": lambda: lowering("") and not lowering("只有一台旧设备，已经停用"),
    "outside-level": lambda: refused(
        Need.OFFICE_FOR_OUTSIDE,
        LevelAwaitsOffice,
        Circumstances(state=State.FOUND, level=Level.GENERAL, relations=frozenset({Relation.FIRM}), found_outside=True),
    ),
    "too-late-to-withdraw": lambda: (
        TABLE[Step.WITHDRAW].who == {Relation.WALKER}
        and TABLE[Step.DISMISS].who == {Relation.DUTY_HOLDER}
        and TABLE[Step.DISMISS].never >= SECOND_PERSON
    ),
    "listed": lambda: (
        refused(Need.NOT_LISTED, StillListed, closing(listed=True)) and needs(Step.CLOSE, Need.NOT_LISTED)
    ),
    "own-firm": lambda: all(Relation.INSIDER in TABLE[step].never for step in (Step.APPROVE, Step.CLOSE)),
    "expert": lambda: allows(EXPERT, Permission.FIND) and not allows(EXPERT, Permission.SUPERVISE),
}
# Rules of storage and of screens, with the tests that hold them.
ELSEWHERE = {"tips": "tests/test_findings.py", "new-pictures": "tests/test_evidence_rounds.py"}


def test_every_question_is_checked_here_or_has_its_tests_elsewhere() -> None:
    assert sorted(ROWS) == sorted([*TRUE, *ELSEWHERE])
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("question", sorted(TRUE))
def test_the_right_answer_is_what_the_rules_say(question: str) -> None:
    assert TRUE[question]()


@pytest.mark.parametrize("question", sorted(ROWS))
def test_a_question_names_its_rule_and_says_why(question: str) -> None:
    row = ROWS[question]
    assert row.rule
    assert row.why
    assert len({row.right, *row.wrong}) == 4


@pytest.mark.parametrize("side", list(Side))
def test_twelve_are_drawn_and_all_of_the_side_sooner_or_later(side: Side) -> None:
    mine = {row.id for row in ROWS.values() if side in row.sides}
    sheets = [draw(side, seed=f"{n}") for n in range(30)]
    assert {len(s.questions) for s in sheets} == {QUESTIONS}
    assert {q.about for s in sheets for q in s.questions} == mine
    assert all(q.options[q.right] == ROWS[q.about].right for s in sheets for q in s.questions)
    assert draw(side, seed="7") == draw(side, seed="7")


@pytest.mark.parametrize("side", list(Side))
def test_the_course_is_short(side: Side) -> None:
    cards = cards_for(side)
    assert 6 <= len(cards) <= 8
    assert max(len(card.text) for card in cards) <= 120
