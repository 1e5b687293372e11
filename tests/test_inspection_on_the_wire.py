"""A whole inspection over Telegram's own wire: cards edited in place, an album answered once, the record as a file."""

from pathlib import Path

from checklists.people import Role
from tests.living import Town, running_town
from tests.sandbox import Person, picture


async def answers(town: Town, person: Person, label: str) -> list[str]:
    """Tap a button of the newest card that has it and read everything in the chat."""
    await person.taps(label)
    await town.quiet()
    return await person.screen()


async def test_one_card_carries_the_whole_walk(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise())
        await head.sends("/start")
        await town.quiet()
        await answers(town, head, "▶️ 开始自查")
        before = len(await head.screen())
        for _ in range(5):
            await answers(town, head, "✅ 合格")
        screen = await answers(town, head, "‹ 上一题")
        assert len(screen) == before
        assert screen[-1].startswith("第 5/15 题 · 机械\n▓▓▓░░░░░░░ 已答 5")


async def test_an_album_gets_one_answer(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise())
        await head.sends("/start")
        await town.quiet()
        await answers(town, head, "▶️ 开始自查")
        before = len(await head.messages())
        await head.album([picture("red"), picture("green"), picture("blue")])
        await town.quiet()
        screen = await head.screen()
        assert len(await head.messages()) == before + 3 + 1
        assert screen[-1].startswith("收到 3 张照片，都已存好。放到哪一题？\n现在放第 1/3 个")
        screen = await answers(town, head, "全部放到第 1 题")
        assert screen[-1].endswith("📷 照片 3 张")


async def test_the_record_arrives_as_a_file(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise(trades=("warehousing",)))
        await head.sends("/start")
        await town.quiet()
        await answers(town, head, "▶️ 开始自查")
        await head.photo(picture())
        await town.quiet()
        while not (await head.screen())[-1].startswith("提交前看一遍"):
            await answers(town, head, "✅ 合格")
        for label in ("带队人", "王厂长（主要负责人）", "提交", "确认提交"):
            await answers(town, head, label)
        files = [m["document"]["file_name"] for m in await head.messages() if "document" in m]
        assert files == ["BH-ZC-2026-0001-v1.pdf"]
        assert "已提交，记录 BH-ZC-2026-0001。" in await head.toasts()
