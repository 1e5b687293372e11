"""`zicha checklist | duties | deadline | reward` as other tools call them."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import rules

app = typer.Typer()
rules.register(app)


def answer(*words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def told(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_checklist_is_a_list_of_items_with_the_agreed_keys() -> None:
    items = answer("checklist", "--sector", "machinery", "--on", "2026-11-22", "--verified-only")
    assert len(items) == 15
    assert {"id", "sector", "clause", "ask", "level", "verified", "standard"} <= set(items[0])
    assert (items[0]["id"], items[0]["level"], items[0]["verified"]) == ("machinery-01", "major", True)
    assert items[0]["standard"] == "工贸企业重大事故隐患判定标准（应急管理部令第10号）"


def test_traits_trades_and_the_day_shape_the_checklist() -> None:
    def ids(*words: str) -> set[str]:
        return {item["id"] for item in answer("checklist", *words, "--verified-only")}

    assert "dust-explosion-02a" in ids("--sector", "light-industry", "--trait", "dust-explosion")
    assert "dust-explosion-02a" in ids("--sector", "轻工", "--trait", "粉尘")
    assert "machinery-07" not in ids("--sector", "machinery", "--without", "喷漆")
    assert "coal-mine-01" not in ids("--sector", "coal-mine", "--on", "2026-06-30")
    assert len(ids("--sector", "hazchem", "--sector", "warehousing", "--on", "2026-11-22")) == 35


def test_unverified_items_are_listed_with_their_mark_unless_left_out() -> None:
    assert all(item["verified"] for item in answer("checklist", "--sector", "hazchem", "--verified-only"))
    assert "（待核）" in told("checklist", "--sector", "hazchem")
    everything = answer("checklist", "--sector", "hazchem", "--on", "2026-11-22")
    assert len(everything) == 87
    assert sum(not item["verified"] for item in everything) == 59


def test_a_person_reads_sections_and_a_sum() -> None:
    words = told("checklist", "--sector", "纺织", "--on", "2026-11-22", "--verified-only")
    assert "【纺织】3 题" in words
    assert words.endswith("共 9 题\n")


def test_duties_are_listed_with_the_agreed_keys_in_order() -> None:
    found = answer(
        "duties", "--plan", "heelun-2024", "--sector", "hazchem", "--from", "2026-05-01", "--to", "2026-06-30"
    )
    assert [(d["duty"], d["period"], d["due"], d["hand_in_by"]) for d in found] == [
        ("principal_inspection", "2026-05", "2026-05-31", "2026-05-29"),
        ("evacuation_drill", "2026H1", "2026-06-30", "2026-06-30"),
        ("principal_inspection", "2026-06", "2026-06-30", "2026-06-30"),
    ]
    assert {d["subject"] for d in found} == {"enterprise"}
    assert found[0]["source"].endswith("三(一)1(4)")


def test_the_subject_chooses_whose_duties_are_listed() -> None:
    def kinds(subject: str) -> list[str]:
        words = ("--plan", "dongli-2024", "--from", "2026-09-01", "--to", "2026-09-30", "--subject", subject)
        return [d["duty"] for d in answer("duties", *words)]

    assert kinds("department") == ["work_report"]
    assert kinds("office") == ["party_review"]
    assert kinds("all") == ["work_report", "party_review", "principal_inspection"]


def test_a_person_reads_duties_with_day_and_clause() -> None:
    words = told(
        "duties", "--plan", "dongli-2024", "--from", "2026-09-01", "--to", "2026-09-30", "--subject", "department"
    )
    assert "2026-09-25  部门  部门季度工作情况  2026Q3" in words
    assert "最迟 2026-09-24 交" in words


@pytest.mark.parametrize(
    ("words", "due", "provisional"),
    [
        (("--from", "2026-08-03", "--days", "60"), "2026-10-08", False),
        (("--from", "2026-02-12", "--days", "5", "--working"), "2026-02-26", False),
        (("--from", "2026-12-30", "--days", "2"), "2027-01-04", True),
    ],
)
def test_a_deadline_is_the_last_good_day(words: tuple[str, ...], due: str, provisional: bool) -> None:
    assert answer("deadline", *words) == {"due": due, "provisional": provisional}


def test_a_person_is_told_that_a_deadline_is_provisional() -> None:
    assert told("deadline", "--from", "2026-12-30", "--days", "2") == "2027-01-04（暂定：当年放假安排还没有发布）\n"


def test_a_reward_is_an_estimate_with_formula_source_and_notes() -> None:
    found = answer("reward", "--case", "major-hazard", "--fine", "200000")
    assert (found["amount"], found["currency"], found["estimate"]) == (30000, "CNY", True)
    assert found["formula"] == "min(max(0.15 × 罚款, 3000), 300000)"
    assert "安监总财〔2018〕19号" in found["source"]
    assert found["notes"][0] == "金额是估算，最后由受理举报的部门决定。"


def test_rewards_follow_region_insider_and_deaths() -> None:
    assert answer("reward", "--case", "major-hazard", "--fine", "20001")["amount"] == 3000.15
    assert answer("reward", "--case", "illegal-production", "--insider", "--region", "厦门")["amount"] == 3900
    deaths = ("--case", "concealed-accident", "--deaths", "3", "--grade", "较大")
    assert answer("reward", *deaths)["amount"] == 120000
    assert answer("reward", *deaths, "--region", "安徽")["amount"] == 150000
    unknown = answer("reward", "--case", "major-hazard", "--fine", "200000", "--insider")
    assert (unknown["amount"], unknown["at_least"]) == (None, 30000)
    assert "估算：30000.00 元" in told("reward", "--case", "major-hazard", "--fine", "200000")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("checklist",), "请用 --sector 至少写一个行业"),
        (("checklist", "--sector", "航天"), "没有这个行业：航天"),
        (("checklist", "--sector", "machinery", "--trait", "飞碟"), "没有这个特征：飞碟"),
        (("checklist", "--sector", "machinery", "--on", "2026-02-30"), "--on 的日期不对：2026-02-30"),
        (("duties", "--plan", "x", "--from", "2026-01-01", "--to", "2026-02-01"), "没有这个方案：x"),
        (("duties", "--plan", "heelun-2024", "--from", "2026-02-01", "--to", "2026-01-01"), "起始日期不能晚于"),
        (
            ("duties", "--plan", "heelun-2024", "--from", "2026-01-01", "--to", "2026-02-01", "--subject", "all firms"),
            "没有这种对象",
        ),
        (("deadline", "--from", "明天", "--days", "1"), "--from 的日期不对：明天"),
        (("deadline", "--from", "2026-01-01", "--days", "-1"), "期限不能是负数"),
        (("deadline", "--from", "9999-12-31", "--days", "1"), "日期太远"),
        (("reward", "--case", "rumour"), "没有这种情形：rumour"),
        (("reward", "--case", "major-hazard", "--fine", "很多"), "--fine 不是数：很多"),
        (("reward", "--case", "major-hazard", "--fine", "-1"), "罚款金额不对"),
        (("reward", "--case", "concealed-accident"), "要写查实的瞒报死亡人数"),
    ],
)
def test_bad_input_ends_with_status_2_and_plain_words_on_stderr(words: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
