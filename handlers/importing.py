"""Reading an enterprise list and bringing it into the zone: what chat and command line share."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from checklists.enterprise_changes import ImportPlan, plan_import
from checklists.enterprise_rows import check_rows
from storage.transaction import Transaction

Cells = Sequence[Mapping[str, str]]


def plan_of(tx: Transaction, cells: Cells) -> ImportPlan:
    """What these rows would change in the zone as it is now."""
    checked = check_rows(cells)
    known = tx.enterprises.by_usccs([c.row.uscc for c in checked if c.row])
    return plan_import(checked, known, tx.enterprises.contacts_of([e.id for e in known.values()]))


def carry_out(tx: Transaction, plan: ImportPlan, *, by: int | None, at: datetime) -> None:
    """Add what is new, change what differs, leave the rest; one line in the trail. `by` None: the command line."""
    tx.enterprises.add_listed(plan.new, at=at)
    for changed in plan.changed:
        tx.enterprises.update_listed(changed.enterprise_id, changed.row, by=by, at=at)
    after = {"new": [row.uscc for row in plan.new], "changed": {c.row.uscc: c.what for c in plan.changed}}
    tx.trail.add("enterprises_imported", subject="zone", subject_id=tx.zone_id, person_id=by, at=at, after=after)
