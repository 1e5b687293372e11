"""A review over Telegram's own wire: the picture comes as one message with its caption and buttons."""

import io
import random
from pathlib import Path

from PIL import Image

from checklists.hazards import State
from checklists.people import Role
from tests.living import Town, running_town
from tests.sandbox import Person


def taken(number: int) -> bytes:
    """A picture unlike those of other numbers."""
    dice = random.Random(number)
    small = Image.new("L", (9, 8))
    small.putdata([dice.randrange(256) for _ in range(72)])
    picture = io.BytesIO()
    small.resize((640, 480), Image.Resampling.NEAREST).save(picture, "JPEG")
    return picture.getvalue()


async def taps(town: Town, person: Person, *labels: str) -> str:
    """Tap one label after the other and read the newest message."""
    for label in labels:
        await person.taps(label)
        await town.quiet()
    return (await person.screen())[-1]


async def sends(town: Town, person: Person, words: str) -> str:
    await person.sends(words)
    await town.quiet()
    return (await person.screen())[-1]


async def handed_in(town: Town) -> tuple[Person, Person]:
    """A principal who has handed in a hazard, and the officer who was told."""
    head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise())
    officer = await town.meets("陈监管", Role.OFFICER)
    await sends(town, head, "/start")
    await taps(town, head, "▶️ 开始自查", "⚠️ 有隐患")
    await head.photo(taken(1))
    await town.quiet()
    await sends(town, head, "砂轮机没有护罩")
    await taps(town, head, "是一般隐患", "现场核对，没有达到判定标准这一条", "限期整改", "全部采用")
    await sends(town, head, "隐患 2026-0001")
    await taps(town, head, "📷 交整改")
    await head.photo(taken(2), caption="护罩已装上")
    await town.quiet()
    await taps(town, head, "提交复查")
    return head, officer


async def test_a_review_is_one_message_with_its_picture_and_buttons(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        head, officer = await handed_in(town)
        assert (await officer.screen())[-1].startswith("🔎 企业已交整改，请复查\n隐患 BH-2026-0001 · 启明木业")
        before = len(await officer.messages())
        await taps(town, officer, "🔎 复查")
        shown = await officer.last()
        assert len(await officer.messages()) == before + 1
        assert shown["caption"].startswith("🔎 复查　隐患 BH-2026-0001\n启明木业 · 一般隐患 · 已整改，待复查\n")
        assert "照片：整改前 1 张，整改后 1 张" in shown["caption"]
        assert (shown["photo"][-1]["width"], shown["photo"][-1]["height"]) == (1280, 692)
        assert await officer.buttons() == [
            ["✅ 通过"],
            ["✅ 到现场看过，通过"],
            ["↩️ 退回重改", "❗ 虚假整改"],
            ["隐患详情"],
        ]
        passed = await taps(town, officer, "✅ 通过")
        assert passed.startswith("复查通过。还差最后一步：销号。")
        assert "text" in await officer.last()
        closed = await taps(town, officer, "销号")
        assert closed.startswith("隐患 BH-2026-0001 已销号。")
        assert (await head.screen())[-1].startswith("✅ 已销号\n隐患 BH-2026-0001 · 启明木业")
        hazard = await town.database.read(lambda tx: tx.hazards.numbered(2026, 1))
        assert hazard is not None
        assert hazard.state is State.CLOSED


async def test_a_word_at_the_review_shows_it_again(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        _head, officer = await handed_in(town)
        await taps(town, officer, "🔎 复查")
        assert (await sends(town, officer, "在吗")).startswith("🔎 复查　隐患 BH-2026-0001")
        assert "photo" in await officer.last()
