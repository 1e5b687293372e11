"""Two writers on one database, as two processes have them: neither misreads what the other is just writing."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from checklists.analyses import Meeting
from checklists.hazards import Level
from handlers.analysis_papers import end, record_of
from storage.database import Database, ZoneDatabase
from storage.transaction import Transaction
from storage.verification import faults
from tests.conftest import NOW, ZONE_ID
from tests.hazard_zone import HazardZone, picture

T = TypeVar("T")
# So long the first waits with what it has written before it commits; SQLite keeps the second out altogether.
_OVERLAP_S = 0.5


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


@pytest.fixture
async def other(database: ZoneDatabase, address: str) -> AsyncIterator[ZoneDatabase]:
    """The same database through a writer of its own."""
    opened = Database(address)
    yield opened.zone(ZONE_ID)
    await opened.close()


async def overlapping(first: ZoneDatabase, second: ZoneDatabase, unit: Callable[[Transaction], T]) -> tuple[T, T]:
    """The unit on both, the second begun while the first has written and not committed."""
    written, begun = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> T:
        made = unit(tx)
        written.set()
        if begun.wait(_OVERLAP_S):
            threading.Event().wait(_OVERLAP_S)
        return made

    def quick(tx: Transaction) -> T:
        begun.set()
        return unit(tx)

    slowly = asyncio.ensure_future(first.write(slow))
    await asyncio.to_thread(written.wait, 10)
    quickly = await second.write(quick)
    return await slowly, quickly


async def test_hazards_opened_at_once_have_numbers_and_seals_that_follow(
    database: ZoneDatabase, other: ZoneDatabase, zone_of: HazardZone
) -> None:
    await database.write(zone_of.find)
    one, two = await overlapping(database, other, zone_of.find)
    assert {one.sequence, two.sequence} == {2, 3}
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []


async def test_the_same_picture_sent_twice_at_once_is_sealed_once(
    database: ZoneDatabase, other: ZoneDatabase, zone_of: HazardZone
) -> None:
    hazard = await database.write(zone_of.find)

    def send(tx: Transaction) -> int:
        by = zone_of.people["陈安全"]
        return tx.attachments.add_photo(picture("同一张"), by=by, at=NOW, hazard_id=hazard.id, phase="before").id

    one, two = await overlapping(database, other, send)
    assert one != two
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []


async def test_who_holds_a_hazard_and_who_holds_the_trail_both_come_through(
    database: ZoneDatabase, other: ZoneDatabase, zone_of: HazardZone
) -> None:
    hazard, by = await database.write(zone_of.find), zone_of.people["陈安全"]
    held, traced = threading.Event(), threading.Event()

    def hazard_first(tx: Transaction) -> None:
        tx.hazards.hold(hazard.id)
        held.set()
        traced.wait(_OVERLAP_S)
        tx.attachments.add_photo(picture("一"), by=by, at=NOW, hazard_id=hazard.id, phase="before")

    def trail_first(tx: Transaction) -> None:
        tx.attachments.add_photo(picture("二"), by=by, at=NOW, phase="before")
        traced.set()
        known = tx.hazards.hold(hazard.id)
        assert known is not None
        tx.hazards.describe(known, "堵了", by=by, at=NOW)

    first = asyncio.ensure_future(database.write(hazard_first))
    await asyncio.to_thread(held.wait, 10)
    await asyncio.gather(first, other.write(trail_first))
    described = await database.read(lambda tx: tx.hazards.get(hazard.id))
    assert described is not None
    assert described.words == "堵了"
    assert len(await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))) == 1
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []


async def test_a_drawn_firm_is_begun_once_by_two_inspectors_at_once(
    database: ZoneDatabase, other: ZoneDatabase, zone_of: HazardZone
) -> None:
    officer = zone_of.people["赵监管"]

    def draw(tx: Transaction) -> int:
        pool = [zone_of.enterprise_id]
        return tx.draws.make(pool_words="全部企业", pool=pool, inspectors=[officer], number=1, by=officer, at=NOW).id

    draw_id = await database.write(draw)

    def begin(tx: Transaction) -> int:
        made = tx.draws.get(draw_id)
        assert made is not None
        return tx.draws.begin(made, zone_of.enterprise_id, inspectors="赵监管", by=officer, at=NOW).id

    one, two = await overlapping(database, other, begin)
    assert one == two
    events = await database.read(lambda tx: [e.what for e in tx.trail.of("draw", draw_id)])
    assert events == ["draw_made", "draw_begun"]


async def test_reading_sees_one_moment_whatever_is_committed_meanwhile(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    await database.write(zone_of.find)
    looked, written = threading.Event(), threading.Event()

    def twice(tx: Transaction) -> tuple[int, int]:
        before = tx.hazards.count_in_zone()
        looked.set()
        assert written.wait(10)
        return before, tx.hazards.count_in_zone()

    reading = asyncio.ensure_future(database.read(twice))
    await asyncio.to_thread(looked.wait, 10)
    await database.write(zone_of.find)
    written.set()
    assert await reading == (1, 1)
    assert await database.read(lambda tx: tx.hazards.count_in_zone()) == 2


async def test_a_record_has_the_decision_that_was_just_being_made_when_the_meeting_ended(
    database: ZoneDatabase, other: ZoneDatabase, zone_of: HazardZone
) -> None:
    officer = zone_of.people["赵监管"]

    def prepare(tx: Transaction) -> Meeting:
        zone_of.rectifying(tx, level=Level.MAJOR)
        return tx.analysis_meetings.prepare(today=NOW.date(), by=officer, at=NOW)

    meeting = await database.write(prepare)
    decided, ending = threading.Event(), threading.Event()

    def decide(tx: Transaction) -> None:
        [row] = tx.analyses.of_meeting(meeting.id)
        words = {"decision": "先停用", "responsible": "王厂长"}
        tx.analyses.decide(row, **words, until=NOW.date(), by=officer, at=NOW)
        decided.set()
        if ending.wait(_OVERLAP_S):
            threading.Event().wait(_OVERLAP_S)

    def finish(tx: Transaction) -> int:
        ending.set()
        return len(end(tx, meeting, NOW.date(), by=officer, at=NOW))

    first = asyncio.ensure_future(database.write(decide))
    await asyncio.to_thread(decided.wait, 10)
    assert await other.write(finish) == 1
    await first

    def written(tx: Transaction) -> list[str]:
        kept = tx.analysis_meetings.get(meeting.id)
        assert kept is not None
        return [topic.decision for topic in record_of(tx, kept).decided]

    assert await database.read(written) == ["先停用"]
