"""Walking a checklist: start, answer, reasons, remarks, overview, resume, two people at once, old buttons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, event

from checklists.inspections import Answer, Inspection, ItemAnswer
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.walks import SHOP, member_of, principal_of, small_shop, to_summary

FIRST_CARD = (
    "<i>晨光机械厂 2026年第四季度 自查，共 6 题。随时可以停，答过的都已保存。</i>\n"
    "第 1/6 题 · 消防（各类单位通用）\n"
    "░░░░░░░░░░ 已答 0\n"
    "\n"
    "<b>走道、楼梯、门窗没有装卷帘、栅栏、防盗网挡住逃生？</b>\n"
    "\n"
    "👀 看哪里：逐层看楼梯口栅栏、窗户防盗网、广告牌，从里面要能打开"
)


async def running(database: ZoneDatabase, shop: int) -> Inspection:
    found = await database.read(lambda tx: tx.inspections.running(shop))
    assert found is not None
    return found


async def answers(database: ZoneDatabase, run: Inspection) -> dict[int, ItemAnswer]:
    return await database.read(lambda tx: tx.inspections.answers_of(run.id))


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement any database is given meanwhile, the marks of transactions left out."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "ROLLBACK")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_the_menu_starts_the_first_question(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("▶️ 开始自查")
    assert chat.text == FIRST_CARD
    assert chat.labels == ["✅ 合格", "⚠️ 有隐患", "➖ 不涉及", "稍后 ›", "依据", "概览"]


async def test_an_answer_is_kept_and_the_next_question_shown(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    await chat.presses("合格")
    assert chat.text.startswith("第 2/6 题 · 消防（各类单位通用）\n▓░░░░░░░░░ 已答 1\n")
    kept = await answers(database, await running(database, shop))
    assert [(item, a.answer) for item, a in kept.items()] == [(0, Answer.GOOD)]


async def test_a_question_that_does_not_apply_needs_a_reason(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    await chat.presses("不涉及")
    assert chat.labels == ["没有这种设备或工艺", "已停用", "由别的单位负责", "自己写", "返回这一题"]
    assert await answers(database, await running(database, shop)) == {}

    await chat.presses("已停用")
    await chat.presses("不涉及")
    await chat.presses("自己写")
    assert chat.text.startswith("<i>请打字写明原因，发出来就行。</i>")
    await chat.says("整层租给了 <别人>")
    await chat.presses("上一题")
    assert "您的回答：➖ 不涉及（整层租给了 &lt;别人&gt;）" in chat.text
    kept = await answers(database, await running(database, shop))
    assert {i: (a.answer, a.reason) for i, a in kept.items()} == {
        0: (Answer.NOT_APPLICABLE, "已停用"),
        1: (Answer.NOT_APPLICABLE, "整层租给了 <别人>"),
    }


async def test_a_text_becomes_the_remark_and_can_be_cleared(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.says("二楼的栅栏是昨天拆的")
    assert chat.text.startswith("<i>备注已记到第 1 题。</i>\n第 1/6 题")
    await chat.says("有照片")
    assert "📝 备注：二楼的栅栏是昨天拆的\n有照片" in chat.text
    await chat.presses("合格")
    await chat.presses("上一题")
    assert "您的回答：✅ 合格\n📝 备注：二楼的栅栏是昨天拆的\n有照片" in chat.text
    await chat.presses("清除备注")
    assert "备注" not in chat.text
    assert chat.toasts == ["备注已清除。"]


async def test_the_source_is_shown_in_place_with_the_way_back(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.presses("依据")
    assert chat.text.startswith(
        "<b>第 1 题的依据</b>\n走道、楼梯、门窗没有装卷帘、栅栏、防盗网挡住逃生？\n\n"
        "中华人民共和国消防法（2021年修正） 消防法第二十八条\n不合格按一般隐患处理。\n"
    )
    await chat.presses("返回这一题")
    assert chat.text.startswith("第 1/6 题")


async def test_the_overview_jumps_to_any_question(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.presses("合格")
    await chat.presses("概览")
    assert chat.text == (
        "<b>概览</b>　已答 1/6\n"
        "消防（各类单位通用） 1/3\n"
        "本企业补充 0/3\n"
        "\n"
        "✅ 1. 走道、楼梯、门窗没有装卷帘、栅栏、防盗网挡住逃生？\n"
        "▫️ 2. 消防设施器材没有损坏、挪用、拆除、停用或遮挡？\n"
        "▫️ 3. 疏散通道、安全出口、消防车通道都没有占用或封闭？\n"
        "▫️ 4. 砂轮机防护罩是否完好？\n"
        "▫️ 5. 配电箱前是否没有堆东西？\n"
        "▫️ 6. 灭火器是否在有效期内？"
    )
    assert chat.labels == ["✅1", "▫️2", "▫️3", "▫️4", "▫️5", "▫️6", "去答没答的题", "提交"]
    await chat.presses("▫️5")
    assert chat.text.startswith("第 5/6 题 · 本企业补充")
    await chat.presses("合格")
    assert chat.text.startswith("第 6/6 题")
    await chat.presses("合格")
    assert chat.text.startswith("第 2/6 题")


async def test_an_answer_can_be_changed_until_submitted(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    await to_summary(chat)
    await chat.presses("概览")
    await chat.presses("✅2")
    assert "您的回答：✅ 合格" in chat.text
    assert chat.labels[:3] == ["● ✅ 合格", "⚠️ 有隐患", "➖ 不涉及"]
    await chat.presses("不涉及")
    await chat.presses("由别的单位负责")
    assert "✅ 合格 5　⚠️ 有隐患 0　➖ 不涉及 1" in chat.text
    kept = await answers(database, await running(database, shop))
    assert (kept[1].answer, kept[1].reason) == (Answer.NOT_APPLICABLE, "由别的单位负责")


async def test_a_double_tap_answers_once(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    good = chat.button("合格").data
    await chat.taps(good)
    reply = await chat.taps(good)
    assert reply.toast == "第 1 题刚才已经答过，这是现在的情况。"
    assert chat.text.startswith("第 2/6 题")
    run = await running(database, shop)
    assert run.progress.answers == (Answer.GOOD, *[Answer.OPEN] * 5)


async def test_a_repeated_update_changes_nothing_and_shows_the_present_card(
    database: ZoneDatabase, services: Services
) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    good = chat.button("合格").data
    await chat.taps(good, update_id=900_001)
    await chat.taps(chat.button("合格").data, update_id=900_002)
    await chat.taps(good, update_id=900_001)
    assert chat.text.startswith("第 3/6 题")
    assert (await running(database, shop)).progress.answered == 2


async def test_an_old_button_of_a_changed_answer_changes_nothing(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    hazard = chat.button("有隐患").data
    await chat.presses("合格")
    reply = await chat.taps(hazard)
    assert reply.toast == "第 1 题刚才已经答过，这是现在的情况。"
    assert (await running(database, shop)).progress.answer(0) is Answer.GOOD
    assert await database.read(lambda tx: tx.hazards.of_enterprise(shop)) == []


async def test_forged_buttons_show_the_menu_and_change_nothing(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    run = await running(database, shop)
    name, packed, *_rest = chat.button("合格").data.split(":")
    for data in (
        f"{name}:{packed}:99:a:y",
        f"{name}:{packed}:0:a:.",
        f"{name}:{packed}:0:a:q",
        f"{name}:zz:0:a:y",
        name,
    ):
        reply = await chat.taps(data)
        assert reply.toast == "要找的内容已经不在了，先回到首页。", data
        assert SHOP in chat.text
    assert await running(database, shop) == run


async def test_a_walk_goes_on_after_a_month_on_another_day(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.presses("合格")
    await chat.presses("合格")
    later = replace(chat, now=NOW + timedelta(days=31))
    await later.says("/start")
    await later.presses("▶️ 继续自查 2/6")
    assert later.text.startswith("<i>欢迎回来。上次查到11月23日，已答 2/6，接着来。</i>\n第 3/6 题")


async def test_a_walk_left_over_from_the_last_period_is_named(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    later = replace(chat, now=NOW + timedelta(days=45))
    await later.says("/start")
    await later.presses("▶️ 继续自查 0/6")
    assert later.text.startswith(
        "<i>这是 2026年第四季度 的自查，请先把它做完。欢迎回来。上次查到11月23日，已答 0/6，接着来。</i>\n第 1/6 题"
    )


async def test_any_word_at_the_overview_shows_where_one_is(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.presses("概览")
    shown = chat.text
    await chat.says("在吗")
    assert chat.text == shown


async def two_people(database: ZoneDatabase, services: Services) -> tuple[int, Chat, Chat]:
    shop = await small_shop(database)
    first = await principal_of(database, services, shop)
    second = await member_of(database, services, shop, Role.SAFETY_MANAGER, telegram_id=502, name="李安全")
    await first.presses("开始自查")
    await second.says("/start")
    await second.presses("▶️ 继续自查 0/6")
    return shop, first, second


async def test_two_people_share_the_answers_and_keep_their_own_place(
    database: ZoneDatabase, services: Services
) -> None:
    shop, first, second = await two_people(database, services)
    await second.presses("概览")
    await second.presses("▫️4")
    await second.presses("合格")
    await first.presses("合格")
    assert first.text.startswith("第 2/6 题")
    assert "已答 2" in first.text
    assert second.text.startswith("第 5/6 题")
    run = await running(database, shop)
    assert [i for i in range(6) if run.progress.answer(i) is Answer.GOOD] == [0, 3]
    kept = await answers(database, run)
    names = await database.read(lambda tx: {i: tx.people.get(a.answered_by) for i, a in kept.items()})
    assert {i: person.name for i, person in names.items() if person} == {0: "王厂长", 3: "李安全"}


async def test_the_second_of_two_answers_to_one_question_is_told_of_the_first(
    database: ZoneDatabase, services: Services
) -> None:
    shop, first, second = await two_people(database, services)
    await first.presses("合格")
    reply = await second.presses("有隐患")
    assert reply.toast == "第 1 题刚才已经答过，这是现在的情况。"
    assert "您的回答：✅ 合格" in second.text
    assert (await running(database, shop)).progress.answer(0) is Answer.GOOD


async def test_only_those_who_inspect_for_the_firm_reach_its_inspection(
    database: ZoneDatabase, services: Services
) -> None:
    shop = await small_shop(database)
    other = await small_shop(database, uscc="91230200MA1B2C3D5W", name="隔壁木器厂")
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    good = chat.button("合格").data
    neighbour = await principal_of(database, services, other, telegram_id=601, name="赵老板")
    officer = await member_of(database, services, None, Role.OFFICER, telegram_id=602, name="钱监管")
    worker = await member_of(database, services, shop, Role.WORKER, telegram_id=603, name="孙师傅")
    stranger = Chat(database, services, 604, name="路人")
    for person in (neighbour, officer, worker, stranger):
        reply = await person.taps(good)
        assert reply.toast == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
        assert reply.screen is None
    assert (await running(database, shop)).progress.answered == 0


async def test_another_zone_has_no_such_inspection(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    other = database.database.zone(2)
    await other.write(lambda tx: tx.zones.found(code="DL", name="东岭镇", plan_id="dongli-2024", at=NOW))
    there = await principal_of(other, services, await small_shop(other), telegram_id=501)
    reply = await there.taps(chat.button("合格").data)
    assert reply.toast == "要找的内容已经不在了，先回到首页。"
    assert (await running(database, shop)).progress.answered == 0


async def test_a_tap_costs_at_most_eight_statements(database: ZoneDatabase, services: Services) -> None:
    chat = await principal_of(database, services, await small_shop(database))
    await chat.presses("开始自查")
    await chat.presses("合格")
    with counted_statements() as seen:
        await chat.presses("合格")
    assert len(seen) <= 8, "\n".join(seen)


async def test_a_closed_enterprise_cannot_begin(database: ZoneDatabase, services: Services) -> None:
    shop = await small_shop(database)

    def close(tx: Transaction) -> None:
        tx.enterprises.update(shop, active=False, at=NOW)

    chat = await principal_of(database, services, shop)
    start = chat.button("开始自查").data
    await database.write(close)
    reply = await chat.taps(start)
    assert reply.toast == "要找的内容已经不在了，先回到首页。"
    assert await database.read(lambda tx: tx.inspections.running(shop)) is None
