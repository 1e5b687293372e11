"""The ledger as it is read from storage: the same pages, words, figures and doubts on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from checklists.attachments import Phase
from checklists.composing import Checklist, Profile, compose
from checklists.defences import Defence
from checklists.evidence import Doubt
from checklists.hazards import Hazard, Level, Source, State
from checklists.inspections import Answer
from checklists.ledger import (
    OVERDUE,
    THIS_QUARTER,
    UNARRANGED,
    UNNOTIFIED,
    LedgerFilter,
    MajorFigures,
    Place,
    gathered,
    targets,
    total,
)
from checklists.official_inspections import Mode, NotRunning, OfficialState, SignatureMissing
from checklists.plans import plan_ids
from checklists.risk_points import Grade, Measure
from handlers.ledger_rows import EVERYTHING, rows_of
from storage.database import ZoneDatabase
from storage.office_settings import FigureOutOfRange
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone, picture

TODAY = date(2026, 12, 10)


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


async def numbers(database: ZoneDatabase, **wanted: Any) -> list[int]:
    page = await database.read(lambda tx: tx.ledger.page(LedgerFilter(**wanted), limit=100))
    assert await database.read(lambda tx: tx.ledger.count(LedgerFilter(**wanted))) == len(page.hazards)
    return [hazard.sequence for hazard in page.hazards]


async def test_pages_follow_each_other_whatever_is_added_meanwhile(database: ZoneDatabase, zone_of: HazardZone) -> None:
    def fill(tx: Transaction) -> None:
        for n in range(7):
            hazard = zone_of.rectifying(tx)
            tx.hazards.change(hazard, "moved", {"deadline": date(2026, 12, 1 + n % 3)}, by=None, at=NOW)
        zone_of.find(tx)

    async def page(after: Place | None) -> tuple[list[int], Place | None]:
        found = await database.read(lambda tx: tx.ledger.page(LedgerFilter(), after=after, limit=3))
        return [h.sequence for h in found.hazards], found.following

    await database.write(fill)
    first, place = await page(None)
    await database.write(lambda tx: zone_of.find(tx))
    second, place = await page(place)
    third, end = await page(place)
    assert (first, second, third, end) == ([8, 1, 4], [7, 2, 5], [3, 6], None)
    again, _ = await page(Place(deadline=None, year=2026, sequence=8))
    assert again == [9, 1, 4]


async def test_words_are_found_in_chinese_and_taken_as_they_are(database: ZoneDatabase, zone_of: HazardZone) -> None:
    def fill(tx: Transaction) -> None:
        texts = (("配电箱前堆了纸箱", "二车间"), ("除尘100%堵塞", "一车间"), ("log_file É 丢失", ""))
        for words, place in texts:
            zone_of.find(tx, words=words, place=place)

    await database.write(fill)
    assert await numbers(database, words="配电") == [1]
    assert await numbers(database, words="电箱") == [1]
    assert await numbers(database, words="堵") == [2]
    assert await numbers(database, words="车间 堵塞") == [2]
    assert await numbers(database, words="车间") == [1, 2]
    assert await numbers(database, words="100%") == [2]
    assert await numbers(database, words="%") == [2]
    assert await numbers(database, words="LOG_file") == [3]
    assert await numbers(database, words="丢失 É") == [3]
    assert await numbers(database, words="é") == []
    assert await numbers(database, words="Éa") == []
    assert await numbers(database, words="丢失二车间") == []
    assert await numbers(database, words="样例木业") == [1, 2, 3]
    assert await numbers(database, words="消防通道") == []
    assert await numbers(database, words="隐患 2026-0002") == [2]


async def test_each_filter_leaves_what_it_names(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who = zone_of.people

    def fill(tx: Transaction) -> None:
        zone_of.find(tx)
        zone_of.rectifying(tx)
        hazard = zone_of.rectifying(tx, level=Level.MAJOR, source=Source.TIP)
        tx.hazard_life.enlist(hazard, supervisor="区安委会", until=None, reason="拖", by=who["孙科长"], at=NOW)
        hazard = tx.hazard_life.approve(zone_of.handed_in(tx), by=who["钱审核"], at=NOW)
        tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW)

    await database.write(fill)
    assert await numbers(database) == [1, 2, 3]
    assert await numbers(database, states=frozenset(State)) == [1, 2, 3, 4]
    assert await numbers(database, states=frozenset({State.CLOSED})) == [4]
    assert await numbers(database, level=Level.MAJOR) == [1, 3]
    assert await numbers(database, source=Source.TIP) == [3]
    assert await numbers(database, listed=True) == [3]
    assert await numbers(database, listed=False) == [1, 2]
    assert await numbers(database, overdue_on=TODAY) == [2, 3]
    assert await numbers(database, overdue_on=date(2026, 12, 7)) == []
    assert await numbers(database, overdue_on=TODAY, states=frozenset({State.CLOSED})) == []
    assert await numbers(database, community="东社区") == [1, 2, 3]
    assert await numbers(database, community="西社区") == []
    assert await numbers(database, trade="light-industry") == [1, 2, 3]
    assert await numbers(database, trade="machinery") == []
    assert await numbers(database, department_id=zone_of.department_id) == [1, 2, 3]
    assert await numbers(database, enterprise_id=zone_of.enterprise_id, words="5577") == [1, 2, 3]
    overview = await database.read(lambda tx: tx.ledger.overview(today=TODAY))
    assert (overview.open, overview.major, overview.overdue, overview.listed) == (3, 2, 2, 1)
    assert (overview.to_confirm, overview.to_review, overview.to_close, overview.deferrals) == (1, 0, 0, 0)
    assert await database.read(lambda tx: tx.ledger.communities()) == ["东社区"]
    every = await database.read(lambda tx: [h.sequence for h in tx.ledger.every(LedgerFilter(states=frozenset()))])
    assert every == [1, 2, 3, 4]


async def test_figures_by_area_trade_and_month(database: ZoneDatabase, zone_of: HazardZone) -> None:
    later, who = NOW + timedelta(days=10), zone_of.people

    def fill(tx: Transaction) -> None:
        hazard = tx.hazard_life.approve(zone_of.handed_in(tx), by=who["钱审核"], at=later)
        tx.hazard_life.close(hazard, by=who["钱审核"], at=later)
        zone_of.rectifying(tx, level=Level.MAJOR)
        zone_of.find(tx, at=later)

    await database.write(fill)
    rows = await database.read(lambda tx: tx.ledger.figures(today=TODAY))
    assert [(r.community, r.trade, r.month, r.found, r.major, r.closed, r.open, r.overdue) for r in rows] == [
        ("东社区", "light-industry", "2026-11", 2, 1, 1, 1, 1),
        ("东社区", "light-industry", "2026-12", 1, 1, 0, 1, 0),
    ]
    assert (rows[0].close_rate, rows[0].days_to_close, rows[1].days_to_close) == (0.5, 10.0, None)
    third = replace(rows[0], found=3, closed=2)
    assert (third.close_percent, replace(third, closed=3).close_percent, replace(third, found=0).close_percent) == (
        66,
        100,
        0,
    )
    assert [(r.month, r.found) for r in gathered(rows, "community")] == [("", 3)]
    assert (total(rows).found, total(rows).days_to_close) == (3, 10.0)
    assert await database.read(lambda tx: tx.ledger.totals(today=TODAY)) == total(rows)
    assert await database.read(lambda tx: tx.ledger.figures(today=TODAY, first="2026-12")) == rows[1:]


async def test_the_targets_of_the_plan_against_todays_figures(database: ZoneDatabase, zone_of: HazardZone) -> None:
    def fill(tx: Transaction) -> None:
        zone_of.rectifying(tx, level=Level.MAJOR)
        zone_of.find(tx, at=NOW - timedelta(days=1200))

    await database.write(fill)
    figures = await database.read(lambda tx: tx.ledger.major_figures(today=TODAY))
    assert (figures.stock, figures.open, figures.overdue, figures.unnotified) == (1, 2, 1, 1)
    assert figures.by_quarter == {"2023Q3": 1, "2026Q4": 1}
    found = {p: [(t.by, t.count, t.met, t.clause) for t in targets(p, figures, today=TODAY)] for p in plan_ids()}
    assert found == {
        "district-briefing-2024": [(None, 1, False, "二(一)")],
        "dongli-2024": [
            (date(2024, 12, 31), 1, False, "一；四(二)"),
            (date(2025, 12, 31), 1, None, "一；四(三)"),
            (date(2026, 12, 31), 1, False, "一"),
        ],
        "dongzhao-2020": [],
        "fengtai-2024": [
            (date(2024, 12, 31), 1, None, "二(导语)"),
            (date(2025, 12, 31), 1, None, "二(导语)"),
            (date(2026, 12, 31), 1, False, "二(导语)"),
        ],
        "heelun-2024": [
            (date(2024, 6, 30), 1, None, "一(二)"),
            (date(2025, 6, 30), 1, None, "一(二)"),
            (date(2026, 6, 30), 1, False, "一(二)"),
        ],
    }


async def test_a_major_hazard_in_nobodys_hands_is_not_under_control(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    def told(tx: Transaction, hazard: Hazard) -> int:
        zone_of.confirm_receipts(tx, hazard)
        return hazard.id

    def fill(tx: Transaction) -> list[int]:
        boss = zone_of.people["王厂长"]
        arranged = zone_of.rectifying(tx, level=Level.MAJOR)
        zone_of.rectifying(tx, level=Level.GENERAL)
        zone_of.find(tx, level=Level.GENERAL)
        half = tx.hazard_life.confirm(zone_of.find(tx), Level.MAJOR, by=boss, at=NOW)
        half = tx.hazard_life.arrange(half, {"deadline": date(2027, 1, 7)}, by=boss, at=NOW)
        bare = tx.hazard_life.confirm(zone_of.find(tx), Level.MAJOR, by=boss, at=NOW)
        return [told(tx, hazard) for hazard in (arranged, half, bare)]

    def zero(tx: Transaction) -> list[tuple[bool | None, dict[str, int]]]:
        figures = tx.ledger.major_figures(today=NOW.date())
        every = [t for p in plan_ids() for t in targets(p, figures, today=NOW.date()) if UNARRANGED in t.series]
        return [(t.met, dict(t.series)) for t in every]

    _arranged, half, bare = await database.write(fill)
    open_ = {OVERDUE: 0, UNNOTIFIED: 0, UNARRANGED: 2}
    assert await database.read(zero) == [(False, open_)] * 4

    def arrange(tx: Transaction, hazard_id: int) -> None:
        hazard = tx.hazards.get(hazard_id)
        assert hazard is not None
        five = {**FIVE, "deadline": date(2027, 1, 7)}
        tx.hazard_life.arrange(hazard, five, by=zone_of.people["王厂长"], at=NOW)

    await database.write(lambda tx: arrange(tx, half))
    assert await database.read(zero) == [(False, {**open_, UNARRANGED: 1})] * 4
    await database.write(lambda tx: arrange(tx, bare))
    assert await database.read(zero) == [(True, {**open_, UNARRANGED: 0})] * 4


def test_new_major_hazards_stand_beside_the_quarter_before_and_the_year_before() -> None:
    quarters = {"2025Q1": 4, "2025Q4": 7, "2026Q1": 2, "2026Q3": 1}
    figures = MajorFigures(stock=0, open=0, overdue=0, unnotified=0, unarranged=0, by_quarter=quarters)

    def growth(plan_id: str, today: date) -> list[tuple[int, bool | None, list[int]]]:
        of_plan = [t for t in targets(plan_id, figures, today=today) if THIS_QUARTER in t.series]
        return [(t.count, t.met, list(t.series.values())) for t in of_plan]

    for plan_id in ("dongli-2024", "fengtai-2024", "heelun-2024"):
        assert growth(plan_id, date(2026, 3, 31)) == [(2, None, [2, 7, 4])]
        # A quarter in which nothing was found is told as that, not as the last one in which something was.
        assert growth(plan_id, date(2026, 12, 31)) == [(0, None, [0, 1, 7])]
    assert growth("dongzhao-2020", TODAY) == growth("district-briefing-2024", TODAY) == []


async def test_a_picture_used_before_is_shown_beside_the_new_one(database: ZoneDatabase, zone_of: HazardZone) -> None:
    me, next_day = zone_of.people["陈安全"], NOW + timedelta(days=1)

    def fill(tx: Transaction) -> tuple[Hazard, Hazard]:
        old, new = zone_of.rectifying(tx), zone_of.rectifying(tx, at=NOW + timedelta(hours=1))
        add = tx.attachments.add_photo
        add(picture("前", dhash="0" * 16), by=me, at=NOW, hazard_id=new.id, phase=Phase.BEFORE)
        add(picture("旧"), by=me, at=NOW, hazard_id=old.id, phase=Phase.AFTER)
        add(picture("旧"), by=me, at=next_day, hazard_id=new.id, phase=Phase.AFTER)
        add(picture("前后", dhash="0" * 15 + "1"), by=me, at=next_day, hazard_id=new.id, phase=Phase.AFTER)
        add(picture("真", dhash="f" * 16), by=me, at=next_day, hazard_id=new.id, phase=Phase.AFTER)
        return old, new

    old, new = await database.write(fill)
    doubts = await database.read(lambda tx: tx.doubts.pictures(new))
    assert sorted((d.doubt.value, d.bits, d.beside.hazard_id if d.beside else 0) for d in doubts) == sorted(
        [
            (Doubt.USED_ELSEWHERE.value, 0, old.id),
            (Doubt.OLDER.value, 0, 0),
            (Doubt.BEFORE_AGAIN.value, 1, new.id),
        ]
    )


async def test_the_same_criterion_again_within_the_window_is_a_repeat(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    def fill(tx: Transaction) -> list[Hazard]:
        made = [zone_of.closed(tx, at=NOW + timedelta(days=d)) for d in (-400, -300)]
        zone_of.closed(tx, criterion_id="other.1", at=NOW - timedelta(days=5))
        return [*made, zone_of.find(tx, at=NOW - timedelta(days=1)), zone_of.find(tx)]

    _, near, unfinished, now = await database.write(fill)
    assert await database.read(lambda tx: tx.doubts.repeats(now)) == [near]
    assert await database.read(lambda tx: tx.doubts.unfinished(now)) == [unfinished]
    # The card, the whole ledger and a part of it count the same.
    major = LedgerFilter(states=frozenset(State), level=now.level)
    for wanted in (EVERYTHING, major):

        def counts(tx: Transaction, wanted: LedgerFilter = wanted) -> dict[int, int]:
            return {row.hazard.id: row.repeats for row in rows_of(tx, None, wanted)}

        counted = await database.read(counts)
        assert (counted[unfinished.id], counted[now.id]) == (1, 1)
    await database.write(lambda tx: tx.office_settings.set_figure("repeat_days", 30, by=1, at=NOW))
    assert await database.read(lambda tx: tx.doubts.repeats(now)) == []
    with pytest.raises(FigureOutOfRange, match="要在 1 到 1825 之间"):
        await database.write(lambda tx: tx.office_settings.set_figure("repeat_days", 0, by=1, at=NOW))


async def test_what_another_list_asks_under_its_own_id_is_the_same_criterion(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    def fill(tx: Transaction) -> list[Hazard]:
        closed = zone_of.closed(tx, criterion_id="machinery-07", at=NOW - timedelta(days=30))
        unfinished = zone_of.find(tx, criterion_id="machinery-07", at=NOW - timedelta(days=1))
        zone_of.closed(tx, criterion_id="machinery-08", at=NOW - timedelta(days=30))
        return [closed, unfinished, zone_of.find(tx, criterion_id="light-industry-06")]

    closed, unfinished, now = await database.write(fill)
    assert await database.read(lambda tx: tx.doubts.repeats(now)) == [closed]
    assert await database.read(lambda tx: tx.doubts.unfinished(now)) == [unfinished]
    for wanted in (EVERYTHING, LedgerFilter(states=frozenset({State.FOUND}))):
        rows = await database.read(lambda tx, w=wanted: list(rows_of(tx, None, w)))  # type: ignore[misc]
        assert {row.hazard.id: row.repeats for row in rows}[now.id] == 1


@pytest.mark.parametrize("source", [Source.OFFICIAL_INSPECTION, Source.TIP])
@pytest.mark.parametrize(
    ("trades", "answered", "found"),
    [
        (("light-industry",), "light-industry-06", "light-industry-06"),
        # Asked once for both trades, under the id of machinery.
        (("light-industry", "machinery"), "machinery-07", "light-industry-06"),
    ],
)
async def test_what_the_last_self_inspection_called_good_and_the_office_found(
    database: ZoneDatabase,
    zone_of: HazardZone,
    source: Source,
    trades: tuple[str, ...],
    answered: str,
    found: str,
) -> None:
    asked = compose(Profile(trades=trades, traits={}), on=NOW.date(), adopted=frozenset())
    item, head = [question.id for question in asked].index(answered), zone_of.people["王厂长"]

    def fill(tx: Transaction) -> tuple[Hazard, Hazard]:
        run = tx.inspections.start(
            enterprise_id=zone_of.enterprise_id,
            period="2026Q4",
            checklist=asked.to_json(),
            items=len(asked),
            by=head,
            at=NOW,
        )
        run = tx.inspections.answer(run, item, Answer.GOOD, by=head, at=NOW)
        tx.inspections.submit(run, by=head, at=NOW, seconds=60, record="{}", digest="d")
        later: dict[str, Any] = {"criterion_id": found, "at": NOW + timedelta(days=3)}
        return zone_of.find(tx, **later), zone_of.find(tx, by="赵监管", source=source, **later)

    own, official = await database.write(fill)
    assert await database.read(lambda tx: tx.doubts.missed(own)) is None
    missed = await database.read(lambda tx: tx.doubts.missed(official))
    assert missed is not None
    assert (missed.item, missed.answered_by, missed.answered_at) == (item, head, NOW)


async def test_what_was_asked_in_two_lists_and_found_in_one_was_not_missed(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    """A list of the years before, when the double was still asked beside the other."""
    head = zone_of.people["王厂长"]
    lists = [compose(Profile(trades=(t,)), on=NOW.date()).sections[0] for t in ("light-industry", "machinery")]
    asked = Checklist(tuple(lists))
    ids = [question.id for question in asked]

    def fill(tx: Transaction, second: Answer) -> Hazard:
        run = tx.inspections.start(
            enterprise_id=zone_of.enterprise_id,
            period="2026Q4",
            checklist=asked.to_json(),
            items=len(asked),
            by=head,
            at=NOW,
        )
        run = tx.inspections.answer(run, ids.index("light-industry-06"), Answer.GOOD, by=head, at=NOW)
        run = tx.inspections.answer(run, ids.index("machinery-07"), second, by=head, at=NOW)
        tx.inspections.submit(run, by=head, at=NOW, seconds=60, record="{}", digest="d")
        later = NOW + timedelta(days=3)
        source = Source.OFFICIAL_INSPECTION
        return zone_of.find(tx, by="赵监管", source=source, criterion_id="light-industry-06", at=later)

    for second, missed in ((Answer.HAZARD, False), (Answer.GOOD, True)):
        hazard = await database.write(lambda tx, s=second: fill(tx, s))  # type: ignore[misc]
        assert (await database.read(lambda tx, h=hazard: tx.doubts.missed(h)) is not None) is missed  # type: ignore[misc]


async def test_an_official_inspection_is_finished_with_both_signatures_or_a_refusal(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    by: dict[str, Any] = {"by": zone_of.people["赵监管"], "at": NOW}

    def begin(tx: Transaction) -> tuple[Any, Hazard]:
        run = tx.official_inspections.start(
            enterprise_id=zone_of.enterprise_id, mode=Mode.NIGHT, inspectors="赵监管、钱审核", present="王厂长", **by
        )
        finding = tx.official_inspections.add_finding(
            run, criterion_id=None, clause="GB 15577 6.1", level=Level.GENERAL, words="夜间无人值守", **by
        )
        return run, finding

    run, finding = await database.write(begin)
    assert (finding.source, finding.official_inspection_id) == (Source.OFFICIAL_INSPECTION, run.id)
    with pytest.raises(SignatureMissing, match="检查人员还没有签字。"):
        await database.write(lambda tx: tx.official_inspections.finish(run, **by))
    signed = await database.write(lambda tx: tx.official_inspections.sign_as_officer(run, **by))
    with pytest.raises(NotRunning, match="已经有人签字"):
        await database.write(lambda tx: tx.official_inspections.describe(signed, words="改一改"))
    with pytest.raises(SignatureMissing, match="企业还没有签字"):
        await database.write(lambda tx: tx.official_inspections.finish(signed, **by))
    refused = await database.write(lambda tx: tx.official_inspections.note_refusal(signed, "王厂长拒签", **by))
    finished = await database.write(lambda tx: tx.official_inspections.finish(refused, **by))
    assert (finished.state, finished.refusal) == (OfficialState.FINISHED, "王厂长拒签")
    with pytest.raises(NotRunning):
        await database.write(lambda tx: tx.official_inspections.sign_as_firm(finished, **by))
    assert await database.read(lambda tx: tx.hazards.of_official_inspection(run.id)) == [finding]


async def test_a_risk_point_is_found_by_its_code_and_shows_its_checks(
    database: ZoneDatabase, zone_of: HazardZone
) -> None:
    by: dict[str, Any] = {"by": zone_of.people["陈安全"], "at": NOW}
    guards = (Measure(defence=Defence.ENGINEERING, words="泄爆口"), Measure(defence=Defence.PEOPLE, words="每班清扫"))

    def fill(tx: Transaction) -> Any:
        firm = {"enterprise_id": zone_of.enterprise_id, **by}
        tx.risk_points.add(name="空压机房", grade=Grade.YELLOW, **firm)
        point = tx.risk_points.add(name="木粉除尘器", grade=Grade.RED, measures=guards, **firm)
        hazard = zone_of.find(tx, risk_point_id=point.id)
        tx.risk_points.add_check(point, True, words="正常", **by)
        tx.risk_points.add_check(point, False, words="积尘", hazard_id=hazard.id, **by)
        return point

    point = await database.write(fill)
    assert (point.number, len(point.code), point.measures) == (2, 10, guards)
    assert await database.read(lambda tx: tx.risk_points.by_code(f" {point.code.lower()} ")) == replace(
        point, checked_on=NOW.date()
    )
    checks = await database.read(lambda tx: tx.risk_points.checks(point.id))
    assert [(c.good, c.words) for c in checks] == [(False, "积尘"), (True, "正常")]
    assert [h.sequence for h in await database.read(lambda tx: tx.hazards.of_risk_point(point.id))] == [1]
    changed = await database.write(lambda tx: tx.risk_points.change(point, place="东侧", measures=(), **by))
    assert changed is not None
    assert (changed.place, changed.grade, changed.measures, changed.version) == ("东侧", Grade.RED, (), 2)
    assert await database.write(lambda tx: tx.risk_points.change(point, name="旧卡", **by)) is None
    assert await database.write(lambda tx: tx.risk_points.retire(changed, **by)) is True
    left = await database.read(lambda tx: tx.risk_points.of_enterprise(zone_of.enterprise_id))
    assert [p.name for p in left] == ["空压机房"]


async def test_the_draw_has_a_secret_of_its_own(database: ZoneDatabase) -> None:
    salts = [await database.write(lambda tx: tx.office_settings.salt(at=NOW)) for _ in range(2)]
    assert salts[0] == salts[1]
    assert len(salts[0]) == 32
