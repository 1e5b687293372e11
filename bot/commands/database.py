"""`zicha db …`: bring the schema up to date, back up, restore and verify, while the bot runs where that is safe."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.settings import Settings, WrongSettings, load
from storage import backup as backups
from storage.engine import CannotOpen, opening
from storage.head_file import NAME as HEADS
from storage.schema import upgrade as upgrade_schema

app = typer.Typer(help="数据库：升级、备份、恢复、核对。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def upgrade() -> None:
    """把数据库升级到本版本（可重复运行）。"""
    settings = _settings()
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    _guarded(lambda: upgrade_schema(settings.database_url))
    typer.echo("数据库已是最新。")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="备份写到哪里")], as_json: AsJson = False) -> None:
    """机器人运行时也可备份：全部数据、照片、语音在一个文件里。"""
    settings = _settings()
    report = _guarded(lambda: backups.backup(settings.database_url, settings.data_folder, file))
    _show(report, as_json, f"备份完成：{file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="备份文件")], as_json: AsJson = False) -> None:
    """恢复到空数据库（不会覆盖已有数据）。"""
    settings = _settings()
    report = _guarded(lambda: backups.restore(file, settings.database_url, settings.data_folder))
    _show(report, as_json, "恢复完成。")
    if (heads := settings.data_folder / HEADS).exists():
        words = f"恢复以后，请把数据文件夹里的 {heads.name} 移到别处保存，否则每天会报“以前抄下的末尾不见了”。"
        typer.echo(words, err=True)


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="备份文件；不给就核对正在用的数据库")] = None,
    as_json: AsJson = False,
) -> None:
    """核对数据库或备份文件：内容、操作记录、照片是否完好。"""
    settings = _settings()
    report = _guarded(
        lambda: backups.verify_file(file) if file else backups.verify(settings.database_url, settings.data_folder)
    )
    _show(report, as_json, "核对完成，没有发现问题。")
    if report.faults:
        raise typer.Exit(1)


def _show(report: backups.Report, as_json: bool, words: str) -> None:
    if as_json:
        typer.echo(
            json.dumps({"rows": report.rows, "files": report.files, "faults": report.faults}, ensure_ascii=False)
        )
    elif report.faults:
        typer.echo("\n".join(report.faults), err=True)
    else:
        typer.echo(f"{words} 记录 {sum(report.rows.values())} 条，照片和语音 {report.files} 个。")


def _guarded(act: Callable[[], Any]) -> Any:
    try:
        with opening():
            return act()
    except backups.BackupRefused as error:
        _fail(str(error))
    except CannotOpen as error:
        _fail(f"数据库打不开：{error}")


def _settings() -> Settings:
    try:
        return load()
    except WrongSettings as error:
        _fail(str(error))


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)
