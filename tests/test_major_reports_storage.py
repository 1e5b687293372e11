"""The report of a major hazard on the real database: kept part by part, handed in once, afterwards only added to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazards import Hazard, Level, MoveRefused
from checklists.ledger import LedgerFilter
from checklists.major_reports import (
    MajorReport,
    Part,
    PartEmpty,
    ReportIncomplete,
    ReportNotNeeded,
    ReportNotThere,
    ReportStands,
    ReportTooLong,
)
from storage.database import ZoneDatabase
from storage.major_reports import ReportChanged
from storage.transaction import Transaction
from storage.verification import faults
from tests.conftest import NOW
from tests.hazard_zone import HazardZone

LATER = NOW + timedelta(days=2)


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


@pytest.fixture
async def hazard(database: ZoneDatabase, zone_of: HazardZone) -> Hazard:
    return await database.write(lambda tx: zone_of.rectifying(tx, level=Level.MAJOR))


async def refused(
    database: ZoneDatabase, hazard: Hazard, kind: type[MoveRefused], unit: Callable[[Transaction], object]
) -> str:
    """The words of a refusal, after which everything stands as before."""
    before = await database.read(lambda tx: tx.major_reports.get(hazard))
    with pytest.raises(kind) as caught:
        await database.write(unit)
    assert await database.read(lambda tx: tx.major_reports.get(hazard)) == before
    return str(caught.value)


async def test_each_part_is_kept_at_once_and_leaves_its_event(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    who = zone_of.people

    def write(tx: Transaction, part: Part, words: str, version: int, name: str) -> MajorReport:
        return tx.major_reports.write(hazard, part, words, version=version, by=who[name], at=NOW)

    first = await database.write(lambda tx: write(tx, Part.HARM, " 危害大 ", 0, "王厂长"))
    assert (first.harm, first.version, first.missing()) == ("危害大", 1, (Part.CAUSE, Part.TREATMENT))
    second = await database.write(lambda tx: write(tx, Part.CAUSE, "堵了", 1, "陈安全"))
    assert (second.harm, second.cause, second.version, second.written_by) == ("危害大", "堵了", 2, who["陈安全"])
    events = await database.read(lambda tx: tx.trail.of("hazard", hazard.id)[-2:])
    assert [(e.what, e.person_id) for e in events] == [
        ("major_report_written", who["王厂长"]),
        ("major_report_written", who["陈安全"]),
    ]
    assert (events[1].body["before"]["cause"], events[1].body["after"]["cause"]) == ("", "堵了")
    assert await database.read(lambda tx: tx.hazards.get(hazard.id)) == hazard
    assert await database.read(lambda tx: list(faults(tx))) == []


async def test_who_saw_an_earlier_version_changes_nothing(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    by = {"by": zone_of.people["王厂长"], "at": NOW}

    def write(tx: Transaction, version: int) -> MajorReport:
        return tx.major_reports.write(hazard, Part.CAUSE, f"第{version}次", version=version, **by)  # type: ignore[arg-type]

    await database.write(lambda tx: write(tx, 0))
    await refused(database, hazard, ReportChanged, lambda tx: write(tx, 0))
    await refused(database, hazard, ReportChanged, lambda tx: write(tx, 2))
    assert (await database.write(lambda tx: write(tx, 1))).cause == "第1次"


@pytest.mark.parametrize("name", ["刘工人", "赵监管", "钱审核", "周专家"])
async def test_only_who_may_inspect_for_the_firm_writes_it(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard, name: str
) -> None:
    by: dict[str, Any] = {"by": zone_of.people[name], "at": NOW}
    reports: list[Callable[[Transaction], object]] = [
        lambda tx: tx.major_reports.write(hazard, Part.CAUSE, "堵了", version=0, **by),
        lambda tx: tx.major_reports.hand_in(hazard, version=0, **by),
        lambda tx: tx.major_reports.supplement(hazard, Part.CAUSE, "已清", **by),
    ]
    for unit in reports:
        await refused(database, hazard, NotThisPersons, unit)


async def test_what_is_missing_is_named_and_nothing_is_handed_in(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    by: dict[str, Any] = {"by": zone_of.people["王厂长"], "at": NOW}

    def hand_in(tx: Transaction, version: int) -> MajorReport:
        return tx.major_reports.hand_in(hazard, version=version, **by)

    said = await refused(database, hazard, ReportIncomplete, lambda tx: hand_in(tx, 0))
    assert said == "报告还缺：现状和产生原因、危害程度和整改难易程度、治理方案"
    await database.write(lambda tx: tx.major_reports.write(hazard, Part.HARM, "大", version=0, **by))
    said = await refused(database, hazard, ReportIncomplete, lambda tx: hand_in(tx, 1))
    assert said == "报告还缺：现状和产生原因、治理方案"
    assert await database.read(lambda tx: tx.major_reports.is_missing(hazard))
    report = await database.write(lambda tx: zone_of.report(tx, hazard, at=LATER))
    assert (report.harm, report.handed_in_by, report.handed_in_at) == ("大", zone_of.people["王厂长"], LATER)
    assert not await database.read(lambda tx: tx.major_reports.is_missing(hazard))
    said = await refused(database, hazard, DoneAlready, lambda tx: hand_in(tx, report.version))
    assert said == "报告已经交过了。"


async def test_what_was_handed_in_stays_and_a_supplement_says_when_and_by_whom(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    by: dict[str, Any] = {"by": zone_of.people["陈安全"], "at": LATER}

    def add(tx: Transaction, words: str) -> MajorReport:
        return tx.major_reports.supplement(hazard, Part.CAUSE, words, **by)

    await refused(database, hazard, ReportNotThere, lambda tx: add(tx, "已清灰"))
    report = await database.write(lambda tx: zone_of.report(tx, hazard))
    await refused(
        database,
        hazard,
        ReportStands,
        lambda tx: tx.major_reports.write(hazard, Part.CAUSE, "没事", version=report.version, **by),
    )
    added = await database.write(lambda tx: add(tx, "已清灰"))
    assert added.cause == f"{report.cause}\n补充（2026年11月25日，陈安全）：已清灰"
    assert (added.harm, added.handed_in_at, added.version) == (report.harm, NOW, report.version + 1)
    [event] = await database.read(lambda tx: tx.trail.of("hazard", hazard.id)[-1:])
    assert (event.what, event.body["before"]["cause"]) == ("major_report_supplemented", report.cause)


async def test_nothing_and_too_much_are_refused(database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard) -> None:
    by: dict[str, Any] = {"by": zone_of.people["王厂长"], "at": NOW}
    for words, kind in ((" \n ", PartEmpty), ("字" * 3001, ReportTooLong)):
        await refused(
            database,
            hazard,
            kind,
            lambda tx, w=words: tx.major_reports.write(hazard, Part.CAUSE, w, version=0, **by),  # type: ignore[misc]
        )
    await database.write(lambda tx: tx.major_reports.write(hazard, Part.CAUSE, "字" * 2999, version=0, **by))
    await database.write(lambda tx: zone_of.report(tx, hazard))
    await refused(
        database, hazard, ReportTooLong, lambda tx: tx.major_reports.supplement(hazard, Part.CAUSE, "还有", **by)
    )


async def test_general_unconfirmed_and_closed_hazards_need_none(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def refuses(tx: Transaction, hazard: Hazard) -> str:
        with pytest.raises(ReportNotNeeded) as caught:
            tx.major_reports.write(hazard, Part.CAUSE, "堵了", version=0, by=who["王厂长"], at=NOW)
        assert not tx.major_reports.is_missing(hazard) or not hazard.is_open
        return str(caught.value)

    def unit(tx: Transaction) -> list[str]:
        unconfirmed, general = zone_of.find(tx), zone_of.rectifying(tx)
        wrong = tx.hazard_life.dismiss(
            zone_of.rectifying(tx, level=Level.MAJOR), reason="看错了", by=who["钱审核"], at=NOW
        )
        return [refuses(tx, h) for h in (unconfirmed, general, wrong)]

    assert await database.write(unit) == [
        "只有确认为重大的隐患才写重大隐患报告。",
        "只有确认为重大的隐患才写重大隐患报告。",
        "这条隐患现在是“误报，已撤回”，报告不能再改。",
    ]


async def test_the_next_life_needs_a_report_of_its_own_and_the_old_one_stays(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    who = zone_of.people

    def unit(tx: Transaction) -> tuple[Hazard, Hazard]:
        hazard = tx.hazard_life.approve(zone_of.handed_in(tx, level=Level.MAJOR), by=who["钱审核"], at=NOW)
        zone_of.confirm_receipts(tx, hazard)
        zone_of.report(tx, hazard)
        closed = tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW)
        return closed, tx.hazard_life.reopen(closed, reason="又堵了", by=who["孙科长"], at=NOW)

    closed, again = await database.write(unit)
    assert await database.read(lambda tx: tx.major_reports.get(again)) is None
    assert await database.read(lambda tx: tx.major_reports.is_missing(again))
    assert await database.read(lambda tx: tx.major_reports.handed_in_at([again.id])) == {}
    old = await database.read(lambda tx: tx.major_reports.get(closed))
    assert old is not None
    assert (old.life, old.is_handed_in) == (1, True)
    await database.write(lambda tx: zone_of.report(tx, again, at=LATER))
    assert await database.read(lambda tx: tx.major_reports.handed_in_at([again.id])) == {again.id: LATER}
    assert await database.read(lambda tx: tx.major_reports.get(closed)) == old


async def test_a_report_on_paper_is_noted_by_the_office_and_leaves_the_firms_words(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    who = zone_of.people

    def note(tx: Transaction, name: str, words: str = "11月23日收到，档案柜3号") -> MajorReport:
        return tx.major_reports.note_paper(hazard, words, by=who[name], at=NOW)

    for name in ("周专家", "王厂长"):
        await refused(database, hazard, NotThisPersons, lambda tx, n=name: note(tx, n))  # type: ignore[misc]
    await refused(database, hazard, PartEmpty, lambda tx: note(tx, "孙科长", " "))
    await database.write(
        lambda tx: tx.major_reports.write(hazard, Part.CAUSE, "堵了", version=0, by=who["王厂长"], at=NOW)
    )
    report = await database.write(lambda tx: note(tx, "孙科长"))
    paper = "见企业交来的书面报告（11月23日收到，档案柜3号）"
    assert (report.cause, report.harm, report.treatment) == ("堵了", paper, paper)
    assert (report.handed_in_by, report.written_by) == (who["孙科长"], who["王厂长"])
    await refused(database, hazard, DoneAlready, lambda tx: note(tx, "孙科长"))
    assert not await database.read(lambda tx: tx.major_reports.is_missing(hazard))


async def test_the_ledger_counts_and_lists_the_open_major_ones_without_a_report(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    def fill(tx: Transaction) -> None:
        zone_of.find(tx)
        zone_of.rectifying(tx)
        zone_of.rectifying(tx, level=Level.MAJOR)
        zone_of.report(tx, zone_of.rectifying(tx, level=Level.MAJOR))
        begun = zone_of.rectifying(tx, level=Level.MAJOR)
        tx.major_reports.write(begun, Part.CAUSE, "堵了", version=0, by=zone_of.people["王厂长"], at=NOW)

    def unreported(tx: Transaction) -> list[int]:
        wanted = LedgerFilter(unreported=True)
        page = [h.sequence for h in tx.ledger.page(wanted).hazards]
        assert page == [h.sequence for h in tx.ledger.every(wanted)]
        assert len(page) == tx.ledger.count(wanted) == tx.ledger.overview(today=NOW.date()).unreported
        return page

    await database.write(fill)
    assert await database.read(unreported) == [3, 5]


async def test_a_report_of_another_zone_is_not_there(
    database: ZoneDatabase, zone_of: HazardZone, hazard: Hazard
) -> None:
    await database.write(lambda tx: zone_of.report(tx, hazard))
    elsewhere = database.database.zone(7)
    assert await elsewhere.read(lambda tx: tx.major_reports.get(hazard)) is None
    assert await elsewhere.read(lambda tx: tx.major_reports.handed_in_at([hazard.id])) == {}
    assert await database.read(lambda tx: tx.major_reports.get(replace(hazard, life=2))) is None
