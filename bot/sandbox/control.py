"""The control contract over HTTP: what people do. See steering for troubles, clock and looking."""

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox import attachments, groups, people, pressing, raw
from bot.sandbox.people import Unable
from bot.sandbox.plumbing import Action, endpoint, posted, reply
from bot.sandbox.steering import SandboxHooks, steering_routes
from bot.sandbox.wire import JSON, Upload
from bot.sandbox.world import World

FILE_KINDS = ("document", "voice", "video", "audio", "animation", "sticker", "video_note")
__all__ = ["SandboxHooks", "control_routes"]


# -- what people do


def _add_person(world: World, body: JSON) -> JSON:
    names = ("id", "last_name", "username", "note", "language_code", "started")
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
    return pressing.press(world, user, chat, int(body.get("message_id") or 0), str(body["button"]))


def _start(world: World, body: JSON) -> JSON:
    return {"update_id": people.start(world, int(body["user_id"]), str(body.get("payload", "")))}


def _edit(world: World, body: JSON) -> JSON:
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    return {"update_id": people.edit(world, user, chat, int(body["message_id"]), str(body["text"]))}


def _forward(world: World, body: JSON) -> JSON:
    """A person forwards a message of a chat (`from_chat_id`) to the bot or to another chat (`chat_id`)."""
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    number = attachments.forward(world, user, chat, int(body["from_chat_id"]), int(body["message_id"]))
    return {"update_id": number}


def _block(world: World, body: JSON) -> JSON:
    return {"update_id": people.block(world, int(body["user_id"]), blocked=bool(body["blocked"]))}


def _join(world: World, body: JSON) -> JSON:
    """A person joins; without user_id the bot itself is added, as "status" says (member, left, kicked …)."""
    if "user_id" in body:
        return {"update_id": groups.join(world, int(body["user_id"]), int(body["chat_id"]))}
    status = str(body.get("status", "member"))
    return {"update_id": groups.set_bot_status(world, int(body["chat_id"]), status)}


def _contact(world: World, body: JSON) -> JSON:
    user, chat = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    phone_number = str(body.get("phone_number", "+8613800000000"))
    return {"update_id": attachments.send_contact(world, user, chat, phone_number)}


def _leave(world: World, body: JSON) -> JSON:
    return {"update_id": groups.leave(world, int(body["user_id"]), int(body["chat_id"]))}


def _migrate(world: World, body: JSON) -> JSON:
    return {"id": groups.migrate(world, int(body["chat_id"])).id}


def _raw_update(world: World, body: JSON) -> JSON:
    return {"update_id": raw.raw_update(world, body)}


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
            numbers = await attachments.send_photos(world, user, chat, pictures, caption)
            return reply({"update_id": numbers[0], "update_ids": numbers})
        duration = int(str(form.get("duration") or 0))
        numbers = [attachments.send_file(world, user, chat, path, one, caption, duration) for one in uploads]
        return reply({"update_id": numbers[0], "update_ids": numbers})

    return Route(f"/sandbox/{path}", endpoint(run), methods=["POST"])


def control_routes(world: World, hooks: SandboxHooks | None = None) -> list[BaseRoute]:
    """The routes under /sandbox/."""
    actions: dict[str, Action] = {
        "users": _add_person,
        "groups": _add_group,
        "send": _send,
        "press": _press,
        "start": _start,
        "edit": _edit,
        "forward": _forward,
        "block": _block,
        "join": _join,
        "leave": _leave,
        "migrate": _migrate,
        "deactivate": _deactivate,
        "updates": _raw_update,
        "contact": _contact,
    }
    return [
        *(posted(world, path, act) for path, act in actions.items()),
        *(_upload_route(world, kind) for kind in ("photo", "album", *FILE_KINDS)),
        *steering_routes(world, hooks),
    ]
