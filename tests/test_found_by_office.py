"""Hazards the office found, at the firm: what was found is written by the office, what was fixed is shown again."""

from datetime import timedelta

import pytest

from checklists.attachments import Phase
from checklists.hazards import Level, Source, State
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.rectifying import Case, new_case, scene

BY_OFFICE = [Source.OFFICIAL_INSPECTION, Source.TIP, Source.TRANSFER, Source.EXPERT]


async def found(case: Case, source: Source, *, words: str = "砂轮机没有防护罩", confirmed: bool = True) -> None:
    """The officer has entered a hazard of this source, with its level or not yet."""

    def unit(tx: Transaction) -> None:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        hazard = tx.hazards.open(
            enterprise_id=case.shop,
            source=source,
            inspection_id=None,
            item=None,
            criterion_id=None,
            clause="《安全生产法》第三十六条",
            level=Level.GENERAL,
            year=2026,
            by=officer.id,
            at=NOW,
            words=words,
        )
        if confirmed:
            tx.hazards.confirm_level(hazard, Level.GENERAL, by=officer.id, at=NOW)

    await case.database.write(unit)


async def phases(case: Case) -> list[str]:
    hazard = await case.hazard()
    return [a.phase for a in await case.database.read(lambda tx: tx.attachments.of_hazard(hazard.id))]


@pytest.mark.parametrize("source", BY_OFFICE)
async def test_the_firm_does_not_write_into_what_the_office_found(
    database: ZoneDatabase, services: Services, source: Source
) -> None:
    case = await new_case(database, services)
    await found(case, source)
    case.later(minutes=10)
    await case.opens(case.principal)
    await case.principal.presses("接着填")
    await case.principal.says("根本没有这回事")
    assert case.principal.text.startswith("<i>您写的没有记下。查出的情况由办公室写。</i>")
    assert case.principal.labels == ["立查立改：现在就改好", "限期整改", "稍后再填"], "still at the same step"
    await case.principal.sends_photo(scene(services, 1), caption="根本没有这回事")
    assert case.principal.text.startswith("<i>照片已存好。附的文字没有记下。查出的情况由办公室写。</i>")
    await case.principal.sends_voice(services.voices.put(b"OggS firm"))
    assert (await case.hazard()).words == "砂轮机没有防护罩"
    assert await phases(case) == [Phase.BEFORE, ""]
    await case.principal.presses("限期整改")
    await case.principal.presses("责任人")
    await case.principal.says("周班长")
    assert (await case.hazard()).arrangements.responsible == "周班长"


async def test_what_the_office_has_not_described_yet_waits_for_the_office(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await found(case, Source.TRANSFER, words="", confirmed=False)
    await case.opens(case.principal)
    assert "接着填" not in case.principal.labels
    hazard = await case.hazard()
    for old in (f"zn:{pack(hazard.id)}", f"zs:{pack(hazard.id)}:words"):
        await case.principal.taps(old)
        assert "写一句哪里不对" not in case.principal.text
    await case.principal.taps(f"zq:{pack(hazard.id)}:{pack(hazard.version)}:q")
    await case.opens(case.principal)
    await case.principal.sends_voice(services.voices.put(b"OggS firm"))
    await case.principal.says("根本没有这回事")
    assert (await case.hazard()).words == ""


async def test_a_doubtful_photo_of_what_was_fixed_on_the_spot_is_taken_again_as_advised(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await found(case, Source.OFFICIAL_INSPECTION)
    await case.opens(case.principal)
    await case.principal.presses("接着填")
    await case.principal.presses("立查立改")
    await case.principal.sends_photo(scene(services, 1), forwarded_at=NOW - timedelta(days=3))
    assert case.principal.text.startswith(
        "<i>隐患 BH-2026-0001 已立查立改，等待复核。这张是转发来的，原发于2026年11月20日，早于发现隐患。"
        "请在改好的地方现在拍一张。请先点“撤回提交”，再点“接着填”重拍。</i>"
    )
    assert (await case.hazard()).state is State.FIXED_ON_SPOT
    await case.principal.presses("撤回提交")
    await case.principal.presses("接着填")
    await case.principal.presses("立查立改")
    await case.principal.sends_photo(scene(services, 2), caption="护罩装上了")
    assert case.principal.text.startswith("<i>隐患 BH-2026-0001 已立查立改，等待复核。附的文字没有记下。</i>")
    assert await phases(case) == [Phase.AFTER, Phase.AFTER]
