"""未自查名单: counted and listed by trade and community, marked where no reminder arrives, and as Excel."""

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.post import Post, a_firm, a_person, at, hand_in

OFFICER, BOSS = 800, 700


@pytest.fixture
async def officer(database: ZoneDatabase, services: Services) -> Chat:
    """An officer on 10 October 2026, the third quarter being over: one firm reported, two did not."""
    chat = Chat(database, services, OFFICER, name="李监管", now=at(date(2026, 10, 10), 10))
    await chat.becomes(Role.OFFICER)
    early = at(date(2026, 9, 1), 9)
    good = await a_firm(database, "东岸机械", when=early)
    await a_firm(database, "滨河木业", community="河西社区", when=early)
    await a_firm(database, "滨河化工", trades=("hazchem", "machinery"), when=early)
    boss = await a_person(database, BOSS, Role.PRINCIPAL, good)
    post = Post(database, services)
    await post.ticks(early)
    await hand_in(database, good, "2026Q3", now=at(date(2026, 9, 20), 9), by=boss)
    await post.ticks(at(date(2026, 10, 10), 9))
    return chat


async def test_the_overview_counts_firms(officer: Chat) -> None:
    await officer.says("/late")
    assert officer.text == (
        "<b>未自查名单</b>（截至10月10日）\n\n本期应自查 3 家\n已完成 0 家\n还没完成 3 家\n以前逾期未做 2 家"
    )
    assert officer.labels == ["看名单（逾期在前）", "按行业", "按社区", "发 Excel 给我", "返回首页"]


async def test_the_list_begins_with_the_longest_overdue_and_says_who_cannot_be_reached(officer: Chat) -> None:
    await officer.says("/late")
    await officer.presses("看名单（逾期在前）")
    assert officer.text == (
        "<b>未自查名单 · 全部</b>\n\n"
        "1. ⚠️ 滨河化工：2026年9月，逾期10天（无人绑定）\n"
        "2. ⚠️ 滨河木业：2026年第三季度，逾期10天（无人绑定）\n"
        "3. 东岸机械：2026年第四季度，12月31日到期"
    )


async def test_by_trade_and_by_community(officer: Chat) -> None:
    await officer.says("/late")
    await officer.presses("按社区")
    assert officer.text.endswith("河东社区：2 家，其中逾期 1 家\n河西社区：1 家，其中逾期 1 家")
    await officer.presses("河西社区")
    assert officer.text == ("<b>未自查名单 · 河西社区</b>\n\n1. ⚠️ 滨河木业：2026年第三季度，逾期10天（无人绑定）")
    await officer.presses("返回")
    await officer.presses("返回")
    await officer.presses("按行业")
    assert officer.text.endswith("机械：3 家，其中逾期 2 家\n危险化学品：1 家，其中逾期 1 家")


async def test_any_word_shows_the_same_page_again(officer: Chat) -> None:
    await officer.says("/late")
    await officer.presses("按社区")
    await officer.presses("河西社区")
    shown = officer.text
    await officer.says("什么？")
    assert officer.text == shown


async def test_a_firm_that_missed_several_periods_is_counted_once(officer: Chat, database: ZoneDatabase) -> None:
    officer.now = at(date(2026, 11, 4), 10)
    await Post(database, officer.services).ticks(officer.now)
    await officer.says("/late")
    await officer.presses("看名单")
    assert "1. ⚠️ 滨河化工：2026年9月，逾期35天，共欠2期（无人绑定）" in officer.text
    assert officer.text.count("滨河化工") == 1


async def test_a_person_whom_messages_do_not_reach_is_marked(officer: Chat, database: ZoneDatabase) -> None:
    boss = await database.read(lambda tx: tx.people.by_telegram(BOSS))
    assert boss is not None
    await database.write(lambda tx: tx.people.set_reachable(boss.id, reachable=False))
    await officer.says("/late")
    await officer.presses("看名单")
    assert officer.text.endswith("3. 东岸机械：2026年第四季度，12月31日到期（联系不上）")


async def test_the_excel_comes_as_a_delivery(officer: Chat, database: ZoneDatabase, services: Services) -> None:
    await officer.says("/late")
    await officer.presses("发 Excel 给我")
    assert officer.toasts == ["正在生成名单，马上发给您。"]
    post = Post(database, services)
    await post.sends(officer.now)
    ((chat_id, name, content),) = post.files
    assert (chat_id, name) == (OFFICER, "未自查名单-2026-10-10.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[7], row[9], row[10], row[12]) for row in rows[2:]] == [
        ("滨河化工", "2026年9月", 10, "未开始", "无人绑定"),
        ("滨河木业", "2026年第三季度", 10, "未开始", "无人绑定"),
        ("东岸机械", "2026年第四季度", 0, "未开始", "能收到"),
    ]


async def test_a_principal_gets_no_list(officer: Chat, database: ZoneDatabase, services: Services) -> None:
    boss = Chat(database, services, BOSS, now=officer.now)
    await boss.says("/late")
    assert boss.text == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await boss.taps("dx")
    assert boss.toasts == ["这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"]
    assert await database.read(lambda tx: tx.deliveries.last_of(1, "overdue_list")) is None


@pytest.mark.parametrize("forged", ["dt:x:0", "dt:a:0", "dl:c:zz:0", "dl:t", "dl:a:0:zzzzzzzzzzzzz", "dt:t:zzzzzz"])
async def test_forged_buttons_lead_to_a_screen_and_never_to_an_error(officer: Chat, forged: str) -> None:
    await officer.taps(forged)
    assert officer.text
    await officer.taps("d")
    assert officer.text.startswith("<b>未自查名单</b>")


async def test_an_officer_of_another_zone_sees_an_empty_list(officer: Chat, services: Services) -> None:
    other = officer.database.database.zone(2)
    await other.write(lambda tx: tx.zones.found(code="HX", name="河西新区", plan_id="heelun-2024", at=officer.now))
    stranger = Chat(other, services, 900, name="赵监管", now=officer.now)
    await stranger.becomes(Role.OFFICER)
    await stranger.says("/late")
    assert stranger.text == "<b>未自查名单</b>（截至10月10日）\n现在没有企业有应做的自查。"


async def test_pages_turn(officer: Chat, database: ZoneDatabase) -> None:
    post = Post(database, officer.services)
    for number in range(10):
        await database.write(
            lambda tx, n=number: tx.enterprises.add(  # type: ignore[misc]
                name=f"样板厂{n}", uscc=f"9111000010000010{n}X", community="河北社区", at=officer.now
            )
        )
    await post.ticks(officer.now)
    await officer.says("/late")
    await officer.presses("看名单")
    assert officer.labels == ["下一页 ›", "返回"]
    await officer.presses("下一页 ›")
    assert officer.text.startswith("<b>未自查名单 · 全部</b>\n\n11. 样板厂")
    assert officer.labels == ["‹ 上一页", "返回"]


async def test_the_office_is_warned_before_the_plan_ends_and_no_inspection_is_owed_any_more(officer: Chat) -> None:
    warning = (
        "⚠️ 所执行的行动方案（诃额伦街道安全生产治本攻坚三年行动方案（2024—2026年））到2026年12月31日为止，"
        "之后没有排应做的自查。请管理员换成新的方案（设置 ZICHA_PLAN）。"
    )
    officer.now = at(date(2026, 11, 30), 10)
    await officer.says("/late")
    assert "行动方案" not in officer.text
    for day in (at(date(2026, 12, 1), 10), at(date(2027, 2, 1), 10)):
        officer.now = day
        await officer.says("/late")
        assert officer.text.endswith(warning)
