"""A sandbox for tests: the stand-in over real HTTP, and people who write, press and look."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from bot.sandbox.control import SandboxHooks
from bot.sandbox.server import SandboxServer, create_app
from bot.sandbox.world import World
from tests.checking import violations

JSON = dict[str, Any]
TOKEN = "5000000001:sandbox-token-for-tests-only-AAAAAA"


def picture(color: str = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


class Refused(AssertionError):
    """The sandbox said that the person can't do that."""


class Control:
    """The control endpoints; a reply that is an error raises Refused with its words."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session = session
        self.base_url = base_url

    async def post(self, path: str, body: JSON | aiohttp.FormData) -> JSON:
        url = f"{self.base_url}/sandbox/{path}"
        form, fields = (body, None) if isinstance(body, aiohttp.FormData) else (None, body)
        async with self.session.post(url, data=form, json=fields) as response:
            return await self._answer(response)

    async def get(self, path: str) -> JSON:
        async with self.session.get(f"{self.base_url}/sandbox/{path}") as response:
            return await self._answer(response)

    async def delete(self, path: str) -> JSON:
        async with self.session.delete(f"{self.base_url}/sandbox/{path}") as response:
            return await self._answer(response)

    async def _answer(self, response: aiohttp.ClientResponse) -> JSON:
        answer: JSON = await response.json()
        if response.status >= 400:
            raise Refused(answer["error"])
        return answer


class Person:
    """Somebody with a phone; acts in the private chat with the bot unless told another chat."""

    def __init__(self, control: Control, user_id: int, name: str) -> None:
        self.control = control
        self.id = user_id
        self.name = name

    def _at(self, chat_id: int | None) -> JSON:
        return {"user_id": self.id, "chat_id": chat_id or self.id}

    async def sends(self, text: str, *, chat_id: int | None = None, reply_to: int = 0) -> int | None:
        """Write a text; returns the update number."""
        body = {**self._at(chat_id), "text": text, "reply_to_message_id": reply_to}
        number: int | None = (await self.control.post("send", body))["update_id"]
        return number

    async def starts(self, payload: str = "") -> int | None:
        """Follow a deep link and press Start."""
        number: int | None = (await self.control.post("start", {"user_id": self.id, "payload": payload}))["update_id"]
        return number

    async def taps(self, button: str, *, message_id: int = 0, chat_id: int | None = None) -> JSON:
        """Press a button by label or callback data, on the newest message that has it."""
        return await self.control.post("press", {**self._at(chat_id), "message_id": message_id, "button": button})

    async def edits(self, message_id: int, text: str) -> int | None:
        number: int | None = (
            await self.control.post("edit", {**self._at(None), "message_id": message_id, "text": text})
        )["update_id"]
        return number

    async def forwards(self, message: JSON) -> int | None:
        """Forward a message of some chat to the bot."""
        body = {**self._at(None), "from_chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        number: int | None = (await self.control.post("forward", body))["update_id"]
        return number

    async def photo(self, data: bytes | None = None, caption: str = "", *, chat_id: int | None = None) -> int:
        files = [(data or picture(), "照片1.jpg", "image/jpeg")]
        return (await self._uploads("album", files, caption, chat_id))[0]

    async def album(self, pictures: list[bytes], caption: str = "") -> list[int]:
        """Send several pictures at once; returns their update numbers."""
        files = [(data, f"照片{number}.jpg", "image/jpeg") for number, data in enumerate(pictures, 1)]
        return await self._uploads("album", files, caption)

    async def document(self, data: bytes, name: str, kind: str = "application/octet-stream", caption: str = "") -> int:
        return (await self._uploads("document", [(data, name, kind)], caption))[0]

    async def voice(self, data: bytes = b"OggS sample") -> int:
        return (await self._uploads("voice", [(data, "voice.oga", "audio/ogg")], ""))[0]

    async def _uploads(
        self, path: str, files: list[tuple[bytes, str, str]], caption: str, chat_id: int | None = None
    ) -> list[int]:
        fields = {"user_id": str(self.id), "chat_id": str(chat_id or self.id), "caption": caption}
        form = aiohttp.FormData(fields, quote_fields=False)
        for data, name, kind in files:
            form.add_field("file", data, filename=name, content_type=kind)
        numbers: list[int] = (await self.control.post(path, form))["update_ids"]
        return numbers

    async def blocks(self, blocked: bool = True) -> None:
        await self.control.post("block", {"user_id": self.id, "blocked": blocked})

    async def messages(self, chat_id: int | None = None) -> list[JSON]:
        """The messages of the chat as they stand now."""
        found: list[JSON] = (await self.control.get(f"chats/{chat_id or self.id}"))["messages"]
        return found

    async def screen(self, chat_id: int | None = None) -> list[str]:
        """The texts and captions now visible, oldest first; "" for a message without words."""
        return [m.get("text") or m.get("caption") or "" for m in await self.messages(chat_id)]

    async def last(self, chat_id: int | None = None) -> JSON:
        return (await self.messages(chat_id))[-1]

    async def buttons(self, chat_id: int | None = None) -> list[list[str]]:
        """The labels of the last message's inline keyboard, row by row."""
        markup = (await self.last(chat_id)).get("reply_markup", {})
        return [[button["text"] for button in row] for row in markup.get("inline_keyboard", [])]

    async def keyboard(self) -> list[list[str]]:
        """The labels of the reply keyboard under the text field."""
        shown = (await self.control.get(f"chats/{self.id}"))["reply_keyboard"] or {}
        return [[button["text"] for button in row] for row in shown.get("keyboard", [])]

    async def toasts(self) -> list[str]:
        """What answers to presses have shown."""
        return [toast["text"] for toast in (await self.control.get(f"toasts/{self.id}"))["toasts"]]


@dataclass(kw_only=True)
class Sandbox:
    """A running stand-in; `world` is its state in this very process."""

    base_url: str
    world: World
    control: Control
    session: aiohttp.ClientSession
    token: str = TOKEN

    async def person(self, name: str = "王厂长", *, started: bool = False) -> Person:
        """A new person; `started` as if the bot had been started before."""
        answer = await self.control.post("users", {"first_name": name, "started": started})
        return Person(self.control, answer["id"], name)

    async def group(self, title: str, *members: Person, kind: str = "group") -> int:
        ids = [member.id for member in members]
        group: int = (await self.control.post("groups", {"title": title, "members": ids, "type": kind}))["id"]
        return group

    async def calls(self, method: str, **params: Any) -> JSON:
        """One Bot API call with a JSON body, as a bot makes it; returns the whole answer."""
        url = f"{self.base_url}/bot{self.token}/{method}"
        async with self.session.post(url, json=params) as response:
            answer: JSON = await response.json()
            return answer

    async def idle(self, timeout_s: float = 10) -> None:
        """Wait until the bot has confirmed everything; raises Refused after the limit."""
        await self.control.get(f"idle?timeout_s={timeout_s}")

    def assert_no_violations(self) -> None:
        """All traffic so far agrees with the specification (at a good end this is checked anyway)."""
        assert_no_violations(list(self.world.recorder.lines))


def assert_no_violations(records: list[bytes]) -> None:
    """Records (JSON lines) agree with the specification; only a webhook on this machine may be plain HTTP."""
    local = 'setWebhook params.url: "http://127.0.0.1:'
    found = [line for line in violations(records) if f": {local}" not in line]
    if not records:
        raise AssertionError("nothing was recorded")
    if found:
        raise AssertionError("\n".join(found))


@asynccontextmanager
async def running_sandbox(
    world: World | None = None, *, hooks: SandboxHooks | None = None, port: int = 0, check: bool = True
) -> AsyncIterator[Sandbox]:
    """The stand-in on a free loopback port (or `port`), recording.

    Unless `check` is False, what was recorded is held against the specification when the block ends well.
    """
    world = world or World(recording=True)
    server = SandboxServer(create_app(world, hooks=hooks), port=port)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                serving.result()
            await asyncio.sleep(0.005)
        base_url = server.base_url
        async with aiohttp.ClientSession() as session:
            yield Sandbox(base_url=base_url, world=world, control=Control(session, base_url), session=session)
    finally:
        server.should_exit = True
        await serving
    if check and world.recorder.lines:
        assert_no_violations(list(world.recorder.lines))
