"""The control contract over HTTP: what people do, troubles on order, the clock, waiting until all is quiet."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox import groups, people
from bot.sandbox.faults import Fault
from bot.sandbox.people import Unable
from bot.sandbox.wire import JSON, Upload
from bot.sandbox.world import World

Action = Callable[[World, JSON], Any]
FILE_KINDS = ("document", "voice", "video", "audio", "animation", "sticker", "video_note")


class SandboxHooks(Protocol):
    """How the controls reach the bot that lives in the same program."""

    async def now(self) -> datetime:
        """The bot's clock, aware."""

    async def move(self, now: datetime) -> None:
        """Put the bot's clock there and run what falls due."""

    async def idle(self) -> bool:
        """Whether no update is in work and no delivery waits to go out at the present clock."""


def _reply(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


async def _json(request: Request) -> JSON:
    try:
        body = orjson.loads(await request.body() or b"{}")
    except ValueError:
        raise Unable("请求内容不是 JSON") from None
    if not isinstance(body, dict):
        raise Unable("请求内容须是 JSON 对象")
    return body


def _endpoint(
    act: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turns what a person can't do into a plain JSON error."""

    async def guarded(request: Request) -> Response:
        try:
            return await act(request)
        except Unable as unable:
            return _reply({"error": str(unable)}, unable.status)
        except (KeyError, TypeError, ValueError) as error:
            return _reply({"error": f"请求不完整或有误：{error!r}"}, 400)

    return guarded


def _posted(world: World, path: str, act: Action) -> Route:
    """A route whose JSON body goes to `act`; its value is the answer."""

    async def run(request: Request) -> Response:
        return _reply(act(world, await _json(request)))

    return Route(f"/sandbox/{path}", _endpoint(run), methods=["POST"])


# -- what people do


def _add_person(world: World, body: JSON) -> JSON:
    names = ("id", "last_name", "username", "language_code", "started")
    more = {name: body[name] for name in names if name in body}
    return {"id": world.add_person(str(body["first_name"]), **more).id}


def _add_group(world: World, body: JSON) -> JSON:
    members = [int(member) for member in body.get("members", [])]
    kind, with_bot = str(body.get("type", "group")), bool(body.get("bot", True))
    return {"id": groups.found_group(world, str(body["title"]), members, kind=kind, with_bot=with_bot).id}


def _send(world: World, body: JSON) -> JSON:
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    number = people.say(world, user, chat, str(body["text"]), int(body.get("reply_to_message_id") or 0))
    return {"update_id": number}


def _press(world: World, body: JSON) -> JSON:
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    return people.press(world, user, chat, int(body.get("message_id") or 0), str(body["button"]))


def _start(world: World, body: JSON) -> JSON:
    return {"update_id": people.start(world, int(body["user_id"]), str(body.get("payload", "")))}


def _edit(world: World, body: JSON) -> JSON:
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    return {"update_id": people.edit(world, user, chat, int(body["message_id"]), str(body["text"]))}


def _block(world: World, body: JSON) -> JSON:
    return {"update_id": people.block(world, int(body["user_id"]), blocked=bool(body["blocked"]))}


def _join(world: World, body: JSON) -> JSON:
    """A person joins; without user_id the bot itself is added, as "status" says (member, left, kicked …)."""
    if "user_id" in body:
        return {"update_id": groups.join(world, int(body["user_id"]), int(body["chat_id"]))}
    status = str(body.get("status", "member"))
    return {"update_id": groups.set_bot_status(world, int(body["chat_id"]), status)}


def _leave(world: World, body: JSON) -> JSON:
    return {"update_id": groups.leave(world, int(body["user_id"]), int(body["chat_id"]))}


def _migrate(world: World, body: JSON) -> JSON:
    return {"id": groups.migrate(world, int(body["chat_id"])).id}


def _raw_update(world: World, body: JSON) -> JSON:
    return {"update_id": people.raw_update(world, body)}


def _deactivate(world: World, body: JSON) -> JSON:
    people.person(world, int(body["user_id"])).deactivated = bool(body.get("deactivated", True))
    return {"ok": True}


# -- files


async def _parts(form: FormData) -> list[Upload]:
    """The uploaded files of a form, whatever their names, in order."""
    return [
        Upload(
            filename=part.filename or "file",
            content_type=part.content_type or "application/octet-stream",
            data=await part.read(),
        )
        for _, part in form.multi_items()
        if isinstance(part, UploadFile)
    ]


def _upload_route(world: World, path: str) -> Route:
    async def run(request: Request) -> Response:
        async with request.form(max_files=20) as form:
            user = int(str(form["user_id"]))
            chat = int(str(form.get("chat_id") or user))
            caption, uploads = str(form.get("caption") or ""), await _parts(form)
        if not uploads:
            raise Unable("没有收到文件")
        if path in ("photo", "album"):
            pictures = [upload.data for upload in uploads]
            numbers = await people.send_photos(world, user, chat, pictures, caption)
            return _reply({"update_id": numbers[0], "update_ids": numbers})
        duration = int(str(form.get("duration") or 0))
        numbers = [people.send_file(world, user, chat, path, one, caption, duration) for one in uploads]
        return _reply({"update_id": numbers[0], "update_ids": numbers})

    return Route(f"/sandbox/{path}", _endpoint(run), methods=["POST"])


# -- troubles


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
            return _reply({"faults": 0})
        body = await _json(request)
        known = {name: body[name] for name in Fault.__dataclass_fields__ if body.get(name) is not None}
        world.faults.add(Fault(**known))
        return _reply({"faults": len(world.faults.waiting)})

    return Route("/sandbox/faults", _endpoint(run), methods=["POST", "DELETE"])


# -- looking


def _looking_routes(world: World) -> list[BaseRoute]:
    async def chat(request: Request) -> Response:
        found = world.chats.get(int(request.path_params["chat_id"]))
        if found is None:
            raise Unable("没有这个会话", 404)
        return _reply({"messages": list(found.messages.values()), "reply_keyboard": found.keyboard})

    async def toasts(request: Request) -> Response:
        shown = world.toasts.get(int(request.path_params["user_id"]), [])
        return _reply({"toasts": [toast.as_json() for toast in shown]})

    async def exchanges(request: Request) -> Response:
        return Response(world.recorder.text(), media_type="application/x-ndjson")

    async def listing(request: Request) -> Response:
        found = [{**who.user(), "started": who.started, "blocked": who.blocked} for who in world.people.values()]
        return _reply({"people": found, "chats": [one.chat() for one in world.chats.values()]})

    return [
        Route("/sandbox/chats/{chat_id}", _endpoint(chat)),
        Route("/sandbox/chats", _endpoint(listing)),
        Route("/sandbox/toasts/{user_id}", _endpoint(toasts)),
        Route("/sandbox/exchanges", _endpoint(exchanges)),
    ]


# -- time


def _clock_route(world: World, hooks: SandboxHooks | None) -> Route:
    async def run(request: Request) -> Response:
        if request.method == "POST":
            target = await _target(world, hooks, await _json(request))
            world.clock.put(target)
            if hooks:
                await hooks.move(target)
            world.changes.bump()
        now = await hooks.now() if hooks else world.clock.now()
        return _reply({"now": now.isoformat()})

    return Route("/sandbox/clock", _endpoint(run), methods=["GET", "POST"])


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
        return _reply(answer, 200 if quiet else 504)

    return Route("/sandbox/idle", _endpoint(run))


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


def control_routes(world: World, hooks: SandboxHooks | None = None) -> list[BaseRoute]:
    """The routes under /sandbox/."""
    actions: dict[str, Action] = {
        "users": _add_person,
        "groups": _add_group,
        "send": _send,
        "press": _press,
        "start": _start,
        "edit": _edit,
        "block": _block,
        "join": _join,
        "leave": _leave,
        "migrate": _migrate,
        "deactivate": _deactivate,
        "updates": _raw_update,
        "limits": _limits,
        "latency": _latency,
        "recording": _recording,
    }
    return [
        *(_posted(world, path, act) for path, act in actions.items()),
        *(_upload_route(world, kind) for kind in ("photo", "album", *FILE_KINDS)),
        _faults_route(world),
        *_looking_routes(world),
        _clock_route(world, hooks),
        _idle_route(world, hooks),
    ]
