"""The stand-in as a web application: the Bot API, its files, the controls and the chat page."""

import asyncio
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import cast
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.sandbox import page
from bot.sandbox.api import answer_call, answer_file
from bot.sandbox.control import SandboxHooks, control_routes
from bot.sandbox.webhook import WebhookDelivery
from bot.sandbox.wire import Receive, Scope, Send, respond
from bot.sandbox.world import World

LOOPBACK = frozenset(("127.0.0.1", "::1", "::ffff:127.0.0.1"))
HOSTS = frozenset(("localhost", "127.0.0.1", "[::1]"))


@asynccontextmanager
async def _delivering(app: "SandboxApp") -> AsyncIterator[None]:
    """While the application lives, updates go to the webhook, if one is set."""
    delivering = asyncio.create_task(WebhookDelivery(app.world).run())
    try:
        yield
    finally:
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)


class SandboxApp(Starlette):
    """Bot API calls take a short way past routing and middleware; everything else is ordinary Starlette."""

    def __init__(self, world: World, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes, lifespan=_delivering)
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        if not _is_local(scope):
            await respond(send, "只能从本机访问\n".encode(), 403, b"text/plain; charset=utf-8")
            return
        path: str = scope["path"]
        if path.startswith("/bot"):
            await answer_call(self.world, scope, receive, send)
        elif path.startswith("/file/bot"):
            await answer_file(self.world, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    """Reached over loopback, by a local name (DNS rebinding), and not from another site's page."""
    client = scope.get("client")
    if not client or client[0] not in LOOPBACK:
        return False
    host = origin = ""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
        elif name == b"origin":
            origin = value.decode("latin-1")
    if re.sub(r":\d+$", "", host) not in HOSTS:
        return False
    return not origin or urlsplit(origin).netloc == host


def create_app(world: World, *, hooks: SandboxHooks | None = None) -> SandboxApp:
    """The application around a world; `hooks` reach the bot that lives in the same program."""
    pages = page.routes(world, hooks.now if hooks else None)
    return SandboxApp(world, [*control_routes(world, hooks), *pages])


class _Protocol(HttpToolsProtocol):
    """Hands the connection to the application, so that a fault can cut it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast(Scope, self.scope)
        scope["extensions"] = {"zicha.transport": self.transport}


class SandboxServer(uvicorn.Server):
    """Serves a world on loopback; on shutdown long polls and event streams are let go first."""

    def __init__(self, app: SandboxApp, *, port: int = 0, host: str = "127.0.0.1") -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=3,
            server_header=False,
            date_header=False,
        )
        super().__init__(config)
        self.world = app.world
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

    @property
    def base_url(self) -> str:
        """http://127.0.0.1:PORT, once started."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program around the server."""
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop. Raises OSError without the port; uvicorn would end the process."""
        config = self.config
        await super().serve(sockets or [_listening(config.host, config.port)])

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self.world.close()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def _listening(host: str, port: int) -> socket.socket:
    """A socket whose connections send at once.

    A response goes out in two pieces; where the second waits for the first to be acknowledged, each call takes 40 ms.
    """
    listening = socket.create_server((host, port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
