"""A major hazard reported over Telegram's own wire: told, written, handed in, printed, and only then closed."""

from pathlib import Path

from checklists.hazards import State
from tests.test_close_out import Place, arranges, closes, hands_in, running_place


async def has_a_major_hazard(place: Place) -> None:
    """The officer enters it, confirms it as major; the firm arranges everything."""
    await place.presses(place.officer, "企业", "启明木业", "登记隐患", "上级交办的")
    await place.shows(place.officer, 1, "二楼窗户焊了防盗网")
    await place.presses(place.officer, "①", "是重大隐患", "7天内")


async def confirms_everything(place: Place) -> None:
    """Everybody who must know: the principal by a press, the controller and the workers' congress on paper."""
    await place.presses(place.head, "✅ 收到")
    await place.writes(place.officer, "隐患 2026-0001")
    for name in ("实际控制人", "职工代表大会"):
        await place.presses(place.officer, "更多", f"记书面回执：{name}", "签字的纸质回执已存档")


async def test_a_major_hazard_is_reported_and_then_closed(address: str, tmp_path: Path) -> None:
    async with running_place(address, tmp_path) as place:
        head, officer = place.head, place.officer
        await has_a_major_hazard(place)
        assert "📝 写重大隐患报告" in await place.labels(head)
        await confirms_everything(place)
        await place.writes(head, "隐患 2026-0001")
        await place.presses(head, "接着填")
        await arranges(place)
        await place.writes(head, "隐患 2026-0001")
        card = await place.presses(head, "写重大隐患报告")
        assert card.startswith("📝 重大隐患报告　隐患 BH-2026-0001\n第 1/3 部分：现状和产生原因\n")
        await place.presses(head, "安装、改造时没有按标准做", "本单位自己能改，不用停产")
        card = await place.presses(head, "✅ 采用")
        assert card.endswith("看好了就点“报出”。办公室马上收到；报出以后不能再改，只能补充。")
        await place.presses(head, "📨 报出")
        [sent] = [m for m in await head.messages() if "document" in m]
        assert sent["document"]["file_name"].startswith("重大事故隐患报告-启明木业-")
        assert sent["caption"] == "请核对内容，盖章，报职代会并存档。"
        assert (await place.reads(officer)).startswith(
            "📄 重大隐患报告已交\n隐患 BH-2026-0001 · 启明木业\n报告人：王厂长\n"
        )
        card = await place.presses(officer, "看全文")
        assert "产生原因：安装、改造时没有按标准做。" in card
        await hands_in(place)
        await closes(place)
        assert (await place.hazard()).state is State.CLOSED
