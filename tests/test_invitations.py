"""Invitations: a link for one person and one use, told kindly when it no longer works."""

import re
from datetime import timedelta

import pytest

from checklists.enterprises import Enterprise
from checklists.invitations import Named, read_name
from checklists.people import Role
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody

LINK = re.compile(r"https://t\.me/zicha_bot\?start=([A-Za-z0-9_-]{32})")


async def an_officer(database: ZoneDatabase, services: Services) -> Chat:
    return await somebody(database, services, 1001, "赵监管", Role.OFFICER)


async def invite(officer: Chat, firm: Enterprise, role: str = "主要负责人", name: str = "王厂长 13800000001") -> str:
    """Invite through the menu and return the token of the link."""
    await officer.says("/start")
    await officer.presses("企业（")
    await officer.presses(firm.name)
    await officer.presses("人员")
    await officer.presses("邀请")
    reply = await officer.presses(f"邀请{role}")
    if not reply.before:
        reply = await officer.says(name)
    found = LINK.search(reply.before[0].text)
    assert found
    return found[1]


async def test_a_principal_is_bound_by_pressing_the_link(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    token = await invite(officer, firm)
    letter = officer.seen[-2].text
    assert letter.startswith("王厂长您好！滨河开发区请您作为样例木业有限公司的主要负责人使用“安全自查”。")
    assert "2026年11月30日 10:00 前有效" in letter
    assert [d.name for d in officer.documents] == [
        "邀请码-样例木业有限公司-主要负责人.png",
        "邀请函-样例木业有限公司-主要负责人.pdf",
    ]
    assert officer.documents[0].content.startswith(b"\x89PNG")
    assert officer.documents[1].content.startswith(b"%PDF")

    principal = Chat(database, services, 2001, "Wang")
    await principal.says(f"/start {token}")
    assert principal.text == "王厂长，您好！您已绑定：样例木业有限公司的主要负责人。"
    assert principal.labels == ["返回首页"]
    await principal.presses("返回首页")
    assert "王厂长，您好。您是主要负责人。" in principal.text
    person = await database.read(lambda tx: tx.people.by_telegram(2001))
    assert person is not None
    assert person.holds(Role.PRINCIPAL, enterprise_id=firm.id)
    trail = await database.read(lambda tx: [e.what for e in tx.trail.of("person", person.id)])
    assert trail == ["role_given"]
    assert await database.read(lambda tx: tx.trail.broken_at()) is None


async def test_the_profile_is_asked_at_once_when_it_is_unknown(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database, profiled=False)
    token = await invite(await an_officer(database, services), firm)
    principal = Chat(database, services, 2001, "Wang")
    await principal.says(f"/start {token}")
    assert principal.seen[0].text == "王厂长，您好！您已绑定：样例木业有限公司的主要负责人。"
    assert principal.text.startswith("样例木业有限公司 · 企业资料 1/")


async def test_pressing_again_shows_the_menu_and_another_person_is_told(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    token = await invite(await an_officer(database, services), firm)
    principal, other = Chat(database, services, 2001, "Wang"), Chat(database, services, 2002, "Li")
    await principal.says(f"/start {token}")
    await principal.says(f"/start {token}")
    assert "您是主要负责人。" in principal.text
    await other.says(f"/start {token}")
    assert other.text == "这个邀请链接已经有人用过了。每个链接只能用一次，请向发邀请的人再要一个。"
    assert await database.read(lambda tx: tx.people.by_telegram(2002)) is None


async def test_wrong_expired_and_revoked_links_are_told_differently(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    token = await invite(officer, firm)
    guest = Chat(database, services, 2001, "Wang")
    await guest.says(f"/start {token[:-1]}")
    assert guest.text.startswith("这个邀请链接不对，可能没有复制完整。")
    guest.now = NOW + timedelta(days=7)
    await guest.says(f"/start {token}")
    assert guest.text == "这个邀请在2026年11月30日过期了。请向发邀请的人再要一个新的。"
    await officer.presses("撤销第1个")
    assert officer.toasts[-1] == "已撤销，那个链接不能再用了。"
    guest.now = NOW
    await guest.says(f"/start {token}")
    assert guest.text == "这个邀请已经撤销了。请联系发邀请的人。"
    assert await database.read(lambda tx: tx.people.by_telegram(2001)) is None


async def test_a_button_made_before_another_invitation_makes_none(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    await invite(officer, firm)
    old = officer.button("邀请主要负责人").data
    await officer.taps(old)
    await officer.taps(old)
    assert officer.toasts[-1] == "这里刚有新的邀请，请看一眼再点。"
    assert len(officer.documents) == 4
    opened = await database.read(lambda tx: tx.invitations.open_ones(firm.id, now=NOW))
    assert [i.name for i in opened] == ["王厂长"], "a newer invitation for the principal ends the older one"


async def test_a_redelivered_press_makes_no_second_invitation(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    await officer.says("/start")
    await officer.taps(f"v:{pack(firm.id)}")
    button = officer.button("邀请安全管理员").data
    await officer.taps(button, update_id=900_001)
    await officer.taps(button, update_id=900_001)
    assert officer.text == "请发来这位安全管理员的姓名和电话，例如：李四 13800000000"
    await officer.says("88")
    assert officer.text.startswith("没有看懂姓名。")
    nameless = officer.button("不写姓名，直接邀请").data
    await officer.taps(nameless, update_id=900_002)
    await officer.taps(nameless, update_id=900_002)
    assert "1. 安全管理员，2026年11月30日 10:00 前有效" in officer.text
    assert "2." not in officer.text
    assert len(officer.documents) == 2


async def test_supervisors_and_the_supervised_do_not_mix(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    token = await invite(officer, firm)
    await officer.says(f"/start {token}")
    assert officer.text == "您是办公室人员，这个邀请是给企业的，请转发给对方。链接没有用掉。"
    administrator = await somebody(database, services, 1000, "孙主任", Role.ADMINISTRATOR)
    await administrator.taps("vo:0")
    await administrator.presses("邀请监管员")
    reply = await administrator.says("钱监管")
    found = LINK.search(reply.before[0].text)
    assert found
    controller = await somebody(database, services, 2003, "周总", Role.CONTROLLER, firm=firm)
    await controller.says(f"/start {found[1]}")
    assert controller.text == "您在企业任职，不能同时做监管人员。请联系辖区安全监管办公室。链接没有用掉。"
    newcomer = Chat(database, services, 1002, "Qian")
    await newcomer.says(f"/start {found[1]}")
    assert newcomer.text == "钱监管，您好！您已绑定：滨河开发区的监管员。"


async def test_who_has_the_role_already_leaves_the_link_for_another(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    deputy = await somebody(database, services, 2004, "吴副总", Role.DEPUTY, firm=firm)
    token = await invite(officer, firm, "分管负责人", "郑副总")
    await deputy.says(f"/start {token}")
    assert deputy.text == "您已经是分管负责人了，不用再绑定。这个链接没有用掉，可以转给对的人。"
    second = Chat(database, services, 2005, "Zheng")
    await second.says(f"/start {token}")
    assert second.text == "郑副总，您好！您已绑定：样例木业有限公司的分管负责人。"


async def test_one_person_serves_several_enterprises(database: ZoneDatabase, services: Services) -> None:
    wood = await found_firm(database)
    ice = await found_firm(database, name="样例冷库", uscc=ICE)
    officer = await an_officer(database, services)
    principal = Chat(database, services, 2001, "Wang")
    await principal.says(f"/start {await invite(officer, wood)}")
    await principal.says(f"/start {await invite(officer, ice)}")
    await principal.says("/start")
    assert principal.text == "王厂长，您好。您负责 2 家单位，请选一家："
    assert principal.labels == ["样例木业有限公司", "样例冷库", "🌐 English"]
    await principal.presses("样例冷库")
    assert principal.text.startswith("<b>样例冷库</b>")
    await principal.says("随便一句话")
    assert principal.text.startswith("<b>样例冷库</b>")
    await principal.presses("换一家单位")
    assert principal.labels == ["样例木业有限公司", "样例冷库", "🌐 English"]


async def test_a_second_principal_is_a_change_and_not_an_invitation(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await officer.taps(f"v:{pack(firm.id)}")
    await officer.presses("邀请主要负责人")
    assert officer.toasts == ["已有主要负责人。换人请到“人员”里点“更换主要负责人”。"]
    assert officer.documents == []


async def test_an_invitation_to_a_closed_enterprise_opens_nothing(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    token = await invite(await an_officer(database, services), firm)
    await database.write(lambda tx: tx.enterprises.update(firm.id, active=False, at=NOW))
    guest = Chat(database, services, 2001, "Wang")
    await guest.says(f"/start {token}")
    assert guest.text == "这家单位在系统里已经停用，邀请不能用了。请联系辖区安全监管办公室。"


async def test_an_invitation_of_another_enterprise_cannot_be_revoked(
    database: ZoneDatabase, services: Services
) -> None:
    wood = await found_firm(database)
    ice = await found_firm(database, name="样例冷库", uscc=ICE)
    made, _ = await database.write(lambda tx: tx.invitations.create(Role.DEPUTY, enterprise_id=ice.id, by=None, at=NOW))
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=wood)
    await principal.taps(f"vr:{pack(wood.id)}:{pack(made.id)}")
    assert principal.toasts == ["要找的内容已经不在了，先回到首页。"]
    assert await database.read(lambda tx: tx.invitations.get(made.id)) == made


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("李四 13800000000", Named("李四", "13800000000")),
        ("李四，电话：138-0000-0000", Named("李四", "13800000000")),
        ("13800000000李四", Named("李四", "13800000000")),
        ("姓名：李四", Named("李四", "")),
        ("阿卜杜拉·样例 +86 138 0000 0000", Named("阿卜杜拉·样例", "+8613800000000")),
        ("13800000000", None),
        ("", None),
        ("李四 12", None),
        ("李" * 31, None),
    ],
)
def test_a_name_and_a_phone_are_read_from_one_text(text: str, named: Named | None) -> None:
    assert read_name(text) == named
