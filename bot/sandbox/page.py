"""The chat page of the sandbox: its files, what it shows as JSON, and one event stream per open page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.sandbox.chats import Chat
from bot.sandbox.views import Views
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "page"
FONTS = Path(__file__).parents[2] / "handlers" / "documents" / "fonts"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HEARTBEAT_S = 10.0
COALESCE_S = 0.04
PAGE_LIMIT = 200
SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")

Now = Callable[[], Awaitable[datetime]]


class PageFiles(StaticFiles):
    """The files of the page, always asked for anew (they change with the program), under a strict policy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({**HEADERS, "Cache-Control": "no-cache"})
        return response


def routes(world: World, now: Now | None = None) -> list[BaseRoute]:
    """The page's routes; `now` is the bot's time, the world's own clock if not given."""
    backend = Backend(world, now)
    return [
        Route("/", backend.index),
        Route("/page/events", backend.events),
        Route("/page/chats/{chat_id:int}", backend.chat),
        Route("/page/chats/-{group_id:int}", backend.chat),
        Route("/page/read", backend.read, methods=["POST"]),
        Route("/page/files/{file_id}", backend.file),
        Route("/page/font", backend.font),
        Mount("/page", PageFiles(directory=PAGE)),
    ]


class Backend:
    """Answers the page's questions from the world; what people do goes to the control endpoints instead."""

    def __init__(self, world: World, now: Now | None) -> None:
        self.world = world
        self.views = Views(world=world)
        self._now = now

    async def now(self) -> datetime:
        return await self._now() if self._now else self.world.clock.now()

    async def index(self, request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={**HEADERS, "Cache-Control": "no-cache"})

    async def chat(self, request: Request) -> Response:
        """One conversation: the newest messages, older ones, or what changed since a version the page has."""
        chat = self._chat_of(request)
        if chat is None:
            return _json({"error": "没有这个人或群"}, 404)
        query = request.query_params
        viewer, since = _number(query.get("viewer")), _number(query.get("since"))
        if since:
            return _json(self.views.changes(chat, viewer, since, _number(query.get("from"))))
        limit = min(max(_number(query.get("limit")), 1), PAGE_LIMIT)
        return _json(self.views.newest(chat, viewer, limit, _number(query.get("before"))))

    async def read(self, request: Request) -> Response:
        """The page has shown the messages of a chat up to this one."""
        try:
            body = orjson.loads(await request.body())
            chat, message_id = self.world.chats.get(int(body["chat_id"])), int(body["message_id"])
        except (ValueError, TypeError, KeyError):
            return _json({"error": "要有 chat_id 和 message_id"}, 400)
        if chat:
            self.views.mark_read(chat, message_id)
        return _json({"ok": True})

    async def events(self, request: Request) -> Response:
        """Server-sent events: everything at first (or since the version of the same world), then what changes."""
        known = request.query_params.get("world") == self.views.id
        since = _number(request.query_params.get("since")) if known else None
        headers = {**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(since), media_type="text/event-stream", headers=headers)

    async def _stream(self, since: int | None) -> AsyncIterator[bytes]:
        while not self.world.closing:
            news = self.views.overview(since, await self.now())
            since = news["version"]
            yield b"data: " + orjson.dumps(news) + b"\n\n"
            if await self.world.changes.wait(news["version"], HEARTBEAT_S) != since:
                await asyncio.sleep(COALESCE_S)

    async def file(self, request: Request) -> Response:
        """A file of a message, shown when it is a picture, sound or film, else downloaded."""
        stored = self.world.files.find(request.path_params["file_id"])
        if stored is None:
            return _json({"error": "没有这个文件"}, 404)
        inline = stored.mime_type.startswith(SHOWN_INLINE) and "download" not in request.query_params
        kind = "inline" if inline else "attachment"
        headers = {
            **HEADERS,
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(stored.name)}",
            "Cache-Control": "private, max-age=86400, immutable",
        }
        return Response(
            stored.data, media_type=stored.mime_type if inline else "application/octet-stream", headers=headers
        )

    async def font(self, request: Request) -> Response:
        """Chinese letters for a machine without any; browsers ask only when they lack a glyph."""
        for font in (PAGE / "font.woff2", FONTS / "NotoSansCJKsc-subset.otf"):
            if font.exists():
                return FileResponse(font, headers={**HEADERS, "Cache-Control": "max-age=86400"})
        return Response(status_code=404, headers=HEADERS)

    def _chat_of(self, request: Request) -> Chat | None:
        group = request.path_params.get("group_id")
        return self.world.chats.get(-group if group is not None else request.path_params["chat_id"])


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isascii() and text.lstrip("-").isdigit() else 0


def _json(content: object, status: int = 200) -> Response:
    headers = {**HEADERS, "Cache-Control": "no-store"}
    return Response(orjson.dumps(content), status, headers, "application/json")
