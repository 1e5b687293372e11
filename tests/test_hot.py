"""Statements that go to the driver directly: SQLAlchemy's values, its errors, never past a seal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, exc, select

from storage.database import ZoneDatabase
from storage.hot import Hot, Sealed
from storage.tables import dialogs, people
from storage.transaction import Transaction
from tests.conftest import NOW

LATER = datetime(2026, 12, 31, 15, 59, 59, 123456, tzinfo=UTC)
DIALOG = select(dialogs).where(dialogs.c.zone_id == bindparam("zone"), dialogs.c.chat_id == bindparam("chat"))
PERSON = select(people).where(people.c.zone_id == bindparam("zone"), people.c.telegram_id == bindparam("telegram"))


def selecting(statement: Select[Any]) -> Hot:
    return Hot(lambda _: statement)


async def test_a_row_reads_as_it_does_through_sqlalchemy(database: ZoneDatabase) -> None:
    def unit(tx: Transaction) -> None:
        tx.dialogs.enter(501, "inspection", expires_at=LATER, words="井盖")
        tx.people.add(name="王厂长", telegram_id=501, at=LATER)

    await database.write(unit)

    def compare(tx: Transaction) -> None:
        for statement, values in ((DIALOG, {"zone": 1, "chat": 501}), (PERSON, {"zone": 1, "telegram": 501})):
            slow = tx.connection.execute(statement, values).one()
            quick: Any = selecting(statement).row(tx.connection, values)
            assert tuple(quick) == tuple(slow)
            assert quick._asdict() == dict(slow._mapping)
            assert [type(value) for value in quick] == [type(value) for value in slow]

    await database.read(compare)
    found = await database.read(lambda tx: selecting(DIALOG).rows(tx.connection, {"zone": 1, "chat": 501}))
    assert [row.expires_at for row in found] == [LATER]


async def test_nothing_found_is_none_and_an_empty_list(database: ZoneDatabase) -> None:
    hot = selecting(DIALOG)
    assert await database.read(lambda tx: hot.row(tx.connection, {"zone": 1, "chat": 9})) is None
    assert await database.read(lambda tx: hot.rows(tx.connection, {"zone": 1, "chat": 9})) == []


async def test_a_broken_rule_of_the_table_is_an_error_of_sqlalchemy_and_keeps_nothing(database: ZoneDatabase) -> None:
    plain = Hot(lambda insert: insert(dialogs), "zone_id", "chat_id", "kind", "data", "expires_at")

    def twice(tx: Transaction) -> None:
        for kind in ("first", "second"):
            row = {"zone_id": 1, "chat_id": 7, "kind": kind, "data": "{}", "expires_at": None}
            plain.run(tx.connection, row)

    with pytest.raises(exc.IntegrityError):
        await database.write(twice)
    assert await database.read(lambda tx: tx.dialogs.of(7, now=NOW)) is None


async def test_a_change_of_sealed_rows_is_refused(database: ZoneDatabase) -> None:
    rename = Hot(lambda _: people.update().where(people.c.zone_id == bindparam("zone")).values(name=bindparam("to")))
    add = Hot(lambda insert: insert(people), "zone_id", "id", "name", "created_at")
    with pytest.raises(Sealed):
        await database.write(lambda tx: rename.run(tx.connection, {"zone": 1, "to": "李厂长"}))
    row = {"zone_id": 1, "id": 5, "name": "李厂长", "created_at": NOW}
    with pytest.raises(Sealed):
        await database.write(lambda tx: add.run(tx.connection, row))
    assert await database.read(lambda tx: tx.people.everybody()) == []
