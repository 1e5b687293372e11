"""Who has not reported, counted and listed by the database whatever the number of enterprises."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from checklists.reminders import DutyState
from checklists.reports import GroupCount, Grouping, Standing, Unreported
from storage.subject import Subject
from storage.tables import duties, enterprise_trades, enterprises, inspections


class Reports(Subject):
    """The office's view of duties; every method looks at one kind of duty on one day."""

    def standing(self, kind: str, today: date) -> Standing:
        """How many enterprises owe a report in the periods that are open today, and how many missed one."""
        present = (duties.c.opens_on <= today) & (duties.c.due_on >= today)
        missed = (duties.c.due_on < today) & (duties.c.state == DutyState.OPEN.value)
        row = self.connection.execute(
            select(
                func.count().filter(present),
                func.count().filter(present, duties.c.state == DutyState.DONE.value),
                func.count(func.distinct(case((missed, duties.c.enterprise_id)))),
            ).where(
                duties.c.zone_id == self.zone_id,
                duties.c.kind == kind,
                duties.c.state != DutyState.WAIVED.value,
                (duties.c.due_on >= today) | (duties.c.state == DutyState.OPEN.value),
            )
        ).one()
        return Standing(owed=row[0], done=row[1], open=row[0] - row[1], overdue=row[2])

    def groups(self, kind: str, today: date, by: Grouping) -> list[GroupCount]:
        """The trades or communities that have somebody on the list, most overdue first.

        An enterprise of two trades counts in both; one without a trade or community counts under "".
        """
        open_ = self._open(kind, today).subquery()
        joined = open_.join(
            enterprises, (enterprises.c.zone_id == self.zone_id) & (enterprises.c.id == open_.c.enterprise_id)
        )
        value: Any = enterprises.c.community
        if by is Grouping.TRADE:
            in_trade = enterprise_trades.c.enterprise_id == open_.c.enterprise_id
            joined = joined.outerjoin(enterprise_trades, (enterprise_trades.c.zone_id == self.zone_id) & in_trade)
            value = func.coalesce(enterprise_trades.c.sector, "")
        number, overdue = func.count().label("number"), func.sum(open_.c.overdue).label("overdue")
        rows = self.connection.execute(
            select(value.label("value"), number, overdue)
            .select_from(joined)
            .group_by(value)
            .order_by(overdue.desc(), number.desc(), value)
        )
        return [GroupCount(value=row.value, number=row.number, overdue=int(row.overdue)) for row in rows]

    def unreported(
        self, kind: str, today: date, *, by: Grouping = Grouping.ALL, value: str = "", limit: int, offset: int = 0
    ) -> list[Unreported]:
        """The enterprises on the list, or in one of its groups; longest overdue first."""
        open_, e = self._open(kind, today).subquery(), enterprises
        oldest = (
            (duties.c.zone_id == self.zone_id)
            & (duties.c.enterprise_id == open_.c.enterprise_id)
            & (duties.c.kind == kind)
            & (duties.c.due_on == open_.c.due_on)
            & (duties.c.state == DutyState.OPEN.value)
        )
        statement = (
            select(
                open_.c.enterprise_id,
                e.c.name.label("enterprise"),
                e.c.uscc,
                e.c.community,
                duties.c.period,
                open_.c.due_on,
                open_.c.missed,
            )
            .select_from(open_)
            .join(e, (e.c.zone_id == self.zone_id) & (e.c.id == open_.c.enterprise_id))
            .join(duties, oldest)
            .where(*self._in_group(by, value))
            .order_by(open_.c.due_on, e.c.name, e.c.id)
        )
        return [Unreported(**row._mapping) for row in self.connection.execute(statement.limit(limit).offset(offset))]

    def last_submitted(self, ids: list[int]) -> dict[int, datetime]:
        """When each of these enterprises last handed in an inspection."""
        rows = self.connection.execute(
            select(inspections.c.enterprise_id, func.max(inspections.c.submitted_at).label("at"))
            .where(
                inspections.c.zone_id == self.zone_id,
                inspections.c.enterprise_id.in_(ids),
                inspections.c.submitted_at.is_not(None),
            )
            .group_by(inspections.c.enterprise_id)
        )
        return {row.enterprise_id: row.at for row in rows}

    def _in_group(self, by: Grouping, value: str) -> list[ColumnElement[bool]]:
        trades = enterprise_trades
        in_trades = select(trades.c.enterprise_id).where(trades.c.zone_id == self.zone_id)
        match by:
            case Grouping.COMMUNITY:
                return [enterprises.c.community == value]
            case Grouping.TRADE if value:
                return [enterprises.c.id.in_(in_trades.where(trades.c.sector == value))]
            case Grouping.TRADE:
                return [enterprises.c.id.not_in(in_trades)]
        return []

    def _open(self, kind: str, today: date) -> Select[Any]:
        """One row for each enterprise with an open duty whose period has begun."""
        due = func.min(duties.c.due_on).label("due_on")
        overdue = func.max(case((duties.c.due_on < today, 1), else_=0)).label("overdue")
        return (
            select(
                duties.c.enterprise_id,
                due,
                overdue,
                func.sum(case((duties.c.due_on < today, 1), else_=0)).label("missed"),
            )
            .where(
                duties.c.zone_id == self.zone_id,
                duties.c.state == DutyState.OPEN.value,
                duties.c.kind == kind,
                duties.c.opens_on <= today,
            )
            .group_by(duties.c.enterprise_id)
        )
