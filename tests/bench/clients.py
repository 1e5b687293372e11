"""The bots that are compared, each in a process of its own.

`python -m tests.bench.clients NAME BASE_URL [DATABASE FOLDER]` is started by the measurements, not by hand.
"""

import asyncio
import itertools
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes

from bot.telegram import AiohttpRequest
from tests.bench.counterpart import keyboard
from tests.bench.measuring import BOT_CORE, TOKEN, pin
from tests.conftest import NOW

_numbers = itertools.count(1)
CONNECTIONS = 64


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer the press and show another card, as every tap of an inspection does."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    rows = keyboard(f"ia:{next(_numbers)}")["inline_keyboard"]
    markup = InlineKeyboardMarkup([[InlineKeyboardButton(**button) for button in row] for row in rows])
    text = (
        f"第 {next(_numbers)}/48 题 · 机械\n▓▓▓░░░░░░░ 已答 15\n\n<b>作业场所是否设置明显的安全警示标志，"
        "危险部位的防护装置是否完好？</b>\n\n👀 看哪里：大门、配电箱、吊装区、冲压设备的双手按钮和光电保护"
    )
    await query.edit_message_text(text, parse_mode="HTML", reply_markup=markup)


def _run_echo(builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any], base_url: str) -> None:
    application: Application[Any, Any, Any, Any, Any, Any] = (
        builder.token(TOKEN).base_url(f"{base_url}/bot").base_file_url(f"{base_url}/file/bot").build()
    )
    application.add_handler(CallbackQueryHandler(echo))
    application.run_polling(allowed_updates=["callback_query"])


def stock(base_url: str) -> None:
    """python-telegram-bot as its manual begins: polling, httpx, one update after the other."""
    _run_echo(ApplicationBuilder(), base_url)


def echo_aiohttp(base_url: str) -> None:
    """The same echo over this project's HTTP client, 64 updates at once."""
    builder = ApplicationBuilder().request(AiohttpRequest(connections=CONNECTIONS))
    builder = builder.get_updates_request(AiohttpRequest(connections=2)).concurrent_updates(CONNECTIONS)
    _run_echo(builder, base_url)


def zicha(base_url: str, address: str, folder: str) -> None:
    """The whole bot: poll, handler, one committed transaction, answer and edit."""
    from bot.program import Program, open_zone  # the echo bots should not carry our modules
    from bot.settings import load

    settings = load(
        token=TOKEN,
        database_url=address,
        data_folder=Path(folder),
        zone_code="BH",
        zone_name="滨河开发区",
        base_url=base_url,
        log_level="WARNING",
    )

    async def live() -> None:
        async with open_zone(settings, now=NOW) as database:
            program = Program(settings, database, poll_s=1)
            await program.start()
            await program.run()

    asyncio.run(live())


def bare(base_url: str) -> None:
    """No bot at all: the cheapest client there is, to see how much the counterpart can take."""
    asyncio.run(_bare(base_url))


async def _bare(base_url: str) -> None:
    host, _, port = base_url.removeprefix("http://").partition(":")
    edited = {"text": "第 2/48 题", "reply_markup": keyboard("ia:2"), "parse_mode": "HTML"}

    async def connect() -> "_Line":
        return _Line(*await asyncio.open_connection(host, int(port)))

    lines: asyncio.Queue[_Line] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        lines.put_nowait(await connect())
    poll = await connect()

    async def tap(query: dict[str, Any]) -> None:
        line = await lines.get()
        await line.call("answerCallbackQuery", {"callback_query_id": query["id"]})
        card = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        await line.call("editMessageText", {**card, **edited, "text": f"第 {query['id']} 题"})
        lines.put_nowait(line)

    offset = 0
    while True:
        updates = (await poll.call("getUpdates", {"offset": offset, "timeout": 1}))["result"]
        if updates:
            offset = updates[-1]["update_id"] + 1
        await asyncio.gather(*(tap(update["callback_query"]) for update in updates))


class _Line:
    """One keep-alive connection that sends JSON and reads one answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def call(self, method: str, parameters: dict[str, Any]) -> Any:
        body = orjson.dumps(parameters)
        head = (
            f"POST /bot{TOKEN}/{method} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        head_read = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head_read.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return orjson.loads(await self._reader.readexactly(length))


CLIENTS: dict[str, Callable[..., None]] = {"stock": stock, "echo_aiohttp": echo_aiohttp, "zicha": zicha, "bare": bare}


def main() -> None:
    pin(BOT_CORE)
    logging.basicConfig(level=logging.WARNING)
    name, *arguments = sys.argv[1:]
    CLIENTS[name](*arguments)


if __name__ == "__main__":
    main()
