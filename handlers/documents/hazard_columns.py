"""The columns of the hazard ledger: one table for the sheet an office hands upward and for the open data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from checklists.defences import DEFENCE_NAMES
from checklists.hazards import LEVEL_NAMES, SOURCE_NAMES, STATE_NAMES, Hazard, Level, State
from checklists.working_days import SHANGHAI

DONE_STATES = frozenset({State.FIXED_ON_SPOT, State.HANDED_IN, State.REVIEWED, State.CLOSED})
REVIEWED_STATES = frozenset({State.REVIEWED, State.CLOSED})

Value = str | int | date | StrEnum | tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow:
    """One hazard with what its own row does not hold; `photos_…` are links, `repeats` counts closed ones of its kind.

    `trades` are Chinese names, the main one first: statistics count a hazard once, under that.
    """

    hazard: Hazard
    number: str
    enterprise: str
    uscc: str
    trades: Sequence[str] = ()
    community: str = ""
    reviewer: str = ""
    photos_before: Sequence[str] = ()
    photos_after: Sequence[str] = ()
    repeats: int = 0
    major_report_at: datetime | None = None


class Kind(StrEnum):
    """What a value is; days are days in Beijing, codes are explained by `CODES`."""

    TEXT = "text"
    TEXTS = "texts"
    CODE = "code"
    DAY = "day"
    NUMBER = "number"
    LINKS = "links"


CODES = {
    "source": {source.value: name for source, name in SOURCE_NAMES.items()},
    "level": {level.value: name for level, name in LEVEL_NAMES.items()},
    "state": {state.value: name for state, name in STATE_NAMES.items()},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` in open data, `heading` in the sheet; `personal` tells that it names a natural person."""

    name: str
    heading: str
    kind: Kind
    width: int
    meaning: str
    personal: bool = field(default=False, kw_only=True)


_T, _D, _N = Kind.TEXT, Kind.DAY, Kind.NUMBER

COLUMNS: tuple[Column, ...] = (
    Column("number", "编号", _T, 16, "隐患编号，辖区内唯一，不重复使用"),
    Column("enterprise", "企业", _T, 28, "企业名称"),
    Column("uscc", "统一社会信用代码", _T, 22, "18位，文本"),
    Column("trades", "行业", Kind.TEXTS, 16, "行业名称，第一个为主要行业"),
    Column("community", "社区", _T, 14, "所在社区、村或网格"),
    Column("source", "来源", Kind.CODE, 12, "从哪里发现"),
    Column("level", "级别", Kind.CODE, 10, "重大或一般；经人确认前是按判定条目给出的建议"),
    Column("basis", "判定依据", _T, 30, "标准名称和条款"),
    Column("words", "隐患描述", _T, 44, "查出的情况，登记人写的"),
    Column("place", "位置", _T, 16, "在企业内的位置"),
    Column("found_on", "发现日期", _D, 12, "发现的日期"),
    Column("responsible", "责任人", _T, 12, "五落实：责任人", personal=True),
    Column("measure", "措施", _T, 32, "五落实：整改措施"),
    Column("funds", "资金", _T, 16, "五落实：资金"),
    Column("deadline", "期限", _D, 12, "五落实：整改期限，准予延期的为新期限"),
    Column("contingency", "应急预案", _T, 26, "五落实：应急预案"),
    Column("state", "状态", Kind.CODE, 16, "目前处在哪一步；只有“已销号”表示完成"),
    Column("listed_on", "挂牌", _D, 12, "正在挂牌督办的，为挂牌日期"),
    Column("fixed_on", "整改完成日期", _D, 13, "企业提交整改的日期；退回重改后清空"),
    Column("reviewer", "复查人", _T, 12, "复查通过的人", personal=True),
    Column("closed_on", "销号日期", _D, 12, "销号的日期"),
    Column("photos_before", "整改前照片", Kind.LINKS, 12, "照片的链接"),
    Column("photos_after", "整改后照片", Kind.LINKS, 12, "照片的链接"),
    Column("days", "天数", _N, 8, "从发现到销号的天数；未销号的算到导出当日，误报为空"),
    Column("overdue_days", "逾期", _N, 8, "超过期限仍未提交整改的天数，没有逾期为0"),
    Column("life", "第几次打开", _N, 10, "1为首次；销号后又重新打开的大于1"),
    Column("fakes", "虚假整改", _N, 10, "被认定虚假整改、纸面整改的次数"),
    Column("repeats", "屡查屡犯", _N, 10, "同一企业同一条目此前已销号、在办公室定的天数内又查出的次数"),
    Column("major_report_on", "重大隐患报告", _D, 14, "企业交重大隐患报告的日期；没有交的、一般隐患为空"),
    Column("vetted_on", "上报审核", _D, 12, "科室审核通过、可以上报的日期；没有审核的为空"),
    Column("defences", "防护类别", Kind.TEXTS, 14, "措施属于人防、技防、工程防、管理防中的哪几类；没有分的为空"),
)


def values_of(row: LedgerRow, today: date) -> Mapping[str, Value]:
    """What stands in each column, by its name and in the order of COLUMNS; `today` is the day in Beijing.

    What a hazard sent back once had (a day of completion, a reviewer) is not told as if it still had it.
    """
    hazard, arrangements = row.hazard, row.hazard.arrangements
    return {
        "number": row.number,
        "enterprise": row.enterprise,
        "uscc": row.uscc,
        "trades": tuple(row.trades),
        "community": row.community,
        "source": hazard.source,
        "level": hazard.level,
        "basis": hazard.clause,
        "words": hazard.words,
        "place": hazard.place,
        "found_on": day_of(hazard.found_at),
        "responsible": arrangements.responsible,
        "measure": arrangements.measure,
        "funds": arrangements.funds,
        "deadline": arrangements.deadline,
        "contingency": arrangements.contingency,
        "state": hazard.state,
        "listed_on": day_of(hazard.listed_at),
        "fixed_on": day_of(hazard.handed_in_at) if hazard.state in DONE_STATES else None,
        "reviewer": row.reviewer if hazard.state in REVIEWED_STATES else "",
        "closed_on": day_of(hazard.closed_at) if hazard.state is State.CLOSED else None,
        "photos_before": tuple(row.photos_before),
        "photos_after": tuple(row.photos_after),
        "days": days_of(row, today) if hazard.is_live else None,
        "overdue_days": overdue_days_of(row, today),
        "life": hazard.life,
        "fakes": hazard.fakes,
        "repeats": row.repeats,
        "major_report_on": day_of(row.major_report_at) if hazard.level is Level.MAJOR else None,
        "vetted_on": day_of(hazard.vetted_at),
        "defences": tuple(DEFENCE_NAMES[defence] for defence in arrangements.defences),
    }


def day_of(at: datetime | None) -> date | None:
    """The day in Beijing."""
    return at.astimezone(SHANGHAI).date() if at is not None else None


def days_of(row: LedgerRow, today: date) -> int:
    """Days from finding to close-out, for one still open until today."""
    hazard = row.hazard
    if hazard.state is State.CLOSED and hazard.days_open is not None:
        return hazard.days_open
    found, closed = day_of(hazard.found_at), day_of(hazard.closed_at) if hazard.state is State.CLOSED else None
    assert found is not None
    return ((closed or today) - found).days


def overdue_days_of(row: LedgerRow, today: date) -> int:
    """Days since the deadline passed without evidence handed in, else 0."""
    deadline = row.hazard.arrangements.deadline
    return (today - deadline).days if deadline is not None and row.hazard.is_overdue(today) else 0
