"""The trail is checked every night beside the bot: alterations are told, lost heads are missed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.clock import MovableClock
from bot.watching import TrailWatcher
from checklists.people import Role
from checklists.trail_checks import AGAIN_AFTER_FAILURE, LEASE, TrailCheck, quiet_hour
from handlers.services import Services
from handlers.trail_checks import Outcome, finish, give_up, note_progress, take_up
from handlers.trail_news import CONTENTS, HOW
from storage import sealing
from storage.database import Database, ZoneDatabase
from storage.head_file import NAME, HeadFile
from storage.reading import reading
from storage.seal_book import SealBook
from storage.tables import events
from storage.verification import Wrong, faults
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.living import Town, running_town, settings_for
from tests.post import Post
from tests.sandbox import Person

NIGHT = datetime(2026, 11, 24, 3, 20, tzinfo=quiet_hour(NOW).tzinfo)
DAY = timedelta(days=1)
HEAD = "7:" + "a" * 64
GOOD = Outcome(head=HEAD, head_at=NOW, events=7, found=(), keys={})


@pytest.mark.parametrize(
    ("check", "now", "due"),
    [
        (TrailCheck(), NIGHT - timedelta(seconds=1), False),
        (TrailCheck(), NIGHT, True),
        (TrailCheck(), NIGHT + 40 * DAY, True),
        (TrailCheck(checked_at=NIGHT), NIGHT + timedelta(hours=23), False),
        (TrailCheck(checked_at=NIGHT), NIGHT + DAY, True),
        (TrailCheck(checked_at=NIGHT + DAY), NIGHT + timedelta(hours=1), False),
        (TrailCheck(checked_at=NIGHT + DAY), NIGHT, False),
        (TrailCheck(checked_at=NIGHT + 9 * DAY), NIGHT, True),
        (TrailCheck(asked_by=3, checked_at=NIGHT), NIGHT + timedelta(hours=1), True),
        (TrailCheck(token="x", beat_at=NIGHT), NIGHT + LEASE - timedelta(seconds=1), False),
        (TrailCheck(token="x", beat_at=NIGHT), NIGHT + LEASE, True),
        (TrailCheck(token="x", beat_at=NIGHT + 9 * DAY), NIGHT, True),
        (TrailCheck(failed_at=NIGHT), NIGHT + AGAIN_AFTER_FAILURE - timedelta(seconds=1), False),
        (TrailCheck(failed_at=NIGHT), NIGHT + AGAIN_AFTER_FAILURE, True),
    ],
)
def test_it_is_due_once_a_night_and_when_asked_and_not_while_another_is_at_it(
    check: TrailCheck, now: datetime, due: bool
) -> None:
    assert check.is_due(now, founded_at=NOW) is due


async def test_of_two_processes_one_takes_it_up_and_only_its_result_counts(database: ZoneDatabase) -> None:
    first = await database.write(lambda tx: take_up(tx, NIGHT))
    assert first is not None
    assert await database.write(lambda tx: take_up(tx, NIGHT)) is None
    assert await database.write(lambda tx: note_progress(tx, first.token, 40, NIGHT + LEASE / 2))
    assert await database.write(lambda tx: take_up(tx, NIGHT + LEASE)) is None
    second = await database.write(lambda tx: take_up(tx, NIGHT + 2 * LEASE))
    assert second is not None
    assert not await database.write(lambda tx: note_progress(tx, first.token, 50, NIGHT + 2 * LEASE))
    assert not await database.write(lambda tx: finish(tx, first.token, GOOD, NIGHT + 2 * LEASE))
    assert await database.write(lambda tx: finish(tx, second.token, GOOD, NIGHT + 2 * LEASE))
    assert not await database.write(lambda tx: finish(tx, second.token, GOOD, NIGHT + 2 * LEASE))
    kept = await database.read(lambda tx: tx.trail_checks.present())
    assert (kept.clean_head, kept.checked_at, kept.token) == (HEAD, NIGHT + 2 * LEASE, "")
    assert await database.write(lambda tx: take_up(tx, NIGHT + 3 * LEASE)) is None


async def test_a_check_begun_from_an_old_look_changes_nothing(database: ZoneDatabase) -> None:
    old = await database.read(lambda tx: tx.trail_checks.present())
    assert await database.write(lambda tx: tx.trail_checks.change(old, percent=3)) == replace(old, percent=3)
    assert await database.write(lambda tx: tx.trail_checks.change(old, percent=4)) is None


async def test_a_failed_check_is_made_again_later_and_a_stopped_one_at_once(database: ZoneDatabase) -> None:
    for failed, wait in ((False, timedelta()), (True, AGAIN_AFTER_FAILURE)):
        check = await database.write(lambda tx: take_up(tx, NIGHT))
        assert check is not None
        await database.write(lambda tx, t=check.token, f=failed: give_up(tx, t, NIGHT, failed=f))  # type: ignore[misc]
        if wait:
            assert await database.write(lambda tx: take_up(tx, NIGHT)) is None
        again = await database.write(lambda tx, w=wait: take_up(tx, NIGHT + w))  # type: ignore[misc]
        assert again is not None
        await database.write(lambda tx, t=again.token: give_up(tx, t, NIGHT, failed=False))  # type: ignore[misc]


def test_heads_stand_in_a_file_that_survives_a_torn_line(tmp_path: Path) -> None:
    file, other = HeadFile(tmp_path / "data"), "8:" + "b" * 64
    assert file.heads(1) == []
    file.add(1, HEAD, at=NOW)
    file.add(1, HEAD, at=NOW)
    file.add(2, other, at=NOW)
    path = tmp_path / "data" / NAME
    assert path.read_text().splitlines() == [
        f"2026-11-23T10:00:00+08:00 1 {HEAD}",
        f"2026-11-23T10:00:00+08:00 2 {other}",
    ]
    with path.open("a") as torn:
        torn.write("2026-11-24T03:20:00+08:00 1 9:cccc")
    file.add(1, other, at=NOW)
    assert (file.heads(1), file.heads(2)) == ([HEAD, other], [other])


def test_the_book_of_seals_keeps_gives_and_crosses_out() -> None:
    book = SealBook()
    for key, seal in (("1", "a"), ("2", "b"), ("3", "c"), ("3", "")):
        book.note("hazards", key, seal)
    book.note("people", "1", "p")
    assert (book.known("hazards", "2"), book.known("hazards", "9"), book.take("hazards", "1")) == ("b", "", "a")
    assert (book.take("hazards", "1"), list(book.left("hazards")), book.take("people", "1")) == ("", [("2", "b")], "p")
    book.close()


async def test_what_is_written_during_a_check_beside_the_bot_is_no_alteration(database: ZoneDatabase) -> None:
    """The check sees one moment: the chain it read first and the rows it reads last belong together."""
    address = database.database.url.render_as_string(hide_password=False)
    await database.write(lambda tx: tx.people.add(name="王厂长", telegram_id=1, at=NOW))
    with reading(address, ZONE_ID) as tx:
        head = tx.trail.head()
        await database.write(lambda tx: tx.people.add(name="李老板", telegram_id=2, at=NOW))
        assert [str(f) for f in faults(tx)] == []
        assert tx.trail.head() == head
    with reading(address, ZONE_ID) as tx:
        assert tx.trail.head().number > head.number


def test_every_kept_table_and_every_fault_has_words_for_people() -> None:
    assert {t.name for t in sealing.kept_tables()} - set(CONTENTS) == set()
    assert {w.value for w in Wrong} == set(HOW)


# -- the bot


@asynccontextmanager
async def a_night_town(address: str, folder: Path) -> AsyncIterator[tuple[Town, Person, Person]]:
    """A town with an administrator and an officer, and a firm whose name can be altered."""
    async with running_town(address, folder) as town:
        chief = await town.meets("赵主任", Role.ADMINISTRATOR)
        officer = await town.meets("陈监管", Role.OFFICER)
        await town.enterprise()
        yield town, chief, officer


def by_sql(address: str, *statements: str) -> None:
    """What somebody does who passes the program by."""
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def checked(town: Town, now: datetime) -> TrailCheck:
    """Move the clock to this night and wait until the check is finished and told."""
    await town.moves_to(now)
    for _ in range(600):
        check = await town.database.read(lambda tx: tx.trail_checks.present())
        if check.checked_at is not None and check.checked_at >= now and not check.token:
            await town.quiet()
            return check
        await asyncio.sleep(0.05)
    raise AssertionError("the trail was not checked")


@pytest.mark.tampers
async def test_an_alteration_by_sql_is_told_the_same_night(address: str, tmp_path: Path) -> None:
    async with a_night_town(address, tmp_path) as (town, chief, officer):
        clean = await checked(town, NIGHT)
        assert clean.found == ()
        assert await chief.screen() == await officer.screen() == []
        by_sql(address, "UPDATE enterprises SET name = '改过的名字'", "DELETE FROM enterprise_trades")
        await checked(town, NIGHT + DAY)
        expected = (
            "🚨 台账被改动过\n"
            "2026年11月25日 03:20核对，下面这些和本系统写下的不一样：\n"
            "· 企业资料：1 处被删掉了、1 处内容被改动过\n"
            "2026年11月24日 03:20核对时还是好的，改动发生在那以后。\n"
            "\n"
            "可能有人绕过本系统改了数据库，也可能是磁盘坏了。请先不要动数据库，马上找管理服务器的人，"
            "在服务器上运行 zicha trail verify，逐条看是哪些。"
        )
        assert (await chief.screen())[-1] == (await officer.screen())[-1] == expected
        await checked(town, NIGHT + 2 * DAY)
        told = [words for words in await officer.screen() if words.startswith("🚨")]
        assert told == [expected]
        await town.moves_to((NIGHT + 2 * DAY).replace(hour=8, minute=30))
        assert "⚠️ 台账核对发现 2 处改动（2026年11月26日 03:20），还没有查清。" in "\n".join(await officer.screen())


@pytest.mark.tampers
async def test_a_trail_cut_off_and_chained_anew_is_missed(address: str, tmp_path: Path) -> None:
    async with a_night_town(address, tmp_path) as (town, chief, _officer):
        first = await checked(town, NIGHT)
        assert HeadFile(tmp_path).heads(ZONE_ID) == [first.clean_head]
        # Whoever has the database cuts off what came last, forgets every copy in it, and lets the program go on.
        number = first.clean_head.partition(":")[0]
        by_sql(
            address,
            f"DELETE FROM events WHERE number >= {number}",
            "DELETE FROM enterprise_trades",
            "DELETE FROM notes WHERE name = 'trail_check'",
        )
        for _ in range(3):
            await town.database.write(
                lambda tx: tx.trail.add("refused", subject="route", subject_id=None, person_id=None, at=NOW)
            )
        second = await checked(town, NIGHT + DAY)
        assert [(f.wrong, f.number) for f in second.found if f.table == "events"] == [("head", 1)]
        assert "· 操作记录：以前抄下的末尾不见了，后面的可能被删过" in (await chief.screen())[-1]
        assert HeadFile(tmp_path).heads(ZONE_ID) == [first.clean_head]


async def test_the_head_reaches_the_administrator_with_the_morning_report_and_can_be_checked(
    address: str, tmp_path: Path
) -> None:
    async with a_night_town(address, tmp_path) as (town, chief, officer):
        monday = NIGHT + 6 * DAY
        check = await checked(town, monday)
        await town.moves_to(monday.replace(hour=8, minute=30))
        number = check.clean_head.partition(":")[0]
        report = (await chief.screen())[-1]
        assert report.startswith("早报")
        assert report.endswith(f"请留着这条消息，以后能证明台账没有被删改。\n{check.clean_head}"), report
        assert f"🔒 台账末尾的抄件：第 {number} 条，2026年11月" in report
        assert "🔒" not in (await officer.screen())[-1]
        assert await town.database.read(lambda tx: tx.trail.holds(report.splitlines()[-1]))


async def test_an_administrator_starts_a_check_and_follows_it(address: str, tmp_path: Path) -> None:
    async with a_night_town(address, tmp_path) as (town, chief, officer):
        await officer.sends("/start")
        await town.quiet()
        await officer.taps("办公室设置")
        await town.quiet()
        assert "台账防改：还没有核对过，今天夜里会核对" in (await officer.screen())[-1]
        assert ["台账防改"] not in await officer.buttons()
        await chief.sends("/start")
        await town.quiet()
        for label in ("办公室设置", "台账防改", "现在核对"):
            await chief.taps(label)
            await town.quiet()
        card = (await chief.messages())[1]["message_id"]
        for _ in range(600):
            if any(words.startswith("✅ 台账核对完成（2026年11月23日 10:0") for words in await chief.screen()):
                break
            await asyncio.sleep(0.05)
        done = (await chief.screen())[-1]
        assert "，没有发现改动。\n🔒 台账末尾的抄件：第 " in done
        assert len([words for words in await chief.screen() if words.startswith("✅ 台账核对完成")]) == 1
        assert len(await officer.screen()) == 2
        await chief.taps("看进度", message_id=card)
        await town.quiet()
        assert "台账防改：上次核对 2026年11月23日 10:0" in "\n".join(await chief.screen())


async def test_pressed_twice_it_is_one_check(database: ZoneDatabase, services: Services) -> None:
    chat = Chat(database, services, 801, name="赵主任")
    await chat.becomes(Role.ADMINISTRATOR)
    await chat.says("/start")
    await chat.presses("办公室设置")
    await chat.presses("台账防改")
    asking = chat.button("现在核对").data
    await chat.taps(asking)
    assert "台账防改：马上开始核对" in chat.text
    await chat.taps(asking)
    assert chat.labels == ["看进度", "返回", "返回首页"]
    check = await database.write(lambda tx: take_up(tx, NOW))
    assert check is not None
    await chat.taps(asking)
    await database.write(lambda tx: note_progress(tx, check.token, 45, NOW))
    await chat.presses("看进度")
    assert "台账防改：正在核对，已完成 45%" in chat.text
    await database.write(lambda tx: finish(tx, check.token, GOOD, NOW))
    post = Post(database, services)
    await post.sends(NOW)
    assert [words.splitlines()[0] for words in post.texts(801)] == [
        "✅ 台账核对完成（2026年11月23日 10:00）：操作记录 7 条，没有发现改动。"
    ]
    assert await database.write(lambda tx: take_up(tx, NOW)) is None


async def test_who_asked_hears_that_it_failed(database: ZoneDatabase, services: Services) -> None:
    chat = Chat(database, services, 801, name="赵主任")
    await chat.becomes(Role.ADMINISTRATOR)
    await chat.taps("uc")
    check = await database.write(lambda tx: take_up(tx, NOW))
    assert check is not None
    await database.write(lambda tx: give_up(tx, check.token, NOW, failed=True))
    post = Post(database, services)
    await post.sends(NOW)
    assert post.texts(801) == [
        "台账这次没有核对成功，可能是数据库忙、打不开，或者服务器磁盘满了。过半小时会自动再核对一次。"
    ]


def a_watcher(address: str, folder: Path, database: Database, now: datetime) -> TrailWatcher:
    settings = settings_for(address, folder, "http://127.0.0.1:9")
    clock = MovableClock(start=now)
    return TrailWatcher(settings, database.zone(ZONE_ID), clock=clock, told=lambda: None)


async def test_two_bots_on_one_database_check_once(database: ZoneDatabase, address: str, tmp_path: Path) -> None:
    other = Database(address)
    watchers = [a_watcher(address, tmp_path, d, NIGHT) for d in (database.database, other)]
    looked = await asyncio.gather(*(watcher.look() for watcher in watchers))
    assert sorted(looked) == [False, True]
    assert [await watcher.look() for watcher in watchers] == [False, False]
    made = await database.read(
        lambda tx: tx.connection.execute(events.select().where(events.c.what == "trail_checked")).fetchall()
    )
    assert len(made) == 1
    await other.close()


async def test_a_bot_stopped_during_a_check_leaves_it_to_the_next(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(a_watcher(address, tmp_path, database.database, NIGHT).run(stop))
    while not (await database.read(lambda tx: tx.trail_checks.present())).token:
        await asyncio.sleep(0.005)
    stop.set()
    await asyncio.wait_for(running, 20)
    left = await database.read(lambda tx: tx.trail_checks.present())
    assert (left.token, left.checked_at, left.failed_at) == ("", None, None)
    assert await a_watcher(address, tmp_path, database.database, NIGHT).look()
    assert (await database.read(lambda tx: tx.trail_checks.present())).checked_at is not None


async def test_the_process_that_checks_ends_with_the_bot_that_asked(address: str) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.trail_check", stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    job = {"address": address, "zone_id": ZONE_ID, "heads": []}
    process.stdin.write(json.dumps(job).encode() + b"\n")
    os.kill(process.pid, signal.SIGSTOP)
    process.stdin.close()
    os.kill(process.pid, signal.SIGCONT)
    await asyncio.wait_for(process.wait(), 30)


async def test_a_database_that_cannot_be_read_is_a_failed_check(
    database: ZoneDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = f"sqlite:///{tmp_path / 'geheim' / 'none.db'}"
    assert await a_watcher(gone, tmp_path, database.database, NIGHT).look()
    check = await database.read(lambda tx: tx.trail_checks.present())
    assert (check.token, check.checked_at) == ("", None)
    assert check.failed_at is not None
    assert check.failed_at.astimezone(UTC) >= NIGHT
    assert "CannotOpen" in caplog.text
    assert "geheim" not in caplog.text
