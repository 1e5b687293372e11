"""Photos and voice notes that people hand in, and what each of them shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Medium(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"


class Phase(StrEnum):
    """What a picture of a hazard shows: as it was found, or after it was put right."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One photo or voice note; `album` joins what was sent together. One without item and hazard is not sorted yet.

    `received_at` is when it reached the bot, never what the file claims; `dated_at` is the earliest time the picture
    itself claims, where it says anything; `forwarded_at` when a forwarded message was first sent.
    """

    id: int
    kind: Medium
    sha256: str
    inspection_id: int | None
    item: int | None
    hazard_id: int | None
    phase: str
    album: str
    sent_by: int
    received_at: datetime
    dated_at: datetime | None = None
    forwarded_at: datetime | None = None
