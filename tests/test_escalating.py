"""Overdue hazards and the plan's ladder: due by the office's patience, told once, on the card; closure is proposed.

Under every plan with a ladder its clause speaks of major hazards.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from checklists.hazard_guards import NotTheNextRung
from checklists.hazard_records import Proposal
from checklists.hazards import Level
from checklists.ledger import LedgerFilter
from checklists.people import Role
from checklists.plans import plan_ids
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.ledger_pages import count_of
from storage.office_settings import PATIENCE_DAYS
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone
from tests.post import at
from tests.rectifying import Case, finds_hazard, hands_in, new_case, rectifying_case
from tests.test_life import case_under
from tests.walks import member_of, to_record, to_summary

LATE = timedelta(days=31)  # the deadline proposed for a major hazard is the thirtieth
DEADLINE: date = FIVE["deadline"]


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


def settle(tx: Transaction, zone: HazardZone) -> None:
    """Hazards with the same deadline: nothing taken, steps taken at different times, put right, waiting, general."""
    by = zone.people["赵监管"]
    for rungs_at in ((), (1,), (5,), (1, 6), (1, 2, 3)):
        hazard = zone.rectifying(tx, level=Level.MAJOR)
        for rung, days in zip(("约谈", "通报", "曝光"), rungs_at, strict=False):
            when = at(DEADLINE + timedelta(days=days), hour=23)
            hazard = tx.hazard_life.escalate(hazard, rung, note="拖", by=by, at=when)
    zone.handed_in(tx, level=Level.MAJOR)
    waiting = zone.rectifying(tx, level=Level.MAJOR)
    firm = zone.people["王厂长"]
    tx.hazard_life.ask_deferral(waiting, DEADLINE + LATE, reason="等配件", by=firm, at=NOW)
    again = tx.hazard_life.approve(zone.handed_in(tx, level=Level.MAJOR), by=zone.people["钱审核"], at=NOW)
    again = tx.hazard_life.mark_fake(again, reason="照片是别处的", by=by, at=NOW)
    tx.hazard_life.arrange(again, {"deadline": DEADLINE}, by=firm, at=NOW)
    zone.find(tx)
    zone.rectifying(tx)


@pytest.mark.parametrize("patience", [1, 7])
async def test_the_list_follows_the_rule_day_by_day(database: ZoneDatabase, zone_of: HazardZone, patience: int) -> None:
    await database.write(lambda tx: settle(tx, zone_of))
    by = zone_of.people["赵监管"]
    await database.write(lambda tx: tx.office_settings.set_figure(PATIENCE_DAYS, patience, by=by, at=NOW))

    def due(tx: Transaction, today: date) -> tuple[list[int], list[int]]:
        every = tx.hazards.in_zone(offset=0, limit=50)
        by_rule = sorted(h.sequence for h in every if tx.hazard_life.rung_due(h, today))
        listed = tx.ledger.page(LedgerFilter(rung_due_on=today)).hazards
        assert tx.ledger.overview(today=today).rungs == len(listed)
        return sorted(h.sequence for h in listed), by_rule

    found = {}
    for days in range(-1, 16):
        listed, by_rule = await database.read(lambda tx, d=days: due(tx, DEADLINE + timedelta(days=d)))  # type: ignore[misc]
        assert listed == by_rule, days
        found[days] = listed
    assert found[0] == []
    # Steps are read as they stand now: what was taken later has had no time to work on any day before.
    assert found[1] == [1, 8]
    if patience == 7:
        assert found[7] == [1, 8]
        assert (found[8], found[12], found[13]) == ([1, 2, 8], [1, 2, 3, 8], [1, 2, 3, 4, 8])
    else:
        assert (found[2], found[6], found[7]) == ([1, 2, 8], [1, 2, 3, 8], [1, 2, 3, 4, 8])


@pytest.mark.parametrize("plan_id", plan_ids())
async def test_of_which_hazards_each_plan_wants_what_when_they_are_overdue(
    database: ZoneDatabase, plan_id: str
) -> None:
    zone = HazardZone()

    def settle_levels(tx: Transaction) -> None:
        zone.found(tx, plan_id=plan_id)
        for level in (Level.GENERAL, Level.MAJOR):
            zone.rectifying(tx, level=level)

    def wanted(tx: Transaction) -> tuple[list[Level], list[Level], list[Level]]:
        today, rules = DEADLINE + timedelta(days=1), tx.hazard_life.rules()
        every = tx.hazards.in_zone(offset=0, limit=10)
        assert tx.ledger.count(LedgerFilter(rung_due_on=DEADLINE)) == 0
        return (
            [h.level for h in tx.ledger.page(LedgerFilter(rung_due_on=today)).hazards],
            [h.level for h in every if tx.hazard_life.rung_due(h, today)],
            sorted(h.level for h in every if rules.wants_closed_down(h, today)),
        )

    await database.write(settle_levels)
    listed, by_rule, closed_down = await database.read(wanted)
    has_ladder = plan_id in ("dongzhao-2020", "fengtai-2024", "heelun-2024")
    assert listed == by_rule == ([Level.MAJOR] if has_ladder else [])
    assert closed_down == ([Level.GENERAL, Level.MAJOR] if plan_id == "dongzhao-2020" else [])


async def test_a_ladder_for_every_level_lists_every_level(database: ZoneDatabase, zone_of: HazardZone) -> None:
    """No plan of today has one; the statement of the one kind must not be taken for the other."""

    def listed(tx: Transaction) -> list[int]:
        today = DEADLINE + timedelta(days=1)
        wanted = LedgerFilter(rung_due_on=today, ladder=("约谈",), patient_since=at(DEADLINE))
        kinds = (wanted, replace(wanted, ladder_level=Level.MAJOR), replace(wanted, ladder_level=Level.GENERAL), wanted)
        return [count_of(tx.connection, tx.zone_id, kind) for kind in kinds]

    for level in (Level.GENERAL, Level.GENERAL, Level.MAJOR):
        await database.write(lambda tx, level=level: zone_of.rectifying(tx, level=level))  # type: ignore[misc]
    assert await database.read(listed) == [3, 1, 2, 3]


async def test_what_is_called_general_leaves_the_ladder(database: ZoneDatabase, zone_of: HazardZone) -> None:
    by = zone_of.people["赵监管"]
    hazard = await database.write(lambda tx: zone_of.rectifying(tx, level=Level.MAJOR))
    general = await database.write(
        lambda tx: tx.hazard_life.regrade(hazard, Level.GENERAL, reason="楼里没有人住", by=by, at=NOW)
    )
    with pytest.raises(NotTheNextRung, match="方案的升级措施只针对重大隐患。"):
        await database.write(lambda tx: tx.hazard_life.escalate(general, "约谈", note="拖", by=by, at=NOW))
    today = DEADLINE + timedelta(days=1)
    assert await database.read(lambda tx: tx.ledger.overview(today=today).rungs) == 0


async def overdue_case(database: ZoneDatabase, services: Services, plan_id: str, *, level: Level = Level.MAJOR) -> Case:
    """A hazard whose deadline has passed, the officer at its card."""
    case = await case_under(database, services, plan_id, level=level)
    case.later(days=LATE.days)
    await case.opens(case.officer)
    return case


async def test_the_next_step_stands_on_the_card_and_in_the_inbox_until_it_is_taken(
    database: ZoneDatabase, services: Services
) -> None:
    case = await overdue_case(database, services, "fengtai-2024")
    chat = case.officer
    assert "⏫ 逾期未改，按方案（二(三)12）下一步：函告" in chat.text
    await chat.says("/ledger")
    assert "· 逾期 1，其中该升级 1\n" in chat.text
    await chat.presses("该升级（1）")
    assert chat.text.startswith("<b>隐患台账</b>　共 1 条，按期限排列\n状态：该升级\n· DL-2026-0001")
    await chat.presses("DL-2026-0001")
    await chat.presses("升级：函告")
    await chat.presses("已发函")
    assert "下一步" not in chat.text
    assert "升级：通报" not in chat.labels
    await chat.says("/ledger")
    assert "该升级" not in chat.text
    case.later(days=7)
    await case.opens(chat)
    assert "⏫ 逾期未改，按方案（二(三)12）下一步：通报" in chat.text
    await case.opens(case.principal)
    assert "下一步" not in case.principal.text


async def test_the_office_sets_its_patience(database: ZoneDatabase, services: Services) -> None:
    case = await overdue_case(database, services, "fengtai-2024")
    chat = case.officer
    await chat.presses("升级：函告")
    await chat.presses("已发函")
    chief = await member_of(case.database, services, None, Role.ADMINISTRATOR, telegram_id=803, name="周管理")
    await chief.presses("办公室设置")
    await chief.presses("逾期采取一步措施后，等多少天再提醒下一步")
    await chief.says("0")
    assert chief.text.startswith("<i>没有改：要一个 1 到 90 的数字。</i>")
    await chief.says("3")
    case.later(days=2)
    await case.opens(chat)
    assert "下一步" not in chat.text
    case.later(days=1)
    await case.opens(chat)
    assert "下一步：通报" in chat.text


async def test_a_plan_without_a_ladder_says_nothing(database: ZoneDatabase, services: Services) -> None:
    case = await overdue_case(database, services, "dongli-2024")
    assert "下一步" not in case.officer.text
    await case.officer.says("/ledger")
    assert "· 逾期 1\n" in case.officer.text
    assert "该升级" not in case.officer.text
    await case.officer.presses("筛选")
    await case.officer.presses("状态")
    assert "该升级" not in case.officer.labels
    await case.officer.says("/start")
    await case.officer.presses("办公室设置")
    assert "再提醒下一步" not in case.officer.text


async def test_a_general_hazard_under_a_ladder_for_major_ones_says_nothing(
    database: ZoneDatabase, services: Services
) -> None:
    case = await overdue_case(database, services, "fengtai-2024", level=Level.GENERAL)
    assert "下一步" not in case.officer.text
    await case.officer.presses("更多")
    assert not [label for label in case.officer.labels if label.startswith("升级")]
    await case.officer.says("/ledger")
    assert "· 逾期 1\n" in case.officer.text


async def test_what_the_firm_handed_in_or_asked_for_is_not_escalated(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services, level=Level.MAJOR)
    case.later(days=LATE.days)
    await hands_in(case)
    await case.opens(case.officer)
    assert "下一步" not in case.officer.text


async def test_the_morning_report_comes_once_for_a_step_that_became_due(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await finds_hazard(case, level="是重大隐患")  # to be put right by Wednesday 23 December
    await finds_hazard(case, photo=2)  # by 8 December, and no step follows
    await to_summary(case.principal)
    await to_record(case.principal)
    officer = case.officer.telegram_id
    await case.post.passes(date(2026, 12, 22), date(2026, 12, 23))
    case.post.letters.clear()
    await case.post.passes(date(2026, 12, 24), date(2026, 12, 25))
    [told] = case.post.texts(officer)
    assert case.post.days(officer) == ["12-24"]
    words = "⏫ 逾期没有改好、按方案该采取下一步措施的隐患 1 条，上次早报以来新增 {new} 条。"
    assert words.format(new=1) in told
    await case.post.passes(date(2026, 12, 28), date(2026, 12, 28))
    assert words.format(new=0) in case.post.texts(officer)[-1]
    case.officer.now = at(date(2026, 12, 28))
    await case.takes_letter(case.officer, "该升级（1）")
    assert "\n状态：该升级\n· BH-2026-0001" in case.officer.text


@pytest.mark.parametrize("level", Level)
async def test_overdue_closure_is_a_hint_and_a_proposal_where_the_plan_orders_it(
    database: ZoneDatabase, services: Services, level: Level
) -> None:
    case = await case_under(database, services, "dongzhao-2020", level=level)
    chat = case.officer
    hint = "⛔ 按方案（五(四)二是），限期内改不完的应当关停。由主管部门决定，这里只能提出建议。"
    await case.opens(chat)
    assert hint not in chat.text
    case.later(days=LATE.days)
    await case.opens(chat)
    assert hint in chat.text
    assert ("这条是一般隐患，方案没有分级。" in chat.text) == (level is Level.GENERAL)
    before = await case.hazard()
    await chat.presses("建议关闭取缔")
    assert "\n依据：本方案五(四)二是（限期内改不完 → 关停）\n" in chat.text
    await chat.presses("限期内没有改完")
    await chat.presses("应急管理局")
    hazard = await case.hazard()
    assert (hazard.state, hazard.arrangements) == (before.state, before.arrangements)
    [made] = await case.database.read(lambda tx: tx.hazard_records.proposals(hazard.id))
    assert (made.kind, made.basis, made.to_whom) == (Proposal.CLOSURE, "限期内没有改完", "应急管理局")
    assert hint in chat.text
    assert "建议关闭取缔" not in chat.labels
    await case.opens(case.principal)
    assert hint not in case.principal.text


async def test_other_plans_give_no_hint_of_closure(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    case.later(days=LATE.days)
    await case.opens(case.officer)
    assert "关停" not in case.officer.text
    assert "建议关闭取缔" not in case.officer.labels
