"""An officer's desk: a phone over real HTTP, a sender with its processes, and the sample zone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import MovableClock
from bot.sender import Sender
from bot.telegram import make_bot
from checklists.attachments import Phase
from checklists.deliveries import Delivery
from checklists.hazards import Hazard
from checklists.people import Role
from handlers import ledger_orders
from handlers.renderers import RENDERERS
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import accept
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.hazard_zone import HazardZone
from tests.sandbox import TOKEN, Person, Sandbox, picture, running_sandbox


@dataclass
class Desk:
    """An officer with a phone, a sender over real HTTP, and the sample zone."""

    sandbox: Sandbox
    sender: Sender
    database: ZoneDatabase
    services: Services
    town: HazardZone
    phone: Person
    chat: Chat

    async def asks_for(self, what: str) -> Delivery:
        await self.chat.says("/ledger")
        await self.chat.presses("统计和文件")
        await self.chat.presses(what)
        return await self.delivery()

    async def delivery(self) -> Delivery:
        def unit(tx: Transaction) -> Delivery:
            person = tx.people.by_telegram(self.phone.id)
            assert person is not None
            found = tx.deliveries.last_of(person.id, ledger_orders.REPORT)
            assert found is not None
            return found

        return await self.database.read(unit)

    async def finds(self, color: str, **more: Any) -> Hazard:
        """A hazard with a photo from before and one from after, kept as real files."""
        before, after = accept(picture(color)), accept(picture(color, (320, 240)))
        for photo in (before, after):
            self.services.photos.put(photo)

        def unit(tx: Transaction) -> Hazard:
            hazard, me = self.town.rectifying(tx, **more), self.town.people["陈安全"]
            tx.attachments.add_photo(before, by=me, at=NOW, hazard_id=hazard.id, phase=Phase.BEFORE)
            tx.attachments.add_photo(after, by=me, at=NOW, hazard_id=hazard.id, phase=Phase.AFTER)
            return hazard

        return await self.database.write(unit)

    async def documents(self) -> list[tuple[str, str, bytes]]:
        """Name, caption and bytes of every file on the phone."""
        told = [m for m in await self.phone.messages() if "document" in m]
        files = self.sandbox.world.files
        found = []
        for message in told:
            stored = files.find(message["document"]["file_id"])
            assert stored is not None
            found.append((message["document"]["file_name"], message["caption"], stored.data))
        return found

    @property
    def left_over(self) -> list[Path]:
        return list(self.services.making_of(ZONE_ID).glob("*"))


@asynccontextmanager
async def running_desk(database: ZoneDatabase, services: Services) -> AsyncIterator[Desk]:
    """A desk in the sample zone; at the end all that was said to Telegram was right."""
    async with running_sandbox() as sandbox:
        phone = await sandbox.person("赵监管", started=True)
        town = HazardZone()

        def unit(tx: Transaction) -> None:
            town.found(tx)
            person = tx.people.add(name="赵监管", telegram_id=phone.id, at=NOW)
            tx.people.assign(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)

        await database.write(unit)
        bot = make_bot(token=TOKEN, base_url=sandbox.base_url, proxy=None)
        await bot.initialize()
        sender = Sender(
            database=database, bot=bot, services=services, clock=MovableClock(start=NOW), renderers=RENDERERS
        )
        chat = Chat(database, services, phone.id, "赵监管")
        yield Desk(sandbox, sender, database, services, town, phone, chat)
        await bot.shutdown()
        sandbox.assert_no_violations()
