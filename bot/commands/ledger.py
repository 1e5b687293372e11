"""`zicha export hazards` and `zicha import hazards`: the ledger as open data, and an older ledger taken over."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot.commands.enterprises import imports
from bot.program import open_zone
from bot.settings import Settings, WrongSettings, load
from checklists.hazard_rows import FIELD_NAMES, missing_columns, propose_columns
from checklists.hazards import SOURCE_NAMES, Source
from handlers.documents.exports import Form, write_hazards
from handlers.documents.hazard_imports import read_hazard_rows
from handlers.documents.hazard_ledger import TooManyRows
from handlers.documents.spreadsheets import UnreadableFile
from handlers.hazard_importing import TakeOver, carry_over, take_over_of
from handlers.ledger_files import write_ledger_with_photos
from handlers.ledger_photos import Folder, Packed, Parts, Target
from handlers.ledger_rows import rows_of
from handlers.words import SHANGHAI
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase
from storage.engine import CannotOpen, opening
from storage.files import NO_SPACE
from storage.photos import PhotoStore
from storage.reading import reading
from storage.transaction import Transaction

T = TypeVar("T")
Rows = list[dict[str, str]]

exports = typer.Typer(help="导出数据。", no_args_is_help=True)

_SOURCES = "、".join(f"{source.value}（{name}）" for source, name in SOURCE_NAMES.items())

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module; `zicha import` stands in bot.commands.enterprises."""
    app.add_typer(exports, name="export")


@exports.command("hazards")
def export_hazards(
    form: Annotated[Form, typer.Option("--format", help="csv、jsonl 或 xlsx")] = Form.CSV,
    out: Annotated[Path | None, typer.Option(help="写到哪个文件；- 是标准输出（xlsx 不行）")] = None,
    names: Annotated[bool, typer.Option("--names/--no-names", help="是否包含责任人、复查人姓名")] = True,
    photos: Annotated[Path | None, typer.Option(help="改为台账 Excel 和照片：写到哪个文件夹或 .zip 文件")] = None,
) -> None:
    """导出全部隐患，各列的含义见 docs/open-data.md；机器人运行时也可以导出。"""
    now = datetime.now(UTC)
    if photos is not None:
        if out is not None or not names or form is not Form.CSV:
            _fail("--photos 导出带姓名的台账 Excel，不能和 --out、--format、--no-names 一起用")
        _export_with_photos(photos, now)
        return
    file = out or Path(f"隐患台账-{now.astimezone(SHANGHAI).date().isoformat()}.{form.value}")
    if str(file) == "-":
        if form is Form.EXCEL:
            _fail("xlsx 不能写到标准输出，请用 --out 指定文件")
        with _writing(file):
            _export(sys.stdout.buffer, form, now, names)
        return
    with _writing(file), _beside(file) as draft, draft.open("wb") as target:
        count = _export(target, form, now, names)
    typer.echo(f"已导出 {count} 条：{file}", err=True)


def _export_with_photos(path: Path, now: datetime) -> None:
    settings = _settings()

    def write(target: Target) -> Packed:
        with reading(settings.database_url, settings.zone_id) as tx:
            return write_ledger_with_photos(tx, PhotoStore(settings.data_folder / "photos"), target, as_of=now)

    with _writing(path):
        if path.suffix.lower() == ".zip":
            with _beside(path) as draft, Parts(draft.parent, draft.stem, most=sys.maxsize) as parts:
                packed = write(parts)
                parts.close()
        else:
            packed = write(Folder(path))
    typer.echo(f"已导出 {packed.rows} 条、{packed.photos} 张照片：{path}", err=True)
    if packed.missing:
        typer.echo(f"有 {packed.missing} 张照片的文件读不出来，可用 zicha db verify 核对", err=True)
    if packed.held_back:
        typer.echo(f"举报查实的隐患不附整改前照片（{packed.held_back} 张），免得认出举报人", err=True)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path` in the end, all of it or nothing; a pipe or a device is written at once."""
    path = path.resolve()  # what a link leads to, not the link, is written anew
    if path.exists() and not path.is_file():
        yield path
        return
    with TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        draft = Path(folder) / path.with_suffix(path.suffix.lower()).name
        yield draft
        draft.replace(path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Troubles of writing `path` end the command with their cause."""
    try:
        yield
    except CannotOpen as error:
        _fail(f"数据库打不开：{error}")
    except TooManyRows as error:
        _fail(str(error))
    except OSError as error:
        cause = "磁盘满了" if error.errno in NO_SPACE else error.strerror or type(error).__name__
        _fail(f"写不了文件：{path}（{cause}）")


def _export(target: Any, form: Form, now: datetime, names: bool) -> int:
    settings = _settings()
    with reading(settings.database_url, settings.zone_id) as tx:
        bot_name = tx.notes.get("bot_name")
        link = (lambda payload: f"https://t.me/{bot_name}?start={payload}") if bot_name else None
        return write_hazards(rows_of(tx, link), target, form, as_of=now, personal=names)


@imports.command("hazards")
def import_hazards(
    file: Annotated[Path, typer.Argument(help="原来的隐患台账，.xlsx 或 .csv")],
    mapping: Annotated[list[str] | None, typer.Option("--map", help="哪一列是什么，例如：隐患描述=存在问题")] = None,
    source: Annotated[str, typer.Option(help=f"没有写来源的行算哪种：{_SOURCES}")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接导入")] = False,
    as_json: AsJson = False,
) -> None:
    """导入原有隐患台账：先给预览，确认以后才导入；收入的都从待确认开始，可以反复导入。"""
    rows, default = _rows(file), _source(source)
    columns = _columns(rows, mapping or [])
    plan = _in_zone(lambda db, now: db.read(lambda tx: _plan(tx, rows, columns, default, now)))
    if not as_json:
        _print_plan(plan, columns)
    imported = bool(plan.new) and (yes or (not as_json and typer.confirm("确认导入？")))
    if imported:
        plan = _in_zone(lambda db, now: db.write(lambda tx: _import(tx, rows, columns, default, now)))
    if as_json:
        typer.echo(json.dumps(_plan_row(plan, columns, imported=imported), ensure_ascii=False))
    else:
        typer.echo(f"已导入 {len(plan.new)} 条，都在台账“待确认”里。" if imported else "什么都没有导入。")
    if plan.faulty and not plan.new:
        raise typer.Exit(2)


def _source(word: str) -> Source | None:
    if word and word not in [s.value for s in Source]:
        _fail(f"没有这种来源：{word}，可用：{'、'.join(s.value for s in Source)}")
    return Source(word) if word else None


def _rows(file: Path) -> Rows:
    try:
        return read_hazard_rows(file.read_bytes(), file.name)
    except UnreadableFile as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"文件打不开：{file}（{error.strerror}）")


def _columns(rows: Rows, mapping: list[str]) -> dict[str, str]:
    fields, headings = {name: field for field, name in FIELD_NAMES.items()}, list(rows[0])
    columns = propose_columns(headings)
    for entry in mapping:
        name, _, heading = entry.partition("=")
        if name not in fields:
            _fail(f"没有这一项：{name}，可用：{'、'.join(fields)}")
        if heading not in headings:
            _fail(f"表里没有这一列：{heading}，表里有：{'、'.join(h for h in headings if h)}")
        columns = {f: h for f, h in columns.items() if h != heading} | {fields[name]: heading}
    if missing := missing_columns(columns):
        _fail(f"还缺少这些列：{'、'.join(missing)}；用 --map 指明，例如：--map {missing[0]}=存在问题")
    return columns


def _plan(tx: Transaction, rows: Rows, columns: dict[str, str], source: Source | None, now: datetime) -> TakeOver:
    return take_over_of(tx, rows, columns, source=source, today=now.astimezone(SHANGHAI).date())


def _import(tx: Transaction, rows: Rows, columns: dict[str, str], source: Source | None, now: datetime) -> TakeOver:
    plan = _plan(tx, rows, columns, source, now)
    carry_over(tx, plan, at=now)
    return plan


def _print_plan(plan: TakeOver, columns: dict[str, str]) -> None:
    typer.echo("列的对应：" + "，".join(f"{FIELD_NAMES[field]}＝{heading}" for field, heading in columns.items()))
    typer.echo(f"共 {plan.rows} 行：新增 {len(plan.new)}，已有 {plan.known}，有错 {len(plan.faulty)}（有错的行不导入）")
    for row in plan.faulty:
        typer.echo(f"  第{row.number}行：{'；'.join(row.problems)}", err=True)
    for row in plan.hinted:
        typer.echo(f"  第{row.number}行提示：{'；'.join(row.hints)}")


def _plan_row(plan: TakeOver, columns: dict[str, str], *, imported: bool) -> dict[str, Any]:
    return {
        "imported": imported,
        "columns": columns,
        "new": [row.number for row, _firm in plan.new],
        "known": plan.known,
        "errors": [{"row": r.number, "problems": list(r.problems)} for r in plan.faulty],
        "hints": [{"row": r.number, "hints": list(r.hints)} for r in plan.hinted],
    }


def _in_zone(work: Callable[[ZoneDatabase, datetime], Awaitable[T]]) -> T:
    settings = _settings()

    async def run() -> T:
        now = datetime.now(UTC)
        async with open_zone(settings, now=now) as database:
            return await work(database, now)

    try:
        with opening():
            return asyncio.run(run())
    except (CannotOpen, DatabaseFull, DatabaseUnavailable) as error:
        _fail(f"数据库打不开：{error}")


def _settings() -> Settings:
    try:
        return load()
    except WrongSettings as error:
        _fail(str(error))


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)
