"""`zicha run` and `zicha sandbox`: the program between its start and a clean end by Ctrl-C or a stop signal."""

import asyncio
import contextlib
import logging
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import MovableClock
from bot.demo import live_a_little, settle_zone
from bot.program import Program, make_services, open_zone
from bot.sandbox.server import SandboxServer, create_app
from bot.sandbox.world import World
from bot.settings import Settings, load
from checklists.working_days import OPENS, SHANGHAI
from storage.database import ZoneDatabase

logger = logging.getLogger(__name__)

_LOOKS = 250
_BETWEEN_LOOKS_S = 0.02

SANDBOX_TOKEN = "5000000001:local-sandbox-token-not-a-secret-000"  # noqa: S105


class PortTaken(Exception):
    """The port of the page cannot be had, as when another program listens there already."""


class SandboxBot:
    """How the sandbox's controls reach the bot that lives in the same process."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.program: Program | None = None

    async def now(self) -> datetime:
        return self._clock.now()

    async def move(self, now: datetime) -> None:
        """A jump over the morning of its last day stops there, so that what offices send then goes out then."""
        opening = datetime.combine(now.astimezone(SHANGHAI).date(), OPENS, SHANGHAI)
        if self._clock.now() < opening < now:
            await self._live_at(opening)
            await self._until_quiet()
        await self._live_at(now)

    async def _live_at(self, now: datetime) -> None:
        self._clock.move(now)
        if self.program is not None:
            await self.program.tick()

    async def _until_quiet(self) -> None:
        for _ in range(_LOOKS):
            if self.program is None or await self.program.idle():
                return
            await asyncio.sleep(_BETWEEN_LOOKS_S)

    async def idle(self) -> bool:
        return self.program is not None and await self.program.idle()


async def run(settings: Settings) -> None:
    """The production bot until it is told to stop."""
    async with open_zone(settings, now=datetime.now(UTC)) as database:
        program = Program(settings, database)
        async with _until_stopped() as stopped:
            await _live(program, stopped)


async def run_sandbox(
    *, port: int, data: Path | None, record: Path | None, demo: bool, say: Callable[[str], None]
) -> None:
    """Stand-in, chat page, bot, sender and clock in one go; with no `data` folder everything is forgotten at the end.

    Raises PortTaken.
    """
    async with contextlib.AsyncExitStack() as stack:
        stopped = await stack.enter_async_context(_until_stopped())
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zicha-")))
        world = World(name="安全自查", token=SANDBOX_TOKEN, recording=True, record_file=record)
        clock = MovableClock()
        hooks = SandboxBot(clock)
        server = await stack.enter_async_context(_serving(world, hooks, port))
        settings = sandbox_settings(folder, server.base_url)
        database = await stack.enter_async_context(open_zone(settings, now=clock.now()))
        if demo:
            services = make_services(settings, bot_name=world.bot.username)
            await settle_zone(database, world, services, now=clock.now())
        await _meet_again(database, world)
        hooks.program = Program(settings, database, clock=clock)
        living = asyncio.create_task(_live(hooks.program, stopped))
        if demo:
            await live_a_little(world, hooks)
        for line in (*world.hints, f"打开 {server.base_url}/ 就能看到手机页面；按 Ctrl-C 结束。"):
            say(line)
        await living


def sandbox_settings(folder: Path, base_url: str) -> Settings:
    """Settings of a bot that lives in `folder` and talks to the stand-in at `base_url`."""
    return load(
        token=SANDBOX_TOKEN,
        database_url=f"sqlite:///{folder / 'zicha.db'}",
        data_folder=folder,
        zone_code="BH",
        zone_name="滨河经济开发区（示例）",
        base_url=base_url,
        log_level="WARNING",
    )


async def _live(program: Program, stopped: asyncio.Event) -> None:
    """Run the program until `stopped`, and end it cleanly whatever happens."""
    stopping = asyncio.create_task(stopped.wait())
    living = asyncio.create_task(_start_and_run(program))
    try:
        await asyncio.wait({stopping, living}, return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            living.result()
    finally:
        stopping.cancel()
        await program.stop()
        living.cancel()
        await asyncio.gather(living, stopping, return_exceptions=True)


async def _start_and_run(program: Program) -> None:
    await program.start()
    await program.run()


async def _meet_again(database: ZoneDatabase, world: World) -> None:
    """Everybody the database knows has a phone in the sandbox, so that a kept zone can be gone on with."""
    for person in await database.read(lambda tx: tx.people.everybody()):
        if person.telegram_id is not None and person.telegram_id not in world.people:
            world.add_person(person.name, id=person.telegram_id, started=True)


@contextlib.asynccontextmanager
async def _serving(world: World, hooks: SandboxBot, port: int) -> AsyncIterator[SandboxServer]:
    server = SandboxServer(create_app(world, hooks=hooks), port=port)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                raise PortTaken from serving.exception()
            await asyncio.sleep(0.01)
        yield server
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


@contextlib.asynccontextmanager
async def _until_stopped() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C and the system's stop signal set."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
