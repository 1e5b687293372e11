"""Excel files for the office: the template of the enterprise list, and the list of who has not reported."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from handlers.documents.spreadsheet_columns import ENTERPRISE_COLUMNS, ENTERPRISE_COLUMNS_NOTES
from handlers.documents.spreadsheet_reading import UnreadableFile, read_rows

__all__ = ["OverdueRow", "UnreadableFile", "enterprise_template", "overdue_list_xlsx", "read_rows", "workbook"]

CHINA = ZoneInfo("Asia/Shanghai")
TEMPLATE_ROWS = 2000
TEMPLATE_MADE = datetime(2026, 1, 1, tzinfo=UTC)

HEAD = {"bold": True, "font_color": "white", "bg_color": "#17457A", "border": 1, "text_wrap": True, "valign": "vcenter"}
OVERDUE_HEADINGS = (
    ("企业名称", 30),
    ("统一社会信用代码", 22),
    ("行业", 18),
    ("社区/网格", 14),
    ("主要负责人", 12),
    ("电话", 15),
    ("应办事项", 22),
    ("周期", 14),
    ("应完成日期", 12),
    ("逾期天数", 10),
    ("目前进度", 14),
    ("上次完成", 12),
    ("提醒送达", 14),
)


@dataclass(frozen=True, kw_only=True)
class OverdueRow:
    """One duty not done by `due`; `progress` and `reached` are short Chinese texts (未开始, 已送达 …)."""

    enterprise: str
    uscc: str
    trades: Sequence[str]
    community: str
    principal: str
    phone: str
    duty: str
    period: str
    due: date
    progress: str = ""
    last_done: date | None = None
    reached: str = ""


def enterprise_template(*, trades: Sequence[str] = (), traits: Sequence[str] = ()) -> bytes:
    """An .xlsx to fill in: headings, one sample row (the import skips it), notes, and lists to choose from."""
    made = io.BytesIO()
    with workbook(made, TEMPLATE_MADE) as book:
        sheet, notes, choices = (book.add_worksheet(name) for name in ("企业", "填写说明", "可选值"))
        head = book.add_format(HEAD)
        _write_list(sheet, head, book.add_format({"num_format": "@"}), book.add_format({"font_color": "#808080"}))
        _offer(sheet, "行业", "A", len(trades))
        _offer(sheet, "特征", "B", len(traits))
        notes.set_column(0, 0, 20)
        notes.set_column(1, 1, 70)
        notes.write_row(0, 0, ["列", "怎么填"], head)
        for place, (heading, (_, _, how, _)) in enumerate(ENTERPRISE_COLUMNS_NOTES.items(), start=1):
            notes.write_row(place, 0, [heading, how or "可不填。"])
        choices.set_column(0, 1, 40)
        for column, (heading, names) in enumerate((("行业", trades), ("特征", traits))):
            choices.write(0, column, heading, head)
            choices.write_column(1, column, names)
        choices.freeze_panes(1, 0)
    return made.getvalue()


def _write_list(sheet: Worksheet, head: Format, as_text: Format, grey: Format) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for column, (heading, (width, behind, how, sample)) in enumerate(ENTERPRISE_COLUMNS_NOTES.items()):
        # codes and telephone numbers are texts: as numbers Excel would round or shorten them
        sheet.set_column(column, column, width, as_text)
        sheet.write_string(0, column, heading + behind, head)
        sheet.write_string(1, column, sample, grey)
        if how and heading not in ("行业", "特征"):
            sheet.data_validation(
                1, column, TEMPLATE_ROWS, column, {"validate": "any", "input_title": heading, "input_message": how}
            )


def _offer(sheet: Worksheet, heading: str, choices_column: str, count: int) -> None:
    """A list to pick from; picking several is typing, so other texts only meet a notice."""
    if not count:
        return
    column = ENTERPRISE_COLUMNS.index(heading)
    rule = {
        "validate": "list",
        "source": f"='可选值'!${choices_column}$2:${choices_column}${count + 1}",
        "input_title": heading,
        "input_message": ENTERPRISE_COLUMNS_NOTES[heading][2],
        "error_type": "information",
        "error_title": "请核对",
        "error_message": "几个名称之间用顿号“、”隔开，名称见“可选值”表。",
    }
    sheet.data_validation(1, column, TEMPLATE_ROWS, column, rule)


def overdue_list_xlsx(rows: Iterable[OverdueRow], *, zone: str, as_of: datetime) -> bytes:
    """Who has not reported, most overdue first, with filters, and a sheet that counts by community and trade.

    Days overdue are calendar days from `due` to the day of `as_of` in China. Takes seconds for 10,000s of rows: use a
    thread.
    """
    today = as_of.astimezone(CHINA).date()
    ordered = sorted(rows, key=lambda row: (row.due, row.community, row.enterprise))
    made = io.BytesIO()
    with workbook(made, as_of) as book:
        sheet, sums = book.add_worksheet("未完成名单"), book.add_worksheet("汇总")
        title = f"{zone}　未完成名单（截至{today.year}年{today.month}月{today.day}日，共{len(ordered)}条）"
        _write_overdue(book, sheet, title, ordered, today)
        _write_sums(book, sums, ordered)
    return made.getvalue()


def _write_overdue(book: Workbook, sheet: Worksheet, title: str, rows: Sequence[OverdueRow], today: date) -> None:
    head, day = book.add_format(HEAD), book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    late = book.add_format({"font_color": "#B3261E", "bold": True})
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14, "font_color": "#17457A"}))
    for column, (heading, width) in enumerate(OVERDUE_HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, heading, head)
    for number, row in enumerate(rows, start=2):
        _write_overdue_row(sheet, number, row, today, day, late)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(2, len(rows) + 1), len(OVERDUE_HEADINGS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")


def _write_overdue_row(sheet: Worksheet, number: int, row: OverdueRow, today: date, day: Format, late: Format) -> None:
    overdue = max(0, (today - row.due).days)
    before = [row.enterprise, row.uscc, "、".join(row.trades), row.community, row.principal, row.phone, row.duty]
    for column, words in enumerate([*before, row.period]):
        sheet.write_string(number, column, words)
    sheet.write_datetime(number, 8, row.due, day)
    sheet.write_number(number, 9, overdue, late if overdue else None)
    sheet.write_string(number, 10, row.progress)
    if row.last_done is not None:
        sheet.write_datetime(number, 11, row.last_done, day)
    sheet.write_string(number, 12, row.reached)


def _write_sums(book: Workbook, sheet: Worksheet, rows: Sequence[OverdueRow]) -> None:
    head = book.add_format(HEAD)
    communities = Counter(row.community or "未填写" for row in rows)
    trades = Counter(trade for row in rows for trade in row.trades or ("未填写",))
    for column, (heading, counts) in enumerate((("社区/网格", communities), ("行业", trades))):
        sheet.set_column(3 * column, 3 * column, 28)
        sheet.write_row(0, 3 * column, [heading, "未完成（条）"], head)
        for place, (name, count) in enumerate(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])), start=1):
            sheet.write_string(place, 3 * column, name)
            sheet.write_number(place, 3 * column + 1, count)


class _Paper:
    """What a workbook is written on; once torn it takes everything and keeps nothing.

    The library's zip file, when it is let go, would try once more to end itself, and complain on the standard error.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target, self.torn = target, False

    def __getattr__(self, name: str) -> Any:
        return _ignored if self.torn else getattr(self._target, name)


def _ignored(*_arguments: object) -> int:
    return 0


class _Book(Workbook):  # type: ignore[misc]
    """A workbook that says what the disk said, and leaves nothing in the temporary folder when it is broken off."""

    def __init__(self, target: BinaryIO, options: dict[str, Any]) -> None:
        self._paper = _Paper(target)
        self._aside = ExitStack()
        if "constant_memory" in options:
            folder = TemporaryDirectory(prefix="zicha-", ignore_cleanup_errors=True)
            options |= {"tmpdir": self._aside.enter_context(folder)}
        super().__init__(self._paper, options)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        try:
            if kind is None:  # else half a table would be written out, and its trouble would hide this one
                self.close()
        finally:
            for sheet in self.worksheets() if self.constant_memory and not self.fileclosed else ():
                with suppress(OSError):
                    sheet._opt_close()
            self._aside.close()

    def close(self) -> None:
        """Write the file out; raises OSError when the disk does not take it."""
        try:
            super().close()
        except FileCreateError as error:
            self._paper.torn = True
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from None


def workbook(target: BinaryIO, made_at: datetime, *, streamed: bool = False) -> Workbook:
    """A new Excel file in which what people wrote stays text: neither formula nor link may start from it.

    Of a streamed one each sheet must be written row by row downward; memory then does not grow with the rows. Leaving
    the block writes the file out, unless by an exception; raises OSError when the disk does not take it.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = _Book(target, options | {"constant_memory" if streamed else "in_memory": True})
    book.set_properties({"author": "自查", "created": made_at.astimezone(UTC).replace(tzinfo=None)})
    return book
