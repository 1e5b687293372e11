"""Hazards with what stands beside them, in small portions: for Excel, for open data, for lists to hand upward."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from checklists.attachments import Phase
from checklists.doubles import same_question
from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, State, format_number
from checklists.ledger import LedgerFilter
from checklists.repeats import repeats_of
from checklists.sector_sets import load_sector_sets
from handlers.documents.hazard_columns import LedgerRow
from handlers.linking import hazard_link
from handlers.walking import name_of
from storage.transaction import Transaction

_AT_ONCE = 500
Link = Callable[[str], str]  # from what stands behind ?start= to the whole link
EVERYTHING = LedgerFilter(states=frozenset(State))


def rows_of(tx: Transaction, link_to: Link | None, wanted: LedgerFilter = EVERYTHING) -> Iterator[LedgerRow]:
    """The hazards the filter leaves, by number, whatever their number; memory does not grow with them.

    Photos are reached by the link that opens their hazard; without `link_to` there are no links.
    """
    earlier = _Earlier(tx, complete=wanted == EVERYTHING)
    reviewers: dict[int, str] = {}
    zone = tx.zones.current()
    code = zone.code if zone else ""
    every = tx.ledger.every(wanted)
    while part := list(islice(every, _AT_ONCE)):
        firms = {e.id: e for e in tx.enterprises.some(sorted({h.enterprise_id for h in part}))}
        reports = tx.major_reports.handed_in_at(h.id for h in part)
        phases = {(a.hazard_id, a.phase) for a in tx.attachments.of_hazards([h.id for h in part])}
        for hazard in part:
            number = format_number(code, hazard.year, hazard.sequence)
            link = link_to(hazard_link(hazard.year, hazard.sequence)) if link_to else ""
            yield LedgerRow(
                hazard=hazard,
                number=number,
                **_of_firm(firms[hazard.enterprise_id]),
                reviewer=_name(tx, hazard.reviewed_by, reviewers),
                photos_before=(link,) if link and (hazard.id, Phase.BEFORE) in phases else (),
                photos_after=(link,) if link and (hazard.id, Phase.AFTER) in phases else (),
                repeats=earlier.than(hazard),
                major_report_at=reports.get(hazard.id),
            )


class _Earlier:
    """Counts hazards of one criterion and firm that had been closed before; a complete run needs no query for it."""

    def __init__(self, tx: Transaction, *, complete: bool) -> None:
        self.tx = tx
        self.seen: dict[tuple[int, frozenset[str]], list[datetime]] | None = {} if complete else None

    def than(self, hazard: Hazard) -> int:
        if hazard.criterion_id is None or not hazard.is_live:
            return 0
        if self.seen is None:
            others = self.tx.hazards.of_criterion(hazard.enterprise_id, hazard.criterion_id)
            return len(repeats_of(hazard, others))
        closed = self.seen.setdefault((hazard.enterprise_id, same_question(hazard.criterion_id)), [])
        count = sum(1 for moment in closed if moment <= hazard.found_at)
        if hazard.closed_at is not None:
            closed.append(hazard.closed_at)
        return count


def _name(tx: Transaction, person_id: int | None, known: dict[int, str]) -> str:
    if person_id is None:
        return ""
    if person_id not in known:
        known[person_id] = name_of(tx, person_id)
    return known[person_id]


def _of_firm(firm: Enterprise) -> dict[str, Any]:
    trades = load_sector_sets().trades
    return {
        "enterprise": firm.name,
        "uscc": firm.uscc,
        "community": firm.community,
        "trades": tuple(trades[t].name for t in firm.trades if t in trades),
    }
