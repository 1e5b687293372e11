"""Sector sets: which trades and traits a rule means by “high-risk”; every rule has its own list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from checklists.criteria import Kind, load_criteria
from checklists.data import DataError, Record, data_file, read
from checklists.traits import load_traits


class TradeRow(Record):
    id: str
    name: str


class NameRow(Record):
    trades: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    trades_unless: Mapping[str, tuple[str, ...]] = {}


class SetRow(Record):
    members: tuple[str, ...]
    open_ended: bool
    source: str


class SectorSetsFile(Record):
    schema_: Literal["sector-sets/1"] = Field(alias="schema")
    other_trades: tuple[TradeRow, ...]
    names: Mapping[str, NameRow]
    sets: Mapping[str, SetRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trade:
    """A trade an enterprise can have, with the Chinese name of its criteria file."""

    id: str
    name: str


class SectorSets:
    """The sets by name and the trades there are."""

    def __init__(self, row: SectorSetsFile) -> None:
        criteria, traits = load_criteria(), load_traits()
        trades = [s for s in criteria.sectors.values() if s.kind is not Kind.GENERAL]
        self.trades = {s.id: Trade(id=s.id, name=s.name) for s in trades}
        self.trades |= {t.id: Trade(id=t.id, name=t.name) for t in row.other_trades}
        self._names, self._sets = row.names, row.sets
        for name, meant in row.names.items():
            lists = [meant.trades, *meant.trades_unless.values()]
            unknown = {t for trades in lists for t in trades} - set(self.trades)
            unknown |= {t for t in (*meant.traits, *meant.trades_unless) if t not in traits}
            if unknown:
                raise DataError(f"sector_sets.yaml: {name} means the unknown {', '.join(sorted(unknown))}")
        for name, members in row.sets.items():
            if unknown := set(members.members) - set(row.names):
                raise DataError(f"sector_sets.yaml: {name} has the unknown {'、'.join(sorted(unknown))}")

    def __contains__(self, set_name: str) -> bool:
        return set_name in self._sets

    def find(self, words: str) -> Trade | None:
        """The trade with this id or name; the part of a name in brackets may be left out."""
        wanted = "".join(words.split()).replace("(", "（").replace(")", "）")
        for trade in self.trades.values():
            if wanted in (trade.id, trade.name, trade.name.partition("（")[0]):
                return trade
        return None

    def members(self, set_name: str) -> tuple[str, ...]:
        """The Chinese names the rule itself lists; KeyError for an unknown set."""
        return self._sets[set_name].members

    def includes(self, names: Iterable[str], trades: Iterable[str], traits: Mapping[str, bool]) -> bool:
        """Whether an enterprise belongs to one of the named sectors; a name nobody mapped is a DataError.

        Where only a trait tells and it is not known, a trade that mostly belongs counts: the tighter period holds.
        """
        settled = load_traits().settle(traits)
        own = set(trades)
        return any(self._belongs(name, own, settled) for name in names)

    def _belongs(self, name: str, trades: set[str], settled: Mapping[str, bool]) -> bool:
        if name not in self._names:
            raise DataError(f"sector_sets.yaml: no meaning for {name}")
        meant = self._names[name]
        return (
            bool(trades.intersection(meant.trades))
            or any(settled.get(trait) for trait in meant.traits)
            or any(
                trades.intersection(usual) and settled.get(trait) is not False
                for trait, usual in meant.trades_unless.items()
            )
        )


@cache
def load_sector_sets() -> SectorSets:
    """The packaged sets, read once and checked against criteria and traits."""
    return SectorSets(read(data_file("sector_sets.yaml"), SectorSetsFile))
