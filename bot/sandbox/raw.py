"""Updates from outside: delivered as they are, with the people and chats in them made known."""

from typing import Any

from bot.sandbox.wire import JSON
from bot.sandbox.world import World


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
