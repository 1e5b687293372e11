"""`zicha import enterprises` and `zicha invite` from the command line, on a real database file."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.firms import ICE, WOOD

HEADING = "企业名称,统一社会信用代码,行业,主要负责人,主要负责人电话"
LIST = f"{HEADING}\n样例木业有限公司,{WOOD},轻工,王厂长,13800000001\n样例木业二厂,{ICE},轻工,,\n"
runner = CliRunner()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZICHA_DATABASE_URL", f"sqlite:///{tmp_path / 'zicha.db'}")
    monkeypatch.setenv("ZICHA_ZONE_NAME", "滨河开发区")
    monkeypatch.chdir(tmp_path)


def zicha(*arguments: str, typed: str | None = None) -> Result:
    return runner.invoke(app, list(arguments), input=typed)


def a_list(tmp_path: Path, text: str = LIST) -> str:
    file = tmp_path / "名单.csv"
    file.write_text(text, encoding="utf-8-sig")
    return str(file)


def test_a_list_is_imported_only_after_a_yes(tmp_path: Path) -> None:
    file = a_list(tmp_path)
    no = zicha("import", "enterprises", file, typed="n\n")
    assert (no.exit_code, no.stdout.splitlines()[0]) == (
        0,
        "共 2 行：新增 2，有变化 0，没有变化 0，有错 0（有错的行不导入）",
    )
    assert "什么都没有导入。" in no.stdout
    yes = zicha("import", "enterprises", file, typed="y\n")
    assert "已导入：新增 2 家，更新 0 家。" in yes.stdout
    again = zicha("import", "enterprises", file, "--yes")
    assert "没有变化 2" in again.stdout
    assert "什么都没有导入。" in again.stdout


def test_json_previews_and_with_yes_imports(tmp_path: Path) -> None:
    file = a_list(tmp_path, LIST + "样例错误,123,轻工,,\n")
    preview = json.loads(zicha("import", "enterprises", file, "--json").stdout)
    assert preview == {
        "imported": False,
        "new": [WOOD, ICE],
        "changed": [],
        "unchanged": 0,
        "errors": [
            {"row": 4, "name": "样例错误", "problems": ["统一社会信用代码应是18位，现在是3位，请照营业执照核对"]}
        ],
    }
    assert json.loads(zicha("import", "enterprises", file, "--json", "--yes").stdout)["imported"] is True


def test_a_list_of_errors_only_is_bad_input(tmp_path: Path) -> None:
    result = zicha("import", "enterprises", a_list(tmp_path, f"{HEADING}\n样例错误,123,轻工,,\n"), "--yes")
    assert result.exit_code == 2
    assert result.stderr.strip() == "第2行 样例错误：统一社会信用代码应是18位，现在是3位，请照营业执照核对"


def test_a_missing_file_and_an_unreadable_one_are_told_on_standard_error(tmp_path: Path) -> None:
    missing = zicha("import", "enterprises", "没有.xlsx")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert missing.stderr.startswith("文件打不开：没有.xlsx")
    unreadable = zicha("import", "enterprises", a_list(tmp_path, "a,b\n1,2\n"))
    assert (unreadable.exit_code, unreadable.stdout) == (2, "")
    assert "没有找到“企业名称”这一列" in unreadable.stderr


def test_the_template_can_be_written(tmp_path: Path) -> None:
    assert zicha("import", "template", "模板.xlsx").exit_code == 0
    assert (tmp_path / "模板.xlsx").read_bytes().startswith(b"PK")


def test_an_invitation_is_written_as_pdf_and_picture(tmp_path: Path) -> None:
    zicha("import", "enterprises", a_list(tmp_path), "--yes")
    result = zicha("invite", WOOD, "--role", "principal", "--out", "邀请", "--bot", "@zicha_bot", "--json")
    made = json.loads(result.stdout)
    assert re.fullmatch(r"https://t\.me/zicha_bot\?start=[\w-]{32}", made["link"])
    assert made["files"] == [
        "邀请/邀请函-样例木业有限公司-主要负责人.pdf",
        "邀请/邀请码-样例木业有限公司-主要负责人.png",
    ]
    assert (tmp_path / made["files"][0]).read_bytes().startswith(b"%PDF")
    assert (tmp_path / made["files"][1]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("enterprise", "role", "bot", "words"),
    [
        (WOOD, "worker", "zicha_bot", "没有这个角色：worker，可用：principal、controller、safety_manager、deputy"),
        (WOOD, "principal", "", "还不知道机器人的用户名：先运行一次 zicha run，或者加上 --bot 用户名"),
        ("别的厂", "principal", "zicha_bot", "没有找到企业：别的厂"),
        (
            "样例木业",
            "principal",
            "zicha_bot",
            f"有几家企业的名称对得上，请写信用代码：样例木业二厂（{ICE}）、样例木业有限公司（{WOOD}）",
        ),
    ],
)
def test_what_cannot_be_invited_is_told(tmp_path: Path, enterprise: str, role: str, bot: str, words: str) -> None:
    zicha("import", "enterprises", a_list(tmp_path), "--yes")
    result = zicha("invite", enterprise, "--role", role, "--out", "邀请", *(["--bot", bot] if bot else []))
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (2, "", words)
    assert not (tmp_path / "邀请").exists()
