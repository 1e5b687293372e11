"""The hazard ledger as an Excel file: every hazard, its photos by link, and statistics by area, trade and month."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checklists.defences import DEFENCE_NAMES
from checklists.hazards import Level, State
from checklists.ledger import Figures, gathered, total
from checklists.working_days import SHANGHAI
from handlers.documents.hazard_columns import (
    CODES,
    COLUMNS,
    Column,
    Kind,
    LedgerRow,
    Value,
    days_of,
    overdue_days_of,
    values_of,
)
from handlers.documents.spreadsheets import HEAD, workbook

MOST_ROWS = 1_048_000  # of one sheet of Excel, with room for the head
MOST_LETTERS = 32_767  # of one cell
NOWHERE, UNKIND = "未填写", "没有分类"
HEAD_ROW = 1
SOURCE = "source"

# What is handed on with its pictures: the Excel, the folder of pictures beside it, and what stands for a lost one.
SHEET_FILE, PHOTO_FOLDER, UNREADABLE = "隐患台账.xlsx", "照片", "读不出来"

# Only links of ours become formulas; nothing in them can end the string they stand in. Excel takes 255 letters.
_WEB = r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]{1,240}"
_FILE = rf"{PHOTO_FOLDER}/[0-9]{{4}}-[0-9]{{4,9}}_整改[前后]_[0-9]{{1,4}}\.jpg"
_LINK = re.compile(rf"{_WEB}|{_FILE}")
_BODY = {"valign": "top", "text_wrap": True}
_FIGURE_HEADINGS = ("发现", "其中重大", "已销号", "未销号", "其中逾期", "销号率", "平均销号天数")


def photo_file(year: int, sequence: int, count: int, *, after: bool) -> str:
    """The name of a picture beside the Excel; `count` is from 1 for each hazard, before and after apart."""
    return f"{PHOTO_FOLDER}/{year}-{sequence:04d}_{'整改后' if after else '整改前'}_{count}.jpg"


class TooManyRows(ValueError):
    """More than one sheet of Excel can hold; the text says what to do."""


def write_hazard_ledger(
    rows: Iterable[LedgerRow], target: BinaryIO, *, zone: str, as_of: datetime, only: str = "", sources: bool = True
) -> int:
    """Write the ledger in the order given and return how many rows there were; memory does not grow with them.

    Three sheets: 隐患台账, 照片 (one row a photo, reached from the ledger), 统计 (area × trade × month, withdrawn ones
    not counted). Days count to the day of `as_of` in China; `only` stands in the title and says what it is narrowed to,
    without `sources` there is no column that says where a hazard came from.
    Seconds for 10,000s of rows: use a thread, write to a file.
    """
    today = as_of.astimezone(SHANGHAI).date()
    with workbook(target, as_of, streamed=True) as book:
        ledger = _Ledger(book, today, [c for c in COLUMNS if sources or c.name != SOURCE])
        ledger.open(f"{zone}　事故隐患台账（截至{today.year}年{today.month}月{today.day}日）{only}")
        for row in rows:
            ledger.add(row)
        ledger.close()
        write_figures(book, ledger.tally.figures(), ledger.tally.by_defence())
    return ledger.count


class Tally:
    """Adds rows up by area, trade and month, and by kind of defence; holds one entry per combination, not per row."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._sums: dict[tuple[str, str, str], list[int]] = {}
        self._kinds: dict[str, list[int]] = {name: [0] * 6 for name in (*DEFENCE_NAMES.values(), UNKIND)}

    def add(self, row: LedgerRow) -> None:
        hazard = row.hazard
        if not hazard.is_live:
            return
        month = hazard.found_at.astimezone(SHANGHAI).strftime("%Y-%m")
        where = self._sums.setdefault((row.community, row.trades[0] if row.trades else "", month), [0] * 6)
        kinds = [DEFENCE_NAMES[kind] for kind in hazard.arrangements.defences] or [UNKIND]
        closed = hazard.state is State.CLOSED
        overdue = overdue_days_of(row, self._today) > 0
        days = days_of(row, self._today) if closed else 0
        facts = (1, hazard.level is Level.MAJOR, closed, not closed, overdue, days)
        for sums in (where, *(self._kinds[kind] for kind in kinds)):
            for place, fact in enumerate(facts):
                sums[place] += fact

    def figures(self) -> list[Figures]:
        """One for each area, trade and month of finding, in that order."""
        return [_figures(*where, sums) for where, sums in sorted(self._sums.items())]

    def by_defence(self) -> dict[str, Figures]:
        """The same by kind of defence; a hazard whose measure is of several kinds counts with each of them."""
        return {name: _figures("", "", "", sums) for name, sums in self._kinds.items()}


def _figures(community: str, trade: str, month: str, sums: Sequence[int]) -> Figures:
    names = ("found", "major", "closed", "open", "overdue", "days")
    return Figures(community=community, trade=trade, month=month, **dict(zip(names, sums, strict=True)))


class _LinkSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas are links only: searching each for 29 newer functions costs half of the time."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Ledger:
    """The sheets being written, with the row each has reached."""

    def __init__(self, book: Workbook, today: date, columns: Sequence[Column]) -> None:
        self._columns = columns
        self.tally, self.count, self._today, self._photo_row = Tally(today), 0, today, 0
        self._sheet, self._photos = (book.add_worksheet(name, _LinkSheet) for name in ("隐患台账", "照片"))
        self._head = book.add_format(HEAD)
        self._title = book.add_format({"bold": True, "font_size": 14, "font_color": "#17457A"})
        self._text = book.add_format(_BODY)
        self._day = book.add_format(_BODY | {"num_format": "yyyy-mm-dd", "align": "left"})
        self._red = book.add_format(_BODY | {"font_color": "#B3261E", "bold": True})
        self._link = book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})

    def open(self, title: str) -> None:
        self._sheet.set_row(0, 26)
        self._sheet.write_string(0, 0, title, self._title)
        self._sheet.set_row(HEAD_ROW, 24)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(HEAD_ROW, place, column.heading, self._head)
        self._sheet.freeze_panes(HEAD_ROW + 1, 2)
        self._photos.set_column(0, 2, 16)
        self._photos.set_column(3, 3, 70)
        for place, heading in enumerate(("编号", "阶段", "第几张", "照片")):
            self._photos.write_string(0, place, heading, self._head)
        self._photos.freeze_panes(1, 0)

    def add(self, row: LedgerRow) -> None:
        self.count += 1
        if max(self.count, self._photo_row) > MOST_ROWS:
            raise TooManyRows(f"超过{MOST_ROWS}条，一个表格放不下，请按年份分开导出。")
        values = values_of(row, self._today)
        for place, column in enumerate(self._columns):
            self._write(HEAD_ROW + self.count, place, column, values[column.name], row.number)
        self.tally.add(row)

    def close(self) -> None:
        last = max(HEAD_ROW + 1, HEAD_ROW + self.count)
        self._sheet.autofilter(HEAD_ROW, 0, last, len(self._columns) - 1)
        self._photos.autofilter(0, 0, max(1, self._photo_row), 3)
        for_print(self._sheet, repeat=HEAD_ROW, wide=2)
        self._sheet.repeat_columns(0, 1)

    def _write(self, number: int, place: int, column: Column, value: Value, hazard: str) -> None:
        match value:
            case None | "" | ():
                return
            case StrEnum():
                name = CODES[column.name][value.value]
                self._sheet.write_string(number, place, name, self._red if value is Level.MAJOR else self._text)
            case str():
                self._sheet.write_string(number, place, value[:MOST_LETTERS], self._text)
            case int():
                urgent = column.name == "overdue_days" and value > 0
                self._sheet.write_number(number, place, value, self._red if urgent else self._text)
            case date():
                self._sheet.write_datetime(number, place, value, self._day)
            case tuple() if column.kind is Kind.LINKS:
                self._write_links(number, place, column, value, hazard)
            case tuple():
                self._sheet.write_string(number, place, "、".join(value)[:MOST_LETTERS], self._text)

    def _write_links(self, number: int, place: int, column: Column, links: Sequence[str], hazard: str) -> None:
        # A cell holds one link, and a sheet 65,530 in Excel's own table of them: formulas have neither limit.
        words = f"{len(links)}张"
        place_of_it = (
            links[0] if len(links) == 1 and re.fullmatch(_FILE, links[0]) else f"#'照片'!A{self._photo_row + 2}"
        )
        jump = f'=HYPERLINK("{place_of_it}","{words}")'
        self._sheet.write_formula(number, place, jump, self._link, words)
        for count, link in enumerate(links, start=1):
            self._photo_row += 1
            self._photos.write_string(self._photo_row, 0, hazard)
            self._photos.write_string(self._photo_row, 1, column.heading.removesuffix("照片"))
            self._photos.write_number(self._photo_row, 2, count)
            write_link(self._photos, self._photo_row, 3, link, self._link)


def write_link(sheet: Worksheet, number: int, place: int, link: str, look: Format) -> None:
    """A link to press if it is a plain web address, else its words."""
    if _LINK.fullmatch(link):
        sheet.write_formula(number, place, f'=HYPERLINK("{link}")', look, link)
    else:
        sheet.write_string(number, place, link[:MOST_LETTERS])


def for_print(sheet: Worksheet, *, repeat: int, wide: int = 1) -> None:
    """Landscape A3, `wide` pages beside each other, the head on each."""
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(wide, 0)
    sheet.repeat_rows(repeat)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")


def write_figures(book: Workbook, figures: Sequence[Figures], by_defence: Mapping[str, Figures]) -> None:
    """The sheets 统计 (area × trade × month of finding) and 汇总 (each of the three alone, all, kinds of defence)."""
    head, rate = book.add_format(HEAD), book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet("统计")
    for place, heading in enumerate(("社区", "行业", "发现月份", *_FIGURE_HEADINGS)):
        sheet.set_column(place, place, 18 if place < 2 else 12)
        sheet.write_string(0, place, heading, head)
    for number, figure in enumerate(figures, start=1):
        for place, name in enumerate((figure.community, figure.trade, figure.month)):
            sheet.write_string(number, place, name or NOWHERE)
        _write_figure(sheet, number, 3, figure, rate)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(figures)), 2 + len(_FIGURE_HEADINGS))
    for_print(sheet, repeat=0)
    _write_sums(book.add_worksheet("汇总"), figures, by_defence, head, rate)


def _write_sums(
    sheet: Worksheet, figures: Sequence[Figures], by_defence: Mapping[str, Figures], head: Format, rate: Format
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(_FIGURE_HEADINGS), 12)
    blocks: list[tuple[str, list[tuple[str, Figures]]]] = [
        ("合计", [("全部", total(figures))]),
        *((name, [(_label(f), f) for f in gathered(figures, by)]) for name, by in _GROUPS.items()),
        ("防护类别", list(by_defence.items())),
    ]
    top = 0
    for name, block in blocks:
        for place, heading in enumerate((name, *_FIGURE_HEADINGS)):
            sheet.write_string(top, place, heading, head)
        for number, (label, figure) in enumerate(block, start=top + 1):
            sheet.write_string(number, 0, label)
            _write_figure(sheet, number, 1, figure, rate)
        top += len(block) + 2
    sheet.write_string(top - 1, 0, "一条隐患的措施属于几类的，每一类都算一次。")


def _label(figure: Figures) -> str:
    return figure.community or figure.trade or figure.month or NOWHERE


_GROUPS = {"社区": "community", "行业": "trade", "发现月份": "month"}


def _write_figure(sheet: Worksheet, number: int, place: int, figure: Figures, rate: Format) -> None:
    values = (figure.found, figure.major, figure.closed, figure.open, figure.overdue)
    for column, value in enumerate(values, start=place):
        sheet.write_number(number, column, value)
    sheet.write_number(number, place + 5, figure.close_rate, rate)
    if figure.days_to_close is not None:
        sheet.write_number(number, place + 6, round(figure.days_to_close, 1))
