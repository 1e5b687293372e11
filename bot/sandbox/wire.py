"""How parameters arrive over HTTP and how answers and refusals leave, as Telegram's own server does it."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

JSON = dict[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def words(text: str) -> tuple[str, ...]:
    """A readable way to write down long lists of names."""
    return tuple(text.split())


UPLOAD_LIMIT = 50 << 20
PHOTO_LIMIT = 10 << 20


class Refusal(Exception):
    """A call that Telegram would refuse; `description` carries the prefix that belongs to the code."""

    def __init__(self, code: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(sentence: str) -> Refusal:
    """A 400 with Telegram's own sentence."""
    return Refusal(400, f"Bad Request: {sentence}")


def forbidden(sentence: str) -> Refusal:
    return Refusal(403, f"Forbidden: {sentence}")


def flood(seconds: int) -> Refusal:
    """A 429; the wait is told three times (sentence, parameters, header), in whole seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One uploaded part."""

    filename: str
    content_type: str
    data: bytes = field(repr=False)


class Params:
    """The parameters of one call; values are form strings or JSON values, both are understood."""

    __slots__ = ("files", "values")

    def __init__(self, values: JSON, files: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.files = files or {}

    def __contains__(self, name: str) -> bool:
        return self.values.get(name, "") != "" or name in self.files

    def text(self, name: str) -> str:
        """The value as a form would carry it; an empty value equals a missing one."""
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value
        return orjson.dumps(value).decode()

    def integer(self, name: str, default: int = 0) -> int:
        """What does not parse becomes 0, as on the real server."""
        value = self.values.get(name, "")
        if type(value) is int:
            return value
        text = self.text(name).strip()
        if not text:
            return default
        try:
            return int(text)
        except ValueError:
            return 0

    def number(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            return 0.0

    def boolean(self, name: str) -> bool:
        value = self.values.get(name, "")
        if type(value) is bool:
            return value
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def decoded(self, name: str) -> Any:
        """The JSON value, None if missing; raises ValueError where it is no JSON."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            return value
        return orjson.loads(value) if value else None


async def _body(receive: Receive, limit: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise Refusal(413, "Request Entity Too Large")
    return b"".join(parts)


async def _multipart(scope: Scope, receive: Receive) -> Params:
    request = Request(scope, receive)
    values: JSON = {}
    files: dict[str, Upload] = {}
    try:
        async with request.form(max_files=200, max_fields=1000, max_part_size=1 << 20) as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    data = await part.read()
                    if len(data) > UPLOAD_LIMIT:
                        raise Refusal(413, "Request Entity Too Large")
                    kind = part.content_type or "application/octet-stream"
                    files[name] = Upload(filename=part.filename or "file", content_type=kind, data=data)
                else:
                    values[name] = part
    except MultiPartException:
        return Params({})
    return Params(values, files)


def content_type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind: bytes = value.partition(b";")[0].strip().lower()
            return kind
    return b""


async def read_params(scope: Scope, receive: Receive) -> Params:
    """The parameters of a request from its query string and body; raises Refusal (413) when too large."""
    kind = content_type(scope)
    if kind == b"multipart/form-data":
        params = await _multipart(scope, receive)
    else:
        body = await _body(receive, UPLOAD_LIMIT)
        params = Params(_from_body(kind, body))
    if scope["query_string"]:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        params.values = {**dict(query), **params.values}
    return params


def _from_body(kind: bytes, body: bytes) -> JSON:
    if not body:
        return {}
    if kind == b"application/json":
        try:
            values = orjson.loads(body)
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}
    if kind == b"application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {}


def success(result: Any, description: str = "") -> bytes:
    answer: JSON = {"ok": True, "result": result}
    if description:
        answer["description"] = description
    return orjson.dumps(answer)


def failure(refusal: Refusal) -> bytes:
    answer: JSON = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    return orjson.dumps(answer)


async def respond(
    send: Send,
    body: bytes,
    status: int = 200,
    kind: bytes = b"application/json",
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Write one complete answer."""
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
