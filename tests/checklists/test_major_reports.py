"""What the report of a major hazard can say of itself, and what it leaves to people."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checklists.criteria import Criterion
from checklists.hazards import Arrangements, Hazard, Level, Source, State
from checklists.major_reports import (
    CHOICES,
    MOST_UNITS,
    PART_NAMES,
    MajorReport,
    Part,
    answered,
    chosen,
    fits,
    is_owed,
    proposed,
    supplemented,
)

FOUND = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # already 2 March in China
HAZARD = Hazard(
    id=31,
    year=2026,
    sequence=31,
    enterprise_id=1,
    source=Source.TIP,
    inspection_id=None,
    item=None,
    criterion_id="dust-explosion-03",
    clause="工贸企业重大事故隐患判定标准 第十一条第（三）项",
    state=State.RECTIFYING,
    level=Level.MAJOR,
    level_confirmed_by=9,
    words="除尘器没有泄爆片\n也没有隔爆阀",
    arrangements=Arrangements(
        responsible="赵班长",
        measure="停机，加装泄爆片",
        funds="自筹",
        deadline=date(2026, 4, 1),
        contingency="停机看守",
    ),
    withdrawn_reason="",
    version=3,
    found_by=5,
    found_at=FOUND,
    place="一车间",
)
LISTED = Criterion(
    id="dust-explosion-03",
    sector="dust-explosion",
    sector_name="粉尘涉爆",
    ask="每套干式除尘系统，是否至少有泄爆、惰化、抑爆中的一种防爆措施？",
    look="",
    clause="第十一条第（三）项",
    standard_title="工贸企业重大事故隐患判定标准",
    standard_number="应急管理部令第10号",
    in_force_from=date(2023, 5, 15),
    in_force_until=None,
    level=Level.MAJOR,
    verified=True,
    applies=None,
    needs=(),
    same_as=(),
)


def said(part: Part, hazard: Hazard = HAZARD, criterion: Criterion | None = LISTED) -> str:
    return proposed(part, hazard, criterion=criterion, principal="王厂长")


def test_the_state_is_what_was_found_and_says_nothing_of_who_told_it() -> None:
    assert said(Part.CAUSE) == (
        "现状：除尘器没有泄爆片；也没有隔爆阀（位置：一车间）。2026年3月2日查出，"
        "依据工贸企业重大事故隐患判定标准 第十一条第（三）项，已确认为重大事故隐患。"
    )


def test_without_words_the_question_says_what_is_wrong() -> None:
    assert said(Part.CAUSE, replace(HAZARD, words="", place="")).startswith(
        "现状：不符合“每套干式除尘系统，是否至少有泄爆、惰化、抑爆中的一种防爆措施？”。2026年3月2日查出，"
    )


@pytest.mark.parametrize("criterion", [None, replace(LISTED, level=Level.GENERAL)])
def test_harm_names_the_criterion_only_where_it_makes_the_hazard_major(criterion: Criterion | None) -> None:
    basis = "依据工贸企业重大事故隐患判定标准 第十一条第（三）项，"
    assert said(Part.HARM) == f"危害程度：{basis}属于判定标准列明的重大事故隐患。改好以前，可能导致事故发生。"
    assert (
        said(Part.HARM, criterion=criterion) == f"危害程度：{basis}经确认为重大事故隐患。改好以前，可能导致事故发生。"
    )


def test_the_treatment_plan_has_the_six_points_out_of_the_five_arrangements() -> None:
    assert said(Part.TREATMENT).splitlines() == [
        "1．目标和任务：2026年4月1日前消除隐患（除尘器没有泄爆片；也没有隔爆阀），"
        "符合工贸企业重大事故隐患判定标准 第十一条第（三）项的要求。",
        "2．方法和措施：停机，加装泄爆片。",
        "3．经费和物资：自筹。",
        "4．机构和人员：王厂长组织，赵班长负责整改。",
        "5．时限和要求：2026年4月1日前改好，拍照提交复查，复查通过并销号才算完成。",
        "6．安全措施和应急预案：停机看守。",
    ]


@pytest.mark.parametrize(
    "gone",
    [{"responsible": ""}, {"measure": ""}, {"funds": ""}, {"deadline": None}, {"contingency": ""}],
    ids=lambda gone: next(iter(gone)),
)
def test_no_plan_is_proposed_while_an_arrangement_is_missing(gone: dict[str, Any]) -> None:
    unfinished = replace(HAZARD, arrangements=replace(HAZARD.arrangements, **gone))
    assert said(Part.TREATMENT, unfinished) == ""


def test_what_was_put_right_on_the_spot_says_so_instead_of_a_plan() -> None:
    fixed = replace(HAZARD, state=State.FIXED_ON_SPOT, arrangements=Arrangements(), handed_in_at=FOUND)
    assert said(Part.TREATMENT, fixed) == "2026年3月2日已立查立改，整改后的照片已提交复查。"


def test_cause_and_difficulty_are_left_to_people() -> None:
    assert {part: bool(words) for part, words in CHOICES.items()} == {
        Part.CAUSE: True,
        Part.HARM: True,
        Part.TREATMENT: False,
    }
    assert not any(words in said(part) for part, choices in CHOICES.items() for words in choices.values())
    assert answered(Part.CAUSE, "现状：堵了。", "没有清灰。") == "现状：堵了。\n产生原因：没有清灰。"
    assert answered(Part.HARM, "危害程度：大。", "要停产。") == "危害程度：大。\n整改难易程度：要停产。"
    assert answered(Part.TREATMENT, "", "换新的") == "换新的"
    assert chosen(Part.CAUSE, "现状：堵了。", "d") == "现状：堵了。\n产生原因：日常检查没有发现。"


def test_what_is_added_later_says_when_and_by_whom() -> None:
    assert supplemented("现状：堵了。", "已清灰", by="王厂长", on=date(2026, 3, 5)) == (
        "现状：堵了。\n补充（2026年3月5日，王厂长）：已清灰"
    )


@pytest.mark.parametrize(("words", "may"), [("字" * MOST_UNITS, True), ("字" * (MOST_UNITS + 1), False)])
def test_a_part_fits_on_one_screen(words: str, may: bool) -> None:
    assert fits(words) is may


def test_a_sign_that_telegram_counts_twice_counts_twice() -> None:
    assert fits("😀" * (MOST_UNITS // 2))
    assert not fits("😀" * (MOST_UNITS // 2 + 1))


def test_the_longest_findings_still_make_a_proposal_that_fits() -> None:
    long = Arrangements(
        responsible="责" * 100, measure="措" * 500, funds="资" * 100, deadline=date(2026, 4, 1), contingency="应" * 500
    )
    hazard = replace(HAZARD, words="隐" * 2000, place="位" * 200, clause="条" * 200, arrangements=long)
    assert all(fits(said(part, hazard)) for part in Part)


@pytest.mark.parametrize(
    ("changes", "owed"),
    [({}, True), ({"level": Level.GENERAL}, False), ({"level_confirmed_by": None}, False)],
)
def test_only_what_a_person_confirmed_as_major_is_reported(changes: dict[str, Any], owed: bool) -> None:
    assert is_owed(replace(HAZARD, **changes)) is owed


def test_a_part_of_blanks_is_missing() -> None:
    report = MajorReport(hazard_id=1, life=1, version=1, written_by=1, written_at=FOUND, cause="堵了", harm=" \n")
    assert [PART_NAMES[part] for part in report.missing()] == ["危害程度和整改难易程度", "治理方案"]
