"""A hazard from an officer's finding to close-out by clicking only: the firm cheats, is caught, and puts it right."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page

from checklists.hazards import State
from checklists.people import Role
from tests.browser.test_inspection import opened, press, shows
from tests.living import Town, running_town
from tests.rectifying import view

pytestmark = pytest.mark.browser


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A textile mill with its principal, an officer and a reviewer."""
    async with running_town(f"sqlite:///{tmp_path / 'zicha.db'}", tmp_path) as town:
        mill = await town.enterprise("燕岭纺织", trades=("textile",))
        await town.meets("王厂长", Role.PRINCIPAL, mill)
        await town.meets("周监管员", Role.OFFICER)
        await town.meets("林审核员", Role.REVIEWER)
        yield town


def photo(number: int) -> FilePayload:
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": view(number)}


async def sends(pane: Locator, words: str = "", picture: int | None = None) -> None:
    """Write, with or without a photo."""
    if picture is not None:
        await pane.locator("input[type=file]").set_input_files([photo(picture)])
    if words:
        await pane.locator("textarea").fill(words)
    await pane.get_by_role("button", name="发送").click()


async def finds(page: Page) -> None:
    """The officer inspects unannounced, photographs one finding, and both sides sign."""
    officer = await opened(page, "周监管员")
    await press(officer, "监督检查")
    await sends(officer, "燕岭")
    await press(officer, "燕岭纺织")
    await press(officer, "四不两直")
    await sends(officer, "二楼窗户焊了防盗网", picture=1)
    await shows(officer, "照片 1 张")
    await press(officer, "先不写依据")
    await press(officer, "是一般隐患")
    await press(officer, "7天内")
    await press(officer, "返回这次检查")
    await press(officer, "查完了，核对签字")
    await press(officer, "核对无误，签字")
    principal = await opened(page, "王厂长")
    await press(principal, "情况属实，签字")
    await shows(principal, "企业已签字：王厂长")


async def hands_in(page: Page, *, picture: int, first: tuple[str, ...] = ()) -> None:
    principal = await opened(page, "王厂长")
    for label in ("隐患清单", "BH-2026-0001", *first, "交整改"):
        await press(principal, label)
    await sends(principal, picture=picture)
    await shows(principal, "整改后照片 1 张")
    await press(principal, "提交复查")
    await shows(principal, "复查通过并销号以后，才算完成")


async def reviews(page: Page) -> Locator:
    reviewer = await opened(page, "林审核员")
    await sends(reviewer, "2026-0001")
    await press(reviewer, "🔎 复查")
    await shows(reviewer, "🔎 复查　隐患 BH-2026-0001")
    return reviewer


async def test_a_firm_that_cheats_is_caught_and_then_puts_it_right(page: Page, town: Town) -> None:
    await page.goto(town.sandbox.base_url)
    await finds(page)

    await hands_in(page, picture=1, first=("接着填", "全部采用"))
    reviewer = await reviews(page)
    await shows(reviewer, "整改后第 1 张：和整改前的照片几乎一样")
    await press(reviewer, "虚假整改")
    await press(reviewer, "用了以前的照片")
    await shows(reviewer, "已认定虚假整改，隐患重新回到整改。")
    caught = await town.database.read(lambda tx: tx.hazards.numbered(2026, 1))
    assert caught is not None
    assert (caught.fakes, caught.is_open) == (1, True)

    await hands_in(page, picture=2)
    reviewer = await reviews(page)
    await press(reviewer, "✅ 通过")
    await shows(reviewer, "还差最后一步：销号")
    await press(reviewer, "销号")
    await shows(reviewer, "隐患 BH-2026-0001 已销号。")
    closed = await town.database.read(lambda tx: tx.hazards.numbered(2026, 1))
    assert closed is not None
    assert (closed.state, closed.fakes) == (State.CLOSED, 1)
    await shows(await opened(page, "王厂长"), "已销号")
