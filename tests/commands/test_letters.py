"""`zicha letters` gives an office templates to edit, and the settings say when one was spoilt."""

from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app
from bot.settings import load, problems

runner = CliRunner()
NAMES = [
    "隐患整改通知书.docx",
    "隐患整改复查意见书.docx",
    "重大事故隐患挂牌督办通知书.docx",
    "重大事故隐患摘牌（销号）通知书.docx",
    "重大事故隐患报告.docx",
    "事故隐患排查治理情况统计分析表.docx",
    "隐患整改督办函.docx",
    "移送（建议）函.docx",
]


def test_templates_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "文书"
    first = runner.invoke(app, ["letters", str(folder)])
    assert (first.exit_code, first.stdout.splitlines()) == (0, NAMES)
    assert sorted(file.name for file in folder.iterdir()) == sorted(NAMES)
    again = runner.invoke(app, ["letters", str(folder)])
    assert (again.exit_code, again.stdout) == (0, "模板都已经在这个文件夹里，没有改动它们。\n")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("")
    done = runner.invoke(app, ["letters", str(tmp_path / "文件")])
    assert (done.exit_code, done.stderr) == (2, f"写不进这个文件夹：{tmp_path / '文件'}\n")


def test_the_settings_are_checked_with_every_template(tmp_path: Path) -> None:
    runner.invoke(app, ["letters", str(tmp_path)])
    good = {"token": "1:a", "administrators": (77,), "data_folder": tmp_path / "data"}
    assert problems(load(**good, letter_templates=tmp_path)) == []
    (tmp_path / NAMES[1]).write_bytes(b"spoilt")
    assert problems(load(**good, letter_templates=tmp_path)) == [
        "模板 隐患整改复查意见书.docx 打不开：请用 Word 或 WPS 另存为 .docx 再放回去。"
    ]
    assert problems(load(**good, letter_templates=tmp_path / "没有")) == [
        f"ZICHA_LETTER_TEMPLATES：没有这个文件夹：{tmp_path / '没有'}"
    ]
