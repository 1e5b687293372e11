"""`zicha db …`, `zicha check-settings` and `zicha run` as an administrator meets them in a terminal."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.conftest import ZONE_ID
from tests.sandbox import TOKEN, running_sandbox

ROOT = Path(__file__).parents[2]


def environment(address: str, folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZICHA_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "ZICHA_DATABASE_URL": address,
        "ZICHA_DATA_FOLDER": str(folder / "data"),
        "ZICHA_ZONE_ID": str(ZONE_ID),
        **more,
    }


def zicha(*words: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from bot.cli import app; app()", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False)


def test_a_restore_names_the_copies_of_before_that_it_makes_untrue(address: str, tmp_path: Path) -> None:
    env = environment(address, tmp_path)
    assert zicha("db", "upgrade", env=env, cwd=tmp_path).returncode == 0
    assert zicha("db", "backup", "a.zip", env=env, cwd=tmp_path).returncode == 0
    words = "恢复以后，请把数据文件夹里的 trail-heads.txt 移到别处保存，否则每天会报“以前抄下的末尾不见了”。\n"
    for number, (heads, said) in enumerate(((False, ""), (True, words))):
        folder = tmp_path / str(number)
        (folder / "data").mkdir(parents=True)
        if heads:
            (folder / "data" / "trail-heads.txt").write_text("2026-11-24T03:20:00+08:00 1 7:aa\n")
        other = environment(f"sqlite:///{folder / 'new.db'}", folder)
        back = zicha("db", "restore", "a.zip", env=other, cwd=tmp_path)
        assert (back.returncode, back.stderr) == (0, said)


def test_a_database_goes_into_a_file_and_comes_back_elsewhere(address: str, tmp_path: Path) -> None:
    env = environment(address, tmp_path)
    assert zicha("db", "upgrade", env=env, cwd=tmp_path).stdout == "数据库已是最新。\n"
    made = zicha("db", "backup", "a.zip", "--json", env=env, cwd=tmp_path)
    assert json.loads(made.stdout)["faults"] == []
    assert zicha("db", "verify", "a.zip", env=env, cwd=tmp_path).stdout.startswith("核对完成，没有发现问题。")
    other = environment(f"sqlite:///{tmp_path / 'deep' / 'other.db'}", tmp_path / "deep")
    (tmp_path / "deep").mkdir()
    back = zicha("db", "restore", "a.zip", "--json", env=other, cwd=tmp_path)
    assert json.loads(back.stdout)["rows"] == json.loads(made.stdout)["rows"]
    verified = zicha("db", "verify", env=other, cwd=tmp_path)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_a_backup_is_not_written_over_another(address: str, tmp_path: Path) -> None:
    env = environment(address, tmp_path)
    (tmp_path / "a.zip").write_text("x")
    done = zicha("db", "backup", "a.zip", env=env, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "文件已存在，不覆盖：a.zip\n")


def test_a_database_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    env = environment("postgresql://user:geheim@127.0.0.1:9/none", tmp_path)
    done = zicha("db", "verify", env=env, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "数据库打不开：OperationalError\n")
    env = environment(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
    assert zicha("db", "verify", env=env, cwd=tmp_path).returncode == 2


def test_settings_are_checked_in_plain_words(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'a.db'}", tmp_path)
    done = zicha("check-settings", env=env, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("没有机器人令牌：请设置 ZICHA_TOKEN")
    good = {**env, "ZICHA_TOKEN": TOKEN, "ZICHA_ADMINISTRATORS": "77"}
    assert zicha("check-settings", env=good, cwd=tmp_path).stdout == "设置没有问题。\n"
    as_json = zicha("check-settings", "--json", env={**good, "ZICHA_PLAN": "dongli-2024"}, cwd=tmp_path)
    assert json.loads(as_json.stdout) == {"ok": True, "problems": []}
    wrong = zicha("run", env={**good, "ZICHA_PLAN": "x"}, cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("ZICHA_PLAN：没有这个方案")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_production_bot_answers_its_administrator_and_ends_cleanly(
    address: str, tmp_path: Path, number: int
) -> None:
    async with running_sandbox() as sandbox:
        person = await sandbox.person("林主任")
        more = {"ZICHA_TOKEN": TOKEN, "ZICHA_ADMINISTRATORS": str(person.id), "ZICHA_BASE_URL": sandbox.base_url}
        env = environment(address, tmp_path, **more, ZICHA_ZONE_NAME="南湾街道", ZICHA_LOG_LEVEL="DEBUG")
        command = [sys.executable, "-c", "from bot.cli import app; app()", "run"]
        with subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as bot:
            await person.sends("/start")
            await sandbox.idle(60)
            bot.send_signal(number)
            _, log = bot.communicate(timeout=20)
        assert bot.returncode == 0
        assert "南湾街道" in (await person.screen())[-1]
        assert TOKEN.split(":")[1] not in log
        assert "Traceback" not in log


async def test_a_token_that_telegram_refuses_is_said_and_not_shown(tmp_path: Path) -> None:
    refused = "5000000009:some-other-token-for-tests-only-AAAA"
    async with running_sandbox(World(token=TOKEN)) as sandbox:
        env = environment(f"sqlite:///{tmp_path / 'a.db'}", tmp_path)
        env |= {"ZICHA_TOKEN": refused, "ZICHA_ADMINISTRATORS": "77", "ZICHA_BASE_URL": sandbox.base_url}
        done = await asyncio.to_thread(zicha, "run", env=env, cwd=tmp_path)
    words = "Telegram 不认这个机器人令牌：请核对 ZICHA_TOKEN，或在 @BotFather 重新申请\n"
    assert (done.returncode, done.stderr) == (2, words)
