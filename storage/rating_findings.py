"""Findings from outside the firms: what came back (屡查屡犯), what an inspection had called good (查不出)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, and_, cast, func, select

from checklists.composing import Checklist
from checklists.doubles import same_question
from checklists.hazards import Source, State
from checklists.inspections import Progress
from checklists.repeats import asked_in, places_of, repeats_of, went_unfound
from checklists.working_days import SHANGHAI
from storage.office_settings import REPEAT_DAYS
from storage.subject import Subject
from storage.tables import checklists, hazards, inspections

_H = hazards.c
INSIDE = (Source.SELF_INSPECTION.value, Source.WORKER.value)
BASE = [
    _H[name]
    for name in (
        "id",
        "year",
        "sequence",
        "enterprise_id",
        "source",
        "state",
        "level",
        "deadline",
        "found_at",
        "handed_in_at",
    )
]
_LIVE = sorted(s.value for s in State if s is not State.WITHDRAWN)
_AT_ONCE = 500
_OUTSIDE = ("id", "enterprise_id", "criterion_id", "found_at", "closed_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outside:
    """A finding from outside the firm, as the rules on repeats look at it."""

    id: int
    enterprise_id: int
    criterion_id: str
    found_at: datetime
    closed_at: datetime | None
    inspection_id: int | None = None
    is_live: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The year, as far as it has come, and whose it is; `firms` None: everybody's."""

    year: int
    last: date
    today: date
    firms: Collection[int] | None

    @property
    def begins(self) -> datetime:
        return _midnight(date(self.year, 1, 1))

    @property
    def ends(self) -> datetime:
        return _midnight(date(self.year + 1, 1, 1))

    def has(self, moment: datetime) -> bool:
        """Whether this moment lies in the year."""
        return self.begins <= moment < self.ends

    def found_in_year(self) -> ColumnElement[bool]:
        """Hazards found in the year."""
        return and_(_H.found_at >= self.begins, _H.found_at < self.ends)

    def only(self, column: Column[Any]) -> list[ColumnElement[bool]]:
        """The condition that names the firms; none for all."""
        return [] if self.firms is None else [column.in_(sorted(self.firms))]


class RatingFindings(Subject):
    """Findings from outside the firms, in a year and shortly before it."""

    def outside(self, span: Span) -> Sequence[Any]:
        """What others than the firm found, by a criterion, in the year and as long before as it may come back from."""
        window = timedelta(days=self.tx.office_settings.figure(REPEAT_DAYS))
        begins = _H.found_at >= span.begins - window
        conditions = [*self.live(span), _H.source.not_in(INSIDE), begins, _H.found_at < span.ends]
        wanted = select(*BASE, _H.criterion_id, _H.closed_at)
        return self.connection.execute(wanted.where(*conditions, _H.criterion_id.is_not(None))).all()

    def came_back(self, span: Span, outside: Sequence[Any]) -> set[int]:
        """The ids of findings that had been found from outside and closed before (屡查屡犯)."""
        # What the firm had found itself and closed is left out: else honesty would make a later finding dearer.
        window = self.tx.office_settings.figure(REPEAT_DAYS)
        alike: dict[tuple[int, str], list[_Outside]] = {}
        for row in outside:
            one = _Outside(**{name: getattr(row, name) for name in _OUTSIDE})
            alike.setdefault((row.enterprise_id, min(same_question(row.criterion_id))), []).append(one)
        several = (group for group in alike.values() if len(group) > 1)
        return {
            one.id
            for group in several
            for one in group
            if span.has(one.found_at) and repeats_of(one, group, window_days=window)
        }

    def unfound(self, span: Span) -> set[int]:
        """The ids of findings from outside that the firm's last inspection before had answered 合格 (查不出)."""
        i, last = inspections.c, inspections.alias("last").c
        newest = (
            select(last.id)
            .where(
                last.zone_id == _H.zone_id,
                last.enterprise_id == _H.enterprise_id,
                last.state == "submitted",
                last.submitted_at < _H.found_at,
            )
            .order_by(last.submitted_at.desc(), last.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = (
            select(_H.id, _H.criterion_id, i.checklist_digest, i.progress)
            .select_from(hazards.join(inspections, and_(i.zone_id == _H.zone_id, i.id == newest)))
            .where(*self.live(span), _H.source.not_in(INSIDE), _H.criterion_id.is_not(None), span.found_in_year())
        )
        rows = self.connection.execute(statement).all()
        asked = self._asked({row.checklist_digest for row in rows})
        return {row.id for row in rows if _answered_good(row, asked[row.checklist_digest])}

    def _asked(self, digests: Iterable[str]) -> dict[str, Mapping[str, Sequence[int]]]:
        """Which criteria each of these checklists asks at which places."""
        wanted, found = sorted(digests), {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = checklists.c.digest.in_(wanted[start : start + _AT_ONCE])
            mine = select(checklists.c.digest, checklists.c.body).where(checklists.c.zone_id == self.zone_id, part)
            for row in self.connection.execute(mine):
                found[row.digest] = asked_in(Checklist.from_json(row.body).items)
        return found

    def live(self, span: Span) -> list[ColumnElement[bool]]:
        """The zone's hazards, or the firm's, but those found in error."""
        return [_H.zone_id == self.zone_id, _H.state.in_(_LIVE), *span.only(_H.enterprise_id)]

    def day(self, column: Column[Any]) -> ColumnElement[Any]:
        """The day of a moment in Shanghai, to be compared with another column."""
        if self.connection.dialect.name == "sqlite":
            return func.date(column, "+8 hours")
        return cast(func.timezone("Asia/Shanghai", column), Date)


def _answered_good(row: Any, asked: Mapping[str, Sequence[int]]) -> bool:
    progress = Progress(row.progress)
    places = [place for place in places_of(row.criterion_id, asked) if place < len(progress)]
    return went_unfound([progress.answer(place) for place in places])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC)


def day_of(moment: Any) -> Any:
    """The day in Shanghai; None stays None."""
    return moment.astimezone(SHANGHAI).date() if moment is not None else None
