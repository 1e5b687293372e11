"""Bringing a database to the schema of this version, safely and once, however many processes start together."""

import warnings
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from storage import hazard_tables as _hazard_tables  # noqa: F401 its tables belong to the schema
from storage import office_tables as _office_tables  # noqa: F401 its tables belong to the schema
from storage.engine import parse_url
from storage.tables import metadata

_LOCK = 6_001_002_003  # any fixed number: PostgreSQL's advisory lock for migrations of this product


class ForeignKeysBroken(Exception):
    """After a migration some rows point at nothing; the migration was rolled back."""


def upgrade(address: str, *, to: str = "head") -> None:
    """Run the missing migrations up to `to` on the database at `address`; nothing happens if there are none.

    SQLite runs them with foreign keys off (a batch alteration would delete children) and checks them before the commit.
    """
    engine = create_engine(parse_url(address))
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                _upgrade_sqlite(connection, to)
            else:
                connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
                connection.commit()
                try:
                    _run(connection, to)
                    connection.commit()
                finally:
                    connection.rollback()
                    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
                    connection.commit()
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Whether the database has every migration of this version."""
    at = MigrationContext.configure(connection).get_current_revision()
    return at == ScriptDirectory.from_config(_config()).get_current_head()


def differences(address: str) -> list[object]:
    """What the tables in the program and in the database differ by; empty when they agree."""
    engine = create_engine(parse_url(address))
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            # Indexes on expressions cannot be read back from SQLite; they are left out of the comparison there.
            for skipped in ("Skipped unsupported reflection of", "autogenerate skipping metadata-specified"):
                warnings.filterwarnings("ignore", f"{skipped} expression-based index")
            return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))
    finally:
        engine.dispose()


def _upgrade_sqlite(connection: Connection, to: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.isolation_level = None  # or sqlite3 would end our transaction at the first DDL statement
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # another process that starts now waits here
    if not is_current(connection):
        _run(connection, to)
        if connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone() is not None:
            connection.rollback()
            raise ForeignKeysBroken
    connection.commit()


def _run(connection: Connection, to: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
