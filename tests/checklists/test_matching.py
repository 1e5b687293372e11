"""From words to clause: everyday findings meet their criteria, and what fits nothing gets no proposal."""

from datetime import date

import pytest

from checklists.matching import proposals

TODAY = date(2026, 11, 23)


def ids(words: str, *own: str) -> list[str]:
    return [criterion.id for criterion in proposals(words, on=TODAY, own=own)]


@pytest.mark.parametrize(
    ("words", "criterion"),
    [
        ("二楼窗户焊了防盗网", "fire-22"),
        ("有限空间没有审批就进去", "confined-space-02"),
        ("电动车在楼道充电", "small-premises-07"),
        ("氨机房没有氨报警", "warehousing-18"),
        ("配电箱没有门", "small-premises-10"),
        ("脚手架没有连墙件", "construction-15"),
    ],
)
def test_everyday_words_meet_their_criterion(words: str, criterion: str) -> None:
    assert criterion in ids(words)


def test_the_firms_own_list_comes_first() -> None:
    assert ids("有限空间没有审批就进去")[0] == "confined-space-02"
    assert ids("有限空间没有审批就进去", "construction-34")[0] == "construction-34"
    assert ids("灭火器过期", "small-premises-17")[0] == "small-premises-17"


@pytest.mark.parametrize("words", ["", "今天下雨了", "ok", "12345", "的", "<b>"])
def test_words_that_fit_nothing_get_no_proposal(words: str) -> None:
    assert ids(words) == []


def test_there_are_three_at_most_and_none_twice_by_another_name() -> None:
    found = proposals("安全出口锁闭，疏散通道堵塞，消防车通道被占用", on=TODAY)
    assert len(found) == 3
    assert all(one.id not in other.same_as for one in found for other in found)


def test_a_criterion_is_proposed_only_while_it_is_in_force() -> None:
    assert proposals("二楼窗户焊了防盗网", on=date(1990, 1, 1)) == []
