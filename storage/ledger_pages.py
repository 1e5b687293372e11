"""One page of the ledger, found without sorting the whole of it, and its count: statements that are built once a kind.

A page is a short walk down the index for each state, merged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from checklists.hazards import Hazard, State
from checklists.ledger import LedgerFilter, Place
from storage.hazards import COLUMNS, by_deadline, hazard_of
from storage.hot import Hot
from storage.ledger_conditions import has_letters, matching, states_of, values_of
from storage.tables import hazards

_PLACE = ("deadline", "year", "sequence")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """All in which the statements of two filters can differ but for their values."""

    dialect: str
    states: tuple[str, ...]
    named: tuple[str, ...]
    listed: bool | None
    unreported: bool
    without_department: bool
    letters: tuple[bool, ...]
    wanted: LedgerFilter = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stretch:
    """Where a page begins, as far as its statement differs by it, and how many rows it has."""

    limit: int
    begins: bool
    dated: bool


def page_of(
    connection: Connection, zone_id: int, wanted: LedgerFilter, *, after: Place | None, limit: int
) -> list[Hazard]:
    """The first hazards behind a place, by deadline, those without one first."""
    values = values_of(wanted, zone_id)
    kind = _kind(connection, wanted, values)
    if not kind.states:
        return []
    if after is not None:
        values |= {f"after_{name}": getattr(after, name) for name in _PLACE}
    stretch = _Stretch(limit=limit, begins=after is None, dated=after is not None and after.deadline is not None)
    return [hazard_of(row._asdict()) for row in _page(kind, stretch).rows(connection, values)]


def count_of(connection: Connection, zone_id: int, wanted: LedgerFilter) -> int:
    """How many hazards the filter leaves."""
    values = values_of(wanted, zone_id)
    kind = _kind(connection, wanted, values)
    row = _count(kind).row(connection, values) if kind.states else None
    return int(row.found) if row else 0


def _kind(connection: Connection, wanted: LedgerFilter, values: dict[str, Any]) -> _Kind:
    return _Kind(
        dialect=connection.dialect.name,
        states=states_of(wanted),
        named=tuple(values),
        listed=wanted.listed,
        unreported=wanted.unreported,
        without_department=wanted.without_department,
        letters=tuple(has_letters(piece) for piece in wanted.pieces),
        wanted=wanted,
    )


@lru_cache(maxsize=256)  # building and compiling it takes longer than running it
def _page(kind: _Kind, stretch: _Stretch) -> Hot:
    return Hot(lambda _insert: _page_statement(kind, stretch))


@lru_cache(maxsize=256)
def _count(kind: _Kind) -> Hot:
    return Hot(lambda _insert: _count_statement(kind))


def _count_statement(kind: _Kind) -> Select[Any]:
    conditions = list(matching(kind.wanted, 0, kind.dialect))
    if len(kind.states) < len(State):
        conditions.append(hazards.c.state.in_([literal(state) for state in kind.states]))
    return select(func.count().label("found")).select_from(hazards).where(*conditions)


def _page_statement(kind: _Kind, stretch: _Stretch) -> Select[Any]:
    conditions = list(matching(kind.wanted, 0, kind.dialect))
    walks = [
        select(hazards.c.id)
        .where(hazards.c.state == state, *conditions, *part)
        .order_by(hazards.c.deadline, hazards.c.year, hazards.c.sequence)
        .limit(stretch.limit)
        .subquery()
        for state in kind.states
        for part in _parts(stretch)
    ]
    ids = select(union_all(*(select(walk.c.id) for walk in walks)).subquery().c.id)
    here = and_(hazards.c.zone_id == bindparam("zone"), hazards.c.id.in_(ids))
    return by_deadline(select(*COLUMNS).where(here)).limit(stretch.limit)


def _parts(stretch: _Stretch) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Behind a place: those without deadline, which come first, and those with one; both databases walk either."""
    undated, dated = hazards.c.deadline.is_(None), hazards.c.deadline.is_not(None)
    if stretch.begins:
        yield (undated,)
        yield (dated,)
        return
    after: dict[str, BindParameter[Any]] = {name: bindparam(f"after_{name}") for name in _PLACE}
    deadline, year, sequence = after.values()
    same_year = and_(hazards.c.year == year, hazards.c.sequence > sequence)
    number = or_(hazards.c.year > year, same_year)
    if stretch.dated:
        yield hazards.c.deadline >= deadline, or_(hazards.c.deadline > deadline, number)
    else:
        yield undated, number
        yield (dated,)
