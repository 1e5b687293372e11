"""Long looks: read beside the writer, once for all who ask, and the tap is answered with what was found."""

import asyncio
import threading
from collections.abc import Callable
from datetime import date

import pytest

from handlers.answering import Incoming, Kind
from handlers.looking import Looks
from handlers.replies import Reply, data
from handlers.routes import ROUTER
from handlers.routing import LongLook
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.ratings import Ratings
from storage.transaction import Transaction
from tests.hazard_zone import HazardZone
from tests.post import at

NOW = at(date(2026, 12, 10), 10)


@pytest.fixture
async def zone(database: ZoneDatabase) -> HazardZone:
    zone = HazardZone()
    await database.write(lambda tx: zone.found(tx, at=at(date(2026, 1, 4), 9)))
    return zone


def press(update: int, by: int, payload: str) -> Incoming:
    return Incoming(update_id=update, kind=Kind.PRESS, chat_id=by, telegram_id=by, name="某人", text=payload)


def chat_of(zone: HazardZone, name: str) -> int:
    return list(zone.people).index(name) + 1


class Held:
    """Reckonings that wait until they are let go; which threads did them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.going, self.begun = threading.Event(), threading.Event()
        self.threads: list[str] = []
        of_all = Ratings.of_all

        def held(ratings: Ratings, year: int, *, today: date) -> object:
            self.threads.append(threading.current_thread().name)
            self.begun.set()
            assert self.going.wait(20)
            return of_all(ratings, year, today=today)

        monkeypatch.setattr(Ratings, "of_all", held)


def pressing(
    database: ZoneDatabase, services: Services, looks: Looks
) -> Callable[[int, int, str], "asyncio.Task[Reply]"]:
    def presses(update: int, by: int, payload: str) -> "asyncio.Task[Reply]":
        did = press(update, by, payload)
        return asyncio.create_task(looks.answer(did, router=ROUTER, services=services, clock=lambda: NOW))

    return presses


async def test_others_tap_and_write_while_all_ratings_are_reckoned_once_for_two_officers(
    database: ZoneDatabase, zone: HazardZone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    presses = pressing(database, services, Looks(database))
    first = presses(1, chat_of(zone, "赵监管"), data("bu", 2026))
    second = presses(2, chat_of(zone, "钱审核"), data("bu", 2026))
    assert await asyncio.to_thread(held.begun.wait, 20)
    home = await asyncio.wait_for(presses(3, chat_of(zone, "王厂长"), data("be", zone.enterprise_id, 2026, 0)), 20)
    assert home.screen is not None
    assert "95 分" in home.screen.text
    await asyncio.wait_for(database.write(lambda tx: tx.notes.set("somebody", "wrote")), 20)
    assert not first.done()
    held.going.set()
    for reply in await asyncio.gather(first, second):
        assert reply.screen is not None
        assert "1. 95 分" in reply.screen.text
    assert len(held.threads) == 1
    assert held.threads[0].startswith("zicha-read")


async def test_what_was_confirmed_while_it_was_reckoned_is_not_lost_from_the_list(
    database: ZoneDatabase, zone: HazardZone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    presses = pressing(database, services, Looks(database))
    january = at(date(2027, 1, 12), 10)

    def button(tx: Transaction) -> str:
        rating = tx.ratings.of_firm(zone.enterprise_id, 2026, today=january.date())
        assert rating is not None
        return data("bn", zone.enterprise_id, 2026, rating.mark)

    monkeypatch.setattr("tests.test_looking.NOW", january)
    listed = presses(1, chat_of(zone, "赵监管"), data("bu", 2026))
    assert await asyncio.to_thread(held.begun.wait, 20)
    await presses(2, chat_of(zone, "孙科长"), await database.read(button))
    held.going.set()
    reply = await listed
    assert reply.screen is not None
    assert "1. 95 分　优（好）　样例木业有限公司 ✅" in reply.screen.text


async def test_a_look_that_fails_is_forgotten_and_the_next_one_reads_again(database: ZoneDatabase) -> None:
    looks, tries = Looks(database), []

    def read(_tx: Transaction) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise LookupError
        return 7

    with pytest.raises(LookupError):
        await looks.read(LongLook("x", read))
    assert await looks.read(LongLook("x", read)) == 7
