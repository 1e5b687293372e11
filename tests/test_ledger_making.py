"""Long files of the ledger, made by a process of its own: what is in them, taken back, killed, left by a dead bot."""

import asyncio
import io
import json
import os
import re
import resource
import signal
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.program import make_services
from bot.settings import load as load_settings
from checklists.deliveries import DeliveryState
from checklists.hazards import Source
from handlers import ledger_orders
from handlers.ledger_photos import Parts
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import accept
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.hazard_zone import HazardZone
from tests.ledger_desk import Desk, running_desk
from tests.sandbox import TOKEN, picture

_PATIENCE_S = 60
_MODULE = "handlers.ledger_making"


@pytest.fixture
async def desk(database: ZoneDatabase, services: Services) -> AsyncIterator[Desk]:
    async with running_desk(database, services) as desk:
        yield desk


async def child() -> int:
    """The process that makes the file, as soon as it runs."""
    for _ in range(_PATIENCE_S * 20):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_text().split("\0")
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if _MODULE in command and int(parent) == os.getpid():
                return int(process.name)
        await asyncio.sleep(0.05)
    raise AssertionError("no process of its own")


def cells(book: bytes, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()


def links(book: bytes, number: int) -> list[str]:
    """The formulas of a sheet, in its order; all of them are links."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return re.findall(r"<f>(.*?)</f>", parts.read(f"xl/worksheets/sheet{number}.xml").decode())


async def test_the_zip_holds_the_excel_and_the_pictures_it_opens(desk: Desk) -> None:
    await desk.finds("red", words="除尘管道积灰")
    await desk.finds("blue", words="举报说冷库门锁坏", source=Source.TIP)
    await desk.asks_for("发台账和照片：全部（压缩包）")
    await desk.sender.drain(NOW)

    [(name, caption, content)] = await desk.documents()
    assert name == "隐患台账和照片-2026-11-23.zip"
    assert caption == (
        "隐患台账和照片，共 2 条、3 张照片。举报查实的隐患不附整改前照片，免得认出举报人。"
        "先解压，再打开里面的表格，照片就点得开。"
    )
    packed = zipfile.ZipFile(io.BytesIO(content))
    before, after, of_tip = (
        "照片/2026-0001_整改前_1.jpg",
        "照片/2026-0001_整改后_1.jpg",
        "照片/2026-0002_整改后_1.jpg",
    )
    assert sorted(packed.namelist()) == sorted([before, after, of_tip, "隐患台账.xlsx"])
    assert packed.read(before) == desk.services.photos.preview(accept(picture("red")).sha256)

    book = packed.read("隐患台账.xlsx")
    assert links(book, 1) == [f'HYPERLINK("{file}","1张")' for file in (before, after, of_tip)]
    assert links(book, 2) == [f'HYPERLINK("{file}")' for file in (before, after, of_tip)]
    assert "举报人" not in str(cells(book, "隐患台账"))
    assert await desk.phone.screen() == ["文件都发来了，共 2 条。", caption]
    assert (await desk.delivery()).state is DeliveryState.SENT
    assert desk.left_over == []


async def test_many_hazards_are_written_by_a_process_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_orders, "_AT_ONCE", 0)
    await desk.database.write(lambda tx: desk.town.find(tx, words="积灰"))
    await desk.asks_for("发 Excel：全部台账")
    sending = asyncio.create_task(desk.sender.drain(NOW))
    await child()
    await sending
    [(name, caption, content)] = await desk.documents()
    assert (name, caption) == ("隐患台账-2026-11-23.xlsx", "隐患台账，共 1 条。")
    assert [row[8] for row in cells(content, "隐患台账")[1:]] == ["隐患描述", "积灰"]


async def test_an_empty_ledger_comes_with_its_head_alone(desk: Desk) -> None:
    await desk.asks_for("发台账和照片：全部（压缩包）")
    await desk.sender.drain(NOW)
    [(_, caption, content)] = await desk.documents()
    assert caption.startswith("隐患台账和照片，共 0 条、0 张照片。")
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["隐患台账.xlsx"]


async def test_a_picture_whose_file_is_gone_is_said_and_stops_nothing(desk: Desk) -> None:
    await desk.finds("red")
    for file in desk.services.photos.root.rglob("*.jpg"):
        file.unlink()
    await desk.asks_for("发台账和照片：全部（压缩包）")
    await desk.sender.drain(NOW)
    [(_, caption, content)] = await desk.documents()
    assert "有 2 张照片的文件读不出来" in caption
    book = zipfile.ZipFile(io.BytesIO(content)).read("隐患台账.xlsx")
    assert [row[3] for row in cells(book, "照片")] == ["照片", "读不出来", "读不出来"]


async def test_who_does_not_want_it_any_more_gets_nothing(desk: Desk) -> None:
    delivery = await desk.asks_for("发台账和照片：全部（压缩包）")
    await desk.chat.taps("gz:photos")
    assert desk.chat.toasts[-1] == "还在生成，好了马上发给您。"
    sending = asyncio.create_task(desk.sender.drain(NOW))
    await child()
    assert await desk.phone.buttons() == [["不要了"]]
    [[button]] = (await desk.phone.last())["reply_markup"]["inline_keyboard"]
    await desk.chat.taps(button["callback_data"])
    assert desk.chat.text == "已停止，不发文件了。"
    await sending
    assert await desk.documents() == []
    assert (await desk.delivery()).state is DeliveryState.WITHDRAWN
    assert desk.left_over == []
    await desk.chat.taps(button["callback_data"])
    assert desk.chat.text == "已经结束了，没有什么要停的。"
    assert delivery.state is DeliveryState.WAITING


async def test_nobody_stops_the_files_of_another(desk: Desk, services: Services) -> None:
    await desk.asks_for("发台账和照片：全部（压缩包）")
    other = Chat(desk.database, services, 3, "孙科长")
    stop = ledger_orders.LedgerMaking(order={}, count=1, language="zh", delivery=await desk.delivery())
    await other.taps(stop.card(0).buttons[0][0].data)
    assert other.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    assert (await desk.delivery()).state is DeliveryState.WAITING


async def test_a_process_that_is_killed_is_said_in_plain_words(desk: Desk) -> None:
    await desk.asks_for("发台账和照片：全部（压缩包）")
    sending = asyncio.create_task(desk.sender.drain(NOW))
    os.kill(await child(), signal.SIGKILL)
    await sending
    assert (await desk.phone.screen())[-1] == "文件没有做成。请再试一次，还不行就告诉管理员。"
    assert await desk.documents() == []
    assert desk.left_over == []


async def test_a_folder_that_cannot_be_written_is_said_in_plain_words(desk: Desk) -> None:
    folder = desk.services.making_of(ZONE_ID)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"in the way")
    await desk.asks_for("发台账和照片：全部（压缩包）")
    await desk.sender.drain(NOW)
    assert (await desk.phone.screen())[-1] == "文件没有做成。请再试一次，还不行就告诉管理员。"
    assert (await desk.delivery()).state is DeliveryState.SENT


async def test_a_bot_that_stops_ends_the_process_and_makes_the_file_after_its_start(desk: Desk) -> None:
    await desk.asks_for("发台账和照片：全部（压缩包）")
    sending = asyncio.create_task(desk.sender.drain(NOW))
    number = await child()
    for task in asyncio.all_tasks():
        if task.get_name().startswith("delivery-"):
            task.cancel()
    await asyncio.wait({sending}, timeout=_PATIENCE_S)
    assert not Path(f"/proc/{number}").exists()
    [(name, _, _)] = await desk.documents()
    assert name.endswith(".zip")
    assert desk.left_over == []


def job(address: str, folder: Path, **changes: Any) -> bytes:
    order = {"what": "everything", "view": None, "now": NOW.isoformat(), "bot_name": "b", "photos": str(folder)}
    values = {"address": address, "zone_id": ZONE_ID, "folder": str(folder), "order": order, **changes}
    return json.dumps(values).encode() + b"\n"


async def test_the_process_ends_with_a_bot_that_was_killed(database: ZoneDatabase, tmp_path: Path) -> None:
    address = database.database.url.render_as_string(hide_password=False)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    process.stdin.write(job(address, tmp_path))
    process.stdin.close()  # what the system does for a process that is gone
    assert await asyncio.wait_for(process.wait(), _PATIENCE_S) == 1


async def test_a_database_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job(f"sqlite:///{tmp_path}/nothing.db", tmp_path))
    assert json.loads(await asyncio.wait_for(process.stdout.readline(), _PATIENCE_S)) == {"failed": "no_database"}
    await process.wait()


@pytest.mark.parametrize("what", ["everything", "photos", "prominent"])
async def test_a_full_disk_is_told_as_such(database: ZoneDatabase, tmp_path: Path, what: str) -> None:
    town = HazardZone()

    def fill(tx: Transaction) -> None:
        town.found(tx)
        town.find(tx, words="积灰")

    await database.write(fill)
    address = database.database.url.render_as_string(hide_password=False)
    order = {"what": what, "view": None, "now": NOW.isoformat(), "bot_name": "b", "photos": str(tmp_path)}
    said, complained = await told(job(address, tmp_path, order=order), most_bytes=1000)
    assert (said, complained) == ([{"failed": "no_room"}], b"")


async def test_what_nobody_thought_of_is_named_by_its_kind_alone(database: ZoneDatabase, tmp_path: Path) -> None:
    address = database.database.url.render_as_string(hide_password=False)
    order = {"what": "geheim", "view": None, "now": NOW.isoformat(), "bot_name": "b", "photos": str(tmp_path)}
    said, complained = await told(job(address, tmp_path, order=order))
    assert said == [{"failed": "broken"}]
    assert complained == b"the files could not be made: KeyError\n"


async def told(given: bytes, *, most_bytes: int = -1) -> tuple[list[Any], bytes]:
    """What the process says and complains of; none of its files may grow beyond `most_bytes`."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(given)
    said = [json.loads(line) async for line in process.stdout]
    return said, await process.stderr.read()


def test_no_part_is_longer_than_may_be_sent_and_together_they_hold_everything(tmp_path: Path) -> None:
    parts = Parts(tmp_path, "台账", most=10_500)
    contents = {f"照片/2026-{n:04d}_整改前_1.jpg": os.urandom(3_000) for n in range(7)}
    for name, content in contents.items():
        parts.add(name, io.BytesIO(content), len(content))
    files = parts.close()
    assert [f.name for f in files] == ["台账-1.zip", "台账-2.zip", "台账-3.zip"]
    assert all(f.stat().st_size <= 10_500 for f in files)
    found = {name: packed.read(name) for packed in map(zipfile.ZipFile, files) for name in packed.namelist()}
    assert found == contents


def test_the_next_start_sweeps_what_a_killed_bot_was_making(tmp_path: Path) -> None:
    settings = load_settings(token=TOKEN, data_folder=tmp_path, database_url=f"sqlite:///{tmp_path}/z.db")
    services = make_services(settings, bot_name="b")
    mine, of_other_bot = (services.making_of(zone_id) / "0123" for zone_id in (settings.zone_id, 2))
    for folder in (mine, of_other_bot):
        folder.mkdir(parents=True)
        (folder / "隐患台账.xlsx").write_bytes(b"half")
    make_services(settings, bot_name="b")
    assert not mine.exists()
    assert (of_other_bot / "隐患台账.xlsx").exists()
