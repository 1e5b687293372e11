"""When the trail is checked: once a night, at once when an administrator asks, and by one process at a time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from checklists.working_days import SHANGHAI

QUIET = time(3, 20)
LEASE = timedelta(minutes=10)
AGAIN_AFTER_FAILURE = timedelta(minutes=30)
LONG_AGO = timedelta(days=2)
_WRONG_CLOCK = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """How many rows of one kind are wrong in one way; `table` and `wrong` as in storage.verification."""

    table: str
    wrong: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailCheck:
    """Where checking the trail stands. Times are aware; heads are `number:hash`.

    `token` names the check that is going on, `beat_at` when it last gave a sign; `first_at` is when the first was taken
    up, `checked_at` when the last finished one began, `clean_at` the last without a fault. `cut` says that it stopped
    counting. `told` stands for the faults that the office knows of, `explained` for those an administrator gave the
    reason of.
    """

    asked_by: int | None = None
    token: str = ""
    began_at: datetime | None = None
    beat_at: datetime | None = None
    percent: int = 0
    failed_at: datetime | None = None
    first_at: datetime | None = None
    checked_at: datetime | None = None
    events: int = 0
    found: tuple[Found, ...] = ()
    cut: bool = False
    clean_at: datetime | None = None
    clean_head: str = ""
    clean_head_at: datetime | None = None
    told: str = ""
    explained: str = ""
    explained_by: int | None = None
    explained_at: datetime | None = None
    reason: str = ""

    @property
    def faults(self) -> int:
        """How many things the last check found wrong."""
        return sum(one.number for one in self.found)

    @property
    def is_explained(self) -> bool:
        """Whether just these faults have a reason that somebody answers for."""
        return bool(self.found) and self.told == self.explained

    def is_running(self, now: datetime) -> bool:
        """Whether a check gave a sign lately; one that was killed gives none."""
        return bool(self.token) and self.beat_at is not None and abs(now - self.beat_at) < LEASE

    def is_waiting(self, now: datetime) -> bool:
        """Whether somebody asked for a check or one is going on."""
        return self.asked_by is not None or self.is_running(now)

    def is_long_ago(self, now: datetime) -> bool:
        """Whether no check was finished for days, though they were tried."""
        since = self.checked_at or self.first_at
        return since is not None and now - since > LONG_AGO

    def is_due(self, now: datetime, *, founded_at: datetime) -> bool:
        """Whether somebody should check now, after a failure also by day.

        A clock set back a little causes no second check of the same night.
        """
        if self.is_running(now):
            return False
        if self.failed_at is not None:
            return abs(now - self.failed_at) >= AGAIN_AFTER_FAILURE
        last = self.checked_at or founded_at
        return self.asked_by is not None or last < quiet_hour(now) or last > now + _WRONG_CLOCK


def quiet_hour(now: datetime) -> datetime:
    """The last 3:20 at night in Shanghai that is not after `now`."""
    local = now.astimezone(SHANGHAI)
    tonight = datetime.combine(local.date(), QUIET, SHANGHAI)
    return tonight if tonight <= local else tonight - timedelta(days=1)
