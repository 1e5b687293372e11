"""A bot of its own process without the wire: presses what it is told on standard input at the moment it is told.

Each line is JSON: `press` the data of the button, `by` the Telegram id, `update` its number, `at` the time of day in
seconds since 1970. It answers with one line: the words the person sees first.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from handlers.answering import Incoming, Kind, answer
from handlers.routes import ROUTER
from handlers.services import Services
from storage.database import Database, ZoneDatabase
from storage.photos import PhotoStore
from storage.voices import VoiceStore
from tests.conftest import NOW, ZONE_ID


def say(words: str) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def press(zone: ZoneDatabase, services: Services, told: dict[str, Any]) -> str:
    """Press one button; the toast, or else the first line of the screen."""
    incoming = Incoming(
        update_id=told["update"],
        kind=Kind.PRESS,
        chat_id=told["by"],
        telegram_id=told["by"],
        name="某人",
        text=told["press"],
    )
    reply = await zone.write(lambda tx: answer(tx, incoming, router=ROUTER, services=services, now=NOW))
    return reply.toast or (reply.screen.text.splitlines()[0] if reply.screen else "")


async def live(address: str, folder: Path) -> None:
    services = Services(photos=PhotoStore(folder), voices=VoiceStore(folder), bot_name="zicha_bot")
    database = Database(address)
    zone = database.zone(ZONE_ID)
    await zone.read(lambda tx: tx.zones.current())
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        while time.time() < told["at"]:  # sleeping would end at different moments
            pass
        say(await press(zone, services, told))
    await database.close()


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], Path(sys.argv[2])))
