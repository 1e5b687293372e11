"""What each plan orders about hazards, and of which hazards its clauses speak."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from checklists.hazard_records import Proposal
from checklists.hazard_rules import NOTIFIED_ROLES, RECIPIENT_NAMES, hazard_rules, next_rung
from checklists.hazards import Arrangements, Hazard, Level, Source, State
from checklists.plans import EntryRow, load_plan, plan_ids

DEADLINE, NEXT_DAY = date(2026, 12, 7), date(2026, 12, 8)
MAJOR = Hazard(
    id=1,
    year=2026,
    sequence=1,
    enterprise_id=1,
    source=Source.OFFICIAL_INSPECTION,
    inspection_id=None,
    item=None,
    criterion_id="dust-explosion-11-3",
    clause="第十一条",
    state=State.RECTIFYING,
    level=Level.MAJOR,
    level_confirmed_by=1,
    words="没有泄爆装置",
    arrangements=Arrangements(deadline=DEADLINE),
    withdrawn_reason="",
    version=1,
    found_by=1,
    found_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
)
GENERAL = replace(MAJOR, level=Level.GENERAL)
DONGLI, DONGZHAO, FENGTAI, HEELUN = "dongli-2024", "dongzhao-2020", "fengtai-2024", "heelun-2024"
BRIEFING = "district-briefing-2024"


def test_the_ladders_are_for_major_hazards_alone_as_their_clauses_say() -> None:
    of_levels = {p: [hazard_rules(p).ladder_for(level)[:1] for level in Level] for p in plan_ids()}
    assert of_levels == {
        BRIEFING: [(), ()],
        DONGLI: [(), ()],
        DONGZHAO: [("通报",), ()],
        FENGTAI: [("函告",), ()],
        HEELUN: [("约谈",), ()],
    }
    assert {p: hazard_rules(p).ladder_level for p in plan_ids() if hazard_rules(p).ladder_level} == {
        DONGZHAO: Level.MAJOR,
        FENGTAI: Level.MAJOR,
        HEELUN: Level.MAJOR,
    }


def test_a_ladder_whose_clause_makes_no_difference_is_for_all() -> None:
    rules = hazard_rules(FENGTAI)
    either = replace(rules, rules={**rules.rules, "escalation": replace(rules.rules["escalation"], level=None)})
    assert either.ladder_level is None
    assert [next_rung(either.ladder_for(level), ()) for level in Level] == ["函告", "函告"]


@pytest.mark.parametrize("plan_id", plan_ids())
def test_one_plan_wants_closed_down_what_is_not_put_right_in_time_whatever_its_level(plan_id: str) -> None:
    wants = hazard_rules(plan_id).wants_closed_down
    assert [wants(hazard, NEXT_DAY) for hazard in (MAJOR, GENERAL)] == [plan_id == DONGZHAO] * 2
    assert not wants(MAJOR, DEADLINE)
    assert not wants(replace(MAJOR, state=State.HANDED_IN), NEXT_DAY)


@pytest.mark.parametrize(
    ("plan_id", "proposal", "of_major", "of_general"),
    [
        (DONGLI, Proposal.ACCOUNTABILITY, ["三(五)8"], []),
        (FENGTAI, Proposal.ACCOUNTABILITY, ["二(三)11"], []),
        (HEELUN, Proposal.ACCOUNTABILITY, ["三(一)3(10)"], []),
        (DONGZHAO, Proposal.ACCOUNTABILITY, ["五(四)三是；三(一)四是", "五(四)三是"], ["五(四)三是；三(一)四是"]),
        (DONGZHAO, Proposal.SUSPEND, ["五(四)二是"], []),
        (FENGTAI, Proposal.SUSPEND, ["二(七)22"], ["二(七)22"]),
        (DONGZHAO, Proposal.CLOSURE, ["五(四)二是"], ["五(四)二是"]),
        (FENGTAI, Proposal.CLOSURE, ["二(七)22"], ["二(七)22"]),
        (DONGZHAO, Proposal.PENALTY, ["五(四)二是"], ["五(四)二是"]),
        (FENGTAI, Proposal.PENALTY, ["四(四)", "二(七)22"], ["四(四)", "二(七)22"]),
    ],
)
def test_on_which_clauses_a_proposal_rests(
    plan_id: str, proposal: Proposal, of_major: list[str], of_general: list[str]
) -> None:
    rules = hazard_rules(plan_id)
    found = [[rule.clause for rule in rules.bases(proposal, h, NEXT_DAY)] for h in (MAJOR, GENERAL)]
    assert found == [of_major, of_general]


def test_every_other_proposal_rests_on_no_clause() -> None:
    silent = {
        (plan_id, proposal)
        for plan_id in plan_ids()
        for proposal in Proposal
        if not hazard_rules(plan_id).bases(proposal, MAJOR, NEXT_DAY)
    }
    assert silent == {
        *((BRIEFING, proposal) for proposal in Proposal),
        *((DONGLI, proposal) for proposal in Proposal if proposal is not Proposal.ACCOUNTABILITY),
        *((HEELUN, proposal) for proposal in Proposal if proposal is not Proposal.ACCOUNTABILITY),
        (DONGZHAO, Proposal.STOP_USE),
        (FENGTAI, Proposal.STOP_USE),
    }


def test_closing_down_rests_on_the_missed_deadline_only_once_it_is_missed() -> None:
    assert hazard_rules(DONGZHAO).bases(Proposal.CLOSURE, MAJOR, DEADLINE) == ()


def test_the_listing_of_heelun_is_about_fire_alone() -> None:
    fire = replace(MAJOR, criterion_id="fire-01")
    others = (MAJOR, replace(MAJOR, criterion_id="fireworks-01"), replace(MAJOR, criterion_id=None))
    rules = hazard_rules(HEELUN)
    found = rules.of("listing_supervision", fire)
    assert found is not None
    assert found.clause == "三(一)2(6)"
    assert [rules.of("listing_supervision", hazard) for hazard in others] == [None] * 3
    assert hazard_rules(FENGTAI).of("listing_supervision", MAJOR) is not None


def test_only_heelun_speaks_of_fake_rectification_and_of_major_hazards() -> None:
    named = {p: [bool(hazard_rules(p).of("fake_rectification", h)) for h in (MAJOR, GENERAL)] for p in plan_ids()}
    assert {p: levels for p, levels in named.items() if any(levels)} == {HEELUN: [True, False]}


@pytest.mark.parametrize("plan_id", plan_ids())
def test_a_clause_by_which_a_person_decides_says_its_level_and_its_words(plan_id: str) -> None:
    rows = load_plan(plan_id).profile.hazard_rules
    deciding = {n for n, row in rows.items() if row and (row.proposals or row.steps or row.level)}
    deciding |= {n for n in ("fake_rectification", "failure", "listing_supervision", "overdue_closure") if rows[n]}
    unsaid = [n for n in deciding if not ((row := rows[n]) and row.level and row.level_words)]
    assert unsaid == []
    # What can be proposed has words to tap: a clause alone is no reason.
    assert [n for n, row in rows.items() if row and row.proposals and not row.cases] == []


@pytest.mark.parametrize("field", [{"steps": ("函告",)}, {"proposals": ("penalty",), "level": "any"}])
def test_a_rule_that_does_not_say_of_which_hazards_it_speaks_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="level and level_words must say of which hazards the clause speaks"):
        EntryRow(id="haz_escalation", m="haz_escalation", clause="二(三)12", **field)


@pytest.mark.parametrize("plan_id", plan_ids())
def test_the_bot_notifies_whoever_the_plan_names(plan_id: str) -> None:
    notify = load_plan(plan_id).profile.hazard_rules["notify"]
    roles = set(notify.roles) if notify else set()
    assert roles <= {RECIPIENT_NAMES[recipient] for recipient in NOTIFIED_ROLES}
    assert bool(roles) == (plan_id in (DONGLI, FENGTAI, HEELUN))
