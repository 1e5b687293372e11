"""Never lost, though the network fails, Telegram refuses for a while, and the disk is full."""

import asyncio
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from checklists.people import Role
from storage.photos import PhotoStore
from tests.living import Town, running_town
from tests.sandbox import picture
from tests.walker import check, settle

METHODS = ["getUpdates", "editMessageText", "sendMessage", "answerCallbackQuery", "getFile", "file", "*"]


def some_fault(dice: random.Random) -> Fault:
    """A trouble that passes by itself."""
    method = dice.choice(METHODS)
    match dice.randrange(4):
        case 0:
            return Fault(method=method, drop=True)
        case 1:
            return Fault(method=method, drop=True, applied=True)
        case 2:
            return Fault(method=method, error_code=dice.choice([500, 502]), times=dice.randint(1, 3))
        case _:
            return Fault(method=method, error_code=429, parameters={"retry_after": 1})


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_nothing_is_lost_while_the_network_fails_again_and_again(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path / "data") as town:
        world, dice = town.sandbox.world, random.Random(7)
        walkers = await town.database.write(lambda tx: settle(tx, world, town.clock.now()))
        troubled = True

        async def trouble() -> None:
            for _ in range(120):
                world.faults.add(some_fault(dice))
                await asyncio.sleep(dice.uniform(0, 0.15))

        walking = asyncio.gather(*(w.walk(until=lambda: not troubled) for w in walkers))
        await trouble()
        troubled = False
        world.faults.clear()
        await asyncio.wait_for(walking, 300)
        await town.quiet(60)
        store = PhotoStore(tmp_path / "data" / "photos")
        await town.database.read(lambda tx: check(tx, walkers, store))
        # a press whose answer was lost on the way keeps its progress mark until Telegram ends it
        world.presses.clear()


async def test_telegrams_own_sending_limits_delay_but_lose_nothing(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path / "data") as town:
        town.sandbox.world.enforce_limits = True
        firm = await town.enterprise()
        principal = await town.meets("王厂长", Role.PRINCIPAL, firm)
        for number in range(12):
            await principal.sends(f"第{number}句")
        await town.quiet(60)
        shown = [text for text in await principal.screen() if "启明木业" in text]
        assert len(shown) >= 1, "the present screen came in the end"
        assert await town.database.read(lambda tx: tx.deliveries.next_due()) is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 8 MB for everything the bot keeps."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk needs root and the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_is_told_in_plain_words_and_leaves_nothing_half_written(
    small_disk: Path, sqlite_template: Path
) -> None:
    (small_disk / "zicha.db").write_bytes(sqlite_template.read_bytes())
    async with running_town(f"sqlite:///{small_disk / 'zicha.db'}", small_disk) as town:
        firm = await town.enterprise()
        principal = await town.meets("王厂长", Role.PRINCIPAL, firm)
        await principal.sends("/zicha")
        await town.quiet()
        await principal.taps("▶️ 开始自查")
        await town.quiet()
        before = await answered(town, firm)

        ballast = small_disk / "ballast"
        fill(ballast)
        await principal.photo(picture(size=(1600, 1200)))
        await town.quiet()
        assert "系统存储已满，刚才的内容没有保存" in (await principal.screen())[-1]
        for _ in range(30):
            await principal.taps("✅ 合格")
            await town.quiet()
            if await principal.toasts():
                break
        assert any("系统存储已满，刚才的内容没有保存" in toast for toast in await principal.toasts())
        told = await answered(town, firm)

        ballast.unlink()
        await principal.taps("✅ 合格")
        await town.quiet()
        assert await answered(town, firm) == told + 1 > before
        assert await town.database.read(lambda tx: tx.trail.broken_at()) is None
        assert PhotoStore(small_disk / "photos").verify() == []


def fill(path: Path) -> None:
    """Write until the disk is full to the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


async def answered(town: Town, firm: int) -> int:
    running = await town.database.read(lambda tx: tx.inspections.running(firm))
    assert running is not None
    return running.progress.answered
