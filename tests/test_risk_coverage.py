"""How many firms keep a risk register and own items, beside the plan's targets, and the lists of those without."""

from datetime import date, timedelta

import pytest

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.people import Role
from checklists.reminders import DutyState, EnterpriseDuty
from checklists.risk_coverage import Counts, shares
from checklists.risk_points import Grade
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from storage.types import new_id
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import somebody
from tests.post import a_firm

TODAY = date(2026, 11, 23)


def test_the_plans_words_and_day_stand_where_it_has_them() -> None:
    register, own = shares("dongzhao-2020", Counts(firms=3, with_register=2, with_own_cycle=3))
    assert (register.what, register.by, register.is_met) == ("各类企业建成风险防控体系", date(2021, 12, 31), False)
    assert (register.done, register.all, register.percent, register.lacking) == (2, 3, 66, 1)
    assert (own.what, own.by, own.is_met) == ("企业隐患治理全面制度化规范化", date(2022, 12, 31), True)
    assert [share.what for share in shares("fengtai-2024", Counts(firms=3))] == ["", ""]


def test_a_zone_without_firms_has_met_nothing() -> None:
    assert [(share.percent, share.is_met) for share in shares("dongzhao-2020", Counts())] == [(0, False)] * 2


async def duty(database: ZoneDatabase, firm: int, due: date, state: DutyState) -> None:
    def unit(tx: Transaction) -> None:
        made = EnterpriseDuty(
            id=new_id(),
            enterprise_id=firm,
            kind=PRINCIPAL_INSPECTION,
            period=f"{due:%Y-%m}",
            opens_on=due - timedelta(days=30),
            due_on=due,
            hand_in_by=due,
            source="三(一)1(4)",
            state=state,
        )
        tx.duties.add(made)

    await database.write(unit)


@pytest.fixture
async def officer(database: ZoneDatabase, services: Services) -> Chat:
    return await somebody(database, services, 1001, "赵监管", Role.OFFICER)


async def test_the_figures_count_active_firms_and_name_the_others(database: ZoneDatabase, officer: Chat) -> None:
    good, late, new = [await a_firm(database, name) for name in ("甲厂", "乙厂", "丙<厂>")]

    def unit(tx: Transaction) -> None:
        for firm in (good, late):
            tx.standards.add_item(firm, ask="冷却塔风扇有没有护网？", by=1, at=NOW)
        tx.risk_points.add(enterprise_id=good, name="锅炉", grade=Grade.RED, by=1, at=NOW)
        gone = tx.risk_points.add(enterprise_id=late, name="旧锅炉", grade=Grade.RED, by=1, at=NOW)
        tx.risk_points.retire(gone, by=1, at=NOW)

    await database.write(unit)
    await duty(database, good, date(2026, 9, 30), DutyState.DONE)
    await duty(database, good, date(2026, 12, 31), DutyState.OPEN)
    await duty(database, late, date(2026, 6, 30), DutyState.DONE)
    await duty(database, late, date(2026, 9, 30), DutyState.OPEN)
    await officer.taps("gr")
    assert (
        "<b>企业风险防控</b>\n· 已建风险点台账的企业 1/3（33%）\n· 有自有检查项并按期自查的企业 1/3（33%）"
        in officer.text
    )
    await officer.presses("没有建风险点台账（2）")
    assert officer.text == "<b>没有建风险点台账</b>　2 家\n1. 丙&lt;厂&gt;\n2. 乙厂"
    await officer.taps("gr")
    await officer.presses("没有自有检查项，或者没有按期自查（2）")
    assert officer.text == "<b>没有自有检查项，或者没有按期自查</b>　2 家\n1. 丙&lt;厂&gt;\n2. 乙厂"
    await officer.presses("乙厂")
    assert officer.text.startswith("<b>乙厂</b>\n")
    await database.write(lambda tx: tx.enterprises.update(new, active=False, at=NOW))
    await officer.taps("gr")
    assert "已建风险点台账的企业 1/2（50%）" in officer.text


async def test_where_the_plan_has_the_targets_they_stand_there(database: ZoneDatabase, officer: Chat) -> None:
    await a_firm(database, "甲厂")

    await database.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id="dongzhao-2020", at=NOW))
    await officer.taps("gr")
    assert (
        "❗ 各类企业建成风险防控体系（2021年12月31日前）：已建风险点台账的企业 0/1（0%）\n"
        "❗ 企业隐患治理全面制度化规范化（2022年12月31日前）：有自有检查项并按期自查的企业 0/1（0%）" in officer.text
    )
