"""The ledger as the office reads it: filters, places in a long list, figures, and how they stand against the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from checklists.hazards import OPEN_STATES, Hazard, Level, Source, State, parse_number
from checklists.plans import EntryRow, load_plan

STOCK_UNTIL = date(2023, 12, 31)  # “2023年及以前”: what the plans of 2024 call the stock
_STOCK, _GROWTH, _ZERO = "tgt_clear_stock", "tgt_curb_increment", "tgt_dynamic_zero"


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFilter:
    """Which hazards to show; what is None or empty does not filter.

    `unreported` keeps major hazards, confirmed as such, whose report of this life the firm has not handed in;
    `overdue_on` keeps those whose deadline lies before that day (Shanghai) without evidence handed in, `rung_due_on`
    those for which the next step of the plan's ladder is due that day; the storage adds `ladder`, the only level it is
    for (`ladder_level`) and `patient_since`.
    `without_department` keeps those that no department is in charge of, or one that was dissolved. `words` are
    looked for in the description, clause, place, measure, the firm's name and the number; all of them must be found.
    """

    states: frozenset[State] = OPEN_STATES
    enterprise_id: int | None = None
    department_id: int | None = None
    trade: str | None = None
    community: str | None = None
    level: Level | None = None
    source: Source | None = None
    listed: bool | None = None
    unreported: bool = False
    overdue_on: date | None = None
    rung_due_on: date | None = None
    ladder: tuple[str, ...] = ()
    ladder_level: Level | None = None
    patient_since: datetime | None = None
    without_department: bool = False
    words: str = ""

    @property
    def pieces(self) -> tuple[str, ...]:
        """The words to look for, one by one."""
        return tuple(self.words.split())

    @property
    def number(self) -> tuple[int, int] | None:
        """Year and sequence when the words are a hazard's number."""
        found = parse_number(self.words)
        return (found[1], found[2]) if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page of the list ended: the next one begins behind this hazard, whatever was added meanwhile."""

    deadline: date | None
    year: int
    sequence: int

    @classmethod
    def of(cls, hazard: Hazard) -> "Place":
        return cls(deadline=hazard.arrangements.deadline, year=hazard.year, sequence=hazard.sequence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of the list; `following` is None at the end."""

    hazards: tuple[Hazard, ...]
    following: Place | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What waits for the office, in numbers of hazards; `overdue` and `major` count open ones.

    `unsent` and `unanswered` count proposals: whose letter never went out, and that nobody has answered for long.
    """

    open: int = 0
    major: int = 0
    overdue: int = 0
    listed: int = 0
    to_confirm: int = 0
    to_review: int = 0
    to_close: int = 0
    deferrals: int = 0
    unreported: int = 0
    rungs: int = 0
    unsent: int = 0
    unanswered: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Hazards found in one month in one area and trade, and what has become of them; withdrawn ones do not count.

    `days` is the sum of the days from finding to close-out over the closed ones.
    """

    community: str
    trade: str
    month: str
    found: int
    major: int
    closed: int
    open: int
    overdue: int
    days: int

    @property
    def close_rate(self) -> float:
        """The share that is closed (销号率), 0 to 1; 0 where nothing was found."""
        return self.closed / self.found if self.found else 0.0

    @property
    def close_percent(self) -> int:
        """The share that is closed in whole per cent, rounded down: 100 is said only when all are closed."""
        return self.closed * 100 // self.found if self.found else 0

    @property
    def days_to_close(self) -> float | None:
        """The mean number of days from finding to close-out; None before the first."""
        return self.days / self.closed if self.closed else None


def total(rows: Sequence[Figures]) -> Figures:
    """All rows taken together, without area, trade and month."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    return Figures(community="", trade="", month="", **sums)


def gathered(rows: Sequence[Figures], *by: str) -> list[Figures]:
    """The rows added up by these fields (community, trade, month), in their order; the other fields are empty."""
    groups: dict[tuple[str, ...], list[Figures]] = {}
    for row in rows:
        groups.setdefault(tuple(getattr(row, name) for name in by), []).append(row)
    empty: dict[str, Any] = {"community": "", "trade": "", "month": ""}
    return [
        Figures(
            **{**empty, **dict(zip(by, key, strict=True))},
            **{name: sum(getattr(row, name) for row in group) for name in _SUMS},
        )
        for key, group in sorted(groups.items())
    ]


_SUMS = ("found", "major", "closed", "open", "overdue", "days")


@dataclass(frozen=True, kw_only=True, slots=True)
class MajorFigures:
    """Major hazards against which the plan's targets are read; `by_quarter` are those found in each (2026Q3).

    `unarranged` counts open ones without a responsible person or a deadline.
    """

    stock: int
    open: int
    overdue: int
    unnotified: int
    unarranged: int
    by_quarter: Mapping[str, int]


OVERDUE, UNNOTIFIED, UNARRANGED = "overdue", "unnotified", "unarranged"
THIS_QUARTER, LAST_QUARTER, YEAR_AGO = "this_quarter", "last_quarter", "year_ago"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One target of the plan with today's figure; `met` is None where the plan gives no formula.

    `by` is the last day for it, None where the plan names none. `series` are the figures behind `count` by name: for
    growth this quarter so far beside the whole quarter before and that of a year ago, for dynamic zero what is amiss.
    """

    what: str
    clause: str
    by: date | None
    count: int
    met: bool | None
    series: Mapping[str, int]


def targets(plan_id: str, figures: MajorFigures, *, today: date) -> list[Target]:
    """Stock, growth and dynamic zero as this plan sets them, in its order; `today` is the day in Shanghai."""
    known = {_STOCK: _stock, _GROWTH: _growth, _ZERO: _zero}
    rows = [row for row in load_plan(plan_id).profile.targets if row.m in known]
    return [known[row.m](row, figures, today) for row in rows]


def _stock(row: EntryRow, figures: MajorFigures, _today: date) -> Target:
    # “基本”清零 has no number: the count is shown and the office judges.
    met = figures.stock == 0 if not row.degree.startswith("基本") or figures.stock == 0 else None
    return _target(row, figures.stock, met, {})


def _growth(row: EntryRow, figures: MajorFigures, today: date) -> Target:
    # No plan has a formula and the quarter is not over: the figures stand side by side and the office judges.
    year, quarter = today.year, (today.month + 2) // 3
    before = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    wanted = {THIS_QUARTER: (year, quarter), LAST_QUARTER: before, YEAR_AGO: (year - 1, quarter)}
    series = {name: figures.by_quarter.get("{}Q{}".format(*when), 0) for name, when in wanted.items()}
    return _target(row, series[THIS_QUARTER], None, series)


def _zero(row: EntryRow, figures: MajorFigures, _today: date) -> Target:
    # All count: what nobody was told of, or is in nobody's hands, is not under control, though no day has passed.
    series = {OVERDUE: figures.overdue, UNNOTIFIED: figures.unnotified, UNARRANGED: figures.unarranged}
    return _target(row, figures.overdue, not any(series.values()), series)


def _target(row: EntryRow, count: int, met: bool | None, series: Mapping[str, int]) -> Target:
    what = row.what or row.zh
    return Target(what=what, clause=row.clause, by=row.by, count=count, met=met, series=series)
