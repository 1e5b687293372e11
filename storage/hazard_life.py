"""Taking a hazard through its life: every step is checked against the table of moves with what the database knows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from checklists.defences import following_defences
from checklists.hazard_guards import DeferralNeeded, NotTheNextRung
from checklists.hazard_life import NotFromThisState, allowed, check
from checklists.hazard_moves import Relation, Step
from checklists.hazard_records import Outcome, Proposal
from checklists.hazard_rules import next_rung
from checklists.hazards import STATE_NAMES, Arrangements, Hazard, Level, State
from checklists.sampling import is_drawn, wants_look
from checklists.working_days import SHANGHAI
from storage.hazard_standing import HazardStanding
from storage.hazards import ARRANGEMENTS
from storage.office_settings import SAMPLING_PERCENT

_EVENTS = {
    Step.CONFIRM: "hazard_confirmed",
    Step.RECONSIDER: "hazard_confirmed",
    Step.ARRANGE: "hazard_arranged",
    Step.FIX_ON_SPOT: "hazard_fixed_on_spot",
    Step.HAND_IN: "hazard_handed_in",
    Step.TAKE_BACK: "hazard_taken_back",
    Step.APPROVE: "hazard_approved",
    Step.RETURN: "hazard_returned",
    Step.CLOSE: "hazard_closed",
    Step.REOPEN: "hazard_reopened",
    Step.MARK_FAKE: "hazard_marked_fake",
    Step.ASK_DEFERRAL: "hazard_deferral_asked",
    Step.DECIDE_DEFERRAL: "hazard_deferral_decided",
    Step.LIST: "hazard_listed",
    Step.UNLIST: "hazard_unlisted",
    Step.PROPOSE: "hazard_proposal_made",
    Step.ASSIGN: "hazard_assigned",
    Step.ESCALATE: "hazard_escalated",
    Step.VET: "hazard_vetted",
    Step.REPORT: "hazard_reported",
    Step.WITHDRAW: "hazard_withdrawn",
    Step.DISMISS: "hazard_dismissed",
    Step.REGRADE: "hazard_regraded",
}
_NOBODY = {"handed_in_by": None, "handed_in_at": None, "reviewed_by": None, "reviewed_at": None}


class HazardLife(HazardStanding):
    """The moves of hazards. Every method raises MoveRefused in one of its kinds and then has changed nothing."""

    def take(
        self,
        step: Step,
        hazard: Hazard,
        *,
        by: int,
        at: datetime,
        values: Mapping[str, Any] | None = None,
        **wanted: Any,
    ) -> Hazard:
        """One move: checked, kept with its version and its event."""
        state = check(step, self.circumstances(hazard, by, **wanted))
        changes = {**(values or {}), **({} if state is hazard.state else {"state": state.value})}
        return self.tx.hazards.change(hazard, _EVENTS[step], changes, by=by, at=at)

    def confirm(self, hazard: Hazard, level: Level, *, by: int, at: datetime, reason: str = "") -> Hazard:
        """A person says whether it is a major hazard; those who must know of a major one are put down.

        The firm needs a reason to call general what the criterion proposes as major.
        """
        step = Step.CONFIRM if hazard.state is State.FOUND else Step.RECONSIDER
        values = {"level": level.value, "level_confirmed_by": by}
        proposed = self.proposed(hazard)
        wanted = {"wanted_level": level, "proposed": proposed, "reason": reason}
        changed = self.take(step, hazard, by=by, at=at, values=values, **wanted)
        if reason.strip() and proposed is Level.MAJOR and level is Level.GENERAL:
            self.tx.hazard_records.lowered(hazard.id, reason, by=by, at=at)
        return self._notified(changed, at)

    def regrade(self, hazard: Hazard, level: Level, *, reason: str, by: int, at: datetime) -> Hazard:
        """The office sets the other level, with its reason; what is fixed on the spot is then looked at on site."""
        sampled = wants_look(level, hazard.state, sampled=hazard.sampled)
        values = {"level": level.value, "level_confirmed_by": by, "sampled": sampled}
        wanted = {"wanted_level": level, "reason": reason}
        changed = self.take(Step.REGRADE, hazard, by=by, at=at, values=values, **wanted)
        self.tx.hazard_records.comment(hazard.id, reason, by=by, at=at)
        return self._notified(changed, at)

    def arrange(self, hazard: Hazard, values: Mapping[str, Any], *, by: int, at: datetime) -> Hazard:
        """Fix some of the five arrangements; with all five a confirmed hazard is being rectified.

        A deadline that stands is moved back only by a deferral, except while the inspection is still running. It stands
        once everything is arranged, and from the beginning where the office has set it.
        """
        changed = {name: values[name] for name in ARRANGEMENTS if name in values}
        if "measure" in changed and "defences" not in changed:
            known = hazard.arrangements
            kinds = following_defences(known.defences, before=known.measure, after=changed["measure"])
            changed |= {"defences": kinds} if kinds != known.defences else {}
        present = {name: getattr(hazard.arrangements, name) for name in ARRANGEMENTS}
        if self._is_too_late(hazard, changed.get("deadline"), by):
            raise DeferralNeeded("期限已经定下，要改晚请申请延期。")
        arrangements = Arrangements(**{**present, **changed})
        return self.take(Step.ARRANGE, hazard, by=by, at=at, values=changed, arrangements=arrangements)

    def _is_too_late(self, hazard: Hazard, wanted: date | None, by: int) -> bool:
        """Whether this person may not choose a day so late without asking."""
        relations, present = self.relations(hazard, by), hazard.arrangements.deadline
        if wanted is None or present is None:
            return False
        if Relation.WALKER in relations and self.has_free_deadline(hazard):
            return False
        if hazard.state is State.RECTIFYING:
            return wanted > present
        for_office = Relation.OFFICE in relations and Relation.INSIDER not in relations
        limit = None if for_office else self._deadline_of_the_office(hazard)
        return limit is not None and wanted > limit

    def has_free_deadline(self, hazard: Hazard) -> bool:
        """Whether the office has had no part in the deadline: then who still walks may simply choose another day."""
        asked = self.tx.hazard_records.deferrals(hazard.id)
        return not asked and self._deadline_of_the_office(hazard) is None

    def _deadline_of_the_office(self, hazard: Hazard) -> date | None:
        """The day that somebody of the office set last in the present life."""
        limit: date | None = None
        for event in self.tx.trail.of("hazard", hazard.id):
            after = event.body["after"] or {}
            if "deadline" not in after:
                continue
            if after["deadline"] is None:
                limit = None
            elif self._is_of_office(event, hazard):
                limit = date.fromisoformat(after["deadline"])
        return limit

    def fix_on_spot(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """Put right at once; the draw decides now whether a reviewer must see it on site; once drawn, it stays so."""
        rate, salt = self.tx.office_settings.figure(SAMPLING_PERCENT), self.tx.office_settings.salt(at=at)
        sampled = hazard.sampled or is_drawn(hazard.id, hazard.level, rate_percent=rate, salt=salt)
        values = {"handed_in_by": by, "handed_in_at": at, "sampled": sampled}
        return self.take(Step.FIX_ON_SPOT, hazard, by=by, at=at, values=values)

    def say_rectified(self, hazard: Hazard, words: str, *, by: int, at: datetime) -> Hazard:
        """The firm says what it has put right, before it hands in; kept at once so that nothing written is lost."""
        if not allowed(Step.HAND_IN, hazard.state, self.relations(hazard, by)):
            raise NotFromThisState("这条隐患现在是“{state}”，整改说明没有记下。", state=STATE_NAMES[hazard.state])
        return self.tx.hazards.change(hazard, "hazard_rectified", {"rectified": words}, by=by, at=at)

    def hand_in(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """The firm says that it is put right; pictures of it are there."""
        return self.take(Step.HAND_IN, hazard, by=by, at=at, values={"handed_in_by": by, "handed_in_at": at})

    def take_back(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """The firm takes back what it handed in, before the review; its pictures stay, and so does a look on site."""
        sampled = wants_look(hazard.level, hazard.state, sampled=hazard.sampled)
        return self.take(Step.TAKE_BACK, hazard, by=by, at=at, values={**_NOBODY, "sampled": sampled})

    def approve(self, hazard: Hazard, *, by: int, at: datetime, words: str = "", on_site: bool = False) -> Hazard:
        """Another person has seen that it is put right."""
        values = {"reviewed_by": by, "reviewed_at": at}
        changed = self.take(Step.APPROVE, hazard, by=by, at=at, values=values, on_site=on_site)
        self.tx.hazard_records.add_review(hazard, Outcome.APPROVED, words=words, by=by, at=at, on_site=on_site)
        return changed

    def send_back(self, hazard: Hazard, *, reason: str, by: int, at: datetime, on_site: bool = False) -> Hazard:
        """It is not put right: a new round begins, for which new pictures are needed."""
        changed = self.take(Step.RETURN, hazard, by=by, at=at, values=self._next_round(hazard), reason=reason)
        self.tx.hazard_records.add_review(hazard, Outcome.RETURNED, words=reason, by=by, at=at, on_site=on_site)
        return changed

    def close(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """Off the list (销号), one at a time."""
        today = at.astimezone(SHANGHAI).date()
        days = (today - hazard.found_at.astimezone(SHANGHAI).date()).days
        values = {"closed_by": by, "closed_at": at, "month_closed": today.strftime("%Y-%m"), "days_open": days}
        return self.take(Step.CLOSE, hazard, by=by, at=at, values=values)

    def reopen(self, hazard: Hazard, *, reason: str, by: int, at: datetime) -> Hazard:
        """The hazard is there again: the next life begins under the same number."""
        return self._open_again(Step.REOPEN, hazard, reason=reason, by=by, at=at)

    def mark_fake(self, hazard: Hazard, *, reason: str, by: int, at: datetime) -> Hazard:
        """What was handed in was false or only on paper (虚假整改、纸面整改)."""
        changed = self._open_again(Step.MARK_FAKE, hazard, reason=reason, by=by, at=at, fakes=hazard.fakes + 1)
        self.tx.hazard_records.add_review(hazard, Outcome.FAKE, words=reason, by=by, at=at)
        return changed

    def ask_deferral(self, hazard: Hazard, wanted: date, *, reason: str, by: int, at: datetime) -> Hazard:
        """The firm asks for a later deadline."""
        changed = self.take(Step.ASK_DEFERRAL, hazard, by=by, at=at, reason=reason, wanted_deadline=wanted)
        self.tx.hazard_records.add_deferral(hazard, wanted, reason=reason, by=by, at=at)
        return changed

    def decide_deferral(self, hazard: Hazard, granted: bool, *, reason: str, by: int, at: datetime) -> Hazard:
        """The office grants or refuses the later deadline."""
        waiting = self.tx.hazard_records.deferral_waiting(hazard.id)
        values = {"deadline": waiting.wanted} if waiting and granted else {}
        changed = self.take(Step.DECIDE_DEFERRAL, hazard, by=by, at=at, values=values, reason=reason)
        assert waiting is not None
        self.tx.hazard_records.decide_deferral(waiting, granted, words=reason, by=by, at=at)
        return changed

    def enlist(
        self, hazard: Hazard, *, supervisor: str, until: date | None, reason: str, by: int, at: datetime
    ) -> Hazard:
        """Put under listed supervision (挂牌督办)."""
        changed = self.take(Step.LIST, hazard, by=by, at=at, values={"listed_at": at}, reason=reason)
        self.tx.hazard_records.add_listing(hazard, supervisor=supervisor, until=until, reason=reason, by=by, at=at)
        return changed

    def unlist(self, hazard: Hazard, *, reason: str, by: int, at: datetime) -> Hazard:
        """End the listed supervision (摘牌), after the review."""
        changed = self.take(Step.UNLIST, hazard, by=by, at=at, values={"listed_at": None}, reason=reason)
        self.tx.hazard_records.end_listing(hazard.id, reason=reason, by=by, at=at)
        return changed

    def propose(self, hazard: Hazard, kind: Proposal, *, basis: str, to_whom: str, by: int, at: datetime) -> Hazard:
        """Propose to the competent department what only it may decide; the hazard stays where it is."""
        changed = self.take(Step.PROPOSE, hazard, by=by, at=at, reason=basis)
        self.tx.hazard_records.add_proposal(hazard, kind, basis=basis, to_whom=to_whom, by=by, at=at)
        return changed

    def assign(self, hazard: Hazard, department_id: int, *, by: int, at: datetime) -> Hazard:
        """Give the hazard to a department; LookupError for one that is not there."""
        if self.tx.departments.get(department_id) is None:
            raise LookupError(f"no department {department_id}")
        return self.take(Step.ASSIGN, hazard, by=by, at=at, values={"department_id": department_id})

    def escalate(self, hazard: Hazard, rung: str, *, note: str, by: int, at: datetime) -> Hazard:
        """The office took the next step of the plan's ladder; steps are not skipped."""
        taken = tuple(e.rung for e in self.tx.hazard_records.escalations(hazard))
        ladder = self.rules().ladder_for(hazard.level)
        due = next_rung(ladder, taken)
        if rung != due:
            if self.rules().ladder and not ladder:
                raise NotTheNextRung("方案的升级措施只针对重大隐患。")
            if due is None:
                raise NotTheNextRung("方案没有规定更多的升级措施。")
            raise NotTheNextRung("按方案，下一步是{rung}。", rung=due)
        changed = self.take(Step.ESCALATE, hazard, by=by, at=at, reason=note)
        self.tx.hazard_records.add_escalation(hazard, rung, note=note, by=by, at=at)
        return changed

    def vet(self, hazard: Hazard, *, by: int, at: datetime, words: str = "") -> Hazard:
        """The department has reviewed the data before they go upward."""
        changed = self.take(Step.VET, hazard, by=by, at=at, values={"vetted_at": at})
        self.tx.hazard_records.add_review(hazard, Outcome.VETTED, words=words, by=by, at=at)
        return changed

    def report(self, hazard: Hazard, *, by: int, at: datetime) -> Hazard:
        """The hazard was reported upward."""
        return self.take(Step.REPORT, hazard, by=by, at=at, values={"reported_at": at})

    def dismiss(self, hazard: Hazard, *, reason: str, by: int, at: datetime) -> Hazard:
        """Another person agrees that there was no hazard."""
        values = {"withdrawn_reason": reason[:300]}
        changed = self.take(Step.DISMISS, hazard, by=by, at=at, values=values, reason=reason)
        self.tx.hazard_records.add_review(hazard, Outcome.DISMISSED, words=reason, by=by, at=at)
        return changed

    def _open_again(self, step: Step, hazard: Hazard, *, reason: str, by: int, at: datetime, **more: Any) -> Hazard:
        # Who cheats gains no time: the deadline ends with the life, not with the round.
        closed = hazard.state is State.CLOSED
        arrangements = replace(hazard.arrangements, deadline=None) if closed else hazard.arrangements
        ended = {"closed_by": None, "closed_at": None, "month_closed": None, "days_open": None}
        values = {**self._next_round(hazard), **ended, "life": hazard.life + closed, **more}
        values["deadline"] = arrangements.deadline
        changed = self.take(step, hazard, by=by, at=at, values=values, reason=reason, arrangements=arrangements)
        if closed:
            fake = step is Step.MARK_FAKE
            self.tx.hazard_records.end_life(hazard, reason=reason, fake=fake, by=by, at=at)
        return self._notified(changed, at)

    def _next_round(self, hazard: Hazard) -> dict[str, Any]:
        """Nothing of the round before counts any more: pictures that come from now on have greater ids."""
        mark = self.tx.attachments.mark(hazard.id)
        return {**_NOBODY, "sampled": False, "rectified": "", "round": hazard.round + 1, "evidence_from": mark}

    def _notified(self, hazard: Hazard, at: datetime) -> Hazard:
        self.tx.hazard_records.notify(hazard, self.rules().recipients(hazard.level), at=at)
        return hazard
