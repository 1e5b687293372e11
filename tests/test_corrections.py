"""A correction gives the firm nothing back: what stood in a submitted record is the office's to take off the list."""

from datetime import date

from checklists.hazards import Hazard, Level, State
from checklists.inspections import Answer
from handlers.replies import data
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.rectifying import Case, finds_hazard, new_case, rectifying_case, scene
from tests.walks import to_hazard_steps

ASK_THE_OFFICE = "这条隐患已经提交过，自己不能撤回。确实是误报的，请联系监管办公室。"


async def correcting(case: Case) -> None:
    """The principal corrects the record with the hazard and stands before the question where it was found."""
    chat = case.principal
    await chat.says("/start")
    await chat.presses("自查记录")
    await chat.presses("2026年第四季度")
    await chat.presses("更正这份记录")
    await chat.presses("有题答错了")
    await chat.presses("概览")
    await chat.presses("⚠️1")


async def test_a_hazard_of_a_submitted_record_is_not_withdrawn_through_a_correction(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat, before = case.principal, await case.hazard()
    await correcting(case)
    carried = await case.hazard()
    assert carried.inspection_id != before.inspection_id
    assert (await chat.presses("✅ 合格")).toast == ASK_THE_OFFICE
    assert (await chat.presses("不涉及")).toast == ASK_THE_OFFICE
    assert "第 1/6 题" in chat.text
    assert (await chat.taps(data("zx", carried.id, "y"))).toast == ASK_THE_OFFICE
    assert (await chat.taps(data("zy", carried.id, "y", 0))).toast == ASK_THE_OFFICE
    assert await case.hazard() == carried


async def test_what_was_found_and_its_deadline_stand_in_a_correction(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = case.principal
    await correcting(case)
    carried = await case.hazard()
    photos = await pictures(database, carried)
    await chat.sends_photo(scene(services, 3))
    assert "照片已记到第 1 题。" in chat.text
    for number in (4, 5):
        await chat.sends_photo(scene(services, number), album="A")
    assert not any("的隐患" in label for label in chat.labels)
    await chat.presses("全部放到第 1 题")
    await chat.presses("打开隐患")
    assert "误报，撤回" not in chat.labels
    assert "改五落实" not in chat.labels
    assert {"📷 交整改", "申请延期", "回到自查"} <= set(chat.labels)
    await chat.says("其实没那么严重")
    assert chat.text.startswith("<i>您写的没有记下。要说明整改情况，请点“交整改”再写。</i>")
    assert (await chat.taps(data("ze", carried.id, 3))).toast == "这条隐患的五落实现在不能改。"
    assert await pictures(database, carried) == photos
    assert await case.hazard() == carried
    await chat.presses("回到自查")
    assert "提交前看一遍" in chat.text


async def pictures(database: ZoneDatabase, hazard: Hazard) -> list[int]:
    return [a.id for a in await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))]


async def test_in_a_correction_the_office_dismisses_and_then_the_answer_is_put_right(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await correcting(case)
    hazard = await case.hazard()

    def dismiss(tx: Transaction) -> None:
        reviewer = tx.people.by_telegram(case.reviewer.telegram_id)
        assert reviewer is not None
        tx.hazard_life.dismiss(hazard, reason="看错了", by=reviewer.id, at=NOW)

    await database.write(dismiss)
    await case.principal.presses("✅ 合格")
    run = await database.read(lambda tx: tx.inspections.running(case.shop))
    assert run is not None
    assert run.progress.answer(0) is Answer.GOOD


async def test_what_is_found_in_the_correction_itself_may_be_taken_back(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = case.principal
    await correcting(case)
    await chat.presses("概览")
    await chat.presses("✅2")
    await to_hazard_steps(chat)
    assert (await case.hazard(2)).state is State.CONFIRMED
    await chat.presses("误报，撤回")
    await chat.presses("点错了")
    assert (await case.hazard(2)).state is State.WITHDRAWN
    assert await case.letters(case.officer) == [], "nobody in the office had to do with it"


async def test_pictures_put_to_a_question_do_not_reach_what_is_handed_in(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case)
    chat = case.principal
    await case.opens(chat)
    await chat.presses("交整改")
    await chat.sends_photo(scene(services, 2))
    await chat.presses("提交复查")
    handed_in = await case.hazard()
    known = await pictures(database, handed_in)
    await chat.sends_photo(scene(services, 3), caption="其实是这样")
    assert "刚才发的没有记下。要补照片，请先撤回提交。" in chat.text
    await chat.says("/start")
    await chat.presses("继续自查")
    await chat.presses("上一题")
    await chat.sends_photo(scene(services, 4))
    assert "照片已记到第 1 题。" in chat.text
    moved = await chat.taps(data("ou", handed_in.inspection_id or 0, 0, known[0]))
    assert moved.toast == "这条隐患已经提交，照片不能拿走。"
    assert await pictures(database, handed_in) == known
    assert await case.hazard() == handed_in


async def test_withdrawing_what_the_office_knows_of_is_told_with_its_reason(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")
    await case.letters(case.officer)
    chat = case.principal
    await case.opens(chat)
    await chat.presses("误报，撤回")
    await chat.says("看错了地方")
    assert (await case.hazard()).state is State.WITHDRAWN
    [told] = await case.letters(case.officer)
    assert told.startswith("🔎 <b>企业把一条隐患当作误报撤回了，请看一看</b>\n隐患 BH-2026-0001 · 晨光机械厂\n")
    assert told.endswith("\n撤回原因：看错了地方")
    assert case.post.texts(case.reviewer.telegram_id)[-1] == told


async def test_the_office_sets_the_level_while_the_inspection_runs_and_the_card_says_so(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    await chat.presses("开始自查")
    await to_hazard_steps(chat)
    assert "改级别" in chat.labels
    hazard = await case.hazard()

    def regrade(tx: Transaction) -> None:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        tx.hazard_life.regrade(hazard, Level.MAJOR, reason="够得上重大", by=officer.id, at=NOW)

    await database.write(regrade)
    await case.opens(chat)
    await chat.presses("接着填")
    assert "第 4/4 步" in chat.text
    assert "改级别" not in chat.labels
    await chat.taps(data("zs", hazard.id, "level"))
    await chat.presses("是一般隐患")
    if "为什么不算重大隐患" in chat.text:
        await chat.says("不算")
    assert chat.toasts[-1] == "级别是监管办公室定的。要改，请联系监管办公室。"
    assert (await case.hazard()).level is Level.MAJOR


async def test_with_a_deadline_of_the_office_the_card_offers_to_ask_for_a_later_one(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case)
    await case.opens(case.principal)
    assert "申请延期" not in case.principal.labels
    hazard = await case.hazard()

    def decides(tx: Transaction) -> None:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        tx.hazard_life.arrange(hazard, {"deadline": date(2026, 12, 1)}, by=officer.id, at=NOW)

    await database.write(decides)
    await case.opens(case.principal)
    assert "申请延期" in case.principal.labels
    await case.principal.presses("改五落实")
    await case.principal.presses("期限")
    await case.principal.says("30天")
    assert "期限已经定下，要改晚请申请延期。" in case.principal.text
