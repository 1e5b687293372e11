"""The life of a hazard: only the moves of the table, only by the right people, only with what each needs."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import hazard_guards as guards
from checklists.hazard_guards import GUARDS, Circumstances
from checklists.hazard_life import NotFromThisState, NotThisPersons, OwnWork, allowed, check
from checklists.hazard_moves import TABLE, Need, Relation, Step, moves_from
from checklists.hazard_rules import Gate, Recipient, hazard_rules, next_rung, rung_is_due
from checklists.hazards import STATE_NAMES, Arrangements, Level, MoveRefused, State
from checklists.plans import plan_ids
from checklists.sampling import is_drawn

COMPLETE = Arrangements(
    responsible="王厂长", measure="换线", funds="500元", deadline=date(2026, 12, 7), contingency="断电看守"
)
DUTY = frozenset({Relation.OFFICE, Relation.MANAGER, Relation.DUTY_HOLDER})
FIRM = frozenset({Relation.FIRM, Relation.INSIDER})
READY = Circumstances(
    state=State.REVIEWED,
    level=Level.MAJOR,
    relations=DUTY,
    criterion="dust-explosion.1",
    arrangements=COMPLETE,
    evidence=1,
    reviewed=True,
    reason="看过了",
)


def test_every_state_leads_only_where_the_table_says() -> None:
    assert {state: moves_from(state) for state in State} == {
        State.FOUND: {State.CONFIRMED, State.WITHDRAWN},
        State.CONFIRMED: {State.RECTIFYING, State.FIXED_ON_SPOT, State.WITHDRAWN},
        State.RECTIFYING: {State.CONFIRMED, State.HANDED_IN, State.WITHDRAWN},
        State.FIXED_ON_SPOT: {State.RECTIFYING, State.CONFIRMED, State.REVIEWED, State.WITHDRAWN},
        State.HANDED_IN: {State.RECTIFYING, State.CONFIRMED, State.REVIEWED, State.WITHDRAWN},
        State.REVIEWED: {State.RECTIFYING, State.CONFIRMED, State.CLOSED, State.WITHDRAWN},
        State.CLOSED: {State.CONFIRMED, State.RECTIFYING},
        State.WITHDRAWN: frozenset(),
    }


def test_closing_begins_only_where_a_review_has_passed() -> None:
    assert [step for step, move in TABLE.items() if State.CLOSED in move.ends] == [Step.CLOSE]
    assert TABLE[Step.CLOSE].begins == {State.REVIEWED}
    assert [step for step, move in TABLE.items() if State.REVIEWED in move.ends] == [Step.APPROVE]


def test_a_reviewed_hazard_with_everything_is_closed() -> None:
    assert check(Step.CLOSE, READY) is State.CLOSED


@pytest.mark.parametrize(
    ("change", "refusal", "words"),
    [
        ({"evidence": 0}, guards.EvidenceMissing, "还没有整改后的照片，请先拍一张发来。"),
        ({"reviewed": False}, guards.ReviewMissing, "这次整改还没有另一个人复查通过。"),
        ({"receipts_missing": ("实际控制人",)}, guards.ReceiptMissing, "还没有确认收到：实际控制人"),
        ({"report_missing": True}, guards.MajorReportMissing, "重大隐患报告还没有交。"),
        ({"listed": True}, guards.StillListed, "这条隐患正在挂牌督办，要先摘牌。"),
        ({"deferral_waiting": True}, guards.DeferralWaiting, "延期申请还没有答复。"),
        ({"department_missing": True}, guards.DepartmentMissing, "还没有指定负有监管职责的科室，请先指定。"),
        ({"relations": DUTY | {Relation.FINDER}}, OwnWork, "销号要由另一个人来办：不能自己查、自己改、自己审。"),
        ({"relations": DUTY | {Relation.RECTIFIER}}, OwnWork, "销号要由另一个人来办：不能自己查、自己改、自己审。"),
        ({"relations": DUTY | FIRM}, NotThisPersons, "销号不能由本企业的人来办。"),
        ({"relations": FIRM}, NotThisPersons, "销号不归您办，请联系负责的人。"),
        ({"state": State.HANDED_IN}, NotFromThisState, "这条隐患现在是“已整改，待复查”，不能销号。"),
        ({"state": State.CLOSED}, NotFromThisState, "这条隐患现在是“已销号”，不能销号。"),
    ],
)
def test_closing_is_refused_by_name(change: dict[str, object], refusal: type[MoveRefused], words: str) -> None:
    with pytest.raises(refusal) as caught:
        check(Step.CLOSE, replace(READY, **change))  # type: ignore[arg-type]
    assert type(caught.value) is refusal
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("step", "state", "change", "refusal"),
    [
        (Step.CONFIRM, State.FOUND, {"criterion": " "}, guards.CriterionMissing),
        (Step.HAND_IN, State.RECTIFYING, {"evidence": 0}, guards.EvidenceMissing),
        (Step.HAND_IN, State.RECTIFYING, {"arrangements": Arrangements()}, guards.ArrangementsIncomplete),
        (Step.HAND_IN, State.RECTIFYING, {"deferral_waiting": True}, guards.DeferralWaiting),
        (Step.FIX_ON_SPOT, State.CONFIRMED, {"evidence": 0}, guards.EvidenceMissing),
        (Step.APPROVE, State.FIXED_ON_SPOT, {"sampled": True}, guards.LookOnSiteMissing),
        (Step.RETURN, State.HANDED_IN, {"reason": ""}, guards.ReasonMissing),
        (Step.MARK_FAKE, State.CLOSED, {"reason": " "}, guards.ReasonMissing),
        (Step.REOPEN, State.CLOSED, {"reason": ""}, guards.ReasonMissing),
        (Step.LIST, State.CONFIRMED, {"level": Level.GENERAL}, guards.NotMajor),
        (Step.UNLIST, State.REVIEWED, {}, guards.NotListed),
        (Step.ASK_DEFERRAL, State.RECTIFYING, {"wanted_deadline": date(2026, 12, 7)}, guards.DeadlineNotLater),
        (Step.DECIDE_DEFERRAL, State.RECTIFYING, {}, guards.NoDeferralWaiting),
        (Step.REPORT, State.CONFIRMED, {"vetting_missing": True}, guards.VettingMissing),
        (Step.REPORT, State.CONFIRMED, {"reported": True}, guards.DoneAlready),
        (Step.REGRADE, State.CONFIRMED, {"wanted_level": Level.MAJOR}, guards.DoneAlready),
        (Step.DISMISS, State.CONFIRMED, {"reason": ""}, guards.ReasonMissing),
    ],
)
def test_each_need_has_its_own_refusal(
    step: Step, state: State, change: dict[str, object], refusal: type[MoveRefused]
) -> None:
    who = TABLE[step].who - {Relation.WALKER}
    with pytest.raises(refusal) as caught:
        check(step, replace(READY, state=state, relations=who, **change))  # type: ignore[arg-type]
    assert type(caught.value) is refusal


def test_what_comes_back_without_complete_arrangements_is_arranged_first() -> None:
    back = replace(READY, state=State.FIXED_ON_SPOT)
    assert check(Step.RETURN, back) is State.RECTIFYING
    assert check(Step.RETURN, replace(back, arrangements=Arrangements())) is State.CONFIRMED


def test_a_sampled_fix_passes_after_a_look_on_site() -> None:
    assert check(Step.APPROVE, replace(READY, state=State.FIXED_ON_SPOT, sampled=True, on_site=True)) is State.REVIEWED


@given(
    step=st.sampled_from(Step),
    state=st.sampled_from(State),
    relations=st.frozensets(st.sampled_from(Relation)),
    evidence=st.integers(0, 1),
    flags=st.tuples(*[st.booleans()] * 4),
    complete=st.booleans(),
)
def test_no_circumstances_lead_past_the_table(
    step: Step, state: State, relations: frozenset[Relation], evidence: int, flags: tuple[bool, ...], complete: bool
) -> None:
    reviewed, listed, waiting, sampled = flags
    now = Circumstances(
        state=state,
        level=Level.MAJOR,
        relations=relations,
        criterion="a",
        arrangements=COMPLETE if complete else Arrangements(),
        evidence=evidence,
        reviewed=reviewed,
        listed=listed,
        deferral_waiting=waiting,
        sampled=sampled,
        reason="因为",
    )
    try:
        end = check(step, now)
    except MoveRefused:
        return
    assert allowed(step, state, relations)
    assert end is state or end in moves_from(state)
    if end is State.CLOSED and state is not State.CLOSED:
        assert evidence and reviewed and Relation.DUTY_HOLDER in relations
        assert not relations & {Relation.FINDER, Relation.RECTIFIER, Relation.INSIDER}
    if end is State.RECTIFYING:
        assert complete or state is State.RECTIFYING


def test_every_need_has_a_guard_and_every_state_a_name() -> None:
    assert set(GUARDS) == set(Need)
    assert set(STATE_NAMES) == set(State)
    assert set(TABLE) == set(Step)


def test_the_gates_of_the_plans() -> None:
    assert {plan: hazard_rules(plan).gate for plan in plan_ids()} == {
        "dongli-2024": Gate.BEFORE_REPORT,
        "dongzhao-2020": None,
        "fengtai-2024": Gate.BEFORE_CLOSE,
        "district-briefing-2024": None,
        "heelun-2024": Gate.BEFORE_CLOSE,
    }


def test_the_ladders_of_the_plans_in_their_order() -> None:
    fengtai = hazard_rules("fengtai-2024")
    assert (fengtai.ladder, fengtai.clause("escalation")) == (("函告", "通报", "约谈", "曝光"), "二(三)12")
    assert hazard_rules("dongzhao-2020").ladder == ("通报", "约谈", "警示", "曝光", "问责")
    assert hazard_rules("heelun-2024").ladder == ("约谈", "通报", "曝光")
    assert hazard_rules("dongli-2024").ladder == ()
    assert [next_rung(fengtai.ladder, taken) for taken in ((), ("函告",), fengtai.ladder)] == ["函告", "通报", None]


def test_a_rung_is_due_when_overdue_and_the_last_had_time_to_work() -> None:
    assert not rung_is_due(days_overdue=0, days_since_last=None, patience=7)
    assert rung_is_due(days_overdue=1, days_since_last=None, patience=7)
    assert not rung_is_due(days_overdue=9, days_since_last=6, patience=7)
    assert rung_is_due(days_overdue=9, days_since_last=7, patience=7)


def test_a_major_hazard_needs_four_receipts_and_a_general_one_none() -> None:
    rules = hazard_rules("heelun-2024")
    assert rules.recipients(Level.MAJOR) == (
        Recipient.PRINCIPAL,
        Recipient.CONTROLLER,
        Recipient.DEPARTMENT,
        Recipient.WORKERS_CONGRESS,
    )
    assert rules.recipients(Level.GENERAL) == ()


def test_the_draw_keeps_to_the_rate_and_never_changes() -> None:
    drawn = [is_drawn(n, Level.GENERAL, rate_percent=20, salt="盐") for n in range(10_000)]
    assert 1_880 <= sum(drawn) <= 2_120
    assert drawn == [is_drawn(n, Level.GENERAL, rate_percent=20, salt="盐") for n in range(10_000)]
    assert drawn != [is_drawn(n, Level.GENERAL, rate_percent=20, salt="另一种盐") for n in range(10_000)]
    assert not any(is_drawn(n, Level.GENERAL, rate_percent=0, salt="盐") for n in range(1000))
    assert all(is_drawn(n, Level.GENERAL, rate_percent=100, salt="盐") for n in range(1000))
    assert all(is_drawn(n, Level.MAJOR, rate_percent=0, salt="盐") for n in range(1000))
