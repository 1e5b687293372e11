"""An inspection by the office: choosing the firm, findings with clause and level, both signatures, refusals, facts."""

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Level, Source, State
from checklists.official_inspections import OfficialInspection, OfficialState
from checklists.people import Role
from handlers.renderers import RENDERERS, render
from handlers.replies import Screen, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, WOOD, found_firm, somebody
from tests.walks import sample_photo

Cast = tuple[Enterprise, Chat, Chat]


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管 at the menu, and 王厂长 of the shop."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await officer.says("/start")
    return firm, officer, principal


async def begun(officer: Chat) -> None:
    """From the menu to the inspection of the wood shop by night."""
    await officer.presses("监督检查")
    await officer.says("木业")
    await officer.presses("样例木业有限公司")
    await officer.presses("夜查")


async def official(database: ZoneDatabase, firm: Enterprise) -> OfficialInspection:
    return (await database.read(lambda tx: tx.official_inspections.of_enterprise(firm.id)))[0]


async def hazards(database: ZoneDatabase, firm: Enterprise) -> list[Hazard]:
    return sorted(await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)), key=lambda h: h.sequence)


async def received(database: ZoneDatabase, services: Services, chat: Chat, kind: str) -> Screen:
    """The newest delivery of this kind to the person, as it looks now."""

    def unit(tx: Transaction) -> Screen:
        person = tx.people.by_telegram(chat.telegram_id)
        assert person is not None
        delivery = tx.deliveries.last_of(person.id, kind)
        assert delivery is not None, f"nothing of {kind} for {chat.name}"
        outgoing = render(RENDERERS, tx, services, delivery, NOW)
        assert outgoing is not None
        assert outgoing.screen is not None
        return outgoing.screen

    return await database.read(unit)


async def test_a_finding_goes_from_its_photo_to_level_and_deadline(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begun(officer)
    assert officer.text == (
        "<b>监督检查 · 样例木业有限公司</b>\n检查方式：夜查\n检查人员：赵监管\n企业陪同人员：没填\n还没有发现问题\n\n"
        "<b>看到问题，直接拍照发来，或者写一句话、发语音，就记一条。</b>"
    )
    await officer.sends_photo(sample_photo())
    assert officer.toasts == ["隐患 BH-2026-0001 已记下。"]
    assert officer.text == (
        "⚠️ <b>隐患 BH-2026-0001</b>\n样例木业有限公司 · 监督检查\n📷 照片 1 张\n\n"
        "<b>写一句哪里不对。</b>照片可以继续发。"
    )
    await officer.says("二楼窗户焊了防盗网")
    assert officer.text.startswith(
        "<i>已记下。</i>\n⚠️ <b>隐患 BH-2026-0001</b>\n样例木业有限公司 · 监督检查\n"
        "情况：二楼窗户焊了防盗网\n📷 照片 1 张\n\n"
        "<b>依据哪一条？</b>下面几条看着像，只供参考，以您的判断为准：\n"
        "① 走道、楼梯、门窗没有装卷帘、栅栏、防盗网挡住逃生？（一般隐患）"
    )
    assert officer.labels == ["①", "②", "③", "都不是，自己写依据", "先不写依据", "返回这次检查"]
    await officer.presses("①")
    assert officer.labels == ["是一般隐患", "是重大隐患", "改依据", "返回这次检查"]
    await officer.presses("是一般隐患")
    assert officer.toasts[-1] == "已确认为一般隐患。"
    assert officer.labels[:3] == ["今天（11月23日）", "3天内（11月26日）", "7天内（11月30日）"]
    await officer.presses("7天内")
    assert officer.text.endswith("一般隐患\n期限：11月30日\n\n这一条记好了。照片还可以继续发。")
    [hazard] = await hazards(database, firm)
    assert (hazard.source, hazard.state, hazard.level, hazard.criterion_id) == (
        Source.OFFICIAL_INSPECTION,
        State.CONFIRMED,
        Level.GENERAL,
        "fire-22",
    )
    assert hazard.words == "二楼窗户焊了防盗网"
    await officer.presses("返回这次检查")
    assert "发现问题 1 条\n· BH-2026-0001　一般隐患　二楼窗户焊了防盗网" in officer.text


async def one_finding(officer: Chat, words: str = "今天下雨了") -> None:
    """A finding no criterion fits, general, due when the firm says."""
    await officer.says(words)
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.presses("由企业定期限")
    await officer.presses("返回这次检查")


async def test_both_sign_by_a_press_and_nothing_changes_afterwards(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    await begun(officer)
    await one_finding(officer)
    await officer.presses("企业陪同人员")
    await officer.says("王厂长")
    await officer.presses("查完了，核对签字")
    assert officer.text.endswith(
        "企业陪同人员：王厂长\n发现问题 1 条\n· BH-2026-0001　一般隐患　今天下雨了\n\n"
        "<b>请核对。签字以后，上面的内容不能再改。</b>"
    )
    back = officer.button("返回，再改改").data
    sign = officer.button("核对无误，签字").data
    await officer.taps(sign)
    assert officer.text.endswith("✍️ 检查人员已签字：赵监管，11月23日 10:00\n已发给企业签字：王厂长。")
    await officer.taps(sign)
    assert officer.toasts[-1] == "已经签过字了。"
    await officer.taps(back)
    assert "已发给企业签字" in officer.text
    card = await received(database, services, principal, "official_to_sign")
    assert card.text.startswith("<b>监督检查记录请您核对签字</b>\n\n<b>监督检查 · 样例木业有限公司</b>\n检查方式：夜查")
    await principal.says("/start")
    await principal.presses("✍️ 监督检查待签字")
    await principal.presses("✍️ 情况属实，签字")
    assert principal.text.endswith("✍️ 检查人员已签字：赵监管，11月23日 10:00\n✍️ 企业已签字：王厂长，11月23日 10:00")
    done = await official(database, firm)
    assert done.state is OfficialState.FINISHED
    assert (await received(database, services, officer, "official_signed")).text == (
        "<b>监督检查办结 · 样例木业有限公司</b>\n✍️ 检查人员已签字：赵监管，11月23日 10:00\n"
        "✍️ 企业已签字：王厂长，11月23日 10:00"
    )
    await principal.taps(f"jy:{pack(done.id)}:{pack(1)}")
    assert principal.toasts[-1] == "现在不用签字，这是这次检查的情况。"
    await officer.taps(f"jv:{pack(done.id)}")
    assert await official(database, firm) == done


async def test_what_is_signed_is_what_stood_above_the_button(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, principal = cast
    await begun(officer)
    await officer.says("二楼窗户焊了防盗网")
    for label in ("①", "是一般隐患", "由企业定期限", "返回这次检查"):
        await officer.presses(label)
    await officer.presses("查完了，核对签字")
    sign = officer.button("核对无误，签字").data
    # A colleague who inspects with him writes on meanwhile.
    shown = await official(database, firm)
    await database.write(lambda tx: tx.official_inspections.describe(shown, words="还查了仓库"))
    await officer.taps(sign)
    assert officer.text.startswith("<i>内容刚才有变动，请再核对一遍。</i>\n")
    assert "还查了仓库" in officer.text
    await officer.presses("核对无误，签字")
    await principal.says("/start")
    await principal.presses("监督检查待签字")
    [hazard] = await hazards(database, firm)
    by = shown.started_by
    assert by is not None
    await database.write(lambda tx: tx.hazard_life.regrade(hazard, Level.MAJOR, reason="核对标准", by=by, at=NOW))
    await principal.presses("✍️ 情况属实，签字")
    assert principal.text.startswith("<i>内容刚才有变动，请再核对一遍。</i>\n")
    assert (await official(database, firm)).firm_signed_at is None
    await principal.presses("✍️ 情况属实，签字")
    assert (await official(database, firm)).firm_signed_at is not None


async def test_a_refusal_is_kept_with_its_reason(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, principal = cast
    await begun(officer)
    await one_finding(officer)
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")
    await principal.says("/start")
    await principal.presses("监督检查待签字")
    await principal.presses("拒绝签字（写理由）")
    await principal.says("嗯")
    assert principal.text == "<b>为什么不签字？</b>写一句，发到这里。不签字，整改期限照样算。"
    await principal.says("第1条不属实<请复核>")
    assert principal.text.endswith("🚫 企业没有签字：王厂长：第1条不属实&lt;请复核&gt;")
    done = await official(database, firm)
    assert (done.state, done.firm_signed_by, done.refusal) == (
        OfficialState.FINISHED,
        None,
        "王厂长：第1条不属实<请复核>",
    )


async def test_the_officer_notes_how_it_was_when_nobody_of_the_firm_signs(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    await begun(officer)
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")
    assert officer.text.endswith("企业还没有人绑定，手机上签不了。请当面核对，在纸上签，或者写明情况。")
    await officer.presses("企业不签，写明情况")
    await officer.says("负责人不在场，已送达文书")
    assert officer.text.endswith("🚫 企业没有签字：负责人不在场，已送达文书")
    assert (await official(database, firm)).state is OfficialState.FINISHED


async def test_nothing_is_signed_while_a_finding_has_no_level(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begun(officer)
    await officer.says("通道堆了木料")
    await officer.presses("返回这次检查")
    await officer.presses("查完了，核对签字")
    assert officer.text.endswith("<b>还不能签字</b>：BH-2026-0001 还没有确认级别。")
    await officer.taps(f"jw:{pack((await official(database, firm)).id)}:1")
    assert officer.text.startswith("<i>内容刚才有变动，请再核对一遍。</i>\n")
    await officer.presses("返回，再改改")
    await officer.presses("接着填 BH-2026-0001")
    assert "情况：通道堆了木料" in officer.text


async def test_a_major_hazard_needs_its_clause(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begun(officer)
    await officer.says("今天下雨了")
    await officer.presses("先不写依据")
    await officer.presses("是重大隐患")
    assert officer.toasts[-1] == "重大隐患要写明依据哪一条判定标准。"
    await officer.presses("自己写依据")
    await officer.says("GB 50016 第7.4.2条")
    await officer.presses("是重大隐患")
    [hazard] = await hazards(database, firm)
    assert (hazard.level, hazard.clause, hazard.criterion_id) == (Level.MAJOR, "GB 50016 第7.4.2条", None)


async def test_the_head_of_the_firm_learns_of_a_major_finding_at_once(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, principal = cast
    await begun(officer)
    await officer.says("有限空间没有审批就进去")
    await officer.presses("①")
    await officer.presses("是重大隐患")
    card = await received(database, services, principal, "life_notice")
    assert "BH-2026-0001" in card.text


async def test_found_again_and_not_found_stand_as_facts_for_the_office_alone(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, principal = cast
    await principal.says("/start")
    await principal.presses("开始自查")
    for _ in range(200):
        if "提交前看一遍" in principal.text:
            break
        await principal.presses("合格")
    await principal.presses("带队人")
    await principal.presses("王厂长")
    await principal.presses("提交")
    await principal.presses("确认提交")
    for chat in (officer, principal):
        chat.now = NOW.replace(day=24)
    await begun(officer)
    for _ in range(2):
        await officer.says("二楼窗户焊了防盗网")
        await officer.presses("①")
        await officer.presses("是一般隐患")
        await officer.presses("由企业定期限")
        await officer.presses("返回这次检查")
        officer.now = officer.now.replace(hour=officer.now.hour + 1)
    assert "　❓ 查不出：企业11月23日自查时，第 " in officer.text
    assert " 题答的是“合格”（王厂长）。" in officer.text
    assert "　⏳ 同一条还没有销号：BH-2026-0001（待落实整改）。" in officer.text
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")
    card = await received(database, services, principal, "official_to_sign")
    assert "同一条" not in card.text
    assert "查不出" not in card.text


async def test_an_album_is_one_finding(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begun(officer)
    for colour in ("red", "green", "blue"):
        await officer.sends_photo(sample_photo(colour), album="a1")
    assert "📷 照片 3 张" in officer.text
    assert len(await hazards(database, firm)) == 1


async def test_one_inspection_at_a_time_and_one_begun_in_error_is_given_up(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    other = await found_firm(database, name="样例冷库", uscc=ICE, trades=("warehousing",))
    await begun(officer)
    await officer.taps(f"jb:{pack(other.id)}")
    assert officer.text.startswith(
        "<i>您这次检查还没有结束，先把它办完或者作废。</i>\n<b>监督检查 · 样例木业有限公司</b>"
    )
    await officer.says("/start")
    await officer.presses("继续监督检查")
    await officer.presses("作废这次检查")
    assert officer.text == "作废这次检查？已经记下的 0 条隐患都保留在台账里。"
    await officer.presses("确定作废")
    assert (await official(database, firm)).state is OfficialState.ABANDONED
    await officer.taps(f"jb:{pack(other.id)}")
    assert officer.labels[:2] == ["四不两直", "明查暗访"]


async def test_the_firms_qr_opens_it_for_the_office_and_for_itself_alone(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    other = await found_firm(database, name="样例冷库", uscc=ICE, trades=("warehousing",))
    neighbour = await somebody(database, services, 2002, "赵老板", Role.PRINCIPAL, firm=other)
    await officer.says(f"/start e-{WOOD}")
    assert officer.text.startswith("<b>样例木业有限公司</b>")
    await officer.presses("企业二维码")
    assert officer.documents[-1].name == "企业二维码-样例木业有限公司.png"
    await officer.presses("检查这家")
    assert officer.text == "<b>监督检查 · 样例木业有限公司</b>\n\n<b>怎么检查？</b>"
    await principal.says(f"/start e-{WOOD}")
    assert principal.text.startswith("<b>样例木业有限公司</b>")
    await neighbour.says(f"/start e-{WOOD}")
    assert neighbour.text.startswith("这个邀请链接不对，")
    await neighbour.taps(f"ju:{pack(firm.id)}")
    assert "样例木业" not in neighbour.text


async def test_a_transfer_from_above_enters_the_ledger_one_by_one(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await officer.says(f"/start e-{WOOD}")
    await officer.presses("登记隐患")
    await officer.presses("上级交办的")
    assert officer.text == ("<b>登记隐患 · 样例木业有限公司</b>\n上级交办的\n\n<b>发一张照片，或者写一句哪里不对。</b>")
    await officer.taps("nonsense")
    assert officer.text.endswith("<b>发一张照片，或者写一句哪里不对。</b>")
    await officer.says("今天下雨了")
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.says("12月5日")
    assert officer.text.endswith("期限：12月5日\n\n这一条记好了。照片还可以继续发。")
    [hazard] = await hazards(database, firm)
    assert (hazard.source, hazard.state) == (Source.TRANSFER, State.CONFIRMED)
    await officer.presses("看这条隐患")
    assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")


async def test_old_buttons_of_a_finding_change_nothing(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begun(officer)
    await officer.says("二楼窗户焊了防盗网")
    clause = officer.button("①").data
    await officer.presses("①")
    level = officer.button("是重大隐患").data
    await officer.presses("是一般隐患")
    for old in (clause, level):
        await officer.taps(old)
        assert officer.toasts[-1] == "这条隐患刚才有改动，这是现在的情况。"
    await officer.says("再补一句")
    assert officer.text.startswith("<i>没看懂日期。请写 12月5日、2026-12-05、明天 或 10天。</i>")
    [hazard] = await hazards(database, firm)
    assert (hazard.level, hazard.words) == (Level.GENERAL, "二楼窗户焊了防盗网")


async def test_scanning_a_firms_code_while_asked_for_one_begins_there(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, _principal = cast
    ways = "<b>监督检查 · 样例木业有限公司</b>\n\n<b>怎么检查？</b>"
    await officer.presses("监督检查")
    await officer.says(f"/start e-{WOOD}")
    assert officer.text == ways
    await officer.presses("换一家")
    await officer.says(services.deep_link(f"e-{WOOD}"))
    assert officer.text == ways, "a link that another app has read"
    await officer.presses("换一家")
    await officer.sends_photo(sample_photo())
    assert officer.text.startswith("<i>照片里的二维码这里认不出来。请用手机相机直接扫，或者发企业名称。</i>")
    await officer.says(f"https://t.me/zicha_bot?start=e-{ICE}")
    assert officer.text.endswith("没有找到。换几个字再试。"), "no firm of this zone"


async def signed_by_the_officer(officer: Chat) -> None:
    """An inspection with nothing found, signed by the officer alone."""
    await begun(officer)
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")


async def test_a_signature_on_paper_is_noted_by_name_and_finishes_the_inspection(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    await signed_by_the_officer(officer)
    await officer.presses("企业在纸上签了")
    await officer.presses("返回")
    assert "企业在纸上签了" in officer.labels, "back at the signatures, not at a card without a way on"
    await officer.presses("企业在纸上签了")
    await officer.says("李")
    assert officer.text == "<b>谁在纸上签的字？</b>写姓名和职务，例如：李主任（车间主任）。纸质记录请存档。"
    await officer.says("李主任（车间主任）")
    assert officer.text.endswith("✍️ 企业在纸上签字：李主任（车间主任），11月23日 10:00由检查人员记下")
    done = await official(database, firm)
    assert (done.state, done.firm_signed_by, done.paper_signer) == (OfficialState.FINISHED, None, "李主任（车间主任）")
    await officer.taps(f"rg:{pack(done.id)}")
    assert officer.toasts[-1] == "现在不用签字，这是这次检查的情况。"


async def test_a_deputy_signs_with_the_position_beside_the_name(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    deputy = await somebody(database, services, 2003, "孙厂长", Role.DEPUTY, firm=firm)
    await signed_by_the_officer(officer)
    assert officer.text.endswith("已发给企业签字：王厂长、孙厂长。")
    await deputy.says("/start")
    await deputy.presses("✍️ 监督检查待签字")
    await deputy.presses("✍️ 情况属实，签字")
    assert deputy.text.endswith("✍️ 企业已签字：孙厂长（分管负责人），11月23日 10:00")


async def test_who_cannot_be_reached_is_named_to_the_officer(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, principal = cast

    def blocked(tx: Transaction) -> None:
        person = tx.people.by_telegram(principal.telegram_id)
        assert person is not None
        tx.people.set_reachable(person.id, reachable=False)

    await database.write(blocked)
    await signed_by_the_officer(officer)
    assert officer.text.endswith("王厂长 现在收不到消息。可以在纸上签，或者写明情况。")
    assert "已发给企业签字" not in officer.text


async def test_what_comes_too_late_for_a_signed_inspection_is_said_not_to_be_kept(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    second = await somebody(database, services, 1002, "钱审核", Role.REVIEWER)
    await begun(officer)
    await one_finding(officer)
    [hazard] = await hazards(database, firm)
    await second.taps(f"jp:{pack(hazard.id)}")
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")
    await second.sends_photo(sample_photo())
    assert second.text.startswith("<i>这次检查已经签字，问题不能再改。</i>\n⚠️ <b>隐患 BH-2026-0001</b>")
    assert await database.read(lambda tx: tx.attachments.of_hazard(hazard.id)) == []


async def test_a_choice_that_is_too_wide_says_so(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, _principal = cast

    def unit(tx: Transaction) -> None:
        for number in range(8):
            tx.enterprises.add(name=f"第{number}木业厂", uscc=f"9135021{number:011d}", community="东社区", at=NOW)

    await officer.presses("监督检查")
    await officer.says("木业")
    assert "只列出" not in officer.text
    await database.write(unit)
    await officer.says("木业")
    assert officer.text.endswith("只列出前 8 家，请多写几个字。")
    await officer.says("第3木业")
    assert "只列出" not in officer.text
