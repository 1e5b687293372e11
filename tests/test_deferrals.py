"""Asking for a later deadline and the office's answer; until then the old one stands."""

from datetime import date

from handlers.services import Services
from storage.database import ZoneDatabase
from tests.rectifying import rectifying_case, scene


async def test_a_deferral_is_asked_for_and_granted(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("申请延期")
    assert case.principal.text == (
        "<b>申请延期　隐患 BH-2026-0001</b>\n"
        "现在的期限：2026年12月8日\n"
        "要延到哪一天？点一个，或者直接打字，例如 12月25日。办公室同意以前，原来的期限不变。"
    )
    assert case.principal.labels == ["延 7 天（12月15日）", "延 15 天（12月23日）", "延 30 天（1月7日）", "不申请了"]
    await case.principal.presses("延 7 天")
    await case.principal.presses("等配件、设备到货")
    assert case.principal.text.startswith("<i>已申请延期到12月15日，等办公室答复。答复以前原来的期限不变。</i>")
    assert "申请延期到12月15日：等待答复。等配件、设备到货" in case.principal.text
    assert "申请延期" not in case.principal.labels
    assert (await case.hazard()).arrangements.deadline == date(2026, 12, 8)
    [told] = await case.letters(case.officer)
    assert told.startswith("<b>企业申请延期，请答复</b>\n")
    assert told.endswith("\n申请延期到12月15日：等待答复。等配件、设备到货")
    await case.takes_letter(case.officer, "看隐患")
    await case.officer.presses("同意延期")
    await case.officer.presses("理由充分")
    assert case.officer.text.startswith("<i>已同意延期，期限已改。</i>")
    assert (await case.hazard()).arrangements.deadline == date(2026, 12, 15)
    [answered] = await case.letters(case.principal)
    assert answered.startswith("<b>延期申请有答复了</b>\n")
    assert answered.endswith("\n申请延期到12月15日：已同意。理由充分，延期期间要有人看护")


async def test_a_refused_deferral_changes_nothing(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("申请延期")
    await case.principal.says("12月31日")
    assert case.principal.text.startswith("<b>申请延到2026年12月31日　隐患 BH-2026-0001</b>")
    await case.principal.says("窗户厂家月底才能来")
    await case.opens(case.officer)
    await case.officer.presses("不同意延期")
    await case.officer.says("先把网拆了，窗户以后再换")
    assert (await case.hazard()).arrangements.deadline == date(2026, 12, 8)
    await case.opens(case.principal)
    assert "申请延期到12月31日：没有同意。先把网拆了，窗户以后再换" in case.principal.text
    assert "申请延期" in case.principal.labels


async def test_an_earlier_day_or_none_is_refused_in_words(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("申请延期")
    await case.principal.says("再说吧")
    assert case.principal.text.startswith("<i>没看懂日期。")
    await case.principal.says("12月1日")
    await case.principal.presses("资金正在落实")
    assert case.principal.text.startswith("<i>延期要写一个比现在期限更晚的日子。</i>")
    hazard = await case.hazard()
    assert await database.read(lambda tx: tx.hazard_records.deferrals(hazard.id)) == []


async def test_nothing_is_handed_in_while_a_deferral_waits(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    await case.principal.sends_photo(scene(services, 2))
    await case.opens(case.principal)
    await case.principal.presses("申请延期")
    await case.principal.presses("延 15 天")
    await case.principal.presses("资金正在落实")
    await case.principal.presses("交整改")
    await case.principal.presses("提交复查")
    assert case.principal.text.startswith("<i>延期申请还没有答复。</i>")


async def test_two_answers_at_once_are_one(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("申请延期")
    await case.principal.presses("延 7 天")
    await case.principal.presses("资金正在落实")
    for chat, label in ((case.officer, "同意延期"), (case.reviewer, "不同意延期")):
        await case.opens(chat)
        await chat.presses(label)
    await case.officer.presses("理由充分")
    await case.reviewer.presses("理由不足")
    assert case.reviewer.text.startswith(
        "<i>这条隐患刚才有改动，您的操作没有执行。最近一步：11月23日 10:00 陈监管：答复延期申请</i>"
    )
    assert (await case.hazard()).arrangements.deadline == date(2026, 12, 15)
