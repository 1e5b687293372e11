"""People and the roles they hold; a role that ended keeps its row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select

from checklists.people import Assignment, Person, Role
from storage.hot import Hot
from storage.subject import Subject
from storage.tables import people, roles
from storage.types import new_id

_WITH_ROLES = select(
    people.c.id,
    people.c.telegram_id,
    people.c.name,
    people.c.language,
    people.c.reachable,
    roles.c.role,
    roles.c.enterprise_id,
).select_from(
    people.outerjoin(
        roles,
        (roles.c.zone_id == people.c.zone_id) & (roles.c.person_id == people.c.id) & roles.c.until.is_(None),
    )
)
# Sorted by the bare key, SQLite walks all roles of the zone for each person rather than sort those of one.
_IN_ORDER = (people.c.id, roles.c.id + literal_column("0"))
_BY_TELEGRAM = Hot(
    lambda _: _WITH_ROLES.where(
        people.c.zone_id == bindparam("zone"), people.c.telegram_id == bindparam("telegram_id")
    ).order_by(*_IN_ORDER)
)
_BY_ID = _WITH_ROLES.where(people.c.zone_id == bindparam("zone"), people.c.id == bindparam("id")).order_by(*_IN_ORDER)


class People(Subject):
    """Who is known in the zone, and as what."""

    def by_telegram(self, telegram_id: int) -> Person | None:
        """The person with this Telegram account."""
        found = self._people(_BY_TELEGRAM.rows(self.connection, {"zone": self.zone_id, "telegram_id": telegram_id}))
        return found[0] if found else None

    def get(self, person_id: int) -> Person | None:
        """The person with this id."""
        found = self._people(self.connection.execute(_BY_ID, {"zone": self.zone_id, "id": person_id}))
        return found[0] if found else None

    def with_role(self, *wanted: Role, enterprise_id: int | None = None) -> list[Person]:
        """Everybody who holds one of these roles now, in the office or in the given enterprise."""
        holders = select(roles.c.person_id).where(
            roles.c.zone_id == self.zone_id,
            roles.c.role.in_([r.value for r in wanted]),
            roles.c.until.is_(None),
            roles.c.enterprise_id.is_(None) if enterprise_id is None else roles.c.enterprise_id == enterprise_id,
        )
        statement = _WITH_ROLES.where(people.c.zone_id == self.zone_id, people.c.id.in_(holders))
        return self._people(self.connection.execute(statement.order_by(*_IN_ORDER)))

    def in_enterprises(self, ids: Sequence[int]) -> list[Person]:
        """Everybody who holds a role in one of these enterprises now, with all their roles."""
        if not ids:
            return []
        holders = select(roles.c.person_id).where(
            roles.c.zone_id == self.zone_id, roles.c.enterprise_id.in_(sorted(ids)), roles.c.until.is_(None)
        )
        statement = _WITH_ROLES.where(people.c.zone_id == self.zone_id, people.c.id.in_(holders))
        return self._people(self.connection.execute(statement.order_by(*_IN_ORDER)))

    def add(self, *, name: str, telegram_id: int | None, at: datetime, language: str = "zh") -> Person:
        """A new person; a Telegram account that is known already gives back the one who has it."""
        if telegram_id is not None and (known := self.by_telegram(telegram_id)):
            return known
        person_id = new_id()
        self.insert_new(
            people,
            {
                "id": person_id,
                "telegram_id": telegram_id,
                "name": name[:100],
                "language": language,
                "created_at": at,
            },
        )
        return Person(id=person_id, telegram_id=telegram_id, name=name[:100], language=language)

    def rename(self, person_id: int, name: str) -> None:
        self._set(person_id, name=name[:100])

    def speak(self, person_id: int, language: str) -> None:
        """Show this person the product in `language` ("zh" or "en") from now on."""
        self._set(person_id, language=language)

    def set_reachable(self, person_id: int, *, reachable: bool) -> None:
        """Note whether messages reach this person (False after a 403, True after any word from them)."""
        self._set(person_id, reachable=reachable)

    def everybody(self) -> list[Person]:
        """All people of the zone with the roles they hold now."""
        statement = _WITH_ROLES.where(people.c.zone_id == self.zone_id)
        return self._people(self.connection.execute(statement.order_by(*_IN_ORDER)))

    def unreachable(self) -> list[Person]:
        """People of the zone whom messages do not reach at present."""
        statement = _WITH_ROLES.where(people.c.zone_id == self.zone_id, people.c.reachable.is_(False))
        return self._people(self.connection.execute(statement.order_by(*_IN_ORDER)))

    def acted_for_office(self, person_id: int, enterprise_id: int, *, at: datetime) -> bool:
        """Whether what this person did then about the enterprise was done for the office, in which he had a role.

        Whoever also had a role in the enterprise acted for that, whatever it was; leaving the office undoes nothing.
        """
        held = self.connection.execute(
            select(roles.c.enterprise_id, roles.c.since).where(
                roles.c.zone_id == self.zone_id,
                roles.c.person_id == person_id,
                roles.c.enterprise_id.is_(None) | (roles.c.enterprise_id == enterprise_id),
                roles.c.until.is_(None) | (roles.c.until > at),
            )
        ).all()
        is_insider = any(row.enterprise_id is not None and row.since <= at for row in held)
        return not is_insider and any(row.enterprise_id is None for row in held)

    def assign(self, person_id: int, role: Role, *, enterprise_id: int | None, at: datetime, by: int | None) -> bool:
        """Give a role; whether it was new. The trail keeps who gave it."""
        held = self.get(person_id)
        if held and held.holds(role, enterprise_id=enterprise_id):
            return False
        self.connection.execute(
            roles.insert().values(
                zone_id=self.zone_id,
                id=new_id(),
                person_id=person_id,
                role=role.value,
                enterprise_id=enterprise_id,
                since=at,
            )
        )
        body = {"person": person_id, "role": role.value, "enterprise": enterprise_id}
        self.tx.trail.add("role_given", subject="person", subject_id=person_id, person_id=by, at=at, after=body)
        return True

    def withdraw(self, person_id: int, role: Role, *, enterprise_id: int | None, at: datetime, by: int | None) -> bool:
        """End a role now; whether it was held."""
        changed = self.connection.execute(
            roles.update()
            .where(
                roles.c.zone_id == self.zone_id,
                roles.c.person_id == person_id,
                roles.c.role == role.value,
                roles.c.until.is_(None),
                roles.c.enterprise_id.is_(None) if enterprise_id is None else roles.c.enterprise_id == enterprise_id,
            )
            .values(until=at)
        ).rowcount
        if changed:
            body = {"person": person_id, "role": role.value, "enterprise": enterprise_id}
            self.tx.trail.add("role_ended", subject="person", subject_id=person_id, person_id=by, at=at, before=body)
        return bool(changed)

    def _set(self, person_id: int, **values: object) -> None:
        self.connection.execute(
            people.update().where(people.c.zone_id == self.zone_id, people.c.id == person_id).values(**values)
        )

    @staticmethod
    def _people(rows: object) -> list[Person]:
        gathered: dict[int, tuple[tuple[int | None, str, str, bool], list[Assignment]]] = {}
        for person_id, telegram_id, name, language, reachable, role, enterprise_id in rows:  # type: ignore[attr-defined]
            _, held = gathered.setdefault(person_id, ((telegram_id, name, language, reachable), []))
            if role is not None:
                held.append(Assignment(role=Role(role), enterprise_id=enterprise_id))
        return [
            Person(id=i, telegram_id=t, name=n, language=lang, reachable=bool(r), assignments=tuple(held))
            for i, ((t, n, lang, r), held) in gathered.items()
        ]
