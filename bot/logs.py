"""Logging to standard error with every bot token struck out, whatever wrote it."""

import logging
import re
import sys

_TOKEN = re.compile(r"(?:bot)?\d{3,}:[A-Za-z0-9_-]{30,}")


class RedactingFormatter(logging.Formatter):
    """Formats a record, its exception included, and removes what has the form of a bot token."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("[token]", super().format(record))


def set_up_logging(level: str = "INFO") -> None:
    """Send the whole program's log to standard error at `level`; chatty libraries stay at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # httpx's INFO lines hold the token; the others tell nothing an office needs
    for name in ("httpx", "httpcore", "aiohttp", "telegram", "apscheduler", "uvicorn", "asyncio", "alembic", "PIL"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
