"""The ledger with its photos: an Excel whose cells open the pictures beside it, in a folder or in zip files."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Protocol, Self
from zipfile import ZipFile

from checklists.attachments import Attachment, Medium, Phase
from checklists.hazards import Source
from handlers.documents.hazard_columns import LedgerRow
from handlers.documents.hazard_ledger import SHEET_FILE, UNREADABLE, photo_file
from storage.photos import PhotoStore, UnreadablePhoto
from storage.transaction import Transaction

MOST_BYTES = 45_000_000  # of one file; a bot may send 50 MB
_OVERHEAD = 400  # bytes of a zip for each file in it, names included
_AT_ONCE = 200

WriteSheet = Callable[[Iterator[LedgerRow], BinaryIO], int]


class Target(Protocol):
    """Where the files go."""

    def add(self, name: str, content: BinaryIO, size: int) -> None: ...


class Folder:
    """A folder on the disk; what is there under the same name is written anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        file = self._path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            _copy(content, target)


class Parts:
    """Zip files one after another, none longer than `most` bytes unless one picture or the Excel alone is.

    They are whole once `close` has returned.
    """

    def __init__(self, folder: Path, name: str, *, most: int = MOST_BYTES) -> None:
        self._folder, self._name, self._most = folder, name, most
        self._files: list[Path] = []
        self._zip: ZipFile | None = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if self._zip is not None and self._zip.fp is not None:
            # broken off: left to itself it would try to end the file later on, and complain of the same full disk
            file, self._zip.fp = self._zip.fp, None
            with suppress(OSError):
                file.close()

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        if self._zip is None or self._size + size + _OVERHEAD > self._most:
            self._next()
        assert self._zip is not None
        # stored as they are: an Excel file and a JPEG are packed already
        with self._zip.open(name, "w", force_zip64=size > self._most) as target:
            _copy(content, target)
        self._size += size + _OVERHEAD

    def close(self) -> list[Path]:
        """The finished files; one alone has no number in its name."""
        if self._zip is not None:
            self._zip.close()
        if len(self._files) == 1:
            return [self._files[0].rename(self._folder / f"{self._name}.zip")]
        return self._files

    def _next(self) -> None:
        if self._zip is not None:
            self._zip.close()
        self._files.append(self._folder / f"{self._name}-{len(self._files) + 1}.zip")
        self._zip, self._size = ZipFile(self._files[-1], "w"), 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """What is in it: hazards, photos, photos whose file cannot be read, and photos held back for a tipster's sake."""

    rows: int
    photos: int
    missing: int
    held_back: int


def write_with_photos(
    tx: Transaction, photos: PhotoStore, rows: Iterable[LedgerRow], target: Target, write: WriteSheet
) -> Packed:
    """Write previews of all photos and then the Excel that opens them; memory does not grow with their number."""
    packing = _Packing(tx, photos, target)
    with TemporaryFile() as sheet:
        count = write(packing.pack(iter(rows)), sheet)
        size = sheet.tell()
        sheet.seek(0)
        target.add(SHEET_FILE, sheet, size)
    return Packed(rows=count, photos=packing.photos, missing=packing.missing, held_back=packing.held_back)


class _Packing:
    def __init__(self, tx: Transaction, store: PhotoStore, target: Target) -> None:
        self._tx, self._store, self._target = tx, store, target
        self.photos = self.missing = self.held_back = 0

    def pack(self, rows: Iterator[LedgerRow]) -> Iterator[LedgerRow]:
        """The rows, each with the names of its photos, which are in the target by then."""
        while part := list(islice(rows, _AT_ONCE)):
            kept: dict[int, list[Attachment]] = {}
            for attachment in self._tx.attachments.of_hazards([row.hazard.id for row in part]):
                if attachment.hazard_id is not None and attachment.kind is Medium.PHOTO:
                    kept.setdefault(attachment.hazard_id, []).append(attachment)
            for row in part:
                mine = kept.get(row.hazard.id, [])
                before, after = (self._names(row, mine, after=late) for late in (False, True))
                yield replace(row, photos_before=before, photos_after=after)

    def _names(self, row: LedgerRow, kept: Sequence[Attachment], *, after: bool) -> tuple[str, ...]:
        shown = [a for a in kept if (a.phase == Phase.AFTER) is after]
        if row.hazard.source is Source.TIP and not after:
            # A photo somebody gave the office shows where he stood.
            self.held_back += len(shown)
            return ()
        return tuple(self._put(row, photo, count, after=after) for count, photo in enumerate(shown, start=1))

    def _put(self, row: LedgerRow, photo: Attachment, count: int, *, after: bool) -> str:
        name = photo_file(row.hazard.year, row.hazard.sequence, count, after=after)
        try:
            preview = self._store.preview(photo.sha256)
        except (OSError, UnreadablePhoto):
            self.missing += 1
            return UNREADABLE
        self._target.add(name, io.BytesIO(preview), len(preview))
        self.photos += 1
        return name


def _copy(content: BinaryIO, target: IO[bytes]) -> None:
    while part := content.read(1 << 20):
        target.write(part)
