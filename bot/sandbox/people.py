"""What a person does on the phone: write, start, edit, block the bot."""

import re

from bot.sandbox.chats import Chat, Person
from bot.sandbox.entities import fixed
from bot.sandbox.wire import JSON
from bot.sandbox.world import World

TEXT_LIMIT = 4096
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


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
        if not who.started:
            who.started = True
            chat.version = world.changes.bump()
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
