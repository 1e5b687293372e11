"""A zone full of people who are in the middle of an inspection, written through the storage the bot itself uses."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import create_engine, func, select

from checklists.inspections import Answer, Progress
from checklists.people import Role
from handlers.replies import data
from handlers.standards import checklist_for
from handlers.words import SHANGHAI
from storage.database import Database
from storage.engine import parse_url
from storage.tables import answers
from storage.transaction import Transaction
from tests.conftest import NOW, ZONE_ID

FIRST_PERSON = 800_000_001
# The largest lists there are, so that nobody comes to an end before the measurement does.
TRADES = ("hazchem", "construction", "underground-mine")
_AT_ONCE = 100


async def settle(address: str, people: int, *, taps: int, now: datetime = NOW) -> dict[int, list[str]]:
    """Found a zone in the empty database with so many principals, each at the first question of an inspection.

    Returns for each person the data of the buttons that say 合格 to question 1, 2, 3 …, at most `taps` of them.
    """
    database = Database(address)
    zone = database.zone(ZONE_ID)
    await zone.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id="heelun-2024", at=now))
    found: dict[int, list[str]] = {}
    try:
        for first in range(0, people, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, people))
            found |= await zone.write(partial(_settle, numbers=numbers, taps=taps, now=now))
    finally:
        await database.close()
    return found


def kept(address: str) -> int:
    """How many answers stand in the database."""
    engine = create_engine(parse_url(address))
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(answers)).scalar_one()
    engine.dispose()
    return found


def _settle(tx: Transaction, *, numbers: Sequence[int], taps: int, now: datetime) -> dict[int, list[str]]:
    return {FIRST_PERSON + number: _begin(tx, number, taps, now) for number in numbers}


def _begin(tx: Transaction, number: int, taps: int, now: datetime) -> list[str]:
    name = f"示例企业{number + 1}"
    firm = tx.enterprises.add(name=name, uscc=f"91{number:016d}", community="石桥社区", at=now)
    tx.enterprises.set_trades(firm.id, TRADES, at=now)
    tx.enterprises.profiled(firm.id, at=now)
    person = tx.people.add(name="王厂长", telegram_id=FIRST_PERSON + number, at=now)
    tx.people.assign(person.id, Role.PRINCIPAL, enterprise_id=firm.id, at=now, by=None)
    kept = tx.enterprises.get(firm.id)
    assert kept is not None
    checklist = checklist_for(tx, kept, now.astimezone(SHANGHAI).date())
    items = len(checklist)
    if items < taps:
        raise ValueError(f"the list has {items} questions, {taps} taps were asked for")
    run = tx.inspections.start(
        enterprise_id=firm.id, period="2026Q4", checklist=checklist.to_json(), items=items, by=person.id, at=now
    )
    tx.dialogs.enter(FIRST_PERSON + number, "inspection", id=run.id, item=0)
    version = Progress.blank(items).version(0)
    return [data("ia", run.id, item, version, Answer.GOOD.value) for item in range(taps)]
