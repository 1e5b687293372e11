"""Waking those who wait for something to change, without a lock and without polling."""

import asyncio


class Signal:
    """A counter that can be waited on; `version` grows by one with every change."""

    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def bump(self) -> int:
        """Count one change and wake everyone; returns the new version."""
        self.version += 1
        if self._waiting:
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            self._waiting.clear()
        return self.version

    async def wait(self, seen: int, timeout_s: float) -> int:
        """The version as soon as it differs from `seen`, or the same one after the time limit."""
        if self.version != seen or timeout_s <= 0:
            return self.version
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)
        return self.version
