"""The monthly list of prominent hazards (突出隐患) as an Excel sheet to hand upward."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checklists.defences import marked
from checklists.hazards import LEVEL_NAMES, STATE_NAMES
from checklists.working_days import SHANGHAI
from handlers.documents.hazard_columns import LedgerRow, day_of, overdue_days_of
from handlers.documents.hazard_ledger import for_print
from handlers.documents.spreadsheets import HEAD, workbook

_COLUMNS = (
    ("序号", 6),
    ("编号", 16),
    ("企业", 28),
    ("行业", 14),
    ("社区", 14),
    ("级别", 10),
    ("隐患描述", 44),
    ("突出原因", 30),
    ("责任人", 12),
    ("措施", 32),
    ("期限", 12),
    ("状态", 16),
    ("逾期（天）", 10),
)
_VETTED = ("上报审核", 20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prominent:
    """A hazard an officer chose for the list, with the reasons (checklists.prominent_hazards proposes them)."""

    row: LedgerRow
    reasons: tuple[str, ...]


def prominent_hazards_xlsx(
    chosen: Sequence[Prominent], *, zone: str, month: str, as_of: datetime, vets: bool = False
) -> bytes:
    """The list for one month (2026-03) in the order given, with room below for the signatures of the office.

    `vets` adds a column that tells which of them a department has passed for reporting upward.
    """
    today = as_of.astimezone(SHANGHAI).date()
    made = io.BytesIO()
    with workbook(made, as_of) as book:
        sheet = book.add_worksheet("突出隐患")
        body = book.add_format({"valign": "top", "text_wrap": True, "border": 1})
        day = book.add_format({"valign": "top", "align": "left", "border": 1, "num_format": "yyyy-mm-dd"})
        title = book.add_format({"bold": True, "font_size": 16, "font_color": "#17457A"})
        sheet.set_row(0, 30)
        sheet.set_row(1, 24)
        sheet.write_string(0, 0, f"{zone}　{_month_words(month)}突出事故隐患清单（{len(chosen)}条）", title)
        for place, (heading, width) in enumerate((*_COLUMNS, *([_VETTED] if vets else []))):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, heading, book.add_format(HEAD))
        for number, prominent in enumerate(chosen, start=1):
            _write(sheet, number, prominent, today, body, day)
            if vets:
                vetted = day_of(prominent.row.hazard.vetted_at)
                sheet.write_string(number + 1, len(_COLUMNS), f"{vetted}审核通过" if vetted else "未审核", body)
        told = f"截至{today.year}年{today.month}月{today.day}日。填报人：　　　　　　审核人：　　　　　　单位（盖章）："
        sheet.write_string(len(chosen) + 3, 0, told)
        sheet.freeze_panes(2, 3)
        for_print(sheet, repeat=1)
    return made.getvalue()


def _write(sheet: Worksheet, number: int, prominent: Prominent, today: date, body: Format, day: Format) -> None:
    row, hazard = prominent.row, prominent.row.hazard
    line = number + 1
    sheet.write_number(line, 0, number, body)
    words = (
        row.number,
        row.enterprise,
        "、".join(row.trades),
        row.community,
        LEVEL_NAMES[hazard.level],
        hazard.words,
        "；".join(prominent.reasons),
        hazard.arrangements.responsible,
        marked(hazard.arrangements.measure, hazard.arrangements.defences),
    )
    for place, text in enumerate(words, start=1):
        sheet.write_string(line, place, text, body)
    if hazard.arrangements.deadline is None:
        sheet.write_string(line, 10, "未定", body)
    else:
        sheet.write_datetime(line, 10, hazard.arrangements.deadline, day)
    sheet.write_string(line, 11, STATE_NAMES[hazard.state], body)
    sheet.write_number(line, 12, overdue_days_of(row, today), body)


def _month_words(month: str) -> str:
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"
