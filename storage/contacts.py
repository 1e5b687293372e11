"""Who is named for which position in an enterprise, before and beside a bound Telegram account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from checklists.enterprises import Contact
from checklists.people import Role
from storage.subject import Subject
from storage.tables import contacts
from storage.types import new_id

_COLUMNS = [contacts.c[n] for n in ("enterprise_id", "role", "name", "phone", "since", "until")]

# SQLite takes some 32,000 parameters in a statement; lists longer than this are read whole and picked from.
MOST_NAMED = 500


class Contacts(Subject):
    """The names and phones that the office knows, with everybody who held the position before."""

    def contacts(self, enterprise_id: int) -> dict[Role, Contact]:
        """Who is named for each position now."""
        rows = self._contacts(contacts.c.enterprise_id == enterprise_id, contacts.c.until.is_(None))
        return {contact.role: contact for contact in rows}

    def contacts_of(self, enterprise_ids: Sequence[int]) -> dict[int, dict[Role, Contact]]:
        """Who is named for each position now in these enterprises; one sweep however many they are."""
        wanted = set(enterprise_ids)
        statement = select(*_COLUMNS).where(contacts.c.zone_id == self.zone_id, contacts.c.until.is_(None))
        if len(wanted) <= MOST_NAMED:
            statement = statement.where(contacts.c.enterprise_id.in_(sorted(wanted)))
        found: dict[int, dict[Role, Contact]] = {}
        for row in self.connection.execute(statement):
            if row.enterprise_id in wanted:
                found.setdefault(row.enterprise_id, {})[Role(row.role)] = _contact(row)
        return found

    def contact_history(self, enterprise_id: int, role: Role) -> list[Contact]:
        """Everybody ever named for a position, newest first."""
        return self._contacts(contacts.c.enterprise_id == enterprise_id, contacts.c.role == role.value)

    def name_contact(
        self, enterprise_id: int, role: Role, *, name: str, phone: str, at: datetime, by: int | None
    ) -> bool:
        """Name somebody for a position; who was named before is kept as history. Whether anything changed.

        The same name with another phone, or without one, is the same person: an empty phone never erases a known one.
        """
        known = self.contacts(enterprise_id).get(role)
        name, phone = name[:100], phone[:40]
        current = (
            contacts.c.zone_id == self.zone_id,
            contacts.c.enterprise_id == enterprise_id,
            contacts.c.role == role.value,
            contacts.c.until.is_(None),
        )
        if known and known.name == name:
            if phone in ("", known.phone):
                return False
            self.connection.execute(contacts.update().where(*current).values(phone=phone))
            return True
        self.connection.execute(contacts.update().where(*current).values(until=at))
        row = {"id": new_id(), "enterprise_id": enterprise_id, "role": role.value}
        self.insert_new(contacts, {**row, "name": name, "phone": phone, "since": at})
        self.tx.trail.add(
            "contact_named",
            subject="enterprise",
            subject_id=enterprise_id,
            person_id=by,
            at=at,
            before={"role": role.value, "name": known.name} if known else None,
            after={"role": role.value, "name": name},
        )
        return True

    def _contacts(self, *conditions: ColumnElement[bool]) -> list[Contact]:
        statement = (
            select(*_COLUMNS).where(contacts.c.zone_id == self.zone_id, *conditions).order_by(contacts.c.id.desc())
        )
        return [_contact(row) for row in self.connection.execute(statement)]


def _contact(row: Any) -> Contact:
    return Contact(role=Role(row.role), name=row.name, phone=row.phone, since=row.since, until=row.until)
