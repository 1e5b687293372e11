"""What a person does on the phone: write, send pictures and files, press buttons, block the bot."""

import asyncio
import re
import secrets
from typing import Any

from bot.sandbox.chats import Chat, Person
from bot.sandbox.entities import fixed
from bot.sandbox.files import NotAPicture, file_content, photo_content, photo_sizes
from bot.sandbox.keyboards import has_button
from bot.sandbox.wire import JSON, Upload
from bot.sandbox.world import Press, World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_START_LINK = re.compile(r"https?://(?:t\.me|telegram\.me)/(\w+)/?\?start=([A-Za-z0-9_-]+)", re.I)


class Unable(ValueError):
    """The person can't do that, in plain words; `status` as in HTTP."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def person(world: World, user_id: int) -> Person:
    found = world.people.get(user_id)
    if found is None:
        raise Unable(f"没有编号为 {user_id} 的人", 404)
    return found


def place(world: World, user_id: int, chat_id: int) -> tuple[Person, Chat]:
    """The person and the chat, if the person may act there."""
    who = person(world, user_id)
    chat = world.chats.get(chat_id)
    if chat is None:
        raise Unable(f"没有编号为 {chat_id} 的会话", 404)
    if chat.is_private and chat_id != user_id:
        raise Unable("这是别人与机器人的会话", 403)
    if chat.members.get(user_id, "left") in ("left", "kicked"):
        raise Unable(f"{who.name}不在这个群里", 403)
    if chat.migrated_to:
        raise Unable(f"这个群已升级，新编号 {chat.migrated_to}", 409)
    return who, chat


def send(world: World, user_id: int, chat_id: int, *contents: JSON, reply_to: int = 0) -> list[int | None]:
    """Put messages of a person into a chat; returns the update numbers (None: the bot does not get it)."""
    who, chat = place(world, user_id, chat_id)
    if chat.is_private:
        if who.blocked:
            raise Unable(f"{who.name}屏蔽了机器人，先解除屏蔽", 409)
        who.started = True
    frame: JSON = {}
    if reply_to:
        replied = chat.messages.get(reply_to)
        if replied is None:
            raise Unable("被回复的消息已不在了", 404)
        nested = ("reply_to_message", "pinned_message")
        frame["reply_to_message"] = {key: value for key, value in replied.items() if key not in nested}
    return [post(world, chat, who.user(), {**frame, **content}) for content in contents]


def post(world: World, chat: Chat, sender: JSON, content: JSON) -> int | None:
    """Keep a message and tell the bot if it may read it; returns the update number."""
    message = world.post(chat, sender, content)
    if not bot_reads(world, chat, message):
        return None
    kind = "channel_post" if chat.type == "channel" else "message"
    return world.deliver(kind, message, chat.id)


def bot_reads(world: World, chat: Chat, message: JSON) -> bool:
    """Whether privacy mode lets the bot have this message."""
    if chat.is_private:
        return True
    if chat.bot_status not in ("member", "administrator", "restricted"):
        return False
    if chat.bot_status == "administrator" or world.bot.reads_everything or chat.type == "channel":
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == world.bot.id:
        return True
    if not {"text", "caption", "photo", "document", "voice", "video", "sticker"} & message.keys():
        return True
    return _is_command_for(world, message)


def _is_command_for(world: World, message: JSON) -> bool:
    for entity in message.get("entities", ()):
        if entity["type"] == "bot_command":
            # commands are ASCII, but what stands before them may not be
            units = message["text"].encode("utf-16-le")
            command = units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
            name = command.partition("@")[2]
            if not name or name.lower() == world.bot.username.lower():
                return True
    return False


def say(world: World, user_id: int, chat_id: int, text: str, reply_to: int = 0) -> int | None:
    """Send a text; returns the update number."""
    text, entities = fixed(text, [])
    if not text:
        raise Unable("消息是空的")
    if len(text) > TEXT_LIMIT:
        raise Unable(f"一条消息最多 {TEXT_LIMIT} 字")
    content: JSON = {"text": text, "entities": entities} if entities else {"text": text}
    return send(world, user_id, chat_id, content, reply_to=reply_to)[0]


def start(world: World, user_id: int, payload: str = "") -> int | None:
    """Open the bot by a deep link and press Start (which also lifts a block); returns the update number."""
    if payload and not _PAYLOAD.fullmatch(payload):
        raise Unable("链接参数只能有 1–64 个字母、数字、_ 或 -")
    who = person(world, user_id)
    if who.blocked:
        block(world, user_id, blocked=False)
    return say(world, user_id, user_id, f"/start {payload}".strip())


# -- pictures and files


async def send_photos(
    world: World, user_id: int, chat_id: int, pictures: list[bytes], caption: str = ""
) -> list[int | None]:
    """Send one picture, or several as an album; each is a message of its own, the first has the caption."""
    place(world, user_id, chat_id)
    if not 1 <= len(pictures) <= 10:
        raise Unable("一次可发 1 到 10 张照片")
    try:
        sized = [await asyncio.to_thread(photo_sizes, picture) for picture in pictures]
    except NotAPicture:
        raise Unable("这不是能发送的图片") from None
    album = {"media_group_id": world.next_album_id()} if len(pictures) > 1 else {}
    contents: list[JSON] = [{**album, "photo": photo_content(world.files.add_photo(sizes))} for sizes in sized]
    contents[0].update(_caption(caption))
    return send(world, user_id, chat_id, *contents)


def send_file(
    world: World, user_id: int, chat_id: int, kind: str, upload: Upload, caption: str = "", duration_s: int = 0
) -> int | None:
    """Send a document, voice note, video or the like; returns the update number."""
    place(world, user_id, chat_id)
    if not upload.data:
        raise Unable("文件是空的")
    content = file_content(world.files.add(kind, upload.data, upload.filename, upload.content_type))
    if duration_s:
        content["duration"] = duration_s
    return send(world, user_id, chat_id, {kind: content, **_caption(caption)})[0]


def _caption(caption: str) -> JSON:
    caption, entities = fixed(caption, [])
    if len(caption) > CAPTION_LIMIT:
        raise Unable(f"说明文字最多 {CAPTION_LIMIT} 字")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def edit(world: World, user_id: int, chat_id: int, message_id: int, text: str) -> int | None:
    """Change an own message; no update when nothing changes."""
    _, chat = place(world, user_id, chat_id)
    message = chat.messages.get(message_id)
    if message is None:
        raise Unable("这条消息已不在了", 404)
    if message.get("from", {}).get("id") != user_id:
        raise Unable("只能修改自己的消息", 403)
    plain, entities = fixed(text, [])
    if not plain:
        raise Unable("消息是空的")
    name, spans = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    changed = {key: value for key, value in message.items() if key not in (name, spans)}
    changed |= {name: plain, **({spans: entities} if entities else {})}
    if changed == message:
        return None
    changed["edit_date"] = world.timestamp()
    world.replace(chat, changed)
    if not bot_reads(world, chat, changed):
        return None
    kind = "edited_channel_post" if chat.type == "channel" else "edited_message"
    return world.deliver(kind, changed, chat.id)


# -- buttons


def press(world: World, user_id: int, chat_id: int, message_id: int, button: str) -> JSON:
    """Press a button by its label or callback data; `message_id` 0 takes the newest message having it.

    Returns {"update_id", "callback_query_id"}; a link button gives {"url"}, or the update of its ?start=.
    """
    _, chat = place(world, user_id, chat_id)
    message, found = _message_with(chat, message_id, button)
    if message is None:
        if chat.keyboard and not message_id and _on_reply_keyboard(chat.keyboard, button):
            return {"update_id": say(world, user_id, chat_id, button)}
        raise Unable(f"按钮“{button}”已不在了", 404)
    if "callback_data" in found:
        return _pressed(world, chat, message, user_id, found["callback_data"])
    link = _START_LINK.fullmatch(str(found.get("url", "")))
    if link and link[1].lower() == world.bot.username.lower():
        return {"update_id": start(world, user_id, link[2])}
    if "url" in found:
        return {"update_id": None, "url": found["url"]}
    raise Unable(f"按钮“{button}”在这里按不了")


def _message_with(chat: Chat, message_id: int, button: str) -> tuple[JSON | None, JSON]:
    candidates = [chat.messages.get(message_id)] if message_id else reversed(chat.messages.values())
    for message in candidates:
        if message and (found := has_button(message.get("reply_markup"), button)):
            return message, found
    return None, {}


def _on_reply_keyboard(keyboard: JSON, label: str) -> bool:
    return any(button.get("text") == label for row in keyboard.get("keyboard", []) for button in row)


def _pressed(world: World, chat: Chat, message: JSON, user_id: int, data: str) -> JSON:
    made = Press(
        id=str(secrets.randbelow(1 << 62) + (1 << 61)),
        user_id=user_id,
        chat_id=chat.id,
        message_id=message["message_id"],
        data=data,
        pressed_at=world.clock.timestamp(),
    )
    world.keep_press(made)
    chat.mark(made.message_id, world.changes.bump())
    query: dict[str, Any] = {
        "id": made.id,
        "from": world.user(user_id),
        "message": message,
        "chat_instance": str(abs(chat.id) * 7_919 + 1_000_003),
        "data": data,
    }
    return {"update_id": world.deliver("callback_query", query, user_id), "callback_query_id": made.id}


# -- blocking


def block(world: World, user_id: int, *, blocked: bool) -> int | None:
    """Block the bot or lift the block; returns the update number, None when nothing changed."""
    who = person(world, user_id)
    if who.blocked == blocked:
        return None
    who.blocked = blocked
    states: list[JSON] = [
        {"status": "kicked", "user": world.bot.user(), "until_date": 0},
        {"status": "member", "user": world.bot.user()},
    ]
    old, new = reversed(states) if blocked else states
    chat = world.chats[user_id]
    chat.version = world.changes.bump()
    change = {
        "chat": chat.chat(),
        "from": who.user(),
        "date": world.timestamp(),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    return world.deliver("my_chat_member", change, user_id)


# -- whatever else arrives


def raw_update(world: World, update: JSON) -> int:
    """Deliver an update object as it is; people and chats in it become known, a message is kept."""
    for content in update.values():
        if not isinstance(content, dict):
            continue
        _learn_person(world, content.get("from"))
        nested = content.get("message")
        _learn_chat(world, (nested if isinstance(nested, dict) else content).get("chat"))
    message = update.get("message")
    if isinstance(message, dict) and isinstance(message.get("message_id"), int):
        chat = world.chats.get((message.get("chat") or {}).get("id", 0))
        if chat and message["message_id"] not in chat.messages:
            chat.keep(message, world.changes.bump())
    return world.updates.add_raw(update, world.clock.timestamp())


def _learn_person(world: World, user: Any) -> None:
    if not isinstance(user, dict) or user.get("is_bot") or not isinstance(user.get("id"), int):
        return
    if user["id"] not in world.people:
        names = ("id", "last_name", "username", "language_code")
        more = {name: user[name] for name in names if name in user}
        world.add_person(str(user.get("first_name", "")), started=True, **more)


def _learn_chat(world: World, chat: Any) -> None:
    if not isinstance(chat, dict) or not isinstance(chat.get("id"), int) or chat["id"] in world.chats:
        return
    if chat.get("type") == "private" and chat["id"] > 0:
        _learn_person(world, {**chat, "is_bot": False})
    elif chat.get("type") in ("group", "supergroup", "channel"):
        made = world.add_chat(chat["type"], str(chat.get("title", "")), chat_id=chat["id"])
        made.bot_status = "administrator" if chat["type"] == "channel" else "member"
