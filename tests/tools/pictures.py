"""`python -m tests.tools.pictures`: the pictures of the README and of the guide, taken from the running sample zone."""

import asyncio
import io
import re
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import chromium

DOCS = Path(__file__).parents[2] / "docs"
SANDBOX = [sys.executable, "-c", "from bot.cli import app; app()", "sandbox", "--port", "0"]
LIST = """企业名称,统一社会信用代码,行业,社区,主要负责人
东岭面粉（示例）,91350211M000100Y46,轻工,石桥社区,丁厂长
缺码食品（示例）,,轻工,石桥社区,丁厂长
"""


@asynccontextmanager
async def sample_zone() -> AsyncIterator[str]:
    """The address of a sample zone that is forgotten afterwards."""
    sandbox = await asyncio.create_subprocess_exec(*SANDBOX, stdout=PIPE)
    assert sandbox.stdout is not None
    try:
        lines = [(await sandbox.stdout.readline()).decode() for _ in range(3)]
        found = re.search(r"http://\S+", lines[-1])
        assert found, lines
        yield found[0]
    finally:
        sandbox.terminate()
        await sandbox.wait()


async def press(page: Page, *labels: str) -> None:
    """Press the newest button that says so, one after the other; each press is answered before the next."""
    for label in labels:
        key = page.locator(".key", has_text=label).last
        number = await key.locator("xpath=ancestor::article").get_attribute("data-id")
        card = page.locator(f'article[data-id="{number}"]')
        before = await card.inner_text()
        await key.click()
        await expect(card).not_to_have_text(before, use_inner_text=True)
        await expect(page.locator(".key[aria-busy=true]")).to_have_count(0)


async def keep(page: Page, name: str) -> None:
    """The page as a small PNG of at most 256 colours."""
    await page.wait_for_timeout(4000)  # toasts go
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(DOCS / name, optimize=True)
    print(f"docs/{name} {(DOCS / name).stat().st_size // 1000} kB")


async def opened(browser: Browser, address: str, name: str, *, wide: bool = False) -> Page:
    """The chat of this person, on a phone or on a desktop."""
    size = {"width": 1280, "height": 800} if wide else {"width": 390, "height": 800}
    page = await browser.new_page(viewport=size, device_scale_factor=1.5, locale="zh-CN")  # type: ignore[arg-type]
    await page.goto(address)
    await page.locator(".row-main", has_text=name).click()
    await expect(page.locator(".key").first).to_be_visible()
    return page


async def principal(browser: Browser, address: str) -> None:
    wide = await opened(browser, address, "王厂长", wide=True)
    phone = await opened(browser, address, "王厂长")
    await keep(phone, "images/home.png")
    await press(phone, "开始自查", *["✅ 合格"] * 5)
    await wide.reload()
    await keep(wide, "chat-page.png")
    await keep(phone, "images/question.png")
    while await phone.locator("article", has_text="消防设施器材没有损坏").count() == 0:
        await press(phone, "✅ 合格")
    await press(phone, "有隐患", "没法拍照，先跳过", "就用题目的话", "是一般隐患", "限期整改")
    await keep(phone, "images/hazard.png")
    await press(phone, "全部采用")
    while await phone.locator("article", has_text="提交前看一遍").count() == 0:
        await press(phone, "✅ 合格")
    await press(phone, "带队人", "王厂长（主要负责人）")
    await keep(phone, "images/summary.png")
    await press(phone, "提交", "确认提交")
    await keep(phone, "images/record.png")


async def office(browser: Browser, address: str) -> None:
    phone = await opened(browser, address, "周监管员")
    await keep(phone, "images/office.png")
    await press(phone, "未自查名单", "看名单（逾期在前）")
    await keep(phone, "images/late.png")
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "企业名单.csv"
        names.write_text(LIST, encoding="utf-8")
        await phone.locator("input[type=file]").set_input_files(names)
        await phone.get_by_role("button", name="发送").click()
        await expect(phone.locator("article", has_text="预览")).to_be_visible()
    await keep(phone, "images/import.png")


async def main() -> None:
    (DOCS / "images").mkdir(exist_ok=True)
    async with sample_zone() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        await principal(browser, address)
        await office(browser, address)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
