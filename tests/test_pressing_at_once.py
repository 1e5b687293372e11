"""Three people press 通过, 退回 and 撤回 at the same moment, each on a bot of its own process: one of them counts."""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from checklists.hazards import Hazard, State
from checklists.inspections import Answer
from checklists.people import Role
from handlers.replies import data
from handlers.standards import checklist_for
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from storage.verification import faults
from tests.conftest import NOW
from tests.hazard_zone import FIRM, OFFICE, HazardZone

ROUNDS = 30
FINDINGS = 12
_SOON_S = 0.02
_LATE = "您的操作没有执行"
# Whom a step of the trail ends where; a hazard handed in leaves that state by exactly one of them.
ENDS = {
    "hazard_approved": State.REVIEWED,
    "hazard_returned": State.RECTIFYING,
    "hazard_taken_back": State.RECTIFYING,
}
_TELEGRAM = {name: number for number, name in enumerate({**OFFICE, **FIRM}, 1)}
_updates = itertools.count(1)


class Phone:
    """One person whose bot is a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self.process, self.name = process, name

    async def hears(self) -> str:
        assert self.process.stdout
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        words: str = json.loads(line)
        return words

    async def presses(self, button: str, at: float) -> str:
        told = {"press": button, "by": _TELEGRAM[self.name], "update": next(_updates), "at": at}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        await self.process.stdin.drain()
        return await self.hears()


@asynccontextmanager
async def phones(address: str, folder: Path, *names: str) -> AsyncIterator[list[Phone]]:
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-m", "tests.presser", address, str(folder))
    held = [Phone(await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe), name) for name in names]
    try:
        assert [await phone.hears() for phone in held] == ["ready"] * len(held)
        yield held
    finally:
        for phone in held:
            assert phone.process.stdin
            phone.process.stdin.close()
            await phone.process.wait()


def passes(hazard: Hazard) -> str:
    return data("yt", hazard.id, hazard.version, "p")


def sends_back(hazard: Hazard) -> str:
    return data("yj", hazard.id, hazard.version, "r", 0)


def takes_back(hazard: Hazard) -> str:
    return data("yb", hazard.id, hazard.version)


def steps_of(tx: Transaction, hazard: Hazard) -> list[str]:
    return [event.what for event in tx.trail.of("hazard", hazard.id) if event.what in ENDS]


async def test_of_three_presses_in_three_processes_one_counts(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    zone_of, outcomes = HazardZone(), Counter[str]()
    await database.write(lambda tx: zone_of.found(tx))
    buttons = {"赵监管": passes, "钱审核": sends_back, "王厂长": takes_back}
    async with phones(address, tmp_path, *buttons) as held:
        for turn in range(ROUNDS):
            hazard = await database.write(lambda tx: zone_of.handed_in(tx))
            at = time.time() + _SOON_S
            order = held[turn % 3 :] + held[: turn % 3]
            said = await asyncio.gather(*(phone.presses(buttons[phone.name](hazard), at) for phone in order))
            after = await database.read(lambda tx, h=hazard: tx.hazards.get(h.id))  # type: ignore[misc]
            steps = await database.read(lambda tx, h=hazard: steps_of(tx, h))  # type: ignore[misc]
            assert after is not None
            assert len(steps) == 1, steps
            assert after.state is ENDS[steps[0]]
            assert sum(_LATE in words for words in said) == 2, said
            outcomes[steps[0]] += 1
    assert len(outcomes) > 1, f"no race in {ROUNDS} rounds: {outcomes}"
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []


def walks(tx: Transaction, shop: int, by: int) -> int:
    """A running inspection of this firm, which is asked what light industry is asked."""
    tx.enterprises.set_trades(shop, ("light-industry",), at=NOW)
    firm = tx.enterprises.get(shop)
    assert firm is not None
    asked = checklist_for(tx, firm, NOW.date())
    run = tx.inspections.start(
        enterprise_id=shop, period="2026Q4", checklist=asked.to_json(), items=len(asked), by=by, at=NOW
    )
    return run.id


async def test_hazards_found_in_two_processes_at_once_have_numbers_and_seals_that_follow(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    zone_of = HazardZone()
    finders = ("王厂长", "李老板")

    def begin(tx: Transaction) -> list[int]:
        zone_of.found(tx)
        second = tx.enterprises.add(name="样例家具有限公司", uscc="91350211M000100Y51", at=NOW).id
        for shop, name in zip((zone_of.enterprise_id, second), finders, strict=True):
            tx.people.assign(zone_of.people[name], Role.PRINCIPAL, enterprise_id=shop, at=NOW, by=None)
        return [walks(tx, zone_of.enterprise_id, 1), walks(tx, second, 1)]

    runs = await database.write(begin)
    async with phones(address, tmp_path, *finders) as held:
        for item in range(FINDINGS):
            at = time.time() + _SOON_S
            found = [data("ia", run, item, "a", Answer.HAZARD.value) for run in runs]
            said = await asyncio.gather(*(p.presses(f, at) for p, f in zip(held, found, strict=True)))
            assert all("已记下。" in words for words in said), said
    numbers = await database.read(lambda tx: [h.sequence for h in tx.hazards.in_zone(offset=0, limit=99)])
    assert sorted(numbers) == list(range(1, 2 * FINDINGS + 1))
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []


async def test_of_two_reviewers_in_two_processes_one_closes(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    zone_of, closers = HazardZone(), Counter[int]()
    await database.write(lambda tx: zone_of.found(tx))
    async with phones(address, tmp_path, "赵监管", "钱审核") as held:
        for turn in range(ROUNDS):

            def reviewed(tx: Transaction) -> Hazard:
                hazard = zone_of.handed_in(tx, criterion_id=None)
                return tx.hazard_life.approve(hazard, by=zone_of.people["赵监管"], at=hazard.found_at)

            hazard = await database.write(reviewed)
            button, at = data("yc", hazard.id, hazard.version), time.time() + _SOON_S
            order = held if turn % 2 else held[::-1]
            said = await asyncio.gather(*(phone.presses(button, at) for phone in order))
            after = await database.read(lambda tx, h=hazard: tx.hazards.get(h.id))  # type: ignore[misc]
            events = await database.read(lambda tx, h=hazard: tx.trail.of("hazard", h.id))  # type: ignore[misc]
            assert after is not None
            assert after.state is State.CLOSED
            assert sum(event.what == "hazard_closed" for event in events) == 1
            assert sum("已销号。" in words for words in said) == 1, said
            assert sum(_LATE in words for words in said) == 1, said
            assert after.closed_by is not None
            closers[after.closed_by] += 1
    assert len(closers) == 2, f"no race in {ROUNDS} rounds: {closers}"
    assert await database.read(lambda tx: [str(fault) for fault in faults(tx)]) == []
