"""The profile on the phone: trades first, then at most a minute of yes and no, resumed, undone and put right."""

from checklists.enterprises import Enterprise
from checklists.people import Role
from checklists.trade_groups import load_trade_groups
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.firms import found_firm, somebody


async def a_principal(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/start")
    return principal


async def kept(database: ZoneDatabase, firm: Enterprise) -> Enterprise:
    found = await database.read(lambda tx: tx.enterprises.get(firm.id))
    assert found is not None
    return found


async def test_the_first_question_is_the_weightiest_and_shows_the_way(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database, profiled=False)
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料（一分钟）")
    assert principal.text == (
        "样例木业有限公司 · 企业资料 1/12\n░░░░░░░░░░\n\n<b>有没有特种设备，比如锅炉、储气罐、电梯、行车、叉车？</b>"
    )
    assert principal.labels == ["有", "没有", "不清楚", "以后再填"]
    await principal.presses("没有")
    assert principal.text.startswith("样例木业有限公司 · 企业资料 2/12")
    assert (await kept(database, firm)).traits == {"special-equipment": False}


async def test_at_most_twelve_taps_and_then_the_checklist_is_counted(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database, profiled=False, trades=("light-industry", "hazchem", "machinery"))
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    taps = 0
    while "不清楚" in principal.labels:
        await principal.taps(principal.buttons[0].data)
        taps += 1
    assert taps == 12
    assert principal.text.startswith("资料填好了。\n<b>样例木业有限公司</b> 的检查表现在有 <b>")
    profile = await kept(database, firm)
    assert profile.profiled_at is not None
    assert list(profile.traits.values()) == [True] * 12
    trail = await database.read(lambda tx: tx.trail.of("enterprise", firm.id))
    assert [(e.what, e.body["after"]["by_office"]) for e in trail] == [("profile_set", False)]
    await principal.says("好了吗")
    assert principal.text.startswith("资料填好了。")


async def test_a_pause_goes_on_where_it_stopped(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False)
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    await principal.presses("有")
    await principal.presses("不用")
    question = principal.text
    await principal.presses("以后再填")
    await principal.presses("继续填企业资料（已答 2 题）")
    assert principal.text == question
    await principal.says("这是什么意思")
    assert principal.text == question


async def test_the_question_before_can_be_answered_otherwise(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False)
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    first = principal.text
    await principal.presses("没有")
    await principal.presses("上一题")
    assert principal.text == first + "\n现在的回答：没有"
    assert principal.labels == ["有", "没有", "不清楚", "不改，下一题", "以后再填"]
    await principal.presses("有")
    assert (await kept(database, firm)).traits == {"special-equipment": True}
    await principal.presses("上一题")
    await principal.presses("不清楚")
    assert (await kept(database, firm)).traits == {}
    assert " 2/" in principal.text


async def test_an_old_button_changes_nothing(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False)
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    old = principal.button("没有").data
    await principal.taps(old)
    second = principal.text
    await principal.taps(old)
    assert principal.toasts == ["那一题已经过去了，这是现在的题。"]
    assert principal.text == second
    assert (await kept(database, firm)).traits == {"special-equipment": False}
    await principal.says("/start")
    await principal.taps(old)
    assert principal.toasts[-1] == "接着上次的地方问。"
    assert principal.text == second


async def test_trades_are_asked_first_and_toggle(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False, trades=())
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    assert principal.text == "<b>样例木业有限公司</b> 是做什么的？可以选几个。\n已选：还没有\n\n第 1/7 页 · <b>工厂</b>"
    assert "选好了，下一步" not in principal.labels
    textile = principal.button("纺织").data
    await principal.taps(textile)
    await principal.taps(textile)
    assert "✅ 纺织" in principal.labels
    await principal.presses("轻工")
    await principal.presses("✅ 纺织")
    await principal.presses("商贸和场所 ›")
    await principal.presses("仓储物流")
    assert "已选：轻工、仓储物流" in principal.text
    assert "· 仓储物流（含冷库、丙类仓库）" in principal.text
    await principal.presses("选好了，下一步")
    assert (await kept(database, firm)).trades == ("light-industry", "warehousing")
    assert "企业资料 1/" in principal.text


async def test_the_office_puts_the_profile_right_and_it_is_marked(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False)
    principal = await a_principal(database, services, firm)
    await principal.presses("填企业资料")
    await principal.presses("没有")
    while "不清楚" in principal.labels:
        await principal.presses("不清楚")
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"q:{pack(firm.id)}")
    assert officer.text == (
        "<b>样例木业有限公司 · 企业资料</b>\n行业：轻工\n是/有：无\n不是/没有：有特种设备\n填写完成：2026年11月23日"
    )
    await officer.presses("重新回答")
    assert officer.text.endswith("现在的回答：没有")
    await officer.presses("有")
    await officer.taps(f"q:{pack(firm.id)}")
    assert "是/有：有特种设备（办公室更正）\n不是/没有：无" in officer.text
    await principal.taps(f"q:{pack(firm.id)}")
    assert "有特种设备（办公室更正）" in principal.text


async def test_a_safety_manager_sees_the_profile_and_changes_nothing(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    manager = await somebody(database, services, 2002, "李安全", Role.SAFETY_MANAGER, firm=firm)
    await manager.taps(f"q:{pack(firm.id)}")
    assert manager.labels == ["返回企业", "返回首页"]
    await manager.taps(f"qt:{pack(firm.id)}:textile:1")
    assert manager.toasts == ["这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"]
    assert (await kept(database, firm)).trades == ("light-industry",)


async def test_an_unknown_trade_or_trait_in_a_button_is_refused(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await a_principal(database, services, firm)
    for forged in (f"qt:{pack(firm.id)}:fire:1", f"qa:{pack(firm.id)}:0:boiler:z", f"qg:{pack(firm.id)}:zz"):
        await principal.taps(forged)
        assert principal.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    await principal.taps(f"qs:{pack(firm.id)}:0")
    await principal.taps(f"qa:{pack(firm.id)}:0:boiler:y")
    assert principal.toasts[-1] == "那一题已经过去了，这是现在的题。"
    assert (await kept(database, firm)).traits == {}


def test_every_trade_of_a_phone_stands_on_one_page() -> None:
    groups = load_trade_groups()
    assert [g.name for g in groups][:2] == ["工厂", "商贸和场所"]
    assert sum(len(g.trades) for g in groups) == 31
    assert max(len(g.trades) for g in groups) == 7
