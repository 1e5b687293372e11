"""Keeping a file for good or not at all: written aside, synced, renamed, and the folder synced too."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from storage.photos import NO_SPACE, PhotoNotKept, StorageFull


def keep(target: Path, content: bytes) -> None:
    """Write `content` to `target` so that it survives a crash; raises StorageFull or PhotoNotKept with nothing left."""
    if target.exists() and target.read_bytes() == content:
        return
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        if error.errno in NO_SPACE:
            raise StorageFull(errno.ENOSPC, "the disk is full") from error
        raise PhotoNotKept(error.errno, "the disk failed") from error
