"""Makes the Word templates of the letters: `python -m tests.tools.make_letter_templates`.

The result is committed; offices copy and edit it in Word. Fonts go by name: the reader's machine has 仿宋 and 黑体.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from handlers.documents.letter_contents import LETTER_NAMES, Letter
from handlers.documents.letters import TEMPLATES, without_clock

BODY, HEADING = "仿宋", "黑体"
TEXT_SIZE, TABLE_SIZE, TITLE_SIZE = Pt(14), Pt(11), Pt(22)
LAST_WORDS = 6.0  # points of room below the last paragraph of a letter
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the format knows no zone

Cells = Sequence[tuple[str, str, float]]  # heading, what stands in it, width in millimetres


def with_font(run: Run, name: str, size: Pt, *, bold: bool = False) -> Run:
    run.font.name, run.font.size, run.font.bold = name, size, bold
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), name)
    return run


def paragraph(
    place: Any,
    words: str,
    *,
    font: str = BODY,
    size: Pt = TEXT_SIZE,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = True,
    after: float = 0,
    line: float = 22,
) -> Paragraph:
    made: Paragraph = place.add_paragraph()
    with_font(made.add_run(words), font, size)
    shape = made.paragraph_format
    shape.alignment, shape.space_after, shape.space_before = align, Pt(after), Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(line)
    # The last words go with the signatures: a page of signatures alone could belong to any letter.
    shape.keep_with_next = after == LAST_WORDS
    if indent:
        shape.first_line_indent = size * 2
    return made


def new_letter(title: str, *, to: str = "企业名称") -> Any:
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(22),
        Mm(20),
        Mm(26),
        Mm(24),
    )
    about = document.core_properties
    about.title, about.author, about.comments, about.created, about.modified = title, "自查", "", MADE, MADE
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, TEXT_SIZE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    foot(section)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    paragraph(document, "{{ 发文单位 }}", font=HEADING, size=Pt(16), align=centre, indent=False, after=4)
    paragraph(document, title, font=HEADING, size=TITLE_SIZE, align=centre, indent=False, after=6, line=34)
    paragraph(document, "{{ 文号 or '〔    〕    号' }}", align=centre, indent=False, after=10)
    paragraph(document, f"{{{{ {to} }}}}：", indent=False)
    return document


def foot(section: Any) -> None:
    """第 n 页，共 m 页: the fields are counted by the reader's program."""
    line = section.footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        with_font(line.add_run(words), BODY, Pt(9))
        if field:
            made = OxmlElement("w:fldSimple")
            made.set(qn("w:instr"), field)
            made.append(with_font(line.add_run("1"), BODY, Pt(9))._element)
            line._element.append(made)


def cell_text(cell: Any, words: str, *, heading: bool = False, centre: bool = False) -> None:
    """Each line of `words` is a paragraph of the cell."""
    for place, part in enumerate(words.split("\n")):
        line = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        with_font(line.add_run(part), HEADING if heading else BODY, TABLE_SIZE)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER if heading or centre else WD_ALIGN_PARAGRAPH.LEFT
        line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(16)
    shape = cell._element.get_or_add_tcPr()
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    if heading:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", "EEF3F8")):
            shade.set(qn(f"w:{key}"), value)
        shape.append(shade)
    shape.append(middle)


def table(document: Any, rows: int, widths: Sequence[float]) -> Any:
    made = document.add_table(rows=rows, cols=len(widths))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    room_in_cells(made)
    for row in made.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
        unbroken = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(unbroken)
    return made


def room_in_cells(table: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 60), ("left", 60), ("bottom", 60), ("right", 60)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)


def hazard_table(document: Any, cells: Cells) -> None:
    """A row for each hazard; the two rows with marks vanish when the letter is made."""
    made = table(document, 4, [width for _, _, width in cells])
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, (heading, words, _) in enumerate(cells):
        cell_text(made.rows[0].cells[place], heading, heading=True)
        cell_text(made.rows[2].cells[place], words, centre=heading in ("序号", "整改期限", "复查结果"))
    cell_text(made.rows[1].cells[0], "{%tr for 隐患 in 隐患清单 %}")
    cell_text(made.rows[3].cells[0], "{%tr endfor %}")
    gap(document)


def facts_table(document: Any, facts: Sequence[tuple[str, str]]) -> None:
    made = table(document, len(facts), [32, 128])
    for row, (name, words) in zip(made.rows, facts, strict=True):
        cell_text(row.cells[0], name, heading=True)
        cell_text(row.cells[1], words)
    gap(document)


def gap(document: Any) -> None:
    """An empty line of its own small height; without a size of its own it would be as high as text."""
    line = paragraph(document, " ", size=Pt(4), indent=False, line=6)
    line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(8)


def close(document: Any, signatures: Sequence[str]) -> None:
    paragraph(document, "{%p if 联系人 or 联系电话 %}")
    paragraph(document, "联系人：{{ 联系人 }}　　联系电话：{{ 联系电话 }}", after=LAST_WORDS)
    paragraph(document, "{%p endif %}")
    right = WD_ALIGN_PARAGRAPH.RIGHT
    for words, after in (("{{ 发文单位 }}（盖章）", 0.0), ("{{ 发文日期 }}", 4.0)):
        line = paragraph(document, words, align=right, indent=False, after=after)
        line.paragraph_format.right_indent = Mm(8)
        line.paragraph_format.keep_with_next = True
    for words in signatures:
        line = paragraph(document, words, indent=False, size=Pt(12), line=21)
        line.paragraph_format.keep_with_next = words != signatures[-1]


HAZARD_FACTS = (
    ("隐患编号", "{{ 隐患.编号 }}"),
    ("隐患描述", "{{ 隐患.描述 }}{% if 隐患.位置 %}（{{ 隐患.位置 }}）{% endif %}"),
    ("级别与依据", "{{ 隐患.级别 }}\n{{ 隐患.判定依据 }}"),
)
WHAT = "{{ 隐患.描述 }}{% if 隐患.位置 %}（位置：{{ 隐患.位置 }}）{% endif %}"
SIGNED = "企业签收人：____________　职务：________　时间：____年__月__日"


def rectification() -> Any:
    document = new_letter(LETTER_NAMES[Letter.RECTIFICATION])
    paragraph(
        document,
        "{{ 检查日期 }}，我单位对你单位进行了安全检查{% if 检查方式 %}（{{ 检查方式 }}）{% endif %}，发现以下事故隐患。"
        "根据{{ 依据 }}，现通知你单位整改：",
        after=4,
    )
    hazard_table(
        document,
        (
            ("序号", "{{ 隐患.序号 }}", 12),
            ("隐患", WHAT + "\n{{ 隐患.编号 }}", 44),
            ("级别与判定依据", "{{ 隐患.级别 }}\n{{ 隐患.判定依据 }}", 36),
            ("整改要求", "{{ 隐患.整改要求 }}", 37),
            ("整改期限", "{{ 隐患.整改期限 or '与我单位商定' }}", 31),
        ),
    )
    for words in (
        "一、由主要负责人组织整改，逐条落实责任人、措施、资金、期限和应急预案。",
        "二、隐患排除前或者排除过程中无法保证安全的，应当撤出人员、设置警戒，暂时停止使用有关场所和设备设施。",
        "三、整改完成后拍照提交，申请复查；复查通过方可销号。",
        "{%p if 有重大隐患 %}",
        "四、重大事故隐患的排查治理情况，应当及时向负有安全生产监督管理职责的部门和职工大会（职工代表大会）报告。",
        "{%p endif %}",
    ):
        paragraph(document, words)
    paragraph(
        document,
        "逾期不整改的，移送有权部门依法处理。对本通知有不同意见的，可以向我单位书面提出；提出意见期间，安全防范措施不得停止。",
        after=LAST_WORDS,
    )
    close(
        document,
        (
            "检查人员：{{ 检查人员 }}　签名：____________________",
            SIGNED,
            "拒绝签收的原因：______________________________",
        ),
    )
    return document


def review() -> Any:
    document = new_letter(LETTER_NAMES[Letter.REVIEW])
    paragraph(
        document,
        "根据{{ 依据 }}，{{ 复查日期 }}我单位对"
        "{% if 整改通知文号 %}{{ 整改通知文号 }}通知书所列{% else %}你单位{% endif %}"
        "隐患的整改情况进行了复查，意见如下：",
        after=4,
    )
    hazard_table(
        document,
        (
            ("序号", "{{ 隐患.序号 }}", 12),
            ("隐患", WHAT + "\n{{ 隐患.编号 }}", 54),
            ("整改期限", "{{ 隐患.整改期限 }}", 31),
            ("复查结果", "{{ 隐患.复查结果 }}", 24),
            ("复查意见", "{{ 隐患.复查意见 }}", 39),
        ),
    )
    paragraph(document, "{{ 复查结论 }}", after=LAST_WORDS)
    close(document, ("复查人员：{{ 复查人员 }}　签名：____________________", SIGNED))
    return document


def listing() -> Any:
    document = new_letter(LETTER_NAMES[Letter.LISTING])
    paragraph(document, "根据{{ 依据 }}，决定对你单位下列重大事故隐患实行挂牌督办：", after=4)
    facts_table(
        document,
        (
            *HAZARD_FACTS,
            ("挂牌原因", "{{ 挂牌原因 }}"),
            ("整改要求", "{{ 隐患.整改要求 }}"),
            ("企业责任人", "{{ 隐患.责任人 or 主要负责人 }}"),
            ("督办单位", "{{ 督办单位 }}"),
            ("督办期限", "{% if 督办期限 %}{{ 督办期限 }}前完成整改{% else %}另行通知{% endif %}"),
        ),
    )
    for words in (
        "一、由主要负责人组织制定并实施治理方案，写明目标任务、方法措施、经费物资、机构人员、时限要求和应急预案。",
        "二、治理期间采取可靠的安全防范措施；无法保证安全的，撤出人员、设置警戒，暂时停止使用有关场所和设备设施。",
        "三、治理情况向督办单位和职工大会（职工代表大会）报告。治理完成后提出复查申请，经复查合格方可摘牌、销号。",
    ):
        paragraph(document, words)
    paragraph(document, "是否停产停业、停止使用，由有权部门依法决定。", after=LAST_WORDS)
    close(document, (SIGNED,))
    return document


def unlisting() -> Any:
    document = new_letter(LETTER_NAMES[Letter.UNLISTING])
    paragraph(
        document,
        "你单位下列重大事故隐患于{{ 挂牌日期 }}挂牌督办{% if 挂牌通知文号 %}（{{ 挂牌通知文号 }}）{% endif %}。"
        "{{ 复查日期 }}经{{ 复查人员 }}现场复查，已整改到位，现予摘牌{% if 已销号 %}并销号{% endif %}：",
        after=4,
    )
    facts_table(
        document,
        (
            *HAZARD_FACTS,
            ("摘牌理由", "{{ 摘牌理由 }}"),
            ("目前状态", "{% if 已销号 %}已摘牌，已销号{% else %}已摘牌，待销号{% endif %}"),
        ),
    )
    paragraph(
        document,
        "请你单位保持整改成果，举一反三，防止同类隐患再次发生。再次发现同一隐患的，重新列入督办。",
        after=LAST_WORDS,
    )
    close(document, ("复查人员签名：____________________", SIGNED))
    return document


def major_report() -> Any:
    """The firm's own report: to the office, a copy to the workers' congress."""
    document = new_letter(LETTER_NAMES[Letter.MAJOR_REPORT], to="报送单位")
    paragraph(document, "根据{{ 依据 }}，现将我单位{{ 发现日期 }}查出的重大事故隐患报告如下：", after=4)
    facts_table(
        document,
        (
            *HAZARD_FACTS,
            ("整改期限", "{{ 隐患.整改期限 or '另行确定' }}"),
            ("整改责任人", "{{ 隐患.责任人 or 主要负责人 }}"),
        ),
    )
    for heading, words in (
        ("一、隐患的现状及其产生原因", "{{ 现状和原因 }}"),
        ("二、隐患的危害程度和整改难易程度分析", "{{ 危害和整改难易 }}"),
        ("三、隐患的治理方案", "{{ 治理方案 }}"),
    ):
        paragraph(document, heading, font=HEADING).paragraph_format.keep_with_next = True
        # Each line of what was written is kept apart; spread over the width a broken line would be torn.
        paragraph(document, words, align=WD_ALIGN_PARAGRAPH.LEFT, indent=False)
    paragraph(document, "本报告同时报职工大会（职工代表大会）。", after=LAST_WORDS)
    close(
        document,
        (
            "主要负责人签名：____________________",
            "职工大会（职工代表大会）签收：____________　时间：____年__月__日",
        ),
    )
    return document


def statistics() -> Any:
    """The firm's own table: what is not known stays empty, to be filled in by hand."""
    document = new_letter(LETTER_NAMES[Letter.STATISTICS], to="报送单位")
    paragraph(
        document,
        "根据{{ 依据 }}，现将我单位{{ 统计期间 }}（{{ 起始日期 }}至{{ 截止日期 }}）事故隐患排查治理情况报告如下"
        "（{{ 报送期限 }}前报送）：",
        after=4,
    )
    section(document, "一、统计（单位：条）")
    figures_table(document)
    section(document, "二、隐患清单")
    paragraph(document, "{%p if 隐患清单 %}")
    hazard_table(
        document,
        (
            ("序号", "{{ 隐患.序号 }}", 12),
            ("隐患", WHAT + "\n{{ 隐患.编号 }}　{{ 隐患.级别 }}", 36),
            ("查出日期", "{{ 隐患.查出日期 }}", 29),
            ("整改期限、责任人", "{{ 隐患.整改期限 }}\n{{ 隐患.责任人 }}\n{{ 隐患.资金 }}", 30),
            ("销号日期", "{{ 隐患.销号日期 or '未销号' }}", 29),
            ("未完成原因", "{{ 隐患.未完成原因 }}", 24),
        ),
    )
    paragraph(document, "{%p else %}")
    paragraph(document, "本期没有隐患。")
    paragraph(document, "{%p endif %}")
    section(document, "三、分析（主要类型、原因、下一步措施）")
    for _ in range(3):
        paragraph(document, "＿" * 28, indent=False)
    paragraph(document, "{%p if 确认人 %}")
    paragraph(document, "{{ 确认人 }}已于{{ 确认时间 }}在手机上确认以上数字。", after=LAST_WORDS)
    paragraph(document, "{%p endif %}")
    close(document, ("主要负责人签字：____________________　日期：____年__月__日",))
    return document


def section(document: Any, words: str) -> None:
    paragraph(document, words, font=HEADING).paragraph_format.keep_with_next = True


def figures_table(document: Any) -> None:
    headings = (("项目", 64), ("一般", 32), ("重大", 32), ("合计", 32))
    made = table(document, 4, [width for _, width in headings])
    for place, (name, _) in enumerate(headings):
        heading = f"{name}隐患" if name in ("一般", "重大") else name
        cell_text(made.rows[0].cells[place], heading, heading=True)
        cell_text(made.rows[2].cells[place], f"{{{{ 行.{name} }}}}", centre=name != "项目")
    cell_text(made.rows[1].cells[0], "{%tr for 行 in 统计项目 %}")
    cell_text(made.rows[3].cells[0], "{%tr endfor %}")
    gap(document)


def supervision() -> Any:
    """To the firm, of a step of the ladder; by when it must be done is written by hand where no record names a day."""
    document = new_letter(LETTER_NAMES[Letter.SUPERVISION])
    paragraph(
        document,
        "根据{{ 依据 }}，我单位于{{ 措施日期 }}{{ 措施用语 }}。"
        "{% if 逾期天数 %}该隐患自{{ 逾期起始日期 }}起逾期，"
        "截至{{ 发文日期 }}已逾期{{ 逾期天数 }}天，没有整改到位。{% endif %}"
        "现督促你单位整改：",
        after=4,
    )
    facts_table(
        document,
        (
            *HAZARD_FACTS,
            ("原定期限", "{{ 隐患.整改期限 or '没有确定' }}"),
            ("本次措施", "{{ 措施 }}（{{ 措施日期 }}）{% if 措施说明 %}\n{{ 措施说明 }}{% endif %}"),
            (
                "此前措施",
                "{% for 项 in 已采取措施 %}{{ 项.日期 }}：{{ 项.情况 }}"
                "{% if not loop.last %}；{% endif %}{% else %}没有{% endfor %}",
            ),
            ("整改要求", "{{ 隐患.整改要求 }}"),
            ("企业责任人", "{{ 隐患.责任人 or 主要负责人 }}"),
            ("要求完成", "{{ 要求完成日期 or '____年__月__日' }}前完成整改，提交复查"),
        ),
    )
    for words in (
        "一、由主要负责人组织整改，把责任人、措施、资金、期限和应急预案逐项落实到位。",
        "二、整改完成前采取可靠的安全防范措施；无法保证安全的，撤出人员、设置警戒，暂时停止使用有关场所和设备设施。",
        "三、不能按期完成的，在期限以前书面说明原因，申请延期。",
    ):
        paragraph(document, words)
    paragraph(document, "仍不整改的，按规定采取进一步措施，并移送有权部门依法处理。", after=LAST_WORDS)
    close(document, (SIGNED,))
    return document


def referral() -> Any:
    """To the department that may decide: what happened, what is proposed; it answers."""
    document = new_letter(LETTER_NAMES[Letter.REFERRAL], to="主送单位")
    paragraph(
        document,
        "根据{{ 依据 }}，现将{{ 企业名称 }}"
        "{% if 统一社会信用代码 %}（统一社会信用代码：{{ 统一社会信用代码 }}）{% endif %}"
        "下列事故隐患的有关情况和我单位的建议移送你单位：",
        after=4,
    )
    section(document, "一、隐患")
    facts_table(
        document,
        (
            *HAZARD_FACTS,
            ("整改要求", "{{ 隐患.整改要求 or '没有确定' }}"),
            ("整改期限", "{{ 隐患.整改期限 or '没有确定' }}"),
            ("目前状态", "{{ 目前状态 }}（截至{{ 发文日期 }}）"),
            ("主要负责人", "{{ 主要负责人 }}"),
        ),
    )
    section(document, "二、经过")
    course_table(document)
    section(document, "三、建议")
    paragraph(document, "{{ 建议日期 }}，我单位{{ 建议 }}。理由：{{ 建议理由 }}。")
    paragraph(document, "是否采纳、怎样处理，由你单位依法决定。请将处理结果书面告知我单位。")
    paragraph(document, "{%p if 附件 %}")
    paragraph(document, "附件：").paragraph_format.keep_with_next = True
    paragraph(document, "{%p for 项 in 附件 %}")
    paragraph(document, "{{ 项.序号 }}．{{ 项.名称 }}").paragraph_format.keep_with_next = True
    paragraph(document, "{%p endfor %}")
    paragraph(document, "{%p endif %}")
    close(document, ("收件单位签收：____________________　时间：____年__月__日",))
    return document


def course_table(document: Any) -> None:
    """A row for each day something happened."""
    headings = (("日期", 34), ("情况", 126))
    made = table(document, 4, [width for _, width in headings])
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, (name, _) in enumerate(headings):
        cell_text(made.rows[0].cells[place], name, heading=True)
        cell_text(made.rows[2].cells[place], f"{{{{ 项.{name} }}}}", centre=name == "日期")
    cell_text(made.rows[1].cells[0], "{%tr for 项 in 经过 %}")
    cell_text(made.rows[3].cells[0], "{%tr endfor %}")
    gap(document)


MAKERS = {
    Letter.RECTIFICATION: rectification,
    Letter.REVIEW: review,
    Letter.LISTING: listing,
    Letter.UNLISTING: unlisting,
    Letter.MAJOR_REPORT: major_report,
    Letter.STATISTICS: statistics,
    Letter.SUPERVISION: supervision,
    Letter.REFERRAL: referral,
}


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for letter, maker in MAKERS.items():
        made = io.BytesIO()
        maker().save(made)
        (folder / letter.value).write_bytes(without_clock(made.getvalue()))


if __name__ == "__main__":
    make(TEMPLATES)
