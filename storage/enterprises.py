"""Enterprises, their trades and traits, and who is named for which position."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select

from checklists.enterprise_rows import EnterpriseRow
from checklists.enterprises import Enterprise, TraitAnswer
from storage.contacts import Contacts
from storage.enterprise_queries import EnterpriseQueries
from storage.tables import contacts, enterprise_trades, enterprise_traits, enterprises
from storage.types import new_id


class Enterprises(EnterpriseQueries, Contacts):
    """Enterprises of the zone, their trades and traits, and who is named in them."""

    def add(self, *, name: str, uscc: str, address: str = "", community: str = "", at: datetime) -> Enterprise:
        """A new enterprise; if the code is known already, the one that has it, unchanged."""
        enterprise = Enterprise(
            id=new_id(), name=name[:200], uscc=uscc, address=address[:300], community=community[:100]
        )
        values = {
            "id": enterprise.id,
            "name": enterprise.name,
            "uscc": uscc,
            "address": enterprise.address,
            "community": enterprise.community,
            "created_at": at,
            "updated_at": at,
        }
        if self.insert_new(enterprises, values):
            return enterprise
        known = self.by_uscc(uscc)
        assert known is not None
        return known

    def add_listed(self, rows: Sequence[EnterpriseRow], *, at: datetime) -> list[int]:
        """New enterprises from a checked list, all at once; none of their codes may be known. Their ids in order."""
        listed = [(new_id(), row) for row in rows]
        self._insert_all(enterprises, [_listed_row(i, row, at) for i, row in listed])
        self._insert_all(enterprise_trades, [trade for i, row in listed for trade in _listed_trades(i, row)])
        self._insert_all(enterprise_traits, [trait for i, row in listed for trait in _listed_traits(i, row, at)])
        self._insert_all(contacts, [person for i, row in listed for person in _listed_people(i, row, at)])
        return [i for i, _ in listed]

    def update_listed(self, enterprise_id: int, row: EnterpriseRow, *, by: int | None, at: datetime) -> None:
        """Bring a known enterprise up to what a checked list says; what the list is silent on stays."""
        self.update(
            enterprise_id,
            name=row.name,
            address=row.address or None,
            community=row.community or None,
            at=at,
        )
        if row.trades:
            self.set_trades(enterprise_id, row.trades, at=at)
        for trait, present in row.traits.items():
            self.set_trait(enterprise_id, trait, present, by=by, at=at)
        for person in row.people:
            self.name_contact(enterprise_id, person.role, name=person.name, phone=person.phone, at=at, by=by)

    def update(
        self,
        enterprise_id: int,
        *,
        name: str | None = None,
        address: str | None = None,
        community: str | None = None,
        active: bool | None = None,
        at: datetime,
    ) -> None:
        """Change what is given; None leaves a value as it is."""
        texts = {"name": (name, 200), "address": (address, 300), "community": (community, 100)}
        values: dict[str, Any] = {column: text[:most] for column, (text, most) in texts.items() if text is not None}
        if active is not None:
            values["active"] = active
        self._set(enterprise_id, **values, updated_at=at)

    def set_trades(self, enterprise_id: int, trades: Sequence[str], *, at: datetime) -> None:
        """Give the enterprise exactly these trades in this order."""
        self.connection.execute(
            enterprise_trades.delete().where(
                enterprise_trades.c.zone_id == self.zone_id, enterprise_trades.c.enterprise_id == enterprise_id
            )
        )
        for place, sector in enumerate(dict.fromkeys(trades)):
            self.insert_new(enterprise_trades, {"enterprise_id": enterprise_id, "sector": sector, "place": place})
        self._set(enterprise_id, updated_at=at)

    def set_trait(self, enterprise_id: int, trait: str, present: bool | None, *, by: int | None, at: datetime) -> None:
        """Note that the enterprise has the trait or not; None forgets the answer (不清楚). `by` None: from a file."""
        if present is None:
            self.connection.execute(
                enterprise_traits.delete().where(
                    enterprise_traits.c.zone_id == self.zone_id,
                    enterprise_traits.c.enterprise_id == enterprise_id,
                    enterprise_traits.c.trait == trait,
                )
            )
            return
        keys = {"enterprise_id": enterprise_id, "trait": trait}
        self.upsert(enterprise_traits, keys, {"present": present, "answered_by": by, "answered_at": at})

    def trait_answers(self, enterprise_id: int) -> list[TraitAnswer]:
        """What was answered on the phone (a file names nobody), oldest answer first."""
        columns = [enterprise_traits.c[n] for n in ("trait", "present", "answered_by", "answered_at")]
        rows = self.connection.execute(
            select(*columns)
            .where(
                enterprise_traits.c.zone_id == self.zone_id,
                enterprise_traits.c.enterprise_id == enterprise_id,
                enterprise_traits.c.answered_by.is_not(None),
            )
            .order_by(enterprise_traits.c.answered_at, enterprise_traits.c.trait)
        )
        return [TraitAnswer(**{**row._mapping, "present": bool(row.present)}) for row in rows]

    def profiled(self, enterprise_id: int, *, at: datetime) -> None:
        """The questions of the profile were gone through to the end."""
        self._set(enterprise_id, profiled_at=at)

    def _insert_all(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(table.insert(), [{"zone_id": self.zone_id, **row} for row in rows])

    def _set(self, enterprise_id: int, **values: object) -> None:
        self.connection.execute(
            enterprises.update()
            .where(enterprises.c.zone_id == self.zone_id, enterprises.c.id == enterprise_id)
            .values(**values)
        )


def _listed_row(enterprise_id: int, row: EnterpriseRow, at: datetime) -> dict[str, Any]:
    named = {"name": row.name, "uscc": row.uscc, "address": row.address, "community": row.community}
    return {"id": enterprise_id, **named, "created_at": at, "updated_at": at}


def _listed_trades(enterprise_id: int, row: EnterpriseRow) -> list[dict[str, Any]]:
    return [
        {"enterprise_id": enterprise_id, "sector": sector, "place": place} for place, sector in enumerate(row.trades)
    ]


def _listed_traits(enterprise_id: int, row: EnterpriseRow, at: datetime) -> list[dict[str, Any]]:
    mine = {"enterprise_id": enterprise_id, "answered_at": at}
    return [{**mine, "trait": trait, "present": present} for trait, present in row.traits.items()]


def _listed_people(enterprise_id: int, row: EnterpriseRow, at: datetime) -> list[dict[str, Any]]:
    mine = {"enterprise_id": enterprise_id, "since": at}
    return [{"id": new_id(), **mine, "role": p.role.value, "name": p.name, "phone": p.phone} for p in row.people]
