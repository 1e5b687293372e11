"""The menu by role, and what a stranger is told."""

from checklists.people import Role
from handlers.buttons import in_pairs
from handlers.replies import Button
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.firms import ICE, found_firm, somebody
from tests.walks import sample_photo

STRANGER = (
    "您好，这里是滨河开发区的安全自查。\n您还没有加入。企业的同志请点辖区安全监管办公室发来的邀请链接，"
    "或者扫邀请函上的二维码。\n没有收到邀请？请打电话给办公室，报单位名称就行。"
)


async def test_a_stranger_learns_how_to_get_in_and_nothing_else(database: ZoneDatabase, services: Services) -> None:
    await found_firm(database)
    stranger = Chat(database, services, 3001, "Guest")
    for words in ("/start", "/zicha", "/help", "/unknown", "你好"):
        await stranger.says(words)
        assert (stranger.text, stranger.labels) == (STRANGER, [])
    assert await database.read(lambda tx: tx.people.by_telegram(3001)) is None


async def test_a_worker_is_told_that_nothing_waits_and_may_report(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    worker = await somebody(database, services, 2009, "小张", Role.WORKER, firm=firm)
    await worker.says("/start")
    assert worker.text == "小张，您好，这里是滨河开发区的安全自查。\n现在没有要您办的事，有事会在这里通知您。"
    assert worker.labels == ["⚠️ 报告隐患", "学一学、测一测", "🌐 English"]


async def test_the_menu_of_an_expert_has_nothing_that_changes(database: ZoneDatabase, services: Services) -> None:
    expert = await somebody(database, services, 1003, "专家老李", Role.EXPERT)
    await expert.says("/start")
    assert expert.text.startswith("<b>滨河开发区</b> · 安全自查\n专家老李，您好。您是专家。")
    assert not {"导入企业名单", "待核条目", "办公室人员"} & set(expert.labels)
    assert "企业（0）" in expert.labels


async def test_every_button_of_every_menu_leads_somewhere(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    for number, role in enumerate(Role):
        in_firm = role in (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER, Role.DEPUTY, Role.WORKER)
        chat = await somebody(database, services, 4000 + number, "某人", role, firm=firm if in_firm else None)
        await chat.says("/start")
        for button in chat.buttons:
            await chat.taps(button.data)
            assert chat.toasts == [], f"{role}: {button.label} says {chat.toasts}"


async def test_the_help_fits_the_person(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/help")
    assert principal.text.startswith("<b>怎么用</b>\n1. 一题一题看现场，")
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/help")
    assert officer.text.startswith("<b>怎么用</b>\n1. 导入企业名单：")


async def test_the_office_finds_an_enterprise_by_words_community_and_trade(
    database: ZoneDatabase, services: Services
) -> None:
    await found_firm(database)
    await found_firm(database, name="样例冷库", uscc=ICE, community="西社区", trades=("warehousing",))
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    await officer.presses("企业（2）")
    assert officer.labels[:2] == ["样例冷库", "样例木业有限公司"]
    await officer.says("木业")
    assert officer.text == "<b>企业</b> 共 1 家\n查找：木业\n直接发名称或信用代码的一部分，就能查找。"
    await officer.says("没有的<厂>")
    assert officer.text == "<b>企业</b> 共 0 家\n查找：没有的&lt;厂&gt;\n没有找到。换几个字再试。"
    await officer.presses("看全部")
    await officer.presses("按社区")
    await officer.presses("西社区（1）")
    assert officer.text.startswith("<b>企业</b> 共 1 家\n社区/网格：西社区")
    await officer.presses("看全部")
    await officer.presses("按行业")
    assert officer.labels[:2] == ["轻工（1）", "仓储物流（1）"]
    await officer.presses("轻工（1）")
    assert officer.labels[0] == "样例木业有限公司"
    await officer.presses("样例木业有限公司")
    assert officer.text.startswith(
        "<b>样例木业有限公司</b>\n信用代码：91350211M000100Y46\n地址：样例路1号\n社区/网格：东社区\n行业：轻工\n检查表："
    )


async def test_long_lists_turn_pages_and_keep_what_they_are_narrowed_to(
    database: ZoneDatabase, services: Services
) -> None:
    for number in range(20):
        await found_firm(database, name=f"样例{number:02}厂", uscc=f"{number:018}", community="东社区")
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    await officer.presses("企业（20）")
    await officer.says("样例")
    await officer.presses("下一页 ›")
    assert officer.labels[0] == "样例08厂"
    await officer.says("样例1")
    assert officer.text.startswith("<b>企业</b> 共 10 家")
    await officer.presses("下一页 ›")
    assert officer.labels[:4] == ["样例18厂", "样例19厂", "‹ 上一页", "2/2"]


async def test_an_enterprise_is_stopped_and_resumed_by_the_office_only(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    await officer.presses("企业（1）")
    await officer.presses("样例木业有限公司")
    await officer.presses("停用这家企业")
    await officer.says("等一下")
    assert officer.text == "停用 <b>样例木业有限公司</b>？停用以后不再提醒它自查，已有的记录都保留。"
    sure = officer.button("确定停用").data
    await officer.taps(sure)
    await officer.taps(sure)
    assert officer.toasts == ["已停用。", "已经是这样了。"]
    assert officer.text.startswith("<b>样例木业有限公司</b>（已停用）")
    assert await database.read(lambda tx: tx.enterprises.count()) == 0
    await officer.presses("恢复这家企业")
    await officer.presses("确定恢复")
    assert await database.read(lambda tx: tx.enterprises.count()) == 1
    trail = await database.read(lambda tx: tx.trail.of("enterprise", firm.id))
    assert [e.what for e in trail] == ["enterprise_stopped", "enterprise_resumed"]


async def test_a_principal_sees_the_card_without_the_office_buttons(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/start")
    await principal.presses("企业信息")
    assert principal.labels == ["企业资料", "人员", "本企业增加的检查项", "风险点", "企业二维码", "返回首页"]


async def test_what_nobody_asked_for_is_said_not_to_be_kept(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    worker = await somebody(database, services, 2009, "小张", Role.WORKER, firm=firm)
    await worker.sends_photo(sample_photo())
    assert worker.text.startswith("<i>照片没有收下，这里用不着照片。</i>\n小张，您好，")
    await worker.sends_voice("ab" * 32)
    assert worker.text.startswith("<i>语音没有收下，这里用不着语音。</i>\n小张，您好，")
    stranger = Chat(database, services, 3001, "Guest")
    await stranger.sends_file("名单.xlsx", b"PK")
    assert stranger.text == f"<i>文件没有收下，这里用不着文件。</i>\n{STRANGER}"
    await stranger.says("你好")
    assert stranger.text == STRANGER


def test_a_long_menu_puts_short_neighbours_side_by_side_after_the_main_jobs() -> None:
    labels = ["开始自查", "隐患清单", "风险点", "人员与邀请", "未自查名单（逾期1）", "企业", "设置", "English"]
    rows = in_pairs([Button(label, str(n)) for n, label in enumerate(labels)], alone=2)
    assert [[b.label for b in row] for row in rows] == [
        ["开始自查"],
        ["隐患清单"],
        ["风险点", "人员与邀请"],
        ["未自查名单（逾期1）"],
        ["企业", "设置"],
        ["English"],
    ]
