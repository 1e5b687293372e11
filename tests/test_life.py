"""A major hazard and the office's seldom steps: notices with receipts, listing, proposals, departments, history."""

from datetime import timedelta

from checklists.hazards import Level, State
from checklists.people import Role
from handlers.life_telling import tell_newcomer
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.conftest import NOW
from tests.rectifying import Case, finds_hazard, hands_in, new_case, office_finds, rectifying_case, reports
from tests.walks import member_of, to_record, to_summary


async def major_case(database: ZoneDatabase, services: Services) -> Case:
    """A major hazard of a submitted self-inspection, rectified and passed, with no receipt yet."""
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")
    await to_summary(case.principal)
    await to_record(case.principal)
    return case


async def test_a_major_hazard_is_told_at_once_and_needs_every_receipt(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    controller = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await finds_hazard(case, level="是重大隐患")
    assert await case.letters(controller) == [
        "❗ <b>重大隐患告知</b>\n"
        "隐患 BH-2026-0001 · 晨光机械厂\n"
        "情况：二楼窗户焊了防盗网\n"
        "期限：2026年12月23日\n"
        "依据：中华人民共和国消防法（2021年修正） 消防法第二十八条\n"
        "<b>您是实际控制人，请点“收到”。</b>"
    ]
    await case.takes_letter(controller, "收到")
    assert controller.toasts == ["已记下：您已收到隐患 BH-2026-0001 的告知。"]
    assert "<b>重大隐患告知</b>" in case.post.screens[case.officer.telegram_id].text
    await case.takes_letter(case.officer, "收到")
    await case.takes_letter(case.officer, "收到")
    assert case.officer.text.startswith("<i>已经确认收到过了。</i>")
    # The principal confirmed the level himself: no notice came into the middle of his form.
    assert case.principal.telegram_id not in case.post.screens
    assert "· 主要负责人：11月23日已收到（本人确认为重大隐患）" in case.officer.text
    await to_record_later(case)
    await hands_in(case)
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    assert "· 职工代表大会：还没有确认收到" in case.reviewer.text
    assert "现在还不能销号：还没有确认收到：职工代表大会" in case.reviewer.text
    await case.reviewer.presses("销号")
    assert case.reviewer.text.startswith("<i>还没有确认收到：职工代表大会</i>")
    assert (await case.hazard()).state is State.REVIEWED
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("记书面回执：职工代表大会")
    await case.officer.presses("会议记录已存档")
    assert "· 职工代表大会：11月23日已收到（纸质回执）" in case.officer.text
    assert "现在还不能销号：重大隐患报告还没有交。" in case.officer.text
    await case.officer.presses("销号")
    assert case.officer.text.startswith("<i>重大隐患报告还没有交。</i>")
    assert (await case.hazard()).state is State.REVIEWED
    await reports(case)
    await case.opens(case.officer)
    await case.officer.presses("销号")
    assert (await case.hazard()).state is State.CLOSED


async def to_record_later(case: Case) -> None:
    """The principal goes back to the inspection and submits it."""
    await case.principal.says("/start")
    await case.principal.presses("继续")
    await to_summary(case.principal)
    await to_record(case.principal)


async def test_a_receipt_belongs_to_the_person(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    manager = await member_of(database, services, case.shop, Role.SAFETY_MANAGER, telegram_id=721, name="李安全")
    await finds_hazard(case, level="是重大隐患")
    await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    hazard = await case.hazard()
    await database.write(lambda tx: tell_newcomer(tx, case.shop, at=NOW))
    await case.post.sends(NOW)
    [button] = [b for row in case.post.screens[720].buttons for b in row if "收到" in b.label]
    await manager.taps(button.data)
    assert manager.text.startswith("<i>这份告知要由实际控制人本人确认。</i>")
    notices = await database.read(lambda tx: tx.hazard_records.notices_waiting(0))
    assert notices == []
    waiting = await database.read(lambda tx: tx.hazard_life.receipts_missing(hazard))
    assert waiting == ("实际控制人", "负有监管职责的部门", "职工代表大会")


async def test_a_major_hazard_is_listed_and_closed_only_after_it_is_unlisted(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("挂牌督办")
    await case.officer.presses("重大隐患，按规定挂牌督办")
    await case.officer.presses("陈监管")
    await case.officer.presses("隐患的期限：2026年12月23日")
    assert "🔴 挂牌督办中，督办人：陈监管，12月23日前办结" in case.officer.text
    told = await case.letters(case.principal)
    [plate] = [t for t in told if "挂牌" in t]
    assert plate.startswith("🔴 <b>隐患已挂牌督办</b>\n")
    assert plate.endswith("\n督办人：陈监管\n办结期限：2026年12月23日\n意见：重大隐患，按规定挂牌督办")
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("✅ 通过")
    await case.officer.presses("更多")
    await case.officer.presses("摘牌")
    await case.officer.presses("已改好，复查通过")
    assert "挂牌督办中" not in case.officer.text
    assert not (await case.hazard()).is_listed


async def test_a_general_hazard_offers_no_plate_and_a_forged_one_is_refused(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    assert "挂牌督办" not in case.officer.labels
    forged = case.officer.button("写备注").data[:-1] + "l"
    await case.officer.taps(forged)
    await case.officer.presses("整改缓慢")
    assert case.officer.text.startswith("<i>只有重大隐患才挂牌督办。</i>")


async def test_a_stop_of_use_is_only_proposed(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    before = await case.hazard()
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("建议停止使用")
    await case.officer.presses("整改期间不能保证安全")
    await case.officer.presses("应急管理局")
    assert case.officer.text.startswith("<i>建议已记下，由主管部门决定。</i>")
    assert "建议停止使用（报应急管理局）：等主管部门决定" in case.officer.text
    assert (await case.hazard()).state is before.state
    assert await case.letters(case.principal) == []
    await case.officer.presses("更多")
    await case.officer.presses("记主管部门答复")
    await case.officer.says("同意停用砂轮机，11月25日现场贴封条")
    assert "建议停止使用（报应急管理局）：同意停用砂轮机，11月25日现场贴封条" in case.officer.text
    await case.officer.presses("更多")
    assert "记主管部门答复" not in case.officer.labels


async def test_a_hazard_is_given_to_a_department_whose_people_then_hold_the_duty(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    reviewer = await database.read(lambda tx: tx.people.by_telegram(702))
    assert reviewer is not None
    department = await database.write(lambda tx: tx.departments.found("工贸科", by=None, at=NOW))
    await database.write(lambda tx: tx.departments.join(department.id, reviewer.id, by=None, at=NOW))
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("指定科室")
    await case.officer.presses("工贸科")
    assert "负责科室：工贸科" in case.officer.text
    assert [t.splitlines()[0] for t in await case.letters(case.reviewer)] == ["<b>有隐患指定给您的科室</b>"]
    await hands_in(case)
    assert await case.letters(case.officer) == []
    await case.opens(case.officer)
    await case.officer.presses("复查")
    assert "✅ 通过" not in case.officer.labels
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    assert (await case.hazard()).state is State.REVIEWED


async def test_a_closed_hazard_is_opened_again_under_its_number(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("✅ 通过")
    await case.officer.presses("销号")
    await case.officer.presses("更多")
    await case.officer.presses("重新打开")
    await case.officer.presses("现场又出现同样的隐患")
    hazard = await case.hazard()
    assert (hazard.state, hazard.life, hazard.sequence) == (State.CONFIRMED, 2, 1)
    assert "第 2 次打开" in case.officer.text
    told = await case.letters(case.principal)
    assert told[-1].startswith("⚠️ <b>隐患重新打开</b>\n")
    assert told[-1].endswith("\n意见：现场又出现同样的隐患")


async def test_the_office_sets_another_level_with_a_reason(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("改为重大隐患")
    assert case.officer.text.endswith("改为重大隐患：为什么？\n请直接打字。")
    await case.officer.says("现场有三十多人住宿")
    assert (await case.hazard()).level is Level.MAJOR
    assert (await case.letters(case.principal))[0].startswith("❗ <b>重大隐患告知</b>")


async def test_history_and_comments_are_in_plain_words_and_comments_stay_in_the_office(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("写备注")
    await case.officer.says("厂长电话打不通，下周上门")
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("退回重改")
    await case.officer.presses("没有改到位")
    await case.officer.presses("经过")
    assert case.officer.text == (
        "<b>隐患 BH-2026-0001 的经过</b>\n"
        "· 11月23日 10:00 陈监管：退回重改。没有改到位\n"
        "· 11月23日 10:00 王厂长：交整改\n"
        "· 11月23日 10:00 王厂长：写整改说明\n"
        "· 11月23日 10:00 陈监管：办公室备注。厂长电话打不通，下周上门\n"
        "· 11月23日 10:00 王厂长：落实五落实\n"
        "· 11月23日 10:00 王厂长：确认级别\n"
        "· 11月23日 10:00 王厂长：写下情况\n"
        "· 11月23日 10:00 王厂长：发现隐患"
    )
    await case.opens(case.principal)
    await case.principal.presses("经过")
    assert "办公室备注" not in case.principal.text
    assert "退回重改。没有改到位" in case.principal.text


async def case_under(database: ZoneDatabase, services: Services, plan_id: str, *, level: Level = Level.GENERAL) -> Case:
    """The same in a zone of its own that works by another plan."""
    zone = database.database.zone(2)
    await zone.write(lambda tx: tx.zones.found(code="DL", name="东丽区", plan_id=plan_id, at=NOW))
    return await rectifying_case(zone, services, level=level)


async def test_under_heelun_the_department_looks_before_close_out(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("✅ 通过")
    assert "按方案（三(一)3(11)），销号前由负有监管职责的部门审核把关。" in case.officer.text


async def test_under_dongli_the_department_looks_before_it_goes_upward(
    database: ZoneDatabase, services: Services
) -> None:
    case = await case_under(database, services, "dongli-2024")
    await case.opens(case.officer)
    assert "按方案（三(五)9），上报前由负有监管职责的部门审核把关。" in case.officer.text
    await case.officer.presses("更多")
    await case.officer.presses("记为已上报")
    assert case.officer.text.startswith("<i>上报前要由负有监管职责的科室审核把关。</i>")
    await case.officer.presses("更多")
    await case.officer.presses("上报审核通过")
    await case.officer.presses("更多")
    await case.officer.presses("记为已上报")
    assert case.officer.text.startswith("<i>已记下：已上报。</i>")
    hazard = await case.hazard()
    assert (hazard.vetted_at, hazard.reported_at) == (NOW, NOW)


async def test_the_plans_ladder_is_climbed_step_by_step_and_told(database: ZoneDatabase, services: Services) -> None:
    case = await case_under(database, services, "fengtai-2024", level=Level.MAJOR)
    late = NOW + timedelta(days=31)
    case.officer.now = late
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("升级：函告")
    await case.officer.presses("已发函")
    assert case.officer.text.startswith("<i>升级措施已记下。</i>")
    [told] = await case.letters(case.principal, late)
    assert told.startswith("❗ <b>逾期未改，已采取升级措施</b>\n")
    assert told.endswith("\n措施：函告；已发函")
    await case.officer.presses("更多")
    assert "升级：通报" in case.officer.labels


async def test_small_news_waits_for_the_morning_and_major_news_does_not(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    evening = NOW + timedelta(hours=11)  # Monday 21:00 in Shanghai
    case.principal.now = case.officer.now = evening
    await hands_in(case)
    assert await case.letters(case.officer, evening) == []
    assert [t.splitlines()[0] for t in await case.letters(case.officer, NOW + timedelta(hours=22, minutes=31))] == [
        "🔎 <b>企业已交整改，请复查</b>"
    ]
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("改为重大隐患")
    await case.officer.says("有人住宿")
    assert [t.splitlines()[0] for t in await case.letters(case.principal, evening)] == ["❗ <b>重大隐患告知</b>"]


async def test_news_overtaken_before_it_was_sent_is_not_sent(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.principal.presses("撤回提交")
    assert [t.splitlines()[0] for t in await case.letters(case.officer)] == ["<b>企业撤回了提交，暂时不用复查</b>"]


async def test_a_false_alarm_after_submission_needs_another_persons_word(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("认定误报")
    await case.officer.presses("现场核实，符合标准")
    assert (await case.hazard()).state is State.WITHDRAWN
    [told] = await case.letters(case.principal)
    assert told.startswith("<b>认定误报，已从清单撤下</b>\n")
    await case.opens(case.principal)
    assert "📷 交整改" not in case.principal.labels


async def test_ids_and_codes_that_are_not_there_change_nothing(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    hazard = await case.hazard()
    await case.opens(case.officer)
    more = case.officer.button("更多").data
    subject = more.split(":", 1)[1]
    version = pack(hazard.version)
    for forged in (
        f"yq:{subject}:{version}:?",
        f"yj:{subject}:{version}:r:9",
        f"yg:{subject}:{version}:7",
        f"yk:{subject}:7",
    ):
        await case.officer.taps(forged)
        assert case.officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    await case.officer.taps(f"yq:{subject}:{version}:r")
    assert case.officer.text.startswith("<i>这条隐患现在是“整改中”，不能退回重改。</i>")
    await case.officer.taps(f"yt:{subject}:{version}:p")
    assert case.officer.text.startswith("<i>这条隐患现在是“整改中”，不能复查通过。</i>")
    await case.officer.taps(f"yc:{subject}:{version}")
    assert case.officer.text.startswith("<i>这条隐患现在是“整改中”，不能销号。</i>")
    assert await case.hazard() == hazard


async def test_a_hazard_that_comes_back_after_close_out_is_shown_to_the_office(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    await case.reviewer.presses("销号")
    case.later(days=100)
    again = NOW + timedelta(days=100)
    await office_finds(case, criterion_id=(await case.hazard()).criterion_id, at=again)
    await case.opens(case.officer, 2)
    assert "🔁 屡查屡犯：365天内同一条第 2 次，上次是 BH-2026-0001（11月23日）。" in case.officer.text
    await case.opens(case.principal, 2)
    assert "屡查屡犯" not in case.principal.text


async def test_found_again_before_it_was_closed_is_no_repeat(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await office_finds(case, criterion_id=(await case.hazard()).criterion_id, at=NOW + timedelta(days=1))
    case.later(days=1)
    await case.opens(case.officer, 2)
    assert "⏳ 同一条还没有销号：BH-2026-0001（整改中，期限12月8日）。" in case.officer.text
    assert "屡查屡犯" not in case.officer.text
    await case.opens(case.principal, 2)
    assert "同一条" not in case.principal.text


async def test_who_takes_up_a_position_gets_the_notices_that_nobody_confirmed(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    await case.post.sends(NOW)
    officer = await database.read(lambda tx: tx.people.by_telegram(case.officer.telegram_id))
    assert officer is not None
    _invitation, token = await database.write(
        lambda tx: tx.invitations.create(Role.CONTROLLER, enterprise_id=case.shop, by=officer.id, at=NOW)
    )
    newcomer = Chat(database, services, 730, name="赵股东")
    await newcomer.says(f"/start {token}")
    assert [t.splitlines()[0] for t in await case.letters(newcomer)] == ["❗ <b>重大隐患告知</b>"]
    await case.takes_letter(newcomer, "收到")
    hazard = await case.hazard()
    missing = await database.read(lambda tx: tx.hazard_life.receipts_missing(hazard))
    assert "实际控制人" not in missing
