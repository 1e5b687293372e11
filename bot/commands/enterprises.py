"""`zicha import enterprises` and `zicha invite`: the enterprise list and invitations from the command line."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot.program import open_zone
from bot.settings import WrongSettings, load
from checklists.enterprise_changes import ImportPlan
from checklists.enterprises import Enterprise
from checklists.invitations import INVITED_TO_ENTERPRISE
from checklists.people import ROLE_NAMES, Role
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits
from handlers.documents.invitation_sheet import Invitation as Sheet
from handlers.documents.spreadsheets import UnreadableFile, enterprise_template, read_rows
from handlers.importing import Cells, carry_out, plan_of
from handlers.invitations import paper, picture, sheet_of
from storage.database import DatabaseFull, DatabaseUnavailable, ZoneDatabase
from storage.engine import CannotOpen, opening
from storage.transaction import Transaction

T = TypeVar("T")

imports = typer.Typer(help="导入名单。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


class CannotInvite(Exception):
    """No invitation can be made; the text says why in Chinese."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(imports, name="import")
    app.command()(invite)


@imports.command("enterprises")
def import_enterprises(
    file: Annotated[Path, typer.Argument(help="企业名单，.xlsx 或 .csv")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接导入")] = False,
    as_json: AsJson = False,
) -> None:
    """导入企业名单：先给预览，确认以后才导入；可以反复导入。"""
    cells = _rows(file)
    plan = _in_zone(lambda database, _now: database.read(lambda tx: plan_of(tx, cells)))
    if not as_json:
        _print_plan(plan)
    imported = plan.does_anything and (yes or (not as_json and typer.confirm("确认导入？")))
    if imported:
        plan = _in_zone(lambda database, now: database.write(lambda tx: _import(tx, cells, now)))
    if as_json:
        typer.echo(json.dumps(_plan_row(plan, imported=imported), ensure_ascii=False))
    else:
        done = f"已导入：新增 {len(plan.new)} 家，更新 {len(plan.changed)} 家。"
        typer.echo(done if imported else "什么都没有导入。")
    if plan.faulty and not plan.does_anything:
        raise typer.Exit(2)


@imports.command("template")
def write_template(file: Annotated[Path, typer.Argument(help="模板写到哪里，.xlsx")]) -> None:
    """写一份企业名单的空白模板。"""
    trades = [trade.name for trade in load_sector_sets().trades.values()]
    traits = [trait.name for trait in load_traits().values()]
    _write(file, enterprise_template(trades=trades, traits=traits))
    typer.echo(f"模板：{file}")


def _rows(file: Path) -> Cells:
    try:
        return read_rows(file.read_bytes(), file.name)
    except UnreadableFile as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"文件打不开：{file}（{error.strerror}）")


def _import(tx: Transaction, cells: Cells, now: datetime) -> ImportPlan:
    plan = plan_of(tx, cells)
    carry_out(tx, plan, by=None, at=now)
    return plan


def _print_plan(plan: ImportPlan) -> None:
    typer.echo(
        f"共 {plan.rows} 行：新增 {len(plan.new)}，有变化 {len(plan.changed)}，"
        f"没有变化 {plan.unchanged}，有错 {len(plan.faulty)}（有错的行不导入）"
    )
    for row in plan.faulty:
        typer.echo(f"  第{row.number}行 {row.name}：{'；'.join(row.problems)}", err=True)
    for changed in plan.changed:
        typer.echo(f"  变化 {changed.row.name}：{'、'.join(changed.what)}")


def _plan_row(plan: ImportPlan, *, imported: bool) -> dict[str, Any]:
    return {
        "imported": imported,
        "new": [row.uscc for row in plan.new],
        "changed": [{"uscc": c.row.uscc, "what": list(c.what)} for c in plan.changed],
        "unchanged": plan.unchanged,
        "errors": [{"row": r.number, "name": r.name, "problems": list(r.problems)} for r in plan.faulty],
    }


def invite(
    enterprise: Annotated[str, typer.Argument(help="统一社会信用代码，或者企业名称")],
    role: Annotated[str, typer.Option(help="、".join(f"{r.value}（{ROLE_NAMES[r]}）" for r in INVITED_TO_ENTERPRISE))],
    out: Annotated[Path, typer.Option(help="邀请函（PDF）和二维码（PNG）写到哪个文件夹")],
    name: Annotated[str, typer.Option(help="被邀请人的姓名；不写就用名单上的")] = "",
    bot: Annotated[str, typer.Option(help="机器人的用户名；运行过 zicha run 就不用写")] = "",
    as_json: AsJson = False,
) -> None:
    """给一家企业的一个人做邀请：链接、邀请函、二维码。"""
    if role not in [r.value for r in INVITED_TO_ENTERPRISE]:
        _fail(f"没有这个角色：{role}，可用：{'、'.join(r.value for r in INVITED_TO_ENTERPRISE)}")
    try:
        sheet = _in_zone(
            lambda database, now: database.write(lambda tx: _invite(tx, enterprise, Role(role), name, bot, now))
        )
    except CannotInvite as error:
        _fail(str(error))
    files = [_write(out / _file_name(d.name), d.content) for d in (paper(sheet, issued_at=_now()), picture(sheet))]
    if as_json:
        written = {"link": sheet.link, "expires_at": sheet.expires_at.isoformat(), "files": [str(f) for f in files]}
        typer.echo(json.dumps(written, ensure_ascii=False))
    else:
        typer.echo("\n".join([f"链接（只能用一次，7天内有效）：{sheet.link}", *(str(f) for f in files)]))


def _invite(tx: Transaction, wanted: str, role: Role, name: str, bot: str, now: datetime) -> Sheet:
    zone, bot_name = tx.zones.current(), bot.removeprefix("@") or tx.notes.get("bot_name")
    assert zone is not None
    if not bot_name:
        raise CannotInvite("还不知道机器人的用户名：先运行一次 zicha run，或者加上 --bot 用户名")
    enterprise = _find(tx, wanted)
    bound = tx.people.with_role(role, enterprise_id=enterprise.id)
    if bound and role is Role.PRINCIPAL:
        raise CannotInvite(f"{enterprise.name}已有主要负责人 {bound[0].name}；换人请在机器人里点“更换主要负责人”")
    contact = None if bound else tx.enterprises.contacts(enterprise.id).get(role)
    if role is Role.PRINCIPAL:
        for opened in tx.invitations.open_ones(enterprise.id, now=now):
            if opened.role is role:
                tx.invitations.revoke(opened.id, by=None, at=now)
    named = name or (contact.name if contact else "")
    invitation, token = tx.invitations.create(role, enterprise_id=enterprise.id, name=named, by=None, at=now)
    return sheet_of(invitation, enterprise, zone=zone.name, link=f"https://t.me/{bot_name}?start={token}")


def _find(tx: Transaction, wanted: str) -> Enterprise:
    """The enterprise with this code or name, or the only one whose name contains it."""
    if found := tx.enterprises.by_uscc(wanted.strip().upper()):
        return found
    several = tx.enterprises.all(search=wanted.strip())
    exact = [e for e in several if e.name == wanted.strip()] or several
    if len(exact) == 1:
        return exact[0]
    if not exact:
        raise CannotInvite(f"没有找到企业：{wanted}")
    names = "、".join(f"{e.name}（{e.uscc}）" for e in exact[:5])
    raise CannotInvite(f"有几家企业的名称对得上，请写信用代码：{names}")


def _in_zone(work: Callable[[ZoneDatabase, datetime], Awaitable[T]]) -> T:
    """Run `work` on the zone of the settings; what is wrong with them or the database is told and ends the program."""

    async def run() -> T:
        async with open_zone(settings, now=_now()) as database:
            return await work(database, _now())

    try:
        settings = load()
        with opening():
            return asyncio.run(run())
    except WrongSettings as error:
        _fail(str(error))
    except (CannotOpen, DatabaseFull, DatabaseUnavailable) as error:
        _fail(f"数据库打不开：{error}")


def _now() -> datetime:
    return datetime.now(UTC)


def _file_name(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)


def _write(file: Path, content: bytes) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        _fail(f"写不了文件：{file}（{error.strerror}）")
    return file


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)
