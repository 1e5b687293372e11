"""The firms' tables of hazards found and treated: figures from the list, signatures in the trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from checklists.duties import Period
from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazard_records import Life
from checklists.hazard_statistics import (
    Course,
    PeriodFigures,
    Signature,
    course_of,
    due_day,
    figures_of,
    moments,
    table_of,
)
from checklists.hazards import MoveRefused, State
from checklists.people import Role
from checklists.reminders import DutyState, EnterpriseDuty
from checklists.working_days import SHANGHAI
from storage.hazard_tables import hazard_lives
from storage.hazards import COLUMNS, hazard_of
from storage.subject import Subject
from storage.tables import duties, enterprises, hazards

SIGNED = "statistics_signed"


class PeriodRunning(MoveRefused):
    """A period is signed when it is over."""

    def __init__(self) -> None:
        super().__init__("这一期还没有结束，结束以后再签字。")


class PeriodNotAsked(MoveRefused):
    """The enterprise came after the period: what is known of it here would be a false statement."""

    def __init__(self) -> None:
        super().__init__("企业是这一期以后才登记的，数字不全，不在这里签字。")


class FiguresChanged(MoveRefused):
    """The figures are no longer those that were shown; nothing was signed."""

    def __init__(self) -> None:
        super().__init__("数字刚才有变动，还没有签字。请再看一遍。")


class HazardStatistics(Subject):
    """Every figure is reckoned from the hazards when it is asked for; only what was signed is kept."""

    def courses(self, enterprise_id: int, period: Period) -> list[Course]:
        """The hazards that the table of this period has, by number."""
        begins, ends = moments(period)
        statement = (
            select(*COLUMNS)
            .where(
                hazards.c.zone_id == self.zone_id,
                hazards.c.enterprise_id == enterprise_id,
                hazards.c.state != State.WITHDRAWN.value,
                hazards.c.found_at < ends,
                or_(hazards.c.closed_at.is_(None), hazards.c.closed_at >= begins, hazards.c.life > 1),
            )
            .order_by(hazards.c.year, hazards.c.sequence)
        )
        found = [hazard_of(row._mapping) for row in self.connection.execute(statement)]
        lives = self._lives(enterprise_id) if any(hazard.life > 1 for hazard in found) else {}
        courses = [course_of(hazard, lives.get(hazard.id, ())) for hazard in found]
        return [course for course in courses if course.concerns(period)]

    def figures(self, enterprise_id: int, period: Period) -> PeriodFigures:
        """What the table of this period counts now."""
        return figures_of(self.courses(enterprise_id, period), period)

    def has_any(self, enterprise_id: int) -> bool:
        """Whether an enterprise ever had a hazard that was not found in error."""
        mine = (hazards.c.zone_id == self.zone_id) & (hazards.c.enterprise_id == enterprise_id)
        found = select(hazards.c.id).where(mine, hazards.c.state != State.WITHDRAWN.value).limit(1)
        return self.connection.execute(found).first() is not None

    def sign(
        self, enterprise_id: int, period: Period, shown: int, *, by: int, role: Role, at: datetime
    ) -> EnterpriseDuty:
        """The principal stands by the figures whose mark he was shown; signing the same twice changes nothing.

        Raises MoveRefused: while the period runs, where nobody asks for it, and when the figures have changed since.
        """
        duty = self._held(enterprise_id, period, at)
        figures, last = self.figures(enterprise_id, period), self.last_signature(enterprise_id, period)
        if last is not None and last.figures == figures:
            return duty
        if figures.mark != shown:
            raise FiguresChanged
        self._keep(duty, figures, last, role=role, by=by, at=at)
        return duty

    def note_paper(self, enterprise_id: int, period: Period, *, by: int, at: datetime) -> EnterpriseDuty:
        """The office has the table on paper, signed; the figures of this moment are kept beside it.

        Raises MoveRefused like `sign`, for who belongs to the enterprise, and when it was signed or noted before.
        """
        person = self.tx.people.get(by)
        if person is None or any(a.enterprise_id == enterprise_id for a in person.assignments):
            raise NotThisPersons("这一步不归您办，请联系负责的人。")
        duty = self._held(enterprise_id, period, at)
        if self.last_signature(enterprise_id, period) is not None:
            raise DoneAlready("已经签过字，或者已经记下了。")
        self._keep(duty, self.figures(enterprise_id, period), None, role=None, by=by, at=at)
        return duty

    def _held(self, enterprise_id: int, period: Period, at: datetime) -> EnterpriseDuty:
        """The duty of this table, which nobody else signs before this transaction ends."""
        if period.ends >= at.astimezone(SHANGHAI).date():
            raise PeriodRunning
        duty = self.tx.duties.hold_period(enterprise_id, table_of(period).value, period.label)
        if duty is None:
            raise PeriodNotAsked
        return duty

    def _keep(
        self,
        duty: EnterpriseDuty,
        figures: PeriodFigures,
        last: Signature | None,
        *,
        role: Role | None,
        by: int,
        at: datetime,
    ) -> None:
        before = {"state": duty.state.value, "figures": last.figures.to_body() if last else None}
        after = {
            "state": DutyState.DONE.value,
            "enterprise": duty.enterprise_id,
            "period": duty.period,
            "role": role.value if role else None,
            "figures": figures.to_body(),
        }
        self.tx.trail.add(SIGNED, subject="duty", subject_id=duty.id, person_id=by, at=at, before=before, after=after)
        self.tx.duties.finish(duty.id, at=at)

    def is_asked(self, enterprise_id: int, period: Period) -> bool:
        """Whether the enterprise owes the table of this period, or has signed it: it was here before it was over."""
        return self.tx.duties.of_period(enterprise_id, table_of(period).value, period.label) is not None

    def last_signature(self, enterprise_id: int, period: Period) -> Signature | None:
        """Who last stood by which figures of this period."""
        duty = self.tx.duties.of_period(enterprise_id, table_of(period).value, period.label)
        signed = [e for e in self.tx.trail.of("duty", duty.id) if e.what == SIGNED] if duty else []
        if not signed:
            return None
        event, said = signed[-1], signed[-1].body["after"]
        assert event.person_id is not None
        return Signature(
            by=event.person_id,
            role=Role(said["role"]) if said["role"] else None,
            at=event.at,
            figures=PeriodFigures.from_body(said["figures"]),
        )

    def standing(self, period: Period) -> tuple[int, int]:
        """How many enterprises have signed the table of this period, and how many owe it still."""
        statement = (
            select(duties.c.state, func.count())
            .where(
                duties.c.zone_id == self.zone_id,
                duties.c.state.in_((DutyState.DONE.value, DutyState.OPEN.value)),
                duties.c.due_on == due_day(period),
                duties.c.kind == table_of(period).value,
                duties.c.period == period.label,
            )
            .group_by(duties.c.state)
        )
        states = {state: int(number) for state, number in self.connection.execute(statement)}
        return states.get(DutyState.DONE.value, 0), states.get(DutyState.OPEN.value, 0)

    def firms(self, period: Period, *, signed: bool, limit: int, offset: int = 0) -> list[tuple[int, str]]:
        """Ids and names of the enterprises that have signed this period's table, or owe it still, by name."""
        state = DutyState.DONE if signed else DutyState.OPEN
        firm = (enterprises.c.zone_id == duties.c.zone_id) & (enterprises.c.id == duties.c.enterprise_id)
        statement = (
            select(enterprises.c.id, enterprises.c.name)
            .select_from(duties.join(enterprises, firm))
            .where(
                duties.c.zone_id == self.zone_id,
                duties.c.state == state.value,
                duties.c.due_on == due_day(period),
                duties.c.kind == table_of(period).value,
                duties.c.period == period.label,
            )
            .order_by(enterprises.c.name, enterprises.c.id)
        )
        return [(row.id, row.name) for row in self.connection.execute(statement.limit(limit).offset(offset))]

    def _lives(self, enterprise_id: int) -> dict[int, Sequence[Life]]:
        """The earlier lives of this enterprise's hazards, by hazard."""
        mine = (hazards.c.zone_id == hazard_lives.c.zone_id) & (hazards.c.id == hazard_lives.c.hazard_id)
        statement = (
            select(*(c for c in hazard_lives.c if c.name != "zone_id"))
            .select_from(hazard_lives.join(hazards, mine))
            .where(hazard_lives.c.zone_id == self.zone_id, hazards.c.enterprise_id == enterprise_id)
            .order_by(hazard_lives.c.hazard_id, hazard_lives.c.life)
        )
        found: dict[int, list[Life]] = {}
        for row in self.connection.execute(statement):
            found.setdefault(row.hazard_id, []).append(Life(**row._mapping))
        return dict(found)
