"""Pictures that may not show what they claim: used before, shown elsewhere, or older than the hazard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SAME_BITS = 6
LOOK_BITS = 12
ELSEWHERE_BITS = 3
_LEAST_BITS = 8
# A camera set to the time of another part of the world errs by up to half a day.
CLEARLY = timedelta(hours=12)
# Telegram's own clock does not err; whoever walks sends the picture and then says that it is a hazard.
A_MOMENT = timedelta(minutes=10)
# Cameras whose clock was never set begin with 1970, 1980 or 2000.
_NO_CAMERA_BEFORE = datetime(2005, 1, 1, tzinfo=UTC)


class Doubt(StrEnum):
    """Why a reviewer should look at a picture twice; none of them is proof."""

    BEFORE_AGAIN = "before_again"
    USED_ELSEWHERE = "used_elsewhere"
    DATED_BEFORE = "dated_before"
    FORWARDED_FROM_BEFORE = "forwarded_from_before"
    RESEMBLES = "resembles"
    OLDER = "older"


DOUBT_NAMES: Mapping[Doubt, str] = {
    Doubt.BEFORE_AGAIN: "和整改前的照片几乎一样",
    Doubt.USED_ELSEWHERE: "这张照片在别处用过",
    Doubt.DATED_BEFORE: "照片自己写的时间是{day}，早于发现隐患",
    Doubt.FORWARDED_FROM_BEFORE: "转发来的照片，原发于{day}，早于发现隐患",
    Doubt.RESEMBLES: "和另一张照片很像，请对照看",
    Doubt.OLDER: "这张照片在发现隐患以前就发来过",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture as it is kept: `first_kept_at` is when its content first reached the bot, whoever sent it.

    `enterprise_id` is the firm whose hazard or inspection it belongs to.
    `dated_at` is the earliest time it claims itself, `forwarded_at` when the forwarded message was first sent.
    """

    attachment_id: int
    sha256: str
    dhash: str
    enterprise_id: int
    hazard_id: int | None
    before: bool
    first_kept_at: datetime
    dated_at: datetime | None = None
    forwarded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """What a picture says of its own time: the earliest it bears, and when a forwarded message was first sent."""

    dated_at: datetime | None = None
    forwarded_at: datetime | None = None


NO_CLAIMS = Claims()


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """One picture in doubt, with the picture to show beside it where there is one."""

    picture: Picture
    doubt: Doubt
    beside: Picture | None = None
    bits: int = 0


def distance(one: str, other: str) -> int:
    """Differing bits of two 64-bit dhashes in hex: up to 6 the same photo, to 12 a person should look; never proof."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def is_telling(dhash: str) -> bool:
    """Whether a picture shows enough for its dhash to be compared with those of other firms.

    Each of the 8 rows of 8 bits says where it grows darker from left to right. A wall, a dark room, a sheet of paper,
    a lamp in the middle have bits nearly all alike or rows nearly all alike, whoever took them: at least 8 of the 64
    must differ from the others, and at least 8 of the 56 pairs of neighbours in a column from each other.
    """
    bits = int(dhash, 16)
    ones, turns = bits.bit_count(), ((bits ^ bits >> 8) & 0x00FF_FFFF_FFFF_FFFF).bit_count()
    return _LEAST_BITS <= ones <= 64 - _LEAST_BITS and turns >= _LEAST_BITS


def claims_of(
    *, taken_at: datetime | None = None, forwarded_at: datetime | None = None, received_at: datetime
) -> Claims:
    """What can be true of it: nothing after it was received, nothing of a camera whose clock was never set."""
    taken_at, forwarded_at = (
        moment if moment is not None and _NO_CAMERA_BEFORE <= moment <= received_at else None
        for moment in (taken_at, forwarded_at)
    )
    earliest = min((moment for moment in (taken_at, forwarded_at) if moment is not None), default=None)
    return Claims(dated_at=earliest, forwarded_at=forwarded_at)


def suspicions(picture: Picture, others: Iterable[Picture], *, found_at: datetime) -> list[Suspicion]:
    """What speaks against `picture` as evidence of a hazard found or opened again at `found_at`, the strongest first.

    `others` are the pictures to compare with: of the same hazard, of everything else the firm handed in, and of other
    firms. Of those only the same file counts, or 3 bits of a picture that is telling: a zone has a thousand times the
    pictures of a firm, each a chance to be alike without cause, and to doubt a firm without cause does harm.
    """
    doubts = []
    if picture.first_kept_at < found_at:
        doubts.append(Suspicion(picture=picture, doubt=Doubt.OLDER))
    if (doubt := _claimed_before(picture, found_at)) is not None:
        doubts.append(Suspicion(picture=picture, doubt=doubt))
    for other in others:
        if other.attachment_id == picture.attachment_id:
            continue
        bits = 0 if other.sha256 == picture.sha256 else distance(picture.dhash, other.dhash)
        if bits <= _most_bits(picture, other) and (doubt := _doubt(picture, other, same=bits <= SAME_BITS)):
            doubts.append(Suspicion(picture=picture, doubt=doubt, beside=other, bits=bits))
    return strongest_first(doubts)


def strongest_first(doubts: Iterable[Suspicion]) -> list[Suspicion]:
    """In the order of Doubt, the nearest resemblance first; equal ones stay as they were."""
    return sorted(doubts, key=lambda s: (list(Doubt).index(s.doubt), s.bits))


def _most_bits(picture: Picture, other: Picture) -> int:
    if other.enterprise_id == picture.enterprise_id:
        return LOOK_BITS
    return ELSEWHERE_BITS if other.sha256 == picture.sha256 or is_telling(picture.dhash) else -1


def _claimed_before(picture: Picture, found_at: datetime) -> Doubt | None:
    """A forwarded message bears Telegram's own time and counts more than what a camera wrote."""
    if picture.forwarded_at is not None and picture.forwarded_at < found_at - A_MOMENT:
        return Doubt.FORWARDED_FROM_BEFORE
    dated = picture.dated_at is not None and picture.dated_at < found_at - CLEARLY
    return Doubt.DATED_BEFORE if dated else None


def _doubt(picture: Picture, other: Picture, *, same: bool) -> Doubt | None:
    if other.hazard_id == picture.hazard_id and other.hazard_id is not None:
        # Two pictures of the repaired place are alike by right; one like the picture from before is not.
        return Doubt.BEFORE_AGAIN if same and other.before else None
    return Doubt.USED_ELSEWHERE if same else Doubt.RESEMBLES
