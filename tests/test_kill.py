"""Never lost: the bot is killed at 200 random moments while ten people walk, and everything they did is there once."""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.program import open_zone
from bot.sandbox.world import World
from storage.photos import PhotoStore
from tests.conftest import NOW
from tests.living import settings_for
from tests.sandbox import TOKEN, running_sandbox
from tests.walker import check, settle

KILLS = 200


class Zygote:
    """The process that forks bots."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def start(self) -> int:
        """The process id of a new bot."""
        return await self._ask("start")

    async def kill(self, pid: int, number: int = signal.SIGKILL) -> int:
        """End a bot by a signal and return its wait status."""
        os.kill(pid, number)
        return await self._ask("reap")

    async def _ask(self, what: str) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{what}\n".encode())
        await self._process.stdin.drain()
        return int(await self._process.stdout.readline())


@contextlib.asynccontextmanager
async def running_zygote(environment: Mapping[str, str]) -> AsyncIterator[Zygote]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.zygote",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        yield Zygote(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def polling(world: World) -> None:
    """Wait until the bot just started asks for updates."""
    turn = world.poll_turn
    while world.poll_turn == turn:
        await asyncio.sleep(0.005)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_nothing_that_was_told_is_lost_over_two_hundred_kills(address: str, tmp_path: Path) -> None:
    world = World(token=TOKEN)
    dice = random.Random(20261122)
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(world))
        settings = settings_for(address, tmp_path / "data", sandbox.base_url)
        async with open_zone(settings, now=NOW) as database:
            walkers = await database.write(lambda tx: settle(tx, world, NOW))
        environment = {
            "ZICHA_TOKEN": TOKEN,
            "ZICHA_ADMINISTRATORS": "1",
            "ZICHA_DATABASE_URL": address,
            "ZICHA_DATA_FOLDER": str(tmp_path / "data"),
            "ZICHA_BASE_URL": sandbox.base_url,
            "ZICHA_ZONE_CODE": "BH",
        }
        zygote = await stack.enter_async_context(running_zygote(environment))
        kills = 0
        walking = asyncio.gather(*(w.walk(until=lambda: kills >= KILLS) for w in walkers))
        while kills < KILLS:
            bot = await zygote.start()
            if dice.random() < 0.9:  # the others die while they start
                await polling(world)
            await asyncio.sleep(dice.uniform(0, 0.4))
            assert os.WIFSIGNALED(await zygote.kill(bot)), "the bot ended by itself"
            kills += 1
        bot = await zygote.start()
        await asyncio.wait_for(walking, 240)
        await sandbox.idle(60)
        assert os.WEXITSTATUS(await zygote.kill(bot, signal.SIGTERM)) == 0

    async with open_zone(settings, now=NOW) as database:
        await database.read(lambda tx: check(tx, walkers, PhotoStore(tmp_path / "data" / "photos")))
