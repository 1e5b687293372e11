"""Sector sets: “high-risk” is a different list in every rule."""

import pytest

from checklists.data import DataError
from checklists.sector_sets import load_sector_sets

SETS = load_sector_sets()


def test_37_trades_can_be_chosen() -> None:
    assert len(SETS.trades) == 37
    assert [SETS.trades[t].name for t in ("commerce", "fishery", "urban-rail", "other")] == [
        "商贸",
        "渔业生产",
        "城市轨道交通运营",
        "其他单位",
    ]
    assert "fire" not in SETS.trades


@pytest.mark.parametrize(
    ("trade", "sets"),
    [
        (
            "coal-mine",
            {"plan_heelun7", "insurance8", "training3", "law24", "law27", "licence2", "emergency8", "internal14"},
        ),
        ("construction", {"plan_heelun7", "insurance8", "law24", "law27", "licence2", "emergency8", "internal14"}),
        ("road-transport", {"plan_heelun7", "insurance8", "law24", "law27", "internal14"}),
        ("fishery", {"insurance8"}),
        ("commercial-complex", {"emergency8"}),
        ("gas-supply", {"law24", "law27", "emergency8", "internal14"}),
        ("machinery", {"internal14"}),
        ("school", set()),
    ],
)
def test_each_trade_stands_in_the_sets_of_the_rules_that_name_it(trade: str, sets: set[str]) -> None:
    names = ("plan_heelun7", "insurance8", "training3", "law24", "law27", "licence2", "emergency8", "internal14")
    assert {name for name in names if SETS.includes(SETS.members(name), (trade,), {})} == sets


def test_a_trait_alone_can_make_an_enterprise_a_member() -> None:
    assert SETS.includes(["人员密集场所（宾馆、商场、娱乐场所、旅游景区）"], ("small-premises",), {"hotel": True})
    assert not SETS.includes(["人员密集场所（宾馆、商场、娱乐场所、旅游景区）"], ("small-premises",), {})


def test_a_sector_nobody_explained_is_an_error_not_a_no() -> None:
    with pytest.raises(DataError, match="no meaning for 航天"):
        SETS.includes(["航天"], ("machinery",), {})


@pytest.mark.parametrize(
    ("words", "trade"),
    [
        ("machinery", "machinery"),
        (" 机械 ", "machinery"),
        ("学校", "school"),
        ("学校(中小学、幼儿园、高校)", "school"),
        ("小场所", "small-premises"),
        ("航天", None),
        ("", None),
    ],
)
def test_a_trade_is_found_by_id_or_name_without_the_bracket(words: str, trade: str | None) -> None:
    found = SETS.find(words)
    assert (found.id if found else None) == trade
