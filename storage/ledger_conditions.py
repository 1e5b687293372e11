"""What a filter of the ledger means in SQL; firms are chosen first, so that no hazard needs a look at another table."""

from collections.abc import Iterator
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, func, or_, select

from checklists.hazards import State
from checklists.ledger import LedgerFilter
from storage.escalating import BEGINS, rung_due, rung_values
from storage.major_reports import owing_a_report
from storage.office_tables import departments
from storage.tables import enterprise_trades, enterprises, hazards

UNFIXED = frozenset({State.FOUND, State.CONFIRMED, State.RECTIFYING})
_EQUAL = ("enterprise_id", "department_id", "level", "source")
_SEARCHED = (hazards.c.words, hazards.c.clause, hazards.c.place, hazards.c.measure)
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def overdue(today: date) -> ColumnElement[bool]:
    """Past its deadline on that day (Shanghai) without evidence handed in."""
    return and_(hazards.c.state.in_(sorted(UNFIXED)), hazards.c.deadline < today)


def states_of(wanted: LedgerFilter) -> tuple[str, ...]:
    """The states a filter leaves; what is overdue has no evidence handed in, and a step of the ladder begins there."""
    states = wanted.states or frozenset(State)
    if wanted.rung_due_on is not None:
        states &= BEGINS
    return tuple(sorted(states & UNFIXED if wanted.overdue_on is not None else states))


def in_states(wanted: LedgerFilter) -> Iterator[ColumnElement[bool]]:
    """The condition about the state; none where every state is wanted."""
    states = states_of(wanted)
    if len(states) < len(State):
        yield hazards.c.state.in_(states)


def values_of(wanted: LedgerFilter, zone_id: int) -> dict[str, Any]:
    """What stands in the conditions of `matching`, by name: filters of one kind differ in nothing else."""
    names = (*_EQUAL, "community", "trade", "overdue_on")
    values = {"zone": zone_id, **{n: v for n in names if (v := getattr(wanted, n)) is not None}, **rung_values(wanted)}
    if wanted.number:
        return {**values, "year": wanted.number[0], "sequence": wanted.number[1]}
    return values | {f"piece_{n}": piece.translate(_SMALL) for n, piece in enumerate(wanted.pieces)}


def matching(wanted: LedgerFilter, zone_id: int, dialect: str) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter, those about the state left out."""
    named = values_of(wanted, zone_id).items()
    values: dict[str, BindParameter[Any]] = {name: bindparam(name, value) for name, value in named}
    zone = values["zone"]
    yield hazards.c.zone_id == zone
    for name in (n for n in _EQUAL if n in values):
        yield hazards.c[name] == values[name]
    if "community" in values:
        yield _of_firms(zone, enterprises.c.community == values["community"])
    if "trade" in values:
        of_trade = (enterprise_trades.c.zone_id == zone) & (enterprise_trades.c.sector == values["trade"])
        yield hazards.c.enterprise_id.in_(select(enterprise_trades.c.enterprise_id).where(of_trade))
    if wanted.listed is not None:
        yield hazards.c.listed_at.is_not(None) if wanted.listed else hazards.c.listed_at.is_(None)
    if wanted.unreported:
        yield owing_a_report()
    if wanted.without_department:
        yield _without_department()
    if wanted.rung_due_on is not None:
        yield rung_due(wanted)
    if "overdue_on" in values:
        yield hazards.c.deadline < values["overdue_on"]
    if wanted.number:
        yield and_(hazards.c.year == values["year"], hazards.c.sequence == values["sequence"])
        return
    for name, piece in values.items():
        if name.startswith("piece_"):
            in_row = (_has(column, piece, dialect) for column in _SEARCHED)
            yield or_(*in_row, _of_firms(zone, _has(enterprises.c.name, piece, dialect)))


def has_letters(piece: str) -> bool:
    """Whether capital and small letters make a difference in these words."""
    return any(sign in ascii_lowercase for sign in piece.translate(_SMALL))


def _without_department() -> ColumnElement[bool]:
    standing = (departments.c.zone_id == hazards.c.zone_id) & (departments.c.id == hazards.c.department_id)
    return ~exists().where(standing, departments.c.dissolved_at.is_(None))


def _of_firms(zone: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return hazards.c.enterprise_id.in_(select(enterprises.c.id).where(enterprises.c.zone_id == zone, condition))


def _has(column: ColumnElement[str], piece: Any, dialect: str) -> ColumnElement[bool]:
    """Whether the text has the piece in it; capital and small a to z are the same, on both databases nothing else is.

    As fast as LIKE (docs/performance.md), and no sign in the piece means anything.
    """
    letters = has_letters(piece.value)
    if dialect == "sqlite":
        return func.instr(func.lower(column) if letters else column, piece) > 0
    return func.strpos(func.lower(column.collate("C")) if letters else column, piece) > 0
