"""Composing the checklist of one enterprise from its trades, its traits, the day, and what was adopted or added."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from checklists.criteria import Criteria, Criterion, Kind, Sector, load_criteria
from checklists.hazards import Level
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits

OWN_SECTION = "own"
OWN_SECTION_WORDS = "本企业补充"
OWN_BASIS_WORDS = "本企业自查标准"
_SMALL_PREMISES = "small-premises"
_FIRE = "fire"


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What is known of an enterprise: trades in its own order, and the traits answered yes or no."""

    trades: tuple[str, ...]
    traits: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtraItem:
    """An item of the enterprise's own standard (一企业一套标准); `basis` says what it rests on."""

    id: str
    ask: str
    look: str = ""
    basis: str = OWN_BASIS_WORDS


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistItem:
    """One question as it stood when the list was composed.

    `also` are the ids of items of other lists that this answer covers; `sector` may differ from the section only
    for own items.
    """

    id: str
    sector: str
    ask: str
    look: str
    clause: str
    standard: str
    level: Level
    verified: bool
    also: tuple[str, ...] = ()
    applies: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """The items of one trade or list, in the order of its clauses, with what the reader must know."""

    sector: str
    name: str
    items: tuple[ChecklistItem, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """A composed list that never changes; a running inspection keeps the one it began with."""

    sections: tuple[Section, ...]

    def __len__(self) -> int:
        return sum(len(section.items) for section in self.sections)

    def __iter__(self) -> Iterator[ChecklistItem]:
        return (item for section in self.sections for item in section.items)

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        return tuple(self)

    def section_of(self, number: int) -> Section:
        """The section of the item with this number, counted from 0; IndexError beyond the end."""
        for section in self.sections:
            if 0 <= number < len(section.items):
                return section
            number -= len(section.items)
        raise IndexError("no such item")

    def to_json(self) -> str:
        return json.dumps([asdict(s) for s in self.sections], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Checklist":
        """The list written by `to_json`; fields that a later edition added keep their defaults."""
        return cls(tuple(_section(row) for row in json.loads(text)))

    @property
    def digest(self) -> str:
        """The edition: SHA-256 of the JSON text in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _section(row: Mapping[str, Any]) -> Section:
    items = tuple(
        ChecklistItem(**{**item, "level": Level(item["level"]), "also": tuple(item["also"])}) for item in row["items"]
    )
    return Section(**{**row, "items": items, "notes": tuple(row["notes"])})


def compose(
    profile: Profile,
    *,
    on: date,
    adopted: Collection[str] = (),
    extra: Sequence[ExtraItem] = (),
) -> Checklist:
    """The checklist of an enterprise on a day in China.

    Items stand in sections: trades in the profile's order, special lists, general lists, own items. Left out is
    only what the profile says no to, what is not in force, what is unverified and not `adopted` (ids), and what
    another item of the list asks already. Raises ValueError for an unknown trade.
    """
    settled = settled_traits(profile)
    chosen = [
        (sector, [c for c in items if not c.ruled_out(settled)])
        for sector, items in candidates(profile, on=on, adopted=adopted)
    ]
    asked = {c.id: c for _, items in chosen for c in items}
    covers = _merged(asked)
    covered = {other for others in covers.values() for other in others}
    sections = [
        Section(
            sector=sector.id,
            name=sector.name,
            notes=sector.notes,
            items=tuple(_item(c, covers.get(c.id, ()), load_criteria()) for c in items if c.id not in covered),
        )
        for sector, items in chosen
    ]
    sections.append(_own_section(extra))
    return Checklist(tuple(section for section in sections if section.items))


def settled_traits(profile: Profile) -> dict[str, bool]:
    """What is known of all traits: the answers, what follows from them, and what the trades bring by themselves."""
    sectors = load_criteria().sectors
    brought = {trait: True for trade in profile.trades if trade in sectors for trait in sectors[trade].brings}
    return load_traits().settle({**profile.traits, **brought})


def sectors_for(profile: Profile) -> list[Sector]:
    """The lists an enterprise is asked: its trades, specials joined by trade or trait, and the general ones."""
    sectors = load_criteria().sectors
    settled = settled_traits(profile)
    trades = list(dict.fromkeys(profile.trades))
    if unknown := [trade for trade in trades if trade not in {*sectors, *load_sector_sets().trades}]:
        raise ValueError(f"没有这个行业：{'、'.join(unknown)}")
    own = [sectors[trade] for trade in trades if trade in sectors]
    joined = [s for s in sectors.values() if s.kind is Kind.SPECIAL and s not in own and settled.get(s.joins_by or "")]
    general = [s for s in sectors.values() if s.kind is Kind.GENERAL and s not in own]
    present = set(trades) | {s.id for s in joined}
    # The list for everybody comes last, behind those for some.
    general.sort(key=lambda s: not s.joins_with)
    return [*own, *joined, *(s for s in general if not s.joins_with or present.intersection(s.joins_with))]


def candidates(profile: Profile, *, on: date, adopted: Collection[str] = ()) -> list[tuple[Sector, list[Criterion]]]:
    """All items that may be asked on a day by list, before the profile's noes and the doubles are taken out."""
    # The daily points of small premises replace the combined judgement of fire.
    small = _SMALL_PREMISES in profile.trades

    def may_be_asked(criterion: Criterion) -> bool:
        replaced = small and criterion.sector == _FIRE and criterion.level is not Level.MAJOR
        return criterion.in_force(on) and (criterion.verified or criterion.id in adopted) and not replaced

    return [(s, [c for c in s.criteria if may_be_asked(c)]) for s in sectors_for(profile)]


def _merged(asked: Mapping[str, Criterion]) -> dict[str, tuple[str, ...]]:
    """For every item that stands for others, the ids of those others."""
    merged: dict[str, list[str]] = {}
    for criterion in asked.values():
        keeper = _keeper(criterion, asked)
        if keeper.id != criterion.id:
            merged.setdefault(keeper.id, []).append(criterion.id)
    return {keeper: tuple(others) for keeper, others in merged.items()}


def _keeper(criterion: Criterion, asked: Mapping[str, Criterion]) -> Criterion:
    for other in criterion.same_as:
        if other in asked:
            return _keeper(asked[other], asked)
    return criterion


def _item(criterion: Criterion, others: Iterable[str], criteria: Criteria) -> ChecklistItem:
    also = tuple(others)
    major = Level.MAJOR in {criterion.level, *(criteria.by_id[other].level for other in also)}
    return ChecklistItem(
        id=criterion.id,
        sector=criterion.sector,
        ask=criterion.ask,
        look=criterion.look,
        clause=criterion.clause,
        standard=criterion.standard,
        level=Level.MAJOR if major else Level.GENERAL,
        verified=criterion.verified,
        also=also,
        applies=criterion.applies or "",
    )


def _own_section(extra: Sequence[ExtraItem]) -> Section:
    items = tuple(
        ChecklistItem(
            id=item.id,
            sector=OWN_SECTION,
            ask=item.ask,
            look=item.look,
            clause=item.basis,
            standard=OWN_BASIS_WORDS,
            level=Level.GENERAL,
            verified=True,
        )
        for item in {item.id: item for item in extra}.values()
    )
    return Section(sector=OWN_SECTION, name=OWN_SECTION_WORDS, items=items)
