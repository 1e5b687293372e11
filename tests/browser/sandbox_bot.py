"""A small scripted bot, which speaks the Bot API over HTTP as any bot would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.sandbox import TOKEN

RECORD = b"%PDF-1.4\n" + bytes(range(256)) * 40
WELCOME_KEYS = [
    [{"text": "合格", "callback_data": "ok"}, {"text": "依据", "callback_data": "why"}],
    [{"text": "下一题", "callback_data": "edit"}, {"text": "收起", "callback_data": "delete"}],
    [{"text": "接受邀请", "url": "https://t.me/zicha_sandbox_bot?start=inv_123"}],
    [{"text": "慢", "callback_data": "slow"}],
]
RICH = (
    "<b>粗体</b> <i>斜</i> <code>ZC-0001</code> <tg-spoiler>秘密</tg-spoiler>\n"
    '<blockquote>依据原文</blockquote><a href="https://example.com/">链接</a> &lt;img src=x onerror=alert(1)&gt;'
)


@dataclass
class ScriptedBot:
    """Answers a fixed set of words and presses; `hold` keeps the answer to "慢" back until it is set."""

    base_url: str
    session: aiohttp.ClientSession
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: str, **values: Any) -> Any:
        async with self.session.post(f"{self.base_url}/bot{TOKEN}/{method}", json=values) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def run(self) -> None:
        commands = [{"command": "start", "description": "回到首页"}, {"command": "zicha", "description": "开始自查"}]
        await self.call("setMyCommands", commands=commands)
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self.hear(update["message"])
                elif "callback_query" in update:
                    await self.pressed(update["callback_query"])

    async def hear(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            keyboard = {"inline_keyboard": WELCOME_KEYS}
            await self.call("sendMessage", chat_id=chat, text=f"您好！{text[7:]}", reply_markup=keyboard)
        elif text == "键盘":
            keyboard = {"keyboard": [[{"text": "未报名单"}, {"text": "本月隐患"}]]}
            await self.call("sendMessage", chat_id=chat, text="请选", reply_markup=keyboard)
        elif text == "排版":
            await self.call("sendMessage", chat_id=chat, text=RICH, parse_mode="HTML")
        elif text == "忙":
            await self.call("sendChatAction", chat_id=chat, action="typing")
        elif text == "记录":
            await self.send_record(chat)
        elif "photo" in message:
            await self.call("sendMessage", chat_id=chat, text=f"收到照片 {message.get('caption', '')}".strip())
        elif "document" in message:
            await self.call("sendMessage", chat_id=chat, text=f"收到文件 {message['document']['file_name']}")
        elif text:
            await self.call("sendMessage", chat_id=chat, text=f"您说：{text}")

    async def send_record(self, chat: int) -> None:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("chat_id", str(chat))
        form.add_field("document", RECORD, filename="自查记录.pdf", content_type="application/pdf")
        async with self.session.post(f"{self.base_url}/bot{TOKEN}/sendDocument", data=form) as answer:
            assert answer.status == 200, await answer.text()

    async def pressed(self, query: dict[str, Any]) -> None:
        chat, number = query["message"]["chat"]["id"], query["message"]["message_id"]
        answer: dict[str, Any] = {}
        match query["data"]:
            case "ok":
                answer = {"text": "已记下：合格"}
            case "why":
                answer = {"text": "判定标准第十一条", "show_alert": True}
            case "edit":
                keyboard = {"inline_keyboard": [[{"text": "合格", "callback_data": "edit"}]]}
                await self.call(
                    "editMessageText", chat_id=chat, message_id=number, text="第 2 题", reply_markup=keyboard
                )
            case "delete":
                await self.call("deleteMessage", chat_id=chat, message_id=number)
            case "slow":
                await self.hold.wait()
        await self.call("answerCallbackQuery", callback_query_id=query["id"], **answer)


@asynccontextmanager
async def bot_at(base_url: str) -> AsyncIterator[ScriptedBot]:
    async with aiohttp.ClientSession() as session:
        bot = ScriptedBot(base_url, session)
        task = asyncio.create_task(bot.run())
        try:
            yield bot
        finally:
            if task.done():
                await task  # a bot that fell over says why
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
