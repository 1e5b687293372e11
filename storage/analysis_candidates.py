"""Which hazards may stand on an agenda: short walks down the ledger's index, from the most dangerous on, and counts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, not_, or_, select

from checklists.analyses import DEFERRED_OFTEN, MOST_TOPICS, SENT_BACK_OFTEN, Found, grounds_of
from checklists.hazards import OPEN_STATES, Hazard, Level
from checklists.ledger import LedgerFilter
from storage.hazard_tables import hazard_deferrals
from storage.hazards import COLUMNS, hazard_of
from storage.ledger_conditions import overdue
from storage.tables import hazards

if TYPE_CHECKING:
    from storage.transaction import Transaction

_MAJOR = LedgerFilter(level=Level.MAJOR)
_OPEN = sorted(s.value for s in OPEN_STATES)


def candidates(tx: "Transaction", by_hand: Collection[int], *, today: date, most: int = MOST_TOPICS) -> Found:
    """At least the `most` most dangerous hazards that the rules name, and all that are bound to stand there.

    `by_hand` are the ids of those that somebody put; `today` is the day in Shanghai.
    """
    undone = {row.hazard_id for row in tx.analyses.undone()}
    bound = tx.hazards.some(sorted({*by_hand, *undone}))
    found = {hazard.id: hazard for hazard in bound}
    proposed: set[int] = set()
    for walk in _walks(today):
        if len(proposed - set(by_hand) - undone) >= most:
            break
        # Those that are bound to stand there take no room from the others.
        page = tx.ledger.page(walk, limit=most + len(bound))
        found |= {hazard.id: hazard for hazard in page.hazards}
        proposed |= {hazard.id for hazard in page.hazards}
    if len(proposed - set(by_hand) - undone) < most:
        found |= {hazard.id: hazard for hazard in _troubled(tx, today, limit=most + len(bound))}
    counts = _deferrals(tx, found)
    return Found(hazards=tuple(found.values()), deferrals=counts, undone=undone, by_hand=frozenset(by_hand))


def count_candidates(tx: "Transaction", *, today: date) -> int:
    """How many hazards the rules name, whatever has room on an agenda."""
    troubled = select(func.count()).select_from(hazards).where(*_is_troubled(tx, today))
    counted = tx.ledger.count(_MAJOR) + tx.ledger.count(_late(today))
    return counted + int(tx.connection.execute(troubled).scalar_one())


def count_left_out(tx: "Transaction", known: Sequence[Hazard], *, today: date) -> int:
    """How many hazards the rules name beside those an agenda knows; what only a person put takes no room there."""
    there = {hazard.id: hazard for hazard in known}
    found = Found(hazards=known, deferrals=_deferrals(tx, there))
    named = sum(bool(grounds_of(hazard, found, today=today)) for hazard in there.values())
    return max(0, count_candidates(tx, today=today) - named)


def _walks(today: date) -> Iterator[LedgerFilter]:
    """In the order of danger, so that the first that are found are the first on the agenda."""
    for listed in (True, None):
        yield replace(_MAJOR, listed=listed, overdue_on=today)
        yield replace(_MAJOR, listed=listed)
    yield _late(today)


def _late(today: date) -> LedgerFilter:
    return LedgerFilter(level=Level.GENERAL, overdue_on=today)


def _troubled(tx: "Transaction", today: date, *, limit: int) -> list[Hazard]:
    # In time they differ by how often they were fake, then by number: see checklists.analyses.danger.
    order = (hazards.c.fakes.desc(), hazards.c.year, hazards.c.sequence)
    statement = select(*COLUMNS).where(*_is_troubled(tx, today)).order_by(*order).limit(limit)
    return [hazard_of(row._mapping) for row in tx.connection.execute(statement)]


def _is_troubled(tx: "Transaction", today: date) -> tuple[ColumnElement[bool], ...]:
    """General ones in time that were put right in vain, or for which more time was granted again and again."""
    asked = hazard_deferrals.c
    granted = select(asked.hazard_id).where(asked.zone_id == tx.zone_id, asked.granted.is_(True))
    often = granted.group_by(asked.hazard_id).having(func.count() >= DEFERRED_OFTEN)
    in_vain = or_(hazards.c.fakes > 0, hazards.c.round > SENT_BACK_OFTEN)
    return (
        hazards.c.zone_id == tx.zone_id,
        hazards.c.state.in_(_OPEN),
        hazards.c.level == Level.GENERAL.value,
        or_(hazards.c.deadline.is_(None), not_(overdue(today))),
        or_(in_vain, hazards.c.id.in_(often)),
    )


def _deferrals(tx: "Transaction", ids: Collection[int]) -> dict[int, int]:
    asked = hazard_deferrals.c
    mine = (asked.zone_id == tx.zone_id, asked.granted.is_(True), asked.hazard_id.in_(sorted(ids)))
    statement = select(asked.hazard_id, func.count()).where(*mine).group_by(asked.hazard_id)
    return {hazard_id: int(count) for hazard_id, count in tx.connection.execute(statement)}
