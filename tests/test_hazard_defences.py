"""The kinds of defence a hazard's measure belongs to: proposed, corrected by a tap, and kept through its life."""

import pytest

from checklists.defences import Defence
from checklists.hazard_rows import propose_columns
from checklists.hazards import Hazard, Level, Source, State
from handlers.hazard_importing import TakeOver, carry_over, take_over_of
from handlers.letter_parts import letter_hazard
from handlers.replies import data
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone
from tests.test_hazards import only_hazard, walking
from tests.walks import to_hazard_steps

_KINDS = ["人防", "技防", "工程防", "管理防"]


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    zone = HazardZone()
    await database.write(zone.found)
    return zone


async def at_the_measure(chat: Chat) -> None:
    await to_hazard_steps(chat)
    await chat.presses("限期整改")
    await chat.presses("措施")


async def test_typed_words_propose_and_a_tap_corrects(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await at_the_measure(chat)
    assert [label for label in chat.labels if "防" in label] == _KINDS
    assert "这项措施属于哪一类？点一下选上，再点去掉，不选也行。" in chat.text
    await chat.says("更换线路，加装报警器")
    assert "✅ 措施：更换线路，加装报警器（技防、工程防）" in chat.text
    await chat.presses("措施")
    assert [label for label in chat.labels if "防" in label] == ["人防", "✓ 技防", "✓ 工程防", "管理防"]
    await chat.presses("管理防")
    old = chat.button("✓ 技防").data
    await chat.presses("✓ 技防")
    await chat.taps(old)  # a double tap does not put it back
    assert chat.toasts[-1] == "这条隐患刚才有改动，这是现在的情况。"
    hazard = await only_hazard(database, shop)
    assert hazard.arrangements.defences == (Defence.ENGINEERING, Defence.MANAGEMENT)
    assert hazard.state is State.CONFIRMED
    assert chat.text.count("<b>措施</b>：点一个，或者直接打字。") == 1
    await chat.says("更换全部线路，专人看守")
    assert "✅ 措施：更换全部线路，专人看守（工程防、管理防）" in chat.text


async def test_kinds_may_be_chosen_before_the_words(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await at_the_measure(chat)
    await chat.presses("人防")
    await chat.presses("清理、移走")
    assert (await only_hazard(database, shop)).arrangements.defences == (Defence.PEOPLE,)
    assert "✅ 措施：清理、移走（人防）" in chat.text


async def test_nothing_waits_for_a_kind(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await to_hazard_steps(chat)
    await chat.presses("限期整改")
    await chat.presses("全部采用")
    hazard = await only_hazard(database, shop)
    assert (hazard.state, hazard.arrangements.defences) == (State.RECTIFYING, ())


async def test_a_forged_kind_and_a_late_tap_change_nothing(database: ZoneDatabase, services: Services) -> None:
    shop, chat = await walking(database, services)
    await at_the_measure(chat)
    late = chat.button("人防").data
    await chat.presses("返回")
    await chat.presses("全部采用")
    await chat.taps(late)
    assert chat.toasts[-1] == "这条隐患刚才有改动，这是现在的情况。"
    hazard = await only_hazard(database, shop)
    await chat.taps(data("kv", hazard.id, hazard.version, "x"))
    assert (await only_hazard(database, shop)).arrangements.defences == ()


async def test_the_kinds_stay_through_rework_and_reopening(database: ZoneDatabase, zone_of: HazardZone) -> None:
    who, kinds = zone_of.people, (Defence.TECHNOLOGY, Defence.MANAGEMENT)

    def unit(tx: Transaction) -> list[Hazard]:
        hazard = tx.hazard_life.confirm(zone_of.find(tx, level=Level.GENERAL), Level.GENERAL, by=who["王厂长"], at=NOW)
        hazard = tx.hazard_life.arrange(hazard, {**FIVE, "defences": kinds}, by=who["王厂长"], at=NOW)
        zone_of.show_fixed(tx, hazard)
        hazard = tx.hazard_life.hand_in(hazard, by=who["陈安全"], at=NOW)
        back = tx.hazard_life.send_back(hazard, reason="没改好", by=who["钱审核"], at=NOW)
        zone_of.show_fixed(tx, back)
        hazard = tx.hazard_life.hand_in(back, by=who["陈安全"], at=NOW)
        hazard = tx.hazard_life.approve(hazard, by=who["钱审核"], at=NOW, on_site=True)
        closed = tx.hazard_life.close(hazard, by=who["钱审核"], at=NOW)
        return [back, closed, tx.hazard_life.reopen(closed, reason="又堵了", by=who["孙科长"], at=NOW)]

    found = await database.write(unit)
    assert [h.arrangements.defences for h in found] == [kinds] * 3
    letter = await database.read(lambda tx: letter_hazard(tx, found[-1]))
    assert letter.demand == "清理除尘管道（技防、管理防）"
    events = await database.read(lambda tx: tx.trail.of("hazard", found[-1].id))
    arranged = next(e for e in events if e.what == "hazard_arranged")
    assert (arranged.body["before"]["defences"], arranged.body["after"]["defences"]) == ("", "technology,management")


async def test_a_ledger_taken_over_keeps_its_kinds(database: ZoneDatabase, zone_of: HazardZone) -> None:
    cells = {
        "隐患描述": "配电箱没有锁",
        "企业名称": "样例木业有限公司",
        "发现日期": "2026-11-02",
        "措施": "装锁",
        "防护类别": "管理防、工程防",
    }
    rows = [cells, {**cells, "隐患描述": "通道堵塞", "防护类别": "别的"}]

    def unit(tx: Transaction) -> tuple[TakeOver, list[Hazard]]:
        plan = take_over_of(tx, rows, propose_columns(cells), source=Source.OFFICIAL_INSPECTION, today=NOW.date())
        carry_over(tx, plan, at=NOW)
        return plan, tx.hazards.of_enterprise(zone_of.enterprise_id)

    plan, kept = await database.write(unit)
    assert [h.arrangements.defences for h in kept] == [(Defence.ENGINEERING, Defence.MANAGEMENT), ()]
    assert [row.hints for row in plan.hinted] == [("防护类别“别的”不认识，没有收",)]
