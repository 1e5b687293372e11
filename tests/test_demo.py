"""The sample zone: what a newcomer finds when the page opens."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo import load_sample, settle_zone
from bot.launching import SANDBOX_TOKEN, sandbox_settings
from bot.program import make_services, open_zone
from bot.sandbox.world import World
from checklists.duties import PRINCIPAL_INSPECTION
from handlers.duties import plan_duties
from handlers.standards import checklist_for
from handlers.words import SHANGHAI
from storage.transaction import Transaction

A_SUNDAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FIRST_OF_A_QUARTER = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)


def seen(tx: Transaction, now: datetime) -> dict[str, object]:
    """Plan the duties as the first tick does, then look as the office would."""
    zone, today = tx.zones.current(), now.astimezone(SHANGHAI).date()
    assert zone is not None
    plan_duties(tx, zone, now)
    firms = {firm.name.partition("（")[0]: firm for firm in tx.enterprises.all()}
    standing = tx.reports.standing(PRINCIPAL_INSPECTION, today)
    half = tx.inspections.running(firms["宏达铸造"].id)
    meal = tx.hazards.of_enterprise(firms["红柳饭店"].id)
    wood = checklist_for(tx, firms["启明木业"], today)
    return {
        "owed": (standing.owed, standing.done, standing.overdue),
        "half": half and half.progress.answered,
        "hazards": [h.words for h in meal],
        "unprofiled": [name for name, firm in firms.items() if firm.profiled_at is None],
        "spirits": any("白酒" in item.ask for item in wood),
        "sander": any("砂光机" in item.ask for item in wood),
    }


@pytest.mark.parametrize("now", [A_SUNDAY, FIRST_OF_A_QUARTER])
async def test_two_firms_have_submitted_one_is_half_done_one_is_overdue_and_one_has_no_profile(
    now: datetime, tmp_path: Path
) -> None:
    settings = sandbox_settings(tmp_path, "http://127.0.0.1:1")
    services = make_services(settings, bot_name="zicha_sandbox_bot")
    world = World(name="安全自查", token=SANDBOX_TOKEN)
    async with open_zone(settings, now=now) as database:
        for _ in range(2):  # a kept zone is left as it is
            await settle_zone(database, world, services, now=now)
        assert await database.write(lambda tx: seen(tx, now)) == {
            "owed": (12, 2, 1),
            "half": 7,
            "hazards": ["二号灶后面的软管已经变硬开裂"],
            "unprofiled": ["燕岭纺织"],
            "spirits": False,
            "sander": True,
        }


def test_everybody_of_the_sample_is_plainly_a_sample() -> None:
    sample = load_sample()
    assert all(firm.name.endswith("（示例）") for firm in sample.enterprises)
    assert len({person.telegram_id for person, _place in sample.everybody}) == len(sample.everybody) == 18
