"""Which unverified criteria the zone adopted, and the items that enterprises added to their own standard."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from checklists.hazards import Level
from checklists.standards import MOST_IN_ASK, MOST_IN_LOOK, Decision, OwnItem
from storage.subject import Subject
from storage.tables import adoptions, extra_items


class Standards(Subject):
    """Decisions of the office on unverified criteria, and the own items of enterprises."""

    def adopted(self) -> frozenset[str]:
        """The ids of the unverified criteria that enterprises of this zone are asked."""
        rows = self.connection.execute(
            select(adoptions.c.criterion_id).where(adoptions.c.zone_id == self.zone_id, adoptions.c.adopted)
        )
        return frozenset(row.criterion_id for row in rows)

    def decisions(self) -> dict[str, Decision]:
        """What was decided so far, by criterion."""
        rows = self.connection.execute(select(adoptions).where(adoptions.c.zone_id == self.zone_id))
        return {
            row.criterion_id: Decision(
                criterion_id=row.criterion_id,
                adopted=bool(row.adopted),
                decided_by=row.decided_by,
                decided_at=row.decided_at,
            )
            for row in rows
        }

    def decide(self, criterion_ids: Sequence[str], adopted: bool | None, *, by: int, at: datetime) -> None:
        """Adopt these criteria, decline them, or with None take the decision back; one line in the trail."""
        for criterion_id in criterion_ids:
            if adopted is None:
                key = (adoptions.c.zone_id == self.zone_id) & (adoptions.c.criterion_id == criterion_id)
                self.connection.execute(adoptions.delete().where(key))
            else:
                values = {"adopted": adopted, "decided_by": by, "decided_at": at}
                self.upsert(adoptions, {"criterion_id": criterion_id}, values)
        what = "criteria_reopened" if adopted is None else "criteria_adopted" if adopted else "criteria_declined"
        after = {"criteria": list(criterion_ids)}
        self.tx.trail.add(what, subject="zone", subject_id=self.zone_id, person_id=by, at=at, after=after)

    def own_items(self, enterprise_id: int) -> list[OwnItem]:
        """The items an enterprise is asked beyond the criteria, each in its newest version, oldest item first."""
        return self._own(extra_items.c.enterprise_id == enterprise_id, extra_items.c.retired_at.is_(None))

    def versions(self, enterprise_id: int, item: int) -> list[OwnItem]:
        """All versions of one own item, retired ones included, oldest first."""
        return self._own(extra_items.c.enterprise_id == enterprise_id, extra_items.c.item == item)

    def add_item(self, enterprise_id: int, *, ask: str, look: str = "", by: int, at: datetime) -> OwnItem:
        """A new own item in its first version."""
        last = self.connection.execute(
            select(func.max(extra_items.c.item)).where(
                extra_items.c.zone_id == self.zone_id, extra_items.c.enterprise_id == enterprise_id
            )
        ).scalar()
        return self._insert_version(enterprise_id, (last or 0) + 1, 1, ask, look, by=by, at=at)

    def change_item(
        self, enterprise_id: int, known: OwnItem, *, ask: str, look: str, by: int, at: datetime
    ) -> OwnItem | None:
        """A new version of an own item; None if `known` is no longer the present one."""
        if not self._retire(enterprise_id, known, at=at):
            return None
        return self._insert_version(enterprise_id, known.item, known.version + 1, ask, look, by=by, at=at)

    def retire_item(self, enterprise_id: int, known: OwnItem, *, by: int, at: datetime) -> bool:
        """Ask this item no more; False if `known` is no longer the present version."""
        done = self._retire(enterprise_id, known, at=at)
        if done:
            before = {"item": known.item, "version": known.version, "ask": known.ask}
            self._note("own_item_retired", enterprise_id, by=by, at=at, before=before)
        return done

    def _retire(self, enterprise_id: int, known: OwnItem, *, at: datetime) -> bool:
        changed = self.connection.execute(
            extra_items.update()
            .where(
                extra_items.c.zone_id == self.zone_id,
                extra_items.c.enterprise_id == enterprise_id,
                extra_items.c.item == known.item,
                extra_items.c.version == known.version,
                extra_items.c.retired_at.is_(None),
            )
            .values(retired_at=at)
        )
        return changed.rowcount == 1

    def _insert_version(
        self, enterprise_id: int, item: int, version: int, ask: str, look: str, *, by: int, at: datetime
    ) -> OwnItem:
        own = OwnItem(
            item=item, version=version, ask=ask[:MOST_IN_ASK], look=look[:MOST_IN_LOOK], added_by=by, added_at=at
        )
        row = {"item": item, "version": version, "ask": own.ask, "look": own.look, "added_by": by, "added_at": at}
        self.insert_new(extra_items, {"enterprise_id": enterprise_id, "level": Level.GENERAL.value, **row})
        self._note("own_item_set", enterprise_id, by=by, at=at, after={"item": item, "version": version, "ask": ask})
        return own

    def _note(
        self, what: str, enterprise_id: int, *, by: int, at: datetime, before: object = None, after: object = None
    ) -> None:
        self.tx.trail.add(
            what, subject="enterprise", subject_id=enterprise_id, person_id=by, at=at, before=before, after=after
        )

    def _own(self, *conditions: ColumnElement[bool]) -> list[OwnItem]:
        columns = [extra_items.c[n] for n in ("item", "version", "ask", "look", "added_by", "added_at")]
        statement = select(*columns).where(extra_items.c.zone_id == self.zone_id, *conditions)
        rows = self.connection.execute(statement.order_by(extra_items.c.item, extra_items.c.version))
        return [OwnItem(**row._mapping) for row in rows]
