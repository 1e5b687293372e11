"""One walk through a checklist: the answers, what is still open, and when an inspection was too quick."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Answer(StrEnum):
    """What a person said of one item; the values stand in buttons and in the database."""

    OPEN = "."
    GOOD = "y"
    HAZARD = "n"
    NOT_APPLICABLE = "x"


ANSWER_NAMES = {
    Answer.OPEN: "未答",
    Answer.GOOD: "合格",
    Answer.HAZARD: "有隐患",
    Answer.NOT_APPLICABLE: "不涉及",
}

# 30 questions in 20 seconds is no inspection; walking to a place and looking takes longer than reading the question.
LEAST_SECONDS_PER_ITEM = 5

_VERSIONS = "abcdefghijklmnopqrstuvwxyz"


class InspectionState(StrEnum):
    RUNNING = "running"
    SUBMITTED = "submitted"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Progress:
    """The answers of all items and, for each, how often it was changed; two characters an item.

    The version in a button tells an old button from the present one. It runs in a circle of 26. A capital letter says
    that something stands beside the answer (reason, remark, photo), so that most cards need no further query.
    """

    text: str

    @classmethod
    def blank(cls, items: int) -> "Progress":
        return cls((Answer.OPEN + _VERSIONS[0]) * items)

    def __len__(self) -> int:
        return len(self.text) // 2

    def answer(self, item: int) -> Answer:
        return Answer(self.text[2 * item])

    def version(self, item: int) -> str:
        return self.text[2 * item + 1].lower()

    def noted(self, item: int) -> bool:
        """Whether a reason, remark, photo or voice note was ever kept for this item."""
        return self.text[2 * item + 1].isupper()

    def with_answer(self, item: int, answer: Answer, *, noted: bool = False) -> "Progress":
        version = _VERSIONS[(_VERSIONS.index(self.version(item)) + 1) % len(_VERSIONS)]
        return self._with(item, answer, version, noted=noted or self.noted(item))

    def with_note(self, item: int) -> "Progress":
        """Something stands beside this item from now on; buttons already shown stay good."""
        return self._with(item, self.answer(item), self.version(item), noted=True)

    def _with(self, item: int, answer: Answer, version: str, *, noted: bool) -> "Progress":
        mark = version.upper() if noted else version
        return Progress(self.text[: 2 * item] + answer + mark + self.text[2 * item + 2 :])

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(Answer(c) for c in self.text[::2])

    @property
    def answered(self) -> int:
        return len(self) - self.text[::2].count(Answer.OPEN)

    def count(self, answer: Answer) -> int:
        return self.text[::2].count(answer)

    def next_open(self, after: int) -> int | None:
        """The first unanswered item behind `after`, else the first from the beginning, else None."""
        answers = self.text[::2]
        found = answers.find(Answer.OPEN, after + 1)
        if found < 0:
            found = answers.find(Answer.OPEN)
        return found if found >= 0 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """One inspection (自查) of one enterprise in one period such as 2026Q4 or 2026-11; times are UTC."""

    id: int
    enterprise_id: int
    period: str
    state: InspectionState
    edition: int
    corrects_id: int | None
    checklist_digest: str
    progress: Progress
    started_by: int
    started_at: datetime
    touched_at: datetime
    correction_reason: str = ""
    led_by: str = ""
    participants: str = ""
    submitted_by: int | None = None
    submitted_at: datetime | None = None
    seconds: int | None = None
    record_digest: str | None = None

    @property
    def is_running(self) -> bool:
        return self.state is InspectionState.RUNNING

    def answered(self, item: int, answer: Answer, *, at: datetime, noted: bool = False) -> "Inspection":
        return replace(self, progress=self.progress.with_answer(item, answer, noted=noted), touched_at=at)

    def with_note(self, item: int, *, at: datetime) -> "Inspection":
        return replace(self, progress=self.progress.with_note(item), touched_at=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemAnswer:
    """The kept answer to one item, with the reason for 不涉及 and the person's remark."""

    item: int
    answer: Answer
    reason: str
    remark: str
    answered_by: int
    answered_at: datetime


def too_quick(items: int, spent: timedelta) -> bool:
    """Whether the time spent answering (pauses included) is too short for the number of items to be believed."""
    return items > 0 and spent < timedelta(seconds=LEAST_SECONDS_PER_ITEM * items)
