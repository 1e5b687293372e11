"""Steering the sandbox: troubles on order, looking at what people see, the clock, waiting until all is quiet."""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.faults import Fault
from bot.sandbox.people import Unable
from bot.sandbox.plumbing import endpoint, posted, read_json, reply
from bot.sandbox.wire import JSON
from bot.sandbox.world import World


class SandboxHooks(Protocol):
    """How the controls reach the bot that lives in the same program."""

    async def now(self) -> datetime:
        """The bot's clock, aware."""

    async def move(self, now: datetime) -> None:
        """Put the bot's clock there and run what falls due."""

    async def idle(self) -> bool:
        """Whether no update is in work and no delivery waits to go out at the present clock."""


def _limits(world: World, body: JSON) -> JSON:
    world.enforce_limits = bool(body["enforce"])
    return {"enforce": world.enforce_limits}


def _latency(world: World, body: JSON) -> JSON:
    world.latency_s = float(body["latency_s"])
    return {"latency_s": world.latency_s}


def _recording(world: World, body: JSON) -> JSON:
    world.recorder.enabled = bool(body["enabled"])
    return {"enabled": world.recorder.enabled}


def _faults_route(world: World) -> Route:
    async def run(request: Request) -> Response:
        if request.method == "DELETE":
            world.faults.clear()
            return reply({"faults": 0})
        body = await read_json(request)
        known = {name: body[name] for name in Fault.__dataclass_fields__ if body.get(name) is not None}
        world.faults.add(Fault(**known))
        return reply({"faults": len(world.faults.waiting)})

    return Route("/sandbox/faults", endpoint(run), methods=["POST", "DELETE"])


# -- looking


def _looking_routes(world: World) -> list[BaseRoute]:
    async def chat(request: Request) -> Response:
        found = world.chats.get(int(request.path_params["chat_id"]))
        if found is None:
            raise Unable("没有这个会话", 404)
        return reply({"messages": list(found.messages.values()), "reply_keyboard": found.keyboard})

    async def toasts(request: Request) -> Response:
        shown = world.toasts.get(int(request.path_params["user_id"]), [])
        return reply({"toasts": [toast.as_json() for toast in shown]})

    async def exchanges(request: Request) -> Response:
        return Response(world.recorder.text(), media_type="application/x-ndjson")

    async def listing(request: Request) -> Response:
        found = [{**who.user(), "started": who.started, "blocked": who.blocked} for who in world.people.values()]
        return reply({"people": found, "chats": [one.chat() for one in world.chats.values()]})

    return [
        Route("/sandbox/chats/{chat_id}", endpoint(chat)),
        Route("/sandbox/chats", endpoint(listing)),
        Route("/sandbox/toasts/{user_id}", endpoint(toasts)),
        Route("/sandbox/exchanges", endpoint(exchanges)),
    ]


# -- time


def _clock_route(world: World, hooks: SandboxHooks | None) -> Route:
    async def run(request: Request) -> Response:
        if request.method == "POST":
            target = await _target(world, hooks, await read_json(request))
            world.clock.put(target)
            if hooks:
                await hooks.move(target)
            world.changes.bump()
        now = await hooks.now() if hooks else world.clock.now()
        return reply({"now": now.isoformat()})

    return Route("/sandbox/clock", endpoint(run), methods=["GET", "POST"])


async def _target(world: World, hooks: SandboxHooks | None, body: JSON) -> datetime:
    if "now" in body:
        target = datetime.fromisoformat(str(body["now"]))
        if target.tzinfo is None:
            raise Unable("时间须带时区，例如 2026-12-01T08:00:00+08:00")
        return target
    now = await hooks.now() if hooks else world.clock.now()
    return now + timedelta(seconds=float(body["advance_s"]))


def _idle_route(world: World, hooks: SandboxHooks | None) -> Route:
    async def run(request: Request) -> Response:
        limit_s = float(request.query_params.get("timeout_s", 10))
        quiet = await wait_until_idle(world, hooks, limit_s)
        answer: JSON = {"idle": quiet, "pending_updates": world.pending()}
        if not quiet:
            answer["error"] = f"{limit_s:g} 秒内没有静下来"
        return reply(answer, 200 if quiet else 504)

    return Route("/sandbox/idle", endpoint(run))


async def wait_until_idle(world: World, hooks: SandboxHooks | None, limit_s: float) -> bool:
    """Whether within the limit no update was left unconfirmed and the bot had nothing to do."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while world.pending() or (hooks and not await hooks.idle()):
        left = end - loop.time()
        if left <= 0:
            return False
        await world.updates.arrivals.wait(world.updates.arrivals.version, min(left, 0.01 if hooks else 1))
    return True


def steering_routes(world: World, hooks: SandboxHooks | None) -> list[BaseRoute]:
    """Everything under /sandbox/ that no person does."""
    return [
        posted(world, "limits", _limits),
        posted(world, "latency", _latency),
        posted(world, "recording", _recording),
        _faults_route(world),
        *_looking_routes(world),
        _clock_route(world, hooks),
        _idle_route(world, hooks),
    ]
