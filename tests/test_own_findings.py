"""While an inspection runs its findings are the firm's own; what the office has decided stands all the same."""

from datetime import date, timedelta
from typing import Any

import pytest

from checklists import hazard_guards as guards
from checklists.hazard_life import NotThisPersons
from checklists.hazard_moves import Relation
from checklists.hazards import Hazard, Level, MoveRefused, Source, State
from checklists.people import Role
from storage.database import ZoneDatabase
from storage.hazards import FindingStands
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone

LATER = date(2026, 12, 21)
RUN: dict[str, Any] = {"period": "2026Q4", "checklist": "{}", "items": 3, "at": NOW}


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


def walked(tx: Transaction, zone_of: HazardZone, *, level: Level = Level.GENERAL) -> Hazard:
    """A hazard just found in an inspection that is running."""
    by = zone_of.people["陈安全"]
    run = tx.inspections.start(enterprise_id=zone_of.enterprise_id, by=by, **RUN)
    return tx.hazards.open(
        enterprise_id=zone_of.enterprise_id,
        source=Source.SELF_INSPECTION,
        inspection_id=run.id,
        item=0,
        criterion_id="dust-explosion.1",
        clause="GB 15577 6.1",
        level=level,
        year=2026,
        by=by,
        at=NOW,
    )


def arranged(tx: Transaction, zone_of: HazardZone) -> Hazard:
    hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.GENERAL, by=zone_of.people["王厂长"], at=NOW)
    return tx.hazard_life.arrange(hazard, FIVE, by=zone_of.people["王厂长"], at=NOW)


async def test_who_walks_thinks_again_alone_until_the_office_has_set_the_level(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def own(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.GENERAL, by=who["王厂长"], at=NOW)
        return tx.hazard_life.confirm(hazard, Level.MAJOR, by=who["陈安全"], at=NOW)

    hazard = await database.write(own)
    assert hazard.level is Level.MAJOR

    def lowers(known: Hazard) -> Any:
        return lambda tx: tx.hazard_life.confirm(known, Level.GENERAL, by=who["王厂长"], reason="不算", at=NOW)

    general = await database.write(lowers(hazard))
    regraded = await database.write(
        lambda tx: tx.hazard_life.regrade(general, Level.MAJOR, reason="现场看过", by=who["孙科长"], at=NOW)
    )
    with pytest.raises(guards.LevelOfOffice, match="级别是监管办公室定的。要改，请联系监管办公室。"):
        await database.write(lowers(regraded))

    def leaves(tx: Transaction) -> None:
        tx.people.withdraw(who["孙科长"], Role.OFFICER, enterprise_id=None, at=NOW + timedelta(days=1), by=None)

    await database.write(leaves)
    with pytest.raises(guards.LevelOfOffice):
        await database.write(lowers(regraded))
    assert await database.read(lambda tx: tx.hazards.get(hazard.id)) == regraded


async def test_a_level_confirmed_by_an_officer_is_not_the_walkers(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def confirmed(tx: Transaction, by: str) -> Hazard:
        return tx.hazard_life.confirm(walked(tx, zone_of, level=Level.MAJOR), Level.MAJOR, by=who[by], at=NOW)

    of_office = await database.write(lambda tx: confirmed(tx, "赵监管"))
    with pytest.raises(guards.LevelOfOffice):
        await database.write(
            lambda tx: tx.hazard_life.confirm(of_office, Level.GENERAL, by=who["王厂长"], reason="不算", at=NOW)
        )


async def test_an_officer_with_a_role_in_the_firm_acts_for_the_firm(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def acted(tx: Transaction, name: str) -> bool:
        return tx.people.acted_for_office(who[name], zone_of.enterprise_id, at=NOW)

    def joins(tx: Transaction) -> None:
        tx.people.assign(who["孙科长"], Role.DEPUTY, enterprise_id=zone_of.enterprise_id, at=NOW, by=None)

    assert await database.read(lambda tx: (acted(tx, "孙科长"), acted(tx, "王厂长"))) == (True, False)
    await database.write(joins)
    assert await database.read(lambda tx: acted(tx, "孙科长")) is False


async def test_a_free_deadline_is_moved_and_one_with_a_part_of_the_office_is_not(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people
    later = {"deadline": LATER}

    def moves(hazard: Hazard, by: str = "王厂长") -> Any:
        return lambda tx: tx.hazard_life.arrange(hazard, later, by=who[by], at=NOW)

    free = await database.write(lambda tx: arranged(tx, zone_of))
    assert (await database.write(moves(free))).arrangements.deadline == LATER

    def refused(tx: Transaction) -> Hazard:
        asked = tx.hazard_life.ask_deferral(arranged(tx, zone_of), LATER, reason="等配件", by=who["陈安全"], at=NOW)
        return tx.hazard_life.decide_deferral(asked, False, reason="不行", by=who["赵监管"], at=NOW)

    await finish_run(database, zone_of)
    known = await database.write(refused)
    with pytest.raises(guards.DeferralNeeded):
        await database.write(moves(known))

    def returned(tx: Transaction) -> Hazard:
        hazard = arranged(tx, zone_of)
        zone_of.show_fixed(tx, hazard)
        hazard = tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW)
        return tx.hazard_life.mark_fake(hazard, reason="旧照片", by=who["赵监管"], at=NOW)

    await finish_run(database, zone_of)
    fake = await database.write(returned)
    assert (fake.state, fake.arrangements.deadline) == (State.RECTIFYING, FIVE["deadline"])
    with pytest.raises(guards.DeferralNeeded):
        await database.write(moves(fake))
    with pytest.raises(NotThisPersons):
        await database.write(lambda tx: tx.hazards.withdraw(fake, "看错了", by=who["王厂长"], at=NOW))


async def finish_run(database: ZoneDatabase, zone_of: HazardZone) -> None:
    """Submit the inspection that is running, so that another one can begin."""

    def unit(tx: Transaction) -> None:
        run = tx.inspections.running(zone_of.enterprise_id)
        assert run is not None
        assert tx.inspections.submit(run, by=run.started_by, at=NOW, seconds=9, record="{}", digest="0" * 64)

    await database.write(unit)


async def test_a_deadline_the_office_set_before_it_was_arranged_binds_the_walker(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def ordered(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.GENERAL, by=who["王厂长"], at=NOW)
        return tx.hazard_life.arrange(hazard, {"deadline": FIVE["deadline"]}, by=who["赵监管"], at=NOW)

    hazard = await database.write(ordered)
    with pytest.raises(guards.DeferralNeeded):
        await database.write(
            lambda tx: tx.hazard_life.arrange(hazard, {**FIVE, "deadline": LATER}, by=who["王厂长"], at=NOW)
        )


async def test_an_officer_with_a_role_in_the_firm_is_held_to_the_offices_deadline(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def ordered(tx: Transaction) -> Hazard:
        hazard = zone_of.find(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION, level=Level.GENERAL)
        hazard = tx.hazard_life.confirm(hazard, Level.GENERAL, by=who["赵监管"], at=NOW)
        hazard = tx.hazard_life.arrange(hazard, {"deadline": FIVE["deadline"]}, by=who["赵监管"], at=NOW)
        tx.people.assign(who["孙科长"], Role.CONTROLLER, enterprise_id=zone_of.enterprise_id, at=NOW, by=None)
        return hazard

    hazard = await database.write(ordered)
    with pytest.raises(guards.DeferralNeeded):
        await database.write(lambda tx: tx.hazard_life.arrange(hazard, {"deadline": LATER}, by=who["孙科长"], at=NOW))


async def test_a_listed_finding_is_not_withdrawn(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def listed(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.MAJOR, by=who["王厂长"], at=NOW)
        return tx.hazard_life.enlist(hazard, supervisor="区安委会", until=None, reason="危险", by=who["孙科长"], at=NOW)

    hazard = await database.write(listed)
    with pytest.raises(guards.StillListed):
        await database.write(lambda tx: tx.hazards.withdraw(hazard, "看错了", by=who["王厂长"], at=NOW))


async def test_what_a_correction_carries_over_is_not_the_firms_own_any_more(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people
    hazard = await database.write(lambda tx: arranged(tx, zone_of))
    assert await relations(database, hazard, who["王厂长"]) == {Relation.FIRM, Relation.INSIDER, Relation.WALKER}
    await finish_run(database, zone_of)

    def corrects(tx: Transaction) -> None:
        assert hazard.inspection_id is not None
        old = tx.inspections.get(hazard.inspection_id)
        new = tx.inspections.start(
            enterprise_id=zone_of.enterprise_id, by=who["王厂长"], corrects=old, correction_reason="答错了", **RUN
        )
        tx.hazards.carry_over(hazard.inspection_id, new.id, by=who["王厂长"], at=NOW)

    await database.write(corrects)
    carried = await database.read(lambda tx: tx.hazards.get(hazard.id))
    assert carried is not None
    assert await relations(database, carried, who["王厂长"]) == {Relation.FIRM, Relation.INSIDER}
    attempts: list[tuple[type[MoveRefused], Any]] = [
        (NotThisPersons, lambda tx: tx.hazards.withdraw(carried, "看错了", by=who["王厂长"], at=NOW)),
        (
            guards.DeferralNeeded,
            lambda tx: tx.hazard_life.arrange(carried, {"deadline": LATER}, by=who["王厂长"], at=NOW),
        ),
        (FindingStands, lambda tx: tx.hazards.describe(carried, "没那么严重", by=who["王厂长"], at=NOW)),
    ]
    for refusal, attempt in attempts:
        with pytest.raises(refusal):
            await database.write(attempt)
    assert await database.read(lambda tx: tx.hazards.get(hazard.id)) == carried
    found_now = await database.write(lambda tx: another(tx, zone_of, carried))
    assert Relation.WALKER in await relations(database, found_now, who["王厂长"])


def another(tx: Transaction, zone_of: HazardZone, beside: Hazard) -> Hazard:
    """A hazard found at another question of the same run."""
    return tx.hazards.open(
        enterprise_id=zone_of.enterprise_id,
        source=Source.SELF_INSPECTION,
        inspection_id=beside.inspection_id,
        item=1,
        criterion_id=None,
        clause="GB 50016",
        level=Level.GENERAL,
        year=2026,
        by=zone_of.people["王厂长"],
        at=NOW,
    )


async def relations(database: ZoneDatabase, hazard: Hazard, person_id: int) -> frozenset[Relation]:
    return await database.read(lambda tx: tx.hazard_life.relations(hazard, person_id))


@pytest.mark.parametrize("state", [State.HANDED_IN, State.REVIEWED, State.CLOSED])
async def test_what_was_found_is_not_rewritten_once_it_is_handed_in(
    database: ZoneDatabase, zone_of: HazardZone, state: State
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = zone_of.handed_in(tx)
        if state is not State.HANDED_IN:
            hazard = tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW)
        return tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW) if state is State.CLOSED else hazard

    hazard = await database.write(unit)
    with pytest.raises(FindingStands):
        await database.write(lambda tx: tx.hazards.describe(hazard, "没那么严重", by=who["陈安全"], at=NOW))


def fixed(tx: Transaction, zone_of: HazardZone, level: Level, *, percent: int) -> Hazard:
    who = zone_of.people
    tx.office_settings.set_figure("sampling_percent", percent, by=who["赵监管"], at=NOW)
    hazard = tx.hazard_life.confirm(zone_of.find(tx, level=level), level, by=who["王厂长"], at=NOW)
    zone_of.show_fixed(tx, hazard)
    return tx.hazard_life.fix_on_spot(hazard, by=who["陈安全"], at=NOW)


@pytest.mark.parametrize("level", list(Level))
async def test_taking_back_does_not_escape_the_look_on_site(
    database: ZoneDatabase, zone_of: HazardZone, level: Level
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = fixed(tx, zone_of, level, percent=100)
        hazard = tx.hazard_life.take_back(hazard, by=who["陈安全"], at=NOW)
        hazard = tx.hazard_life.arrange(hazard, FIVE, by=who["陈安全"], at=NOW)
        return tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW)

    hazard = await database.write(unit)
    await only_on_site(database, zone_of, hazard)


async def test_nor_does_fixing_it_on_the_spot_again_when_the_office_draws_fewer(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.take_back(fixed(tx, zone_of, Level.GENERAL, percent=100), by=who["陈安全"], at=NOW)
        tx.office_settings.set_figure("sampling_percent", 0, by=who["赵监管"], at=NOW)
        return tx.hazard_life.fix_on_spot(hazard, by=who["陈安全"], at=NOW)

    await only_on_site(database, zone_of, await database.write(unit))


@pytest.mark.parametrize("takes_back", [False, True])
async def test_what_becomes_major_after_it_was_fixed_is_looked_at_on_site(
    database: ZoneDatabase, zone_of: HazardZone, *, takes_back: bool
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = fixed(tx, zone_of, Level.GENERAL, percent=0)
        assert not hazard.sampled
        hazard = tx.hazard_life.regrade(hazard, Level.MAJOR, reason="是重大", by=who["孙科长"], at=NOW)
        if takes_back:
            hazard = tx.hazard_life.take_back(hazard, by=who["陈安全"], at=NOW)
            hazard = tx.hazard_life.arrange(hazard, FIVE, by=who["陈安全"], at=NOW)
            hazard = tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW)
        return hazard

    await only_on_site(database, zone_of, await database.write(unit))


async def only_on_site(database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard) -> None:
    who = zone_of.people
    assert hazard.sampled, "the reviewer's screen goes by it"
    with pytest.raises(guards.LookOnSiteMissing, match="这条隐患要到现场看过才能通过。"):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW))
    seen = await database.write(lambda tx: tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW, on_site=True))
    assert seen.state is State.REVIEWED


async def test_a_general_fix_sent_back_is_drawn_anew(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = fixed(tx, zone_of, Level.GENERAL, percent=100)
        return tx.hazard_life.send_back(hazard, reason="没改好", by=who["赵监管"], at=NOW, on_site=True)

    assert (await database.write(unit)).sampled is False


async def test_withdrawing_is_known_to_the_office_where_it_had_to_do_with_it(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> list[bool]:
        hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.GENERAL, by=who["王厂长"], at=NOW)
        assigned = tx.hazard_life.assign(hazard, zone_of.department_id, by=who["孙科长"], at=NOW)
        proposed = another(tx, zone_of, hazard)
        major = tx.hazard_life.confirm(proposed, Level.MAJOR, by=who["王厂长"], at=NOW)
        return [tx.hazard_life.is_known_to_office(h) for h in (proposed, major, assigned)]

    def early(tx: Transaction) -> bool:
        hazard = tx.hazard_life.confirm(walked(tx, zone_of), Level.GENERAL, by=who["王厂长"], at=NOW)
        return tx.hazard_life.is_known_to_office(hazard)

    assert await database.write(early) is False
    await finish_run(database, zone_of)
    assert await database.write(unit) == [False, True, True]
