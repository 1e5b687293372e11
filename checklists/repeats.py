"""Found again (屡查屡犯) and not found (查不出): facts for the office, with the records that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checklists.doubles import same_question
from checklists.hazards import Hazard, Source

_SELF = frozenset({Source.SELF_INSPECTION, Source.WORKER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """An outsider found what the last self-inspection had answered 合格 (`answered_at`, by `answered_by`)."""

    hazard: Hazard
    inspection_id: int
    item: int
    answered_by: int
    answered_at: datetime


def repeats_of(hazard: Hazard, others: Sequence[Hazard], *, window_days: int | None = None) -> list[Hazard]:
    """Earlier hazards of the same criterion at the same enterprise within the window (None: ever), the newest first.

    What another list asks under an id of its own is the same criterion (`same_question`). Only what had been closed
    before this one was found has come back; what was still being put right then is named by `unfinished_of`. What was
    withdrawn as found in error does not count.
    """
    closed = [o for o in _earlier(hazard, others) if o.closed_at is not None and o.closed_at <= hazard.found_at]
    since = None if window_days is None else hazard.found_at - timedelta(days=window_days)
    return [o for o in closed if since is None or since <= o.found_at]


def unfinished_of(hazard: Hazard, others: Sequence[Hazard]) -> list[Hazard]:
    """Earlier hazards of the same criterion at the same enterprise that are not closed yet, the newest first."""
    return [o for o in _earlier(hazard, others) if o.is_open]


def _earlier(hazard: Hazard, others: Sequence[Hazard]) -> list[Hazard]:
    if hazard.criterion_id is None:
        return []
    asked = same_question(hazard.criterion_id)
    same = [o for o in others if o.criterion_id in asked and _is_other_case(o, hazard)]
    return sorted(same, key=lambda other: other.found_at, reverse=True)


def _is_other_case(other: Hazard, hazard: Hazard) -> bool:
    if other.id == hazard.id or not other.is_live:
        return False
    if hazard.inspection_id is not None and other.inspection_id == hazard.inspection_id:
        return False
    return other.enterprise_id == hazard.enterprise_id and other.found_at < hazard.found_at


def should_have_been_found(source: Source) -> bool:
    """Whether a finding from this source is held against the firm's own last inspection."""
    return source not in _SELF
