"""The running bot: database, intake, sender and clock put together, started and stopped as one."""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.error import InvalidToken, TelegramError

from bot.clock import Clock, SystemClock
from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.sender import Sender
from bot.settings import Settings
from bot.telegram import TelegramBot, make_bot, pause
from bot.telling import Teller
from bot.watching import TrailWatcher
from handlers.people import ensure_administrators
from handlers.reminders import tick
from handlers.renderers import RENDERERS
from handlers.routes import ROUTER
from handlers.services import Services
from handlers.words import speaking
from storage.database import Database, ZoneDatabase
from storage.photos import PhotoStore
from storage.schema import upgrade
from storage.transaction import Transaction
from storage.voices import VoiceStore
from storage.zones import Zone

logger = logging.getLogger(__name__)

TICK_S = 20


@contextlib.asynccontextmanager
async def open_zone(settings: Settings, *, now: datetime) -> AsyncIterator[ZoneDatabase]:
    """The zone's database, brought to the present schema, with its first administrators; closed at the end."""
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(upgrade, settings.database_url)
    database = Database(settings.database_url)

    def found(tx: Transaction) -> Zone:
        zone = tx.zones.found(code=settings.zone_code, name=settings.zone_name, plan_id=settings.plan, at=now)
        ensure_administrators(tx, settings.administrators, now)
        return zone

    try:
        zone = database.zone(settings.zone_id)
        await zone.write(found)
        yield zone
    finally:
        await database.close()


def make_services(settings: Settings, *, bot_name: str) -> Services:
    """What handlers reach besides the database; sweeps what a killed process left half-written."""
    photos = PhotoStore(settings.data_folder / "photos")
    photos.sweep()
    services = Services(
        photos=photos,
        voices=VoiceStore(settings.data_folder / "voices"),
        bot_name=bot_name,
        letter_templates=settings.letter_templates,
    )
    shutil.rmtree(services.making_of(settings.zone_id), ignore_errors=True)
    return services


class Program:
    """One bot of one zone between `start` and `stop`."""

    def __init__(self, settings: Settings, database: ZoneDatabase, *, clock: Clock | None = None, poll_s: int = 25):
        self.settings, self.database = settings, database
        self.clock: Clock = clock or SystemClock()
        self.bot: TelegramBot = make_bot(
            token=settings.token.get_secret_value(), base_url=settings.base_url, proxy=settings.proxy
        )
        self._poll_s = poll_s
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._ticking = asyncio.Lock()
        self.intake: Intake
        self.sender: Sender
        self.watcher: TrailWatcher

    async def start(self) -> None:
        """Connect (waiting as long as the network needs), then take updates, send and tick until `stop`."""
        await self._connect()
        services = make_services(self.settings, bot_name=self.bot.username)
        # `zicha invite` makes links without a connection to Telegram
        await self.database.write(lambda tx: tx.notes.set("bot_name", services.bot_name))
        self.sender = Sender(
            database=self.database, bot=self.bot, services=services, clock=self.clock, renderers=RENDERERS
        )
        teller = Teller(self.bot, unshown=self._unshown, blocked=self._blocked)
        dispatcher = Dispatcher(
            bot=self.bot,
            database=self.database,
            router=ROUTER,
            services=services,
            clock=self.clock,
            teller=teller,
            kept=self.sender.wake,
        )
        self.intake = Intake(self.bot, dispatcher, poll_s=self._poll_s)
        self.watcher = TrailWatcher(self.settings, self.database, clock=self.clock, told=self.sender.wake)
        await self._show_commands()
        self._tasks = [
            asyncio.create_task(self.intake.run(self._stop), name="intake"),
            asyncio.create_task(self.sender.run(self._stop), name="sender"),
            asyncio.create_task(self.watcher.run(self._stop), name="watcher"),
        ]
        # the scheduler only says "look now"; what is due is a query, so a late or lost call loses nothing
        self._scheduler.add_job(self._tick_quietly, "interval", seconds=TICK_S, max_instances=1, coalesce=True)
        self._scheduler.start()
        await self._tick_quietly()

    async def run(self) -> None:
        """Until `stop` is called, or until intake or sender ends by a fault, which is raised."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Finish what was begun and let go; may be called more than once."""
        self._stop.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TelegramError):
            await self.bot.shutdown()

    async def tick(self) -> None:
        """Look what has become due at the clock's time and write the deliveries; then wake the sender."""
        async with self._ticking:
            now = self.clock.now()
            await tick(self.database, now=now)
            await self.database.write(lambda tx: tx.updates.sweep(now=now))
        self.sender.wake()
        self.watcher.wake()

    async def idle(self) -> bool:
        """Whether nothing is in work and nothing waits to go out at the present time."""
        return not self.intake.busy and await self.sender.idle(self.clock.now())

    async def _tick_quietly(self) -> None:
        try:
            await self.tick()
        except Exception:
            logger.exception("the tick failed, the next one looks again")

    async def _connect(self) -> None:
        wait = 1.0
        while not self._stop.is_set():
            try:
                await self.bot.initialize()
                return
            except InvalidToken:
                raise
            except TelegramError as error:
                logger.warning("no connection to Telegram yet (%s), trying again", type(error).__name__)
                await pause(wait, self._stop)
                wait = min(wait * 2, 60.0)

    async def _show_commands(self) -> None:
        try:
            await self.bot.call("deleteWebhook")
            for language in ("", "en"):
                with speaking(language or "zh"):
                    commands = [
                        {"command": c.name, "description": c.menu()} for c in ROUTER.commands.values() if c.menu
                    ]
                scope = {"type": "all_private_chats"}
                await self.bot.call("setMyCommands", commands=commands, scope=scope, language_code=language)
        except TelegramError as error:
            logger.warning("the command menu could not be set (%s)", type(error).__name__)

    async def _unshown(self, chat_id: int) -> None:
        now = self.clock.now()
        await self.database.write(lambda tx: tx.deliveries.add_present(chat_id, at=now))
        self.sender.wake()

    async def _blocked(self, user_id: int) -> None:
        await self.database.write(_note_unreachable(user_id))


def _note_unreachable(user_id: int) -> Callable[[Transaction], None]:
    def note(tx: Transaction) -> None:
        if person := tx.people.by_telegram(user_id):
            tx.people.set_reachable(person.id, reachable=False)

    return note
