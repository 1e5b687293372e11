"""Hazards with what stands beside them, in small portions: for Excel, for open data, for lists to hand upward."""

from array import array
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from checklists.attachments import Phase
from checklists.doubles import same_question
from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Source, State, format_number
from checklists.ledger import LedgerFilter
from checklists.sector_sets import load_sector_sets
from handlers.documents.hazard_columns import LedgerRow
from handlers.linking import hazard_link
from handlers.walking import name_of
from storage.office_settings import REPEAT_DAYS
from storage.transaction import Transaction

_AT_ONCE = 500
Link = Callable[[str], str]  # from what stands behind ?start= to the whole link
EVERYTHING = LedgerFilter(states=frozenset(State))


def rows_of(
    tx: Transaction, link_to: Link | None, wanted: LedgerFilter = EVERYTHING, *, sources: bool = True
) -> Iterator[LedgerRow]:
    """The hazards the filter leaves, by number, whatever their number; memory does not grow with them.

    Photos are reached by the link that opens their hazard; without `link_to` there are no links. Without `sources`
    there is no link to what led the office to a hazard, since the card does not show it either.
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
            has_before = (hazard.id, Phase.BEFORE) in phases and (sources or hazard.source is not Source.TIP)
            yield LedgerRow(
                hazard=hazard,
                number=number,
                **_of_firm(firms[hazard.enterprise_id]),
                reviewer=_name(tx, hazard.reviewed_by, reviewers),
                photos_before=(link,) if link and has_before else (),
                photos_after=(link,) if link and (hazard.id, Phase.AFTER) in phases else (),
                repeats=earlier.than(hazard),
                major_report_at=reports.get(hazard.id),
            )


class _Earlier:
    """Counts hazards of one criterion and firm that had been closed before, within the days the office set.

    For all hazards at once the closings are read first; a few hazards are asked for one by one.
    """

    def __init__(self, tx: Transaction, *, complete: bool) -> None:
        self.tx = tx
        self.window = timedelta(days=tx.office_settings.figure(REPEAT_DAYS))
        self.closings = _closings(tx) if complete else None

    def than(self, hazard: Hazard) -> int:
        if hazard.criterion_id is None or not hazard.is_live:
            return 0
        if self.closings is None:
            return len(self.tx.doubts.repeats(hazard))
        found, since = hazard.found_at.timestamp(), (hazard.found_at - self.window).timestamp()
        moments = self.closings.get((hazard.enterprise_id, same_question(hazard.criterion_id)), ())
        pairs = zip(moments[::2], moments[1::2], strict=True)
        return sum(1 for was_found, was_closed in pairs if since <= was_found < found and was_closed <= found)


def _closings(tx: Transaction) -> dict[tuple[int, frozenset[str]], "array[float]"]:
    """When each hazard of a firm and criterion was found and closed, one after the other: 16 bytes a hazard."""
    found: dict[tuple[int, frozenset[str]], array[float]] = {}
    for closing in tx.ledger.closings():
        moments = found.setdefault((closing.enterprise_id, same_question(closing.criterion_id)), array("d"))
        moments.extend((closing.found_at.timestamp(), closing.closed_at.timestamp()))
    return found


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
