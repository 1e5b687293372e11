"""Invitations: who may become what by pressing a link; of the link's token only the hash is kept."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from checklists.invitations import VALID_FOR, Invitation
from checklists.people import Role
from storage.subject import Subject
from storage.tables import invitations
from storage.types import new_id

_COLUMNS = [c for c in invitations.c if c.name not in ("zone_id", "token_hash")]
_TOKEN_BYTES = 24


class Invitations(Subject):
    """Open, used, expired and revoked invitations of the zone."""

    def create(
        self, role: Role, *, enterprise_id: int | None, name: str = "", by: int | None, at: datetime
    ) -> tuple[Invitation, str]:
        """A new invitation and its token, which exists nowhere else; `by` None: made on the command line."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        invitation = Invitation(
            id=new_id(),
            role=role,
            enterprise_id=enterprise_id,
            name=name[:100],
            created_by=by,
            created_at=at,
            expires_at=at + VALID_FOR,
        )
        self.insert_new(
            invitations,
            {
                "id": invitation.id,
                "token_hash": _hash(token),
                "role": role.value,
                "enterprise_id": enterprise_id,
                "name": invitation.name,
                "created_by": by,
                "created_at": at,
                "expires_at": invitation.expires_at,
            },
        )
        after = {"role": role.value, "enterprise": enterprise_id, "name": invitation.name}
        self.tx.trail.add("invited", subject="invitation", subject_id=invitation.id, person_id=by, at=at, after=after)
        return invitation, token

    def by_token(self, token: str) -> Invitation | None:
        """The invitation that this token opens, whatever its state."""
        found = self._where(invitations.c.token_hash == _hash(token))
        return found[0] if found else None

    def get(self, invitation_id: int) -> Invitation | None:
        found = self._where(invitations.c.id == invitation_id)
        return found[0] if found else None

    def open_ones(self, enterprise_id: int | None, *, now: datetime) -> list[Invitation]:
        """What could still be used: for one enterprise, or with None for the office; newest first."""
        whose = invitations.c.enterprise_id
        return self._where(
            whose.is_(None) if enterprise_id is None else whose == enterprise_id,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > now,
        )

    def newest(self, enterprise_id: int | None) -> int:
        """The id of the last invitation made for the enterprise (None: the office), 0 before the first."""
        whose = invitations.c.enterprise_id
        statement = select(func.max(invitations.c.id)).where(
            invitations.c.zone_id == self.zone_id,
            whose.is_(None) if enterprise_id is None else whose == enterprise_id,
        )
        return self.connection.execute(statement).scalar() or 0

    def newest_of_all(self) -> int:
        """The id of the last invitation made in the zone, 0 before the first."""
        statement = select(func.max(invitations.c.id)).where(invitations.c.zone_id == self.zone_id)
        return self.connection.execute(statement).scalar() or 0

    def use(self, invitation_id: int, *, by: int, at: datetime) -> bool:
        """Take the invitation; False if it was used, revoked or expired before."""
        return self._settle(invitation_id, invitations.c.expires_at > at, used_at=at, used_by=by)

    def revoke(self, invitation_id: int, *, by: int | None, at: datetime) -> bool:
        """Make the link worthless; False if it was used or revoked before."""
        done = self._settle(invitation_id, revoked_at=at)
        if done:
            self.tx.trail.add("invitation_revoked", subject="invitation", subject_id=invitation_id, person_id=by, at=at)
        return done

    def _settle(self, invitation_id: int, *conditions: Any, **values: object) -> bool:
        changed = self.connection.execute(
            invitations.update()
            .where(
                invitations.c.zone_id == self.zone_id,
                invitations.c.id == invitation_id,
                invitations.c.used_at.is_(None),
                invitations.c.revoked_at.is_(None),
                *conditions,
            )
            .values(**values)
        )
        return changed.rowcount == 1

    def _where(self, *conditions: Any) -> list[Invitation]:
        statement = select(*_COLUMNS).where(invitations.c.zone_id == self.zone_id, *conditions)
        rows = self.connection.execute(statement.order_by(invitations.c.id.desc()))
        return [Invitation(**{**row._mapping, "role": Role(row.role)}) for row in rows]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
