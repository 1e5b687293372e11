"""What the database keeps of enterprises, their people by name, invitations and own standards."""

from datetime import timedelta

from checklists.enterprises import Enterprise
from checklists.invitations import InvitationState
from checklists.people import Role
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW

USCC = "91350211M000100Y46"
LATER = NOW + timedelta(days=1)


async def sample(database: ZoneDatabase, name: str = "滨河样例木业有限公司", uscc: str = USCC) -> Enterprise:
    def unit(tx: Transaction) -> Enterprise:
        return tx.enterprises.add(name=name, uscc=uscc, community="东社区", at=NOW)

    return await database.write(unit)


async def test_an_enterprise_comes_back_with_its_trades_in_order_and_its_traits(database: ZoneDatabase) -> None:
    firm = await sample(database)

    def unit(tx: Transaction) -> None:
        tx.enterprises.set_trades(firm.id, ["warehousing", "light-industry", "warehousing"], at=NOW)
        tx.enterprises.set_trait(firm.id, "dust-explosion", True, by=None, at=NOW)
        tx.enterprises.set_trait(firm.id, "gas-user", False, by=7, at=NOW)

    await database.write(unit)
    kept = await database.read(lambda tx: tx.enterprises.get(firm.id))
    assert kept == Enterprise(
        id=firm.id,
        name="滨河样例木业有限公司",
        uscc=USCC,
        community="东社区",
        trades=("warehousing", "light-industry"),
        traits={"dust-explosion": True, "gas-user": False},
    )
    assert await database.read(lambda tx: tx.enterprises.by_uscc(USCC)) == kept
    assert await database.read(lambda tx: tx.enterprises.by_usccs([USCC, "no such"])) == {USCC: kept}


async def test_a_forgotten_trait_is_unknown_again(database: ZoneDatabase) -> None:
    firm = await sample(database)
    await database.write(lambda tx: tx.enterprises.set_trait(firm.id, "gas-user", True, by=None, at=NOW))
    await database.write(lambda tx: tx.enterprises.set_trait(firm.id, "gas-user", None, by=None, at=NOW))
    kept = await database.read(lambda tx: tx.enterprises.get(firm.id))
    assert kept is not None
    assert kept.traits == {}


async def test_a_code_is_never_there_twice(database: ZoneDatabase) -> None:
    first = await sample(database)
    second = await sample(database, name="别的名字")
    assert second == first
    assert await database.read(lambda tx: tx.enterprises.count()) == 1


async def test_enterprises_are_found_by_name_code_community_and_trade(database: ZoneDatabase) -> None:
    wood = await sample(database)
    ice = await sample(database, name="样例100%冷库", uscc="91350211M000100Y99")

    def unit(tx: Transaction) -> None:
        tx.enterprises.set_trades(ice.id, ["warehousing"], at=NOW)
        tx.enterprises.update(ice.id, community="西社区", at=NOW)

    await database.write(unit)

    async def names(**wanted: str) -> list[str]:
        return [e.name for e in await database.read(lambda tx: tx.enterprises.all(**wanted))]  # type: ignore[arg-type]

    assert await names() == ["样例100%冷库", "滨河样例木业有限公司"]
    assert await names(search="木业") == ["滨河样例木业有限公司"]
    assert await names(search="0%冷") == ["样例100%冷库"]
    assert await names(search="%木%") == []
    assert await names(search="m000100y46") == ["滨河样例木业有限公司"]
    assert await names(community="西社区") == ["样例100%冷库"]
    assert await names(sector="warehousing") == ["样例100%冷库"]
    assert await database.read(lambda tx: tx.enterprises.communities()) == [("东社区", 1), ("西社区", 1)]
    await database.write(lambda tx: tx.enterprises.update(wood.id, active=False, at=NOW))
    assert await names() == ["样例100%冷库"]


async def test_another_zone_does_not_see_the_enterprise(database: ZoneDatabase) -> None:
    firm = await sample(database)
    other = database.database.zone(2)
    assert await other.read(lambda tx: tx.enterprises.get(firm.id)) is None
    assert await other.read(lambda tx: tx.enterprises.by_uscc(USCC)) is None
    assert await other.read(lambda tx: tx.enterprises.all()) == []


async def test_naming_somebody_else_keeps_who_was_named_before(database: ZoneDatabase) -> None:
    firm = await sample(database)

    async def names(name: str, phone: str) -> bool:
        def unit(tx: Transaction) -> bool:
            return tx.enterprises.name_contact(firm.id, Role.PRINCIPAL, name=name, phone=phone, at=NOW, by=None)

        return await database.write(unit)

    assert await names("王厂长", "13800000001") is True
    assert await names("王厂长", "") is False
    assert await names("王厂长", "13800000002") is True
    assert await names("李厂长", "") is True
    history = await database.read(lambda tx: tx.enterprises.contact_history(firm.id, Role.PRINCIPAL))
    assert [(c.name, c.phone, c.until) for c in history] == [("李厂长", "", None), ("王厂长", "13800000002", NOW)]
    current = await database.read(lambda tx: tx.enterprises.contacts(firm.id))
    assert current[Role.PRINCIPAL].name == "李厂长"
    trail = await database.read(lambda tx: tx.trail.of("enterprise", firm.id))
    assert [event.what for event in trail] == ["contact_named", "contact_named"]


async def test_an_invitation_opens_once_and_its_token_is_not_kept(database: ZoneDatabase) -> None:
    firm = await sample(database)
    made, token = await database.write(
        lambda tx: tx.invitations.create(Role.PRINCIPAL, enterprise_id=firm.id, name="王厂长", by=None, at=NOW)
    )
    assert len(token) == 32
    assert await database.read(lambda tx: tx.invitations.by_token(token)) == made
    assert await database.read(lambda tx: tx.invitations.by_token(token + "x")) is None
    assert await database.write(lambda tx: tx.invitations.use(made.id, by=5, at=LATER)) is True
    assert await database.write(lambda tx: tx.invitations.use(made.id, by=6, at=LATER)) is False
    used = await database.read(lambda tx: tx.invitations.get(made.id))
    assert used is not None
    assert (used.used_by, used.state(LATER)) == (5, InvitationState.USED)
    assert await database.read(lambda tx: tx.invitations.open_ones(firm.id, now=LATER)) == []


async def test_an_invitation_ends_after_seven_days_to_the_second(database: ZoneDatabase) -> None:
    made, _ = await database.write(lambda tx: tx.invitations.create(Role.OFFICER, enterprise_id=None, by=None, at=NOW))
    end = NOW + timedelta(days=7)
    assert made.state(end - timedelta(seconds=1)) is InvitationState.OPEN
    assert made.state(end) is InvitationState.EXPIRED
    assert await database.read(lambda tx: tx.invitations.open_ones(None, now=end - timedelta(seconds=1))) == [made]
    assert await database.read(lambda tx: tx.invitations.open_ones(None, now=end)) == []
    assert await database.write(lambda tx: tx.invitations.use(made.id, by=5, at=end)) is False


async def test_a_revoked_invitation_opens_nothing(database: ZoneDatabase) -> None:
    made, _ = await database.write(lambda tx: tx.invitations.create(Role.OFFICER, enterprise_id=None, by=None, at=NOW))
    assert await database.write(lambda tx: tx.invitations.revoke(made.id, by=1, at=NOW)) is True
    assert await database.write(lambda tx: tx.invitations.revoke(made.id, by=1, at=NOW)) is False
    assert await database.write(lambda tx: tx.invitations.use(made.id, by=5, at=NOW)) is False


async def test_a_criterion_is_adopted_declined_and_open_again(database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.standards.decide(["fire-01", "fire-02"], True, by=1, at=NOW))
    await database.write(lambda tx: tx.standards.decide(["fire-02"], False, by=1, at=LATER))
    assert await database.read(lambda tx: tx.standards.adopted()) == {"fire-01"}
    decisions = await database.read(lambda tx: tx.standards.decisions())
    assert {d.criterion_id: d.adopted for d in decisions.values()} == {"fire-01": True, "fire-02": False}
    await database.write(lambda tx: tx.standards.decide(["fire-01"], None, by=1, at=LATER))
    assert await database.read(lambda tx: tx.standards.adopted()) == frozenset()
    trail = await database.read(lambda tx: tx.trail.of("zone", 1))
    assert [event.what for event in trail] == ["criteria_adopted", "criteria_declined", "criteria_reopened"]


async def test_an_own_item_changes_by_versions_and_only_from_the_present_one(database: ZoneDatabase) -> None:
    firm = await sample(database)
    first = await database.write(lambda tx: tx.standards.add_item(firm.id, ask="行车限位好用吗？", by=1, at=NOW))
    assert first.as_extra().id == "own-1.1"
    second = await database.write(
        lambda tx: tx.standards.change_item(firm.id, first, ask="行车上限位好用吗？", look="升到顶", by=1, at=LATER)
    )
    assert second is not None
    assert (second.item, second.version) == (1, 2)
    stale = await database.write(
        lambda tx: tx.standards.change_item(firm.id, first, ask="别的", look="", by=1, at=LATER)
    )
    assert stale is None
    assert await database.read(lambda tx: tx.standards.own_items(firm.id)) == [second]
    assert await database.write(lambda tx: tx.standards.retire_item(firm.id, second, by=1, at=LATER)) is True
    assert await database.write(lambda tx: tx.standards.retire_item(firm.id, second, by=1, at=LATER)) is False
    assert await database.read(lambda tx: tx.standards.own_items(firm.id)) == []
    third = await database.write(lambda tx: tx.standards.add_item(firm.id, ask="新的一条？", by=1, at=LATER))
    assert third.item == 2
    versions = await database.read(lambda tx: tx.standards.versions(firm.id, 1))
    assert [v.ask for v in versions] == ["行车限位好用吗？", "行车上限位好用吗？"]


async def test_names_are_found_however_many_are_asked_for(database: ZoneDatabase) -> None:
    firms = [await sample(database, f"样例{n}厂", f"9135021{n:011d}") for n in range(23)]
    asked = [*(f.id for f in firms), firms[0].id, 4711]
    assert await database.read(lambda tx: tx.enterprises.names(asked)) == {f.id: f.name for f in firms}
    assert await database.read(lambda tx: tx.enterprises.names([])) == {}
