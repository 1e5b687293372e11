"""What the letters about hazards say, of the office and of firms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checklists.hazards import Level

FUNDS = "整改资金（万元）"  # which the firm alone knows


class Letter(StrEnum):
    """The letters; the value is the file name of our template."""

    RECTIFICATION = "rectification_notice.docx"
    REVIEW = "review_opinion.docx"
    LISTING = "listing_notice.docx"
    UNLISTING = "unlisting_notice.docx"
    MAJOR_REPORT = "major_hazard_report.docx"
    STATISTICS = "hazard_statistics.docx"
    SUPERVISION = "supervision_letter.docx"
    REFERRAL = "referral_letter.docx"


LETTER_NAMES: Mapping[Letter, str] = {
    Letter.RECTIFICATION: "隐患整改通知书",
    Letter.REVIEW: "隐患整改复查意见书",
    Letter.LISTING: "重大事故隐患挂牌督办通知书",
    Letter.UNLISTING: "重大事故隐患摘牌（销号）通知书",
    Letter.MAJOR_REPORT: "重大事故隐患报告",
    Letter.STATISTICS: "事故隐患排查治理情况统计分析表",
    Letter.SUPERVISION: "隐患整改督办函",
    Letter.REFERRAL: "移送（建议）函",
}


def own_file_name(letter: Letter) -> str:
    """What the office's own template of this letter is called."""
    return f"{LETTER_NAMES[letter]}.docx"


class Outcome(StrEnum):
    """What the review found of one hazard."""

    PASSED = "passed"
    PARTLY = "partly"
    NOT_DONE = "not_done"


OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.PASSED: "已整改到位",
    Outcome.PARTLY: "部分整改",
    Outcome.NOT_DONE: "未整改",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterHead:
    """What every letter says. `reference` is the office's own number (文号) and may be empty, to be filled in by hand.

    `plan_basis` names the plan's clause beside the law, such as 《…实施方案》二（三）12.
    """

    office: str
    reference: str
    enterprise: str
    issued_on: date
    uscc: str = ""
    principal: str = ""
    plan_basis: str = ""
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterHazard:
    """One hazard as letters name it; `basis` is standard and clause, `demand` what must be done."""

    number: str
    words: str
    level: Level
    basis: str = ""
    place: str = ""
    demand: str = ""
    deadline: date | None = None
    responsible: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RectificationNotice:
    """整改通知书: `mode` is how was inspected (明查暗访 …), `inspectors` their names, `experts` who took part."""

    head: LetterHead
    inspected_on: date
    mode: str
    inspectors: str
    hazards: Sequence[LetterHazard]
    experts: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewedHazard:
    """A hazard with what the reviewer found; `words` are the reviewer's."""

    hazard: LetterHazard
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewOpinion:
    """复查意见书: `notice` is the reference of the letter that asked for the work, empty if there was none."""

    head: LetterHead
    notice: str
    reviewed_on: date
    reviewers: str
    hazards: Sequence[ReviewedHazard]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingNotice:
    """挂牌督办通知书: `supervisor` is who supervises, `until` the day the work must be done by."""

    head: LetterHead
    hazard: LetterHazard
    reason: str
    supervisor: str
    until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnlistingNotice:
    """摘牌（销号）通知书: `notice` is the reference of the listing letter. Say `closed` only of a hazard that is."""

    head: LetterHead
    hazard: LetterHazard
    notice: str
    listed_on: date
    reviewed_on: date
    reviewers: str
    reason: str
    closed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MajorHazardReport:
    """重大事故隐患报告: the firm's own, to the office and to the workers' congress; a part may have several lines."""

    head: LetterHead
    hazard: LetterHazard
    found_on: date
    cause: str
    harm: str
    treatment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticsRow:
    """One figure of the table; None is room to be filled in by hand."""

    name: str
    general: int | None = None
    major: int | None = None

    @property
    def total(self) -> int | None:
        return None if self.general is None or self.major is None else self.general + self.major


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticsHazard:
    """A hazard of the table; `closed_on` None while it is open, `reason` why, as far as the firm has said."""

    hazard: LetterHazard
    found_on: date
    funds: str = ""
    closed_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticsTable:
    """隐患排查治理情况统计分析表, the firm's own: `until` is the last day counted, `due` by when it is to be handed in.

    `signer` and `signed_at` say who confirmed the figures on the phone; they stand beside the signature, not for it.
    """

    head: LetterHead
    period: str
    since: date
    until: date
    due: date
    basis: str
    rows: Sequence[StatisticsRow]
    hazards: Sequence[StatisticsHazard]
    signer: str = ""
    signed_at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterFact:
    """One thing that happened on a day, in a sentence."""

    on: date
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupervisionLetter:
    """督办函 of a step of the plan's ladder that was taken: `rung` is its name in the plan, `earlier` the steps before.

    `overdue_since` is the first day after the deadline, None while it is not missed; `until` by when it is demanded
    now, None where no record names a day, to be filled in by hand.
    """

    head: LetterHead
    hazard: LetterHazard
    rung: str
    taken_on: date
    note: str
    overdue_since: date | None
    until: date | None
    earlier: Sequence[LetterFact]

    @property
    def days_overdue(self) -> int:
        """How many days the deadline is past on the day of the letter."""
        return (self.head.issued_on - self.overdue_since).days + 1 if self.overdue_since else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralLetter:
    """移送（建议）函 of a proposal to a department: what happened, what is proposed and why, and what goes with it.

    `proposal` is its name as 建议立案处罚, `state` where the hazard stands; nothing here names a person who found,
    reported or reviewed.
    """

    head: LetterHead
    addressee: str
    hazard: LetterHazard
    state: str
    proposal: str
    proposed_on: date
    reason: str
    facts: Sequence[LetterFact]
    enclosures: Sequence[str]


AnyLetter = (
    RectificationNotice
    | ReviewOpinion
    | ListingNotice
    | UnlistingNotice
    | MajorHazardReport
    | StatisticsTable
    | SupervisionLetter
    | ReferralLetter
)
LETTER_KINDS: Mapping[type[AnyLetter], Letter] = {
    RectificationNotice: Letter.RECTIFICATION,
    ReviewOpinion: Letter.REVIEW,
    ListingNotice: Letter.LISTING,
    UnlistingNotice: Letter.UNLISTING,
    MajorHazardReport: Letter.MAJOR_REPORT,
    StatisticsTable: Letter.STATISTICS,
    SupervisionLetter: Letter.SUPERVISION,
    ReferralLetter: Letter.REFERRAL,
}
