"""The papers of an analysis meeting as Word files: what stands in them, and what is left out of what is kept."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn

from checklists.hazards import Level
from checklists.ledger import Overview
from handlers.documents.meeting_papers import (
    AGENDA,
    RECORD,
    TEMPLATES,
    Agenda,
    PaperTopic,
    Record,
    agenda_docx,
    file_name,
    record_docx,
    topic_from,
    topic_values,
)
from tests.tools.make_meeting_templates import make

TOPIC = PaperTopic(
    number="BH-2026-0001",
    enterprise="样例木业有限公司",
    words="除尘管道积粉\x0b{{ 单位 }}",
    level=Level.MAJOR,
    state="整改中",
    grounds="重大隐患、逾期 3 天",
    deadline=date(2026, 11, 20),
    measure="清理管道",
    decision="停用除尘，请专家定方案",
    responsible="王厂长",
    until=date(2026, 12, 1),
)
AGENDA_PAPER = Agenda(
    office="示例开发区",
    month="2026年11月",
    made_on=date(2026, 11, 23),
    basis="《示例方案》五(二)一是",
    figures=Overview(open=8, major=2, overdue=3, listed=1),
    undone=[],
    topics=[TOPIC],
    left_out=12,
)
RECORD_PAPER = Record(
    office="示例开发区",
    month="2026年11月",
    held_on=date(2026, 11, 25),
    basis="",
    place="",
    chair="李镇长",
    present="",
    words="第一件事\n第二件事",
    recorder="赵监管",
    decided=[TOPIC],
    undecided=[],
)


def lines(content: bytes) -> list[str]:
    body = Document(io.BytesIO(content)).element.body
    found = ("".join(part.text or "" for part in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))
    return [line for line in found if line.strip()]


def test_an_agenda_names_the_plan_the_figures_and_how_many_have_no_room() -> None:
    told = lines(agenda_docx(AGENDA_PAPER))
    assert "依据：《示例方案》五(二)一是。" in told
    assert (
        "截至2026年11月23日，台账：在册 8 条，重大隐患 2 条，逾期 3 条，挂牌督办 1 条，等答复的延期申请 0 条。" in told
    )
    assert told[-1] == "另有 12 条符合条件，因条数限制没有列入，先议危险大的。"
    assert not [line for line in lines(agenda_docx(replace(AGENDA_PAPER, left_out=0))) if "没有列入" in line]


def test_words_of_people_are_words_and_never_fields_of_the_template() -> None:
    assert "除尘管道积粉{{ 单位 }}" in lines(agenda_docx(AGENDA_PAPER))


def test_a_record_says_what_was_decided_and_leaves_room_where_nothing_was_written() -> None:
    told = lines(record_docx(RECORD_PAPER))
    at = told.index("BH-2026-0001")
    assert told[at + 3 : at + 6] == ["停用除尘，请专家定方案", "王厂长", "2026年12月1日"]
    assert told[told.index("地点") + 1] == "主持人"
    assert not [line for line in told if line.startswith("依据")]
    assert told[told.index("二、列入议题、没有定措施的") + 1] == "无。"


def test_equal_papers_are_equal_files() -> None:
    assert record_docx(RECORD_PAPER) == record_docx(RECORD_PAPER)
    assert file_name(AGENDA_PAPER) == "2026年11月安全生产分析会议题.docx"


def test_what_is_kept_of_a_topic_holds_no_words_of_the_hazard() -> None:
    kept = topic_values(TOPIC)
    assert "words" not in kept
    assert topic_from(kept, words=TOPIC.words) == TOPIC


def test_the_templates_are_those_the_tool_makes(tmp_path: Path) -> None:
    make(tmp_path)
    for name in (AGENDA, RECORD):
        assert (tmp_path / name).read_bytes() == (TEMPLATES / name).read_bytes()
