"""Hazards go out as open data in one documented schema, and nothing people wrote is lost or run on the way."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from checklists.hazards import State
from handlers.documents import exports
from handlers.documents.exports import KIND_NAMES, SCHEMA, Form, guarded, unguarded, write_hazards
from handlers.documents.hazard_columns import CODES, COLUMNS, LedgerRow
from handlers.documents.hazard_ledger import TooManyRows
from tests.ledger_rows import AS_OF, CLOSED_ROW, OPEN_ROW, row

PAGE = Path(__file__).parents[1] / "docs" / "open-data.md"
NAMES = [
    *("number", "enterprise", "uscc", "trades", "community", "source", "level", "basis", "words", "place", "found_on"),
    *("responsible", "measure", "funds", "deadline", "contingency", "state", "listed_on", "fixed_on", "reviewer"),
    *("closed_on", "photos_before", "photos_after", "days", "overdue_days", "life", "fakes", "repeats"),
    "major_report_on",
    "vetted_on",
    "defences",
]


def made(form: Form, *rows: LedgerRow, personal: bool = True) -> bytes:
    target = io.BytesIO()
    assert write_hazards(rows, target, form, as_of=AS_OF, personal=personal) == len(rows)
    return target.getvalue()


def test_a_line_of_json_tells_one_hazard() -> None:
    first, second = made(Form.JSON_LINES, OPEN_ROW, CLOSED_ROW).decode().splitlines()
    assert json.loads(first) == {
        "number": "SL-2026-0031",
        "enterprise": "样例食品有限公司",
        "uscc": "91350211M000100Y46",
        "trades": ["轻工", "涉氨制冷"],
        "community": "一社区",
        "source": "self_inspection",
        "level": "major",
        "basis": "工贸企业重大事故隐患判定标准 第十条",
        "words": "液氨报警没有联锁",
        "place": "制冷机房",
        "found_on": "2026-03-02",
        "responsible": "王厂长",
        "measure": "停用，修复联锁",
        "funds": "8000元",
        "deadline": "2026-04-01",
        "contingency": "撤人、警戒",
        "state": "rectifying",
        "listed_on": "2026-03-05",
        "fixed_on": None,
        "reviewer": "",
        "closed_on": None,
        "photos_before": ["https://sample.invalid/p/1", "https://sample.invalid/p/2"],
        "photos_after": [],
        "days": 39,
        "overdue_days": 9,
        "life": 1,
        "fakes": 0,
        "repeats": 0,
        "major_report_on": "2026-03-03",
        "vetted_on": None,
        "defences": ["技防", "工程防"],
    }
    assert json.loads(second)["closed_on"] == "2026-03-08"


def test_a_csv_opens_in_excel_and_has_the_same_names() -> None:
    data = made(Form.CSV, OPEN_ROW)
    assert data.startswith(b"\xef\xbb\xbfnumber,enterprise,")
    heading, first = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert heading == NAMES
    assert first == [
        *("SL-2026-0031", "样例食品有限公司", "91350211M000100Y46", "轻工、涉氨制冷", "一社区", "self_inspection"),
        *("major", "工贸企业重大事故隐患判定标准 第十条", "液氨报警没有联锁", "制冷机房", "2026-03-02", "王厂长"),
        *("停用，修复联锁", "8000元", "2026-04-01", "撤人、警戒", "rectifying", "2026-03-05", "", "", ""),
        *("https://sample.invalid/p/1 https://sample.invalid/p/2", "", "39", "9", "1", "0", "0", "2026-03-03", ""),
        "技防、工程防",
    ]


def test_an_excel_file_has_the_same_names_and_explains_them() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(Form.EXCEL, OPEN_ROW)))
    heading, first = book.get_sheet_by_name("hazards").to_python()
    assert heading == NAMES
    assert (first[0], first[10], first[16], first[18], first[23]) == (
        "SL-2026-0031",
        date(2026, 3, 2),
        "rectifying",
        "",
        39.0,
    )
    notes = book.get_sheet_by_name("字段说明").to_python()
    assert [line[0] for line in notes] == ["字段", *NAMES]
    assert notes[7] == [
        *("level", "级别", "代码", "重大或一般；经人确认前是按判定条目给出的建议", "major＝重大隐患；general＝一般隐患")
    ]


@pytest.mark.parametrize("form", Form)
def test_names_of_persons_can_be_left_out(form: Form) -> None:
    data = made(form, CLOSED_ROW, personal=False)
    if form is Form.EXCEL:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        data = str(sheet).encode()
    assert "通道堵塞" in data.decode()
    assert re.search("王厂长|周科员|responsible|reviewer", data.decode()) is None


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON_LINES])
def test_breaks_and_quotes_inside_words_keep_the_rows_apart(form: Form) -> None:
    words = '第一行\n第二行,"引"\u2028完'
    data = made(form, row(words=words), OPEN_ROW).decode("utf-8-sig")
    if form is Form.CSV:
        assert [line["words"] for line in csv.DictReader(io.StringIO(data, newline=""))] == [words, "液氨报警没有联锁"]
    else:
        assert [json.loads(line)["words"] for line in data.split("\n")[:-1]] == [words, "液氨报警没有联锁"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("-5℃", "'-5℃"),
        ("'=1", "''=1"),
        ("@某", "'@某"),
        ("\t=1", "'\t=1"),
        ("普通 = 不变", "普通 = 不变"),
        ("'引号", "'引号"),
        ("", ""),
    ],
)
def test_a_csv_holds_no_formula_of_strangers(written: str, kept: str) -> None:
    assert guarded(written) == kept
    assert kept in made(Form.CSV, row(words=written)).decode("utf-8-sig")


@given(st.text(alphabet="'=+-@\t\r甲1", max_size=6))
def test_every_guarded_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_page_documents_exactly_the_columns_and_codes_there_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{SCHEMA}`" in page
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    personal = {True: "（个人信息）", False: ""}
    assert rows == [(c.name, c.heading, KIND_NAMES[c.kind], c.meaning + personal[c.personal]) for c in COLUMNS]
    codes = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+?) \|$", page, re.MULTILINE)
    assert codes == [(name, code, words) for name, known in CODES.items() for code, words in known.items()]


def test_the_names_of_the_columns_never_change() -> None:
    assert [column.name for column in COLUMNS] == NAMES


@pytest.mark.parametrize("form", Form)
def test_no_hazards_make_a_file_that_opens(form: Form) -> None:
    data = made(form)
    if form is Form.EXCEL:
        assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python() == [NAMES]
    else:
        assert data.decode("utf-8-sig").strip() == ("" if form is Form.JSON_LINES else ",".join(NAMES))


def test_every_state_has_its_code() -> None:
    for state in State:
        assert json.loads(made(Form.JSON_LINES, row(state=state)))["state"] == state.value
        assert CODES["state"][state.value]


def test_more_rows_than_a_sheet_holds_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    with pytest.raises(TooManyRows, match="请改用 csv 或 jsonl"):
        made(Form.EXCEL, OPEN_ROW, CLOSED_ROW)
    assert made(Form.JSON_LINES, OPEN_ROW, CLOSED_ROW).count(b"\n") == 2


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_memory_does_not_grow_with_the_rows(form: str) -> None:
    program = (
        "import sys, resource, tempfile\n"
        "from tests.ledger_rows import AS_OF, many\n"
        "from handlers.documents.exports import Form, write_hazards\n"
        "with tempfile.TemporaryFile() as target:\n"
        "    print(write_hazards(many(int(sys.argv[1])), target, Form(sys.argv[2]), as_of=AS_OF))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    held = []
    for count in ("1000", "12000"):
        command = [sys.executable, "-c", program, count, form]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert told[0] == count
        held.append(float(told[1]))
    assert held[1] - held[0] < 4, f"{held} MB"
