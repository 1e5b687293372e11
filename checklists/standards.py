"""What a zone decided on unverified criteria (待核), and what an enterprise adds to its own standard."""

from dataclasses import dataclass
from datetime import datetime

from checklists.composing import ExtraItem

MOST_IN_ASK = 300
MOST_IN_LOOK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An officer's word on one unverified criterion."""

    criterion_id: str
    adopted: bool
    decided_by: int
    decided_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnItem:
    """One item an enterprise added (一企业一套标准); every change of its words is a new version."""

    item: int
    version: int
    ask: str
    look: str
    added_by: int
    added_at: datetime

    def as_extra(self) -> ExtraItem:
        """The item as it stands in a checklist; the id names the version that was asked."""
        return ExtraItem(id=f"own-{self.item}.{self.version}", ask=self.ask, look=self.look)
