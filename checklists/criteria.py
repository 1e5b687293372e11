"""Criteria: the questions of every trade with their clauses, as validated data."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal

from pydantic import Field

from checklists.data import DataError, Record, data_files, read
from checklists.hazards import Level
from checklists.traits import Traits, load_traits


class Kind(StrEnum):
    """How a file comes onto a list: by trade, by a trait, or for everybody it says."""

    SECTOR = "sector"
    SPECIAL = "special"
    GENERAL = "general"


class AnyOf(Record):
    any_of: tuple[str, ...]


class StandardRow(Record):
    title: str
    number: str
    in_force: date
    until: date | None = None


class JoinsRow(Record):
    trait: str | None = None
    ask_of: tuple[str, ...] = ()
    with_sectors: tuple[str, ...] = ()


class ItemRow(Record):
    id: str
    clause: str
    ask: str
    look: str
    level: Level
    verified: bool
    applies: str | None = None
    needs: tuple[str | AnyOf, ...] | None = None
    same_as: tuple[str, ...] = ()
    standard: str | None = None


class CriteriaFile(Record):
    schema_: Literal["criteria/1"] = Field(alias="schema")
    sector: str
    name: str
    kind: Kind
    standard: StandardRow
    other_standards: Mapping[str, StandardRow] = Field(default_factory=dict)
    joins: JoinsRow = JoinsRow()
    brings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One question; `needs` are groups of traits, one trait of each group is wanted; both days inclusive."""

    id: str
    sector: str
    sector_name: str
    ask: str
    look: str
    clause: str
    standard_title: str
    standard_number: str
    in_force_from: date
    in_force_until: date | None
    level: Level
    verified: bool
    applies: str | None
    needs: tuple[tuple[str, ...], ...]
    same_as: tuple[str, ...]

    @property
    def standard(self) -> str:
        return f"{self.standard_title}（{self.standard_number}）"

    def in_force(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)

    def ruled_out(self, settled: Mapping[str, bool]) -> bool:
        """Whether the settled traits say no to something this item needs; what is unknown rules nothing out."""
        return any(all(settled.get(trait) is False for trait in group) for group in self.needs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sector:
    """One file of criteria: a trade, a special list joined by a trait, or a general list.

    `ask_of` are the trades whose profile asks for the joining trait (empty: all); `brings` are the traits that
    every enterprise with this list has; `notes` are for the reader.
    """

    id: str
    name: str
    kind: Kind
    joins_by: str | None
    ask_of: tuple[str, ...]
    joins_with: tuple[str, ...]
    brings: tuple[str, ...]
    notes: tuple[str, ...]
    criteria: tuple[Criterion, ...]


class Criteria:
    """All sectors by id and all criteria by id, checked against each other and the traits."""

    def __init__(self, sectors: Iterable[Sector], traits: Traits) -> None:
        self.sectors = {sector.id: sector for sector in sectors}
        everything = [criterion for sector in self.sectors.values() for criterion in sector.criteria]
        doubled = [name for name, times in Counter(c.id for c in everything).items() if times > 1]
        if doubled:
            raise DataError(f"criteria: {', '.join(doubled)} is used twice")
        self.by_id = {criterion.id: criterion for criterion in everything}
        for sector in self.sectors.values():
            if unknown := [trait for trait in sector.brings if trait not in traits]:
                raise DataError(f"{sector.id}: speaks of the unknown traits {', '.join(unknown)}")
        for criterion in everything:
            self._check(criterion, traits)

    def _check(self, criterion: Criterion, traits: Traits) -> None:
        for trait in (trait for group in criterion.needs for trait in group):
            if trait not in traits:
                raise DataError(f"{criterion.id}: needs the unknown trait {trait}")
        for other in criterion.same_as:
            if other not in self.by_id:
                raise DataError(f"{criterion.id}: is the same as the unknown {other}")
            if criterion.id in self._asked_instead(other, ()):
                raise DataError(f"{criterion.id} and {other} name each other as the one to ask")
        if criterion.in_force_until is not None and criterion.in_force_until < criterion.in_force_from:
            raise DataError(f"{criterion.id}: out of force before it comes into force")

    def _asked_instead(self, criterion_id: str, above: tuple[str, ...]) -> set[str]:
        """All items that may stand for this one, over any number of steps."""
        known = self.by_id.get(criterion_id)
        others = known.same_as if known and criterion_id not in above else ()
        return {criterion_id}.union(*(self._asked_instead(other, (*above, criterion_id)) for other in others))

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)


@cache
def load_criteria() -> Criteria:
    """The packaged criteria, read once; DataError in plain words when a file is wrong."""
    traits = load_traits()
    return Criteria((_sector(read(f, CriteriaFile), traits) for f in data_files("criteria")), traits)


def _sector(row: CriteriaFile, traits: Traits) -> Sector:
    return Sector(
        id=row.sector,
        name=row.name,
        kind=row.kind,
        joins_by=row.joins.trait,
        ask_of=row.joins.ask_of,
        joins_with=row.joins.with_sectors,
        brings=(*row.brings, *([row.joins.trait] if row.joins.trait else [])),
        notes=row.notes,
        criteria=tuple(_criterion(row, item, traits) for item in row.items),
    )


def _criterion(row: CriteriaFile, item: ItemRow, traits: Traits) -> Criterion:
    standard = row.standard
    if item.standard is not None:
        if item.standard not in row.other_standards:
            raise DataError(f"{item.id}: {row.sector} has no standard {item.standard}")
        standard = row.other_standards[item.standard]
    return Criterion(
        id=item.id,
        sector=row.sector,
        sector_name=row.name,
        ask=item.ask,
        look=item.look,
        clause=item.clause,
        standard_title=standard.title,
        standard_number=standard.number,
        in_force_from=standard.in_force,
        in_force_until=standard.until,
        level=item.level,
        verified=item.verified,
        applies=item.applies,
        needs=_needs(item, traits),
        same_as=item.same_as,
    )


def _needs(item: ItemRow, traits: Traits) -> tuple[tuple[str, ...], ...]:
    if item.needs is not None:
        return tuple((need,) if isinstance(need, str) else need.any_of for need in item.needs)
    if item.applies is None:
        return ()
    if item.applies not in traits.by_condition:
        raise DataError(f"{item.id}: no trait covers “{item.applies}” and the item has no needs")
    return ((traits.by_condition[item.applies],),)
