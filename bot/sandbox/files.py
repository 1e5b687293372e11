"""Files that went through the sandbox: photos in several sizes, documents, voice notes."""

import io
import itertools
import secrets
import warnings
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from bot.sandbox.wire import JSON, bad

DOWNLOAD_LIMIT = 20 << 20
BOXES = (90, 320, 800, 1280)
MAX_PIXELS = 40_000_000
FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "audio": "music", "sticker": "stickers"}
ENDINGS = {"photo": "jpg", "voice": "oga", "video": "mp4", "video_note": "mp4", "audio": "mp3", "sticker": "webp"}
PREFIXES = {"photo": "AgACAgUAAx", "voice": "AwACAgUAAx", "video": "BAACAgUAAx", "sticker": "CAACAgUAAx"}


class NotAPicture(ValueError):
    """The bytes are no image that Telegram would take as a photo."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """One file; `kind` is the message field it belongs to, `path` what getFile tells."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    name: str
    mime_type: str
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0

    def ids(self) -> JSON:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class FileStore:
    """All files by file_id and by path; photos also know their set of sizes."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._photos: dict[str, list[StoredFile]] = {}
        self._numbers = itertools.count(1)

    def add(self, kind: str, data: bytes, name: str, mime_type: str, *, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Keep a file and give it its identifiers."""
        number = next(self._numbers)
        ending = ENDINGS.get(kind) or (name.rpartition(".")[2] if "." in name else "bin")
        stored = StoredFile(
            file_id=f"{PREFIXES.get(kind, 'BQACAgUAAx')}{secrets.token_urlsafe(30)}",
            unique_id=f"AQAD{secrets.token_urlsafe(9)}",
            kind=kind,
            path=f"{FOLDERS.get(kind, 'documents')}/file_{number}.{ending}",
            name=name,
            mime_type=mime_type,
            data=data,
            width=size[0],
            height=size[1],
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def add_photo(self, sizes: list[tuple[int, int, bytes]]) -> list[StoredFile]:
        """Keep one photo in its sizes, smallest first."""
        stored = [
            self.add("photo", data, "photo.jpg", "image/jpeg", size=(width, height)) for width, height, data in sizes
        ]
        for one in stored:
            self._photos[one.file_id] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def photo(self, file_id: str) -> list[StoredFile]:
        return self._photos[file_id]

    def reuse(self, file_id: str, kind: str) -> StoredFile:
        """The file behind a file_id sent by the bot; refuses what is unknown or of another kind."""
        stored = self._by_id.get(file_id)
        if stored is None:
            if file_id.startswith(("http://", "https://")):
                raise bad("failed to get HTTP URL content")
            raise bad("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
        if stored.kind != kind and "photo" in (stored.kind, kind):
            raise bad(f"can't use file of type {_type_name(stored.kind)} as {_type_name(kind)}")
        return stored


def _type_name(kind: str) -> str:
    return {"voice": "VoiceNote", "video_note": "VideoNote"}.get(kind, kind.capitalize())


def photo_sizes(data: bytes) -> list[tuple[int, int, bytes]]:
    """Width, height and JPEG bytes of each size, smallest first; slow, so call it in a thread.

    Like Telegram it turns the picture upright, drops metadata and never enlarges. Raises NotAPicture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                if opened.width * opened.height > MAX_PIXELS or opened.width + opened.height > 10_000:
                    raise NotAPicture("PHOTO_INVALID_DIMENSIONS")
                opened.draft("RGB", (BOXES[-1], BOXES[-1]))
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except NotAPicture:
        raise
    except Exception as error:
        raise NotAPicture("IMAGE_PROCESS_FAILED") from error
    largest = max(picture.size)
    boxes = [box for box in BOXES if box < largest]
    boxes.append(min(largest, BOXES[-1]) if largest <= BOXES[-1] else BOXES[-1])
    return [_scaled(picture, box) for box in dict.fromkeys(boxes)]


def _scaled(picture: Image.Image, box: int) -> tuple[int, int, bytes]:
    copy = picture.copy()
    copy.thumbnail((box, box))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=85)
    return copy.width, copy.height, out.getvalue()


def photo_content(sizes: list[StoredFile]) -> list[JSON]:
    """The array of PhotoSize objects."""
    return [{**one.ids(), "width": one.width, "height": one.height} for one in sizes]


def file_content(stored: StoredFile) -> JSON:
    """The object of a document, voice note, video, audio, animation, sticker or video note."""
    found = stored.ids()
    match stored.kind:
        case "document":
            found |= {"file_name": stored.name, "mime_type": stored.mime_type}
        case "voice":
            found |= {"duration": 3, "mime_type": "audio/ogg"}
        case "audio":
            found |= {"duration": 3, "file_name": stored.name, "mime_type": stored.mime_type}
        case "video" | "animation":
            found |= {"width": 640, "height": 480, "duration": 3, "mime_type": "video/mp4"}
            found["file_name"] = stored.name
        case "video_note":
            found |= {"length": 240, "duration": 3}
        case "sticker":
            found |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return found
