"""The ledger at 100,000 hazards in one zone: every screen of an officer beside the bare queries of the same tap."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Connection, Engine, event

from handlers.services import Services
from storage.database import Database
from storage.hot import Prepared, Values
from storage.photos import PhotoStore
from storage.schema import upgrade
from storage.voices import VoiceStore
from tests.bench.ledger_zone import NOW, OFFICER, TRADES, fill
from tests.bench.measuring import Table
from tests.chat import Chat
from tests.postgres import running_postgres

SIZE, QUICK_SIZE = 100_000, 10_000
ROUNDS = 15  # of which the quickest counts: what is slower is other programs' time
MOST_TIMES_SLOWER = 2.0
LEAST_MS = 10.0  # of a tap that a person feels; below it a tap costs what every tap costs

# What the officer sees and what is tapped (a leading / or a word is written) to get there.
SCREENS: dict[str, tuple[str, ...]] = {
    "待办": ("gi",),
    "清单第一页": ("gx",),
    "下一页": ("gx", "gp:1"),
    "筛选：重大": ("gx", "gs:l:major"),
    "筛选：一个行业": ("gx", f"gs:t:{TRADES[3]}"),
    "筛选：逾期": ("gx", "gs:s:overdue"),
    "筛选：挂牌": ("gx", "gs:g:y"),
    "筛选菜单": ("gx", "gf"),
    "选社区": ("gx", "gc:c:0"),
    "查找“消防”": ("gx", "消防"),
    "查找没有的词": ("gx", "粉尘云"),
    "查找字母“gb”": ("gx", "gb"),
    "在全部里查找“消防”": ("gx", "消防", "gs:s:all"),
    "全部台账": ("gx", "gs:s:all"),
    "统计": ("gr",),
}


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Milliseconds of each screen and of its bare queries, on both databases; what takes more than twice as long."""
    size = QUICK_SIZE if quick else SIZE
    rows: list[tuple[str, ...]] = []
    misses: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        addresses = {"SQLite": f"sqlite:///{Path(folder)}/ledger.db", "PostgreSQL": server.new_database()}
        for name, address in addresses.items():
            upgrade(address)
            fill(address, size)
            for screen, (ours, bare) in (await _screens(address, Path(folder))).items():
                rows.append((name, screen, f"{ours:.1f}", f"{bare:.1f}", f"{ours / bare:.2f} 倍"))
                if ours > max(MOST_TIMES_SLOWER * bare, LEAST_MS):
                    misses.append(f"{name}：{screen} {ours:.1f} ms，裸查询 {bare:.1f} ms")
    columns = ("数据库", "屏幕", "一次点按（ms）", "裸查询（ms）", "比")
    return [Table(f"隐患台账：一个辖区 {size:,} 条", columns, tuple(rows))], misses


async def _screens(address: str, folder: Path) -> dict[str, tuple[float, float]]:
    opened = Database(address)
    services = Services(photos=PhotoStore(folder / "photos"), voices=VoiceStore(folder / "voices"), bot_name="bot")
    officer = Chat(opened.zone(1), services, OFFICER, "赵监管", now=NOW)
    found = {}
    with bare(address) as driver:
        for name, taps in SCREENS.items():
            pairs = [await _once(officer, taps, driver) for _ in range(ROUNDS)]
            found[name] = (min(p[0] for p in pairs), min(p[1] for p in pairs))
    await opened.close()
    return found


async def _once(officer: Chat, taps: tuple[str, ...], driver: Any) -> tuple[float, float]:
    for tap in taps[:-1]:
        await _do(officer, tap)
    with recorded() as statements:
        began = time.perf_counter()
        await _do(officer, taps[-1])
        ours = time.perf_counter() - began
    assert statements
    began = time.perf_counter()
    for text, values in statements:
        driver.execute(text, values).fetchall()
    return ours * 1000, (time.perf_counter() - began) * 1000


async def _do(officer: Chat, tap: str) -> None:
    await (officer.taps(tap) if tap[0] == "g" and tap != "gb" else officer.says(tap))


def _about_hazards(statement: str) -> bool:
    return statement.startswith("SELECT") and ("hazard" in statement or "enterprises" in statement)


@contextmanager
def recorded(wanted: Callable[[str], bool] = _about_hazards) -> Iterator[list[tuple[str, Any]]]:
    """The questions that the program asks meanwhile, with their values: those about hazards and firms, or the `wanted`.

    Hot statements go past SQLAlchemy's events, so they are kept where they are run.
    """
    statements: list[tuple[str, Any]] = []
    run_hot = Prepared.run

    def keep(statement: str, parameters: Any) -> None:
        if wanted(statement):
            statements.append((statement, parameters))

    def cold(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        keep(statement, parameters)

    def hot(prepared: Prepared, connection: Connection, values: Values) -> Any:
        keep(prepared.text, prepared.parameters(values))
        return run_hot(prepared, connection, values)

    event.listen(Engine, "before_cursor_execute", cold)
    try:
        with patch.object(Prepared, "run", hot):
            yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", cold)


@contextmanager
def bare(address: str) -> Iterator[Any]:
    """The driver alone: no SQLAlchemy, no transaction of ours, no commit."""
    if address.startswith("sqlite:///"):
        lite = sqlite3.connect(address.removeprefix("sqlite:///"))
        yield lite
        lite.close()
    else:
        with psycopg.connect(address.replace("postgresql+psycopg", "postgresql"), autocommit=True) as server:
            yield server
