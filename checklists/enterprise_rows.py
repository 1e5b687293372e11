"""Rows of an enterprise list (企业名单): each checked and read, or refused with plain words for its row."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stdnum.cn import uscc as stdnum_uscc

from checklists.criteria import Kind, load_criteria
from checklists.people import ROLE_NAMES, Role
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits

NAME, USCC, TRADES, TRAITS, ADDRESS, COMMUNITY = (
    "企业名称",
    "统一社会信用代码",
    "行业",
    "特征",
    "地址",
    "社区/网格",
)
POSITIONS = (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER)
PHONE = "电话"
_ROW_NUMBER = "行号"
_LONGEST = {NAME: 200, ADDRESS: 300, COMMUNITY: 100}
_LONGEST_PERSON = 30
_MOST_PARTS = 5
_NONE_OF = re.compile("^(没有|无)")

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})-?(\d{7,8})(?:-\d{1,6})?")
# The library's own check of the shape takes digits only at the start; rural collectives begin with N.
_SHAPE = re.compile(r"[1-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MISREAD = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPerson:
    """Who holds a position by the list; `phone` is empty where none is given."""

    role: Role
    name: str
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnterpriseRow:
    """One enterprise as the list says; a trade or trait the list is silent on is not known."""

    number: int
    name: str
    uscc: str
    trades: tuple[str, ...] = ()
    traits: Mapping[str, bool] = field(default_factory=dict)
    address: str = ""
    community: str = ""
    people: tuple[NamedPerson, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRow:
    """The result for one row: `row` only when there are no `problems`; `hints` do not stop the import."""

    number: int
    name: str
    row: EnterpriseRow | None
    problems: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def check_rows(rows: Sequence[Mapping[str, str]]) -> list[CheckedRow]:
    """Every row of the list by the Chinese headings of the template, in its order.

    Rows are known by `行号`, else by their place from 2 on (1 is the heading). A code that stands in an earlier row
    is a problem, the same name with another code a hint.
    """
    checked: list[CheckedRow] = []
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for place, cells in enumerate(rows, start=2):
        told = cells.get(_ROW_NUMBER, "")
        number = int(told) if re.fullmatch(r"[0-9]{1,9}", told) else place
        result = _check_row(number, {heading: _tidy(text) for heading, text in cells.items()})
        code, problems, hints = _code(cells.get(USCC, "")), result.problems, result.hints
        if code and code in codes:
            problems = (*problems, f"{USCC}和第{codes[code]}行相同，请删去一行")
        elif result.name and result.name in names:
            hints = (*hints, f"名称和第{names[result.name]}行相同，信用代码不同，请核对")
        codes.setdefault(code, number)
        names.setdefault(result.name, number)
        row = None if problems else result.row
        checked.append(CheckedRow(number=number, name=result.name, row=row, problems=problems, hints=hints))
    return checked


def check_uscc(text: str) -> str:
    """The code (统一社会信用代码) in its plain form; ValueError says in Chinese what is wrong with it."""
    code = _code(text)
    if not code:
        raise ValueError(f"没有填写{USCC}")
    if len(code) != 18:
        raise ValueError(f"{USCC}应是18位，现在是{len(code)}位，请照营业执照核对")
    for letter in code:
        if letter in _MISREAD:
            raise ValueError(f"{USCC}里不会有字母{letter}，请核对是不是{_MISREAD[letter]}")
    if not _SHAPE.fullmatch(code):
        raise ValueError(f"{USCC}的样子不对：第3到8位是地区数字，其余是数字和大写字母，请照营业执照核对")
    right = stdnum_uscc.calc_check_digit(code)
    if right != code[-1]:
        raise ValueError(
            f"{USCC}的校验码不对：前17位都对的话，最后一位应是{right}，现在是{code[-1]}；请照营业执照逐位核对"
        )
    return code


def check_phone(text: str) -> str:
    """A mobile or landline number in its plain form, empty for none; ValueError in Chinese for anything else."""
    digits = re.sub(r"[\s().]", "", unicodedata.normalize("NFKC", _tidy(text))).removeprefix("+86").removeprefix("0086")
    if not digits:
        return ""
    bare = digits.replace("-", "")
    if _MOBILE.fullmatch(bare):
        return bare
    landline = _LANDLINE.fullmatch(digits)
    if landline:
        return f"{landline[1]}-{landline[2]}"
    raise ValueError(f"电话不对：{text.strip()}；手机号是11位，座机写区号，如 010-12345678")


def split_names(text: str) -> list[str]:
    """The names in one cell, separated by 、，,；; / or line ends; what stands in brackets is not cut."""
    parts = re.split(r"[、，,；;/\n](?![^(（]*[)）])", _tidy(text))
    return [part.strip() for part in parts if part.strip()]


def _check_row(number: int, cells: Mapping[str, str]) -> CheckedRow:
    problems: list[str] = []
    hints: list[str] = []
    name = cells.get(NAME, "")
    if not name:
        problems.append(f"没有填写{NAME}")
    problems.extend(
        f"{heading}太长，最多{most}个字" for heading, most in _LONGEST.items() if len(cells.get(heading, "")) > most
    )
    code = ""
    try:
        code = check_uscc(cells.get(USCC, ""))
    except ValueError as error:
        problems.append(str(error))
    trades = tuple(_trades(cells.get(TRADES, ""), problems))
    traits = dict(_traits(cells.get(TRAITS, ""), problems))
    people = tuple(_people(cells, problems, hints))
    if not trades and not problems:
        hints.append("没有填写行业，本人第一次自查时会问")
    row = EnterpriseRow(
        number=number,
        name=name,
        uscc=code,
        trades=trades,
        traits=traits,
        address=cells.get(ADDRESS, ""),
        community=cells.get(COMMUNITY, ""),
        people=people,
    )
    return CheckedRow(number=number, name=name, row=row, problems=tuple(problems), hints=tuple(hints))


def _trades(text: str, problems: list[str]) -> Iterator[str]:
    general = [s for s in load_criteria().sectors.values() if s.kind is Kind.GENERAL]
    # Offices write 消防 as a trade; the general lists come by themselves.
    by_themselves = {words for s in general for words in (s.name, s.name.partition("（")[0])}
    found: list[str] = []
    for name in _whole_names(text, lambda words: load_sector_sets().find(words) is not None):
        trade = load_sector_sets().find(name)
        if trade is not None:
            found.append(trade.id)
        elif name not in by_themselves:
            problems.append(f"没有这个行业：{name}，请按“可选值”表填写")
    yield from dict.fromkeys(found)


def _traits(text: str, problems: list[str]) -> Iterator[tuple[str, bool]]:
    traits = load_traits()
    said: dict[str, bool] = {}
    for name in _whole_names(text, lambda words: traits.find(_NONE_OF.sub("", words)) is not None):
        plainly = traits.find(name)
        found = plainly or traits.find(_NONE_OF.sub("", name))
        if found is None:
            problems.append(f"没有这个特征：{name}，请按“可选值”表填写")
        elif said.setdefault(found.id, plainly is not None) is not (plainly is not None):
            problems.append(f"特征“{found.name}”又写有又写无，请核对")
    yield from said.items()


def _whole_names(text: str, is_name: Callable[[str], bool]) -> Iterator[str]:
    """The names in a cell, where a name may itself have the mark that stands between names (文物、博物馆单位)."""
    parts = split_names(text)
    while parts:
        lengths = range(min(len(parts), _MOST_PARTS), 0, -1)
        taken = next((n for n in lengths if is_name("、".join(parts[:n]))), 1)
        yield "、".join(parts[:taken])
        parts = parts[taken:]


def _people(cells: Mapping[str, str], problems: list[str], hints: list[str]) -> Iterator[NamedPerson]:
    for role in POSITIONS:
        heading = ROLE_NAMES[role]
        name, phone = cells.get(heading, ""), ""
        try:
            phone = check_phone(cells.get(heading + PHONE, ""))
        except ValueError as error:
            problems.append(f"{heading}{error}")
        if len(name) > _LONGEST_PERSON:
            problems.append(f"{heading}的姓名太长，一格只填一个人")
        elif name:
            yield NamedPerson(role=role, name=name, phone=phone)
        elif phone:
            hints.append(f"{heading}只有电话没有姓名，没有收入")


def _code(text: str) -> str:
    """Half-width, in capitals, without blanks and dashes."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", _tidy(text))).upper()


def _tidy(text: str) -> str:
    """Without invisible characters and outer blanks: lists are copied from everywhere."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c in "\n\t").strip()
