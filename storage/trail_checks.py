"""Where checking the trail stands, kept so that of several processes only one can take the next step."""

import json
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from checklists.trail_checks import Found, TrailCheck
from storage.subject import Subject
from storage.tables import notes, zones

_NAME = "trail_check"
_FIELDS = frozenset(f.name for f in fields(TrailCheck))
_MOMENTS = frozenset(name for name in _FIELDS if name.endswith("_at"))


class TrailChecks(Subject):
    """One note of the zone, changed only from what was read: whoever comes second changes nothing."""

    def present(self) -> TrailCheck:
        """Where it stands; before the first check there is nothing in it."""
        return _read(self.tx.notes.get(_NAME))

    def is_due(self, now: datetime) -> bool:
        """Whether a process should take up a check now; never before the zone was founded."""
        founded = self.connection.execute(select(zones.c.created_at).where(zones.c.id == self.zone_id)).scalar()
        return founded is not None and self.present().is_due(now, founded_at=founded)

    def change(self, before: TrailCheck, **values: Any) -> TrailCheck | None:
        """Set these fields; None if it is not `before` any more, and then nothing changed."""
        after = replace(before, **values)
        self.insert_new(notes, {"name": _NAME, "value": _written(TrailCheck())})
        kept = self.tx.notes.get(_NAME)
        if _read(kept) != before:
            return None
        same = (notes.c.zone_id == self.zone_id) & (notes.c.name == _NAME) & (notes.c.value == kept)
        statement = notes.update().where(same).values(value=_written(after))
        return after if self.connection.execute(statement).rowcount == 1 else None


def _written(check: TrailCheck) -> str:
    values = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in asdict(check).items()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _read(text: str | None) -> TrailCheck:
    if text is None:
        return TrailCheck()
    known = json.loads(text)
    values = {name: known[name] for name in _FIELDS if name in known}
    moments = {name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values.get(name)}
    return TrailCheck(**{**values, **moments, "found": tuple(Found(**one) for one in values.get("found", ()))})
