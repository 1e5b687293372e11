"""That a proposal went out as a letter: its number and day, entered again where wrong; what waits for an answer."""

from datetime import date, timedelta
from typing import Any

import pytest

from checklists.hazard_records import OpenProposal, Proposal, Referral
from checklists.hazards import Level, State
from checklists.people import Role
from handlers.arrangements import NotADay
from handlers.past_days import parse_past_day
from handlers.replies import data
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.office_settings import ANSWER_DAYS
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.hazard_zone import HazardZone
from tests.rectifying import Case, hands_in, rectifying_case
from tests.walks import member_of

UNSENT = "· 移送函还没有发出"


async def proposed_case(database: ZoneDatabase, services: Services, *, label: str = "建议立案处罚") -> Case:
    """An officer who has just proposed something about a hazard to the fire service."""
    case = await rectifying_case(database, services)
    await proposes(case, label)
    return case


async def proposes(case: Case, label: str, *, why: str = "逾期没有改好") -> None:
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses(label)
    await case.officer.presses(why)
    await case.officer.presses("消防救援大队")


async def sent(case: Case) -> list[Referral]:
    """What counts now of each proposal."""
    hazard = await case.hazard()
    return list((await case.database.read(lambda tx: tx.referrals.of_hazard(hazard.id))).values())


async def history(case: Case, chat: Chat) -> list[str]:
    """The lines of the hazard's history about letters, as this person reads them."""
    await case.opens(chat)
    await chat.presses("经过")
    return [line.split("：", 1)[1] for line in chat.text.splitlines() if "移送" in line]


async def test_a_number_and_today_are_two_answers_and_stand_on_the_card(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    assert UNSENT in chat.text
    await chat.presses("记下文号（已发出）")
    assert chat.text == (
        "<b>隐患 BH-2026-0001</b>\n建议立案处罚（报消防救援大队）\n"
        "发出的函是什么文号？请打字，例如：安移〔2026〕3号。没有文号就写“无”。"
    )
    assert chat.labels == ["返回"]
    await chat.says(" 滨安移〔2026〕 3号 ")
    assert chat.text.endswith("\n文号：滨安移〔2026〕 3号\n哪一天发出的？点一个，或者写日期，例如 11月20日、昨天。")
    assert chat.labels == ["今天（11月23日）", "改文号", "返回"]
    assert await sent(case) == []
    await chat.presses("今天")
    assert chat.text.startswith("<i>已记下：文号 滨安移〔2026〕 3号，2026年11月23日发出。</i>")
    assert "· 已移送：文号 滨安移〔2026〕 3号，2026年11月23日发出" in chat.text
    assert UNSENT not in chat.text
    assert "记下文号（已发出）" not in chat.labels
    [kept] = await sent(case)
    assert (kept.reference, kept.sent_on, kept.at) == ("滨安移〔2026〕 3号", date(2026, 11, 23), NOW)
    events = await database.read(lambda tx: [e for e in tx.trail.of("hazard", case_id(tx)) if "referred" in e.what])
    assert [e.body["after"]["reference"] for e in events] == ["滨安移〔2026〕 3号"]
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses("记主管部门答复")
    await chat.says("已立案")
    assert "建议立案处罚（报消防救援大队）：已立案" in chat.text
    assert "· 已移送：文号 滨安移〔2026〕 3号，2026年11月23日发出" in chat.text


def case_id(tx: Transaction) -> int:
    hazard = tx.hazards.numbered(2026, 1)
    assert hazard is not None
    return hazard.id


async def test_a_wrong_entry_is_entered_again_and_both_stay_in_the_history(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移3号")
    await chat.says("昨天")
    chat.now += timedelta(minutes=5)
    await chat.presses("更多")
    await chat.presses("更正文号")
    assert "\n现在记着的：文号 滨安移3号，2026年11月22日发出。重新记，就以新的为准。\n" in chat.text
    await chat.says("滨安移4号")
    await chat.says("11月20日")
    assert "· 已移送：文号 滨安移4号，2026年11月20日发出" in chat.text
    assert "滨安移3号" not in chat.text
    assert [(r.reference, r.sent_on) for r in await sent(case)] == [("滨安移4号", date(2026, 11, 20))]
    assert await history(case, chat) == [
        "记下移送函已发出。建议立案处罚：文号 滨安移4号，2026年11月20日发出",
        "记下移送函已发出。建议立案处罚：文号 滨安移3号，2026年11月22日发出",
    ]
    assert await history(case, case.principal) == []
    await case.opens(case.principal)
    assert "文号" not in case.principal.text


async def test_a_double_tap_an_old_button_and_a_restart_keep_one_entry(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    begin = chat.button("记下文号（已发出）").data
    await chat.taps(begin)
    await chat.taps(begin)
    await chat.says("滨安移3号")
    today = chat.button("今天").data
    await chat.taps("no-such-button")
    assert chat.text.endswith("\n文号：滨安移3号\n哪一天发出的？点一个，或者写日期，例如 11月20日、昨天。")
    await chat.presses("改文号")
    await chat.says("滨安移5号")
    await chat.taps(today, update_id=990001)
    await chat.taps(today, update_id=990001)
    await chat.taps(today)
    assert chat.toasts[-1] == "没有新记。现在记着的：文号 滨安移5号，2026年11月23日发出。"
    assert len(await rows_kept(case)) == 1
    # The same entry again adds nothing.
    await chat.taps(begin)
    await chat.says("滨安移5号")
    await chat.says("今天")
    assert len(await rows_kept(case)) == 1


async def rows_kept(case: Case) -> list[str]:
    def unit(tx: Transaction) -> list[str]:
        return [e.body["after"]["reference"] for e in tx.trail.of("hazard", case_id(tx)) if e.what == "hazard_referred"]

    return await case.database.read(unit)


async def test_a_day_without_its_number_keeps_nothing_and_asks_again(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移3号")
    today = chat.button("今天").data
    await chat.says("/start")
    await chat.taps(today)
    assert chat.toasts[-1] == "前面的回答没有留下，请从头再来一次。"
    assert "发出的函是什么文号？" in chat.text
    assert await sent(case) == []
    await chat.says("滨安移3号")
    await chat.taps(today.rsplit(":", 1)[0] + ":someday")
    assert chat.text.startswith("<i>没看懂日期。请写 11月20日、2026-11-20、今天 或 昨天。</i>")
    assert await sent(case) == []


async def test_what_cannot_be_used_is_said_and_the_number_is_not_lost(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await chat.presses("记下文号（已发出）")
    await chat.says("长" * 61)
    assert chat.text.startswith("<i>文号太长了，最多 60 个字，请再写一次。</i>")
    await chat.says("<b>滨&移</b>3号")
    assert "文号：&lt;b&gt;滨&amp;移&lt;/b&gt;3号" in chat.text
    for wrong, said in {
        "发了": "没看懂日期。",
        "2026-11-24": "这一天还没有到",
        "2025-11-01": "这一天太早了",
        "2月30日": "没有这一天",
    }.items():
        await chat.says(wrong)
        assert chat.text.startswith(f"<i>{said}")
        assert "文号：&lt;b&gt;滨&amp;移&lt;/b&gt;3号" in chat.text
    await chat.says("11.23")
    [kept] = await sent(case)
    assert (kept.reference, kept.sent_on) == ("<b>滨&移</b>3号", date(2026, 11, 23))
    assert "文号 &lt;b&gt;滨&amp;移&lt;/b&gt;3号" in chat.text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("今天", date(2026, 1, 5)),
        ("yesterday", date(2026, 1, 4)),
        ("前天", date(2026, 1, 3)),
        ("1月5日", date(2026, 1, 5)),
        ("1月6日", date(2025, 1, 6)),
        ("12.31", date(2025, 12, 31)),
        ("2025年1月4日", date(2025, 1, 4)),
    ],
)
def test_a_day_without_year_is_the_last_one_that_was(words: str, found: date) -> None:
    assert parse_past_day(words, today=date(2026, 1, 5)) == found


@pytest.mark.parametrize(
    "words", ["", "5", "3天", "明天", "2026-01-06", "2025-01-03", "13月1日", "2月29日", "2026-02-30"]
)
def test_what_is_no_day_or_not_yet_or_long_ago_is_refused(words: str) -> None:
    with pytest.raises(NotADay):
        parse_past_day(words, today=date(2026, 1, 5))


async def test_of_several_proposals_one_is_chosen(database: ZoneDatabase, services: Services) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await proposes(case, "建议停产整顿")
    await chat.presses("记下文号（已发出）")
    assert chat.text == "<b>隐患 BH-2026-0001</b>\n记哪一个建议的文号？"
    assert chat.labels == ["建议停产停业整顿（11月23日）", "建议立案处罚（11月23日）", "返回"]
    await chat.taps("no-such-button")
    assert chat.labels[0] == "建议停产停业整顿（11月23日）"
    await chat.presses("建议立案处罚")
    await chat.says("滨安移3号")
    await chat.presses("今天")
    lines = chat.text.splitlines()
    at = lines.index("建议立案处罚（报消防救援大队）：等主管部门决定")
    assert lines[at + 1 : at + 4] == [
        "· 已移送：文号 滨安移3号，2026年11月23日发出",
        "建议停产停业整顿（报消防救援大队）：等主管部门决定",
        UNSENT,
    ]
    await chat.presses("记下文号（已发出）")
    assert chat.labels[:2] == ["建议停产停业整顿（11月23日）", "✓ 建议立案处罚（11月23日）"]


async def test_a_letter_and_its_answer_are_noted_when_the_hazard_is_closed_already(
    database: ZoneDatabase, services: Services
) -> None:
    case = await proposed_case(database, services)
    await hands_in(case)
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    await case.reviewer.presses("销号")
    assert (await case.hazard()).state is State.CLOSED
    chat = case.reviewer
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移3号")
    await chat.presses("今天")
    assert [r.reference for r in await sent(case)] == ["滨安移3号"]
    await chat.presses("更多")
    await chat.presses("记主管部门答复")
    await chat.says("不予立案")
    assert "建议立案处罚（报消防救援大队）：不予立案" in chat.text


async def test_experts_and_people_of_the_firm_note_nothing(database: ZoneDatabase, services: Services) -> None:
    case = await proposed_case(database, services)
    button = case.officer.button("记下文号（已发出）").data
    expert = await member_of(database, services, None, Role.EXPERT, telegram_id=705, name="周专家")
    both = await member_of(database, services, None, Role.OFFICER, telegram_id=706, name="郑监管")

    def joins(tx: Transaction) -> None:
        person = tx.people.by_telegram(706)
        assert person is not None
        tx.people.assign(person.id, Role.SAFETY_MANAGER, enterprise_id=case.shop, at=NOW, by=None)

    await database.write(joins)
    for chat in (expert, both):
        await case.opens(chat)
        assert "记下文号（已发出）" not in chat.labels
        await chat.taps(button)
        assert chat.text.startswith("<i>这一步不归您办，请联系负责的人。</i>")
    await case.principal.taps(button)
    assert case.principal.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"


async def test_a_button_for_what_was_never_proposed_leads_nowhere(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    hazard = await case.hazard()
    await case.officer.taps(data("na", hazard.id))
    assert case.officer.text.startswith("<i>这条隐患还没有提过建议。</i>")
    await proposes(case, "建议立案处罚")
    await case.officer.taps(data("nb", hazard.id, 1))
    assert case.officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_the_office_sees_what_waits_for_a_letter_or_an_answer(database: ZoneDatabase, services: Services) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await chat.says("/ledger")
    assert "\n· 建议没有发函 1，发出后没有答复 0\n" in chat.text
    await chat.presses("建议待跟进（1）")
    assert chat.text == (
        "<b>建议待跟进</b>　共 1 条\n移送函还没有发出的，和发出超过 15 天没有答复的。\n"
        "· BH-2026-0001　建议立案处罚（报消防救援大队）　11月23日提出，函还没有发出　晨光机械厂"
    )
    assert chat.labels == ["BH-2026-0001 二楼窗户焊了防盗网", "待办", "返回首页"]
    await chat.presses("BH-2026-0001")
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移3号")
    await chat.presses("今天")
    await chat.says("/ledger")
    assert "建议" not in chat.text
    chat.now += timedelta(days=15)
    await chat.says("/ledger")
    assert "建议" not in chat.text
    chat.now += timedelta(days=1)
    await chat.says("/ledger")
    assert "\n· 建议没有发函 0，发出后没有答复 1\n" in chat.text
    await chat.presses("建议待跟进（1）")
    assert chat.text.endswith("　11月23日发出，16 天没有答复（滨安移3号）　晨光机械厂")
    await chat.taps("no-such-button")
    assert chat.text.startswith("<b>建议待跟进</b>　共 1 条")
    await chat.says("防盗网")
    assert chat.text.startswith("<b>隐患台账</b>　共 1 条")
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses("记主管部门答复")
    await chat.says("已立案")
    await chat.says("/ledger")
    assert "建议" not in chat.text
    await chat.taps("nd:0")
    assert chat.text.endswith("\n现在没有。")


async def test_how_long_an_answer_may_take_is_the_offices_to_set(database: ZoneDatabase, services: Services) -> None:
    case = await proposed_case(database, services)
    chat = case.officer
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移3号")
    await chat.presses("今天")
    head = await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=703, name="周管理")
    await head.presses("办公室设置")
    await head.presses("建议发出后，等多少天没有答复就提醒")
    await head.says("3")
    assert await database.read(lambda tx: tx.office_settings.figure(ANSWER_DAYS)) == 3
    chat.now += timedelta(days=4)
    await chat.says("/ledger")
    assert "建议待跟进（1）" in chat.labels


async def test_what_was_found_in_error_asks_for_nothing_and_many_fill_pages(
    database: ZoneDatabase, services: Services
) -> None:
    town = HazardZone()

    def unit(tx: Transaction) -> int:
        town.found(tx)
        who: dict[str, Any] = {"by": town.people["赵监管"], "at": NOW}
        for _ in range(9):
            hazard = town.rectifying(tx, words="除尘管道积灰", level=Level.MAJOR)
            hazard = tx.hazard_life.propose(hazard, Proposal.PENALTY, basis="拒改", to_whom="应急管理局", **who)
        before = len(tx.referrals.waiting(NOW.date()))
        tx.hazard_life.dismiss(hazard, reason="看错了", **who)
        assert tx.ledger.overview(today=NOW.date()).unsent == 8
        return before

    assert await database.write(unit) == 9
    await database.write(lambda tx: propose_another(tx, town))
    chat = Chat(database, services, 1, "赵监管")
    await chat.says("/ledger")
    await chat.presses("建议待跟进（9）")
    assert chat.text.count("\n· ") == 8
    await chat.presses("下一页 ›")
    assert chat.text.count("\n· ") == 1


def propose_another(tx: Transaction, town: HazardZone) -> None:
    hazard = town.rectifying(tx, words="又积灰了", level=Level.MAJOR)
    by = town.people["赵监管"]
    tx.hazard_life.propose(hazard, Proposal.CLOSURE, basis="拒改", to_whom="应急管理局", by=by, at=NOW)


async def test_what_waits_in_another_zone_is_not_seen(database: ZoneDatabase) -> None:
    here, there = HazardZone(), HazardZone()
    other = database.database.zone(2)

    def unit(tx: Transaction, town: HazardZone) -> list[OpenProposal]:
        town.found(tx)
        propose_another(tx, town)
        return tx.referrals.waiting(NOW.date())

    assert len(await database.write(lambda tx: unit(tx, here))) == 1
    assert len(await other.write(lambda tx: unit(tx, there))) == 1
