"""The due query: taking the 500 duties that are due out of a thousand, a hundred thousand and a million."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert

from storage.database import Database, ZoneDatabase
from storage.engine import parse_url
from storage.schema import upgrade
from storage.tables import duties, duty_queue
from storage.transaction import Transaction
from tests.bench.measuring import Table, middle
from tests.postgres import running_postgres

NOW = datetime(2026, 12, 24, 0, 30, tzinfo=UTC)
SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 100_000)
DUE, ROUNDS = 500, 15
MOST_TIMES_SLOWER = {"SQLite": 2.0, "PostgreSQL": 2.5}
_CHUNK = 20_000


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Milliseconds of one look with 500 due and of one with nothing due, on both databases; what misses its target."""
    sizes = QUICK_SIZES if quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        measured = {"SQLite": await _on(f"sqlite:///{Path(folder)}/due.db", sizes)}
    with running_postgres() as server:
        measured["PostgreSQL"] = await _on(server.new_database(), sizes)
    columns = ("待办总数", *(f"{d}：{w}（ms）" for d in measured for w in ("取出500件", "没有到期")))
    rows = [(f"{size:,}", *(f"{ms:.2f}" for d in measured for ms in measured[d][size])) for size in sizes]
    ratios = {d: values[sizes[-1]][0] / values[sizes[0]][0] for d, values in measured.items()}
    rows.append(("最大 ÷ 最小", *(cell for d in measured for cell in (f"{ratios[d]:.2f} 倍", ""))))
    misses = [
        f"{d}：取出500件，{sizes[-1]:,}件时是{sizes[0]:,}件时的{ratio:.2f}倍（要求不超过{MOST_TIMES_SLOWER[d]}倍）"
        for d, ratio in ratios.items()
        if ratio > MOST_TIMES_SLOWER[d]
    ]
    return [Table("到期查询：总数增加，每次耗时不变", columns, tuple(rows))], misses


async def _on(address: str, sizes: tuple[int, ...]) -> dict[int, tuple[float, float]]:
    upgrade(address)
    opened = Database(address)
    database = opened.zone(1)
    firm = await database.write(_found)
    found, filled = {}, 0
    for size in sizes:
        _fill(address, firm, range(filled, size))
        filled = size
        await database.write(_spreading(size))
        found[size] = (await _looks(database, due=True), await _looks(database, due=False))
    await opened.close()
    return found


def _fill(address: str, firm: int, numbers: range) -> None:
    """Put duties into the tables past the program, which would seal each of a million rows in the trail."""
    engine = create_engine(parse_url(address))
    fixed = {"zone_id": 1, "enterprise_id": firm, "kind": "principal_inspection", "source": "", "state": "open"}
    days = {"opens_on": date(2026, 10, 1), "due_on": date(2026, 12, 31), "hand_in_by": date(2026, 12, 31)}
    for start in range(numbers.start, numbers.stop, _CHUNK):
        part = range(start, min(start + _CHUNK, numbers.stop))
        with engine.begin() as connection:
            connection.execute(insert(duties), [{**fixed, **days, "id": n, "period": f"p{n}"} for n in part])
            later = [{"zone_id": 1, "at": NOW + timedelta(minutes=n % 500_000 + 1), "duty_id": n} for n in part]
            connection.execute(insert(duty_queue), later)
    engine.dispose()


async def _looks(database: ZoneDatabase, *, due: bool) -> float:
    moment = NOW if due else NOW - timedelta(days=900)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        claimed = await database.write(lambda tx: _look(tx, moment))
        times.append((time.perf_counter() - began) * 1000)
        assert claimed == (DUE if due else 0)
    return middle(times)


def _look(tx: Transaction, moment: datetime) -> int:
    """What a tick does around its rules: claim, read the rows, and put them back for another time."""
    ids = tx.duties.claim(moment, DUE)
    found = tx.duties.some(ids)
    tx.duties.enqueue([(NOW - timedelta(minutes=1), duty.id) for duty in found])
    return len(found)


def _found(tx: Transaction) -> int:
    tx.zones.found(code="BH", name="滨河开发区", plan_id="heelun-2024", at=NOW)
    return tx.enterprises.add(name="样板厂", uscc="911100001000000010", at=NOW).id


def _spreading(size: int) -> Callable[[Transaction], None]:
    """Let 500 be due, scattered over the whole table."""

    def spread(tx: Transaction) -> None:
        tx.connection.execute(duty_queue.delete().where(duty_queue.c.at <= NOW))
        tx.duties.enqueue([(NOW - timedelta(minutes=1), number) for number in range(0, size, size // DUE)])

    return spread


if __name__ == "__main__":
    tables, missed = asyncio.run(measure())
    print("\n".join([table.text() for table in tables] + missed))
