"""Who has not reported: the figures and the lines of the office's list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grouping(StrEnum):
    """What the list is divided by; the values stand in buttons."""

    ALL = "a"
    TRADE = "t"
    COMMUNITY = "c"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How the present periods stand, in enterprises: `open` have time left, `overdue` missed a period."""

    owed: int
    done: int
    open: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCount:
    """One trade or community with its enterprises that have not reported; `value` is the trade's id or the name."""

    value: str
    number: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreported:
    """One enterprise that has not reported: its oldest open period, and how many are past."""

    enterprise_id: int
    enterprise: str
    uscc: str
    community: str
    period: str
    due_on: date
    missed: int
