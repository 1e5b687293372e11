"""Voice notes, kept by their content as they came: a remark that was spoken."""

import hashlib
from pathlib import Path

from storage.files import keep


class VoiceStore:
    """A folder of voice notes named by their SHA-256. Its calls wait for the disk: use a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep the note for good and return its SHA-256; raises storage.files.NotKept with nothing left."""
        sha256 = hashlib.sha256(content).hexdigest()
        keep(self._path(sha256), content, aside=self._root / "incoming")
        return sha256

    def open(self, sha256: str) -> bytes:
        """The kept note; FileNotFoundError when there is none."""
        return self._path(sha256).read_bytes()

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self._root / sha256[:2] / f"{sha256}.ogg"
