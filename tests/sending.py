"""A sender alone in a process, to be killed: `python -m tests.sending DATABASE BASE_URL FOLDER`."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.sender import Sender
from bot.telegram import make_bot
from checklists.deliveries import Delivery
from handlers.outgoing import Outgoing
from handlers.replies import Document, Screen
from handlers.services import Services
from storage.database import Database
from storage.photos import PhotoStore
from storage.transaction import Transaction
from storage.voices import VoiceStore
from tests.conftest import ZONE_ID
from tests.sandbox import TOKEN


def note(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What the test asked for: a text, or a file, or one that is not there, or nothing any more."""
    text = delivery.about.get("text")
    if delivery.about.get("file"):
        return Outgoing(documents=(Document(name="名单.txt", content=b"1", caption=text or ""),))
    if delivery.about.get("lost"):
        return Outgoing(documents=(Document(name="名单.txt", file=Path("nowhere"), caption=text or ""),))
    return Outgoing(screen=Screen(text=text)) if text else None


async def main(address: str, base_url: str, folder: Path) -> None:
    database = Database(address)
    bot = make_bot(token=TOKEN, base_url=base_url, proxy=None)
    await bot.initialize()
    services = Services(photos=PhotoStore(folder), voices=VoiceStore(folder), bot_name=bot.username)
    sender = Sender(
        database=database.zone(ZONE_ID), bot=bot, services=services, clock=SystemClock(), renderers={"note": note}
    )
    await sender.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
