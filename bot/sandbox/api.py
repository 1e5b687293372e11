"""Answering one Bot API call: token, method, faults, limits, latency, recording."""

import asyncio
import re
from inspect import isawaitable

from bot.sandbox.faults import Fault
from bot.sandbox.methods import METHODS, Answer
from bot.sandbox.methods.intake import get_updates
from bot.sandbox.wire import (
    Params,
    Receive,
    Refusal,
    Scope,
    Send,
    failure,
    read_params,
    respond,
    success,
)
from bot.sandbox.world import World

TOKEN = re.compile(r"[1-9]\d{0,15}:[A-Za-z0-9_-]{6,}")
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


async def answer_call(world: World, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve /bot<token>/<method>."""
    token, _, name = scope["path"][4:].partition("/")
    try:
        params = await read_params(scope, receive)
    except Refusal as refusal:
        await _reply(send, refusal.code, failure(refusal), refusal)
        return
    fault = world.faults.take(name.lower(), params.integer("chat_id")) if world.faults.waiting else None
    if fault and fault.drop and not fault.applied:
        await _cut(scope, receive)
        return
    status, answer, refusal_or_none = await _answer(world, token, name, params, fault)
    if world.latency_s:
        await asyncio.sleep(world.latency_s)
    if fault and fault.drop:
        await _cut(scope, receive)
        return
    if world.recorder.enabled:
        world.recorder.exchange(name, params, status, answer)
    if fault and fault.error_code == 502:
        await respond(send, GATEWAY_PAGE, 502, b"text/html")
        return
    await _reply(send, status, answer, refusal_or_none)


async def _answer(
    world: World, token: str, name: str, params: Params, fault: Fault | None
) -> tuple[int, bytes, Refusal | None]:
    """HTTP status and JSON of the answer."""
    try:
        check_token(world, token)
        if fault and not fault.drop:
            raise fault.refusal()
        return 200, await run(world, name, params), None
    except Refusal as refusal:
        return refusal.code, failure(refusal), refusal


def check_token(world: World, token: str) -> None:
    """Refuse a wrong token; the first good one gives a world without token its bot id."""
    if world.token is not None and token == world.token:
        return
    if not 10 <= len(token) <= 80 or not TOKEN.fullmatch(token):
        raise Refusal(401, "Unauthorized: invalid token specified")
    number = int(token.partition(":")[0])
    if not world.adopted:
        world.adopted = True
        world.bot.id = number
    if world.token is not None or number != world.bot.id:
        raise Refusal(401, "Unauthorized")


async def run(world: World, name: str, params: Params) -> bytes:
    """Perform a method; returns the JSON of its success, raises Refusal."""
    lower = name.lower()
    if lower == "getupdates":
        return _handed_out(world, await get_updates(world, params))
    handler = METHODS.get(lower)
    if handler is None:
        raise Refusal(404, "Not Found: method not found")
    result = handler(world, params)
    if isawaitable(result):
        result = await result
    if isinstance(result, Answer):
        return success(result.result, result.description)
    return success(result)


def _handed_out(world: World, updates: list[bytes]) -> bytes:
    if world.recorder.enabled:
        for body in updates:
            world.recorder.update(body)
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


async def _reply(send: Send, status: int, answer: bytes, refusal: Refusal | None) -> None:
    more: tuple[tuple[bytes, bytes], ...] = ()
    if refusal and refusal.parameters and "retry_after" in refusal.parameters:
        more = ((b"retry-after", b"%d" % refusal.parameters["retry_after"]),)
    await respond(send, answer, status, more=more)


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, as a failing network does."""
    transport = scope.get("extensions", {}).get("zicha.transport")
    if transport is None:
        raise ConnectionAbortedError("连接按要求中断")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer_file(world: World, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve /file/bot<token>/<file_path>; a fault for the method "file" strikes here."""
    token, _, path = scope["path"][9:].partition("/")
    fault = world.faults.take("file", 0)
    if fault and fault.drop:
        await _cut(scope, receive)
        return
    try:
        check_token(world, token)
        if fault:
            raise fault.refusal()
        stored = world.files.at(path)
        if stored is None:
            raise Refusal(404, "Not Found")
    except Refusal as refusal:
        await respond(send, failure(refusal), refusal.code)
        return
    if world.latency_s:
        await asyncio.sleep(world.latency_s)
    await respond(send, stored.data, 200, stored.mime_type.encode("latin-1", "replace"))
