"""Never lost: the bot is killed at 200 random moments while ten people walk, and everything they did is there once."""

import asyncio
import contextlib
import hashlib
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.program import open_zone
from bot.sandbox.world import World
from checklists.inspections import Answer
from checklists.people import Role
from storage.photos import PhotoStore, accept
from storage.transaction import Transaction
from tests.conftest import NOW, ZONE_ID
from tests.living import settings_for
from tests.sandbox import TOKEN, running_sandbox
from tests.walker import Walker

KILLS = 200
TRADES = ["machinery", "textile", "light-industry", "building-materials", "nonferrous", "metallurgy", "tobacco"]
CODES = "0123456789"


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


def settle(tx: Transaction, world: World) -> list[Walker]:
    """Seven firms and ten people: three firms have two who walk the same inspection."""
    walkers = []
    for number in range(10):
        firm_number = number % len(TRADES)
        firm = tx.enterprises.add(name=f"样板{firm_number}厂", uscc=f"91150699MA0DEH0{firm_number:02}X", at=NOW)
        tx.enterprises.set_trades(firm.id, [TRADES[firm_number]], at=NOW)
        tx.enterprises.profiled(firm.id, at=NOW)
        phone = world.add_person(f"{CODES[number]}号厂长", started=True)
        person = tx.people.add(name=phone.first_name, telegram_id=phone.id, at=NOW)
        tx.people.assign(person.id, Role.PRINCIPAL, enterprise_id=firm.id, at=NOW, by=None)
        walkers.append(Walker(world=world, user_id=phone.id))
    return walkers


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
            walkers = await database.write(lambda tx: settle(tx, world))
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


def check(tx: Transaction, walkers: list[Walker], store: PhotoStore) -> None:
    """What people said is what is kept, once."""
    said = {key: wanted for walker in walkers for key, wanted in walker.said.items()}
    assert len(said) > 100, "the walk was too short to prove anything"
    runs = {run for run, _ in said}
    live: Counter[tuple[int, int]] = Counter()
    for hazard in tx.hazards.in_zone(offset=0, limit=1_000_000):
        assert hazard.inspection_id is not None
        assert hazard.item is not None
        live[hazard.inspection_id, hazard.item] += hazard.is_live
    for run in runs:
        inspection = tx.inspections.get(run)
        assert inspection is not None
        answers = tx.inspections.answers_of(run)
        for item in range(len(inspection.progress)):
            if (run, item) not in said:
                continue
            wanted = Answer(said[run, item])
            assert inspection.progress.answer(item) is wanted, (run, item)
            assert answers[item].answer is wanted, (run, item)
            assert live[run, item] == (wanted is Answer.HAZARD), (run, item)
    numbers = [(h.year, h.sequence) for h in tx.hazards.in_zone(offset=0, limit=1_000_000)]
    assert sorted(numbers) == [(2026, n) for n in range(1, len(numbers) + 1)], "hazard numbers have gaps or repeat"
    kept = Counter(a.sha256 for run in runs for a in tx.attachments.of_inspection(run))
    sent = [hashlib.sha256(accept(photo).data).hexdigest() for w in walkers for photo in w.photos_sent]
    assert kept == Counter(sent), "every photo once"
    assert store.verify() == []
    assert tx.trail.broken_at() is None
    assert tx.zone_id == ZONE_ID
