"""Analysis of hazards (研判): what belongs on the agenda of a meeting (分析会) and why, the most dangerous first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from checklists.hazards import Hazard, Level, MoveRefused

# A cadence of the plans and a rule of their hazard_rules, by name.
MEETING, RESEARCH = "analysis_meeting", "research"
MOST_TOPICS = 100  # nobody discusses more in one sitting
DEFERRED_OFTEN = 2
SENT_BACK_OFTEN = 2
# From this day of a month on, the office is reminded that the plan's meeting of the month was not held.
HINT_FROM_DAY = 20
MOST_REASON, MOST_DECISION, MOST_RESPONSIBLE, MOST_FOLLOWED = 300, 500, 100, 500


class Ground(StrEnum):
    """Why a hazard stands on an agenda."""

    UNDONE = "undone"
    HAND = "hand"
    MAJOR = "major"
    LISTED = "listed"
    OVERDUE = "overdue"
    FAKE = "fake"
    REWORKED = "reworked"
    DEFERRED = "deferred"


GROUND_NAMES: Mapping[Ground, str] = {
    Ground.UNDONE: "上次的研判决定没有落实",
    Ground.HAND: "有人提请研判",
    Ground.MAJOR: "重大隐患",
    Ground.LISTED: "挂牌督办",
    Ground.OVERDUE: "逾期没有改好",
    Ground.FAKE: "认定过虚假整改",
    Ground.REWORKED: "重改两次以上",
    Ground.DEFERRED: "延期两次以上",
}


class MeetingState(StrEnum):
    """Whether a meeting is being prepared and held, has its record, or was opened by mistake."""

    OPEN = "open"
    FINISHED = "finished"
    ABANDONED = "abandoned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """One meeting; `month` (2026-11) is that of `held_on` once the day is known, of its preparation before.

    `body` is the record as it was when the meeting ended.
    """

    id: int
    month: str
    held_on: date | None
    place: str
    chair: str
    present: str
    words: str
    body: str
    state: MeetingState
    opened_by: int
    opened_at: datetime
    finished_by: int | None = None
    finished_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is MeetingState.OPEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """A hazard put to analysis in one of its lives: it waits, is decided, or was taken off (`withdrawn_at`).

    Without `meeting_id` it waits for the next meeting or was decided at once. A decision that a later one takes the
    place of is withdrawn too. `place` orders an agenda; `reason` is in Chinese and of whoever put it by hand.
    """

    id: int
    hazard_id: int
    life: int
    meeting_id: int | None
    place: int
    grounds: tuple[Ground, ...]
    reason: str
    put_by: int
    put_at: datetime
    decision: str = ""
    responsible: str = ""
    until: date | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    followed: str = ""
    followed_by: int | None = None
    followed_at: datetime | None = None
    withdrawn_by: int | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None and self.withdrawn_at is None

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None and self.withdrawn_at is None

    @property
    def is_undone(self) -> bool:
        """Whether what was decided still has to be done."""
        return self.is_decided and self.followed_at is None

    def is_late(self, today: date) -> bool:
        """Whether the day of the decision has passed and it is not done; `today` is the day in Shanghai."""
        return self.is_undone and self.until is not None and self.until < today


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A hazard with why it is to be discussed."""

    hazard: Hazard
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the data say of hazards that may stand on an agenda, by the id of the hazard.

    `deferrals` counts those that were granted; `undone` are those with a decision that is not done, `by_hand` those
    that somebody put.
    """

    hazards: Sequence[Hazard]
    deferrals: Mapping[int, int] = field(default_factory=dict)
    undone: Collection[int] = ()
    by_hand: Collection[int] = ()


class NotOnTheList(MoveRefused):
    """The hazard is closed or was found in error: there is nothing to decide."""


class WaitsAlready(MoveRefused):
    """The hazard is put to analysis and nothing is decided yet."""


class SettledAlready(MoveRefused):
    """Somebody decided it, took it off, or said that it is done."""


class MeetingOver(MoveRefused):
    """The meeting has its record, or was abandoned."""


class DecisionsStand(MoveRefused):
    """A meeting in which something was decided is not abandoned."""


def grounds_of(hazard: Hazard, found: Found, *, today: date) -> tuple[Ground, ...]:
    """Why this hazard is to be discussed, the gravest first; empty for one that is closed or not concerned."""
    if not hazard.is_open:
        return ()
    holds = {
        Ground.UNDONE: hazard.id in found.undone,
        Ground.HAND: hazard.id in found.by_hand,
        Ground.MAJOR: hazard.level is Level.MAJOR,
        Ground.LISTED: hazard.is_listed,
        Ground.OVERDUE: hazard.is_overdue(today),
        Ground.FAKE: hazard.fakes > 0,
        Ground.REWORKED: hazard.round > SENT_BACK_OFTEN,
        Ground.DEFERRED: found.deferrals.get(hazard.id, 0) >= DEFERRED_OFTEN,
    }
    return tuple(ground for ground in Ground if holds[ground])


def danger(hazard: Hazard, *, today: date) -> tuple[int, ...]:
    """The order of an agenda: major, listed, overdue, longest overdue, oftenest fake, oldest number."""
    days = (today - hazard.arrangements.deadline).days if hazard.arrangements.deadline else 0
    late = days if hazard.is_overdue(today) else 0
    grave = (hazard.level is Level.MAJOR, hazard.is_listed, late > 0)
    return (*(not g for g in grave), -late, -hazard.fakes, hazard.year, hazard.sequence)


def agenda(found: Found, *, today: date, most: int = MOST_TOPICS) -> list[Topic]:
    """What is to be discussed: decisions that are not done, then all others by danger; at most `most` of those.

    What somebody put by hand is never left out.
    """
    known = {hazard.id: hazard for hazard in found.hazards}
    ordered = sorted(known.values(), key=lambda hazard: danger(hazard, today=today))
    topics = [Topic(hazard=hazard, grounds=grounds_of(hazard, found, today=today)) for hazard in ordered]
    first = [topic for topic in topics if Ground.UNDONE in topic.grounds]
    rest, proposed = [], 0
    for topic in topics:
        if not topic.grounds or Ground.UNDONE in topic.grounds:
            continue
        by_hand = Ground.HAND in topic.grounds
        if by_hand or proposed < most:
            rest.append(topic)
            proposed += not by_hand
    return [*first, *rest]


def is_missing(held: Iterable[date], *, today: date, opens: date, due: date) -> bool:
    """Whether it is time to remind of a meeting that falls due in this period and was not held in it."""
    return today.day >= HINT_FROM_DAY and not any(opens <= day <= due for day in held)
