"""Submitting: what blocks it, the record that stands for ever, its PDF, corrections, and the office's view."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from checklists.hazards import State
from checklists.inspections import Answer, InspectionState
from checklists.people import Role
from handlers.duties import plan_enterprises
from handlers.recording import read_record
from handlers.renderers import RENDERERS, render
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.walks import (
    answers_until,
    member_of,
    principal_of,
    sample_photo,
    small_shop,
    to_hazard_steps,
    to_record,
    to_summary,
)

RECORD = (
    "<b>自查记录 BH-ZC-2026-0001</b>　第 1 版\n"
    "晨光机械厂\n"
    "周期：2026年第四季度\n"
    "带队：王厂长\n"
    "提交：2026年11月23日 10:00，王厂长\n"
    "共 6 题：合格 5，有隐患 1，不涉及 0\n"
    "⚠️ BH-2026-0001　一般隐患　提交时：整改中"
)


async def walking(database: ZoneDatabase, services: Services) -> tuple[int, Chat]:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    return shop, chat


async def submitted(database: ZoneDatabase, services: Services) -> tuple[int, Chat]:
    """A record with a photo and one hazard being rectified."""
    shop, chat = await walking(database, services)
    await chat.sends_photo(sample_photo("blue"))
    await chat.presses("合格")
    await to_hazard_steps(chat)
    await chat.presses("限期整改")
    await chat.presses("全部采用")
    await to_summary(chat)
    await to_record(chat)
    return shop, chat


async def kept(database: ZoneDatabase, shop: int) -> list[dict[str, Any]]:
    """Everything that is kept of submitted inspections, but that one of them was corrected."""

    def unit(tx: Transaction) -> list[dict[str, Any]]:
        return [
            {
                "run": replace(run, state=InspectionState.SUBMITTED),
                "answers": tx.inspections.answers_of(run.id),
                "record": tx.inspections.record(run.id),
                "attachments": tx.attachments.of_inspection(run.id),
            }
            for run in tx.inspections.submitted(enterprise_id=shop)
        ]

    return await database.read(unit)


async def test_open_questions_block_submitting(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await walking(database, services)
    await answers_until(chat, lambda: chat.text.startswith("第 4/6 题"))
    await chat.presses("概览")
    await chat.presses("提交")
    assert chat.text == (
        "<b>提交前看一遍</b>\n"
        "▓▓▓▓▓░░░░░ 已答 3/6\n"
        "✅ 合格 3　⚠️ 有隐患 0　➖ 不涉及 0\n"
        "\n"
        "带队：还没选\n"
        "参加：还没选\n"
        "\n"
        "还有 3 题没答，答完才能提交。"
    )
    assert chat.labels == ["去答没答的题", "带队人", "参加人员", "概览"]
    await chat.presses("去答没答的题")
    assert chat.text.startswith("第 4/6 题")


async def test_nobody_submits_without_saying_who_led(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await walking(database, services)
    await to_summary(chat)
    await chat.presses("提交")
    assert chat.toasts[-1] == "先选带队人。"
    assert chat.labels == ["王厂长（主要负责人）", "返回"]
    await chat.says("外聘的孙工")
    assert chat.text.startswith("<i>已记下。带队人不是登记的主要负责人，记录里会照实写。</i>")
    await chat.presses("提交")
    assert chat.text == (
        "<b>确认提交</b>\n"
        "带队：外聘的孙工\n"
        "没有发现隐患\n"
        "\n"
        "本人声明：以上自查由上述人员实地进行，内容真实、完整，如有虚假愿承担责任。\n"
        "提交后不能修改，只能另出一份更正。"
    )
    assert chat.labels == ["确认提交", "再看看"]


async def test_participants_are_switched_on_and_off_and_typed(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await member_of(database, services, shop, Role.SAFETY_MANAGER, telegram_id=502, name="李安全")
    await to_summary(chat)
    await chat.presses("参加人员")
    on = chat.button("⬜ 李安全").data
    await chat.taps(on)
    await chat.taps(on)
    assert "☑️ 李安全" in chat.labels
    await chat.says("周班长，吴师傅、李安全")
    assert chat.text.endswith("现在：李安全、周班长、吴师傅")
    await chat.presses("☑️ 李安全")
    await chat.presses("选好了")
    assert "参加：周班长、吴师傅" in chat.text
    await chat.presses("参加人员")
    await chat.presses("清空")
    assert chat.text.endswith("现在：还没选")


async def test_submitting_keeps_the_record_and_sends_it_to_the_principal(
    database: ZoneDatabase, services: Services
) -> None:
    shop, chat = await submitted(database, services)
    assert chat.text == RECORD
    assert chat.labels == ["发 PDF 给我", "隐患清单", "更正这份记录", "本企业的记录", "返回首页"]
    [run] = await database.read(lambda tx: tx.inspections.submitted())
    assert (run.state, run.period, run.led_by) == (InspectionState.SUBMITTED, "2026Q4", "王厂长")
    [delivery] = await database.read(lambda tx: tx.deliveries.waiting(NOW, 10))
    assert (delivery.kind, delivery.chat_id) == ("record", 501)
    assert await database.read(lambda tx: tx.inspections.running(shop)) is None


async def test_the_record_holds_everything_that_was_said(database: ZoneDatabase, services: Services) -> None:
    _shop, _chat = await submitted(database, services)
    [run] = await database.read(lambda tx: tx.inspections.submitted())
    body = await database.read(lambda tx: tx.inspections.record(run.id))
    assert body is not None
    record = read_record(body)
    assert record.led_by_principal is True
    assert [(s.name, len(s.items)) for s in record.sections] == [("消防（各类单位通用）", 3), ("本企业补充", 3)]
    items = [item for section in record.sections for item in section.items]
    assert [i.answer for i in items] == [Answer.GOOD, Answer.HAZARD, *[Answer.GOOD] * 4]
    assert [p.sha256 for p in items[0].photos] == [sample_photo("blue").sha256]
    [hazard] = record.hazards
    assert (hazard.number, hazard.item_number, hazard.state) == ("BH-2026-0001", 2, State.RECTIFYING)
    assert hazard.words == "检查发现不符合：消防设施器材没有损坏、挪用、拆除、停用或遮挡？"


async def test_photos_and_voice_notes_put_to_no_question_are_announced_and_stand_at_the_end_of_the_record(
    database: ZoneDatabase, services: Services
) -> None:
    _shop, chat = await walking(database, services)
    await to_summary(chat)
    await chat.sends_photo(sample_photo("blue"))
    await chat.sends_voice("ab" * 32)
    await chat.presses("以后再放")
    await chat.presses("提交")
    await chat.presses("王厂长")
    await chat.presses("提交")
    assert chat.text.startswith(
        "<b>确认提交</b>\n带队：王厂长\n没有发现隐患\n还有 2 个照片、语音没放到题下，会附在记录最后。"
    )
    await chat.presses("确认提交")
    [run] = await database.read(lambda tx: tx.inspections.submitted())
    body = await database.read(lambda tx: tx.inspections.record(run.id))
    assert body is not None
    record = read_record(body)
    assert [p.sha256 for p in record.unsorted] == [sample_photo("blue").sha256]
    assert record.unsorted_voice_notes == 1


async def test_the_pdf_is_made_from_the_database(database: ZoneDatabase, services: Services) -> None:
    _shop, _chat = await submitted(database, services)
    services.photos.put(sample_photo("blue"))
    [delivery] = await database.read(lambda tx: tx.deliveries.waiting(NOW, 10))
    outgoing = await database.read(lambda tx: render(RENDERERS, tx, services, delivery, NOW))
    assert outgoing is not None
    [document] = outgoing.documents
    assert (document.name, document.caption) == ("BH-ZC-2026-0001-v1.pdf", "晨光机械厂 2026年第四季度 自查记录")
    assert document.content.startswith(b"%PDF")


async def test_a_press_cannot_submit_what_changed_since_it_was_shown(
    database: ZoneDatabase, services: Services
) -> None:
    shop, chat = await walking(database, services)
    second = await member_of(database, services, shop, Role.SAFETY_MANAGER, telegram_id=502, name="李安全")
    await to_summary(chat)
    await chat.presses("带队人")
    await chat.presses("王厂长")
    await chat.presses("提交")
    declared = chat.button("确认提交").data
    await second.says("/start")
    await second.presses("继续自查")
    await second.presses("概览")
    await second.presses("✅3")
    await second.presses("有隐患")
    reply = await chat.taps(declared)
    assert reply.toast == "刚才有改动，请再看一遍。"
    assert "有隐患 1 处" in chat.text
    assert "其中 1 处还没填完，提交后可以在隐患清单里接着填。" in chat.text
    await chat.presses("确认提交")
    assert "共 6 题：合格 5，有隐患 1，不涉及 0" in chat.text


async def test_confirming_twice_submits_once(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await walking(database, services)
    await to_summary(chat)
    await chat.presses("带队人")
    await chat.presses("王厂长")
    await chat.presses("提交")
    declared = chat.button("确认提交").data
    await chat.taps(declared)
    reply = await chat.taps(declared)
    assert reply.toast == "这次自查已经提交，不能再改。"
    assert len(await database.read(lambda tx: tx.inspections.submitted())) == 1
    assert len(await database.read(lambda tx: tx.deliveries.waiting(NOW, 10))) == 1


async def test_no_button_ever_shown_changes_a_submitted_record(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await submitted(database, services)
    before = await kept(database, shop)
    pressed = {b.data for screen in chat.seen for row in screen.buttons for b in row if b.data}
    assert len(pressed) > 60
    for data in sorted(pressed):
        await chat.taps(data)
        await chat.says("随便写一句")
        await chat.sends_photo(sample_photo("green"))
        after = [row for row in await kept(database, shop) if row["run"].id == before[0]["run"].id]
        assert after == before, data


async def test_a_correction_is_a_new_version_that_names_the_old_one(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await submitted(database, services)
    before = await kept(database, shop)
    await chat.presses("更正这份记录")
    assert chat.labels == ["有题答错了", "漏了隐患", "带队人或参加人员写错了", "不更正了"]
    await chat.says("第 3 题当时没看仔细")
    assert chat.text.startswith("<i>这是更正的一版，改好后再提交一次。</i>\n<b>提交前看一遍</b>\n▓▓▓▓▓▓▓▓▓▓ 已答 6/6")
    await chat.presses("概览")
    await chat.presses("✅3")
    await chat.presses("不涉及")
    await chat.presses("已停用")
    await chat.presses("提交")
    await chat.presses("确认提交")
    assert chat.text == (
        "<b>自查记录 BH-ZC-2026-0001</b>　第 2 版\n"
        "晨光机械厂\n"
        "周期：2026年第四季度\n"
        "带队：王厂长\n"
        "提交：2026年11月23日 10:00，王厂长\n"
        "共 6 题：合格 4，有隐患 1，不涉及 1\n"
        "⚠️ BH-2026-0001　一般隐患　提交时：整改中\n"
        "更正：BH-ZC-2026-0001 第 1 版，第 3 题当时没看仔细"
    )
    after = await kept(database, shop)
    assert [row["run"].edition for row in after] == [2, 1]
    assert after[1:] == before
    states = await database.read(lambda tx: [r.state for r in tx.inspections.submitted()])
    assert states == [InspectionState.SUBMITTED, InspectionState.CORRECTED]
    new = read_record(after[0]["record"])
    assert [p.sha256 for p in new.sections[0].items[0].photos] == [sample_photo("blue").sha256]


async def test_a_corrected_record_says_so_and_cannot_be_corrected_again(
    database: ZoneDatabase, services: Services
) -> None:
    _shop, chat = await submitted(database, services)
    correct = chat.button("更正这份记录").data
    await chat.taps(correct)
    again = chat.button("有题答错了").data
    await chat.taps(again)
    assert (await chat.taps(again)).toast == "这份记录已经在更正，或已有更正后的一版。"
    await chat.says("/start")
    await chat.presses("自查记录")
    await chat.presses("2026年第四季度")
    assert chat.text == RECORD + "\n正在更正，交上之前以这份为准。"
    await chat.says("/start")
    await chat.presses("继续自查 6/6")
    await chat.presses("提交")
    await chat.presses("确认提交")
    await chat.presses("本企业的记录")
    assert chat.labels[:2] == ["2026年第四季度·第2版 晨光机械厂", "2026年第四季度 晨光机械厂"]
    await chat.presses("2026年第四季度 晨光机械厂")
    assert chat.text == RECORD + "\n这份记录已被后一版更正，原样保留。"
    assert chat.labels == ["发 PDF 给我", "隐患清单", "看更正后的记录", "本企业的记录", "返回首页"]


async def test_a_second_inspection_of_the_period_is_asked_about(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await submitted(database, services)
    await chat.says("/start")
    await chat.presses("开始自查")
    assert chat.text == "晨光机械厂 2026年第四季度 的自查已经提交。要再查一次吗？"
    await chat.presses("再查一次")
    assert chat.text.startswith("<i>晨光机械厂 2026年第四季度 自查，共 6 题。")


async def test_only_the_office_sees_that_it_went_too_quick(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await submitted(database, services)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    await officer.presses("自查记录")
    await officer.presses("2026年第四季度 晨光机械厂")
    assert officer.text == RECORD + "\n\n（仅监管办公室可见）时间过短：6 题用时 0 分 0 秒。"
    assert officer.labels == ["发 PDF 给我", "隐患清单", "本企业的记录", "返回首页"]
    assert "时间过短" not in chat.text


async def test_a_walk_of_ordinary_length_gets_no_note(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    slow = replace(chat, now=NOW + timedelta(seconds=30))
    await to_summary(slow)
    await to_record(slow)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    await officer.presses("自查记录")
    await officer.presses("2026年第四季度")
    assert "时间过短" not in officer.text
    [run] = await database.read(lambda tx: tx.inspections.submitted(enterprise_id=shop))
    assert run.seconds == 30


async def test_the_pdf_comes_again_on_request_once_a_minute(database: ZoneDatabase, services: Services) -> None:
    await submitted(database, services)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    await officer.presses("自查记录")
    await officer.presses("2026年第四季度")
    await officer.presses("发 PDF 给我")
    await officer.presses("发 PDF 给我")
    assert officer.toasts[-2:] == ["PDF 马上发来。", "PDF 马上发来。"]
    waiting = await database.read(lambda tx: tx.deliveries.waiting(NOW, 10))
    assert [d.chat_id for d in waiting if d.chat_id == 701] == [701]


async def test_a_neighbour_sees_no_record(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await submitted(database, services)
    other = await small_shop(database, uscc="91230200MA1B2C3D5W", name="隔壁木器厂")
    neighbour = await principal_of(database, services, other, telegram_id=601, name="赵老板")
    for label in ("发 PDF 给我", "隐患清单", "更正这份记录", "本企业的记录"):
        reply = await neighbour.taps(chat.button(label).data)
        assert reply.toast == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    assert not [d for d in await database.read(lambda tx: tx.deliveries.waiting(NOW, 10)) if d.chat_id == 601]


async def test_menu_and_card_say_how_the_period_stands(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)

    def plan(tx: Transaction) -> None:
        zone = tx.zones.current()
        assert zone is not None
        plan_enterprises(tx, zone, [shop], now=NOW)

    await database.write(plan)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=900, name="周监管")
    await officer.presses("企业（1）")
    await officer.presses("晨光机械厂")
    assert officer.text.endswith("• 2026年第四季度自查还有38天，12月31日到期\n自查正在做：已答 0/6")
    await to_hazard_steps(chat)
    await chat.presses("稍后再填")
    await to_summary(chat)
    await to_record(chat)
    await chat.presses("返回首页")
    assert chat.text.endswith("您是主要负责人。\n✓ 2026年第四季度自查已完成")
    await officer.says("/start")
    await officer.presses("企业（1）")
    await officer.presses("晨光机械厂")
    assert officer.text.endswith("\n✓ 2026年第四季度自查已完成")
    assert "自查记录" in officer.labels
    await officer.presses("隐患清单")
    assert "BH-2026-0001" in officer.text
