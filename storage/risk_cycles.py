"""How the risk points of firms stand against what the office has set, and what was found at them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, func, or_, select

from checklists.hazards import Level, State
from checklists.risk_cycles import (
    ASSESSMENT_MONTHS,
    CHECK_DAYS,
    LOOK_BACK,
    RISK_FIGURES,
    Cycle,
    Found,
    Standing,
    standing,
)
from checklists.risk_points import Grade, RiskAssessment
from checklists.working_days import SHANGHAI
from storage.office_tables import risk_assessments, risk_checks, risk_points
from storage.subject import Subject
from storage.tables import enterprises, hazards


@dataclass(frozen=True, kw_only=True, slots=True)
class LateFirm:
    """A firm with points that should have been looked at before today; `longest` are days of the latest one."""

    enterprise_id: int
    enterprise: str
    overdue: int
    longest: int


class RiskCycles(Subject):
    """What falls due at risk points; nothing here changes one."""

    def cycle(self) -> Cycle:
        """What the office has set."""
        settings = self.tx.office_settings
        figures, since = settings.figures(list(RISK_FIGURES)), settings.changed(list(RISK_FIGURES))
        graded = {grade: name for grade, name in CHECK_DAYS.items() if name in since}
        months_since = since.get(ASSESSMENT_MONTHS)
        return Cycle(
            days={grade: figures[name] for grade, name in graded.items()},
            since={grade: since[name].astimezone(SHANGHAI).date() for grade, name in graded.items()},
            months=figures[ASSESSMENT_MONTHS],
            months_since=months_since.astimezone(SHANGHAI).date() if months_since else None,
        )

    def found(self, enterprise_ids: Collection[int], today: date) -> dict[int, Found]:
        """By point, what was found there within a year and since its last assessment."""
        h, p, a = hazards.c, risk_points.c, risk_assessments.c
        point = and_(p.zone_id == h.zone_id, p.id == h.risk_point_id)
        assessed = select(func.max(a.at)).where(a.zone_id == p.zone_id, a.risk_point_id == p.id).scalar_subquery()
        major = case((and_(h.level == Level.MAJOR.value, h.level_confirmed_by.is_not(None)), 1), else_=0)
        statement = (
            select(p.id, func.count().label("hazards"), func.sum(major).label("major"))
            .select_from(hazards.join(risk_points, point))
            .where(
                h.zone_id == self.zone_id,
                p.enterprise_id.in_(sorted(enterprise_ids)),
                p.retired_at.is_(None),
                h.found_at >= _morning(today - LOOK_BACK),
                h.state != State.WITHDRAWN.value,
                or_(assessed.is_(None), h.found_at > assessed),
            )
            .group_by(p.id)
        )
        rows = self.connection.execute(statement)
        return {row.id: Found(hazards=int(row.hazards), major=int(row.major)) for row in rows}

    def standings(self, enterprise_ids: Sequence[int], today: date, cycle: Cycle | None = None) -> dict[int, Standing]:
        """How the registers of these firms stand today, those without a point left out."""
        cycle = self.cycle() if cycle is None else cycle
        found = self.found(enterprise_ids, today)
        points = self.tx.risk_points.of_enterprises(enterprise_ids, with_measures=False)
        return {firm: standing(own, cycle, found, today) for firm, own in points.items()}

    def waiting(self, today: date, *, after: int = 0, limit: int) -> list[int]:
        """The ids of active firms with a point to be looked at or assessed by today, the first ones above `after`."""
        conditions = _waiting(today, self.cycle())
        if not conditions:
            return []
        p, e = risk_points.c, enterprises.c
        own = (p.zone_id == e.zone_id, p.enterprise_id == e.id, p.retired_at.is_(None))
        # Firm by firm up to the limit: joined, every page would gather the points of all.
        statement = select(e.id).where(
            e.zone_id == self.zone_id, e.active, e.id > after, exists().where(*own, or_(*conditions))
        )
        return list(self.connection.execute(statement.order_by(e.id).limit(limit)).scalars())

    def late_count(self, today: date) -> int:
        """How many firms `late` would name."""
        conditions = _overdue(today, self.cycle())
        if not conditions:
            return 0
        statement = self._points(select(func.count(enterprises.c.id.distinct())), *conditions)
        return int(self.connection.execute(statement).scalar_one())

    def late(self, today: date) -> list[LateFirm]:
        """The active firms with points not looked at in time, the longest wait first."""
        cycle = self.cycle()
        conditions = _overdue(today, cycle)
        if not conditions:
            return []
        p, e, found = risk_points.c, enterprises.c, dict[int, LateFirm]()
        columns = (e.id, e.name, p.grade, p.checked_on, p.made_at, p.assessed_on)
        for firm, name, grade, *days in self.connection.execute(self._points(select(*columns), *conditions)):
            due = cycle.due_after(Grade(grade), *days)
            assert due is not None
            known = found.get(firm, LateFirm(enterprise_id=firm, enterprise=name, overdue=0, longest=0))
            longest = max(known.longest, (today - due).days)
            found[firm] = replace(known, overdue=known.overdue + 1, longest=longest)
        return sorted(found.values(), key=lambda firm: (-firm.longest, -firm.overdue, firm.enterprise))

    def _points(self, statement: Select[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
        """From the points in use of active firms for which one of these is so."""
        p, e = risk_points.c, enterprises.c
        joined = risk_points.join(enterprises, and_(e.zone_id == p.zone_id, e.id == p.enterprise_id))
        in_use = (p.zone_id == self.zone_id, p.retired_at.is_(None), e.active)
        return statement.select_from(joined).where(*in_use, or_(*conditions))

    def checked_since(self, enterprise_ids: Collection[int], since: datetime) -> dict[int, int]:
        """How many points of each of these firms were looked at since this moment."""
        return self._since(risk_checks, enterprise_ids, since)

    def assessed_since(self, enterprise_ids: Collection[int], since: datetime) -> dict[int, int]:
        """How many were assessed anew since this moment."""
        return self._since(risk_assessments, enterprise_ids, since)

    def _since(self, done: Table, enterprise_ids: Collection[int], since: datetime) -> dict[int, int]:
        p, c = risk_points.c, done.c
        statement = (
            select(p.enterprise_id, func.count(p.id.distinct()))
            .select_from(done.join(risk_points, and_(p.zone_id == c.zone_id, p.id == c.risk_point_id)))
            .where(c.zone_id == self.zone_id, p.enterprise_id.in_(sorted(enterprise_ids)), c.at >= since)
            .group_by(p.enterprise_id)
        )
        return {firm: int(count) for firm, count in self.connection.execute(statement)}

    def lowered(self, enterprise_id: int, today: date) -> list[tuple[str, RiskAssessment]]:
        """The points of a firm whose red or orange grade was lowered within a year, newest first, by their names."""
        a, p = risk_assessments.c, risk_points.c
        lowered = or_(
            and_(a.before == Grade.RED.value, a.grade != Grade.RED.value),
            and_(a.before == Grade.ORANGE.value, a.grade.in_((Grade.YELLOW.value, Grade.BLUE.value))),
        )
        since = _morning(today - LOOK_BACK)
        statement = (
            select(p.name.label("point"), *(c for c in a if c.name != "zone_id"))
            .select_from(risk_assessments.join(risk_points, and_(p.zone_id == a.zone_id, p.id == a.risk_point_id)))
            .where(
                a.zone_id == self.zone_id,
                p.enterprise_id == enterprise_id,
                lowered,
                a.at >= since,
            )
            .order_by(a.at.desc(), a.id.desc())
        )
        found = []
        for row in self.connection.execute(statement):
            values = dict(row._mapping)
            name = values.pop("point")
            found.append((name, RiskAssessment.of(values)))
        return found


def _waiting(today: date, cycle: Cycle) -> list[ColumnElement[bool]]:
    """When a point waits, as Cycle says it; empty where none can."""
    p = risk_points.c
    conditions = [
        and_(p.grade == grade.value, _before(p.checked_on, today - timedelta(days=days)), _assessed_by(today))
        for grade, days in cycle.days.items()
        if cycle.since[grade] <= today
    ]
    last = cycle.last_assessed_before(today)
    return conditions + ([_before(p.assessed_on, last)] if last is not None else [])


def _overdue(today: date, cycle: Cycle) -> list[ColumnElement[bool]]:
    """When a point should have been looked at before today."""
    yesterday = today - timedelta(days=1)
    return _waiting(yesterday, replace(cycle, months=0))


def _assessed_by(last: date) -> ColumnElement[bool]:
    return or_(risk_points.c.assessed_on.is_(None), risk_points.c.assessed_on <= last)


def _before(day: ColumnElement[date | None], last: date) -> ColumnElement[bool]:
    made_before = risk_points.c.made_at < _morning(last + timedelta(days=1))
    return or_(day <= last, and_(day.is_(None), made_before))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
