"""The real python-telegram-bot client talks to the stand-in as to Telegram."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.sandbox.server import SandboxServer, create_app
from bot.sandbox.world import World
from tests.sandbox import TOKEN, Sandbox, picture, running_sandbox


@asynccontextmanager
async def bot_of(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, base_url=f"{sandbox.base_url}/bot", base_file_url=f"{sandbox.base_url}/file/bot")
    async with bot:
        yield bot


async def all_updates(bot: Bot, offset: int = 0) -> list[Update]:
    return list(await bot.get_updates(offset=offset, timeout=0, allowed_updates=Update.ALL_TYPES))


YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("合格", callback_data="ok:1"), InlineKeyboardButton("有隐患", callback_data="bad:1")]]
)


async def test_nothing_a_bot_asks_waits_for_the_network_to_acknowledge_half_an_answer() -> None:
    server = SandboxServer(create_app(World(token=TOKEN)))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    [listening] = server.servers[0].sockets
    assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    server.should_exit = True
    await serving


async def test_a_person_writes_presses_and_sees_the_card_change() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        wang = await sandbox.person("王厂长")
        await wang.starts("zone-1")
        (update,) = await all_updates(bot)
        assert update.message is not None and update.message.text == "/start zone-1"
        assert [(e.type, e.offset, e.length) for e in update.message.entities] == [("bot_command", 0, 6)]

        card = await bot.send_message(wang.id, "<b>第 1/24 题</b> 通道畅通吗？", parse_mode="HTML", reply_markup=YES_NO)
        assert card.text == "第 1/24 题 通道畅通吗？"
        assert await wang.buttons() == [["合格", "有隐患"]]

        await wang.taps("有隐患")
        (update, press) = await all_updates(bot, offset=update.update_id)
        assert press.callback_query is not None and press.callback_query.data == "bad:1"
        assert len(sandbox.world.unanswered_presses()) == 1
        await press.callback_query.answer("已记下")
        assert await wang.toasts() == ["已记下"]
        assert sandbox.world.unanswered_presses() == []

        await press.callback_query.edit_message_text("第 2/24 题")
        assert await wang.screen() == ["/start zone-1", "第 2/24 题"]
        assert await wang.buttons() == []
        assert await all_updates(bot, offset=press.update_id + 1) == []
        await sandbox.idle()


async def test_photos_albums_and_documents_go_both_ways() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        wang = await sandbox.person()
        await wang.photo(picture("blue", (2000, 1000)), "配电箱")
        await wang.album([picture("red"), picture("green")], "两张")
        await wang.document("名称,地址\n".encode(), "企业.csv", "text/csv")
        await wang.voice()
        photo, first, second, document, voice = [u.message for u in await all_updates(bot) if u.message]
        assert [(size.width, size.height) for size in photo.photo] == [
            (90, 45),
            (320, 160),
            (800, 400),
            (1280, 640),
        ]
        assert photo.caption == "配电箱"
        assert first.media_group_id and first.media_group_id == second.media_group_id
        assert (first.caption, second.caption) == ("两张", None)
        assert document.document is not None and document.document.file_name == "企业.csv"
        assert voice.voice is not None
        file = await bot.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == "名称,地址\n".encode()
        await sandbox.control.post("faults", {"method": "file", "error_code": 404})
        with pytest.raises(TelegramError):
            await file.download_as_bytearray()
        image = await (await bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()
        assert image.startswith(b"\xff\xd8")

        sent = await bot.send_photo(wang.id, picture("yellow"), caption="收到")
        await bot.send_photo(wang.id, sent.photo[-1].file_id)
        record = await bot.send_document(wang.id, b"%PDF-1.7", filename="自查记录.pdf")
        assert record.document is not None and record.document.file_name == "自查记录.pdf"
        album = await bot.send_media_group(
            wang.id,
            [
                InputMediaPhoto(picture("red")),
                InputMediaPhoto(picture("blue"), caption="*粗*", parse_mode="MarkdownV2"),
            ],
        )
        assert [message.caption for message in album] == [None, "粗"]
        with pytest.raises(BadRequest, match="Wrong remote file identifier specified"):
            await bot.send_photo(wang.id, "nonsense")


async def test_refusals_reach_the_client_as_the_exceptions_it_knows() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        wang = await sandbox.person()
        with pytest.raises(Forbidden, match="can't initiate conversation with a user"):
            await bot.send_message(wang.id, "您好")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(99, "您好")
        await wang.starts()
        await wang.blocks()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(wang.id, "您好")
        await wang.blocks(False)
        message = await bot.send_message(wang.id, "您好")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await message.edit_text("您好")
        with pytest.raises(BadRequest, match="Can't parse entities: unsupported start tag"):
            await bot.send_message(wang.id, "<x>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(wang.id, "字" * 4097)
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            button = InlineKeyboardButton("长", callback_data="隐" * 22)
            await bot.send_message(wang.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))
        group = await sandbox.group("安全群", wang)
        moved = (await sandbox.control.post("migrate", {"chat_id": group}))["id"]
        with pytest.raises(ChatMigrated) as migrated:
            await bot.send_message(group, "您好")
        assert migrated.value.new_chat_id == moved
        assert (await bot.send_message(moved, "您好")).chat.type == "supergroup"
        await sandbox.control.post("join", {"chat_id": moved, "status": "kicked"})
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(moved, "您好")


async def test_troubles_on_order_strike_as_often_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        wang = await sandbox.person(started=True)
        order = sandbox.control.post
        await order("faults", {"method": "sendMessage", "error_code": 429, "parameters": {"retry_after": 7}})
        with pytest.raises(RetryAfter) as wait:
            await bot.send_message(wang.id, "一")
        assert wait.value.retry_after == timedelta(seconds=7)
        await order("faults", {"method": "sendMessage", "error_code": 502, "description": "Bad Gateway"})
        with pytest.raises(NetworkError):
            await bot.send_message(wang.id, "二")
        await order("faults", {"method": "sendMessage", "drop": True, "times": 2})
        for text in ("三", "四"):
            with pytest.raises(NetworkError):
                await bot.send_message(wang.id, text)
        await order("faults", {"method": "sendMessage", "drop": True, "applied": True})
        with pytest.raises(NetworkError):
            await bot.send_message(wang.id, "五")
        await bot.send_message(wang.id, "六")
        assert await wang.screen() == ["五", "六"]
        await order("faults", {"method": "sendMessage", "error_code": 400, "times": 9})
        await sandbox.control.delete("faults")
        await bot.send_message(wang.id, "七")


async def test_commands_are_kept_per_scope_and_language() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        await bot.set_my_commands([BotCommand("zicha", "开始自查")])
        await bot.set_my_commands([BotCommand("zicha", "inspect")], language_code="en")
        assert [command.description for command in await bot.get_my_commands()] == ["开始自查"]
        assert [command.description for command in await bot.get_my_commands(language_code="en")] == ["inspect"]
        await bot.delete_my_commands()
        assert await bot.get_my_commands() == ()
        await bot.set_my_description("企业自查")
        assert (await bot.get_my_description()).description == "企业自查"


async def test_reply_keyboards_are_shown_and_taken_away_but_never_echoed() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        wang = await sandbox.person(started=True)
        message = await bot.send_message(wang.id, "菜单", reply_markup=ReplyKeyboardMarkup([["开始自查", "我的隐患"]]))
        assert message.reply_markup is None
        assert await wang.keyboard() == [["开始自查", "我的隐患"]]
        await wang.taps("开始自查")
        (update,) = await all_updates(bot)
        assert update.message is not None and update.message.text == "开始自查"
        await bot.send_message(wang.id, "好", reply_markup=ReplyKeyboardRemove())
        assert await wang.keyboard() == []


async def test_a_wrong_token_is_refused() -> None:
    async with running_sandbox() as sandbox:
        bot = Bot("1:x", base_url=f"{sandbox.base_url}/bot")
        with pytest.raises(InvalidToken):
            await bot.initialize()
        await bot.shutdown()


async def test_the_client_times_out_when_the_answer_is_late() -> None:
    async with running_sandbox() as sandbox, bot_of(sandbox) as bot:
        await sandbox.control.post("latency", {"latency_s": 0.3})
        with pytest.raises(TimedOut):
            await bot.get_chat(1, read_timeout=0.05)
        await asyncio.sleep(0.3)
        sandbox.world.latency_s = 0
