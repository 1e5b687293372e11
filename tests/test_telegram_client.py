"""The client for the Bot API: through proxies, against refusals and dead ends, and never with the token in an error."""

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from telegram import InputFile
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.sandbox.faults import Fault
from bot.telegram import TelegramBot, make_bot, seconds_of
from tests.sandbox import TOKEN, Sandbox, running_sandbox

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def talking(base_url: str, *, proxy: str | None = None) -> AsyncIterator[TelegramBot]:
    bot = make_bot(token=TOKEN, base_url=base_url, proxy=proxy)
    await bot.initialize()
    try:
        yield bot
    finally:
        await bot.shutdown()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


async def test_a_raw_call_gives_the_result_as_it_came(sandbox: Sandbox) -> None:
    person = await sandbox.person(started=True)
    async with talking(sandbox.base_url) as bot:
        sent = await bot.call("sendMessage", chat_id=person.id, text="您好")
    assert sent["text"] == "您好"
    assert await person.screen() == ["您好"]


@pytest.mark.parametrize(
    ("code", "parameters", "expected"),
    [
        (400, None, BadRequest),
        (401, None, InvalidToken),
        (403, None, Forbidden),
        (409, None, Conflict),
        (500, None, NetworkError),
        (502, None, NetworkError),
        (429, {"retry_after": 3}, RetryAfter),
    ],
)
async def test_each_refusal_has_its_class(
    sandbox: Sandbox, code: int, parameters: dict[str, int] | None, expected: type[TelegramError]
) -> None:
    async with talking(sandbox.base_url) as bot:
        words = "Conflict: terminated by other getUpdates request" if code == 409 else ""
        fault = Fault(method="sendMessage", error_code=code, parameters=parameters, description=words)
        sandbox.world.faults.add(fault)
        with pytest.raises(expected) as caught:
            await bot.call("sendMessage", chat_id=1, text="x")
        assert type(caught.value) is expected
        if isinstance(caught.value, RetryAfter):
            assert seconds_of(caught.value) == 3.0


async def test_a_document_keeps_its_chinese_name(sandbox: Sandbox) -> None:
    person = await sandbox.person(started=True)
    async with talking(sandbox.base_url) as bot:
        await bot.send_document(person.id, InputFile(b"%PDF", filename="自查记录.pdf"))
    assert (await person.last())["document"]["file_name"] == "自查记录.pdf"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "http://no-such-host.invalid", "http://127.0.0.1:9/deep/path"]
)
async def test_a_dead_end_never_tells_the_token(address: str) -> None:
    bot = make_bot(token=TOKEN, base_url=address, proxy=None)
    with pytest.raises(NetworkError) as caught:
        await bot.initialize()
    await bot.shutdown()
    told = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in told
    assert TOKEN.split(":")[1] not in told


@contextlib.asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[int]:
    """A small server on loopback; gives its port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    """Carry bytes both ways until one side is done."""
    far_reader, far_writer = await asyncio.open_connection(host, port)

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()

    tasks = [asyncio.create_task(carry(reader, far_writer)), asyncio.create_task(carry(far_reader, writer))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in (far_writer, writer):
        one.close()


async def test_an_http_proxy_carries_everything(sandbox: Sandbox) -> None:
    asked: list[str] = []
    port_of_telegram = int(sandbox.base_url.rsplit(":", 1)[1])

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Knows whole addresses in the request line, as a proxy is asked for plain HTTP; passes the rest on."""
        head = await reader.readuntil(b"\r\n")
        method, address, version = head.decode().split()
        asked.append(address.split("/bot")[0])
        path = "/" + address.split("/", 3)[3]
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port_of_telegram)
        far_writer.write(f"{method} {path} {version}\r\nConnection: close\r\n".encode())
        rest = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in rest.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        far_writer.write(b"\r\n".join(lines))
        length = next((int(x.split(b":")[1]) for x in lines if x.lower().startswith(b"content-length")), 0)
        far_writer.write(await reader.readexactly(length))
        writer.write(await far_reader.read())
        far_writer.close()
        writer.close()

    person = await sandbox.person(started=True)
    async with (
        listening(proxy) as port,
        talking(sandbox.base_url, proxy=f"http://127.0.0.1:{port}") as bot,
    ):
        await bot.call("sendMessage", chat_id=person.id, text="经过代理")
    assert await person.screen() == ["经过代理"]
    assert set(asked) == {sandbox.base_url}


async def test_a_socks_proxy_carries_everything(sandbox: Sandbox) -> None:
    asked: list[tuple[str, int]] = []

    async def socks5(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As much of RFC 1928 as a client without a password needs."""
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 1:
            host = ".".join(str(b) for b in await reader.readexactly(4))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        asked.append((host, port))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await join(reader, writer, host, port)

    person = await sandbox.person(started=True)
    async with (
        listening(socks5) as port,
        talking(sandbox.base_url, proxy=f"socks5://127.0.0.1:{port}") as bot,
    ):
        await bot.call("sendMessage", chat_id=person.id, text="经过代理")
    assert await person.screen() == ["经过代理"]
    assert set(asked) == {("127.0.0.1", int(sandbox.base_url.rsplit(":", 1)[1]))}


async def test_a_proxy_that_is_away_is_a_network_error_without_the_token(sandbox: Sandbox) -> None:
    for proxy in ("http://127.0.0.1:9", "socks5://127.0.0.1:9"):
        bot = make_bot(token=TOKEN, base_url=sandbox.base_url, proxy=proxy)
        with pytest.raises(NetworkError) as caught:
            await bot.initialize()
        await bot.shutdown()
        assert TOKEN not in "".join(traceback.format_exception(caught.value))
