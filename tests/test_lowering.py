"""A level below what the criterion proposes: asked why, kept with the reason, told to the department; own receipts."""

from datetime import timedelta

import pytest

from checklists.hazard_guards import LoweringUnexplained
from checklists.hazard_records import Lowering, Receipt
from checklists.hazard_rules import Recipient
from checklists.hazards import Level, State
from checklists.people import Role
from handlers.replies import data
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.rectifying import Case, new_case, scene
from tests.walks import member_of

WHY = "<b>判定标准建议为重大隐患。为什么不算重大隐患？</b>\n点一个，或者直接打字。办公室看得到您的理由。"
REASON = "现场核对，没有达到判定标准这一条"


async def at_level(database: ZoneDatabase, services: Services) -> Case:
    """A principal who is asked for the level of a hazard that the criterion proposes as major."""
    case = await new_case(database, services)

    def unit(tx: Transaction) -> None:
        tx.enterprises.set_trades(case.shop, ("machinery",), at=NOW)
        tx.enterprises.profiled(case.shop, at=NOW)

    await database.write(unit)
    chat = case.principal
    await chat.says("/start")
    await chat.presses("开始自查")
    await chat.presses("有隐患")
    await chat.sends_photo(scene(services, 1))
    await chat.says("吊车限位器坏了")
    assert chat.text.endswith("按判定标准，这一条应是<b>重大隐患</b>。")
    return case


async def lowerings(case: Case) -> Lowering | None:
    hazard = await case.hazard()
    return await case.database.read(lambda tx: tx.hazard_records.lowering(hazard))


async def test_one_tap_lowers_nothing_and_the_reason_is_kept_and_told(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    chat = case.principal
    await chat.presses("是一般隐患")
    assert chat.text.endswith(WHY)
    assert chat.labels[:4] == [
        REASON,
        "判定标准说的设备、场所或物料，本单位没有",
        "数量或面积没有达到判定标准",
        "返回，重选级别",
    ]
    assert (await case.hazard()).state is State.FOUND
    await chat.presses(REASON)
    assert chat.toasts[-1] == "已确认为一般隐患。"
    hazard = await case.hazard()
    assert (hazard.level, hazard.state) == (Level.GENERAL, State.CONFIRMED)
    assert hazard.level_confirmed_by is not None
    assert await lowerings(case) == Lowering(by=hazard.level_confirmed_by, at=NOW, reason=REASON)
    [told] = await case.letters(case.officer)
    assert told.startswith("🔎 <b>企业把建议的重大隐患定为一般隐患，请看一看</b>\n隐患 BH-2026-0001 · 晨光机械厂\n")
    assert told.endswith(f"\n判定标准建议为重大，王厂长定为一般：{REASON}")
    assert case.post.texts(case.reviewer.telegram_id) == [told]
    assert case.post.texts(chat.telegram_id) == []
    await case.opens(case.officer)
    assert f"\n判定标准建议为重大，王厂长定为一般：{REASON}" in case.officer.text
    await case.officer.taps(data("yy", hazard.id, 0))
    assert f"王厂长：把建议的重大隐患定为一般隐患。{REASON}" in case.officer.text
    await case.opens(chat)
    assert "判定标准建议为重大" not in chat.text


async def test_typed_words_are_a_reason_and_the_criterions_proposal_still_stands(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    chat = case.principal
    await chat.presses("是一般隐患")
    await chat.says("吊车已报废\n停用三年")
    found = await lowerings(case)
    assert found is not None
    assert found.reason == "吊车已报废 停用三年"
    assert (await case.hazard()).words == "吊车限位器坏了"
    await chat.presses("改级别")
    assert chat.text.endswith("按判定标准，这一条应是<b>重大隐患</b>。")
    assert chat.labels[:2] == ["是重大隐患", "是一般隐患"]
    await chat.presses("是重大隐患")
    assert (await case.hazard()).level is Level.MAJOR
    assert await lowerings(case) is None
    assert not [t for t in await case.letters(case.officer) if "定为一般隐患" in t]


async def test_a_restart_and_old_buttons_in_the_middle_of_lowering(database: ZoneDatabase, services: Services) -> None:
    case = await at_level(database, services)
    chat = case.principal
    old = chat.button("是一般隐患").data
    await chat.taps(old)
    await chat.taps(old)
    assert chat.text.endswith(WHY)
    reason = chat.button(REASON).data
    await case.opens(chat)
    await chat.presses("接着填")
    assert "第 3/4 步" in chat.text
    await chat.presses("是一般隐患")
    await chat.sends_photo(scene(services, 2))
    assert chat.text.endswith(WHY)
    await chat.presses("返回，重选级别")
    assert "第 3/4 步" in chat.text
    await chat.taps(reason)
    assert (await case.hazard()).level is Level.GENERAL
    version = (await case.hazard()).version
    await chat.taps(reason)
    assert chat.toasts[-1] == "这条隐患刚才有改动，这是现在的情况。"
    assert (await case.hazard()).version == version


async def test_the_storage_itself_wants_the_reason_of_the_firm(database: ZoneDatabase, services: Services) -> None:
    case = await at_level(database, services)
    hazard = await case.hazard()
    with pytest.raises(LoweringUnexplained):
        await database.write(lambda tx: tx.hazards.confirm_level(hazard, Level.GENERAL, by=hazard.found_by, at=NOW))
    officer = await database.read(lambda tx: tx.people.by_telegram(701))
    assert officer is not None
    set_by_the_office = await database.write(
        lambda tx: tx.hazards.confirm_level(hazard, Level.GENERAL, by=officer.id, at=NOW)
    )
    assert set_by_the_office.level is Level.GENERAL
    assert await lowerings(case) is None


async def receipts(case: Case) -> dict[Recipient, str]:
    """How each recipient has confirmed the hazard so far."""
    hazard = await case.hazard()
    notices = await case.database.read(lambda tx: tx.hazard_records.notices(hazard))
    return {n.recipient: n.how for n in notices if n.received_at is not None}


async def test_who_confirms_a_major_hazard_himself_gets_no_notice_and_his_press_is_the_receipt(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    controller = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await case.principal.presses("是重大隐患")
    assert await case.letters(case.principal) == []
    assert await receipts(case) == {Recipient.PRINCIPAL: Receipt.BOT}
    assert "❗ <b>重大隐患告知</b>" in case.post.screens[controller.telegram_id].text
    assert "❗ <b>重大隐患告知</b>" in case.post.screens[case.officer.telegram_id].text
    await case.opens(case.officer)
    assert "· 主要负责人：11月23日已收到（本人确认为重大隐患）" in case.officer.text
    assert "· 实际控制人：还没有确认收到" in case.officer.text


async def test_a_controller_who_confirms_is_no_receipt_of_the_principal(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    controller = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await controller.says("隐患 2026-0001")
    await controller.presses("接着填")
    await controller.presses("是重大隐患")
    assert await receipts(case) == {Recipient.CONTROLLER: Receipt.BOT}
    [told] = await case.letters(case.principal)
    assert told.startswith("❗ <b>重大隐患告知</b>")


async def test_the_press_of_a_delegated_inspector_is_nobodys_receipt(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    deputy = await member_of(database, services, case.shop, Role.DEPUTY, telegram_id=721, name="周班长")
    await deputy.says("隐患 2026-0001")
    await deputy.presses("接着填")
    await deputy.presses("是重大隐患")
    assert await receipts(case) == {}
    [told] = await case.letters(case.principal)
    assert told.endswith("<b>您是主要负责人，请点“收到”。</b>")


async def test_a_reopened_major_hazard_is_told_to_who_confirmed_it_too(
    database: ZoneDatabase, services: Services
) -> None:
    case = await at_level(database, services)
    await case.principal.presses("是重大隐患")
    hazard = await case.hazard()

    def next_life(tx: Transaction) -> tuple[str, ...]:
        notices = tx.hazard_records.notices(hazard)
        again = tx.hazards.change(hazard, "hazard_reopened", {"life": 2}, by=None, at=NOW + timedelta(days=1))
        tx.hazard_records.notify(again, Recipient, at=NOW + timedelta(days=1))
        assert [n.recipient for n in notices if n.received_at] == [Recipient.PRINCIPAL]
        return tx.hazard_life.receipts_missing(again)

    assert (await database.write(next_life))[0] == "主要负责人"
