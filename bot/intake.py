"""Polling: an update is acknowledged to Telegram only after its effect is committed; one person's go one by one."""

import asyncio
import logging
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.dispatch import Dispatcher
from bot.incoming import sender_of
from bot.telegram import TelegramBot, pause, seconds_of
from storage.database import DatabaseUnavailable

logger = logging.getLogger(__name__)

# Kinds named here arrive; the others have nothing to say to a person's private chat.
ALLOWED = ["message", "callback_query", "my_chat_member"]
_BATCH = 100
_REMEMBERED = 10_000
# Longer than half a second: sooner, Telegram answers a repeated offset with a single update.
_SLOW_S = 0.6
_LONGEST_BACKOFF_S = 30.0


class Intake:
    """Fetches updates and hands each to the dispatcher, in order per person."""

    def __init__(self, bot: TelegramBot, dispatcher: Dispatcher, *, poll_s: int = 25) -> None:
        self._bot, self._dispatcher, self._poll_s = bot, dispatcher, poll_s
        self._offset = 0
        # Updates that Telegram has not been told to forget, and whether their effect is safe by now.
        self._waiting: dict[int, bool] = {}
        self._fresh: set[int] = set()
        self._settled = asyncio.Event()
        self._last: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Ids begun in this process; after a quiet week Telegram may begin again at any number.
        self._begun: OrderedDict[int, None] = OrderedDict()

    @property
    def busy(self) -> bool:
        """Whether an update is being handled or told."""
        return bool(self._tasks)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`, through every trouble of the network; then finish what was begun."""
        trouble = 0
        polling: asyncio.Task[Any] | None = None
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                polling = asyncio.create_task(self._poll())
                await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not polling.done():
                    break
                try:
                    updates = polling.result()
                    trouble = 0
                except TelegramError as error:
                    trouble += 1
                    await pause(self._wait_after(error, trouble), stop)
                    continue
                fresh = [u for u in updates if u["update_id"] not in self._begun]
                for update in fresh:
                    self._begin(update)
                await self._committed(slow=not fresh)
        finally:
            stopping.cancel()
            if polling is not None and not polling.done():
                polling.cancel()
            await asyncio.gather(stopping, *([polling] if polling else []), return_exceptions=True)
            await self._finish()

    async def _poll(self) -> Any:
        return await self._bot.call(
            "getUpdates",
            read_timeout=self._poll_s + 15,
            offset=self._offset,
            limit=_BATCH,
            timeout=0 if self._waiting else self._poll_s,
            allowed_updates=ALLOWED,
        )

    def _begin(self, update: dict[str, Any]) -> None:
        update_id = update["update_id"]
        self._begun[update_id] = None
        if len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)
        self._waiting[update_id] = False
        self._fresh.add(update_id)
        sender = sender_of(update)
        task = asyncio.create_task(self._handle(update_id, update, self._last.get(sender)))
        self._tasks.add(task)
        self._last[sender] = task
        task.add_done_callback(lambda done: self._end(sender, done))

    def _end(self, sender: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(sender) is task:
            del self._last[sender]

    async def _handle(self, update_id: int, update: dict[str, Any], before: asyncio.Task[None] | None) -> None:
        committed = partial(self._is_safe, update_id)
        if before is not None:
            await asyncio.wait({before})
        wait = 0.2
        while True:
            try:
                await self._dispatcher.handle(update_id, update, committed)
            except DatabaseUnavailable:
                logger.error("the database cannot be reached, update %s waits", update_id)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_BACKOFF_S)
                continue
            except Exception:
                logger.exception("update %s was kept but its answer failed", update_id)
            committed()
            return

    def _is_safe(self, update_id: int) -> None:
        if update_id in self._waiting:
            self._waiting[update_id] = True
        self._fresh.discard(update_id)
        if not self._fresh:
            self._settled.set()

    async def _committed(self, *, slow: bool) -> None:
        """Move the offset over everything that is safe; wait a little for what came last, not for ever."""
        if self._fresh:
            self._settled.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), _SLOW_S)
            self._fresh.clear()  # whoever is slow now (a photo on its way) does not hold up the others again
        for update_id in sorted(self._waiting):
            if not self._waiting[update_id]:
                break
            del self._waiting[update_id]
            self._offset = update_id + 1
        if slow and self._waiting:
            await asyncio.sleep(_SLOW_S)

    async def _finish(self) -> None:
        """Let begun updates end, and tell Telegram what needs no repeating."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=10)
        for task in self._tasks:
            task.cancel()
        await self._committed(slow=False)
        if self._offset:
            try:
                await self._bot.call("getUpdates", offset=self._offset, timeout=0, limit=1)
            except TelegramError as error:
                logger.info("the last acknowledgement did not arrive (%s)", type(error).__name__)

    @staticmethod
    def _wait_after(error: TelegramError, trouble: int) -> float:
        match error:
            case RetryAfter():
                return seconds_of(error)
            case InvalidToken():
                logger.error("Telegram does not accept the token")
                return _LONGEST_BACKOFF_S
            case Conflict():
                logger.error("another program polls with the same token")
                return 5.0
            case _:
                logger.warning("no connection to Telegram (%s), trying again", type(error).__name__)
                return min(0.5 * 2.0 ** min(trouble, 8), _LONGEST_BACKOFF_S)
