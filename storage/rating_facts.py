"""Reading what counts in ratings: for one firm or for all of the zone by the same few statements."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazard_records import Outcome
from checklists.hazard_statistics import STATISTICS
from checklists.hazards import Level, Source, State
from checklists.rating_facts import FirmYear, Gain, RatedDuty, RatedHazard, as_of
from checklists.reminders import DutyState
from storage.hazard_tables import hazard_notices, hazard_reviews, major_reports
from storage.ledger_conditions import overdue
from storage.office_tables import risk_points
from storage.rating_findings import BASE, INSIDE, RatingFindings, Span, day_of
from storage.tables import duties, enterprises, hazards

_H = hazards.c
_MOST_REPORT_DAYS = timedelta(days=91)


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """What the statements have said of one hazard so far."""

    base: Any
    more: dict[str, Any] = field(default_factory=dict)


class RatingFacts(RatingFindings):
    """The facts of a year by firm; only active enterprises that were here before its end."""

    def of_year(self, year: int, *, today: date, firms: Collection[int] | None = None) -> dict[int, FirmYear]:
        """All firms, or these; the number of statements does not grow with firms or hazards."""
        span = Span(year=year, last=as_of(year, today), today=today, firms=firms)
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
            for firm, since in self._firms(span).items()
        }

    def firms_of(self, year: int, *, today: date) -> Collection[int]:
        """The firms that are rated in this year."""
        return self._firms(Span(year=year, last=as_of(year, today), today=today, firms=None))

    def _firms(self, span: Span) -> dict[int, date]:
        c = enterprises.c
        mine = [c.zone_id == self.zone_id, c.active, c.created_at < span.ends, *span.only(c.id)]
        return {
            row.id: day_of(row.created_at) for row in self.connection.execute(select(c.id, c.created_at).where(*mine))
        }

    def _duties(self, span: Span) -> dict[int, list[RatedDuty]]:
        c = duties.c
        late = and_(c.kind == PRINCIPAL_INSPECTION, c.state == DutyState.DONE.value, self.day(c.done_at) > c.due_on)
        statement = select(c.enterprise_id, c.kind, c.period, c.due_on, c.done_at, c.state).where(
            c.zone_id == self.zone_id,
            c.due_on.between(date(span.year, 1, 1), span.last),
            c.kind.in_((PRINCIPAL_INSPECTION, *STATISTICS)),
            or_(c.state == DutyState.OPEN.value, late),
            *span.only(c.enterprise_id),
        )
        found: dict[int, list[RatedDuty]] = {}
        for row in self.connection.execute(statement):
            done = day_of(row.done_at) if row.state == DutyState.DONE.value and row.done_at else None
            duty = RatedDuty(kind=row.kind, period=row.period, due_on=row.due_on, done_on=done)
            found.setdefault(row.enterprise_id, []).append(duty)
        return found

    def _gains(self, span: Span) -> dict[tuple[int, str], Gain]:
        """By firm and source: what workers reported and was taken up, what the firm found and put right in time."""
        in_time = or_(_H.deadline.is_(None), self.day(_H.handed_in_at) <= _H.deadline)
        heard = and_(_H.source == Source.WORKER.value, _H.level_confirmed_by.is_not(None))
        put_right = and_(_H.source == Source.SELF_INSPECTION.value, _H.state == State.CLOSED.value, in_time)
        statement = (
            select(_H.enterprise_id, _H.source, func.count().label("number"), func.min(_H.found_at).label("first"))
            .where(*self.live(span), span.found_in_year(), _H.fakes == 0, or_(heard, put_right))
            .group_by(_H.enterprise_id, _H.source)
        )
        rows = self.connection.execute(statement)
        return {(row.enterprise_id, row.source): Gain(count=row.number, first=day_of(row.first)) for row in rows}

    def _registered(self, span: Span) -> set[int]:
        """The firms that have a risk point."""
        c = risk_points.c
        stands = or_(c.retired_at.is_(None), c.retired_at >= span.ends)
        mine = [c.zone_id == self.zone_id, c.made_at < span.ends, stands, *span.only(c.enterprise_id)]
        return set(self.connection.execute(select(c.enterprise_id).where(*mine).distinct()).scalars())

    def _hazards(self, span: Span) -> Iterator[tuple[Any, RatedHazard]]:
        """Every hazard that may cost something, with all that is known of it."""
        gathered: dict[int, _Gathered] = {}

        def told(row: Any, **more: Any) -> None:
            gathered.setdefault(row.id, _Gathered(base=row)).more.update(more)

        for row in self._overdue(span):
            told(row)
        for row in self._judged(span):
            told(row, returns=row.returns, returned_on=day_of(row.returned))
            told(row, fakes=row.faked_times, faked_on=day_of(row.faked))
        for row in self._major(span):
            told(row, confirmed_on=day_of(row.confirmed), reported_on=day_of(row.reported))
        outside = self.outside(span)
        came_back, unfound = self.came_back(span, outside), self.unfound(span)
        for row in outside:
            if row.id in came_back or row.id in unfound:
                told(row, came_back=row.id in came_back, went_unfound=row.id in unfound)
        for one in gathered.values():
            yield one.base, _rated(one.base, one.more)

    def _overdue(self, span: Span) -> Iterable[Any]:
        late = and_(_H.handed_in_at >= span.begins, self.day(_H.handed_in_at) > _H.deadline)
        conditions = [*self.live(span), _H.deadline < span.last, or_(overdue(span.last), late)]
        return self.connection.execute(select(*BASE).where(*conditions))

    def _judged(self, span: Span) -> Iterable[Any]:
        """Hazards with what was sent back or found to be fake in the year, how often and when last."""
        c = hazard_reviews.c
        returned, fake = (c.outcome == outcome.value for outcome in (Outcome.RETURNED, Outcome.FAKE))
        of_hazard = and_(c.zone_id == _H.zone_id, c.hazard_id == _H.id)
        statement = (
            select(
                *BASE,
                func.count().filter(returned).label("returns"),
                func.max(c.at).filter(returned).label("returned"),
                func.count().filter(fake).label("faked_times"),
                func.max(c.at).filter(fake).label("faked"),
            )
            .select_from(hazards.join(hazard_reviews, of_hazard))
            .where(*self.live(span), c.at >= span.begins, c.at < span.ends, or_(returned, fake))
            .group_by(_H.zone_id, _H.id)
        )
        return self.connection.execute(statement)

    def _major(self, span: Span) -> Iterable[Any]:
        """Major hazards confirmed as such in the year or shortly before it, with the day their report came."""
        n, m = hazard_notices.c, major_reports.c
        noticed = and_(n.zone_id == _H.zone_id, n.hazard_id == _H.id, n.life == _H.life)
        reported = and_(m.zone_id == _H.zone_id, m.hazard_id == _H.id, m.life == _H.life)
        confirmed = func.min(n.made_at)
        statement = (
            select(*BASE, confirmed.label("confirmed"), m.handed_in_at.label("reported"))
            .select_from(hazards.join(hazard_notices, noticed).outerjoin(major_reports, reported))
            .where(*self.live(span), _H.level == Level.MAJOR.value, _H.level_confirmed_by.is_not(None))
            .group_by(_H.zone_id, _H.id, m.handed_in_at)
            .having(and_(confirmed >= span.begins - _MOST_REPORT_DAYS, confirmed < span.ends))
        )
        return self.connection.execute(statement)


def _rated(base: Any, more: Mapping[str, Any]) -> RatedHazard:
    return RatedHazard(
        id=base.id,
        number=(base.year, base.sequence),
        level=Level(base.level),
        state=State(base.state),
        is_inside=base.source in INSIDE,
        found_on=day_of(base.found_at),
        deadline=base.deadline,
        handed_in_on=day_of(base.handed_in_at) if base.handed_in_at else None,
        **more,
    )
