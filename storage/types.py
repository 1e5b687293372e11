"""Column types and identifiers that every table shares."""

import secrets
import threading
import time
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

Id = BigInteger

_EPOCH_MS = 1_704_067_200_000  # 2024-01-01, so that 41 bits last until 2093
_lock = threading.Lock()
_last = 0


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets zones, so they are taken off and given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id(*, above: int = 0) -> int:
    """A new identifier: 41 bits of wall-clock milliseconds and 22 random bits, growing within a process.

    Made here and not by the database, so that rows of one transaction can name each other without a round trip
    and rows of different zones never collide when tables are merged or distributed. With `above` it is greater than
    that one, which another process may have made while its clock was ahead.
    """
    global _last
    with _lock:
        stamp = (int(time.time() * 1000) - _EPOCH_MS) << 22
        _last = max(_last + 1, stamp | secrets.randbits(22))
        return _last if _last > above else above + 1 + secrets.randbits(22)
