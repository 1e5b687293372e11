"""`zicha sandbox --data`: a kept zone is gone on with."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.sandbox import Control, Person

PRINCIPAL = 710000011
SANDBOX = [sys.executable, "-c", "from bot.cli import app; app()", "sandbox", "--port", "0", "--data"]


@asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[Person]:
    """A sandbox on this folder until Ctrl-C; gives the principal of its first firm."""
    running = await asyncio.create_subprocess_exec(*SANDBOX, str(folder), stdout=PIPE)
    assert running.stdout is not None
    lines = [(await running.stdout.readline()).decode() for _ in range(3)]
    address = re.search(r"http://127\.0\.0\.1:\d+", lines[-1])
    assert address, lines
    async with aiohttp.ClientSession() as session:
        yield Person(Control(session, address[0]), PRINCIPAL, "王厂长")
    running.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(running.wait(), 5) == 0


async def settled(person: Person) -> list[list[str]]:
    await person.control.get("idle?timeout_s=20")
    return await person.buttons()


async def test_an_inspection_begun_in_a_kept_sandbox_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as wang:
        assert (await settled(wang))[0] == ["▶️ 开始自查"]
        await wang.taps("▶️ 开始自查")
        await settled(wang)
        await wang.taps("✅ 合格")
        await settled(wang)
        assert (await wang.last())["text"].splitlines()[1].endswith("已答 1")
    async with sandbox(tmp_path) as wang:
        assert (await settled(wang))[0] == ["▶️ 继续自查 1/17"]
