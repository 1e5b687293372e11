"""From an update to the answer: fetch, one transaction, acknowledge, and only then tell."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import NetworkError, TelegramError

from bot.clock import Clock
from bot.fetching import Fetched, TooLarge, fetch
from bot.incoming import GroupCall, Read, read
from bot.telegram import TelegramBot
from bot.telling import Teller
from handlers.answering import Incoming, Kind
from handlers.looking import Looks
from handlers.replies import Reply, Screen
from handlers.router import Router
from handlers.services import Services
from handlers.words import _, language_of, speaking
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase
from storage.files import NotKept, StorageFull
from storage.photos import UnreadablePhoto

logger = logging.getLogger(__name__)

Told = Awaitable[None]


class Dispatcher:
    """Handles one raw update at a time per person; many persons at once."""

    def __init__(
        self,
        *,
        bot: TelegramBot,
        database: ZoneDatabase,
        router: Router,
        services: Services,
        clock: Clock,
        teller: Teller,
        kept: Callable[[], None],
    ) -> None:
        self._bot, self._database, self._router = bot, database, router
        self._services, self._clock, self._teller = services, clock, teller
        self._kept = kept
        self._looks = Looks(database)

    async def handle(self, update_id: int, update: dict[str, Any], committed: Callable[[], None]) -> None:
        """Apply the update; `committed` is called when its effect is safe, before the person is told.

        Raises DatabaseUnavailable: then nothing happened and the update must come again.
        """
        try:
            did = read(update, bot_name=self._services.bot_name)
        except Exception:
            logger.exception("update %s could not be read", update_id)
            did = None
        if did is None:
            committed()
        elif isinstance(did, GroupCall):
            committed()
            await self._teller.point_to_private_chat(did.chat_id)
        else:
            reply = await self._apply(update_id, did)
            committed()
            await self._teller.tell(did, reply)

    async def _apply(self, update_id: int, did: Read) -> Reply:
        try:
            fetched = await self._fetch(did)
            incoming = _incoming(update_id, did, fetched)
            reply = await self._looks.answer(
                incoming, router=self._router, services=self._services, clock=self._clock.now
            )
            self._kept()
            return reply
        except DatabaseUnavailable:
            raise
        except Exception as error:
            with speaking(await self._language(did)):
                return _sorry(update_id, error, pressed=did.kind is Kind.PRESS)

    async def _language(self, did: Read) -> str:
        """The person's own language; while the database cannot say, that of the person's Telegram."""
        try:
            person = await self._database.read(lambda tx: tx.people.by_telegram(did.user_id))
        except Exception:
            person = None
        return person.language if person else language_of(did.language)

    async def _fetch(self, did: Read) -> Fetched:
        for attempt in (1, 2, 3):
            try:
                return await fetch(self._bot, self._services, did)
            except NetworkError:
                if attempt == 3:
                    raise
                await asyncio.sleep(0.5 * attempt)
        raise AssertionError


def _incoming(update_id: int, did: Read, fetched: Fetched) -> Incoming:
    return Incoming(
        update_id=update_id,
        kind=did.kind,
        chat_id=did.chat_id,
        telegram_id=did.user_id,
        name=did.name,
        language=did.language,
        command=did.command,
        text=did.text,
        photo=fetched.photo,
        upload=fetched.upload,
        voice=fetched.voice,
        album=did.album,
        forwarded_at=did.forwarded_at,
    )


def _sorry(update_id: int, error: Exception, *, pressed: bool) -> Reply:
    """What a person is told when nothing was kept; the words say so and what to do."""
    match error:
        case UnreadablePhoto():
            words = _(str(error))
        case TooLarge():
            words = _("文件超过20MB，没有保存。请换一个小一点的，照片请用“照片”方式发送。")
        case StorageFull() | DatabaseFull():
            logger.error("update %s was not kept: the disk is full", update_id)
            words = _("系统存储已满，刚才的内容没有保存。请稍后再试，并告诉辖区安全监管办公室。")
        case NotKept():
            logger.error("update %s was not kept: the disk failed", update_id)
            words = _("刚才发的没有保存成功，请稍后再发一次。")
        case TelegramError():
            logger.warning("what came with update %s could not be fetched (%s)", update_id, type(error).__name__)
            words = _("网络不好，照片或文件没有收到，请再发一次。")
        case _:
            logger.error("update %s failed", update_id, exc_info=error)
            words = _("出了点问题，刚才的操作没有保存。请再试一次；还不行，请告诉辖区安全监管办公室。")
    return Reply(toast=words, alert=True) if pressed else Reply(screen=Screen(text=words))
