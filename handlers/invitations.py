"""Making, listing and revoking invitations: to an enterprise, or with no enterprise in the request to the office."""

from dataclasses import replace
from datetime import datetime

from checklists.enterprises import Enterprise
from checklists.invitations import INVITED_TO_ENTERPRISE, INVITED_TO_OFFICE, Invitation, Named, read_liaison, read_name
from checklists.people import ROLE_NAMES, Permission, Role
from handlers.buttons import to_home
from handlers.documents.invitation_sheet import Invitation as Sheet
from handlers.documents.invitation_sheet import invitation_sheets_pdf, qr_png
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, clock, full_day, html, speaking

_TEXT = frozenset({"text"})


def _invited(request: Request) -> tuple[Enterprise | None, tuple[Role, ...]]:
    """The enterprise concerned, or None for the office, and the roles one can invite to there."""
    if request.enterprise_id is None:
        return None, INVITED_TO_OFFICE
    enterprise = request.tx.enterprises.get(request.enterprise_id)
    if enterprise is None:
        raise Gone
    return enterprise, INVITED_TO_ENTERPRISE


def _data(route: str, enterprise: Enterprise | None, *arguments: int | str) -> str:
    """The office has routes of its own, so that what is needed is declared with them."""
    name = route if enterprise else f"vo{route[1:]}"
    return data(name, enterprise.id if enterprise else 0, *arguments)


def show(request: Request) -> Reply:
    """The open invitations, and whom one can invite."""
    enterprise, _roles = _invited(request)
    if enterprise:
        request.enter("invitations", id=enterprise.id)
    else:
        request.enter("office_invitations")
    opened = request.tx.invitations.open_ones(request.enterprise_id, now=request.now)
    newest = request.tx.invitations.newest(request.enterprise_id)
    return Reply(screen=list_screen(opened, enterprise, newest=newest))


def list_screen(opened: list[Invitation], enterprise: Enterprise | None, *, newest: int) -> Screen:
    """Invitations that can still be used, with a button to revoke each, and the roles to invite to."""
    title = html(enterprise.name) if enterprise else _("办公室")
    lines = [_("<b>{title} · 邀请</b>").format(title=title)]
    lines += [_("邀请谁？对方点链接或扫码就绑定好了。每个链接只能用一次，7天内有效。")]
    if opened:
        lines += ["", _("还没用的邀请：")]
        lines += [f"{n}. {invitation_line(i)}" for n, i in enumerate(opened, 1)]
    ask = [
        Button(_("邀请{role}").format(role=_(ROLE_NAMES[role])), _data("vn", enterprise, role.value, newest))
        for role in (INVITED_TO_ENTERPRISE if enterprise else INVITED_TO_OFFICE)
    ]
    revoking = [Button(_("撤销第{n}个").format(n=n), _data("vr", enterprise, i.id)) for n, i in enumerate(opened, 1)]
    back = Button(_("返回人员"), data("p", enterprise.id) if enterprise else data("po"))
    threes = [revoking[n : n + 3] for n in range(0, len(revoking), 3)]
    return Screen(text="\n".join(lines), buttons=rows(ask[:2], ask[2:], *threes, [back, to_home()]))


def invitation_line(invitation: Invitation) -> str:
    """For whom, as what, until when."""
    return _("{role}{name}，{day} {time} 前有效").format(
        role=_(ROLE_NAMES[invitation.role]),
        name=html(f" {invitation.name}") if invitation.name else "",
        day=full_day(invitation.expires_at),
        time=clock(invitation.expires_at),
    )


def _chosen(request: Request) -> Role:
    """The role of the button; raises Gone for one that nobody is invited to here."""
    _enterprise, roles = _invited(request)
    if request.word(1) not in [role.value for role in roles]:
        raise Gone
    return Role(request.word(1))


def _refused(request: Request, role: Role) -> Reply | None:
    """Why the button means nothing now: a newer invitation was made, or there is a principal already."""
    if role is Role.PRINCIPAL and request.tx.people.with_role(role, enterprise_id=request.enterprise_id):
        # One enterprise has one principal: another one is a change, with its own confirmation.
        words = _("已有主要负责人。换人请到“人员”里点“更换主要负责人”。")
        return replace(show(request), toast=words, alert=True)
    if request.number(2) != request.tx.invitations.newest(request.enterprise_id):
        return replace(show(request), toast=_("这里刚有新的邀请，请看一眼再点。"))
    return None


def choose(request: Request) -> Reply:
    """A role is to be invited: at once if the office knows who it is and nobody has it, else the name is asked."""
    enterprise, _roles = _invited(request)
    role = _chosen(request)
    if refused := _refused(request, role):
        return refused
    if enterprise and not request.tx.people.with_role(role, enterprise_id=enterprise.id):
        contact = request.tx.enterprises.contacts(enterprise.id).get(role)
        if contact:
            return make(request, role, Named(contact.name, contact.phone))
    if enterprise:
        request.enter("invite_name", id=enterprise.id, role=role.value)
    else:
        request.enter("invite_officer", role=role.value)
    return _ask_name(request, role)


def _ask_name(request: Request, role: Role, *, wrong: bool = False) -> Reply:
    enterprise, _roles = _invited(request)
    newest = request.tx.invitations.newest(request.enterprise_id)
    return Reply(screen=ask_name_screen(role, enterprise, newest=newest, wrong=wrong))


def ask_name_screen(role: Role, enterprise: Enterprise | None, *, newest: int, wrong: bool = False) -> Screen:
    """Who is to be invited, in one text; or an invitation without a name."""
    text = _("请发来这位{role}的姓名和电话，例如：李四 13800000000").format(role=_(ROLE_NAMES[role]))
    nameless: Button | None = Button(_("不写姓名，直接邀请"), _data("vx", enterprise, role.value, newest))
    if role is Role.READER:
        text, nameless = _("请发来联络员的姓名、单位和电话，例如：李四 消防大队 13800000000"), None
        text += "\n" + _("联络员是别的部门的人，只看台账，不能办理。姓名和单位都要写。")
    if wrong:
        text = _("没有看懂姓名。") + text
    return Screen(text=text, buttons=rows([nameless], [Button(_("返回"), _data("v", enterprise))]))


def ask_name_again(request: Request) -> Reply:
    """The question for the name, drawn from the dialog."""
    assert request.dialog is not None
    return _ask_name(request, Role(request.dialog.data["role"]))


def take_name(request: Request) -> Reply:
    """The name has come: make the invitation."""
    assert request.dialog is not None
    role = Role(request.dialog.data["role"])
    named = (read_liaison if role is Role.READER else read_name)(request.text)
    return make(request, role, named) if named else _ask_name(request, role, wrong=True)


def make_nameless(request: Request) -> Reply:
    """An invitation that names nobody."""
    role = _chosen(request)
    if role is Role.READER:
        return choose(request)
    return _refused(request, role) or make(request, role, Named("", ""))


def make(request: Request, role: Role, named: Named) -> Reply:
    """Make an invitation: words to forward, a picture, a sheet to print. An older open one for a principal ends."""
    enterprise, _roles = _invited(request)
    if enterprise and role is Role.PRINCIPAL:
        revoke_open(request, enterprise.id, role)
    if enterprise and named.name and not request.tx.people.with_role(role, enterprise_id=enterprise.id):
        request.tx.enterprises.name_contact(
            enterprise.id, role, name=named.name, phone=named.phone, at=request.now, by=request.who.id
        )
    invitation, token = request.tx.invitations.create(
        role, enterprise_id=request.enterprise_id, name=named.name, by=request.who.id, at=request.now
    )
    link = request.services.deep_link(token)
    letter = Screen(text=letter_text(invitation, enterprise, zone=request.zone.name, link=link))
    sheet = sheet_of(invitation, enterprise, zone=request.zone.name, link=link)
    documents = (picture(sheet), paper(sheet, issued_at=request.now))
    return replace(show(request), before=(letter,), documents=documents, anew=True)


def revoke_open(request: Request, enterprise_id: int, role: Role) -> None:
    """End the open invitations of an enterprise to this role."""
    for invitation in request.tx.invitations.open_ones(enterprise_id, now=request.now):
        if invitation.role is role:
            request.tx.invitations.revoke(invitation.id, by=request.who.id, at=request.now)


def letter_text(invitation: Invitation, enterprise: Enterprise | None, *, zone: str, link: str) -> str:
    """The words to forward: in Chinese, and below it in the inviter's language if that is another."""
    own = _letter(invitation, enterprise, zone=zone, link=link)
    with speaking("zh"):
        chinese = _letter(invitation, enterprise, zone=zone, link=link)
    return chinese if own == chinese else f"{chinese}\n\n{own}"


def _letter(invitation: Invitation, enterprise: Enterprise | None, *, zone: str, link: str) -> str:
    return _(
        "{name}您好！{zone}请您作为{where}的{role}使用“安全自查”。\n"
        "点这个链接，再点“开始”就行：\n{link}\n"
        "链接只能用一次，{day} {time} 前有效，请不要转给别人。"
    ).format(
        name=html(invitation.name),
        zone=html(zone),
        where=html(enterprise.name) if enterprise else _("办公室"),
        role=_(ROLE_NAMES[invitation.role]),
        link=html(link),
        day=full_day(invitation.expires_at),
        time=clock(invitation.expires_at),
    )


def sheet_of(invitation: Invitation, enterprise: Enterprise | None, *, zone: str, link: str) -> Sheet:
    """What the printed sheet says, always in Chinese."""
    return Sheet(
        zone=zone,
        enterprise=enterprise.name if enterprise else "安全监管办公室",
        role=ROLE_NAMES[invitation.role],
        link=link,
        expires_at=invitation.expires_at,
    )


def picture(sheet: Sheet) -> Document:
    """The QR code as a picture to forward."""
    name = _("邀请码-{enterprise}-{role}.png").format(enterprise=sheet.enterprise, role=sheet.role)
    content = qr_png(sheet.link, f"{sheet.enterprise}\n{sheet.role}")
    return Document(name=name, content=content, caption=_("邀请二维码，可以直接转发"), is_photo=True)


def paper(sheet: Sheet, *, issued_at: datetime) -> Document:
    """The sheet as a PDF to print."""
    name = _("邀请函-{enterprise}-{role}.pdf").format(enterprise=sheet.enterprise, role=sheet.role)
    content = invitation_sheets_pdf([sheet], issued_at=issued_at)
    return Document(name=name, content=content, caption=_("邀请函，可以打印"))


def revoke(request: Request) -> Reply:
    """Revoke an open invitation of this enterprise, or of the office."""
    invitation = request.tx.invitations.get(request.number(1))
    if invitation is None or invitation.enterprise_id != request.enterprise_id:
        raise Gone
    done = request.tx.invitations.revoke(invitation.id, by=request.who.id, at=request.now)
    toast = _("已撤销，那个链接不能再用了。") if done else _("这个邀请已经用过或者撤销了。")
    return replace(show(request), toast=toast)


ROUTES: tuple[Route, ...] = (
    Press(name="v", needs=Permission.INVITE, about=About.ENTERPRISE, handler=show),
    Press(name="vn", needs=Permission.INVITE, about=About.ENTERPRISE, handler=choose),
    Press(name="vx", needs=Permission.INVITE, about=About.ENTERPRISE, handler=make_nameless),
    Press(name="vr", needs=Permission.INVITE, about=About.ENTERPRISE, handler=revoke),
    Input(dialog="invite_name", takes=_TEXT, needs=Permission.INVITE, about=About.ENTERPRISE, handler=take_name),
    Display(dialog="invite_name", needs=Permission.INVITE, about=About.ENTERPRISE, handler=ask_name_again),
    Display(dialog="invitations", needs=Permission.INVITE, about=About.ENTERPRISE, handler=show),
    Press(name="vo", needs=Permission.ADMINISTER, handler=show),
    Press(name="von", needs=Permission.ADMINISTER, handler=choose),
    Press(name="vox", needs=Permission.ADMINISTER, handler=make_nameless),
    Press(name="vor", needs=Permission.ADMINISTER, handler=revoke),
    Input(dialog="invite_officer", takes=_TEXT, needs=Permission.ADMINISTER, handler=take_name),
    Display(dialog="invite_officer", needs=Permission.ADMINISTER, handler=ask_name_again),
    Display(dialog="office_invitations", needs=Permission.ADMINISTER, handler=show),
)
