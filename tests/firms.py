"""Sample enterprises and the people of an office, for tests of what happens around them."""

from collections.abc import Mapping, Sequence

from checklists.enterprises import Enterprise
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW

WOOD = "91350211M000100Y46"
ICE = "91350200M0001A0005"


async def found_firm(
    database: ZoneDatabase,
    *,
    name: str = "样例木业有限公司",
    uscc: str = WOOD,
    community: str = "东社区",
    trades: Sequence[str] = ("light-industry",),
    traits: Mapping[str, bool] | None = None,
    profiled: bool = True,
) -> Enterprise:
    """An enterprise with its profile, filled in to the end or not."""

    def unit(tx: Transaction) -> Enterprise:
        made = tx.enterprises.add(name=name, uscc=uscc, address="样例路1号", community=community, at=NOW)
        tx.enterprises.set_trades(made.id, trades, at=NOW)
        for trait, present in (traits or {}).items():
            tx.enterprises.set_trait(made.id, trait, present, by=None, at=NOW)
        if profiled:
            tx.enterprises.profiled(made.id, at=NOW)
        kept = tx.enterprises.get(made.id)
        assert kept is not None
        return kept

    return await database.write(unit)


async def somebody(
    database: ZoneDatabase,
    services: Services,
    telegram_id: int,
    name: str,
    *roles: Role,
    firm: Enterprise | None = None,
) -> Chat:
    """A chat of somebody with these roles, in the firm or without one in the office; without roles a stranger."""
    chat = Chat(database, services, telegram_id, name)
    for role in roles:
        await chat.becomes(role, enterprise_id=firm.id if firm else None)
    return chat
