"""A ledger an office already keeps, or our own open data in CSV or Excel, read into rows of texts."""

from checklists.hazard_rows import HEADINGS
from handlers.documents.exports import unguarded
from handlers.documents.spreadsheet_reading import ListKind, read_rows

HAZARDS = ListKind(
    keys=frozenset(HEADINGS["words"]),
    aliases={},
    too_big="文件超过10MB，请只保留隐患台账，删去图片后再发。",
    unpacks_too_big="表格展开后太大，请只保留隐患台账，删去其他内容后再发。",
    without_head="没有找到写隐患的那一列。请在表头里写明“隐患描述”，或者“存在问题”“隐患内容”这样的名称。",
    empty="表格里还没有填写隐患。",
)


def read_hazard_rows(data: bytes, filename: str) -> list[dict[str, str]]:
    """One dict of texts per filled row, keyed by the office's own headings, with `行号`; as `read_rows` otherwise.

    What column means what is for `checklists.hazard_rows.propose_columns` and a person to say.
    """
    rows = read_rows(data, filename, HAZARDS)
    return [{heading: unguarded(cell) for heading, cell in row.items()} for row in rows]
