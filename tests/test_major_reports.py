"""The firm reports a major hazard on the phone: three parts, tapped or typed, handed in, told, printed, asked for."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from docx import Document

from checklists.hazards import Level, State
from checklists.major_reports import MajorReport, Part
from checklists.people import Role
from handlers.answering import Kind
from handlers.documents.letter_contents import Letter, own_file_name
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.post import at
from tests.rectifying import Case, finds_hazard, hands_in, new_case, office_finds, rectifying_case, reports, scene
from tests.walks import member_of, to_record, to_summary

BASIS = "中华人民共和国消防法（2021年修正） 消防法第二十八条"
TITLE = "📝 <b>重大隐患报告　隐患 BH-2026-0001</b>\n"


async def major_case(database: ZoneDatabase, services: Services) -> Case:
    """A major hazard of a submitted self-inspection, being rectified; what was told of it is sent."""
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")
    await to_summary(case.principal)
    await to_record(case.principal)
    await case.post.sends(NOW)
    await case.opens(case.principal)
    return case


async def report_of(case: Case) -> MajorReport:
    hazard = await case.hazard()
    report = await case.database.read(lambda tx: tx.major_reports.get(hazard))
    assert report is not None
    return report


async def test_a_report_is_written_by_tapping_and_handed_in(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    chat = case.principal
    assert "❗ 重大隐患报告：还没有交" in chat.text
    await chat.presses("📝 写重大隐患报告")
    state = f"现状：二楼窗户焊了防盗网。2026年11月23日查出，依据{BASIS}，已确认为重大事故隐患。"
    assert chat.text == (
        f"{TITLE}第 1/3 部分：现状和产生原因\n<b>现在是什么情况？为什么会这样？</b>\n\n可以这样写：\n{state}\n\n"
        "<b>原因点一个，或者直接打字。</b>打的字接在上面这段后面。"
    )
    await chat.presses("使用、堆放不按规定")
    harm = f"危害程度：依据{BASIS}，经确认为重大事故隐患。改好以前，可能导致事故发生。"
    assert chat.text.startswith(f"<i>已记下。</i>\n{TITLE}第 2/3 部分：危害程度和整改难易程度\n")
    assert harm in chat.text
    await chat.presses("本单位自己能改，不用停产")
    assert "第 3/3 部分：治理方案" in chat.text
    assert "4．机构和人员：王厂长组织，王厂长负责整改。" in chat.text
    await chat.presses("✅ 采用")
    assert chat.text.startswith(
        f"<i>已记下。</i>\n{TITLE}\n<b>1. 现状和产生原因</b>\n{state}\n产生原因：使用、堆放不按规定。\n"
    )
    assert chat.text.endswith("<b>看好了就点“报出”。</b>办公室马上收到；报出以后不能再改，只能补充。")
    assert not (await report_of(case)).is_handed_in
    await chat.presses("📨 报出")
    assert chat.text.startswith(
        "<i>报告已交给办公室。给职代会的 Word 文件马上发给您，请打印、盖章、交职代会。</i>\n⚠️ <b>隐患 BH-2026-0001</b>"
    )
    assert "重大隐患报告：王厂长，11月23日 10:00交" in chat.text
    report = await report_of(case)
    assert (report.handed_in_at, report.cause) == (NOW, f"{state}\n产生原因：使用、堆放不按规定。")
    assert report.harm == f"{harm}\n整改难易程度：本单位自己能改，不用停产。"


async def test_the_office_is_told_at_once_and_reads_the_three_parts(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    case.principal.now = evening = NOW + timedelta(hours=11)
    await reports(case)
    told = await case.letters(case.officer, evening)
    assert told[0].splitlines()[:3] == [
        "📄 <b>重大隐患报告已交</b>",
        "隐患 BH-2026-0001 · 晨光机械厂",
        "报告人：王厂长",
    ]
    assert [line[:14] for line in told[0].splitlines()[3:]] == [
        "· 现状和产生原因：现状：二",
        "· 危害程度和整改难易程度：",
        "· 治理方案：1．目标和任务",
    ]
    assert [len(line) for line in told[0].splitlines()[5:]] == [len("· 治理方案：") + 100]
    assert told[0].endswith("…")
    assert [text.splitlines()[0] for text in case.post.texts(702)][-1] == "📄 <b>重大隐患报告已交</b>"
    await case.takes_letter(case.officer, "看全文")
    assert case.officer.text.startswith(
        "📄 <b>重大隐患报告　隐患 BH-2026-0001</b>\n重大隐患报告：王厂长，11月23日 21:00交\n\n"
    )
    assert case.officer.text.endswith("\n产生原因：日常检查没有发现。")
    assert "补充这一部分" not in case.officer.labels
    await case.officer.presses("下一页")
    assert "<b>危害程度和整改难易程度</b>" in case.officer.text
    await case.officer.presses("返回")
    assert "· 治理方案：1．目标和任务：" in case.officer.text
    assert "📝 写重大隐患报告" not in case.officer.labels
    assert "📄 重大隐患报告" in case.officer.labels


async def test_the_firm_gets_the_copy_for_the_workers_congress(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    before = len(case.post.files)
    await reports(case)
    await case.post.sends(NOW)
    [(chat_id, name, content)] = case.post.files[before:]
    assert (chat_id, name) == (501, "重大事故隐患报告-晨光机械厂-2026-11-23.docx")
    said = [line.text for line in Document(io.BytesIO(content)).paragraphs]
    assert said[0] == "晨光机械厂"
    assert "一、隐患的现状及其产生原因" in said
    assert any(line.endswith("产生原因：日常检查没有发现。") for line in said)
    assert any(line.startswith("1．目标和任务：2026年12月23日前消除隐患") for line in said)
    assert "本报告同时报职工大会（职工代表大会）。" in said


async def test_a_broken_template_of_the_office_does_not_keep_the_firm_from_its_copy(
    database: ZoneDatabase, services: Services, tmp_path: Path
) -> None:
    (tmp_path / own_file_name(Letter.MAJOR_REPORT)).write_bytes(b"no document")
    case = await major_case(database, replace(services, letter_templates=tmp_path))
    await reports(case)
    await case.post.sends(NOW)
    assert [(chat, name) for chat, name, _content in case.post.files if "报告" in name] == [
        (501, "重大事故隐患报告-晨光机械厂-2026-11-23.docx")
    ]
    await case.opens(case.officer)
    await case.officer.presses("文书")
    await case.officer.presses("重大事故隐患报告")
    told = await case.letters(case.officer)
    assert told[-1].startswith("模板 重大事故隐患报告.docx 打不开")


async def test_what_is_typed_goes_below_and_one_can_write_all_of_it_oneself(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    chat = case.principal
    await chat.presses("写重大隐患报告")
    await chat.says("租户自己焊的")
    assert chat.text.startswith("<i>已记下。</i>\n")
    assert (await report_of(case)).cause.endswith("已确认为重大事故隐患。\n产生原因：租户自己焊的")
    await chat.says("巡查时没人上二楼")
    assert (await report_of(case)).cause.endswith("产生原因：租户自己焊的\n巡查时没人上二楼")
    assert chat.labels == ["下一部分 ›", "重写这一部分", "返回"]
    await chat.presses("重写这一部分")
    assert chat.text.endswith("<b>请整段打字发来，会换掉现在写的。</b>")
    await chat.says("窗上的防盗网焊死了，\n是租户焊的。")
    assert (await report_of(case)).cause == "窗上的防盗网焊死了，\n是租户焊的。"
    await chat.presses("下一部分 ›")
    await chat.presses("都不用，自己写")
    await chat.says("火灾时人出不来；一天能拆完。")
    assert (await report_of(case)).harm == "火灾时人出不来；一天能拆完。"


async def test_who_has_arranged_a_major_hazard_is_told_of_the_report(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")
    told = "隐患 BH-2026-0001 五落实已齐，整改中。还要写重大隐患报告，打开这条隐患就能写。"
    assert case.principal.toasts[-1] == told
    assert case.principal.text.startswith(f"<i>{told}</i>\n")


async def test_nothing_is_lost_when_one_stops_in_the_middle(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    chat = case.principal
    await chat.presses("写重大隐患报告")
    await chat.presses("日常检查没有发现")
    first = chat.text.partition("\n")[2]
    await chat._does(Kind.OTHER)
    assert chat.text == first
    await chat.says("/start")
    await case.opens(chat)
    assert "❗ 重大隐患报告：还没有交" in chat.text
    await chat.presses("📝 接着写重大隐患报告（1/3）")
    assert chat.text == first
    await chat.presses("都不用，自己写")
    await chat._does(Kind.OTHER)
    assert chat.text.endswith("<b>请整段打字发来。</b>")
    await chat.presses("返回")
    assert chat.text == first


async def test_a_voice_note_is_refused_with_what_to_do(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    await case.principal.presses("写重大隐患报告")
    await case.principal.sends_voice("0" * 64)
    assert case.principal.text.startswith(f"<i>语音没有收下：报告要用文字，请打字发来。</i>\n{TITLE}第 1/3 部分")
    await case.principal.sends_photo(scene(services, 9))
    assert case.principal.text.startswith("<i>照片没有收下，这里用不着照片。</i>\n")


async def test_a_double_tap_and_an_old_button_change_nothing(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    chat = case.principal
    await chat.presses("写重大隐患报告")
    cause, other = chat.button("日常检查没有发现").data, chat.button("人员培训不到位").data
    await chat.taps(cause)
    kept = await report_of(case)
    await chat.taps(cause)
    assert "第 2/3 部分" in chat.text
    await chat.taps(other)
    assert chat.text.startswith(f"<i>内容刚才有变动，请再看一遍。</i>\n{TITLE}第 1/3 部分")
    assert await report_of(case) == kept
    await chat.presses("下一部分 ›")
    await chat.presses("要全部停产停业才能改")
    await chat.presses("✅ 采用")
    hand_in = chat.button("📨 报出").data
    await chat.taps(hand_in)
    done = await report_of(case)
    await chat.taps(hand_in)
    assert chat.text.startswith("<i>报告已经交过了。</i>\n⚠️ <b>隐患 BH-2026-0001</b>")
    await chat.taps(other)
    assert chat.text.startswith("<i>报告已经交了，内容不能再改，可以写补充。</i>\n")
    assert await report_of(case) == done
    files = len(case.post.files)
    await case.post.sends(NOW)
    assert len(case.post.files) == files + 1


async def test_a_proposal_that_changed_since_it_was_read_is_not_adopted(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")
    chat = case.principal
    await case.opens(chat)
    await chat.presses("写重大隐患报告")
    await chat.presses("日常检查没有发现")
    await chat.presses("要停用有关设备或场所才能改")
    old = chat.button("✅ 采用").data
    await case.opens(chat)
    await chat.presses("改五落实")
    await chat.presses("资金")
    await chat.says("贷款五万")
    await chat.taps(old)
    assert chat.text.startswith(f"<i>内容刚才有变动，请再看一遍。</i>\n{TITLE}第 3/3 部分")
    assert "3．经费和物资：贷款五万。" in chat.text
    assert (await report_of(case)).treatment == ""


async def test_two_who_write_at_once_lose_no_word(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    manager = await member_of(database, services, case.shop, Role.SAFETY_MANAGER, telegram_id=721, name="李安全")
    await case.opens(manager)
    await manager.presses("写重大隐患报告")
    await manager.presses("都不用，自己写")
    await case.principal.presses("写重大隐患报告")
    await case.principal.presses("日常检查没有发现")
    kept = (await report_of(case)).cause
    await manager.says("租户自己焊的")
    assert manager.text.startswith("<i>这一部分刚才有人改过，您写的接在后面了。</i>\n")
    assert (await report_of(case)).cause == f"{kept}\n租户自己焊的"
    await reports_rest(case)
    await manager.says("还有一句")
    assert manager.text.startswith("<i>报告已经交了，内容不能再改，可以写补充。您写的没有记下。</i>\n⚠️ <b>隐患")
    assert "还有一句" not in (await report_of(case)).cause


async def reports_rest(case: Case) -> None:
    """The principal does parts two and three and hands in."""
    await case.opens(case.principal)
    await case.principal.presses("接着写重大隐患报告")
    for label in ("要停用有关设备或场所才能改", "采用", "报出"):
        await case.principal.presses(label)


async def test_too_much_is_refused_and_what_was_there_stays(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    await case.principal.presses("写重大隐患报告")
    await case.principal.says("防盗网")
    kept = await report_of(case)
    await case.principal.says("网" * 3000)
    assert case.principal.text.startswith("<i>这一部分太长了，最多 3000 字，请写短一些。您写的没有记下。</i>\n")
    assert await report_of(case) == kept


async def test_at_the_whole_a_text_belongs_nowhere_and_says_so(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    chat = case.principal
    await chat.presses("写重大隐患报告")
    for label in ("日常检查没有发现", "要停用有关设备或场所才能改", "采用"):
        await chat.presses(label)
    kept = await report_of(case)
    await chat.says("差不多了")
    assert chat.text.startswith("<i>您写的没有记下。要改哪一部分，请先点开那一部分。</i>\n")
    assert await report_of(case) == kept
    await chat.presses("改第 2 部分")
    assert chat.labels == ["看一遍，报出", "重写这一部分", "返回"]


async def test_the_plan_waits_for_the_five_arrangements(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    await office_finds(case, level=Level.MAJOR)
    await case.opens(case.officer)
    await case.officer.presses("确认为重大隐患")
    chat = case.principal
    await case.opens(chat)
    await chat.presses("写重大隐患报告")
    await chat.presses("设备、设施老化或损坏")
    await chat.presses("本单位自己改不了，要外单位来做")
    assert chat.text.endswith("五落实还没有填完，填完以后这里会自动写好。也可以直接打字。")
    assert chat.labels == ["先填五落实", "返回"]
    await chat.presses("先填五落实")
    await chat.presses("全部采用")
    await chat.presses("接着写重大隐患报告（2/3）")
    assert "6．安全措施和应急预案：撤出人员、设警戒、专人看守，有险情按应急预案处置。" in chat.text
    assert chat.labels == ["✅ 采用", "都不用，自己写", "返回"]


async def test_the_notice_to_the_heads_leads_to_the_report(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    controller = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await office_finds(case, level=Level.MAJOR)
    await case.opens(case.officer)
    await case.officer.presses("确认为重大隐患")
    await case.post.sends(NOW)
    labels = {
        chat.name: [b.label for row in case.post.screens[chat.telegram_id].buttons for b in row]
        for chat in (case.principal, controller, case.reviewer)
    }
    assert labels == {
        "王厂长": ["✅ 收到", "📝 写重大隐患报告", "看隐患"],
        "赵股东": ["✅ 收到", "📝 写重大隐患报告", "看隐患"],
        "林审核": ["看隐患"],
    }
    await case.takes_letter(controller, "写重大隐患报告")
    assert controller.text.startswith(f"{TITLE}第 1/3 部分")


async def test_general_hazards_have_no_report_and_forged_buttons_reach_none(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    assert not any("重大隐患报告" in label for label in case.principal.labels)
    assert "重大隐患报告" not in case.principal.text
    subject = case.principal.button("📷 交整改").data.split(":")[1]
    for forged in (f"wr:{subject}", f"ww:{subject}:c", f"wo:{subject}:h", f"wp:{subject}", f"wt:{subject}:1"):
        await case.principal.taps(forged)
        assert case.principal.text.startswith("<i>只有确认为重大的隐患才写重大隐患报告。</i>\n⚠️")
    for forged in (f"wv:{subject}:0", f"wd:{subject}"):
        await case.officer.taps(forged)
        assert case.officer.text.startswith("<i>重大隐患报告还没有交。</i>\n⚠️")
    await case.principal.taps(f"ww:{subject}:x")
    assert case.principal.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_rectifying_waits_for_no_paper_but_closing_does(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    await hands_in(case)
    assert (await case.hazard()).state is State.HANDED_IN
    await case.opens(case.officer)
    await case.officer.presses("复查")
    await case.officer.presses("✅ 通过")
    hazard = await case.hazard()
    assert hazard.state is State.REVIEWED
    await reports(case)
    assert (await report_of(case)).is_handed_in


async def test_a_supplement_stands_below_with_day_and_name_and_is_told(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    await reports(case)
    before = await report_of(case)
    await case.post.sends(NOW)
    chat = case.principal
    chat.now = NOW + timedelta(days=1)
    await chat.presses("📄 重大隐患报告")
    await chat.presses("下一页")
    await chat.presses("下一页")
    await chat.presses("补充这一部分")
    await chat.sends_voice("0" * 64)
    assert chat.text.startswith("<i>语音没有收下：报告要用文字，请打字发来。</i>\n📄 <b>补充重大隐患报告　")
    await chat.says("防盗网改为从里面能打开的")
    assert chat.text.startswith("<i>补充已记下，已告诉办公室。</i>\n📄 <b>重大隐患报告　")
    after = await report_of(case)
    assert after.treatment == f"{before.treatment}\n补充（2026年11月24日，王厂长）：防盗网改为从里面能打开的"
    assert (after.cause, after.handed_in_at) == (before.cause, NOW)
    [told] = await case.letters(case.officer, chat.now)
    assert told.startswith(
        "📄 <b>重大隐患报告有补充</b>\n隐患 BH-2026-0001 · 晨光机械厂\n报告人：王厂长\n补充的是：治理方案\n"
    )
    await chat.presses("返回")
    await chat.presses("经过")
    assert "· 11月24日 10:00 王厂长：补充重大隐患报告" in chat.text


def leaves_the_office(tx: Transaction, telegram_id: int) -> None:
    person = tx.people.by_telegram(telegram_id)
    assert person is not None
    assert tx.people.withdraw(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)


async def test_a_report_on_paper_is_recorded_by_the_office(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("记书面的重大隐患报告")
    await case.officer.presses("今天收到，三部分齐全，已存档")
    assert case.officer.text.startswith("<i>书面报告已登记。</i>\n")
    assert "重大隐患报告：交的是书面的，陈监管，11月23日 10:00登记" in case.officer.text
    assert "· 治理方案：见企业交来的书面报告（今天收到，三部分齐全，已存档）" in case.officer.text
    [told] = await case.letters(case.principal)
    assert told.startswith("📄 <b>重大隐患报告已交</b>\n隐患 BH-2026-0001 · 晨光机械厂\n办公室登记：陈监管\n")
    await case.officer.presses("更多")
    assert "记书面的重大隐患报告" not in case.officer.labels
    # The officer only noted it: also after he has left the office it is neither his report nor he the firm's contact.
    await case.officer.presses("返回")
    await case.officer.presses("文书")
    await case.officer.presses("重大事故隐患报告")
    await case.post.sends(NOW)
    _to, _name, content = case.post.files[-1]
    assert not [line.text for line in Document(io.BytesIO(content)).paragraphs if "联系人" in line.text]
    await case.database.write(lambda tx: leaves_the_office(tx, case.officer.telegram_id))
    await case.opens(case.principal)
    assert "重大隐患报告：交的是书面的，陈监管，11月23日 10:00登记" in case.principal.text


async def test_the_principal_is_asked_every_working_morning_until_it_is_handed_in(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    manager = await member_of(database, services, case.shop, Role.SAFETY_MANAGER, telegram_id=721, name="李安全")

    def asked(telegram_id: int) -> list[str]:
        asking = "📝 <b>重大隐患报告还没有交"
        return [f"{day:%m-%d}" for day, chat, text in case.post.letters if chat == telegram_id and asking in text]

    await case.post.ticks(at(date(2026, 11, 23), 14))
    assert asked(501) == []
    for minute in (30, 40):
        await case.post.ticks(at(date(2026, 11, 24), 8, minute))
    await case.post.passes(date(2026, 11, 25), date(2026, 11, 30))
    assert asked(501) == ["11-24", "11-25", "11-26", "11-27", "11-30"]
    assert asked(manager.telegram_id) == []
    assert case.post.texts(501)[-1] == (
        "📝 <b>重大隐患报告还没有交，共 1 条</b>\n"
        "· BH-2026-0001　晨光机械厂　11月23日查出\n"
        "重大隐患要及时报告。三部分都有建议，点几下就能写完。"
    )
    await case.takes_letter(case.principal, "写报告 BH-2026-0001")
    assert case.principal.text.startswith(f"{TITLE}第 1/3 部分")
    await reports(case)
    await case.post.ticks(at(date(2026, 12, 1)))
    assert asked(501)[-1] == "11-30"


async def test_where_the_principal_is_not_on_telegram_the_others_are_asked(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    manager = await member_of(database, services, case.shop, Role.SAFETY_MANAGER, telegram_id=721, name="李安全")
    principal = await database.read(lambda tx: tx.people.by_telegram(501))
    assert principal is not None
    await database.write(lambda tx: tx.people.set_reachable(principal.id, reachable=False))
    await case.post.ticks(at(date(2026, 11, 24)))
    assert any("重大隐患报告还没有交" in text for text in case.post.texts(manager.telegram_id))


async def test_the_ledger_leads_the_office_to_those_who_have_not_reported(
    database: ZoneDatabase, services: Services
) -> None:
    case = await major_case(database, services)
    await case.officer.says("/ledger")
    assert "· 重大未报告 1" in case.officer.text
    await case.officer.presses("重大未报告（1）")
    assert case.officer.text == (
        "<b>隐患台账</b>　共 1 条，按期限排列\n状态：重大未报告\n"
        "· BH-2026-0001　重大隐患　整改中，12月23日前　晨光机械厂"
    )
    await reports(case)
    await case.officer.says("/ledger")
    assert "· 重大未报告 0" in case.officer.text
    assert not any("重大未报告" in label for label in case.officer.labels)


async def test_the_screens_are_in_english_and_the_report_in_chinese(database: ZoneDatabase, services: Services) -> None:
    case = await major_case(database, services)
    chat = case.principal
    await chat.says("/start")
    await chat.presses("🌐 English")
    await case.opens(chat)
    await chat.presses("Write the major-hazard report")
    assert "<b>How do things stand now, and why did it happen?</b>" in chat.text
    await chat.presses("Daily checks did not find it")
    assert "Part 2/3: Harm, and how hard it is to put right" in chat.text
    assert (await report_of(case)).words(Part.CAUSE).endswith("产生原因：日常检查没有发现。")
