"""A hazard's life on the real database: to its close-out only with evidence and another person's review."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import exc

from checklists import hazard_guards as guards
from checklists.hazard_life import NotFromThisState, NotThisPersons, OwnWork
from checklists.hazard_moves import Step
from checklists.hazard_records import Outcome, Proposal, Receipt
from checklists.hazards import Hazard, Level, MoveRefused, Source, State
from checklists.people import Role
from storage.attachments import EvidenceFixed
from storage.database import ZoneDatabase
from storage.hazards import HazardChanged
from storage.tables import hazards
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


async def test_a_general_hazard_goes_all_the_way(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who, later = zone_of.people, NOW + timedelta(days=5)

    def unit(tx: Transaction) -> Hazard:
        hazard = zone_of.handed_in(tx)
        hazard = tx.hazard_life.approve(hazard, by=who["钱审核"], at=later)
        return tx.hazard_life.close(hazard, by=who["赵监管"], at=later)

    closed = await database.write(unit)
    assert (closed.state, closed.reviewed_by, closed.closed_by) == (State.CLOSED, who["钱审核"], who["赵监管"])
    assert (closed.days_open, closed.department_id) == (5, zone_of.department_id)
    history = await database.read(lambda tx: [e.what for e in tx.trail.of("hazard", closed.id)])
    assert history == [
        "hazard_found",
        "hazard_confirmed",
        "hazard_arranged",
        "hazard_handed_in",
        "hazard_approved",
        "hazard_closed",
    ]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("陈安全", NotThisPersons),
        ("王厂长", NotThisPersons),
        ("刘工人", NotThisPersons),
        ("孙科长", NotThisPersons),
        ("周专家", NotThisPersons),
    ],
)
async def test_only_the_duty_holding_department_passes(
    database: ZoneDatabase, zone_of: HazardZone, name: str, refusal: type[MoveRefused]
) -> None:
    hazard = await database.write(zone_of.handed_in)
    with pytest.raises(refusal):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=zone_of.people[name], at=NOW))
    assert (await database.read(lambda tx: tx.hazards.get(hazard.id))) == hazard


async def test_an_officer_does_not_pass_what_he_found_himself(database: ZoneDatabase, zone_of: HazardZone) -> None:
    found = await database.write(lambda tx: zone_of.handed_in(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION))
    with pytest.raises(OwnWork, match="不能自己查、自己改、自己审"):
        await database.write(lambda tx: tx.hazard_life.approve(found, by=zone_of.people["赵监管"], at=NOW))
    passed = await database.write(lambda tx: tx.hazard_life.approve(found, by=zone_of.people["钱审核"], at=NOW))
    with pytest.raises(OwnWork):
        await database.write(lambda tx: tx.hazard_life.close(passed, by=zone_of.people["赵监管"], at=NOW))


async def test_an_officer_who_sent_the_evidence_does_not_pass_it(database: ZoneDatabase, zone_of: HazardZone) -> None:
    def unit(tx: Transaction) -> Hazard:
        hazard = zone_of.handed_in(tx)
        zone_of.show_fixed(tx, hazard, by="钱审核")
        return hazard

    hazard = await database.write(unit)
    with pytest.raises(OwnWork):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=zone_of.people["钱审核"], at=NOW))


async def test_nothing_is_handed_in_without_a_new_picture_each_round(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people
    hazard = await database.write(zone_of.rectifying)
    with pytest.raises(guards.EvidenceMissing):
        await database.write(lambda tx: tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW))

    def send_back(tx: Transaction) -> Hazard:
        zone_of.show_fixed(tx, hazard)
        handed_in = tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW)
        return tx.hazard_life.send_back(handed_in, reason="照片看不清", by=who["赵监管"], at=NOW)

    back = await database.write(send_back)
    assert (back.state, back.round, back.handed_in_by) == (State.RECTIFYING, 2, None)
    with pytest.raises(guards.EvidenceMissing):
        await database.write(lambda tx: tx.hazard_life.hand_in(back, by=who["陈安全"], at=NOW))
    reviews = await database.read(lambda tx: tx.hazard_records.reviews(hazard.id))
    assert [(r.outcome, r.round, r.words) for r in reviews] == [(Outcome.RETURNED, 1, "照片看不清")]


async def test_a_major_hazard_waits_for_four_receipts_and_its_report(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people
    hazard = await database.write(lambda tx: zone_of.handed_in(tx, level=Level.MAJOR))
    notices = await database.read(lambda tx: tx.hazard_records.notices(hazard))
    assert [(n.recipient.value, n.person_id) for n in notices] == [
        ("principal", who["王厂长"]),
        ("controller", who["李老板"]),
        ("department", None),
        ("workers_congress", None),
    ]
    passed = await database.write(lambda tx: tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW))
    expected = "还没有确认收到：主要负责人、实际控制人、负有监管职责的部门、职工代表大会"
    with pytest.raises(guards.ReceiptMissing, match=expected):
        await database.write(lambda tx: tx.hazard_life.close(passed, by=who["钱审核"], at=NOW))

    def receive(tx: Transaction) -> list[bool]:
        ways = {"how": Receipt.PAPER, "note": "当面送达"}
        return [tx.hazard_records.receive(n, by=who["赵监管"], at=NOW, **ways) for n in notices[:3]]  # type: ignore[arg-type]

    assert await database.write(receive) == [True, True, True]
    assert await database.write(receive) == [False, False, False]
    with pytest.raises(guards.ReceiptMissing, match="还没有确认收到：职工代表大会"):
        await database.write(lambda tx: tx.hazard_life.close(passed, by=who["钱审核"], at=NOW))
    await database.write(lambda tx: zone_of.confirm_receipts(tx, passed))
    with pytest.raises(guards.MajorReportMissing, match="重大隐患报告还没有交。"):
        await database.write(lambda tx: tx.hazard_life.close(passed, by=who["钱审核"], at=NOW))
    await database.write(lambda tx: zone_of.report(tx, passed))
    closed = await database.write(lambda tx: tx.hazard_life.close(passed, by=who["钱审核"], at=NOW))
    assert closed.state is State.CLOSED


async def test_with_a_department_missing_the_review_asks_for_one(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        tx.departments.set_trades(zone_of.department_id, (), by=None, at=NOW)
        return zone_of.handed_in(tx)

    hazard = await database.write(unit)
    assert hazard.department_id is None
    with pytest.raises(guards.DepartmentMissing):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW))
    given = await database.write(
        lambda tx: tx.hazard_life.assign(hazard, zone_of.department_id, by=who["孙科长"], at=NOW)
    )
    passed = await database.write(lambda tx: tx.hazard_life.approve(given, by=who["钱审核"], at=NOW))
    assert passed.state is State.REVIEWED


async def test_an_office_without_departments_reviews_as_a_whole(database: ZoneDatabase, zone_of: HazardZone) -> None:
    def unit(tx: Transaction) -> Hazard:
        tx.departments.dissolve(zone_of.department_id, by=None, at=NOW)
        hazard = zone_of.handed_in(tx)
        return tx.hazard_life.approve(hazard, by=zone_of.people["孙科长"], at=NOW)

    assert (await database.write(unit)).state is State.REVIEWED


async def test_a_fix_on_the_spot_is_reviewed_too_and_a_drawn_one_on_site(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def fix(tx: Transaction, percent: int) -> Hazard:
        tx.office_settings.set_figure("sampling_percent", percent, by=who["赵监管"], at=NOW)
        hazard = tx.hazard_life.confirm(zone_of.find(tx, level=Level.GENERAL), Level.GENERAL, by=who["王厂长"], at=NOW)
        zone_of.show_fixed(tx, hazard)
        return tx.hazard_life.fix_on_spot(hazard, by=who["陈安全"], at=NOW)

    plain = await database.write(lambda tx: fix(tx, 0))
    drawn = await database.write(lambda tx: fix(tx, 100))
    assert (plain.sampled, drawn.sampled) == (False, True)
    with pytest.raises(NotFromThisState):
        await database.write(lambda tx: tx.hazard_life.close(plain, by=who["钱审核"], at=NOW))
    passed = await database.write(lambda tx: tx.hazard_life.approve(plain, by=who["钱审核"], at=NOW))
    assert passed.state is State.REVIEWED
    with pytest.raises(guards.LookOnSiteMissing):
        await database.write(lambda tx: tx.hazard_life.approve(drawn, by=who["钱审核"], at=NOW))
    seen = await database.write(lambda tx: tx.hazard_life.approve(drawn, by=who["钱审核"], at=NOW, on_site=True))
    assert seen.state is State.REVIEWED


async def test_a_closed_hazard_that_cheated_begins_its_next_life(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who, reason = zone_of.people, "照片是别处的"

    def unit(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.approve(zone_of.handed_in(tx), by=who["钱审核"], at=NOW)
        hazard = tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW)
        return tx.hazard_life.mark_fake(hazard, reason=reason, by=who["孙科长"], at=NOW)

    again = await database.write(unit)
    assert (again.state, again.life, again.round, again.fakes) == (State.CONFIRMED, 2, 2, 1)
    assert (again.closed_at, again.reviewed_by, again.days_open) == (None, None, None)
    assert again.arrangements.missing() == ("期限",)
    [life] = await database.read(lambda tx: tx.hazard_records.lives(again.id))
    assert (life.life, life.closed_by, life.reason, life.fake) == (1, who["钱审核"], reason, True)
    arranged = await database.write(
        lambda tx: tx.hazard_life.arrange(again, {"deadline": date(2027, 1, 5)}, by=who["王厂长"], at=NOW)
    )
    with pytest.raises(guards.EvidenceMissing):
        await database.write(lambda tx: tx.hazard_life.hand_in(arranged, by=who["陈安全"], at=NOW))


async def test_who_cheats_before_the_close_out_gains_no_time(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> tuple[Hazard, Hazard]:
        hazard = zone_of.handed_in(tx)
        return hazard, tx.hazard_life.mark_fake(hazard, reason="旧照片", by=who["孙科长"], at=NOW)

    before, fake = await database.write(unit)
    assert (fake.state, fake.life, fake.round) == (State.RECTIFYING, 1, 2)
    assert fake.arrangements == before.arrangements
    with pytest.raises(guards.EvidenceMissing):
        await database.write(lambda tx: tx.hazard_life.hand_in(fake, by=who["陈安全"], at=NOW))


async def test_a_deadline_of_the_office_is_not_moved_back_by_the_firm(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people
    days = {"early": date(2026, 11, 28), "set": date(2026, 11, 30), "late": date(2026, 12, 20)}

    def found(tx: Transaction, *, by: str, source: Source) -> Hazard:
        hazard = zone_of.find(tx, by=by, source=source, criterion_id=None, level=Level.GENERAL)
        hazard = tx.hazard_life.confirm(hazard, Level.GENERAL, by=who[by], at=NOW)
        return tx.hazard_life.arrange(hazard, {"deadline": days["set"]}, by=who[by], at=NOW)

    def arrange(hazard: Hazard, day: str, by: str) -> Callable[[Transaction], Hazard]:
        return lambda tx: tx.hazard_life.arrange(hazard, {"deadline": days[day]}, by=who[by], at=NOW)

    ordered = await database.write(lambda tx: found(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION))
    assert ordered.state is State.CONFIRMED
    with pytest.raises(guards.DeferralNeeded):
        await database.write(arrange(ordered, "late", "王厂长"))
    earlier = await database.write(arrange(ordered, "early", "王厂长"))
    with pytest.raises(guards.DeferralNeeded):
        await database.write(arrange(earlier, "late", "王厂长"))
    earlier = await database.write(arrange(earlier, "set", "王厂长"))
    later = await database.write(arrange(earlier, "late", "赵监管"))
    assert later.arrangements.deadline == days["late"]
    own = await database.write(lambda tx: found(tx, by="陈安全", source=Source.WORKER))
    assert (await database.write(arrange(own, "late", "王厂长"))).arrangements.deadline == days["late"]


async def test_a_reopened_major_hazard_needs_its_receipts_again(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = tx.hazard_life.approve(zone_of.handed_in(tx, level=Level.MAJOR), by=who["钱审核"], at=NOW)
        zone_of.confirm_receipts(tx, hazard)
        zone_of.report(tx, hazard)
        hazard = tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW)
        return tx.hazard_life.reopen(hazard, reason="又堵了", by=who["孙科长"], at=NOW)

    again = await database.write(unit)
    assert (again.life, again.fakes) == (2, 0)
    notices = await database.read(lambda tx: tx.hazard_records.notices(again))
    assert [n.received_at for n in notices] == [None] * 4


async def test_a_later_deadline_is_asked_for_and_decided_by_somebody_else(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who, wanted = zone_of.people, date(2026, 12, 21)
    hazard = await database.write(zone_of.rectifying)
    with pytest.raises(guards.DeferralNeeded):
        await database.write(lambda tx: tx.hazard_life.arrange(hazard, {"deadline": wanted}, by=who["王厂长"], at=NOW))
    asked = await database.write(
        lambda tx: tx.hazard_life.ask_deferral(hazard, wanted, reason="等配件", by=who["王厂长"], at=NOW)
    )
    with pytest.raises(guards.DeferralWaiting):
        await database.write(
            lambda tx: tx.hazard_life.ask_deferral(asked, wanted, reason="还等", by=who["王厂长"], at=NOW)
        )
    with pytest.raises(NotThisPersons):
        await database.write(
            lambda tx: tx.hazard_life.decide_deferral(asked, True, reason="行", by=who["王厂长"], at=NOW)
        )
    assert asked.arrangements.deadline == FIVE["deadline"]
    granted = await database.write(
        lambda tx: tx.hazard_life.decide_deferral(asked, True, reason="同意", by=who["赵监管"], at=NOW)
    )
    assert granted.arrangements.deadline == wanted
    [kept] = await database.read(lambda tx: tx.hazard_records.deferrals(hazard.id))
    assert (kept.granted, kept.decided_by, kept.decision) == (True, who["赵监管"], "同意")


async def test_a_listed_hazard_is_unlisted_before_it_is_closed(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = zone_of.handed_in(tx, level=Level.MAJOR)
        hazard = tx.hazard_life.enlist(
            hazard, supervisor="区安委会", until=date(2026, 12, 31), reason="久拖不改", by=who["孙科长"], at=NOW
        )
        zone_of.confirm_receipts(tx, hazard)
        zone_of.report(tx, hazard)
        return tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW)

    listed = await database.write(unit)
    with pytest.raises(guards.StillListed):
        await database.write(lambda tx: tx.hazard_life.close(listed, by=who["钱审核"], at=NOW))
    off = await database.write(lambda tx: tx.hazard_life.unlist(listed, reason="已改好", by=who["孙科长"], at=NOW))
    closed = await database.write(lambda tx: tx.hazard_life.close(off, by=who["钱审核"], at=NOW))
    assert closed.state is State.CLOSED
    [listing] = await database.read(lambda tx: tx.hazard_records.listings(listed.id))
    assert (listing.supervisor, listing.unlisted_reason) == ("区安委会", "已改好")


async def test_stop_of_use_is_only_proposed(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        hazard = zone_of.rectifying(tx, level=Level.MAJOR)
        return tx.hazard_life.propose(
            hazard, Proposal.STOP_USE, basis="不能保证安全", to_whom="区应急管理局", by=who["赵监管"], at=NOW
        )

    hazard = await database.write(unit)
    assert hazard.state is State.RECTIFYING
    [made] = await database.read(lambda tx: tx.hazard_records.proposals(hazard.id))
    assert (made.kind, made.answer) == (Proposal.STOP_USE, "")
    await database.write(lambda tx: tx.hazard_records.answer_proposal(made, "同意停用", by=who["赵监管"], at=NOW))
    [answered] = await database.read(lambda tx: tx.hazard_records.proposals(hazard.id))
    assert answered.answer == "同意停用"


async def test_the_ladder_of_the_plan_is_climbed_step_by_step(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people
    hazard = await database.write(lambda tx: zone_of.rectifying(tx, level=Level.MAJOR))
    with pytest.raises(guards.NotTheNextRung, match="按方案，下一步是约谈。"):
        await database.write(lambda tx: tx.hazard_life.escalate(hazard, "曝光", note="拖", by=who["赵监管"], at=NOW))
    for rung in ("约谈", "通报", "曝光"):
        hazard = await database.write(
            lambda tx, rung=rung, known=hazard: tx.hazard_life.escalate(  # type: ignore[misc]
                known, rung, note="超期", by=who["赵监管"], at=NOW
            )
        )
    with pytest.raises(guards.NotTheNextRung, match="方案没有规定更多的升级措施。"):
        await database.write(lambda tx: tx.hazard_life.escalate(hazard, "约谈", note="拖", by=who["赵监管"], at=NOW))
    taken = await database.read(lambda tx: [e.rung for e in tx.hazard_records.escalations(hazard)])
    assert taken == ["约谈", "通报", "曝光"]


async def test_under_dongli_the_review_stands_before_the_report(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        tx.zones.found(code="DL", name="东丽", plan_id="dongli-2024", at=NOW)
        return zone_of.rectifying(tx, level=Level.MAJOR)

    hazard = await database.write(unit)
    with pytest.raises(guards.VettingMissing):
        await database.write(lambda tx: tx.hazard_life.report(hazard, by=who["赵监管"], at=NOW))
    vetted = await database.write(lambda tx: tx.hazard_life.vet(hazard, by=who["钱审核"], at=NOW))
    reported = await database.write(lambda tx: tx.hazard_life.report(vetted, by=who["赵监管"], at=NOW))
    assert reported.reported_at == NOW
    with pytest.raises(guards.DoneAlready):
        await database.write(lambda tx: tx.hazard_life.report(reported, by=who["赵监管"], at=NOW))


async def test_found_in_error_is_agreed_by_another_person(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people
    hazard = await database.write(zone_of.rectifying)
    with pytest.raises(NotThisPersons):
        await database.write(lambda tx: tx.hazards.withdraw(hazard, "看错了", by=who["王厂长"], at=NOW))
    gone = await database.write(lambda tx: tx.hazard_life.dismiss(hazard, reason="看错了", by=who["钱审核"], at=NOW))
    assert (gone.state, gone.withdrawn_reason) == (State.WITHDRAWN, "看错了")
    with pytest.raises(NotFromThisState):
        await database.write(lambda tx: tx.hazard_life.confirm(gone, Level.GENERAL, by=who["王厂长"], at=NOW))


async def test_three_people_at_once_come_to_one_outcome(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people
    for _ in range(20):
        hazard = await database.write(zone_of.handed_in)
        outcomes = await asyncio.gather(
            database.write(lambda tx, h=hazard: tx.hazard_life.approve(h, by=who["钱审核"], at=NOW)),  # type: ignore[misc]
            database.write(
                lambda tx, h=hazard: tx.hazard_life.send_back(h, reason="不行", by=who["赵监管"], at=NOW)  # type: ignore[misc]
            ),
            database.write(lambda tx, h=hazard: tx.hazard_life.take_back(h, by=who["陈安全"], at=NOW)),  # type: ignore[misc]
            return_exceptions=True,
        )
        made = [o for o in outcomes if isinstance(o, Hazard)]
        assert len(made) == 1
        assert [type(o) for o in outcomes if not isinstance(o, Hazard)] == [HazardChanged, HazardChanged]
        assert await database.read(lambda tx, i=hazard.id: tx.hazards.get(i)) == made[0]  # type: ignore[misc]


async def test_the_database_itself_refuses_a_close_out_without_another_persons_review(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    hazard = await database.write(zone_of.handed_in)
    mine = hazards.c.id == hazard.id
    me = zone_of.people["陈安全"]
    for values in (
        {},
        {"reviewed_by": me, "closed_by": me},
        {"handed_in_by": None, "reviewed_by": zone_of.people["钱审核"], "closed_by": zone_of.people["钱审核"]},
    ):
        with pytest.raises(exc.IntegrityError):
            await database.write(
                lambda tx, v=values: tx.connection.execute(  # type: ignore[misc]
                    hazards.update().where(mine).values(state="closed", **v)
                )
            )


async def test_what_each_person_may_do_next(database: ZoneDatabase, zone_of: HazardZone) -> None:
    hazard = await database.write(zone_of.handed_in)

    def steps(tx: Transaction, name: str) -> set[Step]:
        return set(tx.hazard_life.steps_for(hazard, zone_of.people[name]))

    assert await database.read(lambda tx: steps(tx, "陈安全")) == {Step.TAKE_BACK}
    assert await database.read(lambda tx: steps(tx, "刘工人")) == set()
    assert await database.read(lambda tx: steps(tx, "周专家")) == set()
    assert {Step.APPROVE, Step.RETURN, Step.MARK_FAKE} <= await database.read(lambda tx: steps(tx, "钱审核"))
    assert Step.APPROVE not in await database.read(lambda tx: steps(tx, "孙科长"))


async def test_somebody_of_the_firm_who_joins_the_office_still_cannot_pass(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> Hazard:
        tx.people.assign(who["刘工人"], Role.REVIEWER, enterprise_id=None, at=NOW, by=None)
        tx.departments.join(zone_of.department_id, who["刘工人"], by=None, at=NOW)
        return zone_of.handed_in(tx)

    hazard = await database.write(unit)
    with pytest.raises(NotThisPersons, match="不能由本企业的人来办"):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=who["刘工人"], at=NOW))


async def test_a_picture_that_passed_its_review_stays_where_it_is(database: ZoneDatabase, zone_of: HazardZone) -> None:
    hazard = await database.write(zone_of.handed_in)
    [shown] = await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))
    await database.write(lambda tx: tx.attachments.remove(shown.id, at=NOW))
    with pytest.raises(guards.EvidenceMissing):
        await database.write(lambda tx: tx.hazard_life.approve(hazard, by=zone_of.people["钱审核"], at=NOW))
    await database.write(lambda tx: tx.attachments.restore(shown.id))
    await database.write(lambda tx: tx.hazard_life.approve(hazard, by=zone_of.people["钱审核"], at=NOW))
    with pytest.raises(EvidenceFixed, match="照片不能再动"):
        await database.write(lambda tx: tx.attachments.remove(shown.id, at=NOW))
    with pytest.raises(EvidenceFixed):
        await database.write(lambda tx: tx.attachments.place(shown.id, item=None))


# What each may ever do with a hazard found by 陈安全 and handed in by him, in whatever state it stands.
JUDGES = {Step.CONFIRM, Step.ARRANGE, Step.RETURN, Step.REOPEN, Step.MARK_FAKE, Step.PROPOSE, Step.REPORT}
DUTY = {Step.APPROVE, Step.CLOSE, Step.DECIDE_DEFERRAL, Step.VET, Step.DISMISS}
MANAGES = {Step.REGRADE, Step.LIST, Step.UNLIST, Step.ASSIGN, Step.ESCALATE}
OF_THE_FIRM = {Step.CONFIRM, Step.ARRANGE, Step.FIX_ON_SPOT, Step.HAND_IN, Step.TAKE_BACK, Step.ASK_DEFERRAL}


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("赵监管", JUDGES | DUTY | MANAGES),
        ("钱审核", JUDGES | DUTY),
        ("孙科长", JUDGES | MANAGES),
        ("周专家", set()),
        ("王厂长", OF_THE_FIRM),
        ("李老板", OF_THE_FIRM),
        ("陈安全", OF_THE_FIRM),
        ("刘工人", set()),
    ],
)
async def test_every_role_has_its_steps_and_no_others(
    database: ZoneDatabase, zone_of: HazardZone, name: str, may: set[Step]
) -> None:
    hazard = await database.write(zone_of.handed_in)

    def unit(tx: Transaction) -> set[Step]:
        stands = [replace(hazard, state=state) for state in State]
        return {step for one in stands for step in tx.hazard_life.steps_for(one, zone_of.people[name])}

    assert await database.read(unit) == may
