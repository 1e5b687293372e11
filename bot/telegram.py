"""The client for the Bot API: python-telegram-bot over aiohttp, with no URL and so no token in any error."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import aiohttp
import orjson
from aiohttp_socks import ProxyConnector
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData

_READ_S, _CONNECT_S = 15.0, 10.0


class AiohttpRequest(BaseRequest):
    """PTB's transport over one aiohttp session; `proxy` may be an http, https, socks4 or socks5 address."""

    def __init__(self, *, connections: int = 64, proxy: str | None = None) -> None:
        self._connections = connections
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return _READ_S

    async def initialize(self) -> None:
        if self._session is not None:
            return
        socks = self._proxy is not None and self._proxy.startswith("socks")
        connector = (
            ProxyConnector.from_url(self._proxy, limit=self._connections)
            if socks and self._proxy
            else aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300)
        )
        self._session = aiohttp.ClientSession(
            connector=connector, proxy=None if socks else self._proxy, auto_decompress=True
        )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        try:
            return orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise NetworkError("the answer was not JSON") from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("the client is closed")
        body, headers = _body(request_data)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(pool_timeout, 60.0),
            sock_connect=_seconds(connect_timeout, _CONNECT_S),
            sock_read=_seconds(read_timeout, _READ_S),
        )
        try:
            async with self._session.request(method, url, data=body, headers=headers, timeout=timeout) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            # the text of these can hold the URL, and the URL holds the token
            raise NetworkError(type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class _Plain:
    """Stands in for PTB's RequestData where the parameters are JSON already and need not be looked into."""

    parameters: dict[str, Any]
    contains_files: bool = False


class TelegramBot(Bot):
    """PTB's Bot with one more way to call: raw parameters in, raw result out, for what happens on every tap."""

    def __init__(self, token: str, *, root: str, calling: AiohttpRequest, polling: AiohttpRequest) -> None:
        """`root` is the address of the Bot API server, `polling` the client that getUpdates has to itself."""
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=calling,
            get_updates_request=polling,
        )
        self._calling, self._polling = calling, polling

    async def initialize(self) -> None:
        """Ask Telegram who this bot is; raises InvalidToken without the token that PTB would put into its text."""
        try:
            await super().initialize()
        except InvalidToken:
            raise InvalidToken("Telegram does not accept the token") from None

    async def call(self, method: str, /, *, read_timeout: float = _READ_S, **parameters: Any) -> Any:
        """Call a Bot API method and return its `result` as it came; raises PTB's TelegramError family.

        Building PTB's objects out of every answer costs more than all else in an update; here nobody reads them.
        """
        client = self._polling if method == "getUpdates" else self._calling
        body = cast(RequestData, _Plain(parameters))
        return await client.post(f"{self.base_url}/{method}", body, read_timeout=read_timeout)


def make_bot(*, token: str, base_url: str | None, proxy: str | None, connections: int = 64) -> TelegramBot:
    """A bot that talks to Telegram, or to the Bot API server at `base_url` (without the /bot part)."""
    root = (base_url or "https://api.telegram.org").rstrip("/")
    return TelegramBot(
        token,
        root=root,
        calling=AiohttpRequest(connections=connections, proxy=proxy),
        polling=AiohttpRequest(connections=2, proxy=proxy),
    )


async def pause(seconds: float, stop: asyncio.Event) -> bool:
    """Wait, or until `stop`; whether it was stopped."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait; PTB tells it as a number or as a timedelta, by its version and environment."""
    wait: float | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request_data is None:
        return None, {}
    if request_data.contains_files:
        form = aiohttp.FormData(quote_fields=False)  # or a Chinese file name arrives in percent signs
        for name, value in request_data.json_parameters.items():
            form.add_field(name, value)
        for name, (filename, content, mime) in (request_data.multipart_data or {}).items():
            form.add_field(name, content, filename=filename, content_type=mime)
        return form, {}
    return orjson.dumps(request_data.parameters), {"Content-Type": "application/json"}


def _seconds(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default
