"""The ledger as Excel holds every hazard as it stands, counts what it lists, and stays small in memory."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from checklists.hazards import Level, State
from checklists.ledger import Figures, total
from checklists.prominent_hazards import reasons_of
from handlers.documents import hazard_ledger
from handlers.documents.hazard_columns import COLUMNS, LedgerRow, values_of
from handlers.documents.hazard_ledger import Tally, TooManyRows, write_hazard_ledger
from handlers.documents.prominent_hazards import Prominent, prominent_hazards_xlsx
from tests.ledger_rows import AS_OF, CLOSED_ROW, OPEN_ROW, TODAY, many, row


def made(*rows: LedgerRow) -> bytes:
    target = io.BytesIO()
    assert write_hazard_ledger(rows, target, zone="示例开发区", as_of=AS_OF) == len(rows)
    return target.getvalue()


def cells(data: bytes, sheet: str) -> list[list[object]]:
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
    return [list(line) for line in found]


def sheet_xml(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_the_ledger_has_what_an_office_hands_upward() -> None:
    title, heading, first, second = cells(made(OPEN_ROW, CLOSED_ROW), "隐患台账")
    assert title[0] == "示例开发区　事故隐患台账（截至2026年4月10日）"
    assert heading == [
        *(
            "编号",
            "企业",
            "统一社会信用代码",
            "行业",
            "社区",
            "来源",
            "级别",
            "判定依据",
            "隐患描述",
            "位置",
            "发现日期",
        ),
        *("责任人", "措施", "资金", "期限", "应急预案", "状态", "挂牌", "整改完成日期", "复查人", "销号日期"),
        *("整改前照片", "整改后照片", "天数", "逾期", "第几次打开", "虚假整改", "屡查屡犯", "重大隐患报告", "上报审核"),
        "防护类别",
    ]
    assert first == [
        *("SL-2026-0031", "样例食品有限公司", "91350211M000100Y46", "轻工、涉氨制冷", "一社区", "企业自查", "重大隐患"),
        *("工贸企业重大事故隐患判定标准 第十条", "液氨报警没有联锁", "制冷机房", date(2026, 3, 2)),
        *("王厂长", "停用，修复联锁", "8000元", date(2026, 4, 1), "撤人、警戒", "整改中", date(2026, 3, 5)),
        *("", "", "", "2张", "", 39.0, 9.0, 1.0, 0.0, 0.0, date(2026, 3, 3), "", "技防、工程防"),
    ]
    assert second[16:] == [
        *("已销号", "", date(2026, 3, 6), "周科员", date(2026, 3, 8), "1张", "1张", 6.0, 0.0, 1.0, 0.0, 2.0, "", ""),
        "技防、工程防",
    ]


def test_the_columns_and_their_values_stand_in_the_same_order() -> None:
    assert list(values_of(OPEN_ROW, TODAY)) == [column.name for column in COLUMNS]


def test_a_hazard_sent_back_or_opened_again_is_not_told_as_done() -> None:
    again = row(CLOSED_ROW, state=State.CONFIRMED, life=2)
    found = values_of(again, TODAY)
    assert (found["fixed_on"], found["reviewer"], found["closed_on"]) == (None, "", None)
    assert (found["days"], found["overdue_days"], found["life"]) == (39, 32, 2)


def test_evidence_handed_in_late_is_not_overdue_any_more_and_an_error_has_no_days() -> None:
    assert values_of(row(OPEN_ROW, state=State.HANDED_IN), TODAY)["overdue_days"] == 0
    assert values_of(row(OPEN_ROW, state=State.WITHDRAWN), TODAY)["days"] is None


def test_every_photo_has_its_row_and_the_ledger_leads_to_it() -> None:
    data = made(OPEN_ROW, CLOSED_ROW)
    assert cells(data, "照片") == [
        ["编号", "阶段", "第几张", "照片"],
        ["SL-2026-0031", "整改前", 1.0, "https://sample.invalid/p/1"],
        ["SL-2026-0031", "整改前", 2.0, "https://sample.invalid/p/2"],
        ["SL-2026-0032", "整改前", 1.0, "https://sample.invalid/p/3"],
        ["SL-2026-0032", "整改后", 1.0, "https://sample.invalid/p/4"],
    ]
    links = [part.split("</f>")[0] for part in sheet_xml(data).split("<f>")[1:]]
    assert links == [f'HYPERLINK("#\'照片\'!A{number}","{count}张")' for number, count in ((2, 2), (4, 1), (5, 1))]


def test_what_people_wrote_becomes_neither_formula_nor_link() -> None:
    evil = '=HYPERLINK("http://sample.invalid")'
    data = made(
        row(
            words=evil,
            clause="@SUM(1)",
            enterprise="http://sample.invalid",
            community="+1",
            photos_before=('https://sample.invalid/")&1', "file:///c:/x", "https://sample.invalid/" + "a" * 300),
        )
    )
    first = cells(data, "隐患台账")[2]
    assert (first[1], first[4], first[7], first[8]) == ("http://sample.invalid", "+1", "@SUM(1)", evil)
    assert sheet_xml(data).count("<f>") == 1
    assert "<f>" not in sheet_xml(data, 2)
    assert "<hyperlink" not in sheet_xml(data) + sheet_xml(data, 2)


def test_strange_characters_and_endless_words_do_not_spoil_the_file() -> None:
    first = cells(made(row(words="甲\x0b乙\x00丙_x0041_丁\n" + "长" * 40_000)), "隐患台账")[2]
    assert first[8] == "甲\x0b乙\x00丙_x0041_丁\n" + "长" * 32_753


def test_the_head_stays_and_filters_cover_all_rows() -> None:
    xml = sheet_xml(made(OPEN_ROW, CLOSED_ROW))
    assert 'xSplit="2" ySplit="2"' in xml
    assert '<autoFilter ref="A2:AE4"/>' in xml


def test_an_empty_ledger_opens_and_the_same_ledger_has_the_same_bytes() -> None:
    assert len(cells(made(), "隐患台账")) == 2
    assert made(OPEN_ROW) == made(OPEN_ROW)


def test_the_statistics_count_what_the_ledger_lists() -> None:
    unkind = replace(CLOSED_ROW.hazard.arrangements, defences=())
    when = datetime(2026, 4, 1, tzinfo=UTC)
    other = row(CLOSED_ROW, community="", trades=(), found_at=when, days_open=1, arrangements=unkind)
    data = made(OPEN_ROW, CLOSED_ROW, other, row(OPEN_ROW, state=State.WITHDRAWN))
    heading = ["发现", "其中重大", "已销号", "未销号", "其中逾期", "销号率", "平均销号天数"]
    assert cells(data, "统计") == [
        ["社区", "行业", "发现月份", *heading],
        ["未填写", "未填写", "2026-04", 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0],
        ["一社区", "轻工", "2026-03", 2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 6.0],
    ]
    sums = cells(data, "汇总")
    assert sums[:2] == [["合计", *heading], ["全部", 3.0, 1.0, 2.0, 1.0, 1.0, pytest.approx(2 / 3), 3.5]]
    assert [line[:2] for line in sums[3:]] == [
        ["社区", "发现"],
        ["未填写", 1.0],
        ["一社区", 2.0],
        ["", ""],
        ["行业", "发现"],
        ["未填写", 1.0],
        ["轻工", 2.0],
        ["", ""],
        ["发现月份", "发现"],
        ["2026-03", 2.0],
        ["2026-04", 1.0],
        ["", ""],
        ["防护类别", "发现"],
        ["人防", 0.0],
        ["技防", 2.0],
        ["工程防", 2.0],
        ["管理防", 0.0],
        ["没有分类", 1.0],
        ["一条隐患的措施属于几类的，每一类都算一次。", ""],
    ]
    assert sums[-4] == ["工程防", 2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 6.0]


def test_the_sums_by_area_trade_and_month_agree_with_the_rows() -> None:
    tally, rows = Tally(TODAY), list(many(500))
    for one in rows:
        tally.add(one)
    assert total(tally.figures()) == Figures(
        community="", trade="", month="", found=500, major=167, closed=333, open=167, overdue=167, days=6 * 333
    )


def test_more_rows_than_a_sheet_holds_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hazard_ledger, "MOST_ROWS", 2)
    with pytest.raises(TooManyRows, match="超过2条，一个表格放不下，请按年份分开导出"):
        made(OPEN_ROW, CLOSED_ROW, OPEN_ROW)


def test_memory_does_not_grow_with_the_rows() -> None:
    """The most memory a process of its own held for 1,000 and for 9,000 rows."""
    program = (
        "import sys, resource, tempfile\n"
        "from tests.ledger_rows import AS_OF, many\n"
        "from handlers.documents.hazard_ledger import write_hazard_ledger\n"
        "with tempfile.TemporaryFile() as target:\n"
        "    print(write_hazard_ledger(many(int(sys.argv[1])), target, zone='例', as_of=AS_OF))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    held = []
    for count in ("1000", "9000"):
        command = [sys.executable, "-c", program, count]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert told[0] == count
        held.append(float(told[1]))
    assert held[1] - held[0] < 6, f"{held} MB"


def test_prominent_hazards_say_why() -> None:
    assert reasons_of(OPEN_ROW.hazard, today=TODAY, repeats=1) == (
        "重大事故隐患",
        "挂牌督办中",
        "逾期9天未整改",
        "屡查屡犯，此前已有1次",
    )
    unsure = row(OPEN_ROW, level_confirmed_by=None, listed_at=None, fakes=1, life=2).hazard
    assert reasons_of(unsure, today=date(2026, 3, 9)) == (
        "可能是重大事故隐患，待确认",
        "曾认定虚假整改1次",
        "第2次打开",
    )


@pytest.mark.parametrize(("day", "reasons"), [(30, ()), (31, ("逾期30天未整改",))])
def test_a_general_hazard_is_prominent_only_when_long_overdue(day: int, reasons: tuple[str, ...]) -> None:
    general = row(OPEN_ROW, level=Level.GENERAL, listed_at=None).hazard
    from_deadline = date.fromordinal(date(2026, 4, 1).toordinal() + day - 1)
    assert reasons_of(general, today=from_deadline) == reasons


def test_what_is_closed_is_not_prominent() -> None:
    assert reasons_of(CLOSED_ROW.hazard, today=TODAY, repeats=3) == ()


def test_the_monthly_list_names_each_with_its_reasons() -> None:
    chosen = [Prominent(row=OPEN_ROW, reasons=("重大事故隐患", "逾期9天未整改"))]
    title, heading, first, _, foot = cells(
        prominent_hazards_xlsx(chosen, zone="示例开发区", month="2026-04", as_of=AS_OF), "突出隐患"
    )
    assert title[0] == "示例开发区　2026年4月突出事故隐患清单（1条）"
    assert heading[:8] == ["序号", "编号", "企业", "行业", "社区", "级别", "隐患描述", "突出原因"]
    assert first == [
        *(1.0, "SL-2026-0031", "样例食品有限公司", "轻工、涉氨制冷", "一社区", "重大隐患", "液氨报警没有联锁"),
        *("重大事故隐患；逾期9天未整改", "王厂长", "停用，修复联锁（技防、工程防）", date(2026, 4, 1), "整改中", 9.0),
    ]
    assert foot[0] == "截至2026年4月10日。填报人：　　　　　　审核人：　　　　　　单位（盖章）："
