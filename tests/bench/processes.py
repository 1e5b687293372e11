"""Processes of a measurement: started, listened to, ended."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import orjson

T = TypeVar("T")
_PATIENCE_S = 120


@contextlib.asynccontextmanager
async def process(
    *arguments: str, environment: dict[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process of ours; killed at the end if it still lives."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,  # the waits of thousands of taps come on one line
        env={**os.environ, "PTB_TIMEDELTA": "1", **(environment or {})},
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGKILL)
        await started.wait()


async def either(answer: Coroutine[Any, Any, T], client: asyncio.subprocess.Process) -> T:
    """The counterpart's answer; a bot that ends before it is a fault and raises."""
    waiting, ended = asyncio.create_task(answer), asyncio.create_task(client.wait())
    await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not waiting.done():
        waiting.cancel()
        raise RuntimeError("the bot ended before its work was done")
    return await waiting


async def said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next line of JSON it prints."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), _PATIENCE_S)
    if not line:
        raise RuntimeError("the counterpart ended before its result")
    body: dict[str, Any] = orjson.loads(line)
    return body
