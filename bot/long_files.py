"""Long files from the order to the phone: made, sent one by one over troubles of the network, or ended in words."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.making import Card, MakingFailed, Unwanted, Workshop
from bot.pacing import Pacing
from bot.telegram import TelegramBot, seconds_of
from bot.telling import send_document
from checklists.deliveries import PART_OUT, Delivery, DeliveryState
from handlers.ledger_making import BROKEN, NOT_TAKEN, TOO_BIG, UNSENT
from handlers.outgoing import Making
from handlers.replies import Document
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase

T = TypeVar("T")

logger = logging.getLogger(__name__)

_ROUNDS_S = (1.0, 5.0, 20.0, 60.0, 300.0)  # between two attempts to send the same file
_LONGEST_WAIT_S = 900.0
_BETWEEN_LOOKS_S = 1.0
_NEVER = ("too big", "too large", "413")


class Ended(Exception):
    """There are no files, or no more; `about` is what the delivery is about from now on: words."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        super().__init__()
        self.about = about


class LongFiles:
    """Makes and sends the long files of one bot."""

    def __init__(self, database: ZoneDatabase, bot: TelegramBot, pacing: Pacing, folder: Path) -> None:
        self._database, self._bot, self._pacing = database, bot, pacing
        self._workshop = Workshop(database, folder)

    async def hand_over(self, delivery: Delivery, making: Making) -> int | None:
        """The number of the last message when all files are sent.

        Raises Unwanted, Ended for whatever else went wrong, and Forbidden, ChatMigrated or BadRequest when nothing at
        all reaches the chat.
        """
        card = Card(self._bot, delivery.chat_id)
        try:
            async with self._workshop.made(making, card, lambda: self._wanted(delivery)) as documents:
                await card.show(making.sending())
                message_id = await self._send(delivery, documents)
        except (Unwanted, Forbidden, ChatMigrated, BadRequest):
            raise
        except Exception as error:
            failed = error if isinstance(error, MakingFailed) else MakingFailed(BROKEN)
            logger.warning("the files of delivery %s did not arrive: %s", delivery.id, failed.why, exc_info=error)
            await card.show(making.failed())
            raise Ended(making.instead(failed.why, failed.numbers)) from error
        await card.show(making.sent())
        return message_id

    async def _send(self, delivery: Delivery, documents: tuple[Document, ...]) -> int | None:
        message_id = None
        for part, document in enumerate(documents, start=1):
            if part > 1:
                await self._note_part_out(delivery)
            message_id = await self._send_part(delivery, document, {"part": part, "parts": len(documents)})
        return message_id

    async def _send_part(self, delivery: Delivery, document: Document, numbers: Mapping[str, int]) -> int:
        """Send one file, waiting in place over troubles: what was sent before is not sent again."""
        chat_id = delivery.chat_id
        for wait in (*_ROUNDS_S, None):
            if not await self._wanted(delivery):
                raise Unwanted
            await self._pacing.turn(chat_id)
            try:
                return await self._while_wanted(delivery, send_document(self._bot, chat_id, document))
            except (Forbidden, ChatMigrated):
                raise
            except RetryAfter as error:
                seconds = seconds_of(error)
                self._pacing.refused(chat_id, seconds)
            except TelegramError as error:
                if why := _final(error):
                    raise MakingFailed(why, **numbers) from error
                seconds = wait or 0.0
            if wait is None or seconds > _LONGEST_WAIT_S:
                break
            await self._while_wanted(delivery, asyncio.sleep(seconds))
        raise MakingFailed(UNSENT, **numbers)

    async def _while_wanted(self, delivery: Delivery, doing: Coroutine[Any, Any, T]) -> T:
        """Break it off with Unwanted when it is not wanted any more; half an upload does not arrive."""
        task = asyncio.create_task(doing)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_BETWEEN_LOOKS_S)
                if not task.done() and not await self._wanted(delivery):
                    raise Unwanted
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _note_part_out(self, delivery: Delivery) -> None:
        """Who stops it now hears that some of it has come."""
        with suppress(DatabaseUnavailable, DatabaseFull):
            await self._database.write(lambda tx: tx.deliveries.note(delivery, PART_OUT))

    async def _wanted(self, delivery: Delivery) -> bool:
        try:
            now = await self._database.read(lambda tx: tx.deliveries.get(delivery.id))
        except (DatabaseUnavailable, DatabaseFull):
            return True
        return now is not None and now.state is DeliveryState.WAITING


def _final(error: TelegramError) -> str:
    """Why Telegram will never take this file; empty for a trouble that passes."""
    words = error.message.lower()
    if any(sign in words for sign in _NEVER):
        return TOO_BIG
    if not isinstance(error, BadRequest):
        return ""
    if "chat not found" in words:
        raise error
    return NOT_TAKEN
