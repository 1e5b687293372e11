"""What waits for a person's confirmation, such as an import between its preview and the press on 确认."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from storage.subject import Subject
from storage.tables import drafts
from storage.types import new_id


class Drafts(Subject):
    """Unconfirmed bodies; each can be settled once."""

    def add(self, kind: str, body: Any, *, made_by: int, at: datetime) -> int:
        """Keep a draft and return its id."""
        draft_id = new_id()
        text = json.dumps(body, ensure_ascii=False)
        self.insert_new(drafts, {"id": draft_id, "kind": kind, "body": text, "made_by": made_by, "made_at": at})
        return draft_id

    def take(self, draft_id: int, kind: str, *, made_by: int, at: datetime) -> Any | None:
        """Settle the draft and return its body; None if it is unknown, another's, or settled already."""
        body = self.open_one(draft_id, kind, made_by=made_by)
        if body is not None:
            mine = self._mine(draft_id, kind, made_by)
            self.connection.execute(drafts.update().where(mine).values(settled_at=at))
        return body

    def open_one(self, draft_id: int, kind: str, *, made_by: int) -> Any | None:
        """The body of a draft that still waits; None if it is unknown, another's, or settled already."""
        statement = select(drafts.c.body).where(self._mine(draft_id, kind, made_by))
        row = self.connection.execute(statement).one_or_none()
        return None if row is None else json.loads(row.body)

    def _mine(self, draft_id: int, kind: str, made_by: int) -> ColumnElement[bool]:
        return and_(
            drafts.c.zone_id == self.zone_id,
            drafts.c.id == draft_id,
            drafts.c.kind == kind,
            drafts.c.made_by == made_by,
            drafts.c.settled_at.is_(None),
        )
