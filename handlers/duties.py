"""The duty of the principal's inspection (主要负责人带队检查): which period counts now, and when it is fulfilled."""

from datetime import date

from checklists.enterprises import Enterprise
from checklists.inspections import Inspection
from handlers.routing import Request
from storage.transaction import Transaction
from storage.zones import Zone

INSPECTION = "principal_inspection"


def period_for(tx: Transaction, zone: Zone, enterprise: Enterprise, today: date) -> str:
    """The period an inspection begun today counts for, such as 2026Q4 or 2026-11."""
    return f"{today.year}Q{(today.month + 2) // 3}"


def fulfil(request: Request, inspection: Inspection) -> None:
    """Mark the duty of the inspection's period as done by it; a second inspection of the period changes nothing."""
    tx = request.tx
    duty = tx.duties.of_period(inspection.enterprise_id, INSPECTION, inspection.period)
    if duty is None or not tx.duties.finish(duty.id, inspection_id=inspection.id, at=request.now):
        return
    tx.trail.add(
        "duty_done",
        subject="duty",
        subject_id=duty.id,
        person_id=request.who.id,
        at=request.now,
        before={"state": duty.state.value},
        after={"state": "done", "inspection": inspection.id, "period": inspection.period},
    )
