"""Departments of the office: founded on the phone, with people and trades; what a dissolved one leaves behind."""

from checklists.hazards import State
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.departments import Department
from tests.rectifying import hands_in, rectifying_case


async def only(database: ZoneDatabase) -> Department:
    [department] = await database.read(lambda tx: tx.departments.all())
    return department


async def test_a_department_is_founded_on_the_way_to_giving_it_a_hazard(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("指定科室")
    assert case.officer.text == "<b>隐患 BH-2026-0001</b>\n还没有科室，请先新设。"
    await case.officer.presses("管理科室")
    assert "还没有科室。没有科室时，监管员、审核员都可以复查。" in case.officer.text
    await case.officer.presses("新设科室")
    await case.officer.says("工贸科")
    assert case.officer.labels == ["陈监管", "林审核", "选行业", "撤销科室", "返回"]
    join = case.officer.button("林审核").data
    await case.officer.taps(join)
    await case.officer.taps(join)
    assert case.officer.labels[:2] == ["陈监管", "✅ 林审核"]
    await hands_in(case)
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    assert case.reviewer.text.startswith("<i>还没有指定负有监管职责的科室，请先指定。</i>")
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses("指定科室")
    await case.officer.presses("工贸科")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 通过")
    assert (await case.hazard()).state is State.REVIEWED


async def test_trades_are_chosen_page_by_page_and_a_double_press_is_one(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    department = await database.write(lambda tx: tx.departments.found("工贸科", by=None, at=case.officer.now))
    await case.officer.taps("yo")
    await case.officer.presses("工贸科")
    await case.officer.presses("选行业")
    first = case.officer.buttons[0]
    await case.officer.taps(first.data)
    await case.officer.taps(first.data)
    assert case.officer.labels[0] == f"✅ {first.label}"
    assert (await only(database)).trades == (first.data.split(":")[2],)
    await case.officer.presses("选好了")
    assert f"监管的行业：{first.label}" in case.officer.text
    assert (await only(database)).id == department.id


async def test_a_dissolved_department_is_gone_from_old_buttons(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await database.write(lambda tx: tx.departments.found("工贸科", by=None, at=case.officer.now))
    await case.officer.taps("yo")
    old = case.officer.button("工贸科").data
    await case.officer.presses("工贸科")
    await case.officer.presses("撤销科室")
    assert case.officer.text.startswith("<b>撤销工贸科？</b>")
    await case.officer.presses("确认撤销")
    assert "工贸科" not in case.officer.labels
    await case.officer.taps(old)
    assert case.officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_a_worker_of_a_firm_cannot_be_put_into_a_department(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    department = await database.write(lambda tx: tx.departments.found("工贸科", by=None, at=case.officer.now))
    principal = await database.read(lambda tx: tx.people.by_telegram(case.principal.telegram_id))
    assert principal is not None
    await case.officer.taps("yo")
    await case.officer.presses("工贸科")
    forged = case.officer.button("陈监管").data.split(":")
    await case.officer.taps(":".join([*forged[:2], pack(principal.id), "1"]))
    assert await database.read(lambda tx: tx.departments.members(department.id)) == []
