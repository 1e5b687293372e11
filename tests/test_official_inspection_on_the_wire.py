"""An inspection by the office over Telegram's own wire: an album, the firm's card to sign, and files of the ledger."""

from pathlib import Path

from checklists.people import Role
from tests.living import USCC, Town, running_town
from tests.sandbox import Person, picture


async def presses(town: Town, person: Person, *labels: str) -> str:
    """Tap one button after another, each on the newest card that has it; the newest text afterwards."""
    for label in labels:
        await person.taps(label)
        await town.quiet()
    return (await person.screen())[-1]


async def says(town: Town, person: Person, words: str) -> str:
    await person.sends(words)
    await town.quiet()
    return (await person.screen())[-1]


async def test_the_firm_signs_the_card_it_was_sent_and_the_officer_hears_of_it(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        firm = await town.enterprise()
        officer = await town.meets("赵监管", Role.OFFICER)
        head = await town.meets("王厂长", Role.PRINCIPAL, firm)
        await says(town, officer, "/start")
        await presses(town, officer, "监督检查")
        await says(town, officer, "木业")
        await presses(town, officer, "启明木业", "双随机", "没有抽取，仍记为双随机")
        await officer.album([picture("red"), picture("green")])
        await town.quiet()
        text = await says(town, officer, "二楼窗户焊了防盗网")
        assert "📷 照片 2 张" in text
        await presses(town, officer, "①", "是一般隐患", "7天内（11月30日）", "返回这次检查", "查完了，核对签字")
        await presses(town, officer, "核对无误，签字")
        card = (await head.screen())[-1]
        assert card.startswith(
            "监督检查记录请您核对签字\n\n监督检查 · 启明木业\n检查方式：双随机（没有抽取）\n检查人员：赵监管"
        )
        assert "BH-2026-0001　一般隐患　二楼窗户焊了防盗网" in card
        text = await presses(town, head, "✍️ 情况属实，签字")
        assert "✍️ 企业已签字：王厂长" in text
        assert (await officer.screen())[-1].startswith("监督检查办结 · 启明木业\n✍️ 检查人员已签字：赵监管")
        await presses(town, officer, "看这次检查", "出整改通知书")
        files = [m["document"]["file_name"] for m in await officer.messages() if "document" in m]
        assert files == ["隐患整改通知书-启明木业-2026-11-23.docx"]


async def test_the_ledger_arrives_as_excel_and_as_pictures(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        firm = await town.enterprise()
        worker = await town.meets("小张", Role.WORKER, firm)
        officer = await town.meets("赵监管", Role.OFFICER)
        head = await town.meets("王厂长", Role.PRINCIPAL, firm)
        await says(town, worker, "/start")
        await presses(town, worker, "⚠️ 报告隐患")
        await says(town, worker, "安全阀漏气")
        assert (await head.screen())[-1].startswith("⚠️ 有人报告隐患 BH-2026-0001\n报告人：小张\n安全阀漏气")
        await says(town, officer, "/ledger")
        await presses(town, officer, "统计和文件", "发 Excel：全部台账", "发统计图")
        messages = await officer.messages()
        assert [m["document"]["file_name"] for m in messages if "document" in m] == ["隐患台账-2026-11-23.xlsx"]
        assert [m["caption"] for m in messages if "photo" in m] == ["发现与销号", "销号率", "各行业隐患", "各社区隐患"]


async def test_a_draw_a_scanned_code_and_a_voice_note_end_in_a_signed_inspection(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        firm = await town.enterprise()
        officer = await town.meets("赵监管", Role.OFFICER)
        reviewer = await town.meets("钱审核", Role.REVIEWER)
        head = await town.meets("王厂长", Role.PRINCIPAL, firm)
        await says(town, officer, "/start")
        await presses(town, officer, "监督检查", "🎲 双随机抽查", "➕ 新抽一次", "全部企业（1）", "3 家", "🎲 抽取")
        assert (await reviewer.screen())[-1].startswith("双随机抽查：抽到您检查 1 家\n· 启明木业（和 赵监管 一起）")
        await presses(town, officer, "发抽取表 Excel")
        files = [m["document"]["file_name"] for m in await officer.messages() if "document" in m]
        assert files == ["双随机抽取表-2026-11-23.xlsx"]
        # The code at the gate opens the firm; the way of inspecting leads under its draw.
        await says(town, reviewer, f"/start e-{USCC}")
        text = await presses(town, reviewer, "检查这家", "双随机", "按这次抽取开始检查")
        assert "检查方式：双随机（2026年11月23日抽取）" in text
        await reviewer.voice(b"OggS wire")
        await town.quiet()
        assert (await reviewer.screen())[-1].startswith("语音已存好，以后可以再听。")
        await says(town, reviewer, "今天下雨了")
        await presses(town, reviewer, "先不写依据", "是一般隐患", "由企业定期限", "返回这次检查")
        await presses(town, reviewer, "查完了，核对签字", "核对无误，签字")
        await presses(town, head, "✍️ 情况属实，签字")
        await says(town, officer, "隐患 2026-0001")
        await presses(town, officer, "🎤 听语音（1）")
        [note] = [m for m in await officer.messages() if "voice" in m]
        assert note["caption"].startswith("隐患 BH-2026-0001　钱审核　11月23日")
        # Who lets nobody send him voice notes gets it as a file.
        refused = {"method": "sendVoice", "error_code": 400, "description": "Bad Request: VOICE_MESSAGES_FORBIDDEN"}
        await town.sandbox.control.post("faults", refused)
        await presses(town, officer, "🎤 听语音（1）")
        files = [m["document"]["file_name"] for m in await officer.messages() if "document" in m]
        assert files[1:] == ["BH-2026-0001-1.ogg"]
        await says(town, officer, "/start")
        text = await presses(town, officer, "监督检查", "🎲 双随机抽查")
        assert "随机抽企业" in text
        assert await presses(town, officer, "11月23日 10:00　已查 1/1")
