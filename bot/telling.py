"""Showing a reply: answer the press, edit the card or send a new one, and never lose what could not be shown."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.incoming import Read
from bot.telegram import TelegramBot, seconds_of
from handlers.answering import Kind
from handlers.replies import Document, Reply, Rows, Screen
from handlers.words import _

logger = logging.getLogger(__name__)

_RETRIES_S = (0.3, 1.0, 2.0)
_LONGEST_WAIT_S = 5
_LONG_FILE_S = 120  # Telegram takes its time before it answers to 50 MB
_CARDS_REMEMBERED = 5000
_TOAST, _ALERT = 200, 200


class Teller:
    """Sends what handlers want shown. `unshown(chat_id)` keeps a note to show the present screen later,
    `blocked(user_id)` that messages do not reach a person."""

    def __init__(
        self,
        bot: TelegramBot,
        *,
        unshown: Callable[[int], Awaitable[None]],
        blocked: Callable[[int], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._unshown, self._blocked = unshown, blocked
        # Only for tidiness: the newest card of a chat, whose buttons go when a newer one comes below it.
        self._cards: OrderedDict[int, int] = OrderedDict()
        # The message that answers the album a chat sent last; without it the next picture gets a message of its own.
        self._grouped: OrderedDict[int, tuple[str, int]] = OrderedDict()

    async def tell(self, did: Read, reply: Reply) -> None:
        """Show `reply` to the person who did `did`."""
        try:
            if did.kind is Kind.PRESS:
                await asyncio.gather(self._answer(did, reply), self._show(did, reply))
            else:
                await self._show(did, reply)
        except Forbidden:
            await self._blocked(did.user_id)
        except (NetworkError, RetryAfter):
            await self._unshown(did.chat_id)

    async def point_to_private_chat(self, chat_id: int) -> None:
        """In a group the bot says one sentence: this is done in private."""
        words = _("自查请在与我的私聊中进行：点我的头像，再点“发消息”。")
        try:
            await self._call("sendMessage", chat_id=chat_id, text=words)
        except TelegramError as error:
            logger.info("a group could not be answered (%s)", type(error).__name__)

    async def _answer(self, did: Read, reply: Reply) -> None:
        parameters: dict[str, Any] = {"callback_query_id": did.callback_id}
        if reply.toast:
            parameters |= {"text": reply.toast[: _ALERT if reply.alert else _TOAST], "show_alert": reply.alert}
        with suppress(BadRequest):  # the press is too old to be answered; the card itself shows what is true
            await self._call("answerCallbackQuery", **parameters)

    async def _show(self, did: Read, reply: Reply) -> None:
        for screen in reply.before:
            await self._send(did.chat_id, screen)
        if reply.screen is not None:
            edit = did.kind is Kind.PRESS and not reply.anew and not reply.before
            card = did.message_id if edit else self._answering(did.chat_id, reply.group)
            # A photo is sent anew: Telegram does not turn a text into a photo.
            if reply.screen.picture or not (card and await self._edit(did.chat_id, card, reply.screen)):
                await self._replace_card(did, reply.screen, reply.group)
        for document in reply.documents:
            await self._send_document(did.chat_id, document)

    def _answering(self, chat_id: int, group: str) -> int:
        known, message_id = self._grouped.get(chat_id, ("", 0))
        return message_id if group and group == known else 0

    async def _replace_card(self, did: Read, screen: Screen, group: str) -> None:
        old = did.message_id if did.kind is Kind.PRESS else self._cards.get(did.chat_id)
        sent = await self._send(did.chat_id, screen)
        if group:
            self._grouped[did.chat_id] = (group, sent)
            if len(self._grouped) > _CARDS_REMEMBERED:
                self._grouped.popitem(last=False)
        if old is not None and old != sent and screen.buttons:  # never leave a chat without a button to go on by
            with suppress(BadRequest):  # it had none, or is gone: nothing to tidy
                await self._call("editMessageReplyMarkup", chat_id=did.chat_id, message_id=old)

    async def _edit(self, chat_id: int, message_id: int, screen: Screen) -> bool:
        """Whether the card now shows the screen; False when it cannot be edited any more."""
        try:
            await self._call("editMessageText", message_id=message_id, **as_message(chat_id, screen))
        except BadRequest as error:
            if "not modified" in error.message:
                return True
            logger.info("card %s could not be edited: %s", message_id, error.message)
            return False
        self._remember(chat_id, message_id, screen)
        return True

    async def _send(self, chat_id: int, screen: Screen) -> int:
        message_id = int(await self._retry(lambda: send_screen(self._bot, chat_id, screen)))
        self._remember(chat_id, message_id, screen)
        return message_id

    async def _send_document(self, chat_id: int, document: Document) -> None:
        await self._retry(lambda: send_document(self._bot, chat_id, document))

    def _remember(self, chat_id: int, message_id: int, screen: Screen) -> None:
        if screen.buttons:
            self._cards[chat_id] = message_id
            self._cards.move_to_end(chat_id)
            if len(self._cards) > _CARDS_REMEMBERED:
                self._cards.popitem(last=False)

    async def _call(self, method: str, **parameters: Any) -> Any:
        return await self._retry(lambda: self._bot.call(method, **parameters))

    @staticmethod
    async def _retry(call: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat over short troubles; a repeat after a lost answer may show a message twice, never lose one."""
        for wait in (*_RETRIES_S, None):
            try:
                return await call()
            except BadRequest:
                raise  # PTB counts it among network errors, but repeating cannot help
            except RetryAfter as error:
                seconds = seconds_of(error)
                if wait is None or seconds > _LONGEST_WAIT_S:
                    raise
                await asyncio.sleep(seconds)
            except NetworkError:
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError


async def send_document(bot: TelegramBot, chat_id: int, document: Document) -> int:
    """Send a file as what it is: a photo, a voice note or a document; the number of the message."""
    caption = document.caption or None
    if document.file is not None:
        with document.file.open("rb") as content:  # sent from the disk piece by piece
            long = InputFile(content, filename=document.name, read_file_handle=False)
            sent = await bot.send_document(chat_id, long, caption=caption, read_timeout=_LONG_FILE_S)
        return int(sent.message_id)
    file = InputFile(document.content, filename=document.name)
    if document.is_photo:
        return int((await bot.send_photo(chat_id, file, caption=caption)).message_id)
    if document.is_voice:
        # Telegram lets people refuse voice notes: then it comes as a file.
        with suppress(BadRequest):
            return int((await bot.send_voice(chat_id, file, caption=caption)).message_id)
    return int((await bot.send_document(chat_id, file, caption=caption)).message_id)


async def send_screen(bot: TelegramBot, chat_id: int, screen: Screen) -> int:
    """Send a screen as a message of its own; its number."""
    if screen.picture is not None:
        return await send_picture(bot, chat_id, screen)
    sent = await bot.call("sendMessage", **as_message(chat_id, screen))
    return int(sent["message_id"])


def as_message(chat_id: int, screen: Screen) -> dict[str, Any]:
    """A screen without a picture as the Bot API takes it."""
    return {
        "chat_id": chat_id,
        "text": screen.text,
        "parse_mode": "HTML",
        "reply_markup": keyboard(screen.buttons),
    }


async def send_picture(bot: TelegramBot, chat_id: int, screen: Screen) -> int:
    """Send a screen that is a photo with its caption and buttons; the number of the message."""
    assert screen.picture is not None
    jpeg = await asyncio.to_thread(screen.picture)
    markup = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.label, url=b.url or None, callback_data=None if b.url else b.data) for b in row]
            for row in screen.buttons
        ]
    )
    photo = InputFile(jpeg, filename="zicha.jpg")
    sent = await bot.send_photo(chat_id, photo, caption=screen.text, parse_mode="HTML", reply_markup=markup)
    return int(sent.message_id)


def keyboard(rows: Rows) -> dict[str, Any]:
    """The inline keyboard as the Bot API takes it; no rows remove it."""
    return {
        "inline_keyboard": [
            [{"text": b.label, "url": b.url} if b.url else {"text": b.label, "callback_data": b.data} for b in row]
            for row in rows
        ]
    }
