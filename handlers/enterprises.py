"""Enterprises as the office looks for them, and the card of one as everybody who may see it does."""

from dataclasses import asdict, dataclass, replace
from zlib import crc32

from checklists.enterprises import Enterprise
from checklists.invitations import INVITED_TO_ENTERPRISE
from checklists.people import ROLE_NAMES, Permission, Role, allows
from checklists.sector_sets import load_sector_sets
from handlers import due_cards, hazard_lists, profile, records, risk_facts, standards
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, aside, html, labelled, shorten

_CHOICES_ON_ONE_PAGE = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty means all."""

    search: str = ""
    community: str = ""
    sector: str = ""


def entries(request: Request) -> list[Button]:
    """The menu's way to the list, or to the card of one's own enterprise."""
    if request.enterprise_id is not None:
        return [Button(_("企业信息"), data("ev", request.enterprise_id))]
    return [Button(_("企业（{count}）").format(count=request.tx.enterprises.count()), data("e"))]


def show_all(request: Request) -> Reply:
    """The list from its beginning, without narrowing."""
    return _list(request, Wanted(), 0)


def turn(request: Request) -> Reply:
    """Another page of the list as it is narrowed now."""
    return _list(request, _wanted(request), request.number(0))


def search(request: Request) -> Reply:
    """Words typed into the list: part of a name or of a code."""
    return _list(request, replace(_wanted(request), search=request.text.strip()[:50]), 0)


def by_community(request: Request) -> Reply:
    """Only one community; it stands in the button by the checksum of its name."""
    for community, _count in request.tx.enterprises.communities():
        if crc32(community.encode()) == request.number(0) and community:
            return _list(request, replace(_wanted(request), community=community), 0)
    raise Gone


def by_trade(request: Request) -> Reply:
    """Only one trade."""
    if not _is_trade(request.word(0)):
        raise Gone
    return _list(request, replace(_wanted(request), sector=request.word(0)), 0)


def _is_trade(word: str) -> bool:
    return word in load_sector_sets().trades


def _wanted(request: Request) -> Wanted:
    dialog = request.dialog
    if dialog is None or dialog.kind not in ("enterprises", "enterprise_choices"):
        return Wanted()
    return Wanted(**{name: dialog.data.get(name, "") for name in ("search", "community", "sector")})


def _list(request: Request, wanted: Wanted, page: int) -> Reply:
    narrowed = asdict(wanted)
    number = request.tx.enterprises.count(**narrowed)
    page = min(page, pages_of(number) - 1)
    request.enter("enterprises", **narrowed, page=page)
    found = request.tx.enterprises.all(**narrowed, limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    return Reply(screen=list_screen(found, wanted, number=number, page=page))


def list_screen(found: list[Enterprise], wanted: Wanted, *, number: int, page: int) -> Screen:
    """A page of enterprises, one button each, and how the list is narrowed."""
    lines = [_("<b>企业</b> 共 {count} 家").format(count=number)]
    if wanted.search:
        lines.append(_("查找：{words}").format(words=html(wanted.search)))
    if wanted.community:
        lines.append(_("社区/网格：{name}").format(name=html(wanted.community)))
    if wanted.sector:
        lines.append(_("行业：{name}").format(name=profile.trade_names([wanted.sector])))
    lines.append(_("直接发名称或信用代码的一部分，就能查找。") if number else _("没有找到。换几个字再试。"))
    buttons = [[Button(shorten(e.name, 30), data("ev", e.id))] for e in found]
    narrow = [Button(_("按社区"), data("ec", 0)), Button(_("按行业"), data("ew", 0))]
    everything = Button(_("看全部"), data("e")) if wanted != Wanted() else None
    pages = turning("el", page=page, pages=pages_of(number))
    return Screen(text="\n".join(lines), buttons=rows(*buttons, pages, narrow, [everything, to_home()]))


def show_communities(request: Request) -> Reply:
    """The communities to choose from."""
    named = [(c, n) for c, n in request.tx.enterprises.communities() if c]
    choices = [Button(shorten(c, 20) + aside(n), data("eh", crc32(c.encode()))) for c, n in named]
    return _choices(request, "ec", _("选一个社区或网格："), choices)


def show_trades(request: Request) -> Reply:
    """The trades that enterprises of the zone have, the most frequent first."""
    counted = request.tx.enterprises.sectors()
    choices = [Button(profile.trade_names([t]) + aside(n), data("ek", t)) for t, n in counted if _is_trade(t)]
    return _choices(request, "ew", _("选一个行业："), choices)


def _choices(request: Request, route: str, text: str, choices: list[Button]) -> Reply:
    pages = pages_of(len(choices), _CHOICES_ON_ONE_PAGE)
    page = min(request.number(0) if request.arguments else 0, pages - 1)
    request.enter("enterprise_choices", **asdict(_wanted(request)), route=route, page=page)
    here = choices[page * _CHOICES_ON_ONE_PAGE : (page + 1) * _CHOICES_ON_ONE_PAGE]
    pairs = [here[n : n + 2] for n in range(0, len(here), 2)]
    back = Button(_("返回企业列表"), data("el", 0))
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, turning(route, page=page, pages=pages), [back])))


def list_again(request: Request) -> Reply:
    """The list or the choices, drawn from the dialog."""
    assert request.dialog is not None
    values = request.dialog.data
    if request.dialog.kind == "enterprises":
        return _list(request, _wanted(request), int(values["page"]))
    return (show_communities if values["route"] == "ec" else show_trades)(replace(request, arguments=()))


def show(request: Request) -> Reply:
    """The card of one enterprise."""
    enterprise = _enterprise(request)
    request.enter("enterprise", id=enterprise.id)
    tx = request.tx
    bound = tx.people.with_role(*INVITED_TO_ENTERPRISE, enterprise_id=enterprise.id)
    contacts = tx.enterprises.contacts(enterprise.id)
    lines = [
        f"<b>{html(enterprise.name)}</b>" + ("" if enterprise.active else _("（已停用）")),
        _("信用代码：{uscc}").format(uscc=enterprise.uscc),
        _("地址：{address}").format(address=html(enterprise.address) or _("没填")),
        _("社区/网格：{name}").format(name=html(enterprise.community) or _("没填")),
        _("行业：{trades}").format(trades=profile.trade_names(enterprise.trades) or _("还没填")),
    ]
    for role in (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER):
        if contact := contacts.get(role):
            is_bound = any(p.holds(role, enterprise_id=enterprise.id) for p in bound)
            state = _("已绑定") if is_bound else _("未绑定")
            who = f"{html(contact.name)} {html(contact.phone)}"
            lines.append(labelled(_(ROLE_NAMES[role]), who + aside(state)))
    count = len(standards.checklist_for(tx, enterprise, request.today))
    lines.append(_("检查表：{count} 条").format(count=count))
    lines += due_cards.standing(request)
    lines += risk_facts.lines(request, enterprise.id)
    if run := tx.inspections.running(enterprise.id):
        answered = _("自查正在做：已答 {answered}/{all}")
        lines.append(answered.format(answered=run.progress.answered, all=len(run.progress)))
    return Reply(screen=Screen(text="\n".join(lines), buttons=_card_buttons(request, enterprise)))


def _card_buttons(request: Request, enterprise: Enterprise) -> tuple[tuple[Button, ...], ...]:
    look = [Button(_("企业资料"), data("q", enterprise.id)), Button(_("人员"), data("p", enterprise.id))]
    own = Button(_("本企业增加的检查项"), data("so", enterprise.id))
    risks = Button(_("风险点"), data("k", enterprise.id, 0))
    code = Button(_("企业二维码"), data("jq", enterprise.id))
    rating = Button(_("企业评价"), data("be", enterprise.id, request.today.year, 0)) if request.who.in_office else None
    inspects = allows(request.who, Permission.SUPERVISE) and enterprise.active
    inspect = Button(_("检查这家"), data("jb", enterprise.id)) if inspects else None
    finds = allows(request.who, Permission.FIND) and enterprise.active
    enter = Button(_("登记隐患"), data("je", enterprise.id)) if finds else None
    turning_off = None
    if allows(request.who, Permission.MANAGE):
        label = _("停用这家企业") if enterprise.active else _("恢复这家企业")
        turning_off = Button(label, data("ea", enterprise.id, 0 if enterprise.active else 1))
    back = Button(_("企业列表"), data("e")) if request.who.sees_zone else None
    kept = [*records.entries(request), *hazard_lists.entries(request)] if request.who.sees_zone else []
    return rows(look, [inspect, enter], [own, risks], [code, rating], kept, [turning_off], [back, to_home()])


def _enterprise(request: Request) -> Enterprise:
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    if enterprise is None:
        raise Gone
    return enterprise


def ask_active(request: Request) -> Reply:
    """Before an enterprise is taken out of use or put back."""
    enterprise, wanted = _enterprise(request), request.number(1) == 1
    if enterprise.active is wanted:
        return replace(show(request), toast=_("已经是这样了。"))
    request.enter("enterprise_active", id=enterprise.id, active=wanted)
    return Reply(screen=active_screen(enterprise, wanted))


def active_screen(enterprise: Enterprise, wanted: bool) -> Screen:
    """What it means, and the press that does it."""
    if wanted:
        text, label = _("恢复 {name}？恢复以后重新提醒它自查。"), _("确定恢复")
    else:
        text, label = _("停用 {name}？停用以后不再提醒它自查，已有的记录都保留。"), _("确定停用")
    yes = Button(label, data("eb", enterprise.id, int(wanted)))
    return Screen(
        text=text.format(name=f"<b>{html(enterprise.name)}</b>"),
        buttons=rows([yes, Button(_("不改"), data("ev", enterprise.id))]),
    )


def set_active(request: Request) -> Reply:
    """Take an enterprise out of use or put it back."""
    enterprise, wanted = _enterprise(request), request.number(1) == 1
    if enterprise.active is wanted:
        return replace(show(request), toast=_("已经是这样了。"))
    request.tx.enterprises.update(enterprise.id, active=wanted, at=request.now)
    request.tx.trail.add(
        "enterprise_resumed" if wanted else "enterprise_stopped",
        subject="enterprise",
        subject_id=enterprise.id,
        person_id=request.who.id,
        at=request.now,
    )
    return replace(show(request), toast=_("已恢复。") if wanted else _("已停用。"))


def active_again(request: Request) -> Reply:
    """The question whether to stop or resume, drawn from the dialog."""
    assert request.dialog is not None
    enterprise, wanted = _enterprise(request), bool(request.dialog.data["active"])
    return show(request) if enterprise.active is wanted else Reply(screen=active_screen(enterprise, wanted))


_FIRM = About.ENTERPRISE
ROUTES: tuple[Route, ...] = (
    Press(name="e", needs=Permission.READ, handler=show_all),
    Press(name="el", needs=Permission.READ, handler=turn),
    Press(name="ec", needs=Permission.READ, handler=show_communities),
    Press(name="eh", needs=Permission.READ, handler=by_community),
    Press(name="ew", needs=Permission.READ, handler=show_trades),
    Press(name="ek", needs=Permission.READ, handler=by_trade),
    Input(dialog="enterprises", takes=frozenset({"text"}), needs=Permission.READ, handler=search),
    Display(dialog="enterprises", needs=Permission.READ, handler=list_again),
    Display(dialog="enterprise_choices", needs=Permission.READ, handler=list_again),
    Press(name="ev", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Display(dialog="enterprise", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Press(name="ea", needs=Permission.MANAGE, about=_FIRM, handler=ask_active),
    Press(name="eb", needs=Permission.MANAGE, about=_FIRM, handler=set_active),
    Display(dialog="enterprise_active", needs=Permission.MANAGE, about=_FIRM, handler=active_again),
)
