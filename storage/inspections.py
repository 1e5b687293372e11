"""Inspections (自查) with their checklists and answers; the row of the inspection carries the whole progress."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, func, select

from checklists.inspections import Answer, Inspection, InspectionState, ItemAnswer, Progress
from storage.hot import Hot
from storage.subject import Subject
from storage.tables import answers, checklists, inspections, records
from storage.types import new_id

if TYPE_CHECKING:
    from storage.transaction import Transaction

_COLUMNS = [c for c in inspections.c if c.name != "zone_id"]
_GET = Hot(
    lambda _: select(*_COLUMNS).where(inspections.c.zone_id == bindparam("zone"), inspections.c.id == bindparam("id"))
)
# The progress read before must still stand: another process may have written between our reading and writing.
_TOUCH = Hot(
    lambda _: (
        inspections.update()
        .where(
            inspections.c.zone_id == bindparam("zone"),
            inspections.c.id == bindparam("run"),
            inspections.c.state == InspectionState.RUNNING.value,
            inspections.c.progress == bindparam("before"),
        )
        .values(progress=bindparam("after"), touched_at=bindparam("at"))
    )
)


class InspectionChanged(Exception):
    """Somebody changed or submitted the inspection since it was read; nothing was kept."""


class Inspections(Subject):
    """Running and submitted inspections of the zone."""

    def __init__(self, tx: "Transaction") -> None:
        super().__init__(tx)
        # The router looks an inspection up to check the rights on it, then the handler asks for it again.
        self._known: dict[int, Inspection] = {}

    def get(self, inspection_id: int) -> Inspection | None:
        """The inspection with this id, read once in a transaction."""
        if inspection_id not in self._known:
            row = _GET.row(self.connection, {"zone": self.zone_id, "id": inspection_id})
            if row is None:
                return None
            self._known[inspection_id] = _inspection(row._asdict())
        return self._known[inspection_id]

    def running(self, enterprise_id: int) -> Inspection | None:
        """The inspection this enterprise is in the middle of; there is at most one."""
        found = self._where(
            inspections.c.enterprise_id == enterprise_id, inspections.c.state == InspectionState.RUNNING.value
        )
        return found[0] if found else None

    def of_enterprise(self, enterprise_id: int) -> list[Inspection]:
        """All inspections of an enterprise, newest first."""
        return self._where(inspections.c.enterprise_id == enterprise_id)

    def submitted_in(self, enterprise_id: int, period: str) -> list[Inspection]:
        """The submitted records (corrected ones included) of one period, newest first."""
        return self._where(
            inspections.c.enterprise_id == enterprise_id,
            inspections.c.period == period,
            inspections.c.state != InspectionState.RUNNING.value,
        )

    def count_submitted(self, enterprise_id: int | None = None) -> int:
        """How many records the zone or one enterprise has."""
        mine = inspections.c.submitted_at.is_not(None) & (inspections.c.zone_id == self.zone_id)
        statement = select(func.count()).where(mine)
        if enterprise_id is not None:
            statement = statement.where(inspections.c.enterprise_id == enterprise_id)
        return int(self.connection.execute(statement).scalar_one())

    def submitted(self, *, enterprise_id: int | None = None, offset: int = 0, limit: int = 20) -> list[Inspection]:
        """One page of the submitted records of the zone or of one enterprise, newest first."""
        statement = (
            select(*_COLUMNS)
            .where(inspections.c.zone_id == self.zone_id, inspections.c.submitted_at.is_not(None))
            .order_by(inspections.c.submitted_at.desc(), inspections.c.id.desc())
            .offset(offset)
            .limit(limit)
        )
        if enterprise_id is not None:
            statement = statement.where(inspections.c.enterprise_id == enterprise_id)
        return [_inspection(row._asdict()) for row in self.connection.execute(statement)]

    def start(
        self,
        *,
        enterprise_id: int,
        period: str,
        checklist: str,
        items: int,
        by: int,
        at: datetime,
        progress: Progress | None = None,
        corrects: Inspection | None = None,
        correction_reason: str = "",
    ) -> Inspection:
        """Begin an inspection on this checklist (its JSON text), or give back the one that is running."""
        if running := self.running(enterprise_id):
            return running
        inspection_id = new_id()
        self.insert_new(
            inspections,
            {
                "id": inspection_id,
                "enterprise_id": enterprise_id,
                "period": period,
                "state": InspectionState.RUNNING.value,
                "edition": corrects.edition + 1 if corrects else 1,
                "corrects_id": corrects.id if corrects else None,
                "correction_reason": correction_reason[:300],
                "checklist_digest": self.keep_checklist(checklist, at=at),
                "progress": (progress or Progress.blank(items)).text,
                "started_by": by,
                "started_at": at,
                "touched_at": at,
            },
        )
        started = self.get(inspection_id)
        assert started is not None
        return started

    def keep_checklist(self, body: str, *, at: datetime) -> str:
        """Keep the text of a checklist under the hash of its content and return the hash."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        self.insert_new(checklists, {"digest": digest, "body": body, "created_at": at})
        return digest

    def checklist(self, digest: str) -> str:
        """The text kept under this hash; raises LookupError if there is none."""
        row = self.connection.execute(
            select(checklists.c.body).where(checklists.c.zone_id == self.zone_id, checklists.c.digest == digest)
        ).one_or_none()
        if row is None:
            raise LookupError(f"no checklist {digest}")
        return str(row.body)

    def answer(
        self, inspection: Inspection, item: int, answer: Answer, *, by: int, at: datetime, reason: str = ""
    ) -> Inspection:
        """Keep one answer and return the inspection with it; a remark given earlier stays.

        Raises InspectionChanged.
        """
        changed = inspection.answered(item, answer, at=at, noted=bool(reason))
        self.upsert(
            answers,
            {"inspection_id": inspection.id, "item": item},
            {"answer": answer.value, "reason": reason[:300], "answered_by": by, "answered_at": at},
        )
        return self._keep(inspection, changed, at=at)

    def note(self, inspection: Inspection, item: int, *, at: datetime) -> Inspection:
        """Something stands beside this item now (see Progress.noted). Raises InspectionChanged."""
        if inspection.progress.noted(item):
            return inspection
        return self._keep(inspection, inspection.with_note(item, at=at), at=at)

    def remark(self, inspection: Inspection, item: int, words: str, *, by: int, at: datetime) -> Inspection:
        """Add a remark to an item, answered or not; further remarks go on new lines."""
        known = self.answer_to(inspection.id, item)
        text = f"{known.remark}\n{words}" if known and known.remark else words
        self._set_remark(inspection.id, item, known, text, by=by, at=at)
        return self.note(inspection, item, at=at)

    def clear_remark(self, inspection: Inspection, item: int, *, by: int, at: datetime) -> None:
        """Take the remark of an item back."""
        if known := self.answer_to(inspection.id, item):
            self._set_remark(inspection.id, item, known, "", by=by, at=at)

    def copy_answers(self, old: Inspection, new: Inspection) -> None:
        """Take over every answer with its remark, time and person into an inspection that corrects the old one."""
        for known in self.answers_of(old.id).values():
            row = {"item": known.item, "answer": known.answer.value, "reason": known.reason, "remark": known.remark}
            who = {"answered_by": known.answered_by, "answered_at": known.answered_at}
            self.insert_new(answers, {"inspection_id": new.id, **row, **who})

    def answer_to(self, inspection_id: int, item: int) -> ItemAnswer | None:
        """What is kept for one item."""
        return self._answers(answers.c.inspection_id == inspection_id, answers.c.item == item).get(item)

    def _keep(self, inspection: Inspection, changed: Inspection, *, at: datetime) -> Inspection:
        texts = {"before": inspection.progress.text, "after": changed.progress.text}
        values = {"zone": self.zone_id, "run": inspection.id, **texts, "at": at}
        if _TOUCH.run(self.connection, values) != 1:
            raise InspectionChanged
        self._known[inspection.id] = changed
        return changed

    def _set_remark(
        self, inspection_id: int, item: int, known: ItemAnswer | None, text: str, *, by: int, at: datetime
    ) -> None:
        answer, by, at = (known.answer, known.answered_by, known.answered_at) if known else (Answer.OPEN, by, at)
        row = {"answer": answer.value, "remark": text, "answered_by": by, "answered_at": at}
        self.upsert(answers, {"inspection_id": inspection_id, "item": item}, row)

    def answers_of(self, inspection_id: int) -> dict[int, ItemAnswer]:
        """All kept answers of an inspection by item number."""
        return self._answers(answers.c.inspection_id == inspection_id)

    def _answers(self, *conditions: ColumnElement[bool]) -> dict[int, ItemAnswer]:
        rows = self.connection.execute(select(answers).where(answers.c.zone_id == self.zone_id, *conditions))
        return {
            row.item: ItemAnswer(
                item=row.item,
                answer=Answer(row.answer),
                reason=row.reason,
                remark=row.remark,
                answered_by=row.answered_by,
                answered_at=row.answered_at,
            )
            for row in rows
        }

    def name_participants(self, inspection_id: int, *, led_by: str, participants: str) -> None:
        """Who led the inspection and who took part; only while it is running."""
        self._update_running(inspection_id, led_by=led_by[:100], participants=participants[:300])

    def submit(self, inspection: Inspection, *, by: int, at: datetime, seconds: int, record: str, digest: str) -> bool:
        """Close the inspection for ever with its record (JSON); False if somebody was first.

        `digest` is the hash printed on the record, `seconds` the time from the start to the last answer.
        """
        done = self._update_running(
            inspection.id,
            state=InspectionState.SUBMITTED.value,
            submitted_by=by,
            submitted_at=at,
            seconds=seconds,
            record_digest=digest,
        )
        if not done:
            return False
        self.insert_new(records, {"inspection_id": inspection.id, "body": record, "made_at": at})
        if inspection.corrects_id is not None:
            self._known.pop(inspection.corrects_id, None)
            self.connection.execute(
                inspections.update()
                .where(inspections.c.zone_id == self.zone_id, inspections.c.id == inspection.corrects_id)
                .values(state=InspectionState.CORRECTED.value)
            )
        return True

    def record(self, inspection_id: int) -> str | None:
        """The record of a submitted inspection as it was handed in (JSON)."""
        row = self.connection.execute(
            select(records.c.body).where(records.c.zone_id == self.zone_id, records.c.inspection_id == inspection_id)
        ).one_or_none()
        return None if row is None else str(row.body)

    def correction_of(self, inspection_id: int) -> Inspection | None:
        """The inspection that corrects this one, running or submitted."""
        return next(iter(self._where(inspections.c.corrects_id == inspection_id)), None)

    def _update_running(self, inspection_id: int, **values: Any) -> bool:
        self._known.pop(inspection_id, None)
        changed = self.connection.execute(
            inspections.update()
            .where(
                inspections.c.zone_id == self.zone_id,
                inspections.c.id == inspection_id,
                inspections.c.state == InspectionState.RUNNING.value,
            )
            .values(**values)
        )
        return changed.rowcount == 1

    def _where(self, *conditions: ColumnElement[bool]) -> list[Inspection]:
        statement = (
            select(*_COLUMNS)
            .where(inspections.c.zone_id == self.zone_id, *conditions)
            .order_by(inspections.c.started_at.desc(), inspections.c.id.desc())
        )
        return [_inspection(row._asdict()) for row in self.connection.execute(statement)]


def _inspection(row: Mapping[str, Any]) -> Inspection:
    values = dict(row)
    values["state"] = InspectionState(values["state"])
    values["progress"] = Progress(values["progress"])
    return Inspection(**values)
