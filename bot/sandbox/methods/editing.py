"""Methods that change, remove, copy or pin messages."""

from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.keyboards import inline_only
from bot.sandbox.methods.media import media_content
from bot.sandbox.methods.registry import message_in, method
from bot.sandbox.methods.sending import caption_content, put, text_content
from bot.sandbox.wire import JSON, Params, Refusal, bad
from bot.sandbox.world import DAY_S, World

SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
MEDIA = ("photo", "document", "animation", "video", "audio", "voice")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")
CONTENT = (
    *("text", "entities", *CAPTION, *MEDIA),
    *("video_note", "sticker", "location", "venue", "contact", "dice", "poll", "has_media_spoiler"),
)
COPY_FAILS = {"forward": "the message can't be forwarded", "copy": "the message can't be copied"}
LISTED_LIMIT = 100


def _own(world: World, params: Params) -> tuple[Chat, JSON]:
    """The chat and the bot's own message an edit is about."""
    if "inline_message_id" in params:
        raise bad("MESSAGE_ID_INVALID")
    chat = world.writable(params.text("chat_id"))
    message = message_in(chat, params, "message to edit not found")
    sender = message.get("from") or message.get("sender_chat") or {}
    mine = sender.get("id") in (world.bot.id, chat.id if chat.type == "channel" else world.bot.id)
    if not mine or "forward_origin" in message:
        raise bad("message can't be edited")
    return chat, message


def _changed(world: World, chat: Chat, message: JSON, drop: tuple[str, ...], add: JSON, markup: JSON | None) -> JSON:
    """Replace part of a message and its inline keyboard; refuses a change that changes nothing."""
    edited = {key: value for key, value in message.items() if key not in drop and key != "reply_markup"}
    edited.update(add)
    if markup:
        edited["reply_markup"] = markup
    if edited == message:
        raise bad(SAME)
    edited["edit_date"] = world.timestamp()
    world.replace(chat, edited)
    return edited


@method("editMessageText")
def edit_message_text(world: World, params: Params) -> JSON:
    content, markup = text_content(world, params), inline_only(params)
    chat, message = _own(world, params)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _changed(world, chat, message, ("text", "entities"), content, markup)


@method("editMessageCaption")
def edit_message_caption(world: World, params: Params) -> JSON:
    content, markup = caption_content(world, params), inline_only(params)
    chat, message = _own(world, params)
    if not any(kind in message for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    return _changed(world, chat, message, CAPTION, content, markup)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, params: Params) -> JSON:
    markup = inline_only(params)
    chat, message = _own(world, params)
    return _changed(world, chat, message, (), {}, markup)


@method("editMessageMedia")
async def edit_message_media(world: World, params: Params) -> JSON:
    try:
        item = params.decoded("media")
    except ValueError:
        raise bad("can't parse InputMedia JSON object") from None
    if item is None:
        raise bad("media is empty")
    markup = inline_only(params)
    _own(world, params)
    content = await media_content(world, item, params.files)
    chat, message = _own(world, params)
    return _changed(world, chat, message, CONTENT, content, markup)


@method("stopPoll")
def stop_poll(world: World, params: Params) -> JSON:
    markup = inline_only(params)
    chat = world.writable(params.text("chat_id"))
    message = message_in(chat, params, "message with poll to stop not found")
    if "poll" not in message or message.get("from", {}).get("id") != world.bot.id:
        raise bad("message with poll to stop not found")
    poll: JSON = {**message["poll"], "is_closed": True}
    _changed(world, chat, message, (), {"poll": poll}, markup)
    return poll


# -- deleting


def _deletable(world: World, chat: Chat, message: JSON) -> str:
    """The sentence why a message can't be deleted, "" if it can."""
    mine = message.get("from", {}).get("id") == world.bot.id or chat.type == "channel"
    age = world.timestamp() - message["date"]
    if not (chat.is_private or mine or chat.bot_status == "administrator"):
        return "message can't be deleted"
    if "dice" in message and chat.is_private and age < DAY_S:
        return "message can't be deleted for everyone"
    if age > 2 * DAY_S and chat.bot_status != "administrator":
        where = " for everyone" if chat.type in ("private", "group") else ""
        return f"message can't be deleted{where}"
    return ""


@method("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    chat = world.writable(params.text("chat_id"))
    message = message_in(chat, params, "message to delete not found")
    if sentence := _deletable(world, chat, message):
        raise bad(sentence)
    world.remove(chat, message["message_id"])
    return True


@method("deleteMessages")
def delete_messages(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    found = [chat.messages[number] for number in _listed(params) if number in chat.messages]
    for message in found:
        if sentence := _deletable(world, chat, message):
            raise bad(sentence)
    for message in found:
        world.remove(chat, message["message_id"])
    return True


def _listed(params: Params) -> list[int]:
    try:
        given: Any = params.decoded("message_ids")
    except ValueError:
        raise bad("can't parse message identifiers JSON object") from None
    if not isinstance(given, list) or not given:
        raise bad("message identifiers are not specified")
    if len(given) > LISTED_LIMIT:
        raise bad("too many message identifiers specified")
    return [int(number) for number in given]


# -- forwarding and copying


def _source(world: World, params: Params, verb: str, number: int) -> JSON:
    chat = world.chat_named(params.text("from_chat_id"))
    message = chat.messages.get(number)
    if message is None or not any(name in message for name in CONTENT):
        raise bad(f"message to {verb} not found")
    if message.get("has_protected_content"):
        raise bad(COPY_FAILS[verb])
    return message


def _content(message: JSON) -> JSON:
    return {name: message[name] for name in CONTENT if name in message}


def forwarded(message: JSON) -> JSON:
    """The content of a message forwarded: what it was, with where it came from first."""
    origin = message.get("forward_origin")
    if origin is None and "from" in message:
        origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    elif origin is None:
        origin = {
            "type": "channel",
            "chat": message["chat"],
            "message_id": message["message_id"],
            "date": message["date"],
        }
    return {"forward_origin": origin, **_content(message)}


@method("forwardMessage")
def forward_message(world: World, params: Params) -> JSON:
    message = _source(world, params, "forward", params.integer("message_id"))
    return put(world, params, forwarded(message))[0]


@method("forwardMessages")
def forward_messages(world: World, params: Params) -> list[JSON]:
    return _several(world, params, "forward")


@method("copyMessage")
def copy_message(world: World, params: Params) -> JSON:
    message = _source(world, params, "copy", params.integer("message_id"))
    content = _content(message)
    if "caption" in params.values and "text" not in content:
        content = {name: value for name, value in content.items() if name not in CAPTION}
        content |= caption_content(world, params)
    return {"message_id": put(world, params, content)[0]["message_id"]}


@method("copyMessages")
def copy_messages(world: World, params: Params) -> list[JSON]:
    return _several(world, params, "copy")


def _several(world: World, params: Params, verb: str) -> list[JSON]:
    """Forward or copy what is there, in order; what is missing is skipped."""
    world.chat_named(params.text("from_chat_id"))
    contents = []
    for number in _listed(params):
        try:
            message = _source(world, params, verb, number)
        except Refusal:
            continue
        contents.append(forwarded(message) if verb == "forward" else _content(message))
    if not contents:
        raise bad(f"there are no messages to {verb}")
    return [{"message_id": message["message_id"]} for message in put(world, params, *contents)]


# -- pinning


@method("pinChatMessage")
def pin_chat_message(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    message = message_in(chat, params, "message to pin not found")
    _may_pin(chat)
    number = message["message_id"]
    chat.pinned = [number, *(other for other in chat.pinned if other != number)]
    chat.version = world.changes.bump()
    return True


@method("unpinChatMessage")
def unpin_chat_message(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    _may_pin(chat)
    number = params.integer("message_id") or (chat.pinned[0] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    chat.version = world.changes.bump()
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    _may_pin(chat)
    chat.pinned.clear()
    chat.version = world.changes.bump()
    return True


def _may_pin(chat: Chat) -> None:
    if not chat.is_private and chat.bot_status != "administrator":
        raise bad("not enough rights to manage pinned messages in the chat")
