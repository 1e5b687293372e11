"""Photos and voice notes during an inspection: one, an album, sorted to questions, moved, dropped, left for later."""

from checklists.attachments import Attachment
from checklists.inspections import Inspection
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.walks import principal_of, sample_photo, small_shop, to_summary

COLOURS = ("red", "green", "blue")


async def walking(database: ZoneDatabase, services: Services) -> tuple[Inspection, Chat]:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.presses("开始自查")
    run = await database.read(lambda tx: tx.inspections.running(shop))
    assert run is not None
    return run, chat


async def attached(database: ZoneDatabase, run: Inspection) -> list[Attachment]:
    return await database.read(lambda tx: tx.attachments.of_inspection(run.id))


async def places(database: ZoneDatabase, run: Inspection) -> list[int | None]:
    return [a.item for a in await attached(database, run)]


async def sends_album(chat: Chat, album: str = "A1") -> None:
    for colour in COLOURS:
        reply = await chat.sends_photo(sample_photo(colour), album=album)
        assert reply.group == album


async def test_one_photo_belongs_to_the_question(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await chat.sends_photo(sample_photo(), caption="东楼梯口")
    assert chat.text.startswith("<i>照片已记到第 1 题。</i>\n第 1/6 题")
    assert chat.text.endswith("📝 备注：东楼梯口\n📷 照片 1 张")
    [photo] = await attached(database, run)
    assert (photo.item, photo.sha256) == (0, sample_photo().sha256)


async def test_a_voice_note_belongs_to_the_question(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await chat.sends_voice(services.voices.put(b"OggS spoken"))
    assert chat.text.endswith("🎤 语音 1 条")
    assert await places(database, run) == [0]


async def test_an_album_is_kept_whole_and_answered_by_one_card(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await sends_album(chat)
    assert chat.text == (
        "<b>收到 3 张照片，都已存好。放到哪一题？</b>\n"
        "现在放第 1/3 个（10:00 收到）。\n"
        "也可以直接打题号。还没放好的有 3 个。"
    )
    assert chat.labels == ["全部放到第 1 题", "放到第 1 题（刚才那题）", "选别的题", "这个不要", "以后再放"]
    assert await places(database, run) == [None, None, None]


async def test_a_whole_album_goes_to_the_question_by_one_tap(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await sends_album(chat)
    everything = chat.button("全部放到第 1 题").data
    await chat.taps(everything)
    assert chat.toasts == ["3 个都放到第 1 题了。"]
    assert chat.text.startswith("第 1/6 题")
    assert chat.text.endswith("📷 照片 3 张")
    await chat.taps(everything)
    assert await places(database, run) == [0, 0, 0]


async def test_an_album_is_sorted_one_by_one_with_undo(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await sends_album(chat)
    await chat.presses("放到第 1 题（刚才那题）")
    assert "现在放第 2/3 个" in chat.text
    await chat.presses("撤销上一个")
    assert "现在放第 1/3 个" in chat.text
    await chat.presses("选别的题")
    assert chat.text.startswith("<b>放到哪一题？</b>\n▫️ 1. 走道")
    await chat.presses("▫️4")
    await chat.says("第5题")
    await chat.presses("这个不要")
    assert chat.text.startswith("第 1/6 题")
    assert await places(database, run) == [3, 4]


async def test_an_old_button_of_a_placed_photo_does_not_move_it(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await sends_album(chat)
    here = chat.button("放到第 1 题（刚才那题）").data
    await chat.presses("选别的题")
    await chat.presses("▫️6")
    reply = await chat.taps(here)
    assert reply.toast == "这个刚才已经放好了。"
    assert await places(database, run) == [5, None, None]


async def test_photos_left_for_later_are_named_before_submitting(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await sends_album(chat)
    await chat.presses("以后再放")
    await to_summary(chat)
    await chat.presses("还有 3 个照片、语音没放到题下")
    await chat.says("99")
    assert await places(database, run) == [None, None, None]
    await chat.says("2")
    assert await places(database, run) == [1, None, None]


async def test_a_photo_at_the_wrong_question_is_sorted_again(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await chat.sends_photo(sample_photo())
    wrong = chat.button("最后一个放错了").data
    await chat.taps(wrong)
    await chat.says("6")
    assert await places(database, run) == [5]
    assert (await chat.taps(wrong)).toast == "这一个已经拿走了。"
    assert await places(database, run) == [5]


async def test_a_photo_sorted_to_a_hazard_stands_with_it(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await chat.presses("有隐患")
    await chat.presses("稍后再填")
    await sends_album(chat)
    await chat.presses("放到第 1 题的隐患")
    hazard = await database.read(lambda tx: tx.hazards.at_item(run.id, 0))
    assert hazard is not None
    [shown] = await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))
    assert (shown.item, shown.phase) == (0, "before")


async def test_a_photo_at_the_menu_is_kept_to_be_sorted_or_refused_plainly(
    database: ZoneDatabase, services: Services
) -> None:
    shop = await small_shop(database)
    chat = await principal_of(database, services, shop)
    await chat.sends_photo(sample_photo())
    assert chat.text == "照片没有记下：现在没有进行中的自查。先开始自查，到那一题再发照片。"
    await chat.presses("开始自查")
    await chat.says("/start")
    await chat.sends_photo(sample_photo())
    assert chat.text.startswith("<b>收到 1 张照片，都已存好。放到哪一题？</b>")


async def test_a_repeated_photo_is_kept_once(database: ZoneDatabase, services: Services) -> None:
    run, chat = await walking(database, services)
    await chat.sends_photo(sample_photo(), update_id=900_011)
    await chat.sends_photo(sample_photo(), update_id=900_011)
    assert await places(database, run) == [0]
    assert chat.text.endswith("📷 照片 1 张")
