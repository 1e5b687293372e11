"""The sheet of a random draw (双随机): what was drawn, and the whole pool in its order, to be checked by anybody."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checklists.draws import Draw, in_order, rank
from checklists.working_days import SHANGHAI
from handlers.documents.hazard_ledger import for_print
from handlers.documents.spreadsheets import HEAD, workbook

_DRAWN_COLUMNS = (
    ("序号", 6),
    ("企业名称", 34),
    ("统一社会信用代码", 22),
    ("社区/网格", 14),
    ("检查人员", 26),
    ("查完时间", 18),
)
_POOL_COLUMNS = (
    ("排位", 6),
    ("企业编号", 22),
    ("企业名称", 34),
    ("统一社会信用代码", 22),
    ("SHA-256", 68),
    ("抽中", 8),
)
_PEOPLE_COLUMNS = (("排位", 6), ("人员编号", 22), ("姓名", 16), ("SHA-256", 68), ("任职的企业（回避）", 40))
_RULE = (
    "把种子和编号连在一起，算 SHA-256，从小到大排；企业取前几家，检查人员按这个顺序、家数少的先派，每家两名，"
    "在企业任职的回避（因回避家数相差两家以上时再调匀）。用任何工具都能照样再算一遍。"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolRow:
    """One firm of the pool; `place` and what follows only of a drawn one."""

    enterprise_id: int
    name: str
    uscc: str
    community: str
    place: int | None = None
    inspectors: tuple[str, ...] = ()
    inspected_at: datetime | None = None


def draw_sheet_xlsx(
    made: Draw, pool: Sequence[PoolRow], people: Mapping[int, str], *, zone: str, as_of: datetime
) -> bytes:
    """Three sheets: drawn firms, the pool by rank, and the inspectors (`people`: id to name) by rank."""
    by_id = {row.enterprise_id: row for row in pool}
    file = io.BytesIO()
    with workbook(file, as_of) as book:
        title = book.add_format({"bold": True, "font_size": 16, "font_color": "#17457A"})
        head, body = book.add_format(HEAD), book.add_format({"valign": "top", "text_wrap": True, "border": 1})
        when = made.made_at.astimezone(SHANGHAI)
        told = f"范围：{made.pool_words}，共{len(made.pool)}家。抽取时间：{when:%Y-%m-%d %H:%M}。种子：{made.seed}"

        def sheet(name: str, columns: Sequence[tuple[str, int]], lines: Sequence[Sequence[str]]) -> None:
            page = book.add_worksheet(name)
            page.set_row(0, 30)
            page.write_string(0, 0, f"{zone}　双随机抽查　{name}", title)
            page.write_string(1, 0, told)
            page.write_string(2, 0, _RULE)
            for place, (heading, width) in enumerate(columns):
                page.set_column(place, place, width)
                page.write_string(3, place, heading, head)
            for at, line in enumerate(lines, start=4):
                for place, text in enumerate(line):
                    page.write_string(at, place, text, body)
            page.freeze_panes(4, 0)
            for_print(page, repeat=3)

        sheet("抽中企业", _DRAWN_COLUMNS, [_drawn_line(by_id[d.enterprise_id]) for d in made.firms])
        order = in_order(made.seed, made.pool)
        sheet("企业范围", _POOL_COLUMNS, [_pool_line(made, at, by_id[i]) for at, i in enumerate(order, 1)])
        sent = in_order(made.seed, made.inspectors)
        names = {row.enterprise_id: row.name for row in pool}
        lines = [
            (str(at), str(i), people[i], rank(made.seed, i), "、".join(names[f] for f in sorted(made.ties.get(i, ()))))
            for at, i in enumerate(sent, 1)
        ]
        sheet("检查人员", _PEOPLE_COLUMNS, lines)
    return file.getvalue()


def _drawn_line(row: PoolRow) -> tuple[str, ...]:
    done = f"{row.inspected_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if row.inspected_at else "还没查完"
    return (str(row.place), row.name, row.uscc, row.community, "、".join(row.inspectors), done)


def _pool_line(made: Draw, at: int, row: PoolRow) -> tuple[str, ...]:
    drawn = "抽中" if row.place is not None else ""
    return (str(at), str(row.enterprise_id), row.name, row.uscc, rank(made.seed, row.enterprise_id), drawn)
