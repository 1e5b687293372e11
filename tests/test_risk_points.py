"""Risk points: the register, a scan, looking and reporting there; and what a worker reports from inside the firm."""

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Source, State
from checklists.people import Role
from checklists.risk_points import Grade, RiskPoint
from handlers.renderers import RENDERERS, render
from handlers.replies import Screen, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody
from tests.walks import sample_photo


@pytest.fixture
async def firm(database: ZoneDatabase) -> Enterprise:
    return await found_firm(database)


@pytest.fixture
async def principal(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    chat = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await chat.says("/start")
    return chat


@pytest.fixture
async def worker(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    return await somebody(database, services, 2009, "小张", Role.WORKER, firm=firm)


async def points(database: ZoneDatabase, firm: Enterprise) -> list[RiskPoint]:
    return await database.read(lambda tx: tx.risk_points.of_enterprise(firm.id))


async def only_hazard(database: ZoneDatabase, firm: Enterprise) -> Hazard:
    [hazard] = await database.read(lambda tx: tx.hazards.of_enterprise(firm.id))
    return hazard


async def boiler(database: ZoneDatabase, firm: Enterprise) -> RiskPoint:
    return await database.write(
        lambda tx: tx.risk_points.add(enterprise_id=firm.id, name="锅炉", grade=Grade.RED, place="锅炉房", by=1, at=NOW)
    )


async def told(database: ZoneDatabase, services: Services, chat: Chat) -> Screen:
    """What the person was told of a report, as it looks now."""

    def unit(tx: Transaction) -> Screen:
        person = tx.people.by_telegram(chat.telegram_id)
        assert person is not None
        delivery = tx.deliveries.last_of(person.id, "worker_report")
        assert delivery is not None
        outgoing = render(RENDERERS, tx, services, delivery, NOW)
        assert outgoing is not None
        assert outgoing.screen is not None
        return outgoing.screen

    return await database.read(unit)


async def test_a_point_is_registered_with_grade_and_measures(
    database: ZoneDatabase, firm: Enterprise, principal: Chat
) -> None:
    await principal.presses("风险点")
    assert principal.text == (
        "<b>风险点 · 样例木业有限公司</b>　共 0 个\n"
        "还没有风险点。把容易出事的设备、地点一个一个加进来，每个都有自己的二维码。"
    )
    await principal.presses("➕ 加一个")
    await principal.says("2号<喷漆房>")
    assert principal.text == "<b>2号&lt;喷漆房&gt;</b>\n<b>是哪一级风险？</b>"
    assert principal.labels[:4] == ["🔴 重大风险", "🟠 较大风险", "🟡 一般风险", "🔵 低风险"]
    await principal.presses("🟠 较大风险")
    await principal.presses("地点")
    await principal.says("东车间")
    await principal.presses("技防")
    await principal.says("可燃气体报警器")
    await principal.presses("人防")
    await principal.says("专人看守")
    assert "✓ 地点" in principal.labels
    await principal.presses("填好了")
    assert principal.text == (
        "<b>1 号风险点 · 2号&lt;喷漆房&gt;</b>\n样例木业有限公司\n🟠 较大风险\n地点：东车间\n人防：专人看守\n"
        "技防：可燃气体报警器\n\n还没有人查看过。\n现在没有隐患。"
    )
    [point] = await points(database, firm)
    assert (point.number, point.grade, point.name) == (1, Grade.ORANGE, "2号<喷漆房>")


async def test_grade_changes_and_a_point_is_taken_off(
    database: ZoneDatabase, firm: Enterprise, principal: Chat
) -> None:
    point = await boiler(database, firm)
    await principal.taps(f"ke:{pack(point.id)}")
    await principal.presses("重新评估")
    old = principal.button("🔵 低风险").data
    await principal.presses("🟡 一般风险")
    await principal.presses("物料或人员减少了")
    await principal.taps(old)
    assert principal.toasts[-1] == "这个风险点刚才有改动，请再看一眼。"
    assert (await points(database, firm))[0].grade is Grade.YELLOW
    await principal.taps(f"ke:{pack(point.id)}")
    await principal.presses("取消这个风险点")
    await principal.presses("确定取消")
    assert await points(database, firm) == []
    await principal.taps(f"kc:{pack(point.id)}")
    assert "这个风险点 2026年11月23日 起已经取消。" in principal.text
    assert not {"✅ 查过，正常", "⚠️ 报告隐患"} & set(principal.labels)


async def test_a_scan_opens_the_card_and_looking_is_kept_once(
    database: ZoneDatabase, firm: Enterprise, principal: Chat
) -> None:
    point = await boiler(database, firm)
    await principal.says(f"/start r-{point.code}")
    assert principal.text.startswith("<b>1 号风险点 · 锅炉</b>\n样例木业有限公司\n🔴 重大风险\n地点：锅炉房")
    await principal.presses("✅ 查过，正常")
    await principal.presses("✅ 查过，正常")
    assert principal.toasts == ["已记下：查过，正常。", "刚才已经记下了。"]
    assert "最近查看：\n✅ 11月23日 10:00 王厂长\n现在没有隐患。" in principal.text


async def test_the_code_opens_nothing_for_a_neighbour_or_a_stranger(
    database: ZoneDatabase, services: Services, firm: Enterprise
) -> None:
    point = await boiler(database, firm)
    other = await found_firm(database, name="样例冷库", uscc=ICE, trades=("warehousing",))
    neighbour = await somebody(database, services, 2002, "赵老板", Role.PRINCIPAL, firm=other)
    stranger = Chat(database, services, 3001, "Guest")
    for chat in (neighbour, stranger):
        await chat.says(f"/start r-{point.code}")
        assert chat.text.startswith("这个邀请链接不对，")
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says(f"/start r-{point.code}")
    assert officer.labels == ["打印二维码", "全部风险点", "返回首页"]


async def test_a_worker_scans_and_reports_and_the_head_is_told(
    database: ZoneDatabase, services: Services, firm: Enterprise, principal: Chat, worker: Chat
) -> None:
    point = await boiler(database, firm)
    await worker.says(f"/start r-{point.code}")
    assert worker.labels == ["⚠️ 报告隐患", "打印二维码", "返回首页"]
    await worker.presses("⚠️ 报告隐患")
    assert worker.text == (
        "<b>报告隐患</b>\n样例木业有限公司 · 锅炉\n\n<b>拍张照片发来，或者写一句哪里不对。</b>也可以发语音。\n"
        "本单位负责人马上会收到，看得到是您报告的。不想让单位知道，请打举报电话 12350。"
    )
    await worker.sends_photo(sample_photo())
    assert worker.text == "✅ <b>已报告：隐患 BH-2026-0001</b>\n📷 照片 1 张\n\n<b>再写一句哪里不对。</b>"
    await worker.says("安全阀漏气<很响>")
    assert worker.text == (
        "✅ <b>已报告：隐患 BH-2026-0001</b>\n安全阀漏气&lt;很响&gt;\n📷 照片 1 张\n\n"
        "谢谢您。正在通知本单位负责人（1 人）。还可以继续发照片、语音或文字。"
    )
    await worker.says("下班前还在漏")
    hazard = await only_hazard(database, firm)
    assert (hazard.source, hazard.state, hazard.risk_point_id, hazard.place) == (
        Source.WORKER,
        State.FOUND,
        point.id,
        "锅炉房",
    )
    card = await told(database, services, principal)
    assert card.text == (
        "⚠️ <b>有人报告隐患 BH-2026-0001</b>\n报告人：小张\n地点：锅炉房\n安全阀漏气&lt;很响&gt;\n下班前还在漏\n"
        "📷 照片 1 张\n请尽快到现场看，确认级别，安排整改。"
    )
    await principal.taps(card.buttons[0][0].data)
    await principal.presses("是一般隐患")
    assert (await only_hazard(database, firm)).state is State.CONFIRMED
    await principal.says(f"/start r-{point.code}")
    assert "⚠️ 11月23日 10:00 小张" in principal.text
    assert "没有销号的隐患 1 条：\n· BH-2026-0001　待落实整改　安全阀漏气" in principal.text


async def test_a_worker_reports_from_the_menu_and_sees_no_more_than_that(
    database: ZoneDatabase, firm: Enterprise, worker: Chat
) -> None:
    await worker.says("/start")
    await worker.presses("⚠️ 报告隐患")
    for colour in ("red", "blue"):
        await worker.sends_photo(sample_photo(colour), album="a1")
    await worker.taps("nonsense")
    assert worker.text == "✅ <b>已报告：隐患 BH-2026-0001</b>\n📷 照片 2 张\n\n<b>再写一句哪里不对。</b>"
    hazard = await only_hazard(database, firm)
    for forged in (f"z:{pack(hazard.id)}", f"zn:{pack(hazard.id)}", f"k:{pack(firm.id)}:0"):
        await worker.taps(forged)
        assert worker.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await worker.presses("报完了")
    assert worker.text == (
        "小张，您好，这里是滨河开发区的安全自查。\n现在没有要您办的事，有事会在这里通知您。\n\n"
        "您报告过的：\n· BH-2026-0001　待确认　"
    )


async def test_codes_come_as_files_to_print(database: ZoneDatabase, firm: Enterprise, principal: Chat) -> None:
    await boiler(database, firm)
    await principal.presses("风险点")
    await principal.presses("打印全部二维码")
    await principal.presses("🔴 1. 锅炉")
    await principal.presses("打印二维码")
    assert [d.name for d in principal.documents] == ["风险点二维码-样例木业有限公司.pdf", "风险点-1-锅炉.pdf"]
    assert all(d.content.startswith(b"%PDF") for d in principal.documents)


async def test_where_no_head_has_joined_the_office_is_told(
    database: ZoneDatabase, services: Services, firm: Enterprise, worker: Chat
) -> None:
    officer = Chat(database, services, 4711, name="赵监管")
    await officer.becomes(Role.OFFICER)
    await worker.says("/start")
    await worker.presses("报告隐患")
    assert worker.text.endswith(
        "本单位还没有负责人在用，您的报告先发给监管办公室；负责人以后加入，也看得到是您报告的。"
        "不想让单位知道，请打举报电话 12350。"
    )
    await worker.says("货架快倒了")
    assert worker.text.endswith("谢谢您。正在通知监管办公室。还可以继续发照片、语音或文字。")
    card = await told(database, services, officer)
    assert card.text.startswith("⚠️ <b>有人报告隐患 BH-2026-0001</b>\n报告人：小张\n货架快倒了\n")
    await officer.taps(card.buttons[0][0].data)
    assert {"确认为一般隐患", "确认为重大隐患"} <= set(officer.labels)
