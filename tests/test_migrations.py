"""Migrations: from an empty database to the present tables, twice without harm, and by several processes at once."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Connection, NullPool, create_engine, inspect, select, text

from storage.schema import differences, is_current, upgrade
from storage.tables import attachments, metadata
from tests.postgres import Postgres

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.empty_database()
    return f"sqlite:///{tmp_path / 'empty.db'}"


def indexes_of(connection: Connection, table: str) -> set[str | None]:
    """The names of the indexes of a table; SQLAlchemy leaves those on expressions out on SQLite."""
    if connection.dialect.name == "sqlite":
        made = text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL")
        return set(connection.execute(made, {"table": table}).scalars())
    return {i["name"] for i in inspect(connection).get_indexes(table) if not i.get("duplicates_constraint")}


def test_an_empty_database_gets_every_table_and_a_second_run_changes_nothing(empty: str) -> None:
    upgrade(empty)
    upgrade(empty)
    assert differences(empty) == []
    engine = create_engine(empty, poolclass=NullPool)
    with engine.connect() as connection:
        assert is_current(connection)
        found = inspect(connection)
        assert set(found.get_table_names()) == {*metadata.tables, "alembic_version"}
        for table in metadata.sorted_tables:
            checks = {c["name"] for c in found.get_check_constraints(table.name)}
            assert checks == {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            assert indexes_of(connection, table.name) == {i.name for i in table.indexes}


def test_a_database_of_the_first_edition_keeps_its_rows(empty: str) -> None:
    upgrade(empty, to="0001")
    with (engine := create_engine(empty, poolclass=NullPool)).begin() as connection:
        row = {"zone_id": 1, "id": 7, "kind": "photo", "sha256": "a" * 64, "sent_by": 3, "received_at": NOW}
        connection.execute(attachments.insert(), row)
        first = [c for c in attachments.c if c.name not in ("dated_at", "forwarded_at")]
        before = dict(connection.execute(select(*first)).mappings().one())
    upgrade(empty)
    with engine.connect() as connection:
        after = dict(connection.execute(select(attachments)).mappings().one())
    assert after == {**before, "dated_at": None, "forwarded_at": None}


async def test_processes_that_start_together_bring_it_up_once(empty: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, empty) for _ in range(4)))
    assert differences(empty) == []
