"""The tables on hazards fall due: who is reminded until they are signed, and what the office sees of it."""

from datetime import date, timedelta

import pytest

from checklists.hazard_statistics import period_called
from checklists.people import Role
from checklists.reminders import DutyState, EnterpriseDuty
from handlers.duties import plan_enterprises
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.post import Post, a_firm, a_person, at, hand_in

BOSS, OWNER, KEEPER, OFFICER = 700, 701, 702, 800
AUTUMN = at(date(2026, 10, 8), 9)


@pytest.fixture
def post(database: ZoneDatabase, services: Services) -> Post:
    return Post(database, services)


async def inspected_firm(database: ZoneDatabase, name: str = "滨河木业", *, boss_id: int = BOSS) -> int:
    """A firm whose principal has done the inspection of the last quarter of 2026."""
    firm = await a_firm(database, name, when=AUTUMN)
    boss = await a_person(database, boss_id, Role.PRINCIPAL, firm)
    await hand_in(database, firm, "2026Q4", now=at(date(2026, 11, 2), 9), by=boss)
    return firm


async def signs(database: ZoneDatabase, services: Services, firm: int, label: str, day: date) -> Chat:
    """The principal signs the table of this period at ten o'clock on this day."""
    chat = Chat(database, services, BOSS, now=at(day, 10))
    await chat.taps(f"ts:{pack(firm)}:{label}")
    await chat.presses("我确认并签字")
    return chat


async def tables(database: ZoneDatabase, firm: int) -> dict[str, EnterpriseDuty]:
    kinds = ("quarter_stats", "year_stats")
    found = await database.read(lambda tx: tx.duties.of_enterprises([firm], *kinds, since=date(2020, 1, 1)))
    return {duty.period: duty for duty in found}


async def test_the_principal_hears_before_the_day_and_until_he_has_signed(
    database: ZoneDatabase, services: Services, post: Post
) -> None:
    firm = await inspected_firm(database)
    await post.passes(date(2026, 12, 20), date(2027, 1, 12))
    assert post.days(BOSS) == ["01-08", "01-12"]
    assert post.texts(BOSS)[0] == (
        "<b>待办提醒</b>（1月8日）\n\n• <b>滨河木业</b>：2026年第四季度隐患统计表签字还有7天，1月15日到期\n\n"
        "日期暂定：当年放假安排还没有公布，公布后如有变化会再提醒。"
    )
    assert [b.label for row in post.screens[BOSS].buttons for b in row] == ["✍ 2026年第四季度隐患统计表签字"]
    await signs(database, services, firm, "2026Q4", date(2027, 1, 12))
    await post.passes(date(2027, 1, 13), date(2027, 1, 21))
    assert post.texts(BOSS)[2:] == [
        "✎<b>待办提醒</b>（1月12日）\n\n✓ <b>滨河木业</b>：2026年第四季度隐患统计表签字已完成\n\n都完成了，谢谢！"
    ]
    await post.passes(date(2027, 1, 22), date(2027, 1, 29))
    assert post.days(BOSS)[2:] == ["01-22", "01-28", "01-29"]
    assert "2026年隐患统计表签字还有9天，1月31日到期（最后一个工作日是1月29日）" in post.texts(BOSS)[3]
    await signs(database, services, firm, "2026", date(2027, 1, 29))
    await post.passes(date(2027, 1, 30), date(2027, 3, 1))
    assert post.days(BOSS)[5:] == []


async def test_after_the_day_the_controller_and_the_safety_manager_hear_too(database: ZoneDatabase, post: Post) -> None:
    firm = await inspected_firm(database)
    await a_person(database, OWNER, Role.CONTROLLER, firm)
    await a_person(database, KEEPER, Role.SAFETY_MANAGER, firm)
    await post.passes(date(2026, 12, 20), date(2027, 1, 18))
    assert post.days(BOSS) == ["01-08", "01-12", "01-14", "01-15", "01-18"]
    assert post.days(OWNER) == post.days(KEEPER) == ["01-18"]
    assert "⚠️ <b>滨河木业</b>：2026年第四季度隐患统计表签字已过期3天" in post.texts(OWNER)[0]


async def test_the_card_leads_to_the_table_and_stays(database: ZoneDatabase, services: Services, post: Post) -> None:
    firm = await inspected_firm(database)
    await post.passes(date(2027, 1, 7), date(2027, 1, 8))
    assert post.screens[BOSS].buttons[0][0].data == f"tq:{pack(firm)}:2026Q4"
    chat = Chat(database, services, BOSS, now=at(date(2027, 1, 8), 9))
    reply = await chat.taps(f"tq:{pack(firm)}:2026Q4")
    assert reply.anew
    assert chat.text.startswith("<b>隐患统计表</b>　2026年第四季度\n滨河木业\n")
    await chat.presses("我确认并签字")
    await post.sends(at(date(2027, 1, 8), 9, 1))
    assert post.texts(BOSS)[-1].startswith("✎<b>待办提醒</b>（1月8日）\n\n✓ <b>滨河木业</b>：")


async def test_the_menu_leads_there_too_while_it_is_due(database: ZoneDatabase, services: Services, post: Post) -> None:
    firm = await inspected_firm(database)
    await a_person(database, KEEPER, Role.SAFETY_MANAGER, firm)
    await post.ticks(AUTUMN)
    chat = Chat(database, services, BOSS, now=at(date(2027, 1, 7), 9))
    await chat.says("/start")
    assert not [label for label in chat.labels if "统计表" in label]
    chat.now = at(date(2027, 1, 8), 9)
    await chat.says("/start")
    assert "• 2026年第四季度隐患统计表签字还有7天，1月15日到期" in chat.text
    await chat.presses("✍ 2026年第四季度隐患统计表签字")
    assert "✍ 我确认并签字" in chat.labels
    await chat.presses("我确认并签字")
    await chat.says("/start")
    assert "✓ 2026年第四季度隐患统计表签字已完成" in chat.text
    assert not [label for label in chat.labels if "统计表" in label]


async def test_every_plan_owes_the_tables_and_a_firm_that_comes_later_owes_no_earlier_one(
    database: ZoneDatabase, post: Post
) -> None:
    for plan in ("heelun-2024", "dongli-2024", "dongzhao-2020", "fengtai-2024", "district-briefing-2024"):
        await database.write(lambda tx, plan=plan: tx.zones.found(code="BH", name="滨河", plan_id=plan, at=AUTUMN))  # type: ignore[misc]
        await post.ticks(AUTUMN)
        firm = await a_firm(database, f"{plan}的木业", when=AUTUMN) if plan in ("heelun-2024", "dongzhao-2020") else 0
        await post.ticks(AUTUMN + timedelta(minutes=30))
        if firm:
            due = {label: duty.due_on for label, duty in (await tables(database, firm)).items()}
            # third quarter: over before the firm came
            assert due == {"2026Q4": date(2027, 1, 15), "2026": date(2027, 1, 31)}, plan


async def test_a_firm_that_closed_down_owes_no_table(database: ZoneDatabase, post: Post) -> None:
    firm = await inspected_firm(database)
    await post.ticks(AUTUMN)
    await database.write(lambda tx: tx.enterprises.update(firm, active=False, at=at(date(2026, 12, 21), 9)))
    await post.passes(date(2026, 12, 22), date(2027, 2, 2))
    assert post.days(BOSS) == []
    assert {duty.state for duty in (await tables(database, firm)).values()} == {DutyState.WAIVED}
    assert await _standing(database, "2026Q4") == (0, 0)


async def _standing(database: ZoneDatabase, label: str) -> tuple[int, int]:
    period = period_called(label)
    assert period is not None
    return await database.read(lambda tx: tx.hazard_statistics.standing(period))


async def test_the_office_sees_who_has_signed_and_who_has_not(
    database: ZoneDatabase, services: Services, post: Post
) -> None:
    firm = await inspected_firm(database)
    await inspected_firm(database, "东岸木业", boss_id=BOSS + 50)
    await a_firm(database, "西山木业", when=AUTUMN)
    await a_person(database, OFFICER, Role.OFFICER, None, name="陈监管")
    await post.passes(date(2026, 12, 30), date(2027, 1, 4))
    await signs(database, services, firm, "2026Q4", date(2027, 1, 5))
    assert await _standing(database, "2026Q4") == (1, 2)
    chat = Chat(database, services, OFFICER, "陈监管", now=at(date(2027, 1, 6), 10))
    await chat.taps("gr")
    assert "企业统计表（2026年第四季度）：已签字 1 家，未签字 2 家" in chat.text
    assert "企业统计表（2026年）：已签字 0 家，未签字 3 家" in chat.text
    await chat.presses("谁没签统计表（2026年第四季度）")
    assert chat.text == ("<b>企业统计表 · 2026年第四季度</b>\n未签字 2 家\n1. 东岸木业\n2. 西山木业（无人绑定）")
    await chat.says("在吗")
    assert chat.text.startswith("<b>企业统计表 · 2026年第四季度</b>\n未签字 2 家\n")
    await chat.presses("看已签字的")
    assert chat.text == "<b>企业统计表 · 2026年第四季度</b>\n已签字 1 家\n1. 滨河木业"
    await chat.presses("滨河木业")
    assert "✅ 已签字：王厂长（主要负责人），1月5日 10:00" in chat.text
    assert "我确认并签字" not in "".join(chat.labels)


async def test_a_long_list_of_who_has_not_signed_has_pages(database: ZoneDatabase, services: Services) -> None:
    def unit(tx: Transaction) -> None:
        zone = tx.zones.current()
        assert zone is not None
        firms = [tx.enterprises.add(name=f"样例厂{n:02}", uscc=f"91350211M0001{n:05}", at=AUTUMN) for n in range(20)]
        plan_enterprises(tx, zone, [firm.id for firm in firms], now=AUTUMN)

    await database.write(unit)
    await a_person(database, OFFICER, Role.OFFICER, None, name="陈监管")
    chat = Chat(database, services, OFFICER, "陈监管", now=at(date(2027, 1, 6), 10))
    await chat.taps("tu:2026:n:0")
    assert [label for label in chat.labels if "厂" in label] == [f"样例厂{n:02}" for n in range(10)]
    await chat.presses("下一页")
    assert chat.text.splitlines()[2:] == [f"{n + 1}. 样例厂{n:02}（无人绑定）" for n in range(10, 20)]
    await chat.taps("tu:2026:n:9")  # from before the list grew shorter: the last page there is
    assert "11. 样例厂10（无人绑定）" in chat.text
    assert not [label for label in chat.labels if "下一页" in label]
    await chat.presses("看已签字的")
    assert chat.text == "<b>企业统计表 · 2026年</b>\n已签字 0 家"
    await chat.taps("tu:2027:n:0")
    assert chat.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_a_running_inspection_does_not_stand_under_the_table(
    database: ZoneDatabase, services: Services, post: Post
) -> None:
    firm = await inspected_firm(database)
    await post.ticks(AUTUMN)
    boss = await database.read(lambda tx: tx.people.by_telegram(BOSS))
    assert boss is not None
    began = at(date(2026, 12, 28), 10)
    await database.write(
        lambda tx: tx.inspections.start(
            enterprise_id=firm, period="2027Q1", checklist='{"t":1}', items=2, by=boss.id, at=began
        )
    )
    await post.passes(date(2027, 1, 7), date(2027, 1, 8))
    assert post.texts(BOSS)[-1].startswith(
        "<b>待办提醒</b>（1月8日）\n\n• <b>滨河木业</b>：2026年第四季度隐患统计表签字还有7天，1月15日到期\n"
        "• <b>滨河木业</b>：自查做了一半\n　已完成 0/2，接着做就行。"
    )
