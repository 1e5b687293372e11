"""Looking at the photos of a hazard: who sees which, under which label, four to a sheet."""

import io

import pytest
from PIL import Image
from sqlalchemy import update

from checklists.hazards import Source
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.tables import hazards
from storage.transaction import Transaction
from tests.chat import Chat
from tests.rectifying import Case, hands_in, rectifying_case, scene


async def looks(case: Case, chat: Chat, label: str) -> Image.Image:
    """Open the hazard and press 看照片; the sheet as it is sent."""
    await case.opens(chat)
    await chat.presses(label)
    assert chat.screen.picture is not None
    return Image.open(io.BytesIO(chat.screen.picture()))


async def comes_from_a_tip(case: Case) -> None:
    def unit(tx: Transaction) -> None:
        tx.connection.execute(update(hazards).values(source=Source.TIP.value))

    await case.database.write(unit)


async def test_the_firm_sees_what_it_has_to_put_right_and_both_see_what_was_done(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    assert (await looks(case, case.principal, "看照片（1）")).size == (636, 692)
    assert case.principal.text == "🖼 <b>隐患 BH-2026-0001 的照片</b>　整改中\n二楼窗户焊了防盗网"
    await hands_in(case)
    for chat in (case.principal, case.officer, case.reviewer):
        assert (await looks(case, chat, "看照片（2）")).size == (1280, 692)
        await chat.presses("返回这条隐患")
        assert chat.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")


async def test_more_than_four_stand_on_the_next_sheet_and_a_restart_finds_it_again(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    for number in range(2, 6):
        await case.principal.sends_photo(scene(services, number))
    await case.principal.presses("看照片（5）")
    assert "1/2" in case.principal.labels
    await case.principal.presses("下一页")
    assert case.principal.screen.picture is not None
    assert Image.open(io.BytesIO(case.principal.screen.picture())).size == (636, 692)
    await case.principal.says("照片呢")
    assert case.principal.labels == ["‹ 上一页", "2/2", "返回这条隐患", "返回首页"]


async def test_a_photo_that_somebody_gave_the_office_is_not_shown_to_the_firm(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.principal)
    old_button = case.principal.button("看照片").data
    assert "📷 照片 1 张" in case.principal.text
    await comes_from_a_tip(case)
    await case.opens(case.principal)
    assert not any("看照片" in label for label in case.principal.labels)
    assert "📷" not in case.principal.text
    await case.opens(case.officer)
    assert "📷 照片 1 张" in case.officer.text
    await case.principal.taps(old_button)
    assert case.principal.toasts[-1] == "这条隐患没有照片。"
    await hands_in(case)
    assert (await looks(case, case.principal, "看照片（1）")).size == (636, 692)
    assert (await looks(case, case.officer, "看照片（2）")).size == (1280, 692)


async def test_who_judges_what_came_from_a_tip_is_told_that_the_firm_reads_it(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    care = "企业看得到您写的。不要写谁举报的，也不要提举报来的照片。"
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    await case.reviewer.presses("退回重改")
    assert care not in case.reviewer.text
    await comes_from_a_tip(case)
    for label in ("退回重改", "虚假整改"):
        await case.opens(case.reviewer)
        await case.reviewer.presses("复查")
        await case.reviewer.presses(label)
        assert care in case.reviewer.text


async def test_the_firm_keeps_what_it_sent_itself_whatever_led_to_the_hazard(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await comes_from_a_tip(case)
    case.later(hours=1)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    await case.principal.sends_voice(services.voices.put(b"OggS ours"))
    await case.opens(case.principal)
    assert "🎤 语音 1 条" in case.principal.text
    await case.principal.presses("🎤 听语音（1）")
    assert case.principal.documents[-1].content == b"OggS ours"


@pytest.mark.parametrize("words", ["隐患 2026-0001", "2026-0001", "BH-2026-0001", " 2026—0001", "hazard 2026-0001"])
async def test_its_number_opens_a_hazard_from_any_screen(
    database: ZoneDatabase, services: Services, words: str
) -> None:
    case = await rectifying_case(database, services)
    await case.opens(case.officer)
    await case.officer.presses("经过")
    await case.officer.says(words)
    assert case.officer.text.startswith("⚠️ <b>隐患 BH-2026-0001</b>")
