"""The profile asked on the phone in a minute of taps."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.criteria import load_criteria
from checklists.profiles import questions_for_profile
from checklists.sector_sets import load_sector_sets
from checklists.traits import Lasts, load_traits

TODAY = date(2026, 11, 22)
ALL = frozenset(c.id for c in load_criteria())


def names(*trades: str, taken: int = 0, **known: bool) -> list[str]:
    answers = {name.replace("_", "-"): has for name, has in known.items()}
    return [t.id for t in questions_for_profile(trades, answers, on=TODAY, taken=taken)]


def test_the_weightiest_question_comes_first() -> None:
    assert names("machinery")[:5] == [
        "special-equipment",
        "gas-user",
        "hazardous-waste",
        "dust-explosion",
        "metal-casting",
    ]


def test_questions_lead_on_from_a_yes() -> None:
    assert "boiler" not in names("machinery")
    assert "boiler" in names("machinery", special_equipment=True)
    assert "boiler" not in names("machinery", special_equipment=False)


def test_dust_and_confined_spaces_are_asked_of_industry_only() -> None:
    assert "dust-explosion" not in names("hospital")
    assert "confined-space" in names("textile")


def test_nothing_is_asked_for_items_that_are_not_adopted() -> None:
    assert (
        names("small-premises")
        == ["special-equipment", "gas-user", "hazardous-waste", "crowded-place", "many-people"][
            : len(names("small-premises"))
        ]
    )
    assert "fire-doors" not in names("other")


def test_a_minute_of_taps_is_twelve() -> None:
    assert len(names("construction")) == 12
    assert len(names("construction", taken=10)) == 2
    assert names("construction", taken=12) == []


@settings(max_examples=25, deadline=None)
@given(
    trades=st.lists(st.sampled_from(sorted(load_sector_sets().trades)), min_size=1, max_size=3, unique=True),
    answers=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_a_dialog_asks_each_thing_once_and_ends_within_twelve_taps(trades: list[str], answers: list[bool]) -> None:
    known: dict[str, bool] = {}
    for tap, answer in enumerate(answers):
        questions = questions_for_profile(trades, known, on=TODAY, adopted=ALL, taken=tap)
        if not questions:
            break
        assert questions[0].id not in known
        assert questions[0].lasts is not Lasts.PASSING
        known[questions[0].id] = answer
    assert questions_for_profile(trades, known, on=TODAY, adopted=ALL, taken=12) == []
    assert set(known) <= set(load_traits())
