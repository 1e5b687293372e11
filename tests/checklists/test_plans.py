"""The five plans and the table of mechanisms as data."""

import pytest

from checklists.plans import Per, PlanFile, Subject, load_mechanisms, load_plan, plan_ids


def test_there_are_five_plans_named_by_their_files() -> None:
    assert plan_ids() == ("district-briefing-2024", "dongli-2024", "dongzhao-2020", "fengtai-2024", "heelun-2024")
    assert [load_plan(plan_id).id for plan_id in plan_ids()] == list(plan_ids())


def test_an_unknown_plan_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="没有这个方案：heelun；可选：district-briefing-2024、dongli-2024"):
        load_plan("heelun")


def test_only_one_plan_lists_its_high_risk_sectors() -> None:
    listed = {plan_id: load_plan(plan_id).high_risk for plan_id in plan_ids()}
    assert {plan_id for plan_id, names in listed.items() if names} == {"heelun-2024"}
    assert listed["heelun-2024"] == (
        "矿山",
        "危险化学品",
        "烟花爆竹",
        "交通运输",
        "建筑施工",
        "民用爆炸物品",
        "金属冶炼",
    )


def test_the_principals_inspection_is_quarterly_and_monthly_for_high_risk_in_two_plans() -> None:
    for plan_id, clause in (("heelun-2024", "三(一)1(4)"), ("dongli-2024", "三(五)8")):
        cadence = load_plan(plan_id).cadences["principal_inspection"]
        assert cadence.normal.per is Per.QUARTER
        assert cadence.high_risk is not None
        assert cadence.high_risk.per is Per.MONTH
        assert (cadence.subject, cadence.clause) == (Subject.ENTERPRISE, clause)
    assert "principal_inspection" not in load_plan("fengtai-2024").cadences


def test_departments_owe_reports_and_enterprises_inspections_and_drills() -> None:
    owed = {(kind, c.subject) for plan_id in plan_ids() for kind, c in load_plan(plan_id).cadences.items()}
    assert {kind for kind, subject in owed if subject is Subject.ENTERPRISE} == {
        "principal_inspection",
        "evacuation_drill",
        "enterprise_risk_assessment",
    }
    assert {kind for kind, subject in owed if subject is Subject.DEPARTMENT} == {
        "work_report",
        "annual_report",
        "self_evaluation",
        "ranking",
    }


def test_every_entry_of_a_plan_stands_in_the_table_of_mechanisms_under_that_plan() -> None:
    table = {row.m: row for row in load_mechanisms().mechanisms}
    assert len(table) == 177
    assert {row.group for row in table.values()} == set(load_mechanisms().groups)
    for plan_id in plan_ids():
        used = _mechanisms(load_plan(plan_id).profile)
        listed = {m for m, row in table.items() if row.plans[plan_id]}
        assert used == listed, plan_id


def _mechanisms(plan: PlanFile) -> set[str]:
    entries = [
        *plan.phases,
        *plan.cadences.values(),
        *plan.targets,
        *(row for rows in plan.training.by_year.values() for row in rows),
        *plan.training.other,
        *plan.hazard_rules.values(),
        *plan.rewards.values(),
        *plan.broadcasts,
        *plan.officials,
        *plan.other,
    ]
    return {entry.m for entry in entries if entry is not None}
