"""The enterprise list: previewed with its errors, imported only when confirmed, once, and never twice the same firm."""

import pytest

from checklists.enterprise_changes import differences
from checklists.enterprise_rows import EnterpriseRow, NamedPerson
from checklists.enterprises import Enterprise
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, WOOD, found_firm, somebody

HEADING = "企业名称,统一社会信用代码,行业,特征,地址,社区/网格,主要负责人,主要负责人电话"
WOOD_ROW = f"样例木业有限公司,{WOOD},轻工,有锅炉,样例路1号,东社区,王厂长,13800000000"
ICE_ROW = f"样例冷库,{ICE},仓储物流,,样例路2号,西社区,李厂长,"
WRONG_ROW = "样例错误,91350211M000100Y44,轻工,,,,,"


def table(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode("utf-8-sig")


async def an_officer(database: ZoneDatabase, services: Services) -> Chat:
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.says("/start")
    return officer


async def firms(database: ZoneDatabase) -> list[Enterprise]:
    return await database.read(lambda tx: tx.enterprises.all())


async def test_a_list_is_previewed_and_imported_only_when_confirmed(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.presses("导入企业名单")
    assert officer.documents[0].name == "企业名单模板.xlsx"
    await officer.sends_file("名单.csv", table(WOOD_ROW, ICE_ROW, WRONG_ROW))
    assert officer.text == (
        "<b>预览</b>：名单.csv，共 3 行\n"
        "新增 2 家\n有变化 0 家\n没有变化 0 家\n有错 1 行，有错的行不导入\n\n"
        "<b>错误</b>\n"
        "第4行 样例错误：统一社会信用代码的校验码不对：前17位都对的话，最后一位应是6，现在是4；请照营业执照逐位核对"
    )
    assert officer.labels == ["确认导入 2 家", "取消"]
    assert await firms(database) == []
    await officer.presses("确认导入 2 家")
    assert officer.text == (
        "已导入：新增 2 家，更新 0 家，没有变化 0 家。\n"
        "有错的 1 行没有导入，改好以后把文件再发一次就行。\n下一步：给主要负责人发邀请函。"
    )
    ice, wood = await firms(database)
    assert (wood.name, wood.uscc, wood.address, wood.community) == ("样例木业有限公司", WOOD, "样例路1号", "东社区")
    assert (wood.trades, wood.traits) == (("light-industry",), {"boiler": True})
    assert ice.trades == ("warehousing",)
    contacts = await database.read(lambda tx: tx.enterprises.contacts(wood.id))
    assert (contacts[Role.PRINCIPAL].name, contacts[Role.PRINCIPAL].phone) == ("王厂长", "13800000000")
    trail = await database.read(lambda tx: tx.trail.of("zone", 1))
    assert [(e.what, e.body["after"]["new"]) for e in trail] == [("enterprises_imported", [WOOD, ICE])]


async def test_confirming_twice_imports_once(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    confirm = officer.button("确认导入").data
    await officer.taps(confirm)
    await officer.taps(confirm)
    assert officer.toasts == ["这份名单已经处理过了。"]
    assert len(await firms(database)) == 1
    assert len(await database.read(lambda tx: tx.trail.of("zone", 1))) == 1


async def test_a_redelivered_confirmation_shows_the_result_again(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    confirm = officer.button("确认导入").data
    await officer.taps(confirm, update_id=910_001)
    await officer.taps(confirm, update_id=910_001)
    assert officer.text.startswith("已导入：新增 1 家，更新 0 家，没有变化 0 家。")


async def test_a_cancelled_list_imports_nothing(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    confirm = officer.button("确认导入").data
    await officer.presses("取消")
    assert officer.toasts == ["已取消，什么都没有导入。"]
    await officer.taps(confirm)
    assert officer.toasts[-1] == "这份名单已经处理过了。"
    assert await firms(database) == []


async def test_the_draft_of_another_officer_cannot_be_confirmed(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    other = await somebody(database, services, 1002, "钱监管", Role.OFFICER)
    await other.taps(officer.button("确认导入").data)
    assert other.toasts == ["这份名单已经处理过了。"]
    assert await firms(database) == []
    await officer.says("怎么还没好")
    await officer.presses("确认导入 1 家")
    assert len(await firms(database)) == 1


async def test_importing_again_updates_and_empties_nothing(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    await officer.presses("确认导入 1 家")
    wood = (await firms(database))[0]
    await database.write(lambda tx: tx.enterprises.set_trait(wood.id, "gas-user", False, by=7, at=NOW))
    await officer.sends_file("名单.csv", table(f"样例木业（集团）,{WOOD},,,,南社区,赵厂长,", ICE_ROW))
    assert "新增 1 家\n有变化 1 家\n没有变化 0 家" in officer.text
    assert "<b>变化</b>\n样例木业（集团）：企业名称、社区/网格、主要负责人：王厂长→赵厂长" in officer.text
    await officer.presses("确认导入 2 家")
    again = next(e for e in await firms(database) if e.uscc == WOOD)
    assert (again.id, again.name, again.community) == (wood.id, "样例木业（集团）", "南社区")
    assert (again.address, again.trades) == ("样例路1号", ("light-industry",))
    assert again.traits == {"boiler": True, "gas-user": False}
    history = await database.read(lambda tx: tx.enterprises.contact_history(wood.id, Role.PRINCIPAL))
    assert [c.name for c in history] == ["赵厂长", "王厂长"]
    await officer.sends_file("名单.csv", table(f"样例木业（集团）,{WOOD},,,,南社区,赵厂长,", ICE_ROW))
    assert "新增 0 家\n有变化 0 家\n没有变化 2 家" in officer.text
    assert officer.labels == ["取消"]


async def test_the_file_wins_where_it_says_something_of_a_trait(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, traits={"boiler": False})
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW))
    assert "样例木业有限公司：特征、主要负责人：王厂长" in officer.text
    await officer.presses("确认导入 1 家")
    kept = await database.read(lambda tx: tx.enterprises.get(firm.id))
    assert kept is not None
    assert kept.traits == {"boiler": True}


async def test_an_unreadable_file_is_told_in_plain_words(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("照片.pdf", b"%PDF-1.7 <b>")
    assert officer.text.startswith("这个文件读不了：")
    assert officer.labels == ["下载模板", "返回首页"]


async def test_many_errors_come_as_a_file_too(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(*[f"样例{n},1{n:02},轻工,,,,," for n in range(30)]))
    assert "……其余 20 行见文件" in officer.text
    assert len(officer.text) < 4096
    assert officer.labels == ["取消"]
    listed = officer.documents[0].content.decode("utf-8-sig").split("\r\n")
    assert len(listed) == 30
    assert listed[29] == "第31行 样例29：统一社会信用代码应是18位，现在是3位，请照营业执照核对"


async def test_the_template_filled_in_is_a_list_without_the_sample(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.presses("导入企业名单")
    await officer.sends_file("模板.xlsx", officer.documents[0].content)
    assert officer.text == "这个文件读不了：表格里还没有填写企业。"


async def test_two_thousand_firms_are_added_at_once(database: ZoneDatabase) -> None:
    people = (NamedPerson(role=Role.PRINCIPAL, name="王厂长"),)
    many = [EnterpriseRow(number=n, name=f"样例{n}", uscc=f"{n:018}", people=people) for n in range(2_000)]
    ids = await database.write(lambda tx: tx.enterprises.add_listed(many, at=NOW))
    assert len(set(ids)) == 2_000
    known = await database.read(lambda tx: tx.enterprises.by_usccs([row.uscc for row in many]))
    assert len(known) == 2_000
    contacts = await database.read(lambda tx: tx.enterprises.contacts_of(ids))
    assert len(contacts) == 2_000


async def test_sheets_for_all_principals_who_are_not_bound(database: ZoneDatabase, services: Services) -> None:
    officer = await an_officer(database, services)
    await officer.sends_file("名单.csv", table(WOOD_ROW, ICE_ROW))
    await officer.presses("确认导入 2 家")
    await officer.presses("打印邀请函")
    assert officer.text.startswith("有 2 家企业的主要负责人还没绑定，也没有有效的邀请。")
    make = officer.button("生成 2 份邀请函").data
    await officer.taps(make)
    assert officer.documents[-1].name == "邀请函-2家.pdf"
    assert officer.text == "没有要发邀请函的企业：主要负责人都已绑定，或者已有没用的邀请。"
    await officer.taps(make)
    assert len(officer.documents) == 1


ENTERPRISE = Enterprise(
    id=1, name="甲", uscc=WOOD, address="路1号", trades=("light-industry",), traits={"boiler": True}
)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (EnterpriseRow(number=2, name="甲", uscc=WOOD), ()),
        (EnterpriseRow(number=2, name="乙", uscc=WOOD), ("企业名称",)),
        (EnterpriseRow(number=2, name="甲", uscc=WOOD, address="路1号", trades=("light-industry",)), ()),
        (EnterpriseRow(number=2, name="甲", uscc=WOOD, address="路2号", trades=("textile",)), ("地址", "行业")),
        (EnterpriseRow(number=2, name="甲", uscc=WOOD, traits={"boiler": True}), ()),
        (EnterpriseRow(number=2, name="甲", uscc=WOOD, traits={"boiler": False}), ("特征",)),
        (
            EnterpriseRow(number=2, name="甲", uscc=WOOD, people=(NamedPerson(role=Role.CONTROLLER, name="周总"),)),
            ("实际控制人：周总",),
        ),
    ],
)
def test_a_row_differs_only_where_it_says_something_else(row: EnterpriseRow, what: tuple[str, ...]) -> None:
    assert differences(row, ENTERPRISE, {}) == what
