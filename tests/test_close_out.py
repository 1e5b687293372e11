"""One hazard of each source taken to close-out over Telegram's own wire, by people who read cards and press buttons."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from checklists.hazards import Hazard, Source, State
from checklists.people import Role
from tests.living import Town, running_town
from tests.rectifying import view
from tests.sandbox import Person


@dataclass(kw_only=True)
class Place:
    """A warehouse, its people, and the office."""

    town: Town
    head: Person
    worker: Person
    officer: Person
    reviewer: Person

    async def labels(self, person: Person) -> list[str]:
        """The buttons of the newest card."""
        return [label for row in await person.buttons() for label in row]

    async def presses(self, person: Person, *labels: str) -> str:
        """Press one after another, each on the newest card that has such a button; returns what stands there then."""
        for label in labels:
            for message in reversed(await person.messages()):
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                found = [button for row in rows for button in row if label in button["text"]]
                if found:
                    await person.taps(found[0]["callback_data"], message_id=message["message_id"])
                    break
            else:
                raise AssertionError(f"no button {label!r} in {await person.screen()}")
            await self.town.quiet()
        return await self.reads(person)

    async def writes(self, person: Person, text: str) -> str:
        await person.sends(text)
        await self.town.quiet()
        return await self.reads(person)

    async def shows(self, person: Person, number: int, caption: str = "") -> str:
        """Send the picture of this number."""
        await person.photo(view(number), caption)
        await self.town.quiet()
        return await self.reads(person)

    async def reads(self, person: Person) -> str:
        """The newest card."""
        return (await person.screen())[-1]

    async def hazard(self, sequence: int = 1) -> Hazard:
        found = await self.town.database.read(lambda tx: tx.hazards.numbered(2026, sequence))
        assert found is not None
        return found


@asynccontextmanager
async def running_place(address: str, folder: Path) -> AsyncIterator[Place]:
    async with running_town(address, folder) as town:
        firm = await town.enterprise(trades=("warehousing",))
        place = Place(
            town=town,
            head=await town.meets("王厂长", Role.PRINCIPAL, firm),
            worker=await town.meets("刘师傅", Role.WORKER, firm),
            officer=await town.meets("陈监管", Role.OFFICER),
            reviewer=await town.meets("林审核", Role.REVIEWER),
        )
        for person in (place.head, place.worker, place.officer, place.reviewer):
            await place.writes(person, "/start")
        yield place


async def arranges(place: Place) -> None:
    """From the card of a confirmed hazard: everything as proposed."""
    if "限期整改" in await place.labels(place.head):
        await place.presses(place.head, "限期整改")
    await place.presses(place.head, "全部采用")


async def hands_in(place: Place, *, photo: int = 2) -> str:
    """From the menu to the hazard and its evidence."""
    await place.writes(place.head, "/start")
    await place.presses(place.head, "隐患清单", "2026-0001", "交整改")
    await place.shows(place.head, photo, "已经改好")
    return await place.presses(place.head, "提交复查")


async def closes(place: Place) -> None:
    """The reviewer follows the news to the view, passes and closes; all are told."""
    assert (await place.reads(place.reviewer)).startswith("🔎 企业已交整改，请复查\n隐患 BH-2026-0001 · 启明木业")
    card = await place.presses(place.reviewer, "复查")
    assert card.startswith("🔎 复查　隐患 BH-2026-0001\n启明木业 · ")
    card = await place.presses(place.reviewer, "✅ 通过")
    assert card.startswith("复查通过。还差最后一步：销号。")
    assert (await place.hazard()).state is State.REVIEWED
    card = await place.presses(place.reviewer, "销号")
    assert card.startswith("隐患 BH-2026-0001 已销号。")
    assert (await place.reads(place.head)).startswith("✅ 已销号\n隐患 BH-2026-0001 · 启明木业")


async def ends_well(place: Place, source: Source) -> None:
    hazard = await place.hazard()
    assert (hazard.source, hazard.state) == (source, State.CLOSED)


async def test_a_hazard_of_a_self_inspection(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        head = place.head
        await place.presses(head, "开始自查", "有隐患")
        await place.shows(head, 1)
        await place.writes(head, "通道堆了纸箱")
        await place.presses(head, "是一般隐患")
        await arranges(place)
        while not (await place.reads(head)).startswith("提交前看一遍"):
            await place.presses(head, "✅ 合格")
        await place.presses(head, "带队人", "王厂长（主要负责人）", "提交", "确认提交")
        card = await hands_in(place)
        assert card.startswith("已提交，等办公室复查。复查通过并销号以后，才算完成。")
        await closes(place)
        await ends_well(place, Source.SELF_INSPECTION)


async def test_a_hazard_of_an_official_inspection(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        officer = place.officer
        await place.presses(officer, "监督检查")
        await place.writes(officer, "启明")
        await place.presses(officer, "启明木业", "四不两直")
        await place.shows(officer, 1, "二楼窗户焊了防盗网")
        await place.presses(officer, "①", "是一般隐患", "7天内", "返回这次检查", "查完了，核对签字", "核对无误，签字")
        assert (await place.reads(place.head)).startswith("监督检查记录请您核对签字\n\n监督检查 · 启明木业\n")
        await place.presses(place.head, "情况属实，签字")
        assert (await place.reads(officer)).startswith("监督检查办结 · 启明木业\n")
        await place.presses(place.head, "隐患清单", "2026-0001", "接着填")
        await arranges(place)
        await hands_in(place)
        await place.presses(officer, "复查")
        assert "✅ 通过" not in await place.labels(officer)
        await closes(place)
        await ends_well(place, Source.OFFICIAL_INSPECTION)


@pytest.mark.parametrize(
    ("label", "source"),
    [("上级交办的", Source.TRANSFER), ("专家或保险机构查出的", Source.EXPERT), ("举报查实的", Source.TIP)],
)
async def test_a_hazard_the_office_entered_for_others(address: str, tmp_path: Path, label: str, source: Source) -> None:
    async with running_place(address, tmp_path) as place:
        officer = place.officer
        await place.presses(officer, "企业", "启明木业", "登记隐患", label)
        card = await place.shows(officer, 1, "二楼窗户焊了防盗网")
        if source is Source.TIP:
            assert card.startswith("照片已存好。附的文字没有记下。\n"), "it may be the tipster's"
            await place.writes(officer, "二楼窗户焊了防盗网")
        await place.presses(officer, "①", "是一般隐患", "7天内")
        await place.presses(place.head, "看隐患", "接着填")
        await arranges(place)
        await hands_in(place)
        await closes(place)
        await ends_well(place, source)


async def test_a_hazard_reported_by_a_worker(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        await place.presses(place.worker, "报告隐患")
        card = await place.shows(place.worker, 1, "货架晃，快倒了")
        assert card.startswith("✅ 已报告：隐患 BH-2026-0001\n")
        assert (await place.reads(place.head)).startswith("⚠️ 有人报告隐患 BH-2026-0001\n报告人：刘师傅\n")
        await place.presses(place.head, "去确认", "是一般隐患")
        await arranges(place)
        await hands_in(place)
        await closes(place)
        assert (await place.reads(place.worker)).startswith("✅ 已销号\n隐患 BH-2026-0001 · 启明木业")
        await ends_well(place, Source.WORKER)


async def test_the_same_photo_again_is_shown_to_the_reviewer_and_marked_fake(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        await place.presses(place.worker, "报告隐患")
        await place.shows(place.worker, 1, "货架晃，快倒了")
        await place.presses(place.head, "去确认", "是一般隐患")
        await arranges(place)
        await hands_in(place, photo=1)
        card = await place.presses(place.reviewer, "复查")
        assert card.endswith("⚠️ 请留意（只是提示，由您判断）：\n· 整改后第 1 张：和整改前的照片几乎一样")
        assert "photo" in await place.reviewer.last()
        card = await place.presses(place.reviewer, "虚假整改", "用了以前的照片")
        assert card.startswith("已认定虚假整改，隐患重新回到整改。")
        told = await place.reads(place.head)
        assert told.startswith("❗ 被认定为虚假整改\n隐患 BH-2026-0001 · 启明木业")
        assert told.endswith("\n意见：用了以前的照片")
        hazard = await place.hazard()
        assert (hazard.state, hazard.fakes) == (State.RECTIFYING, 1)


async def test_the_office_reads_the_figures_beside_the_targets_of_its_plan(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        officer = place.officer
        await place.presses(officer, "企业", "启明木业", "登记隐患", "上级交办的")
        await place.shows(officer, 1, "二楼窗户焊了防盗网")
        await place.presses(officer, "①", "是重大隐患", "7天内")
        await place.writes(officer, "/start")
        card = await place.presses(officer, "隐患台账", "统计和文件")
        assert card == (
            "隐患统计（截至11月23日，不含误报）\n"
            "发现 1 条，其中重大 1 条\n"
            "已销号 0 条，销号率 0%\n"
            "没有销号 1 条，其中逾期 0 条\n"
            "\n"
            "对照方案目标（重大隐患）\n"
            "✅ 2023 年及以前查出的重大隐患基本消除（2024年6月30日前）：现在 0\n"
            "· 重大隐患增量得到遏制（2025年6月30日前）：现在 本季度到今天新发现 1、上季度 0、去年同季度 0\n"
            "❗ 动态清零成为常态（2026年6月30日前）：现在 逾期 0、没有通知到 1、没有定责任人或期限 1\n"
            "\n"
            "企业风险防控\n"
            "· 已建风险点台账的企业 0/1（0%）\n"
            "· 有自有检查项并按期自查的企业 0/1（0%）"
        )
