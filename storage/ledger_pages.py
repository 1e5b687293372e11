"""One page of the ledger, found without sorting the whole of it: a short walk down the index for each state, merged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    or_,
    select,
    union_all,
)

from checklists.ledger import LedgerFilter, Place
from storage.hazards import COLUMNS, by_deadline
from storage.ledger_conditions import has_letters, matching, states_of, values_of
from storage.tables import hazards

_PLACE = ("deadline", "year", "sequence")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """All in which the statements of two pages can differ but for their values."""

    dialect: str
    limit: int
    states: tuple[str, ...]
    named: tuple[str, ...]
    listed: bool | None
    unreported: bool
    without_department: bool
    letters: tuple[bool, ...]
    begins: bool
    dated: bool
    wanted: LedgerFilter = field(compare=False)


def page_rows(
    connection: Connection, zone_id: int, wanted: LedgerFilter, *, after: Place | None, limit: int
) -> Sequence[RowMapping]:
    """The first rows of COLUMNS behind a place, by deadline, those without one first."""
    values = values_of(wanted, zone_id)
    kind = _Kind(
        dialect=connection.dialect.name,
        limit=limit,
        states=states_of(wanted),
        named=tuple(values),
        listed=wanted.listed,
        unreported=wanted.unreported,
        without_department=wanted.without_department,
        letters=tuple(has_letters(piece) for piece in wanted.pieces),
        begins=after is None,
        dated=after is not None and after.deadline is not None,
        wanted=wanted,
    )
    if not kind.states:
        return ()
    if after is not None:
        values |= {f"after_{name}": getattr(after, name) for name in _PLACE}
    return connection.execute(_statement(kind), values).mappings().all()


@lru_cache(maxsize=256)  # building it takes longer than running it
def _statement(kind: _Kind) -> Select[Any]:
    conditions = list(matching(kind.wanted, 0, kind.dialect))
    walks = [
        select(hazards.c.id)
        .where(hazards.c.state == state, *conditions, *stretch)
        .order_by(hazards.c.deadline, hazards.c.year, hazards.c.sequence)
        .limit(kind.limit)
        .subquery()
        for state in kind.states
        for stretch in _stretches(kind)
    ]
    ids = select(union_all(*(select(walk.c.id) for walk in walks)).subquery().c.id)
    here = and_(hazards.c.zone_id == bindparam("zone"), hazards.c.id.in_(ids))
    return by_deadline(select(*COLUMNS).where(here)).limit(kind.limit)


def _stretches(kind: _Kind) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Behind a place: those without deadline, which come first, and those with one; both databases walk either."""
    undated, dated = hazards.c.deadline.is_(None), hazards.c.deadline.is_not(None)
    if kind.begins:
        yield (undated,)
        yield (dated,)
        return
    after: dict[str, BindParameter[Any]] = {name: bindparam(f"after_{name}") for name in _PLACE}
    deadline, year, sequence = after.values()
    same_year = and_(hazards.c.year == year, hazards.c.sequence > sequence)
    number = or_(hazards.c.year > year, same_year)
    if kind.dated:
        yield hazards.c.deadline >= deadline, or_(hazards.c.deadline > deadline, number)
    else:
        yield undated, number
        yield (dated,)
