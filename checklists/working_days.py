"""Working days of China: make-up weekends, days off, periods and hours, official or provisional (暂定)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar
from pydantic import Field

from checklists.data import Record, data_file, read

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENS = time(8, 30)
CLOSES = time(17, 30)
_FARTHEST_YEARS = 100


class ProvisionalFile(Record):
    schema_: Literal["provisional-calendar/1"] = Field(alias="schema")
    every_year: tuple[str, ...]
    years: Mapping[int, tuple[date, ...]]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The calendar an office works by.

    Years with a notice of the State Council come from `days_off` and `make_up_days`; every other year is
    provisional: weekends, the holidays of fixed date, and the reckoned ones, without make-up days.
    """

    official_years: frozenset[int]
    days_off: frozenset[date]
    make_up_days: frozenset[date]
    fixed_holidays: frozenset[tuple[int, int]]
    reckoned_holidays: frozenset[date] = field(default_factory=frozenset)

    def is_provisional(self, day: date) -> bool:
        """Whether the year of this day has no official notice yet, so that its days off are 暂定."""
        return day.year not in self.official_years

    def is_working_day(self, day: date) -> bool:
        if self.is_provisional(day):
            holiday = (day.month, day.day) in self.fixed_holidays or day in self.reckoned_holidays
            return day.weekday() < 5 and not holiday
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.days_off)

    def next_working_day(self, day: date) -> date:
        """The day itself or the first working day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def hand_in_by(self, due: date) -> date:
        """The last working day on or before a fixed date: the date stands, the work is handed in earlier."""
        while not self.is_working_day(due):
            due -= timedelta(days=1)
        return due

    def add_working_days(self, start: date, days: int) -> date:
        """`days` working days after `start`; the first day does not count."""
        day = start
        for _ in range(_natural(days)):
            day = self.next_working_day(day + timedelta(days=1))
        return self.next_working_day(day)

    def deadline(self, start: date, days: int, *, working: bool = False) -> date:
        """The last day of a period from an event (民法典 201–203); `working` counts working days only.

        The first day does not count; when the last is a day off, the period ends on the first working day after.
        Raises ValueError for a negative number or one beyond a hundred years.
        """
        if working:
            return self.add_working_days(start, days)
        return self.next_working_day(start + timedelta(days=_natural(days)))

    def deadline_in_months(self, start: date, months: int) -> date:
        """The same for months: the corresponding day, or the end of the month where there is none."""
        return self.next_working_day(add_months(start, _natural(months)))

    def apply_by(self, expires: date, *, months: int = 0, days: int = 0) -> date:
        """The last working day for an application that is due so long before a validity ends."""
        return self.hand_in_by(add_months(expires, -_natural(months)) - timedelta(days=_natural(days)))

    def is_working_time(self, now: datetime) -> bool:
        """Whether offices work at this aware moment: 8:30 to 17:30 in China on a working day."""
        local = now.astimezone(SHANGHAI)
        return self.is_working_day(local.date()) and OPENS <= local.time() < CLOSES

    def next_working_time(self, now: datetime) -> datetime:
        """`now` itself in working time, else the next moment offices open; in the zone of `now`."""
        if self.is_working_time(now):
            return now
        local = now.astimezone(SHANGHAI)
        day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
        opening = datetime.combine(self.next_working_day(day), OPENS, tzinfo=SHANGHAI)
        return opening.astimezone(now.tzinfo)


def add_months(day: date, months: int) -> date:
    """The same day so many months away, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _natural(number: int) -> int:
    if number < 0:
        raise ValueError("期限不能是负数")
    if number > _FARTHEST_YEARS * 366:
        raise ValueError("期限太长，超过一百年")
    return number


@cache
def load_working_days() -> WorkingDays:
    """The packaged calendar, read once."""
    # The constants hold the notices of all years; a year counts when its National Day is among them.
    days_off = frozenset(chinese_calendar.constants.holidays)
    row = read(data_file("calendars", "provisional.yaml"), ProvisionalFile)
    return WorkingDays(
        official_years=frozenset(day.year for day in days_off if (day.month, day.day) == (10, 1)),
        days_off=days_off,
        make_up_days=frozenset(chinese_calendar.constants.workdays),
        fixed_holidays=frozenset((int(text[:2]), int(text[3:])) for text in row.every_year),
        reckoned_holidays=frozenset(day for days in row.years.values() for day in days),
    )
