"""Questions on criteria: of every trade and many seeds well formed, with one right option that the data prove."""

import json
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.composing import Profile, compose
from checklists.criteria import load_criteria
from checklists.hazards import LEVEL_NAMES, Level
from checklists.matching import alike
from checklists.quiz_making import (
    ABSENT_WORDS,
    ALWAYS_WORDS,
    FIXED_WORDS,
    GOOD_WORDS,
    LAST_TIME_WORDS,
    LATER_WORDS,
    QUESTIONS,
    UNSEEN_WORDS,
    Item,
    draw,
    items_of,
    items_of_lists,
    never_major,
    quizzable,
)
from checklists.quizzes import Asks, Question, Sheet
from checklists.sector_sets import load_sector_sets

ON = date(2026, 11, 23)
TRADES = sorted(load_sector_sets().trades)
LISTS = sorted(s for s in load_criteria().sectors if quizzable(items_of_lists(s, on=ON)))
KNOWN = load_criteria().by_id
BAD = {FIXED_WORDS, LATER_WORDS, ALWAYS_WORDS}


def of_trades(*trades: str) -> list[Item]:
    return items_of(compose(Profile(trades=trades), on=ON))


def is_well_formed(question: Question) -> bool:
    two = question.asks is Asks.LEVEL
    return (
        len(question.options) == (2 if two else 4)
        and len(set(question.options)) == len(question.options)
        and 0 <= question.right < len(question.options)
        and all(option.strip() for option in question.options)
    )


def proves(question: Question, pool: list[Item]) -> bool:
    """Whether the data say that the right option is right and every other one is wrong, found independently of it."""
    item = next(i for i in pool if i.id == question.about)
    criterion, right = KNOWN[question.about], question.options[question.right]
    wrong = [option for option in question.options if option != right]
    match question.asks:
        case Asks.LEVEL:
            general_for_sure = item.level is Level.MAJOR or not any(
                alike(item.id, c.id) for c in KNOWN.values() if c.level is Level.MAJOR
            )
            return right == LEVEL_NAMES[item.level] and general_for_sure
        case Asks.MAJOR:
            levels = {i.ask: i for i in pool}
            return levels[right].level is Level.MAJOR and all(
                levels[w].level is Level.GENERAL and never_major(levels[w].id) for w in wrong
            )
        case Asks.STANDARD:
            on_the_list = {c.standard_title for c in KNOWN.values() if c.sector == item.sector}
            held = {w: [c for c in KNOWN.values() if c.standard_title == w] for w in wrong}
            return (
                right == criterion.standard_title
                and criterion.level is Level.MAJOR
                and not on_the_list & set(wrong)
                and not any(alike(item.id, c.id) for found in held.values() for c in found)
            )
        case Asks.NUMBER:
            gap = question.ask.index("（　　）")
            filled = question.ask.replace("（　　）", right)
            return filled == criterion.ask and all(float(w) != float(right) for w in wrong) and gap >= 0
        case Asks.LISTED:
            mine = [c for c in KNOWN.values() if c.sector == item.sector]
            others = [[c for c in KNOWN.values() if c.ask == w] for w in wrong]
            return right == criterion.ask and not any(
                c.sector == item.sector or any(alike(c.id, m.id) for m in mine)
                for found in others
                for c in found
                if c.verified
            )
        case Asks.ANSWER:
            fair = {GOOD_WORDS, UNSEEN_WORDS, ABSENT_WORDS if item.applies else LAST_TIME_WORDS}
            return right in BAD and set(wrong) == fair
        case Asks.LEDGER:
            return False


@settings(max_examples=250)
@given(
    trades=st.lists(st.sampled_from(TRADES), min_size=1, max_size=3, unique=True),
    seed=st.text("0123456789abcdef", min_size=4),
)
def test_of_any_firm_and_seed_every_question_has_one_answer_that_the_data_prove(trades: list[str], seed: str) -> None:
    pool = of_trades(*trades)
    sheet = draw(pool, seed=seed)
    assert [q for q in sheet.questions if not is_well_formed(q)] == []
    assert [q for q in sheet.questions if not proves(q, pool)] == []
    assert [q for q in sheet.questions if not KNOWN[q.about].verified] == []
    assert max(Counter((q.asks, q.about) for q in sheet.questions).values()) == 1, "nothing is asked twice"


@pytest.mark.parametrize("scope", [*LISTS, ""])
def test_of_every_list_the_questions_are_proved_too(scope: str) -> None:
    pool = items_of_lists(scope, on=ON)
    for seed in range(12):
        sheet = draw(pool, seed=f"{seed}", scope=scope)
        assert [q for q in sheet.questions if not is_well_formed(q) or not proves(q, pool)] == []
        assert sheet.scope == scope


@pytest.mark.parametrize("trade", TRADES)
def test_every_trade_gets_questions_and_ten_where_there_is_enough_to_ask(trade: str) -> None:
    pool = of_trades(trade)
    number = len(draw(pool, seed="a").questions)
    assert number == QUESTIONS if len(quizzable(pool)) >= 5 else number >= 4


@pytest.mark.parametrize("trade", ["coal-mine", "construction", "courier", "small-premises", "other"])
def test_every_criterion_that_applies_is_asked_sooner_or_later(trade: str) -> None:
    pool = of_trades(trade)
    asked = {q.about for seed in range(60) for q in draw(pool, seed=f"{seed}").questions}
    assert asked == {item.id for item in quizzable(pool)}


def test_what_is_not_verified_is_learnt_where_it_is_adopted_and_never_asked() -> None:
    adopted = next(c.id for c in KNOWN.values() if c.sector == "hazchem" and not c.verified and c.in_force(ON))
    pool = items_of_lists("hazchem", on=ON, adopted=[adopted])
    assert adopted in {item.id for item in pool}
    assert adopted not in {q.about for seed in range(80) for q in draw(pool, seed=f"{seed}").questions}


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    pool = of_trades("machinery")
    assert draw(pool, seed="a") == draw(pool, seed="a")
    assert draw(pool, seed="a") != draw(pool, seed="b")


def test_the_right_option_stands_at_every_place() -> None:
    pool = of_trades("courier", "road-transport")
    places = Counter(q.right for seed in range(50) for q in draw(pool, seed=f"{seed}").questions if len(q.options) == 4)
    assert min(places[n] for n in range(4)) > sum(places.values()) / 8


def test_all_kinds_of_questions_are_asked() -> None:
    pool = items_of_lists("", on=ON)
    kinds = {q.asks for seed in range(40) for q in draw(pool, seed=f"{seed}").questions}
    assert kinds == set(Asks) - {Asks.LEDGER}


def test_nothing_to_ask_is_said() -> None:
    with pytest.raises(ValueError, match="no criterion"):
        draw([], seed="a")


def test_a_sheet_comes_back_from_its_json() -> None:
    sheet = draw(of_trades("machinery"), seed="a").answered(0, 1)
    assert Sheet.from_json(sheet.to_json()) == sheet
    assert json.loads(sheet.to_json())["answers"] == [1]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("civil-explosives-03b", "construction-03", True),
        ("warehousing-16", "ammonia-refrigeration-01", True),
        ("small-premises-03", "school-09", True),
        ("courier-14", "school-06", True),
        ("coal-mine-22", "textile-02b", False),
    ],
)
def test_questions_about_the_same_thing_are_known_as_alike(one: str, other: str, expected: bool) -> None:
    assert alike(one, other) is expected
    assert alike(other, one) is expected


def test_a_general_point_that_is_major_elsewhere_is_not_asked_for_its_level() -> None:
    assert not never_major("small-premises-03")
    pool = of_trades("small-premises")
    asked = {(q.asks, q.about) for seed in range(60) for q in draw(pool, seed=f"{seed}").questions}
    assert (Asks.ANSWER, "small-premises-03") in asked
    assert (Asks.LEVEL, "small-premises-03") not in asked
