"""Pressing buttons: inline, on the reply keyboard, and links that start the bot."""

import re
import secrets
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.keyboards import has_button
from bot.sandbox.people import Unable, place, say, start
from bot.sandbox.wire import JSON
from bot.sandbox.world import Press, World

_START_LINK = re.compile(r"https?://(?:t\.me|telegram\.me)/(\w+)/?\?start=([A-Za-z0-9_-]+)", re.I)


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
