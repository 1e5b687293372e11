"""The checklist of a kept enterprise: its answers as old as they are, its zone's adoptions, its own items."""

from datetime import date, timedelta

from handlers.standards import checklist_for
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.firms import found_firm

TODAY = date(2026, 11, 23)


async def test_an_old_no_on_a_phase_of_works_no_longer_leaves_items_out(database: ZoneDatabase) -> None:
    firm = await found_firm(database, trades=["construction"], traits={"gondola": False})
    await database.write(lambda tx: tx.enterprises.set_trait(firm.id, "scaffold", False, by=7, at=NOW))

    def ids(tx: Transaction, on: date) -> set[str]:
        kept = tx.enterprises.get(firm.id)
        assert kept is not None
        return {item.id for item in checklist_for(tx, kept, on)}

    fresh = await database.read(lambda tx: ids(tx, TODAY))
    assert "construction-14" not in fresh
    assert "construction-30" in fresh, "an answer from a list has no age"
    month_later = await database.read(lambda tx: ids(tx, TODAY + timedelta(days=32)))
    assert month_later - fresh == {"construction-14", "construction-15", "construction-16"}


async def test_a_lasting_no_and_the_zones_adoptions_hold_for_good(database: ZoneDatabase) -> None:
    firm = await found_firm(database, trades=["machinery"], traits={"solvent-paint": False})
    await database.write(lambda tx: tx.standards.decide(["fire-15"], True, by=7, at=NOW))

    def ids(tx: Transaction) -> list[str]:
        kept = tx.enterprises.get(firm.id)
        assert kept is not None
        return [item.id for item in checklist_for(tx, kept, TODAY + timedelta(days=400))]

    asked = await database.read(ids)
    assert "machinery-07" not in asked
    assert "fire-15" in asked
