"""What counts in the rating of a firm for a year, from what is known of its hazards and duties.

No fact says who found a hazard: what came from a tip counts, and reads, like a finding of the office. And nothing that
a firm found itself and put right in time costs a point, whatever happened on the way, save cheating.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazards import Level, State
from checklists.rating_rules import OVERDUE_STEP_DAYS, Item, Rules

REGISTER_AFTER_DAYS = 30  # a firm that has just come is not asked for its register yet


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that counts: `day` when it happened or began (Shanghai), `times` how often its points count.

    `hazard_id` with its `number` (year, sequence) or `period` names the source. `is_running` while the firm can still
    do something about it.
    """

    item: Item
    day: date
    times: int = 1
    days: int = 0
    hazard_id: int | None = None
    number: tuple[int, int] | None = None
    period: str = ""
    is_running: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RatedHazard:
    """What a rating asks of a hazard; days are those of Shanghai, `returns` and `fakes` those of the year.

    `confirmed_on` is when a major one was confirmed as such, `reported_on` when its report was handed in; both of the
    present life. `came_back` and `went_unfound` speak of findings from outside the firm alone.
    """

    id: int
    number: tuple[int, int]
    level: Level
    state: State
    is_inside: bool
    found_on: date
    deadline: date | None
    handed_in_on: date | None
    returns: int = 0
    returned_on: date | None = None
    fakes: int = 0
    faked_on: date | None = None
    confirmed_on: date | None = None
    reported_on: date | None = None
    came_back: bool = False
    went_unfound: bool = False

    @property
    def is_honest(self) -> bool:
        """Found by the firm itself, put right by its day, and closed."""
        in_time = self.handed_in_on is not None and (self.deadline is None or self.handed_in_on <= self.deadline)
        return self.is_inside and self.state is State.CLOSED and in_time


@dataclass(frozen=True, kw_only=True, slots=True)
class RatedDuty:
    """An inspection or a table that was owed; `done_on` None while it is not done."""

    kind: str
    period: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """How many hazards of one kind the firm is given points for, and the day the first of them was found.

    By the last one, one more would lower the score of the months before it.
    """

    count: int = 0
    first: date = date.min


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmYear:
    """All that is known of one firm for one year."""

    since: date
    hazards: tuple[RatedHazard, ...] = ()
    duties: tuple[RatedDuty, ...] = ()
    heard: Gain = Gain()
    found: Gain = Gain()
    has_register: bool = True


def as_of(year: int, today: date) -> date:
    """The last day that counts: today, or the end of a year that is over."""
    return min(today, date(year, 12, 31))


def facts_of(firm: FirmYear, rules: Rules, *, year: int, today: date) -> Iterator[Fact]:
    """Everything that counts in this year as it is known on `today` (Shanghai)."""
    for duty in firm.duties:
        yield from _of_duty(duty, year, today)
    for hazard in firm.hazards:
        yield from of_hazard(hazard, rules, year=year, today=today)
    last = as_of(year, today)
    if not firm.has_register and (last - firm.since).days >= REGISTER_AFTER_DAYS:
        yield Fact(item=Item.REGISTER, day=last, is_running=True)
    for item, gain in ((Item.HEARD, firm.heard), (Item.FOUND, firm.found)):
        if gain.count:
            yield Fact(item=item, day=gain.first, times=gain.count)


def _of_duty(duty: RatedDuty, year: int, today: date) -> Iterator[Fact]:
    if duty.due_on.year != year or duty.due_on >= today:
        return
    if duty.kind == PRINCIPAL_INSPECTION and duty.done_on is not None and duty.done_on > duty.due_on:
        yield Fact(item=Item.INSPECTION_LATE, day=duty.due_on, period=duty.period)
    if duty.done_on is None:
        item = Item.INSPECTION_MISSED if duty.kind == PRINCIPAL_INSPECTION else Item.TABLE
        yield Fact(item=item, day=duty.due_on, period=duty.period, is_running=True)


def of_hazard(hazard: RatedHazard, rules: Rules, *, year: int, today: date) -> Iterator[Fact]:
    """What one hazard costs in this year."""
    if hazard.state is State.WITHDRAWN:
        return
    if hazard.fakes and hazard.faked_on is not None:
        yield _about(hazard, Item.FAKE, hazard.faked_on, times=hazard.fakes)
    if hazard.is_honest:
        return
    if (overdue := _overdue(hazard, year, today)) is not None:
        yield overdue
    if (unreported := _unreported(hazard, rules, year, today)) is not None:
        yield unreported
    if hazard.returns and hazard.returned_on is not None:
        yield _about(hazard, Item.RETURNED, hazard.returned_on, times=hazard.returns)
    if hazard.is_inside or hazard.found_on.year != year:
        return
    for item, holds in ((Item.REPEAT, hazard.came_back), (Item.UNFOUND, hazard.went_unfound)):
        if holds:
            yield _about(hazard, item, hazard.found_on)


def _about(hazard: RatedHazard, item: Item, day: date, **more: Any) -> Fact:
    return Fact(item=item, day=day, hazard_id=hazard.id, number=hazard.number, **more)


def _overdue(hazard: RatedHazard, year: int, today: date) -> Fact | None:
    """The days of this year that the hazard stood past its deadline; what waits for the review is not the firm's."""
    if hazard.deadline is None:
        return None
    first = max(hazard.deadline, date(year - 1, 12, 31))
    last = min(hazard.handed_in_on or today, as_of(year, today))
    days = (last - first).days
    if days <= 0:
        return None
    item = Item.OVERDUE_MAJOR if hazard.level is Level.MAJOR else Item.OVERDUE
    times = 1 + (days - 1) // OVERDUE_STEP_DAYS
    running = hazard.handed_in_on is None
    return _about(hazard, item, first + timedelta(days=1), times=times, days=days, is_running=running)


def _unreported(hazard: RatedHazard, rules: Rules, year: int, today: date) -> Fact | None:
    if hazard.level is not Level.MAJOR or hazard.confirmed_on is None:
        return None
    due = hazard.confirmed_on + timedelta(days=rules.report_days)
    if due.year != year or (hazard.reported_on or today) <= due:
        return None
    return _about(hazard, Item.REPORT, due, is_running=hazard.reported_on is None)
