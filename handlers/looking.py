"""Long looks: what takes seconds to read is read beside the writer, and the person is answered with it after that."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from handlers.answering import Incoming, answer
from handlers.replies import Reply
from handlers.router import Router
from handlers.routing import LongLook
from handlers.services import Services
from storage.database import ZoneDatabase

_MOST_LOOKS = 5


class Looks:
    """The long looks under way in one zone; who asks for one of the same name meanwhile waits for that one."""

    def __init__(self, database: ZoneDatabase) -> None:
        self._database = database
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def read(self, look: LongLook) -> Any:
        """What the look finds; raises what reading raises."""
        task = self._running.get(look.name)
        if task is None:
            task = self._running[look.name] = asyncio.create_task(self._database.read(look.read))
            task.add_done_callback(lambda _task: self._running.pop(look.name, None))
        return await asyncio.shield(task)

    async def answer(
        self, incoming: Incoming, *, router: Router, services: Services, clock: Callable[[], datetime]
    ) -> Reply:
        """Answer in one transaction (handlers.answering), begun again after each long look it asks for."""
        looked: dict[str, Any] = {}
        while True:
            try:
                return await self._database.write(
                    lambda tx: answer(tx, incoming, router=router, services=services, now=clock(), looked=looked)
                )
            except LongLook as look:
                if len(looked) == _MOST_LOOKS:
                    raise RuntimeError(f"no end of looks: {look.name}") from look
                looked[look.name] = await self.read(look)
