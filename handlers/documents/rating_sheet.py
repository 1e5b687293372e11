"""The ratings of a year as an Excel file (企业年度考评表): every firm with its points by item, and every line."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from checklists.rating_rules import GRADE_NAMES, ITEM_NAMES, Grade, Item
from checklists.working_days import SHANGHAI
from handlers.documents.hazard_ledger import for_print
from handlers.documents.spreadsheets import HEAD, workbook

_FIRMS = (("名次", 6), ("企业", 28), ("行业", 18), ("社区", 14), ("得分", 8), ("等级", 12), ("状态", 10))
_LINES = (("企业", 28), ("项目", 22), ("内容", 44), ("日期", 12), ("分", 8), ("说明", 30))
_ITEM_WIDTH = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class RatedLine:
    """One line as people read it; `day` is an ISO date."""

    item: Item
    words: str
    day: str
    points: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RatedFirm:
    """One firm's row with the lines behind it."""

    name: str
    trades: Sequence[str]
    community: str
    score: int
    grade: Grade
    confirmed: bool
    lines: Sequence[RatedLine]


def rating_sheet_xlsx(firms: Sequence[RatedFirm], *, zone: str, year: int, as_of: datetime) -> bytes:
    """The firms in the order given, the best first; firms with equal scores share a rank. Use a thread."""
    made = io.BytesIO()
    today = as_of.astimezone(SHANGHAI).date()
    title = f"{zone}　{year}年企业年度考评表（截至{today.year}年{today.month}月{today.day}日，共{len(firms)}家）"
    with workbook(made, as_of) as book:
        _write_firms(book, book.add_worksheet("考评表"), title, firms)
        _write_lines(book, book.add_worksheet("明细"), firms)
    return made.getvalue()


def _write_firms(book: Workbook, sheet: Worksheet, title: str, firms: Sequence[RatedFirm]) -> None:
    head = book.add_format(HEAD)
    sheet.set_row(0, 26)
    sheet.set_row(1, 48)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14, "font_color": "#17457A"}))
    for place, (heading, width) in enumerate((*_FIRMS, *((ITEM_NAMES[item], _ITEM_WIDTH) for item in Item))):
        sheet.set_column(place, place, width)
        sheet.write_string(1, place, heading, head)
    rank, before = 0, None
    for number, firm in enumerate(firms, start=1):
        rank, before = (rank if firm.score == before else number), firm.score
        line = number + 1
        sheet.write_number(line, 0, rank)
        for place, words in enumerate((firm.name, "、".join(firm.trades), firm.community), start=1):
            sheet.write_string(line, place, words)
        sheet.write_number(line, 4, firm.score)
        sheet.write_string(line, 5, GRADE_NAMES[firm.grade])
        sheet.write_string(line, 6, "已确认" if firm.confirmed else "未确认")
        for place, item in enumerate(Item, start=len(_FIRMS)):
            if points := sum(one.points for one in firm.lines if one.item is item):
                sheet.write_number(line, place, points)
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, max(2, len(firms) + 1), len(_FIRMS) + len(Item) - 1)
    for_print(sheet, repeat=1)


def _write_lines(book: Workbook, sheet: Worksheet, firms: Sequence[RatedFirm]) -> None:
    head = book.add_format(HEAD)
    for place, (heading, width) in enumerate(_LINES):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    every = [(firm, line) for firm in firms for line in firm.lines]
    for number, (firm, line) in enumerate(every, start=1):
        for place, words in enumerate((firm.name, ITEM_NAMES[line.item], line.words, line.day)):
            sheet.write_string(number, place, words)
        sheet.write_number(number, 4, line.points)
        sheet.write_string(number, 5, line.reason)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(every)), len(_LINES) - 1)
    for_print(sheet, repeat=0)
