"""How long one tap takes with 1, 50 and 500 people walking at once, what the bot weighs, and how fast it starts."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from checklists.people import Role
from storage.database import Database
from storage.schema import upgrade
from storage.transaction import Transaction
from tests.bench.counterpart import Plan
from tests.bench.measuring import TOKEN, Table, middle, percentile, resident_mb
from tests.bench.processes import either, process, said
from tests.bench.walkers import FIRST_PERSON, settle
from tests.conftest import NOW, ZONE_ID

CROWDS = ((1, 120), (50, 40), (500, 10))  # people, taps each
ENTERPRISES = 10_000
STARTS = 5
_BOT = "tests.bench.clients"


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """The three tables; there is no target to miss here."""
    crowds = [await _crowd(people, taps) for people, taps in (CROWDS[:2] if quick else CROWDS)]
    weights = await _weights(1_000 if quick else ENTERPRISES)
    starts = await _starts(2 if quick else STARTS)
    return [
        Table("一次点按的等待（从按下到卡片变化，SQLite，对端为沙盒）", _WAIT_COLUMNS, tuple(crowds)),
        Table("内存（机器人进程，启动、看过到期、答过一次点按以后）", ("库中企业", "常驻内存 MB"), tuple(weights)),
        Table("启动", ("步骤", "秒（中位数）"), tuple(starts)),
    ], []


_WAIT_COLUMNS = ("同时在查的人", "点按数", "p50 毫秒", "p99 毫秒", "最长 毫秒", "点按/秒")


async def _crowd(people: int, taps: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="zicha-bench-") as folder:
        address = f"sqlite:///{folder}/zicha.db"
        upgrade(address)
        presses = await settle(address, people, taps=taps)
        async with process("-m", "tests.bench.counterpart") as counterpart:
            base_url = await _begin(counterpart, Plan(lean=False, closed=True, latency_s=0, taps=presses))
            async with process("-m", _BOT, "zicha", base_url, address, folder) as bot:
                await either(said(counterpart), bot)
                done = await either(said(counterpart), bot)
    waits = [wait * 1000 for wait in done["waits"]]
    shares = (percentile(waits, 0.5), percentile(waits, 0.99), max(waits))
    return (str(people), f"{len(waits):,}", *(f"{w:.1f}" for w in shares), f"{len(waits) / done['seconds']:,.0f}")


async def _begin(counterpart: asyncio.subprocess.Process, plan: Plan) -> str:
    assert counterpart.stdin is not None
    counterpart.stdin.write(plan.encode())
    base_url: str = (await said(counterpart))["base_url"]
    return base_url


async def _weights(enterprises: int) -> list[tuple[str, ...]]:
    return [(f"{number:,}", f"{await _weight(number):.0f}") for number in (0, enterprises)]


async def _weight(enterprises: int) -> float:
    """Memory of a bot whose zone has so many enterprises with their principals, after one tap."""
    with tempfile.TemporaryDirectory(prefix="zicha-bench-") as folder:
        address = f"sqlite:///{folder}/zicha.db"
        upgrade(address)
        presses = await settle(address, 1, taps=1)
        await _fill(address, enterprises)
        async with process("-m", "tests.bench.counterpart") as counterpart:
            base_url = await _begin(counterpart, Plan(lean=False, latency_s=0, taps=presses))
            async with process("-m", _BOT, "zicha", base_url, address, folder) as bot:
                await either(said(counterpart), bot)
                await either(said(counterpart), bot)
                return resident_mb(bot.pid)


async def _fill(address: str, enterprises: int) -> None:
    database = Database(address)
    zone = database.zone(ZONE_ID)

    def some(tx: Transaction, first: int) -> None:
        for number in range(first, min(first + 1000, enterprises)):
            firm = tx.enterprises.add(name=f"示例企业{number}", uscc=f"92{number:016d}", community="石桥社区", at=NOW)
            tx.enterprises.set_trades(firm.id, ("machinery",), at=NOW)
            person = tx.people.add(name="王厂长", telegram_id=FIRST_PERSON + 1000 + number, at=NOW)
            tx.people.assign(person.id, Role.PRINCIPAL, enterprise_id=firm.id, at=NOW, by=None)

    try:
        for first in range(0, enterprises, 1000):
            await zone.write(lambda tx, first=first: some(tx, first))  # type: ignore[misc]
    finally:
        await database.close()


async def _starts(repetitions: int) -> list[tuple[str, ...]]:
    imports = [await _timed_import() for _ in range(repetitions)]
    fresh, known = [], []
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory(prefix="zicha-bench-") as folder:
            fresh.append(await _first_poll(Path(folder)))
            known.append(await _first_poll(Path(folder)))
    rows = (("只导入 bot.cli", imports), ("zicha run 到第一次 getUpdates，新建数据库", fresh))
    return [(name, f"{middle(times):.2f}") for name, times in (*rows, ("同上，数据库已有", known))]


async def _timed_import() -> float:
    started = time.perf_counter()
    importing = await asyncio.create_subprocess_exec(sys.executable, "-c", "import bot.cli")
    await importing.wait()
    return time.perf_counter() - started


async def _first_poll(folder: Path) -> float:
    """Seconds from starting `zicha run` to its first getUpdates."""
    plan = Plan(lean=False, latency_s=0, taps={FIRST_PERSON: ["h"]})
    async with process("-m", "tests.bench.counterpart") as counterpart:
        settings = {
            "ZICHA_TOKEN": TOKEN,
            "ZICHA_ADMINISTRATORS": "1",
            "ZICHA_DATABASE_URL": f"sqlite:///{folder / 'zicha.db'}",
            "ZICHA_DATA_FOLDER": str(folder),
            "ZICHA_BASE_URL": await _begin(counterpart, plan),
            "ZICHA_LOG_LEVEL": "WARNING",
        }
        started = time.perf_counter()
        async with process("-c", "from bot.cli import app; app(['run'])", environment=settings) as bot:
            await either(said(counterpart), bot)
            return time.perf_counter() - started
