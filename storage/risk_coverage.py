"""Which firms have a risk register, and which have own items and inspect in time."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.reminders import DutyState
from checklists.risk_coverage import Counts
from storage.office_tables import risk_points
from storage.subject import Subject
from storage.tables import duties, enterprises, extra_items

_E, _P, _X, _D = enterprises.c, risk_points.c, extra_items.c, duties.c
_HAS_REGISTER = exists().where(_P.zone_id == _E.zone_id, _P.enterprise_id == _E.id, _P.retired_at.is_(None))
_HAS_ITEMS = exists().where(_X.zone_id == _E.zone_id, _X.enterprise_id == _E.id, _X.retired_at.is_(None))
_INSPECTION = and_(_D.zone_id == _E.zone_id, _D.enterprise_id == _E.id, _D.kind == PRINCIPAL_INSPECTION)
_HAS_INSPECTED = exists().where(_INSPECTION, _D.state == DutyState.DONE.value)


class RiskCoverage(Subject):
    """Figures over the active firms of the zone, reckoned when they are asked for."""

    def counts(self, today: date) -> Counts:
        """How many there are, and how many have what."""
        return Counts(
            firms=self._count(),
            with_register=self._count(_HAS_REGISTER),
            with_own_cycle=self._count(_in_time(today)),
        )

    def without_register(self, *, limit: int, offset: int = 0) -> list[tuple[int, str]]:
        """Ids and names of those without a risk point, by name."""
        return self._named(~_HAS_REGISTER, limit, offset)

    def without_own_cycle(self, today: date, *, limit: int, offset: int = 0) -> list[tuple[int, str]]:
        """Ids and names of those without an own item, or that have not inspected in time, by name."""
        return self._named(~_in_time(today), limit, offset)

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return int(self.connection.execute(self._active(select(func.count()), *conditions)).scalar_one())

    def _named(self, condition: ColumnElement[bool], limit: int, offset: int) -> list[tuple[int, str]]:
        statement = self._active(select(_E.id, _E.name), condition).order_by(_E.name, _E.id)
        return [(row.id, row.name) for row in self.connection.execute(statement.limit(limit).offset(offset))]

    def _active(self, statement: Select[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
        return statement.select_from(enterprises).where(_E.zone_id == self.zone_id, _E.active, *conditions)


def _in_time(today: date) -> ColumnElement[bool]:
    """An own item is asked, and every period of the principal's inspection that is over was done, one at least."""
    missed = exists().where(_INSPECTION, _D.state == DutyState.OPEN.value, _D.due_on < today)
    return and_(_HAS_ITEMS, _HAS_INSPECTED, ~missed)
