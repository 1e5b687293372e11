"""The transaction: units share commits, fail alone, and nothing half-done stays."""

import asyncio
from dataclasses import dataclass

import pytest

from storage.database import Database, ZoneDatabase
from storage.engine import UnknownDatabase
from storage.schema import differences
from storage.transaction import Transaction
from tests.conftest import NOW


@dataclass
class Refused(Exception):
    number: int


async def test_units_queued_together_are_all_kept(database: ZoneDatabase) -> None:
    async def keep(number: int) -> int:
        def unit(tx: Transaction) -> int:
            tx.notes.set(f"n{number}", str(number))
            return number

        return await database.write(unit)

    assert await asyncio.gather(*(keep(n) for n in range(200))) == list(range(200))
    values = await database.read(lambda tx: [tx.notes.get(f"n{n}") for n in range(200)])
    assert values == [str(n) for n in range(200)]


async def test_a_unit_that_refuses_keeps_nothing_and_its_neighbours_everything(database: ZoneDatabase) -> None:
    async def keep(number: int) -> None:
        def unit(tx: Transaction) -> None:
            tx.notes.set(f"n{number}", "kept")
            if number % 3 == 0:
                raise Refused(number)

        await database.write(unit)

    outcomes = await asyncio.gather(*(keep(n) for n in range(9)), return_exceptions=True)
    assert [o.number for o in outcomes if isinstance(o, Refused)] == [0, 3, 6]
    kept = await database.read(lambda tx: [n for n in range(9) if tx.notes.get(f"n{n}")])
    assert kept == [1, 2, 4, 5, 7, 8]


async def test_reading_sees_what_was_written_before_it(database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.notes.set("a", "1"))
    assert await database.read(lambda tx: tx.notes.get("a")) == "1"


async def test_reading_cannot_write(database: ZoneDatabase) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only|DatabaseUnavailable|ReadOnly|OperationalError"):
        await database.read(lambda tx: tx.notes.set("a", "1"))
    assert await database.read(lambda tx: tx.notes.get("a")) is None


async def test_another_zone_sees_nothing(database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.notes.set("a", "1"))
    other = database.database.zone(2)
    assert await other.read(lambda tx: tx.notes.get("a")) is None


async def test_an_update_is_new_once(database: ZoneDatabase) -> None:
    assert await database.write(lambda tx: tx.updates.is_new(7, at=NOW)) is True
    assert await database.write(lambda tx: tx.updates.is_new(7, at=NOW)) is False


async def test_the_tables_of_the_program_are_those_of_the_migrations(address: str) -> None:
    assert differences(address) == []


async def test_a_wrong_address_is_named_without_its_password() -> None:
    with pytest.raises(UnknownDatabase) as caught:
        Database("mysql://user:secret@host/db")
    assert "secret" not in str(caught.value)
