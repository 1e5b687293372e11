"""What an enterprise list would change: which firms are new, which differ and in what, which stay as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checklists.enterprise_rows import (
    ADDRESS,
    COMMUNITY,
    NAME,
    PHONE,
    TRADES,
    TRAITS,
    CheckedRow,
    EnterpriseRow,
    NamedPerson,
)
from checklists.enterprises import Contact, Enterprise
from checklists.people import ROLE_NAMES, Role

Contacts = Mapping[Role, Contact]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A known enterprise that the list changes; `what` are the headings, with both names for people."""

    row: EnterpriseRow
    enterprise_id: int
    what: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """The whole list sorted by what would happen to it; rows in `faulty` are never imported."""

    new: tuple[EnterpriseRow, ...]
    changed: tuple[Changed, ...]
    unchanged: int
    faulty: tuple[CheckedRow, ...]
    hinted: tuple[CheckedRow, ...]

    @property
    def rows(self) -> int:
        return len(self.new) + len(self.changed) + self.unchanged + len(self.faulty)

    @property
    def does_anything(self) -> bool:
        return bool(self.new or self.changed)


def plan_import(
    checked: Iterable[CheckedRow], known: Mapping[str, Enterprise], contacts: Mapping[int, Contacts]
) -> ImportPlan:
    """Compare the checked rows with the enterprises known by code and with who is named in them."""
    new: list[EnterpriseRow] = []
    changed: list[Changed] = []
    faulty: list[CheckedRow] = []
    hinted: list[CheckedRow] = []
    unchanged = 0
    for result in checked:
        if result.row is None:
            faulty.append(result)
            continue
        if result.hints:
            hinted.append(result)
        enterprise = known.get(result.row.uscc)
        if enterprise is None:
            new.append(result.row)
        elif what := differences(result.row, enterprise, contacts.get(enterprise.id, {})):
            changed.append(Changed(row=result.row, enterprise_id=enterprise.id, what=what))
        else:
            unchanged += 1
    return ImportPlan(
        new=tuple(new), changed=tuple(changed), unchanged=unchanged, faulty=tuple(faulty), hinted=tuple(hinted)
    )


def differences(row: EnterpriseRow, enterprise: Enterprise, contacts: Contacts) -> tuple[str, ...]:
    """The headings under which the row says something else; an empty cell says nothing."""
    texts = {
        NAME: (row.name, enterprise.name),
        ADDRESS: (row.address, enterprise.address),
        COMMUNITY: (row.community, enterprise.community),
    }
    found = [heading for heading, (said, known) in texts.items() if said and said != known]
    if row.trades and set(row.trades) != set(enterprise.trades):
        found.append(TRADES)
    if any(enterprise.traits.get(trait) is not present for trait, present in row.traits.items()):
        found.append(TRAITS)
    found.extend(words for person in row.people if (words := _person(person, contacts.get(person.role))))
    return tuple(found)


def _person(said: NamedPerson, known: Contact | None) -> str:
    heading = ROLE_NAMES[said.role]
    if known is None:
        return f"{heading}：{said.name}"
    if known.name != said.name:
        return f"{heading}：{known.name}→{said.name}"
    return f"{heading}{PHONE}" if said.phone not in ("", known.phone) else ""
