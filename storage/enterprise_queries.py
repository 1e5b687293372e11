"""Finding enterprises: by id, by code, by what the office looks for, always with their trades and traits."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from checklists.enterprises import Enterprise
from checklists.people import Role
from storage.contacts import MOST_NAMED
from storage.hot import Hot
from storage.subject import Subject
from storage.tables import enterprise_trades, enterprise_traits, enterprises, invitations, roles
from storage.types import Id

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
_NAMED_AT_ONCE = 10
_NAMES = Hot(
    lambda _insert: select(enterprises.c.id, enterprises.c.name).where(
        enterprises.c.zone_id == bindparam("zone"),
        enterprises.c.id.in_([bindparam(f"id_{n}", type_=Id) for n in range(_NAMED_AT_ONCE)]),
    )
)
_TRADES_OF_ONE = _TRADES.where(enterprise_trades.c.enterprise_id == bindparam("id"))
_TRAITS_OF_ONE = _TRAITS.where(enterprise_traits.c.enterprise_id == bindparam("id"))


class EnterpriseQueries(Subject):
    """Reading enterprises of the zone; nothing here changes one."""

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

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """The names of the enterprises with these ids; unknown ones are left out."""
        wanted = sorted(set(ids))
        found: dict[int, str] = {}
        for start in range(0, len(wanted), _NAMED_AT_ONCE):
            part = wanted[start : start + _NAMED_AT_ONCE]
            filled = [*part, *part[-1:] * (_NAMED_AT_ONCE - len(part))]
            values = {"zone": self.zone_id, **{f"id_{n}": one for n, one in enumerate(filled)}}
            found |= {row.id: row.name for row in _NAMES.rows(self.connection, values)}
        return found

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

    def ids(self, *, community: str = "", sector: str = "") -> list[int]:
        """The ids of the active enterprises that `all` would give."""
        base = select(enterprises.c.id).where(enterprises.c.zone_id == self.zone_id)
        return list(self.connection.execute(self._matching(base, "", community, sector, True)).scalars())

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

    def sectors(self) -> list[tuple[str, int]]:
        """The trades with their numbers of active enterprises, the most frequent first."""
        statement = (
            select(enterprise_trades.c.sector, func.count())
            .select_from(
                enterprise_trades.join(
                    enterprises,
                    (enterprises.c.zone_id == enterprise_trades.c.zone_id)
                    & (enterprises.c.id == enterprise_trades.c.enterprise_id),
                )
            )
            .where(enterprise_trades.c.zone_id == self.zone_id, enterprises.c.active)
            .group_by(enterprise_trades.c.sector)
            .order_by(func.count().desc(), enterprise_trades.c.sector)
        )
        return [(sector, number) for sector, number in self.connection.execute(statement)]

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
