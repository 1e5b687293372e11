"""A zone with a long ledger, filled past the program: firms, hazards of three years, pictures, requests."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, create_engine, insert, text

from checklists.hazards import State
from checklists.sector_sets import load_sector_sets
from storage.engine import parse_url
from storage.hazard_tables import hazard_deferrals, hazard_notices, hazard_proposals, hazard_referrals
from storage.tables import attachments, enterprise_trades, enterprises, hazards, people, roles, zones

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FIRMS, OFFICER = 3_000, 1001
_CHUNK = 10_000
_PLACES = ("配电箱", "除尘器", "消防通道", "液氨储罐", "电梯井", "有限空间入口", "灭火器", "锅炉房")
_FAULTS = ("前堆放杂物", "未接地", "缺防护罩", "压力表超期", "无警示标志", "门被锁闭", "电线裸露")
_STATES = (*([State.CLOSED] * 6), State.FOUND, State.CONFIRMED, State.RECTIFYING, State.HANDED_IN)
TRADES = tuple(sorted(load_sector_sets().trades))[:12]

Row = dict[str, Any]


def fill(address: str, size: int) -> None:
    """`size` hazards, 3,000 firms, one officer, without events and seals; then the database takes its statistics."""
    dice = random.Random(7)
    engine = create_engine(parse_url(address))
    numbers = range(1, FIRMS + 1)
    with engine.begin() as connection:
        connection.execute(insert(zones).values(id=1, code="BH", name="滨河", plan_id="heelun-2024", created_at=NOW))
        rows: list[tuple[Table, Iterator[Row]]] = [
            (people, iter([{"zone_id": 1, "id": 1, "telegram_id": OFFICER, "name": "赵监管", "created_at": NOW}])),
            (roles, iter([{"zone_id": 1, "id": 1, "person_id": 1, "role": "officer", "since": NOW}])),
            (enterprises, (_firm(n) for n in numbers)),
            (enterprise_trades, (_trade(n) for n in numbers)),
            (hazards, (_hazard(n, dice) for n in range(size))),
            (attachments, (_picture(n) for n in range(0, size, 4))),
            (hazard_deferrals, (_deferral(n) for n in range(0, size, 100))),
            (hazard_notices, (_notice(n) for n in range(0, size, 20))),
            (hazard_proposals, (_proposal(n) for n in range(0, size, 50))),
            (hazard_referrals, (_referral(n) for n in range(0, size, 100))),
        ]
        for table, values in rows:
            while part := list(islice(values, _CHUNK)):
                connection.execute(insert(table), part)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()


def _firm(number: int) -> Row:
    row = {"zone_id": 1, "id": number, "name": f"样例企业{number}", "uscc": f"S{number:017d}"}
    return {**row, "community": f"社区{number % 20}", "created_at": NOW, "updated_at": NOW}


def _trade(firm: int) -> Row:
    return {"zone_id": 1, "enterprise_id": firm, "sector": TRADES[firm % len(TRADES)], "place": 0}


def _hazard(number: int, dice: random.Random) -> Row:
    found = NOW - timedelta(days=dice.randrange(1000), seconds=number)
    state = dice.choice(_STATES)
    closed = state is State.CLOSED
    deadline = (found + timedelta(days=dice.choice((15, 30)))).date()
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
        "deadline": None if state is State.FOUND and number % 3 else deadline,
        "found_by": 1,
        "found_at": found,
        "month_found": found.strftime("%Y-%m"),
        "handed_in_by": 2 if closed else None,
        "reviewed_by": 3 if closed else None,
        "closed_by": 3 if closed else None,
        "days_open": dice.randrange(40) if closed else None,
        "listed_at": NOW if not closed and number % 500 == 0 else None,
    }


def _picture(number: int) -> Row:
    row = {"zone_id": 1, "id": number + 1, "kind": "photo", "sha256": f"{number:064x}", "hazard_id": number + 1}
    return {**row, "phase": "before", "album": "", "sent_by": 1, "received_at": NOW}


def _deferral(number: int) -> Row:
    row = {"zone_id": 1, "id": number + 1, "hazard_id": number + 1, "present": TODAY, "wanted": TODAY}
    return {**row, "reason": "等配件", "asked_by": 2, "asked_at": NOW, "granted": bool(number % 1000) or None}


def _notice(number: int) -> Row:
    row = {"zone_id": 1, "id": number + 1, "hazard_id": number + 1, "life": 1, "recipient": "principal"}
    return {**row, "made_at": NOW}


def _proposal(number: int) -> Row:
    """Of 2,000 proposals one in five was never answered."""
    row = {"zone_id": 1, "id": number + 1, "hazard_id": number + 1, "kind": "penalty", "basis": "逾期没有改好"}
    answered = {"answer": "已立案", "answered_by": 1, "answered_at": NOW} if number % 250 else {}
    empty = {"answer": "", "answered_by": None, "answered_at": None}
    return {**row, "to_whom": "应急管理局", "proposed_by": 1, "proposed_at": NOW, **empty, **answered}


def _referral(number: int) -> Row:
    row = {"zone_id": 1, "id": number + 1, "proposal_id": number + 1, "reference": f"滨安移〔2026〕{number}号"}
    return {**row, "sent_on": TODAY - timedelta(days=number % 40), "by": 1, "at": NOW}
