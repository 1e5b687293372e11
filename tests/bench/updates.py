"""Updates per second through the whole bot, beside two echo bots that keep nothing, all in one run."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.schema import upgrade
from tests.bench.counterpart import Plan
from tests.bench.measuring import Table, cpu_seconds, middle, resident_mb
from tests.bench.processes import either, process, said
from tests.bench.walkers import kept, settle
from tests.postgres import Postgres, running_postgres

LATENCY_S = 0.05
REPETITIONS = 3
LEAST_OF_STOCK, LEAST_OF_ECHO = 1.5, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One bot against one counterpart; `share` shortens runs that would take for ever."""

    name: str
    client: str
    database: str = ""
    share: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A counterpart, how long it takes to answer, and how much is pressed."""

    title: str
    lean: bool
    latency_s: float
    people: int
    taps: int
    variants: tuple[Variant, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One run of one variant."""

    per_second: float
    cpu_ms: float
    memory_mb: float


STOCK = Variant(name="PTB 原样回声（httpx，逐个处理）", client="stock", share=0.4)
ECHO = Variant(name="PTB 回声 + 本项目 HTTP 客户端（64 并发）", client="echo_aiohttp")
SQLITE = Variant(name="本机器人，SQLite", client="zicha", database="sqlite")
POSTGRESQL = Variant(name="本机器人，PostgreSQL", client="zicha", database="postgresql")
BARE = Variant(name="空客户端（对端的上限）", client="bare")
_SLOW_STOCK = Variant(name=STOCK.name, client="stock", share=0.02)

SETTINGS = (
    Setting(
        title="对端：项目自带的沙盒，无延迟",
        lean=False,
        latency_s=0,
        people=100,
        taps=40,
        variants=(STOCK, ECHO, SQLITE, POSTGRESQL, BARE),
    ),
    Setting(
        title="对端：最简协议服务器，无延迟",
        lean=True,
        latency_s=0,
        people=100,
        taps=40,
        variants=(STOCK, ECHO, SQLITE, POSTGRESQL, BARE),
    ),
    Setting(
        title="对端：最简协议服务器，每次应答晚 50 毫秒",
        lean=True,
        latency_s=LATENCY_S,
        people=250,
        taps=16,
        variants=(_SLOW_STOCK, ECHO, SQLITE, POSTGRESQL),
    ),
)


async def measure(
    *, repetitions: int = REPETITIONS, settings: tuple[Setting, ...] = SETTINGS
) -> tuple[list[Table], list[str]]:
    """Run everything; the tables, and what missed its target."""
    tables, missed = [], []
    with _postgres(settings) as postgres:
        for setting in settings:
            measured: dict[Variant, list[Measured]] = {variant: [] for variant in setting.variants}
            for _ in range(repetitions):
                for variant in setting.variants:
                    measured[variant].append(await _run(setting, variant, postgres))
            tables.append(_table(setting, measured))
            missed += _missed(setting, measured)
    return tables, missed


@contextlib.contextmanager
def _postgres(settings: tuple[Setting, ...]) -> Iterator[Postgres | None]:
    if not any(variant.database == "postgresql" for setting in settings for variant in setting.variants):
        yield None
        return
    with running_postgres() as server:
        yield server


async def _run(setting: Setting, variant: Variant, postgres: Postgres | None) -> Measured:
    with tempfile.TemporaryDirectory(prefix="zicha-bench-") as folder:
        people, taps = setting.people, max(1, int(setting.taps * variant.share))
        arguments: list[str] = []
        presses = {800_000_001 + n: [f"ia:{n}:{i}:a:y" for i in range(taps)] for n in range(people)}
        if variant.database:
            address = _address(variant, Path(folder), postgres)
            presses = await settle(address, people, taps=taps)
            arguments = [address, folder]
        elif variant.share < 0.1:
            presses = dict(list(presses.items())[:100])
        plan = Plan(lean=setting.lean, latency_s=setting.latency_s, taps=presses)
        async with process("-m", "tests.bench.counterpart") as counterpart:
            measured = await _against(counterpart, plan, variant, arguments)
        if variant.database and kept(arguments[0]) != len(plan.presses):
            raise RuntimeError("the bot was fast, but not every answer is in the database")
        return measured


async def _against(
    counterpart: asyncio.subprocess.Process, plan: Plan, variant: Variant, arguments: list[str]
) -> Measured:
    assert counterpart.stdin is not None
    counterpart.stdin.write(plan.encode())
    base_url = (await said(counterpart))["base_url"]
    async with process("-m", "tests.bench.clients", variant.client, str(base_url), *arguments) as client:
        await either(said(counterpart), client)
        before = cpu_seconds(client.pid)
        done = await either(said(counterpart), client)
        count = len(plan.presses)
        used = cpu_seconds(client.pid) - before
        return Measured(
            per_second=count / float(str(done["seconds"])),
            cpu_ms=used / count * 1000,
            memory_mb=resident_mb(client.pid),
        )


def _address(variant: Variant, folder: Path, postgres: Postgres | None) -> str:
    if variant.database == "postgresql":
        assert postgres is not None
        return postgres.new_database()
    address = f"sqlite:///{folder / 'zicha.db'}"
    upgrade(address)
    return address


def _of(measured: dict[Variant, list[Measured]], client: str, database: str = "") -> float:
    """The median updates per second of one client; 0 where it did not run."""
    found = [
        m
        for variant, runs in measured.items()
        for m in runs
        if (variant.client, variant.database) == (client, database)
    ]
    return middle(m.per_second for m in found) if found else 0.0


def _table(setting: Setting, measured: dict[Variant, list[Measured]]) -> Table:
    stock, echo = _of(measured, "stock"), _of(measured, "echo_aiohttp")
    rows = []
    for variant, runs in measured.items():
        speed = middle(m.per_second for m in runs)
        rows.append(
            (
                variant.name,
                f"{speed:,.0f}",
                f"{speed / stock:.2f}×" if stock else "",
                f"{speed / echo:.2f}×" if echo else "",
                f"{middle(m.cpu_ms for m in runs):.2f}",
                f"{middle(m.memory_mb for m in runs):.0f}",
            )
        )
    columns = ("变体", "更新/秒", "比原样回声", "比并发回声", "处理器毫秒/更新", "内存 MB")
    return Table(setting.title, columns, tuple(rows))


def _missed(setting: Setting, measured: dict[Variant, list[Measured]]) -> list[str]:
    """Which of the two targets a setting without latency missed, for SQLite."""
    ours, stock, echo = _of(measured, "zicha", "sqlite"), _of(measured, "stock"), _of(measured, "echo_aiohttp")
    if setting.latency_s or not ours:
        return []
    targets = (("原样回声", stock, LEAST_OF_STOCK), ("并发回声", echo, LEAST_OF_ECHO))
    return [
        f"{setting.title}：{ours / other:.2f} 倍{name}，目标 {least}"
        for name, other, least in targets
        if other and ours / other < least
    ]
