"""Inspections (自查) with their checklists and answers; the row of the inspection carries the whole progress."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from checklists.inspections import Answer, Inspection, InspectionState, ItemAnswer, Progress
from storage.subject import Subject
from storage.tables import answers, checklists, inspections
from storage.types import new_id

_COLUMNS = [c for c in inspections.c if c.name != "zone_id"]
_GET = select(*_COLUMNS).where(inspections.c.zone_id == bindparam("zone"), inspections.c.id == bindparam("id"))
_TOUCH = (
    inspections.update()
    .where(inspections.c.zone_id == bindparam("zone"), inspections.c.id == bindparam("run"))
    .values(progress=bindparam("text"), touched_at=bindparam("at"))
)


class Inspections(Subject):
    """Running and submitted inspections of the zone."""

    def get(self, inspection_id: int, *, lock: bool = False) -> Inspection | None:
        """The inspection; `lock` holds it against another process until the transaction ends."""
        statement = _GET.with_for_update() if lock and self.connection.dialect.name != "sqlite" else _GET
        row = self.connection.execute(statement, {"zone": self.zone_id, "id": inspection_id}).one_or_none()
        return _inspection(row) if row else None

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

    def recently_submitted(self, limit: int) -> list[Inspection]:
        """The newest submitted records of the zone."""
        statement = (
            select(*_COLUMNS)
            .where(inspections.c.zone_id == self.zone_id, inspections.c.submitted_at.is_not(None))
            .order_by(inspections.c.submitted_at.desc())
            .limit(limit)
        )
        return [_inspection(row) for row in self.connection.execute(statement)]

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
        """Keep one answer and return the inspection with it; a remark given earlier stays."""
        changed = inspection.answered(item, answer, at=at)
        self.upsert(
            answers,
            {"inspection_id": inspection.id, "item": item},
            {"answer": answer.value, "reason": reason[:300], "answered_by": by, "answered_at": at},
        )
        self.connection.execute(
            _TOUCH, {"zone": self.zone_id, "run": inspection.id, "text": changed.progress.text, "at": at}
        )
        return changed

    def remark(self, inspection_id: int, item: int, words: str, *, by: int, at: datetime) -> None:
        """Add a remark to an item, answered or not; further remarks go on new lines."""
        known = self.answers_of(inspection_id).get(item)
        if known is None:
            row = {"answer": Answer.OPEN.value, "remark": words, "answered_by": by, "answered_at": at}
            self.upsert(answers, {"inspection_id": inspection_id, "item": item}, row)
        else:
            text = f"{known.remark}\n{words}" if known.remark else words
            self.upsert(
                answers,
                {"inspection_id": inspection_id, "item": item},
                {
                    "answer": known.answer.value,
                    "remark": text,
                    "answered_by": by,
                    "answered_at": known.answered_at,
                },
            )

    def answers_of(self, inspection_id: int) -> dict[int, ItemAnswer]:
        """All kept answers of an inspection by item number."""
        rows = self.connection.execute(
            select(answers).where(answers.c.zone_id == self.zone_id, answers.c.inspection_id == inspection_id)
        )
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

    def submit(self, inspection: Inspection, *, by: int, at: datetime, seconds: int, record: Any) -> bool:
        """Close the inspection for ever under the hash of its record; False if somebody was first."""
        digest = hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        done = self._update_running(
            inspection.id,
            state=InspectionState.SUBMITTED.value,
            submitted_by=by,
            submitted_at=at,
            seconds=seconds,
            record_digest=digest,
        )
        if done and inspection.corrects_id is not None:
            self.connection.execute(
                inspections.update()
                .where(inspections.c.zone_id == self.zone_id, inspections.c.id == inspection.corrects_id)
                .values(state=InspectionState.CORRECTED.value)
            )
        return done

    def _update_running(self, inspection_id: int, **values: Any) -> bool:
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

    def _where(self, *conditions: Any) -> list[Inspection]:
        statement = (
            select(*_COLUMNS)
            .where(inspections.c.zone_id == self.zone_id, *conditions)
            .order_by(inspections.c.started_at.desc(), inspections.c.id.desc())
        )
        return [_inspection(row) for row in self.connection.execute(statement)]


def _inspection(row: Any) -> Inspection:
    values = dict(row._mapping)
    values["state"] = InspectionState(values["state"])
    values["progress"] = Progress(values["progress"])
    return Inspection(**values)
