"""The criteria files: all there, whole, and refused with plain words when something is wrong."""

from dataclasses import replace
from datetime import date

import pytest
import yaml
from pydantic import BaseModel

from checklists.criteria import Criteria, Kind, Sector, load_criteria
from checklists.data import DataError, Record, data_files, read
from checklists.hazards import Level
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits

ITEMS = {
    "ammonia-refrigeration": 2,
    "building-materials": 8,
    "civil-explosives": 17,
    "coal-mine": 32,
    "commercial-complex": 22,
    "confined-space": 2,
    "construction": 52,
    "courier": 17,
    "dust-explosion": 15,
    "elderly-care": 22,
    "fire": 30,
    "fireworks": 24,
    "gas-supply": 21,
    "gas-user": 27,
    "gm-management": 3,
    "hazardous-waste": 18,
    "hazchem": 57,
    "heritage": 20,
    "hospital": 21,
    "light-industry": 7,
    "machinery": 9,
    "metallurgy": 14,
    "nonferrous": 20,
    "open-pit-mine": 17,
    "ports": 22,
    "property-management": 20,
    "road-transport": 23,
    "school": 22,
    "small-premises": 26,
    "special-equipment": 45,
    "tailings": 23,
    "textile": 3,
    "tobacco": 3,
    "underground-mine": 43,
    "warehousing": 23,
}


def test_there_are_35_files_with_730_items() -> None:
    criteria = load_criteria()
    assert {sector.id: len(sector.criteria) for sector in criteria.sectors.values()} == ITEMS
    assert len(criteria) == 730


def test_502_items_were_verified_and_475_are_major() -> None:
    criteria = load_criteria()
    assert sum(c.verified for c in criteria) == 502
    assert sum(c.level is Level.MAJOR for c in criteria) == 475
    fire = criteria.sectors["fire"].criteria
    assert [c.id for c in fire if c.verified] == ["fire-22", "fire-29", "fire-30"]
    assert all(not c.verified for c in criteria if c.id.startswith("hazchem-aq-"))


def test_an_item_tells_its_standard_clause_and_days() -> None:
    item = load_criteria().by_id["coal-mine-01"]
    assert item.standard == "煤矿重大事故隐患判定标准（2026年修订）（应急管理部令第21号）"
    assert (item.in_force(date(2026, 6, 30)), item.in_force(date(2026, 7, 1))) == (False, True)
    new = load_criteria().by_id["hazchem-aq-5-1-2"]
    assert (new.standard_number, new.in_force_from) == ("AQ 3067-2026", date(2026, 9, 30))
    supplement = load_criteria().by_id["tailings-21"]
    assert (supplement.standard_number, supplement.in_force_from) == ("矿安〔2024〕41号", date(2024, 4, 23))


def test_every_item_has_words_a_clause_and_a_place_to_look() -> None:
    for criterion in load_criteria():
        assert 8 <= len(criterion.ask) <= 60, criterion.id
        assert criterion.look, criterion.id
        assert criterion.clause, criterion.id


def test_only_conditions_nobody_can_judge_on_the_phone_need_nothing() -> None:
    unruled = {c.applies for c in load_criteria() if c.applies and not c.needs}
    assert unruled == {"按规定应设消火栓", "生产、经营单位", "高层建筑内的场所（其他场所参照）"}


def test_all_conditions_of_all_files_are_understood() -> None:
    criteria, traits = load_criteria(), load_traits()
    assert len({c.applies for c in criteria if c.applies}) == 330
    assert sum(c.applies is not None for c in criteria) == 469
    used = {trait for c in criteria for group in c.needs for trait in group}
    brought = {trait for sector in criteria.sectors.values() for trait in sector.brings}
    upwards = {up for trait in used for up in traits.implied_by(trait)}
    trades_only = {"fireworks-retailer", "fireworks-wholesaler"}
    assert set(traits) == used | brought | upwards | trades_only


def test_the_texts_of_conditions_covered_by_traits_are_all_in_use() -> None:
    assert set(load_traits().by_condition) <= {c.applies for c in load_criteria()}


def test_27_lists_are_trades_six_join_by_a_trait_and_two_are_general() -> None:
    kinds = {kind: [s.id for s in load_criteria().sectors.values() if s.kind is kind] for kind in Kind}
    assert kinds[Kind.GENERAL] == ["fire", "gm-management"]
    assert kinds[Kind.SPECIAL] == [
        "ammonia-refrigeration",
        "confined-space",
        "dust-explosion",
        "gas-user",
        "hazardous-waste",
        "special-equipment",
    ]
    assert len(kinds[Kind.SECTOR]) == 27


def test_the_rule_that_fitted_but_dead_protection_is_major_is_told_with_every_trade_list_of_the_order() -> None:
    sectors = load_criteria().sectors
    order10 = [s for s in sectors.values() if s.criteria[0].standard_number == "应急管理部令第10号"]
    assert len(order10) == 11
    assert all("装了但失效、停用、被屏蔽" in s.notes[0] for s in order10)


def test_lists_are_asked_of_and_joined_with_trades_that_exist() -> None:
    trades = set(load_sector_sets().trades)
    for sector in load_criteria().sectors.values():
        assert trades.issuperset(sector.ask_of)
        assert trades.issuperset(sector.joins_with)


def _sector_with(*criteria_ids: str) -> Sector:
    known = load_criteria()
    return replace(known.sectors["fire"], criteria=tuple(known.by_id[i] for i in criteria_ids))


def test_an_id_used_twice_stops_the_bot() -> None:
    with pytest.raises(DataError, match="criteria: fire-01 is used twice"):
        Criteria([_sector_with("fire-01", "fire-01")], load_traits())


def test_a_double_naming_an_unknown_item_stops_the_bot() -> None:
    with pytest.raises(DataError, match="fire-06: is the same as the unknown school-08"):
        Criteria([_sector_with("fire-06")], load_traits())


def test_doubles_that_name_each_other_in_a_circle_stop_the_bot() -> None:
    items = [load_criteria().by_id[i] for i in ("fire-01", "fire-02", "fire-03")]
    circle = [replace(item, same_as=(items[place - 1].id,)) for place, item in enumerate(items)]
    sector = replace(load_criteria().sectors["fire"], criteria=tuple(circle))
    with pytest.raises(DataError, match="fire-01 and fire-03 name each other as the one to ask"):
        Criteria([sector], load_traits())


class _Thing(Record):
    name: str
    day: date | None = None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: b\n", "name is written twice"),
        ("nmae: a\n", "nmae: Extra inputs are not permitted"),
        ("name: a\nday: '2026-02-30'\n", "day: Input should be a valid date"),
        ("name: [a\n", "things.yaml"),
        ("", "things.yaml"),
    ],
)
def test_a_wrong_data_file_is_refused_by_name_and_place(tmp_path, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "things.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read(file, _Thing)


def test_no_data_file_carries_web_addresses() -> None:
    for folder in ("criteria", "plans", "calendars"):
        for file in data_files(folder):
            assert "http" not in file.read_text(encoding="utf-8"), file.name


def test_data_files_are_plain_yaml_for_other_programs_too() -> None:
    rows = yaml.safe_load(data_files("criteria")[0].read_text(encoding="utf-8"))
    assert rows["items"][0]["id"] == "ammonia-refrigeration-01"
    assert issubclass(Record, BaseModel)
