"""Importing the enterprise list (企业名单): the template, the preview with its errors, and the press that confirms."""

from collections.abc import Sequence
from dataclasses import replace

from checklists.enterprise_changes import ImportPlan
from checklists.enterprise_rows import CheckedRow
from checklists.people import Permission, allows
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits
from handlers.buttons import to_home
from handlers.documents.spreadsheets import UnreadableFile, enterprise_template, read_rows
from handlers.importing import carry_out, plan_of
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.words import _, html, labelled, listed, shorten

_KIND = "import"
_SHOWN = 10
_LONGEST_LINE = 180


def entries(request: Request) -> list[Button]:
    """The menu's way to the import."""
    office = request.enterprise_id is None and allows(request.who, Permission.MANAGE)
    return [Button(_("导入企业名单"), data("m"))] if office else []


def show(request: Request) -> Reply:
    """How it is done, with the template to fill in."""
    request.enter("import")
    template = Document(
        name=_("企业名单模板.xlsx"),
        content=enterprise_template(
            trades=[t.name for t in load_sector_sets().trades.values()],
            traits=[t.name for t in load_traits().values()],
        ),
        caption=_("填好以后，把文件发到这里"),
    )
    return replace(how_to(request), documents=(template,))


def how_to(request: Request) -> Reply:
    """How it is done."""
    text = _(
        "<b>导入企业名单</b>\n1. 下载模板，一行填一家企业。\n2. 把填好的 Excel 或 CSV 文件发到这里。\n"
        "3. 先看预览，您确认以后才会导入。\n"
        "名单可以反复导入：按统一社会信用代码更新，不会重复；空着的格子不改原来的内容。"
    )
    return Reply(screen=Screen(text=text, buttons=rows([to_home()])))


def receive(request: Request) -> Reply:
    """A file has come: keep it unconfirmed and show what it would change."""
    upload = request.upload
    if upload is None:
        raise Gone
    try:
        cells = read_rows(upload.content, upload.name)
    except UnreadableFile as error:
        request.enter("import")
        words = _("这个文件读不了：{reason}").format(reason=html(error))
        return Reply(screen=Screen(text=words, buttons=rows([Button(_("下载模板"), data("m"))], [to_home()])))
    body = {"name": upload.name[:100], "rows": cells}
    draft = request.tx.drafts.add(_KIND, body, made_by=request.who.id, at=request.now)
    return _preview(request, draft)


def _preview(request: Request, draft: int) -> Reply:
    """What the draft would change as the zone is now; a settled one leads back to the beginning."""
    body = request.tx.drafts.open_one(draft, _KIND, made_by=request.who.id)
    if body is None:
        request.enter("import")
        return how_to(request)
    request.enter("import_preview", draft=draft)
    plan = plan_of(request.tx, body["rows"])
    documents = (error_list(plan.faulty),) if len(plan.faulty) > _SHOWN else ()
    return Reply(screen=preview_screen(plan, str(body["name"]), draft), documents=documents)


def preview_screen(plan: ImportPlan, name: str, draft: int) -> Screen:
    """Counts, the first errors and changes, and the button that confirms if there is anything to do."""
    lines = [
        _("<b>预览</b>：{name}，共 {count} 行").format(name=html(shorten(name, 40)), count=plan.rows),
        _("新增 {count} 家").format(count=len(plan.new)),
        _("有变化 {count} 家").format(count=len(plan.changed)),
        _("没有变化 {count} 家").format(count=plan.unchanged),
        _("有错 {count} 行，有错的行不导入").format(count=len(plan.faulty)),
    ]
    if plan.faulty:
        lines += ["", _("<b>错误</b>"), *(html(_row_line(r, r.problems)) for r in plan.faulty[:_SHOWN])]
    if len(plan.faulty) > _SHOWN:
        lines.append(_("……其余 {count} 行见文件").format(count=len(plan.faulty) - _SHOWN))
    if plan.changed:
        changes = [labelled(c.row.name, listed(c.what)) for c in plan.changed[:_SHOWN]]
        lines += ["", _("<b>变化</b>"), *(html(shorten(line, _LONGEST_LINE)) for line in changes)]
    if plan.hinted:
        lines += ["", _("<b>提示</b>（不影响导入）"), *(html(_row_line(r, r.hints)) for r in plan.hinted[:3])]
    count = len(plan.new) + len(plan.changed)
    confirm = Button(_("确认导入 {count} 家").format(count=count), data("mc", draft)) if count else None
    cancel = Button(_("取消"), data("mx", draft))
    return Screen(text="\n".join(lines), buttons=rows([confirm, cancel]))


def _row_line(row: CheckedRow, words: Sequence[str]) -> str:
    text = _("第{number}行 {name}：{words}").format(
        number=row.number, name=shorten(row.name, 20), words=_("；").join(words)
    )
    return shorten(text, _LONGEST_LINE)


def error_list(faulty: Sequence[CheckedRow]) -> Document:
    """All errors as a text file that Windows and phones open alike."""
    lines = [
        _("第{number}行 {name}：{words}").format(number=row.number, name=row.name, words=_("；").join(row.problems))
        for row in faulty
    ]
    return Document(name=_("导入错误.txt"), content="\r\n".join(lines).encode("utf-8-sig"), caption=_("全部错误"))


def preview_again(request: Request) -> Reply:
    """The preview, drawn from the dialog; the list of errors is not sent a second time."""
    assert request.dialog is not None
    return replace(_preview(request, int(request.dialog.data["draft"])), documents=())


def confirm(request: Request) -> Reply:
    """Import what the preview showed, once."""
    body = request.tx.drafts.take(request.number(0), _KIND, made_by=request.who.id, at=request.now)
    if body is None:
        request.enter("import")
        return replace(how_to(request), toast=_("这份名单已经处理过了。"))
    plan = plan_of(request.tx, body["rows"])
    carry_out(request.tx, plan, by=request.who.id, at=request.now)
    values = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "faulty": len(plan.faulty),
    }
    request.enter("imported", **values)
    return Reply(screen=imported_screen(**values))


def imported_screen(*, new: int, changed: int, unchanged: int, faulty: int) -> Screen:
    """What was done, and what comes next."""
    text = _("已导入：新增 {new} 家，更新 {changed} 家，没有变化 {unchanged} 家。").format(
        new=new, changed=changed, unchanged=unchanged
    )
    if faulty:
        text += _("\n有错的 {count} 行没有导入，改好以后把文件再发一次就行。").format(count=faulty)
    text += _("\n下一步：给主要负责人发邀请函。")
    invite = Button(_("打印邀请函"), data("vb"))
    return Screen(text=text, buttons=rows([invite], [Button(_("企业列表"), data("e")), to_home()]))


def imported_again(request: Request) -> Reply:
    """The result, drawn from the dialog."""
    assert request.dialog is not None
    return Reply(screen=imported_screen(**request.dialog.data))


def cancel(request: Request) -> Reply:
    """Forget the list."""
    request.tx.drafts.take(request.number(0), _KIND, made_by=request.who.id, at=request.now)
    request.enter("import")
    return replace(how_to(request), toast=_("已取消，什么都没有导入。"))


_MANAGE = Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="m", needs=_MANAGE, handler=show),
    Press(name="mc", needs=_MANAGE, handler=confirm),
    Press(name="mx", needs=_MANAGE, handler=cancel),
    # A file may come wherever an officer happens to be in these menus.
    *(
        Input(dialog=kind, takes=frozenset({"file"}), needs=_MANAGE, handler=receive)
        for kind in ("import", "import_preview", "imported", "office", "enterprises", "late", "records")
    ),
    Display(dialog="import", needs=_MANAGE, handler=how_to),
    Display(dialog="import_preview", needs=_MANAGE, handler=preview_again),
    Display(dialog="imported", needs=_MANAGE, handler=imported_again),
)
