"""Makes the Word templates of the papers of a meeting: `python -m tests.tools.make_meeting_templates`.

The result is committed; looks and helpers are those of the letters.
"""

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from handlers.documents.letters import without_clock
from handlers.documents.meeting_papers import AGENDA, RECORD, TEMPLATES
from tests.tools.make_letter_templates import (
    BODY,
    HEADING,
    LAST_WORDS,
    MADE,
    TEXT_SIZE,
    TITLE_SIZE,
    Cells,
    cell_text,
    facts_table,
    foot,
    gap,
    paragraph,
    section,
    table,
)

_NO_ROWS = "无。"


def new_paper(title: str) -> Any:
    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(22), Mm(20), Mm(26), Mm(24)
    about = document.core_properties
    about.title, about.author, about.comments, about.created, about.modified = title, "自查", "", MADE, MADE
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, TEXT_SIZE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    foot(page)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    paragraph(document, "{{ 单位 }}", font=HEADING, size=Pt(16), align=centre, indent=False, after=4)
    paragraph(document, title, font=HEADING, size=TITLE_SIZE, align=centre, indent=False, after=10, line=34)
    return document


def rows_of(document: Any, name: str, cells: Cells) -> None:
    """A row for each of the values called `name`, or the word that there is none."""
    paragraph(document, f"{{%p if {name} %}}")
    made = table(document, 4, [width for _, _, width in cells])
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, (heading, words, _) in enumerate(cells):
        cell_text(made.rows[0].cells[place], heading, heading=True)
        cell_text(made.rows[2].cells[place], words, centre=heading == "序号")
    cell_text(made.rows[1].cells[0], f"{{%tr for 行 in {name} %}}")
    cell_text(made.rows[3].cells[0], "{%tr endfor %}")
    gap(document)
    paragraph(document, "{%p else %}")
    paragraph(document, _NO_ROWS)
    paragraph(document, "{%p endif %}")


def when(document: Any, name: str, words: str) -> None:
    """A line that stands there only when there is something to say."""
    paragraph(document, f"{{%p if {name} %}}")
    paragraph(document, words)
    paragraph(document, "{%p endif %}")


WHO = ("企业、编号", "{{ 行.企业 }}\n{{ 行.编号 }}", 32)
WHAT = ("隐患", "{{ 行.情况 }}\n{{ 行.级别 }}　{{ 行.状态 }}", 42)


def agenda() -> Any:
    document = new_paper("{{ 月份 }}安全生产分析会议题")
    when(document, "依据", "依据：{{ 依据 }}。")
    paragraph(document, "截至{{ 日期 }}，台账：{{ 数字 }}。", after=4)
    section(document, "一、以前的研判决定，还没有落实的")
    rows_of(
        document,
        "上次决定",
        (
            ("序号", "{{ 行.序号 }}", 12),
            WHO,
            ("决定的措施", "{{ 行.决定 }}", 56),
            ("谁办", "{{ 行.谁办 }}", 28),
            ("办到", "{{ 行.办到 }}", 32),
        ),
    )
    section(document, "二、本次研判的隐患")
    rows_of(
        document,
        "议题",
        (
            ("序号", "{{ 行.序号 }}", 12),
            WHO,
            WHAT,
            ("列入原因", "{{ 行.原因 }}", 28),
            ("整改期限", "{{ 行.期限 }}", 20),
            ("现在的措施", "{{ 行.现在的措施 }}", 26),
        ),
    )
    when(document, "没有列入", "另有 {{ 没有列入 }} 条符合条件，因条数限制没有列入，先议危险大的。")
    return document


def record() -> Any:
    document = new_paper("{{ 月份 }}安全生产分析会会议记录")
    when(document, "依据", "依据：{{ 依据 }}。")
    facts_table(
        document,
        (
            ("时间", "{{ 日期 }}"),
            ("地点", "{{ 地点 }}"),
            ("主持人", "{{ 主持人 }}"),
            ("参加人员", "{{ 参加人员 }}"),
            ("记录人", "{{ 记录人 }}"),
        ),
    )
    section(document, "一、定了措施的")
    rows_of(
        document,
        "决定",
        (
            ("序号", "{{ 行.序号 }}", 12),
            WHO,
            WHAT,
            ("决定的措施", "{{ 行.决定 }}", 36),
            ("谁办", "{{ 行.谁办 }}", 18),
            ("办到", "{{ 行.办到 }}", 20),
        ),
    )
    section(document, "二、列入议题、没有定措施的")
    rows_of(
        document,
        "没有研判",
        (
            ("序号", "{{ 行.序号 }}", 12),
            WHO,
            WHAT,
            ("列入原因", "{{ 行.原因 }}", 40),
            ("整改期限", "{{ 行.期限 }}", 34),
        ),
    )
    when(document, "去掉", "会前或会上从议题里去掉 {{ 去掉 }} 条。")
    section(document, "三、其他")
    paragraph(document, "{{ 其他 or '无。' }}", align=WD_ALIGN_PARAGRAPH.LEFT)
    paragraph(document, "研判只定措施，不改变隐患的期限、级别和状态。", after=LAST_WORDS)
    paragraph(document, "主持人签字：____________________　记录人签字：____________________", indent=False, size=Pt(12))
    return document


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, maker in ((AGENDA, agenda), (RECORD, record)):
        made = io.BytesIO()
        maker().save(made)
        (folder / name).write_bytes(without_clock(made.getvalue()))


if __name__ == "__main__":
    make(TEMPLATES)
