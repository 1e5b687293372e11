"""Composing: which questions an enterprise is asked, each once, and none lost without a no."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.composing import Checklist, ExtraItem, Profile, compose, sectors_for
from checklists.criteria import load_criteria
from checklists.hazards import Level
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits

TODAY = date(2026, 11, 22)
ALL = frozenset(c.id for c in load_criteria())
TRADES = sorted(load_sector_sets().trades)
TRAITS = sorted(load_traits())


def ids(*trades: str, on: date = TODAY, adopted: frozenset[str] = frozenset(), **traits: bool) -> list[str]:
    known = {name.replace("_", "-"): has for name, has in traits.items()}
    return [item.id for item in compose(Profile(trades=trades, traits=known), on=on, adopted=adopted)]


def counts(checklist: Checklist) -> dict[str, int]:
    return {section.sector: len(section.items) for section in checklist.sections}


def test_a_machine_maker_of_whom_nothing_is_known_is_asked_everything_of_the_trade() -> None:
    checklist = compose(Profile(trades=("machinery",)), on=TODAY)
    assert counts(checklist) == {"machinery": 9, "gm-management": 3, "fire": 3}
    assert [section.name for section in checklist.sections] == ["机械", "管理类", "消防（各类单位通用）"]


def test_unverified_items_are_asked_only_when_the_office_adopted_them() -> None:
    assert "fire-15" not in ids("machinery")
    assert "fire-15" in ids("machinery", adopted=frozenset({"fire-15"}))
    assert len(ids("hazchem")) == 28
    assert len(ids("hazchem", adopted=ALL)) == 87


def test_a_special_list_joins_by_its_trait_or_as_a_trade() -> None:
    assert "dust-explosion-02a" not in ids("light-industry")
    assert "dust-explosion-02a" in ids("light-industry", dust_explosion=True)
    assert "dust-explosion-02a" in ids("light-industry", "dust-explosion")
    assert "special-equipment-05" in ids("machinery", boiler=True)


def test_an_item_is_left_out_only_by_a_no_to_what_it_needs() -> None:
    assert "machinery-07" in ids("machinery")
    assert "machinery-07" in ids("machinery", solvent_paint=True)
    assert "machinery-07" not in ids("machinery", solvent_paint=False)


def test_where_one_of_several_traits_is_enough_a_single_no_rules_nothing_out() -> None:
    assert "dust-explosion-06" in ids("dust-explosion", metal_dust=False)
    assert "dust-explosion-06" not in ids("dust-explosion", metal_dust=False, wood_dust=False)


def test_works_on_site_are_asked_even_after_a_no() -> None:
    assert "school-05" in ids("school", site_works=False)


def test_only_the_edition_in_force_on_the_day_is_asked() -> None:
    assert "coal-mine-01" not in ids("coal-mine", on=date(2026, 6, 30))
    assert "coal-mine-01" in ids("coal-mine", on=date(2026, 7, 1))
    new = frozenset({"hazchem-aq-5-1-2"})
    assert "hazchem-aq-5-1-2" not in ids("hazchem", on=date(2026, 9, 29), adopted=new)
    assert "hazchem-aq-5-1-2" in ids("hazchem", on=date(2026, 9, 30), adopted=new)


def test_the_same_question_of_two_lists_is_asked_once_and_names_the_other() -> None:
    checklist = compose(Profile(trades=("warehousing", "ammonia-refrigeration")), on=TODAY)
    listed = {item.id: item for item in checklist}
    assert "warehousing-16" not in listed
    assert "warehousing-17" not in listed
    assert listed["ammonia-refrigeration-01"].also == ("warehousing-16",)
    assert listed["ammonia-refrigeration-02"].also == ("warehousing-17",)


def test_a_double_is_asked_where_the_other_list_is_not_chosen() -> None:
    assert "light-industry-06" in ids("light-industry")
    assert "light-industry-06" not in ids("light-industry", "machinery")


def test_a_question_that_three_lists_share_is_asked_once() -> None:
    checklist = compose(Profile(trades=("tailings", "underground-mine", "open-pit-mine")), on=TODAY)
    listed = {item.id: item for item in checklist}
    assert set(listed["open-pit-mine-15"].also) == {"tailings-21", "underground-mine-36"}
    assert not {"tailings-21", "underground-mine-36"} & set(listed)


def test_an_answer_for_a_major_double_counts_as_major() -> None:
    listed = {i.id: i for i in compose(Profile(trades=("school",)), on=TODAY, adopted=ALL)}
    assert listed["school-08"].also == ("fire-06",)
    assert listed["school-08"].level is Level.MAJOR


def test_small_premises_are_asked_only_the_direct_judgement_of_fire() -> None:
    checklist = compose(Profile(trades=("small-premises",)), on=TODAY, adopted=ALL)
    assert counts(checklist) == {"small-premises": 26, "fire": 11}
    fire = [item for item in checklist if item.sector == "fire"]
    assert all(item.level is Level.MAJOR for item in fire)


def test_the_management_questions_are_for_industry_and_trade_only() -> None:
    assert "gm-management-01" in ids("textile")
    assert "gm-management-01" in ids("commerce")
    assert "gm-management-01" not in ids("hazchem")
    assert ids("other") == ["fire-22", "fire-29", "fire-30"]


def test_own_items_stand_last_and_once() -> None:
    extra = [ExtraItem(id="own-1", ask="冲床双手按钮好用吗？"), ExtraItem(id="own-1", ask="冲床双手按钮都好用吗？")]
    checklist = compose(Profile(trades=("machinery",)), on=TODAY, extra=extra)
    assert checklist.sections[-1].name == "本企业补充"
    assert [item.ask for item in checklist.sections[-1].items] == ["冲床双手按钮都好用吗？"]


def test_an_unknown_trade_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match="没有这个行业：spaceflight"):
        compose(Profile(trades=("spaceflight",)), on=TODAY)


def test_the_section_of_an_item_is_found_by_its_number() -> None:
    checklist = compose(Profile(trades=("machinery",)), on=TODAY)
    assert [checklist.section_of(n).sector for n in (0, 8, 9, 14)] == [
        "machinery",
        "machinery",
        "gm-management",
        "fire",
    ]
    with pytest.raises(IndexError):
        checklist.section_of(15)


profiles = st.builds(
    Profile,
    trades=st.lists(st.sampled_from(TRADES), min_size=1, max_size=4, unique=True).map(tuple),
    traits=st.dictionaries(st.sampled_from(TRAITS), st.booleans(), max_size=10),
)
adoptions = st.sampled_from([frozenset[str](), ALL])


@given(profile=profiles, adopted=adoptions)
def test_no_item_is_lost_without_a_no_and_none_is_asked_twice(profile: Profile, adopted: frozenset[str]) -> None:
    checklist = compose(profile, on=TODAY, adopted=adopted)
    answered = [i for item in checklist for i in (item.id, *item.also)]
    assert len(answered) == len(set(answered))
    noes = {trait for trait, has in profile.traits.items() if not has}
    for sector in sectors_for(profile):
        for c in set(sector.criteria) - {load_criteria().by_id[i] for i in answered}:
            unadopted = not c.verified and c.id not in adopted
            small = c.sector == "fire" and "small-premises" in profile.trades and c.level is Level.GENERAL
            refused = any(all(noes & load_traits().implied_by(trait) for trait in group) for group in c.needs)
            assert unadopted or small or refused, c.id


@given(profile=profiles, adopted=adoptions)
def test_a_checklist_survives_being_written_and_read(profile: Profile, adopted: frozenset[str]) -> None:
    checklist = compose(profile, on=TODAY, adopted=adopted, extra=[ExtraItem(id="own-1", ask="“灯”亮吗？")])
    again = Checklist.from_json(checklist.to_json())
    assert again == checklist
    assert again.digest == checklist.digest


def test_the_digest_changes_with_the_content() -> None:
    one = compose(Profile(trades=("textile",)), on=TODAY)
    other = compose(Profile(trades=("textile",), traits={"sodium-dithionite": False}), on=TODAY)
    assert len(one.digest) == 64
    assert one.digest == compose(Profile(trades=("textile",)), on=date(2026, 11, 23)).digest
    assert one.digest != other.digest
