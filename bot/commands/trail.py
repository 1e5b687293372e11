"""`zicha trail …`: whether the trail and every kept row are still what the program wrote, and where the trail ends."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Annotated, NoReturn, TypeVar

import typer

from bot.settings import Settings, WrongSettings, load
from storage.engine import CannotOpen
from storage.head_file import HeadFile
from storage.reading import reading
from storage.trail import Head
from storage.transaction import Transaction
from storage.verification import Fault, faults

_MOST_SHOWN = 1000

T = TypeVar("T")

trail = typer.Typer(help="操作记录：核对有没有被改动，抄下现在的末尾。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(trail, name="trail")


@trail.command()
def verify(
    head: Annotated[str, typer.Option(help="以前抄下的末尾（zicha trail head），核对它还在不在")] = "",
    as_json: AsJson = False,
) -> None:
    """核对操作记录和台账里的每一条数据是不是程序写的原样，机器人自己抄下的末尾还在不在；机器人运行时也可以核对。"""
    settings = _settings()
    kept = HeadFile(settings.data_folder).heads(settings.zone_id)
    heads = [*kept, head] if head else kept
    end, found = _look(settings, lambda tx: (tx.trail.head(), list(islice(faults(tx, heads=heads), _MOST_SHOWN))))
    if as_json:
        typer.echo(json.dumps({"head": str(end), "faults": [_row(f) for f in found]}, ensure_ascii=False))
    elif found:
        typer.echo("\n".join(str(fault) for fault in found), err=True)
    else:
        typer.echo(f"核对完成，操作记录 {end.number} 条，没有发现改动。")
    raise typer.Exit(1 if found else 0)


@trail.command("head")
def show_head(as_json: AsJson = False) -> None:
    """显示操作记录现在的末尾；抄下来另存，以后可以证明前面的没有被删改。"""
    end: Head = _look(_settings(), lambda tx: tx.trail.head())
    typer.echo(json.dumps({"head": str(end), "at": end.at.isoformat()}) if as_json else str(end))


def _row(fault: Fault) -> dict[str, object]:
    return {
        "wrong": fault.wrong.value,
        "table": fault.table,
        "key": fault.key,
        "event": fault.event,
        "words": str(fault),
    }


def _look(settings: Settings, unit: Callable[[Transaction], T]) -> T:
    try:
        with reading(settings.database_url, settings.zone_id) as tx:
            return unit(tx)
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
