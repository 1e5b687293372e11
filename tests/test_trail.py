"""The trail: chained, and with a seal for every kept row, so that no alteration by SQL stays unseen."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, create_engine, text

from bot.trail_check import progress
from checklists.people import Role
from storage import sealing
from storage.database import Database, Unit
from storage.tables import adoptions, answers, deliveries, events, inspections, people, zones
from storage.transaction import Transaction
from storage.verification import Fault, Wrong, faults
from tests.conftest import NOW, ZONE_ID

ID = 7
# Columns that a check constraint keeps to a few values: what the row says, and what it is altered to.
CHECKED: dict[tuple[str, str], tuple[Any, Any]] = {
    ("inspections", "state"): ("submitted", "running"),
    ("answers", "answer"): ("y", "n"),
    ("duties", "state"): ("open", "done"),
    ("official_inspections", "state"): ("running", "finished"),
    ("analysis_meetings", "state"): ("open", "finished"),
    ("deliveries", "state"): ("waiting", "sent"),
}


def sample(table: Table) -> dict[str, Any]:
    """A row that says something in every column; everything belongs to the thing with the id 7."""
    return {c.name: _first(table, c) for c in table.c}


def _first(table: Table, column: Column[Any]) -> Any:
    if (table.name, column.name) in CHECKED:
        return CHECKED[table.name, column.name][0]
    if column.name == "zone_id" or (table is zones and column.name == "id"):
        return ZONE_ID
    if column.foreign_keys or column.name.endswith("digest") or column.name == "sha256":
        return ID if column.type.python_type is int else "7" * 16
    return _by_type(column, ID, "甲", True, NOW)


def _second(table: Table, column: Column[Any]) -> Any:
    if (table.name, column.name) in CHECKED:
        return CHECKED[table.name, column.name][1]
    return _by_type(column, ID + 1, "乙", False, NOW + timedelta(days=1))


def _by_type(column: Column[Any], number: int, words: str, flag: bool, at: datetime) -> Any:
    python_type = column.type.python_type
    return {int: number, str: words, bool: flag, datetime: at, date: at.date(), bytes: words.encode()}[python_type]


@contextmanager
def raw(address: str) -> Iterator[Connection]:
    """The database as somebody sees it who passes the program by; what is done here is undone at the end."""
    engine = create_engine(address)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.rollback()
    engine.dispose()


def found(connection: Connection, **options: Any) -> list[Fault]:
    return list(faults(Transaction(connection, ZONE_ID), **options))


@pytest.fixture
async def filled(address: str) -> str:
    """A database in which every kept table has a row that the program wrote."""
    database = Database(address)

    def unit(tx: Transaction) -> None:
        for table in sealing.kept_tables():
            tx.connection.execute(table.insert(), sample(table))

    await database.write(unit, zone_id=ZONE_ID)
    await database.close()
    return address


async def test_what_the_program_wrote_fits(filled: str) -> None:
    with raw(filled) as connection:
        assert found(connection) == []


async def test_altering_any_column_of_any_kept_table_is_found(filled: str) -> None:
    unseen = []
    with raw(filled) as connection:
        for table in sealing.kept_tables():
            for column in sealing.sealed_columns(table):
                with connection.begin_nested() as savepoint:
                    connection.execute(table.update().values({column.name: _second(table, column)}))
                    if not any(fault.table == table.name for fault in found(connection)):
                        unseen.append(f"{table.name}.{column.name}")
                    savepoint.rollback()
    assert unseen == []


async def test_a_row_taken_away_or_put_in_is_found(filled: str) -> None:
    with raw(filled) as connection:
        for table in sealing.kept_tables():
            with connection.begin_nested() as savepoint:
                connection.execute(table.delete())
                assert Wrong.REMOVED in {f.wrong for f in found(connection) if f.table == table.name}, table.name
                savepoint.rollback()
        row = {"zone_id": ZONE_ID, "id": 8, "telegram_id": 8, "name": "混进来的人", "created_at": NOW}
        connection.execute(people.insert(), row)
        assert [str(f) for f in found(connection)] == ["people 8：记录不是程序写进来的"]


@pytest.mark.parametrize("column", [c.name for c in events.c if c.name != "zone_id"])
async def test_altering_any_column_of_the_trail_breaks_its_chain(filled: str, column: str) -> None:
    with raw(filled) as connection:
        connection.execute(events.update().values({column: _second(events, events.c[column])}))
        assert found(connection)[0].wrong is Wrong.CHAIN


async def test_an_alteration_that_the_program_later_saved_over_is_still_found(filled: str) -> None:
    engine = create_engine(filled)
    with engine.begin() as connection:
        connection.execute(people.update().values(name="冒名者"))
    engine.dispose()
    database = Database(filled)
    await database.write(lambda tx: tx.people.rename(ID, "王厂长"), zone_id=ZONE_ID)
    await database.close()
    with raw(filled) as connection:
        assert [(f.wrong, f.table, f.key) for f in found(connection)] == [(Wrong.REPLACED, "people", "7")]


async def test_events_cut_off_at_the_end_are_found_with_a_head_that_was_written_down(address: str) -> None:
    database = Database(address)
    zone = database.zone(ZONE_ID)
    await zone.write(lambda tx: tx.trail.add("refused", subject="route", subject_id=None, person_id=None, at=NOW))
    await zone.write(lambda tx: tx.trail.add("refused", subject="route", subject_id=None, person_id=None, at=NOW))
    head = str(await zone.read(lambda tx: tx.trail.head()))
    await database.close()
    with raw(address) as connection:
        assert found(connection, heads=[head]) == []
        connection.execute(events.delete().where(events.c.number == 2))
        assert found(connection) == []
        assert [str(f) for f in found(connection, heads=[head])] == ["操作记录里没有当时抄下的那一条，末尾可能被删过"]


async def test_a_unit_that_fails_leaves_no_seal(address: str) -> None:
    database = Database(address)
    zone = database.zone(ZONE_ID)

    def unit(tx: Transaction) -> None:
        tx.people.add(name="王厂长", telegram_id=1, at=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await zone.write(unit)
    assert (await zone.read(lambda tx: tx.trail.head())).number == 0
    await database.close()


async def test_what_sending_changes_needs_no_seal_and_what_a_person_confirms_does(address: str) -> None:
    database = Database(address)
    zone = database.zone(ZONE_ID)

    def start(tx: Transaction) -> None:
        person = tx.people.add(name="王厂长", telegram_id=1, at=NOW)
        tx.people.assign(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
        tx.deliveries.add("report", "a", person, {}, NOW, NOW)

    await zone.write(start)
    before = (await zone.read(lambda tx: tx.trail.head())).number
    await zone.write(lambda tx: tx.deliveries.sent(tx.deliveries.waiting(NOW, 9)[0], message_id=3, at=NOW))
    assert (await zone.read(lambda tx: tx.trail.head())).number == before
    await zone.write(lambda tx: tx.connection.execute(deliveries.update().values(acknowledged_at=NOW)))
    assert (await zone.read(lambda tx: tx.trail.head())).number == before + 1
    with raw(address) as connection:
        connection.execute(deliveries.update().values(acknowledged_at=datetime(2026, 1, 1, tzinfo=UTC)))
        assert [f.table for f in found(connection)] == ["deliveries"]
    await database.close()


async def test_every_table_is_either_kept_or_named_as_transient() -> None:
    assert {t.name for t in sealing.kept_tables()} & sealing.TRANSIENT == set()
    assert {inspections, answers, adoptions} <= set(sealing.kept_tables())


def test_a_check_that_stays_at_its_percent_says_so_once_in_a_second() -> None:
    told: list[tuple[float, int]] = []
    now = 0.0
    seen = progress(lambda percent: told.append((now, percent)), clock=lambda: now)
    for share in (0.0, 0.001, 0.015, 0.016, 0.017, 0.019, 0.02):
        seen(share)
        now += 0.4
    assert [(round(at, 1), percent) for at, percent in told] == [(0.0, 0), (0.8, 1), (2.0, 1), (2.4, 2)]


async def test_a_long_check_gives_a_sign_of_life_at_every_thousandth_row(address: str) -> None:
    database = Database(address)
    zone = database.zone(ZONE_ID)
    await zone.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id="heelun-2024", at=NOW))
    await zone.write(lambda tx: tx.trail.add("refused", subject="route", subject_id=None, person_id=None, at=NOW))

    def fill(tx: Transaction) -> None:
        row = {"zone_id": ZONE_ID, "created_at": NOW}
        tx.connection.execute(people.insert(), [{**row, "id": n, "telegram_id": n, "name": "甲"} for n in range(2500)])
        firm = tx.enterprises.add(name="样例木业有限公司", uscc="91350211M000100Y43", at=NOW)
        walk: dict[str, Any] = {"period": "2026Q4", "checklist": "{}", "items": 2500, "by": 1, "at": NOW}
        run = tx.inspections.start(enterprise_id=firm.id, **walk)
        asked = {"zone_id": ZONE_ID, "inspection_id": run.id, "answer": ".", "answered_by": 1, "answered_at": NOW}
        tx.connection.execute(answers.insert(), [{**asked, "item": n} for n in range(2500)])

    def touch(number: int) -> Unit[None]:
        def unit(tx: Transaction) -> None:
            tx.trail.add("refused", subject="route", subject_id=None, person_id=None, at=NOW)
            tx.people.rename(number, "乙")

        return unit

    await zone.write(fill)
    await asyncio.gather(*(zone.write(touch(number)) for number in range(1100)))
    heard: list[float] = []
    assert await zone.read(lambda tx: list(faults(tx, seen=heard.append))) == []
    await database.close()
    assert heard == sorted(heard)
    often = Counter(heard)
    assert sorted(often.values(), reverse=True)[:2] == [3, 3], "at its begin, and twice in each of the long tables"
    assert [share for share in often if 0.4 < share < 0.7], "while the seals are replayed"
