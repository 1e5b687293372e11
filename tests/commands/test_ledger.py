"""`zicha import hazards` and `zicha export hazards` from the command line, on a real database file."""

import asyncio
import csv
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import load
from checklists.attachments import Phase
from handlers.ledger_rows import EVERYTHING
from storage.database import Database
from storage.photos import PhotoStore, accept
from tests.conftest import NOW
from tests.firms import ICE, WOOD
from tests.sandbox import picture

FIRMS = f"企业名称,统一社会信用代码,行业\n样例木业有限公司,{WOOD},轻工\n样例木业二厂,{ICE},轻工\n"
HEADING = "编号,单位名称,存在问题,检查日期,来源,级别,整改期限,责任人,状态\n"
LEDGER = (
    HEADING
    + "1,样例木业有限公司,配电箱没有门,2026-03-01,监督检查,一般隐患,2026-03-15,王厂长,整改中\n"
    + "2,样例木业二厂,=通道堵塞,2026-03-02,监督检查,重大隐患,,,已销号\n"
    + "3,没有的厂,灯坏了,2026-03-02,监督检查,,,,\n"
    + "4,样例木业二厂,灯坏了,昨天,监督检查,,,,\n"
)
runner = CliRunner()


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZICHA_DATABASE_URL", f"sqlite:///{tmp_path / 'zicha.db'}")
    monkeypatch.setenv("ZICHA_ZONE_NAME", "滨河开发区")
    monkeypatch.setenv("ZICHA_ZONE_CODE", "BH")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "名单.csv"
    file.write_text(FIRMS, encoding="utf-8-sig")
    assert zicha("import", "enterprises", str(file), "--yes").exit_code == 0


def zicha(*arguments: str, typed: str | None = None) -> Result:
    return runner.invoke(app, list(arguments), input=typed)


def a_ledger(tmp_path: Path, text: str = LEDGER) -> str:
    file = tmp_path / "台账.csv"
    file.write_text(text, encoding="utf-8-sig")
    return str(file)


def exported(tmp_path: Path) -> list[dict[str, str]]:
    assert zicha("export", "hazards", "--out", "all.csv").exit_code == 0
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_older_ledger_is_taken_over_after_a_yes_and_only_once(tmp_path: Path) -> None:
    file = a_ledger(tmp_path)
    no = zicha("import", "hazards", file, typed="n\n")
    assert "共 4 行：新增 2，已有 0，有错 2（有错的行不导入）" in no.stdout
    assert "第4行：系统里没有这家企业：没有的厂，请先导入企业名单" in no.stderr
    assert "第5行：发现日期“昨天”看不懂" in no.stderr
    assert "什么都没有导入。" in no.stdout
    yes = zicha("import", "hazards", file, typed="y\n")
    assert "已导入 2 条，都在台账“待确认”里。" in yes.stdout
    again = zicha("import", "hazards", file, "--yes")
    assert "新增 0，已有 2，有错 2" in again.stdout
    first, second = exported(tmp_path)
    assert (first["number"], first["words"], first["state"]) == ("BH-2026-0001", "配电箱没有门\n原台账编号：1", "found")
    assert (first["found_on"], first["deadline"], first["responsible"]) == ("2026-03-01", "2026-03-15", "王厂长")
    assert second["state"] == "found", "what the older ledger calls closed is not closed here"
    assert "新增 0，已有 2" in zicha("import", "hazards", "all.csv", "--yes").stdout
    assert zicha("trail", "verify").exit_code == 0


def test_columns_are_named_by_hand_where_their_words_do_not_tell(tmp_path: Path) -> None:
    file = a_ledger(tmp_path, "厂子,存在问题,哪天\n样例木业有限公司,配电箱没有门,2026-03-01\n")
    missing = zicha("import", "hazards", file, "--yes")
    assert (missing.exit_code, missing.stderr.startswith("还缺少这些列：")) == (2, True)
    mapped = ("--map", "企业名称=厂子", "--map", "发现日期=哪天")
    unsourced = zicha("import", "hazards", file, *mapped, "--yes")
    assert "没有写来源：在台账里补上，或者用 --source 指定" in unsourced.stderr
    done = json.loads(zicha("import", "hazards", file, *mapped, "--source", "transfer", "--yes", "--json").stdout)
    assert (done["imported"], done["new"], done["errors"]) == (True, [2], [])
    [row] = exported(tmp_path)
    assert row["source"] == "transfer"


def test_a_wrong_name_of_a_column_or_source_is_told(tmp_path: Path) -> None:
    file = a_ledger(tmp_path)
    assert zicha("import", "hazards", file, "--map", "胡说=存在问题").stderr.startswith("没有这一项：胡说")
    assert zicha("import", "hazards", file, "--map", "隐患描述=胡说").stderr.startswith("表里没有这一列：胡说")
    assert zicha("import", "hazards", file, "--source", "moon").stderr.startswith("没有这种来源：moon")
    assert zicha("import", "hazards", "nowhere.csv").stderr.startswith("文件打不开：nowhere.csv")


def test_the_ledger_is_exported_in_three_forms(tmp_path: Path) -> None:
    zicha("import", "hazards", a_ledger(tmp_path), "--yes")
    lines = zicha("export", "hazards", "--format", "jsonl", "--out", "-").stdout.splitlines()
    assert [json.loads(line)["enterprise"] for line in lines] == ["样例木业有限公司", "样例木业二厂"]
    assert zicha("export", "hazards", "--format", "xlsx", "--out", "all.xlsx").stderr == "已导出 2 条：all.xlsx\n"
    assert "配电箱没有门" in str(
        CalamineWorkbook.from_path(str(tmp_path / "all.xlsx")).get_sheet_by_index(0).to_python()
    )
    assert zicha("export", "hazards", "--format", "xlsx", "--out", "-").exit_code == 2
    nameless = zicha("export", "hazards", "--no-names", "--out", "-").stdout
    assert "王厂长" not in nameless
    assert "'=通道堵塞" in nameless


def test_the_ledger_comes_with_its_photos_as_a_folder_and_as_one_zip(tmp_path: Path) -> None:
    assert zicha("import", "hazards", a_ledger(tmp_path), "--yes").exit_code == 0
    settings = load(token="")
    red = accept(picture("red"))
    PhotoStore(settings.data_folder / "photos").put(red)

    async def show() -> None:
        opened = Database(settings.database_url)
        await opened.zone(1).write(
            lambda tx: tx.attachments.add_photo(
                red, by=0, at=NOW, hazard_id=tx.ledger.page(EVERYTHING).hazards[0].id, phase=Phase.BEFORE
            )
        )
        await opened.close()

    asyncio.run(show())
    folder = zicha("export", "hazards", "--photos", "out")
    assert (folder.exit_code, folder.stderr) == (0, "已导出 2 条、1 张照片：out\n")
    [file] = (tmp_path / "out" / "照片").iterdir()
    assert file.read_bytes() == red.preview
    assert zicha("export", "hazards", "--photos", "all.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert sorted(packed.namelist()) == sorted([f"照片/{file.name}", "隐患台账.xlsx"])
    wrong = zicha("export", "hazards", "--photos", "out", "--no-names")
    assert (wrong.exit_code, wrong.stderr) == (
        2,
        "--photos 导出带姓名的台账 Excel，不能和 --out、--format、--no-names 一起用\n",
    )
    nowhere = zicha("export", "hazards", "--photos", "名单.csv")
    assert (nowhere.exit_code, nowhere.stderr[:6]) == (2, "写不了文件：")


@pytest.mark.parametrize("arguments", [("--photos", "all.zip"), ("--format", "xlsx", "--out", "all.xlsx")])
def test_a_full_disk_is_said_and_leaves_the_file_of_before(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert zicha("import", "hazards", a_ledger(tmp_path), "--yes").exit_code == 0
    before = tmp_path / arguments[-1]
    before.write_bytes(b"whole")
    files = sorted(tmp_path.iterdir())
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); from bot.cli import app; app()"
    )
    command = [sys.executable, "-c", limited, "export", "hazards", *arguments]
    with closing(sqlite3.connect(tmp_path / "zicha.db")) as held:  # keeps what SQLite needs beside the database
        held.execute("SELECT * FROM zones").fetchall()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"写不了文件：{arguments[-1]}（磁盘满了）\n")
    assert before.read_bytes() == b"whole"
    assert sorted(tmp_path.iterdir()) == files


def test_a_zip_takes_nothing_else_away_and_may_be_written_in_capitals(tmp_path: Path) -> None:
    assert zicha("import", "hazards", a_ledger(tmp_path), "--yes").exit_code == 0
    (tmp_path / "all-1.zip").write_bytes(b"of somebody")
    assert zicha("export", "hazards", "--photos", "all.ZIP").exit_code == 0
    assert (tmp_path / "all-1.zip").read_bytes() == b"of somebody"
    with zipfile.ZipFile(tmp_path / "all.ZIP") as packed:
        assert packed.namelist() == ["隐患台账.xlsx"]
    assert zicha("export", "hazards", "--format", "jsonl", "--out", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_an_export_that_is_broken_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(tmp_path.iterdir())

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.commands.ledger.write_ledger_with_photos", interrupted)
    assert zicha("export", "hazards", "--photos", "all.zip").exit_code != 0
    assert sorted(tmp_path.iterdir()) == files
