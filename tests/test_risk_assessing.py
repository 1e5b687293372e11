"""A risk point is assessed anew: the grade kept or chosen, the reason, who hears of it, and what suggests it."""

from datetime import date, timedelta

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Level, Source
from checklists.people import Role
from checklists.risk_cycles import ASSESSMENT_MONTHS
from checklists.risk_points import Grade, RiskPoint
from handlers.replies import data, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.risk_points import AssessmentUnexplained
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody
from tests.post import Post, at
from tests.test_risk_cycles import point

BOSS = 2001


@pytest.fixture
async def firm(database: ZoneDatabase) -> Enterprise:
    return await found_firm(database)


@pytest.fixture
async def boss(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    return await somebody(database, services, BOSS, "王厂长", Role.PRINCIPAL, firm=firm)


@pytest.fixture
async def officer(database: ZoneDatabase, services: Services) -> Chat:
    return await somebody(database, services, 1001, "赵监管", Role.OFFICER)


async def only(database: ZoneDatabase, firm: Enterprise) -> RiskPoint:
    [found] = await database.read(lambda tx: tx.risk_points.of_enterprise(firm.id))
    return found


async def hazard_at(database: ZoneDatabase, made: RiskPoint, *, days_ago: int = 1, major: bool = False) -> Hazard:
    when = NOW - timedelta(days=days_ago)

    def unit(tx: Transaction) -> Hazard:
        found = tx.hazards.open(
            enterprise_id=made.enterprise_id,
            source=Source.WORKER,
            inspection_id=None,
            item=None,
            criterion_id="dust-explosion.1",
            clause="GB 15577 6.1",
            level=Level.MAJOR if major else Level.GENERAL,
            year=when.year,
            by=1,
            at=when,
            words="漏气",
            risk_point_id=made.id,
        )
        if not major:
            return found
        return tx.hazards.change(found, "hazard_confirmed", {"level_confirmed_by": 1}, by=1, at=when)

    return await database.write(unit)


async def test_the_grade_is_kept_by_two_taps(database: ZoneDatabase, firm: Enterprise, boss: Chat) -> None:
    made = await point(database, firm)
    await boss.taps(f"kc:{pack(made.id)}")
    await boss.presses("重新评估")
    assert boss.text == (
        "<b>重新评估 · 锅炉</b>\n这个风险点还没有写措施。\n\n现在是 🔴 重大风险。<b>现在算哪一级？</b>"
    )
    kept = boss.button("🔴 重大风险（不变）").data
    await boss.taps(kept)
    assert boss.toasts[-1] == "已记下：评估过，等级不变。"
    assert "\n上次评估：11月23日 王厂长，等级不变\n" in boss.text
    await boss.taps(kept)
    assert boss.toasts[-1] == "这个风险点刚才有改动，请再看一眼。"
    now = await only(database, firm)
    assert (now.grade, now.assessed_on) == (Grade.RED, date(2026, 11, 23))
    what = await database.read(lambda tx: [e.what for e in tx.trail.of("risk_point", made.id)])
    assert what == ["risk_point_added", "risk_point_assessed"]


async def test_lowering_needs_a_reason_and_the_office_sees_it(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, officer: Chat
) -> None:
    made = await point(database, firm)
    await boss.taps(f"kw:{pack(made.id)}")
    await boss.presses("🟡 一般风险")
    assert boss.text == (
        "<b>锅炉</b>\n🔴 重大风险 → 🟡 一般风险\n<b>为什么？</b>点一个，或者直接打字。办公室看得到您的理由。"
    )
    assert (await only(database, firm)).grade is Grade.RED
    await boss.says("换成<电>锅炉")
    assert boss.toasts[-1] == "已记下：等级改了。"
    assert "上次评估：11月23日 王厂长，🔴 重大风险 → 🟡 一般风险。换成&lt;电&gt;锅炉" in boss.text
    assert (await only(database, firm)).grade is Grade.YELLOW
    told = "⬇️ 11月23日 王厂长把风险点“锅炉”降级：🔴 重大风险 → 🟡 一般风险。换成&lt;电&gt;锅炉"
    await officer.taps(f"ev:{pack(firm.id)}")
    assert told in officer.text
    await boss.taps(f"ev:{pack(firm.id)}")
    assert "降级" not in boss.text


async def test_raising_is_explained_by_a_tap_and_told_to_nobody(
    database: ZoneDatabase, firm: Enterprise, boss: Chat, officer: Chat
) -> None:
    made = await point(database, firm, grade=Grade.BLUE)
    await boss.taps(f"kw:{pack(made.id)}")
    await boss.presses("🟠 较大风险")
    assert "办公室看得到" not in boss.text
    await boss.presses("设备、工艺或物料有变化")
    assert (await only(database, firm)).grade is Grade.ORANGE
    await officer.taps(f"ev:{pack(firm.id)}")
    assert "降级" not in officer.text


async def test_another_grade_without_a_word_is_refused_below_the_screens_too(
    database: ZoneDatabase, firm: Enterprise
) -> None:
    made = await point(database, firm)
    with pytest.raises(AssessmentUnexplained):
        await database.write(lambda tx: tx.risk_points.assess(made, Grade.BLUE, words="  ", by=1, at=NOW))
    assert (await only(database, firm)).grade is Grade.RED


async def test_a_question_left_open_is_drawn_again_and_an_old_one_changes_nothing(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat
) -> None:
    made = await point(database, firm)
    await boss.taps(f"kw:{pack(made.id)}")
    await boss.presses("🔵 低风险")
    asked, old = boss.text, boss.buttons[0].data
    await boss.taps("nonsense")
    assert boss.text == asked
    await database.write(lambda tx: tx.risk_points.change(made, by=1, at=NOW, place="东侧"))
    await boss.says("已经停用")
    assert boss.toasts[-1:] != ["已记下：等级改了。"]
    await boss.taps(old)
    await boss.taps(data("ki", made.id, made.version + 1, "b", 9))
    assert (await only(database, firm)).grade is Grade.RED


async def test_two_hazards_within_a_year_suggest_it_to_firm_and_office(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat, officer: Chat
) -> None:
    made = await point(database, firm, when=NOW - timedelta(days=500))
    await hazard_at(database, made, days_ago=400)
    await hazard_at(database, made, days_ago=100)
    await boss.taps(f"kc:{pack(made.id)}")
    assert "建议重新评估" not in boss.text
    await hazard_at(database, made)
    for chat in (boss, officer):
        await chat.taps(f"kc:{pack(made.id)}")
        assert "\n💡 这里一年内查出 2 条隐患，建议重新评估。\n" in chat.text
        await chat.taps(f"ev:{pack(firm.id)}")
        assert "\n💡 1 个查出过隐患，建议重新评估" in chat.text
    worker = await somebody(database, services, 2009, "小张", Role.WORKER, firm=firm)
    await worker.taps(f"kc:{pack(made.id)}")
    assert "建议" not in worker.text
    await boss.taps(f"kw:{pack(made.id)}")
    await boss.presses("🔴 重大风险（不变）")
    assert "建议" not in boss.text


async def test_one_major_hazard_is_enough_and_one_found_in_error_is_none(
    database: ZoneDatabase, firm: Enterprise, boss: Chat
) -> None:
    made = await point(database, firm)
    wrong = await hazard_at(database, made)
    await database.write(lambda tx: tx.hazards.change(wrong, "hazard_withdrawn", {"state": "withdrawn"}, by=1, at=NOW))
    await hazard_at(database, made)
    await boss.taps(f"kc:{pack(made.id)}")
    assert "建议" not in boss.text
    await hazard_at(database, made, major=True)
    await boss.taps(f"kc:{pack(made.id)}")
    assert "💡 这里一年内查出过重大隐患，建议重新评估。" in boss.text


async def test_what_is_due_for_assessment_stands_on_the_card_until_it_is_done(
    database: ZoneDatabase, services: Services, firm: Enterprise, boss: Chat
) -> None:
    made = await point(database, firm, when=NOW - timedelta(days=200))
    day = NOW - timedelta(days=100)
    await database.write(lambda tx: tx.office_settings.set_figure(ASSESSMENT_MONTHS, 6, by=1, at=day))
    post, today = Post(database, services), date(2026, 11, 23)
    await post.ticks(at(today))
    assert post.texts(BOSS) == ["<b>待办提醒</b>（11月23日）\n\n⏰ <b>样例木业有限公司</b>：1 个风险点该重新评估了"]
    await boss.taps(f"k:{pack(firm.id)}:0")
    assert boss.labels[0] == "🔴 1. 锅炉 · 该评估"
    await boss.taps(f"kw:{pack(made.id)}")
    await boss.presses("🔴 重大风险（不变）")
    assert "每 6 个月重新评估一次，下次 5月23日" in boss.text
    await post.sends(at(today, 11))
    assert post.texts(BOSS)[-1] == (
        "✎<b>待办提醒</b>（11月23日）\n\n✓ <b>样例木业有限公司</b>：重新评估了风险点 1 个\n\n都完成了，谢谢！"
    )
