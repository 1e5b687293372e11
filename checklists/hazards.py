"""Hazards (隐患): level, number, states, and the five things that must stand fixed before rectifying (五落实)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from checklists.defences import Defence
from checklists.working_days import WorkingDays

GENERAL_DAYS = 15
MAJOR_DAYS = 30


class Level(StrEnum):
    """Whether a hazard is major (重大) by the criteria of the trade; the bot proposes, a person confirms."""

    MAJOR = "major"
    GENERAL = "general"


LEVEL_NAMES: Mapping[Level, str] = {Level.MAJOR: "重大隐患", Level.GENERAL: "一般隐患"}


class Source(StrEnum):
    """Where a hazard was found."""

    SELF_INSPECTION = "self_inspection"
    OFFICIAL_INSPECTION = "official_inspection"
    TIP = "tip"
    TRANSFER = "transfer"
    EXPERT = "expert"
    WORKER = "worker"


SOURCE_NAMES: Mapping[Source, str] = {
    Source.SELF_INSPECTION: "企业自查",
    Source.OFFICIAL_INSPECTION: "监督检查",
    Source.TIP: "举报查实",
    Source.TRANSFER: "上级交办",
    Source.EXPERT: "专家或保险机构检查",
    Source.WORKER: "从业人员报告",
}


class State(StrEnum):
    """Where a hazard stands between finding and close-out (销号); the moves between are in checklists.hazard_life."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    RECTIFYING = "rectifying"
    FIXED_ON_SPOT = "fixed_on_spot"
    HANDED_IN = "handed_in"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


STATE_NAMES: Mapping[State, str] = {
    State.FOUND: "待确认",
    State.CONFIRMED: "待落实整改",
    State.RECTIFYING: "整改中",
    State.FIXED_ON_SPOT: "立查立改，待复核",
    State.HANDED_IN: "已整改，待复查",
    State.REVIEWED: "复查通过，待销号",
    State.CLOSED: "已销号",
    State.WITHDRAWN: "误报，已撤回",
}

# Still on somebody's desk: neither closed nor found in error.
OPEN_STATES = frozenset(State) - {State.CLOSED, State.WITHDRAWN}


class MoveRefused(ValueError):
    """A step that the life of a hazard does not have, or not yet, or not for this person; the text is for people.

    `values` fill the placeholders of `words`; several names stand for a list.
    """

    def __init__(self, words: str, **values: str | Sequence[str]) -> None:
        self.words, self.values = words, values
        super().__init__(self.said(str))

    def said(self, translate: Callable[[str], str]) -> str:
        """The text in the language that `translate` speaks."""
        if not self.values:
            return translate(self.words)
        names = {key: [value] if isinstance(value, str) else value for key, value in self.values.items()}
        filled = {key: translate("、").join(map(translate, several)) for key, several in names.items()}
        return translate(self.words).format(**filled)


ARRANGEMENT_NAMES: Mapping[str, str] = {
    "responsible": "责任人",
    "measure": "措施",
    "funds": "资金",
    "deadline": "期限",
    "contingency": "应急预案",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangements:
    """The five arrangements (五落实); a text left empty or a deadline of None is not fixed yet.

    `defences` are the kinds the measure belongs to; nothing waits for them.
    """

    responsible: str = ""
    measure: str = ""
    funds: str = ""
    deadline: date | None = None
    contingency: str = ""
    defences: tuple[Defence, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """The Chinese names of what is not fixed yet."""
        return tuple(name for key, name in ARRANGEMENT_NAMES.items() if not str(getattr(self, key) or "").strip())

    @property
    def complete(self) -> bool:
        return not self.missing()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hazard:
    """One hazard on the list; `item` counts from 0 in its inspection's checklist, `version` rises with every change.

    `level` is the criterion's proposal until `level_confirmed_by` names the person who confirmed or changed it.
    `life` counts how often it was opened: a reopened hazard keeps its number and begins its next life. `round` counts
    how often it came to rectifying in all lives: evidence, reviews and `rectified`, the firm's words on what it put
    right, belong to one round.
    """

    id: int
    year: int
    sequence: int
    enterprise_id: int
    source: Source
    inspection_id: int | None
    item: int | None
    criterion_id: str | None
    clause: str
    state: State
    level: Level
    level_confirmed_by: int | None
    words: str
    arrangements: Arrangements
    withdrawn_reason: str
    version: int
    found_by: int
    found_at: datetime
    department_id: int | None = None
    official_inspection_id: int | None = None
    risk_point_id: int | None = None
    place: str = ""
    life: int = 1
    round: int = 1
    sampled: bool = False
    fakes: int = 0
    rectified: str = ""
    handed_in_by: int | None = None
    handed_in_at: datetime | None = None
    reviewed_by: int | None = None
    reviewed_at: datetime | None = None
    closed_by: int | None = None
    closed_at: datetime | None = None
    listed_at: datetime | None = None
    vetted_at: datetime | None = None
    reported_at: datetime | None = None
    month_found: str = ""
    days_open: int | None = None

    @property
    def is_live(self) -> bool:
        return self.state is not State.WITHDRAWN

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_found_inside(self) -> bool:
        """Whether the firm's own people found it, so that its words are the firm's to write."""
        return self.source in (Source.SELF_INSPECTION, Source.WORKER)

    @property
    def is_listed(self) -> bool:
        """Whether it is under listed supervision (挂牌督办)."""
        return self.listed_at is not None

    def is_overdue(self, today: date) -> bool:
        """Whether the deadline has passed without evidence handed in; `today` is the day in Shanghai."""
        deadline = self.arrangements.deadline
        waiting = self.state in (State.FOUND, State.CONFIRMED, State.RECTIFYING)
        return waiting and deadline is not None and deadline < today

    @property
    def is_settled(self) -> bool:
        """Whether the person who found it has nothing more to fill in."""
        return self.state not in (State.FOUND, State.CONFIRMED)


MEASURE_WORDS = {
    Level.MAJOR: "立即停用有关设备或区域，按标准整改，验收合格再用",
    Level.GENERAL: "按标准整改到位，拍照留存",
}
FUNDS_WORDS = "由本单位安全生产费用列支"
CONTINGENCY_WORDS = {
    Level.MAJOR: "撤出人员、设警戒、专人看守，有险情按应急预案处置",
    Level.GENERAL: "整改期间设警示、专人看护",
}


def propose_arrangements(level: Level, *, principal: str, on: date, calendar: WorkingDays) -> Arrangements:
    """Sensible defaults a person accepts with one tap; for a major hazard the deadline is a proposal to decide on.

    The days are practice of the offices, no law names a number; a day off moves to the next working day.
    """
    days = MAJOR_DAYS if level is Level.MAJOR else GENERAL_DAYS
    return Arrangements(
        responsible=principal,
        measure=MEASURE_WORDS[level],
        funds=FUNDS_WORDS,
        deadline=calendar.next_working_day(on + timedelta(days=days)),
        contingency=CONTINGENCY_WORDS[level],
    )


_NUMBER = re.compile(r"(?:(?P<zone>[A-Z0-9]{1,12})-)?(?P<year>20\d{2})-(?P<sequence>\d{4,9})")


def format_number(zone_code: str, year: int, sequence: int) -> str:
    """The number people use, such as DLK-2026-0031; without a zone code 2026-0031."""
    prefix = f"{zone_code}-" if zone_code else ""
    return f"{prefix}{year}-{sequence:04d}"


def parse_number(words: str) -> tuple[str, int, int] | None:
    """(zone code or empty, year, sequence) found in what a person wrote, such as 隐患 2026-0031, else None."""
    found = _NUMBER.search(words.upper().replace("—", "-").replace("－", "-"))
    if found is None:
        return None
    return found["zone"] or "", int(found["year"]), int(found["sequence"])
