"""Risk points of enterprises with their measures, codes and checks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.defences import Defence
from checklists.risk_points import Grade, Measure, RiskAssessment, RiskCheck, RiskPoint, new_code
from checklists.working_days import SHANGHAI
from storage.office_tables import risk_assessments, risk_checks, risk_measures, risk_points
from storage.subject import Subject
from storage.types import new_id

_COLUMNS = [c for c in risk_points.c if c.name != "zone_id"]
_LENGTHS = {"name": 100, "place": 200, "responsible": 100}


class AssessmentUnexplained(ValueError):
    """Another grade without a word why."""


class RiskPoints(Subject):
    """The risk register of each enterprise; a retired point keeps its number and code."""

    def add(
        self,
        *,
        enterprise_id: int,
        name: str,
        grade: Grade,
        place: str = "",
        responsible: str = "",
        measures: Sequence[Measure] = (),
        by: int,
        at: datetime,
    ) -> RiskPoint:
        """A new risk point with the next number of its enterprise and a code of its own."""
        known = select(func.max(risk_points.c.number)).where(
            risk_points.c.zone_id == self.zone_id, risk_points.c.enterprise_id == enterprise_id
        )
        number = (self.connection.execute(known).scalar() or 0) + 1
        words = {"name": name[:100], "place": place[:200], "responsible": responsible[:100], "grade": grade.value}
        made_id = new_id()
        row = {"id": made_id, "enterprise_id": enterprise_id, "number": number, "code": new_code()}
        self.insert_new(risk_points, {**row, **words, "made_by": by, "made_at": at})
        self._set_measures(made_id, measures)
        self._note("risk_point_added", made_id, by=by, at=at, after={**words, "number": number})
        return self._present(made_id)

    def get(self, risk_point_id: int) -> RiskPoint | None:
        """The risk point with this id."""
        return next(iter(self._where(risk_points.c.id == risk_point_id)), None)

    def by_code(self, code: str) -> RiskPoint | None:
        """The risk point whose QR says this, in whatever case it was typed; a retired one too."""
        return next(iter(self._where(risk_points.c.code == code.strip().upper())), None)

    def of_enterprise(self, enterprise_id: int) -> list[RiskPoint]:
        """The risk points of an enterprise by number, retired ones left out."""
        return self._where(risk_points.c.enterprise_id == enterprise_id, risk_points.c.retired_at.is_(None))

    def of_enterprises(
        self, enterprise_ids: Sequence[int], *, with_measures: bool = True
    ) -> dict[int, list[RiskPoint]]:
        """The same of several enterprises, those without a risk point left out."""
        mine = risk_points.c.enterprise_id.in_(sorted(enterprise_ids))
        found: dict[int, list[RiskPoint]] = {}
        for point in self._where(mine, risk_points.c.retired_at.is_(None), with_measures=with_measures):
            found.setdefault(point.enterprise_id, []).append(point)
        return found

    def change(
        self,
        known: RiskPoint,
        *,
        by: int,
        at: datetime,
        measures: Sequence[Measure] | None = None,
        **values: Any,
    ) -> RiskPoint | None:
        """Change name, place, responsible or measures; None if somebody changed it since it was read.

        Another grade is an assessment: see `assess`.
        """
        row = {k: v[: _LENGTHS[k]] for k, v in values.items()}
        if not self._set(known, row):
            return None
        if measures is not None:
            self._set_measures(known.id, measures)
            row["measures"] = [[m.defence.value, m.words] for m in measures]
        self._note("risk_point_changed", known.id, by=by, at=at, after=row)
        return self._present(known.id)

    def retire(self, known: RiskPoint, *, by: int, at: datetime) -> bool:
        """The risk is there no more; False if somebody changed the point since it was read."""
        done = self._set(known, {"retired_at": at})
        if done:
            self._note("risk_point_retired", known.id, by=by, at=at, after=None)
        return done

    def add_check(
        self, known: RiskPoint, good: bool, *, words: str = "", hazard_id: int | None = None, by: int, at: datetime
    ) -> None:
        """Keep that somebody looked at the point, and the hazard reported then."""
        row = {"id": new_id(), "risk_point_id": known.id, "good": good, "words": words[:500], "hazard_id": hazard_id}
        self.insert_new(risk_checks, {**row, "by": by, "at": at})
        c = risk_points.c
        # Who is writing a measure meanwhile goes on: a look changes nothing of the point itself.
        self.connection.execute(
            risk_points.update()
            .where(c.zone_id == self.zone_id, c.id == known.id)
            .values(checked_on=at.astimezone(SHANGHAI).date())
        )

    def checks(self, risk_point_id: int, *, limit: int = 5) -> list[RiskCheck]:
        """The last checks, newest first."""
        mine = (risk_checks.c.zone_id == self.zone_id) & (risk_checks.c.risk_point_id == risk_point_id)
        columns = [c for c in risk_checks.c if c.name != "zone_id"]
        rows = self.connection.execute(select(*columns).where(mine).order_by(risk_checks.c.id.desc()).limit(limit))
        return [RiskCheck(**{**row._mapping, "good": bool(row.good)}) for row in rows]

    def assess(self, known: RiskPoint, grade: Grade, *, words: str = "", by: int, at: datetime) -> RiskPoint | None:
        """The point was assessed anew; None if somebody changed it since it was read.

        Another grade needs a reason: raises AssessmentUnexplained.
        """
        if grade is not known.grade and not words.strip():
            raise AssessmentUnexplained
        if not self._set(known, {"grade": grade.value, "assessed_on": at.astimezone(SHANGHAI).date()}):
            return None
        row = {"before": known.grade.value, "grade": grade.value, "words": words.strip()[:500]}
        self.insert_new(risk_assessments, {"id": new_id(), "risk_point_id": known.id, **row, "by": by, "at": at})
        self._note("risk_point_assessed", known.id, by=by, at=at, after=row)
        return self._present(known.id)

    def last_assessment(self, risk_point_id: int) -> RiskAssessment | None:
        """The newest assessment of this point."""
        c = risk_assessments.c
        mine = (c.zone_id == self.zone_id) & (c.risk_point_id == risk_point_id)
        columns = [column for column in c if column.name != "zone_id"]
        row = self.connection.execute(select(*columns).where(mine).order_by(c.id.desc()).limit(1)).one_or_none()
        return RiskAssessment.of(row._mapping) if row else None

    def _set(self, known: RiskPoint, values: dict[str, Any]) -> bool:
        c = risk_points.c
        still = (c.zone_id == self.zone_id) & (c.id == known.id) & (c.version == known.version)
        done = self.connection.execute(
            risk_points.update().where(still, c.retired_at.is_(None)).values(**values, version=known.version + 1)
        )
        return done.rowcount == 1

    def _set_measures(self, risk_point_id: int, measures: Sequence[Measure]) -> None:
        c = risk_measures.c
        mine = (c.zone_id == self.zone_id) & (c.risk_point_id == risk_point_id)
        self.connection.execute(risk_measures.delete().where(mine))
        for place, measure in enumerate(measures):
            row = {"place": place, "defence": measure.defence.value, "words": measure.words[:300]}
            self.insert_new(risk_measures, {"risk_point_id": risk_point_id, **row})

    def _present(self, risk_point_id: int) -> RiskPoint:
        found = self.get(risk_point_id)
        assert found is not None
        return found

    def _note(self, what: str, risk_point_id: int, *, by: int, at: datetime, after: object) -> None:
        self.tx.trail.add(what, subject="risk_point", subject_id=risk_point_id, person_id=by, at=at, after=after)

    def _where(self, *conditions: ColumnElement[bool], with_measures: bool = True) -> list[RiskPoint]:
        statement = select(*_COLUMNS).where(risk_points.c.zone_id == self.zone_id, *conditions)
        rows = self.connection.execute(statement.order_by(risk_points.c.enterprise_id, risk_points.c.number)).all()
        measures = self._measures([row.id for row in rows]) if with_measures else {}
        return [
            RiskPoint(**{**row._mapping, "grade": Grade(row.grade)}, measures=tuple(measures.get(row.id, ())))
            for row in rows
        ]

    def _measures(self, ids: Sequence[int]) -> dict[int, list[Measure]]:
        c = risk_measures.c
        statement = select(risk_measures).where(c.zone_id == self.zone_id, c.risk_point_id.in_(ids))
        found: dict[int, list[Measure]] = {}
        for row in self.connection.execute(statement.order_by(c.risk_point_id, c.place)):
            found.setdefault(row.risk_point_id, []).append(Measure(defence=Defence(row.defence), words=row.words))
        return found
