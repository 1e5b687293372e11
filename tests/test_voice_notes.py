"""Voice notes of findings and reports: kept, told to be kept, asked for words, and played to those who may hear."""

from datetime import timedelta

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard
from checklists.people import Role
from handlers.renderers import RENDERERS, render
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import ICE, found_firm, somebody

Cast = tuple[Enterprise, Chat, Chat]
KEPT = "语音已存好，以后可以再听。还请写几个字：台账和文书里要用。"


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管 at the menu, and 王厂长 of the shop."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await officer.says("/start")
    return firm, officer, principal


async def hazards(database: ZoneDatabase, firm: Enterprise) -> list[Hazard]:
    return sorted(await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)), key=lambda h: h.sequence)


async def at_the_inspection(officer: Chat) -> None:
    await officer.presses("监督检查")
    await officer.says("木业")
    await officer.presses("样例木业有限公司")
    await officer.presses("夜查")


async def test_a_spoken_finding_is_kept_and_still_asks_for_words(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    await at_the_inspection(officer)
    await officer.sends_voice(services.voices.put(b"OggS first"))
    assert officer.toasts[-1] == "隐患 BH-2026-0001 已记下。"
    assert officer.text == (
        f"<i>{KEPT}</i>\n⚠️ <b>隐患 BH-2026-0001</b>\n样例木业有限公司 · 监督检查\n🎤 语音 1 条\n\n"
        "<b>写一句哪里不对。</b>照片可以继续发。"
    )
    await officer.says("二楼窗户焊了防盗网")
    await officer.sends_voice(services.voices.put(b"OggS second"))
    assert officer.text.startswith("<i>语音已存好。</i>")
    assert "🎤 语音 2 条" in officer.text
    [hazard] = await hazards(database, firm)
    await officer.taps(f"z:{pack(hazard.id)}")
    await officer.presses("🎤 听语音（2）")
    notes = officer.documents[-2:]
    assert [n.content for n in notes] == [b"OggS first", b"OggS second"]
    assert all(n.is_voice for n in notes)
    assert notes[0].caption == "隐患 BH-2026-0001　赵监管　11月23日 10:00"
    # What the office has spoken stays in the office.
    await principal.taps(f"z:{pack(hazard.id)}")
    assert not any("听语音" in label for label in principal.labels)
    await principal.taps(f"rh:{pack(hazard.id)}")
    assert principal.toasts[-1] == "这条隐患没有您能听的语音。"

    def leaves(tx: Transaction) -> None:
        person = tx.people.by_telegram(officer.telegram_id)
        assert person is not None
        tx.people.withdraw(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)

    await database.write(leaves)
    await principal.taps(f"rh:{pack(hazard.id)}")
    assert principal.documents == [], "also when the officer has left the office"


async def test_a_voice_note_enters_a_hazard_from_another_source(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    await officer.taps(f"jg:{pack(firm.id)}:tr")
    await officer.sends_voice(services.voices.put(b"OggS transfer"))
    assert officer.text.startswith(f"<i>{KEPT}</i>")
    [hazard] = await hazards(database, firm)
    assert hazard.words == ""
    await officer.presses("看这条隐患")
    await officer.presses("🎤 听语音（1）")
    assert officer.documents[-1].content == b"OggS transfer"


async def test_a_workers_voice_reaches_the_head_and_the_office_and_nobody_else(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    worker = await somebody(database, services, 2002, "小张", Role.WORKER, firm=firm)
    other_firm = await found_firm(database, name="样例冷库", uscc=ICE, trades=("warehousing",))
    neighbour = await somebody(database, services, 2003, "李老板", Role.PRINCIPAL, firm=other_firm)
    await worker.says("/start")
    await worker.presses("⚠️ 报告隐患")
    await worker.sends_voice(services.voices.put(b"OggS worker"))
    assert worker.text == (
        f"<i>{KEPT}</i>\n✅ <b>已报告：隐患 BH-2026-0001</b>\n🎤 语音 1 条\n\n<b>再写一句哪里不对。</b>"
    )
    await worker.says("安全阀漏气")
    assert "🎤 语音 1 条" in worker.text
    [hazard] = await hazards(database, firm)

    def card(tx: Transaction) -> list[str]:
        person = tx.people.by_telegram(principal.telegram_id)
        assert person is not None
        delivery = tx.deliveries.last_of(person.id, "worker_report")
        assert delivery is not None
        outgoing = render(RENDERERS, tx, services, delivery, NOW)
        assert outgoing is not None
        assert outgoing.screen is not None
        return [b.label for row in outgoing.screen.buttons for b in row]

    assert await database.read(card) == ["🎤 听语音", "去确认"]
    for listener in (principal, officer):
        await listener.taps(f"rh:{pack(hazard.id)}")
        assert listener.documents[-1].content == b"OggS worker"
    for outsider in (worker, neighbour):
        await outsider.taps(f"rh:{pack(hazard.id)}")
        assert outsider.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
        assert outsider.documents == []


async def test_the_firm_hears_what_its_own_people_said_of_a_finding_of_the_office(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    await at_the_inspection(officer)
    await officer.sends_voice(services.voices.put(b"OggS officer"))
    await officer.says("今天下雨了")
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.presses("由企业定期限")
    [hazard] = await hazards(database, firm)
    principal.now += timedelta(minutes=1)
    await principal.taps(f"zn:{pack(hazard.id)}")
    await principal.presses("限期整改")
    await principal.presses("全部采用")
    await principal.presses("交整改")
    await principal.sends_voice(services.voices.put(b"OggS firm"))
    await principal.taps(f"z:{pack(hazard.id)}")
    await principal.presses("🎤 听语音（1）")
    assert [d.content for d in principal.documents] == [b"OggS firm"]
    await officer.taps(f"rh:{pack(hazard.id)}")
    assert [d.content for d in officer.documents] == [b"OggS officer", b"OggS firm"]


async def test_a_lost_file_is_said_and_the_others_are_played(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    await at_the_inspection(officer)
    await officer.sends_voice("0" * 64)
    await officer.sends_voice(services.voices.put(b"OggS there"))
    [hazard] = await hazards(database, firm)
    reply = await officer.taps(f"rh:{pack(hazard.id)}")
    assert [d.content for d in reply.documents] == [b"OggS there"]
    assert reply.toast == "有 1 条语音的文件不在了，请告诉管理员。"
