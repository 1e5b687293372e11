"""What speaks against a hazard's evidence and against the firm: pictures in doubt, repeats, and what went unfound."""

from typing import Any

from sqlalchemy import ColumnElement, select

from checklists.composing import Checklist
from checklists.evidence import Picture, Suspicion, suspicions
from checklists.hazards import Hazard
from checklists.inspections import Answer
from checklists.repeats import Missed, repeats_of, should_have_been_found, unfinished_of
from storage.office_settings import REPEAT_DAYS
from storage.subject import Subject
from storage.tables import attachments, hazards, inspections, photos


class Doubts(Subject):
    """Facts for the reviewer and the office; none of them decides anything."""

    def pictures(self, hazard: Hazard) -> list[Suspicion]:
        """What is doubtful about the pictures that show the hazard put right, the strongest doubt first."""
        firms = self._pictures(_belongs_to_firm(hazard.enterprise_id))
        after = [p for p in firms if p.hazard_id == hazard.id and not p.before]
        same = self._pictures(attachments.c.sha256.in_([p.sha256 for p in after]))
        compared = {p.attachment_id: p for p in [*firms, *same]}
        return [s for p in after for s in suspicions(p, compared.values(), found_at=hazard.found_at)]

    def repeats(self, hazard: Hazard) -> list[Hazard]:
        """Earlier hazards of the same criterion at the same enterprise (屡查屡犯), within the days the office set."""
        if hazard.criterion_id is None:
            return []
        others = self.tx.hazards.of_criterion(hazard.enterprise_id, hazard.criterion_id)
        return repeats_of(hazard, others, window_days=self.tx.office_settings.figure(REPEAT_DAYS))

    def unfinished(self, hazard: Hazard) -> list[Hazard]:
        """Earlier hazards of the same criterion at the same enterprise that are still open, the newest first."""
        if hazard.criterion_id is None:
            return []
        return unfinished_of(hazard, self.tx.hazards.of_criterion(hazard.enterprise_id, hazard.criterion_id))

    def missed(self, hazard: Hazard) -> Missed | None:
        """The answer 合格 of the firm's last inspection before an outsider found this (查不出), else None."""
        if hazard.criterion_id is None or not should_have_been_found(hazard.source):
            return None
        run = self.connection.execute(
            select(inspections.c.id, inspections.c.checklist_digest)
            .where(
                inspections.c.zone_id == self.zone_id,
                inspections.c.enterprise_id == hazard.enterprise_id,
                inspections.c.state == "submitted",
                inspections.c.submitted_at < hazard.found_at,
            )
            .order_by(inspections.c.submitted_at.desc(), inspections.c.id.desc())
            .limit(1)
        ).one_or_none()
        return self._answered_good(hazard, run.id, run.checklist_digest) if run else None

    def _answered_good(self, hazard: Hazard, inspection_id: int, digest: str) -> Missed | None:
        asked = Checklist.from_json(self.tx.inspections.checklist(digest)).items
        item = next((n for n, question in enumerate(asked) if question.id == hazard.criterion_id), None)
        given = self.tx.inspections.answer_to(inspection_id, item) if item is not None else None
        if given is None or given.answer is not Answer.GOOD:
            return None
        return Missed(
            hazard=hazard,
            inspection_id=inspection_id,
            item=given.item,
            answered_by=given.answered_by,
            answered_at=given.answered_at,
        )

    def _pictures(self, condition: ColumnElement[bool]) -> list[Picture]:
        statement = (
            select(
                attachments.c.id,
                attachments.c.sha256,
                photos.c.dhash,
                attachments.c.hazard_id,
                attachments.c.phase,
                attachments.c.dated_at,
                attachments.c.forwarded_at,
                photos.c.kept_at,
            )
            .join(photos, (photos.c.zone_id == attachments.c.zone_id) & (photos.c.sha256 == attachments.c.sha256))
            .where(attachments.c.zone_id == self.zone_id, attachments.c.removed_at.is_(None), condition)
            .order_by(attachments.c.id)
        )
        return [_picture(row) for row in self.connection.execute(statement)]


def _belongs_to_firm(enterprise_id: int) -> ColumnElement[bool]:
    found = select(hazards.c.id).where(
        hazards.c.zone_id == attachments.c.zone_id, hazards.c.enterprise_id == enterprise_id
    )
    walked = select(inspections.c.id).where(
        inspections.c.zone_id == attachments.c.zone_id, inspections.c.enterprise_id == enterprise_id
    )
    return attachments.c.hazard_id.in_(found) | attachments.c.inspection_id.in_(walked)


def _picture(row: Any) -> Picture:
    return Picture(
        attachment_id=row.id,
        sha256=row.sha256,
        dhash=row.dhash,
        hazard_id=row.hazard_id,
        before=row.phase == "before",
        first_kept_at=row.kept_at,
        dated_at=row.dated_at,
        forwarded_at=row.forwarded_at,
    )
