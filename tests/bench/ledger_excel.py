"""The Excel of a long ledger: how long taps wait while it is made, in a process of its own or beside them; memory."""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

from handlers.ledger_files import Order, make
from handlers.ledger_rows import rows_of
from handlers.services import Services
from storage.database import Database, ZoneDatabase
from storage.photos import PhotoStore
from storage.schema import upgrade
from storage.voices import VoiceStore
from tests.bench.ledger import bare, recorded
from tests.bench.ledger_zone import NOW, OFFICER, fill
from tests.bench.measuring import Table, percentile, resident_mb
from tests.chat import Chat

SIZE, QUICK_SIZE = 100_000, 5_000
MOST_MB_MORE = 40.0
MOST_TIMES_SLOWER = 3.0  # the median of a tap, on two cores of which the Excel has one
_IDLE_S = 10.0
_BETWEEN_TAPS_S = 0.02
_TAP = "gc:l:0"  # a screen that asks nothing of the ledger, so that only the wait shows


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Milliseconds of a tap while nothing else happens and while the Excel is made in either way."""
    size = QUICK_SIZE if quick else SIZE
    rows, misses = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"sqlite:///{folder}/ledger.db"
        upgrade(address)
        fill(address, size)
        opened = Database(address)
        services = Services(photos=PhotoStore(folder / "photos"), voices=VoiceStore(folder / "voices"), bot_name="bot")
        officer = Chat(opened.zone(1), services, OFFICER, "赵监管", now=NOW)
        await officer.taps("gx")
        idle, _ = await _taps_while(officer, asyncio.sleep(_IDLE_S))
        held: list[float] = []
        apart, seconds = await _taps_while(officer, _in_a_process(opened.zone(1), folder, held))
        beside, beside_seconds = await _taps_while(officer, _beside(opened.zone(1), folder))
        queries = await _queries_alone(opened.zone(1), address)
        await opened.close()
    for way, waits, took, memory in (
        ("空闲", idle, None, ""),
        ("另一个进程写 Excel（现在）", apart, seconds, f"{held[0]:.0f} → {held[-1]:.0f}"),
        ("机器人自己的线程写 Excel（以前）", beside, beside_seconds, ""),
    ):
        half, most = percentile(waits, 0.5), percentile(waits, 0.99)
        ratios = f"{half / percentile(idle, 0.5):.1f} / {most / percentile(idle, 0.99):.1f} 倍"
        rows.append((way, f"{took:.0f}" if took else "", f"{half:.1f}", f"{most:.1f}", ratios, memory))
    rows.append(("不写 Excel，只由驱动做同样的查询", f"{queries:.1f}", "", "", "", ""))
    if percentile(apart, 0.5) > MOST_TIMES_SLOWER * percentile(idle, 0.5):
        misses.append(f"写 Excel 时点按中位数 {percentile(apart, 0.5):.1f} ms，空闲时 {percentile(idle, 0.5):.1f} ms")
    if held[-1] - held[0] > MOST_MB_MORE:
        misses.append(f"写 Excel 时内存从 {held[0]:.0f} 到 {held[-1]:.0f} MB，要求不多于 {MOST_MB_MORE:.0f} MB")
    columns = (
        "机器人此时",
        "写完用（s）",
        "点按 p50（ms）",
        "点按 p99（ms）",
        "比空闲 p50 / p99",
        "写到 500 条、写完时内存（MB）",
    )
    return [Table(f"{size:,} 条台账 Excel 与点按（SQLite）", columns, tuple(rows))], misses


async def _taps_while(officer: Chat, work: Awaitable[None]) -> tuple[list[float], float]:
    """The wait of each tap until the work is done, and the seconds it took."""
    began = time.perf_counter()
    working = asyncio.ensure_future(work)
    waits = []
    while not working.done():
        tapped = time.perf_counter()
        await officer.taps(_TAP)
        waits.append((time.perf_counter() - tapped) * 1000)
        await asyncio.sleep(_BETWEEN_TAPS_S)
    await working
    return waits, time.perf_counter() - began


def _order(folder: Path) -> Order:
    return Order(what="everything", view=None, now=NOW, bot_name="bot", photos=folder / "photos")


async def _in_a_process(database: ZoneDatabase, folder: Path, held: list[float]) -> None:
    """`held` gets the most megabytes the process has held each time it says how far it is."""
    address = database.database.url.render_as_string(hide_password=False)
    job = {"address": address, "zone_id": 1, "folder": str(folder), "order": _order(folder).to_json()}
    async with _child() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job).encode() + b"\n")
        said: dict[str, Any] = {}
        async for line in process.stdout:
            said = json.loads(line)
            with contextlib.suppress(OSError):  # after its last word it is soon gone
                held.append(resident_mb(process.pid))
    assert said["documents"], said


@contextlib.asynccontextmanager
async def _child() -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    module = "handlers.ledger_making"
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=pipe, stdout=pipe)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _beside(database: ZoneDatabase, folder: Path) -> None:
    await database.read(lambda tx: make(tx, _order(folder), folder, lambda _written: None))


async def _queries_alone(database: ZoneDatabase, address: str) -> float:
    """Seconds that the bare driver takes for the queries behind the Excel."""
    with recorded() as statements:
        await database.read(lambda tx: sum(1 for _row in rows_of(tx, None)))
    with bare(address) as driver:
        began = time.perf_counter()
        for text, values in statements:
            for _row in driver.execute(text, values):
                pass
        return time.perf_counter() - began
