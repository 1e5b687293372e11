"""Risk points (风险点) with their grade and measures; one code each (一码一源)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from checklists.defences import Defence


class Grade(StrEnum):
    """The four grades and their colours (红橙黄蓝)."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


GRADE_NAMES: Mapping[Grade, str] = {
    Grade.RED: "🔴 重大风险",
    Grade.ORANGE: "🟠 较大风险",
    Grade.YELLOW: "🟡 一般风险",
    Grade.BLUE: "🔵 低风险",
}

# Without characters that look alike on a worn sticker.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One control measure of one of the four kinds."""

    defence: Defence
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskPoint:
    """One risk point of an enterprise; `number` counts within the enterprise, `code` is what its QR says."""

    id: int
    enterprise_id: int
    number: int
    code: str
    name: str
    place: str
    grade: Grade
    responsible: str
    version: int
    made_by: int
    made_at: datetime
    checked_on: date | None = None
    assessed_on: date | None = None
    retired_at: datetime | None = None
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskCheck:
    """One look at a risk point; `hazard_id` is what was reported then."""

    id: int
    risk_point_id: int
    good: bool
    words: str
    hazard_id: int | None
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskAssessment:
    """A point assessed anew (重新评估): the grade before and after, and why where it changed."""

    id: int
    risk_point_id: int
    before: Grade
    grade: Grade
    words: str
    by: int
    at: datetime

    @classmethod
    def of(cls, values: Mapping[Any, Any]) -> "RiskAssessment":
        """The assessment in a row."""
        return cls(**{**values, "before": Grade(values["before"]), "grade": Grade(values["grade"])})


def new_code() -> str:
    """A code that nobody can guess and that reads well from a sticker."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
