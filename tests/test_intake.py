"""Taking updates over the real wire: acknowledged after the commit, applied once, in order, through every trouble."""

import asyncio
import contextlib
import json
import logging
import re
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.intake import Intake
from bot.logs import set_up_logging
from bot.program import Program
from bot.sandbox.faults import Fault
from bot.telegram import make_bot
from checklists.people import Role
from storage.transaction import Transaction
from tests.living import Town, running_town
from tests.postgres import Postgres
from tests.sandbox import TOKEN, Person, picture

SAMPLES = Path(__file__).parent / "botapi" / "samples-good.jsonl"
SECRET = TOKEN.partition(":")[2]


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on SQLite, for what is a matter of the wire and not of the database."""
    shutil.copy(sqlite_template, tmp_path / "zicha.db")
    async with running_town(f"sqlite:///{tmp_path / 'zicha.db'}", tmp_path) as town:
        yield town


async def walking(town: Town, name: str = "王厂长", uscc: str = "91150699MA0DEH001F") -> Person:
    """A principal at the first question of an inspection."""
    head = await town.meets(name, Role.PRINCIPAL, await town.enterprise(name, uscc=uscc))
    await head.sends("/start")
    await town.quiet()
    await head.taps("▶️ 开始自查")
    await town.quiet()
    return head


async def card(person: Person) -> str:
    """Which question the newest message shows."""
    found = re.search(r"第 \d+/\d+ 题", (await person.screen())[-1])
    return found[0] if found else ""


async def answers_kept(town: Town, person: Person) -> int:
    def unit(tx: Transaction) -> int:
        known = tx.people.by_telegram(person.id)
        assert known is not None
        run = tx.inspections.running(known.assignments[0].enterprise_id or 0)
        assert run is not None
        return run.progress.answered

    return await town.database.read(unit)


async def until(true: Callable[[], bool | Awaitable[bool]], *, within_s: float = 15) -> None:
    end = time.monotonic() + within_s
    while True:
        found = true()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def writer_held(town: Town) -> Any:
    """The database's writer is busy with something else until the block ends."""
    held, release = threading.Event(), threading.Event()

    def unit(tx: Transaction) -> None:
        held.set()
        release.wait(20)

    waiting = asyncio.ensure_future(town.database.write(unit))
    try:
        yield held
    finally:
        release.set()
        del waiting


async def test_an_update_is_confirmed_to_telegram_only_after_its_commit(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        head = await walking(town)
        with writer_held(town) as held:
            await asyncio.to_thread(held.wait, 5)
            await head.taps("✅ 合格")
            await asyncio.sleep(2.5)  # long enough for two more rounds of polling
            assert town.sandbox.world.pending() == 1
            assert await card(head) == "第 1/15 题"
        await town.quiet()
        assert town.sandbox.world.pending() == 0
        assert await card(head) == "第 2/15 题"


async def test_an_update_that_comes_again_changes_nothing_and_shows_the_present_screen(
    address: str, tmp_path: Path
) -> None:
    async with running_town(address, tmp_path) as town:
        head, world = await walking(town), town.sandbox.world
        await asyncio.sleep(0.5)  # by now a getUpdates waits for what comes; every later one will fail
        world.faults.add(Fault(method="getUpdates", error_code=502, times=10_000))
        await head.taps("✅ 合格")
        await until(lambda: _shows(head, "第 2/15 题"))
        await town.program.stop()
        assert world.pending() == 1
        world.faults.clear()
        again = Program(town.settings, town.database, clock=town.clock, poll_s=5)
        await again.start()
        await until(lambda: world.pending() == 0)
        await again.stop()
        assert await card(head) == "第 2/15 题"
        assert await answers_kept(town, head) == 1


async def _shows(person: Person, words: str) -> bool:
    return await card(person) == words


POLLING_TROUBLES = [
    Fault(method="getUpdates", error_code=409, description="Conflict: terminated by other getUpdates request"),
    Fault(method="getUpdates", error_code=429, parameters={"retry_after": 1}),
    Fault(method="getUpdates", error_code=500, times=2),
    Fault(method="getUpdates", error_code=502, times=2),
    Fault(method="getUpdates", drop=True),
    Fault(method="getUpdates", drop=True, applied=True),
]


@pytest.mark.parametrize("fault", POLLING_TROUBLES, ids=lambda f: f"{f.error_code}{'d' * f.drop}{'a' * f.applied}")
async def test_polling_goes_on_after(fault: Fault, town: Town) -> None:
    head = await walking(town)
    await head.taps("✅ 合格")
    town.sandbox.world.faults.add(fault)
    await town.quiet()
    await head.taps("✅ 合格")
    await town.quiet()
    assert await card(head) == "第 3/15 题"
    assert await answers_kept(town, head) == 2


async def test_a_refused_token_is_tried_again_after_a_while(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake._LONGEST_BACKOFF_S", 0.5)
    head = await walking(town)
    town.sandbox.world.faults.add(Fault(method="getUpdates", error_code=401))
    await head.sends("在吗")
    await town.quiet()
    assert town.sandbox.world.faults.waiting == []
    await head.taps("✅ 合格")
    await town.quiet()
    assert await card(head) == "第 2/15 题"


TELLING_TROUBLES = [
    Fault(method="editMessageText", error_code=429, parameters={"retry_after": 1}),
    Fault(method="editMessageText", error_code=502, times=2),
    Fault(method="editMessageText", drop=True),
    Fault(method="editMessageText", drop=True, applied=True),
    Fault(method="editMessageText", error_code=400, description="Bad Request: message can't be edited"),
    Fault(method="answerCallbackQuery", error_code=502, times=2),
    Fault(method="editMessageText", error_code=502, times=4),
]


@pytest.mark.parametrize(
    "fault", TELLING_TROUBLES, ids=lambda f: f"{f.method}-{f.error_code}x{f.times}{'d' * f.drop}{'a' * f.applied}"
)
async def test_the_next_card_is_shown_in_the_end_after(fault: Fault, town: Town) -> None:
    head = await walking(town)
    town.sandbox.world.faults.add(fault)
    await head.taps("✅ 合格")
    await town.quiet()
    await until(lambda: _shows(head, "第 2/15 题"))
    assert await answers_kept(town, head) == 1


async def test_a_database_that_goes_away_costs_nothing_but_time(postgres: Postgres, tmp_path: Path) -> None:
    address = postgres.new_database()
    async with running_town(address, tmp_path) as town:
        head = await walking(town)
        with _shut(address):
            await head.taps("✅ 合格")
            await asyncio.sleep(2)
            assert town.sandbox.world.pending() == 1
            assert await card(head) == "第 1/15 题"
        await until(lambda: _shows(head, "第 2/15 题"), within_s=40)
        await town.quiet(40)
        assert await answers_kept(town, head) == 1


@contextlib.contextmanager
def _shut(address: str) -> Any:
    """Nobody can connect to the database, and whoever was connected is thrown out."""
    url = make_url(address)
    name, engine = url.database, create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    engine.dispose()


async def test_one_persons_slow_photo_does_not_stop_another_person(town: Town) -> None:
    slow = await walking(town)
    quick = await walking(town, "李厂长", "91150699MA0DEH003B")
    town.sandbox.world.faults.add(Fault(method="getFile", error_code=502, times=2))  # two pauses, 1.5 s together
    await slow.photo(picture())
    await quick.taps("✅ 合格")
    await until(lambda: _shows(quick, "第 2/15 题"))
    assert "照片" not in (await slow.screen())[-1]
    await town.quiet()
    assert "照片" in (await slow.screen())[-1]


async def test_one_persons_words_are_kept_in_the_order_they_were_sent(town: Town) -> None:
    head = await walking(town)
    for word in ("一楼", "二楼", "三楼", "四楼"):
        await head.sends(word)
    await town.quiet()
    assert "一楼\n二楼\n三楼\n四楼" in (await head.screen())[-1]


async def test_update_numbers_may_begin_again_lower(town: Town) -> None:
    head = await walking(town)
    town.sandbox.world.updates.next_id = 1_000
    await head.taps("✅ 合格")
    await town.quiet()
    await head.taps("✅ 合格")
    await town.quiet()
    assert town.sandbox.world.pending() == 0
    assert await answers_kept(town, head) == 2
    town.sandbox.world.recorder.lines.clear()  # the specification knows rising numbers only


def odd_updates() -> list[dict[str, Any]]:
    """Every documented kind, and what no documentation has."""
    lines = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()]
    known = [line["update"] for line in lines if "update" in line]
    user = {"id": 77, "is_bot": False, "first_name": "王"}
    private = {"id": 77, "type": "private", "first_name": "王"}
    message = {"message_id": 5, "date": 1, "chat": private}
    return [
        *known,
        {"a_kind_of_next_year": {"from": user, "chat": private}},
        {"message": {**message, "text": "没有发送人"}},
        {"message": {**message, "from": user, "text": "😀" * 2048}},
        {"message": {**message, "from": user, "text": "\u202e<b>&\x00"}},
        {"message": {**message, "from": user, "photo": []}},
        {"message": {**message, "from": user, "document": {"file_id": "x", "file_size": 10**12}}},
        {"message": {**message, "from": user, "migrate_to_chat_id": -1_002_100_000_009}},
        {"message": {**message, "from": user, "a_content_of_next_year": {}}},
        {"callback_query": {"id": "1", "from": user, "chat_instance": "1", "inline_message_id": "a", "data": "h"}},
        {"callback_query": {"id": "2", "from": user, "chat_instance": "1", "game_short_name": "g"}},
        {"my_chat_member": {"from": user, "chat": private, "date": 1}},
    ]


async def test_no_update_whatever_leaves_a_traceback_or_stops_the_bot(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    head = await walking(town)
    found = odd_updates()
    assert len(found) > 30
    with caplog.at_level(logging.WARNING):
        for update in found:
            town.sandbox.world.updates.add_raw(update, town.sandbox.world.clock.timestamp())
        await until(lambda: town.sandbox.world.pending() == 0, within_s=60)
        await town.quiet(60)
    faults = [r.getMessage() for r in caplog.records if r.exc_info or r.levelno >= logging.ERROR]
    assert faults == []
    await head.taps("✅ 合格")
    await town.quiet()
    assert await card(head) == "第 2/15 题"
    town.sandbox.world.recorder.lines.clear()  # what we made up is not in the specification


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


WAYS: dict[str, Callable[[], dict[str, str | None]]] = {
    "connection refused": lambda: {"base_url": f"http://127.0.0.1:{closed_port()}", "proxy": None},
    "no such host": lambda: {"base_url": "http://telegram.invalid", "proxy": None},
    "not an address": lambda: {"base_url": "http://[::1", "proxy": None},
    "http proxy refused": lambda: {"base_url": None, "proxy": f"http://127.0.0.1:{closed_port()}"},
    "socks proxy refused": lambda: {"base_url": None, "proxy": f"socks5://127.0.0.1:{closed_port()}"},
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_token_stands_in_no_log_and_no_error_when_the_network_fails(
    way: str, capsys: pytest.CaptureFixture[str], quiet_logging: None
) -> None:
    set_up_logging("DEBUG")
    await _fails_quietly(NetworkError, capsys, **WAYS[way]())


async def test_the_token_stands_in_no_log_and_no_error_when_telegram_refuses_it(
    town: Town, capsys: pytest.CaptureFixture[str], quiet_logging: None
) -> None:
    set_up_logging("DEBUG")
    for _ in range(20):
        town.sandbox.world.faults.add(Fault(method="*", error_code=401))
    await _fails_quietly(InvalidToken, capsys, base_url=town.sandbox.base_url, proxy=None)
    town.sandbox.world.faults.clear()


@pytest.fixture
def quiet_logging() -> Any:
    """Logging as it was, after a test that sets it up as the program does."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


async def _fails_quietly(
    expected: type[TelegramError], capsys: pytest.CaptureFixture[str], *, base_url: str | None, proxy: str | None
) -> None:
    bot = make_bot(token=TOKEN, base_url=base_url, proxy=proxy)
    logger, shown = logging.getLogger("bot.test"), []
    for call in (lambda: bot.initialize(), lambda: bot.call("sendMessage", chat_id=1, text="一")):
        with pytest.raises(expected) as caught:
            await call()
        logger.error("it failed", exc_info=caught.value)
        shown.append(f"{caught.value!r} {caught.value.__cause__!r}")
    stop = asyncio.Event()
    polling = asyncio.create_task(Intake(bot, None, poll_s=1).run(stop))  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    stop.set()
    await polling
    await bot.shutdown()
    written = capsys.readouterr().err
    assert "it failed" in written
    assert SECRET not in written
    assert SECRET not in " ".join(shown)
