"""Traits: what an enterprise has or has not, which decides the items it is asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Literal

from pydantic import Field

from checklists.data import DataError, Record, data_file, read

PHASE_HOLDS = timedelta(days=31)


class Lasts(StrEnum):
    """How long an answer may be relied on."""

    LASTING = "lasting"
    PHASE = "phase"
    PASSING = "passing"


class TraitRow(Record):
    id: str
    name: str
    ask: str
    implies: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    lasts: Lasts = Lasts.LASTING


class TraitFile(Record):
    schema_: Literal["traits/1"] = Field(alias="schema")
    traits: tuple[TraitRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trait:
    """One trait; `implies` are the traits it brings with it, `covers` the conditions of items it answers."""

    id: str
    name: str
    ask: str
    implies: tuple[str, ...]
    covers: tuple[str, ...]
    also: tuple[str, ...]
    lasts: Lasts


class Traits(Mapping[str, Trait]):
    """All traits by id, with what follows from one for the others."""

    def __init__(self, traits: tuple[Trait, ...]) -> None:
        self._by_id = {trait.id: trait for trait in traits}
        if len(self._by_id) != len(traits):
            raise DataError("traits.yaml: an id is used twice")
        for trait in traits:
            for implied in trait.implies:
                if implied not in self._by_id:
                    raise DataError(f"traits.yaml: {trait.id} implies the unknown trait {implied}")
        self.by_condition = self._conditions(traits)
        self._upwards = {trait.id: self._closure(trait.id) for trait in traits}
        self._downwards = {
            trait.id: frozenset(t for t, up in self._upwards.items() if trait.id in up and self._may_rest(t))
            for trait in traits
        }

    def __getitem__(self, trait_id: str) -> Trait:
        return self._by_id[trait_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @staticmethod
    def _conditions(traits: tuple[Trait, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for trait in traits:
            for text in trait.covers:
                if text in found:
                    raise DataError(f"traits.yaml: {trait.id} and {found[text]} both cover “{text}”")
                found[text] = trait.id
        return found

    def _closure(self, trait_id: str, below: tuple[str, ...] = ()) -> frozenset[str]:
        if trait_id in below:
            raise DataError(f"traits.yaml: {trait_id} implies itself")
        implied = self._by_id[trait_id].implies
        return frozenset({trait_id}).union(*(self._closure(up, (*below, trait_id)) for up in implied))

    def implied_by(self, trait_id: str) -> frozenset[str]:
        """The trait itself and all that it brings with it."""
        return self._upwards[trait_id]

    def refused_with(self, trait_id: str) -> frozenset[str]:
        """The trait itself and all that a no to it says no to; passing traits rest on no such answer."""
        return self._downwards[trait_id]

    def settle(self, known: Mapping[str, bool]) -> dict[str, bool]:
        """What the answers say of all traits: a yes counts upwards, a no downwards, and a yes wins over a no.

        A passing trait (works on site, restructuring) never rests on a no. Unknown ids are left out.
        """
        kept = [(t, has) for t, has in known.items() if t in self._by_id]
        yes = frozenset[str]().union(*(self._upwards[t] for t, has in kept if has))
        refused = (t for t, has in kept if not has and t not in yes and self._may_rest(t))
        no = frozenset[str]().union(*(self._downwards[t] for t in refused)) - yes
        return {**dict.fromkeys(sorted(yes), True), **dict.fromkeys(sorted(no), False)}

    def _may_rest(self, trait_id: str) -> bool:
        return self._by_id[trait_id].lasts is not Lasts.PASSING

    def holding(self, answers: Iterable[tuple[str, bool, date]], on: date) -> dict[str, bool]:
        """Of answers with their days those that still hold: what was said of a phase of works does for a month.

        A site without scaffolding in spring has some in summer; a stale no would silently leave its items out.
        """
        return {
            trait: has
            for trait, has, given_on in answers
            if trait in self._by_id and (self[trait].lasts is not Lasts.PHASE or on - given_on <= PHASE_HOLDS)
        }

    def find(self, words: str) -> Trait | None:
        """The trait with this id, name or other name, however it is spaced."""
        wanted = "".join(words.split())
        for trait in self._by_id.values():
            if wanted in (trait.id, trait.name, trait.name.removeprefix("有"), *trait.also):
                return trait
        found = self.by_condition.get(wanted)
        return self._by_id[found] if found else None


@cache
def load_traits() -> Traits:
    """The packaged traits, read once."""
    rows = read(data_file("traits.yaml"), TraitFile).traits
    return Traits(tuple(Trait(**row.model_dump()) for row in rows))
