"""Letters on what the office did about a hazard: facts as recorded, one letter a step, and no trace of a tip."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checklists.attachments import Phase
from checklists.hazard_records import Proposal, Receipt
from checklists.hazard_rules import Recipient, hazard_rules
from checklists.hazards import Hazard, Level, Source
from checklists.people import Role
from checklists.plans import load_plan, plan_ids
from handlers.documents.letter_fields import RUNG_WORDS
from handlers.replies import data
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone, picture
from tests.post import Post
from tests.rectifying import Case, hands_in, rectifying_case
from tests.test_documents_letters import words
from tests.test_official_inspections import Cast, begun, cast

__all__ = ["cast"]  # a fixture
WITH_LADDER = [plan for plan in plan_ids() if hazard_rules(plan).ladder]
LATE = NOW + timedelta(days=31)  # 2026-12-24; the deadline is 2026-12-07


def on(days: int) -> datetime:
    return NOW + timedelta(days=days)


async def letter(database: ZoneDatabase, services: Services, chat: Chat, label: str) -> tuple[str, list[str]]:
    """Press this button under 文书 of the hazard's card; the name and the lines of the file that comes."""
    await chat.presses("文书")
    await chat.presses(label)
    assert chat.toasts[-1] == "正在生成，马上发给您。"
    post = Post(database, services)
    await post.sends(chat.now)
    [(name, content)] = [(name, content) for to, name, content in post.files if to == chat.telegram_id]
    return name, words(content).splitlines()


def course(lines: list[str]) -> list[str]:
    """The rows of 经过: each day with what happened."""
    rows = lines[lines.index("情况") + 1 : lines.index("三、建议")]
    return [f"{day} {said}" for day, said in zip(rows[::2], rows[1::2], strict=True)]


def enclosed(lines: list[str]) -> list[str]:
    return lines[lines.index("附件：") + 1 : lines.index("联系人：赵监管　　联系电话：")]


async def officer_at(database: ZoneDatabase, services: Services, hazard: Hazard, *, now: datetime = LATE) -> Chat:
    """赵监管 at the card of this hazard."""
    chat = Chat(database, services, 1, "赵监管", now=now)
    await chat.taps(data("go", hazard.id))
    return chat


def faked_and_overdue(tx: Transaction, town: HazardZone) -> Hazard:
    """A major hazard of a self-inspection that was sent back, marked fake, listed and never put right."""
    firm, officer, reviewer = (town.people[name] for name in ("王厂长", "赵监管", "钱审核"))
    hazard = town.rectifying(tx, level=Level.MAJOR, words="除尘管道积灰", place="打磨间")
    congress = next(n for n in tx.hazard_records.notices(hazard) if n.recipient is Recipient.WORKERS_CONGRESS)
    note = "会议记录在李主任的柜子里"
    tx.hazard_records.receive(congress, by=officer, at=on(1), how=Receipt.PAPER, note=note)
    hazard = tx.hazard_life.ask_deferral(hazard, date(2026, 12, 20), reason="等配件", by=firm, at=on(1))
    hazard = tx.hazard_life.decide_deferral(hazard, False, reason="风险大，不能拖", by=officer, at=on(2))
    for days in (3, 5):
        town.show_fixed(tx, hazard)
        hazard = tx.hazard_life.hand_in(hazard, by=firm, at=on(days))
        if days == 3:
            hazard = tx.hazard_life.send_back(hazard, reason="没有改到位。", on_site=True, by=reviewer, at=on(4))
    hazard = tx.hazard_life.mark_fake(hazard, reason="照片不是这个地方", by=officer, at=on(6))
    hazard = tx.hazard_life.enlist(
        hazard, supervisor="孙主任", until=date(2026, 12, 31), reason="整改缓慢", by=officer, at=on(7)
    )
    tx.hazard_records.comment(hazard.id, "只给办公室看的备注", by=officer, at=on(7))
    return tx.hazard_life.propose(
        hazard, Proposal.ACCOUNTABILITY, basis="虚假整改", to_whom="滨河区应急管理局", by=officer, at=on(8)
    )


async def test_the_letter_of_a_proposal_tells_what_is_recorded_of_fake_work_and_a_missed_deadline(
    database: ZoneDatabase, services: Services
) -> None:
    town = HazardZone()
    await database.write(town.found)
    hazard = await database.write(lambda tx: faked_and_overdue(tx, town))
    chat = await officer_at(database, services, hazard)
    name, said = await letter(database, services, chat, "移送函：建议追究责任（12月1日）")
    assert name == "移送（建议）函-样例木业有限公司-2026-12-24.docx"
    assert said[:5] == [
        "滨河开发区",
        "移送（建议）函",
        "〔    〕    号",
        "滨河区应急管理局：",
        "根据《中华人民共和国安全生产法》第九条、第六十九条和"
        f"《{load_plan('heelun-2024').title}》三(一)3(10)，现将样例木业有限公司（统一社会信用代码：91350211M000100Y43）"
        "下列事故隐患的有关情况和我单位的建议移送你单位：",
    ]
    assert said[said.index("隐患描述") + 1] == "除尘管道积灰（打磨间）"
    assert said[said.index("级别与依据") + 1 :][:2] == ["重大隐患", "GB 15577 6.1"]
    assert said[said.index("整改期限") + 1] == "2026年12月7日"
    assert said[said.index("目前状态") + 1] == "整改中（截至2026年12月24日）"
    assert course(said) == [
        "2026年11月23日 企业自查发现该隐患。",
        "2026年11月23日 确认为重大隐患。",
        "2026年11月24日 职工代表大会确认收到告知（纸质回执）。",
        "2026年11月24日 企业申请把整改期限从2026年12月7日延到2026年12月20日：等配件。",
        "2026年11月25日 没有同意延期：风险大，不能拖。",
        "2026年11月26日 企业提交整改情况，申请复查。",
        "2026年11月27日 复查没有通过，退回重新整改（现场查看）：没有改到位。",
        "2026年11月28日 企业提交整改情况，申请复查。",
        "2026年11月29日 认定为虚假整改：照片不是这个地方。",
        "2026年11月30日 挂牌督办，2026年12月31日前办结：整改缓慢。",
        "2026年12月24日 已超过整改期限17天，没有整改到位。",
        "2026年12月24日 累计认定虚假整改1次。",
        "2026年12月24日 主要负责人、实际控制人、负有监管职责的部门还没有确认收到告知。",
    ]
    assert "2026年12月1日，我单位建议追究责任。理由：虚假整改。" in said
    assert enclosed(said) == [
        "1．隐患整改通知书",
        "2．隐患整改复查意见书",
        "3．重大事故隐患挂牌督办通知书",
        "4．整改照片2张",
    ]
    assert not any(words in "".join(said) for words in ("备注", "李主任", "钱审核", "陈安全"))


async def test_the_letter_says_what_came_back_and_what_the_firm_had_called_good(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, principal = cast
    await principal.says("/start")
    await principal.presses("开始自查")
    for _ in range(200):
        if "提交前看一遍" in principal.text:
            break
        await principal.presses("合格")
    for label in ("带队人", "王厂长", "提交", "确认提交"):
        await principal.presses(label)
    officer.now = on(1)
    await begun(officer)
    await officer.says("二楼窗户焊了防盗网")
    await officer.presses("①")
    await officer.presses("是一般隐患")
    await officer.presses("由企业定期限")
    first = await database.read(lambda tx: tx.hazards.numbered(2026, 1))
    assert first is not None
    await database.write(lambda tx: closes(tx, first))

    def comes_back(tx: Transaction) -> Hazard:
        found = tx.hazards.open(
            enterprise_id=first.enterprise_id,
            source=Source.OFFICIAL_INSPECTION,
            inspection_id=None,
            item=None,
            official_inspection_id=first.official_inspection_id,
            criterion_id=first.criterion_id,
            clause=first.clause,
            level=Level.GENERAL,
            year=2026,
            by=first.found_by,
            at=on(9),
            words="又焊上了",
        )
        found = tx.hazard_life.confirm(found, Level.GENERAL, by=first.found_by, at=on(9))
        who: dict[str, Any] = {"by": first.found_by, "at": on(10)}
        return tx.hazard_life.propose(
            found, Proposal.PENALTY, basis="同一条隐患屡查屡犯", to_whom="消防救援大队", **who
        )

    again = await database.write(comes_back)
    officer.now = on(10)
    await officer.taps(data("go", again.id))
    _name, said = await letter(database, services, officer, "移送函：建议立案处罚（12月3日）")
    assert course(said) == [
        "2026年11月23日 企业自查，对同一条的回答是“合格”。",
        "2026年12月2日 监督检查（夜查）发现该隐患。",
        "2026年12月2日 此前365天内，同一条隐患查出并销号过1次，"
        "上一次是BH-2026-0001，2026年11月24日查出，2026年11月29日销号。",
        "2026年12月2日 确认为一般隐患。",
    ]
    assert "2026年12月3日，我单位建议立案处罚。理由：同一条隐患屡查屡犯。" in said
    assert said[3] == "消防救援大队："


def closes(tx: Transaction, hazard: Hazard) -> None:
    """Put right by the firm, passed and closed by somebody else of the office."""
    town = HazardZone(enterprise_id=hazard.enterprise_id)
    principal = tx.people.by_telegram(2001)
    assert principal is not None
    reviewer = tx.people.add(name="钱审核", telegram_id=None, at=NOW)
    tx.people.assign(reviewer.id, Role.REVIEWER, enterprise_id=None, at=NOW, by=None)
    town.people["陈安全"] = principal.id
    hazard = tx.hazard_life.arrange(hazard, FIVE, by=principal.id, at=on(2))
    town.show_fixed(tx, hazard)
    hazard = tx.hazard_life.hand_in(hazard, by=principal.id, at=on(3))
    hazard = tx.hazard_life.approve(hazard, by=reviewer.id, at=on(6))
    tx.hazard_life.close(hazard, by=reviewer.id, at=on(6))


def told_from_outside(tx: Transaction, town: HazardZone, source: Source, by: str) -> Hazard:
    """A hazard that did not come from an inspection; what came from a tip has a picture that shows where one stood."""
    hazard = town.rectifying(tx, words="除尘管道积灰", by=by, source=source)
    if source is Source.TIP:
        by_id = town.people[by]
        tx.attachments.add_photo(picture("tip"), by=by_id, at=NOW, hazard_id=hazard.id, phase=Phase.BEFORE)
        hazard = tx.hazards.rewrite(hazard, "除尘管道积灰", by=by_id, at=on(1))
    officer = town.people["赵监管"]
    return tx.hazard_life.propose(
        hazard, Proposal.STOP_USE, basis="逾期没有改好", to_whom="应急管理局", by=officer, at=on(1)
    )


@pytest.mark.parametrize(
    ("source", "by"),
    [(Source.TIP, "孙科长"), (Source.TRANSFER, "孙科长"), (Source.EXPERT, "周专家"), (Source.WORKER, "刘工人")],
)
async def test_no_letter_tells_a_tip_from_anything_else(
    database: ZoneDatabase, services: Services, source: Source, by: str
) -> None:
    town = HazardZone()
    await database.write(town.found)
    hazard = await database.write(lambda tx: told_from_outside(tx, town, source, by))
    chat = await officer_at(database, services, hazard)
    _name, said = await letter(database, services, chat, "移送函：建议停止使用（11月24日）")
    assert course(said) == [
        "2026年11月23日 发现该隐患。",
        "2026年11月23日 确认为一般隐患。",
        "2026年12月24日 已超过整改期限17天，没有整改到位。",
    ]
    assert enclosed(said) == ["1．隐患整改通知书"]
    text = "".join(said)
    assert not any(word in text for word in ("举报", "交办", "专家", "员工", "职工", "从业人员", "改写", by))


def climb(tx: Transaction, town: HazardZone, rungs: int) -> Hazard:
    """A major hazard against whose firm so many steps of the ladder were taken, one a week after the deadline."""
    hazard = town.rectifying(tx, level=Level.MAJOR, words="除尘管道积灰")
    by = town.people["赵监管"]
    for n, rung in enumerate(tx.hazard_life.rules().ladder[:rungs]):
        hazard = tx.hazard_life.escalate(hazard, rung, note=f"第{n + 1}步", by=by, at=on(15 + 7 * n))
    return hazard


@pytest.mark.parametrize("plan_id", WITH_LADDER)
async def test_every_step_of_a_ladder_has_its_letter(database: ZoneDatabase, services: Services, plan_id: str) -> None:
    town, rules = HazardZone(), hazard_rules(plan_id)
    await database.write(lambda tx: town.found(tx, plan_id=plan_id))
    hazard = await database.write(lambda tx: climb(tx, town, len(rules.ladder)))
    taken = [(on(15 + 7 * n), rung) for n, rung in enumerate(rules.ladder)]
    for n, (at, rung) in enumerate(taken):
        assert rung in RUNG_WORDS
        chat = await officer_at(database, services, hazard, now=taken[-1][0] + timedelta(minutes=n))
        day = f"{at.month}月{at.day}日"
        name, said = await letter(database, services, chat, f"督办函：{rung}（{day}）")
        assert name.startswith("隐患整改督办函-样例木业有限公司-")
        today = chat.now.date()
        assert said[4] == (
            f"根据《中华人民共和国安全生产法》第九条、第四十一条和《{load_plan(plan_id).title}》"
            f"{rules.clause('escalation')}，我单位于{at.year}年{day}{RUNG_WORDS[rung]}。"
            f"该隐患自2026年12月8日起逾期，截至{today.year}年{today.month}月{today.day}日"
            f"已逾期{(today - date(2026, 12, 7)).days}天，没有整改到位。现督促你单位整改："
        )
        assert said[said.index("本次措施") + 1 :][:2] == [f"{rung}（{at.year}年{day}）", f"第{n + 1}步"]
        earlier = "；".join(f"{a.year}年{a.month}月{a.day}日：{r}" for a, r in taken[:n]) or "没有"
        assert said[said.index("此前措施") + 1] == earlier
        assert said[said.index("要求完成") + 1] == "____年__月__日前完成整改，提交复查"


async def test_a_plate_whose_day_is_to_come_says_by_when(database: ZoneDatabase, services: Services) -> None:
    town = HazardZone()
    await database.write(town.found)

    def unit(tx: Transaction) -> Hazard:
        hazard, by = climb(tx, town, 1), town.people["赵监管"]
        until = date(2026, 12, 31)
        return tx.hazard_life.enlist(hazard, supervisor="孙主任", until=until, reason="逾期", by=by, at=on(16))

    hazard = await database.write(unit)
    chat = await officer_at(database, services, hazard)
    _name, said = await letter(database, services, chat, "督办函：约谈")
    assert said[said.index("要求完成") + 1] == "2026年12月31日前完成整改，提交复查"
    chat.now = NOW + timedelta(days=40)
    await chat.taps(data("go", hazard.id))
    _name, said = await letter(database, services, chat, "督办函：约谈")
    assert said[said.index("要求完成") + 1] == "____年__月__日前完成整改，提交复查"


async def test_only_what_happened_has_a_letter_and_nothing_urges_what_was_handed_in(
    database: ZoneDatabase, services: Services
) -> None:
    town = HazardZone()
    await database.write(town.found)
    hazard = await database.write(lambda tx: town.rectifying(tx, level=Level.MAJOR))
    chat = await officer_at(database, services, hazard)
    await chat.presses("文书")
    assert chat.labels == ["隐患整改通知书", "返回这条隐患", "返回首页"]
    by = town.people["赵监管"]
    await database.write(lambda tx: tx.hazard_life.escalate(hazard, "约谈", note="已约谈", by=by, at=LATE))
    await chat.taps(data("gw", hazard.id))
    assert chat.labels == ["隐患整改通知书", "督办函：约谈（12月24日）", "返回这条隐患", "返回首页"]
    old = chat.button("督办函").data

    def hands_it_in(tx: Transaction) -> None:
        now = tx.hazards.get(hazard.id)
        assert now is not None
        town.show_fixed(tx, now)
        tx.hazard_life.hand_in(now, by=town.people["陈安全"], at=LATE)

    await chat.taps(old)
    await database.write(hands_it_in)
    await chat.taps(data("gw", hazard.id))
    assert "督办函：约谈（12月24日）" not in chat.labels
    await chat.taps(old)
    assert chat.toasts[-1] == "现在不能出这份文书。"
    # What was asked for before the firm handed in is not sent any more: it would deny that.
    post = Post(database, services)
    await post.sends(LATE)
    assert post.files == []
    for forged in (data("gy", hazard.id, "REFERRAL", 1), data("gy", hazard.id, "SUPERVISION", 1)):
        await chat.taps(forged)
        assert chat.toasts[-1] == "现在不能出这份文书。"
    await chat.taps(data("gy", hazard.id, "REFERRAL"))
    assert chat.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_from_the_proposal_to_its_answer_on_the_phone(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    chat = case.officer
    await case.opens(chat)
    for label in ("更多", "建议立案处罚", "逾期没有改好", "消防救援大队"):
        await chat.presses(label)
    await chat.presses("文书")
    await chat.presses("移送函：建议立案处罚（11月23日）")
    await case.post.sends(chat.now)
    assert [name for to, name, _content in case.post.files if to == chat.telegram_id] == [
        "移送（建议）函-晨光机械厂-2026-11-23.docx"
    ]
    await chat.presses("返回这条隐患")
    await chat.presses("记下文号（已发出）")
    await chat.says("滨安移〔2026〕3号")
    await chat.presses("今天")
    await hands_in(case)
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses("记主管部门答复")
    await chat.says("已立案，限期改正")
    assert "建议立案处罚（报消防救援大队）：已立案，限期改正" in chat.text
    assert "· 已移送：文号 滨安移〔2026〕3号，2026年11月23日发出" in chat.text
    firm = case.principal
    await case.opens(firm)
    await firm.presses("经过")
    assert "文号" not in firm.text


async def test_two_letters_asked_for_in_one_moment_both_come(database: ZoneDatabase, services: Services) -> None:
    case: Case = await rectifying_case(database, services)
    chat = case.officer
    for label in ("建议立案处罚", "建议停产整顿"):
        await case.opens(chat)
        for press in ("更多", label, "逾期没有改好", "消防救援大队"):
            await chat.presses(press)
    await chat.presses("文书")
    for label in ("移送函：建议立案处罚", "移送函：建议停产停业整顿"):
        await chat.presses(label)
    await case.post.sends(chat.now)
    reasons = [words(content) for to, _name, content in case.post.files if to == chat.telegram_id]
    assert ["我单位建议立案处罚" in text for text in reasons] == [True, False]
