"""The leanest counterpart: one protocol class and answers made beforehand, so that the bots' own limit is seen."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import orjson

_OFFSET = re.compile(rb'offset[":= ]+(\d+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)
_POLL_S = 0.5

Respond = Callable[[str, bytes], tuple[float, bytes]]


class RawConnection(asyncio.Protocol):
    """One keep-alive connection; `respond(method, body)` gives the wait in seconds and the JSON of the answer."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            found = _LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            path = head[: head.index(b"\r\n")].split(b" ")[1]
            wait, answer = self._respond(path.rpartition(b"/")[2].decode(), body)
            self._later(wait, answer)

    def _later(self, wait: float, answer: bytes) -> None:
        whole = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
        )
        if wait:
            asyncio.get_running_loop().call_later(wait, self._write, whole)
        else:
            self._transport.write(whole)

    def _write(self, whole: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(whole)


class Canned:
    """Hands out updates made beforehand and accepts every call."""

    def __init__(
        self,
        updates: list[dict[str, Any]],
        me: dict[str, Any],
        sent: dict[str, Any],
        *,
        latency_s: float,
        called: Callable[[str], None],
        served: Callable[[], None],
    ) -> None:
        self._bodies = [orjson.dumps(update) for update in updates]
        self._first = updates[0]["update_id"] if updates else 1
        self._latency_s, self._called, self._served = latency_s, called, served
        self._me = _good(me)
        self._sent = _good(sent)
        self._true = _good(True)

    def __call__(self, method: str, body: bytes) -> tuple[float, bytes]:
        name = method.lower()
        if name == "getupdates":
            return self._updates(body)
        if name == "getme":
            return 0.0, self._me
        self._called(name)
        return self._latency_s, self._sent if name in ("editmessagetext", "sendmessage") else self._true

    def _updates(self, body: bytes) -> tuple[float, bytes]:
        found = _OFFSET.search(body)
        at = max(0, int(found[1]) - self._first) if found else 0
        part = self._bodies[at : at + 100]
        if not part:
            return _POLL_S, b'{"ok":true,"result":[]}'
        self._served()
        return self._latency_s, b'{"ok":true,"result":[' + b",".join(part) + b"]}"


def _good(result: Any) -> bytes:
    return orjson.dumps({"ok": True, "result": result})
