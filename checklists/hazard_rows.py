"""Rows of a ledger an office already keeps: which column means what, and each row checked or refused in plain words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from checklists.defences import named
from checklists.enterprise_rows import check_uscc
from checklists.hazards import LEVEL_NAMES, SOURCE_NAMES, STATE_NAMES, Arrangements, Level, Source, State

_T = TypeVar("_T")

ROW_NUMBER = "行号"
# What each field is called in ledgers: ours first, then what offices write, then the name in our open data.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "words": (
        *("隐患描述", "隐患内容", "隐患情况", "问题描述", "隐患问题", "问题隐患", "存在问题", "存在隐患", "主要问题"),
        *("检查发现的问题", "发现问题", "事故隐患", "words"),
    ),
    "enterprise": (
        *("企业名称", "单位名称", "企业", "受检单位", "被检查单位", "被检单位", "隐患单位", "生产经营单位", "单位"),
        *("enterprise",),
    ),
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "uscc"),
    "found_on": (
        "发现日期",
        "发现时间",
        "检查日期",
        "检查时间",
        "排查日期",
        "排查时间",
        "登记日期",
        "日期",
        "found_on",
    ),
    "number": ("编号", "隐患编号", "台账编号", "number"),
    "source": ("来源", "隐患来源", "发现途径", "检查类型", "source"),
    "level": ("级别", "隐患级别", "隐患等级", "等级", "是否重大隐患", "是否重大", "level"),
    "basis": ("判定依据", "依据", "法律依据", "判定标准", "违反条款", "检查依据", "basis"),
    "place": ("位置", "隐患位置", "隐患部位", "部位", "地点", "具体位置", "place"),
    "responsible": ("责任人", "整改责任人", "整改负责人", "responsible"),
    "measure": ("措施", "整改措施", "治理措施", "整改要求", "measure"),
    "funds": ("资金", "整改资金", "治理资金", "投入资金", "funds"),
    "deadline": ("期限", "整改期限", "整改时限", "治理期限", "治理时限", "完成时限", "计划完成时间", "deadline"),
    "contingency": ("应急预案", "应急措施", "防范措施", "contingency"),
    "defences": ("防护类别", "措施类别", "defences"),
    "state": ("状态", "整改状态", "整改情况", "是否整改", "是否完成整改", "是否销号", "销号情况", "state"),
    "closed_on": ("销号日期", "销号时间", "closed_on"),
}
FIELD_NAMES = {name: words[0] for name, words in HEADINGS.items()}
REQUIRED = ("words", "found_on")

_LONGEST = {
    "words": 2000,
    "enterprise": 200,
    "number": 60,
    "basis": 200,
    "place": 200,
    "responsible": 100,
    "measure": 500,
    "funds": 100,
    "contingency": 500,
}
_LEVELS = {
    **{name: level for level, name in LEVEL_NAMES.items()},
    **{level.value: level for level in Level},
    **dict.fromkeys(("重大", "重大事故隐患", "是"), Level.MAJOR),
    **dict.fromkeys(("一般", "一般事故隐患", "否"), Level.GENERAL),
}
_SOURCES = {
    **{name: source for source, name in SOURCE_NAMES.items()},
    **{source.value: source for source in Source},
    **dict.fromkeys(("自查", "企业自查自改"), Source.SELF_INSPECTION),
    **dict.fromkeys(("执法检查", "日常检查", "专项检查", "督查"), Source.OFFICIAL_INSPECTION),
    **dict.fromkeys(("举报", "群众举报"), Source.TIP),
    **dict.fromkeys(("交办", "上级督查"), Source.TRANSFER),
    **dict.fromkeys(("专家检查", "保险机构检查"), Source.EXPERT),
}
_DONE = frozenset(
    {
        *("已销号", "销号", "已整改", "已完成", "已完成整改", "整改完成", "完成", "已闭环", "闭环", "是"),
        *(State.CLOSED.value, STATE_NAMES[State.CLOSED]),
    }
)
_DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?:\s+\d.*)?")
_PACKED_DAY = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[2-6]\d{4}")
_FIRST_SERIAL_DAY = date(1899, 12, 30)  # what Excel counts its days from


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardRow:
    """One hazard of an older ledger; what the ledger is silent on is None or empty.

    `claims_closed` is what the older ledger says: here nothing is closed without evidence and a second person.
    """

    number: int
    words: str
    found_on: date
    enterprise: str = ""
    uscc: str = ""
    former_number: str = ""
    source: Source | None = None
    level: Level | None = None
    basis: str = ""
    place: str = ""
    arrangements: Arrangements = field(default_factory=Arrangements)
    claims_closed: bool = False
    closed_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedHazardRow:
    """The result for one row: `row` only when there are no `problems`; `hints` do not stop the import."""

    number: int
    row: HazardRow | None
    problems: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def propose_columns(headings: Iterable[str]) -> dict[str, str]:
    """Field → heading: the heading that is one of the field's names, else one that ends with it (企业责任人).

    A person looks at the proposal before anything is imported. No heading serves two fields.
    """
    free = [heading for heading in headings if heading and heading != ROW_NUMBER]
    found: dict[str, str] = {}
    for matches in (str.__eq__, str.endswith):
        for name, words in HEADINGS.items():
            heading = next((h for word in words for h in free if matches(h, word)), None)
            if name not in found and heading is not None:
                found[name] = heading
                free.remove(heading)
    return found


def missing_columns(columns: Mapping[str, str]) -> list[str]:
    """The Chinese names of what no import can do without; empty if all is there."""
    missing = [FIELD_NAMES[name] for name in REQUIRED if name not in columns]
    if "enterprise" not in columns and "uscc" not in columns:
        missing.append(f"{FIELD_NAMES['enterprise']}或{FIELD_NAMES['uscc']}")
    return missing


def check_hazard_rows(
    rows: Sequence[Mapping[str, str]], columns: Mapping[str, str], *, today: date
) -> list[CheckedHazardRow]:
    """Every row by `columns` (field → heading), in its order; `today` is the day in Shanghai.

    ValueError when `missing_columns` is not empty. A row equal to an earlier one in firm, words and day is a problem.
    """
    if missing := missing_columns(columns):
        raise ValueError(f"还缺少这些列：{'、'.join(missing)}")
    checked: list[CheckedHazardRow] = []
    seen: dict[tuple[str, str, date], int] = {}
    for place, cells in enumerate(rows, start=2):
        told = cells.get(ROW_NUMBER, "")
        number = int(told) if re.fullmatch(r"[0-9]{1,9}", told) else place
        result = _check(number, {name: _tidy(cells.get(heading, "")) for name, heading in columns.items()}, today)
        if result.row is not None:
            key = (result.row.uscc or result.row.enterprise, result.row.words, result.row.found_on)
            earlier = seen.setdefault(key, number)
            if earlier != number:
                result = CheckedHazardRow(number=number, row=None, problems=(f"和第{earlier}行重复，请删去一行",))
        checked.append(result)
    return checked


def parse_day(text: str) -> date | None:
    """The day in a cell (2026-03-01, 2026年3月1日, 20260301, 46082 of Excel), None if empty; ValueError in Chinese."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    if _SERIAL.fullmatch(plain):
        return _FIRST_SERIAL_DAY + timedelta(days=int(plain))
    found = _DAY.fullmatch(plain) or _PACKED_DAY.fullmatch(plain)
    if found is None:
        raise ValueError(f"“{text[:20]}”看不懂，请写成2026-03-01这样")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(f"“{text[:20]}”没有这一天，请核对") from None


def _check(number: int, cells: Mapping[str, str], today: date) -> CheckedHazardRow:
    problems = [
        f"{FIELD_NAMES[name]}太长，最多{most}个字" for name, most in _LONGEST.items() if len(cells.get(name, "")) > most
    ]
    hints: list[str] = []
    if not cells.get("words"):
        problems.append("没有写隐患描述")
    found_on = _found_on(cells, problems, today)
    uscc = _firm(cells, problems)
    deadline, closed_on = _day(cells, "deadline", problems), _day(cells, "closed_on", problems)
    if deadline is not None and found_on is not None and deadline < found_on:
        hints.append("期限早于发现日期，请核对")
    level = _known("level", cells, _LEVELS, hints, "收入后请人确认级别")
    source = _known("source", cells, _SOURCES, hints, "收入后请补来源")
    if cells.get("defences") and not named(cells["defences"]):
        hints.append(f"{FIELD_NAMES['defences']}“{cells['defences'][:20]}”不认识，没有收")
    claims_closed = closed_on is not None or cells.get("state", "") in _DONE
    if claims_closed:
        hints.append("原台账写的是已整改或已销号，收入后仍要有整改照片、经人复查才算销号")
    if problems or found_on is None:
        return CheckedHazardRow(number=number, row=None, problems=tuple(problems), hints=tuple(hints))
    row = HazardRow(
        number=number,
        words=cells["words"],
        found_on=found_on,
        enterprise=cells.get("enterprise", ""),
        uscc=uscc,
        former_number=cells.get("number", ""),
        source=source,
        level=level,
        basis=cells.get("basis", ""),
        place=cells.get("place", ""),
        arrangements=_arrangements(cells, deadline),
        claims_closed=claims_closed,
        closed_on=closed_on,
    )
    return CheckedHazardRow(number=number, row=row, hints=tuple(hints))


def _found_on(cells: Mapping[str, str], problems: list[str], today: date) -> date | None:
    if not cells.get("found_on"):
        problems.append("没有写发现日期")
        return None
    found_on = _day(cells, "found_on", problems)
    if found_on is not None and found_on > today:
        problems.append(f"发现日期{found_on.isoformat()}在今天之后，请核对")
    return found_on


def _arrangements(cells: Mapping[str, str], deadline: date | None) -> Arrangements:
    return Arrangements(
        responsible=cells.get("responsible", ""),
        measure=cells.get("measure", ""),
        funds=cells.get("funds", ""),
        deadline=deadline,
        contingency=cells.get("contingency", ""),
        defences=named(cells.get("defences", "")),
    )


def _firm(cells: Mapping[str, str], problems: list[str]) -> str:
    code = cells.get("uscc", "")
    if not code:
        if not cells.get("enterprise"):
            problems.append("没有写是哪家企业")
        return ""
    try:
        return check_uscc(code)
    except ValueError as error:
        problems.append(str(error))
        return ""


def _day(cells: Mapping[str, str], name: str, problems: list[str]) -> date | None:
    try:
        return parse_day(cells.get(name, ""))
    except ValueError as error:
        problems.append(f"{FIELD_NAMES[name]}{error}")
        return None


def _known(name: str, cells: Mapping[str, str], known: Mapping[str, _T], hints: list[str], then: str) -> _T | None:
    text = cells.get(name, "")
    if text and text not in known:
        hints.append(f"{FIELD_NAMES[name]}“{text[:20]}”不认识，{then}")
    return known.get(text)


def _tidy(text: str) -> str:
    """Without invisible characters and outer blanks: lists are copied from everywhere."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c in "\n\t").strip()
