"""Which pictures show the present round, whatever the clocks of the processes said that took them in."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from checklists.hazards import Hazard, State
from storage import types
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import HazardZone


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


def restart(patch: pytest.MonkeyPatch, *, ahead: timedelta = timedelta()) -> None:
    """As if the process began anew, on a machine whose clock is ahead by so much."""
    patch.setattr(types, "time", SimpleNamespace(time=lambda: time.time() + ahead.total_seconds()))
    patch.setattr(types, "_last", 0)


def returned(tx: Transaction, zone_of: HazardZone, hazard: Hazard) -> Hazard:
    return tx.hazard_life.send_back(hazard, reason="看不清", by=zone_of.people["赵监管"], at=NOW)


async def test_pictures_count_at_once_though_the_clock_was_ahead_when_it_was_returned(
    database: ZoneDatabase, zone_of: HazardZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in = await database.write(zone_of.handed_in)
    restart(monkeypatch, ahead=timedelta(days=1))
    back = await database.write(lambda tx: returned(tx, zone_of, handed_in))
    restart(monkeypatch)

    def again(tx: Transaction) -> tuple[list[int], Hazard]:
        for _ in range(3):
            zone_of.show_fixed(tx, back)
        sent = [a.id for a in tx.attachments.of_hazard(back.id)][1:]
        assert tx.hazard_life.evidence_ids(back) == sent
        return sent, tx.hazard_life.hand_in(back, by=zone_of.people["陈安全"], at=NOW)

    sent, hazard = await database.write(again)
    assert len(set(sent)) == 3
    assert sent == sorted(sent), "in the order they came"
    assert hazard.state is State.HANDED_IN


async def test_pictures_of_a_clock_ahead_do_not_count_in_the_next_round(
    database: ZoneDatabase, zone_of: HazardZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    restart(monkeypatch, ahead=timedelta(days=1))
    handed_in = await database.write(zone_of.handed_in)
    restart(monkeypatch)
    back = await database.write(lambda tx: returned(tx, zone_of, handed_in))
    assert await database.read(lambda tx: tx.hazard_life.evidence_count(back)) == 0
    await database.write(lambda tx: zone_of.show_fixed(tx, back))
    assert await database.read(lambda tx: tx.hazard_life.evidence_count(back)) == 1
