"""What the next text or photo of a chat means, and which screen the person is on; nothing of it lives in memory."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.hot import Hot
from storage.subject import Subject
from storage.tables import dialogs

_GET = Hot(
    lambda _: select(dialogs.c.kind, dialogs.c.data, dialogs.c.expires_at).where(
        dialogs.c.zone_id == bindparam("zone"), dialogs.c.chat_id == bindparam("chat_id")
    )
)


@dataclass(frozen=True, slots=True)
class Dialog:
    """Where a chat stands: `kind` names the screen, `data` holds what it needs (ids and small values)."""

    kind: str
    data: dict[str, Any]


class Dialogs(Subject):
    """One dialog per private chat."""

    def of(self, chat_id: int, *, now: datetime) -> Dialog | None:
        """The dialog this chat is in, unless it has expired."""
        row = _GET.row(self.connection, {"zone": self.zone_id, "chat_id": chat_id})
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            return None
        return Dialog(row.kind, json.loads(row.data))

    def enter(self, chat_id: int, kind: str, *, expires_at: datetime | None = None, **data: Any) -> Dialog:
        """Put the chat on another screen; what it was on before is left."""
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.upsert(dialogs, {"chat_id": chat_id}, {"kind": kind, "data": body, "expires_at": expires_at})
        return Dialog(kind, data)

    def leave(self, chat_id: int) -> None:
        """Back to no dialog: the next word shows the menu."""
        self.connection.execute(dialogs.delete().where(dialogs.c.zone_id == self.zone_id, dialogs.c.chat_id == chat_id))
