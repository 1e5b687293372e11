"""How SQLite and PostgreSQL are opened so that both behave alike: one kind of transaction, durable, aware times."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

# PostgreSQL's own default shows each statement what was committed by then: two queries would not fit together.
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class UnknownDatabase(ValueError):
    """The database address is neither an SQLite file nor a PostgreSQL server."""


class CannotOpen(Exception):
    """The database could not be opened or read; the text names the kind of fault, never the address."""


@contextmanager
def opening() -> Iterator[None]:
    """Errors of the database layer leave as CannotOpen: their own text can repeat the address with its password."""
    try:
        yield
    except SQLAlchemyError as error:
        raise CannotOpen(type(getattr(error, "orig", None) or error).__name__) from None


def parse_url(address: str) -> URL:
    """The SQLAlchemy URL of `sqlite:///FILE` or `postgresql://…`, with the drivers this project uses.

    Raises UnknownDatabase for anything else; the text of the error never repeats a password.
    """
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except Exception:
        raise UnknownDatabase("数据库地址写法不对，应为 sqlite:///文件 或 postgresql://…") from None
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+pysqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise UnknownDatabase("数据库地址写法不对，应为 sqlite:///文件 或 postgresql://…")


def open_engine(url: URL, *, readers: int = 1, writes: bool) -> Engine:
    """An engine whose transactions begin at once as writers (`writes=True`) or see one snapshot as readers."""
    snapshot = {} if writes or not _is_pg(url) else _SNAPSHOT
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=readers,
        max_overflow=0,
        pool_pre_ping=_is_pg(url),
        execution_options=snapshot,
    )
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, writes=writes)
    return engine


def _is_pg(url: URL) -> bool:
    return url.get_backend_name() == "postgresql"


def _prepare_sqlite(engine: Engine, *, writes: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: SqliteConnection, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves; the driver's own rules leak locks
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if not writes:
            connection.execute("PRAGMA query_only = ON")

    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
