"""A walk through a checklist as handlers see it: the inspection with its questions, and who may be named."""

from dataclasses import dataclass, replace

from checklists.composing import Checklist, ChecklistItem
from checklists.inspections import Inspection
from checklists.people import INSPECTING_ROLES, ROLE_NAMES, Role
from handlers.replies import pack
from handlers.routing import Gone, Request
from storage.transaction import Transaction

_MOST_KEPT = 1000
_kept: dict[str, Checklist] = {}
_ORDER = (Role.PRINCIPAL, Role.CONTROLLER, Role.DEPUTY, Role.SAFETY_MANAGER, Role.WORKER)


@dataclass(frozen=True, slots=True)
class Walk:
    """An inspection and the checklist it was begun with; items count from 0."""

    inspection: Inspection
    checklist: Checklist

    @property
    def id(self) -> int:
        return self.inspection.id

    def item(self, number: int) -> ChecklistItem:
        """The question with this number; raises Gone beyond the end."""
        items = self.checklist.items
        if not 0 <= number < len(items):
            raise Gone
        return items[number]

    def now(self, inspection: Inspection) -> "Walk":
        """The same walk after a change of its inspection."""
        return replace(self, inspection=inspection)


def checklist_of(tx: Transaction, digest: str) -> Checklist:
    """The kept checklist with this hash; content never changes under its hash, so it is parsed once."""
    checklist = _kept.get(digest)
    if checklist is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        checklist = _kept[digest] = Checklist.from_json(tx.inspections.checklist(digest))
    return checklist


def walk_of(tx: Transaction, inspection_id: int) -> Walk:
    """The walk with this id; raises Gone when there is none in the zone."""
    inspection = tx.inspections.get(inspection_id)
    if inspection is None:
        raise Gone
    return Walk(inspection, checklist_of(tx, inspection.checklist_digest))


def inspection_id(request: Request) -> int:
    """The inspection a press names, else the one of the dialog."""
    if request.arguments:
        return request.number(0)
    return int(request.dialog.data["id"]) if request.dialog else 0


def known_people(tx: Transaction, enterprise_id: int) -> dict[str, tuple[str, Role]]:
    """Names and roles at an enterprise by a short key for buttons, each name once: those bound, and those named."""
    bound = tx.people.with_role(*INSPECTING_ROLES, enterprise_id=enterprise_id)
    named = tx.enterprises.contacts(enterprise_id).values()
    found = {contact.role.value: (contact.name, contact.role) for contact in named}
    for person in bound:
        roles = [a.role for a in person.assignments if a.enterprise_id == enterprise_id]
        found[f"p{pack(person.id)}"] = (person.name, min(roles, key=_ORDER.index))
    ordered = sorted(found.items(), key=lambda entry: _ORDER.index(entry[1][1]))
    first = {name: key for key, (name, _role) in reversed(ordered)}
    return {key: (name, role) for key, (name, role) in ordered if first[name] == key}


def name_of(tx: Transaction, person_id: int | None) -> str:
    """What a person is called; empty for nobody."""
    person = tx.people.get(person_id) if person_id is not None else None
    return person.name if person else ""


def principal_of(tx: Transaction, enterprise_id: int) -> str:
    """The name of the principal as far as it is known, else the position."""
    principals = [name for name, role in known_people(tx, enterprise_id).values() if role is Role.PRINCIPAL]
    return principals[0] if principals else ROLE_NAMES[Role.PRINCIPAL]
