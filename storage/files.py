"""Keeping a file for good or not at all: written aside, synced, renamed, and the folder synced too."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NotKept(OSError):
    """Nothing of the file was kept; the person must be told so."""


class StorageFull(NotKept):
    """Not kept because there is no room; the office must make some."""


def keep(target: Path, content: bytes, *, aside: Path) -> None:
    """All of `content` is on the disk as `target` when this returns, else StorageFull or NotKept and nothing is left.

    `aside` is a folder on the same disk for what is being written. Twice is once.
    """
    try:
        _keep(target, content, aside)
    except OSError as error:
        if error.errno in NO_SPACE:
            raise StorageFull(error.errno, "没有保存：磁盘已满") from error
        raise NotKept(error.errno, "没有保存：磁盘出错") from error


def _keep(target: Path, content: bytes, aside: Path) -> None:
    if target.exists() and target.read_bytes() == content:
        _sync(target.parent)  # it may stand there from a call that failed at this very step
        return
    _make_folder(target.parent)
    _make_folder(aside)
    draft = aside / secrets.token_hex(16)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()
    _sync(target.parent)


def _make_folder(folder: Path) -> None:
    """With its parents, each entry synced: a file is no safer than the folder it is in."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
