"""Telling people about roles: the inviter that somebody has joined, and whoever lost a role that it ended."""

from datetime import datetime

from checklists.deliveries import Delivery
from checklists.invitations import Invitation
from checklists.people import ROLE_NAMES, Person, Role
from handlers.outgoing import Outgoing
from handlers.replies import Button, Screen, data, rows
from handlers.services import Services
from handlers.words import _, html
from storage.transaction import Transaction

JOINED, ENDED = "joined", "role_ended"


def tell_joined(tx: Transaction, invitation: Invitation, person: Person, *, at: datetime) -> None:
    """Let the inviter know, unless the command line invited."""
    inviter = tx.people.get(invitation.created_by) if invitation.created_by is not None else None
    if inviter is not None and inviter.assignments and inviter.id != person.id:
        about = {"person": person.id, "role": invitation.role.value, "enterprise": invitation.enterprise_id}
        tx.deliveries.add(JOINED, f"{JOINED}:{invitation.id}", inviter, about, at, at)


def tell_ended(tx: Transaction, person: Person, role: Role, *, enterprise_id: int | None, at: datetime) -> None:
    """Let somebody know that a role ended by another's hand."""
    dedupe = f"{ENDED}:{person.id}:{role.value}:{enterprise_id}:{at.timestamp():.3f}"
    tx.deliveries.add(ENDED, dedupe, person, {"role": role.value, "enterprise": enterprise_id}, at, at)


def joined(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Who has joined as what; not needed if the role has ended already."""
    person = tx.people.get(int(delivery.about["person"]))
    role, enterprise_id = Role(delivery.about["role"]), delivery.about["enterprise"]
    if person is None or not person.holds(role, enterprise_id=enterprise_id):
        return None
    text = _("{name} 已绑定：{where}的{role}。").format(
        name=html(person.name), where=html(_where(tx, enterprise_id)), role=_(ROLE_NAMES[role])
    )
    look = [Button(_("看企业"), data("ev", enterprise_id))] if enterprise_id is not None else []
    return Outgoing(screen=Screen(text=text, buttons=rows(look)))


def ended(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Which role ended; not needed if it was given again meanwhile."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    role, enterprise_id = Role(delivery.about["role"]), delivery.about["enterprise"]
    if person is None or person.holds(role, enterprise_id=enterprise_id):
        return None
    text = _("您不再是{where}的{role}了，以前的记录都保留。如果不对，请联系辖区安全监管办公室。").format(
        where=html(_where(tx, enterprise_id)), role=_(ROLE_NAMES[role])
    )
    return Outgoing(screen=Screen(text=text))


def _where(tx: Transaction, enterprise_id: int | None) -> str:
    """The enterprise, or the zone for a role in its office."""
    if enterprise_id is None:
        zone = tx.zones.current()
        return zone.name if zone else ""
    enterprise = tx.enterprises.get(enterprise_id)
    return enterprise.name if enterprise else ""
