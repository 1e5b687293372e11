"""Ratings of all firms of a zone at 100,000 hazards: the reckoning beside its bare queries."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, text, update

from checklists.composing import Checklist, ChecklistItem, Section
from checklists.hazards import Level
from storage.database import Database, ZoneDatabase
from storage.engine import parse_url
from storage.hazard_tables import hazard_reviews
from storage.schema import upgrade
from storage.tables import checklists, duties, hazards, inspections
from storage.transaction import Transaction
from tests.bench.ledger import bare, recorded
from tests.bench.ledger_zone import FIRMS, NOW, TODAY, fill
from tests.bench.measuring import Table
from tests.postgres import running_postgres

SIZE, QUICK_SIZE = 100_000, 10_000
ROUNDS = 5  # of which the quickest counts: what is slower is other programs' time
# Each firm is reckoned in Python; a list makes its officer wait for that once in ten minutes.
MOST_TIMES_SLOWER = 8.0
_CHUNK, _ITEMS, _YEAR = 10_000, 100, 2026
_QUARTERS = ((date(2026, 3, 31), "2026Q1"), (date(2026, 6, 30), "2026Q2"), (date(2026, 9, 30), "2026Q3"))


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Milliseconds of one reckoning of all firms and of its queries alone, on both databases."""
    size = QUICK_SIZE if quick else SIZE
    rows: list[tuple[str, ...]] = []
    misses: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        addresses = {"SQLite": f"sqlite:///{Path(folder)}/ratings.db", "PostgreSQL": server.new_database()}
        for name, address in addresses.items():
            upgrade(address)
            fill(address, size)
            _more(address, size)
            opened = Database(address)
            ours, asked, lines = await _reckoned(opened.zone(1), address)
            await opened.close()
            rows.append((name, f"{lines:,}", f"{ours:.0f}", f"{asked:.0f}", f"{ours / asked:.2f} 倍"))
            if ours > MOST_TIMES_SLOWER * asked:
                misses.append(f"{name}：全部企业评价 {ours:.0f} ms，裸查询 {asked:.0f} ms")
    columns = ("数据库", "行数", "全部企业评价（ms）", "裸查询（ms）", "比")
    return [Table(f"全部企业评价：{FIRMS:,} 家，{size:,} 条隐患", columns, tuple(rows))], misses


async def _reckoned(zone: ZoneDatabase, address: str) -> tuple[float, float, int]:
    """The quickest of both in milliseconds, and how many lines all ratings have."""
    best, alone, lines = float("inf"), float("inf"), 0
    with bare(address) as driver:
        for _ in range(ROUNDS):
            with recorded(lambda statement: statement.startswith("SELECT")) as statements:
                began = time.perf_counter()
                lines = await zone.read(_all)
                best = min(best, time.perf_counter() - began)
            began = time.perf_counter()
            for words, values in statements:
                driver.execute(words, values).fetchall()
            alone = min(alone, time.perf_counter() - began)
    return best * 1000, alone * 1000, lines


def _all(tx: Transaction) -> int:
    return sum(len(rating.lines) for rating in tx.ratings.of_all(_YEAR, today=TODAY).values())


def _more(address: str, size: int) -> None:
    """A tenth of the hazards found by the office, reviews, duties, and an inspection a firm with its answers."""
    engine = create_engine(parse_url(address))
    sections = (Section(sector="x", name="x", items=tuple(_item(n) for n in range(_ITEMS))),)
    checklist = {"zone_id": 1, "digest": "0" * 64, "body": Checklist(sections).to_json(), "created_at": NOW}
    with engine.begin() as connection:
        outside = update(hazards).where(hazards.c.id % 10 == 0).values(source="official_inspection")
        connection.execute(outside)
        handed = (hazards.c.state.in_(("closed", "handed_in"))) & hazards.c.deadline.is_not(None)
        connection.execute(update(hazards).where(handed).values(handed_in_at=hazards.c.found_at))
        connection.execute(insert(checklists), [checklist])
        tables: list[tuple[Any, Iterator[dict[str, Any]]]] = [
            (inspections, (_inspection(n) for n in range(1, FIRMS + 1))),
            (duties, (_duty(n, place) for n in range(1, FIRMS + 1) for place in range(len(_QUARTERS)))),
            (hazard_reviews, (_review(n) for n in range(0, size, 5))),
        ]
        for table, values in tables:
            while part := list(islice(values, _CHUNK)):
                connection.execute(insert(table), part)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()


def _item(number: int) -> ChecklistItem:
    words = {"sector": "x", "ask": "?", "look": "", "clause": "", "standard": ""}
    return ChecklistItem(id=f"c.{number}", level=Level.GENERAL, verified=True, also=(), **words)


def _inspection(firm: int) -> dict[str, Any]:
    when = NOW - timedelta(days=300)
    row = {"zone_id": 1, "id": firm, "enterprise_id": firm, "period": "2026Q1", "state": "submitted"}
    told = {"started_by": 1, "started_at": when, "touched_at": when, "submitted_at": when}
    return {**row, **told, "checklist_digest": "0" * 64, "progress": "ya" * _ITEMS}


def _duty(firm: int, place: int) -> dict[str, Any]:
    due, period = _QUARTERS[place]
    done = (firm + place) % 5 != 0
    row = {"zone_id": 1, "id": firm * 10 + place, "enterprise_id": firm, "kind": "principal_inspection"}
    days = {"opens_on": due - timedelta(days=89), "due_on": due, "hand_in_by": due, "source": "方案"}
    state = {"state": "done" if done else "open", "done_at": NOW - timedelta(days=240 - place * 90) if done else None}
    return {**row, "period": period, **days, **state}


def _review(number: int) -> dict[str, Any]:
    row = {"zone_id": 1, "id": number + 1, "hazard_id": number + 1, "life": 1, "round": 1, "on_site": False, "by": 1}
    outcome = "returned" if number % 15 == 0 else "approved"
    return {**row, "outcome": outcome, "at": NOW - timedelta(days=number % 700)}
