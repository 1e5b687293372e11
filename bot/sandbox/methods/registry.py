"""The table of Bot API methods and what all of them share."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.wire import JSON, Params, bad
from bot.sandbox.world import World

Handler = Callable[[World, Params], Any | Awaitable[Any]]
METHODS: dict[str, Handler] = {}


class Answer:
    """A result with the description that some methods add."""

    def __init__(self, result: Any, description: str) -> None:
        self.result = result
        self.description = description


def method(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler under Bot API names; they are found whatever their case."""

    def register(handler: Handler) -> Handler:
        for name in names:
            METHODS[name.lower()] = handler
        return handler

    return register


def message_in(chat: Chat, params: Params, sentence: str, name: str = "message_id") -> JSON:
    """The message a call is about; refuses with the sentence that belongs to the call."""
    message = chat.messages.get(params.integer(name))
    if message is None:
        raise bad(sentence)
    return message


def without_nesting(message: JSON) -> JSON:
    """A message as it may stand inside another: one level deep."""
    return {key: value for key, value in message.items() if key not in ("reply_to_message", "pinned_message")}
