"""Invitations (邀请): a link for one person, one role and one use."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checklists.people import Role

VALID_FOR = timedelta(days=7)

# What can be invited to; a worker has nothing to do here yet.
INVITED_TO_ENTERPRISE = (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER, Role.DEPUTY)
INVITED_TO_OFFICE = (Role.OFFICER, Role.REVIEWER, Role.EXPERT, Role.READER, Role.ADMINISTRATOR)


MOST_IN_NAME = 30
_PHONE = re.compile(r"(?<!\d)\+?\d[\d\- ]{5,16}\d(?!\d)")


class InvitationState(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One invitation; the token itself is known only to who made it and who got it."""

    id: int
    role: Role
    enterprise_id: int | None
    name: str
    created_by: int | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> InvitationState:
        """What the link is worth now; a used one stays used, a revoked one revoked, whatever the time."""
        if self.used_at is not None:
            return InvitationState.USED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody's name and phone as a person typed them; `phone` is digits only, or empty."""

    name: str
    phone: str


def read_liaison(text: str) -> Named | None:
    """Name, department and phone such as “李四 消防大队 13800000000”; the name then bears the department in brackets.

    None where one of the two is missing: whose liaison somebody is must be known.
    """
    found = _PHONE.search(text)
    rest = text.replace(found.group(), " ") if found else text
    words = re.sub(r"[，,。；;:：、（）()]|电话|手机|姓名|单位", " ", rest).split()
    name, department = (words[0], "".join(words[1:])) if words else ("", "")
    named = read_name(name + (f" {found.group()}" if found else "")) if department else None
    if named is None or len(department) > MOST_IN_NAME:
        return None
    return Named(f"{named.name}（{department}）", named.phone)


def read_name(text: str) -> Named | None:
    """The name and phone in one text such as “李四 13800000000”; None when there is no usable name in it."""
    found = _PHONE.search(text)
    rest = text.replace(found.group(), " ") if found else text
    name = "".join(re.sub(r"[，,。；;:：、]|电话|手机|姓名", " ", rest).split())
    if not name or len(name) > MOST_IN_NAME or any(c.isdigit() for c in name):
        return None
    return Named(name, re.sub(r"[^\d+]", "", found.group()) if found else "")
