"""Who is who in an enterprise and in the office: ending roles and changing the principal keep history."""

from checklists.people import Role
from handlers.people import ensure_administrators
from handlers.renderers import RENDERERS, render
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.bench.ledger import bare, recorded
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody


async def test_the_list_says_who_is_named_invited_and_bound(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)

    def unit(tx: Transaction) -> None:
        tx.enterprises.name_contact(firm.id, Role.PRINCIPAL, name="王厂长", phone="138", at=NOW, by=None)
        tx.enterprises.name_contact(firm.id, Role.CONTROLLER, name="周<总>", phone="", at=NOW, by=None)
        tx.invitations.create(Role.DEPUTY, enterprise_id=firm.id, by=None, at=NOW)

    await database.write(unit)
    await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"p:{pack(firm.id)}")
    assert officer.text == (
        "<b>样例木业有限公司 · 人员</b>\n"
        "主要负责人：王厂长 138（已绑定）\n"
        "实际控制人：周&lt;总&gt;（未绑定）\n"
        "安全管理员：未登记\n"
        "分管负责人：（已邀请，还没绑定）"
    )


async def test_changing_the_principal_is_one_action_that_keeps_history(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    await database.write(
        lambda tx: tx.enterprises.name_contact(firm.id, Role.PRINCIPAL, name="王厂长", phone="138", at=NOW, by=None)
    )
    former = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"p:{pack(firm.id)}")
    await officer.presses("更换主要负责人")
    assert "现在是：王厂长 138（已绑定）" in officer.text
    await officer.presses("更换，下一步填新负责人")
    await officer.says("13900000000")
    assert officer.text.startswith("没有看懂姓名。")
    reply = await officer.says("李厂长 13900000000")
    assert reply.before[0].text.startswith("李厂长您好！")
    assert [d.name for d in reply.documents] == [
        "邀请码-样例木业有限公司-主要负责人.png",
        "邀请函-样例木业有限公司-主要负责人.pdf",
    ]
    history = await database.read(lambda tx: tx.enterprises.contact_history(firm.id, Role.PRINCIPAL))
    assert [(c.name, c.phone, c.until) for c in history] == [
        ("李厂长", "13900000000", None),
        ("王厂长", "138", NOW),
    ]
    await former.says("/start")
    assert former.text == "您好，这里是滨河开发区的安全自查。\n您现在没有担任职务。如果不对，请联系辖区安全监管办公室。"
    trail = await database.read(lambda tx: tx.trail.of("person", _id(tx, 2001)))
    assert [e.what for e in trail] == ["role_given", "role_ended"]


def _id(tx: Transaction, telegram_id: int) -> int:
    person = tx.people.by_telegram(telegram_id)
    assert person is not None
    return person.id


async def test_a_principal_who_hands_over_is_told_so(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/start")
    await principal.presses("人员与邀请")
    await principal.presses("更换主要负责人")
    await principal.presses("更换，下一步填新负责人")
    await principal.says("李厂长")
    assert principal.text == "已更换。您不再是 样例木业有限公司 的主要负责人，请把上面的邀请转给新的负责人。"
    await principal.says("还在吗")
    assert "您现在没有担任职务。" in principal.text


async def test_ending_a_role_is_asked_before_and_done_once(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    manager = await somebody(database, services, 2002, "李安全", Role.SAFETY_MANAGER, firm=firm)
    await principal.taps(f"p:{pack(firm.id)}")
    await principal.presses("解除 李安全（安全管理员）")
    assert principal.text == ("解除 李安全 的安全管理员？解除以后不能再代表样例木业有限公司操作，以前的记录都保留。")
    await principal.says("嗯")
    assert principal.labels == ["确定解除", "不解除"]
    sure = principal.button("确定解除").data
    await principal.taps(sure)
    assert principal.toasts[-1] == "已解除。"
    await principal.taps(sure)
    assert principal.toasts[-1] == "已经解除过了。"
    await manager.says("/start")
    assert "您现在没有担任职务。" in manager.text


async def test_a_firm_cannot_end_its_controller_nor_its_principal(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    controller = await somebody(database, services, 2003, "周总", Role.CONTROLLER, firm=firm)
    await principal.taps(f"p:{pack(firm.id)}")
    assert principal.labels == ["邀请", "更换主要负责人", "返回企业", "返回首页"]
    for chat, telegram_id, role in ((principal, 2003, "controller"), (controller, 2001, "principal")):
        person_id = await database.read(lambda tx, who=telegram_id: _id(tx, who))  # type: ignore[misc]
        await chat.taps(f"px:{pack(firm.id)}:{pack(person_id)}:{role}")
        assert chat.toasts[-1] == "这个角色不能在这里解除。"
    people = await database.read(lambda tx: tx.people.with_role(Role.PRINCIPAL, Role.CONTROLLER, enterprise_id=firm.id))
    assert [p.name for p in people] == ["王厂长", "周总"]


async def test_a_role_in_another_enterprise_is_out_of_reach(database: ZoneDatabase, services: Services) -> None:
    wood = await found_firm(database)
    ice = await found_firm(database, name="样例冷库", uscc=ICE)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=wood)
    await somebody(database, services, 2002, "李安全", Role.SAFETY_MANAGER, firm=ice)
    person_id = await database.read(lambda tx: _id(tx, 2002))
    await principal.taps(f"pw:{pack(wood.id)}:{pack(person_id)}:safety_manager")
    assert principal.toasts == ["要找的内容已经不在了，先回到首页。"]
    await principal.taps(f"px:{pack(ice.id)}:{pack(person_id)}:safety_manager")
    assert principal.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    people = await database.read(lambda tx: tx.people.with_role(Role.SAFETY_MANAGER, enterprise_id=ice.id))
    assert [p.name for p in people] == ["李安全"]


async def test_administrators_come_from_the_settings_and_get_their_name_at_the_first_start(
    database: ZoneDatabase, services: Services
) -> None:
    for _ in range(2):
        await database.write(lambda tx: ensure_administrators(tx, [1000], NOW))
    administrator = Chat(database, services, 1000, "孙主任")
    await administrator.says("/start")
    assert administrator.text == "<b>滨河开发区</b> · 安全自查\n孙主任，您好。您是管理员。"
    await administrator.presses("办公室人员")
    assert administrator.text == "<b>办公室人员</b>\n孙主任：管理员"
    assert administrator.labels == ["邀请", "返回首页"]
    person_id = await database.read(lambda tx: _id(tx, 1000))
    await administrator.taps(f"pox:0:{pack(person_id)}:administrator")
    assert administrator.toasts == ["不能解除自己的管理员。"]


async def test_an_administrator_ends_the_role_of_an_officer(database: ZoneDatabase, services: Services) -> None:
    administrator = await somebody(database, services, 1000, "孙主任", Role.ADMINISTRATOR)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await administrator.says("/start")
    await administrator.presses("办公室人员")
    await administrator.presses("解除 赵监管（监管员）")
    assert administrator.text == "解除 赵监管 的监管员？解除以后不能再代表办公室操作，以前的记录都保留。"
    await administrator.presses("确定解除")
    assert administrator.text == "<b>办公室人员</b>\n孙主任：管理员"
    await officer.says("/start")
    assert officer.labels == []


async def told(database: ZoneDatabase, services: Services) -> list[tuple[int, str]]:
    """What would be sent now, to whom."""

    def unit(tx: Transaction) -> list[tuple[int, str]]:
        waiting = [(d.chat_id, render(RENDERERS, tx, services, d, NOW)) for d in tx.deliveries.waiting(NOW, 100)]
        return [(chat, going.screen.text) for chat, going in waiting if going and going.screen]

    return await database.read(unit)


async def test_the_inviter_hears_who_joined_and_the_former_principal_that_it_ended(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"pd:{pack(firm.id)}")
    reply = await officer.says("李厂长")
    link = reply.before[0].text.partition("start=")[2].partition("\n")[0]
    ended = (2001, "您不再是样例木业有限公司的主要负责人了，以前的记录都保留。如果不对，请联系辖区安全监管办公室。")
    assert await told(database, services) == [ended]
    newcomer = Chat(database, services, 2002, "Li")
    await newcomer.says(f"/start {link}")
    assert await told(database, services) == [ended, (1001, "李厂长 已绑定：样例木业有限公司的主要负责人。")]


async def test_a_role_given_again_is_not_told_as_ended(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    manager = await somebody(database, services, 2002, "李安全", Role.SAFETY_MANAGER, firm=firm)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    await officer.taps(f"p:{pack(firm.id)}")
    await officer.presses("解除 李安全（安全管理员）")
    await officer.presses("确定解除")
    assert [chat for chat, _ in await told(database, services)] == [2002]
    await manager.becomes(Role.SAFETY_MANAGER, enterprise_id=firm.id)
    assert await told(database, services) == []


async def test_who_somebody_is_never_walks_the_roles_of_others(database: ZoneDatabase, address: str) -> None:
    """SQLite plans each question over one person's roles, whoever else holds one."""
    if not address.startswith("sqlite"):
        return

    def ask(tx: Transaction) -> None:
        tx.people.by_telegram(1)
        tx.people.get(1)
        tx.people.in_enterprises([1, 2])
        tx.people.everybody()

    with recorded(lambda statement: "roles" in statement) as statements:
        await database.read(ask)
    assert len(statements) == 4
    with bare(address) as driver:
        for words, values in statements:
            plan = [row[3] for row in driver.execute("EXPLAIN QUERY PLAN " + words, values)]
            assert any("ix_roles_person (zone_id=? AND person_id=?)" in step for step in plan), plan
