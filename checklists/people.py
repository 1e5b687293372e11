"""Who is who: the people of an office and of its enterprises, their roles, and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is, in the office or in one enterprise."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    EXPERT = "expert"
    READER = "reader"
    PRINCIPAL = "principal"
    CONTROLLER = "controller"
    SAFETY_MANAGER = "safety_manager"
    DEPUTY = "deputy"
    WORKER = "worker"


OFFICE_ROLES = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.REVIEWER, Role.EXPERT})
# A liaison of another department (联络员) reads what the office has and does nothing else.
ZONE_ROLES = OFFICE_ROLES | {Role.READER}
ENTERPRISE_ROLES = frozenset(Role) - ZONE_ROLES
INSPECTING_ROLES = ENTERPRISE_ROLES - {Role.WORKER}

ROLE_NAMES: Mapping[Role, str] = {
    Role.ADMINISTRATOR: "管理员",
    Role.OFFICER: "监管员",
    Role.REVIEWER: "审核员",
    Role.EXPERT: "专家",
    Role.READER: "联络员",
    Role.PRINCIPAL: "主要负责人",
    Role.CONTROLLER: "实际控制人",
    Role.SAFETY_MANAGER: "安全管理员",
    Role.DEPUTY: "分管负责人",
    Role.WORKER: "从业人员",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """One role that a person holds now; `enterprise_id` is None for a role in the office, or beside it (联络员)."""

    role: Role
    enterprise_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Someone known to the zone, with the roles held now."""

    id: int
    telegram_id: int | None
    name: str
    language: str = "zh"
    reachable: bool = True
    assignments: tuple[Assignment, ...] = ()

    def holds(self, *roles: Role, enterprise_id: int | None = None) -> bool:
        """Whether one of `roles` is held: in the office, or in the given enterprise."""
        return any(a.role in roles and a.enterprise_id == enterprise_id for a in self.assignments)

    @property
    def in_office(self) -> bool:
        """Whether this person works for the office; a liaison of another department does not."""
        return any(a.enterprise_id is None and a.role in OFFICE_ROLES for a in self.assignments)

    @property
    def sees_zone(self) -> bool:
        """Whether this person looks at all firms: the office, and liaisons who only read."""
        return any(a.enterprise_id is None for a in self.assignments)

    @property
    def enterprise_ids(self) -> tuple[int, ...]:
        """The enterprises this person may inspect for, in the order the roles were given."""
        ids = (a.enterprise_id for a in self.assignments if a.role in INSPECTING_ROLES)
        return tuple(dict.fromkeys(i for i in ids if i is not None))


class Permission(StrEnum):
    """What a route asks of the person; the table below says who has it."""

    ANYONE = "anyone"
    MEMBER = "member"
    INSPECT = "inspect"
    SEE_ENTERPRISE = "see_enterprise"
    ANSWER = "answer"
    REPORT = "report"
    TRY = "try"
    LOOK = "look"
    KEEP_STANDARD = "keep_standard"
    SIGN = "sign"
    INVITE = "invite"
    READ = "read"
    OFFICE = "office"
    FIND = "find"
    SUPERVISE = "supervise"
    MANAGE = "manage"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Grant:
    """The office roles, and the roles in the enterprise concerned, that a permission is given to."""

    office: frozenset[Role] = frozenset()
    enterprise: frozenset[Role] = frozenset()


_MANAGERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})

# A worker is asked nothing but may report a hazard and look at risk points; an expert sees, enters what he finds
# himself, and changes nothing else; a liaison reads. Why each may what it may: docs/decisions/hazard-life.md.
GRANTS: Mapping[Permission, Grant] = {
    Permission.INSPECT: Grant(enterprise=INSPECTING_ROLES),
    Permission.SEE_ENTERPRISE: Grant(office=ZONE_ROLES, enterprise=INSPECTING_ROLES),
    Permission.ANSWER: Grant(office=OFFICE_ROLES, enterprise=INSPECTING_ROLES),
    Permission.REPORT: Grant(enterprise=ENTERPRISE_ROLES),
    Permission.TRY: Grant(office=OFFICE_ROLES, enterprise=ENTERPRISE_ROLES),
    Permission.LOOK: Grant(office=ZONE_ROLES, enterprise=ENTERPRISE_ROLES),
    Permission.KEEP_STANDARD: Grant(office=_MANAGERS, enterprise=frozenset({Role.PRINCIPAL, Role.CONTROLLER})),
    Permission.SIGN: Grant(enterprise=frozenset({Role.PRINCIPAL, Role.CONTROLLER})),
    Permission.INVITE: Grant(office=_MANAGERS, enterprise=frozenset({Role.PRINCIPAL, Role.CONTROLLER})),
    Permission.READ: Grant(office=ZONE_ROLES),
    Permission.OFFICE: Grant(office=OFFICE_ROLES),
    Permission.FIND: Grant(office=OFFICE_ROLES),
    Permission.SUPERVISE: Grant(office=_MANAGERS | {Role.REVIEWER}),
    Permission.MANAGE: Grant(office=_MANAGERS),
    Permission.ADMINISTER: Grant(office=frozenset({Role.ADMINISTRATOR})),
}


def knows_sources(person: Person | None) -> bool:
    """Whether this person is told where hazards came from, tips among them: only who supervises is."""
    return allows(person, Permission.SUPERVISE)


def allows(person: Person | None, permission: Permission, *, enterprise_id: int | None = None) -> bool:
    """Whether `person` (None: a stranger) has `permission`, on the given enterprise where it concerns one.

    Without an enterprise an enterprise role counts if it is held anywhere: the lists behind such a route show
    only what belongs to the person.
    """
    if permission is Permission.ANYONE:
        return True
    if person is None:
        return False
    if permission is Permission.MEMBER:
        return bool(person.assignments)
    grant = GRANTS[permission]
    if any(a.enterprise_id is None and a.role in grant.office for a in person.assignments):
        return True
    return any(
        a.role in grant.enterprise and a.enterprise_id is not None and enterprise_id in (None, a.enterprise_id)
        for a in person.assignments
    )
