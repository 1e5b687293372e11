"""What a rating takes points for (考核细则): the items with their points and limits, and where the grades begin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from checklists.figures import Figure


class Item(StrEnum):
    """One thing that costs points, or brings some; the value stands in settings and in confirmed ratings."""

    INSPECTION_MISSED = "inspection_missed"
    INSPECTION_LATE = "inspection_late"
    OVERDUE = "overdue"
    OVERDUE_MAJOR = "overdue_major"
    FAKE = "fake"
    REPEAT = "repeat"
    UNFOUND = "unfound"
    REPORT = "report"
    RETURNED = "returned"
    TABLE = "table"
    REGISTER = "register"
    HEARD = "heard"
    FOUND = "found"


ITEM_NAMES: Mapping[Item, str] = {
    Item.INSPECTION_MISSED: "自查没有做",
    Item.INSPECTION_LATE: "自查过期才做",
    Item.OVERDUE: "一般隐患逾期",
    Item.OVERDUE_MAJOR: "重大隐患逾期",
    Item.FAKE: "虚假整改",
    Item.REPEAT: "屡查屡犯",
    Item.UNFOUND: "自查没有查出",
    Item.REPORT: "重大隐患没有按时报告",
    Item.RETURNED: "整改被退回",
    Item.TABLE: "统计表没有签字",
    Item.REGISTER: "没有风险点清单",
    Item.HEARD: "采纳职工报告",
    Item.FOUND: "自己查出并按期改好",
}
# What honest work brings; everything else costs.
GAINS = frozenset({Item.HEARD, Item.FOUND})
OVERDUE_STEP_DAYS = 10  # an overdue hazard costs its points once more for every ten days begun
_DEFAULTS: Mapping[Item, tuple[int, int]] = {
    Item.INSPECTION_MISSED: (5, 20),
    Item.INSPECTION_LATE: (2, 8),
    Item.OVERDUE: (2, 20),
    Item.OVERDUE_MAJOR: (5, 30),
    Item.FAKE: (10, 40),
    Item.REPEAT: (3, 15),
    Item.UNFOUND: (2, 10),
    Item.REPORT: (5, 15),
    Item.RETURNED: (1, 10),
    Item.TABLE: (2, 8),
    Item.REGISTER: (5, 5),
    Item.HEARD: (1, 5),
    Item.FOUND: (1, 5),
}
FULL = 100
_MOST_POINTS = 50


class Grade(StrEnum):
    """How a firm is rated, the best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


GRADE_NAMES: Mapping[Grade, str] = {
    Grade.EXCELLENT: "优（好）",
    Grade.GOOD: "良（较好）",
    Grade.FAIR: "中（一般）",
    Grade.POOR: "差",
}
_BEGINS = {Grade.EXCELLENT: 90, Grade.GOOD: 80, Grade.FAIR: 60}
REPORT_DAYS = "rating_report_days"
_NUMBER, _SEPARATED = re.compile(r"[0-9]{1,4}"), re.compile(r"[\s,，、;；/]+")


def points_key(item: Item) -> str:
    """The setting with the points of an item."""
    return f"rating_points_{item.value}"


def cap_key(item: Item) -> str:
    """The setting with the most an item may take or give in a year."""
    return f"rating_cap_{item.value}"


def grade_key(grade: Grade) -> str:
    """The setting with the score from which on a grade is given."""
    return f"rating_grade_{grade.value}"


def read_numbers(text: str) -> list[int]:
    """The whole numbers somebody typed, such as 2 20 or 3分、25分; none where anything else stands among them."""
    typed = [word.rstrip("分天") for word in _SEPARATED.split(text.strip())]
    return [int(word) for word in typed] if all(map(_NUMBER.fullmatch, typed)) else []


def _figures() -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for item, (points, cap) in _DEFAULTS.items():
        name = ITEM_NAMES[item]
        figures[points_key(item)] = Figure(label=f"{name}的分", default=points, least=0, most=_MOST_POINTS)
        figures[cap_key(item)] = Figure(label=f"{name}的上限", default=cap, least=0, most=FULL)
    for grade, score in _BEGINS.items():
        figures[grade_key(grade)] = Figure(label=f"{GRADE_NAMES[grade]}的起点", default=score, least=1, most=FULL)
    figures[REPORT_DAYS] = Figure(label="重大隐患几天内报告", default=7, least=1, most=90)
    return figures


# Every number of the rules, all of them for the office to set.
RATING_FIGURES: Mapping[str, Figure] = _figures()


class GradesOutOfOrder(ValueError):
    """A better grade must begin above the next one."""


@dataclass(frozen=True, slots=True)
class ItemRule:
    """What one case of an item costs or brings, and the most that all cases of a year may; 0 points: not counted."""

    points: int
    cap: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules a rating was made by."""

    items: Mapping[Item, ItemRule] = field(default_factory=lambda: {i: ItemRule(*d) for i, d in _DEFAULTS.items()})
    begins: Mapping[Grade, int] = field(default_factory=lambda: dict(_BEGINS))
    report_days: int = RATING_FIGURES[REPORT_DAYS].default

    @classmethod
    def of(cls, values: Mapping[str, int]) -> "Rules":
        """The rules that these settings make; all of RATING_FIGURES are there."""
        return cls(
            items={item: ItemRule(values[points_key(item)], values[cap_key(item)]) for item in Item},
            begins={grade: values[grade_key(grade)] for grade in _BEGINS},
            report_days=values[REPORT_DAYS],
        )

    def check(self) -> None:
        """Raises GradesOutOfOrder."""
        begins = [self.begins[grade] for grade in _BEGINS]
        if sorted(set(begins), reverse=True) != begins:
            raise GradesOutOfOrder

    def grade(self, score: int) -> Grade:
        """The best grade that begins at this score or below it."""
        return next((grade for grade in _BEGINS if score >= self.begins[grade]), Grade.POOR)

    def to_body(self) -> dict[str, Any]:
        """As it stands in a confirmed rating."""
        return {
            "items": {item.value: [rule.points, rule.cap] for item, rule in self.items.items()},
            "begins": {grade.value: score for grade, score in self.begins.items()},
            "report_days": self.report_days,
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Rules":
        """What `to_body` wrote."""
        return cls(
            items={Item(name): ItemRule(*pair) for name, pair in body["items"].items()},
            begins={Grade(name): score for name, score in body["begins"].items()},
            report_days=body["report_days"],
        )
