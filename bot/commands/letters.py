"""`zicha letters`: the Word templates of the letters, written out for the office to edit."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(letters)


def letters(folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；已有的文件不覆盖")]) -> None:
    """写出文书的 Word 模板，改好后把 ZICHA_LETTER_TEMPLATES 设为这个文件夹。"""
    # What reads Word files takes long to load; the other commands shall not wait for it.
    from handlers.documents.letters import check_own_templates, write_templates

    try:
        written = write_templates(folder)
    except OSError as error:
        typer.echo(f"写不进这个文件夹：{folder}", err=True)
        raise typer.Exit(2) from error
    typer.echo("\n".join(written) or "模板都已经在这个文件夹里，没有改动它们。")
    if problems := check_own_templates(folder):
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(2)
