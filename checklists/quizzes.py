"""Quizzes (测验): the questions of one attempt, what was answered, and when it is passed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

PASS_PERCENT = 80
MOST_OPTIONS = 4


class Kind(StrEnum):
    """What a quiz is about: when something is a hazard, or how the ledger is used."""

    CRITERIA = "criteria"
    LEDGER = "ledger"


KIND_NAMES: Mapping[Kind, str] = {Kind.CRITERIA: "判定标准", Kind.LEDGER: "台账使用"}


class Asks(StrEnum):
    """What a question asks; how each is made so that one option alone is right: checklists.quiz_making."""

    LEVEL = "level"
    MAJOR = "major"
    STANDARD = "standard"
    NUMBER = "number"
    LISTED = "listed"
    ANSWER = "answer"
    LEDGER = "ledger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question as it was drawn; `right` is the place of the right option, counted from 0.

    `about` is the id of the criterion or of the question in quiz_questions.yaml. All words are Chinese, as they stood
    that day; `where` is the list of the criterion, `applies` for whom it is.
    """

    asks: Asks
    about: str
    ask: str
    options: tuple[str, ...]
    right: int
    where: str = ""
    applies: str = ""
    clause: str = ""
    why: str = ""


class AnsweredAlready(ValueError):
    """Another question is open than the one that was answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """Questions and answers of one attempt.

    The first answers count; what was wrong comes once more at the end and counts no more. `scope` names the list of
    criteria an officer chose, empty for all that apply.
    """

    seed: str
    questions: tuple[Question, ...]
    answers: tuple[int, ...] = ()
    scope: str = ""

    @property
    def asked(self) -> int:
        return len(self.questions)

    @property
    def counted(self) -> int:
        """How many answers count so far."""
        return min(len(self.answers), self.asked)

    @property
    def correct(self) -> int:
        return sum(q.right == a for q, a in zip(self.questions, self.answers, strict=False))

    @property
    def wrong(self) -> tuple[int, ...]:
        """The places of the questions first answered wrongly, in their order."""
        return tuple(n for n, answer in enumerate(self.answers[: self.asked]) if answer != self.questions[n].right)

    @property
    def is_finished(self) -> bool:
        """Whether all that counts is answered."""
        return len(self.answers) >= self.asked

    @property
    def is_over(self) -> bool:
        """Whether what was wrong has come again too."""
        return self.is_finished and len(self.answers) >= self.asked + len(self.wrong)

    @property
    def passed(self) -> bool:
        return self.is_finished and is_passed(self.correct, self.asked)

    def at(self, step: int) -> Question:
        """The question of a step, counted from 0, those that come again behind the others; IndexError beyond them."""
        if step < self.asked:
            return self.questions[step]
        return self.questions[self.wrong[step - self.asked]]

    def answered(self, step: int, option: int) -> "Sheet":
        """One more answer; AnsweredAlready unless exactly this step is open, IndexError for an option it lacks."""
        if step != len(self.answers) or self.is_over:
            raise AnsweredAlready
        if not 0 <= option < len(self.at(step).options):
            raise IndexError(option)
        return replace(self, answers=(*self.answers, option))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Sheet":
        """The sheet written by `to_json`."""
        body: dict[str, Any] = json.loads(text)
        questions = tuple(
            Question(**{**q, "asks": Asks(q["asks"]), "options": tuple(q["options"])}) for q in body["questions"]
        )
        return cls(**{**body, "questions": questions, "answers": tuple(body["answers"])})


def is_passed(correct: int, asked: int) -> bool:
    """Whether so many right answers pass; of nothing asked nothing is passed."""
    return asked > 0 and correct * 100 >= asked * PASS_PERCENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiz:
    """One attempt of a person; `enterprise_id` is set where the criteria were those of a firm."""

    id: int
    person_id: int
    enterprise_id: int | None
    kind: Kind
    sheet: Sheet
    started_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What of a finished attempt others may see: who, what about, how many right, and when."""

    person_id: int
    enterprise_id: int | None
    kind: Kind
    asked: int
    correct: int
    passed: bool
    finished_at: datetime

    def counts_for(self, kind: Kind, enterprise_id: int | None) -> bool:
        """Whether it is of this kind; criteria count for the firm they were of, the ledger's use everywhere."""
        return self.kind is kind and (kind is Kind.LEDGER or self.enterprise_id == enterprise_id)
