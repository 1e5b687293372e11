"""The clock that the whole program reads; the sandbox has one that can be moved."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """Runs like the machine's time, from wherever it was set last."""

    def __init__(self, *, start: datetime | None = None) -> None:
        self._ahead = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, now: datetime) -> None:
        """From this moment on it is `now` (aware)."""
        self._ahead = now.astimezone(UTC) - datetime.now(UTC)
