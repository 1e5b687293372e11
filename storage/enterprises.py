"""Enterprises, their trades and traits, and who is named for which position."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, or_, select

from checklists.enterprise_rows import EnterpriseRow
from checklists.enterprises import Enterprise, TraitAnswer
from checklists.people import Role
from storage.contacts import MOST_NAMED, Contacts
from storage.tables import contacts, enterprise_trades, enterprise_traits, enterprises, invitations, roles
from storage.types import new_id

_COLUMNS = [enterprises.c[n] for n in ("id", "name", "uscc", "address", "community", "active", "profiled_at")]
_GET = select(*_COLUMNS).where(enterprises.c.zone_id == bindparam("zone"), enterprises.c.id == bindparam("id"))
_TRADES = (
    select(enterprise_trades.c.enterprise_id, enterprise_trades.c.sector)
    .where(enterprise_trades.c.zone_id == bindparam("zone"))
    .order_by(enterprise_trades.c.enterprise_id, enterprise_trades.c.place)
)
_TRAITS = select(enterprise_traits.c.enterprise_id, enterprise_traits.c.trait, enterprise_traits.c.present).where(
    enterprise_traits.c.zone_id == bindparam("zone")
)
_TRADES_OF_ONE = _TRADES.where(enterprise_trades.c.enterprise_id == bindparam("id"))
_TRAITS_OF_ONE = _TRAITS.where(enterprise_traits.c.enterprise_id == bindparam("id"))


class Enterprises(Contacts):
    """Enterprises of the zone by id, by 统一社会信用代码 (uscc), and by what the office looks for."""

    def exists(self, enterprise_id: int) -> bool:
        """Whether the zone has this enterprise."""
        return self.connection.execute(_GET, {"zone": self.zone_id, "id": enterprise_id}).one_or_none() is not None

    def get(self, enterprise_id: int) -> Enterprise | None:
        """The enterprise with its trades and traits."""
        key = {"zone": self.zone_id, "id": enterprise_id}
        row = self.connection.execute(_GET, key).one_or_none()
        if row is None:
            return None
        return replace(
            Enterprise(**row._mapping),
            trades=tuple(sector for _, sector in self.connection.execute(_TRADES_OF_ONE, key)),
            traits={trait: bool(present) for _, trait, present in self.connection.execute(_TRAITS_OF_ONE, key)},
        )

    def by_uscc(self, uscc: str) -> Enterprise | None:
        """The enterprise with this 统一社会信用代码."""
        found = self._with_profile(self._select().where(enterprises.c.uscc == uscc))
        return found[0] if found else None

    def by_usccs(self, usccs: Sequence[str]) -> dict[str, Enterprise]:
        """Those of the given codes that the zone has; one sweep however many they are."""
        wanted = set(usccs)
        statement = self._select()
        if len(wanted) <= MOST_NAMED:
            statement = statement.where(enterprises.c.uscc.in_(sorted(wanted)))
        return {e.uscc: e for e in self._with_profile(statement) if e.uscc in wanted}

    def some(self, ids: Sequence[int]) -> list[Enterprise]:
        """The enterprises with these ids in the order of the ids; unknown ones are left out."""
        found: dict[int, Enterprise] = {}
        for start in range(0, len(ids), MOST_NAMED):
            statement = self._select().where(enterprises.c.id.in_(ids[start : start + MOST_NAMED]))
            found |= {e.id: e for e in self._with_profile(statement)}
        return [found[i] for i in ids if i in found]

    def all(
        self,
        *,
        search: str = "",
        community: str = "",
        sector: str = "",
        active: bool | None = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Enterprise]:
        """Enterprises by name; `search` is part of a name or of a code, `active=None` shows those closed down too."""
        statement = self._matching(self._select(), search, community, sector, active)
        return self._with_profile(statement.order_by(enterprises.c.name, enterprises.c.id).limit(limit).offset(offset))

    def count(self, *, search: str = "", community: str = "", sector: str = "", active: bool | None = True) -> int:
        """How many enterprises `all` would give."""
        base = select(func.count()).where(enterprises.c.zone_id == self.zone_id)
        return int(self.connection.execute(self._matching(base, search, community, sector, active)).scalar_one())

    def without_principal(self, *, now: datetime) -> list[int]:
        """Active enterprises, by name, whose principal is neither bound nor invited by an invitation still open."""
        bound = select(roles.c.enterprise_id).where(
            roles.c.zone_id == self.zone_id, roles.c.role == Role.PRINCIPAL.value, roles.c.until.is_(None)
        )
        invited = select(invitations.c.enterprise_id).where(
            invitations.c.zone_id == self.zone_id,
            invitations.c.role == Role.PRINCIPAL.value,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > now,
        )
        statement = (
            select(enterprises.c.id)
            .where(
                enterprises.c.zone_id == self.zone_id,
                enterprises.c.active,
                enterprises.c.id.not_in(bound.where(roles.c.enterprise_id.is_not(None))),
                enterprises.c.id.not_in(invited.where(invitations.c.enterprise_id.is_not(None))),
            )
            .order_by(enterprises.c.name, enterprises.c.id)
        )
        return [row.id for row in self.connection.execute(statement)]

    def communities(self) -> list[tuple[str, int]]:
        """The communities (社区/网格) with their numbers of active enterprises; "" stands for none given."""
        statement = (
            select(enterprises.c.community, func.count())
            .where(enterprises.c.zone_id == self.zone_id, enterprises.c.active)
            .group_by(enterprises.c.community)
            .order_by(enterprises.c.community)
        )
        return [(name, number) for name, number in self.connection.execute(statement)]

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
        ids = [new_id() for _ in rows]
        listed = list(zip(ids, rows, strict=True))
        zone = {"zone_id": self.zone_id}
        stamps = {"created_at": at, "updated_at": at}
        self._insert_all(
            enterprises,
            [
                {
                    **zone,
                    "id": i,
                    "name": r.name,
                    "uscc": r.uscc,
                    "address": r.address,
                    "community": r.community,
                    **stamps,
                }
                for i, r in listed
            ],
        )
        self._insert_all(
            enterprise_trades,
            [
                {**zone, "enterprise_id": i, "sector": sector, "place": place}
                for i, r in listed
                for place, sector in enumerate(r.trades)
            ],
        )
        self._insert_all(
            enterprise_traits,
            [
                {**zone, "enterprise_id": i, "trait": trait, "present": present, "answered_at": at}
                for i, r in listed
                for trait, present in r.traits.items()
            ],
        )
        self._insert_all(
            contacts,
            [
                {
                    **zone,
                    "id": new_id(),
                    "enterprise_id": i,
                    "role": p.role.value,
                    "name": p.name,
                    "phone": p.phone,
                    "since": at,
                }
                for i, r in listed
                for p in r.people
            ],
        )
        return ids

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
            self.connection.execute(table.insert(), rows)

    def _set(self, enterprise_id: int, **values: object) -> None:
        self.connection.execute(
            enterprises.update()
            .where(enterprises.c.zone_id == self.zone_id, enterprises.c.id == enterprise_id)
            .values(**values)
        )

    def _select(self) -> Select[Any]:
        return select(*_COLUMNS).where(enterprises.c.zone_id == self.zone_id)

    def _matching(
        self, statement: Select[Any], search: str, community: str, sector: str, active: bool | None
    ) -> Select[Any]:
        if search:
            part = enterprises.c.name.contains(search, autoescape=True)
            statement = statement.where(or_(part, enterprises.c.uscc.contains(search.upper(), autoescape=True)))
        if community:
            statement = statement.where(enterprises.c.community == community)
        if sector:
            in_trade = select(enterprise_trades.c.enterprise_id).where(
                enterprise_trades.c.zone_id == self.zone_id, enterprise_trades.c.sector == sector
            )
            statement = statement.where(enterprises.c.id.in_(in_trade))
        return statement if active is None else statement.where(enterprises.c.active.is_(active))

    def _with_profile(self, statement: Select[Any]) -> list[Enterprise]:
        """The enterprises of the statement with trades and traits: three statements however many they are."""
        found = {row.id: Enterprise(**row._mapping) for row in self.connection.execute(statement)}
        ids = sorted(found) if len(found) <= MOST_NAMED else []
        trades: dict[int, list[str]] = {}
        traits: dict[int, dict[str, bool]] = {}
        of_trades = _TRADES.where(enterprise_trades.c.enterprise_id.in_(ids)) if ids else _TRADES
        of_traits = _TRAITS.where(enterprise_traits.c.enterprise_id.in_(ids)) if ids else _TRAITS
        if found:
            for enterprise_id, sector in self.connection.execute(of_trades, {"zone": self.zone_id}):
                trades.setdefault(enterprise_id, []).append(sector)
            for enterprise_id, trait, present in self.connection.execute(of_traits, {"zone": self.zone_id}):
                traits.setdefault(enterprise_id, {})[trait] = bool(present)
        return [replace(e, trades=tuple(trades.get(e.id, ())), traits=traits.get(e.id, {})) for e in found.values()]
