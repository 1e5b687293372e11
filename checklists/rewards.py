"""Rewards for tip-offs (举报奖励): the national formulas, the local rules that were seen, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Literal

from pydantic import Field

from checklists.data import DataError, Record, data_file, read

MOST_FINE = Decimal(10) ** 12
_CENT = Decimal("0.01")


class Case(StrEnum):
    """What was reported and found true."""

    MAJOR_HAZARD = "major-hazard"
    ILLEGAL_PRODUCTION = "illegal-production"
    CONCEALED_ACCIDENT = "concealed-accident"
    GENERAL_HAZARD = "general-hazard"


class NationalRow(Record):
    title: str
    number: str
    fine_share: Decimal
    least: Decimal
    most: Decimal
    per_death: Mapping[str, Decimal]


class ConcealedRow(Record):
    per_death: Mapping[str, Decimal] = Field(default_factory=dict)
    per_case: Mapping[str, Decimal] = Field(default_factory=dict)
    most: Decimal | None = None


class RangeRow(Record):
    least: Decimal
    most: Decimal


class RegionRow(Record):
    id: str
    names: tuple[str, ...]
    title: str
    status: Literal["verified", "partly", "unverified"]
    concealed: ConcealedRow | None = None
    general: RangeRow | None = None
    uplift: Decimal | None = None
    cap_uplifted: bool = False
    notes: tuple[str, ...] = ()


class InsiderRow(Record):
    title: str
    number: str


class RewardsFile(Record):
    schema_: Literal["rewards/1"] = Field(alias="schema")
    national: NationalRow
    insider: InsiderRow
    regions: tuple[RegionRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tip:
    """A tip found true: the fines imposed for it in yuan, or the concealed deaths and the accident's grade.

    `uplift` (0.3 for 30 %) is the province's for an insider (从业人员), over what is known of the region.
    """

    case: Case
    fine: Decimal = Decimal(0)
    deaths: int | None = None
    grade: str | None = None
    insider: bool = False
    region: str = "national"
    uplift: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reward:
    """An estimate in yuan; `amount` is None where no rule names one, `at_least` then what is sure, if anything."""

    amount: Decimal | None
    at_least: Decimal | None
    formula: str
    source: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Base:
    """A sum before the insider's uplift, with its ceiling where there is one."""

    uncapped: Decimal | None
    cap: Decimal | None
    formula: str
    source: str


def estimate(tip: Tip) -> Reward:
    """The reward by the rule of the region, else the national one; ValueError in plain Chinese for senseless input."""
    rules = load_rewards()
    _check(tip, rules)
    region = _region(tip.region, rules)
    base = _base(tip, region, rules)
    notes = [*region.notes]
    if region.status != "verified":
        notes.append("地方规定只见到转述，请核对原文。")
    if tip.case in (Case.MAJOR_HAZARD, Case.ILLEGAL_PRODUCTION) and tip.fine == 0:
        notes.append("没有罚款的，按“最低奖励3000元”理解，请受理部门确认。")
    if base.uncapped is None:
        notes.append("一般隐患没有全国奖励，看地方规定或企业内部奖励。")
        return _reward(None, None, base.formula, base.source, notes, rules)
    if not tip.insider:
        return _reward(_capped(base.uncapped, base.cap), None, base.formula, base.source, notes, rules)
    return _insider(tip, region, base, notes, rules)


def _insider(tip: Tip, region: RegionRow, base: _Base, notes: list[str], rules: RewardsFile) -> Reward:
    assert base.uncapped is not None
    uplift = tip.uplift if tip.uplift is not None else region.uplift
    source = f"{base.source}；《{rules.insider.title}》（{rules.insider.number}）"
    notes.append("从业人员举报要真实姓名和联系方式，领奖时可能要证明劳动关系。")
    least = _capped(base.uncapped, base.cap)
    if uplift is None:
        notes.append(f"省里的上浮比例不清楚，至少 {least} 元。")
        return _reward(None, least, f"({base.formula}) × (1 + 上浮比例)", source, notes, rules)
    cap = base.cap * (1 + uplift) if base.cap is not None and region.cap_uplifted else base.cap
    formula = f"({base.formula}) × (1 + {uplift})" + ("，最高额同样上浮" if region.cap_uplifted else "")
    return _reward(_capped(least * (1 + uplift), cap), None, formula, source, notes, rules)


def _base(tip: Tip, region: RegionRow, rules: RewardsFile) -> _Base:
    national = rules.national
    source = f"《{national.title}》（{national.number}）"
    if tip.case is Case.GENERAL_HAZARD:
        span = region.general
        formula = f"{span.least} 至 {span.most} 元，由受理部门定" if span else "没有公式"
        return _Base(None, None, formula, region.title if span else source)
    if tip.case is not Case.CONCEALED_ACCIDENT:
        formula = f"min(max({national.fine_share} × 罚款, {national.least}), {national.most})"
        return _Base(max(national.fine_share * tip.fine, national.least), national.most, formula, source)
    assert tip.deaths is not None
    grade, local = tip.grade or "", region.concealed or ConcealedRow()
    if grade in local.per_case:
        return _Base(local.per_case[grade], None, f"{grade}事故每起 {local.per_case[grade]}", region.title)
    if grade in local.per_death:
        rate, most, source = local.per_death[grade], local.most, region.title
    else:
        rate, most = national.per_death[grade], national.most
    return _Base(rate * tip.deaths, most, f"min({rate} × 查实瞒报死亡人数, {most})", source)


def _capped(amount: Decimal, cap: Decimal | None) -> Decimal:
    return (amount if cap is None else min(amount, cap)).quantize(_CENT)


def _reward(
    amount: Decimal | None,
    at_least: Decimal | None,
    formula: str,
    source: str,
    notes: list[str],
    rules: RewardsFile,
) -> Reward:
    return Reward(amount=amount, at_least=at_least, formula=formula, source=source, notes=(*notes, *rules.notes))


def _check(tip: Tip, rules: RewardsFile) -> None:
    if not (tip.fine.is_finite() and 0 <= tip.fine <= MOST_FINE):
        raise ValueError("罚款金额不对：应是 0 元以上的数")
    if tip.uplift is not None and not (tip.uplift.is_finite() and 0 <= tip.uplift <= 10):
        raise ValueError("上浮比例不对：30% 写 0.3")
    if tip.case is not Case.CONCEALED_ACCIDENT:
        if tip.deaths is not None or tip.grade is not None:
            raise ValueError("死亡人数和事故等级只用于瞒报、谎报事故")
        return
    if tip.fine:
        raise ValueError("瞒报、谎报事故按死亡人数算，不用罚款金额")
    if tip.deaths is None or tip.deaths < 1 or tip.grade is None:
        raise ValueError("瞒报、谎报事故要写查实的瞒报死亡人数（至少 1 人）和事故等级")
    if tip.grade not in rules.national.per_death:
        raise ValueError(f"没有这个事故等级：{tip.grade}；可选：{'、'.join(rules.national.per_death)}")


def _region(words: str, rules: RewardsFile) -> RegionRow:
    for region in rules.regions:
        if words.strip().lower() in (region.id, *region.names):
            return region
    known = "、".join(region.names[0] for region in rules.regions)
    raise ValueError(f"没有这个地方的规定：{words}；有：{known}")


@cache
def load_rewards() -> RewardsFile:
    """The packaged rules, read once."""
    rules = read(data_file("rewards.yaml"), RewardsFile)
    if "national" not in {region.id for region in rules.regions}:
        raise DataError("rewards.yaml: the national rule is missing")
    return rules
