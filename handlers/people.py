"""The people of an enterprise and of the office: who is bound, ending a role, changing the principal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from checklists.enterprises import Contact, Enterprise
from checklists.invitations import INVITED_TO_ENTERPRISE, Invitation, read_name
from checklists.people import ROLE_NAMES, ZONE_ROLES, Permission, Person, Role, allows
from handlers import invitations
from handlers.buttons import to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.role_notices import tell_ended
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, html, labelled, listed
from storage.transaction import Transaction

_NOT_YET_NAMED = "管理员"


def ensure_administrators(tx: Transaction, telegram_ids: Iterable[int], now: datetime) -> None:
    """Make these Telegram accounts administrators; one that is so already is left alone."""
    for telegram_id in telegram_ids:
        person = tx.people.add(name=_NOT_YET_NAMED, telegram_id=telegram_id, at=now)
        tx.people.assign(person.id, Role.ADMINISTRATOR, enterprise_id=None, at=now, by=None)


def learn_name(request: Request) -> Request:
    """The request with the name that Telegram gives for an administrator who is known by number only."""
    person = request.person
    if person is None or person.name != _NOT_YET_NAMED or not request.telegram_name.strip():
        return request
    request.tx.people.rename(person.id, request.telegram_name.strip())
    return replace(request, person=request.tx.people.get(person.id))


def entries(request: Request) -> list[Button]:
    """The menu's way to the people of the enterprise, or of the office for administrators."""
    if request.enterprise_id is None:
        office = allows(request.who, Permission.ADMINISTER)
        return [Button(_("办公室人员"), data("po"))] if office else []
    if allows(request.who, Permission.INVITE, enterprise_id=request.enterprise_id):
        return [Button(_("人员与邀请"), data("p", request.enterprise_id))]
    return []


def _enterprise(request: Request) -> Enterprise:
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    if enterprise is None:
        raise Gone
    return enterprise


def _bound(request: Request) -> list[tuple[Role, Person]]:
    """Who holds which role in the enterprise, in the order of the roles."""
    whose = request.enterprise_id
    people = request.tx.people.with_role(*INVITED_TO_ENTERPRISE, enterprise_id=whose)
    return [(role, p) for role in INVITED_TO_ENTERPRISE for p in people if p.holds(role, enterprise_id=whose)]


def show(request: Request) -> Reply:
    """The people of an enterprise: named, bound, invited."""
    enterprise = _enterprise(request)
    request.enter("people", id=enterprise.id)
    bound = _bound(request)
    contacts = request.tx.enterprises.contacts(enterprise.id)
    opened = request.tx.invitations.open_ones(enterprise.id, now=request.now)
    may_end = [(role, p) for role, p in bound if _may_end(request, role, p)]
    may_invite = allows(request.who, Permission.INVITE, enterprise_id=enterprise.id)
    return Reply(screen=people_screen(enterprise, bound, contacts, opened, may_end=may_end, may_invite=may_invite))


def _may_end(request: Request, role: Role, person: Person) -> bool:
    """A principal is changed, not ended; above the safety manager only the office decides; nobody ends himself."""
    if role is Role.PRINCIPAL or person.id == request.who.id:
        return False
    if allows(request.who, Permission.MANAGE):
        return True
    inviting = allows(request.who, Permission.INVITE, enterprise_id=request.enterprise_id)
    return inviting and role is not Role.CONTROLLER


def people_screen(
    enterprise: Enterprise,
    bound: Sequence[tuple[Role, Person]],
    contacts: Mapping[Role, Contact],
    opened: Sequence[Invitation],
    *,
    may_end: Sequence[tuple[Role, Person]],
    may_invite: bool,
) -> Screen:
    """One line a role: who it is, the phone, and whether the person is bound."""
    lines = [_("<b>{name} · 人员</b>").format(name=html(enterprise.name))]
    for role in INVITED_TO_ENTERPRISE:
        holders = [p for r, p in bound if r is role]
        invited = any(i.role is role for i in opened)
        lines.append(labelled(_(ROLE_NAMES[role]), _who(holders, contacts.get(role), invited=invited)))
    ending = [
        Button(
            _("解除 {name}（{role}）").format(name=p.name, role=_(ROLE_NAMES[role])),
            data("pw", enterprise.id, p.id, role.value),
        )
        for role, p in may_end
    ]
    has_principal = Role.PRINCIPAL in contacts or any(role is Role.PRINCIPAL for role, _p in bound)
    change = Button(_("更换主要负责人"), data("pc", enterprise.id)) if may_invite and has_principal else None
    invite = Button(_("邀请"), data("v", enterprise.id)) if may_invite else None
    back = Button(_("返回企业"), data("ev", enterprise.id))
    return Screen(text="\n".join(lines), buttons=rows([invite, change], *([b] for b in ending), [back, to_home()]))


def _who(holders: Sequence[Person], contact: Contact | None, *, invited: bool) -> str:
    phone = f" {html(contact.phone)}" if contact and contact.phone else ""
    if holders:
        names = [html(p.name) + (phone if contact and contact.name == p.name else "") for p in holders]
        return _("{names}（已绑定）").format(names=listed(names))
    state = _("（已邀请，还没绑定）") if invited else _("（未绑定）")
    return f"{html(contact.name)}{phone}{state}" if contact else (state if invited else _("未登记"))


def ask_end(request: Request) -> Reply:
    """Before somebody's role in the enterprise ends."""
    enterprise = _enterprise(request)
    person, role = _named_in_button(request)
    request.enter("people_end", id=enterprise.id, person=person.id, role=role.value)
    return Reply(screen=end_screen(person, role, enterprise))


def _named_in_button(request: Request) -> tuple[Person, Role]:
    """The person and role of the arguments, if the role is held here; raises Gone otherwise."""
    person = request.tx.people.get(request.number(1))
    role = next((r for r in Role if r.value == request.word(2)), None)
    if person is None or role is None or not person.holds(role, enterprise_id=request.enterprise_id):
        raise Gone
    return person, role


def end_screen(person: Person, role: Role, enterprise: Enterprise | None) -> Screen:
    """What ending the role means, and the press that does it."""
    text = _("解除 {name} 的{role}？解除以后不能再代表{where}操作，以前的记录都保留。").format(
        name=html(person.name),
        role=_(ROLE_NAMES[role]),
        where=html(enterprise.name) if enterprise else _("办公室"),
    )
    whose = enterprise.id if enterprise else 0
    yes = Button(_("确定解除"), data("px" if enterprise else "pox", whose, person.id, role.value))
    no = Button(_("不解除"), data("p", whose) if enterprise else data("po"))
    return Screen(text=text, buttons=rows([yes, no]))


def end(request: Request) -> Reply:
    """End the role; what may not be ended is only shown."""
    try:
        person, role = _named_in_button(request)
    except Gone:
        return replace(show(request), toast=_("已经解除过了。"))
    if not _may_end(request, role, person):
        return replace(show(request), toast=_("这个角色不能在这里解除。"))
    _end(request, person, role, request.enterprise_id)
    return replace(show(request), toast=_("已解除。"))


def _end(request: Request, person: Person, role: Role, enterprise_id: int | None) -> None:
    """End the role now and let the person know, unless it was the person's own doing."""
    by = request.who.id
    ended = request.tx.people.withdraw(person.id, role, enterprise_id=enterprise_id, at=request.now, by=by)
    if ended and person.id != by:
        tell_ended(request.tx, person, role, enterprise_id=enterprise_id, at=request.now)


def end_again(request: Request) -> Reply:
    """The question whether to end a role, drawn from the dialog; if it is answered already, the list."""
    assert request.dialog is not None
    person = request.tx.people.get(int(request.dialog.data["person"]))
    role = Role(request.dialog.data["role"])
    if person is None or not person.holds(role, enterprise_id=request.enterprise_id):
        return show(request) if request.enterprise_id else show_office(request)
    return Reply(screen=end_screen(person, role, _enterprise(request) if request.enterprise_id else None))


def ask_change(request: Request) -> Reply:
    """Changing the principal: what will happen, and who it is now."""
    enterprise = _enterprise(request)
    request.enter("principal_ask", id=enterprise.id)
    contact = request.tx.enterprises.contacts(enterprise.id).get(Role.PRINCIPAL)
    holders = [p for role, p in _bound(request) if role is Role.PRINCIPAL]
    text = _(
        "更换 <b>{name}</b> 的主要负责人？\n现在是：{who}\n"
        "更换以后，原来的人不能再代表本企业自查，以前的记录都保留；新的人会得到一份邀请函。"
    ).format(name=html(enterprise.name), who=_who(holders, contact, invited=False))
    yes = Button(_("更换，下一步填新负责人"), data("pd", enterprise.id))
    return Reply(screen=Screen(text=text, buttons=rows([yes], [Button(_("不更换"), data("p", enterprise.id))])))


def ask_new_principal(request: Request) -> Reply:
    """The name and phone of the new principal are asked in one text."""
    return _ask_new_principal(request)


def _ask_new_principal(request: Request, *, wrong: bool = False) -> Reply:
    enterprise = _enterprise(request)
    request.enter("principal_name", id=enterprise.id)
    text = _("请发来新主要负责人的姓名和电话，例如：李四 13800000000\n发来以后立即更换。")
    if wrong:
        text = _("没有看懂姓名。") + text
    return Reply(screen=Screen(text=text, buttons=rows([Button(_("不更换"), data("p", enterprise.id))])))


def change_principal(request: Request) -> Reply:
    """The new name has come: end the old role, keep the history, name the new principal and invite him."""
    enterprise, named = _enterprise(request), read_name(request.text)
    if named is None:
        return _ask_new_principal(request, wrong=True)
    for role, person in _bound(request):
        if role is Role.PRINCIPAL:
            _end(request, person, role, enterprise.id)
    reply = invitations.make(request, Role.PRINCIPAL, named)
    if allows(request.tx.people.get(request.who.id), Permission.INVITE, enterprise_id=enterprise.id):
        return reply
    # Who handed over his own role has no business on the list of invitations any more.
    request.tx.dialogs.leave(request.chat_id)
    words = _("已更换。您不再是 {name} 的主要负责人，请把上面的邀请转给新的负责人。").format(name=html(enterprise.name))
    return replace(reply, screen=Screen(text=words, buttons=rows([to_home()])))


def show_office(request: Request) -> Reply:
    """The people of the office, for administrators."""
    request.enter("office_people")
    people = request.tx.people.with_role(*ZONE_ROLES)
    held = [(role, p) for p in people for role in Role if role in ZONE_ROLES and p.holds(role)]
    return Reply(screen=office_screen(held, self_id=request.who.id))


def office_screen(held: Sequence[tuple[Role, Person]], *, self_id: int) -> Screen:
    """One line a person and role; everybody's role but one's own administratorship can be ended."""
    lines = [_("<b>办公室人员</b>")]
    lines += [labelled(html(p.name), _(ROLE_NAMES[role])) for role, p in held]
    ending = [
        Button(
            _("解除 {name}（{role}）").format(name=p.name, role=_(ROLE_NAMES[role])),
            data("pow", 0, p.id, role.value),
        )
        for role, p in held
        if not (p.id == self_id and role is Role.ADMINISTRATOR)
    ]
    invite = Button(_("邀请"), data("vo"))
    return Screen(text="\n".join(lines), buttons=rows([invite], *([b] for b in ending), [to_home()]))


def ask_end_office(request: Request) -> Reply:
    """Before somebody's role in the office ends."""
    person, role = _named_in_button(request)
    request.enter("office_end", person=person.id, role=role.value)
    return Reply(screen=end_screen(person, role, None))


def end_office(request: Request) -> Reply:
    """End a role in the office; one's own administratorship stays, so that there is always one."""
    try:
        person, role = _named_in_button(request)
    except Gone:
        return replace(show_office(request), toast=_("已经解除过了。"))
    if person.id == request.who.id and role is Role.ADMINISTRATOR:
        return replace(show_office(request), toast=_("不能解除自己的管理员。"))
    _end(request, person, role, None)
    return replace(show_office(request), toast=_("已解除。"))


_FIRM = About.ENTERPRISE
_TEXT = frozenset({"text"})
ROUTES: tuple[Route, ...] = (
    Press(name="p", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Press(name="pw", needs=Permission.INVITE, about=_FIRM, handler=ask_end),
    Press(name="px", needs=Permission.INVITE, about=_FIRM, handler=end),
    Press(name="pc", needs=Permission.INVITE, about=_FIRM, handler=ask_change),
    Press(name="pd", needs=Permission.INVITE, about=_FIRM, handler=ask_new_principal),
    Input(dialog="principal_name", takes=_TEXT, needs=Permission.INVITE, about=_FIRM, handler=change_principal),
    Display(dialog="principal_name", needs=Permission.INVITE, about=_FIRM, handler=ask_new_principal),
    Display(dialog="principal_ask", needs=Permission.INVITE, about=_FIRM, handler=ask_change),
    Display(dialog="people", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Display(dialog="people_end", needs=Permission.INVITE, about=_FIRM, handler=end_again),
    Press(name="po", needs=Permission.ADMINISTER, handler=show_office),
    Press(name="pow", needs=Permission.ADMINISTER, handler=ask_end_office),
    Press(name="pox", needs=Permission.ADMINISTER, handler=end_office),
    Display(dialog="office_people", needs=Permission.ADMINISTER, handler=show_office),
    Display(dialog="office_end", needs=Permission.ADMINISTER, handler=end_again),
)
