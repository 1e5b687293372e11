"""The sender: takes what waits in the outbox, keeps Telegram's pace, sends, and records each outcome."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.clock import Clock
from bot.long_files import Ended, LongFiles
from bot.making import Unwanted
from bot.pacing import Pacing
from bot.telegram import TelegramBot, seconds_of
from bot.telling import as_message, send_document, send_screen
from checklists.deliveries import Delivery
from handlers.outgoing import Making, Outgoing, Renderer
from handlers.renderers import DRAWN_IN_WRITING, render
from handlers.replies import Screen
from handlers.services import Services
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase
from storage.transaction import Transaction

logger = logging.getLogger(__name__)

MOST_IN_FLIGHT = 100
LONGEST_SLEEP_S = 3.0
LONGEST_BACKOFF = timedelta(minutes=10)
_QUICK_RETRIES_S = (0.3, 1.0)
_WAITED_IN_PLACE_S = 5.0
_FAULTS_FORGIVEN = 5
_SOON = timedelta(seconds=2)
_FINISHING_S = 10.0

Record = Callable[[Transaction], None]


class Sender:
    """One for each bot token. What is in flight stays in the outbox until its outcome is committed, so that a
    killed process repeats at most that."""

    def __init__(
        self,
        *,
        database: ZoneDatabase,
        bot: TelegramBot,
        services: Services,
        clock: Clock,
        renderers: Mapping[str, Renderer],
        pacing: Pacing | None = None,
    ) -> None:
        self._database, self._bot, self._services = database, bot, services
        self._clock, self._renderers = clock, renderers
        self._pacing = pacing or Pacing()
        self._woken = asyncio.Event()
        self._in_flight: dict[int, Delivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._making: set[int] = set()
        self._long_files = LongFiles(database, bot, self._pacing, services.making_of(database.zone_id))

    def wake(self) -> None:
        """Something may have been queued: look now."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send what becomes due until `stop`; then finish what is in flight, for some seconds at most."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            self._woken.clear()
            seconds = await self._look_quietly()
            waking = asyncio.create_task(self._woken.wait())
            await asyncio.wait({stopping, waking}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=_FINISHING_S)
            for task in unfinished:
                task.cancel()

    async def drain(self, now: datetime) -> None:
        """Send all that is due by `now` and wait for the outcomes; what is put off to later stays."""
        while True:
            seconds = await self._look(now)
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            elif await self._database.read(lambda tx: not tx.deliveries.waiting(now, 1)):
                return
            else:
                await asyncio.sleep(seconds)

    async def idle(self, now: datetime) -> bool:
        """Whether nothing is in flight and nothing waits to go out by `now` or a moment later."""
        if self._in_flight:
            return False
        due = await self._database.read(lambda tx: tx.deliveries.next_due())
        return due is None or due > now + _SOON

    async def _look_quietly(self) -> float:
        try:
            return await self._look(self._clock.now())
        except (DatabaseUnavailable, DatabaseFull) as error:
            logger.warning("the outbox cannot be read (%s), looking again", type(error).__name__)
        return LONGEST_SLEEP_S

    async def _look(self, now: datetime) -> float:
        """Start what may leave now, at most one message of each chat; the seconds until it is worth looking again."""
        room = MOST_IN_FLIGHT - len(self._in_flight)
        if room <= 0:
            return LONGEST_SLEEP_S
        waiting = await self._database.read(lambda tx: tx.deliveries.waiting(now, 2 * MOST_IN_FLIGHT))
        seconds = LONGEST_SLEEP_S
        busy = {delivery.chat_id for delivery in self._in_flight.values() if delivery.id not in self._making}
        for delivery in waiting:
            if delivery.id in self._in_flight or delivery.chat_id in busy:
                continue
            busy.add(delivery.chat_id)
            if (wait := self._pacing.chat_free_in(delivery.chat_id)) > 0:
                seconds = min(seconds, wait)
            elif room > 0:
                room -= 1
                self._start(delivery)
        return seconds

    def _start(self, delivery: Delivery) -> None:
        self._in_flight[delivery.id] = delivery
        task = asyncio.create_task(self._deliver(delivery), name=f"delivery-{delivery.id}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, delivery))

    def _ended(self, task: "asyncio.Task[None]", delivery: Delivery) -> None:
        self._tasks.discard(task)
        self._in_flight.pop(delivery.id, None)
        if not task.cancelled() and (error := task.exception()):
            logger.error("delivery %s failed", delivery.id, exc_info=error)
        if len(self._in_flight) <= MOST_IN_FLIGHT // 2:
            self._woken.set()

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            outgoing = await self._render(delivery)
        except (DatabaseUnavailable, DatabaseFull):
            await asyncio.sleep(1.0)
            return
        except Exception:
            logger.exception("delivery %s of kind %s could not be drawn", delivery.id, delivery.kind)
            await self._record(self._fault(delivery, "could not be drawn"))
            return
        if outgoing is None:
            await self._record(lambda tx: tx.deliveries.withdrawn(delivery))
            return
        if outgoing.making is not None:
            await self._record(await self._make_and_send(delivery, outgoing.making))
            return
        await self._record(await self._send(delivery, outgoing))

    async def _make_and_send(self, delivery: Delivery, making: Making) -> Record:
        self._making.add(delivery.id)  # meanwhile other messages go to this chat
        try:
            message_id = await self._long_files.hand_over(delivery, making)
        except Unwanted:
            return lambda tx: tx.deliveries.withdrawn(delivery)
        except Ended as end:
            about = end.about
            return lambda tx: tx.deliveries.turn_into(delivery, about)
        except (BadRequest, Forbidden, ChatMigrated) as error:
            return self._outcome(delivery, error)
        finally:
            self._making.discard(delivery.id)
        return self._arrival(delivery, message_id)

    async def _render(self, delivery: Delivery) -> Outgoing | None:
        run = self._database.write if delivery.kind in DRAWN_IN_WRITING else self._database.read
        now = self._clock.now()
        return await run(lambda tx: render(self._renderers, tx, self._services, delivery, now))

    async def _send(self, delivery: Delivery, outgoing: Outgoing) -> Record:
        """Send once, over short troubles; what to record of it."""
        for wait in (*_QUICK_RETRIES_S, None):
            await self._pacing.turn(delivery.chat_id)
            try:
                message_id = await self._transmit(delivery, outgoing)
            except RetryAfter as error:
                seconds = seconds_of(error)
                self._pacing.refused(delivery.chat_id, seconds)
                if wait is None or seconds > _WAITED_IN_PLACE_S:
                    return self._retry(delivery, timedelta(seconds=seconds), "RetryAfter")
                await asyncio.sleep(seconds)
            except (BadRequest, Forbidden, ChatMigrated, InvalidToken) as error:
                return self._outcome(delivery, error)
            except TelegramError as error:
                if wait is None:
                    return self._backoff(delivery, type(error).__name__)
                await asyncio.sleep(wait)
            except Exception:
                logger.exception("delivery %s of kind %s could not be sent", delivery.id, delivery.kind)
                return self._fault(delivery, "could not be sent")
            else:
                return self._arrival(delivery, message_id)
        raise AssertionError

    def _arrival(self, delivery: Delivery, message_id: int | None) -> Record:
        now = self._clock.now()
        return lambda tx: _arrived(tx, delivery, message_id, now)

    async def _transmit(self, delivery: Delivery, outgoing: Outgoing) -> int | None:
        if delivery.message_id is not None:
            if outgoing.screen is not None:
                await _edit(self._bot, delivery.chat_id, delivery.message_id, outgoing.screen)
            return delivery.message_id
        message_id = None
        for document in outgoing.documents:
            message_id = await send_document(self._bot, delivery.chat_id, document)
        if outgoing.screen is not None:
            message_id = await send_screen(self._bot, delivery.chat_id, outgoing.screen)
        return message_id

    def _outcome(self, delivery: Delivery, error: TelegramError) -> Record:
        """What a final word of Telegram about this message means."""
        match error:
            case ChatMigrated():
                return lambda tx: tx.deliveries.migrated(delivery.chat_id, error.new_chat_id)
            case InvalidToken():
                logger.error("Telegram does not accept the token; delivery %s waits", delivery.id)
                return self._backoff(delivery, "InvalidToken")
        words = error.message
        if isinstance(error, Forbidden) or "chat not found" in words.lower():
            logger.info("delivery %s: the chat cannot be reached", delivery.id)
            return lambda tx: _unreachable(tx, delivery, words)
        if delivery.message_id is not None and _is_gone(words):
            return lambda tx: tx.deliveries.anew(delivery)
        logger.error("delivery %s of kind %s was not accepted by Telegram", delivery.id, delivery.kind)
        return lambda tx: tx.deliveries.given_up(delivery, words)

    def _fault(self, delivery: Delivery, outcome: str) -> Record:
        if delivery.attempts < _FAULTS_FORGIVEN:
            return self._backoff(delivery, outcome)
        return lambda tx: tx.deliveries.given_up(delivery, outcome)

    def _backoff(self, delivery: Delivery, outcome: str) -> Record:
        wait = min(LONGEST_BACKOFF, timedelta(seconds=5 * 2 ** min(delivery.attempts, 10)))
        return self._retry(delivery, wait, outcome)

    def _retry(self, delivery: Delivery, wait: timedelta, outcome: str) -> Record:
        not_before = self._clock.now() + wait
        logger.info("delivery %s is tried again later (%s)", delivery.id, outcome)
        return lambda tx: tx.deliveries.retry(delivery, not_before=not_before, outcome=outcome)

    async def _record(self, record: Record) -> None:
        """Commit an outcome, however long the database is away: forgetting it would send the message twice."""
        while True:
            try:
                await self._database.write(record)
                return
            except (DatabaseUnavailable, DatabaseFull) as error:
                logger.warning("an outcome could not be recorded (%s), trying again", type(error).__name__)
                await asyncio.sleep(1.0)


def _arrived(tx: Transaction, delivery: Delivery, message_id: int | None, at: datetime) -> None:
    tx.deliveries.sent(delivery, message_id=message_id, at=at)
    _note_reachable(tx, delivery, reachable=True)


def _unreachable(tx: Transaction, delivery: Delivery, words: str) -> None:
    tx.deliveries.refused(delivery, words)
    _note_reachable(tx, delivery, reachable=False)


def _note_reachable(tx: Transaction, delivery: Delivery, *, reachable: bool) -> None:
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is not None and person.reachable is not reachable:
        tx.people.set_reachable(person.id, reachable=reachable)


async def _edit(bot: TelegramBot, chat_id: int, message_id: int, screen: Screen) -> None:
    try:
        await bot.call("editMessageText", message_id=message_id, **as_message(chat_id, screen))
    except BadRequest as error:
        if "not modified" not in error.message:
            raise


def _is_gone(words: str) -> bool:
    """Whether the message to edit was deleted or is too old to be edited."""
    return "message to edit not found" in words.lower() or "message can't be edited" in words.lower()
