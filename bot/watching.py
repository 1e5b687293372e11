"""Watching over the trail: at night, or when an administrator asks, it is checked in a process beside the bot."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.children import Child, child
from bot.clock import Clock
from bot.settings import Settings
from checklists.trail_checks import Found, TrailCheck
from handlers.trail_checks import Outcome, finish, give_up, mark_of, note_progress, take_up
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase
from storage.head_file import HeadFile

logger = logging.getLogger(__name__)

_LOOK_S = 3.0
_BEAT_S = 1.0
_AGAIN_S = 30.0
_MODULE = "bot.trail_check"


class CheckFailed(Exception):
    """The process that checks came to no result; the text names the kind of fault."""


class TrailWatcher:
    """One for each bot. `told` is called when there is something to send."""

    def __init__(self, settings: Settings, database: ZoneDatabase, *, clock: Clock, told: Callable[[], None]) -> None:
        self._address, self._database, self._clock, self._told = settings.database_url, database, clock, told
        self._heads = HeadFile(settings.data_folder)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may have become due: look now."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until `stop`; a check that is going on then is left to the next start."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            self._woken.clear()
            looking = asyncio.create_task(self._look_quietly())
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not looking.done():
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)
                break
            waking = asyncio.create_task(self._woken.wait())
            await asyncio.wait({waking, stopping}, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
        stopping.cancel()

    async def look(self) -> bool:
        """Check the trail if that is due; whether it was."""
        now = self._clock.now()
        if not await self._database.read(lambda tx: tx.trail_checks.is_due(now)):
            return False
        check = await self._database.write(lambda tx: take_up(tx, now))
        if check is None:
            return False
        try:
            await self._keep(check, await self._check(check))
        except asyncio.CancelledError:
            await self._give_up(check.token, failed=False)
            raise
        except Exception as error:
            logger.error("the trail could not be checked: %r", error)
            await self._failed(check.token)
        self._told()
        return True

    async def _keep(self, check: TrailCheck, outcome: Outcome) -> None:
        """The head goes into the file first: after a crash it stands there once more, never not at all."""
        now = self._clock.now()
        if outcome.found:
            kinds = ", ".join(f"{one.table} {one.wrong} {one.number}" for one in outcome.found)
            logger.error("the trail does not fit: %s", kinds)
        if not outcome.found or mark_of(outcome) == check.explained:
            await asyncio.to_thread(self._heads.add, self._database.zone_id, outcome.head, at=outcome.head_at)
        if not await self._database.write(lambda tx: finish(tx, check.token, outcome, now)):
            logger.info("another process has checked the trail meanwhile")

    async def _check(self, check: TrailCheck) -> Outcome:
        written = await asyncio.to_thread(self._heads.heads, self._database.zone_id)
        heads = [*written, check.clean_head] if check.clean_head else written
        job = {"address": self._address, "zone_id": self._database.zone_id, "heads": heads}
        async with child(_MODULE, job) as process:
            return await self._follow(process, check.token)

    async def _follow(self, process: Child, token: str) -> Outcome:
        """Read what the process says until it has the result; a sign of life goes into the database now and then."""
        loop = asyncio.get_running_loop()
        beat = loop.time()
        while True:
            said = await process.word()
            if "head" in said:
                return _outcome(said)
            if "failed" in said:
                raise CheckFailed(said["failed"])
            if loop.time() - beat >= _BEAT_S:
                beat = loop.time()
                await self._note(token, int(said["percent"]))

    async def _note(self, token: str, percent: int) -> None:
        now = self._clock.now()
        if not await self._database.write(lambda tx: note_progress(tx, token, percent, now)):
            raise CheckFailed("another process has taken over")

    async def _failed(self, token: str) -> None:
        """Keep that it failed, however long the disk is full: else it would be taken up again without a pause."""
        while True:
            try:
                await self._give_up(token, failed=True)
                return
            except (DatabaseUnavailable, DatabaseFull) as error:
                logger.warning("a failed check could not be recorded (%s), trying again", type(error).__name__)
                await asyncio.sleep(_AGAIN_S)

    async def _give_up(self, token: str, *, failed: bool) -> None:
        now = self._clock.now()
        await self._database.write(lambda tx: give_up(tx, token, now, failed=failed))

    async def _look_quietly(self) -> None:
        try:
            await self.look()
        except Exception as error:
            logger.error("looking after the trail failed (%s), looking again", type(error).__name__)


def _outcome(said: Mapping[str, Any]) -> Outcome:
    return Outcome(
        head=said["head"],
        head_at=datetime.fromisoformat(said["head_at"]),
        events=said["events"],
        found=tuple(Found(**one) for one in said["found"]),
        keys=said["keys"],
        cut=said["cut"],
    )
