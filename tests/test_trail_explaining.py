"""Faults of the trail whose reason is known, checks that never succeed, and lists that were cut short."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.watching import TrailWatcher
from checklists.people import Role
from checklists.trail_checks import AGAIN_AFTER_FAILURE, LONG_AGO, Found, quiet_hour
from handlers.services import Services
from handlers.trail_checks import Outcome, finish, give_up, take_up
from handlers.trail_news import morning_lines
from storage.database import DatabaseFull, Unit, ZoneDatabase
from storage.head_file import NAME, HeadFile
from storage.tables import events
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.hazard_zone import HazardZone
from tests.living import settings_for
from tests.post import Post

NIGHT = datetime(2026, 11, 24, 3, 20, tzinfo=quiet_hour(NOW).tzinfo)
DAY = timedelta(days=1)
HEAD = "7:" + "a" * 64
LOST = Outcome(head=HEAD, head_at=NOW, events=7, found=(Found(table="events", wrong="head", number=3),), keys={})
ALTERED = replace(LOST, found=(*LOST.found, Found(table="hazards", wrong="altered", number=1)), keys={"hazards": ["1"]})
NEVER = "⚠️ 台账还从来没有核对成功过，请告诉管理服务器的人。"
REASON = "昨天服务器坏了，从备份恢复过<1>。"


@pytest.fixture
async def chief(database: ZoneDatabase, services: Services) -> AsyncIterator[Chat]:
    """An administrator in the chat."""
    chat = Chat(database, services, 801, name="赵主任")
    await chat.becomes(Role.ADMINISTRATOR)
    yield chat


async def check_finds(database: ZoneDatabase, outcome: Outcome, now: datetime) -> None:
    check = await database.write(lambda tx: take_up(tx, now))
    assert check is not None
    assert await database.write(lambda tx: finish(tx, check.token, outcome, now))


async def mornings(database: ZoneDatabase, now: datetime) -> list[str]:
    return await database.read(lambda tx: morning_lines(tx, now))


async def test_who_writes_the_reason_down_ends_the_complaint_but_not_the_record(
    database: ZoneDatabase, chief: Chat, services: Services
) -> None:
    await check_finds(database, LOST, NIGHT)
    assert len(await mornings(database, NIGHT)) == 1
    await chief.taps("us")
    assert "· 操作记录：以前抄下的末尾不见了，后面的可能被删过" in chief.text
    asking = chief.button("已查明，写原因").data
    await chief.taps(asking)
    await chief.says("   ")
    assert chief.text.startswith("<b>查明了是什么原因，怎么处理的？</b>")
    chief.now = NIGHT + timedelta(hours=6)
    await chief.says(REASON)
    assert "台账防改：上次核对 2026年11月24日 03:20，3 处改动，原因已查明" in chief.text
    assert "· 操作记录：以前抄下的末尾不见了" in chief.text
    explained = "已查明（赵主任，2026年11月24日 09:20）：昨天服务器坏了，从备份恢复过&lt;1&gt;。"
    assert explained in chief.text
    assert chief.labels == ["现在核对", "返回", "返回首页"]
    await chief.taps(asking)
    assert chief.toasts[-1] == "原因已经写过了。"
    assert explained in chief.text
    assert await mornings(database, NIGHT) == []

    def kept(tx: Transaction) -> list[Any]:
        return list(tx.connection.execute(events.select().where(events.c.what == "trail_explained")).mappings())

    [event] = await database.read(kept)
    assert REASON in event["body"]


async def test_it_stays_explained_until_something_else_is_found(
    database: ZoneDatabase, chief: Chat, services: Services
) -> None:
    await check_finds(database, LOST, NIGHT)
    await chief.taps("us")
    await chief.presses("已查明，写原因")
    await chief.says(REASON)
    await check_finds(database, LOST, NIGHT + DAY)
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.is_explained, check.clean_head, check.clean_at) == (True, HEAD, None)
    assert await mornings(database, NIGHT + DAY) == []

    await check_finds(database, ALTERED, NIGHT + 2 * DAY)
    assert len(await mornings(database, NIGHT + 2 * DAY)) == 1
    post = Post(database, services)
    await post.sends(NIGHT + 2 * DAY)
    told = [words for words in post.texts(801) if words.startswith("🚨")]
    assert len(told) == 2, "the first finding and the new one"
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.is_explained, check.reason) == (False, "")


async def test_a_reason_for_what_was_found_before_does_not_stand_for_what_is_found_now(
    database: ZoneDatabase, chief: Chat
) -> None:
    await check_finds(database, LOST, NIGHT)
    await chief.taps("us")
    await chief.presses("已查明，写原因")
    await check_finds(database, ALTERED, NIGHT + DAY)
    await chief.says(REASON)
    assert "又核对过一次，结果不一样了，请先看看。" in chief.text
    assert "· 隐患：1 处内容被改动过" in chief.text
    assert not (await database.read(lambda tx: tx.trail_checks.present())).is_explained
    await check_finds(database, replace(LOST, found=()), NIGHT + 2 * DAY)
    await chief.taps("ux:0")
    assert chief.toasts[-1] == "又核对过一次，结果不一样了，请先看看。"


def a_watcher(address: str, folder: Path, database: ZoneDatabase, now: datetime) -> TrailWatcher:
    settings = settings_for(address, folder, "http://127.0.0.1:9")
    return TrailWatcher(settings, database, clock=MovableClock(start=now), told=lambda: None)


async def test_heads_are_written_again_once_the_reason_is_known(
    database: ZoneDatabase, address: str, tmp_path: Path, chief: Chat
) -> None:
    """After a restore the copies of before are missed every night."""
    file = HeadFile(tmp_path)
    file.add(ZONE_ID, HEAD, at=NOW)
    assert await a_watcher(address, tmp_path, database, NIGHT).look()
    assert file.heads(ZONE_ID) == [HEAD]
    await chief.taps("us")
    await chief.presses("已查明，写原因")
    await chief.says(REASON)
    assert await a_watcher(address, tmp_path, database, NIGHT + DAY).look()
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert check.is_explained
    assert file.heads(ZONE_ID) == [HEAD, check.clean_head]


async def test_a_check_that_never_succeeded_is_reported_after_two_days_of_trying(
    database: ZoneDatabase, chief: Chat
) -> None:
    late = NIGHT + 400 * DAY  # the zone is old, its program new
    assert await mornings(database, late) == []
    check = await database.write(lambda tx: take_up(tx, late))
    assert check is not None
    await database.write(lambda tx: give_up(tx, check.token, late, failed=True))
    assert await mornings(database, late + LONG_AGO) == []
    assert await mornings(database, late + LONG_AGO + timedelta(minutes=1)) == [NEVER]
    chief.now = late + 3 * DAY
    await chief.taps("us")
    assert "⚠️ 台账防改：还从来没有核对成功过，请告诉管理服务器的人" in chief.text
    await check_finds(database, replace(LOST, found=()), late + 3 * DAY)
    assert await mornings(database, late + 3 * DAY) == []


async def test_a_check_asked_for_that_fails_is_made_again_though_the_night_was_good(database: ZoneDatabase) -> None:
    await check_finds(database, replace(LOST, found=()), NIGHT)
    noon = NIGHT + timedelta(hours=9)
    await database.write(lambda tx: tx.trail_checks.change(tx.trail_checks.present(), asked_by=1))
    first = await database.write(lambda tx: take_up(tx, noon))
    assert first is not None
    await database.write(lambda tx: give_up(tx, first.token, noon, failed=True))
    assert await database.write(lambda tx: take_up(tx, noon + AGAIN_AFTER_FAILURE / 2)) is None
    again = await database.write(lambda tx: take_up(tx, noon + AGAIN_AFTER_FAILURE))
    assert again is not None
    await database.write(lambda tx: give_up(tx, again.token, noon + AGAIN_AFTER_FAILURE, failed=False))
    await check_finds(database, replace(LOST, found=()), noon + AGAIN_AFTER_FAILURE)
    assert await database.write(lambda tx: take_up(tx, noon + 2 * AGAIN_AFTER_FAILURE)) is None


async def test_a_head_that_cannot_be_kept_is_a_failed_check(
    database: ZoneDatabase, address: str, tmp_path: Path, chief: Chat, services: Services
) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "gone" / "away")
    await chief.taps("uc")
    assert await a_watcher(address, tmp_path, database, NIGHT).look()
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.token, check.asked_by, check.checked_at) == ("", None, None)
    assert check.failed_at is not None
    post = Post(database, services)
    await post.sends(check.failed_at)
    assert post.texts(801) == [
        "台账这次没有核对成功，可能是数据库忙、打不开，或者服务器磁盘满了。过半小时会自动再核对一次。"
    ]
    assert not await a_watcher(address, tmp_path, database, NIGHT + AGAIN_AFTER_FAILURE / 2).look()
    (tmp_path / NAME).unlink()
    assert await a_watcher(address, tmp_path, database, NIGHT + 2 * AGAIN_AFTER_FAILURE).look()
    assert (await database.read(lambda tx: tx.trail_checks.present())).checked_at is not None


class Filling:
    """A zone's database whose disk has no room for some units, from the third on."""

    def __init__(self, database: ZoneDatabase, refused: int) -> None:
        self.database, self.zone_id = database.database, database.zone_id
        self._zone, self._units, self._refused = database, 0, refused

    async def read(self, unit: Unit[Any]) -> Any:
        return await self._zone.read(unit)

    async def write(self, unit: Unit[Any]) -> Any:
        self._units += 1
        if 1 < self._units <= 1 + self._refused:
            raise DatabaseFull
        return await self._zone.write(unit)


async def test_a_disk_that_is_full_when_the_result_is_kept_is_a_failed_check(
    database: ZoneDatabase, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.watching._AGAIN_S", 0.01)
    monkeypatch.setattr("bot.watching._BEAT_S", 1000.0)
    full: Any = Filling(database, refused=3)
    assert await a_watcher(address, tmp_path, full, NIGHT).look()
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.token, check.checked_at) == ("", None)
    assert check.failed_at is not None


async def test_cut_lists_say_so(database: ZoneDatabase, services: Services, chief: Chat) -> None:
    town = HazardZone()

    def hazards(tx: Transaction) -> list[str]:
        town.found(tx)
        return [str(town.find(tx, words=f"积灰{n}").id) for n in range(6)]

    keys = await database.write(hazards)
    outcome = replace(ALTERED, keys={"hazards": keys}, found=(Found(table="hazards", wrong="altered", number=6),))
    await check_finds(database, outcome, NIGHT)
    await check_finds(database, replace(outcome, keys={"hazards": keys[:2]}, cut=True), NIGHT + DAY)
    await check_finds(database, replace(outcome, keys={"hazards": keys[:5]}), NIGHT + 2 * DAY)
    post = Post(database, services)
    await post.sends(NIGHT + 2 * DAY)
    first, cut, whole = [words for words in post.texts(801) if words.startswith("🚨")]
    assert "\n涉及隐患（前 5 条）：Z1-2026-0001、" in first
    assert "只数到这里" not in first
    assert "处内容被改动过\n只数到这里，实际可能更多。\n涉及隐患（前 2 条）：Z1-2026-0001、Z1-2026-0002\n" in cut
    assert "\n涉及隐患：Z1-2026-0001、" in whole


@pytest.mark.tampers
async def test_a_check_that_stops_counting_says_so(
    database: ZoneDatabase, address: str, tmp_path: Path, chief: Chat
) -> None:
    file = HeadFile(tmp_path)
    lines = (f"2026-11-24T03:20:00+08:00 {ZONE_ID} {number}:{'a' * 64}\n" for number in range(1001))
    (tmp_path / NAME).write_text("".join(lines))
    assert len(file.heads(ZONE_ID)) == 1001
    assert await a_watcher(address, tmp_path, database, NIGHT).look()
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.cut, check.faults) == (True, 1000)
    await chief.taps("us")
    assert "只数到这里，实际可能更多。" in chief.text
