"""One look at a zone on a snapshot, for commands that run beside the bot and change nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engine import CannotOpen, open_engine, opening, parse_url
from storage.schema import is_current
from storage.transaction import Transaction


@contextmanager
def reading(address: str, zone_id: int) -> Iterator[Transaction]:
    """A transaction that sees one moment of the zone; raises CannotOpen, in Chinese where the cause is known."""
    url = parse_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise CannotOpen("没有这个数据库文件")
    engine = open_engine(url, writes=False)
    try:
        with opening(), engine.connect() as connection:
            if not is_current(connection):
                raise CannotOpen("版本不对，请先运行 zicha db upgrade")
            yield Transaction(connection, zone_id)
    finally:
        engine.dispose()
