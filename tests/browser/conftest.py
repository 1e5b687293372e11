"""A page of a real headless Chromium; a page that complains in its console fails the test."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.browser import chromium

EXPECTED_WHEN_OFFLINE = ("net::ERR_", "Failed to load resource: the server responded")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    if path is None:
        if chromium.in_ci():
            pytest.fail(chromium.WARNING)
        pytest.skip("没有 Chromium：浏览器测试没有运行")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A desktop page; phones call `page.set_viewport_size`. Refused requests may be logged, script errors may not."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(10_000)
    opened = await context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED_WHEN_OFFLINE):
            complaints.append(message.text)

    opened.on("console", hear)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    await context.close()
    assert complaints == []
