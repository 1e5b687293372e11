"""Reports from inside the firm: who hears of them, who is told so, what belongs to one, and what colleagues see."""

from datetime import timedelta

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, State
from checklists.people import Role
from checklists.risk_points import Grade, RiskPoint
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody
from tests.walks import sample_photo

Cast = tuple[Enterprise, RiskPoint, Chat]


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, its boiler, and 小张 who works there."""
    firm = await found_firm(database)
    boiler = await database.write(
        lambda tx: tx.risk_points.add(enterprise_id=firm.id, name="锅炉", grade=Grade.RED, place="锅炉房", by=1, at=NOW)
    )
    return firm, boiler, await somebody(database, services, 2009, "小张", Role.WORKER, firm=firm)


async def hazards(database: ZoneDatabase, firm: Enterprise) -> list[Hazard]:
    return sorted(await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)), key=lambda h: h.sequence)


async def hear(database: ZoneDatabase, *chats: Chat) -> list[str]:
    """Which of them were told of a report."""

    def unit(tx: Transaction) -> list[str]:
        people = [tx.people.by_telegram(chat.telegram_id) for chat in chats]
        return [p.name for p in people if p and tx.deliveries.last_of(p.id, "worker_report")]

    return await database.read(unit)


async def at_the_boiler(chat: Chat, boiler: RiskPoint) -> None:
    await chat.says(f"/start r-{boiler.code}")
    await chat.presses("⚠️ 报告隐患")


async def test_the_only_head_who_reports_at_a_point_confirms_it_himself(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, boiler, _worker = cast
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    head = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await at_the_boiler(head, boiler)
    assert head.text.endswith("也可以发语音。\n记下以后，您自己确认级别、安排整改。")
    await head.says("安全阀漏气")
    assert head.text == (
        "✅ <b>已报告：隐患 BH-2026-0001</b>\n安全阀漏气\n\n请您自己确认级别、安排整改。还可以继续发照片、语音或文字。"
    )
    assert head.labels == ["去确认", "报完了"]
    assert await hear(database, officer, head) == []
    await head.presses("去确认")
    await head.presses("是一般隐患")
    [hazard] = await hazards(database, firm)
    assert (hazard.state, hazard.risk_point_id) == (State.CONFIRMED, boiler.id)


async def test_a_head_who_reports_tells_the_other_heads(database: ZoneDatabase, services: Services, cast: Cast) -> None:
    firm, boiler, worker = cast
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    head = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    manager = await somebody(database, services, 2002, "陈安全", Role.SAFETY_MANAGER, firm=firm)
    await at_the_boiler(manager, boiler)
    assert manager.text.endswith("本单位其他负责人马上会收到。记下以后，您也可以自己确认级别、安排整改。")
    await manager.says("安全阀漏气")
    assert manager.text.endswith("谢谢您。正在通知本单位负责人（1 人）。还可以继续发照片、语音或文字。")
    assert manager.labels == ["去确认", "报完了"]
    assert await hear(database, officer, head, manager) == ["王厂长"]
    await at_the_boiler(worker, boiler)
    await worker.says("压力表坏了")
    assert worker.labels == ["报完了"], "a worker has nothing to confirm"


async def test_a_head_who_cannot_be_reached_does_not_keep_the_report_from_the_office(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, boiler, worker = cast
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    head = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)

    def blocked(tx: Transaction) -> None:
        person = tx.people.by_telegram(head.telegram_id)
        assert person is not None
        tx.people.set_reachable(person.id, reachable=False)

    await database.write(blocked)
    await at_the_boiler(worker, boiler)
    assert worker.text.endswith(
        "本单位负责人现在收不到消息，您的报告先发给监管办公室；负责人以后也看得到是您报告的。"
        "不想让单位知道，请打举报电话 12350。"
    )
    await worker.says("安全阀漏气")
    assert worker.text.endswith("谢谢您。正在通知监管办公室。还可以继续发照片、语音或文字。")
    assert await hear(database, officer, head) == ["赵监管"]


async def test_a_department_without_members_swallows_no_report(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, boiler, worker = cast
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await database.write(lambda tx: tx.departments.found("应急科", trades=("light-industry",), by=None, at=NOW))
    await at_the_boiler(worker, boiler)
    await worker.says("安全阀漏气")
    assert await hear(database, officer) == ["赵监管"]


async def test_what_comes_after_the_level_is_confirmed_is_a_report_of_its_own(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, boiler, worker = cast
    head = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await at_the_boiler(worker, boiler)
    await worker.says("安全阀漏气")
    [first] = await hazards(database, firm)
    await head.taps(f"zn:{pack(first.id)}")
    await head.presses("是一般隐患")
    await worker.taps("nonsense")
    assert worker.text.startswith("<b>报告隐患</b>\n样例木业有限公司\n"), "not at the boiler any more"
    await worker.sends_photo(sample_photo(), caption="东门货架快倒了")
    assert worker.text.startswith("✅ <b>已报告：隐患 BH-2026-0002</b>\n东门货架快倒了\n📷 照片 1 张")
    await worker.says("就在门口")
    first, second = await hazards(database, firm)
    assert (first.words, second.words) == ("安全阀漏气", "东门货架快倒了\n就在门口")
    assert (second.state, second.risk_point_id, second.place) == (State.FOUND, None, "")
    assert await database.read(lambda tx: tx.attachments.of_hazard(first.id)) == []


async def test_what_comes_another_day_is_a_report_of_its_own(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, boiler, worker = cast
    await at_the_boiler(worker, boiler)
    await worker.says("安全阀漏气")
    worker.now += timedelta(hours=3)
    await worker.says("下班前还在漏")
    worker.now += timedelta(days=7)
    await worker.says("东门货架快倒了")
    assert [h.words for h in await hazards(database, firm)] == ["安全阀漏气\n下班前还在漏", "东门货架快倒了"]
    assert [h.risk_point_id for h in await hazards(database, firm)] == [boiler.id, None]


async def test_colleagues_see_that_somebody_reported_and_not_who_or_what(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, boiler, worker = cast
    colleague = await somebody(database, services, 2010, "小李", Role.WORKER, firm=firm)
    head = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await head.says(f"/start r-{boiler.code}")
    await head.presses("✅ 查过，正常")
    await at_the_boiler(worker, boiler)
    await worker.says("安全阀漏气")
    await colleague.says(f"/start r-{boiler.code}")
    assert colleague.text.endswith(
        "最近查看：\n⚠️ 11月23日 10:00 有人报告\n✅ 11月23日 10:00 王厂长\n没有销号的隐患 1 条：\n· BH-2026-0001　待确认"
    )
    for reader in (worker, head):
        await reader.says(f"/start r-{boiler.code}")
        assert "⚠️ 11月23日 10:00 小张　安全阀漏气\n" in reader.text
        assert reader.text.endswith("· BH-2026-0001　待确认　安全阀漏气")
