"""Reading what counts in ratings: for one firm or for all of the zone by the same few statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, and_, cast, func, or_, select

from checklists.composing import Checklist
from checklists.doubles import same_question
from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazard_records import Outcome
from checklists.hazard_statistics import STATISTICS
from checklists.hazards import Level, Source, State
from checklists.inspections import Progress
from checklists.rating_facts import FirmYear, Gain, RatedDuty, RatedHazard, as_of
from checklists.reminders import DutyState
from checklists.repeats import asked_in, places_of, repeats_of, went_unfound
from checklists.working_days import SHANGHAI
from storage.hazard_tables import hazard_notices, hazard_reviews, major_reports
from storage.ledger_conditions import overdue
from storage.office_settings import REPEAT_DAYS
from storage.office_tables import risk_points
from storage.subject import Subject
from storage.tables import checklists, duties, enterprises, hazards, inspections

_H = hazards.c
_INSIDE = (Source.SELF_INSPECTION.value, Source.WORKER.value)
_LIVE = sorted(s.value for s in State if s is not State.WITHDRAWN)
_BASE = [_H[n] for n in ("id", "year", "sequence", "enterprise_id", "source", "state", "level", "deadline")]
_TIMES = [_H.found_at, _H.handed_in_at]
_AT_ONCE = 500
_MOST_REPORT_DAYS = timedelta(days=91)


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


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """What the statements have said of one hazard so far."""

    base: Any
    more: dict[str, Any] = field(default_factory=dict)


class RatingFacts(Subject):
    """The facts of a year by firm; only active enterprises that were here before its end."""

    def of_year(self, year: int, *, today: date, enterprise_id: int | None = None) -> dict[int, FirmYear]:
        """All firms, or the one; the number of statements does not grow with firms or hazards."""
        span = _Span(year=year, last=as_of(year, today), today=today, firm=enterprise_id)
        firms = self._firms(span)
        by_firm: dict[int, list[RatedHazard]] = {}
        for base, hazard in self._hazards(span):
            by_firm.setdefault(base.enterprise_id, []).append(hazard)
        owed, gains, registered = self._duties(span), self._gains(span), self._registered(span)
        return {
            firm: FirmYear(
                since=since,
                hazards=tuple(by_firm.get(firm, ())),
                duties=tuple(owed.get(firm, ())),
                heard=gains.get((firm, Source.WORKER.value), Gain()),
                found=gains.get((firm, Source.SELF_INSPECTION.value), Gain()),
                has_register=firm in registered,
            )
            for firm, since in firms.items()
        }

    def _firms(self, span: "_Span") -> dict[int, date]:
        c = enterprises.c
        mine = [c.zone_id == self.zone_id, c.active, c.created_at < span.ends, *span.only(c.id)]
        return {
            row.id: _day(row.created_at) for row in self.connection.execute(select(c.id, c.created_at).where(*mine))
        }

    def _duties(self, span: "_Span") -> dict[int, list[RatedDuty]]:
        c = duties.c
        late = and_(c.kind == PRINCIPAL_INSPECTION, c.state == DutyState.DONE.value, self._day(c.done_at) > c.due_on)
        statement = select(c.enterprise_id, c.kind, c.period, c.due_on, c.done_at, c.state).where(
            c.zone_id == self.zone_id,
            c.due_on.between(date(span.year, 1, 1), span.last),
            c.kind.in_((PRINCIPAL_INSPECTION, *STATISTICS)),
            or_(c.state == DutyState.OPEN.value, late),
            *span.only(c.enterprise_id),
        )
        found: dict[int, list[RatedDuty]] = {}
        for row in self.connection.execute(statement):
            done = _day(row.done_at) if row.state == DutyState.DONE.value and row.done_at else None
            duty = RatedDuty(kind=row.kind, period=row.period, due_on=row.due_on, done_on=done)
            found.setdefault(row.enterprise_id, []).append(duty)
        return found

    def _gains(self, span: "_Span") -> dict[tuple[int, str], Gain]:
        """By firm and source: what workers reported and was taken up, what the firm found and put right in time."""
        in_time = or_(_H.deadline.is_(None), self._day(_H.handed_in_at) <= _H.deadline)
        heard = and_(_H.source == Source.WORKER.value, _H.level_confirmed_by.is_not(None))
        put_right = and_(_H.source == Source.SELF_INSPECTION.value, _H.state == State.CLOSED.value, in_time)
        statement = (
            select(_H.enterprise_id, _H.source, func.count().label("number"), func.max(_H.found_at).label("last"))
            .where(*self._live(span), span.found_in_year(), _H.fakes == 0, or_(heard, put_right))
            .group_by(_H.enterprise_id, _H.source)
        )
        rows = self.connection.execute(statement)
        return {(row.enterprise_id, row.source): Gain(count=row.number, last=_day(row.last)) for row in rows}

    def _registered(self, span: "_Span") -> set[int]:
        """The firms that have a risk point."""
        c = risk_points.c
        stands = or_(c.retired_at.is_(None), c.retired_at >= span.ends)
        mine = [c.zone_id == self.zone_id, c.made_at < span.ends, stands, *span.only(c.enterprise_id)]
        return set(self.connection.execute(select(c.enterprise_id).where(*mine).distinct()).scalars())

    def _hazards(self, span: "_Span") -> Iterator[tuple[Any, RatedHazard]]:
        """Every hazard that may cost something, with all that is known of it."""
        gathered: dict[int, _Gathered] = {}

        def told(row: Any, **more: Any) -> None:
            gathered.setdefault(row.id, _Gathered(base=row)).more.update(more)

        for row in self._overdue(span):
            told(row)
        for row in self._judged(span):
            told(row, returns=row.returns, returned_on=_day(row.returned))
            told(row, fakes=row.faked_times, faked_on=_day(row.faked))
        for row in self._major(span):
            told(row, confirmed_on=_day(row.confirmed), reported_on=_day(row.reported))
        outside = self._outside(span)
        came_back, unfound = self._came_back(span, outside), self._unfound(span)
        for row in outside:
            if row.id in came_back or row.id in unfound:
                told(row, came_back=row.id in came_back, went_unfound=row.id in unfound)
        for one in gathered.values():
            yield one.base, _rated(one.base, one.more)

    def _overdue(self, span: "_Span") -> Iterable[Any]:
        late = and_(_H.handed_in_at >= span.begins, self._day(_H.handed_in_at) > _H.deadline)
        conditions = [*self._live(span), _H.deadline < span.last, or_(overdue(span.last), late)]
        return self.connection.execute(select(*_BASE, *_TIMES).where(*conditions))

    def _judged(self, span: "_Span") -> Iterable[Any]:
        """Hazards with what was sent back or found to be fake in the year, how often and when last."""
        c = hazard_reviews.c
        returned, fake = (c.outcome == outcome.value for outcome in (Outcome.RETURNED, Outcome.FAKE))
        of_hazard = and_(c.zone_id == _H.zone_id, c.hazard_id == _H.id)
        statement = (
            select(
                *_BASE,
                *_TIMES,
                func.count().filter(returned).label("returns"),
                func.max(c.at).filter(returned).label("returned"),
                func.count().filter(fake).label("faked_times"),
                func.max(c.at).filter(fake).label("faked"),
            )
            .select_from(hazards.join(hazard_reviews, of_hazard))
            .where(*self._live(span), c.at >= span.begins, c.at < span.ends, or_(returned, fake))
            .group_by(_H.zone_id, _H.id)
        )
        return self.connection.execute(statement)

    def _major(self, span: "_Span") -> Iterable[Any]:
        """Major hazards confirmed as such in the year or shortly before it, with the day their report came."""
        n, m = hazard_notices.c, major_reports.c
        noticed = and_(n.zone_id == _H.zone_id, n.hazard_id == _H.id, n.life == _H.life)
        reported = and_(m.zone_id == _H.zone_id, m.hazard_id == _H.id, m.life == _H.life)
        confirmed = func.min(n.made_at)
        statement = (
            select(*_BASE, *_TIMES, confirmed.label("confirmed"), m.handed_in_at.label("reported"))
            .select_from(hazards.join(hazard_notices, noticed).outerjoin(major_reports, reported))
            .where(*self._live(span), _H.level == Level.MAJOR.value, _H.level_confirmed_by.is_not(None))
            .group_by(_H.zone_id, _H.id, m.handed_in_at)
            .having(and_(confirmed >= span.begins - _MOST_REPORT_DAYS, confirmed < span.ends))
        )
        return self.connection.execute(statement)

    def _outside(self, span: "_Span") -> Sequence[Any]:
        """What others than the firm found, by a criterion, in the year and as long before as it may come back from."""
        window = timedelta(days=self.tx.office_settings.figure(REPEAT_DAYS))
        begins = _H.found_at >= span.begins - window
        conditions = [*self._live(span), _H.source.not_in(_INSIDE), begins, _H.found_at < span.ends]
        wanted = select(*_BASE, *_TIMES, _H.criterion_id, _H.closed_at)
        return self.connection.execute(wanted.where(*conditions, _H.criterion_id.is_not(None))).all()

    def _came_back(self, span: "_Span", outside: Sequence[Any]) -> set[int]:
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

    def _unfound(self, span: "_Span") -> set[int]:
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
            .where(*self._live(span), _H.source.not_in(_INSIDE), _H.criterion_id.is_not(None), span.found_in_year())
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

    def _live(self, span: "_Span") -> list[ColumnElement[bool]]:
        return [_H.zone_id == self.zone_id, _H.state.in_(_LIVE), *span.only(_H.enterprise_id)]

    def _day(self, column: Column[Any]) -> ColumnElement[Any]:
        """The day of a moment in Shanghai, to be compared with another column."""
        if self.connection.dialect.name == "sqlite":
            return func.date(column, "+8 hours")
        return cast(func.timezone("Asia/Shanghai", column), Date)


_OUTSIDE = ("id", "enterprise_id", "criterion_id", "found_at", "closed_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    """The year, as far as it has come, and whose it is; `firm` None: everybody's."""

    year: int
    last: date
    today: date
    firm: int | None

    @property
    def begins(self) -> datetime:
        return _midnight(date(self.year, 1, 1))

    @property
    def ends(self) -> datetime:
        return _midnight(date(self.year + 1, 1, 1))

    def has(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends

    def found_in_year(self) -> ColumnElement[bool]:
        return and_(_H.found_at >= self.begins, _H.found_at < self.ends)

    def only(self, column: Column[Any]) -> list[ColumnElement[bool]]:
        return [] if self.firm is None else [column == self.firm]


def _rated(base: Any, more: Mapping[str, Any]) -> RatedHazard:
    return RatedHazard(
        id=base.id,
        number=(base.year, base.sequence),
        level=Level(base.level),
        state=State(base.state),
        is_inside=base.source in _INSIDE,
        found_on=_day(base.found_at),
        deadline=base.deadline,
        handed_in_on=_day(base.handed_in_at) if base.handed_in_at else None,
        **more,
    )


def _answered_good(row: Any, asked: Mapping[str, Sequence[int]]) -> bool:
    progress = Progress(row.progress)
    places = [place for place in places_of(row.criterion_id, asked) if place < len(progress)]
    return went_unfound([progress.answer(place) for place in places])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC)


def _day(moment: Any) -> Any:
    """The day in Shanghai; None stays None."""
    return moment.astimezone(SHANGHAI).date() if moment is not None else None
