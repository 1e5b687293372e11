"""What the office decided for itself where no plan names a figure; each with a default, its limits and its trail."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from checklists.figures import Figure
from checklists.rating_rules import RATING_FIGURES
from checklists.risk_cycles import RISK_FIGURES
from storage.office_tables import office_settings
from storage.subject import Subject
from storage.tables import zones

SAMPLING_PERCENT = "sampling_percent"
REPEAT_DAYS = "repeat_days"
PATIENCE_DAYS = "patience_days"
ANSWER_DAYS = "answer_days"
FIGURES: Mapping[str, Figure] = {
    SAMPLING_PERCENT: Figure(label="立查立改现场抽查比例（%）", default=20, least=0, most=100),
    REPEAT_DAYS: Figure(label="多少天内再次查出同类隐患算屡查屡犯", default=365, least=1, most=1825),
    PATIENCE_DAYS: Figure(label="采取一步升级措施后等多少天", default=7, least=1, most=90),
    **RATING_FIGURES,
    **RISK_FIGURES,
    ANSWER_DAYS: Figure(label="建议发出后等多少天答复", default=15, least=1, most=180),
}
_SALT = "sampling_salt"


class FigureOutOfRange(ValueError):
    """A figure the office cannot set; the text says in Chinese what it may be."""


class OfficeSettings(Subject):
    """Figures of the zone by name."""

    def figure(self, name: str) -> int:
        """The figure the office has set, else its default; KeyError for an unknown name."""
        known = self._value(name)
        return FIGURES[name].default if known is None else int(known)

    def figures(self, names: Collection[str]) -> dict[str, int]:
        """The same of many names at once."""
        known = self._values(names)
        return {name: int(known[name][0]) if name in known else FIGURES[name].default for name in names}

    def changed(self, names: Collection[str]) -> dict[str, datetime]:
        """Which of these figures are not their default now, and since when."""
        known = self._values(names)
        return {name: at for name, (value, at) in known.items() if int(value) != FIGURES[name].default}

    def set_figure(self, name: str, value: int, *, by: int, at: datetime) -> None:
        """Set a figure; raises FigureOutOfRange."""
        figure = FIGURES[name]
        if not figure.least <= value <= figure.most:
            raise FigureOutOfRange(f"{figure.label}要在 {figure.least} 到 {figure.most} 之间。")
        before = self.figure(name)
        self.upsert(office_settings, {"name": name}, {"value": str(value), "set_by": by, "set_at": at})
        states = {"before": {name: before}, "after": {name: value}}
        self.tx.trail.add("figure_set", subject="zone", subject_id=self.zone_id, person_id=by, at=at, **states)

    def salt(self, *, at: datetime) -> str:
        """The secret of this office's draws, made at the first one and never changed."""
        known = self._value(_SALT)
        if known is None:
            made = {"name": _SALT, "value": secrets.token_hex(16), "set_by": None, "set_at": at}
            self.insert_new(office_settings, made)
            known = self._value(_SALT)
        assert known is not None
        return known

    def plan_id(self) -> str:
        """The plan the zone works by; LookupError before the zone was founded."""
        found = self.connection.execute(select(zones.c.plan_id).where(zones.c.id == self.zone_id)).scalar()
        if found is None:
            raise LookupError(f"no zone {self.zone_id}")
        return str(found)

    def _values(self, names: Collection[str]) -> dict[str, tuple[str, datetime]]:
        c = office_settings.c
        mine = (c.zone_id == self.zone_id) & c.name.in_(sorted(names))
        return {
            row.name: (row.value, row.set_at)
            for row in self.connection.execute(select(c.name, c.value, c.set_at).where(mine))
        }

    def _value(self, name: str) -> str | None:
        mine = (office_settings.c.zone_id == self.zone_id) & (office_settings.c.name == name)
        found = self.connection.execute(select(office_settings.c.value).where(mine)).scalar()
        return None if found is None else str(found)
