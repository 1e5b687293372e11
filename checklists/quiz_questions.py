"""Lessons and questions on the use of the ledger (台账使用), for the people of firms and those of the office."""

from enum import StrEnum
from functools import cache
from random import Random
from typing import Literal

from pydantic import Field

from checklists.data import DataError, Record, data_file, read
from checklists.quizzes import MOST_OPTIONS, Asks, Question, Sheet

QUESTIONS = 12


class Side(StrEnum):
    """Who is taught: people of a firm, or of the office."""

    FIRM = "firm"
    OFFICE = "office"


class CardRow(Record):
    title: str
    text: str
    sides: tuple[Side, ...] = Field(default=tuple(Side), alias="for")

    @property
    def words(self) -> tuple[str, ...]:
        """All that people read of it."""
        return self.title, self.text


class QuestionRow(Record):
    id: str
    rule: str
    ask: str
    right: str
    wrong: tuple[str, ...]
    why: str
    sides: tuple[Side, ...] = Field(default=tuple(Side), alias="for")

    @property
    def words(self) -> tuple[str, ...]:
        """All that people read of it."""
        return self.ask, self.right, *self.wrong, self.why


class LessonsFile(Record):
    schema_: Literal["quiz-questions/1"] = Field(alias="schema")
    cards: tuple[CardRow, ...]
    questions: tuple[QuestionRow, ...]


@cache
def load_lessons() -> LessonsFile:
    """The packaged lessons, read once; DataError in plain words when a question is wrong."""
    lessons = read(data_file("quiz_questions.yaml"), LessonsFile)
    ids = [row.id for row in lessons.questions]
    for row in lessons.questions:
        if ids.count(row.id) > 1:
            raise DataError(f"quiz_questions.yaml: {row.id} is used twice")
        if len({row.right, *row.wrong}) != MOST_OPTIONS or len(row.wrong) != MOST_OPTIONS - 1:
            raise DataError(f"quiz_questions.yaml: {row.id} needs one right answer and three wrong ones")
    return lessons


def cards_for(side: Side) -> tuple[CardRow, ...]:
    """The cards of the short course, in order."""
    return tuple(card for card in load_lessons().cards if side in card.sides)


def draw(side: Side, *, seed: str) -> Sheet:
    """Twelve questions, or all there are, in an order that is the same for the same seed."""
    rng = Random(seed)
    rows = [row for row in load_lessons().questions if side in row.sides]
    chosen = rng.sample(rows, min(QUESTIONS, len(rows)))
    return Sheet(seed=seed, questions=tuple(_question(row, rng) for row in chosen))


def _question(row: QuestionRow, rng: Random) -> Question:
    options = [row.right, *row.wrong]
    rng.shuffle(options)
    return Question(
        asks=Asks.LEDGER,
        about=row.id,
        ask=row.ask,
        options=tuple(options),
        right=options.index(row.right),
        why=row.why,
    )
