"""Anybody does anything with a hazard at any time: from every state only the table's moves, and no cheat to 销号."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from checklists.hazard_moves import moves_from
from checklists.hazard_records import Outcome
from checklists.hazards import Hazard, Level, MoveRefused, State
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
_zones = itertools.count(100)


def machine_on(
    database: Database, run: Callable[[Coroutine[Any, Any, Any]], Any], closed: list[int]
) -> type[RuleBasedStateMachine]:
    """The machine over this database; each run lives in a zone of its own. `closed` gathers what got to its end."""

    class Life(RuleBasedStateMachine):
        def write(self, unit: Callable[[Transaction], T]) -> T:
            value: T = run(database.write(unit, zone_id=self.zone_id))
            return value

        @initialize(by=st.sampled_from(["陈安全", "王厂长", "赵监管", "钱审核"]))
        def found(self, by: str) -> None:
            self.zone_id = next(_zones)
            self.zone = HazardZone()
            self.write(self.zone.found)
            self.hazard = self.write(lambda tx: self.zone.find(tx, by=by))
            self.at = NOW

        def attempt(self, who: str, step: Callable[[Transaction, Hazard, dict[str, Any]], Hazard]) -> None:
            """Try a step; what is refused has changed nothing, what is done follows the table."""
            before = self.hazard
            self.at += timedelta(hours=1)
            by = {"by": self.zone.people[who], "at": self.at}
            try:
                self.hazard = self.write(lambda tx: step(tx, before, by))
            except MoveRefused:
                assert self.write(lambda tx: tx.hazards.get(before.id)) == before
                return
            assert self.hazard.version == before.version + 1
            assert self.hazard.state is before.state or self.hazard.state in moves_from(before.state)

        @rule()
        def go_on(self) -> None:
            """What honest people would do next, so that the machine gets about."""
            finder = self.hazard.found_by
            reviewer = "钱审核" if finder != self.zone.people["钱审核"] else "赵监管"
            match self.hazard.state:
                case State.FOUND:
                    self.attempt("王厂长", lambda tx, h, by: tx.hazard_life.confirm(h, Level.MAJOR, **by))
                case State.CONFIRMED:
                    self.attempt("王厂长", lambda tx, h, by: tx.hazard_life.arrange(h, FIVE, **by))
                case State.RECTIFYING:
                    self.write(lambda tx: self.zone.show_fixed(tx, self.hazard, at=self.at))
                    self.attempt("陈安全", lambda tx, h, by: tx.hazard_life.hand_in(h, **by))
                case State.HANDED_IN | State.FIXED_ON_SPOT:
                    self.attempt(reviewer, lambda tx, h, by: tx.hazard_life.approve(h, on_site=True, **by))
                case State.REVIEWED:
                    self.write(lambda tx: self.zone.confirm_receipts(tx, self.hazard, at=self.at))
                    if self.hazard.level is Level.MAJOR:
                        self.write(lambda tx: self.zone.report(tx, self.hazard, at=self.at))
                    self.attempt(reviewer, lambda tx, h, by: tx.hazard_life.close(h, **by))
                case _:
                    pass

        @rule(who=WHO, level=st.sampled_from(Level), reason=WORDS)
        def confirm(self, who: str, level: Level, reason: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.confirm(h, level, reason=reason, **by))
            now = self.hazard
            if now.level is Level.GENERAL and now.level_confirmed_by in {self.zone.people[name] for name in FIRM}:
                assert self.write(lambda tx: tx.hazard_records.lowering(now)) is not None

        @rule(who=WHO, level=st.sampled_from(Level), reason=WORDS)
        def regrade(self, who: str, level: Level, reason: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.regrade(h, level, reason=reason, **by))

        @rule(who=WHO, names=st.just(tuple(FIVE)) | st.permutations(tuple(FIVE)).map(lambda n: tuple(n[:3])))
        def arrange(self, who: str, names: tuple[str, ...]) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.arrange(h, {n: FIVE[n] for n in names}, **by))

        @rule(who=WHO)
        def send_picture(self, who: str) -> None:
            self.write(lambda tx: self.zone.show_fixed(tx, self.hazard, by=who, at=self.at))

        @rule(who=WHO)
        def fix_on_spot(self, who: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.fix_on_spot(h, **by))

        @rule(who=WHO)
        def hand_in(self, who: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.hand_in(h, **by))

        @rule(who=WHO)
        def take_back(self, who: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.take_back(h, **by))

        @rule(who=WHO, on_site=st.booleans())
        def approve(self, who: str, on_site: bool) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.approve(h, on_site=on_site, **by))

        @rule(who=WHO, reason=WORDS)
        def send_back(self, who: str, reason: str) -> None:
            self.attempt(who, lambda tx, h, by: tx.hazard_life.send_back(h, reason=reason, **by))

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
            self.attempt(who, lambda tx, h, by: tx.hazard_life.close(h, **by))

        @rule(who=WHO, reason=WORDS, fake=st.booleans())
        def open_again(self, who: str, reason: str, fake: bool) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                life = tx.hazard_life
                return (life.mark_fake if fake else life.reopen)(hazard, reason=reason, **by)

            self.attempt(who, step)

        @rule(who=WHO, granted=st.none() | st.booleans())
        def deferral(self, who: str, granted: bool | None) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                if granted is None:
                    return tx.hazard_life.ask_deferral(hazard, date(2027, 3, 1), reason="等配件", **by)
                return tx.hazard_life.decide_deferral(hazard, granted, reason="看情况", **by)

            self.attempt(who, step)

        @rule(who=WHO, on=st.booleans())
        def supervision(self, who: str, on: bool) -> None:
            def step(tx: Transaction, hazard: Hazard, by: dict[str, Any]) -> Hazard:
                if on:
                    return tx.hazard_life.enlist(hazard, supervisor="区安委会", until=None, reason="拖", **by)
                return tx.hazard_life.unlist(hazard, reason="改好", **by)

            self.attempt(who, step)

        @rule(who=st.sampled_from([*OFFICE]), reason=WORDS)
        def dismiss(self, who: str, reason: str) -> None:
            # Rare, since it ends the life: only when somebody has already been caught cheating.
            if self.hazard.fakes:
                self.attempt(who, lambda tx, h, by: tx.hazard_life.dismiss(h, reason=reason, **by))

        @invariant()
        def closed_only_with_evidence_and_another_persons_review(self) -> None:
            hazard = self.hazard
            if hazard.state is not State.CLOSED:
                return
            closed.append(hazard.id)
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


def test_nobody_cheats_a_hazard_to_its_close_out(address: str) -> None:
    loop = asyncio.new_event_loop()
    database = Database(address)
    closed: list[int] = []
    try:
        run_state_machine_as_test(
            machine_on(database, loop.run_until_complete, closed),
            settings=settings(
                max_examples=25,
                stateful_step_count=40,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(database.close())
        loop.close()
    assert len(set(closed)) >= 3
