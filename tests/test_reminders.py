"""A quarter lived through day by day: who is reminded of the inspection, on which days, in which words."""

from datetime import UTC, date, datetime

import pytest

from checklists.people import Role
from handlers.duties import period_for
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.post import Post, a_firm, a_person, at, hand_in

BOSS, OWNER, KEEPER, OFFICER = 700, 701, 702, 800


@pytest.fixture
def post(database: ZoneDatabase, services: Services) -> Post:
    return Post(database, services)


async def under(database: ZoneDatabase, plan: str) -> None:
    await database.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id=plan, at=at(date(2026, 1, 1))))


async def test_heelun_a_normal_firm_is_reminded_at_the_end_of_the_quarter(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 10, 8), date(2027, 1, 25))
    # from 8 January on the tables of quarter and year are due as well: see test_statistics_reminders.py
    tables = ["01-08", "01-12", "01-15", "01-18", "01-22"]
    days = [day for day in post.days(BOSS) if day not in tables]
    assert days == ["12-24", "12-28", "12-30", "12-31", "01-04", "01-07", "01-14", "01-21"]
    assert post.texts(BOSS)[0] == (
        "<b>自查提醒</b>（12月24日）\n\n• <b>滨河木业</b>：2026年第四季度自查还有7天，12月31日到期"
    )
    assert post.texts(BOSS)[3].endswith("⏰ <b>滨河木业</b>：2026年第四季度自查今天到期")
    assert post.texts(BOSS)[4].endswith("2026年第四季度自查已过期4天，请尽快补做（应于12月31日前完成）")
    assert post.screens[BOSS].buttons[0][0].label == "开始自查"


async def test_heelun_a_high_risk_firm_is_reminded_every_month(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河化工", trades=("hazchem",))
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 10, 8), date(2026, 10, 23))
    await hand_in(database, firm, "2026-10", now=at(date(2026, 10, 24), 10), by=boss)
    await post.passes(date(2026, 10, 24), date(2026, 12, 7))
    assert post.days(BOSS) == ["10-23", "11-23", "11-27", "11-30", "12-01", "12-03", "12-07"]
    assert post.texts(BOSS)[2].startswith("<b>自查提醒</b>（11月23日）\n\n• <b>滨河化工</b>：2026年11月自查还有7天")


async def test_the_autumn_holidays_move_the_reminders(database: ZoneDatabase, post: Post) -> None:
    await under(database, "dongli-2024")
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 9, 1), date(2026, 10, 21))
    # the table of the quarter, due on 15 October, comes on the card of the day
    assert post.days(BOSS) == [
        *("09-23", "09-24", "09-29", "09-30", "10-08", "10-12", "10-14", "10-15", "10-16", "10-19", "10-21"),
    ]


async def test_spring_festival_moves_the_reminders_of_a_monthly_firm(database: ZoneDatabase, post: Post) -> None:
    await under(database, "dongli-2024")
    firm = await a_firm(database, "滨河化工", trades=("hazchem",))
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 1, 5), date(2026, 1, 30))
    await hand_in(database, firm, "2026-01", now=at(date(2026, 1, 30), 15), by=boss)
    await post.passes(date(2026, 1, 31), date(2026, 3, 3))
    assert post.days(BOSS) == ["01-23", "01-28", "01-30", "02-14", "02-25", "02-27", "02-28", "03-02", "03-03"]
    assert post.texts(BOSS)[1].endswith("2026年1月自查还有3天，1月31日到期（最后一个工作日是1月30日）")
    assert post.texts(BOSS)[2].endswith("1月31日到期（到期前最后一个工作日就是今天）")
    assert post.texts(BOSS)[3] == (
        "✎<b>自查提醒</b>（1月30日）\n\n✓ <b>滨河化工</b>：2026年1月自查已完成\n\n都完成了，谢谢！"
    )


async def test_done_stops_the_reminders_and_the_card_says_so(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 12, 21), date(2026, 12, 24))
    await hand_in(database, firm, "2026Q4", now=at(date(2026, 12, 24), 14), by=boss)
    await post.ticks(at(date(2026, 12, 24), 14, 1))
    await post.passes(date(2026, 12, 25), date(2027, 1, 7))
    assert post.days(BOSS) == ["12-24"]
    assert post.texts(BOSS)[1:] == [
        "✎<b>自查提醒</b>（12月24日）\n\n✓ <b>滨河木业</b>：2026年第四季度自查已完成\n\n都完成了，谢谢！"
    ]
    assert post.screens[BOSS].buttons == ()


async def test_all_firms_of_a_person_stand_on_one_card_that_changes_during_the_day(
    database: ZoneDatabase, post: Post
) -> None:
    firms = [await a_firm(database, name) for name in ("滨河木业", "东岸木业")]
    boss = await a_person(database, BOSS, Role.PRINCIPAL, *firms)
    await post.passes(date(2026, 12, 23), date(2026, 12, 24))
    assert post.texts(BOSS) == [
        "<b>自查提醒</b>（12月24日）\n\n• <b>东岸木业</b>：2026年第四季度自查还有7天，12月31日到期\n"
        "• <b>滨河木业</b>：2026年第四季度自查还有7天，12月31日到期"
    ]
    assert [b.label for row in post.screens[BOSS].buttons for b in row] == ["开始自查 东岸木业", "开始自查 滨河木业"]
    await hand_in(database, firms[0], "2026Q4", now=at(date(2026, 12, 24), 14), by=boss)
    await post.sends(at(date(2026, 12, 24), 14))
    assert post.texts(BOSS)[1] == (
        "✎<b>自查提醒</b>（12月24日）\n\n• <b>东岸木业</b>：2026年第四季度自查还有7天，12月31日到期\n"
        "✓ <b>滨河木业</b>：2026年第四季度自查已完成"
    )


async def test_after_the_due_day_controller_and_safety_manager_hear_too(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await a_person(database, OWNER, Role.CONTROLLER, firm)
    await a_person(database, KEEPER, Role.SAFETY_MANAGER, firm)
    await a_person(database, 703, Role.WORKER, firm)
    await post.passes(date(2026, 12, 21), date(2027, 1, 7))
    assert post.days(BOSS) == ["12-24", "12-28", "12-30", "12-31", "01-04", "01-07"]
    assert post.days(OWNER) == post.days(KEEPER) == ["01-04", "01-07"]
    assert post.days(703) == []


async def test_without_a_principal_on_telegram_the_others_hear_from_the_start(
    database: ZoneDatabase, post: Post
) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await a_person(database, KEEPER, Role.SAFETY_MANAGER, firm)
    await database.write(lambda tx: tx.people.set_reachable(boss.id, reachable=False))
    await post.passes(date(2026, 12, 23), date(2026, 12, 24))
    assert (post.days(BOSS), post.days(KEEPER)) == ([], ["12-24"])


async def test_cards_go_out_in_working_hours_only(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业", when=at(date(2026, 12, 25), 20))
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 12, 25), 20))
    await post.ticks(at(date(2026, 12, 27), 12))
    assert post.letters == []
    await post.ticks(at(date(2026, 12, 28), 8, 30))
    assert post.days(BOSS) == ["12-28"]


async def test_who_joins_late_hears_at_once_what_is_due_soon(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业", when=at(date(2026, 12, 29), 10))
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 12, 29), 10, 5))
    assert post.texts(BOSS) == [
        "<b>自查提醒</b>（12月29日）\n\n• <b>滨河木业</b>：2026年第四季度自查还有2天，12月31日到期"
    ]


async def test_a_bot_that_was_down_tells_once_and_not_seven_times(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 12, 1), 10))
    await post.ticks(at(date(2027, 1, 5), 9))
    await post.ticks(at(date(2027, 1, 5), 15))
    assert post.days(BOSS) == ["01-05"]
    await post.passes(date(2027, 1, 6), date(2027, 1, 7))
    assert post.days(BOSS) == ["01-05", "01-07"]


async def test_a_period_missed_two_periods_ago_is_not_repeated_for_ever(database: ZoneDatabase, post: Post) -> None:
    await under(database, "dongli-2024")
    firm = await a_firm(database, "滨河木业", when=at(date(2026, 3, 2)))
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.passes(date(2026, 3, 2), date(2026, 7, 2))
    assert post.texts(BOSS)[-1] == (
        "<b>待办提醒</b>（7月1日）\n\n"
        "⚠️ <b>滨河木业</b>：2026年第一季度隐患统计表签字已过期77天，请尽快补做（应于4月15日前完成）\n"
        "⚠️ <b>滨河木业</b>：2026年第二季度自查已过期1天，请尽快补做（应于6月30日前完成）"
    )
    overdue = await database.read(lambda tx: tx.reports.standing("principal_inspection", date(2026, 7, 2)).overdue)
    assert overdue == 1


async def test_an_inspection_left_lying_is_mentioned_after_a_week(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    began = at(date(2026, 11, 2), 10)
    await database.write(
        lambda tx: tx.inspections.start(
            enterprise_id=firm, period="2026Q4", checklist="{}", items=24, by=boss.id, at=began
        )
    )
    await post.passes(date(2026, 11, 2), date(2026, 11, 20), hour=11)
    assert post.days(BOSS) == ["11-09", "11-16"]
    assert post.texts(BOSS)[0] == (
        "<b>自查提醒</b>（11月9日）\n\n• <b>滨河木业</b>：自查做了一半\n　已完成 0/24，接着做就行。"
    )
    assert [b.label for row in post.screens[BOSS].buttons for b in row] == ["继续（0/24）"]


async def test_a_firm_that_closed_down_is_left_alone(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 12, 20), 10))
    await database.write(lambda tx: tx.enterprises.update(firm, active=False, at=at(date(2026, 12, 21), 9)))
    await post.passes(date(2026, 12, 21), date(2027, 1, 8))
    assert post.days(BOSS) == []


async def test_the_office_hears_each_morning_of_trouble_and_once_a_week_anyway(
    database: ZoneDatabase, post: Post
) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await a_person(database, OFFICER, Role.OFFICER, None, name="李监管")
    await post.passes(date(2026, 9, 14), date(2026, 9, 23))
    # the 20th is a working Sunday of the same week
    assert post.days(OFFICER) == ["09-14", "09-21"]
    assert post.texts(OFFICER)[0] == (
        "<b>早报</b>　9月14日\n\n自查：本期应做 1 家，已完成 0 家，逾期 0 家。\n"
        "消息：上次早报以来发出 0 条，对方收不到 0 条，发送失败 0 条，还在等 0 条。"
    )
    await database.write(lambda tx: tx.people.set_reachable(boss.id, reachable=False))
    await post.passes(date(2026, 9, 24), date(2026, 9, 24))
    assert "收不到消息的有 1 人：王厂长（滨河木业）。" in post.texts(OFFICER)[-1]


async def test_the_office_is_told_once_that_next_years_calendar_is_provisional(
    database: ZoneDatabase, post: Post
) -> None:
    await a_person(database, OFFICER, Role.OFFICER, None, name="李监管")
    await post.passes(date(2026, 12, 14), date(2026, 12, 22))
    told = [text for text in post.texts(OFFICER) if "2027年的放假安排还没有公布" in text]
    assert len(told) == 1


async def test_an_idle_tick_writes_nothing(database: ZoneDatabase, post: Post) -> None:
    now = datetime(2026, 11, 28, 2, tzinfo=UTC)  # a Saturday
    await post.ticks(now)
    before = await database.read(lambda tx: tx.notes.get("duty_sweep"))
    await post.ticks(now.replace(minute=1))
    assert await database.read(lambda tx: tx.notes.get("duty_sweep")) == before


async def test_a_press_on_the_card_begins_below_and_the_card_stays(
    database: ZoneDatabase, post: Post, services: Services
) -> None:
    firms = [await a_firm(database, name) for name in ("滨河木业", "东岸木业")]
    await a_person(database, BOSS, Role.PRINCIPAL, *firms)
    await post.passes(date(2026, 12, 23), date(2026, 12, 24))
    boss = Chat(database, services, BOSS, now=at(date(2026, 12, 24), 9))
    boss.screen = post.screens[BOSS]
    reply = await boss.presses("开始自查 滨河木业")
    assert reply.anew is True
    assert "第 1/" in boss.text
    await post.sends(at(date(2026, 12, 24), 9, 1))
    labels = [b.label for row in post.screens[BOSS].buttons for b in row]
    assert labels[0] == "开始自查 东岸木业"
    assert labels[1].startswith("继续（0/")


async def test_the_menu_says_what_is_due(database: ZoneDatabase, post: Post, services: Services) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    boss = Chat(database, services, BOSS, now=at(date(2026, 12, 25), 9))
    await post.ticks(boss.now)
    await boss.says("/start")
    assert "• 2026年第四季度自查还有6天，12月31日到期" in boss.text


async def test_a_belated_inspection_counts_for_the_period_just_past(database: ZoneDatabase, post: Post) -> None:
    await under(database, "dongli-2024")
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 3, 2), 9))
    assert await period(database, firm, date(2026, 3, 31)) == "2026Q1"
    await post.ticks(at(date(2026, 4, 1), 9))
    assert await period(database, firm, date(2026, 4, 2)) == "2026Q1"
    await hand_in(database, firm, "2026Q1", now=at(date(2026, 4, 2), 9), by=boss)
    assert await period(database, firm, date(2026, 4, 3)) == "2026Q2"


async def test_a_firm_that_becomes_high_risk_owes_the_month_and_not_the_quarter(
    database: ZoneDatabase, post: Post
) -> None:
    firm = await a_firm(database, "滨河木业")
    await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await post.ticks(at(date(2026, 11, 5), 9))
    assert await period(database, firm, date(2026, 11, 5)) == "2026Q4"
    await database.write(lambda tx: tx.enterprises.set_trades(firm, ["hazchem"], at=at(date(2026, 11, 6), 9)))
    await post.ticks(at(date(2026, 11, 6), 9, 1))
    assert await period(database, firm, date(2026, 11, 6)) == "2026-11"
    duties = await database.read(
        lambda tx: tx.duties.of_enterprises([firm], "principal_inspection", since=date(2026, 10, 1))
    )
    assert sorted((d.period, d.state.value) for d in duties) == [
        ("2026-11", "open"),
        ("2026-12", "open"),
        ("2026Q4", "waived"),
    ]
    quarter = next(d for d in duties if d.period == "2026Q4")
    trail = await database.read(lambda tx: [e.what for e in tx.trail.of("duty", quarter.id)])
    assert trail == ["duty_waived"]


async def test_an_inspection_done_before_the_duty_was_known_counts(database: ZoneDatabase, post: Post) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, BOSS, Role.PRINCIPAL, firm)
    await hand_in(database, firm, "2026Q4", now=at(date(2026, 10, 20), 9), by=boss)
    await post.passes(date(2026, 12, 20), date(2026, 12, 31))
    assert post.days(BOSS) == []


async def period(database: ZoneDatabase, firm: int, today: date) -> str:
    def unit(tx: Transaction) -> str:
        zone, enterprise = tx.zones.current(), tx.enterprises.get(firm)
        assert zone is not None and enterprise is not None
        return period_for(tx, zone, enterprise, today)

    return await database.read(unit)
