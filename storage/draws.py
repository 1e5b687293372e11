"""Random draws (双随机) as they were made: seed, pool and inspectors beside the firms, and what was inspected of it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.draws import Draw, Drawn, draw, may_be_drawn
from checklists.official_inspections import Mode, OfficialInspection, OfficialState
from storage.office_tables import drawn_enterprises, draws, official_inspections
from storage.subject import Subject
from storage.types import new_id

_COLUMNS = [c for c in draws.c if c.name != "zone_id"]


class DrawRefused(ValueError):
    """There is no firm to draw, or nobody who may go to any of them."""


class Draws(Subject):
    """Draws are made once and never again: a second draw is a second row."""

    def make(
        self, *, pool_words: str, pool: Sequence[int], inspectors: Sequence[int], number: int, by: int, at: datetime
    ) -> Draw:
        """Draw `number` firms of the pool, or all when it has fewer, with a seed nobody knows before.

        Firms in which every inspector has a role are left out of the pool. Raises DrawRefused.
        """
        if not inspectors:
            raise DrawRefused("no inspectors")
        ties = self._ties(pool, inspectors)
        fair = may_be_drawn(pool, inspectors, ties)
        if not fair or number < 1:
            raise DrawRefused("no firm of the pool can be drawn")
        ties = {inspector: held.intersection(fair) for inspector, held in ties.items()}
        seed, draw_id = secrets.token_hex(32), new_id()
        firms = draw(fair, inspectors, number=number, seed=seed, ties=ties)
        row = {
            "id": draw_id,
            "pool_words": pool_words[:300],
            "seed": seed,
            "pool": json.dumps(sorted(fair)),
            "inspectors": json.dumps({str(i): sorted(ties[i]) for i in sorted(ties)}),
            "made_by": by,
            "made_at": at,
        }
        self.insert_new(draws, row)
        for drawn in firms:
            self.insert_new(drawn_enterprises, {"draw_id": draw_id, **_row(drawn)})
        after = {"pool": len(fair), "inspectors": len(inspectors), "drawn": len(firms), "seed": seed}
        self._note("draw_made", draw_id, by=by, at=at, after=after)
        made = self.get(draw_id)
        assert made is not None
        return made

    def get(self, draw_id: int) -> Draw | None:
        """The draw with this id."""
        return next(iter(self._where(draws.c.id == draw_id, limit=1, offset=0)), None)

    def recent(self, *, limit: int, offset: int = 0) -> list[Draw]:
        """Draws of the zone, the newest first."""
        return self._where(limit=limit, offset=offset)

    def count(self) -> int:
        """How many draws were made."""
        statement = select(func.count()).where(draws.c.zone_id == self.zone_id)
        return int(self.connection.execute(statement).scalar_one())

    def inspected(self, made: Draw) -> dict[int, OfficialInspection]:
        """The inspections begun under a draw and not abandoned, by the id of their firm."""
        statement = select(drawn_enterprises.c.official_inspection_id).where(
            drawn_enterprises.c.zone_id == self.zone_id,
            drawn_enterprises.c.draw_id == made.id,
            drawn_enterprises.c.official_inspection_id.is_not(None),
        )
        begun = list(self.connection.execute(statement).scalars())
        found = self.tx.official_inspections.some(begun)
        return {o.enterprise_id: o for o in found if o.state is not OfficialState.ABANDONED}

    def waiting_at(self, enterprise_id: int) -> Draw | None:
        """The newest draw by which this firm was drawn and is not inspected yet."""
        statement = (
            select(drawn_enterprises.c.draw_id)
            .select_from(
                drawn_enterprises.outerjoin(
                    official_inspections,
                    (official_inspections.c.zone_id == drawn_enterprises.c.zone_id)
                    & (official_inspections.c.id == drawn_enterprises.c.official_inspection_id),
                )
            )
            .where(
                drawn_enterprises.c.zone_id == self.zone_id,
                drawn_enterprises.c.enterprise_id == enterprise_id,
                official_inspections.c.id.is_(None) | (official_inspections.c.state == OfficialState.ABANDONED.value),
            )
            .order_by(drawn_enterprises.c.draw_id.desc())
            .limit(1)
        )
        found = self.connection.execute(statement).scalar()
        return None if found is None else self.get(found)

    def of_inspection(self, official_inspection_id: int) -> Draw | None:
        """The draw under which an inspection was begun."""
        mine = drawn_enterprises.c.official_inspection_id == official_inspection_id
        statement = select(drawn_enterprises.c.draw_id).where(drawn_enterprises.c.zone_id == self.zone_id, mine)
        found = self.connection.execute(statement).scalar()
        return None if found is None else self.get(found)

    def begin(self, made: Draw, enterprise_id: int, *, inspectors: str, by: int, at: datetime) -> OfficialInspection:
        """The inspection of a drawn firm: the one that was begun and not abandoned, else a new one.

        LookupError for a firm that was not drawn.
        """
        drawn = next((d for d in made.firms if d.enterprise_id == enterprise_id), None)
        if drawn is None:
            raise LookupError(f"firm {enterprise_id} was not drawn")
        mine = (drawn_enterprises.c.zone_id == self.zone_id) & (drawn_enterprises.c.draw_id == made.id)
        mine &= drawn_enterprises.c.place == drawn.place
        # Who comes second in another process waits here, then finds the inspection that was begun.
        self.connection.execute(select(drawn_enterprises.c.place).where(mine).with_for_update())
        if known := self.inspected(made).get(enterprise_id):
            return known
        official = self.tx.official_inspections.start(
            enterprise_id=enterprise_id, mode=Mode.RANDOM, inspectors=inspectors, present="", by=by, at=at
        )
        self.connection.execute(drawn_enterprises.update().where(mine).values(official_inspection_id=official.id))
        self._note("draw_begun", made.id, by=by, at=at, after={"place": drawn.place, "inspection": official.id})
        return official

    def _ties(self, pool: Sequence[int], inspectors: Sequence[int]) -> dict[int, frozenset[int]]:
        wanted, found = set(pool), {}
        for inspector in inspectors:
            person = self.tx.people.get(inspector)
            held = {a.enterprise_id for a in person.assignments} if person else set()
            found[inspector] = frozenset(i for i in held if i is not None and i in wanted)
        return found

    def _note(self, what: str, draw_id: int, *, by: int, at: datetime, after: Mapping[str, Any]) -> None:
        self.tx.trail.add(what, subject="draw", subject_id=draw_id, person_id=by, at=at, after=after)

    def _where(self, *conditions: ColumnElement[bool], limit: int, offset: int) -> list[Draw]:
        statement = select(*_COLUMNS).where(draws.c.zone_id == self.zone_id, *conditions)
        found = self.connection.execute(statement.order_by(draws.c.id.desc()).limit(limit).offset(offset)).all()
        firms: dict[int, list[Drawn]] = {row.id: [] for row in found}
        mine = drawn_enterprises.c.draw_id.in_(list(firms))
        rows = self.connection.execute(
            select(drawn_enterprises)
            .where(drawn_enterprises.c.zone_id == self.zone_id, mine)
            .order_by(drawn_enterprises.c.place)
        )
        for row in rows if firms else ():
            firms[row.draw_id].append(_drawn(row))
        return [_draw(row, tuple(firms[row.id])) for row in found]


def _row(drawn: Drawn) -> dict[str, Any]:
    first, *second = drawn.inspectors
    return {
        "place": drawn.place,
        "enterprise_id": drawn.enterprise_id,
        "first_inspector": first,
        "second_inspector": second[0] if second else None,
    }


def _drawn(row: Any) -> Drawn:
    return Drawn(
        place=row.place,
        enterprise_id=row.enterprise_id,
        inspectors=tuple(i for i in (row.first_inspector, row.second_inspector) if i is not None),
        official_inspection_id=row.official_inspection_id,
    )


def _draw(row: Any, firms: tuple[Drawn, ...]) -> Draw:
    sent = {int(inspector): frozenset(held) for inspector, held in json.loads(row.inspectors).items()}
    values = {**row._mapping, "pool": tuple(json.loads(row.pool)), "inspectors": tuple(sent), "ties": sent}
    return Draw(**values, firms=firms)
