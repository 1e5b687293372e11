"""The heads of the trail that were written down outside the database: one line each, appended and synced."""

import os
import re
from datetime import datetime
from pathlib import Path

from checklists.working_days import SHANGHAI

NAME = "trail-heads.txt"
_LINE = re.compile(r"\S+ (\d{1,18}) (\d{1,18}:[0-9a-f]{64})")


class HeadFile:
    """A text file beside the data; whoever alters the database would have to alter it too. Calls wait for the disk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def heads(self, zone_id: int) -> list[str]:
        """All heads of this zone that were written down, oldest first; a line torn by a crash is left out."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        found = [match for line in lines if (match := _LINE.fullmatch(line))]
        return [match[2] for match in found if int(match[1]) == zone_id]

    def add(self, zone_id: int, head: str, *, at: datetime) -> None:
        """Append a head, unless it is the last one; it is on the disk when this returns."""
        if self.heads(zone_id)[-1:] == [head]:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = f"{at.astimezone(SHANGHAI).isoformat(timespec='seconds')} {zone_id} {head}\n"
        # Behind a torn line a new one begins; two processes that append at once each write a whole line.
        torn = self._path.exists() and not self._path.read_bytes().endswith(b"\n")
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            rest = (("\n" if torn else "") + line).encode()
            while rest:  # a disk that is nearly full takes a part without complaint
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
