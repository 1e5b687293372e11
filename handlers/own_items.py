"""The items an enterprise adds to its own standard (一企业一套标准): adding, changing, retiring."""

from collections.abc import Sequence
from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.people import Permission, allows
from checklists.standards import MOST_IN_ASK, MOST_IN_LOOK, OwnItem
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, full_day, html, shorten

_SHORTEST_ASK = 4


def entries(request: Request) -> list[Button]:
    """The menu's way to the own items, for those who may change them."""
    whose = request.enterprise_id
    if whose is None or not allows(request.who, Permission.KEEP_STANDARD, enterprise_id=whose):
        return []
    return [Button(_("本企业增加的检查项"), data("so", whose))]


def _enterprise(request: Request) -> Enterprise:
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    if enterprise is None:
        raise Gone
    return enterprise


def show_list(request: Request) -> Reply:
    """The own items of an enterprise."""
    return _list(request, request.number(1) if len(request.arguments) > 1 else 0)


def _list(request: Request, page: int) -> Reply:
    enterprise = _enterprise(request)
    items = request.tx.standards.own_items(enterprise.id)
    page = min(page, pages_of(len(items)) - 1)
    request.enter("own_items", id=enterprise.id, page=page)
    may_keep = allows(request.who, Permission.KEEP_STANDARD, enterprise_id=enterprise.id)
    return Reply(screen=list_screen(enterprise, items, page=page, may_keep=may_keep))


def list_screen(enterprise: Enterprise, items: Sequence[OwnItem], *, page: int, may_keep: bool) -> Screen:
    """A page of items, one button each."""
    lines = [_("<b>{name} · 本企业增加的检查项</b>").format(name=html(enterprise.name))]
    lines.append(
        _("共 {count} 条，下一次自查时和国家的条目一起问。").format(count=len(items))
        if items
        else _("还没有。本单位特有的设备、岗位，可以自己加几条来查。")
    )
    here = items[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
    lines += [f"{i.item}. {html(i.ask)}" for i in here]
    buttons = [[Button(f"{i.item}. {shorten(i.ask, 24)}", _item_data("si", enterprise.id, i))] for i in here]
    add = Button(_("增加一条"), data("sn", enterprise.id)) if may_keep else None
    pages = turning("so", enterprise.id, page=page, pages=pages_of(len(items)))
    back = Button(_("返回企业"), data("ev", enterprise.id))
    return Screen(text="\n".join(lines), buttons=rows(*(buttons if may_keep else []), pages, [add], [back, to_home()]))


def _item_data(route: str, enterprise_id: int, item: OwnItem) -> str:
    return data(route, enterprise_id, item.item, item.version)


def _list_again(request: Request) -> Reply:
    assert request.dialog is not None
    return _list(request, int(request.dialog.data.get("page", 0)))


def ask_new(request: Request) -> Reply:
    """The words of a new item are asked."""
    enterprise = _enterprise(request)
    request.enter("own_new", id=enterprise.id)
    text = _("请把要查的内容写成一个问题发来，答“是”就是合格。\n例如：行车的上限位和吊钩防脱装置是否好用？")
    return Reply(screen=Screen(text=text, buttons=rows([Button(_("不加了"), data("so", enterprise.id))])))


def add(request: Request) -> Reply:
    """The words have come: the item stands from now on, and where to look may be added."""
    enterprise = _enterprise(request)
    if complaint := _unusable(request.text, MOST_IN_ASK):
        return replace(ask_new(request), toast="", screen=_with(ask_new(request), complaint))
    item = request.tx.standards.add_item(enterprise.id, ask=_one_line(request.text), by=request.who.id, at=request.now)
    return _ask_look(request, item)


def _with(reply: Reply, complaint: str) -> Screen:
    assert reply.screen is not None
    return replace(reply.screen, text=f"{complaint}\n{reply.screen.text}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unusable(text: str, most: int) -> str:
    length = len(_one_line(text))
    if length < _SHORTEST_ASK:
        return _("太短了，看的人会不明白。")
    return _("太长了，请不要超过 {most} 个字。").format(most=most) if length > most else ""


def _ask_look(request: Request, item: OwnItem, complaint: str = "") -> Reply:
    assert request.enterprise_id is not None
    request.enter("own_look", id=request.enterprise_id, item=item.item, version=item.version)
    text = _("已加上第 {number} 条：\n<b>{ask}</b>\n\n到哪里看、怎么看？可以发一句话补充，也可以不写。").format(
        number=item.item, ask=html(item.ask)
    )
    skip = Button(_("不写，完成"), data("so", request.enterprise_id))
    return Reply(screen=Screen(text=f"{complaint}\n{text}" if complaint else text, buttons=rows([skip])))


def take_look(request: Request) -> Reply:
    """Where to look has come."""
    known = _in_dialog(request)
    if complaint := _unusable(request.text, MOST_IN_LOOK):
        return _ask_look(request, known, complaint)
    return _change(request, known, ask=known.ask, look=_one_line(request.text))


def _in_dialog(request: Request) -> OwnItem:
    assert request.dialog is not None
    return _present(request, int(request.dialog.data["item"]), int(request.dialog.data["version"]))


def _present(request: Request, number: int, version: int) -> OwnItem:
    """The item, if this is its present version; raises Gone otherwise."""
    for item in request.tx.standards.own_items(_enterprise(request).id):
        if (item.item, item.version) == (number, version):
            return item
    raise Gone


def _change(request: Request, known: OwnItem, *, ask: str, look: str) -> Reply:
    changed = request.tx.standards.change_item(
        _enterprise(request).id, known, ask=ask, look=look, by=request.who.id, at=request.now
    )
    if changed is None:
        raise Gone
    return _item(request, changed)


def show(request: Request) -> Reply:
    """One own item with its history."""
    return _item(request, _in_button(request))


def _in_button(request: Request) -> OwnItem:
    """The item of the button; an older version leads to the present one."""
    for item in request.tx.standards.own_items(_enterprise(request).id):
        if item.item == request.number(1):
            return item
    raise Gone


def _item(request: Request, item: OwnItem) -> Reply:
    enterprise = _enterprise(request)
    request.enter("own_item", id=enterprise.id, item=item.item, version=item.version)
    author = request.tx.people.get(item.added_by)
    return Reply(screen=item_screen(enterprise, item, author.name if author else ""))


def item_screen(enterprise: Enterprise, item: OwnItem, author: str) -> Screen:
    """The words, where to look, who wrote this version and when."""
    lines = [
        _("{name} · 自己增加的第 {number} 条").format(name=html(enterprise.name), number=item.item),
        f"\n<b>{html(item.ask)}</b>",
        _("怎么看：{look}").format(look=html(item.look) or _("没写")),
        _("第 {version} 版，{day}，{author}").format(
            version=item.version, day=full_day(item.added_at), author=html(author)
        ),
    ]
    change = [
        Button(_("改问题"), _item_data("sm", enterprise.id, item)),
        Button(_("改怎么看"), _item_data("sk", enterprise.id, item)),
    ]
    retire = Button(_("不再查这条"), _item_data("sr", enterprise.id, item))
    back = Button(_("返回"), data("so", enterprise.id))
    return Screen(text="\n".join(lines), buttons=rows(change, [retire], [back]))


def ask_words(request: Request) -> Reply:
    """Other words for an item are asked."""
    return _ask_words(request, _in_button(request))


def _ask_words(request: Request, item: OwnItem, complaint: str = "") -> Reply:
    enterprise = _enterprise(request)
    request.enter("own_words", id=enterprise.id, item=item.item, version=item.version)
    text = _("现在是：{ask}\n请把新的问题发来，答“是”就是合格。").format(ask=html(item.ask))
    back = Button(_("不改"), _item_data("si", enterprise.id, item))
    return Reply(screen=Screen(text=f"{complaint}\n{text}" if complaint else text, buttons=rows([back])))


def take_words(request: Request) -> Reply:
    """Other words have come: a new version."""
    known = _in_dialog(request)
    if complaint := _unusable(request.text, MOST_IN_ASK):
        return _ask_words(request, known, complaint)
    return _change(request, known, ask=_one_line(request.text), look=known.look)


def ask_look(request: Request) -> Reply:
    """Other words on where to look are asked."""
    return _ask_look(request, _in_button(request))


def ask_retire(request: Request) -> Reply:
    """Before an item is asked no more."""
    return _ask_retire(request, _in_button(request))


def _ask_retire(request: Request, item: OwnItem) -> Reply:
    enterprise = _enterprise(request)
    request.enter("own_retire", id=enterprise.id, item=item.item, version=item.version)
    text = _("以后不再查这一条？\n<b>{ask}</b>\n以前的自查记录不变。").format(ask=html(item.ask))
    yes = Button(_("不再查"), _item_data("sx", enterprise.id, item))
    no = Button(_("保留"), _item_data("si", enterprise.id, item))
    return Reply(screen=Screen(text=text, buttons=rows([yes, no])))


def retire(request: Request) -> Reply:
    """Ask the item no more, if the button shows its present version."""
    item = _in_button(request)
    if item.version != request.number(2):
        return replace(_item(request, item), toast=_("这一条刚改过，请再看一眼。"))
    request.tx.standards.retire_item(_enterprise(request).id, item, by=request.who.id, at=request.now)
    return replace(_list(request, 0), toast=_("以后不再查第 {number} 条。").format(number=item.item))


def _again(request: Request) -> Reply:
    """The screen of any dialog about one item, drawn from the dialog."""
    assert request.dialog is not None
    screens = {"own_look": _ask_look, "own_item": _item, "own_words": _ask_words, "own_retire": _ask_retire}
    return screens[request.dialog.kind](request, _in_dialog(request))


_FIRM, _KEEP, _TEXT = About.ENTERPRISE, Permission.KEEP_STANDARD, frozenset({"text"})
ROUTES: tuple[Route, ...] = (
    Press(name="so", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show_list),
    Display(dialog="own_items", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=_list_again),
    Press(name="sn", needs=_KEEP, about=_FIRM, handler=ask_new),
    Press(name="si", needs=_KEEP, about=_FIRM, handler=show),
    Press(name="sm", needs=_KEEP, about=_FIRM, handler=ask_words),
    Press(name="sk", needs=_KEEP, about=_FIRM, handler=ask_look),
    Press(name="sr", needs=_KEEP, about=_FIRM, handler=ask_retire),
    Press(name="sx", needs=_KEEP, about=_FIRM, handler=retire),
    Input(dialog="own_new", takes=_TEXT, needs=_KEEP, about=_FIRM, handler=add),
    Input(dialog="own_look", takes=_TEXT, needs=_KEEP, about=_FIRM, handler=take_look),
    Input(dialog="own_words", takes=_TEXT, needs=_KEEP, about=_FIRM, handler=take_words),
    Display(dialog="own_new", needs=_KEEP, about=_FIRM, handler=ask_new),
    *(
        Display(dialog=kind, needs=_KEEP, about=_FIRM, handler=_again)
        for kind in ("own_look", "own_item", "own_words", "own_retire")
    ),
)
