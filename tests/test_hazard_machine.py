"""Anybody does anything with a hazard at any time: from every state only the table's moves, and no cheat to 销号."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from checklists.hazard_moves import TABLE, Relation, Step
from checklists.hazard_records import Outcome, Proposal
from checklists.hazards import Hazard, Level, MoveRefused, State
from checklists.inspections import Inspection
from checklists.major_reports import Part
from checklists.people import INSPECTING_ROLES
from storage.database import Database
from storage.transaction import Transaction
from storage.verification import faults
from tests.conftest import NOW
from tests.hazard_zone import FIRM, FIVE, OFFICE, HazardZone

T = TypeVar("T")
WHO = st.sampled_from([*OFFICE, *FIRM])
WORDS = st.sampled_from(["", "看过了"])
INSPECTING = {name for name, role in FIRM.items() if role in INSPECTING_ROLES}
# Who may be what to a hazard, said once more by name; who holds the duty depends on the department.
HOLDERS = {
    Relation.FIRM: INSPECTING,
    Relation.WALKER: INSPECTING,
    Relation.OFFICE: {"赵监管", "钱审核", "孙科长"},
    Relation.MANAGER: {"赵监管", "孙科长"},
}
_zones = itertools.count(100)


def _next_rung(tx: Transaction, hazard: Hazard) -> str:
    ladder, taken = tx.hazard_life.rules().ladder, tx.hazard_records.escalations(hazard)
    return ladder[len(taken)] if len(taken) < len(ladder) else "方案里没有的措施"


def _other_level(hazard: Hazard) -> Level:
    return Level.GENERAL if hazard.level is Level.MAJOR else Level.MAJOR


ENDS = frozenset({Step.WITHDRAW, Step.DISMISS})
Act = Callable[[Transaction, Hazard, dict[str, Any]], Hazard]
WHY: dict[str, Any] = {"reason": "看过了"}
PROPERLY: dict[Step, Act] = {
    Step.CONFIRM: lambda tx, h, by: tx.hazard_life.confirm(h, Level.MAJOR, **WHY, **by),
    Step.RECONSIDER: lambda tx, h, by: tx.hazard_life.confirm(h, _other_level(h), **WHY, **by),
    Step.REGRADE: lambda tx, h, by: tx.hazard_life.regrade(h, _other_level(h), **WHY, **by),
    Step.ARRANGE: lambda tx, h, by: tx.hazard_life.arrange(h, FIVE, **by),
    Step.FIX_ON_SPOT: lambda tx, h, by: tx.hazard_life.fix_on_spot(h, **by),
    Step.HAND_IN: lambda tx, h, by: tx.hazard_life.hand_in(h, **by),
    Step.TAKE_BACK: lambda tx, h, by: tx.hazard_life.take_back(h, **by),
    Step.APPROVE: lambda tx, h, by: tx.hazard_life.approve(h, on_site=True, **by),
    Step.RETURN: lambda tx, h, by: tx.hazard_life.send_back(h, **WHY, **by),
    Step.CLOSE: lambda tx, h, by: tx.hazard_life.close(h, **by),
    Step.REOPEN: lambda tx, h, by: tx.hazard_life.reopen(h, **WHY, **by),
    Step.MARK_FAKE: lambda tx, h, by: tx.hazard_life.mark_fake(h, **WHY, **by),
    Step.ASK_DEFERRAL: lambda tx, h, by: tx.hazard_life.ask_deferral(h, date(2027, 3, 1), **WHY, **by),
    Step.DECIDE_DEFERRAL: lambda tx, h, by: tx.hazard_life.decide_deferral(h, True, **WHY, **by),
    Step.LIST: lambda tx, h, by: tx.hazard_life.enlist(h, supervisor="区安委会", until=None, **WHY, **by),
    Step.UNLIST: lambda tx, h, by: tx.hazard_life.unlist(h, **WHY, **by),
    Step.PROPOSE: lambda tx, h, by: tx.hazard_life.propose(h, Proposal.PENALTY, basis="拒改", to_whom="区住建局", **by),
    Step.ASSIGN: lambda tx, h, by: tx.hazard_life.assign(h, h.department_id or 0, **by),
    Step.ESCALATE: lambda tx, h, by: tx.hazard_life.escalate(h, _next_rung(tx, h), note="逾期", **by),
    Step.VET: lambda tx, h, by: tx.hazard_life.vet(h, **by),
    Step.REPORT: lambda tx, h, by: tx.hazard_life.report(h, **by),
    Step.WITHDRAW: lambda tx, h, by: tx.hazards.withdraw(h, "看错了", **by),
    Step.DISMISS: lambda tx, h, by: tx.hazard_life.dismiss(h, **WHY, **by),
}


@dataclass
class Gathered:
    """What the runs came to: hazards closed, steps tried and steps done."""

    closed: set[int] = field(default_factory=set)
    tried: set[Step] = field(default_factory=set)
    done: set[Step] = field(default_factory=set)


def machine_on(
    database: Database, run: Callable[[Coroutine[Any, Any, Any]], Any], gathered: Gathered
) -> type[RuleBasedStateMachine]:
    """The machine over this database; each run lives in a zone of its own."""

    class Life(RuleBasedStateMachine):
        def write(self, unit: Callable[[Transaction], T]) -> T:
            value: T = run(database.write(unit, zone_id=self.zone_id))
            return value

        @initialize(
            by=st.sampled_from(["陈安全", "王厂长", "赵监管", "钱审核"]),
            plan_id=st.sampled_from(["heelun-2024", "dongli-2024"]),
            walking=st.booleans(),
            steps=st.integers(0, 6),
        )
        def found(self, by: str, plan_id: str, walking: bool, steps: int) -> None:
            """Somebody finds a hazard, the firm perhaps in an inspection that goes on; it has come some way already."""
            self.zone_id = next(_zones)
            self.zone = HazardZone()
            self.write(lambda tx: self.zone.found(tx, plan_id=plan_id))
            self.run = self.write(self.walk) if walking and by in FIRM else None
            run_id, item = (self.run.id, 0) if self.run else (None, None)
            self.hazard = self.write(lambda tx: self.zone.find(tx, by=by, inspection_id=run_id, item=item))
            self.at = NOW
            self.desks = {self.zone.department_id: {"赵监管", "钱审核"}, self.write(self.second_desk): {"孙科长"}}
            for _ in range(steps):
                self.goes_on()

        def walk(self, tx: Transaction) -> Inspection:
            firm, by = self.zone.enterprise_id, self.zone.people["王厂长"]
            return tx.inspections.start(enterprise_id=firm, period="2026Q4", checklist="[]", items=2, by=by, at=NOW)

        def second_desk(self, tx: Transaction) -> int:
            made = tx.departments.found("消防科", trades=(), by=None, at=NOW)
            tx.departments.join(made.id, self.zone.people["孙科长"], by=None, at=NOW)
            return made.id

        def attempt(self, step: Step, who: str, act: Act) -> None:
            """Try a step; what is refused has changed nothing, what is done follows the table."""
            before, move = self.hazard, TABLE[step]
            gathered.tried.add(step)
            self.at += timedelta(hours=1)
            by = {"by": self.zone.people[who], "at": self.at}
            try:
                self.hazard = self.write(lambda tx: act(tx, before, by))
            except MoveRefused:
                assert self.write(lambda tx: tx.hazards.get(before.id)) == before
                return
            gathered.done.add(step)
            assert self.hazard.version == before.version + 1
            assert before.state in move.begins
            assert self.hazard.state in (move.ends or (before.state,))
            assert self.may(who, step, before)

        def may(self, who: str, step: Step, hazard: Hazard) -> bool:
            """Whether the table lets this person do it, by what the person is to the hazard."""
            move, person = TABLE[step], self.zone.people[who]
            duty = {Relation.DUTY_HOLDER: self.desks[hazard.department_id or self.zone.department_id]}
            if Relation.WALKER in move.who and self.run is None:
                return False
            forbidden = {
                Relation.INSIDER: who in FIRM,
                Relation.FINDER: person == hazard.found_by,
                Relation.RECTIFIER: person == hazard.handed_in_by,
            }
            held = any(who in {**HOLDERS, **duty}[relation] for relation in move.who)
            return held and not any(forbidden.get(relation, False) for relation in move.never)

        @rule()
        def go_on(self) -> None:
            self.goes_on()

        def goes_on(self) -> None:
            """What honest people would do next, so that the machine gets about."""
            desk = self.desks[self.hazard.department_id or self.zone.department_id]
            reviewer = next(name for name in sorted(desk) if self.zone.people[name] != self.hazard.found_by)
            match self.hazard.state:
                case State.FOUND:
                    self.attempt(Step.CONFIRM, "王厂长", lambda tx, h, by: tx.hazard_life.confirm(h, Level.MAJOR, **by))
                case State.CONFIRMED:
                    self.attempt(Step.ARRANGE, "王厂长", lambda tx, h, by: tx.hazard_life.arrange(h, FIVE, **by))
                case State.RECTIFYING:
                    self.gives_what_is_missing()
                    self.attempt(Step.HAND_IN, "陈安全", lambda tx, h, by: tx.hazard_life.hand_in(h, **by))
                case State.HANDED_IN | State.FIXED_ON_SPOT:
                    self.attempt(
                        Step.APPROVE, reviewer, lambda tx, h, by: tx.hazard_life.approve(h, on_site=True, **by)
                    )
                case State.REVIEWED:
                    self.gives_what_is_missing()
                    self.attempt(Step.CLOSE, reviewer, lambda tx, h, by: tx.hazard_life.close(h, **by))
                case State.WITHDRAWN:
                    self.hazard = self.write(lambda tx: self.zone.find(tx, by="赵监管", at=self.at))
                case _:
                    pass

        def does(self, step: Step) -> None:
            """Somebody who may takes this step with all that it asks for."""
            who = next((name for name in (*FIRM, *OFFICE) if self.may(name, step, self.hazard)), None)
            if who:
                self.attempt(step, who, PROPERLY[step])

        def gives_what_is_missing(self) -> None:
            """A picture while it is put right; receipts and the report before it is closed."""
            hazard = self.hazard
            if hazard.state in (State.CONFIRMED, State.RECTIFYING):
                self.write(lambda tx: self.zone.show_fixed(tx, hazard, at=self.at))
            if hazard.state is State.REVIEWED:
                self.write(lambda tx: self.zone.confirm_receipts(tx, hazard, at=self.at))
                if hazard.level is Level.MAJOR:
                    self.write(lambda tx: self.zone.report(tx, hazard, at=self.at))

        @rule(picks=st.lists(st.integers(0, 99), min_size=1, max_size=3))
        def do_properly(self, picks: list[int]) -> None:
            """Somebody who may takes a step that begins here, with all that it asks for; what ends a life is rare."""
            for pick in picks:
                if self.hazard.state is State.WITHDRAWN:
                    self.goes_on()
                begin = sorted(
                    s for s in TABLE if self.hazard.state in TABLE[s].begins and (pick > 90 or s not in ENDS)
                )
                version = self.hazard.version
                for step in (begin[(pick + n) % len(begin)] for n in range(len(begin))):
                    if self.hazard.version == version:
                        self.does(step)

        @rule(who=WHO, level=st.sampled_from(Level), reason=WORDS)
        def confirm(self, who: str, level: Level, reason: str) -> None:
            step = Step.CONFIRM if self.hazard.state is State.FOUND else Step.RECONSIDER
            self.attempt(step, who, lambda tx, h, by: tx.hazard_life.confirm(h, level, reason=reason, **by))
            now = self.hazard
            if now.level is Level.GENERAL and now.level_confirmed_by in {self.zone.people[name] for name in FIRM}:
                assert self.write(lambda tx: tx.hazard_records.lowering(now)) is not None

        @rule(who=WHO, level=st.sampled_from(Level), reason=WORDS)
        def regrade(self, who: str, level: Level, reason: str) -> None:
            self.attempt(Step.REGRADE, who, lambda tx, h, by: tx.hazard_life.regrade(h, level, reason=reason, **by))

        @rule(who=WHO, names=st.just(tuple(FIVE)) | st.permutations(tuple(FIVE)).map(lambda n: tuple(n[:3])))
        def arrange(self, who: str, names: tuple[str, ...]) -> None:
            self.attempt(
                Step.ARRANGE, who, lambda tx, h, by: tx.hazard_life.arrange(h, {n: FIVE[n] for n in names}, **by)
            )

        @rule(who=WHO)
        def send_picture(self, who: str) -> None:
            self.write(lambda tx: self.zone.show_fixed(tx, self.hazard, by=who, at=self.at))

        @rule(who=WHO)
        def fix_on_spot(self, who: str) -> None:
            self.attempt(Step.FIX_ON_SPOT, who, lambda tx, h, by: tx.hazard_life.fix_on_spot(h, **by))

        @rule(who=WHO)
        def hand_in(self, who: str) -> None:
            self.attempt(Step.HAND_IN, who, lambda tx, h, by: tx.hazard_life.hand_in(h, **by))

        @rule(who=WHO)
        def take_back(self, who: str) -> None:
            self.attempt(Step.TAKE_BACK, who, lambda tx, h, by: tx.hazard_life.take_back(h, **by))

        @rule(who=WHO, on_site=st.booleans())
        def approve(self, who: str, on_site: bool) -> None:
            self.attempt(Step.APPROVE, who, lambda tx, h, by: tx.hazard_life.approve(h, on_site=on_site, **by))

        @rule(who=WHO, reason=WORDS)
        def send_back(self, who: str, reason: str) -> None:
            self.attempt(Step.RETURN, who, lambda tx, h, by: tx.hazard_life.send_back(h, reason=reason, **by))

        @rule(who=WHO)
        def receipts(self, who: str) -> None:
            self.write(lambda tx: self.zone.confirm_receipts(tx, self.hazard, at=self.at))

        @rule(who=WHO, part=st.sampled_from(Part), words=WORDS)
        def write_report(self, who: str, part: Part, words: str) -> None:
            """Anybody tries; only the firm's words about an open major hazard are kept, and none after handing in."""
            before = self.write(lambda tx: tx.major_reports.get(self.hazard))
            version, by = before.version if before else 0, self.zone.people[who]
            try:
                self.write(
                    lambda tx: tx.major_reports.write(self.hazard, part, words, version=version, by=by, at=self.at)
                )
            except MoveRefused:
                assert self.write(lambda tx: tx.major_reports.get(self.hazard)) == before
            else:
                assert who in INSPECTING
                assert words
                assert self.hazard.level is Level.MAJOR
                assert self.hazard.is_open
                assert before is None or not before.is_handed_in

        @rule(who=WHO)
        def hand_in_report(self, who: str) -> None:
            before = self.write(lambda tx: tx.major_reports.get(self.hazard))
            version, by = before.version if before else 0, self.zone.people[who]
            try:
                self.write(lambda tx: tx.major_reports.hand_in(self.hazard, version=version, by=by, at=self.at))
            except MoveRefused:
                assert self.write(lambda tx: tx.major_reports.get(self.hazard)) == before
            else:
                assert who in INSPECTING
                assert before is not None
                assert before.missing() == ()

        @rule(who=WHO)
        def close(self, who: str) -> None:
            self.attempt(Step.CLOSE, who, lambda tx, h, by: tx.hazard_life.close(h, **by))

        @rule(who=WHO, reason=WORDS, fake=st.booleans())
        def open_again(self, who: str, reason: str, fake: bool) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                life = tx.hazard_life
                return (life.mark_fake if fake else life.reopen)(hazard, reason=reason, **by)

            self.attempt(Step.MARK_FAKE if fake else Step.REOPEN, who, step)

        @rule(who=WHO, granted=st.none() | st.booleans())
        def deferral(self, who: str, granted: bool | None) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                if granted is None:
                    return tx.hazard_life.ask_deferral(hazard, date(2027, 3, 1), reason="等配件", **by)
                return tx.hazard_life.decide_deferral(hazard, granted, reason="看情况", **by)

            self.attempt(Step.ASK_DEFERRAL if granted is None else Step.DECIDE_DEFERRAL, who, step)

        @rule(who=WHO, on=st.booleans())
        def supervision(self, who: str, on: bool) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                if on:
                    return tx.hazard_life.enlist(hazard, supervisor="区安委会", until=None, reason="拖", **by)
                return tx.hazard_life.unlist(hazard, reason="改好", **by)

            self.attempt(Step.LIST if on else Step.UNLIST, who, step)

        @rule(who=WHO, basis=WORDS, kind=st.sampled_from(Proposal))
        def propose(self, who: str, basis: str, kind: Proposal) -> None:
            self.attempt(
                Step.PROPOSE,
                who,
                lambda tx, h, by: tx.hazard_life.propose(h, kind, basis=basis, to_whom="区住建局", **by),
            )

        @rule(who=WHO, second=st.booleans())
        def assign(self, who: str, second: bool) -> None:
            desk = sorted(self.desks)[second]
            self.attempt(Step.ASSIGN, who, lambda tx, h, by: tx.hazard_life.assign(h, desk, **by))

        @rule(who=WHO, skipped=st.integers(0, 1), note=WORDS)
        def escalate(self, who: str, skipped: int, note: str) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                taken = len(tx.hazard_records.escalations(hazard))
                rungs = [*tx.hazard_life.rules().ladder, "方案里没有的措施"]
                rung = rungs[min(taken + skipped, len(rungs) - 1)]
                after = tx.hazard_life.escalate(hazard, rung, note=note, **by)
                assert [e.rung for e in tx.hazard_records.escalations(after)] == rungs[: taken + 1]
                return after

            self.attempt(Step.ESCALATE, who, step)

        @rule(who=WHO)
        def vet(self, who: str) -> None:
            self.attempt(Step.VET, who, lambda tx, h, by: tx.hazard_life.vet(h, **by))

        @rule(who=WHO)
        def report_upward(self, who: str) -> None:
            self.attempt(Step.REPORT, who, lambda tx, h, by: tx.hazard_life.report(h, **by))

        @rule(who=WHO, reason=WORDS)
        def withdraw(self, who: str, reason: str) -> None:
            self.attempt(Step.WITHDRAW, who, lambda tx, h, by: tx.hazards.withdraw(h, reason, **by))

        @rule(who=WHO, reason=WORDS)
        def dismiss(self, who: str, reason: str) -> None:
            self.attempt(Step.DISMISS, who, lambda tx, h, by: tx.hazard_life.dismiss(h, reason=reason, **by))

        @precondition(lambda self: self.run is not None)
        @rule()
        def submit_inspection(self) -> None:
            """The inspection ends, and with it what only its walker may do."""
            run, by = self.run, self.zone.people["王厂长"]
            assert run is not None
            self.write(lambda tx: tx.inspections.submit(run, by=by, at=self.at, seconds=60, record="{}", digest="d"))
            self.run = None

        @invariant()
        def closed_only_with_evidence_and_another_persons_review(self) -> None:
            hazard = self.hazard
            if hazard.state is not State.CLOSED:
                return
            gathered.closed.add(hazard.id)
            insiders = {self.zone.people[name] for name in FIRM}
            own = {hazard.found_by, hazard.handed_in_by} | insiders
            assert hazard.reviewed_by not in own
            assert hazard.closed_by not in own
            assert self.write(lambda tx: tx.hazard_life.evidence_count(hazard)) > 0
            reviews = self.write(lambda tx: tx.hazard_records.reviews(hazard.id))
            assert [r.by for r in reviews if (r.outcome, r.round) == (Outcome.APPROVED, hazard.round)] == [
                hazard.reviewed_by
            ]
            assert self.write(lambda tx: tx.hazard_life.receipts_missing(hazard)) == ()
            report = self.write(lambda tx: tx.major_reports.get(hazard))
            assert hazard.level is Level.GENERAL or (report is not None and report.is_handed_in)
            assert not hazard.is_listed

        def teardown(self) -> None:
            if hasattr(self, "hazard"):
                assert self.write(lambda tx: [str(f) for f in faults(tx)]) == []

    return Life


@contextmanager
def life_on(address: str) -> Iterator[tuple[type[RuleBasedStateMachine], Gathered]]:
    """The machine over the database at this address, and what its runs come to."""
    loop, database, gathered = asyncio.new_event_loop(), Database(address), Gathered()
    try:
        yield machine_on(database, loop.run_until_complete, gathered), gathered
    finally:
        loop.run_until_complete(database.close())
        loop.close()


def test_nobody_cheats_a_hazard_to_its_close_out(address: str) -> None:
    with life_on(address) as (machine, gathered):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert len(gathered.closed) >= 3
    assert gathered.tried == set(TABLE) == set(Step), "a step that no rule tries"


def test_every_step_of_the_table_can_be_done_by_somebody_who_may(address: str) -> None:
    """What the rules try is not refused for a reason of their own."""
    _S = Step
    whole = [
        *(_S.ASSIGN, _S.CONFIRM, _S.RECONSIDER, _S.REGRADE, _S.PROPOSE, _S.LIST, _S.ARRANGE, _S.ESCALATE),
        *(_S.ASK_DEFERRAL, _S.DECIDE_DEFERRAL, _S.HAND_IN, _S.TAKE_BACK, _S.HAND_IN, _S.RETURN, _S.HAND_IN),
        *(_S.MARK_FAKE, _S.HAND_IN, _S.APPROVE, _S.UNLIST, _S.CLOSE, _S.VET, _S.REPORT, _S.REOPEN, _S.DISMISS),
    ]
    with life_on(address) as (machine, gathered):
        for steps in (whole, [Step.CONFIRM, Step.FIX_ON_SPOT, Step.WITHDRAW]):
            life: Any = machine()
            life.found(by="陈安全", plan_id="heelun-2024", walking=True, steps=0)
            for step in steps:
                life.gives_what_is_missing()
                before = life.hazard.version
                life.does(step)
                assert life.hazard.version == before + 1, step
            life.teardown()
    assert gathered.done == set(TABLE)
