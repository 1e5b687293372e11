"""Invitations (邀请): a link for one person, one role and one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checklists.people import Role

VALID_FOR = timedelta(days=7)

# What can be invited to; a worker has nothing to do here yet.
INVITED_TO_ENTERPRISE = (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER, Role.DEPUTY)
INVITED_TO_OFFICE = (Role.OFFICER, Role.REVIEWER, Role.EXPERT, Role.ADMINISTRATOR)


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
