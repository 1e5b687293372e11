"""Reminders over Telegram's own wire: the clock moves, cards come, change and are pressed."""

from datetime import date, timedelta
from pathlib import Path

from checklists.people import Role
from tests.living import running_town
from tests.post import at

DUE_DAY = date(2026, 12, 24)


async def test_a_card_comes_in_the_morning_is_pressed_and_says_when_it_is_done(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path, now=at(date(2026, 12, 21), 9)) as town:
        head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise(trades=("warehousing",)))
        await town.moves_to(at(DUE_DAY, 8, 29))
        assert await head.screen() == []
        await town.moves_to(at(DUE_DAY, 8, 30))
        assert await head.screen() == ["自查提醒（12月24日）\n\n• 启明木业：2026年第四季度自查还有7天，12月31日到期"]
        await head.taps("开始自查")
        await town.quiet()
        card, question = await head.messages()
        assert question["text"].startswith("第 1/") or "\n第 1/" in question["text"]
        await town.moves_to(town.clock.now() + timedelta(seconds=10))
        card = (await head.messages())[0]
        assert "已完成 0/" in card["text"]
        assert card["reply_markup"]["inline_keyboard"][0][0]["text"].startswith("继续（0/")
        while not (await head.screen())[-1].startswith("提交前看一遍"):
            await head.taps("✅ 合格")
            await town.quiet()
        for label in ("带队人", "王厂长（主要负责人）", "提交", "确认提交"):
            await head.taps(label)
            await town.quiet()
        await town.moves_to(town.clock.now() + timedelta(seconds=10))
        assert (await head.screen())[0] == (
            "自查提醒（12月24日）\n\n✓ 启明木业：2026年第四季度自查已完成\n\n都完成了，谢谢！"
        )
        await town.moves_to(at(date(2027, 1, 5)))
        assert not [text for text in (await head.screen())[1:] if text.startswith("自查提醒")]


async def test_the_office_gets_its_morning_report_and_the_list_as_excel(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path, now=at(date(2026, 12, 18), 9)) as town:
        officer = await town.meets("李监管", Role.OFFICER)
        head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise())
        await town.moves_to(at(date(2026, 12, 24)))
        await head.blocks()
        await town.quiet()
        await town.moves_to(at(date(2026, 12, 25)))
        report = (await officer.screen())[-1]
        assert report.startswith("早报　12月25日\n\n自查：本期应做 1 家，已完成 0 家，逾期 0 家。")
        assert "收不到消息的有 1 人：王厂长（启明木业）。" in report
        await officer.taps("未自查名单")
        await town.quiet()
        assert (await officer.screen())[-1].startswith("未自查名单（截至12月25日）")
        await officer.taps("发 Excel 给我")
        await town.quiet()
        assert await officer.toasts() == ["正在生成名单，马上发给您。"]
        last = await officer.last()
        assert (last["document"]["file_name"], last["caption"]) == (
            "未自查名单-2026-12-25.xlsx",
            "未自查名单，共 1 家。",
        )
