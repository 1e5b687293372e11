"""What the office's card says of proposals and their letters, and the way to note that one went out."""

from checklists.hazard_moves import Relation
from checklists.hazard_records import PROPOSAL_NAMES, ProposalMade, Referral
from checklists.hazards import Hazard
from handlers.replies import Button, data
from handlers.routing import Request
from handlers.words import _, aside, day, full_day, html, labelled, shorten

_MOST_PROPOSALS = 3


def acts_for_office(request: Request, hazard: Hazard) -> bool:
    """Whether this person may note what the office does: no expert, and nobody who belongs to the firm as well."""
    relations = request.tx.hazard_life.relations(hazard, request.who.id)
    return Relation.OFFICE in relations and Relation.INSIDER not in relations


def proposal_name(made: ProposalMade) -> str:
    """What was proposed and to whom, 建议立案处罚（报消防救援大队）."""
    department = shorten(_(made.to_whom), 40)
    return _(PROPOSAL_NAMES[made.kind]) + aside(_("报{department}").format(department=department))


def proposal_lines(request: Request, hazard: Hazard) -> list[str]:
    """The last proposals with their answers, each with the letter that went out or did not."""
    lines, sent = [], request.tx.referrals.of_hazard(hazard.id)
    for made in request.tx.hazard_records.proposals(hazard.id)[-_MOST_PROPOSALS:]:
        answer = html(shorten(made.answer, 120)) if made.answer else _("等主管部门决定")
        lines.append(labelled(html(proposal_name(made)), answer))
        if referral := sent.get(made.id):
            lines.append(_("· 已移送：{referral}").format(referral=html(referral_words(referral))))
        elif not made.answer:
            lines.append(_("· 移送函还没有发出"))
    return lines


def referral_words(referral: Referral) -> str:
    """The number and day of a letter that went out."""
    return _("文号 {reference}，{day}发出").format(reference=referral.reference, day=full_day(referral.sent_on))


def record_button(request: Request, hazard: Hazard) -> Button | None:
    """On the card as long as a proposal waits for its letter."""
    sent = request.tx.referrals.of_hazard(hazard.id)
    made = request.tx.hazard_records.proposals(hazard.id)
    unsent = [p for p in made if not p.answer and p.id not in sent]
    return to_record(hazard) if unsent and acts_for_office(request, hazard) else None


def correct_button(request: Request, hazard: Hazard) -> Button | None:
    """Further away: to put right a number that was noted, or to note one of a proposal that was answered already."""
    sent = request.tx.referrals.of_hazard(hazard.id)
    made = request.tx.hazard_records.proposals(hazard.id)
    if not made or not acts_for_office(request, hazard):
        return None
    if all(p.id in sent for p in made):
        return Button(_("更正文号"), data("na", hazard.id))
    return to_record(hazard)


def to_record(hazard: Hazard) -> Button:
    """The way to note that a letter went out."""
    return Button(_("记下文号（已发出）"), data("na", hazard.id))


def choice_label(made: ProposalMade, referral: Referral | None) -> str:
    """One of several proposals on a button, marked when its letter went out."""
    mark = "✓ " if referral else ""
    return mark + shorten(_(PROPOSAL_NAMES[made.kind]), 24) + aside(day(made.proposed_at))
