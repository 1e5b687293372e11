"""The departments (科室) of the office: which trades each supervises, who belongs to it, what it was called before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from storage.office_tables import department_members, department_trades, departments
from storage.subject import Subject
from storage.tables import enterprise_trades
from storage.types import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Department:
    """One department with the duty to supervise these trades."""

    id: int
    name: str
    trades: tuple[str, ...] = ()


class Departments(Subject):
    """Departments that stand, their trades and their members."""

    def found(self, name: str, *, trades: Sequence[str] = (), by: int | None, at: datetime) -> Department:
        """A new department in charge of these trades."""
        made = Department(id=new_id(), name=name[:100], trades=tuple(trades))
        self.insert_new(departments, {"id": made.id, "name": made.name, "founded_at": at})
        self._set_trades(made.id, trades)
        self._note("department_founded", made.id, by=by, at=at, after={"name": name, "trades": list(trades)})
        return made

    def set_trades(self, department_id: int, trades: Sequence[str], *, by: int | None, at: datetime) -> None:
        """From now on the department is in charge of these trades; hazards keep the department they have."""
        self.connection.execute(
            department_trades.delete().where(
                department_trades.c.zone_id == self.zone_id, department_trades.c.department_id == department_id
            )
        )
        self._set_trades(department_id, trades)
        self._note("department_trades_set", department_id, by=by, at=at, after={"trades": list(trades)})

    def dissolve(self, department_id: int, *, by: int | None, at: datetime) -> None:
        """The department gets nothing new; its row stays for what it did."""
        mine = (departments.c.zone_id == self.zone_id) & (departments.c.id == department_id)
        self.connection.execute(departments.update().where(mine).values(dissolved_at=at))
        self._note("department_dissolved", department_id, by=by, at=at, after=None)

    def all(self) -> list[Department]:
        """Every department that stands, in the order they were founded."""
        standing = (departments.c.zone_id == self.zone_id) & departments.c.dissolved_at.is_(None)
        rows = self.connection.execute(select(departments.c.id, departments.c.name).where(standing))
        trades = self.connection.execute(
            select(department_trades).where(department_trades.c.zone_id == self.zone_id)
        ).all()
        return sorted(
            (
                Department(id=row.id, name=row.name, trades=tuple(t.trade for t in trades if t.department_id == row.id))
                for row in rows
            ),
            key=lambda d: d.id,
        )

    def get(self, department_id: int) -> Department | None:
        """The department with this id, if it stands."""
        return next((d for d in self.all() if d.id == department_id), None)

    def any(self) -> bool:
        """Whether the zone has departments at all; without, the whole office holds every duty."""
        standing = (departments.c.zone_id == self.zone_id) & departments.c.dissolved_at.is_(None)
        return self.connection.execute(select(departments.c.id).where(standing).limit(1)).first() is not None

    def in_charge_of(self, enterprise_id: int) -> int | None:
        """The one department in charge of a trade of this enterprise; None where there is none or more than one."""
        statement = (
            select(department_trades.c.department_id)
            .join(
                enterprise_trades,
                (enterprise_trades.c.zone_id == department_trades.c.zone_id)
                & (enterprise_trades.c.sector == department_trades.c.trade),
            )
            .join(
                departments,
                (departments.c.zone_id == department_trades.c.zone_id)
                & (departments.c.id == department_trades.c.department_id),
            )
            .where(
                department_trades.c.zone_id == self.zone_id,
                enterprise_trades.c.enterprise_id == enterprise_id,
                departments.c.dissolved_at.is_(None),
            )
            .distinct()
        )
        found = self.connection.execute(statement).scalars().all()
        return int(found[0]) if len(found) == 1 else None

    def join(self, department_id: int, person_id: int, *, by: int | None, at: datetime) -> None:
        """A person works for the department from now on; nothing happens if so already."""
        if self.is_member(department_id, person_id):
            return
        row = {"id": new_id(), "department_id": department_id, "person_id": person_id, "since": at}
        self.insert_new(department_members, row)
        self._note("department_joined", department_id, by=by, at=at, after={"person": person_id})

    def leave(self, department_id: int, person_id: int, *, by: int | None, at: datetime) -> None:
        """A person works for the department no more."""
        self.connection.execute(
            department_members.update().where(*self._membership(department_id, person_id)).values(until=at)
        )
        self._note("department_left", department_id, by=by, at=at, after={"person": person_id})

    def members(self, department_id: int) -> list[int]:
        """The ids of the people who work for the department now."""
        now = (department_members.c.department_id == department_id) & department_members.c.until.is_(None)
        statement = select(department_members.c.person_id).where(department_members.c.zone_id == self.zone_id, now)
        return list(self.connection.execute(statement.order_by(department_members.c.id)).scalars())

    def is_member(self, department_id: int, person_id: int) -> bool:
        """Whether the person works for the department now."""
        statement = select(department_members.c.id).where(*self._membership(department_id, person_id))
        return self.connection.execute(statement).first() is not None

    def of_person(self, person_id: int) -> list[int]:
        """The ids of the departments a person works for now."""
        mine = (department_members.c.person_id == person_id) & department_members.c.until.is_(None)
        statement = select(department_members.c.department_id).where(department_members.c.zone_id == self.zone_id, mine)
        return list(self.connection.execute(statement).scalars())

    def _membership(self, department_id: int, person_id: int) -> tuple[ColumnElement[bool], ...]:
        c = department_members.c
        mine = (c.zone_id == self.zone_id, c.department_id == department_id, c.person_id == person_id)
        return (*mine, c.until.is_(None))

    def _set_trades(self, department_id: int, trades: Sequence[str]) -> None:
        for trade in dict.fromkeys(trades):
            self.insert_new(department_trades, {"department_id": department_id, "trade": trade})

    def _note(self, what: str, department_id: int, *, by: int | None, at: datetime, after: object) -> None:
        self.tx.trail.add(what, subject="department", subject_id=department_id, person_id=by, at=at, after=after)
