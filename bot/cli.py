"""The command line: `zicha …`; errors on standard error in plain Chinese, exit status 2 for bad input."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from telegram.error import InvalidToken

from bot.commands import database, enterprises, ledger, letters, rules, trail
from bot.launching import PortTaken, run_sandbox
from bot.launching import run as run_bot
from bot.logs import set_up_logging
from bot.settings import Settings, WrongSettings, load, problems

app = typer.Typer(
    help="自查：企业安全自查机器人。", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.command()
def run() -> None:
    """启动正式机器人（设置见 README）。"""
    settings = _settings()
    if faults := problems(settings):
        _fail("\n".join(faults))
    set_up_logging(settings.log_level)
    try:
        asyncio.run(run_bot(settings))
    except InvalidToken:
        _fail("Telegram 不认这个机器人令牌：请核对 ZICHA_TOKEN，或在 @BotFather 重新申请")


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="网页端口", min=0, max=65535)] = 8080,
    data: Annotated[Path | None, typer.Option(help="数据文件夹；不给就用临时的，结束即清除")] = None,
    record: Annotated[Path | None, typer.Option(help="把机器人与替身之间的往来记到这个文件")] = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="是否先布置一个示例辖区")] = True,
) -> None:
    """在本机试用：不需要令牌，浏览器里聊天。"""
    set_up_logging("WARNING")
    try:
        asyncio.run(run_sandbox(port=port, data=data, record=record, demo=demo, say=typer.echo))
    except PortTaken:
        _fail(f"端口 {port} 已被占用，请换一个：zicha sandbox --port {port + 1}")


@app.command("check-settings")
def check_settings(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """检查设置，用白话说哪里不对。"""
    faults = problems(_settings())
    if as_json:
        typer.echo(json.dumps({"ok": not faults, "problems": faults}, ensure_ascii=False))
    elif faults:
        typer.echo("\n".join(faults), err=True)
    else:
        typer.echo("设置没有问题。")
    raise typer.Exit(2 if faults else 0)


def _settings() -> Settings:
    try:
        return load()
    except WrongSettings as error:
        _fail(str(error))


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)


app.add_typer(database.app, name="db")
rules.register(app)
enterprises.register(app)
ledger.register(app)
letters.register(app)
trail.register(app)
