"""Long files on their way to the phone: troubles with one of them, taken back half way, processes that misbehave."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot import children, long_files, making
from bot.sandbox.faults import Fault
from checklists.deliveries import DeliveryState
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.ledger_desk import Desk, running_desk
from tests.maker import PARTS
from tests.sandbox import Person

PHOTOS = "发台账和照片：全部（压缩包）"
NAMES = [f"台账-{part}.zip" for part in range(1, PARTS + 1)]
FAILED = "这次没有做成，请看下面的消息。"
BROKEN = "文件没有做成。请再试一次，还不行就告诉管理员。"


@dataclass(slots=True, kw_only=True)
class Later(Fault):
    """Strikes only after so many calls that went well."""

    after: int = 1

    def fits(self, method: str, chat_id: int) -> bool:
        if not Fault.fits(self, method, chat_id):
            return False
        self.after -= 1
        return self.after < 0


@pytest.fixture
async def desk(database: ZoneDatabase, services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Files are made by tests.maker, three of them unless the test says otherwise."""
    monkeypatch.setattr(making, "_MODULE", "tests.maker")
    monkeypatch.setenv("ZICHA_TEST_MAKER", "parts")
    async with running_desk(database, services) as desk:
        yield desk


def second_part_meets(desk: Desk, **fault: Any) -> None:
    desk.sandbox.world.faults.add(Later(method="sendDocument", **fault))


async def arrived(desk: Desk) -> list[str]:
    return [name for name, _, _ in await desk.documents()]


async def until_arrived(desk: Desk, number: int) -> None:
    async def have() -> bool:
        return len(await arrived(desk)) == number

    await until(have)


@pytest.mark.parametrize("fault", [{"error_code": 429, "parameters": {"retry_after": 6}}, {"drop": True, "times": 5}])
async def test_trouble_with_one_file_is_waited_out_and_none_comes_twice(
    desk: Desk, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "_ROUNDS_S", (0.1,) * 5)
    second_part_meets(desk, **fault)
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    assert await arrived(desk) == NAMES
    assert (await desk.phone.screen())[0] == "文件都发来了，共 0 条。"
    assert (await desk.delivery()).state is DeliveryState.SENT
    assert desk.left_over == []


@pytest.mark.parametrize(
    ("fault", "tries", "words"),
    [
        ({"drop": True, "times": 99}, 6, "第 2 个文件没有发出去，共 3 个，网络不好。请再按一次。"),
        (
            {"error_code": 413, "description": "Request Entity Too Large", "times": 99},
            1,
            "第 2 个文件太大，Telegram 不收，共 3 个。请先筛选，再发清单里筛选的。",
        ),
        (
            {"error_code": 400, "description": "Bad Request: wrong file", "times": 99},
            1,
            "第 2 个文件没有发出去，共 3 个，Telegram 不收。请告诉管理员。",
        ),
    ],
)
async def test_a_file_that_does_not_go_out_ends_in_words_and_is_not_begun_anew(
    desk: Desk, fault: dict[str, Any], tries: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "_ROUNDS_S", (0.1,) * 5)
    second_part_meets(desk, **fault)
    order = await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    assert await arrived(desk) == NAMES[:1]
    assert await desk.phone.screen() == [FAILED, NAMES[0], words]
    assert 99 - desk.sandbox.world.faults.waiting[0].times == tries
    ended = await desk.delivery()
    assert (ended.id, ended.state) == (order.id, DeliveryState.SENT)
    assert desk.left_over == []
    desk.sandbox.world.faults.clear()
    desk.chat.now = NOW + timedelta(minutes=1)
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(desk.chat.now)
    assert await arrived(desk) == [*NAMES[:1], *NAMES]


async def test_words_about_a_failure_outlive_a_network_that_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "_ROUNDS_S", ())
    second_part_meets(desk, drop=True, times=99)
    desk.sandbox.world.faults.add(Later(method="sendMessage", drop=True, times=3))  # the card came through before
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    waiting = await desk.delivery()
    assert (waiting.state, waiting.outcome) == (DeliveryState.WAITING, "NetworkError")
    await desk.sender.drain(waiting.not_before)
    assert await arrived(desk) == NAMES[:1]
    assert (await desk.phone.screen())[-1] == "第 2 个文件没有发出去，共 3 个，网络不好。请再按一次。"


@pytest.mark.parametrize(
    ("out", "words"), [(1, "已停止。前面的文件已经发出，后面的不发了。"), (0, "已停止，不发文件了。")]
)
async def test_what_was_not_sent_yet_can_be_stopped(desk: Desk, out: int, words: str) -> None:
    desk.sandbox.world.faults.add(
        Later(method="sendDocument", error_code=429, parameters={"retry_after": 60}, after=out)
    )
    await desk.asks_for(PHOTOS)
    drained = asyncio.create_task(desk.sender.drain(NOW))
    await until_arrived(desk, out)
    while desk.sandbox.world.faults.waiting:
        await asyncio.sleep(0.05)
    card = (await desk.phone.messages())[0]
    assert card["text"] == "文件做好了，共 0 条，正在发来。"
    began = time.monotonic()
    await desk.chat.taps(card["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    assert desk.chat.text == words
    await drained
    assert time.monotonic() - began < 30
    assert await arrived(desk) == NAMES[:out]
    assert (await desk.delivery()).state is DeliveryState.WITHDRAWN
    assert desk.left_over == []


@asynccontextmanager
async def sending(desk: Desk) -> AsyncIterator[None]:
    """The sender looks by itself, as in the bot."""
    stop = asyncio.Event()
    running = asyncio.create_task(desk.sender.run(stop))
    yield
    stop.set()
    await running


async def until(true: Callable[[], Awaitable[object]]) -> None:
    for _ in range(1200):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")


async def test_other_messages_come_while_a_file_waits(desk: Desk) -> None:
    second_part_meets(desk, error_code=500, times=3)  # for some 26 seconds
    await desk.asks_for(PHOTOS)
    async with sending(desk):
        await until_arrived(desk, 1)
        await desk.database.write(lambda tx: tx.deliveries.add_present(desk.phone.id, at=NOW))
        desk.sender.wake()
        await until_arrived(desk, PARTS)
    screen = await desk.phone.screen()
    assert (screen[1], screen[3:]) == (NAMES[0], NAMES[1:])
    assert screen[2].startswith("隐患统计")


@pytest.mark.parametrize("way", ["nonsense", "ends", "silent", "gone"])
async def test_whatever_goes_wrong_ends_in_words_and_is_not_begun_anew(
    desk: Desk, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZICHA_TEST_MAKER", way)
    monkeypatch.setattr(children, "SILENT_S", 2.0 if way == "silent" else children.SILENT_S)
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    assert await desk.phone.screen() == [FAILED, BROKEN]
    assert (await desk.delivery()).state is DeliveryState.SENT
    assert await desk.sender.idle(NOW)
    assert desk.left_over == []


async def test_a_long_line_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZICHA_TEST_MAKER", "long line")
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    assert await arrived(desk) == NAMES


async def test_temporary_files_of_the_process_are_below_its_folder(desk: Desk) -> None:
    await desk.asks_for(PHOTOS)
    await desk.sender.drain(NOW)
    [place] = {content.decode() for _, _, content in await desk.documents()}
    assert place.startswith(str(desk.services.making_of(ZONE_ID)))


async def test_the_file_of_another_is_waited_for_and_that_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZICHA_TEST_MAKER", "silent")
    other = await desk.sandbox.person("钱监管", started=True)

    def joins(tx: Transaction) -> None:
        person = tx.people.add(name="钱监管", telegram_id=other.id, at=NOW)
        tx.people.assign(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)

    await desk.database.write(joins)
    await desk.asks_for(PHOTOS)
    async with sending(desk):
        await until(desk.phone.messages)
        later = Chat(desk.database, desk.services, other.id, "钱监管")
        await later.taps("gz:photos")
        desk.sender.wake()
        await until(other.messages)
        waiting = "排队中：前面还有别的文件在做，轮到了马上开始。您可以先做别的，好了自动发来。"
        assert await other.screen() == [waiting]
        assert await other.buttons() == [["不要了"]]
        monkeypatch.setenv("ZICHA_TEST_MAKER", "parts")
        [[button]] = (await desk.phone.last())["reply_markup"]["inline_keyboard"]
        await desk.chat.taps(button["callback_data"])
        await until(lambda: _all_sent(other))
    assert await other.screen() == ["文件都发来了，共 0 条。", *NAMES]
    assert await arrived(desk) == []


async def _all_sent(phone: Person) -> bool:
    return (await phone.screen())[0].startswith("文件都发来了")
