"""Who has passed: counts and lists for the office, the Excel, and one reminder a month to each."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from checklists.enterprises import Enterprise
from checklists.people import Assignment, Person, Role
from checklists.quiz_coverage import Group, coverage_of
from checklists.quizzes import Asks, Kind, Question, Sheet
from handlers.outgoing import Outgoing
from handlers.renderers import RENDERERS, render
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, WOOD, found_firm, somebody

SUNDAY = NOW - timedelta(days=1)


def a_sheet(number: int = 10) -> Sheet:
    question = Question(asks=Asks.LEDGER, about="q", ask="问", options=("甲", "乙", "丙", "丁"), right=0)
    return Sheet(seed="a", questions=(question,) * number)


@dataclass
class Town:
    """Two firms, one whose principal has joined and one where nobody has, and an office."""

    database: ZoneDatabase
    services: Services
    wood: Enterprise
    ice: Enterprise
    chats: dict[str, Chat] = field(default_factory=dict)

    async def finishes(self, name: str, kind: Kind, correct: int, *, firm: Enterprise | None = None) -> None:
        """Somebody answers ten questions, so many of them rightly."""

        def unit(tx: Transaction) -> None:
            person = tx.people.by_telegram(self.chats[name].telegram_id)
            assert person is not None
            quiz = tx.quizzes.start(person.id, kind, a_sheet(), enterprise_id=firm.id if firm else None, at=NOW)
            for step in range(10):
                quiz = tx.quizzes.answer(quiz, step, 0 if step < correct else 1, at=NOW)

        await self.database.write(unit)

    async def reminders(self, name: str) -> Sequence[Outgoing | None]:
        """What the queued reminders to this person look like when they are sent."""

        def unit(tx: Transaction) -> list[Outgoing | None]:
            mine = [d for d in tx.deliveries.waiting(NOW + timedelta(days=9), 99) if d.kind == "quiz_reminder"]
            chat_id = self.chats[name].telegram_id
            return [render(RENDERERS, tx, self.services, d, NOW) for d in mine if d.chat_id == chat_id]

        return await self.database.read(unit)


@pytest.fixture
async def town(database: ZoneDatabase, services: Services) -> Town:
    wood = await found_firm(database, uscc=WOOD)
    ice = await found_firm(database, name="样例冷库有限公司", uscc=ICE, trades=("warehousing",))
    made = Town(database, services, wood, ice)
    for number, (name, role, firm) in enumerate(
        [
            ("王厂长", Role.PRINCIPAL, wood),
            ("陈安全", Role.SAFETY_MANAGER, wood),
            ("刘工人", Role.WORKER, wood),
            ("赵监管", Role.OFFICER, None),
            ("钱审核", Role.REVIEWER, None),
            ("周专家", Role.EXPERT, None),
        ],
        start=1,
    ):
        made.chats[name] = await somebody(database, services, number, name, role, firm=firm)
    return made


async def coverage(chat: Chat) -> str:
    await chat.says("/start")
    await chat.presses("学一学、测一测")
    await chat.presses("谁通过了")
    return chat.text


async def test_the_office_sees_who_has_passed_and_who_has_not(town: Town) -> None:
    officer = town.chats["赵监管"]
    assert await coverage(officer) == (
        "<b>谁通过了测验</b>\n判定标准：主要负责人通过的企业：0/2\n台账使用：主要负责人、安全管理员：0/2\n"
        "台账使用：办公室人员：0/3\n这里只看得到通过没有、答对几题，看不到答错了哪些。"
    )
    await town.finishes("王厂长", Kind.CRITERIA, 9, firm=town.wood)
    await town.finishes("陈安全", Kind.LEDGER, 7)
    await town.finishes("赵监管", Kind.LEDGER, 8)
    assert "主要负责人通过的企业：1/2\n台账使用：主要负责人、安全管理员：0/2\n台账使用：办公室人员：1/3" in (
        await coverage(officer)
    )
    await officer.presses("没通过的 · 企业，判定标准")
    assert officer.text == ("<b>判定标准：主要负责人没通过的企业</b>　1\n· 样例冷库有限公司：主要负责人还没加入")
    await officer.presses("返回")
    await officer.presses("没通过的 · 办公室，台账使用")
    assert officer.text == "<b>台账使用：没通过的办公室人员</b>　2\n· 钱审核\n· 周专家"
    await officer.says("?")
    assert officer.text.startswith("<b>台账使用：没通过的办公室人员</b>")


async def test_a_reviewer_sees_the_lists_and_does_not_remind_and_an_expert_sees_none(town: Town) -> None:
    reviewer, expert = town.chats["钱审核"], town.chats["周专家"]
    await coverage(reviewer)
    await reviewer.presses("没通过的 · 企业，台账使用")
    assert reviewer.labels == ["返回", "返回首页"]
    await expert.says("/start")
    await expert.presses("学一学、测一测")
    assert "谁通过了" not in expert.labels


async def test_each_gets_one_reminder_a_month_and_who_cannot_be_reached_is_named(town: Town) -> None:
    officer = town.chats["赵监管"]

    def blocked(tx: Transaction) -> None:
        person = tx.people.by_telegram(town.chats["陈安全"].telegram_id)
        assert person is not None
        tx.people.set_reachable(person.id, reachable=False)

    await town.database.write(blocked)
    await coverage(officer)
    await officer.presses("没通过的 · 企业，台账使用")
    await officer.presses("提醒没测的")
    assert officer.text == "给没通过的 2 人各发一条提醒？\n一个人一个月最多收到一条，上班时间发。"
    send = officer.button("发提醒").data
    await officer.taps(send)
    assert officer.text.startswith("<i>已安排提醒 1 人。收不到消息，请当面告诉：陈安全。</i>")
    await officer.taps(send)
    assert officer.text.startswith("<i>已安排提醒 0 人。1 人这个月已经提醒过，不再发。收不到消息")
    [sent] = await town.reminders("王厂长")
    assert sent is not None
    assert sent.screen is not None
    assert sent.screen.text.startswith("<b>测一测：台账使用</b>\n您还没通过。")
    assert await town.reminders("陈安全") == []
    assert await town.reminders("刘工人") == []
    officer.now = NOW + timedelta(days=9)
    await officer.taps(send)
    assert officer.text.startswith("<i>已安排提醒 1 人。"), "another month"


async def test_a_reminder_waits_for_working_hours_and_is_void_once_it_is_passed(town: Town) -> None:
    officer = town.chats["赵监管"]
    officer.now = SUNDAY
    await officer.taps("fj:c")
    assert officer.text.startswith("<i>已安排提醒 1 人。主要负责人还没加入：样例冷库有限公司。</i>")

    def due(tx: Transaction) -> list[int]:
        return [d.chat_id for d in tx.deliveries.waiting(SUNDAY + timedelta(hours=1), 99)]

    assert await town.database.read(due) == []
    [sent] = await town.reminders("王厂长")
    assert sent is not None
    assert sent.screen is not None
    assert "样例木业有限公司 还没通过。" in sent.screen.text
    await town.finishes("王厂长", Kind.CRITERIA, 8, firm=town.wood)
    assert await town.reminders("王厂长") == [None]


async def test_the_excel_holds_scores_of_who_enters_data_and_no_worker(town: Town) -> None:
    officer = town.chats["赵监管"]
    await town.finishes("王厂长", Kind.CRITERIA, 7, firm=town.wood)
    await town.finishes("王厂长", Kind.CRITERIA, 9, firm=town.wood)
    await town.finishes("周专家", Kind.LEDGER, 10)
    await town.finishes("刘工人", Kind.CRITERIA, 10, firm=town.wood)
    await town.chats["刘工人"].becomes(Role.DEPUTY, enterprise_id=town.ice.id)
    await coverage(officer)
    await officer.presses("发 Excel：学习和测验记录")
    [document] = officer.documents
    assert document.name == "学习和测验记录_2026-11-23.xlsx"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(document.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "滨河开发区　学习和测验记录"
    assert sheet[2] == ["姓名", "职务", "企业", "测验", "答对/题数", "结果", "完成日期"]
    assert [row[:6] for row in sheet[3:]] == [
        ["周专家", "专家", "", "台账使用", "10/10", "通过"],
        ["王厂长", "主要负责人", "样例木业有限公司", "判定标准", "9/10", "通过"],
        ["王厂长", "主要负责人", "样例木业有限公司", "判定标准", "7/10", "没通过"],
    ]
    assert {str(row[6])[:10] for row in sheet[3:]} == {"2026-11-23"}


async def test_a_new_principal_has_to_pass_himself(town: Town) -> None:
    officer = town.chats["赵监管"]
    await town.finishes("王厂长", Kind.CRITERIA, 10, firm=town.wood)

    def change(tx: Transaction) -> None:
        person = tx.people.by_telegram(town.chats["王厂长"].telegram_id)
        assert person is not None
        tx.people.withdraw(person.id, Role.PRINCIPAL, enterprise_id=town.wood.id, at=NOW, by=None)

    await town.database.write(change)
    town.chats["新厂长"] = await somebody(town.database, town.services, 20, "李厂长", Role.PRINCIPAL, firm=town.wood)
    assert "主要负责人通过的企业：0/2" in await coverage(officer)


def a_person(number: int, *held: tuple[Role, int | None]) -> Person:
    roles = tuple(Assignment(role=role, enterprise_id=firm) for role, firm in held)
    return Person(id=number, telegram_id=number, name=f"第{number}人", assignments=roles)


def test_what_was_passed_for_one_firm_does_not_count_for_another() -> None:
    both = a_person(1, (Role.PRINCIPAL, 10), (Role.PRINCIPAL, 11))
    found = coverage_of(Group.FIRMS, [both], [10, 11], {(1, 10, Kind.CRITERIA), (1, None, Kind.LEDGER)})
    assert [w.enterprise_id for w in found.missing] == [11]


def test_somebody_of_the_office_with_a_firm_is_counted_once() -> None:
    person = a_person(1, (Role.OFFICER, None), (Role.PRINCIPAL, 10))
    numbers = [len(coverage_of(group, [person], [10], ()).wanted) for group in (Group.KEEPERS, Group.OFFICE)]
    assert numbers == [0, 1]


def test_people_of_a_firm_that_was_closed_down_and_workers_are_not_counted() -> None:
    people = [a_person(1, (Role.PRINCIPAL, 12)), a_person(2, (Role.WORKER, 10)), a_person(3, (Role.DEPUTY, 10))]
    assert coverage_of(Group.KEEPERS, people, [10], ()).wanted == []
