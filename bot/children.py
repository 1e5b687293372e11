"""Processes of our own beside the bot: a job goes in, lines of JSON come out, and none outlives its use."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from handlers.child import line_of

SILENT_S = 300.0
_LONGEST_LINE = 2**24


class ChildFailed(Exception):
    """The process said nothing that can be used; the text says which way."""


class Child:
    """A running process, as far as the bot talks with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def word(self) -> Mapping[str, Any]:
        """The next thing it says; raises ChildFailed when it ended, is silent for too long or talks nonsense."""
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), SILENT_S)
            said = json.loads(line) if line else None
        except TimeoutError:
            raise ChildFailed("silent") from None
        except ValueError:
            raise ChildFailed("nonsense") from None
        if said is None:
            raise ChildFailed("ended")
        if not isinstance(said, dict):
            raise ChildFailed("nonsense")
        return said


@asynccontextmanager
async def child(module: str, job: Mapping[str, Any], *, temporary: Path | None = None) -> AsyncIterator[Child]:
    """`python -m module` with its job (see handlers.child), killed at the end of the block if it still runs.

    The job goes through a pipe: a command line, with the password of the database in it, could be read by others.
    With `temporary` its temporary files are kept there, so that who takes the folder away takes them away too.
    """
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "TMPDIR": str(temporary)} if temporary else None
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=pipe, stdout=pipe, limit=_LONGEST_LINE, env=environment
    )
    try:
        assert process.stdin is not None
        with suppress(ConnectionError):
            process.stdin.write(line_of(job))
            await process.stdin.drain()
        yield Child(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
