"""The lock that lets one process at a time extend the trail of a zone."""

from sqlalchemy import Connection, func, select

_LOCK = 6_001_003  # with the zone: PostgreSQL's advisory lock


def hold_trail(connection: Connection, zone_id: int) -> None:
    """Wait until this transaction alone may extend the trail of the zone, to its end; held already, it costs one query.

    SQLite has one writer anyway. Who holds a row while another waits for it with this lock meets a deadlock, which the
    database resolves and storage.database repeats.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, zone_id % 2**31)))
