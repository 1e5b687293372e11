"""Photos of evidence: freed of what they tell about the person, kept by their content, never half."""

import errno
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from storage.exif_time import read_taken
from storage.files import NotKept, keep
from storage.photo_segments import (
    BrokenFile,
    jpeg_exif,
    png_exif,
    read_orientation,
    strip_jpeg,
    strip_png,
    strip_webp,
    webp_exif,
)

MAX_BYTES = 20 * 1024 * 1024  # what a bot may download from Telegram
MAX_PIXELS = 51_000_000  # phones that make 50 megapixels; more would take too much memory to open
PREVIEW_SIDE = 1280
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


class UnreadablePhoto(ValueError):
    """The text says to the person, in Chinese, what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """`sha256` is of `data`, the stripped original; width and height are as a person sees it, after turning.

    `taken_at` is what the file said before it was stripped; it is in no file that is kept.
    """

    sha256: str
    kind: str
    data: bytes
    preview: bytes
    width: int
    height: int
    dhash: str
    taken_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A kept photo that is no longer what it was; `reason` is for the office, in Chinese."""

    sha256: str
    reason: str


def accept(data: bytes) -> Photo:
    """The photo as it will be kept; raises UnreadablePhoto. Takes up to a second and some hundred MB: use a thread."""
    if len(data) > MAX_BYTES:
        raise UnreadablePhoto("照片超过20MB，请换一张小一点的，或直接用手机拍照发送。")
    kind, strip, exif = _recognise(data)
    try:
        stripped, taken_at = strip(data), read_taken(exif(data))
        picture, size = _decoded(stripped, kind)
    except (BrokenFile, OSError, SyntaxError, ValueError, MemoryError) as error:
        if isinstance(error, UnreadablePhoto):
            raise
        raise UnreadablePhoto("照片打不开，可能没有传完整，请重新拍一张发来。") from error
    preview = io.BytesIO()
    picture.save(preview, "JPEG", quality=82, comment=b"", exif=b"", icc_profile=picture.info.get("icc_profile"))
    return Photo(
        sha256=hashlib.sha256(stripped).hexdigest(),
        kind=kind,
        data=stripped,
        preview=preview.getvalue(),
        width=size[0],
        height=size[1],
        dhash=dhash(picture),
        taken_at=taken_at,
    )


def _recognise(data: bytes) -> tuple[str, Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """The kind of file, what strips it, and what finds its Exif."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG", strip_jpeg, jpeg_exif
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG", strip_png, png_exif
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP", strip_webp, webp_exif
    if data[4:8] == b"ftyp":
        raise UnreadablePhoto("这种格式（HEIC或视频）打不开，请用“照片”方式发送，不要当作文件发送。")
    raise UnreadablePhoto("这不是能打开的照片，请发送手机拍的照片（JPEG、PNG或WebP）。")


def _decoded(data: bytes, kind: str) -> tuple[Image.Image, tuple[int, int]]:
    """The whole picture decoded at preview size and upright, and its full size; every scan line has been read."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePhoto("照片尺寸过大，请换一张，或直接用手机拍照发送。") from error
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise UnreadablePhoto("照片尺寸过大，请换一张，或直接用手机拍照发送。")
    turn = _orientation(picture)
    profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
    if kind == "JPEG":
        scale = PREVIEW_SIDE / max(width, height)
        # in the photo's own proportion: a square would forbid the cheap reduced decoding
        picture.draft("RGB", (max(1, int(width * scale)), max(1, int(height * scale))))
    picture.load()
    picture = _on_white(picture)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    picture = _turned(picture, turn)
    picture.info = {"icc_profile": profile}
    return picture, (height, width) if turn >= 5 else (width, height)


def _orientation(picture: Image.Image) -> int:
    exif = picture.info.get("exif", b"")
    return read_orientation(exif.removeprefix(b"Exif\x00\x00")) if isinstance(exif, bytes) else 1


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    """Upright, by the eight cases of the Exif standard."""
    turn = Image.Transpose
    method = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }.get(orientation)
    return picture if method is None else picture.transpose(method)


def dhash(picture: Image.Image) -> str:
    """A 64-bit difference hash in 16 hex digits: the same scene re-saved or re-sized stays within a few bits."""
    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = [grey[9 * row + column] > grey[9 * row + column + 1] for row in range(8) for column in range(8)]
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


class PhotoStore:
    """A folder of photos named by their SHA-256, each with its preview. Its calls wait for the disk: use a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        return self._root

    def put(self, photo: Photo) -> None:
        """Keeps the photo for good (synced) or raises StorageFull / NotKept with nothing left; twice is once."""
        original, preview = self._path(photo.sha256, SUFFIXES[photo.kind]), self._preview_path(photo.sha256)
        # the original comes last: once it stands, the photo is kept
        try:
            keep(preview, photo.preview, aside=self._incoming)
            keep(original, photo.data, aside=self._incoming)
        except NotKept:
            # never unlink the original: another call may just have told a person that it is kept
            if not original.exists():
                with suppress(OSError):
                    preview.unlink()
            raise

    def open(self, sha256: str) -> bytes:
        """The kept original; FileNotFoundError when there is none."""
        return self._find(sha256).read_bytes()

    def preview(self, sha256: str) -> bytes:
        """The JPEG preview, made anew from the original when it was lost."""
        try:
            return self._preview_path(sha256).read_bytes()
        except FileNotFoundError:
            return accept(self.open(sha256)).preview

    def verify(self) -> list[Damage]:
        """Reads every kept photo again and names those whose content changed or whose preview is missing."""
        return [damage for path in sorted(self._originals()) if (damage := self._damage(path))]

    def sweep(self) -> None:
        """Removes what a killed process had not finished; only before the first `put` of this run."""
        for path in self._incoming.glob("*"):
            path.unlink(missing_ok=True)

    @property
    def _incoming(self) -> Path:
        return self._root / "incoming"

    def _path(self, sha256: str, suffix: str) -> Path:
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self._root / sha256[:2] / sha256[2:4] / f"{sha256}.{suffix}"

    def _preview_path(self, sha256: str) -> Path:
        return self._path(sha256, "preview.jpg")

    def _find(self, sha256: str) -> Path:
        for suffix in SUFFIXES.values():
            if (path := self._path(sha256, suffix)).exists():
                return path
        raise FileNotFoundError(errno.ENOENT, "no such photo", sha256)

    def _originals(self) -> Iterator[Path]:
        return (path for path in self._root.glob("??/??/*") if not path.name.endswith(".preview.jpg"))

    def _damage(self, path: Path) -> Damage | None:
        sha256 = path.name.split(".")[0]
        try:
            content = path.read_bytes()
        except OSError:
            return Damage(sha256=sha256, reason="照片读不出来")
        if hashlib.sha256(content).hexdigest() != sha256:
            return Damage(sha256=sha256, reason="照片内容已改变")
        if not self._preview_path(sha256).exists():
            return Damage(sha256=sha256, reason="缺少预览图")
        return None
