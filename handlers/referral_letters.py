"""Letters on what the office did about a hazard not put right: to the firm (督办函), to a department (移送函)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.attachments import Medium, Phase
from checklists.hazard_moves import TABLE, Step
from checklists.hazard_records import PROPOSAL_NAMES, Escalation, ProposalMade
from checklists.hazard_rules import Rule
from checklists.hazards import STATE_NAMES, Hazard
from checklists.official_inspections import MODE_NAMES
from checklists.plans import load_plan
from handlers.documents.letter_contents import LETTER_NAMES, Letter, LetterFact, ReferralLetter, SupervisionLetter
from handlers.documents.letter_facts import Course, Earlier, letter_facts, pictures, plan_basis
from handlers.hazard_cards import attachments_for_firm
from handlers.letter_parts import last_review, letter_hazard, letter_head
from handlers.life_cards import notices_of
from handlers.life_words import number_in
from handlers.words import N_, SHANGHAI, _, aside, day, labelled
from storage.office_settings import REPEAT_DAYS
from storage.transaction import Transaction

# Letters that are about one step or one proposal of several, by what stands on their buttons.
OF_ONE: Mapping[Letter, str] = {Letter.SUPERVISION: N_("督办函"), Letter.REFERRAL: N_("移送函")}


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterOfOne:
    """A letter about one step or one proposal, whose id is `of`; `label` is for its button."""

    kind: Letter
    of: int
    label: str


def letters_of_one(tx: Transaction, hazard: Hazard) -> list[LetterOfOne]:
    """What can be written: of each step of the ladder while it is not put right, and of each proposal, newest last."""
    steps = [(Letter.SUPERVISION, s.id, _(s.rung), s.at) for s in _steps_to_urge(tx, hazard)]
    proposals = [(Letter.REFERRAL, p.id, _(PROPOSAL_NAMES[p.kind]), p.proposed_at) for p in _proposals(tx, hazard)]
    return [
        LetterOfOne(kind=kind, of=of, label=labelled(_(OF_ONE[kind]), what + aside(day(at))))
        for kind, of, what, at in [*steps, *proposals]
    ]


def letter_of_one(
    tx: Transaction, hazard: Hazard, kind: Letter, of: int, officer: str, today: date
) -> SupervisionLetter | ReferralLetter | None:
    """The letter of this kind about the step or proposal with this id; None where it has nothing to say any more."""
    if kind is Letter.SUPERVISION:
        step = next((s for s in _steps_to_urge(tx, hazard) if s.id == of), None)
        return supervision_letter(tx, hazard, step, officer, today) if step else None
    made = next((p for p in _proposals(tx, hazard) if p.id == of), None)
    return referral_letter(tx, hazard, made, officer, today) if made else None


def _steps_to_urge(tx: Transaction, hazard: Hazard) -> list[Escalation]:
    """None once the firm has handed in: then the letter would ask for what is there."""
    return tx.hazard_records.escalations(hazard) if hazard.state in TABLE[Step.ESCALATE].begins else []


def _proposals(tx: Transaction, hazard: Hazard) -> list[ProposalMade]:
    return tx.hazard_records.proposals(hazard.id) if hazard.is_live else []


def supervision_letter(
    tx: Transaction, hazard: Hazard, step: Escalation, officer: str, today: date
) -> SupervisionLetter:
    """The letter of a step of the plan's ladder that was taken."""
    rules, deadline = tx.hazard_life.rules(), hazard.arrangements.deadline
    steps = tx.hazard_records.escalations(hazard)
    return SupervisionLetter(
        head=letter_head(
            tx, hazard.enterprise_id, officer, today, plan_basis=_of_plan(tx, [rules.clause("escalation")])
        ),
        hazard=letter_hazard(tx, hazard),
        rung=step.rung,
        taken_on=step.at.astimezone(SHANGHAI).date(),
        note=step.note,
        overdue_since=deadline + timedelta(days=1) if deadline and hazard.is_overdue(today) else None,
        until=_day_to_come(tx, hazard, today),
        earlier=[LetterFact(on=s.at.astimezone(SHANGHAI).date(), words=s.rung) for s in steps if s.id < step.id],
    )


def _day_to_come(tx: Transaction, hazard: Hazard, today: date) -> date | None:
    """By when a record demands it, where that day is still to come: the letter sets none of its own."""
    listed = tx.hazard_records.listings(hazard.id)[-1].until if hazard.is_listed else None
    days = [d for d in (hazard.arrangements.deadline, listed) if d is not None and d >= today]
    return min(days, default=None)


def referral_letter(
    tx: Transaction, hazard: Hazard, proposal: ProposalMade, officer: str, today: date
) -> ReferralLetter:
    """The letter of a proposal to the department that may decide."""
    proposed_on = proposal.proposed_at.astimezone(SHANGHAI).date()
    clauses = [rule.clause for rule in _grounds(tx, hazard, proposal, proposed_on)]
    return ReferralLetter(
        head=letter_head(tx, hazard.enterprise_id, officer, today, plan_basis=_of_plan(tx, clauses)),
        addressee=proposal.to_whom,
        hazard=letter_hazard(tx, hazard),
        state=STATE_NAMES[hazard.state],
        proposal=PROPOSAL_NAMES[proposal.kind],
        proposed_on=proposed_on,
        reason=proposal.basis,
        facts=letter_facts(_course(tx, hazard), today=today),
        enclosures=_enclosures(tx, hazard),
    )


def _grounds(tx: Transaction, hazard: Hazard, proposal: ProposalMade, on: date) -> list[Rule]:
    """The rules of the plan that the proposal rests on: those that name its reason, else all that allow it."""
    allowing = tx.hazard_life.rules().bases(proposal.kind, hazard, on)
    return [rule for rule in allowing if proposal.basis in rule.cases] or list(allowing)


def _of_plan(tx: Transaction, clauses: list[str]) -> str:
    return plan_basis(load_plan(tx.office_settings.plan_id()).title, clauses)


def _course(tx: Transaction, hazard: Hazard) -> Course:
    kept = tx.hazard_records
    official = tx.official_inspections.get(hazard.official_inspection_id) if hazard.official_inspection_id else None
    return Course(
        hazard=hazard,
        mode=MODE_NAMES[official.mode] if official else "",
        events=[(e.at, e.what, e.body["after"] or {}) for e in tx.trail.of("hazard", hazard.id)],
        notices=notices_of(tx, hazard),
        reviews=kept.reviews(hazard.id),
        deferrals=kept.deferrals(hazard.id),
        listings=kept.listings(hazard.id),
        escalations=kept.escalations(hazard),
        lives=kept.lives(hazard.id),
        repeats=[_earlier(tx, other) for other in tx.doubts.repeats(hazard)],
        repeat_days=tx.office_settings.figure(REPEAT_DAYS),
        unfinished=[_earlier(tx, other) for other in tx.doubts.unfinished(hazard)],
        missed=tx.doubts.missed(hazard),
    )


def _earlier(tx: Transaction, other: Hazard) -> Earlier:
    closed = other.closed_at.astimezone(SHANGHAI).date() if other.closed_at else None
    return Earlier(number=number_in(tx, other), found_on=other.found_at.astimezone(SHANGHAI).date(), closed_on=closed)


def _enclosures(tx: Transaction, hazard: Hazard) -> list[str]:
    """What can go with the letter: papers of what has happened, and the pictures that the firm may know of."""
    report = tx.major_reports.get(hazard)
    papers = {
        Letter.RECTIFICATION: True,
        Letter.REVIEW: last_review(tx, hazard) is not None,
        Letter.LISTING: bool(tx.hazard_records.listings(hazard.id)),
        Letter.MAJOR_REPORT: report is not None and report.is_handed_in,
    }
    photos = [a.phase for a in attachments_for_firm(tx, hazard) if a.kind is Medium.PHOTO]
    after = photos.count(Phase.AFTER)
    return [*(LETTER_NAMES[letter] for letter, there in papers.items() if there), *pictures(len(photos) - after, after)]
