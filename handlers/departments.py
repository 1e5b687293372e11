"""The office's departments: found one, say which trades it supervises and who works for it, dissolve it."""

from checklists.people import ROLE_NAMES, Permission, Role
from checklists.trade_groups import load_trade_groups
from handlers.buttons import to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.trades import page_of_trade, trade_choices, trade_words
from handlers.words import _, aside, html
from storage.departments import Department

_MOST_LETTERS = 30
# A liaison who is a member hears of the department's hazards and decides nothing.
_MEMBERS = (Role.OFFICER, Role.REVIEWER, Role.ADMINISTRATOR, Role.READER)


def show_all(request: Request) -> Reply:
    """科室: every department that stands."""
    request.enter("departments")
    found = request.tx.departments.all()
    lines = [_("<b>科室</b>"), *(f"· {html(d.name)}" for d in found)]
    if not found:
        lines.append(_("还没有科室。没有科室时，监管员、审核员都可以复查。"))
    lines.append(_("设了科室以后，隐患归哪个科室，就由哪个科室的人复查、销号。"))
    buttons = [[Button(d.name, data("yod", d.id))] for d in found]
    add = Button(_("➕ 新设科室"), data("yon"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, [add], [to_home()])))


def ask_name(request: Request) -> Reply:
    """新设科室: what it is called."""
    request.enter("department_name")
    back = Button(_("返回"), data("yo"))
    return Reply(screen=Screen(text=_("科室叫什么名字？请直接打字，例如：工贸科。"), buttons=rows([back])))


def found(request: Request) -> Reply:
    """The department begins with its name; the same name twice is the same department."""
    name = " ".join(request.text.split())[:_MOST_LETTERS]
    if not name:
        return ask_name(request)
    known = next((d for d in request.tx.departments.all() if d.name == name), None)
    made = known or request.tx.departments.found(name, by=request.who.id, at=request.now)
    return _show(request, made)


def show(request: Request) -> Reply:
    """One department."""
    return _show(request, _department(request))


def _department(request: Request) -> Department:
    named = request.number(0) if request.arguments else int(request.dialog.data["id"]) if request.dialog else 0
    department = request.tx.departments.get(named)
    if department is None:
        raise Gone
    return department


def _show(request: Request, department: Department) -> Reply:
    request.enter("department", id=department.id)
    tx, members = request.tx, set(request.tx.departments.members(department.id))
    trades = trade_words(department.trades) or _("还没有选")
    lines = [
        _("<b>{name}</b>").format(name=html(department.name)),
        _("监管的行业：{trades}").format(trades=trades),
        _("这些行业的企业查出隐患，自动归这个科室。"),
        _("成员（点一下加入，再点一下退出）："),
    ]
    people = [
        Button(
            ("✅ " if p.id in members else "") + p.name + ("" if p.in_office else aside(_(ROLE_NAMES[Role.READER]))),
            data("yop", department.id, p.id, 0 if p.id in members else 1),
        )
        for p in tx.people.with_role(*_MEMBERS)
    ]
    pairs = [people[n : n + 2] for n in range(0, len(people), 2)]
    more = [Button(_("选行业"), data("yot", department.id, 0)), Button(_("撤销科室"), data("yox", department.id))]
    back = Button(_("返回"), data("yo"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*pairs, more, [back])))


def toggle_member(request: Request) -> Reply:
    """Let a person of the office work for the department, or no more, as the button said."""
    department, person = _department(request), request.tx.people.get(request.number(1))
    if person is None or not person.holds(*_MEMBERS):
        raise Gone
    change = request.tx.departments.join if request.number(2) else request.tx.departments.leave
    if bool(request.number(2)) is not request.tx.departments.is_member(department.id, person.id):
        change(department.id, person.id, by=request.who.id, at=request.now)
    return _show(request, department)


def choose_trades(request: Request) -> Reply:
    """One page of trades, those of the department marked."""
    return _trades(request, _department(request), request.number(1))


def _trades(request: Request, department: Department, page: int) -> Reply:
    groups = load_trade_groups()
    if not 0 <= page < len(groups):
        raise Gone
    request.enter("department_trades", id=department.id, page=page)
    choices = trade_choices(
        department.trades,
        page,
        toggle=lambda trade, wanted: data("yoz", department.id, trade, wanted),
        turn=lambda to: data("yot", department.id, to),
    )
    text = _("<b>{name}</b> 监管哪些行业？\n第 {page}/{pages} 页 · <b>{group}</b>").format(
        name=html(department.name), page=page + 1, pages=len(groups), group=_(groups[page].name)
    )
    done = Button(_("选好了"), data("yod", department.id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [done])))


def toggle_trade(request: Request) -> Reply:
    """Take a trade in or out, as the button said; a button pressed twice does it once."""
    department, trade = _department(request), request.word(1)
    page = page_of_trade(trade)
    if page is None:
        raise Gone
    others = [t for t in department.trades if t != trade]
    wanted = [*others, trade] if request.number(2) else others
    if set(wanted) != set(department.trades):
        request.tx.departments.set_trades(department.id, wanted, by=request.who.id, at=request.now)
    return _trades(request, _department(request), page)


def ask_dissolve(request: Request) -> Reply:
    """撤销科室: asked once more."""
    department = _department(request)
    request.enter("department_end", id=department.id)
    text = _("<b>撤销{name}？</b>\n归它的隐患要另外指定科室，以前的记录都保留。").format(name=html(department.name))
    buttons = [Button(_("确认撤销"), data("yoy", department.id)), Button(_("不撤销"), data("yod", department.id))]
    return Reply(screen=Screen(text=text, buttons=rows(buttons)))


def dissolve(request: Request) -> Reply:
    """The department gets nothing new."""
    request.tx.departments.dissolve(_department(request).id, by=request.who.id, at=request.now)
    return show_all(request)


def _again_trades(request: Request) -> Reply:
    assert request.dialog is not None
    return _trades(request, _department(request), int(request.dialog.data.get("page", 0)))


_MANAGE = Permission.MANAGE

ROUTES: tuple[Route, ...] = (
    Press(name="yo", needs=_MANAGE, handler=show_all),
    Press(name="yon", needs=_MANAGE, handler=ask_name),
    Press(name="yod", needs=_MANAGE, handler=show),
    Press(name="yop", needs=_MANAGE, handler=toggle_member),
    Press(name="yot", needs=_MANAGE, handler=choose_trades),
    Press(name="yoz", needs=_MANAGE, handler=toggle_trade),
    Press(name="yox", needs=_MANAGE, handler=ask_dissolve),
    Press(name="yoy", needs=_MANAGE, handler=dissolve),
    Input(dialog="department_name", takes=frozenset({"text"}), needs=_MANAGE, handler=found),
    Display(dialog="departments", needs=_MANAGE, handler=show_all),
    Display(dialog="department_name", needs=_MANAGE, handler=ask_name),
    Display(dialog="department", needs=_MANAGE, handler=show),
    Display(dialog="department_trades", needs=_MANAGE, handler=_again_trades),
    Display(dialog="department_end", needs=_MANAGE, handler=ask_dissolve),
)
