"""From the finding to close-out (销号) on the phone: handed in, reviewed by another person, closed, all told."""

from checklists.hazards import State
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.rectifying import hands_in, rectifying_case, scene


async def test_a_hazard_of_a_self_inspection_goes_from_finding_to_close_out(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    assert case.principal.labels == ["📷 交整改", "申请延期", "🖼 看照片（1）", "经过", "隐患清单", "返回首页"]
    await case.principal.presses("交整改")
    assert case.principal.text == (
        "📷 <b>交整改　隐患 BH-2026-0001</b>\n"
        "情况：二楼窗户焊了防盗网\n"
        "措施：按标准整改到位，拍照留存\n"
        "期限：2026年12月8日\n"
        "\n"
        "<b>在同一个地方再拍一张，发到这里。</b>没有改后的照片，不能提交。\n"
        "也可以写一句改了什么。"
    )
    assert case.principal.labels == ["🖼 看照片（1）", "返回"]
    await case.principal.says("防盗网已拆除")
    await case.principal.sends_photo(scene(services, 2))
    assert "整改说明：防盗网已拆除" in case.principal.text
    assert "✅ 整改后照片 1 张，可以再发。" in case.principal.text
    await case.principal.presses("提交复查")
    assert case.principal.text.startswith("<i>已提交，等办公室复查。复查通过并销号以后，才算完成。</i>")
    assert (await case.hazard()).state is State.HANDED_IN
    assert await case.letters(case.reviewer) == [
        "🔎 <b>企业已交整改，请复查</b>\n隐患 BH-2026-0001 · 晨光机械厂\n情况：二楼窗户焊了防盗网\n期限：2026年12月8日"
    ]
    await case.takes_letter(case.reviewer, "复查")
    assert case.reviewer.text == (
        "🔎 <b>复查　隐患 BH-2026-0001</b>\n"
        "晨光机械厂 · 一般隐患 · 已整改，待复查\n"
        "依据：中华人民共和国消防法（2021年修正） 消防法第二十八条\n"
        "情况：二楼窗户焊了防盗网\n"
        "措施：按标准整改到位，拍照留存\n"
        "期限：2026年12月8日\n"
        "整改说明：防盗网已拆除\n"
        "照片：整改前 1 张，整改后 1 张\n"
        "交整改：王厂长，11月23日 10:00"
    )
    await case.reviewer.presses("✅ 通过")
    assert case.reviewer.text.startswith("<i>复查通过。还差最后一步：销号。</i>")
    assert (await case.hazard()).state is State.REVIEWED
    [passed] = await case.letters(case.principal)
    assert passed.startswith("<b>复查通过，等待销号</b>")
    await case.reviewer.presses("销号")
    assert case.reviewer.text.startswith("<i>隐患 BH-2026-0001 已销号。</i>")
    closed = await case.hazard()
    assert closed.state is State.CLOSED
    assert (closed.days_open, closed.rectified) == (0, "防盗网已拆除")
    [told] = await case.letters(case.principal)
    assert told.startswith("✅ <b>已销号</b>\n隐患 BH-2026-0001 · 晨光机械厂")
    await case.opens(case.principal)
    assert "一般隐患 · 已销号" in case.principal.text
    assert "销号：林审核，2026年11月23日，用了 0 天" in case.principal.text
    assert case.principal.labels == ["🖼 看照片（2）", "经过", "隐患清单", "返回首页"]


async def test_no_screen_says_closed_before_it_is(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("到现场看过，通过")
    await case.post.sends(case.officer.now)
    texts = [s.text for chat in (case.principal, case.officer) for s in chat.seen]
    texts += [text for _day, _chat, text in case.post.letters]
    assert (await case.hazard()).state is State.REVIEWED
    assert [t for t in texts if "已销号" in t or "闭环" in t] == []


async def test_a_returned_hazard_needs_new_photos_and_is_closed_then(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("退回重改")
    assert case.officer.text == "<b>隐患 BH-2026-0001</b>\n退回重改：哪里没有改好？\n点一个，或者直接打字。"
    await case.officer.says("只拆了一半，右边的窗还焊着")
    assert case.officer.text.startswith("<i>已退回，企业会看到您的意见。</i>")
    [told] = await case.letters(case.principal)
    assert told.startswith("↩️ <b>整改被退回，请重改</b>\n")
    assert told.endswith("\n意见：只拆了一半，右边的窗还焊着")
    await case.takes_letter(case.principal, "看隐患")
    assert "陈监管（11月23日 10:00）：<b>退回重改</b>。只拆了一半，右边的窗还焊着" in case.principal.text
    await case.principal.presses("交整改")
    assert case.principal.labels == ["🖼 看照片（2）", "返回"]
    await case.principal.sends_photo(scene(services, 3))
    await case.principal.presses("提交复查")
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("✅ 通过")
    await case.officer.presses("销号")
    assert (await case.hazard()).state is State.CLOSED
    assert (await case.hazard()).round == 2


async def test_the_same_photo_handed_in_again_after_a_return_is_told(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case, photo=2)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("退回重改")
    await case.officer.presses("照片看不清，请重拍")
    await hands_in(case, photo=2)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    assert case.officer.text.endswith("⚠️ <b>请留意（只是提示，由您判断）：</b>\n· 整改后第 1 张：上一次交过同一张照片")


async def test_what_was_handed_in_can_be_taken_back_before_the_review(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    assert (await case.letters(case.officer))[0].startswith("🔎 <b>企业已交整改，请复查</b>")
    await case.principal.presses("撤回提交")
    assert case.principal.text.startswith("<i>已撤回，照片都在，改好以后再提交。</i>")
    assert (await case.hazard()).state is State.RECTIFYING
    assert (await case.letters(case.officer))[0].startswith("<b>企业撤回了提交，暂时不用复查</b>")
    await case.takes_letter(case.officer, "看隐患")
    assert "🔎 复查" not in case.officer.labels


async def test_photos_can_be_dropped_one_by_one_and_a_double_press_drops_one(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    for number in (2, 3):
        await case.principal.sends_photo(scene(services, number), album="A1")
    assert "✅ 整改后照片 2 张" in case.principal.text
    drop = case.principal.button("去掉最后一张").data
    await case.principal.taps(drop)
    await case.principal.taps(drop)
    assert "✅ 整改后照片 1 张" in case.principal.text
    assert case.principal.text.startswith("<i>照片刚才有变动，请看一下现在的张数。</i>")


async def test_a_photo_at_the_card_of_a_hazard_being_rectified_is_evidence(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.sends_photo(scene(services, 2))
    assert "✅ 整改后照片 1 张" in case.principal.text
    hazard = await case.hazard()
    kept = await database.read(lambda tx: [a.phase for a in tx.attachments.of_hazard(hazard.id)])
    assert kept == ["before", "after"]


async def test_nothing_is_added_behind_the_reviewers_back(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.principal.sends_photo(scene(services, 9))
    assert case.principal.text.startswith(
        "<i>这条隐患现在是“已整改，待复查”，刚才发的没有记下。要补照片，请先撤回提交。</i>"
    )
    await case.principal.says("其实还没弄完")
    assert case.principal.text.startswith("<i>您写的没有记下。要说明整改情况，请点“交整改”再写。</i>")
    hazard = await case.hazard()
    assert hazard.words == "二楼窗户焊了防盗网"
    assert len(await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))) == 2


async def test_the_sender_of_a_photo_from_before_is_told_at_once(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    await case.principal.sends_photo(scene(services, 1))
    assert case.principal.text.startswith("<i>这张和整改前的照片几乎一样，请在改好的地方重拍一张。</i>")


async def test_handing_in_twice_is_once(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    await case.principal.sends_photo(scene(services, 2))
    button = case.principal.button("提交复查").data
    await case.principal.taps(button)
    await case.principal.taps(button)
    assert case.principal.text.startswith(
        "<i>这条隐患刚才有改动，您的操作没有执行。最近一步：11月23日 10:00 王厂长：交整改</i>"
    )
    assert (await case.hazard()).state is State.HANDED_IN
