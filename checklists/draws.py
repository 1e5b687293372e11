"""Random draws (双随机): firms out of a pool and two inspectors for each, so that anybody can draw it again."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

INSPECTORS_EACH = 2
MOST_DRAWN = 200

# For each inspector the firms in which he has a role: he is never sent there (回避).
Ties = Mapping[int, Collection[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One firm of a draw by its place, counted from 1, with one or two inspectors.

    `official_inspection_id` is the inspection begun under the draw.
    """

    place: int
    enterprise_id: int
    inspectors: tuple[int, ...]
    official_inspection_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """A draw that was made; seed, pool, inspectors and ties are what it is drawn again from.

    `pool_words` say in Chinese what the pool was.
    """

    id: int
    pool_words: str
    seed: str
    pool: tuple[int, ...]
    inspectors: tuple[int, ...]
    ties: Ties
    made_by: int
    made_at: datetime
    firms: tuple[Drawn, ...]


def rank(seed: str, drawn_id: int) -> str:
    """Where an id stands in the order of a draw: SHA-256 in hex over the seed followed by the id in decimal."""
    return hashlib.sha256(f"{seed}{drawn_id}".encode()).hexdigest()


def in_order(seed: str, ids: Iterable[int]) -> list[int]:
    """The ids by rank, each once."""
    return sorted(set(ids), key=lambda drawn_id: rank(seed, drawn_id))


def may_be_drawn(pool: Iterable[int], inspectors: Sequence[int], ties: Ties) -> list[int]:
    """The firms of the pool that at least one of the inspectors may go to."""
    return [firm for firm in pool if any(firm not in ties.get(i, ()) for i in inspectors)]


def draw(pool: Sequence[int], inspectors: Sequence[int], *, number: int, seed: str, ties: Ties) -> tuple[Drawn, ...]:
    """The first `number` firms by rank, each with two inspectors (one where only one may go there).

    Who was given least goes first, by rank among equals; nobody gets two firms more than another who could have gone
    instead. Raises ValueError for a firm that nobody may go to (see `may_be_drawn`).
    """
    order = in_order(seed, inspectors)
    loads = dict.fromkeys(order, 0)
    chosen: dict[int, list[int]] = {}
    for firm in in_order(seed, pool)[:number]:
        free = [i for i in order if firm not in ties.get(i, ())]
        if not free:
            raise ValueError(f"nobody may inspect firm {firm}")
        chosen[firm] = sorted(free, key=lambda i: loads[i])[:INSPECTORS_EACH]
        for inspector in chosen[firm]:
            loads[inspector] += 1
    while _even_out(chosen, loads, ties):
        pass
    return tuple(
        Drawn(place=place, enterprise_id=firm, inspectors=tuple(pair))
        for place, (firm, pair) in enumerate(chosen.items(), 1)
    )


def _even_out(chosen: dict[int, list[int]], loads: dict[int, int], ties: Ties) -> bool:
    """Hand one firm from somebody with two more to somebody who may go there; whether there was one."""
    for firm, pair in chosen.items():
        for at, busy in enumerate(pair):
            for idle, load in loads.items():
                if loads[busy] >= load + 2 and idle not in pair and firm not in ties.get(idle, ()):
                    pair[at] = idle
                    loads[busy], loads[idle] = loads[busy] - 1, load + 1
                    return True
    return False


def redraw(made: Draw) -> tuple[Drawn, ...]:
    """What seed, pool and inspectors of a draw give when it is drawn again; no inspections stand in it."""
    return draw(made.pool, made.inspectors, number=len(made.firms), seed=made.seed, ties=made.ties)


def is_as_drawn(made: Draw) -> bool:
    """Whether firms and inspectors are those that the draw gives when it is drawn again."""
    kept = [(d.place, d.enterprise_id, d.inspectors) for d in made.firms]
    return kept == [(d.place, d.enterprise_id, d.inspectors) for d in redraw(made)]
