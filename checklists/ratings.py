"""The rating of a firm for a year (年度考评): a hundred points, what the facts take and give, and a grade."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from checklists.rating_facts import Fact
from checklists.rating_rules import FULL, GAINS, Grade, Item, Rules
from checklists.working_days import SHANGHAI

OBJECTION_DAYS = 15  # practice of the offices; no plan names a number
MOST_WORDS = 500
_POINTS_AND_WORDS = re.compile(r"[-\u2212+]?([0-9]{1,3})(?:\s*分)?[\s,，、:：;；]+(\S.*)", re.DOTALL)
_ORDER = {item: place for place, item in enumerate(Item)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A fact with the points it took (below zero) or gave; `reason` why the office changed them by hand."""

    fact: Fact
    points: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """All lines of a firm for a year, the costliest first, by the rules of the day it was made."""

    year: int
    as_of: date
    rules: Rules
    lines: tuple[Line, ...]

    @property
    def score(self) -> int:
        """From 0 to 100: gains make good what was lost, never more."""
        return max(0, min(FULL, FULL + sum(line.points for line in self.lines)))

    @property
    def grade(self) -> Grade:
        return self.rules.grade(self.score)

    @property
    def lost(self) -> int:
        return -sum(line.points for line in self.lines if line.points < 0)

    @property
    def gained(self) -> int:
        return sum(line.points for line in self.lines if line.points > 0)

    def points_of(self, item: Item) -> int:
        """What all lines of one item took or gave."""
        return sum(line.points for line in self.lines if line.fact.item is item)

    def by_month(self) -> list[tuple[int, int]]:
        """The score at the end of each month in which something counted."""
        months = sorted({line.fact.day.month for line in self.lines if line.points and line.fact.day.year == self.year})
        upto = {m: sum(line.points for line in self.lines if _month(line, self.year) <= m) for m in months}
        return [(month, max(0, min(FULL, FULL + points))) for month, points in upto.items()]

    def with_points(self, place: int, points: int, reason: str) -> "Rating":
        """The same with other points in one line, and why; IndexError for a line that is not there."""
        lines = list(self.lines)
        lines[place] = replace(lines[place], points=points, reason=reason)
        return replace(self, lines=tuple(lines))

    @property
    def mark(self) -> int:
        """A short mark of what counts, so that a press confirms what was shown and nothing else."""
        body = self.to_body()
        return crc32(json.dumps([body["lines"], body["rules"]], sort_keys=True).encode())

    def to_body(self) -> dict[str, Any]:
        """As it stands in a confirmed rating."""
        return {
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "score": self.score,
            "grade": self.grade.value,
            "rules": self.rules.to_body(),
            "lines": [_line_to_body(line) for line in self.lines],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Rating":
        """What `to_body` wrote."""
        return cls(
            year=body["year"],
            as_of=date.fromisoformat(body["as_of"]),
            rules=Rules.from_body(body["rules"]),
            lines=tuple(_line_from_body(line) for line in body["lines"]),
        )


def rate(facts: Iterable[Fact], rules: Rules, *, year: int, as_of: date) -> Rating:
    """Points for every fact, the earliest first until the item's limit is reached; then the line says so with 0."""
    left = {item: rule.cap for item, rule in rules.items.items()}
    lines = []
    for fact in sorted(facts, key=_when):
        rule = rules.items[fact.item]
        if not rule.points:
            continue
        points = min(rule.points * fact.times, left[fact.item])
        left[fact.item] -= points
        lines.append(Line(fact=fact, points=points if fact.item in GAINS else -points))
    ordered = sorted(lines, key=lambda line: (line.points, _ORDER[line.fact.item], _when(line.fact)))
    return Rating(year=year, as_of=as_of, rules=rules, lines=tuple(ordered))


def _when(fact: Fact) -> tuple[Any, ...]:
    return fact.day, fact.number or (0, 0), fact.period


def _month(line: Line, year: int) -> int:
    return line.fact.day.month if line.fact.day.year == year else 0


def _line_to_body(line: Line) -> dict[str, Any]:
    fact = line.fact
    return {
        "item": fact.item.value,
        "day": fact.day.isoformat(),
        "times": fact.times,
        "days": fact.days,
        "hazard_id": fact.hazard_id,
        "number": list(fact.number) if fact.number else None,
        "period": fact.period,
        "is_running": fact.is_running,
        "points": line.points,
        "reason": line.reason,
    }


def _line_from_body(body: Mapping[str, Any]) -> Line:
    values = {name: value for name, value in body.items() if name not in ("points", "reason")}
    values |= {
        "item": Item(body["item"]),
        "day": date.fromisoformat(body["day"]),
        "number": tuple(body["number"]) if body["number"] else None,
    }
    return Line(fact=Fact(**values), points=body["points"], reason=body["reason"])


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmedRating:
    """One edition of a rating as the office confirmed it, with the firm's objection and the answer."""

    id: int
    enterprise_id: int
    edition: int
    rating: Rating
    confirmed_by: int
    confirmed_at: datetime
    objection: str = ""
    objected_by: int | None = None
    objected_at: datetime | None = None
    decision: str = ""
    decided_by: int | None = None
    decided_at: datetime | None = None

    @property
    def objection_until(self) -> date:
        """The last day (Shanghai) on which the firm may object."""
        return self.confirmed_at.astimezone(SHANGHAI).date() + timedelta(days=OBJECTION_DAYS)

    @property
    def is_waiting(self) -> bool:
        """Whether an objection waits for the office's answer."""
        return self.objected_at is not None and self.decided_at is None

    def may_object(self, today: date) -> bool:
        """Whether there is time left, and nobody has objected to this edition."""
        return self.objected_at is None and self.decided_at is None and today <= self.objection_until


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The scores of many firms at one moment, the worst first: (enterprise, score, grade, whether confirmed)."""

    at: datetime
    firms: Sequence[tuple[int, int, Grade, bool]]

    def by_grade(self) -> dict[Grade, int]:
        """How many firms have each grade, the best first."""
        return {grade: sum(firm[2] is grade for firm in self.firms) for grade in Grade}


def read_points(text: str) -> tuple[int, str] | None:
    """Points and the reason behind them as somebody typed them, such as 2 当天停电; the sign does not matter."""
    read = _POINTS_AND_WORDS.fullmatch(text.strip())
    return (int(read[1]), read[2]) if read else None


def year_to_confirm(today: date) -> int:
    """The year whose ratings the office confirms now: the last one that is over."""
    return today.year - 1
