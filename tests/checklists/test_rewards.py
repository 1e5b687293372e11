"""Rewards for tip-offs: the amounts of the national and the local rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.rewards import Case, Tip, estimate


@pytest.mark.parametrize(
    ("fine", "amount"),
    [
        ("0", "3000.00"),
        ("10000", "3000.00"),
        ("20000", "3000.00"),
        ("20001", "3000.15"),
        ("50000", "7500.00"),
        ("200000", "30000.00"),
        ("1000000", "150000.00"),
        ("2000000", "300000.00"),
        ("3000000", "300000.00"),
    ],
)
@pytest.mark.parametrize("case", [Case.MAJOR_HAZARD, Case.ILLEGAL_PRODUCTION])
def test_a_major_hazard_brings_fifteen_per_cent_between_floor_and_ceiling(case: Case, fine: str, amount: str) -> None:
    assert estimate(Tip(case=case, fine=Decimal(fine))).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("grade", "deaths", "amount"),
    [
        ("一般", 1, 30000),
        ("一般", 2, 60000),
        ("较大", 5, 200000),
        ("较大", 8, 300000),
        ("重大", 6, 300000),
        ("特别重大", 5, 300000),
        ("特别重大", 30, 300000),
    ],
)
def test_a_concealed_accident_brings_an_amount_per_death(grade: str, deaths: int, amount: int) -> None:
    assert estimate(Tip(case=Case.CONCEALED_ACCIDENT, grade=grade, deaths=deaths)).amount == amount


@pytest.mark.parametrize(
    ("fine", "region", "uplift", "amount"),
    [
        (0, "厦门", None, 3900),
        (200000, "厦门", None, 39000),
        (3000000, "厦门", None, 390000),
        (3000000, "全国", "0.3", 300000),
        (200000, "全国", "0.2", 36000),
        (200000, "全国", "0", 30000),
    ],
)
def test_an_insider_has_the_uplift_of_the_province(fine: int, region: str, uplift: str | None, amount: int) -> None:
    tip = Tip(
        case=Case.MAJOR_HAZARD,
        fine=Decimal(fine),
        insider=True,
        region=region,
        uplift=None if uplift is None else Decimal(uplift),
    )
    assert estimate(tip).amount == amount


def test_an_insider_without_a_known_uplift_has_a_lower_bound_only() -> None:
    found = estimate(Tip(case=Case.MAJOR_HAZARD, fine=Decimal(200000), insider=True))
    assert found.amount is None
    assert found.at_least == 30000
    assert "省里的上浮比例不清楚，至少 30000.00 元。" in found.notes


def test_a_general_hazard_has_no_national_reward() -> None:
    found = estimate(Tip(case=Case.GENERAL_HAZARD, fine=Decimal(200000)))
    assert (found.amount, found.at_least) == (None, None)
    assert estimate(Tip(case=Case.GENERAL_HAZARD, region="合肥")).formula == "500 至 2000 元，由受理部门定"


@pytest.mark.parametrize(
    ("region", "grade", "deaths", "amount"),
    [
        ("安徽", "较大", 3, 150000),
        ("安徽", "特别重大", 30, 500000),
        ("安徽", "一般", 2, 60000),
        ("天津", "较大", 8, 20000),
        ("内蒙古", "较大", 8, 300000),
        ("ordos", "一般", 1, 30000),
    ],
)
def test_local_rules_count_where_they_name_a_figure(region: str, grade: str, deaths: int, amount: int) -> None:
    tip = Tip(case=Case.CONCEALED_ACCIDENT, grade=grade, deaths=deaths, region=region)
    assert estimate(tip).amount == amount


def test_what_was_only_read_second_hand_is_said() -> None:
    assert "地方规定只见到转述，请核对原文。" in estimate(Tip(case=Case.MAJOR_HAZARD, region="东胜区")).notes
    assert "地方规定只见到转述，请核对原文。" not in estimate(Tip(case=Case.MAJOR_HAZARD)).notes


@pytest.mark.parametrize(
    ("tip", "message"),
    [
        (Tip(case=Case.MAJOR_HAZARD, fine=Decimal(-1)), "罚款金额不对"),
        (Tip(case=Case.MAJOR_HAZARD, fine=Decimal("nan")), "罚款金额不对"),
        (Tip(case=Case.MAJOR_HAZARD, deaths=1, grade="一般"), "只用于瞒报"),
        (Tip(case=Case.CONCEALED_ACCIDENT), "要写查实的瞒报死亡人数"),
        (Tip(case=Case.CONCEALED_ACCIDENT, deaths=0, grade="一般"), "至少 1 人"),
        (Tip(case=Case.CONCEALED_ACCIDENT, deaths=1, grade="很大"), "没有这个事故等级：很大；可选：一般、较大"),
        (Tip(case=Case.CONCEALED_ACCIDENT, deaths=1, grade="一般", fine=Decimal(1)), "不用罚款金额"),
        (Tip(case=Case.MAJOR_HAZARD, region="月球"), "没有这个地方的规定：月球；有：全国、安徽"),
        (Tip(case=Case.MAJOR_HAZARD, insider=True, uplift=Decimal(30)), "30% 写 0.3"),
    ],
)
def test_senseless_input_is_refused_in_plain_words(tip: Tip, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        estimate(tip)


@given(
    fines=st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)).map(sorted),
    insider=st.booleans(),
    region=st.sampled_from(["全国", "厦门", "天津", "安徽"]),
)
def test_a_higher_fine_never_brings_less_and_the_floor_and_ceiling_hold(
    fines: list[int], insider: bool, region: str
) -> None:
    def amount(fine: int) -> Decimal:
        found = estimate(Tip(case=Case.MAJOR_HAZARD, fine=Decimal(fine), insider=insider, region=region))
        return found.amount if found.amount is not None else found.at_least or Decimal(0)

    low, high = map(amount, fines)
    assert 3000 <= low <= high <= (390000 if insider and region == "厦门" else 300000)
