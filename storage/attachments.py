"""Photos and voice notes that people handed in, and what each of them shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from checklists.attachments import Attachment, Medium
from checklists.evidence import NO_CLAIMS, Claims
from checklists.hazards import MoveRefused, State
from storage.photos import Photo
from storage.subject import Subject
from storage.tables import attachments, hazards, photos
from storage.types import new_id

_JUDGED = [State.REVIEWED.value, State.CLOSED.value]
_COLUMNS = [c for c in attachments.c if c.name not in ("zone_id", "removed_at")]


class EvidenceFixed(MoveRefused):
    """A picture on which a review rests cannot be moved or taken back any more."""

    def __init__(self) -> None:
        super().__init__("这条隐患已经复查通过，照片不能再动。")


class Attachments(Subject):
    """What was handed in for inspections and hazards; what was taken back keeps its row."""

    def add_photo(
        self,
        photo: Photo,
        *,
        by: int,
        at: datetime,
        inspection_id: int | None = None,
        item: int | None = None,
        hazard_id: int | None = None,
        phase: str = "",
        album: str = "",
        claims: Claims = NO_CLAIMS,
    ) -> Attachment:
        """Link a photo whose bytes are in the photo store already."""
        row = {"sha256": photo.sha256, "dhash": photo.dhash, "width": photo.width, "height": photo.height}
        self.insert_new(photos, {**row, "bytes": len(photo.data), "kept_at": at})
        return self._add(
            kind=Medium.PHOTO,
            sha256=photo.sha256,
            inspection_id=inspection_id,
            item=item,
            hazard_id=hazard_id,
            phase=phase,
            album=album[:64],
            sent_by=by,
            received_at=at,
            dated_at=claims.dated_at,
            forwarded_at=claims.forwarded_at,
        )

    def add_voice(
        self,
        sha256: str,
        *,
        by: int,
        at: datetime,
        inspection_id: int | None = None,
        item: int | None = None,
        hazard_id: int | None = None,
    ) -> Attachment:
        """Link a voice note whose bytes are stored already."""
        return self._add(
            kind=Medium.VOICE,
            sha256=sha256,
            inspection_id=inspection_id,
            item=item,
            hazard_id=hazard_id,
            phase="",
            album="",
            sent_by=by,
            received_at=at,
        )

    def copy(self, known: Attachment, *, inspection_id: int) -> None:
        """The same picture at the same question of another inspection, with its time and sender, of no hazard."""
        values = {c.name: getattr(known, c.name) for c in _COLUMNS if c.name != "id"}
        self._add(**{**values, "inspection_id": inspection_id, "hazard_id": None, "phase": ""})

    def get(self, attachment_id: int) -> Attachment | None:
        """The attachment, unless it was taken back."""
        found = self._where(attachments.c.id == attachment_id)
        return found[0] if found else None

    def of_item(self, inspection_id: int, item: int) -> list[Attachment]:
        """What was handed in for one item, in the order it came."""
        return self._where(attachments.c.inspection_id == inspection_id, attachments.c.item == item)

    def of_inspection(self, inspection_id: int) -> list[Attachment]:
        """Everything handed in during an inspection, sorted to items or not."""
        return self._where(attachments.c.inspection_id == inspection_id)

    def of_hazard(self, hazard_id: int) -> list[Attachment]:
        """What shows one hazard, before and after."""
        return self._where(attachments.c.hazard_id == hazard_id)

    def of_hazards(self, hazard_ids: Iterable[int]) -> list[Attachment]:
        """What shows any of these hazards."""
        return self._where(attachments.c.hazard_id.in_(list(hazard_ids)))

    def of_album(self, person_id: int, album: str) -> list[Attachment]:
        """What this person sent together, taken-back pictures left out."""
        return self._where(attachments.c.sent_by == person_id, attachments.c.album == album) if album else []

    def unsorted(self, inspection_id: int) -> list[Attachment]:
        """Pictures of an inspection that belong to no item yet."""
        return self._where(attachments.c.inspection_id == inspection_id, attachments.c.item.is_(None))

    def count_unsorted(self, inspection_id: int) -> int:
        """How many pictures of an inspection belong to no item yet."""
        found = self.connection.execute(
            select(func.count()).where(
                attachments.c.zone_id == self.zone_id,
                attachments.c.inspection_id == inspection_id,
                attachments.c.item.is_(None),
                attachments.c.removed_at.is_(None),
            )
        )
        return int(found.scalar_one())

    def place(self, attachment_id: int, *, item: int | None, hazard_id: int | None = None, phase: str = "") -> None:
        """Say what a picture shows; without item and hazard it is unsorted again."""
        self._update(attachment_id, item=item, hazard_id=hazard_id, phase=phase)

    def remove(self, attachment_id: int, *, at: datetime) -> None:
        """Take a picture back: it is shown nowhere any more, its row and file stay."""
        self._update(attachment_id, removed_at=at)

    def restore(self, attachment_id: int) -> None:
        """Undo `remove`."""
        self._update(attachment_id, removed_at=None)

    def mark(self, hazard_id: int) -> int:
        """A number above everything handed in for the hazard so far and below everything that is handed in later.

        Ids alone would not do: they hang on the clock of the process that made them.
        """
        return new_id(above=self._newest(hazard_id))

    def _newest(self, hazard_id: int) -> int:
        """The greatest id or mark at a hazard."""
        mine = (attachments.c.zone_id == self.zone_id) & (attachments.c.hazard_id == hazard_id)
        known = (hazards.c.zone_id == self.zone_id) & (hazards.c.id == hazard_id)
        newest = self.connection.execute(select(func.max(attachments.c.id)).where(mine)).scalar()
        marked = self.connection.execute(select(hazards.c.evidence_from).where(known)).scalar()
        return max(newest or 0, marked or 0)

    def _add(self, *, hazard_id: int | None, **values: Any) -> Attachment:
        made = new_id() if hazard_id is None else new_id(above=self._newest(hazard_id))
        attachment = Attachment(id=made, hazard_id=hazard_id, **values)
        is_new = self.insert_new(attachments, {c.name: getattr(attachment, c.name) for c in _COLUMNS})
        assert is_new, "an id was given twice"
        return attachment

    def _update(self, attachment_id: int, **values: Any) -> None:
        mine = (attachments.c.zone_id == self.zone_id) & (attachments.c.id == attachment_id)
        shown = attachments.join(
            hazards, (hazards.c.zone_id == attachments.c.zone_id) & (hazards.c.id == attachments.c.hazard_id)
        )
        judged = select(hazards.c.id).select_from(shown).where(mine, hazards.c.state.in_(_JUDGED))
        if self.connection.execute(judged).first() is not None:
            raise EvidenceFixed
        self.connection.execute(attachments.update().where(mine).values(**values))

    def _where(self, *conditions: ColumnElement[bool]) -> list[Attachment]:
        statement = select(*_COLUMNS).where(
            attachments.c.zone_id == self.zone_id, attachments.c.removed_at.is_(None), *conditions
        )
        rows = self.connection.execute(statement.order_by(attachments.c.received_at, attachments.c.id))
        return [Attachment(**{**row._mapping, "kind": Medium(row.kind)}) for row in rows]
