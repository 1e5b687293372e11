"""Moving the sandbox's clock: the bot lives through the morning it jumps over."""

from datetime import UTC, datetime
from pathlib import Path

from checklists.people import Role
from handlers.duties import plan_enterprises
from storage.transaction import Transaction
from tests.living import running_town

SUNDAY = datetime.fromisoformat("2026-11-22T10:45:00+08:00")
MONDAY_AT_NINE = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
LAST_QUARTER = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


async def test_what_the_office_sends_in_the_morning_is_sent_in_the_morning(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path, now=SUNDAY) as town:
        officer = await town.meets("周监管员", Role.OFFICER)
        home = await town.enterprise("安康养老院", trades=("elderly-care",))
        principal = await town.meets("张院长", Role.PRINCIPAL, home)

        def owe(tx: Transaction) -> None:
            zone = tx.zones.current()
            assert zone is not None
            plan_enterprises(tx, zone, [home], now=LAST_QUARTER)

        await town.database.write(owe)
        await town.program.tick()
        await town.moves_to(MONDAY_AT_NINE)
        report, reminder = (await officer.screen())[-1], (await principal.screen())[-1]
        assert "自查：本期应做 1 家，已完成 0 家，逾期 1 家。" in report
        assert "网络可能不通" not in report
        assert "⚠️ 安康养老院：2026年第三季度自查已过期54天" in reminder
        assert town.clock.now() >= MONDAY_AT_NINE
