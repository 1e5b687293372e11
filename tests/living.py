"""The whole bot on the sandbox in one process: real HTTP, a real database, people who press and read."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import MovableClock
from bot.launching import SandboxBot
from bot.program import Program, open_zone
from bot.sandbox.world import World
from bot.settings import Settings, load
from checklists.people import Role
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.sandbox import TOKEN, Person, Sandbox, running_sandbox

USCC = "91150699MA0DEH001F"


@dataclass(kw_only=True)
class Town:
    """A zone that lives: its bot runs, its people can be met."""

    sandbox: Sandbox
    settings: Settings
    database: ZoneDatabase
    program: Program
    clock: MovableClock

    async def quiet(self, timeout_s: float = 20) -> None:
        """Wait until the bot has answered everything and sent what is due."""
        await self.sandbox.idle(timeout_s)

    async def enterprise(
        self, name: str = "启明木业", *, uscc: str = USCC, trades: tuple[str, ...] = ("machinery",)
    ) -> int:
        """A firm of the zone with its trades; returns its id."""

        def unit(tx: Transaction) -> int:
            firm = tx.enterprises.add(name=name, uscc=uscc, community="石桥社区", at=self.clock.now())
            tx.enterprises.set_trades(firm.id, trades, at=self.clock.now())
            tx.enterprises.profiled(firm.id, at=self.clock.now())
            return firm.id

        return await self.database.write(unit)

    async def meets(self, name: str, role: Role, enterprise_id: int | None = None) -> Person:
        """Somebody with a phone who holds this role already."""
        person = await self.sandbox.person(name, started=True)

        def unit(tx: Transaction) -> None:
            known = tx.people.add(name=name, telegram_id=person.id, at=self.clock.now())
            tx.people.assign(known.id, role, enterprise_id=enterprise_id, at=self.clock.now(), by=None)

        await self.database.write(unit)
        return person

    async def moves_to(self, now: datetime) -> None:
        """Put the clock there and let the bot do what falls due."""
        await self.sandbox.control.post("clock", {"now": now.isoformat()})
        await self.quiet()


def settings_for(address: str, folder: Path, base_url: str) -> Settings:
    """Settings of a test bot that talks to the stand-in at `base_url`."""
    return load(
        token=TOKEN,
        database_url=address,
        data_folder=folder,
        zone_code="BH",
        zone_name="滨河开发区",
        base_url=base_url,
    )


@contextlib.asynccontextmanager
async def running_town(address: str, folder: Path, *, now: datetime = NOW) -> AsyncIterator[Town]:
    """A zone on an empty database at `address`; at the end every press was answered and the traffic was right."""
    world = World(token=TOKEN, recording=True)
    clock = MovableClock(start=now)
    world.clock.put(now)
    hooks = SandboxBot(clock)
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(world, hooks=hooks))
        settings = settings_for(address, folder, sandbox.base_url)
        database = await stack.enter_async_context(open_zone(settings, now=now))
        program = Program(settings, database, clock=clock, poll_s=5)
        hooks.program = program
        try:
            await program.start()
            yield Town(sandbox=sandbox, settings=settings, database=database, program=program, clock=clock)
        finally:
            await program.stop()
        assert world.unanswered_presses() == []
        sandbox.assert_no_violations()
