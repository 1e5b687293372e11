"""Ratings of firms: reckoned whenever they are asked for, kept as they were once the office has confirmed them."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zlib import crc32

from sqlalchemy import Select, and_, func, select

from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazards import MoveRefused
from checklists.rating_facts import as_of, facts_of
from checklists.rating_rules import RATING_FIGURES, Grade, Rules
from checklists.ratings import MOST_WORDS, ConfirmedRating, Rating, Standing, rate, year_to_confirm
from checklists.working_days import SHANGHAI
from storage.office_tables import enterprise_ratings
from storage.rating_facts import RatingFacts
from storage.trail_lock import hold_trail
from storage.types import new_id

_C = enterprise_ratings.c
_COLUMNS = [c for c in _C if c.name not in ("zone_id", "year", "score")]
_OBJECTED = and_(_C.objected_at.is_not(None), _C.decided_at.is_(None))


class RatingChanged(MoveRefused):
    """What was shown is not so any more; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("分数刚才有变动，还没有办。请再看一遍。")


class NotThatYear(MoveRefused):
    """Only the last year that is over is confirmed."""

    def __init__(self) -> None:
        super().__init__("现在只能确认上一年的评价。")


class ObjectionRefused(MoveRefused):
    """There is nothing to object to, or the time is over, or there are no words."""


class Ratings(RatingFacts):
    """The ratings of the zone's firms; every method that changes something raises MoveRefused in one of its kinds."""

    def rules(self) -> Rules:
        """The rules as the office has set them."""
        return Rules.of(self.tx.office_settings.figures(RATING_FIGURES))

    def set_rule(self, name: str, value: int, *, by: int, at: datetime) -> None:
        """Set one number of the rules; raises FigureOutOfRange or GradesOutOfOrder."""
        known = self.tx.office_settings.figures(RATING_FIGURES)
        Rules.of({**known, name: value}).check()
        self.tx.office_settings.set_figure(name, value, by=by, at=at)

    def reset_rules(self, *, by: int, at: datetime) -> int:
        """Set every changed number back to its default; how many there were."""
        changed = self.tx.office_settings.changed(RATING_FIGURES)
        for name in sorted(changed):
            self.tx.office_settings.set_figure(name, RATING_FIGURES[name].default, by=by, at=at)
        return len(changed)

    def of_firm(self, enterprise_id: int, year: int, *, today: date) -> Rating | None:
        """The rating as it is reckoned now; None for a firm out of use, or that came after the year."""
        return self._reckoned(year, today, [enterprise_id]).get(enterprise_id)

    def of_all(self, year: int, *, today: date) -> dict[int, Rating]:
        """The same of every firm."""
        return self._reckoned(year, today, None)

    def _reckoned(self, year: int, today: date, firms: Collection[int] | None) -> dict[int, Rating]:
        rules, last = self.rules(), as_of(year, today)
        known = self.of_year(year, today=today, firms=firms)
        return {
            firm: rate(facts_of(facts, rules, year=year, today=today), rules, year=year, as_of=last)
            for firm, facts in known.items()
        }

    def standing(self, year: int, *, now: datetime) -> Standing:
        """The scores of all firms, the worst first: what was confirmed as it was confirmed, the rest as it is now."""
        confirmed = self.confirmed_in(year)
        firms = {firm: (rating, False) for firm, rating in self.of_all(year, today=_today(now)).items()}
        firms |= {firm: (rating, True) for firm, rating in confirmed.items()}
        ordered = sorted((rating.score, firm) for firm, (rating, _confirmed) in firms.items())
        return Standing(at=now, firms=[(f, score, firms[f][0].grade, firms[f][1]) for score, f in ordered])

    def waiting(self, year: int, firms: Iterable[int], *, by: int) -> list[int]:
        """Those of the firms this person may still confirm, in order: the own firms are somebody else's."""
        person = self.tx.people.get(by)
        own = {a.enterprise_id for a in person.assignments} if person else set()
        mine = (_C.zone_id == self.zone_id) & (_C.year == year)
        confirmed = set(self.connection.execute(select(_C.enterprise_id).where(mine)).scalars())
        return sorted(set(firms) - confirmed - own)

    def confirm(self, enterprise_id: int, year: int, mark: int, *, by: int, at: datetime) -> ConfirmedRating:
        """The office stands by the rating whose mark it was shown."""
        self._not_of_the_firm(enterprise_id, by)
        _check_year(year, at)
        hold_trail(self.connection, self.zone_id)  # else two of the office who press at once might wait for each other
        if self.latest(enterprise_id, year) is not None:
            raise DoneAlready("这一年的评价已经确认过了。")
        rating = self.of_firm(enterprise_id, year, today=_today(at))
        if rating is None or rating.mark != mark:
            raise RatingChanged
        kept = self._keep(enterprise_id, 1, rating, by=by, at=at)
        if kept is None:
            raise DoneAlready("这一年的评价已经确认过了。")
        return kept

    def of_some(self, year: int, firms: Collection[int], *, today: date) -> dict[int, Rating]:
        """The same of these firms."""
        return self._reckoned(year, today, firms)

    def confirm_some(
        self, year: int, mark: int, found: Mapping[int, Rating], *, by: int, at: datetime
    ) -> list[ConfirmedRating]:
        """Confirm these ratings, reckoned just now, if they are as they were shown (see `mark_of`) and all wait."""
        _check_year(year, at)
        hold_trail(self.connection, self.zone_id)
        if mark_of(found) != mark or self.waiting(year, found, by=by) != sorted(found):
            raise RatingChanged
        kept = (self._keep(firm, 1, rating, by=by, at=at) for firm, rating in sorted(found.items()))
        return [one for one in kept if one is not None]

    def get(self, rating_id: int) -> ConfirmedRating | None:
        """One edition."""
        return next(iter(self._where(_C.id == rating_id)), None)

    def latest(self, enterprise_id: int, year: int) -> ConfirmedRating | None:
        """The edition that counts; None before the office has confirmed one."""
        editions = self.editions(enterprise_id, year)
        return editions[-1] if editions else None

    def editions(self, enterprise_id: int, year: int) -> list[ConfirmedRating]:
        """All editions of one year, the first one first."""
        return self._where(_C.enterprise_id == enterprise_id, _C.year == year)

    def years(self, enterprise_id: int) -> list[int]:
        """The years with a confirmed rating, the newest first."""
        mine = (_C.zone_id == self.zone_id) & (_C.enterprise_id == enterprise_id)
        return list(self.connection.execute(select(_C.year).where(mine).distinct().order_by(_C.year.desc())).scalars())

    def confirmed_in(self, year: int) -> dict[int, Rating]:
        """What counts of a year, by firm."""
        return {one.enterprise_id: one.rating for one in self._where(_C.year == year)}

    def objections(self, *, limit: int | None = None, offset: int = 0) -> list[ConfirmedRating]:
        """Those that wait for an answer, the oldest first."""
        statement = self._select(_OBJECTED).order_by(_C.objected_at, _C.id).limit(limit).offset(offset)
        return [_confirmed(row) for row in self.connection.execute(statement)]

    def count_objections(self) -> int:
        """How many wait for an answer."""
        statement = select(func.count()).where(_C.zone_id == self.zone_id, _OBJECTED)
        return int(self.connection.execute(statement).scalar_one())

    def object(self, rating_id: int, words: str, *, by: int, at: datetime) -> ConfirmedRating:
        """The firm says what is not right, once for each edition and within OBJECTION_DAYS."""
        known, words = self._hold(rating_id), _worded(words)
        self.check_objecting(known, today=_today(at))
        values = {"objection": words, "objected_by": by, "objected_at": at}
        self._change(known.id, "rating_objected", values, by=by, at=at)
        return replace(known, objection=words, objected_by=by, objected_at=at)

    def check_objecting(self, known: ConfirmedRating, *, today: date) -> None:
        """Raises ObjectionRefused or DoneAlready."""
        if known.objected_at is not None:
            raise DoneAlready("这一版已经提过异议了。")
        if known.decided_at is not None:
            raise ObjectionRefused("这一版评价已经换成新的了，请看现在的。")
        if not known.may_object(today):
            raise ObjectionRefused("提异议的时间已经过了，请直接联系办公室。")

    def decide(
        self, rating_id: int, words: str, *, by: int, at: datetime, instead: Rating | None = None
    ) -> ConfirmedRating:
        """The office answers: the rating stays, or `instead` is the next edition; what counts from now on.

        Without an objection only a new edition makes sense.
        """
        known, words = self._hold(rating_id), _worded(words)
        self.check_deciding(known, by=by, keeps=instead is None)
        self._change(known.id, "rating_decided", {"decision": words, "decided_by": by, "decided_at": at}, by=by, at=at)
        if instead is not None:
            kept = self._keep(known.enterprise_id, known.edition + 1, instead, by=by, at=at)
            assert kept is not None, "who holds the last edition makes the next one"
            return kept
        return replace(known, decision=words, decided_by=by, decided_at=at)

    def check_deciding(self, known: ConfirmedRating, *, by: int, keeps: bool) -> None:
        """Raises DoneAlready, NotThisPersons or ObjectionRefused."""
        self._not_of_the_firm(known.enterprise_id, by)
        if known.decided_at is not None:
            raise DoneAlready("已经答复过了。")
        if keeps and not known.is_waiting:
            raise ObjectionRefused("现在没有等着答复的异议。")

    def belongs(self, enterprise_id: int, person_id: int) -> bool:
        """Whether this person has a role in the firm, and so does not judge it."""
        person = self.tx.people.get(person_id)
        return person is None or any(a.enterprise_id == enterprise_id for a in person.assignments)

    def _not_of_the_firm(self, enterprise_id: int, by: int) -> None:
        if self.belongs(enterprise_id, by):
            raise NotThisPersons("这一步不归您办，请联系负责的人。")

    def _hold(self, rating_id: int) -> ConfirmedRating:
        """The edition, which nobody else changes before this transaction ends."""
        held = self.connection.execute(self._select(_C.id == rating_id).with_for_update()).one_or_none()
        if held is None:
            raise RatingChanged
        return _confirmed(held)

    def _keep(
        self, enterprise_id: int, edition: int, rating: Rating, *, by: int, at: datetime
    ) -> ConfirmedRating | None:
        """Keep an edition; None if somebody else was first."""
        made_id = new_id()
        row = {
            "id": made_id,
            "enterprise_id": enterprise_id,
            "year": rating.year,
            "edition": edition,
            "score": rating.score,
            "body": json.dumps(rating.to_body(), ensure_ascii=False, sort_keys=True),
            "confirmed_by": by,
            "confirmed_at": at,
        }
        if not self.insert_new(enterprise_ratings, row):
            return None
        after = {"enterprise": enterprise_id, "year": rating.year, "edition": edition, "score": rating.score}
        self._note("rating_confirmed", made_id, by=by, at=at, after=after)
        who: dict[str, Any] = {"confirmed_by": by, "confirmed_at": at}
        return ConfirmedRating(id=made_id, enterprise_id=enterprise_id, edition=edition, rating=rating, **who)

    def _change(self, rating_id: int, what: str, values: Mapping[str, Any], *, by: int, at: datetime) -> None:
        mine = (_C.zone_id == self.zone_id) & (_C.id == rating_id)
        self.connection.execute(enterprise_ratings.update().where(mine).values(**values))
        self._note(what, rating_id, by=by, at=at, after=dict(values))

    def _note(self, what: str, rating_id: int, *, by: int, at: datetime, after: Mapping[str, Any]) -> None:
        self.tx.trail.add(what, subject="rating", subject_id=rating_id, person_id=by, at=at, after=after)

    def _where(self, *conditions: Any) -> list[ConfirmedRating]:
        statement = self._select(*conditions).order_by(_C.enterprise_id, _C.edition)
        return [_confirmed(row) for row in self.connection.execute(statement)]

    def _select(self, *conditions: Any) -> Select[Any]:
        return select(*_COLUMNS).where(_C.zone_id == self.zone_id, *conditions)


def mark_of(ratings: Mapping[int, Rating]) -> int:
    """A short mark of many ratings, so that a press confirms what was shown and nothing else."""
    return crc32(";".join(f"{firm}:{rating.mark}" for firm, rating in sorted(ratings.items())).encode())


def by_grade(ratings: Iterable[Rating]) -> dict[Grade, int]:
    """How many of these have each grade, the best first."""
    grades = [rating.grade for rating in ratings]
    return {grade: grades.count(grade) for grade in Grade}


def _check_year(year: int, at: datetime) -> None:
    if year != year_to_confirm(_today(at)):
        raise NotThatYear


def _worded(words: str) -> str:
    words = words.strip()
    if not words:
        raise ObjectionRefused("还没有写，请打字。")
    if len(words) > MOST_WORDS:
        raise ObjectionRefused("写得太长了，最多 500 字，请写短一些。")
    return words


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _confirmed(row: Any) -> ConfirmedRating:
    values = dict(row._mapping)
    rating = Rating.from_body(json.loads(values.pop("body")))
    return ConfirmedRating(**values, rating=rating)
