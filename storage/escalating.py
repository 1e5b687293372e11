"""Which overdue hazards have waited long enough for the next step of the plan's ladder, asked of all rows at once."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, false, func, not_, select

from checklists.hazard_moves import TABLE, Step
from checklists.ledger import LedgerFilter
from checklists.working_days import SHANGHAI
from storage.hazard_tables import hazard_deferrals, hazard_escalations
from storage.office_settings import PATIENCE_DAYS
from storage.tables import hazards
from storage.types import UtcDateTime

if TYPE_CHECKING:
    from storage.transaction import Transaction

BEGINS = TABLE[Step.ESCALATE].begins


def with_ladder(tx: "Transaction", wanted: LedgerFilter) -> LedgerFilter:
    """The filter with what the plan of the zone and the patience of its office mean on that day."""
    if wanted.rung_due_on is None:
        return wanted
    patience = timedelta(days=tx.office_settings.figure(PATIENCE_DAYS))
    since = datetime.combine(wanted.rung_due_on - patience + timedelta(days=1), time(), tzinfo=SHANGHAI)
    rules = tx.hazard_life.rules()
    return replace(wanted, ladder=rules.ladder, ladder_level=rules.ladder_level, patient_since=since)


def rung_values(wanted: LedgerFilter) -> dict[str, Any]:
    """What stands in the condition of `rung_due`, by name."""
    if wanted.rung_due_on is None:
        return {}
    return {
        "rung_due_on": wanted.rung_due_on,
        "patient_since": wanted.patient_since,
        **{f"rung_{n}": rung for n, rung in enumerate(wanted.ladder)},
        "rungs": len(wanted.ladder),
        **({"rung_level": wanted.ladder_level.value} if wanted.ladder_level else {}),
    }


def rung_due(wanted: LedgerFilter) -> ColumnElement[bool]:
    """The same as checklists.hazard_rules.rung_is_due, where the state allows a step at all.

    While a request for a later deadline waits for the office's answer it is not the firm that is late.
    """
    if not wanted.ladder:
        return false()
    values = rung_values(wanted)
    since = bindparam("patient_since", values["patient_since"], type_=UtcDateTime)
    ladder: list[BindParameter[Any]] = [
        bindparam(name, values[name]) for name in (f"rung_{n}" for n in range(len(wanted.ladder)))
    ]
    steps, asked = hazard_escalations.c, hazard_deferrals.c
    of_life = (steps.zone_id == hazards.c.zone_id, steps.hazard_id == hazards.c.id, steps.life == hazards.c.life)
    taken = select(func.count()).select_from(hazard_escalations).where(*of_life, steps.rung.in_(ladder))
    waiting = exists().where(
        asked.zone_id == hazards.c.zone_id, asked.hazard_id == hazards.c.id, asked.granted.is_(None)
    )
    of_level = [hazards.c.level == bindparam("rung_level", values["rung_level"])] if wanted.ladder_level else []
    return and_(
        *of_level,
        hazards.c.deadline < bindparam("rung_due_on", values["rung_due_on"]),
        taken.correlate(hazards).scalar_subquery() < bindparam("rungs", values["rungs"]),
        not_(exists().where(*of_life, steps.at >= since)),
        not_(waiting),
    )
