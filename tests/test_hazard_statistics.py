"""The firm's table on hazards of a quarter or a year: figures, Word, and the principal's signature."""

import asyncio
import io
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from checklists.duties import Period
from checklists.hazard_statistics import Count, PeriodFigures, period_called
from checklists.hazards import Hazard, Level, Source, State
from checklists.ledger import LedgerFilter
from checklists.people import Role
from checklists.reminders import DutyState
from checklists.working_days import SHANGHAI
from handlers.duties import plan_enterprises
from handlers.replies import data, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.hazard_statistics import SIGNED, FiguresChanged, PeriodRunning
from storage.trail import Event
from storage.transaction import Transaction
from tests.chat import Chat
from tests.hazard_zone import FIVE, HazardZone
from tests.post import Post, at
from tests.test_pressing_at_once import phones

JANUARY = at(date(2027, 1, 5), 10)
NOVEMBER = at(date(2026, 11, 23), 10)


def period(label: str) -> Period:
    found = period_called(label)
    assert found is not None
    return found


Q4, YEAR = period("2026Q4"), period("2026")
_EVERYTHING = LedgerFilter(states=frozenset(State))


@dataclass(kw_only=True)
class Firm:
    """A firm with hazards, its people and an officer on the phone, early in January."""

    database: ZoneDatabase
    zone: HazardZone
    principal: Chat
    officer: Chat
    post: Post

    async def chat(self, name: str) -> Chat:
        """Somebody else of the zone, by name; ids of phones are those of tests.hazard_zone."""
        number = list(self.zone.people).index(name) + 1
        return Chat(self.database, self.principal.services, number, name, now=JANUARY)

    async def table(self, chat: Chat, label: str = "2026Q4") -> str:
        await chat.taps(f"ts:{pack(self.zone.enterprise_id)}:{label}")
        return chat.text

    async def finds(self, words: str = "砂轮机没有防护罩", *, level: Level = Level.GENERAL, when: datetime) -> Hazard:
        return await self.database.write(lambda tx: self.zone.find(tx, level=level, at=when, words=words))

    async def signatures(self, label: str = "2026Q4") -> list[Event]:
        def unit(tx: Transaction) -> list[Event]:
            kind = "quarter_stats" if "Q" in label else "year_stats"
            duty = tx.duties.of_period(self.zone.enterprise_id, kind, label)
            return [e for e in tx.trail.of("duty", duty.id) if e.what == SIGNED] if duty else []

        return await self.database.read(unit)


def plan(tx: Transaction, zone: HazardZone) -> None:
    """What the clock does: the duties of the running quarter and year are made."""
    founded = tx.zones.current()
    assert founded is not None
    plan_enterprises(tx, founded, [zone.enterprise_id], now=NOVEMBER)


@pytest.fixture
async def firm(database: ZoneDatabase, services: Services) -> Firm:
    zone = HazardZone()

    def unit(tx: Transaction) -> None:
        zone.found(tx, at=at(date(2026, 1, 4), 9))
        zone.closed(tx, at=NOVEMBER)
        zone.rectifying(tx, level=Level.MAJOR, at=NOVEMBER)
        plan(tx, zone)

    await database.write(unit)
    numbers = {name: number for number, name in enumerate(zone.people, 1)}
    principal = Chat(database, services, numbers["王厂长"], "王厂长", now=JANUARY)
    officer = Chat(database, services, numbers["赵监管"], "赵监管", now=JANUARY)
    return Firm(database=database, zone=zone, principal=principal, officer=officer, post=Post(database, services))


async def test_the_figures_agree_with_the_rows(database: ZoneDatabase) -> None:
    """What storage counts for a quarter and a year against the rows of the list, counted by hand."""
    zone, today = HazardZone(), at(date(2026, 12, 30), 10)

    def unit(tx: Transaction) -> tuple[PeriodFigures, PeriodFigures, list[Hazard]]:
        zone.found(tx, at=at(date(2026, 1, 4), 9))
        reviewer: dict[str, Any] = {"by": zone.people["钱审核"], "at": today}
        for month in (2, 5, 8, 9, 10, 11):
            zone.closed(tx, at=at(date(2026, month, 28), 10))
            zone.find(tx, level=Level.MAJOR, at=at(date(2026, month, 28), 23, 59))
        zone.find(tx, level=Level.GENERAL, at=at(date(2026, 9, 30), 23, 59))
        zone.find(tx, level=Level.GENERAL, at=at(date(2026, 10, 1), 0, 0))
        error = zone.find(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION, at=today)
        tx.hazard_life.dismiss(error, reason="没有这回事", **reviewer)
        again = zone.closed(tx, at=at(date(2026, 7, 6), 10))
        tx.hazard_life.reopen(again, reason="又坏了", **reviewer)
        fake = zone.closed(tx, at=at(date(2026, 7, 7), 10))
        tx.hazard_life.mark_fake(fake, reason="照片是别处的", **reviewer)
        return (
            tx.hazard_statistics.figures(zone.enterprise_id, Q4),
            tx.hazard_statistics.figures(zone.enterprise_id, YEAR),
            tx.hazards.some([h.id for h in tx.ledger.every(_EVERYTHING)]),
        )

    quarter, year, rows = await database.write(unit)
    live = [h for h in rows if h.state is not State.WITHDRAWN]

    def by_level(hazards: list[Hazard]) -> Count:
        return Count(*(sum(h.level is level for h in hazards) for level in (Level.GENERAL, Level.MAJOR)))

    def day(value: datetime | None) -> date:
        return value.astimezone(SHANGHAI).date() if value else date.min

    first = date(2026, 10, 1)
    assert quarter.found == by_level([h for h in live if day(h.found_at) >= first]) == Count(3, 2)
    assert quarter.open == year.open == by_level([h for h in live if h.is_open]) == Count(4, 6)
    # closed in the quarter: in October and November; what came back on 30 December had been closed in July
    assert quarter.closed == by_level([h for h in live if day(h.closed_at) >= first]) == Count(2, 0)
    assert (quarter.reopened, quarter.open_before) == (Count(1, 0), Count(2, 4))
    assert year.found == by_level(live)
    assert year.closed == Count(by_level([h for h in live if h.state is State.CLOSED]).general + 1, 0)
    assert (year.open_before, year.reopened) == (Count(), Count(1, 0))
    # 2026-12-07 is the deadline of all of them
    assert (quarter.in_time, quarter.late, quarter.undated) == (Count(2, 0), Count(), Count())
    assert (year.in_time, year.undated) == (Count(6, 0), Count(1, 0))


async def test_another_firms_hazards_do_not_count(firm: Firm) -> None:
    def unit(tx: Transaction) -> tuple[PeriodFigures, PeriodFigures]:
        other = tx.enterprises.add(name="东岸木业", uscc="91350211M000100Y51", at=NOVEMBER)
        return tx.hazard_statistics.figures(other.id, Q4), tx.hazard_statistics.figures(firm.zone.enterprise_id, Q4)

    assert await firm.database.write(unit) == (
        PeriodFigures(),
        PeriodFigures(found=Count(1, 1), closed=Count(1, 0), in_time=Count(1, 0), open=Count(0, 1)),
    )


async def test_the_principal_reads_the_table_from_the_list_of_hazards(firm: Firm) -> None:
    await firm.principal.says("/start")
    await firm.principal.presses("隐患清单")
    await firm.principal.presses("统计表")
    assert firm.principal.text == (
        "<b>隐患统计表</b>　2026年第四季度\n"
        "样例木业有限公司\n"
        "2026年10月1日至2026年12月31日\n"
        "\n"
        "· 期初没有销号：一般 0，重大 0\n"
        "· 本期查出：一般 1，重大 1\n"
        "· 本期销号：一般 1，重大 0\n"
        "· 其中按期改好：一般 1，重大 0\n"
        "· 期末没有销号：一般 0，重大 1\n"
        "没有销号的：Z1-2026-0002\n"
        "\n"
        "❗ 主要负责人还没有签字。\n"
        "应于2027年1月15日前签字、报送。\n"
        "只统计在这里登记的隐患，误报不算。整改资金这里没有金额，请在 Word 里手填。\n"
        "依据：《安全生产事故隐患排查治理暂行规定》（国家安全监管总局令第16号）第十四条"
    )
    assert firm.principal.labels == ["✍ 我确认并签字", "发 Word", "本季度到今天", "上一年", "隐患清单", "返回首页"]
    await firm.principal.says("在吗")
    assert firm.principal.text.startswith("<b>隐患统计表</b>　2026年第四季度\n")


async def test_each_period_is_a_press_away(firm: Firm) -> None:
    await firm.table(firm.principal)
    await firm.principal.presses("上一年")
    assert firm.principal.text.startswith("<b>隐患统计表</b>　2026年\n")
    assert "应于2027年1月31日前签字、报送。最后一个工作日是1月29日。" in firm.principal.text
    await firm.principal.presses("本季度到今天")
    assert firm.principal.text.startswith(
        "<b>隐患统计表</b>　2027年第一季度（到今天）\n样例木业有限公司\n2027年1月1日至2027年1月5日\n"
    )
    assert "· 期初没有销号：一般 0，重大 1" in firm.principal.text
    assert "这一期还没有结束，结束以后再签字。" in firm.principal.text
    assert "✍ 我确认并签字" not in firm.principal.labels
    await firm.principal.presses("上个季度")
    assert firm.principal.text.startswith("<b>隐患统计表</b>　2026年第四季度\n")


async def test_signing_is_kept_with_the_figures_and_the_office_reads_it(firm: Firm) -> None:
    await firm.table(firm.principal)
    button = firm.principal.button("我确认并签字").data
    await firm.principal.taps(button)
    assert firm.principal.toasts[-1] == "已签字，办公室看得到。要交纸质的，点“发 Word”，打印、签字、盖章。"
    assert "✅ 已签字：王厂长（主要负责人），1月5日 10:00" in firm.principal.text
    assert "我确认并签字" not in "".join(firm.principal.labels)
    [event] = await firm.signatures()
    assert (event.person_id, event.at) == (firm.zone.people["王厂长"], JANUARY)
    assert event.body["after"]["period"] == "2026Q4"
    assert event.body["after"]["figures"]["found"] == [1, 1]
    assert event.body["after"]["figures"]["open"] == [0, 1]
    assert "✅ 已签字：王厂长（主要负责人），1月5日 10:00" in await firm.table(firm.officer)
    duty = await firm.database.read(lambda tx: tx.duties.of_period(firm.zone.enterprise_id, "quarter_stats", "2026Q4"))
    assert duty is not None
    assert (duty.state, duty.done_at, duty.due_on) == (DutyState.DONE, JANUARY, date(2027, 1, 15))


async def test_a_second_press_signs_nothing_more(firm: Firm) -> None:
    await firm.table(firm.principal)
    button = firm.principal.button("我确认并签字").data
    for minutes in range(3):
        firm.principal.now = JANUARY + timedelta(minutes=minutes)
        await firm.principal.taps(button)
    assert len(await firm.signatures()) == 1
    assert "✅ 已签字：王厂长（主要负责人），1月5日 10:00" in firm.principal.text
    assert await firm.signatures("2026") == []


async def test_what_changed_after_the_signature_is_said_and_may_be_signed_anew(firm: Firm) -> None:
    await firm.table(firm.principal)
    await firm.principal.presses("我确认并签字")
    await firm.finds(when=NOVEMBER)
    changed = (
        "✅ 已签字：王厂长（主要负责人），1月5日 10:00\n"
        "⚠️ 签字后数字有变化：本期查出（签字时一般 1，重大 1；现在一般 2，重大 1）、"
        "期末没有销号（签字时一般 0，重大 1；现在一般 1，重大 1）"
    )
    assert changed in await firm.table(firm.officer)
    assert changed in await firm.table(firm.principal)
    firm.principal.now = JANUARY + timedelta(hours=1)
    await firm.principal.presses("按现在的数字重新签字")
    assert "✅ 已签字：王厂长（主要负责人），1月5日 11:00" in firm.principal.text
    assert "有变化" not in firm.principal.text
    assert [e.body["after"]["figures"]["found"] for e in await firm.signatures()] == [[1, 1], [2, 1]]


async def test_nobody_signs_figures_he_has_not_seen(firm: Firm) -> None:
    await firm.table(firm.principal)
    await firm.finds(when=NOVEMBER)
    await firm.principal.presses("我确认并签字")
    assert "<i>数字刚才有变动，还没有签字。请再看一遍。</i>" in firm.principal.text
    assert "· 本期查出：一般 2，重大 1" in firm.principal.text
    assert await firm.signatures() == []
    await firm.principal.presses("我确认并签字")
    assert len(await firm.signatures()) == 1


async def test_only_principal_and_controller_sign(firm: Firm) -> None:
    await firm.table(firm.principal)
    button = firm.principal.button("我确认并签字").data
    for name in ("陈安全", "刘工人", "赵监管"):
        other = await firm.chat(name)
        await firm.table(other)
        assert "✍ 我确认并签字" not in other.labels, name
        await other.taps(button)
        assert "这个功能您现在不能用" in other.toasts[-1], name
    assert await firm.signatures() == []
    controller = await firm.chat("李老板")
    await firm.table(controller)
    await controller.presses("我确认并签字")
    assert "✅ 已签字：李老板（实际控制人）" in controller.text


async def test_a_period_that_runs_cannot_be_signed(firm: Firm) -> None:
    enterprise = pack(firm.zone.enterprise_id)
    await firm.principal.taps(f"tg:{enterprise}:2027Q1:0")
    assert "<i>这一期还没有结束，结束以后再签字。</i>" in firm.principal.text
    for label in ("2027Q2", "2028", "2026Q5", "abc"):
        await firm.principal.taps(f"tg:{enterprise}:{label}:0")
        assert firm.principal.toasts[-1] == "要找的内容已经不在了，先回到首页。"

    def sign(tx: Transaction) -> None:
        who: dict[str, Any] = {"by": firm.zone.people["王厂长"], "role": Role.PRINCIPAL}
        with pytest.raises(PeriodRunning):
            tx.hazard_statistics.sign(firm.zone.enterprise_id, Q4, 0, at=at(date(2026, 12, 31), 23, 59), **who)
        with pytest.raises(FiguresChanged):
            tx.hazard_statistics.sign(firm.zone.enterprise_id, Q4, 0, at=at(date(2027, 1, 1), 0, 0), **who)

    await firm.database.write(sign)
    assert await firm.signatures() == []


async def test_of_a_period_before_the_firm_came_nothing_is_signed(firm: Firm) -> None:
    await firm.table(firm.principal, "2026Q3")
    assert "企业是这一期以后才登记的，数字不全，不在这里签字。" in firm.principal.text
    assert firm.principal.labels[0] == "发 Word"
    await firm.principal.taps(f"tg:{pack(firm.zone.enterprise_id)}:2026Q3:0")
    assert "<i>企业是这一期以后才登记的，数字不全，不在这里签字。</i>" in firm.principal.text
    firm.principal.now = NOVEMBER  # then the last quarter is one that nobody asks for: the list leads to the present
    await firm.principal.taps(f"zh:{pack(firm.zone.enterprise_id)}:0")
    await firm.principal.presses("统计表")
    assert firm.principal.text.startswith("<b>隐患统计表</b>　2026年第四季度（到今天）")


async def test_the_office_notes_a_table_that_came_on_paper(firm: Firm) -> None:
    await firm.table(firm.officer)
    await firm.officer.presses("记下：纸质表已收到")
    assert firm.officer.toasts[-1] == "已记下，不再提醒企业。"
    said = "✅ 纸质表已收到：赵监管，1月5日 10:00登记"
    assert said in firm.officer.text
    assert firm.officer.labels[0] == "发 Word"
    await firm.officer.taps(f"tp:{pack(firm.zone.enterprise_id)}:2026Q4")
    assert "<i>已经签过字，或者已经记下了。</i>" in firm.officer.text
    assert len(await firm.signatures()) == 1
    assert said in await firm.table(firm.principal)
    assert "签字" not in "".join(firm.principal.labels)
    await firm.finds(when=NOVEMBER)
    assert "⚠️ 签字后数字有变化" in await firm.table(firm.officer)
    await firm.table(firm.principal)
    await firm.principal.presses("按现在的数字重新签字")
    assert "✅ 已签字：王厂长（主要负责人），1月5日 10:00" in await firm.table(firm.officer)
    await firm.officer.taps(f"tp:{pack(firm.zone.enterprise_id)}:2026Q4")
    assert "✅ 已签字：王厂长" in firm.officer.text


async def test_no_officer_notes_the_paper_of_his_own_firm(firm: Firm) -> None:
    def takes_a_post(tx: Transaction) -> None:
        tx.people.assign(
            firm.zone.people["赵监管"], Role.DEPUTY, enterprise_id=firm.zone.enterprise_id, at=JANUARY, by=None
        )

    await firm.database.write(takes_a_post)
    await firm.officer.taps(f"tp:{pack(firm.zone.enterprise_id)}:2026Q4")
    assert "这一步不归您办，请联系负责的人。" in firm.officer.text
    assert await firm.signatures() == []


async def test_word_comes_with_figures_hazards_and_room_for_the_signature(firm: Firm) -> None:
    def ask_for_later(tx: Transaction) -> None:
        [hazard] = tx.hazards.of_enterprise(firm.zone.enterprise_id)
        tx.hazard_life.ask_deferral(
            hazard, date(2027, 2, 1), reason="设备还没有到货", by=firm.zone.people["王厂长"], at=NOVEMBER
        )

    await firm.database.write(ask_for_later)
    await firm.table(firm.principal)
    await firm.principal.presses("发 Word")
    assert firm.principal.toasts[-1] == "正在生成，马上发给您。"
    await firm.post.sends(JANUARY)
    [(_chat, name, content)] = firm.post.files
    assert name == "事故隐患排查治理情况统计分析表-样例木业有限公司-2027-01-05.docx"
    document = Document(io.BytesIO(content))
    figures, hazards = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert figures == [
        ["项目", "一般隐患", "重大隐患", "合计"],
        ["期初没有销号", "0", "0", "0"],
        ["本期查出", "1", "1", "2"],
        ["本期重新打开", "0", "0", "0"],
        ["本期销号", "1", "0", "1"],
        ["其中按期改好", "1", "0", "1"],
        ["其中逾期改好", "0", "0", "0"],
        ["其中没有期限可比", "0", "0", "0"],
        ["期末没有销号", "0", "1", "1"],
        ["整改资金（万元）", "", "", ""],
    ]
    assert [row[0] for row in hazards] == ["序号", "1", "2"]
    assert ["Z1-2026-0001　一般隐患" in row[1] for row in hazards] == [False, True, False]
    assert [row[4:] for row in hazards[1:]] == [["2026年11月23日", ""], ["未销号", "设备还没有到货"]]
    assert f"2026年12月7日\n{FIVE['responsible']}\n{FIVE['funds']}" == hazards[2][3]
    text = "\n".join(p.text for p in document.paragraphs)
    assert "滨河开发区：" in text
    assert "2026年第四季度（2026年10月1日至2026年12月31日）" in text
    assert "主要负责人签字：" in text
    assert "在手机上确认" not in text


async def test_word_names_who_confirmed_only_while_the_figures_stand(firm: Firm) -> None:
    async def word() -> str:
        await firm.principal.presses("发 Word")
        firm.principal.now += timedelta(seconds=1)
        await firm.post.sends(firm.principal.now)
        return "\n".join(p.text for p in Document(io.BytesIO(firm.post.files[-1][2])).paragraphs)

    await firm.table(firm.principal)
    await firm.principal.presses("我确认并签字")
    assert "主要负责人王厂长已于2027年1月5日 10:00在手机上确认以上数字。" in await word()
    await firm.finds(when=NOVEMBER)
    assert "在手机上确认" not in await word()


async def test_word_of_a_firm_one_has_left_does_not_come(firm: Firm) -> None:
    await firm.table(firm.principal)
    await firm.principal.presses("发 Word")

    def leaves(tx: Transaction) -> None:
        person = firm.zone.people["王厂长"]
        tx.people.withdraw(person, Role.PRINCIPAL, enterprise_id=firm.zone.enterprise_id, at=JANUARY, by=None)

    await firm.database.write(leaves)
    await firm.post.sends(JANUARY)
    assert firm.post.files == []


async def test_who_has_nothing_open_still_finds_the_table(database: ZoneDatabase, services: Services) -> None:
    zone = HazardZone()

    def unit(tx: Transaction) -> None:
        zone.found(tx, at=NOVEMBER)
        zone.closed(tx, at=NOVEMBER)
        plan(tx, zone)

    await database.write(unit)
    principal = Chat(database, services, list(zone.people).index("王厂长") + 1, "王厂长", now=JANUARY)
    await principal.says("/start")
    await principal.presses("隐患清单（0）")
    assert principal.text == "现在没有隐患在册。"
    await principal.presses("统计表")
    assert "· 本期销号：一般 1，重大 0" in principal.text


async def test_it_is_said_in_english_too(firm: Firm) -> None:
    await firm.principal.says("/start")
    await firm.principal.presses("English")
    text = await firm.table(firm.principal)
    assert text.startswith("<b>Table of hazards</b>")
    assert "Found in the period: general 1, major 1" in text
    assert "✍ I confirm and sign" in firm.principal.labels
    await firm.principal.presses("I confirm and sign")
    assert "Signed: 王厂长 (Principal)" in firm.principal.text


async def test_principal_and_controller_who_sign_at_once_in_two_processes_sign_once(
    database: ZoneDatabase, address: str, tmp_path: Path
) -> None:
    zone, september = HazardZone(), at(date(2026, 9, 1), 9)
    heads = ("王厂长", "李老板")

    def unit(tx: Transaction) -> list[int]:
        zone.found(tx, at=september)
        founded = tx.zones.current()
        assert founded is not None
        firms = [zone.enterprise_id]
        for number in range(11):
            firm = tx.enterprises.add(name=f"样例厂{number}", uscc=f"91350211M00010{number:02}51", at=september)
            firms.append(firm.id)
            for name, role in zip(heads, (Role.PRINCIPAL, Role.CONTROLLER), strict=True):
                tx.people.assign(zone.people[name], role, enterprise_id=firm.id, at=september, by=None)
        plan_enterprises(tx, founded, firms, now=september)
        return firms

    firms = await database.write(unit)

    def signed(tx: Transaction, firm: int) -> list[Event]:
        duty = tx.duties.of_period(firm, "quarter_stats", "2026Q3")
        assert duty is not None
        assert duty.state is DutyState.DONE
        return [e for e in tx.trail.of("duty", duty.id) if e.what == SIGNED]

    async with phones(address, tmp_path, *heads) as held:
        for turn, firm in enumerate(firms):
            moment, button = time.time() + 0.02, data("tg", firm, "2026Q3", PeriodFigures().mark)
            await asyncio.gather(*(p.presses(button, moment) for p in held[:: 1 - 2 * (turn % 2)]))
            [event] = await database.read(lambda tx, f=firm: signed(tx, f))  # type: ignore[misc]
            assert event.person_id in {zone.people[name] for name in heads}
