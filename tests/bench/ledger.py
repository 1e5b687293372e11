"""The ledger at 100,000 hazards in one zone: pages, search and figures beside the bare query of the same run."""

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, insert, text

from checklists.hazards import State
from checklists.ledger import LedgerFilter, Place
from storage.database import Database, ZoneDatabase
from storage.engine import parse_url
from storage.schema import upgrade
from storage.tables import enterprise_trades, enterprises, hazards, zones
from storage.transaction import Transaction
from tests.bench.measuring import Table, middle
from tests.postgres import running_postgres

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SIZE, QUICK_SIZE, FIRMS = 100_000, 10_000, 3_000
ROUNDS = 9
MOST_TIMES_SLOWER = 2.0
_CHUNK = 10_000
_PLACES = ("配电箱", "除尘器", "消防通道", "液氨储罐", "电梯井", "有限空间入口", "灭火器", "锅炉房")
_FAULTS = ("前堆放杂物", "未接地", "缺防护罩", "压力表超期", "无警示标志", "门被锁闭", "电线裸露")
_STATES = (*([State.CLOSED] * 6), State.FOUND, State.CONFIRMED, State.RECTIFYING, State.HANDED_IN)

_OPEN = "('confirmed','fixed_on_spot','found','handed_in','rectifying','reviewed')"
_ORDER = "ORDER BY h.deadline IS NOT NULL, h.deadline, h.year, h.sequence LIMIT 21"
_JOIN = "JOIN enterprises e ON e.zone_id = h.zone_id AND e.id = h.enterprise_id"
_LIKE = " OR ".join(
    f"lower({c}) LIKE lower('%{{word}}%')" for c in ("h.words", "h.clause", "h.place", "h.measure", "e.name")
)
_LATE = "h.state IN ('found','confirmed','rectifying') AND h.deadline < '2026-11-23'"


def _search(word: str) -> str:
    like = _LIKE.format(word=word)
    return f"SELECT h.* FROM hazards h {_JOIN} WHERE h.zone_id = 1 AND h.state IN {_OPEN} AND ({like}) {_ORDER}"


Look = Callable[[Transaction], Any]
LOOKS: dict[str, tuple[Look, str]] = {
    "第一页": (
        lambda tx: tx.ledger.page(LedgerFilter()),
        f"SELECT h.* FROM hazards h WHERE h.zone_id = 1 AND h.state IN {_OPEN} {_ORDER}",
    ),
    "往后翻页": (
        lambda tx: tx.ledger.page(LedgerFilter(), after=Place(deadline=TODAY, year=2026, sequence=0)),
        f"SELECT h.* FROM hazards h WHERE h.zone_id = 1 AND h.state IN {_OPEN} AND (h.deadline > '2026-11-23'"
        f" OR (h.deadline = '2026-11-23' AND h.year >= 2026)) {_ORDER}",
    ),
    "一个社区": (
        lambda tx: tx.ledger.page(LedgerFilter(community="社区3")),
        f"SELECT h.* FROM hazards h {_JOIN} WHERE h.zone_id = 1 AND h.state IN {_OPEN}"
        f" AND e.community = '社区3' {_ORDER}",
    ),
    "查找“消防”": (lambda tx: tx.ledger.page(LedgerFilter(words="消防")), _search("消防")),
    "查找没有的词": (lambda tx: tx.ledger.page(LedgerFilter(words="粉尘云")), _search("粉尘云")),
    "待办数字": (
        lambda tx: tx.ledger.overview(today=TODAY),
        "SELECT count(*), sum(CASE WHEN h.level = 'major' THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN {_LATE} THEN 1 ELSE 0 END), sum(CASE WHEN h.listed_at IS NOT NULL THEN 1 ELSE 0 END),"
        " sum(CASE WHEN h.state = 'found' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN h.state IN ('handed_in','fixed_on_spot') THEN 1 ELSE 0 END),"
        " sum(CASE WHEN h.state = 'reviewed' THEN 1 ELSE 0 END)"
        f" FROM hazards h WHERE h.zone_id = 1 AND h.state IN {_OPEN}",
    ),
    "区域×行业×月份": (
        lambda tx: tx.ledger.figures(today=TODAY),
        "SELECT e.community, t.sector, h.month_found, count(*), sum(CASE WHEN h.level = 'major' THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN h.state = 'closed' THEN 1 ELSE 0 END), sum(CASE WHEN {_LATE} THEN 1 ELSE 0 END),"
        f" sum(coalesce(h.days_open, 0)) FROM hazards h {_JOIN} LEFT JOIN enterprise_trades t ON t.zone_id = h.zone_id"
        " AND t.enterprise_id = h.enterprise_id AND t.place = 0 WHERE h.zone_id = 1 AND h.state <> 'withdrawn'"
        " GROUP BY e.community, t.sector, h.month_found",
    ),
}


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Milliseconds of each look and of its bare query, on both databases; what takes more than twice as long."""
    size = QUICK_SIZE if quick else SIZE
    rows: list[tuple[str, ...]] = []
    misses: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        addresses = {"SQLite": f"sqlite:///{Path(folder)}/ledger.db", "PostgreSQL": server.new_database()}
        for name, address in addresses.items():
            upgrade(address)
            seconds = _seed(address, size)
            rows.append((name, f"写入 {size:,} 条", f"{seconds * 1000:.0f}", "", ""))
            for look, (ours, bare) in (await _on(address)).items():
                rows.append((name, look, f"{ours:.2f}", f"{bare:.2f}", f"{ours / bare:.2f} 倍"))
                if ours > MOST_TIMES_SLOWER * bare and ours > 5:
                    misses.append(f"{name}：{look} {ours:.1f} ms，裸查询 {bare:.1f} ms")
    columns = ("数据库", "看什么", "程序（ms）", "裸查询（ms）", "比")
    return [Table(f"隐患台账：一个辖区 {size:,} 条", columns, tuple(rows))], misses


async def _on(address: str) -> dict[str, tuple[float, float]]:
    opened = Database(address)
    zone = opened.zone(1)
    engine = create_engine(parse_url(address))
    found = {}
    with engine.connect() as connection:
        for name, (look, query) in LOOKS.items():
            pairs = [(await _ours(zone, look), _bare(connection, query)) for _ in range(ROUNDS)]
            found[name] = (middle(p[0] for p in pairs), middle(p[1] for p in pairs))
    engine.dispose()
    await opened.close()
    return found


async def _ours(zone: ZoneDatabase, look: Look) -> float:
    began = time.perf_counter()
    await zone.read(look)
    return (time.perf_counter() - began) * 1000


def _bare(connection: Connection, query: str) -> float:
    began = time.perf_counter()
    connection.execute(text(query)).all()
    return (time.perf_counter() - began) * 1000


def _seed(address: str, size: int) -> float:
    """Fill the zone past the program, without events and seals; seconds it took."""
    dice = random.Random(7)
    engine = create_engine(parse_url(address))
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(insert(zones).values(id=1, code="BH", name="滨河", plan_id="heelun-2024", created_at=NOW))
        connection.execute(insert(enterprises), [_firm(n) for n in range(1, FIRMS + 1)])
        trades = [
            {"zone_id": 1, "enterprise_id": n, "sector": f"trade-{n % 12}", "place": 0} for n in range(1, FIRMS + 1)
        ]
        connection.execute(insert(enterprise_trades), trades)
        for start in range(0, size, _CHUNK):
            connection.execute(insert(hazards), [_hazard(n, dice) for n in range(start, min(start + _CHUNK, size))])
    seconds = time.perf_counter() - began
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return seconds


def _firm(number: int) -> dict[str, Any]:
    row = {"zone_id": 1, "id": number, "name": f"样例企业{number}", "uscc": f"S{number:017d}"}
    return {**row, "community": f"社区{number % 20}", "created_at": NOW, "updated_at": NOW}


def _trade(firm: int) -> dict[str, Any]:
    return {"zone_id": 1, "enterprise_id": firm, "sector": f"trade-{firm % 12}", "place": 0}


def _hazard(number: int, dice: random.Random) -> dict[str, Any]:
    found = NOW - timedelta(days=dice.randrange(1000), seconds=number)
    state = dice.choice(_STATES)
    closed = state is State.CLOSED
    return {
        "zone_id": 1,
        "id": number + 1,
        "year": found.year,
        "sequence": number + 1,
        "enterprise_id": dice.randrange(FIRMS) + 1,
        "source": "self_inspection",
        "criterion_id": f"c.{dice.randrange(700)}",
        "clause": "GB 15577-2018 6.1",
        "state": state.value,
        "level": "major" if dice.randrange(8) == 0 else "general",
        "words": f"{dice.randrange(9)}号车间{dice.choice(_PLACES)}{dice.choice(_FAULTS)}，要求立即整改",
        "measure": "按标准整改到位，拍照留存",
        "deadline": (found + timedelta(days=dice.choice((15, 30)))).date(),
        "found_by": 1,
        "found_at": found,
        "month_found": found.strftime("%Y-%m"),
        "handed_in_by": 2 if closed else None,
        "reviewed_by": 3 if closed else None,
        "closed_by": 3 if closed else None,
        "days_open": dice.randrange(40) if closed else None,
    }
