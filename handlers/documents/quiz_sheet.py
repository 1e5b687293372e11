"""The Excel of finished quizzes (学习和测验记录): who, as what, where, which quiz, how many right, and when."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from checklists.quizzes import PASS_PERCENT
from checklists.working_days import SHANGHAI
from handlers.documents.hazard_ledger import for_print
from handlers.documents.spreadsheets import HEAD, workbook

_COLUMNS = (
    ("姓名", 14),
    ("职务", 24),
    ("企业", 34),
    ("测验", 12),
    ("答对/题数", 11),
    ("结果", 10),
    ("完成日期", 13),
)
_FIRST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """One finished attempt in Chinese words; no enterprise stands with people of the office."""

    name: str
    positions: tuple[str, ...]
    enterprises: tuple[str, ...]
    kind: str
    asked: int
    correct: int
    passed: bool
    finished_at: datetime


def quiz_sheet_xlsx(scores: Iterable[ScoreRow], *, zone: str, as_of: datetime) -> bytes:
    """One line an attempt in the given order; days are those of China."""
    made = io.BytesIO()
    with workbook(made, as_of) as book:
        page = book.add_worksheet("学习和测验记录")
        head, body = book.add_format(HEAD), book.add_format({"valign": "top", "text_wrap": True, "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "border": 1})
        title = book.add_format({"bold": True, "font_size": 16, "font_color": "#17457A"})
        page.set_row(0, 30)
        page.write_string(0, 0, f"{zone}　学习和测验记录", title)
        page.write_string(1, 0, f"截至{as_of.astimezone(SHANGHAI):%Y-%m-%d}，现在在职的人；答对{PASS_PERCENT}%通过。")
        for place, (heading, width) in enumerate(_COLUMNS):
            page.set_column(place, place, width)
            page.write_string(_FIRST - 1, place, heading, head)
        for at, row in enumerate(scores, start=_FIRST):
            result = "通过" if row.passed else "没通过"
            held, firms = "、".join(row.positions), "、".join(row.enterprises)
            words = (row.name, held, firms, row.kind, f"{row.correct}/{row.asked}", result)
            for place, text in enumerate(words):
                page.write_string(at, place, text, body)
            page.write_datetime(at, len(words), row.finished_at.astimezone(SHANGHAI).replace(tzinfo=None), day)
        page.freeze_panes(_FIRST, 1)
        for_print(page, repeat=_FIRST - 1)
    return made.getvalue()
