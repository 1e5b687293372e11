"""Hazards as open data: CSV, JSON Lines or Excel, one schema for all three (docs/open-data.md)."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO

from checklists.working_days import SHANGHAI
from handlers.documents.hazard_columns import CODES, COLUMNS, Column, Kind, LedgerRow, Value, values_of
from handlers.documents.hazard_ledger import MOST_LETTERS, MOST_ROWS, TooManyRows
from handlers.documents.spreadsheets import HEAD, workbook

SCHEMA = "zicha-hazards/1"
KIND_NAMES: Mapping[Kind, str] = {
    Kind.TEXT: "文本",
    Kind.TEXTS: "多个文本",
    Kind.CODE: "代码",
    Kind.DAY: "日期",
    Kind.NUMBER: "整数",
    Kind.LINKS: "多个链接",
}
_BETWEEN = {Kind.TEXTS: "、", Kind.LINKS: " "}

# A program that opens a CSV as a sheet would run what begins so; the mark before it is taken off on reading.
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


class Form(StrEnum):
    """The forms of open data; the value is the ending of the file."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    EXCEL = "xlsx"


def write_hazards(
    rows: Iterable[LedgerRow], target: BinaryIO, form: Form, *, as_of: datetime, personal: bool = True
) -> int:
    """Write the hazards in the order given and return how many there were; memory does not grow with them.

    Without `personal` the columns that name natural persons are left out; the words of descriptions stay as they are.
    Days count to the day of `as_of` in China. Use a thread.
    """
    columns = [column for column in COLUMNS if personal or not column.personal]
    today = as_of.astimezone(SHANGHAI).date()
    values = (values_of(row, today) for row in rows)
    if form is Form.EXCEL:
        return _write_excel(values, target, columns, as_of)
    writer = {Form.CSV: _write_csv, Form.JSON_LINES: _write_json_lines}[form]
    return writer(values, target, columns)


def guarded(text: str) -> str:
    """The text as it stands in a CSV: with ' before what a sheet would take for a formula."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text again as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def _write_csv(rows: Iterable[Mapping[str, Value]], target: BinaryIO, columns: Sequence[Column]) -> int:
    # Excel takes a CSV for UTF-8 only with the mark at its beginning.
    text = io.TextIOWrapper(target, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    try:
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerow([column.name for column in columns])
        return _each(rows, lambda values: lines.writerow([guarded(_as_text(values[c.name], c)) for c in columns]))
    finally:
        text.detach()


def _write_json_lines(rows: Iterable[Mapping[str, Value]], target: BinaryIO, columns: Sequence[Column]) -> int:
    def write(values: Mapping[str, Value]) -> None:
        line = json.dumps({c.name: _as_json(values[c.name]) for c in columns}, ensure_ascii=False)
        target.write(line.encode("utf-8", "replace") + b"\n")

    return _each(rows, write)


def _write_excel(
    rows: Iterable[Mapping[str, Value]], target: BinaryIO, columns: Sequence[Column], as_of: datetime
) -> int:
    with workbook(target, as_of, streamed=True) as book:
        sheet, notes = book.add_worksheet("hazards"), book.add_worksheet("字段说明")
        head, day = book.add_format(HEAD), book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.name, head)
        number = 0

        def write(values: Mapping[str, Value]) -> None:
            nonlocal number
            number += 1
            if number > MOST_ROWS:
                raise TooManyRows(f"超过{MOST_ROWS}条，一个表格放不下，请改用 csv 或 jsonl。")
            for place, column in enumerate(columns):
                value = values[column.name]
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif isinstance(value, int):
                    sheet.write_number(number, place, value)
                elif value:
                    sheet.write_string(number, place, _as_text(value, column)[:MOST_LETTERS])

        count = _each(rows, write)
        sheet.autofilter(0, 0, max(1, number), len(columns) - 1)
        for place, row in enumerate([("字段", "名称", "类型", "说明", "代码"), *map(_note, columns)]):
            for at, words in enumerate(row):
                notes.write_string(place, at, words, head if place == 0 else None)
        notes.set_column(0, 2, 16)
        notes.set_column(3, 4, 60)
    return count


def _note(column: Column) -> tuple[str, ...]:
    codes = "；".join(f"{code}＝{name}" for code, name in CODES.get(column.name, {}).items())
    return (column.name, column.heading, KIND_NAMES[column.kind], column.meaning, codes)


def _each(rows: Iterable[Mapping[str, Value]], write: Callable[[Mapping[str, Value]], object]) -> int:
    count = 0
    for values in rows:
        write(values)
        count += 1
    return count


def _as_text(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return _BETWEEN[column.kind].join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_json(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
