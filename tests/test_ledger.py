"""The ledger of the office: the inbox, filters, search in Chinese, pages, links, and who may not see it."""

from datetime import date
from typing import Any

import pytest

from checklists.hazards import Hazard, Level, Source
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody

FIVE: dict[str, Any] = {"responsible": "王厂长", "measure": "清理", "funds": "自筹", "contingency": "看守"}


@pytest.fixture
async def officer(database: ZoneDatabase, services: Services) -> Chat:
    """赵监管 at the menu; a wood shop in 东社区 and an ice store in 西社区."""
    await found_firm(database)
    await found_firm(database, name="样例冷库", uscc=ICE, community="西社区", trades=("warehousing",))
    chat = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await chat.says("/start")
    return chat


async def found(
    database: ZoneDatabase,
    words: str,
    *,
    uscc: str = "91350211M000100Y46",
    level: Level = Level.GENERAL,
    source: Source = Source.SELF_INSPECTION,
    deadline: date | None = None,
    confirmed: bool = True,
) -> Hazard:
    """A hazard of a firm; with a deadline it is being rectified."""

    def unit(tx: Transaction) -> Hazard:
        firm = tx.enterprises.by_uscc(uscc)
        assert firm is not None
        manager = tx.people.add(name="陈安全", telegram_id=None, at=NOW)
        tx.people.assign(manager.id, Role.SAFETY_MANAGER, enterprise_id=firm.id, at=NOW, by=None)
        hazard = tx.hazards.open(
            enterprise_id=firm.id,
            source=source,
            inspection_id=None,
            item=None,
            criterion_id="dust-explosion.1",
            clause="GB 15577 6.1",
            level=level,
            year=2026,
            by=manager.id,
            at=NOW,
            words=words,
        )
        if confirmed:
            confirms = manager.id if hazard.is_found_inside else an_officer(tx)
            hazard = tx.hazard_life.confirm(hazard, level, by=confirms, at=NOW)
        if deadline is not None:
            hazard = tx.hazard_life.arrange(hazard, {**FIVE, "deadline": deadline}, by=manager.id, at=NOW)
        return hazard

    return await database.write(unit)


def an_officer(tx: Transaction) -> int:
    person = tx.people.add(name="孙科长", telegram_id=None, at=NOW)
    tx.people.assign(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
    return person.id


async def three(database: ZoneDatabase) -> None:
    await found(database, "配电箱没有门", deadline=date(2026, 11, 20))
    await found(database, "氨气报警器失效", uscc=ICE, level=Level.MAJOR, source=Source.EXPERT)
    await found(database, "通道堆了木料", confirmed=False)


async def test_the_inbox_counts_what_waits_and_leads_to_it(database: ZoneDatabase, officer: Chat) -> None:
    await three(database)
    await officer.says("/start")
    await officer.presses("隐患台账（3）")
    assert officer.text == (
        "<b>隐患台账</b>\n在册 3 条，其中重大隐患 1 条，挂牌督办 0 条。\n\n"
        "等着办的：\n· 待确认 1\n· 待复查 0\n· 待销号 0\n· 延期申请 0\n· 逾期 1\n· 重大未报告 1\n\n"
        "直接发几个字就能查找，例如：配电箱。发编号直接打开，例如：2026-0031。"
    )
    assert officer.labels == [
        *("待确认（1）", "逾期（1）", "重大隐患（1）", "重大未报告（1）"),
        *("看清单", "筛选", "统计和文件", "登记隐患", "分析会", "返回首页"),
    ]
    await officer.presses("逾期（1）")
    assert officer.text == (
        "<b>隐患台账</b>　共 1 条，按期限排列\n状态：逾期\n"
        "· BH-2026-0001　一般隐患　整改中，已超期（11月20日）　样例木业有限公司"
    )
    await officer.presses("待办")
    await officer.presses("待确认（1）")
    assert officer.text.endswith("· BH-2026-0003　一般隐患　待确认　样例木业有限公司")


async def test_an_empty_ledger_says_so(officer: Chat) -> None:
    await officer.presses("隐患台账（0）")
    assert officer.labels == ["看清单", "筛选", "统计和文件", "登记隐患", "分析会", "返回首页"]
    await officer.presses("看清单")
    assert officer.text == "<b>隐患台账</b>　共 0 条，按期限排列\n没有找到。换几个字，或者改一改筛选。"


async def test_two_characters_are_enough_to_find_a_hazard(database: ZoneDatabase, officer: Chat) -> None:
    await three(database)
    await officer.says("/ledger")
    await officer.says("氨气")
    assert officer.text == (
        "<b>隐患台账</b>　共 1 条，按期限排列\n查找：氨气\n· BH-2026-0002　重大隐患　待落实整改　样例冷库"
    )
    await officer.says("冷库 报警")
    assert "共 1 条" in officer.text
    await officer.says("50%")
    assert officer.text == ("<b>隐患台账</b>　共 0 条，按期限排列\n查找：50%\n没有找到。换几个字，或者改一改筛选。")
    await officer.presses("清除筛选")
    assert "共 3 条" in officer.text


async def test_a_closed_one_is_found_by_widening_the_search(database: ZoneDatabase, officer: Chat) -> None:
    hazard = await found(database, "电线裸露", confirmed=False)

    def unit(tx: Transaction) -> None:
        boss = tx.people.add(name="王厂长", telegram_id=None, at=NOW)
        tx.people.assign(boss.id, Role.PRINCIPAL, enterprise_id=hazard.enterprise_id, at=NOW, by=None)
        officer = tx.people.by_telegram(1001)
        assert officer is not None
        tx.hazard_life.dismiss(hazard, reason="看错了", by=officer.id, at=NOW)

    await database.write(unit)
    await officer.says("/ledger")
    await officer.says("电线")
    assert "共 0 条" in officer.text
    await officer.presses("在全部隐患里找")
    assert officer.text == (
        "<b>隐患台账</b>　共 1 条，按期限排列\n状态：全部\n查找：电线\n"
        "· BH-2026-0001　一般隐患　误报，已撤回　样例木业有限公司"
    )


async def test_filters_narrow_the_list_one_tap_a_field(database: ZoneDatabase, officer: Chat) -> None:
    await three(database)
    await officer.says("/ledger")
    await officer.presses("筛选")
    assert officer.text == "<b>筛选隐患</b>　点一项来选。\n现在没有筛选：在册的全部都在清单里。"
    assert officer.labels == ["状态", "行业", "社区", "科室", "级别", "来源", "挂牌", "看清单（3）", "返回首页"]
    await officer.presses("社区")
    assert officer.labels == ["东社区", "西社区", "不限", "返回"]
    await officer.presses("东社区")
    assert "社区：东社区" in officer.text
    assert "共 2 条" in officer.text
    await officer.presses("筛选")
    await officer.presses("级别")
    await officer.presses("重大隐患")
    assert officer.text == (
        "<b>隐患台账</b>　共 0 条，按期限排列\n社区：东社区\n级别：重大隐患\n没有找到。换几个字，或者改一改筛选。"
    )
    await officer.presses("筛选")
    await officer.presses("社区（东社区）")
    await officer.presses("不限")
    await officer.presses("筛选")
    await officer.presses("来源")
    await officer.presses("专家或保险机构检查")
    await officer.presses("筛选")
    await officer.presses("行业")
    await officer.presses("仓储物流")
    assert officer.text == (
        "<b>隐患台账</b>　共 1 条，按期限排列\n行业：仓储物流（含冷库、丙类仓库）\n"
        "级别：重大隐患\n来源：专家或保险机构检查\n"
        "· BH-2026-0002　重大隐患　待落实整改　样例冷库"
    )
    await officer.presses("筛选")
    await officer.presses("挂牌")
    await officer.presses("挂牌督办的")
    assert "共 0 条" in officer.text


async def test_pages_turn_both_ways_and_a_later_finding_shifts_none(database: ZoneDatabase, officer: Chat) -> None:
    for number in range(10):
        await found(database, f"第{number}个", deadline=date(2026, 12, 1 + number))
    await officer.says("/ledger")
    await officer.presses("看清单")
    assert officer.labels[:2] == ["BH-2026-0001 第0个", "BH-2026-0002 第1个"]
    assert officer.labels[8:10] == ["1/2", "下一页 ›"]
    following = officer.button("下一页 ›").data
    await found(database, "新来的", confirmed=False)
    await officer.presses("下一页 ›")
    assert officer.labels[:5] == ["BH-2026-0009 第8个", "BH-2026-0010 第9个", "‹ 上一页", "2/2", "筛选"]
    await officer.presses("‹ 上一页")
    assert officer.labels[0] == "BH-2026-0011 新来的"
    await officer.presses("待办")
    await officer.taps(following)
    assert officer.text.startswith("<b>隐患台账</b>　共 11 条")


async def test_a_hazard_opens_from_the_list_and_leads_back_to_it(database: ZoneDatabase, officer: Chat) -> None:
    await three(database)
    await officer.says("/ledger")
    await officer.says("报警器")
    await officer.presses("BH-2026-0002 氨气报警器失效")
    assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0002</b>\n重大隐患 · 待落实整改")
    await officer.presses("返回台账")
    assert officer.text.startswith("<b>隐患台账</b>　共 1 条，按期限排列\n查找：报警器")
    await officer.says("2026-0003")
    assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0003</b>")


async def test_a_request_for_a_later_deadline_waits_in_the_inbox(database: ZoneDatabase, officer: Chat) -> None:
    hazard = await found(database, "配电箱没有门", deadline=date(2026, 12, 1))
    manager = hazard.found_by
    await database.write(
        lambda tx: tx.hazard_life.ask_deferral(hazard, date(2026, 12, 20), reason="等配件<到货>", by=manager, at=NOW)
    )
    await officer.says("/ledger")
    await officer.presses("延期申请（1）")
    assert officer.text == (
        "<b>延期申请</b>　共 1 条\n· BH-2026-0001　12月1日 → 12月20日　等配件&lt;到货&gt;　样例木业有限公司"
    )
    await officer.presses("BH-2026-0001 配电箱没有门")
    assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")


async def test_a_stray_word_shows_the_screen_of_the_ledger_again(database: ZoneDatabase, officer: Chat) -> None:
    await three(database)
    await officer.says("/ledger")
    for label in ("筛选", "社区"):
        await officer.presses(label)
        shown = officer.text
        await officer.taps("nonsense")
        assert officer.text == shown
    await officer.taps("gs:c:123")
    assert officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    for forged in ("gs:x:1", "gq:s:nothing", "gc:s", "gp:zzzz", "gd:zz"):
        await officer.taps(forged)
        assert officer.screen.buttons != ()


async def test_a_link_opens_a_hazard_for_those_who_may_see_it(
    database: ZoneDatabase, services: Services, officer: Chat
) -> None:
    await three(database)
    await officer.says("/start h-2026-0002")
    assert officer.text.startswith("⚠️ <b>隐患 BH-2026-0002</b>")
    wood = await database.read(lambda tx: tx.enterprises.by_uscc("91350211M000100Y46"))
    neighbour = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=wood)
    await neighbour.says("/start h-2026-0002")
    assert neighbour.text == "没有找到隐患 2026-0002，请核对编号。"
    await neighbour.says("/start h-2026-0001")
    assert neighbour.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")
    stranger = Chat(database, services, 3001, "Guest")
    await stranger.says("/start h-2026-0001")
    assert stranger.text.startswith("这个邀请链接不对，")


async def test_a_firm_does_not_see_the_ledger(database: ZoneDatabase, services: Services, officer: Chat) -> None:
    await three(database)
    wood = await database.read(lambda tx: tx.enterprises.by_uscc("91350211M000100Y46"))
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=wood)
    await principal.says("/start")
    assert not [label for label in principal.labels if "台账" in label]
    await principal.says("/ledger")
    assert principal.text == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"


async def test_the_list_is_narrowed_to_a_department_or_to_none(database: ZoneDatabase, officer: Chat) -> None:
    first = await database.write(lambda tx: tx.departments.found("工贸科", trades=("warehousing",), by=None, at=NOW))
    gone = await database.write(lambda tx: tx.departments.found("旧科室", by=None, at=NOW))
    await three(database)
    hazard = await database.read(lambda tx: tx.hazards.numbered(2026, 3))
    assert hazard is not None
    await database.write(
        lambda tx: tx.hazards.change(hazard, "hazard_assigned", {"department_id": gone.id}, by=None, at=NOW)
    )
    await officer.says("/ledger")
    await officer.presses("筛选")
    await officer.presses("科室")
    assert officer.labels == ["工贸科", "旧科室", "没有科室的", "不限", "返回"]
    old = officer.button("旧科室").data
    await officer.presses("工贸科")
    assert "科室：工贸科\n· BH-2026-0002" in officer.text
    assert "共 1 条" in officer.text
    await officer.taps(old)
    assert "科室：旧科室\n· BH-2026-0003" in officer.text
    await database.write(lambda tx: tx.departments.dissolve(gone.id, by=None, at=NOW))
    await officer.presses("筛选")
    await officer.presses("科室")
    assert officer.labels == ["工贸科", "没有科室的", "不限", "返回"]
    await officer.presses("没有科室的")
    # What belongs to a department that was dissolved must be given to another one.
    assert "共 2 条" in officer.text
    assert "科室：没有科室的" in officer.text
    assert "BH-2026-0002" not in officer.text
    await officer.says("木料")
    assert "共 1 条" in officer.text
    await officer.taps(old)
    assert officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    assert first.id != gone.id
