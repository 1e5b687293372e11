"""What speaks against a hazard's evidence and against the firm: pictures in doubt, repeats, and what went unfound."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, union

from checklists.composing import Checklist
from checklists.evidence import (
    ELSEWHERE_BITS,
    Picture,
    Suspicion,
    distance,
    is_telling,
    strongest_first,
    suspicions,
)
from checklists.hazards import Hazard
from checklists.inspections import Answer
from checklists.repeats import (
    Missed,
    asked_in,
    places_of,
    repeats_of,
    should_have_been_found,
    unfinished_of,
    went_unfound,
)
from storage.office_settings import REPEAT_DAYS
from storage.subject import Subject
from storage.tables import DHASH_BANDS, attachments, hazards, inspections, photos

_BAND_DIGITS = 4
# The firm of a picture, by the hazard or the inspection it belongs to.
_of_hazard, _of_inspection = hazards.alias("of_hazard"), inspections.alias("of_inspection")
_FIRM = func.coalesce(_of_hazard.c.enterprise_id, _of_inspection.c.enterprise_id).label("enterprise_id")


class Doubts(Subject):
    """Facts for the reviewer and the office; none of them decides anything."""

    def pictures(self, hazard: Hazard) -> list[Suspicion]:
        """What is doubtful about the pictures that show the hazard put right, the strongest doubt first.

        Compared with all pictures of the firm, and with those of other firms of the zone that are the same file or have
        a telling dhash within 3 bits. What is known of other firms is for the office alone.
        """
        firms = self._of_firm(hazard.enterprise_id)
        after = [p for p in firms if p.hazard_id == hazard.id and not p.before]
        same = self._pictures(attachments.c.sha256.in_(self._alike(after)))
        compared = {p.attachment_id: p for p in [*firms, *same]}
        lives = self.tx.hazard_records.lives(hazard.id) if hazard.life > 1 else []
        # What was shown in an earlier life, or says itself that it is from then, does not show what was done since.
        found_at = lives[-1].opened_again_at if lives else hazard.found_at
        return strongest_first(s for p in after for s in suspicions(p, compared.values(), found_at=found_at))

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
        assert hazard.criterion_id is not None
        asked = asked_in(Checklist.from_json(self.tx.inspections.checklist(digest)).items)
        items = places_of(hazard.criterion_id, asked)
        answers = [given for n in items if (given := self.tx.inspections.answer_to(inspection_id, n))]
        if not went_unfound([a.answer for a in answers]):
            return None
        given = next(a for a in answers if a.answer is Answer.GOOD)
        return Missed(
            hazard=hazard,
            inspection_id=inspection_id,
            item=given.item,
            answered_by=given.answered_by,
            answered_at=given.answered_at,
        )

    def _alike(self, pictures: Sequence[Picture]) -> set[str]:
        """The photos of the zone that may be the same as one of these: by content, or within 3 bits of its dhash.

        Whatever differs by 3 bits shares one of the four bands with it, and each band has an index: no photo of the
        others is read.
        """
        hashes = sorted({p.dhash for p in pictures if is_telling(p.dhash)})
        bands = (
            select(photos.c.sha256, photos.c.dhash).where(
                photos.c.zone_id == self.zone_id,
                band.in_(sorted({h[at : at + _BAND_DIGITS] for h in hashes})),
            )
            for band, at in zip(DHASH_BANDS, range(0, 16, _BAND_DIGITS), strict=True)
        )
        found = self.connection.execute(union(*bands)) if hashes else ()
        near = {row.sha256 for row in found if any(distance(row.dhash, h) <= ELSEWHERE_BITS for h in hashes)}
        return near | {p.sha256 for p in pictures}

    def _of_firm(self, enterprise_id: int) -> list[Picture]:
        """Every picture of the firm; asked in two questions, for one with both would read those of the whole zone."""
        found: dict[int, Picture] = {}
        for column, owner in ((attachments.c.hazard_id, hazards), (attachments.c.inspection_id, inspections)):
            ids = select(owner.c.id).where(owner.c.zone_id == self.zone_id, owner.c.enterprise_id == enterprise_id)
            found |= {p.attachment_id: p for p in self._pictures(column.in_(ids))}
        return [found[attachment_id] for attachment_id in sorted(found)]

    def _pictures(self, condition: ColumnElement[bool]) -> list[Picture]:
        statement = (
            select(
                attachments.c.id,
                attachments.c.sha256,
                photos.c.dhash,
                _FIRM,
                attachments.c.hazard_id,
                attachments.c.phase,
                attachments.c.dated_at,
                attachments.c.forwarded_at,
                photos.c.kept_at,
            )
            .join(photos, (photos.c.zone_id == attachments.c.zone_id) & (photos.c.sha256 == attachments.c.sha256))
            .outerjoin(
                _of_hazard,
                (_of_hazard.c.zone_id == attachments.c.zone_id) & (_of_hazard.c.id == attachments.c.hazard_id),
            )
            .outerjoin(
                _of_inspection,
                (_of_inspection.c.zone_id == attachments.c.zone_id)
                & (_of_inspection.c.id == attachments.c.inspection_id),
            )
            .where(attachments.c.zone_id == self.zone_id, attachments.c.removed_at.is_(None), condition)
            .order_by(attachments.c.id)
        )
        return [_picture(row) for row in self.connection.execute(statement)]


def _picture(row: Any) -> Picture:
    return Picture(
        attachment_id=row.id,
        sha256=row.sha256,
        dhash=row.dhash,
        enterprise_id=row.enterprise_id,
        hazard_id=row.hazard_id,
        before=row.phase == "before",
        first_kept_at=row.kept_at,
        dated_at=row.dated_at,
        forwarded_at=row.forwarded_at,
    )
