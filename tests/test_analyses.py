"""Putting hazards to analysis, the monthly meeting from agenda to record, and what becomes of its decisions."""

import io
from datetime import UTC, date, datetime, timedelta

from docx import Document
from docx.oxml.ns import qn

from checklists.analyses import Analysis, MeetingState
from checklists.hazards import Hazard, Level, Source
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.post import Post, at
from tests.rectifying import Case, finds_hazard, new_case, rectifying_case
from tests.walks import member_of

MEASURE = "先停用，改好验收合格再用"


async def put(case: Case, chat: Chat, reason: str = "资金困难") -> None:
    """From the card: 更多, 提请研判, a reason."""
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses("提请研判")
    await chat.presses(reason)


async def decides(chat: Chat, until: str = "15 天") -> None:
    """The three questions by tapping."""
    await chat.presses(MEASURE)
    await chat.presses("王厂长")
    await chat.presses(until)


async def standing(case: Case) -> Analysis | None:
    hazard = await case.hazard()
    return await case.database.read(lambda tx: tx.analyses.standing_of(hazard))


async def late_ones(case: Case, number: int) -> list[Hazard]:
    """So many general hazards that are past their deadline on the day of the test."""

    def unit(tx: Transaction) -> list[Hazard]:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        made = []
        for days in range(1, number + 1):
            hazard = tx.hazards.open(
                enterprise_id=case.shop,
                source=Source.OFFICIAL_INSPECTION,
                inspection_id=None,
                item=None,
                criterion_id=None,
                clause="《安全生产法》第三十六条",
                level=Level.GENERAL,
                year=2026,
                by=officer.id,
                at=NOW,
                words=f"砂轮机{days}没有防护罩",
                deadline=NOW.date() - timedelta(days=days),
                measure="装上防护罩",
            )
            made.append(tx.hazard_life.confirm(hazard, Level.GENERAL, by=officer.id, at=NOW))
        return made

    return await case.database.write(unit)


async def meeting_case(database: ZoneDatabase, services: Services, number: int = 3) -> Case:
    """Late hazards, and the officer at the agenda that was made of them."""
    case = await new_case(database, services)
    await late_ones(case, number)
    await case.officer.says("/ledger")
    await case.officer.presses("分析会")
    await case.officer.presses("准备议题")
    return case


def words_of(content: bytes) -> list[str]:
    """Every line of a Word file in reading order."""
    body = Document(io.BytesIO(content)).element.body
    lines = ("".join(part.text or "" for part in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))
    return [line for line in lines if line.strip()]


async def paper(case: Case, chat: Chat, label: str) -> tuple[str, list[str]]:
    """Ask for a paper and read it."""
    await chat.presses(label)
    assert chat.toasts[-1] == "正在生成，马上发给您。"
    await case.post.sends(chat.now)
    _chat_id, name, content = case.post.files[-1]
    return name, words_of(content)


async def test_a_hazard_waits_for_the_meeting_once_it_was_put(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.reviewer)
    await case.reviewer.presses("更多")
    await case.reviewer.presses("提请研判")
    assert case.reviewer.text == (
        "<b>隐患 BH-2026-0001</b>\n提请研判：为什么？\n点一个，或者直接打字。理由只有办公室看得到。"
    )
    assert case.reviewer.labels == ["一时改不了", "资金困难", "涉及多家单位", "整改措施有分歧", "返回"]
    first = case.reviewer.button("资金困难").data
    await case.reviewer.taps(first)
    assert case.reviewer.text == (
        "<i>已提请研判。</i>\n<b>隐患 BH-2026-0001</b>\n已提请研判，等下次分析会。\n理由：资金困难"
    )
    assert "现在就研判" not in case.reviewer.labels  # a reviewer puts, managers decide
    await case.reviewer.taps(first)
    assert case.reviewer.toasts[-1] == "这条隐患已经提请研判了。"
    await case.opens(case.officer)
    assert "已提请研判，等下次分析会：资金困难" in case.officer.text
    await case.officer.presses("经过")
    assert "林审核：提请研判。资金困难" in case.officer.text
    await case.opens(case.principal)
    assert "研判" not in case.principal.text
    await case.principal.presses("经过")
    assert "研判" not in case.principal.text


async def test_what_waits_is_taken_back_by_who_put_it(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await put(case, case.reviewer)
    back = case.reviewer.button("撤回提请").data
    await case.reviewer.taps(back)
    assert case.reviewer.text.startswith("<i>提请已撤回。</i>")
    await case.reviewer.taps(back)
    assert case.reviewer.text.startswith("<i>这条刚才有人办过了，请看一下现在的情况。</i>")
    assert await database.read(lambda tx: tx.analyses.waiting()) == []


async def test_a_measure_is_decided_at_once_and_the_firm_hears_of_it(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat, before = case.officer, await case.hazard()
    await put(case, chat, "整改措施有分歧")
    await chat.presses("现在就研判")
    assert chat.text.endswith(
        "\n<b>定什么措施？</b>点一个，或者直接打字。\n"
        "只定措施，隐患的期限、级别都不变。企业看得到措施、谁办、到哪天，请不要评论个人。"
    )
    await chat.says("请消防技术机构出方案，按方案拆除")
    assert "措施：请消防技术机构出方案，按方案拆除\n<b>谁来办？</b>" in chat.text
    await chat.presses("王厂长")
    assert "谁来办：王厂长\n<b>办到哪一天？</b>" in chat.text
    assert chat.labels[:4] == [
        "隐患的期限：2026年12月8日",
        "7 天（到11月30日）",
        "15 天（到12月8日）",
        "30 天（到12月23日）",
    ]
    await chat.says("过几天")
    assert chat.text.startswith("<i>没看懂日期。")
    await chat.says("12月1日")
    line = "📌 研判 11月23日：请消防技术机构出方案，按方案拆除，由王厂长办，12月1日前"
    assert chat.text.startswith(
        "<i>措施定了，企业会收到。隐患的期限、级别、状态都没有变：要改，请在下面办相应的手续。</i>"
    )
    assert line in chat.text
    assert "更多" in chat.labels
    assert await case.hazard() == before
    [told] = await case.letters(case.principal)
    assert told.startswith("📌 <b>办公室研判了这条隐患，定了措施</b>\n隐患 BH-2026-0001 · ")
    assert told.endswith(
        "\n措施：请消防技术机构出方案，按方案拆除\n谁来办：王厂长\n办到：2026年12月1日\n隐患的期限、级别没有变。"
    )
    await case.takes_letter(case.principal, "看隐患")
    assert line in case.principal.text
    assert "有分歧" not in case.principal.text
    await case.principal.presses("经过")
    assert "陈监管：研判定了措施。请消防技术机构出方案，按方案拆除，由王厂长办，12月1日前" in case.principal.text
    assert "有分歧" not in case.principal.text


async def test_old_buttons_a_double_tap_and_a_restart_in_the_middle_of_deciding(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = case.officer
    await put(case, chat)
    begin = chat.button("现在就研判").data
    await chat.taps(begin)
    measure = chat.button(MEASURE).data
    await chat.taps(measure)
    await chat.taps(measure)
    assert chat.toasts[-1] == "这一问已经答过了，这是现在的画面。"
    assert f"措施：{MEASURE}\n<b>谁来办？</b>" in chat.text
    await chat.taps("no-such-button")  # as after a restart: the screen is drawn from the database
    assert f"措施：{MEASURE}\n<b>谁来办？</b>" in chat.text
    await chat.presses("王厂长")
    day = chat.button("15 天").data
    await chat.presses("重写上一项")
    assert f"措施：{MEASURE}\n<b>谁来办？</b>" in chat.text
    await chat.says("/start")
    await chat.taps(day)
    assert chat.toasts[-1] == "前面的回答没有留下，请从头再来一次。"
    assert await standing(case) is None
    await decides(chat)
    decided = await standing(case)
    assert decided is not None
    assert (decided.decision, decided.responsible, decided.until) == (MEASURE, "王厂长", date(2026, 12, 8))
    await chat.taps(day)
    await chat.taps(begin)
    assert await standing(case) == decided
    assert chat.toasts[-1] == "这条刚才有人办过了，请看一下现在的情况。"


async def test_words_that_are_too_long_are_not_kept_in_part(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    chat = case.officer
    await case.opens(chat)
    await chat.presses("更多")
    await chat.presses("提请研判")
    await chat.says("长" * 301)
    assert chat.text.startswith("<i>没有记下：请写 1 到 300 个字。</i>")
    await chat.says("隔壁单位也要一起改")
    await chat.presses("现在就研判")
    await chat.says("长" * 501)
    assert chat.text.startswith("<i>没有记下：请写 1 到 500 个字。</i>")
    assert await standing(case) is None


async def test_who_belongs_to_the_firm_neither_puts_nor_decides(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    more = case.officer.button("更多").data
    await case.officer.presses("更多")
    ask = case.officer.button("提请研判").data
    insider = await member_of(database, services, None, Role.OFFICER, telegram_id=704, name="郑监管")
    await insider.becomes(Role.DEPUTY, enterprise_id=case.shop)
    expert = await member_of(database, services, None, Role.EXPERT, telegram_id=705, name="周专家")
    for chat in (insider, expert):
        await chat.taps(more)
        assert not [label for label in chat.labels if "研判" in label]
    await insider.taps(ask)
    await insider.says("写一句试试")
    assert insider.text.startswith("<i>研判不归您办：要由监管员、管理员来定，本企业的人回避。</i>")
    assert await database.read(lambda tx: tx.analyses.waiting()) == []
    await put(case, case.officer)
    await insider.taps(case.officer.button("现在就研判").data)
    assert insider.toasts[-1] == "研判不归您办：要由监管员、管理员来定，本企业的人回避。"
    assert await standing(case) is None


async def test_an_agenda_says_why_and_in_which_order(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    assert case.officer.text == (
        "<i>议题列好了。不议的去掉，危险大的在前。</i>\n<b>2026年11月安全生产分析会</b>　议题\n"
        "议题 3 条，已过 0 条。\n\n"
        "· 1. BH-2026-0003　一般隐患　待落实整改　晨光机械厂\n　逾期 3 天\n"
        "· 2. BH-2026-0002　一般隐患　待落实整改　晨光机械厂\n　逾期 2 天\n"
        "· 3. BH-2026-0001　一般隐患　待落实整改　晨光机械厂\n　逾期 1 天"
    )


async def test_what_is_not_discussed_is_ticked_off_and_on(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    chat = case.officer
    off = chat.button("去掉第 2 条").data
    await chat.taps(off)
    assert "✖ 2. BH-2026-0002" in chat.text
    assert "议题 2 条，已过 0 条。\n去掉的 1 条。" in chat.text
    await chat.taps(off)
    assert chat.toasts[-1] == "这是现在的议题。"
    await chat.presses("加回第 2 条")
    assert "议题 3 条，已过 0 条。\n\n" in chat.text


async def test_a_long_agenda_has_pages_and_the_file_has_all_of_it(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services, number=10)
    chat = case.officer
    assert "1/2" in chat.labels
    await chat.presses("下一页")
    assert "9. BH-2026-0002" in chat.text
    name, lines = await paper(case, chat, "发议题 Word")
    assert name == "2026年11月安全生产分析会议题.docx"
    assert lines[:3] == [
        "滨河开发区",
        "2026年11月安全生产分析会议题",
        "截至2026年11月23日，台账：在册 10 条，重大隐患 0 条，逾期 10 条，挂牌督办 0 条，等答复的延期申请 0 条。",
    ]
    assert lines[3:5] == ["一、以前的研判决定，还没有落实的", "无。"]
    assert [line for line in lines if line.startswith("BH-2026-")] == [f"BH-2026-{n:04d}" for n in range(10, 0, -1)]
    first = lines.index("BH-2026-0010")
    assert lines[first - 2 : first + 6] == [
        "1",
        "晨光机械厂",
        "BH-2026-0010",
        "砂轮机10没有防护罩",
        "一般隐患　待落实整改",
        "逾期 10 天",
        "2026年11月13日",
        "装上防护罩",
    ]


async def test_a_meeting_goes_from_hazard_to_hazard_and_can_be_left(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    chat = case.officer
    await chat.presses("逐条研判")
    assert chat.text.startswith("░░░░░░░░░░ 0/3\n<b>隐患 BH-2026-0003</b>\n单位：晨光机械厂\n一般隐患 · 待落实整改\n")
    assert "期限：2026年11月20日\n现在的措施：装上防护罩\n议题原因：逾期 3 天" in chat.text
    assert chat.labels == ["定措施", "跳过", "不用研判", "打开隐患", "议题"]
    await chat.presses("跳过")
    assert "<b>隐患 BH-2026-0002</b>" in chat.text
    await chat.says("/start")
    await chat.says("/ledger")
    await chat.presses("分析会")
    assert "议题 3 条，定了措施 0 条，还没有议的 3 条。" in chat.text
    await chat.presses("逐条研判")
    await chat.presses("定措施")
    await decides(chat)
    assert chat.text.startswith("<i>措施记下了，散会时生效，企业到时看到。</i>\n▓▓▓░░░░░░░ 1/3\n")
    assert f"<b>本次定的措施：</b>{MEASURE}，由王厂长办，12月8日前" in chat.text
    await case.opens(case.principal, 3)
    assert "研判" not in case.principal.text
    assert await case.letters(case.principal) == []
    await chat.presses("撤销这个措施")
    assert "0/3" in chat.text
    await chat.presses("定措施")
    await decides(chat)
    await chat.presses("下一条")
    leave_out = chat.button("不用研判").data
    await chat.taps(leave_out)
    assert "1/2" in chat.text
    assert "<b>隐患 BH-2026-0001</b>" in chat.text
    await chat.taps(leave_out)  # an old button: nothing is taken off twice, the next one is shown
    assert "<b>隐患 BH-2026-0001</b>" in chat.text
    await chat.presses("不用研判")
    assert chat.text.startswith("<i>议题都过了一遍，可以结束会议了。</i>")


async def test_a_hazard_closed_meanwhile_drops_out_with_a_word(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    chat = case.officer
    look, decide = chat.button("看第 3 条").data, None
    await chat.taps(look)
    decide = chat.button("定措施").data
    admin = await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=703, name="周管理")
    await case.opens(admin)
    await admin.presses("更多")
    await admin.presses("认定误报")
    await admin.presses("重复登记")
    await chat.taps(decide)
    assert chat.toasts[-1] == "这条隐患已经不在册，不用研判了。"
    await chat.taps(look)
    assert "<b>这条已经不在册，不用研判了。</b>" in chat.text
    assert "定措施" not in chat.labels
    assert chat.text.startswith("▓▓▓░░░░░░░ 1/3")
    await chat.presses("议题")
    assert "其中 1 条已销号或撤下，不用研判。" in chat.text
    assert (await case.hazard()).state == "withdrawn"


async def ended_meeting(case: Case) -> Chat:
    """One measure decided, then the meeting ended with place, chair, people and a word."""
    chat = case.officer
    await chat.presses("逐条研判")
    await chat.presses("定措施")
    await decides(chat)
    await chat.presses("议题")
    await chat.presses("返回分析会")
    await chat.presses("结束会议")
    await chat.presses("今天")
    await chat.says("三楼会议室")
    await chat.presses("陈监管")
    await chat.presses("林审核")
    await chat.says("王镇长、李镇长")
    await chat.presses("下一步")
    await chat.says("粉尘企业要专题研究")
    return chat


async def test_a_meeting_ends_with_a_record_that_does_not_change(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    chat = await ended_meeting(case)
    assert chat.text == (
        "<b>2026年11月安全生产分析会　结束会议</b>\n时间：2026年11月23日\n地点：三楼会议室\n主持人：陈监管\n"
        "参加人员：林审核、王镇长、李镇长\n其他：粉尘企业要专题研究\n议题 3 条，定了措施 1 条。\n"
        "还有 2 条没有议：有人提请的留到下次会，其余的下次重新列。\n"
        "确认以后出会议记录，措施生效，企业收到自己的那一条。<b>记录不能再改。</b>"
    )
    finish, place = chat.button("确认结束").data, chat.button("地点").data
    assert await case.letters(case.principal) == []
    await chat.taps(finish)
    assert chat.text.startswith("<i>会议结束了，记录已存。</i>\n<b>2026年11月安全生产分析会</b>\n2026年11月23日\n")
    assert "定了措施的 1 条，没有定的 2 条。\n· BH-2026-0003　" in chat.text
    [told] = await case.letters(case.principal)
    assert "隐患 BH-2026-0003 · 晨光机械厂" in told
    await case.opens(case.principal, 3)
    assert f"📌 研判 11月23日：{MEASURE}，由王厂长办，12月8日前" in case.principal.text
    _name, before = await paper(case, chat, "发会议记录 Word")
    await chat.taps(finish)
    assert chat.toasts[-1] == "这次会议已经结束或者作废了。"
    await chat.taps(place)
    await chat.says("别的地方")
    [meeting] = await database.read(lambda tx: tx.analysis_meetings.finished(limit=9))
    assert (meeting.place, meeting.state, meeting.month) == ("三楼会议室", MeetingState.FINISHED, "2026-11")

    def change(tx: Transaction) -> None:
        hazard = tx.hazards.numbered(2026, 3)
        officer = tx.people.by_telegram(701)
        assert hazard is not None
        assert officer is not None
        tx.hazard_life.regrade(hazard, Level.MAJOR, reason="楼里住人", by=officer.id, at=NOW)

    await database.write(change)
    await chat.says("/ledger")
    await chat.presses("分析会")
    assert "本月 11月23日 开过。" in chat.text
    await chat.presses("开过的会")
    await chat.presses("2026年11月23日 三楼会议室")
    name, after = await paper(case, chat, "发会议记录 Word")
    assert name == "2026年11月安全生产分析会会议记录.docx"
    assert after == before
    assert after[:13] == [
        *("滨河开发区", "2026年11月安全生产分析会会议记录", "时间", "2026年11月23日", "地点", "三楼会议室"),
        *("主持人", "陈监管", "参加人员", "林审核、王镇长、李镇长", "记录人", "陈监管", "一、定了措施的"),
    ]
    row = after.index("BH-2026-0003")
    assert after[row + 1 : row + 6] == [
        *("砂轮机3没有防护罩", "一般隐患　待落实整改", MEASURE, "王厂长", "2026年12月8日"),
    ]
    assert after[-4:] == [
        "三、其他",
        "粉尘企业要专题研究",
        "研判只定措施，不改变隐患的期限、级别和状态。",
        "主持人签字：____________________　记录人签字：____________________",
    ]


async def test_a_name_with_a_space_is_ticked_as_one(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    await member_of(database, services, None, Role.OFFICER, telegram_id=707, name="Li Ming")
    chat = case.officer
    for label in ("返回分析会", "结束会议", "今天", "跳过", "跳过", "Li Ming"):
        await chat.presses(label)
    assert "✓ Li Ming" in chat.labels
    assert "\n现在：Li Ming" in chat.text
    await chat.says("王镇长 李镇长")
    assert "\n现在：Li Ming、王镇长、李镇长" in chat.text
    await chat.presses("✓ Li Ming")
    assert "\n现在：王镇长、李镇长" in chat.text


async def test_answers_at_the_end_are_kept_through_a_restart_and_may_be_skipped(
    database: ZoneDatabase, services: Services
) -> None:
    case = await meeting_case(database, services)
    chat = case.officer
    await chat.presses("返回分析会")
    await chat.presses("结束会议")
    assert chat.labels[:2] == ["今天（11月23日）", "昨天（11月22日）"]
    await chat.says("上周五")
    assert chat.text.startswith("<i>请点上面的一天。</i>")
    await chat.presses("昨天")
    await chat.presses("跳过")
    await chat.says("长" * 101)
    assert chat.text.startswith("<i>没有记下：最多 100 个字。</i>")
    await chat.says("/start")
    await chat.says("/ledger")
    await chat.presses("分析会")
    await chat.presses("结束会议")
    assert "时间：2026年11月22日\n地点：没有写\n主持人：没有写\n" in chat.text
    await chat.presses("参加人员")
    await chat.presses("林审核")
    assert "✓ 林审核" in chat.labels
    await chat.presses("✓ 林审核")
    assert "林审核" in chat.labels
    await chat.presses("返回")
    await chat.presses("确认结束")
    [meeting] = await database.read(lambda tx: tx.analysis_meetings.finished(limit=9))
    assert (meeting.held_on, meeting.present, meeting.chair) == (date(2026, 11, 22), "", "")


async def test_a_meeting_opened_by_mistake_is_abandoned_with_its_reason(
    database: ZoneDatabase, services: Services
) -> None:
    case = await meeting_case(database, services)
    chat = case.officer
    await chat.presses("逐条研判")
    await chat.presses("定措施")
    await decides(chat)
    await chat.presses("议题")
    await chat.presses("返回分析会")
    await chat.presses("作废")
    await chat.presses("点错了")
    assert chat.toasts[-1] == "会上已经定了措施，不能作废。请先撤销这些措施，或者结束会议。"
    await chat.taps("ca")
    await chat.presses("议题")
    await chat.presses("看第 1 条")
    await chat.presses("撤销这个措施")
    await chat.taps("ca")
    await chat.presses("作废")
    mistake = chat.button("点错了").data
    await chat.says("领导出差，改到下周")
    assert chat.text.startswith("<i>这次会议已作废。</i>\n<b>安全生产分析会</b>\n本月还没有开过。")
    await chat.taps(mistake)
    assert chat.toasts[-1] == "这次会议已经结束或者作废了。"
    assert await database.read(lambda tx: tx.analysis_meetings.open_one()) is None


async def test_a_decision_is_followed_until_it_is_done(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services)
    chat = await ended_meeting(case)
    await chat.presses("确认结束")
    chat.now += timedelta(days=20)
    await chat.presses("研判决定")
    assert chat.text == (
        "<b>研判决定</b>　没有落实的 1 条，其中到期的 1 条\n"
        f"❗ BH-2026-0003　{MEASURE}，由王厂长办，12月8日前（到期没有落实）"
    )
    await chat.taps("ca")
    await chat.presses("准备议题")
    assert "1. BH-2026-0003　一般隐患　待落实整改　晨光机械厂\n　上次的研判决定没有落实、逾期 23 天" in chat.text
    _name, lines = await paper(case, chat, "发议题 Word")
    first = lines.index("一、以前的研判决定，还没有落实的")
    assert lines[first + 6 :][:6] == ["1", "晨光机械厂", "BH-2026-0003", MEASURE, "王厂长", "2026年12月8日（已到期）"]
    await chat.presses("看第 1 条")
    await chat.presses("上次的决定")
    assert "11月23日由陈监管定的" in chat.text
    await chat.presses("已落实")
    assert "这里只记决定落实了；隐患改好没有，还要企业交整改、复查、销号。" in chat.text
    done = chat.button("现场看过，已经落实").data
    await chat.says("设备已经封存，钥匙收走")
    assert chat.text.startswith("<i>已记下：落实了。</i>")
    assert "（12月13日已落实）" in chat.text
    assert "陈监管记下：设备已经封存，钥匙收走" in chat.text
    await chat.taps(done)
    assert chat.toasts[-1] == "这条已经有结果了，刚才的没有记。"
    hazard = await case.hazard(3)
    assert hazard.state == "confirmed"
    await case.opens(case.principal, 3)
    assert "（12月13日已落实）" in case.principal.text
    assert "钥匙" not in case.principal.text
    await chat.presses("研判决定")
    assert "现在没有要落实的决定。" in chat.text


async def test_who_decides_on_a_tip_is_told_to_keep_it_out_of_the_words(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)

    def unit(tx: Transaction) -> None:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        hazard = tx.hazards.open(
            enterprise_id=case.shop,
            source=Source.TIP,
            inspection_id=None,
            item=None,
            criterion_id=None,
            clause="《安全生产法》第三十六条",
            level=Level.GENERAL,
            year=2026,
            by=officer.id,
            at=NOW,
            words="砂轮机没有防护罩",
        )
        tx.hazard_life.confirm(hazard, Level.GENERAL, by=officer.id, at=NOW)

    await database.write(unit)
    chat = case.officer
    await put(case, chat, "涉及多家单位")
    await chat.presses("现在就研判")
    assert chat.text.endswith("\n企业看得到您写的。不要写谁举报的，也不要提举报来的照片。")
    await decides(chat)
    [told] = [text for text in await case.letters(case.principal) if "研判" in text]
    assert "举报" not in told
    assert "涉及多家单位" not in told
    await case.opens(case.principal)
    await case.principal.presses("经过")
    assert "举报" not in case.principal.text


async def test_the_morning_report_says_what_is_late(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await put(case, case.officer)
    await case.officer.presses("现在就研判")
    await decides(case.officer, "7 天")
    await case.post.passes(date(2026, 11, 24), date(2026, 12, 1))
    reports = [text for text in case.post.texts(701) if "早报" in text]
    assert ["研判决定到期没有落实的 1 条" in text for text in reports[-1:]] == [True]
    assert [text for text in reports[:-1] if "研判" in text] == []
    assert case.post.screens[701].buttons[-1][0].label == "分析会"


async def test_the_meeting_a_plan_orders_is_hinted_at_from_the_twentieth(
    database: ZoneDatabase, services: Services
) -> None:
    start = datetime(2021, 3, 1, 2, tzinfo=UTC)
    await database.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id="dongzhao-2020", at=start))
    officer = Chat(database, services, 701, "陈监管", now=start)
    await officer.becomes(Role.OFFICER)
    post = Post(database, services)
    hint = "🗓 本月的安全生产分析会还没有开，按方案（五(二)一是）每月开一次，2021年3月31日前开。"
    await post.passes(date(2021, 3, 15), date(2021, 3, 19))
    assert not [text for text in post.texts(701) if hint in text]
    await post.passes(date(2021, 3, 22), date(2021, 3, 22))
    assert hint in post.texts(701)[-1]
    officer.now = at(date(2021, 3, 22), 10)
    await officer.says("/ledger")
    await officer.presses("分析会")
    assert "依据：本方案五(二)一是（镇政府每月安全生产分析会；一时改不了的和重大隐患及时研判）" in officer.text
    assert hint in officer.text
    for label in ("准备议题", "返回分析会", "结束会议", "返回", "确认结束"):
        await officer.presses(label)
    before = len(post.texts(701))
    await post.passes(date(2021, 3, 23), date(2021, 3, 31))
    assert not [text for text in post.texts(701)[before:] if "分析会" in text]


async def test_a_zone_whose_plan_is_silent_meets_as_it_likes(database: ZoneDatabase, services: Services) -> None:
    case = await meeting_case(database, services, number=1)
    await case.officer.presses("返回分析会")
    assert "依据" not in case.officer.text
    case.later(days=4)
    await case.post.passes(date(2026, 11, 24), date(2026, 11, 30))
    assert not [text for text in case.post.texts(701) if "分析会还没有开" in text]


async def test_experts_and_reviewers_see_the_meeting_and_change_nothing(
    database: ZoneDatabase, services: Services
) -> None:
    case = await meeting_case(database, services)
    await case.reviewer.says("/ledger")
    await case.reviewer.presses("分析会")
    assert "准备议题" not in case.reviewer.labels
    await case.reviewer.presses("议题")
    assert not [label for label in case.reviewer.labels if "去掉" in label]
    await case.reviewer.presses("看第 1 条")
    assert case.reviewer.labels == ["打开隐患", "议题"]
    await finds_hazard(case)  # the firm goes on meanwhile
    assert await database.read(lambda tx: len(tx.analyses.waiting())) == 0


async def test_experts_read_no_reason_since_it_may_tell_of_a_tip(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    expert = await member_of(database, services, None, Role.EXPERT, telegram_id=705, name="周专家")
    await case.opens(case.officer)
    for label in ("更多", "提请研判"):
        await case.officer.presses(label)
    await case.officer.says("群众又来反映")
    await case.opens(expert)
    assert "已提请研判，等下次分析会。" in expert.text
    assert "群众" not in expert.text
    await case.opens(case.reviewer)
    assert "已提请研判，等下次分析会：群众又来反映" in case.reviewer.text
    await case.officer.says("/ledger")
    await case.officer.presses("分析会")
    await case.officer.presses("准备议题")
    word = case.officer.button("发议题 Word").data
    assert "提请研判：群众又来反映" in case.officer.text
    await expert.says("/ledger")
    for label in ("分析会", "议题", "看第 1 条"):
        await expert.presses(label)
        assert "发议题 Word" not in expert.labels
        assert "群众" not in expert.text
    assert "议题原因：有人提请研判" in expert.text
    before = len(case.post.files)
    await expert.taps(word)
    await case.post.sends(expert.now)
    assert len(case.post.files) == before
