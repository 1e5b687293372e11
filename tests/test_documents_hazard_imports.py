"""A ledger comes in from any office program, and our own open data comes back as it went out."""

import io
from datetime import date

import pytest
from xlsxwriter import Workbook

from checklists.defences import Defence
from checklists.hazard_rows import check_hazard_rows, propose_columns
from checklists.hazards import Arrangements, Level, Source
from handlers.documents.exports import Form, write_hazards
from handlers.documents.hazard_imports import read_hazard_rows
from handlers.documents.spreadsheet_reading import UnreadableFile
from tests.ledger_rows import AS_OF, CLOSED_ROW, OPEN_ROW, TODAY, row


def test_an_office_ledger_is_read_below_its_title_with_its_own_headings() -> None:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["某镇隐患台账"])
        sheet.write_row(1, 0, ["序号", "单位名称", "存在问题（照片另附）", "检查日期"])
        sheet.write_row(2, 0, [1, "样例厂", "通道堵塞"])
        sheet.write_datetime(2, 3, date(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_hazard_rows(made.getvalue(), "台账.xlsx") == [
        {"行号": "3", "序号": "1", "单位名称": "样例厂", "存在问题": "通道堵塞", "检查日期": "2026-03-01"}
    ]


@pytest.mark.parametrize("form", [Form.CSV, Form.EXCEL])
def test_our_own_open_data_comes_back(form: Form) -> None:
    target = io.BytesIO()
    write_hazards([row(OPEN_ROW, words="=1+1 报警失灵"), CLOSED_ROW], target, form, as_of=AS_OF)
    rows = read_hazard_rows(target.getvalue(), f"hazards.{form}")
    open_one, closed_one = check_hazard_rows(rows, propose_columns(rows[0]), today=TODAY)
    assert open_one.row is not None
    assert open_one.row.words == "=1+1 报警失灵"
    assert open_one.row.uscc == "91350211M000100Y46"
    assert (open_one.row.level, open_one.row.source) == (Level.MAJOR, Source.SELF_INSPECTION)
    assert open_one.row.found_on == date(2026, 3, 2)
    assert open_one.row.arrangements == Arrangements(
        responsible="王厂长",
        measure="停用，修复联锁",
        funds="8000元",
        deadline=date(2026, 4, 1),
        contingency="撤人、警戒",
        defences=(Defence.TECHNOLOGY, Defence.ENGINEERING),
    )
    assert (open_one.row.former_number, open_one.row.claims_closed) == ("SL-2026-0031", False)
    assert closed_one.row is not None
    assert (closed_one.row.claims_closed, closed_one.row.closed_on) == (True, date(2026, 3, 8))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("企业名称,地址\n甲,乙\n", "没有找到写隐患的那一列。请在表头里写明“隐患描述”，"),
        ("隐患描述,企业名称\n", "表格里还没有填写隐患。"),
    ],
)
def test_a_file_without_hazards_is_refused_in_plain_words(data: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_hazard_rows(data.encode(), "台账.csv")
    assert str(refusal.value).startswith(said)
