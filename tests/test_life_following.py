"""What is asked behind a reason: who supervises and until when, to whom a proposal goes; receipts noted on paper."""

from datetime import date, timedelta

import pytest

from checklists.hazard_records import Listing, Proposal, ProposalMade
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.rectifying import Case, finds_hazard, new_case, rectifying_case
from tests.test_life import major_case
from tests.walks import member_of


async def listing_case(database: ZoneDatabase, services: Services) -> Case:
    """An officer who has said why a major hazard is put under listed supervision."""
    case = await major_case(database, services)
    await case.post.sends(case.officer.now)
    await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=703, name="周管理")
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("挂牌督办")
    await case.officer.presses("整改缓慢")
    return case


async def listings(case: Case) -> list[Listing]:
    hazard = await case.hazard()
    return await case.database.read(lambda tx: tx.hazard_records.listings(hazard.id))


async def proposals(case: Case) -> list[ProposalMade]:
    hazard = await case.hazard()
    return await case.database.read(lambda tx: tx.hazard_records.proposals(hazard.id))


async def test_who_supervises_and_until_when_are_tapped(database: ZoneDatabase, services: Services) -> None:
    case = await listing_case(database, services)
    chat = case.officer
    assert chat.text == "<b>隐患 BH-2026-0001</b>\n谁来督办？点一个名字，或者打字写督办人、督办部门。"
    assert chat.labels == ["陈监管", "周管理", "返回"]
    await chat.presses("周管理")
    assert chat.text.endswith("\n督办到哪一天？点一个，或者写日期，例如 12月5日、30天。")
    assert chat.labels == ["隐患的期限：2026年12月23日", "15 天（到12月8日）", "30 天（到12月23日）", "返回"]
    assert await listings(case) == []
    await chat.presses("15 天")
    assert chat.text.startswith("<i>已挂牌督办。</i>")
    assert "🔴 挂牌督办中，督办人：周管理，12月8日前办结" in chat.text
    [listed] = await listings(case)
    assert (listed.supervisor, listed.until, listed.reason) == ("周管理", date(2026, 12, 8), "整改缓慢")
    await case.post.sends(chat.now)
    [told] = case.post.texts(703)
    assert told.startswith("🔴 <b>隐患已挂牌督办</b>\n")


async def test_who_supervises_and_until_when_are_typed(database: ZoneDatabase, services: Services) -> None:
    case = await listing_case(database, services)
    chat = case.officer
    await chat.says("开发区安委会")
    await chat.says("越快越好")
    assert chat.text.startswith("<i>没看懂日期。请写 12月5日、2026-12-05、明天 或 10天。</i>\n")
    await chat.says("1月10日")
    [listed] = await listings(case)
    assert (listed.supervisor, listed.until) == ("开发区安委会", date(2027, 1, 10))


async def test_a_restart_old_buttons_and_a_double_tap_in_the_middle_of_listing(
    database: ZoneDatabase, services: Services
) -> None:
    case = await listing_case(database, services)
    chat = case.officer
    name = chat.button("陈监管").data
    await chat.taps(name)
    await chat.taps(name)
    assert chat.toasts[-1] == "这一问已经答过了，这是现在的画面。"
    assert chat.text.endswith("\n督办到哪一天？点一个，或者写日期，例如 12月5日、30天。")
    day = chat.button("30 天").data
    await chat.taps("no-such-button")
    assert chat.text.endswith("\n督办到哪一天？点一个，或者写日期，例如 12月5日、30天。")
    await chat.says("/start")
    await chat.taps(day)
    assert chat.toasts[-1] == "前面的回答没有留下，请从头再来一次。"
    assert chat.text.startswith("<b>隐患 BH-2026-0001</b>\n挂牌督办：为什么？")
    assert await listings(case) == []
    await chat.presses("整改缓慢")
    await chat.presses("陈监管")
    chat.now += timedelta(days=1)
    await chat.taps(day)
    [listed] = await listings(case)
    assert listed.until == date(2026, 12, 23)
    await chat.taps(day)
    assert len(await listings(case)) == 1


async def test_a_day_that_passed_on_the_card_is_asked_for_again(database: ZoneDatabase, services: Services) -> None:
    case = await listing_case(database, services)
    chat = case.officer
    await chat.presses("陈监管")
    day = chat.button("15 天").data
    chat.now += timedelta(days=20)
    await chat.taps(day)
    assert chat.text.startswith("<i>期限已经过去了，请写今天或以后的日期。</i>\n")
    assert await listings(case) == []
    await chat.taps(day.rsplit(":", 1)[0] + ":someday")
    assert chat.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_what_changed_meanwhile_stops_the_listing(database: ZoneDatabase, services: Services) -> None:
    case = await listing_case(database, services)
    chat = case.officer
    other = await member_of(database, services, None, Role.OFFICER, telegram_id=704, name="郑监管")
    await chat.presses("陈监管")
    await case.opens(other)
    await other.presses("更多")
    await other.presses("改为一般隐患")
    await other.says("楼里没有人住")
    await chat.says("30天")
    assert chat.text.startswith("<i>这条隐患刚才有改动，您的操作没有执行。")
    assert await listings(case) == []


@pytest.mark.parametrize(
    ("label", "basis", "kind"),
    [
        ("建议停产整顿", "逾期没有改好", Proposal.SUSPEND),
        ("建议关闭取缔", "停产整顿后仍不符合条件", Proposal.CLOSURE),
        ("建议立案处罚", "同一条隐患屡查屡犯", Proposal.PENALTY),
        ("建议追究责任", "整改不力，久拖不改", Proposal.ACCOUNTABILITY),
    ],
)
async def test_each_proposal_asks_to_whom_it_goes(
    database: ZoneDatabase, services: Services, label: str, basis: str, kind: Proposal
) -> None:
    case = await rectifying_case(database, services)
    chat = case.officer
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses(label)
    await chat.presses(basis)
    assert chat.text == "<b>隐患 BH-2026-0001</b>\n向哪个部门提？点一个，或者打字写部门全称。"
    # The hazard breaks the fire law, so the fire service comes first.
    assert chat.labels == ["消防救援大队", "应急管理局", "住建局", "市场监管局", "返回"]
    assert await proposals(case) == []
    await chat.presses("市场监管局")
    [made] = await proposals(case)
    assert (made.kind, made.basis, made.to_whom) == (kind, basis, "市场监管局")
    assert "（报市场监管局）：等主管部门决定" in chat.text


async def test_a_proposal_may_go_to_a_department_that_is_typed(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("建议停止使用")
    await case.officer.says("三十多人住在里面")
    await case.officer.says("滨河区应急管理局执法大队")
    [made] = await proposals(case)
    assert (made.basis, made.to_whom) == ("三十多人住在里面", "滨河区应急管理局执法大队")


async def test_a_receipt_on_paper_is_said_on_the_card_that_was_sent(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=722, name="钱股东")
    await finds_major(case)
    assert [t[:1] for t in case.post.texts(720)] == ["❗"]
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("记书面回执：实际控制人")
    await case.officer.presses("签字的纸质回执已存档")
    await case.post.sends(case.officer.now)
    for controller in (720, 722):
        [_first, edited] = case.post.texts(controller)
        assert edited.startswith("✎❗ <b>重大隐患告知</b>\n隐患 BH-2026-0001 · 晨光机械厂\n")
        assert edited.endswith("\n✅ 11月23日已收到（纸质回执），由陈监管记下，您不用再点。")
        assert [b.label for row in case.post.screens[controller].buttons for b in row] == ["看隐患"]


async def test_a_receipt_noted_before_the_notice_left_stops_the_notice(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await finds_major(case, sent=False)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("记书面回执：实际控制人")
    await case.officer.presses("会议记录已存档")
    await case.post.sends(case.officer.now)
    assert case.post.texts(720) == []


async def test_the_press_of_one_holder_is_said_on_the_card_of_the_other(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    first = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=722, name="钱股东")
    await finds_major(case)
    await case.takes_letter(first, "收到")
    await case.post.sends(case.officer.now)
    assert len(case.post.texts(720)) == 1
    assert case.post.texts(722)[-1].endswith("\n✅ 11月23日已收到，由赵股东确认，您不用再点。")


async def finds_major(case: Case, *, sent: bool = True) -> None:
    """The principal confirms a major hazard; with `sent` the notices go out."""
    await finds_hazard(case, level="是重大隐患")
    if sent:
        await case.post.sends(case.officer.now)
