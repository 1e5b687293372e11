"""How things stand with a hazard for one person: what that person is to it, and what the guards ask about."""

from datetime import date
from typing import Any

from sqlalchemy import select

from checklists.hazard_guards import Circumstances
from checklists.hazard_life import allowed
from checklists.hazard_moves import TABLE, Relation, Step
from checklists.hazard_rules import RECIPIENT_NAMES, Gate, HazardRules, hazard_rules, next_rung, rung_is_due
from checklists.hazards import Hazard, Level, State
from checklists.people import INSPECTING_ROLES, Role
from checklists.working_days import SHANGHAI
from storage.office_settings import PATIENCE_DAYS
from storage.subject import Subject
from storage.tables import attachments, hazards
from storage.trail import Event

_JUDGES = (Role.OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)
_MANAGERS = (Role.OFFICER, Role.ADMINISTRATOR)
_LEVEL_EVENTS = frozenset({"hazard_confirmed", "hazard_regraded"})
# What the office is told of a hazard whose inspection nobody has submitted yet.
_TOLD = frozenset({"hazard_lowered", "hazard_fixed_on_spot", "hazard_handed_in"})


class HazardStanding(Subject):
    """Everything `check` needs, read from the database and never taken from the caller's word."""

    def rules(self) -> HazardRules:
        """What the plan of this zone orders about hazards."""
        return hazard_rules(self.tx.office_settings.plan_id())

    def steps_for(self, hazard: Hazard, person_id: int) -> list[Step]:
        """What this person may do with the hazard where it stands; a guard may still ask for something first."""
        relations = self.relations(hazard, person_id)
        return [step for step in Step if allowed(step, hazard.state, relations)]

    def relations(self, hazard: Hazard, person_id: int) -> frozenset[Relation]:
        """What the person is to this hazard, by the roles held now."""
        person = self.tx.people.get(person_id)
        if person is None:
            return frozenset()
        roles = {a.role for a in person.assignments if a.enterprise_id == hazard.enterprise_id}
        waiting = self.tx.hazard_records.deferral_waiting(hazard.id)
        judge = person.holds(*_JUDGES)
        held = {
            Relation.INSIDER: bool(roles),
            Relation.FIRM: bool(roles & INSPECTING_ROLES),
            Relation.WALKER: bool(roles & INSPECTING_ROLES) and self.is_in_walk(hazard),
            Relation.OFFICE: judge,
            Relation.MANAGER: person.holds(*_MANAGERS),
            Relation.DUTY_HOLDER: judge and self._holds_duty(hazard, person_id),
            Relation.FINDER: hazard.found_by == person_id,
            Relation.RECTIFIER: self._rectified(hazard, person_id),
            Relation.ASKER: waiting is not None and waiting.asked_by == person_id,
        }
        return frozenset(relation for relation, is_held in held.items() if is_held)

    def circumstances(self, hazard: Hazard, person_id: int, **wanted: Any) -> Circumstances:
        """How things stand for this person; `wanted` are the fields of Circumstances that the step itself brings."""
        rules, relations = self.rules(), self.relations(hazard, person_id)
        return Circumstances(
            **{
                "state": hazard.state,
                "level": hazard.level,
                "level_of_office": Relation.WALKER in relations and self.has_level_of_office(hazard),
                "found_outside": not hazard.is_found_inside,
                "relations": relations,
                "criterion": hazard.criterion_id or hazard.clause,
                "arrangements": hazard.arrangements,
                "evidence": self.evidence_count(hazard),
                "sampled": hazard.sampled,
                "reviewed": hazard.reviewed_by is not None,
                "receipts_missing": self.receipts_missing(hazard),
                "report_missing": self.tx.major_reports.is_missing(hazard),
                "listed": hazard.is_listed,
                "deferral_waiting": self.tx.hazard_records.deferral_waiting(hazard.id) is not None,
                "department_missing": hazard.department_id is None and self.tx.departments.any(),
                "vetting_missing": rules.gate is Gate.BEFORE_REPORT,
                "vetted": hazard.vetted_at is not None,
                "reported": hazard.reported_at is not None,
                **wanted,
            }
        )

    def rung_due(self, hazard: Hazard, today: date) -> str:
        """The next step of the plan's ladder, if it is time for it; `today` is the day in Shanghai.

        While a request for a later deadline waits for the office's answer it is not the firm that is late.
        """
        steps, deadline = self.tx.hazard_records.escalations(hazard), hazard.arrangements.deadline
        rung = next_rung(self.rules().ladder_for(hazard.level), tuple(step.rung for step in steps))
        begins = hazard.state in TABLE[Step.ESCALATE].begins
        if rung is None or deadline is None or not begins or self.tx.hazard_records.deferral_waiting(hazard.id):
            return ""
        last = (today - steps[-1].at.astimezone(SHANGHAI).date()).days if steps else None
        patience = self.tx.office_settings.figure(PATIENCE_DAYS)
        overdue = (today - deadline).days
        return rung if rung_is_due(days_overdue=overdue, days_since_last=last, patience=patience) else ""

    def proposed(self, hazard: Hazard) -> Level:
        """The level that the criterion proposes, whatever was confirmed since."""
        if hazard.level_confirmed_by is None:
            return hazard.level
        events = self.tx.trail.of("hazard", hazard.id)
        levels = [e.body["after"]["level"] for e in events if e.what in ("hazard_found", "hazard_classified")]
        return Level(levels[-1])

    def evidence_count(self, hazard: Hazard) -> int:
        """How many pictures of the present round show the hazard put right."""
        return len(self.evidence_ids(hazard))

    def evidence_ids(self, hazard: Hazard) -> list[int]:
        """The ids of the attachments that are pictures of the present round, in the order they came."""
        since = select(hazards.c.evidence_from).where(hazards.c.zone_id == self.zone_id, hazards.c.id == hazard.id)
        statement = select(attachments.c.id).where(
            attachments.c.zone_id == self.zone_id,
            attachments.c.hazard_id == hazard.id,
            attachments.c.kind == "photo",
            attachments.c.phase == "after",
            attachments.c.removed_at.is_(None),
            attachments.c.id > since.scalar_subquery(),
        )
        return list(self.connection.execute(statement.order_by(attachments.c.id)).scalars())

    def receipts_missing(self, hazard: Hazard) -> tuple[str, ...]:
        """The Chinese names of those who must know of the hazard and have not confirmed."""
        needed = self.rules().recipients(hazard.level)
        got = {n.recipient for n in self.tx.hazard_records.notices(hazard) if n.received_at} if needed else set()
        return tuple(RECIPIENT_NAMES[r] for r in needed if r not in got)

    def is_in_walk(self, hazard: Hazard) -> bool:
        """Whether the finding still is the firm's own: its inspection was never submitted, nothing was sent back.

        A correction runs too, but what it carries over stands in a submitted record.
        """
        run = self.tx.inspections.get(hazard.inspection_id) if hazard.inspection_id is not None else None
        if run is None or not run.is_running or hazard.round > 1:
            return False
        if run.corrects_id is None:
            return True
        return all(event.what != "hazard_carried_over" for event in self.tx.trail.of("hazard", hazard.id))

    def may_describe(self, hazard: Hazard) -> bool:
        """Whether words and pictures of what was found may still be added."""
        if hazard.state in (State.RECTIFYING, State.FIXED_ON_SPOT):
            return self.is_in_walk(hazard)
        return hazard.state in (State.FOUND, State.CONFIRMED)

    def has_level_of_office(self, hazard: Hazard) -> bool:
        """Whether somebody of the office confirmed the level or set the other one."""
        said = [e for e in self.tx.trail.of("hazard", hazard.id) if e.what in _LEVEL_EVENTS]
        return any(self._is_of_office(event, hazard) for event in said[-1:])

    def is_known_to_office(self, hazard: Hazard) -> bool:
        """Whether the office heard of it from the bot or has done something about it."""
        if hazard.level is Level.MAJOR and hazard.level_confirmed_by is not None:
            return True
        events = self.tx.trail.of("hazard", hazard.id)
        return any(e.what in _TOLD or self._is_of_office(e, hazard) for e in events)

    def _is_of_office(self, event: Event, hazard: Hazard) -> bool:
        """Whether somebody did it for the office: who also has a role in the firm did it for the firm."""
        person_id = event.person_id
        return person_id is not None and self.tx.people.acted_for_office(person_id, hazard.enterprise_id, at=event.at)

    def _holds_duty(self, hazard: Hazard, person_id: int) -> bool:
        # Without departments the whole office holds the duty; with them, a hazard nobody was given is refused later.
        department_id = hazard.department_id
        return department_id is None or self.tx.departments.is_member(department_id, person_id)

    def _rectified(self, hazard: Hazard, person_id: int) -> bool:
        if hazard.handed_in_by == person_id:
            return True
        statement = select(attachments.c.id).where(
            attachments.c.zone_id == self.zone_id,
            attachments.c.hazard_id == hazard.id,
            attachments.c.phase == "after",
            attachments.c.sent_by == person_id,
        )
        return self.connection.execute(statement.limit(1)).first() is not None
