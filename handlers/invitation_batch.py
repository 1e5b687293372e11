"""Invitation sheets for many principals at once, to print after an import."""

from checklists.enterprises import Enterprise
from checklists.people import Permission, Role
from handlers import invitations
from handlers.buttons import to_home
from handlers.documents.invitation_sheet import Invitation as Sheet
from handlers.documents.invitation_sheet import invitation_sheets_pdf
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Display, Press, Request, Route
from handlers.words import _

AT_ONCE = 50


def show(request: Request) -> Reply:
    """How many principals have neither bound nor an open invitation, and the press that makes their sheets."""
    request.enter("invitation_batch")
    waiting = request.tx.enterprises.without_principal(now=request.now)
    return Reply(screen=batch_screen(len(waiting), request.tx.invitations.newest_of_all()))


def batch_screen(waiting: int, newest: int) -> Screen:
    """What will be made; a stale button (`newest`) makes nothing."""
    if not waiting:
        text = _("没有要发邀请函的企业：主要负责人都已绑定，或者已有没用的邀请。")
        return Screen(text=text, buttons=rows([to_home()]))
    count = min(waiting, AT_ONCE)
    text = _(
        "有 {waiting} 家企业的主要负责人还没绑定，也没有有效的邀请。\n"
        "现在生成 {count} 份邀请函（一份一页，7天内有效）？"
    ).format(waiting=waiting, count=count)
    make = Button(_("生成 {count} 份邀请函").format(count=count), data("vc", newest))
    return Screen(text=text, buttons=rows([make], [to_home()]))


def make(request: Request) -> Reply:
    """One PDF with a sheet for each of the next enterprises without a principal."""
    if request.number(0) != request.tx.invitations.newest_of_all():
        return show(request)
    firms = request.tx.enterprises.some(request.tx.enterprises.without_principal(now=request.now)[:AT_ONCE])
    if not firms:
        return show(request)
    sheets = [_sheet(request, firm) for firm in firms]
    paper = Document(
        name=_("邀请函-{count}家.pdf").format(count=len(sheets)),
        content=invitation_sheets_pdf(sheets, issued_at=request.now),
        caption=_("一页一份，打印后分发"),
    )
    reply = show(request)
    return Reply(screen=reply.screen, documents=(paper,), anew=True)


def _sheet(request: Request, firm: Enterprise) -> Sheet:
    contact = request.tx.enterprises.contacts(firm.id).get(Role.PRINCIPAL)
    invitation, token = request.tx.invitations.create(
        Role.PRINCIPAL,
        enterprise_id=firm.id,
        name=contact.name if contact else "",
        by=request.who.id,
        at=request.now,
    )
    link = request.services.deep_link(token)
    return invitations.sheet_of(invitation, firm, zone=request.zone.name, link=link)


ROUTES: tuple[Route, ...] = (
    Press(name="vb", needs=Permission.MANAGE, handler=show),
    Press(name="vc", needs=Permission.MANAGE, handler=make),
    Display(dialog="invitation_batch", needs=Permission.MANAGE, handler=show),
)
