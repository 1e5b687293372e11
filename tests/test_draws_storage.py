"""Random draws as they are kept: reproducible from the row, fair to ties, and joined to the inspections they led to."""

import pytest

from checklists.draws import is_as_drawn
from checklists.official_inspections import Mode
from checklists.people import Role
from storage.database import ZoneDatabase
from storage.draws import DrawRefused
from storage.transaction import Transaction
from tests.conftest import NOW


def firms(tx: Transaction, number: int) -> list[int]:
    """So many firms of the zone."""
    return [tx.enterprises.add(name=f"样例{n}厂", uscc=f"{n:018}", at=NOW).id for n in range(number)]


def inspector(tx: Transaction, name: str) -> int:
    """Somebody of the office who inspects."""
    made = tx.people.add(name=name, telegram_id=None, at=NOW)
    tx.people.assign(made.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
    return made.id


async def test_a_kept_draw_can_be_drawn_again_and_two_stand_side_by_side(database: ZoneDatabase) -> None:
    def unit(tx: Transaction) -> None:
        pool, inspectors = firms(tx, 12), [inspector(tx, "赵监管"), inspector(tx, "钱审核"), inspector(tx, "孙科长")]
        for _ in range(2):
            made = tx.draws.make(
                pool_words="全部企业", pool=pool, inspectors=inspectors, number=5, by=inspectors[0], at=NOW
            )
            assert is_as_drawn(made)
            assert len(made.firms) == 5
            assert set(made.pool) == set(pool)
            assert (made.pool_words, made.made_by, made.made_at) == ("全部企业", inspectors[0], NOW)
        newer, older = tx.draws.recent(limit=5)
        assert newer == made
        assert newer.seed != older.seed
        assert tx.draws.count() == 2
        assert tx.draws.recent(limit=5, offset=1) == [older]
        [event, *_] = [e for e in tx.trail.of("draw", made.id) if e.what == "draw_made"]
        assert made.seed in str(event)

    await database.write(unit)


async def test_whoever_belongs_to_a_firm_is_not_sent_there(database: ZoneDatabase) -> None:
    def unit(tx: Transaction) -> None:
        pool, inspectors = firms(tx, 4), [inspector(tx, "赵监管"), inspector(tx, "钱审核")]
        tx.people.assign(inspectors[0], Role.CONTROLLER, enterprise_id=pool[0], at=NOW, by=None)
        for person in inspectors:
            tx.people.assign(person, Role.WORKER, enterprise_id=pool[1], at=NOW, by=None)
        made = tx.draws.make(
            pool_words="全部企业", pool=pool, inspectors=inspectors, number=9, by=inspectors[0], at=NOW
        )
        sent = {d.enterprise_id: d.inspectors for d in made.firms}
        assert set(sent) == {pool[0], pool[2], pool[3]}, "a firm nobody may go to is not drawn"
        assert sent[pool[0]] == (inspectors[1],)
        assert made.ties == {inspectors[0]: {pool[0]}, inspectors[1]: set()}, "only firms that could be drawn"
        assert is_as_drawn(made)
        # Who leaves the firm later changes nothing: the ties of the day stand in the row.
        tx.people.withdraw(inspectors[0], Role.CONTROLLER, enterprise_id=pool[0], at=NOW, by=None)
        kept = tx.draws.get(made.id)
        assert kept is not None
        assert is_as_drawn(kept)

    await database.write(unit)


async def test_there_must_be_firms_and_inspectors(database: ZoneDatabase) -> None:
    def unit(tx: Transaction) -> None:
        pool, officer = firms(tx, 2), inspector(tx, "赵监管")
        wrong = [
            {"pool": [], "inspectors": [officer], "number": 3},
            {"pool": pool, "inspectors": [], "number": 3},
            {"pool": pool, "inspectors": [officer], "number": 0},
        ]
        for values in wrong:
            with pytest.raises(DrawRefused):
                tx.draws.make(pool_words="全部企业", by=officer, at=NOW, **values)  # type: ignore[arg-type]
        assert tx.draws.count() == 0

    await database.write(unit)


async def test_a_drawn_firm_is_inspected_once_and_anew_after_an_abandoned_one(database: ZoneDatabase) -> None:
    def unit(tx: Transaction) -> None:
        pool, officer = firms(tx, 3), inspector(tx, "赵监管")
        made = tx.draws.make(pool_words="全部企业", pool=pool, inspectors=[officer], number=2, by=officer, at=NOW)
        drawn = made.firms[0].enterprise_id
        outside = next(firm for firm in pool if firm not in {d.enterprise_id for d in made.firms})
        assert tx.draws.waiting_at(drawn) == made
        assert tx.draws.waiting_at(outside) is None
        with pytest.raises(LookupError):
            tx.draws.begin(made, outside, inspectors="赵监管", by=officer, at=NOW)
        begun = tx.draws.begin(made, drawn, inspectors="赵监管", by=officer, at=NOW)
        assert begun.mode is Mode.RANDOM
        kept = tx.draws.get(made.id)
        assert kept is not None
        assert tx.draws.begin(kept, drawn, inspectors="别人", by=officer, at=NOW) == begun
        assert tx.draws.inspected(kept) == {drawn: begun}
        assert tx.draws.waiting_at(drawn) is None
        assert tx.draws.of_inspection(begun.id) == kept
        assert is_as_drawn(kept)
        tx.official_inspections.abandon(begun, by=officer, at=NOW)
        assert tx.draws.inspected(kept) == {}
        assert tx.draws.waiting_at(drawn) == kept
        again = tx.draws.begin(kept, drawn, inspectors="赵监管", by=officer, at=NOW)
        assert again.id != begun.id

    await database.write(unit)


async def test_another_zone_sees_no_draw(database: ZoneDatabase) -> None:
    def here(tx: Transaction) -> int:
        pool, officer = firms(tx, 1), inspector(tx, "赵监管")
        return tx.draws.make(pool_words="全部企业", pool=pool, inspectors=[officer], number=1, by=officer, at=NOW).id

    draw_id = await database.write(here)

    def elsewhere(tx: Transaction) -> None:
        tx.zones.found(code="NH", name="南湖街道", plan_id="heelun-2024", at=NOW)
        assert tx.draws.get(draw_id) is None
        assert tx.draws.recent(limit=9) == []

    await database.database.zone(2).write(elsewhere)
