"""Zones (辖区): the tenant with its office, its short code for numbers, and its plan."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.hot import Hot
from storage.subject import Subject
from storage.tables import zones

_CURRENT = Hot(
    lambda _: select(zones.c.id, zones.c.code, zones.c.name, zones.c.plan_id).where(zones.c.id == bindparam("zone"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """One zone; `code` prefixes the numbers of its hazards, `plan_id` names its plan profile."""

    id: int
    code: str
    name: str
    plan_id: str


class Zones(Subject):
    """The zone of the transaction."""

    def current(self) -> Zone | None:
        """The zone of this transaction, or None before it was founded."""
        row = _CURRENT.row(self.connection, {"zone": self.zone_id})
        return Zone(**row._asdict()) if row else None

    def found(self, *, code: str, name: str, plan_id: str, at: datetime) -> Zone:
        """Create the zone of this transaction, or bring its name, code and plan up to date."""
        if self.current() is None:
            self.connection.execute(
                zones.insert().values(id=self.zone_id, code=code, name=name, plan_id=plan_id, created_at=at)
            )
        else:
            self.connection.execute(
                zones.update().where(zones.c.id == self.zone_id).values(code=code, name=name, plan_id=plan_id)
            )
        return Zone(id=self.zone_id, code=code, name=name, plan_id=plan_id)
