"""Photo files taken apart: place, device, names and comments go, every pixel stays as it was encoded."""

import struct
import zlib
from collections.abc import Iterator

JPEG_START, PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
EXIF_HEADER = b"Exif\x00\x00"
ORIENTATION_TAG = 0x0112

# Picture data by ITU T.81: frames, tables, scans. Application segments and comments are judged one by one.
JPEG_PICTURE = {*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xDF)}
PNG_PICTURE = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"cICP"}
WEBP_PICTURE = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}
VP8X_EXIF, VP8X_XMP, VP8X_ANIMATED = 0x08, 0x04, 0x02


class BrokenFile(ValueError):
    """The file does not keep to its own format; the text is for the log, not for people."""


def strip_jpeg(data: bytes) -> bytes:
    """The same scans without EXIF (save the orientation), XMP, IPTC, comments, second pictures and trailing bytes."""
    kept, orientation = [JPEG_START], 1
    for marker, segment in _jpeg_segments(data):
        if marker == 0xE1 and segment[4:].startswith(EXIF_HEADER):
            orientation = read_orientation(segment[4 + len(EXIF_HEADER) :])
        kept.append(_kept_jpeg_segment(marker, segment))
    if orientation != 1:
        exif = EXIF_HEADER + orientation_only(orientation)
        # Exif wants to be first, JFIF too; readers accept it behind JFIF.
        kept.insert(2 if kept[1][:2] == b"\xff\xe0" else 1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def jpeg_exif(data: bytes) -> bytes:
    """The TIFF block of the file's Exif; empty without one."""
    header = EXIF_HEADER
    found = (s[4:] for marker, s in _jpeg_segments(data) if marker == 0xE1 and s[4:].startswith(header))
    return next(found, header).removeprefix(header)


def _kept_jpeg_segment(marker: int, segment: bytes) -> bytes:
    if marker == 0xD9 or marker in JPEG_PICTURE:
        return segment
    payload = segment[4:]
    if marker == 0xE0 and payload.startswith(b"JFIF\x00") and len(payload) >= 14:
        return b"\xff\xe0\x00\x10" + payload[:12] + b"\x00\x00"  # without its thumbnail
    is_colour = (marker == 0xE2 and payload.startswith(b"ICC_PROFILE\x00")) or (
        marker == 0xEE and payload.startswith(b"Adobe")
    )
    return segment if is_colour else b""


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole segment, a scan together with its coded data, up to and with the end marker."""
    at = len(JPEG_START)
    while True:
        if data[at : at + 1] != b"\xff":
            raise BrokenFile(f"no JPEG marker at byte {at}")
        while data[at + 1 : at + 2] == b"\xff":  # fill bytes
            at += 1
        if at + 2 > len(data):
            raise BrokenFile("JPEG ends before its end marker")
        marker = data[at + 1]
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker < 0xC0 or 0xD0 <= marker <= 0xD8 or end < at + 4 or end > len(data):
            raise BrokenFile(f"bad JPEG segment at byte {at}")
        if marker == 0xDA:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next real marker stands: stuffed zeroes, restarts and fill bytes belong to the scan."""
    while (at := data.find(b"\xff", at)) != -1 and at + 1 < len(data):
        if data[at + 1] == 0xFF:
            at += 1
        elif data[at + 1] == 0x00 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at
    raise BrokenFile("JPEG ends inside a scan")


def strip_png(data: bytes) -> bytes:
    """The picture chunks alone: no text, time, EXIF (save the orientation), animation or trailing bytes."""
    kept, orientation = [PNG_START], 1
    for kind, payload in _png_chunks(data):
        if kind == b"eXIf":
            orientation = read_orientation(payload)
        if kind in PNG_PICTURE:
            kept.append(_png_chunk(kind, payload))
    if orientation != 1:
        kept.insert(2, _png_chunk(b"eXIf", orientation_only(orientation)))
    return b"".join([*kept, _png_chunk(b"IEND", b"")])


def png_exif(data: bytes) -> bytes:
    """The TIFF block of the file's Exif; empty without one."""
    return next((payload for kind, payload in _png_chunks(data) if kind == b"eXIf"), b"")


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_START)
    while data[at + 4 : at + 8] != b"IEND":
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            raise BrokenFile("PNG ends before its end chunk")
        yield data[at + 4 : at + 8], data[at + 8 : end]
        at = end + 4


def _png_chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def strip_webp(data: bytes) -> bytes:
    """The picture chunks alone; an animation is refused, for it is no evidence of one moment."""
    chunks = list(_webp_chunks(data))
    orientation = 1
    for kind, payload in chunks:
        if kind == b"EXIF":
            orientation = read_orientation(payload.removeprefix(EXIF_HEADER))
    body = b"".join(
        _webp_chunk(kind, _plain_header(payload, turned=orientation != 1) if kind == b"VP8X" else payload)
        for kind, payload in chunks
        if kind in WEBP_PICTURE
    )
    if orientation != 1 and chunks[0][0] == b"VP8X":
        body += _webp_chunk(b"EXIF", orientation_only(orientation))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_exif(data: bytes) -> bytes:
    """The TIFF block of the file's Exif; empty without one."""
    found = (payload for kind, payload in _webp_chunks(data) if kind == b"EXIF")
    return next(found, b"").removeprefix(EXIF_HEADER)


def _plain_header(payload: bytes, *, turned: bool) -> bytes:
    """The VP8X chunk with its flags true to what is left."""
    if not payload or payload[0] & VP8X_ANIMATED:
        raise BrokenFile("animated or empty WebP")
    flags = payload[0] & ~(VP8X_EXIF | VP8X_XMP) | (VP8X_EXIF if turned else 0)
    return bytes([flags]) + payload[1:]


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    end_of_file = 8 + int.from_bytes(data[4:8], "little")
    at = 12
    if end_of_file > len(data) or end_of_file < at + 8:
        raise BrokenFile("WebP is shorter than it says")
    while at + 8 <= end_of_file:
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if end > end_of_file:
            raise BrokenFile("WebP chunk is longer than its file")
        yield data[at : at + 4], data[at + 8 : end]
        at = end + (end - at) % 2


def _webp_chunk(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack("<I", len(payload)) + payload + b"\x00" * (len(payload) % 2)


def read_orientation(tiff: bytes) -> int:
    """The turn 1–8 noted in a TIFF block; 1 for whatever cannot be read."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    directory = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if directory + 2 > len(tiff):
        return 1
    count = struct.unpack_from(f"{order}H", tiff, directory)[0]
    for at in range(directory + 2, min(directory + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == ORIENTATION_TAG and kind == 3 and 1 <= value <= 8:
            return int(value)
    return 1


def orientation_only(orientation: int) -> bytes:
    """A TIFF block that says nothing but how to turn the picture."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION_TAG, 3, 1, orientation, 0, 0)
