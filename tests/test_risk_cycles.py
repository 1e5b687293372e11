"""The office sets how often risk points are looked at; what is due stands on top, on the cards and in the lists."""

from datetime import date, datetime, timedelta
from random import Random

import pytest

from checklists.enterprises import Enterprise
from checklists.people import Person, Role
from checklists.risk_cycles import ASSESSMENT_MONTHS, CHECK_DAYS, RISK_FIGURES, Standing
from checklists.risk_points import Grade, RiskPoint
from handlers.reminders import queue_card, remind_of_risks
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.risk_cycles import LateFirm
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody
from tests.post import Post, at
from tests.walks import member_of

BOSS, OWNER, KEEPER, HAND = 2001, 2002, 2003, 2009
TODAY = date(2026, 11, 23)  # a Monday


@pytest.fixture
async def firm(database: ZoneDatabase) -> Enterprise:
    return await found_firm(database)


@pytest.fixture
async def boss(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    return await somebody(database, services, BOSS, "王厂长", Role.PRINCIPAL, firm=firm)


@pytest.fixture
def post(database: ZoneDatabase, services: Services) -> Post:
    return Post(database, services)


async def point(
    database: ZoneDatabase, firm: Enterprise, name: str = "锅炉", grade: Grade = Grade.RED, when: datetime = NOW
) -> RiskPoint:
    return await database.write(
        lambda tx: tx.risk_points.add(enterprise_id=firm.id, name=name, grade=grade, by=1, at=when)
    )


async def sets(database: ZoneDatabase, days: int, grade: Grade = Grade.RED, when: datetime = NOW) -> None:
    await database.write(lambda tx: tx.office_settings.set_figure(CHECK_DAYS[grade], days, by=1, at=when))


async def looks(database: ZoneDatabase, point: RiskPoint, when: datetime) -> None:
    await database.write(lambda tx: tx.risk_points.add_check(point, good=True, by=1, at=when))


def risk_letters(post: Post, chat_id: int) -> list[str]:
    return [text for text in post.texts(chat_id) if "风险点" in text]


async def test_the_office_sets_days_by_grade(database: ZoneDatabase, services: Services) -> None:
    chat = await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=801, name="周管理")
    await chat.presses("办公室设置")
    await chat.presses("风险点巡查周期")
    assert chat.text == (
        "<b>风险点巡查周期</b>\n多久查一次、评估一次，方案没有写数字，由办公室定。没有定的，不排期，也不提醒企业。\n"
        "🔴 重大风险：没有定\n🟠 较大风险：没有定\n🟡 一般风险：没有定\n🔵 低风险：没有定\n📝 重新评估：没有定"
    )
    await chat.presses("🔴 重大风险")
    assert chat.labels == ["1", "7", "15", "30", "90", "不定", "返回"]
    old = chat.button("7").data
    await chat.taps(old)
    assert chat.text.startswith("<i>已改，从今天起算。</i>\n")
    assert "🔴 重大风险：每 7 天查一次" in chat.text
    await chat.taps(old)
    await chat.presses("📝 重新评估")
    for wrong in ("半年", "1年", "2周", "30天", "37", "-1", "1.5", "99999"):
        await chat.says(wrong)
        assert chat.text.startswith("<i>没有改：要一个 0 到 36 的数字。</i>\n")
    await chat.says("6个月")
    assert "📝 重新评估：每 6 个月一次" in chat.text
    figures = await database.read(lambda tx: tx.office_settings.figures(list(RISK_FIGURES)))
    assert list(figures.values()) == [7, 0, 0, 0, 6]
    what = await database.read(lambda tx: [e.what for e in tx.trail.of("zone", tx.zone_id)])
    assert what.count("figure_set") == 2  # the second tap on 7 changed nothing


async def test_setting_the_same_again_does_not_make_the_overdue_punctual(
    database: ZoneDatabase, services: Services, firm: Enterprise
) -> None:
    await point(database, firm, when=NOW - timedelta(days=30))
    await sets(database, 7, when=NOW - timedelta(days=20))
    chat = await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=801, name="周管理")
    await chat.taps("kf:r")
    await chat.presses("7")
    [late] = await database.read(lambda tx: tx.risk_cycles.late(TODAY))
    assert (late.enterprise_id, late.longest) == (firm.id, 20)


async def test_an_officer_reads_the_cycle_and_sets_none(database: ZoneDatabase, services: Services) -> None:
    chat = await member_of(database, services, None, Role.OFFICER, telegram_id=802, name="陈监管")
    await chat.taps("kd")
    assert chat.text.endswith("\n数字由管理员改。")
    await chat.taps("kj:r:7")
    assert not await database.read(lambda tx: tx.risk_cycles.cycle().is_set)


async def test_the_card_says_when_and_one_tap_clears_it(database: ZoneDatabase, firm: Enterprise, boss: Chat) -> None:
    made = await point(database, firm, when=NOW - timedelta(days=9))
    await boss.taps(f"kc:{pack(made.id)}")
    assert "天查一次" not in boss.text
    await sets(database, 7, when=NOW - timedelta(days=30))
    await boss.taps(f"kc:{pack(made.id)}")
    assert "\n⚠️ 每 7 天查一次，已超 2 天\n" in boss.text
    await boss.presses("✅ 查过，正常")
    assert "\n每 7 天查一次，下次 11月30日\n" in boss.text
    boss.now = NOW + timedelta(days=7)
    await boss.taps(f"kc:{pack(made.id)}")
    assert "\n⏰ 每 7 天查一次，今天该查\n" in boss.text


async def test_a_reported_hazard_is_a_look_too(database: ZoneDatabase, firm: Enterprise, boss: Chat) -> None:
    made = await point(database, firm, when=NOW - timedelta(days=9))
    await sets(database, 7, when=NOW - timedelta(days=30))
    await boss.taps(f"kh:{pack(made.id)}")
    await boss.says("安全阀漏气")
    [now] = await database.read(lambda tx: tx.risk_points.of_enterprise(firm.id))
    assert (now.checked_on, now.version) == (TODAY, made.version)


async def test_the_register_shows_what_is_due_on_top(database: ZoneDatabase, firm: Enterprise, boss: Chat) -> None:
    await sets(database, 7, when=NOW - timedelta(days=30))
    await point(database, firm, "配电房", Grade.BLUE)
    await point(database, firm, "叉车", Grade.RED)
    today = await point(database, firm, "锅炉", Grade.RED, NOW - timedelta(days=7))
    late = await point(database, firm, "喷漆房", Grade.RED, NOW - timedelta(days=10))
    gone = await point(database, firm, "旧锅炉", Grade.RED, NOW - timedelta(days=20))
    await database.write(lambda tx: tx.risk_points.retire(gone, by=1, at=NOW))
    await boss.taps(f"k:{pack(firm.id)}:0")
    assert boss.text == ("<b>风险点 · 样例木业有限公司</b>　共 4 个\n⚠️ 2 个该查了，其中 1 个超期，最久的已超 3 天")
    assert boss.labels[:4] == ["🔴 4. 喷漆房 · 已超 3 天", "🔴 3. 锅炉 · 今天该查", "🔵 1. 配电房", "🔴 2. 叉车"]
    await looks(database, today, NOW)
    await looks(database, late, NOW)
    await boss.taps(f"k:{pack(firm.id)}:0")
    assert boss.text == "<b>风险点 · 样例木业有限公司</b>　共 4 个"


async def test_without_a_figure_nobody_hears_anything(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, post: Post
) -> None:
    await point(database, firm, when=NOW - timedelta(days=300))
    await post.passes(TODAY, TODAY + timedelta(days=30))
    assert risk_letters(post, BOSS) == []
    assert await database.read(lambda tx: tx.risk_cycles.late(TODAY + timedelta(days=30))) == []


async def test_one_card_on_each_second_working_day_until_it_is_done(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat, post: Post
) -> None:
    await somebody(database, services, OWNER, "李老板", Role.CONTROLLER, firm=firm)
    await somebody(database, services, KEEPER, "陈安全", Role.SAFETY_MANAGER, firm=firm)
    await somebody(database, services, HAND, "小张", Role.WORKER, firm=firm)
    await sets(database, 3)
    boiler = await point(database, firm)
    booth = await point(database, firm, "喷漆房", when=NOW + timedelta(days=1))
    await post.passes(TODAY, TODAY + timedelta(days=8))
    # Due on Thursday 26 and Friday 27; Saturday and Sunday are no working days.
    assert post.days(BOSS) == post.days(KEEPER) == ["11-26", "11-30"]
    assert post.days(OWNER) == ["11-30"]
    assert risk_letters(post, HAND) == []
    assert post.texts(BOSS) == [
        "<b>待办提醒</b>（11月26日）\n\n⏰ <b>样例木业有限公司</b>：1 个风险点该查了",
        "<b>待办提醒</b>（11月30日）\n\n⚠️ <b>样例木业有限公司</b>：2 个风险点该查了，最久的已超 4 天",
    ]
    boss.now = at(TODAY + timedelta(days=8), 9)
    reply = await boss.taps(post.screens[BOSS].buttons[0][0].data)
    assert reply.anew
    assert boss.labels[0] == "🔴 1. 锅炉 · 已超 5 天"
    for made in (boiler, booth):
        await boss.taps(f"kg:{pack(made.id)}")
    await post.sends(at(TODAY + timedelta(days=8), 9, 1))
    for chat_id in (BOSS, OWNER, KEEPER):
        assert post.texts(chat_id)[-1] == (
            "✎<b>待办提醒</b>（11月30日）\n\n✓ <b>样例木业有限公司</b>：查过风险点 2 个\n\n都完成了，谢谢！"
        )
    before = len(post.letters)
    await post.passes(TODAY + timedelta(days=9), TODAY + timedelta(days=10))
    assert len(post.letters) == before


async def test_firms_are_told_a_few_at_a_time_and_each_once(
    database: ZoneDatabase, services: Services, post: Post
) -> None:
    await sets(database, 3)
    told = []
    for place, name in enumerate(("甲厂", "乙厂", "丙厂", "丁厂", "戊厂")):
        firm = await found_firm(database, name=name, uscc=f"U{place}")
        await somebody(database, services, 3001 + place, f"{name}厂长", Role.PRINCIPAL, firm=firm)
        await point(database, firm)
        told.append(3001 + place)
    morning = at(TODAY + timedelta(days=3))
    rounds = [await database.write(lambda tx: remind_of_risks(tx, morning, at_once=2)) for _ in range(4)]
    assert rounds == [True, True, False, False]
    await post.passes(TODAY + timedelta(days=3), TODAY + timedelta(days=3))
    assert [post.days(chat_id) for chat_id in told] == [["11-26"]] * 5


async def test_what_waits_is_the_same_in_the_database_as_on_the_screens(
    database: ZoneDatabase, firm: Enterprise
) -> None:
    dice, others = Random(5), [await found_firm(database, name=f"厂{n}", uscc=f"U{n}") for n in range(40)]

    def unit(tx: Transaction) -> None:
        for grade, days, since in ((Grade.RED, 7, 40), (Grade.ORANGE, 30, 3), (Grade.BLUE, 3, 0)):
            tx.office_settings.set_figure(CHECK_DAYS[grade], days, by=1, at=NOW - timedelta(days=since))
        tx.office_settings.set_figure(ASSESSMENT_MONTHS, 1, by=1, at=NOW - timedelta(days=2))
        for other in others:
            ago = timedelta(days=dice.randrange(0, 45), hours=dice.randrange(24))
            made = tx.risk_points.add(
                enterprise_id=other.id, name="点", grade=dice.choice(list(Grade)), by=1, at=NOW - ago
            )
            if dice.random() < 0.5:
                tx.risk_points.add_check(made, good=True, by=1, at=NOW - timedelta(days=dice.randrange(0, 40)))
            if dice.random() < 0.5:
                tx.risk_points.assess(made, made.grade, by=1, at=NOW - timedelta(days=dice.randrange(0, 40)))

    await database.write(unit)
    ids, seen = sorted(other.id for other in others), []
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9), TODAY + timedelta(days=31)):

        def read(tx: Transaction, day: date = day) -> tuple[dict[int, Standing], list[int], list[LateFirm], int]:
            cycles = tx.risk_cycles
            return cycles.standings(ids, day), cycles.waiting(day, limit=99), cycles.late(day), cycles.late_count(day)

        standings, waiting, late, count = await database.read(read)
        assert waiting == [n for n in ids if standings[n].wants_a_word]
        assert {(f.enterprise_id, f.overdue, f.longest) for f in late} == {
            (n, standings[n].overdue, standings[n].longest) for n in ids if standings[n].overdue
        }
        assert count == len(late)
        seen.append((len(late), len(waiting)))
    assert len(set(seen)) == len(seen)


async def test_without_a_figure_a_look_changes_no_card(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, post: Post
) -> None:
    made = await point(database, firm)
    await post.passes(date(2026, 12, 28), date(2026, 12, 28))
    before = post.texts(BOSS)
    assert before
    assert before[-1].startswith("<b>自查提醒</b>")
    await looks(database, made, at(date(2026, 12, 28), 11))
    await database.write(lambda tx: queue_card(tx, person_of(tx), at(date(2026, 12, 28), 12)))
    await post.sends(at(date(2026, 12, 28), 12))
    assert post.texts(BOSS)[-1].removeprefix("✎") == before[-1]


def person_of(tx: Transaction) -> Person:
    found = tx.people.by_telegram(BOSS)
    assert found is not None
    return found


async def test_two_ticks_of_one_day_send_one_card(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, post: Post
) -> None:
    await sets(database, 3)
    await point(database, firm)
    thursday = TODAY + timedelta(days=3)
    for hour in (7, 9, 10, 16, 20):
        await post.ticks(at(thursday, hour))
    assert post.days(BOSS) == ["11-26"]


async def test_taking_a_point_off_the_register_changes_the_card(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, post: Post
) -> None:
    await sets(database, 3)
    made = await point(database, firm)
    thursday = TODAY + timedelta(days=3)
    await post.ticks(at(thursday))
    boss.now = at(thursday, 9)
    await boss.taps(f"kr:{pack(made.id)}")
    await boss.presses("确定取消")
    await post.sends(at(thursday, 9, 1))
    assert post.texts(BOSS)[-1] == "✎<b>自查提醒</b>（11月26日）\n\n现在没有要办的自查。"


async def test_a_firm_out_of_use_and_a_retired_point_are_left_in_peace(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat, post: Post
) -> None:
    other = await found_firm(database, name="样例冷库", uscc=ICE, trades=("warehousing",))
    await somebody(database, services, KEEPER, "赵老板", Role.PRINCIPAL, firm=other)
    await sets(database, 3)
    await point(database, other)
    gone = await point(database, firm)

    def unit(tx: Transaction) -> None:
        tx.risk_points.retire(gone, by=1, at=NOW)
        tx.enterprises.update(other.id, active=False, at=NOW)

    await database.write(unit)
    await post.passes(TODAY, TODAY + timedelta(days=8))
    assert risk_letters(post, BOSS) == risk_letters(post, KEEPER) == []


async def test_the_office_sees_who_is_late(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat
) -> None:
    await sets(database, 7, when=NOW - timedelta(days=30))
    await point(database, firm, when=NOW - timedelta(days=12))
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"ev:{pack(firm.id)}")
    assert "\n风险点：1 个\n⚠️ 1 个该查了，其中 1 个超期，最久的已超 5 天" in officer.text
    await officer.taps("gr")
    assert "风险点没有按期查的企业 1 家" in officer.text
    await officer.presses("风险点未按期查（1）")
    assert officer.text == ("<b>风险点没有按期查</b>　1 家\n1. 样例木业有限公司　1 个没查，最久的已超 5 天")
    await officer.presses("样例木业有限公司")
    assert officer.text.startswith("<b>风险点 · 样例木业有限公司</b>")
    await boss.taps("ku:l:0")
    assert boss.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
