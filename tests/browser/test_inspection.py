"""The whole program in a real browser: an inspection by clicking only, and `zicha sandbox` from start to end."""

import asyncio
import io
import re
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect
from pypdf import PdfReader

from checklists.people import Role
from tests.living import Town, running_town
from tests.sandbox import picture

pytestmark = pytest.mark.browser

ZICHA = [sys.executable, "-c", "from bot.cli import app; app()", "sandbox"]
PHOTO: FilePayload = {"name": "堆料.jpg", "mimeType": "image/jpeg", "buffer": picture("orange", (1200, 900))}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A textile mill with its principal, and an officer."""
    async with running_town(f"sqlite:///{tmp_path / 'zicha.db'}", tmp_path) as town:
        mill = await town.enterprise("燕岭纺织", trades=("textile",))
        await town.meets("王厂长", Role.PRINCIPAL, mill)
        await town.meets("周监管员", Role.OFFICER)
        yield town


async def opened(page: Page, name: str) -> Locator:
    """The conversation of this person, at the bot's menu."""
    # The last words of a conversation stand beside its name and may name others.
    await page.locator(".row-main").filter(has=page.get_by_text(name, exact=True)).click()
    pane = page.get_by_label(f"{name} 的对话", exact=True)
    menus = pane.locator("article", has_text="您好。您是")
    before = await menus.count()
    await pane.get_by_role("button", name="命令").click()
    await pane.get_by_role("option", name="/start").click()
    # Buttons of earlier messages may say the same as those of the menu: it must be there before one is pressed.
    await expect(menus).to_have_count(before + 1)
    return pane


async def press(pane: Locator, label: str) -> None:
    """Press the newest button that says so; news may have come below it."""
    await pane.locator(".key", has_text=label).last.click()


async def shows(pane: Locator, words: str | re.Pattern[str]) -> None:
    await expect(pane.locator("article", has_text=words).last).to_be_visible()


async def downloaded(pane: Locator, name: str) -> bytes:
    async with pane.page.expect_download() as waiting:
        await pane.locator("a.file", has_text=name).last.click()
    return Path(await (await waiting.value).path()).read_bytes()


async def test_a_principal_inspects_with_a_hazard_and_a_photo_and_the_officer_sees_it(page: Page, town: Town) -> None:
    await page.goto(town.sandbox.base_url)
    wang = await opened(page, "王厂长")
    await press(wang, "开始自查")
    await shows(wang, "第 1/9 题")
    await press(wang, "有隐患")
    await shows(wang, "第 1/4 步：把隐患拍下来")
    await wang.locator("input[type=file]").set_input_files([PHOTO])
    await wang.get_by_role("button", name="发送").click()
    await shows(wang, "照片 1 张")
    await press(wang, "就用题目的话")
    await press(wang, "是重大隐患")
    await press(wang, "限期整改")
    await press(wang, "全部采用")
    await shows(wang, "隐患 BH-2026-0001 五落实已齐，整改中。")
    for number in range(2, 10):
        await shows(wang, f"第 {number}/9 题")
        await press(wang, "✅ 合格")
    await shows(wang, "✅ 合格 8　⚠️ 有隐患 1　➖ 不涉及 0")
    await press(wang, "带队人")
    await press(wang, "王厂长（主要负责人）")
    await shows(wang, "带队：王厂长")
    await press(wang, "提交")
    await press(wang, "确认提交")
    await shows(wang, "自查记录 BH-ZC-2026-0001")

    record = PdfReader(io.BytesIO(await downloaded(wang, "BH-ZC-2026-0001-v1.pdf")))
    words = "".join(leaf.extract_text() for leaf in record.pages)
    assert "企业安全自查记录" in words
    assert "BH-2026-0001" in words
    assert sum(len(leaf.images) for leaf in record.pages) == 1

    zhou = await opened(page, "周监管员")
    await press(zhou, "自查记录")
    await press(zhou, "燕岭纺织")
    await shows(zhou, "共 9 题：合格 8，有隐患 1，不涉及 0")
    await press(zhou, "隐患清单")
    await shows(zhou, "BH-2026-0001　重大隐患　整改中")


async def test_zicha_sandbox_opens_in_the_browser_and_ends_cleanly_by_ctrl_c(page: Page, tmp_path: Path) -> None:
    sandbox = await asyncio.create_subprocess_exec(*ZICHA, "--port", "0", cwd=tmp_path, stdout=PIPE, stderr=PIPE)
    assert sandbox.stdout is not None
    assert sandbox.stderr is not None
    first, second, address = [(await sandbox.stdout.readline()).decode() for _ in range(3)]
    assert first == "① 左边点“王厂长”，按“开始自查”：用手机做一次真实标准的自查。\n"
    assert second.startswith("② 再点“周监管员”：")
    found = re.fullmatch(r"打开 (http://127\.0\.0\.1:\d+/) 就能看到手机页面；按 Ctrl-C 结束。\n", address)
    assert found
    await page.goto(found[1])
    await expect(page.locator("#rows li")).to_have_count(19)
    await page.locator(".welcome").get_by_role("button", name="王厂长").click()
    pane = page.locator(".pane")
    await press(pane, "开始自查")
    await shows(pane, re.compile(r"第 1/\d+ 题"))

    sandbox.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(sandbox.wait(), 5) == 0
    assert await sandbox.stderr.read() == b""
    await expect(page.locator("#offline")).to_be_visible()
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run([*ZICHA, "--port", str(port)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"端口 {port} 已被占用，请换一个：zicha sandbox --port {port + 1}\n"
