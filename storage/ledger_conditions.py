"""What a filter of the ledger means in SQL, and how one page is found without sorting the whole ledger."""

from collections.abc import Iterator, Sequence
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all

from checklists.hazards import State
from checklists.ledger import LedgerFilter, Place
from storage.major_reports import owing_a_report
from storage.tables import enterprise_trades, enterprises, hazards

UNFIXED = frozenset({State.FOUND, State.CONFIRMED, State.RECTIFYING})
_SEARCHED = (hazards.c.words, hazards.c.clause, hazards.c.place, hazards.c.measure)
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def overdue(today: date) -> ColumnElement[bool]:
    """Past its deadline on that day (Shanghai) without evidence handed in."""
    return and_(hazards.c.state.in_(sorted(UNFIXED)), hazards.c.deadline < today)


def matching(wanted: LedgerFilter, zone_id: int, dialect: str) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter, those about the state left out.

    Firms are chosen first: they are few, and the hazards then need no look at another table each.
    """
    yield hazards.c.zone_id == zone_id
    for column, value in (
        (hazards.c.enterprise_id, wanted.enterprise_id),
        (hazards.c.department_id, wanted.department_id),
        (hazards.c.level, wanted.level),
        (hazards.c.source, wanted.source),
    ):
        if value is not None:
            yield column == value
    if wanted.community is not None:
        yield _of_firms(zone_id, enterprises.c.community == wanted.community)
    if wanted.trade is not None:
        of_trade = (enterprise_trades.c.zone_id == zone_id) & (enterprise_trades.c.sector == wanted.trade)
        yield hazards.c.enterprise_id.in_(select(enterprise_trades.c.enterprise_id).where(of_trade))
    if wanted.listed is not None:
        yield hazards.c.listed_at.is_not(None) if wanted.listed else hazards.c.listed_at.is_(None)
    if wanted.unreported:
        yield owing_a_report()
    if wanted.overdue_on is not None:
        yield hazards.c.deadline < wanted.overdue_on
    yield from _worded(wanted, zone_id, dialect)


def states_of(wanted: LedgerFilter) -> list[str]:
    """The states a filter leaves; what is overdue has no evidence handed in."""
    states = wanted.states or frozenset(State)
    return sorted(states & UNFIXED if wanted.overdue_on is not None else states)


def in_states(wanted: LedgerFilter) -> Iterator[ColumnElement[bool]]:
    """The condition about the state; none where every state is wanted."""
    states = states_of(wanted)
    if len(states) < len(State):
        yield hazards.c.state.in_(states)


def first_of(
    conditions: Sequence[ColumnElement[bool]], states: Sequence[str], *, after: Place | None, limit: int
) -> Select[Any]:
    """The ids of a page: for each state one short walk down the index, merged by the caller.

    Over several states at once a database would sort all their hazards to find the first few.
    """
    walks = [
        select(hazards.c.id)
        .where(hazards.c.state == state, *conditions, *stretch)
        .order_by(hazards.c.deadline, hazards.c.year, hazards.c.sequence)
        .limit(limit)
        .subquery()
        for state in states
        for stretch in _stretches(after)
    ]
    return select(union_all(*(select(walk.c.id) for walk in walks)).subquery().c.id)


def _stretches(after: Place | None) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Behind a place: those without deadline, which come first, and those with one; both databases walk either."""
    undated, dated = hazards.c.deadline.is_(None), hazards.c.deadline.is_not(None)
    if after is None:
        yield (undated,)
        yield (dated,)
        return
    same_year = and_(hazards.c.year == after.year, hazards.c.sequence > after.sequence)
    number = or_(hazards.c.year > after.year, same_year)
    if after.deadline is None:
        yield undated, number
        yield (dated,)
    else:
        later = or_(hazards.c.deadline > after.deadline, number)
        yield hazards.c.deadline >= after.deadline, later


def _worded(wanted: LedgerFilter, zone_id: int, dialect: str) -> Iterator[ColumnElement[bool]]:
    if wanted.number:
        yield and_(hazards.c.year == wanted.number[0], hazards.c.sequence == wanted.number[1])
        return
    for piece in wanted.pieces:
        in_row = [_has(column, piece, dialect) for column in _SEARCHED]
        yield or_(*in_row, _of_firms(zone_id, _has(enterprises.c.name, piece, dialect)))


def _of_firms(zone_id: int, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return hazards.c.enterprise_id.in_(select(enterprises.c.id).where(enterprises.c.zone_id == zone_id, condition))


def _has(column: ColumnElement[str], piece: str, dialect: str) -> ColumnElement[bool]:
    """Whether the text has the piece in it; capital and small a to z are the same, on both databases nothing else is.

    Three times as fast as LIKE, and without signs that mean something. See docs/performance.md.
    """
    small = piece.translate(_SMALL)
    letters = any(sign in ascii_lowercase for sign in small)
    if dialect == "sqlite":
        return func.instr(func.lower(column) if letters else column, small) > 0
    return func.strpos(func.lower(column.collate("C")) if letters else column, small) > 0
