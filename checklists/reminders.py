"""What an enterprise owes in a period, when people are reminded of it, and who."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from checklists.people import INSPECTING_ROLES, Role
from checklists.working_days import WorkingDays

DAYS_BEFORE = (7, 3, 1)
DAYS_AFTER = (1, 3, 7)
PAUSE = timedelta(days=7)
_WEEK = 7


class DutyState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnterpriseDuty:
    """One thing an enterprise owes in one period; `hand_in_by` is the last working day on or before `due_on`."""

    id: int
    enterprise_id: int
    kind: str
    period: str
    opens_on: date
    due_on: date
    hand_in_by: date
    source: str
    provisional: bool = False
    state: DutyState = DutyState.OPEN
    done_at: datetime | None = None
    inspection_id: int | None = None


def reminder_days(due: date, calendar: WorkingDays) -> Iterator[date]:
    """The working days on which people are reminded of what is due on `due`, for ever: after it, weekly.

    A step that falls on a day off comes earlier before the due date and later after it; days may repeat.
    """
    for days in DAYS_BEFORE:
        yield calendar.hand_in_by(due - timedelta(days=days))
    yield calendar.hand_in_by(due)
    for days in DAYS_AFTER:
        yield calendar.next_working_day(due + timedelta(days=days))
    weeks = 2
    while True:
        yield calendar.next_working_day(due + timedelta(days=_WEEK * weeks))
        weeks += 1


def next_reminder(due: date, after: date, calendar: WorkingDays) -> date:
    """The first day of `reminder_days` behind `after`."""
    return next(day for day in reminder_days(due, calendar) if day > after)


def wants_attention(due: date, today: date, calendar: WorkingDays) -> bool:
    """Whether the first reminder's day has come, so that the thing stands on people's cards."""
    return today >= next(reminder_days(due, calendar))


def present_duties(duties: Sequence[EnterpriseDuty], today: date) -> list[EnterpriseDuty]:
    """What one enterprise can still do: the open periods, and of each kind the one just past if it was missed.

    Only the period before the present one can be made up for late. Older ones stay missed: an inspection of today says
    nothing about a workshop of half a year ago.
    """
    owed = sorted((d for d in duties if d.state is not DutyState.WAIVED), key=lambda duty: duty.due_on)
    past = {d.kind: d for d in owed if d.due_on < today}
    coming = [d for d in owed if d.due_on >= today and d.opens_on <= today]
    return [d for d in (*past.values(), *coming) if d.state is DutyState.OPEN]


def roles_to_tell(bound: Collection[Role], *, overdue: bool) -> frozenset[Role]:
    """Which of the bound roles hear of a duty: the principal; once it is overdue, controller and safety manager too.

    Where nobody of these can be reached, everybody who may inspect hears of it.
    """
    wanted = {Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER} if overdue else {Role.PRINCIPAL}
    return frozenset(wanted.intersection(bound)) or INSPECTING_ROLES.intersection(bound)


def pause_is_worth_a_word(touched_at: datetime, *, last_look: datetime, now: datetime) -> bool:
    """Whether an inspection nobody touched has passed another full week of pause since `last_look`."""
    return (now - touched_at) // PAUSE > max(0, (last_look - touched_at) // PAUSE)
