"""Quizzes as they are taken, one row an attempt, and who has passed what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from checklists.quizzes import Kind, Quiz, Score, Sheet
from storage.office_tables import quizzes
from storage.subject import Subject
from storage.types import new_id

_COLUMNS = [c for c in quizzes.c if c.name not in ("zone_id", "asked", "correct", "passed")]
_SCORE = [quizzes.c[n] for n in ("person_id", "enterprise_id", "kind", "asked", "correct", "passed", "finished_at")]


class Quizzes(Subject):
    """One running quiz of a person and kind; what was finished never changes its score."""

    def start(self, person_id: int, kind: Kind, sheet: Sheet, *, enterprise_id: int | None, at: datetime) -> Quiz:
        """A new attempt; one that was running is taken away, since nothing of it counts."""
        self.connection.execute(quizzes.delete().where(*self._mine(person_id, kind), quizzes.c.finished_at.is_(None)))
        quiz_id = new_id(above=self._newest_id(person_id, kind))
        row = {
            "id": quiz_id,
            "person_id": person_id,
            "enterprise_id": enterprise_id,
            "kind": kind.value,
            "body": sheet.to_json(),
            "asked": sheet.asked,
            "correct": 0,
            "started_at": at,
        }
        self.insert_new(quizzes, row)
        made = self.get(quiz_id)
        assert made is not None
        return made

    def get(self, quiz_id: int) -> Quiz | None:
        """The attempt with this id."""
        row = self.connection.execute(self._one(quiz_id)).one_or_none()
        return _quiz(row) if row else None

    def hold(self, quiz_id: int) -> Quiz | None:
        """The attempt with this id; who wants to answer it in another process waits for this transaction."""
        row = self.connection.execute(self._one(quiz_id).with_for_update()).one_or_none()
        return _quiz(row) if row else None

    def newest(self, person_id: int, kind: Kind) -> Quiz | None:
        """The last attempt of a person, finished or not."""
        statement = select(*_COLUMNS).where(*self._mine(person_id, kind)).order_by(quizzes.c.id.desc()).limit(1)
        row = self.connection.execute(statement).one_or_none()
        return _quiz(row) if row else None

    def answer(self, quiz: Quiz, step: int, option: int, *, at: datetime) -> Quiz:
        """Keep one answer; AnsweredAlready unless this step is open. With the last that counts the score stands."""
        sheet = quiz.sheet.answered(step, option)
        now_finished = sheet.is_finished and quiz.finished_at is None
        finished_at = at if now_finished else quiz.finished_at
        self.connection.execute(
            quizzes.update()
            .where(quizzes.c.zone_id == self.zone_id, quizzes.c.id == quiz.id)
            .values(body=sheet.to_json(), correct=sheet.correct, passed=sheet.passed, finished_at=finished_at)
        )
        if now_finished:
            after = {"kind": quiz.kind.value, "asked": sheet.asked, "correct": sheet.correct, "passed": sheet.passed}
            self.tx.trail.add(
                "quiz_finished", subject="quiz", subject_id=quiz.id, person_id=quiz.person_id, at=at, after=after
            )
        kept = self.get(quiz.id)
        assert kept is not None
        return kept

    def scores(self, person_id: int, *, limit: int, offset: int = 0) -> list[Score]:
        """The finished attempts of a person, the newest first."""
        return self._scores(quizzes.c.person_id == person_id, limit=limit, offset=offset)

    def count(self, person_id: int) -> int:
        """How many attempts `scores` would give."""
        statement = select(func.count()).where(
            quizzes.c.zone_id == self.zone_id, quizzes.c.person_id == person_id, quizzes.c.finished_at.is_not(None)
        )
        return int(self.connection.execute(statement).scalar_one())

    def of_people(self, ids: Sequence[int]) -> list[Score]:
        """The finished attempts of some people, the newest first."""
        return self._scores(quizzes.c.person_id.in_(sorted(ids))) if ids else []

    def passed(self, person_id: int | None = None) -> set[tuple[int, int | None, Kind]]:
        """Who has ever passed what: person, the firm whose criteria it was or None, and kind; of one person or all."""
        mine = () if person_id is None else (quizzes.c.person_id == person_id,)
        statement = select(quizzes.c.person_id, quizzes.c.enterprise_id, quizzes.c.kind).distinct()
        rows = self.connection.execute(statement.where(quizzes.c.zone_id == self.zone_id, quizzes.c.passed, *mine))
        return {(person_id, enterprise_id, Kind(kind)) for person_id, enterprise_id, kind in rows}

    def everything(self) -> list[Score]:
        """All finished attempts of the zone, the newest first."""
        return self._scores()

    def _one(self, quiz_id: int) -> Select[Any]:
        return select(*_COLUMNS).where(quizzes.c.zone_id == self.zone_id, quizzes.c.id == quiz_id)

    def _mine(self, person_id: int, kind: Kind) -> tuple[ColumnElement[bool], ...]:
        return quizzes.c.zone_id == self.zone_id, quizzes.c.person_id == person_id, quizzes.c.kind == kind.value

    def _newest_id(self, person_id: int, kind: Kind) -> int:
        statement = select(func.max(quizzes.c.id)).where(*self._mine(person_id, kind))
        return int(self.connection.execute(statement).scalar_one() or 0)

    def _scores(self, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0) -> list[Score]:
        statement = (
            select(*_SCORE)
            .where(quizzes.c.zone_id == self.zone_id, quizzes.c.finished_at.is_not(None), *conditions)
            .order_by(quizzes.c.finished_at.desc(), quizzes.c.id.desc())
        )
        return [_score(row) for row in self.connection.execute(statement.limit(limit).offset(offset))]


def _quiz(row: Any) -> Quiz:
    values = {**row._mapping, "kind": Kind(row.kind)}
    return Quiz(sheet=Sheet.from_json(values.pop("body")), **values)


def _score(row: Any) -> Score:
    return Score(**{**row._mapping, "kind": Kind(row.kind), "passed": bool(row.passed)})
