"""Hazards put to analysis, decided and followed; meetings with their agenda, on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checklists.analyses import (
    Analysis,
    DecisionsStand,
    Found,
    Ground,
    Meeting,
    MeetingOver,
    MeetingState,
    NotOnTheList,
    SettledAlready,
    WaitsAlready,
)
from checklists.hazard_life import NotThisPersons
from checklists.hazards import Hazard, Level
from checklists.people import Role
from storage.analysis_candidates import candidates, count_candidates, count_left_out
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 1)
MEASURE: dict[str, Any] = {"decision": "停用除尘，请专家定方案", "responsible": "王厂长", "until": UNTIL}


@pytest.fixture
async def town(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


def who(town: HazardZone, name: str = "赵监管", at: datetime = NOW) -> dict[str, Any]:
    return {"by": town.people[name], "at": at}


def put(tx: Transaction, town: HazardZone, hazard: Hazard, name: str = "赵监管") -> Analysis:
    return tx.analyses.put(hazard, "资金困难", **who(town, name))


def prepare(tx: Transaction, town: HazardZone, at: datetime = NOW) -> Meeting:
    return tx.analysis_meetings.prepare(today=TODAY, **who(town, at=at))


def events(tx: Transaction, hazard: Hazard) -> list[str]:
    return [event.what for event in tx.trail.of("hazard", hazard.id) if "analysis" in event.what]


async def test_a_measure_decided_at_once_changes_nothing_of_the_hazard(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        hazard = town.rectifying(tx)
        waits = put(tx, town, hazard, "钱审核")
        assert [a.id for a in tx.analyses.waiting()] == [waits.id]
        decided = tx.analyses.decide_at_once(waits, **MEASURE, **who(town))
        assert tx.hazards.get(hazard.id) == hazard
        assert tx.analyses.standing_of(hazard) == decided
        assert tx.analyses.waiting() == []
        assert [a.id for a in tx.analyses.undone()] == [decided.id]
        assert events(tx, hazard) == ["hazard_put_to_analysis", "hazard_analysis_decided"]

    await database.write(unit)


async def test_who_may_put_and_who_may_decide(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        hazard = town.rectifying(tx)
        for name in ("周专家", "王厂长", "刘工人"):
            with pytest.raises(NotThisPersons):
                put(tx, town, hazard, name)
        waits = put(tx, town, hazard, "钱审核")
        for name in ("周专家", "王厂长", "钱审核"):
            with pytest.raises(NotThisPersons):
                tx.analyses.decide_at_once(waits, **MEASURE, **who(town, name))
        tx.people.assign(
            town.people["孙科长"], Role.DEPUTY, enterprise_id=town.enterprise_id, at=NOW, by=None
        )  # of the office and of the firm
        with pytest.raises(NotThisPersons):
            tx.analyses.decide_at_once(waits, **MEASURE, **who(town, "孙科长"))
        with pytest.raises(NotThisPersons):
            tx.analyses.take_off(waits, **who(town, "孙科长"))
        assert not tx.analyses.may_decide(hazard, town.people["孙科长"])
        assert tx.analyses.may_decide(hazard, town.people["赵监管"])
        decided = tx.analyses.decide_at_once(waits, **MEASURE, **who(town))
        with pytest.raises(NotThisPersons):
            tx.analyses.follow(decided, "落实了", **who(town, "孙科长"))
        assert tx.analyses.get(decided.id) == decided

    await database.write(unit)


async def test_one_hazard_waits_once_and_a_closed_one_not_at_all(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        hazard, closed = town.rectifying(tx), town.closed(tx)
        waits = put(tx, town, hazard)
        with pytest.raises(WaitsAlready):
            put(tx, town, hazard)
        with pytest.raises(NotOnTheList, match="已销号"):
            put(tx, town, closed)
        gone = tx.analyses.take_off(waits, **who(town))
        with pytest.raises(SettledAlready):
            tx.analyses.take_off(waits, **who(town))
        with pytest.raises(SettledAlready):
            tx.analyses.decide_at_once(gone, **MEASURE, **who(town))
        assert put(tx, town, hazard).id != waits.id

    await database.write(unit)


async def test_a_later_decision_takes_the_place_of_one_that_is_not_done(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        hazard = town.rectifying(tx)
        first = tx.analyses.decide_at_once(put(tx, town, hazard), **MEASURE, **who(town))
        second = tx.analyses.decide_at_once(put(tx, town, hazard), **MEASURE, **who(town))
        assert [a.id for a in tx.analyses.undone()] == [second.id]
        assert [a.id for a in tx.analyses.of_hazard(hazard.id)] == [first.id, second.id]
        with pytest.raises(SettledAlready):
            tx.analyses.follow(first, "落实了", **who(town))
        tx.analyses.follow(second, "方案已定", **who(town))
        with pytest.raises(SettledAlready):
            tx.analyses.follow(second, "又落实了", **who(town))
        third = tx.analyses.decide_at_once(put(tx, town, hazard), **MEASURE, **who(town))
        assert [a.is_decided for a in tx.analyses.of_hazard(hazard.id)] == [False, True, True]
        assert tx.analyses.standing_of(hazard) == third

    await database.write(unit)


async def test_decisions_are_late_the_day_after_and_gone_with_the_hazard(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        hazard = town.handed_in(tx)
        tx.analyses.decide_at_once(put(tx, town, hazard), **MEASURE, **who(town))
        assert tx.analyses.late_count(UNTIL) == 0
        assert tx.analyses.late_count(UNTIL + timedelta(days=1)) == 1
        passed = tx.hazard_life.approve(hazard, **who(town, "钱审核"))
        closed = tx.hazard_life.close(passed, **who(town, "钱审核"))
        assert tx.analyses.undone() == []
        assert tx.analyses.late_count(UNTIL + timedelta(days=1)) == 0
        again = tx.hazard_life.reopen(closed, reason="又出现", **who(town))
        assert tx.analyses.undone() == []
        assert tx.analyses.standing_of(again) is None

    await database.write(unit)


async def test_an_agenda_is_filled_from_the_ledger_in_the_order_of_danger(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        town.rectifying(tx)  # in time: not on the agenda
        late = tx.hazard_life.arrange(
            town.rectifying(tx), {**FIVE, "deadline": date(2026, 11, 20)}, **who(town, "王厂长")
        )
        major = town.rectifying(tx, level=Level.MAJOR)
        listed = tx.hazard_life.enlist(
            town.rectifying(tx, level=Level.MAJOR), supervisor="赵监管", until=None, reason="整改缓慢", **who(town)
        )
        by_hand, undone = town.rectifying(tx), town.rectifying(tx)
        fake = tx.hazard_life.mark_fake(town.handed_in(tx), reason="旧照片", **who(town))
        for days in (20, 25):
            tx.hazard_life.ask_deferral(
                tx.hazards.get(by_hand.id) or by_hand,
                date(2026, 12, days),
                reason="等设备",
                **who(town, "王厂长"),
            )
            tx.hazard_life.decide_deferral(tx.hazards.get(by_hand.id) or by_hand, True, reason="理由充分", **who(town))
        put(tx, town, by_hand)
        tx.analyses.decide_at_once(put(tx, town, undone), **MEASURE, **who(town))
        meeting = prepare(tx, town)
        rows = tx.analyses.of_meeting(meeting.id)
        assert [(row.hazard_id, row.grounds) for row in rows] == [
            (undone.id, (Ground.UNDONE,)),
            (listed.id, (Ground.MAJOR, Ground.LISTED)),
            (major.id, (Ground.MAJOR,)),
            (late.id, (Ground.OVERDUE,)),
            (fake.id, (Ground.FAKE,)),
            (by_hand.id, (Ground.HAND, Ground.DEFERRED)),
        ]
        assert [row.reason for row in rows if row.reason] == ["资金困难"]
        assert count_candidates(tx, today=TODAY) == 5
        assert prepare(tx, town) == meeting
        assert len(tx.analyses.of_meeting(meeting.id)) == 6

    await database.write(unit)


async def test_an_agenda_has_room_for_so_many_and_all_that_are_bound_to_stand_there(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> Found:
        made = [town.rectifying(tx, level=Level.MAJOR) for _ in range(4)]
        return candidates(tx, {made[0].id}, today=TODAY, most=2)

    found = await database.write(unit)
    assert len(found.hazards) == 3


async def test_what_a_person_put_takes_no_room_from_what_the_rules_name(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> int:
        first, _second, _third = (town.rectifying(tx, level=Level.MAJOR) for _ in range(3))
        return count_left_out(tx, [town.rectifying(tx), first, first], today=TODAY)

    assert await database.write(unit) == 2


async def test_of_those_in_time_the_oftenest_fake_come_first(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> list[int]:
        once = tx.hazard_life.mark_fake(town.handed_in(tx), reason="旧照片", **who(town))
        twice = tx.hazard_life.mark_fake(town.handed_in(tx), reason="旧照片", **who(town))
        twice = tx.hazards.get(twice.id) or twice
        town.show_fixed(tx, twice)
        twice = tx.hazard_life.hand_in(twice, **who(town, "王厂长"))
        twice = tx.hazard_life.mark_fake(twice, reason="又是旧照片", **who(town))
        found = candidates(tx, (), today=TODAY, most=1)
        return [once.id, twice.id, *(hazard.id for hazard in found.hazards)]

    _once, twice, *found = await database.write(unit)
    assert found == [twice]


async def test_a_meeting_keeps_what_came_and_its_decisions_hold_from_its_end(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        hazards = [town.rectifying(tx, level=Level.MAJOR) for _ in range(4)]
        waits = put(tx, town, hazards[3])
        meeting = prepare(tx, town)
        rows = {row.hazard_id: row for row in tx.analyses.of_meeting(meeting.id)}
        decided = tx.analyses.decide(rows[hazards[0].id], **MEASURE, **who(town))
        off = tx.analyses.take_off(rows[hazards[1].id], **who(town))
        assert tx.analyses.of_hazard(hazards[0].id) == []
        assert tx.analyses.standing_of(hazards[0]) is None
        again = tx.analyses.decide(tx.analyses.undo(decided, **who(town)), **MEASURE, **who(town))
        meeting = tx.analysis_meetings.note(meeting, {"place": "三楼会议室"}, **who(town))
        done = tx.analysis_meetings.finish(meeting, "{}", held_on=TODAY, **who(town))
        assert [row.id for row in done] == [again.id]
        assert tx.analyses.standing_of(hazards[0]) == again
        kept = tx.analysis_meetings.get(meeting.id)
        assert kept is not None
        assert (kept.state, kept.held_on, kept.place) == (MeetingState.FINISHED, TODAY, "三楼会议室")
        # Nobody came to what was put by hand: it waits for the next meeting, the proposals are let go.
        assert [a.id for a in tx.analyses.waiting()] == [waits.id]
        assert tx.analyses.waiting_of(hazards[2]) is None
        with pytest.raises(SettledAlready):
            tx.analyses.undo(again, **who(town))
        with pytest.raises(SettledAlready):
            tx.analyses.put_back(off, **who(town))
        with pytest.raises(MeetingOver):
            tx.analysis_meetings.note(meeting, {"words": "又说了几句"}, **who(town))
        with pytest.raises(MeetingOver):
            tx.analysis_meetings.finish(meeting, "{}", held_on=TODAY, **who(town))
        with pytest.raises(MeetingOver):
            tx.analysis_meetings.abandon(meeting, "开错了", **who(town))
        assert tx.analysis_meetings.days_held("2026-11", "2026-11") == [TODAY]
        assert tx.analysis_meetings.days_held("2026-10", "2026-10") == []

    await database.write(unit)


async def test_the_next_agenda_begins_with_what_was_not_done(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        grave, small = town.rectifying(tx, level=Level.MAJOR), town.rectifying(tx)
        put(tx, town, small)
        first = prepare(tx, town)
        [row] = [r for r in tx.analyses.of_meeting(first.id) if r.hazard_id == small.id]
        tx.analyses.decide(row, **MEASURE, **who(town))
        tx.analysis_meetings.finish(first, "{}", held_on=TODAY, **who(town))
        second = prepare(tx, town, NOW + timedelta(days=30))
        assert second.id != first.id
        rows = tx.analyses.of_meeting(second.id)
        assert [(r.hazard_id, r.grounds) for r in rows] == [
            (small.id, (Ground.UNDONE,)),
            (grave.id, (Ground.MAJOR,)),
        ]

    await database.write(unit)


async def test_a_meeting_opened_by_mistake_is_abandoned_unless_something_was_decided(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        grave, small = town.rectifying(tx, level=Level.MAJOR), town.rectifying(tx)
        waits = put(tx, town, small)
        meeting = prepare(tx, town)
        rows = {row.hazard_id: row for row in tx.analyses.of_meeting(meeting.id)}
        decided = tx.analyses.decide(rows[grave.id], **MEASURE, **who(town))
        with pytest.raises(DecisionsStand):
            tx.analysis_meetings.abandon(meeting, "开错了", **who(town))
        tx.analyses.undo(decided, **who(town))
        tx.analysis_meetings.abandon(meeting, "开错了", **who(town))
        assert tx.analysis_meetings.open_one() is None
        assert [a.id for a in tx.analyses.waiting()] == [waits.id]
        assert tx.analyses.waiting_of(grave) is None
        last = tx.trail.of("analysis_meeting", meeting.id)[-1]
        assert (last.what, last.body["after"]) == ("analysis_meeting_abandoned", {"reason": "开错了"})
        assert tx.analysis_meetings.count_finished() == 0

    await database.write(unit)


async def test_a_hazard_decided_at_once_leaves_the_open_agenda(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        hazard = town.rectifying(tx, level=Level.MAJOR)
        meeting = prepare(tx, town)
        waits = tx.analyses.waiting_of(hazard)
        assert waits is not None
        tx.analyses.decide_at_once(waits, **MEASURE, **who(town))
        assert tx.analyses.of_meeting(meeting.id) == []
        late = town.rectifying(tx)
        joined = put(tx, town, late)
        assert joined.meeting_id == meeting.id

    await database.write(unit)
