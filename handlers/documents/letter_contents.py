"""What the letters of the office about hazards say, and the Chinese names under which templates can ask for it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checklists.hazards import LEVEL_NAMES, Level

LAW = "《中华人民共和国安全生产法》第九条、第四十一条"
REPORT_LAW = "《中华人民共和国安全生产法》第四十一条、《安全生产事故隐患排查治理暂行规定》第十四条、第十五条"
FUNDS = "整改资金（万元）"  # which the firm alone knows
_UNWRITABLE = frozenset({"Cc", "Cs", "Cn"})


class Letter(StrEnum):
    """The letters; the value is the file name of our template."""

    RECTIFICATION = "rectification_notice.docx"
    REVIEW = "review_opinion.docx"
    LISTING = "listing_notice.docx"
    UNLISTING = "unlisting_notice.docx"
    MAJOR_REPORT = "major_hazard_report.docx"
    STATISTICS = "hazard_statistics.docx"


LETTER_NAMES: Mapping[Letter, str] = {
    Letter.RECTIFICATION: "隐患整改通知书",
    Letter.REVIEW: "隐患整改复查意见书",
    Letter.LISTING: "重大事故隐患挂牌督办通知书",
    Letter.UNLISTING: "重大事故隐患摘牌（销号）通知书",
    Letter.MAJOR_REPORT: "重大事故隐患报告",
    Letter.STATISTICS: "事故隐患排查治理情况统计分析表",
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
    """整改通知书: `mode` is how was inspected (明查暗访 …), `inspectors` their names."""

    head: LetterHead
    inspected_on: date
    mode: str
    inspectors: str
    hazards: Sequence[LetterHazard]


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


AnyLetter = RectificationNotice | ReviewOpinion | ListingNotice | UnlistingNotice | MajorHazardReport | StatisticsTable
LETTER_KINDS: Mapping[type[AnyLetter], Letter] = {
    RectificationNotice: Letter.RECTIFICATION,
    ReviewOpinion: Letter.REVIEW,
    ListingNotice: Letter.LISTING,
    UnlistingNotice: Letter.UNLISTING,
    MajorHazardReport: Letter.MAJOR_REPORT,
    StatisticsTable: Letter.STATISTICS,
}


def fields(letter: AnyLetter) -> dict[str, object]:
    """Everything a template of this kind may name, in Chinese because officers write the templates."""
    head = letter.head
    return _clean(
        {
            "发文单位": head.office,
            "文号": head.reference,
            "企业名称": head.enterprise,
            "统一社会信用代码": head.uscc,
            "主要负责人": head.principal,
            "依据": f"{LAW}和{head.plan_basis}" if head.plan_basis else LAW,
            "联系人": head.contact,
            "联系电话": head.phone,
            "发文日期": _day(head.issued_on),
            **_own_fields(letter),
        }
    )


def _own_fields(letter: AnyLetter) -> dict[str, object]:
    match letter:
        case RectificationNotice():
            return {
                "检查日期": _day(letter.inspected_on),
                "检查方式": letter.mode,
                "检查人员": letter.inspectors,
                "隐患清单": [_hazard(hazard, place) for place, hazard in enumerate(letter.hazards, start=1)],
                "有重大隐患": any(hazard.level is Level.MAJOR for hazard in letter.hazards),
            }
        case ReviewOpinion():
            return {
                "整改通知文号": letter.notice,
                "复查日期": _day(letter.reviewed_on),
                "复查人员": letter.reviewers,
                "隐患清单": [_reviewed(found, place) for place, found in enumerate(letter.hazards, start=1)],
                "复查结论": _conclusion(letter.hazards),
            }
        case ListingNotice():
            return {
                "隐患": _hazard(letter.hazard, 1),
                "挂牌原因": letter.reason,
                "督办单位": letter.supervisor,
                "督办期限": _day(letter.until),
            }
        case MajorHazardReport():
            return {
                # The firm writes to the office here, not the office to the firm.
                "发文单位": letter.head.enterprise,
                "依据": REPORT_LAW,
                "报送单位": letter.head.office,
                "隐患": _hazard(letter.hazard, 1),
                "发现日期": _day(letter.found_on),
                "现状和原因": letter.cause,
                "危害和整改难易": letter.harm,
                "治理方案": letter.treatment,
            }
        case StatisticsTable():
            return {
                "发文单位": letter.head.enterprise,
                "依据": letter.basis,
                "报送单位": letter.head.office,
                "统计期间": letter.period,
                "起始日期": _day(letter.since),
                "截止日期": _day(letter.until),
                "报送期限": _day(letter.due),
                "统计项目": [_figure(row) for row in letter.rows],
                "隐患清单": [_counted(found, place) for place, found in enumerate(letter.hazards, start=1)],
                "确认人": letter.signer,
                "确认时间": letter.signed_at,
            }
    return {
        "隐患": _hazard(letter.hazard, 1),
        "挂牌通知文号": letter.notice,
        "挂牌日期": _day(letter.listed_on),
        "复查日期": _day(letter.reviewed_on),
        "复查人员": letter.reviewers,
        "摘牌理由": letter.reason,
        "已销号": letter.closed,
    }


def _hazard(hazard: LetterHazard, place: int) -> dict[str, object]:
    return {
        "序号": str(place),
        "编号": hazard.number,
        "描述": hazard.words,
        "位置": hazard.place,
        "级别": LEVEL_NAMES[hazard.level],
        "判定依据": hazard.basis,
        "整改要求": hazard.demand,
        "整改期限": _day(hazard.deadline),
        "责任人": hazard.responsible,
    }


def _reviewed(found: ReviewedHazard, place: int) -> dict[str, object]:
    return _hazard(found.hazard, place) | {"复查结果": OUTCOME_NAMES[found.outcome], "复查意见": found.words}


def _figure(row: StatisticsRow) -> dict[str, object]:
    numbers = {"一般": row.general, "重大": row.major, "合计": row.total}
    return {"项目": row.name, **{name: "" if value is None else str(value) for name, value in numbers.items()}}


def _counted(found: StatisticsHazard, place: int) -> dict[str, object]:
    return _hazard(found.hazard, place) | {
        "查出日期": _day(found.found_on),
        "资金": found.funds,
        "销号日期": _day(found.closed_on),
        "未完成原因": found.reason,
    }


def _conclusion(hazards: Sequence[ReviewedHazard]) -> str:
    """Follows from the findings alone, so that no letter can praise what its own table denies."""
    left = [place for place, found in enumerate(hazards, start=1) if found.outcome is not Outcome.PASSED]
    if not left:
        return "经复查，上述隐患均已整改到位，由我单位按程序销号。"
    numbers = "、".join(str(place) for place in left)
    return f"经复查，第{numbers}项尚未整改到位，不予销号，请继续整改；整改期间落实安全防范措施，确保安全。"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _clean(value: dict[str, object]) -> dict[str, object]:
    return {key: _clean_value(item) for key, item in value.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, str):
        # Word takes a file with a control character for damaged; breaks inside people's words stay breaks.
        return "".join(
            c for c in value.replace("\r\n", "\n") if c == "\n" or unicodedata.category(c) not in _UNWRITABLE
        )
    if isinstance(value, dict):
        return _clean(value)
    return [_clean_value(item) for item in value] if isinstance(value, list) else value
