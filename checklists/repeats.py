"""Found again (屡查屡犯) and not found (查不出): facts for the office, with the records that show them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from checklists.composing import ChecklistItem
from checklists.doubles import same_question
from checklists.hazards import Hazard, Source
from checklists.inspections import Answer

_SELF = frozenset({Source.SELF_INSPECTION, Source.WORKER})


class Finding(Protocol):
    """What these rules ask of a hazard."""

    @property
    def id(self) -> int: ...
    @property
    def enterprise_id(self) -> int: ...
    @property
    def inspection_id(self) -> int | None: ...
    @property
    def criterion_id(self) -> str | None: ...
    @property
    def found_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def is_live(self) -> bool: ...


F = TypeVar("F", bound=Finding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """An outsider found what the last self-inspection had answered 合格 (`answered_at`, by `answered_by`)."""

    hazard: Hazard
    inspection_id: int
    item: int
    answered_by: int
    answered_at: datetime


def repeats_of(hazard: F, others: Sequence[F], *, window_days: int | None = None) -> list[F]:
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


def _earlier(hazard: F, others: Sequence[F]) -> list[F]:
    if hazard.criterion_id is None:
        return []
    asked = same_question(hazard.criterion_id)
    same = [o for o in others if o.criterion_id in asked and _is_other_case(o, hazard)]
    return sorted(same, key=lambda other: other.found_at, reverse=True)


def _is_other_case(other: Finding, hazard: Finding) -> bool:
    if other.id == hazard.id or not other.is_live:
        return False
    if hazard.inspection_id is not None and other.inspection_id == hazard.inspection_id:
        return False
    return other.enterprise_id == hazard.enterprise_id and other.found_at < hazard.found_at


def should_have_been_found(source: Source) -> bool:
    """Whether a finding from this source is held against the firm's own last inspection."""
    return source not in _SELF


def asked_in(items: Iterable[ChecklistItem]) -> Mapping[str, Sequence[int]]:
    """At which places of a checklist each criterion is asked, under its own id or another's."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        for criterion_id in {item.id, *item.also}:
            places.setdefault(criterion_id, []).append(place)
    return places


def places_of(criterion_id: str, asked: Mapping[str, Sequence[int]]) -> list[int]:
    """The places of a checklist (see `asked_in`) that ask about this criterion, by whatever id."""
    return sorted({place for same in same_question(criterion_id) for place in asked.get(same, ())})


def went_unfound(answers: Collection[Answer]) -> bool:
    """Whether these answers to one criterion called it good; asked in two lists and found in one, it was found."""
    return Answer.GOOD in answers and Answer.HAZARD not in answers
