"""The trades a person can choose from on the phone, in groups of one page each."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from checklists.criteria import Kind, load_criteria
from checklists.data import DataError, Record, data_file, read
from checklists.sector_sets import Trade, load_sector_sets


class GroupRow(Record):
    name: str
    trades: tuple[str, ...]


class TradeGroupsFile(Record):
    schema_: Literal["trade-groups/1"] = Field(alias="schema")
    groups: tuple[GroupRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeGroup:
    """One page of trades under its Chinese name."""

    name: str
    trades: tuple[Trade, ...]


@cache
def load_trade_groups() -> tuple[TradeGroup, ...]:
    """The packaged groups; DataError unless every trade that is chosen by hand stands in exactly one."""
    groups = read(data_file("trade_groups.yaml"), TradeGroupsFile).groups
    trades, sectors = load_sector_sets().trades, load_criteria().sectors
    chosen_by_hand = {t for t in trades if t not in sectors or sectors[t].kind is Kind.SECTOR}
    times = Counter(trade for group in groups for trade in group.trades)
    if wrong := {t for t in chosen_by_hand | set(times) if times[t] != 1 or t not in chosen_by_hand}:
        raise DataError(f"trade_groups.yaml: {', '.join(sorted(wrong))} should stand in exactly one group")
    return tuple(TradeGroup(name=g.name, trades=tuple(trades[t] for t in g.trades)) for g in groups)
