"""An older ledger comes in column by column and row by row, with plain words for what is wrong."""

from datetime import date

import pytest

from checklists.hazard_rows import (
    CheckedHazardRow,
    HazardRow,
    check_hazard_rows,
    missing_columns,
    parse_day,
    propose_columns,
)
from checklists.hazards import Arrangements, Level, Source

TODAY = date(2026, 4, 10)
COLUMNS = {
    "words": "存在问题",
    "enterprise": "单位名称",
    "uscc": "信用代码",
    "found_on": "检查日期",
    "level": "隐患等级",
    "source": "来源",
    "deadline": "整改时限",
    "responsible": "责任人",
    "state": "整改情况",
    "closed_on": "销号日期",
}
GOOD = {
    "行号": "4",
    "存在问题": "通道堵塞",
    "单位名称": "样例食品有限公司",
    "信用代码": "91350211M000100Y46",
    "检查日期": "2026年3月1日",
    "隐患等级": "一般",
    "来源": "执法检查",
    "整改时限": "2026/3/9",
    "责任人": "赵班长",
    "整改情况": "整改中",
    "销号日期": "",
}


def check(**changes: str) -> CheckedHazardRow:
    [result] = check_hazard_rows([GOOD | changes], COLUMNS, today=TODAY)
    return result


def test_columns_are_found_by_what_offices_call_them() -> None:
    headings = ["序号", "单位名称", "检查日期", "存在问题", "隐患等级", "企业整改责任人", "整改时限", "备注", "行号"]
    assert propose_columns(headings) == {
        "words": "存在问题",
        "enterprise": "单位名称",
        "found_on": "检查日期",
        "level": "隐患等级",
        "responsible": "企业整改责任人",
        "deadline": "整改时限",
    }


def test_no_column_serves_two_fields_and_the_exact_name_wins() -> None:
    assert propose_columns(["整改措施", "应急措施", "措施"]) == {"measure": "措施", "contingency": "应急措施"}


def test_what_is_missing_is_named() -> None:
    assert missing_columns({"words": "隐患"}) == ["发现日期", "企业名称或统一社会信用代码"]
    assert missing_columns({"words": "隐患", "found_on": "日期", "uscc": "代码"}) == []
    with pytest.raises(ValueError, match="还缺少这些列：隐患描述、发现日期、企业名称或统一社会信用代码"):
        check_hazard_rows([GOOD], {}, today=TODAY)


def test_a_good_row_is_read() -> None:
    assert check() == CheckedHazardRow(
        number=4,
        row=HazardRow(
            number=4,
            words="通道堵塞",
            found_on=date(2026, 3, 1),
            enterprise="样例食品有限公司",
            uscc="91350211M000100Y46",
            source=Source.OFFICIAL_INSPECTION,
            level=Level.GENERAL,
            arrangements=Arrangements(responsible="赵班长", deadline=date(2026, 3, 9)),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"存在问题": " "}, "没有写隐患描述"),
        ({"存在问题": "长" * 2001}, "隐患描述太长，最多2000个字"),
        ({"检查日期": ""}, "没有写发现日期"),
        ({"检查日期": "3月1日"}, "发现日期“3月1日”看不懂，请写成2026-03-01这样"),
        ({"检查日期": "2026-2-30"}, "发现日期“2026-2-30”没有这一天，请核对"),
        ({"检查日期": "2026-04-11"}, "发现日期2026-04-11在今天之后，请核对"),
        ({"整改时限": "尽快"}, "期限“尽快”看不懂，请写成2026-03-01这样"),
        ({"单位名称": "", "信用代码": ""}, "没有写是哪家企业"),
        (
            {"信用代码": "91350211M000100Y45"},
            "统一社会信用代码的校验码不对：前17位都对的话，最后一位应是6，现在是5；请照营业执照逐位核对",
        ),
    ],
)
def test_a_row_with_a_mistake_is_refused_in_plain_words(changes: dict[str, str], problem: str) -> None:
    result = check(**changes)
    assert (result.row, result.problems) == (None, (problem,))


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"隐患等级": "蓝色"}, "级别“蓝色”不认识，收入后请人确认级别"),
        ({"来源": "路过"}, "来源“路过”不认识，收入后请补来源"),
        ({"整改时限": "2026-02-01"}, "期限早于发现日期，请核对"),
    ],
)
def test_what_is_only_doubtful_is_a_hint(changes: dict[str, str], hint: str) -> None:
    result = check(**changes)
    assert result.row is not None
    assert (result.problems, result.hints) == ((), (hint,))


@pytest.mark.parametrize("changes", [{"整改情况": "已销号"}, {"整改情况": "已整改"}, {"销号日期": "2026-03-08"}])
def test_what_an_older_ledger_calls_closed_is_only_claimed(changes: dict[str, str]) -> None:
    result = check(**changes)
    assert result.row is not None
    assert result.row.claims_closed
    assert result.hints == ("原台账写的是已整改或已销号，收入后仍要有整改照片、经人复查才算销号",)


@pytest.mark.parametrize("words", ["未整改", "整改中", "未完成", "部分整改", ""])
def test_what_is_not_done_is_not_claimed(words: str) -> None:
    result = check(整改情况=words)
    assert result.row is not None
    assert not result.row.claims_closed


def test_the_same_hazard_twice_is_refused_the_second_time() -> None:
    twice = [GOOD, GOOD | {"行号": "9"}, GOOD | {"行号": "10", "存在问题": "另一处"}]
    first, second, third = check_hazard_rows(twice, COLUMNS, today=TODAY)
    assert first.row is not None
    assert second.problems == ("和第4行重复，请删去一行",)
    assert third.row is not None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026.3.1", date(2026, 3, 1)),
        ("２０２６／３／１", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)),
        ("2026-03-01 09:30:00", date(2026, 3, 1)),
        ("46082", date(2026, 3, 1)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert parse_day(text) == day
