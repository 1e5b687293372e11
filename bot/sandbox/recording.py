"""Recorded traffic, one JSON line per exchange or update, in the form the specification checker reads."""

from collections import deque
from pathlib import Path

import orjson

from bot.sandbox.wire import JSON, Params

MEMORY = 100_000


class Recorder:
    """Keeps the newest lines in memory and, if asked, writes all of them to a file."""

    def __init__(self, *, enabled: bool = False, path: Path | None = None) -> None:
        self.enabled = enabled or path is not None
        self.lines: deque[bytes] = deque(maxlen=MEMORY)
        self._file = path.open("ab") if path else None

    def exchange(self, method: str, params: Params, status: int, answer: bytes) -> None:
        """Record a call as it came and the answer as it went."""
        record: JSON = {"method": method, "params": params.values}
        if params.files:
            record["files"] = {
                name: {"filename": part.filename, "size": len(part.data)} for name, part in params.files.items()
            }
        head = orjson.dumps({**record, "http_status": status})
        self._write(head[:-1] + b"," + answer[1:])

    def update(self, body: bytes) -> None:
        """Record an update as it was handed out."""
        self._write(b'{"update":' + body + b"}")

    def _write(self, line: bytes) -> None:
        self.lines.append(line)
        if self._file:
            self._file.write(line + b"\n")
            self._file.flush()

    def text(self) -> bytes:
        return b"".join(line + b"\n" for line in self.lines)

    def clear(self) -> None:
        self.lines.clear()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
