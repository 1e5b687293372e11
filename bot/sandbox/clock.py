"""The time the sandbox lives at: real time, shifted by whoever moves it."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Runs with the wall clock from wherever it was last put."""

    def __init__(self) -> None:
        self._shift_s = 0.0

    def timestamp(self) -> float:
        return time.time() + self._shift_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def put(self, now: datetime) -> None:
        """Go on from this instant; may lie in the past. Raises ValueError for a time without zone."""
        if now.tzinfo is None:
            raise ValueError("时间须带时区，例如 2026-12-01T08:00:00+08:00")
        self._shift_s = now.timestamp() - time.time()

    def advance(self, by: timedelta) -> None:
        self._shift_s += by.total_seconds()
