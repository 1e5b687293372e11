"""When a camera says it took a picture: all that is ever read of Exif besides the turn, never place or device."""

import re
import struct
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from checklists.working_days import SHANGHAI

_EXIF_DIRECTORY, _TAKEN, _OFFSET = 0x8769, 0x9003, 0x9011
_TEXT, _NUMBER = 2, 4
_MOST_ENTRIES = 512
_TIME = re.compile(rb"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(rb"([+-])(\d\d):(\d\d)")


def read_taken(tiff: bytes) -> datetime | None:
    """DateTimeOriginal of a TIFF block with its offset, without one in Shanghai; None for whatever cannot be read."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return None
    main = _directory(tiff, order, struct.unpack_from(f"{order}I", tiff, 4)[0])
    if (pointer := main.get(_EXIF_DIRECTORY)) is None or pointer[0] != _NUMBER:
        return None
    inner = _directory(tiff, order, struct.unpack(f"{order}I", pointer[2])[0])
    return _moment(_text(tiff, order, inner.get(_TAKEN)), _text(tiff, order, inner.get(_OFFSET)))


def _directory(tiff: bytes, order: str, at: int) -> dict[int, tuple[int, int, bytes]]:
    """Tag → type, count and the four bytes that are the value or say where it stands."""
    if at + 2 > len(tiff):
        return {}
    count = min(struct.unpack_from(f"{order}H", tiff, at)[0], _MOST_ENTRIES)
    entries = {}
    for start in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, number, value = struct.unpack_from(f"{order}HHI4s", tiff, start)
        entries[tag] = (kind, number, value)
    return entries


def _text(tiff: bytes, order: str, entry: tuple[int, int, bytes] | None) -> bytes:
    if entry is None or entry[0] != _TEXT or entry[1] <= 4:
        return b""
    at = struct.unpack(f"{order}I", entry[2])[0]
    return tiff[at : at + min(entry[1], 32)].rstrip(b"\x00 ")


def _moment(time: bytes, offset: bytes) -> datetime | None:
    if (found := _TIME.fullmatch(time)) is None:
        return None
    zone = _ZONE.fullmatch(offset)
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(found: re.Match[bytes] | None) -> timezone | ZoneInfo:
    if found is None:
        return SHANGHAI
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-ahead if found[1] == b"-" else ahead)
