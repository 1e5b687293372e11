"""The sender against the stand-in over real HTTP: every trouble of the network and of Telegram, and kill -9."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.pacing import Pacing
from bot.sandbox.faults import Fault
from bot.sender import Sender
from bot.telegram import make_bot
from checklists.deliveries import Delivery, DeliveryState
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.sandbox import TOKEN, Person, Sandbox, running_sandbox
from tests.sending import note


@dataclass
class Office:
    """A sandbox, a sender and one person who has started the bot."""

    sandbox: Sandbox
    sender: Sender
    database: ZoneDatabase
    clock: MovableClock
    wang: Person

    async def queues(self, dedupe: str, *, chat_id: int = 0, **about: Any) -> None:
        def unit(tx: Transaction) -> None:
            person = tx.people.add(name="王厂长", telegram_id=self.wang.id, at=NOW)
            if chat_id:
                tx.deliveries.add_to_chat("note", dedupe, chat_id, about, NOW, NOW)
            else:
                tx.deliveries.add("note", dedupe, person, about, NOW, NOW)

        await self.database.write(unit)

    async def goes_wrong(self, **fault: Any) -> None:
        self.sandbox.world.faults.add(Fault(**fault))

    async def sends(self, after: timedelta = timedelta()) -> None:
        self.clock.move(self.clock.now() + after)
        await self.sender.drain(self.clock.now())

    async def delivery(self, dedupe: str) -> Delivery:
        found = await self.database.read(lambda tx: tx.deliveries.by_dedupe(dedupe))
        assert found is not None
        return found

    async def reachable(self) -> bool:
        person = await self.database.read(lambda tx: tx.people.by_telegram(self.wang.id))
        assert person is not None
        return person.reachable


@pytest.fixture
async def office(database: ZoneDatabase, services: Services) -> AsyncIterator[Office]:
    async with running_sandbox() as sandbox:
        bot = make_bot(token=TOKEN, base_url=sandbox.base_url, proxy=None)
        await bot.initialize()
        clock = MovableClock(start=NOW)
        sender = Sender(database=database, bot=bot, services=services, clock=clock, renderers={"note": note})
        yield Office(sandbox, sender, database, clock, await sandbox.person(started=True))
        await bot.shutdown()
        sandbox.assert_no_violations()


async def test_what_waits_is_sent_once(office: Office) -> None:
    await office.queues("a", text="<b>自查提醒</b>")
    await office.sends()
    await office.sends()
    assert await office.wang.screen() == ["自查提醒"]
    sent = await office.delivery("a")
    assert (sent.state, sent.message_id) == (DeliveryState.SENT, (await office.wang.last())["message_id"])
    assert await office.sender.idle(office.clock.now()) is True


async def test_a_changed_message_is_edited_in_place_and_an_unchanged_one_counts_as_sent(office: Office) -> None:
    await office.queues("a", text="一")
    await office.sends()
    row = await office.delivery("a")
    await office.database.write(lambda tx: tx.deliveries.again(row.id, office.clock.now()))
    assert await office.sender.idle(office.clock.now()) is False
    await office.sends()
    assert await office.wang.screen() == ["一"]
    assert (await office.delivery("a")).state is DeliveryState.SENT


async def test_an_edit_of_a_deleted_message_comes_as_a_new_one(office: Office) -> None:
    await office.queues("a", text="一")
    await office.sends()
    row = await office.delivery("a")
    await office.sandbox.calls("deleteMessage", chat_id=office.wang.id, message_id=row.message_id)
    await office.database.write(lambda tx: tx.deliveries.again(row.id, office.clock.now()))
    await office.sends()
    assert await office.wang.screen() == ["一"]
    assert (await office.delivery("a")).message_id != row.message_id


async def test_a_file_goes_out(office: Office) -> None:
    await office.queues("a", text="名单在这里", file=True)
    await office.sends()
    last = await office.wang.last()
    assert (last["document"]["file_name"], last["caption"]) == ("名单.txt", "名单在这里")


async def test_what_is_not_needed_any_more_is_not_sent(office: Office) -> None:
    await office.queues("a")
    await office.sends()
    assert await office.wang.screen() == []
    assert (await office.delivery("a")).state is DeliveryState.WITHDRAWN


async def test_a_blocked_bot_is_an_outcome_and_the_person_is_marked(office: Office) -> None:
    await office.wang.blocks()
    await office.queues("a", text="一")
    await office.sends()
    refused = await office.delivery("a")
    assert (refused.state, refused.outcome) == (DeliveryState.REFUSED, "Forbidden: bot was blocked by the user")
    assert await office.reachable() is False
    await office.wang.blocks(False)
    await office.queues("b", text="二")
    await office.sends()
    assert await office.reachable() is True


async def test_somebody_who_never_started_the_bot_is_unreachable(office: Office) -> None:
    stranger = await office.sandbox.person("陈厂长")
    await office.queues("a", chat_id=stranger.id, text="一")
    await office.sends()
    assert (await office.delivery("a")).state is DeliveryState.REFUSED


async def test_too_many_requests_are_waited_out_while_other_chats_go_on(office: Office) -> None:
    chen = await office.sandbox.person("陈厂长", started=True)
    await office.goes_wrong(error_code=429, chat_id=office.wang.id, parameters={"retry_after": 30})
    await office.queues("a", text="一")
    await office.queues("b", chat_id=chen.id, text="二")
    await office.sends()
    assert (await office.wang.screen(), await chen.screen()) == ([], ["二"])
    waiting = await office.delivery("a")
    assert (waiting.state, waiting.outcome) == (DeliveryState.WAITING, "RetryAfter")
    assert timedelta(seconds=29) < waiting.not_before - office.clock.now() <= timedelta(seconds=30)


async def test_a_short_pause_is_waited_out_at_once(office: Office) -> None:
    await office.goes_wrong(error_code=429, parameters={"retry_after": 1})
    await office.queues("a", text="一")
    began = time.monotonic()
    await office.sends()
    assert await office.wang.screen() == ["一"]
    assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("fault", [{"error_code": 502}, {"error_code": 500}, {"drop": True}])
async def test_short_troubles_are_bridged(office: Office, fault: dict[str, Any]) -> None:
    await office.goes_wrong(**fault, times=2)
    await office.queues("a", text="一")
    await office.sends()
    assert await office.wang.screen() == ["一"]


async def test_long_troubles_are_tried_again_for_days(office: Office) -> None:
    await office.goes_wrong(drop=True, times=9)
    await office.queues("a", text="一")
    for wait in (0, 6, 11):
        await office.sends(timedelta(seconds=wait))
        assert await office.wang.screen() == []
    assert (await office.delivery("a")).outcome == "NetworkError"
    await office.sends(timedelta(days=3))
    assert await office.wang.screen() == ["一"]


async def test_a_group_that_became_a_supergroup_is_followed(office: Office) -> None:
    group = await office.sandbox.group("滨河木业", office.wang)
    moved = (await office.sandbox.control.post("migrate", {"chat_id": group}))["id"]
    await office.queues("a", chat_id=group, text="一")
    await office.sends()
    assert "一" in await office.wang.screen(moved)
    assert (await office.delivery("a")).chat_id == moved


async def test_what_telegram_never_takes_is_given_up_and_logged_without_its_words(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.queues("a", text="<b>秘密")
    await office.sends()
    assert (await office.delivery("a")).state is DeliveryState.GIVEN_UP
    assert "was not accepted by Telegram" in caplog.text
    assert "秘密" not in caplog.text
    assert TOKEN.split(":")[1] not in caplog.text


async def test_a_kind_nobody_knows_is_tried_some_times_and_given_up(office: Office) -> None:
    await office.database.write(lambda tx: tx.deliveries.add_to_chat("?", "a", office.wang.id, {}, NOW, NOW))
    for _ in range(6):
        await office.sends(timedelta(minutes=11))
    assert (await office.delivery("a")).state is DeliveryState.GIVEN_UP


async def test_what_cannot_be_sent_for_a_fault_of_ours_is_tried_some_times_and_given_up(office: Office) -> None:
    await office.queues("a", lost=True, text="一")
    await office.sends()
    waiting = await office.delivery("a")
    assert (waiting.state, waiting.attempts, waiting.outcome) == (DeliveryState.WAITING, 1, "could not be sent")
    assert waiting.not_before > office.clock.now()
    for _ in range(5):
        await office.sends(timedelta(minutes=11))
    assert (await office.delivery("a")).state is DeliveryState.GIVEN_UP


async def test_a_rejected_token_loses_nothing(office: Office) -> None:
    await office.goes_wrong(error_code=401)
    await office.queues("a", text="一")
    await office.sends()
    assert (await office.delivery("a")).outcome == "InvalidToken"
    await office.sends(timedelta(minutes=1))
    assert await office.wang.screen() == ["一"]


async def test_the_loop_wakes_at_once_and_ends_when_told(office: Office) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(office.sender.run(stop))
    await asyncio.sleep(0.2)
    await office.queues("a", text="一")
    office.sender.wake()
    for _ in range(100):
        if await office.wang.screen():
            break
        await asyncio.sleep(0.02)
    assert await office.wang.screen() == ["一"]
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_real_limits_of_telegram_are_not_hit(office: Office) -> None:
    people = [await office.sandbox.person(f"样板{n}", started=True) for n in range(60)]
    await office.sandbox.control.post("limits", {"enforce": True})
    for number, person in enumerate(people):
        await office.queues(f"d{number}", chat_id=person.id, text="一")
    began = time.monotonic()
    await office.sends()
    assert 2.0 < time.monotonic() - began < 8.0
    assert [await person.screen() for person in people] == [["一"]] * 60
    refused = [line for line in office.sandbox.world.recorder.lines if b"Too Many Requests" in line]
    assert refused == []


async def test_one_refused_chat_pauses_alone_and_two_pause_all() -> None:
    seconds = 100.0
    pacing = Pacing(10, clock=lambda: seconds)
    pacing.refused(1, 20)
    assert 20.0 < pacing.chat_free_in(1) < 20.1
    assert (pacing.chat_free_in(2), pacing.most) == (0.0, 10)
    await asyncio.wait_for(pacing.turn(2), 1)
    pacing.refused(2, 5)
    assert pacing.most == 9
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pacing.turn(3), 0.1)
    seconds = 121.0
    await asyncio.wait_for(pacing.turn(3), 1)


@pytest.mark.slow
async def test_a_killed_sender_repeats_at_most_what_was_in_flight(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    async with running_sandbox() as sandbox:
        people = [await sandbox.person(f"样板{n}", started=True) for n in range(12)]
        made = datetime.now(NOW.tzinfo)

        def queue_all(tx: Transaction) -> None:
            for person in people:
                for number in range(3):
                    words = {"text": f"第{number}条"}
                    tx.deliveries.add_to_chat("note", f"{person.id}:{number}", person.id, words, made, made)

        await database.write(queue_all)
        repeated = 0
        for enough in (4, 13, 21, 36):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.sending", address, sandbox.base_url, str(tmp_path)
            )
            with contextlib.suppress(ProcessLookupError):
                deadline = time.monotonic() + 30
                while await _arrived(people) < enough and time.monotonic() < deadline:
                    await asyncio.sleep(0.005)
                if enough == 36:
                    await _until_recorded(database)
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()
        for person in people:
            counted = Counter(await person.screen())
            assert set(counted) == {"第0条", "第1条", "第2条"}
            repeated += sum(counted.values()) - 3
            assert max(counted.values()) <= 2
        # three kills, and one message a chat in flight at each
        assert repeated <= 3 * len(people)
        states = await database.read(
            lambda tx: tx.deliveries.counts(since=made, until=datetime.max.replace(tzinfo=NOW.tzinfo), now=made)
        )
        assert (states.sent, states.waiting) == (36, 0)


async def _arrived(people: list[Person]) -> int:
    return sum([len(set(await person.screen())) for person in people])


async def _until_recorded(database: ZoneDatabase) -> None:
    for _ in range(500):
        if await database.read(lambda tx: tx.deliveries.next_due()) is None:
            return
        await asyncio.sleep(0.02)
