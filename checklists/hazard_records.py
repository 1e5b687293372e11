"""What is kept about a hazard beside its own row: notices, reviews, deferrals, listings, proposals, words, lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from checklists.hazard_rules import Recipient


class Outcome(StrEnum):
    """What a review came to."""

    APPROVED = "approved"
    RETURNED = "returned"
    FAKE = "fake"
    VETTED = "vetted"
    DISMISSED = "dismissed"


OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.APPROVED: "复查通过",
    Outcome.RETURNED: "退回重改",
    Outcome.FAKE: "认定虚假整改",
    Outcome.VETTED: "上报审核通过",
    Outcome.DISMISSED: "认定误报",
}


class Receipt(StrEnum):
    """How a recipient confirmed: by a press of his own, or on paper, which the office noted."""

    BOT = "bot"
    PAPER = "paper"


class Proposal(StrEnum):
    """What may be proposed to the competent department; the bot and this office decide none of it."""

    STOP_USE = "stop_use"
    SUSPEND = "suspend"
    CLOSURE = "closure"
    PENALTY = "penalty"
    ACCOUNTABILITY = "accountability"


PROPOSAL_NAMES: Mapping[Proposal, str] = {
    Proposal.STOP_USE: "建议停止使用",
    Proposal.SUSPEND: "建议停产停业整顿",
    Proposal.CLOSURE: "建议关闭取缔",
    Proposal.PENALTY: "建议立案处罚",
    Proposal.ACCOUNTABILITY: "建议追究责任",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Who must know of the hazard; `person_id` is None while nobody of the zone holds that position."""

    id: int
    hazard_id: int
    life: int
    recipient: Recipient
    person_id: int | None
    made_at: datetime
    received_at: datetime | None = None
    received_by: int | None = None
    how: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lowering:
    """Somebody of the firm called general what the criterion proposes as major, and why."""

    by: int
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """One judgement of another person on what was handed in."""

    id: int
    hazard_id: int
    life: int
    round: int
    outcome: Outcome
    on_site: bool
    words: str
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferral:
    """A request for a later deadline; `granted` is None until it is decided."""

    id: int
    hazard_id: int
    present: date
    wanted: date
    reason: str
    asked_by: int
    asked_at: datetime
    granted: bool | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    decision: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One time under listed supervision (挂牌督办), with who supervises and until when."""

    id: int
    hazard_id: int
    supervisor: str
    until: date | None
    reason: str
    listed_by: int
    listed_at: datetime
    unlisted_by: int | None = None
    unlisted_at: datetime | None = None
    unlisted_reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalMade:
    """A proposal to the competent department and, once known, its answer."""

    id: int
    hazard_id: int
    kind: Proposal
    basis: str
    to_whom: str
    proposed_by: int
    proposed_at: datetime
    answer: str = ""
    answered_by: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Referral:
    """That the letter of a proposal went out, as the office noted it: number (文号) and day. The last one counts."""

    id: int
    proposal_id: int
    reference: str
    sent_on: date
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenProposal:
    """A proposal without an answer; `referral` is None while its letter has not gone out."""

    made: ProposalMade
    referral: Referral | None

    def waits(self, *, today: date, days: int) -> bool:
        """Whether somebody must see to it: never sent, or sent more than `days` ago; `today` is the day in Shanghai."""
        return self.referral is None or (today - self.referral.sent_on).days > days


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """One step of the plan's ladder that was taken."""

    id: int
    hazard_id: int
    life: int
    rung: str
    note: str
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """Words of the office about a hazard; enterprises do not see them."""

    id: int
    hazard_id: int
    words: str
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """An earlier life of a hazard that was opened again: how it had ended and why that did not stand."""

    hazard_id: int
    life: int
    closed_at: datetime | None
    closed_by: int | None
    reviewed_by: int | None
    handed_in_by: int | None
    opened_again_by: int
    opened_again_at: datetime
    reason: str
    fake: bool
