"""Pressing an invitation: who may take it, what binding changes, and kind words for links that no longer work."""

from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.invitations import Invitation, InvitationState
from checklists.people import ROLE_NAMES, Person, Role
from handlers import profile
from handlers.buttons import to_home
from handlers.life_telling import tell_newcomer
from handlers.replies import Reply, Screen, rows
from handlers.role_notices import tell_ended, tell_joined
from handlers.routing import Request
from handlers.words import _, full_day, html


def accept(request: Request, token: str) -> Reply | None:
    """Take the invitation that the link names; None when the person's menu is the right answer."""
    invitation = request.tx.invitations.by_token(token)
    if invitation is None:
        return _say(_("这个邀请链接不对，可能没有复制完整。请从原来的消息里直接点链接，或者请对方重新发一个。"))
    if request.person and invitation.used_by == request.person.id:
        return None
    state = invitation.state(request.now)
    if state is not InvitationState.OPEN:
        return _say(_worthless(state, invitation))
    enterprise = request.tx.enterprises.get(invitation.enterprise_id) if invitation.enterprise_id else None
    if invitation.enterprise_id and not (enterprise and enterprise.active):
        return _say(_("这家单位在系统里已经停用，邀请不能用了。请联系辖区安全监管办公室。"))
    if words := _unfit(request.person, invitation):
        return _say(words)
    return _bind(request, invitation, enterprise)


def _say(words: str) -> Reply:
    return Reply(screen=Screen(text=words, buttons=rows([to_home()])))


def _worthless(state: InvitationState, invitation: Invitation) -> str:
    if state is InvitationState.USED:
        return _("这个邀请链接已经有人用过了。每个链接只能用一次，请向发邀请的人再要一个。")
    if state is InvitationState.REVOKED:
        return _("这个邀请已经撤销了。请联系发邀请的人。")
    return _("这个邀请在{day}过期了。请向发邀请的人再要一个新的。").format(day=full_day(invitation.expires_at))


def _unfit(person: Person | None, invitation: Invitation) -> str:
    """Why this person cannot take it: who supervises an enterprise does not work for one, and the other way round."""
    if person is None:
        return ""
    if person.holds(invitation.role, enterprise_id=invitation.enterprise_id):
        return _("您已经是{role}了，不用再绑定。这个链接没有用掉，可以转给对的人。").format(
            role=_(ROLE_NAMES[invitation.role])
        )
    if person.sees_zone and invitation.enterprise_id is not None:
        return _("您是办公室人员，这个邀请是给企业的，请转发给对方。链接没有用掉。")
    if person.assignments and not person.sees_zone and invitation.enterprise_id is None:
        return _("您在企业任职，不能同时做监管人员。请联系辖区安全监管办公室。链接没有用掉。")
    return ""


def _bind(request: Request, invitation: Invitation, enterprise: Enterprise | None) -> Reply | None:
    tx, now = request.tx, request.now
    person = request.person or tx.people.add(
        name=_name(request, invitation), telegram_id=request.telegram_id, at=now, language=request.language
    )
    if invitation.role is Role.READER and not person.assignments:
        tx.people.rename(person.id, invitation.name)  # it says of which department
    if not tx.invitations.use(invitation.id, by=person.id, at=now):
        return _say(_worthless(InvitationState.USED, invitation))
    if invitation.role is Role.PRINCIPAL:
        for former in tx.people.with_role(Role.PRINCIPAL, enterprise_id=invitation.enterprise_id):
            tx.people.withdraw(
                former.id, Role.PRINCIPAL, enterprise_id=invitation.enterprise_id, at=now, by=invitation.created_by
            )
            tell_ended(tx, former, Role.PRINCIPAL, enterprise_id=invitation.enterprise_id, at=now)
    tx.people.assign(person.id, invitation.role, enterprise_id=invitation.enterprise_id, at=now, by=person.id)
    after = {"role": invitation.role.value, "enterprise": invitation.enterprise_id, "person": person.id}
    tx.trail.add(
        "invitation_used", subject="invitation", subject_id=invitation.id, person_id=person.id, at=now, after=after
    )
    if enterprise:
        tx.enterprises.name_contact(enterprise.id, invitation.role, name=person.name, phone="", at=now, by=person.id)
        tell_newcomer(tx, enterprise.id, at=now)
    tell_joined(tx, invitation, person, at=now)
    return _greet(request, person.id, invitation.role, enterprise)


def _name(request: Request, invitation: Invitation) -> str:
    return invitation.name or request.telegram_name.strip() or ROLE_NAMES[invitation.role]


def _greet(request: Request, person_id: int, role: Role, enterprise: Enterprise | None) -> Reply:
    person = request.tx.people.get(person_id)
    assert person is not None
    where = enterprise.name if enterprise else request.zone.name
    words = _("{name}，您好！您已绑定：{where}的{role}。").format(
        name=html(person.name), where=html(where), role=_(ROLE_NAMES[role])
    )
    welcome = Screen(text=words)
    if enterprise and role is Role.PRINCIPAL and enterprise.profiled_at is None:
        request = replace(request, person=person, enterprise_id=enterprise.id)
        return replace(profile.start(request), before=(welcome,))
    return Reply(screen=replace(welcome, buttons=rows([to_home()])))
