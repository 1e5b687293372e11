"""Has long files made by a process of its own, shows how far it is, and ends it when it is not wanted any more."""

import asyncio
import contextlib
import json
import logging
import secrets
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from telegram.error import TelegramError

from bot.telegram import TelegramBot
from bot.telling import keyboard
from checklists.deliveries import Delivery, DeliveryState
from handlers.ledger_making import BROKEN, NO_ROOM, document_of
from handlers.outgoing import Making, Outgoing
from handlers.replies import Screen
from storage.database import DatabaseUnavailable, ZoneDatabase
from storage.files import NO_SPACE

logger = logging.getLogger(__name__)

_BETWEEN_CARDS_S = 5.0
_BETWEEN_LOOKS_S = 1.0
_MODULE = "handlers.ledger_making"


class Workshop:
    """Makes one order after another: two at once would only take the processor from each other."""

    def __init__(self, database: ZoneDatabase, bot: TelegramBot, folder: Path) -> None:
        self._database, self._bot, self._folder = database, bot, folder
        self._turn = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def made(self, delivery: Delivery, making: Making) -> AsyncIterator[Outgoing | None]:
        """What to send, its files on the disk until the end of the block; None when the person does not want it now."""
        card = _Card(self._bot, delivery.chat_id)
        await card.show(making.card(0))
        async with self._turn:
            folder = self._folder / secrets.token_hex(8)
            try:
                told = await self._made_in(folder, delivery, making, card)
                if told is None:
                    yield None
                elif "documents" in told:
                    await card.show(making.finished())
                    yield Outgoing(documents=tuple(document_of(d, folder) for d in told["documents"]))
                else:
                    logger.warning("the files of delivery %s could not be made: %s", delivery.id, told["failed"])
                    yield Outgoing(screen=making.failed(told["failed"]))
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _made_in(
        self, folder: Path, delivery: Delivery, making: Making, card: "_Card"
    ) -> Mapping[str, Any] | None:
        try:
            await asyncio.to_thread(folder.mkdir, parents=True)
            return await self._told(delivery, making, folder, card)
        except OSError as error:
            return {"failed": NO_ROOM if error.errno in NO_SPACE else BROKEN}

    async def _told(self, delivery: Delivery, making: Making, folder: Path, card: "_Card") -> Mapping[str, Any] | None:
        """The last word of the process; None when the order was taken back meanwhile."""
        async with _process(self._job(making, folder)) as process:
            assert process.stdout is not None
            reading = asyncio.create_task(_word(process.stdout))
            try:
                while True:
                    done, _ = await asyncio.wait({reading}, timeout=_BETWEEN_LOOKS_S)
                    if not await self._wanted(delivery):
                        return None
                    if not done:
                        continue
                    told = reading.result()
                    if told is None:
                        return {"failed": BROKEN}
                    if "written" not in told:
                        return told
                    await card.show_sometimes(making.card(told["written"]))
                    reading = asyncio.create_task(_word(process.stdout))
            finally:
                reading.cancel()

    def _job(self, making: Making, folder: Path) -> dict[str, Any]:
        address = self._database.database.url.render_as_string(hide_password=False)
        return {
            "address": address,
            "zone_id": self._database.zone_id,
            "folder": str(folder.resolve()),
            "order": making.order,
        }

    async def _wanted(self, delivery: Delivery) -> bool:
        try:
            now = await self._database.read(lambda tx: tx.deliveries.get(delivery.id))
        except DatabaseUnavailable:
            return True
        return now is not None and now.state is DeliveryState.WAITING


class _Card:
    """One message that says how far it is; that it cannot be shown stops nothing."""

    def __init__(self, bot: TelegramBot, chat_id: int) -> None:
        self._bot, self._chat_id = bot, chat_id
        self._message_id: int | None = None
        self._shown_at = 0.0

    async def show(self, screen: Screen) -> None:
        self._shown_at = time.monotonic()
        parameters: dict[str, Any] = {"chat_id": self._chat_id, "text": screen.text, "parse_mode": "HTML"}
        with contextlib.suppress(TelegramError):
            if self._message_id is None:
                sent = await self._bot.call("sendMessage", **parameters, reply_markup=keyboard(screen.buttons))
                self._message_id = int(sent["message_id"])
            else:
                parameters |= {"message_id": self._message_id, "reply_markup": keyboard(screen.buttons)}
                await self._bot.call("editMessageText", **parameters)

    async def show_sometimes(self, screen: Screen) -> None:
        if time.monotonic() - self._shown_at > _BETWEEN_CARDS_S:
            await self.show(screen)


@contextlib.asynccontextmanager
async def _process(job: Mapping[str, Any]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process with its job; killed at the end of the block if it still runs.

    The job goes through a pipe: a command line, with the password of the database in it, could be read by others.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE, stdin=pipe, stdout=pipe)
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(job).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _word(stdout: asyncio.StreamReader) -> Mapping[str, Any] | None:
    """The next thing the process says; None when it says nothing more."""
    line = await stdout.readline()
    try:
        told: Mapping[str, Any] = json.loads(line)
    except ValueError:  # it ended in the middle
        return None
    return told
