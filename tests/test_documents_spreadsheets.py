"""Lists come in from any office program with every cell as text, and go out without formulas of strangers."""

import errno
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from handlers.documents.spreadsheet_columns import ENTERPRISE_COLUMNS
from handlers.documents.spreadsheets import (
    OverdueRow,
    UnreadableFile,
    enterprise_template,
    overdue_list_xlsx,
    read_rows,
    workbook,
)

CLOSED = "表格打不开：可能设了密码、没有传完整，或者不是表格。请另存为 .xlsx 再发来。"


def xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
    return made.getvalue()


def cells(data: bytes, sheet: str) -> list[list[object]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
    return [list(row) for row in rows]


def test_the_empty_template_says_that_nothing_is_filled_in() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_rows(enterprise_template(), "企业名单.xlsx")
    assert str(refusal.value) == "表格里还没有填写企业。"


def test_the_template_has_the_agreed_columns_one_sample_and_the_choices() -> None:
    template = enterprise_template(trades=["轻工", "消防"], traits=["有粉尘"])
    heading, sample = cells(template, "企业")
    assert heading == [
        "企业名称",
        "统一社会信用代码",
        "行业（可多个，用顿号）",
        "特征（可多个）",
        "地址",
        "社区/网格",
        "主要负责人",
        "主要负责人电话",
        "实际控制人",
        "实际控制人电话",
        "安全管理员",
        "安全管理员电话",
    ]
    assert sample[0] == "示例：某某食品有限公司（填写时请删去本行）"
    assert cells(template, "可选值") == [["行业", "特征"], ["轻工", "有粉尘"], ["消防", ""]]
    assert len(cells(template, "填写说明")) == 13


def test_the_template_offers_the_trades_in_the_trade_column() -> None:
    with zipfile.ZipFile(io.BytesIO(enterprise_template(trades=["轻工", "消防"]))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert '<dataValidation type="list" errorStyle="information"' in sheet
    assert 'sqref="C2:C2001"' in sheet
    assert "<formula1>'可选值'!$A$2:$A$3</formula1>" in sheet


def test_a_filled_template_gives_every_cell_as_text_with_its_row() -> None:
    heading = [*ENTERPRISE_COLUMNS]
    heading[2] += "（可多个，用顿号）"
    first = [
        "甲厂",
        "91350211M000100Y46",
        "轻工、消防",
        "",
        "示例路1号",
        "一网格",
        "王厂长",
        13800000000,
        "",
        "",
        "",
        "",
    ]
    rows = read_rows(
        xlsx([heading, ["示例：某厂", "1"], first, [], ["乙厂", 2.5, date(2026, 3, 2), True]]), "名单.xlsx"
    )
    assert rows == [
        {
            "行号": "3",
            "企业名称": "甲厂",
            "统一社会信用代码": "91350211M000100Y46",
            "行业": "轻工、消防",
            "特征": "",
            "地址": "示例路1号",
            "社区/网格": "一网格",
            "主要负责人": "王厂长",
            "主要负责人电话": "13800000000",
            "实际控制人": "",
            "实际控制人电话": "",
            "安全管理员": "",
            "安全管理员电话": "",
        },
        {"行号": "5", "企业名称": "乙厂", "统一社会信用代码": "2.5", "行业": "2026-03-02", "特征": "是"}
        | dict.fromkeys(ENTERPRISE_COLUMNS[4:], ""),
    ]


def test_an_office_own_list_is_read_below_its_title_and_on_its_second_sheet() -> None:
    own: list[list[object]] = [
        ["某镇企业名单"],
        [],
        ["序号", "单位名称*", "信用代码", "所属 社区"],
        [1, "甲厂", "X", "一社区"],
    ]
    rows = read_rows(xlsx([["说明"]], own), "名单.xlsx")
    assert rows == [{"行号": "4", "序号": "1", "企业名称": "甲厂", "统一社会信用代码": "X", "所属社区": "一社区"}]


LIST = "企业名称,统一社会信用代码,地址\n甲厂,91350211M000100Y46,示例路1号\n"
AS_READ = [{"行号": "2", "企业名称": "甲厂", "统一社会信用代码": "91350211M000100Y46", "地址": "示例路1号"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_is_read_as_any_program_writes_it(encoding: str, delimiter: str, line_end: str) -> None:
    data = LIST.replace(",", delimiter).replace("\n", line_end).encode(encoding)
    assert read_rows(data, "名单.CSV") == AS_READ


def test_a_csv_keeps_commas_and_lines_inside_quotes() -> None:
    rows = read_rows('企业名称,地址\n甲厂,"一号,二号\n三号"\n'.encode(), "a.csv")
    assert rows == [{"行号": "2", "企业名称": "甲厂", "地址": "一号,二号\n三号"}]


def padded(size: int) -> bytes:
    made = io.BytesIO(xlsx([["企业名称"], ["甲厂"]]))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.bin", b"\x00" * size)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "words"),
    [
        (b"", "a.xlsx", CLOSED),
        (b"PK\x03\x04nothing", "a.xlsx", CLOSED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", CLOSED),
        (b"%PDF-1.7", "a.pdf", CLOSED),
        (xlsx([["企业名称"], ["甲厂"]])[:-200], "a.xlsx", CLOSED),
        (b"\xff\x00\xfe", "a.csv", CLOSED),
        (b"\x00" * (10 * 1024 * 1024 + 1), "a.xlsx", "文件超过10MB，请只保留企业名单，删去图片后再发。"),
        (padded(60 * 1024 * 1024), "a.xlsx", "表格展开后太大，请只保留企业名单，删去其他内容后再发。"),
        (xlsx([["名称"], ["甲厂"]]), "a.xlsx", "没有找到“企业名称”这一列。请下载模板，按模板的表头填写。"),
        ("名称\n甲厂\n".encode(), "a.csv", "没有找到“企业名称”这一列。请下载模板，按模板的表头填写。"),
        (b"", "a.csv", "没有找到“企业名称”这一列。请下载模板，按模板的表头填写。"),
        ("企业名称,地址,单位地址\n甲,乙,丙\n".encode(), "a.csv", "表头“地址”出现了两次，请删去一列。"),
        ("企业名称\n".encode() + "甲厂\n".encode() * 20_001, "a.csv", "表格超过20000行，请分成几个文件发来。"),
        ("企业名称\n".encode() + b'"' + b"x" * 200_000 + b'"', "a.csv", CLOSED),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(data: bytes, filename: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_rows(data, filename)
    assert str(refusal.value) == words


def test_twenty_thousand_rows_are_read_and_one_more_is_not() -> None:
    rows = [["企业名称"], *([f"{number}号厂"] for number in range(20_000))]
    read = read_rows(xlsx(rows), "a.xlsx")
    assert (len(read), read[-1]) == (20_000, {"行号": "20001", "企业名称": "19999号厂"})
    with pytest.raises(UnreadableFile, match="表格超过20000行"):
        read_rows(xlsx([*rows, ["多一家"]]), "a.xlsx")


def test_a_sheet_with_one_cell_at_the_far_corner_does_not_take_the_memory() -> None:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "企业名称")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(UnreadableFile) as refusal:
        read_rows(made.getvalue(), "a.xlsx")
    assert str(refusal.value) == CLOSED


def test_the_reading_process_takes_no_more_memory_than_it_may() -> None:
    script = "import runpy, sys; sys.argv = ['x', '5']; runpy.run_module('handlers.documents.sheet_cells', run_name='__main__'); import resource; print(resource.getrlimit(resource.RLIMIT_AS))"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", script], input=xlsx([["企业名称"]]), capture_output=True, check=True)
    assert done.stdout.decode().strip().endswith("(805306368, 805306368)")


@settings(deadline=None, max_examples=200)
@given(words=st.text(), name=st.sampled_from(["a.csv", "a.txt"]))
def test_any_text_is_rows_or_a_kind_refusal(words: str, name: str) -> None:
    try:
        rows = read_rows(("企业名称,地址\n" + words).encode("utf-8", "replace"), name)
    except UnreadableFile:
        return
    assert {tuple(row) for row in rows} == {("行号", "企业名称", "地址")}


AS_OF = datetime(2026, 4, 1, 16, 30, tzinfo=UTC)  # already 2 April in China
ROW = OverdueRow(
    enterprise="甲厂",
    uscc="91350211M000100Y46",
    trades=["轻工", "消防"],
    community="一网格",
    principal="王厂长",
    phone="00012345678",
    duty="主要负责人带队自查",
    period="2026年第一季度",
    due=date(2026, 3, 31),
    progress="进行中 12/24",
    last_done=date(2025, 12, 30),
    reached="已送达",
)
EVIL = OverdueRow(
    enterprise='=HYPERLINK("http://sample.invalid","点")',
    uscc="@SUM(1)",
    trades=[],
    community="",
    principal="+1",
    phone="-1",
    duty="https://sample.invalid",
    period="",
    due=date(2026, 4, 2),
)


def test_the_overdue_list_counts_days_in_china_and_puts_the_latest_first() -> None:
    made = overdue_list_xlsx([EVIL, ROW], zone="示例开发区", as_of=AS_OF)
    title, heading, first, second = cells(made, "未完成名单")
    assert title[0] == "示例开发区　未完成名单（截至2026年4月2日，共2条）"
    assert heading[:4] == ["企业名称", "统一社会信用代码", "行业", "社区/网格"]
    assert first == [
        "甲厂",
        "91350211M000100Y46",
        "轻工、消防",
        "一网格",
        "王厂长",
        "00012345678",
        "主要负责人带队自查",
        "2026年第一季度",
        date(2026, 3, 31),
        2.0,
        "进行中 12/24",
        date(2025, 12, 30),
        "已送达",
    ]
    assert (second[0], second[9], second[11]) == ('=HYPERLINK("http://sample.invalid","点")', 0.0, "")
    assert cells(made, "汇总") == [
        ["社区/网格", "未完成（条）", "", "行业", "未完成（条）"],
        ["一网格", 1.0, "", "未填写", 1.0],
        ["未填写", 1.0, "", "消防", 1.0],
        ["", "", "", "轻工", 1.0],
    ]


def test_what_strangers_wrote_is_neither_formula_nor_link_and_the_head_stays() -> None:
    with zipfile.ZipFile(io.BytesIO(overdue_list_xlsx([EVIL], zone="示例", as_of=AS_OF))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert 'ySplit="2"' in sheet
    assert '<autoFilter ref="A2:M3"/>' in sheet


def test_an_empty_overdue_list_still_opens_and_the_same_list_has_the_same_bytes() -> None:
    empty = overdue_list_xlsx([], zone="示例", as_of=AS_OF)
    assert cells(empty, "未完成名单")[0][0] == "示例　未完成名单（截至2026年4月2日，共0条）"
    assert empty == overdue_list_xlsx([], zone="示例", as_of=AS_OF)


@pytest.mark.parametrize("streamed", [True, False])
def test_a_book_that_is_broken_off_hides_nothing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    target = io.BytesIO()
    with (
        pytest.raises(OSError, match="the cause"),
        workbook(target, datetime(2026, 11, 23, tzinfo=UTC), streamed=streamed) as book,
    ):
        book.add_worksheet().write_string(0, 0, "积灰")
        raise OSError(errno.EIO, "the cause")
    assert target.getvalue() == b""
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_book_that_the_disk_does_not_take_says_what_the_disk_said(tmp_path: Path) -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    with (
        Path("/dev/full").open("wb", buffering=0) as target,
        pytest.raises(OSError) as refused,
        workbook(target, day, streamed=True) as book,
    ):
        book.add_worksheet().write_string(0, 0, "积灰")
    assert refused.value.errno == errno.ENOSPC
