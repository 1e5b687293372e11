"""The Chinese names under which templates can ask for what a letter says."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from checklists.hazards import LEVEL_NAMES, Level
from handlers.documents.letter_contents import (
    OUTCOME_NAMES,
    AnyLetter,
    LetterFact,
    LetterHazard,
    LetterHead,
    ListingNotice,
    MajorHazardReport,
    Outcome,
    RectificationNotice,
    ReferralLetter,
    ReviewedHazard,
    ReviewOpinion,
    StatisticsHazard,
    StatisticsRow,
    StatisticsTable,
    SupervisionLetter,
    UnlistingNotice,
)

LAW = "《中华人民共和国安全生产法》第九条、第四十一条"
REPORT_LAW = "《中华人民共和国安全生产法》第四十一条、《安全生产事故隐患排查治理暂行规定》第十四条、第十五条"
# 第六十九条: what another department must deal with is handed on to it in time, and a record is kept.
REFERRAL_LAW = "《中华人民共和国安全生产法》第九条、第六十九条"
# What the office did by each step of a ladder, behind 我单位于……日.
RUNG_WORDS: Mapping[str, str] = {
    "函告": "就下列隐患的整改函告你单位",
    "通报": "就下列隐患整改不力的情况对你单位予以通报",
    "约谈": "就下列隐患的整改约谈你单位负责人",
    "警示": "就下列隐患整改不力的情况对你单位予以警示",
    "曝光": "就下列隐患整改不力的情况对你单位予以曝光",
    "问责": "就下列隐患整改不力的情况按程序启动问责",
}
_UNWRITABLE = frozenset({"Cc", "Cs", "Cn"})

Fields = dict[str, object]


def fields(letter: AnyLetter) -> Fields:
    """Everything a template of this kind may name, in Chinese because officers write the templates."""
    head = letter.head
    return clean(
        {
            "发文单位": head.office,
            "文号": head.reference,
            "企业名称": head.enterprise,
            "统一社会信用代码": head.uscc,
            "主要负责人": head.principal,
            "依据": _basis(LAW, head),
            "联系人": head.contact,
            "联系电话": head.phone,
            "发文日期": _day(head.issued_on),
            **_OWN_FIELDS[type(letter)](letter),
        }
    )


def _rectification(letter: RectificationNotice) -> Fields:
    return {
        "检查日期": _day(letter.inspected_on),
        "检查方式": letter.mode,
        # One field for both, so that an office's own template of before names the experts too.
        "检查人员": letter.inspectors + (f"；参加专家：{'、'.join(letter.experts)}" if letter.experts else ""),
        "隐患清单": [_hazard(hazard, place) for place, hazard in enumerate(letter.hazards, start=1)],
        "有重大隐患": any(hazard.level is Level.MAJOR for hazard in letter.hazards),
    }


def _review(letter: ReviewOpinion) -> Fields:
    return {
        "整改通知文号": letter.notice,
        "复查日期": _day(letter.reviewed_on),
        "复查人员": letter.reviewers,
        "隐患清单": [_reviewed(found, place) for place, found in enumerate(letter.hazards, start=1)],
        "复查结论": _conclusion(letter.hazards),
    }


def _listing(letter: ListingNotice) -> Fields:
    return {
        "隐患": _hazard(letter.hazard, 1),
        "挂牌原因": letter.reason,
        "督办单位": letter.supervisor,
        "督办期限": _day(letter.until),
    }


def _unlisting(letter: UnlistingNotice) -> Fields:
    return {
        "隐患": _hazard(letter.hazard, 1),
        "挂牌通知文号": letter.notice,
        "挂牌日期": _day(letter.listed_on),
        "复查日期": _day(letter.reviewed_on),
        "复查人员": letter.reviewers,
        "摘牌理由": letter.reason,
        "已销号": letter.closed,
    }


def _major_report(letter: MajorHazardReport) -> Fields:
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


def _statistics(letter: StatisticsTable) -> Fields:
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


def _supervision(letter: SupervisionLetter) -> Fields:
    return {
        "隐患": _hazard(letter.hazard, 1),
        "措施": letter.rung,
        "措施用语": RUNG_WORDS.get(letter.rung, f"就下列隐患的整改对你单位采取“{letter.rung}”措施"),
        "措施日期": _day(letter.taken_on),
        "措施说明": letter.note,
        "逾期起始日期": _day(letter.overdue_since),
        "逾期天数": str(letter.days_overdue or ""),
        "要求完成日期": _day(letter.until),
        "已采取措施": [_fact(fact) for fact in letter.earlier],
    }


def _referral(letter: ReferralLetter) -> Fields:
    return {
        "依据": _basis(REFERRAL_LAW, letter.head),
        "主送单位": letter.addressee,
        "隐患": _hazard(letter.hazard, 1),
        "目前状态": letter.state,
        "经过": [_fact(fact) for fact in letter.facts],
        "建议": letter.proposal,
        "建议日期": _day(letter.proposed_on),
        "建议理由": letter.reason.rstrip("。"),
        "附件": [{"序号": str(place), "名称": name} for place, name in enumerate(letter.enclosures, start=1)],
    }


# Each takes the letters of its own kind.
_OWN_FIELDS: Mapping[type[AnyLetter], Callable[[Any], Fields]] = {
    RectificationNotice: _rectification,
    ReviewOpinion: _review,
    ListingNotice: _listing,
    UnlistingNotice: _unlisting,
    MajorHazardReport: _major_report,
    StatisticsTable: _statistics,
    SupervisionLetter: _supervision,
    ReferralLetter: _referral,
}


def _basis(law: str, head: LetterHead) -> str:
    return f"{law}和{head.plan_basis}" if head.plan_basis else law


def _fact(fact: LetterFact) -> Fields:
    return {"日期": _day(fact.on), "情况": fact.words}


def _hazard(hazard: LetterHazard, place: int) -> Fields:
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


def _reviewed(found: ReviewedHazard, place: int) -> Fields:
    return _hazard(found.hazard, place) | {"复查结果": OUTCOME_NAMES[found.outcome], "复查意见": found.words}


def _figure(row: StatisticsRow) -> Fields:
    numbers = {"一般": row.general, "重大": row.major, "合计": row.total}
    return {"项目": row.name, **{name: "" if value is None else str(value) for name, value in numbers.items()}}


def _counted(found: StatisticsHazard, place: int) -> Fields:
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


def clean(value: Fields) -> Fields:
    """The same without signs that Word takes for damage, in whatever it holds."""
    return {key: _clean_value(item) for key, item in value.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, str):
        # Word takes a file with a control character for damaged; breaks inside people's words stay breaks.
        return "".join(
            c for c in value.replace("\r\n", "\n") if c == "\n" or unicodedata.category(c) not in _UNWRITABLE
        )
    if isinstance(value, dict):
        return clean(value)
    return [_clean_value(item) for item in value] if isinstance(value, list) else value
