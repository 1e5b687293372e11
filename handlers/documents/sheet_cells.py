"""Reads the cells of an Excel file from standard input in a process of its own, so that a trap in it ends only that.

Run as `python -m handlers.documents.sheet_cells ROWS`: prints a JSON list of sheets, each a list of rows of texts.
"""

import datetime
import io
import json
import resource
import sys

import python_calamine

MEMORY = 768 * 1024 * 1024
SECONDS = 20

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def text(cell: Cell) -> str:
    """The cell as a person sees it: whole numbers without a point, days without midnight."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time.min:
        return cell.date().isoformat()
    return str(cell).strip()


def sheets(data: bytes, most_rows: int) -> list[list[list[str]]]:
    """All visible sheets, each cut after `most_rows` + 1 rows so that the reader can tell that it was too long."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = []
    for about in book.sheets_metadata:
        if about.visible is not python_calamine.SheetVisibleEnum.Visible:
            continue
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False, nrows=most_rows + 1)
        found.append([[text(cell) for cell in row] for row in rows])
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(sheets(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)
