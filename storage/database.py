"""Transactions as functions: units of several chats share one commit, and nothing else in the program commits."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, exc

from storage import sealing
from storage.engine import open_engine, parse_url
from storage.transaction import Transaction

T = TypeVar("T")
Unit = Callable[[Transaction], T]

logger = logging.getLogger(__name__)

MOST_IN_ONE_COMMIT = 256
ATTEMPTS = 5
_READERS = 2
_TRANSIENT = {"40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006"}


class DatabaseFull(Exception):
    """The disk under the database is full or broken; nothing of the unit was kept."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached; nothing of the unit was kept."""


@dataclass(slots=True)
class _Job:
    unit: Callable[[Transaction], Any]
    zone_id: int
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None


class Database:
    """One database for one or several zones; `zone` gives the view that every unit works through."""

    def __init__(self, address: str) -> None:
        """Open the database at `address`; raises storage.engine.UnknownDatabase for a wrong address."""
        self.url = parse_url(address)
        self._writing = open_engine(self.url, writes=True)
        sealing.watch(self._writing)
        self._reading = open_engine(self.url, readers=_READERS, writes=False)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="zicha-read")
        self._thread = threading.Thread(target=self._run, name="zicha-write", daemon=True)
        self._thread.start()

    @property
    def dialect(self) -> str:
        return self._writing.dialect.name

    def zone(self, zone_id: int) -> "ZoneDatabase":
        """This database as one zone sees it."""
        return ZoneDatabase(self, zone_id)

    async def write(self, unit: Unit[T], *, zone_id: int) -> T:
        """Run `unit` in one durable transaction and return its value; it may be called again after a conflict.

        Raises what the unit raises, DatabaseFull or DatabaseUnavailable; in each case nothing was kept.
        """
        loop = asyncio.get_running_loop()
        job = _Job(unit, zone_id, loop.create_future(), loop)
        self._jobs.put(job)
        value: T = await job.future
        return value

    async def read(self, unit: Unit[T], *, zone_id: int) -> T:
        """Run `unit` on one consistent snapshot; writing in it is an error."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit, zone_id)

    async def close(self) -> None:
        """Finish what is queued and let go of every connection."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    def _read(self, unit: Unit[T], zone_id: int) -> T:
        try:
            with self._reading.connect() as connection:
                return unit(Transaction(connection, zone_id))
        except exc.DBAPIError as error:
            raise _in_plain_words(error) from error

    def _run(self) -> None:
        going = True
        while going:
            job = self._jobs.get()
            batch: list[_Job] = []
            while job is not None:
                batch.append(job)
                if len(batch) == MOST_IN_ONE_COMMIT:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            going = job is not None
            if batch:
                self._keep(batch)
                _resolve(batch)

    def _keep(self, batch: list[_Job]) -> None:
        """Commit the units together; if one fails, with a way back to before it; if that fails, each alone.

        So a bad unit costs only itself, and the usual case costs no savepoints.
        """
        if len(batch) > 1 and (self._kept_by(_run_and_seal, batch) or self._kept_by(_run_in_savepoint, batch)):
            return
        for job in batch:
            self._keep_alone(job)

    def _kept_by(self, run: Callable[[Connection, _Job], None], batch: list[_Job]) -> bool:
        try:
            with self._writing.begin() as connection:
                for job in batch:
                    run(connection, job)
        except Exception as error:
            logger.info("a shared commit failed (%s), its units are repeated", type(error).__name__)
            return False
        return True

    def _keep_alone(self, job: _Job) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._writing.begin() as connection:
                    _run_and_seal(connection, job)
                return
            except exc.DBAPIError as error:
                job.error = _in_plain_words(error)
                transient = error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _TRANSIENT
                if not transient or attempt == ATTEMPTS:
                    return
                threading.Event().wait(0.05 * attempt**2)
            except Exception as error:
                job.error = error
                return


@dataclass(frozen=True, slots=True)
class ZoneDatabase:
    """The database of one zone: what handlers, sender and clock hold."""

    database: Database
    zone_id: int

    async def write(self, unit: Unit[T]) -> T:
        """Database.write for this zone."""
        return await self.database.write(unit, zone_id=self.zone_id)

    async def read(self, unit: Unit[T]) -> T:
        """Database.read for this zone."""
        return await self.database.read(unit, zone_id=self.zone_id)


def _run_in_savepoint(connection: Connection, job: _Job) -> None:
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        _run_and_seal(connection, job)
    except exc.DBAPIError:
        raise  # the database itself is in doubt: the whole batch is repeated one by one
    except Exception as error:
        job.error = error
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")
    connection.exec_driver_sql("RELEASE SAVEPOINT unit")


def _run_and_seal(connection: Connection, job: _Job) -> None:
    job.result = job.error = None
    tx, changes = Transaction(connection, job.zone_id), sealing.Changes(connection)
    try:
        job.result = job.unit(tx)
        changes.anchor(tx)
    finally:
        sealing.stop(connection)


def _resolve(batch: list[_Job]) -> None:
    """Wake the waiting coroutines, once per event loop, only after the commit."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def _in_plain_words(error: exc.DBAPIError) -> Exception:
    words = str(error.orig).lower()
    if "full" in words or "disk i/o" in words or "no space" in words or "could not extend" in words:
        return DatabaseFull("database or disk is full")
    if error.connection_invalidated or isinstance(error, exc.OperationalError):
        return DatabaseUnavailable(type(error.orig).__name__)
    return error
