"""待核 criteria reach enterprises only after an officer adopted them; an enterprise adds items of its own."""

from datetime import date

import pytest

from checklists.people import Role
from handlers.replies import pack
from handlers.services import Services
from handlers.standards import checklist_for
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.firms import ICE, found_firm, somebody

ON = date(2026, 11, 23)


async def an_officer(database: ZoneDatabase, services: Services) -> Chat:
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    return officer


async def asked(database: ZoneDatabase, enterprise_id: int) -> set[str]:
    def unit(tx: Transaction) -> set[str]:
        enterprise = tx.enterprises.get(enterprise_id)
        assert enterprise is not None
        return {item.id for item in checklist_for(tx, enterprise, ON)}

    return await database.read(unit)


async def test_an_adopted_criterion_is_asked_and_an_undone_one_is_not(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database, trades=("courier",))
    officer = await an_officer(database, services)
    before = await asked(database, firm.id)
    await officer.presses("待核条目")
    assert officer.text.startswith("<b>待核条目</b>\n这些条目还没有和正式文本逐字核对过，您采用以后才会问企业。\n")
    await officer.presses("邮政与快递 待定2条")
    assert officer.text.startswith("待核 · 邮政与快递 · 第 1/2 条")
    assert "现在：还没决定，企业不会被问到。" in officer.text
    await officer.presses("采用")
    assert officer.toasts[-1] == "已采用，上一条可撤销。"
    assert "第 2/2 条" in officer.text
    added = await asked(database, firm.id) - before
    assert len(added) == 1
    await officer.presses("‹ 上一页")
    assert "现在：已采用（11月23日，赵监管）。" in officer.text
    assert officer.labels[:2] == ["不采用", "撤销决定"]
    await officer.presses("撤销决定")
    assert await asked(database, firm.id) == before


async def test_declining_is_remembered_and_leads_on(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.presses("待核条目")
    await officer.presses("邮政与快递")
    await officer.presses("不采用")
    await officer.presses("不采用")
    await officer.presses("返回清单")
    assert "不采用 2，" in officer.text
    assert "邮政与快递 已处理完" in officer.labels


async def test_a_whole_list_is_adopted_after_a_question_and_taken_back(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    before = await asked(database, firm.id)
    await officer.presses("待核条目")
    await officer.presses("消防（各类单位通用） 待定27条")
    await officer.presses("不采用")
    await officer.presses("全部采用本类")
    assert officer.text == ("采用“消防（各类单位通用）”里还没决定的 26 条？采用以后，相关企业下一次自查就会问到。")
    sure = officer.button("采用这 26 条").data
    await officer.taps(sure)
    assert officer.text == "已采用“消防（各类单位通用）”26 条。"
    await officer.says("好")
    assert officer.text == "已采用“消防（各类单位通用）”26 条。"
    assert len(await database.read(lambda tx: tx.standards.adopted())) == 26
    assert len(await asked(database, firm.id)) > len(before)
    await officer.presses("撤销这 26 条")
    assert await asked(database, firm.id) == before
    await officer.taps(sure)
    assert len(await database.read(lambda tx: tx.standards.adopted())) == 26


async def test_a_number_that_changed_meanwhile_is_asked_again(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.taps("sa:courier")
    sure = officer.button("采用这 2 条").data
    other = await somebody(database, services, 1002, "钱监管", Role.OFFICER)
    await other.taps("sl:courier:0")
    await other.presses("不采用")
    await officer.taps(sure)
    assert officer.toasts[-1] == "数目变了，请再看一眼。"
    assert officer.labels == ["采用这 1 条", "先不"]
    assert await database.read(lambda tx: tx.standards.adopted()) == frozenset()


async def test_a_double_tap_decides_once(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.taps("sl:courier:0")
    adopt = officer.button("采用").data
    await officer.taps(adopt)
    await officer.taps(adopt)
    assert officer.toasts[-1] == "没有变化。"
    assert len(await database.read(lambda tx: tx.trail.of("zone", 1))) == 1


@pytest.mark.parametrize(
    "forged", ["sd:no-such:y", "sd:gm-management-01:y", "sl:nothing:0", "sl:courier:zz", "sa:coal-mine"]
)
async def test_what_is_verified_or_unknown_cannot_be_decided(
    database: ZoneDatabase, services: Services, forged: str
) -> None:
    officer = await an_officer(database, services)
    await officer.taps(forged)
    assert officer.toasts == ["要找的内容已经不在了，先回到首页。"]
    assert await database.read(lambda tx: tx.standards.decisions()) == {}


async def test_a_principal_adds_changes_and_retires_an_own_item(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/start")
    await principal.presses("本企业增加的检查项")
    assert "还没有。本单位特有的设备、岗位，可以自己加几条来查。" in principal.text
    await principal.presses("增加一条")
    await principal.says("行车")
    assert principal.text.startswith("太短了，看的人会不明白。")
    await principal.says("行车的上限位\n是否好用 <试一下>？")
    assert principal.text.startswith("已加上第 1 条：\n<b>行车的上限位 是否好用 &lt;试一下&gt;？</b>")
    assert "own-1.1" in await asked(database, firm.id)
    await principal.says("升到顶看自动停不停")
    assert "怎么看：升到顶看自动停不停\n第 2 版，2026年11月23日，王厂长" in principal.text
    await principal.presses("改问题")
    await principal.says("两台行车的上限位是否好用？")
    assert "第 3 版" in principal.text
    assert {i for i in await asked(database, firm.id) if i.startswith("own")} == {"own-1.3"}
    await principal.presses("不再查这条")
    sure = principal.button("不再查").data
    await principal.taps(sure)
    assert principal.toasts[-1] == "以后不再查第 1 条。"
    await principal.taps(sure)
    assert principal.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    assert not {i for i in await asked(database, firm.id) if i.startswith("own")}
    versions = await database.read(lambda tx: tx.standards.versions(firm.id, 1))
    assert [v.version for v in versions] == [1, 2, 3]


async def test_retiring_by_an_old_button_shows_the_new_words_first(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    officer = await an_officer(database, services)
    await officer.taps(f"sn:{pack(firm.id)}")
    await officer.says("行车的上限位是否好用？")
    await principal.taps(f"sr:{pack(firm.id)}:1:1")
    await officer.says("升到顶试一下")
    await principal.presses("不再查")
    assert principal.toasts == ["这一条刚改过，请再看一眼。"]
    assert "第 2 版" in principal.text


async def test_an_own_item_belongs_to_its_firm(database: ZoneDatabase, services: Services) -> None:
    wood = await found_firm(database)
    ice = await found_firm(database, name="样例冷库", uscc=ICE)
    officer = await an_officer(database, services)
    await officer.taps(f"sn:{pack(ice.id)}")
    await officer.says("冷库门里面能打开吗？")
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=wood)
    await principal.taps(f"si:{pack(wood.id)}:1:1")
    assert principal.toasts == ["要找的内容已经不在了，先回到首页。"]
    await principal.taps(f"si:{pack(ice.id)}:1:1")
    assert principal.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    assert not {i for i in await asked(database, wood.id) if i.startswith("own")}
