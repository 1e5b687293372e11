"""Spreadsheets people send us: a file becomes rows of texts, or a plain sentence about what is wrong with it."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handlers.documents.spreadsheet_columns import ALIASES, ENTERPRISE_COLUMNS, SAMPLE_MARK
from handlers.words import N_, _

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_ROWS = 20_000
HEADER_WITHIN = 20  # rows: people put titles and notes above
PATIENCE = 40.0  # seconds for a process of its own to read one file

ROW_NUMBER = "行号"
KEY_COLUMN = ENTERPRISE_COLUMNS[0]

CLOSED = N_("表格打不开：可能设了密码、没有传完整，或者不是表格。请另存为 .xlsx 再发来。")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListKind:
    """A kind of list: one of `keys` marks the row of headings, `aliases` give other headings the name we use.

    Rows whose cell under `sample_column` begins with 示例 are samples of our template. The four sentences say what is
    wrong with a file of this kind.
    """

    keys: frozenset[str]
    aliases: Mapping[str, str]
    too_big: str
    unpacks_too_big: str
    without_head: str
    empty: str
    sample_column: str = ""


ENTERPRISES = ListKind(
    keys=frozenset({KEY_COLUMN}),
    aliases=ALIASES,
    too_big=N_("文件超过10MB，请只保留企业名单，删去图片后再发。"),
    unpacks_too_big=N_("表格展开后太大，请只保留企业名单，删去其他内容后再发。"),
    without_head=N_("没有找到“{column}”这一列。请下载模板，按模板的表头填写。"),
    empty=N_("表格里还没有填写企业。"),
    sample_column=KEY_COLUMN,
)


class UnreadableFile(ValueError):
    """The text says to the person what is wrong and what to do."""


def read_rows(data: bytes, filename: str, kind: ListKind = ENTERPRISES) -> list[dict[str, str]]:
    """One dict of texts per filled row of an .xlsx, .xls or .csv, keyed by column heading without brackets.

    `行号` is the row's number as the person's program shows it. Columns we do not know keep their own heading. Sample
    rows of our template are left out. Raises UnreadableFile. Takes up to seconds: use a thread.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_(kind.too_big))
    for sheet in _sheets(data, filename, kind):
        if (header := _header(sheet, kind)) is not None:
            return _rows(sheet, header, kind)
    raise UnreadableFile(_(kind.without_head).format(column="、".join(sorted(kind.keys))))


def _sheets(data: bytes, filename: str, kind: ListKind) -> list[list[list[str]]]:
    """By what the file is, not by what it is called."""
    if data.startswith(b"PK\x03\x04"):
        _check_unpacked_size(data, kind)
        return _sheets_of_excel(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheets_of_excel(data)
    if not filename.lower().endswith((".csv", ".txt", ".tsv")):
        raise UnreadableFile(_(CLOSED))
    return [_rows_of_csv(data, kind)]


def _check_unpacked_size(data: bytes, kind: ListKind) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFile(_(CLOSED)) from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableFile(_(kind.unpacks_too_big))


def _sheets_of_excel(data: bytes) -> list[list[list[str]]]:
    """Sizes in a file may lie; the process that unpacks it has limits of its own."""
    command = [sys.executable, "-m", "handlers.documents.sheet_cells", str(MAX_ROWS + HEADER_WITHIN)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnreadableFile(_(CLOSED)) from error
    found: list[list[list[str]]] = json.loads(done.stdout)
    return found


def _rows_of_csv(data: bytes, kind: ListKind) -> list[list[str]]:
    words = _decoded(data)
    lines = (line for line in words.splitlines() if any(key in line for key in kind.keys))
    first_line = next(lines, "")
    delimiter = max(",\t;", key=first_line.count)
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UnreadableFile(_(CLOSED)) from error


def _decoded(data: bytes) -> str:
    """Excel on a Chinese Windows writes GB18030, most others UTF-8, “Unicode text” UTF-16."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in words:
            return words
    raise UnreadableFile(_(CLOSED))


def _heading(cell: str, kind: ListKind) -> str:
    bare = re.sub(r"[（(].*|[\s*＊]", "", cell)
    return kind.aliases.get(bare, bare)


def _header(sheet: list[list[str]], kind: ListKind) -> int | None:
    for place, row in enumerate(sheet[:HEADER_WITHIN]):
        if any(_heading(cell, kind) in kind.keys for cell in row):
            return place
    return None


def _rows(sheet: list[list[str]], header: int, kind: ListKind) -> list[dict[str, str]]:
    headings = [_heading(cell, kind) for cell in sheet[header]]
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise UnreadableFile(_("表头“{column}”出现了两次，请删去一列。").format(column=twice[0]))
    if len(sheet) - header - 1 > MAX_ROWS:
        raise UnreadableFile(_("表格超过{most}行，请分成几个文件发来。").format(most=MAX_ROWS))
    rows = list(_filled(sheet, header, headings, kind))
    if not rows:
        raise UnreadableFile(_(kind.empty))
    return rows


def _filled(sheet: list[list[str]], header: int, headings: list[str], kind: ListKind) -> Iterator[dict[str, str]]:
    for number, row in enumerate(sheet[header + 1 :], start=header + 2):
        cells = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading}
        if any(cells.values()) and not cells.get(kind.sample_column, "").startswith(SAMPLE_MARK):
            yield {ROW_NUMBER: str(number), **{heading: cells.get(heading, "") for heading in headings if heading}}
