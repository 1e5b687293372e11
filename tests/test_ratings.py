"""Ratings on the phone: the firm reads its own, the office lists, confirms, answers objections and sets the rules."""

import asyncio
import io
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazards import Level, Source
from checklists.people import Role
from checklists.rating_rules import ITEM_NAMES, Item
from checklists.ratings import ConfirmedRating
from checklists.reminders import EnterpriseDuty
from handlers import rating_confirming
from handlers.replies import data, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.hazard_zone import HazardZone
from tests.post import Post, at
from tests.test_pressing_at_once import phones

JANUARY = at(date(2027, 1, 12), 10)
DECEMBER = at(date(2026, 12, 10), 10)


@dataclass(kw_only=True)
class Town:
    """A firm that is late with one hazard of the office and has put two of its own right, and the people."""

    database: ZoneDatabase
    zone: HazardZone
    services: Services
    post: Post

    def chat(self, name: str, now: datetime = JANUARY) -> Chat:
        number = list(self.zone.people).index(name) + 1
        return Chat(self.database, self.services, number, name, now=now)

    async def card(self, name: str, year: int = 2026, now: datetime = JANUARY) -> Chat:
        chat = self.chat(name, now)
        await chat.taps(data("be", self.zone.enterprise_id, year, 0))
        return chat

    async def confirmed(self) -> Chat:
        officer = await self.card("赵监管")
        await officer.presses("确认这个评价")
        return officer

    async def objected(self, words: str = "那天停电") -> Chat:
        await self.confirmed()
        principal = await self.card("王厂长")
        await principal.presses("有异议")
        await principal.says(words)
        return principal

    async def latest(self) -> ConfirmedRating:
        found = await self.database.read(lambda tx: tx.ratings.latest(self.zone.enterprise_id, 2026))
        assert found is not None
        return found


@pytest.fixture
async def town(database: ZoneDatabase, services: Services) -> Town:
    zone = HazardZone()

    def unit(tx: Transaction) -> None:
        zone.found(tx, at=at(date(2026, 11, 20), 9))
        for _ in range(2):
            zone.closed(tx, at=at(date(2026, 11, 24), 10))
        zone.rectifying(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION, at=at(date(2026, 11, 24), 11))
        person = tx.people.add(name="吴管理", telegram_id=len(zone.people) + 1, at=JANUARY)
        zone.people["吴管理"] = person.id
        tx.people.assign(person.id, Role.ADMINISTRATOR, enterprise_id=None, at=JANUARY, by=None)

    await database.write(unit)
    return Town(database=database, zone=zone, services=services, post=Post(database, services))


async def test_the_principal_reads_the_score_to_date_and_what_would_help(town: Town) -> None:
    principal = town.chat("王厂长", DECEMBER)
    await principal.says("/start")
    await principal.presses("本企业评价")
    assert principal.text == (
        "<b>企业评价</b>　2026年（到今天）\n"
        "样例木业有限公司\n"
        "<b>100 分　优（好）</b>\n"
        "满分 100 分，扣 2 分，加 2 分。\n"
        "\n"
        "-2　隐患 Z1-2026-0003 逾期 3 天\n"
        "　　<i>今天交整改就不再增加。</i>\n"
        "+2　自己查出并按期改好 2 条\n"
        "\n"
        "逐月：11月 100 分、12月 100 分\n"
        "自己查出、按期改好的隐患不扣分。"
    )
    assert principal.labels == ["Z1-2026-0003", "2025年", "返回首页"]
    await principal.presses("Z1-2026-0003")
    assert "Z1-2026-0003" in principal.text


async def test_safety_manager_and_expert_see_it_and_a_worker_does_not(town: Town) -> None:
    for name in ("陈安全", "李老板", "周专家", "钱审核"):
        chat = await town.card(name, now=DECEMBER)
        assert chat.text.startswith("<b>企业评价</b>　2026年（到今天）"), name
    worker = town.chat("刘工人", DECEMBER)
    await worker.says("/start")
    assert "本企业评价" not in worker.labels
    await worker.taps(data("be", town.zone.enterprise_id, 2026, 0))
    assert "这个功能您现在不能用" in worker.toasts[-1]


async def test_only_an_inspection_that_can_still_be_made_up_for_has_a_hint(town: Town) -> None:
    def owe(tx: Transaction) -> None:
        for number, month in ((1, 6), (2, 9)):
            due = date(2026, month, 30)
            duty = EnterpriseDuty(
                id=number,
                enterprise_id=town.zone.enterprise_id,
                kind=PRINCIPAL_INSPECTION,
                period=f"2026Q{month // 3}",
                opens_on=due - timedelta(days=80),
                due_on=due,
                hand_in_by=due,
                source="方案",
            )
            tx.duties.add(duty)

    await town.database.write(owe)
    hint = "　　<i>现在补做，少扣一些。</i>"
    lines = (await town.card("王厂长", now=DECEMBER)).text.split("\n")
    assert lines[lines.index("-5　2026年第二季度自查没有做") + 1] == "-5　2026年第三季度自查没有做"
    assert lines[lines.index("-5　2026年第三季度自查没有做") + 1] == hint
    await town.database.write(lambda tx: tx.duties.finish(2, at=DECEMBER))
    text = (await town.card("王厂长", now=DECEMBER)).text
    assert "-2　2026年第三季度自查过期才做" in text
    assert hint not in text


async def test_another_word_shows_the_same_rating_again(town: Town) -> None:
    chat = await town.card("王厂长", now=DECEMBER)
    before = chat.text
    await chat.says("在吗")
    assert chat.text == before


async def test_the_office_lists_the_lowest_first_and_narrows_it(town: Town) -> None:
    def more(tx: Transaction) -> None:
        since = at(date(2026, 1, 4), 9)
        for number in range(10):
            firm = tx.enterprises.add(name=f"厂{number}", uscc=f"{number:018}", community="西社区", at=since)
            tx.enterprises.set_trades(firm.id, ("machinery",), at=since)

    await town.database.write(more)
    officer = town.chat("周专家", DECEMBER)
    await officer.says("/start")
    await officer.presses("企业评价")
    assert "共 11 家：优（好） 11、良（较好） 0、中（一般） 0、差 0" in officer.text
    assert "1. 95 分　优（好）　厂0\n" in officer.text
    await officer.presses("下一页 ›")
    assert "11. 100 分　优（好）　样例木业有限公司\n" in officer.text
    await officer.presses("按社区")
    await officer.presses("东社区（1）")
    assert "共 1 家" in officer.text
    assert "社区/网格：东社区" in officer.text
    await officer.presses("样例木业有限公司")
    await officer.presses("企业评价清单")
    assert "社区/网格：东社区" in officer.text
    await officer.presses("看全部")
    await officer.presses("按行业")
    await officer.presses("机械（10）")
    assert "共 10 家" in officer.text
    assert "确认全部" not in officer.labels


async def test_the_list_is_of_one_moment_and_is_reckoned_again_on_demand(town: Town) -> None:
    officer = town.chat("赵监管", DECEMBER)
    await officer.taps(data("bu", 2026))
    assert "1. 100 分" in officer.text

    def cheat(tx: Transaction) -> None:
        [hazard] = tx.hazards.of_enterprise(town.zone.enterprise_id)
        town.zone.show_fixed(tx, hazard)
        hazard = tx.hazard_life.hand_in(hazard, by=town.zone.people["陈安全"], at=DECEMBER)
        tx.hazard_life.mark_fake(hazard, reason="照片是别处的", by=town.zone.people["钱审核"], at=DECEMBER)

    await town.database.write(cheat)
    await officer.taps(data("bl", 0))
    assert "1. 100 分" in officer.text
    assert "10:00 算的" in officer.text
    await officer.presses("重新算")
    assert officer.toasts[-1] == "刚刚算过。"
    officer.now = DECEMBER + timedelta(minutes=1)
    await officer.presses("重新算")
    assert "1. 90 分" in officer.text
    assert "10:01 算的" in officer.text
    officer.now += timedelta(minutes=10)
    await officer.taps(data("bl", 0))
    assert "10:11 算的" in officer.text


async def test_confirmed_once_told_to_the_principal_and_never_altered(town: Town) -> None:
    officer = await town.card("赵监管")
    assert "办公室还没有确认。" in officer.text
    button = officer.button("确认这个评价").data
    await officer.taps(button)
    assert officer.toasts[-1] == "已确认，企业会收到通知。"
    assert "✅ 已确认：赵监管，1月12日 10:00\n有不对的，负责人1月27日前可以提异议。" in officer.text
    await officer.taps(button)
    assert "<i>这一年的评价已经确认过了。</i>" in officer.text
    await town.post.sends(JANUARY)
    letters = {chat: town.post.texts(chat) for chat in range(1, len(town.zone.people) + 1)}
    principal = list(town.zone.people).index("王厂长") + 1
    assert [chat for chat, texts in letters.items() if any("企业评价" in text for text in texts)] == [principal]
    assert letters[principal][-1] == (
        "📋 <b>2026年企业评价已确认</b>\n"
        "样例木业有限公司\n"
        "<b>91 分　优（好）</b>\n"
        "满分 100 分，扣 11 分，加 2 分。\n"
        "-6　隐患 Z1-2026-0003 逾期 24 天\n"
        "-5　没有风险点清单\n"
        "+2　自己查出并按期改好 2 条\n"
        "有不对的，负责人1月27日前可以提异议。"
    )
    labels = [b.label for row in town.post.screens[principal].buttons for b in row]
    assert labels == ["看评价", "有异议"]

    def rules(tx: Transaction) -> None:
        tx.ratings.set_rule("rating_points_overdue", 9, by=town.zone.people["吴管理"], at=JANUARY)

    await town.database.write(rules)
    assert "<b>91 分　优（好）</b>" in (await town.card("王厂长")).text


async def test_figures_that_have_changed_are_shown_before_they_are_confirmed(town: Town) -> None:
    officer = await town.card("赵监管")
    button = officer.button("确认这个评价").data

    def rules(tx: Transaction) -> None:
        tx.ratings.set_rule("rating_points_overdue", 3, by=town.zone.people["吴管理"], at=JANUARY)

    await town.database.write(rules)
    await officer.taps(button)
    assert "<i>分数刚才有变动，还没有办。请再看一遍。</i>" in officer.text
    assert "<b>88 分　良（较好）</b>" in officer.text
    await officer.presses("确认这个评价")
    assert (await town.latest()).rating.score == 88


async def test_nobody_confirms_his_own_firm_or_the_year_that_runs(town: Town) -> None:
    def takes_a_post(tx: Transaction) -> None:
        tx.people.assign(
            town.zone.people["孙科长"], Role.DEPUTY, enterprise_id=town.zone.enterprise_id, at=JANUARY, by=None
        )

    button = (await town.card("孙科长")).button("确认这个评价").data
    await town.database.write(takes_a_post)
    own = await town.card("孙科长")
    assert "✅ 确认这个评价" not in own.labels
    await own.taps(button)
    assert "<i>这一步不归您办，请联系负责的人。</i>" in own.text
    assert "✅ 确认这个评价" not in (await town.card("赵监管", year=2027)).labels
    assert "✅ 确认这个评价" not in (await town.card("周专家")).labels


async def test_all_are_confirmed_after_a_preview_and_a_second_press(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating_confirming, "AT_ONCE", 2)

    def more(tx: Transaction) -> None:
        for number in range(2):
            tx.enterprises.add(name=f"厂{number}", uscc=f"{number:018}", at=at(date(2026, 1, 4), 9))

    await town.database.write(more)
    officer = town.chat("赵监管")
    await officer.taps(data("bu", 2026))
    await officer.presses("确认全部")
    assert "还没有确认的 3 家：优（好） 3、良（较好） 0、中（一般） 0、差 0" in officer.text
    assert "· 样例木业有限公司　91 分" in officer.text
    assert "一次确认 2 家" in officer.text
    button = officer.button("确认 2 家").data
    await officer.taps(button)
    assert "✅ 已确认 2 家，企业会收到通知。\n还有 1 家没有确认。" in officer.text
    await officer.taps(button)
    assert "<i>分数刚才有变动，还没有办。请再看一遍。</i>" in officer.text
    await officer.presses("确认 1 家")
    assert "✅ 已确认 1 家，企业会收到通知。\n没有等着您确认的了。" in officer.text
    assert "看下一批" not in officer.labels
    await officer.presses("企业评价清单")
    assert officer.text.startswith("<b>企业评价</b>　2026年，低分在前")
    assert officer.text.count(" ✅\n") == 3
    await town.post.sends(JANUARY)
    assert len([text for _, _, text in town.post.letters if "企业评价已确认" in text]) == 1


async def test_an_objection_reaches_the_office_and_is_answered_with_words(town: Town) -> None:
    principal = await town.objected()
    assert "<i>异议已交，办公室会答复。</i>" in principal.text
    assert "异议（王厂长，1月12日）：那天停电\n等办公室答复。" in principal.text
    assert "有异议" not in principal.labels
    await town.post.sends(JANUARY)
    officers = [list(town.zone.people).index(name) + 1 for name in ("赵监管", "孙科长", "吴管理")]
    told = {chat for _, chat, text in town.post.letters if "企业对2026年评价有异议" in text}
    assert told == set(officers)
    officer = town.chat("赵监管")
    await officer.says("/start")
    await officer.presses("企业评价（异议 1）")
    await officer.presses("异议（1）")
    assert "· 样例木业有限公司　2026年 91 分　那天停电" in officer.text
    await officer.presses("样例木业有限公司")
    await officer.presses("答复异议：维持")
    assert "维持原来的评价：91 分　优（好）" in officer.text
    await officer.says("核对过，期限之后才交。")
    assert "答复（赵监管，1月12日）：核对过，期限之后才交。" in officer.text
    await town.post.sends(JANUARY)
    answer = town.post.texts(principal.telegram_id)[-1]
    assert answer.startswith("📋 <b>2026年企业评价的异议有答复了：维持原来的评价</b>")
    assert "答复：核对过，期限之后才交。" in answer


async def test_too_long_an_objection_is_asked_for_again_and_late_ones_are_refused(town: Town) -> None:
    await town.confirmed()
    principal = await town.card("王厂长")
    button = principal.button("有异议").data
    await principal.taps(button)
    await principal.says("停" * 501)
    assert "<i>没有收下：写了 501 字，最多 500 字。请写短一些再发。</i>" in principal.text
    await principal.says("停" * 500)
    assert (await town.latest()).objection == "停" * 500
    await principal.taps(button)
    assert "<i>这一版已经提过异议了。</i>" in principal.text


async def test_after_fifteen_days_there_is_no_objection(town: Town) -> None:
    await town.confirmed()
    button = (await town.card("王厂长", now=at(date(2027, 1, 27), 23))).button("有异议").data
    late = await town.card("王厂长", now=at(date(2027, 1, 28), 0))
    assert "有异议" not in late.labels
    await late.taps(button)
    assert "<i>提异议的时间已经过了，请直接联系办公室。</i>" in late.text
    safety = await town.card("陈安全")
    assert "有异议" not in safety.labels


async def test_the_office_reckons_again_after_the_ledger_was_put_right(town: Town) -> None:
    await town.objected("这条是误报")
    officer = await town.card("赵监管")
    await officer.presses("按现在的台账重新算")
    assert "<i>按现在的台账算，和已经确认的一样。先把台账改对，再来重新算。</i>" in officer.text

    def dismiss(tx: Transaction) -> None:
        [hazard] = tx.hazards.of_enterprise(town.zone.enterprise_id)
        tx.hazard_life.dismiss(hazard, reason="没有这回事", by=town.zone.people["钱审核"], at=JANUARY)

    await town.database.write(dismiss)
    await officer.presses("按现在的台账重新算")
    assert "按现在的台账重新算：91 分　优（好） → 97 分　优（好）" in officer.text
    assert "去掉：-6　隐患 Z1-2026-0003 逾期 24 天" in officer.text
    await officer.says("是误报，已撤下")
    assert "（第 2 版，97 分）" in officer.text
    assert (await town.latest()).edition == 2
    await town.post.sends(JANUARY)
    told = town.post.texts(list(town.zone.people).index("王厂长") + 1)[-1]
    assert told.startswith("📋 <b>2026年企业评价有新的一版</b>\n样例木业有限公司\n<b>97 分　优（好）</b>\n")
    assert "办公室说明：是误报，已撤下" in told


async def test_the_points_of_one_line_are_changed_with_a_reason(town: Town) -> None:
    await town.objected()
    officer = await town.card("赵监管")
    await officer.presses("改一行的分")
    await officer.presses("-6　隐患 Z1-2026-0003 逾期 24 天")
    for wrong, said in (
        ("停电", "没有改：要先打一个 0 到 100 的数字，空一格，再写理由。"),
        ("2", "没有改：要先打一个 0 到 100 的数字，空一格，再写理由。"),
        ("101 停电", "没有改：要先打一个 0 到 100 的数字，空一格，再写理由。"),
        ("6 停电", "没有改：和现在的分一样。"),
    ):
        await officer.says(wrong)
        assert f"<i>{said}</i>" in officer.text, wrong
    await officer.says("2 当天停电")
    assert "-2　隐患 Z1-2026-0003 逾期 24 天（办公室改的：当天停电）" in officer.text
    assert "<b>95 分　优（好）</b>" in officer.text
    assert [(e.edition, e.rating.score) for e in await editions(town)] == [(1, 91), (2, 95)]


async def editions(town: Town) -> list[ConfirmedRating]:
    return await town.database.read(lambda tx: tx.ratings.editions(town.zone.enterprise_id, 2026))


async def test_an_old_answer_button_changes_nothing(town: Town) -> None:
    await town.objected()
    first, second = await town.card("赵监管"), await town.card("孙科长")
    await first.presses("答复异议：维持")
    await second.presses("改一行的分")
    line = second.button("逾期 24 天").data
    await first.says("维持")
    await second.taps(line)
    assert "<i>已经答复过了。</i>" in second.text
    assert len(await editions(town)) == 1


async def test_the_administrator_changes_the_rules_by_typing(town: Town) -> None:
    officer = town.chat("赵监管")
    await officer.taps("bg")
    assert "· 一般隐患逾期：每次扣 2，最多 20" in officer.text
    assert "数字由管理员改。" in officer.text
    assert "一般隐患逾期" not in officer.labels
    chief = town.chat("吴管理")
    await chief.taps("bg")
    await chief.presses("一般隐患逾期")
    for wrong in ("3", "三 二十", "51 60", "3 101", "3 20 1"):
        await chief.says(wrong)
        assert "<i>没有改：要两个范围里的数字，中间空一格，例如：2 20。</i>" in chief.text, wrong
    await chief.says("30 20")
    assert "<i>没有改：每次的分不能比一年最多的还多。</i>" in chief.text
    await chief.says("3分 25分")
    assert "· 一般隐患逾期：每次扣 3，最多 25（2027年1月12日改）" in chief.text
    await chief.presses("良（较好）")
    await chief.says("95")
    assert "<i>没有改：优的起点要比良高，良的起点要比中高。</i>" in chief.text
    await chief.says("85")
    assert "良（较好）：85 分起（2027年1月12日改）" in chief.text
    await chief.presses("恢复默认")
    yes = chief.button("恢复默认").data
    await chief.taps(yes)
    assert "<i>已恢复默认。</i>" in chief.text
    await chief.taps(yes)
    assert "<i>已经是默认的了。</i>" in chief.text
    assert "年1月12日改" not in chief.text


async def test_excel_has_every_firm_with_its_points_and_every_line(town: Town) -> None:
    await town.confirmed()

    def more(tx: Transaction) -> None:
        tx.enterprises.add(name="=1+1 机械厂", uscc="9" * 18, community="西社区", at=at(date(2026, 12, 20), 9))

    await town.database.write(more)
    expert = town.chat("周专家")
    await expert.taps(data("bx", 2026))
    assert expert.toasts[-1] == "正在生成，马上发给您。"
    await town.post.sends(JANUARY)
    [(_chat, name, content)] = town.post.files
    assert name == "企业年度考评表-2026.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    firms, lines = (book.get_sheet_by_name(n).to_python() for n in ("考评表", "明细"))
    assert firms[0][0] == "滨河开发区　2026年企业年度考评表（截至2027年1月12日，共2家）"
    assert firms[1] == ["名次", "企业", "行业", "社区", "得分", "等级", "状态", *(ITEM_NAMES[i] for i in Item)]
    assert [row[:7] for row in firms[2:]] == [
        [1, "=1+1 机械厂", "", "西社区", 100, "优（好）", "未确认"],
        [2, "样例木业有限公司", "轻工", "东社区", 91, "优（好）", "已确认"],
    ]
    points = dict(zip(firms[1][7:], firms[3][7:], strict=True))
    assert {name: value for name, value in points.items() if value != ""} == {
        "一般隐患逾期": -6,
        "没有风险点清单": -5,
        "自己查出并按期改好": 2,
    }
    assert lines[1][:5] == ["样例木业有限公司", "一般隐患逾期", "隐患 Z1-2026-0003 逾期 24 天", "2026-12-08", -6]


async def test_the_grades_come_as_a_picture(town: Town) -> None:
    officer = town.chat("赵监管")
    await officer.taps(data("bp", 2026))
    await town.post.sends(JANUARY.astimezone(UTC))
    [(_chat, name, content)] = town.post.files
    assert (name, content[:4]) == ("企业评价-2026.png", b"\x89PNG")


async def test_it_is_said_in_english_too(town: Town) -> None:
    principal = town.chat("王厂长", DECEMBER)
    await principal.says("/start")
    await principal.presses("English")
    await principal.presses("Our rating")
    assert "-2　Hazard Z1-2026-0003 overdue by 3 days" in principal.text
    assert "Hand in the rectification today and it grows no more." in principal.text


async def test_nothing_in_a_rating_tells_a_tip_from_a_finding_of_the_office(town: Town) -> None:
    def unit(tx: Transaction) -> None:
        more: dict[str, Any] = {"by": "赵监管", "level": Level.GENERAL, "at": at(date(2026, 11, 24), 11)}
        for source in (Source.TIP, Source.TRANSFER):
            town.zone.rectifying(tx, source=source, **more)

    await town.database.write(unit)
    text = (await town.card("王厂长", now=DECEMBER)).text
    lines = [line for line in text.split("\n") if "逾期" in line]
    assert lines == [f"-2　隐患 Z1-2026-000{number} 逾期 3 天" for number in (3, 4, 5)]
    assert "举报" not in text


async def test_two_officers_who_confirm_at_once_in_two_processes_confirm_once(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    zone, since = HazardZone(), at(date(2025, 1, 4), 9)
    names = ("赵监管", "孙科长")

    def unit(tx: Transaction) -> list[int]:
        zone.found(tx, at=since)
        firms = [tx.enterprises.add(name=f"厂{n}", uscc=f"{n:018}", at=since).id for n in range(6)]
        return [zone.enterprise_id, *firms]

    firms = await database.write(unit)
    last = NOW.year - 1

    def button(tx: Transaction, firm: int) -> str:
        rating = tx.ratings.of_firm(firm, last, today=NOW.date())
        assert rating is not None
        return data("bn", firm, last, rating.mark)

    async with phones(address, tmp_path, *names) as held:
        for turn, firm in enumerate(firms):
            press = await database.read(lambda tx, f=firm: button(tx, f))  # type: ignore[misc]
            moment = time.time() + 0.02
            await asyncio.gather(*(p.presses(press, moment) for p in held[:: 1 - 2 * (turn % 2)]))
            kept = await database.read(lambda tx, f=firm: tx.ratings.editions(f, last))  # type: ignore[misc]
            assert len(kept) == 1


def test_ids_fit_into_the_buttons() -> None:
    biggest = 2**63 - 1
    assert len(data("bj", biggest, biggest, 999)) <= 64
    assert len(pack(biggest)) <= 13
