"""A hazard from the press on 有隐患 to its five arrangements: every step, every way back, and the lists."""

from datetime import date

import pytest

from checklists.hazards import Arrangements, Hazard, Level, State
from checklists.inspections import Answer
from checklists.people import Role
from handlers.arrangements import NotADay, parse_deadline
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.hazards import HazardChanged
from tests.chat import Chat
from tests.conftest import NOW
from tests.walks import (
    member_of,
    principal_of,
    sample_photo,
    small_shop,
    to_hazard_steps,
    to_record,
    to_summary,
)

TODAY = date(2026, 11, 23)


async def walking(database: ZoneDatabase, services: Services) -> tuple[int, Chat]:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    return shop, chat


async def only_hazard(database: ZoneDatabase, shop: int) -> Hazard:
    [hazard] = await database.read(lambda tx: tx.hazards.of_enterprise(shop))
    return hazard


async def test_a_hazard_gets_its_number_at_once(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    assert chat.text == (
        "⚠️ <b>隐患 BH-2026-0001</b>\n"
        "建议为一般隐患 · 待确认\n"
        "第 1 题：走道、楼梯、门窗没有装卷帘、栅栏、防盗网挡住逃生？\n"
        "依据：中华人民共和国消防法（2021年修正） 消防法第二十八条\n"
        "\n"
        "<b>第 1/4 步：把隐患拍下来，照片发到这里。</b>"
    )
    assert chat.labels == ["没法拍照，先跳过", "误报，撤回", "稍后再填"]
    assert chat.toasts == ["隐患 BH-2026-0001 已记下。"]
    hazard = await only_hazard(database, shop)
    assert (hazard.state, hazard.item, hazard.criterion_id) == (State.FOUND, 0, "fire-22")
    run = await database.read(lambda tx: tx.inspections.running(shop))
    assert run is not None
    assert run.progress.answer(0) is Answer.HAZARD


async def test_all_five_arrangements_are_accepted_by_one_tap(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.sends_photo(sample_photo())
    assert chat.text.startswith("<i>照片已存好。</i>\n⚠️ <b>隐患 BH-2026-0001</b>")
    assert chat.text.endswith("📷 照片 1 张\n\n<b>第 2/4 步：写一句哪里不对。</b>打字或发语音都行。")
    await chat.says("二楼窗户焊了防盗网")
    assert chat.text.endswith("<b>第 3/4 步：请您确认隐患级别。</b>\n按判定标准，这一条应是<b>一般隐患</b>。")
    await chat.presses("是一般隐患")
    await chat.presses("限期整改")
    assert chat.text.endswith(
        "<b>限期整改要落实五件事。</b>可以一键采用建议，也可以点开改：\n"
        "▫️ 责任人：王厂长（建议）\n"
        "▫️ 措施：按标准整改到位，拍照留存（建议）\n"
        "▫️ 资金：由本单位安全生产费用列支（建议）\n"
        "▫️ 期限：2026年12月8日（建议）\n"
        "▫️ 应急预案：整改期间设警示、专人看护（建议）"
    )
    await chat.presses("全部采用")
    assert chat.text.startswith("<i>隐患 BH-2026-0001 五落实已齐，整改中。</i>\n第 2/6 题")
    hazard = await only_hazard(database, shop)
    assert hazard.state is State.RECTIFYING
    assert hazard.words == "二楼窗户焊了防盗网"
    assert hazard.arrangements == Arrangements(
        responsible="王厂长",
        measure="按标准整改到位，拍照留存",
        funds="由本单位安全生产费用列支",
        deadline=date(2026, 12, 8),
        contingency="整改期间设警示、专人看护",
    )


async def test_each_arrangement_can_be_chosen_or_typed(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    await chat.presses("限期整改")
    await chat.presses("责任人")
    await chat.says("周班长")
    await chat.presses("资金")
    await chat.presses("自筹")
    await chat.presses("期限")
    assert chat.labels == [
        "采用：2026年12月8日",
        "3 天（到11月26日）",
        "7 天（到11月30日）",
        "15 天（到12月8日）",
        "30 天（到12月23日）",
        "返回",
    ]
    await chat.says("昨天")
    assert chat.text.startswith("<i>没看懂日期。请写 12月5日、2026-12-05、明天 或 10天。</i>")
    await chat.says("12月5日")
    await chat.presses("措施")
    await chat.presses("采用：按标准整改到位")
    assert (await only_hazard(database, shop)).state is State.CONFIRMED
    await chat.presses("应急预案")
    await chat.presses("按本单位应急预案执行")
    hazard = await only_hazard(database, shop)
    assert hazard.state is State.RECTIFYING
    assert hazard.arrangements == Arrangements(
        responsible="周班长",
        measure="按标准整改到位，拍照留存",
        funds="自筹",
        deadline=date(2026, 12, 5),
        contingency="按本单位应急预案执行",
    )


async def test_accepting_all_never_overwrites_what_a_person_set(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    await chat.presses("限期整改")
    await chat.presses("责任人")
    await chat.says("周班长")
    await chat.presses("全部采用")
    assert (await only_hazard(database, shop)).arrangements.responsible == "周班长"


async def test_fixed_on_the_spot_needs_the_second_photo(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    await chat.presses("立查立改：现在就改好")
    assert chat.text.endswith("<b>改好以后，在同一个地方再拍一张发来。</b>没有改后的照片，不算改好。")
    await chat.says("已经改好了")
    assert (await only_hazard(database, shop)).state is State.CONFIRMED
    await chat.sends_photo(sample_photo("green"))
    assert chat.text.startswith("<i>隐患 BH-2026-0001 已立查立改，等待复核。</i>\n第 2/6 题")
    hazard = await only_hazard(database, shop)
    assert hazard.state is State.FIXED_ON_SPOT
    [after] = await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))
    assert after.phase == "after"


async def test_the_rest_of_an_album_follows_its_first_photo_to_the_hazard(
    database: ZoneDatabase, services: Services
) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    await chat.presses("立查立改")
    for colour in ("red", "green", "blue"):
        reply = await chat.sends_photo(sample_photo(colour), album="A1")
        assert reply.group == "A1"
    assert chat.text.startswith("<i>照片已加到隐患 BH-2026-0001。</i>\n第 2/6 题")
    hazard = await only_hazard(database, shop)
    assert [a.phase for a in await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))] == ["after"] * 3


async def test_a_person_may_set_the_other_level_and_think_again(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.presses("就用题目的话")
    assert chat.labels[:2] == ["是一般隐患", "是重大隐患"]
    await chat.presses("是重大隐患")
    assert (await only_hazard(database, shop)).level is Level.MAJOR
    await chat.presses("改级别")
    await chat.presses("是一般隐患")
    hazard = await only_hazard(database, shop)
    assert (hazard.level, hazard.state) == (Level.GENERAL, State.CONFIRMED)
    history = await database.read(lambda tx: [e.what for e in tx.trail.of("hazard", hazard.id)])
    levels = ["hazard_confirmed", "hazard_notice_received", "hazard_confirmed"]
    assert history == ["hazard_found", "hazard_described", *levels]


async def test_a_voice_note_serves_as_the_words(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.sends_voice(services.voices.put(b"OggS spoken"))
    assert "情况：见语音说明\n🎤 语音 1 条" in chat.text
    assert (await only_hazard(database, shop)).words == "见语音说明"


async def test_the_remark_of_the_question_can_be_its_words(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.says("三楼走道装了卷帘")
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.presses("用备注的话")
    assert (await only_hazard(database, shop)).words == "三楼走道装了卷帘"


async def test_a_hazard_left_half_done_goes_on_from_the_step_that_is_due(
    database: ZoneDatabase, services: Services
) -> None:
    _shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.sends_photo(sample_photo())
    await chat.presses("稍后再填")
    assert chat.text.startswith("第 2/6 题")
    await chat.says("/start")
    await chat.presses("隐患清单（1）")
    await chat.presses("BH-2026-0001")
    await chat.presses("接着填")
    assert chat.text.endswith("<b>第 2/4 步：写一句哪里不对。</b>打字或发语音都行。")


async def test_good_after_all_withdraws_the_hazard_with_a_reason(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("稍后再填")
    await chat.presses("上一题")
    await chat.presses("✅ 合格")
    assert chat.text == ("<b>撤回隐患 BH-2026-0001？</b>\n会留在历史里，写明原因。为什么撤回？点一个，或者直接打字。")
    assert (await only_hazard(database, shop)).state is State.FOUND
    await chat.presses("看错了，其实合格")
    assert chat.text.startswith("<i>隐患 BH-2026-0001 已撤回。</i>\n第 2/6 题")
    assert await database.read(lambda tx: tx.hazards.of_enterprise(shop)) == []
    [gone] = await database.read(lambda tx: tx.hazards.of_enterprise(shop, withdrawn=True))
    assert (gone.state, gone.withdrawn_reason) == (State.WITHDRAWN, "看错了，其实合格")
    run = await database.read(lambda tx: tx.inspections.running(shop))
    assert run is not None
    assert run.progress.answer(0) is Answer.GOOD


async def test_a_tap_in_error_is_taken_back_and_the_question_asked_again(
    database: ZoneDatabase, services: Services
) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("误报，撤回")
    await chat.says("手滑了")
    assert chat.text.startswith("<i>隐患 BH-2026-0001 已撤回。</i>\n第 1/6 题")
    await chat.presses("有隐患")
    assert chat.text.startswith("⚠️ <b>隐患 BH-2026-0002</b>")
    every = [
        *await database.read(lambda tx: tx.hazards.of_enterprise(shop)),
        *await database.read(lambda tx: tx.hazards.of_enterprise(shop, withdrawn=True)),
    ]
    assert [(h.sequence, h.withdrawn_reason) for h in every] == [(2, ""), (1, "手滑了")]


async def test_not_applicable_withdraws_the_hazard_too(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("稍后再填")
    await chat.presses("上一题")
    await chat.presses("不涉及")
    await chat.presses("已停用")
    [gone] = await database.read(lambda tx: tx.hazards.of_enterprise(shop, withdrawn=True))
    assert gone.withdrawn_reason == "不涉及：已停用"


async def test_pressing_hazard_again_opens_the_same_one(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    hazard = chat.button("有隐患").data
    await chat.taps(hazard)
    await chat.taps(hazard)
    assert chat.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")
    await chat.presses("稍后再填")
    await chat.presses("上一题")
    await chat.presses("● ⚠️ 有隐患")
    assert chat.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")
    assert (await only_hazard(database, shop)).sequence == 1


async def test_old_buttons_of_a_hazard_change_nothing(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.presses("就用题目的话")
    major = chat.button("是重大隐患").data
    await chat.presses("是一般隐患")
    reply = await chat.taps(major)
    assert reply.toast == "这条隐患刚才有改动，这是现在的情况。"
    await chat.presses("限期整改")
    everything = chat.button("全部采用").data
    await chat.taps(everything)
    await chat.taps(everything)
    hazard = await only_hazard(database, shop)
    assert (hazard.level, hazard.state) == (Level.GENERAL, State.RECTIFYING)


async def test_a_change_on_top_of_an_unseen_change_is_refused(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await chat.presses("有隐患")
    seen = await only_hazard(database, shop)
    await database.write(lambda tx: tx.hazards.describe(seen, "一", by=1, at=NOW))
    with pytest.raises(HazardChanged):
        await database.write(lambda tx: tx.hazards.describe(seen, "二", by=1, at=NOW))
    assert (await only_hazard(database, shop)).words == "一"


async def test_the_number_opens_the_card_for_those_who_may_see_it(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    other = await small_shop(database, uscc="91230200MA1B2C3D5W", name="隔壁木器厂")
    neighbour = await principal_of(database, services, other, telegram_id=702, name="赵老板")
    for words in ("隐患 2026-0001", "隐患BH-2026-0001", "/hazard 2026-0001"):
        await officer.says(words)
        assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>\n一般隐患 · 待落实整改"), words
    assert officer.labels == ["更多", "文书", "返回台账", "隐患清单", "返回首页"]
    await neighbour.says("隐患 2026-0001")
    assert neighbour.text == "没有找到隐患 2026-0001，请核对编号。"
    await neighbour.says("隐患 2026-0002")
    assert neighbour.text == "没有找到隐患 2026-0002，请核对编号。"
    await chat.says("隐患 DL-2026-0001")
    assert chat.text == "没有找到隐患 DL-2026-0001，请核对编号。"


async def test_the_office_sees_but_cannot_fill_in(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    forged = [chat.button("限期整改").data, chat.button("误报").data]
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    before = await only_hazard(database, shop)
    for data in forged:
        reply = await officer.taps(data)
        assert reply.toast == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    assert await only_hazard(database, shop) == before


async def test_what_the_office_sends_at_a_hazard_of_a_firm_is_refused_in_so_many_words(
    database: ZoneDatabase, services: Services
) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    before = await only_hazard(database, shop)
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    for sent in (officer.says("请马上停用"), officer.sends_photo(sample_photo())):
        await officer.says("隐患 2026-0001")
        await sent
        assert officer.text == "刚才发的没有收下，这里由企业填写。"
        assert officer.labels == ["返回首页"]
    await officer.presses("返回首页")
    assert officer.text.startswith("<b>滨河开发区</b> · 安全自查")
    assert await only_hazard(database, shop) == before
    assert await database.read(lambda tx: tx.attachments.of_hazard(before.id)) == []


async def test_the_lists_stand_by_deadline(database: ZoneDatabase, services: Services) -> None:
    _shop, chat = await walking(database, services)
    for words in ("30天", "2天"):
        await to_hazard_steps(chat)
        await chat.presses("限期整改")
        await chat.presses("期限")
        await chat.says(words)
        await chat.presses("全部采用")
    await chat.presses("有隐患")
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="钱监管")
    await officer.presses("隐患台账（3）")
    await officer.presses("看清单")
    assert officer.text == (
        "<b>隐患台账</b>　共 3 条，按期限排列\n"
        "· BH-2026-0003　一般隐患　待确认　晨光机械厂\n"
        "· BH-2026-0002　一般隐患　整改中，11月25日前　晨光机械厂\n"
        "· BH-2026-0001　一般隐患　整改中，12月23日前　晨光机械厂"
    )


async def test_after_submitting_nothing_can_be_withdrawn_or_put_off(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    withdraw = chat.button("误报").data
    await chat.presses("限期整改")
    deadline = chat.button("期限").data
    await chat.presses("全部采用")
    await to_summary(chat)
    await to_record(chat)
    before = await only_hazard(database, shop)
    refused = "这条隐患已经提交过，自己不能撤回。确实是误报的，请联系监管办公室。"
    assert (await chat.taps(withdraw)).toast == refused
    assert (await chat.taps(deadline)).toast == "这条隐患的五落实现在不能改。"
    assert await only_hazard(database, shop) == before


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("10天", date(2026, 12, 3)),
        ("10", date(2026, 12, 3)),
        ("5天内", date(2026, 11, 28)),
        ("12月5日", date(2026, 12, 5)),
        ("12月5号前", date(2026, 12, 5)),
        ("2026-12-05", date(2026, 12, 5)),
        ("2026年12月5日", date(2026, 12, 5)),
        ("12.5", date(2026, 12, 5)),
        ("11-23", TODAY),
        ("今天", TODAY),
        ("明天", date(2026, 11, 24)),
        ("后天", date(2026, 11, 25)),
        ("1月5日", date(2027, 1, 5)),
        ("2027-11-24", date(2027, 11, 24)),
    ],
)
def test_a_deadline_is_read_from_plain_words(words: str, day: date) -> None:
    assert parse_deadline(words, today=TODAY) == day


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("尽快", "没看懂日期。请写 12月5日、2026-12-05、明天 或 10天。"),
        ("2月30日", "没有这一天，请再写一次。"),
        ("13月1日", "没有这一天，请再写一次。"),
        ("2026-11-22", "期限已经过去了，请写今天或以后的日期。"),
        ("2027-11-25", "期限不能超过一年。"),
        ("500天", "期限不能超过一年。"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused_in_plain_words(words: str, answer: str) -> None:
    with pytest.raises(NotADay, match=answer):
        parse_deadline(words, today=TODAY)
