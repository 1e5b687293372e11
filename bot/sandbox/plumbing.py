"""What all control endpoints share: JSON in and out, plain words for what can't be done."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.people import Unable
from bot.sandbox.wire import JSON
from bot.sandbox.world import World

Action = Callable[[World, JSON], Any]


def reply(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


async def read_json(request: Request) -> JSON:
    try:
        body = orjson.loads(await request.body() or b"{}")
    except ValueError:
        raise Unable("请求内容不是 JSON") from None
    if not isinstance(body, dict):
        raise Unable("请求内容须是 JSON 对象")
    return body


def endpoint(
    act: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turns what a person can't do into a plain JSON error."""

    async def guarded(request: Request) -> Response:
        try:
            return await act(request)
        except Unable as unable:
            return reply({"error": str(unable)}, unable.status)
        except (KeyError, TypeError, ValueError) as error:
            return reply({"error": f"请求不完整或有误：{error!r}"}, 400)

    return guarded


def posted(world: World, path: str, act: Action) -> Route:
    """A route whose JSON body goes to `act`; its value is the answer."""

    async def run(request: Request) -> Response:
        return reply(act(world, await read_json(request)))

    return Route(f"/sandbox/{path}", endpoint(run), methods=["POST"])
