"""Has long files made by a process of its own, and ends it when they are not wanted any more."""

import asyncio
import contextlib
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from telegram.error import TelegramError

from bot.children import ChildFailed, child
from bot.telegram import TelegramBot
from bot.telling import as_message, send_screen
from handlers.ledger_making import BROKEN, document_of, why_of
from handlers.outgoing import Making
from handlers.replies import Document, Screen
from storage.database import ZoneDatabase

_BETWEEN_CARDS_S = 5.0
_BETWEEN_LOOKS_S = 1.0
_MODULE = "handlers.ledger_making"

Wanted = Callable[[], Awaitable[bool]]


class Unwanted(Exception):
    """The person does not want the files any more."""


class MakingFailed(Exception):
    """There will be no (more) files: `why` is a key of FAILURES in handlers.ledger_making, `numbers` fill its words."""

    def __init__(self, why: str, **numbers: int) -> None:
        super().__init__(why)
        self.why, self.numbers = why, numbers


class Card:
    """One message that says how far it is; that it cannot be shown stops nothing."""

    def __init__(self, bot: TelegramBot, chat_id: int) -> None:
        self._bot, self._chat_id = bot, chat_id
        self._message_id: int | None = None
        self._shown_at = 0.0

    async def show(self, screen: Screen) -> None:
        self._shown_at = time.monotonic()
        with contextlib.suppress(TelegramError):
            if self._message_id is None:
                self._message_id = await send_screen(self._bot, self._chat_id, screen)
            else:
                message = as_message(self._chat_id, screen)
                await self._bot.call("editMessageText", message_id=self._message_id, **message)

    async def show_sometimes(self, screen: Screen) -> None:
        if time.monotonic() - self._shown_at > _BETWEEN_CARDS_S:
            await self.show(screen)


class Workshop:
    """Makes one order after another: two at once would only take the processor from each other."""

    def __init__(self, database: ZoneDatabase, folder: Path) -> None:
        self._database, self._folder = database, folder.resolve()
        self._turn = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def made(self, making: Making, card: Card, wanted: Wanted) -> AsyncIterator[tuple[Document, ...]]:
        """The files, on the disk until the end of the block; raises Unwanted or MakingFailed."""
        folder = self._folder / secrets.token_hex(8)
        await card.show(making.queued() if self._turn.locked() else making.card(0))
        try:
            async with self._turn:
                documents = await self._made_in(folder, making, card, wanted)
            yield documents
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _made_in(self, folder: Path, making: Making, card: Card, wanted: Wanted) -> tuple[Document, ...]:
        if not await wanted():
            raise Unwanted
        try:
            await asyncio.to_thread(folder.mkdir, parents=True)
            told = await self._told(making, folder, card, wanted)
        except OSError as error:
            raise MakingFailed(why_of(error)) from error
        except ChildFailed as error:
            raise MakingFailed(BROKEN) from error
        if "failed" in told:
            raise MakingFailed(told["failed"])
        return tuple(document_of(values, folder) for values in told["documents"])

    async def _told(self, making: Making, folder: Path, card: Card, wanted: Wanted) -> Mapping[str, Any]:
        """The last word of the process."""
        async with child(_MODULE, self._job(making, folder), temporary=folder) as process:
            reading = asyncio.create_task(process.word())
            try:
                while True:
                    done, _ = await asyncio.wait({reading}, timeout=_BETWEEN_LOOKS_S)
                    if not await wanted():
                        raise Unwanted
                    if not done:
                        continue
                    told = reading.result()
                    if "written" not in told:
                        return told
                    await card.show_sometimes(making.card(told["written"]))
                    reading = asyncio.create_task(process.word())
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    def _job(self, making: Making, folder: Path) -> dict[str, Any]:
        address = self._database.database.url.render_as_string(hide_password=False)
        return {
            "address": address,
            "zone_id": self._database.zone_id,
            "folder": str(folder),
            "order": making.order,
        }
