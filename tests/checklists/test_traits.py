"""Traits: what one answer says of others."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checklists.traits import Lasts, Trait, load_traits

IDS = sorted(load_traits())


def test_there_are_291_traits_each_with_a_question() -> None:
    traits = load_traits()
    assert len(traits) == 291
    assert all(trait.ask.endswith("？") and len(trait.ask) <= 60 for trait in traits.values())
    assert len({trait.name for trait in traits.values()}) == 291


def test_a_yes_counts_upwards() -> None:
    assert load_traits().settle({"power-boiler": True}) == {
        "power-boiler": True,
        "boiler": True,
        "special-equipment": True,
    }


def test_a_no_counts_downwards() -> None:
    assert load_traits().settle({"deep-well-casting": False}) == {
        "deep-well-casting": False,
        "deep-well-fixed-furnace": False,
        "deep-well-tilting-furnace": False,
        "deep-well-wire-rope": False,
    }


def test_a_yes_wins_over_a_no_that_contradicts_it() -> None:
    settled = load_traits().settle({"special-equipment": False, "boiler": True})
    assert settled["special-equipment"] is True
    assert settled["boiler"] is True
    assert "crane" not in settled


def test_what_passes_never_rests_on_a_no() -> None:
    assert load_traits().settle({"site-works": False, "large-events": False}) == {}
    assert load_traits().settle({"site-works": True}) == {"site-works": True}


def test_an_answer_on_a_phase_of_works_holds_for_a_month() -> None:
    given_on = date(2026, 10, 1)
    answers = [("scaffold", False, given_on), ("boiler", False, given_on), ("no-such-trait", True, given_on)]
    held = load_traits().holding(answers, given_on + timedelta(days=31))
    assert held == {"scaffold": False, "boiler": False}
    assert load_traits().holding(answers, given_on + timedelta(days=32)) == {"boiler": False}


def test_a_trait_is_found_by_id_name_or_the_words_of_a_condition() -> None:
    def found(words: str) -> str | None:
        trait: Trait | None = load_traits().find(words)
        return trait.id if trait else None

    assert found("boiler") == "boiler"
    assert found("有锅炉") == found(" 锅炉 ") == "boiler"
    assert found("粉尘") == "dust-explosion"
    assert found("使用管道燃气") == "piped-gas"
    assert found("锅") is None


@given(st.dictionaries(st.sampled_from(IDS), st.booleans(), max_size=12))
def test_no_answer_is_turned_round_except_a_no_by_a_yes(known: dict[str, bool]) -> None:
    traits = load_traits()
    settled = traits.settle(known)
    for trait, has in known.items():
        if has:
            assert settled[trait] is True
        elif settled.get(trait) is True:
            assert any(yes and trait in traits.implied_by(t) for t, yes in known.items())
    for trait, has in settled.items():
        if not has:
            assert traits[trait].lasts is not Lasts.PASSING
            assert any(known.get(up) is False for up in traits.implied_by(trait))
