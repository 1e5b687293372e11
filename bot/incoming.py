"""Reading one raw update: what a person did in a private chat, or nothing; no shape of update can break it.

The wire's JSON is read directly. Kinds that do not exist yet, missing senders and odd types all end in silence.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.answering import Kind

JSON = dict[str, Any]

_FILES = ("document", "video", "audio", "animation", "video_note")


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What an update says; `message_id` is the pressed card, `file_id` what is to be fetched.

    `forwarded_at` is when a forwarded message was first sent; who sent it is not read.
    """

    kind: Kind
    chat_id: int
    user_id: int
    name: str
    language: str = ""
    text: str = ""
    command: str = ""
    message_id: int = 0
    callback_id: str = ""
    file_id: str = ""
    file_name: str = ""
    file_size: int = 0
    is_image: bool = False
    album: str = ""
    forwarded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCall:
    """Someone called the bot in a group: it answers there with one pointer to the private chat."""

    chat_id: int
    user_id: int


def sender_of(update: JSON) -> int:
    """Whose turn this is: one person's updates are handled one at a time; 0 where nobody can be named."""
    for value in update.values():
        if isinstance(value, dict):
            for part in (value.get("from"), value.get("user"), value.get("chat")):
                if isinstance(part, dict) and isinstance(part.get("id"), int):
                    return int(part["id"])
    return 0


def read(update: JSON, *, bot_name: str) -> Read | GroupCall | None:
    """What the update means for the bot, or None where it has nothing to say."""
    if query := _object(update, "callback_query"):
        return _press(query)
    if message := _object(update, "message"):
        return _message(message, bot_name)
    if member := _object(update, "my_chat_member"):
        return _membership(member)
    return None


def _press(query: JSON) -> Read | None:
    user, message = _object(query, "from"), _object(query, "message")
    chat = _object(message, "chat")
    if not _is_id(user) or chat.get("type") != "private" or not isinstance(query.get("data"), str):
        return None
    return Read(
        kind=Kind.PRESS,
        chat_id=chat["id"],
        user_id=user["id"],
        name=_name(user),
        text=query["data"],
        message_id=_number(message.get("message_id")),
        callback_id=str(query.get("id", "")),
    )


def _message(message: JSON, bot_name: str) -> Read | GroupCall | None:
    user, chat = _object(message, "from"), _object(message, "chat")
    if not _is_id(user) or not _is_id(chat) or user.get("is_bot"):
        return None
    text = message.get("text") if isinstance(message.get("text"), str) else ""
    assert isinstance(text, str)
    command, rest = _command(text, bot_name)
    if chat.get("type") != "private":
        return GroupCall(chat_id=chat["id"], user_id=user["id"]) if command else None
    base: JSON = {"chat_id": chat["id"], "user_id": user["id"], "name": _name(user)}
    base["language"] = str(user.get("language_code") or "")
    base["message_id"] = _number(message.get("message_id"))
    if command:
        return Read(kind=Kind.COMMAND, command=command, text=rest, **base)
    if text:
        return Read(kind=Kind.TEXT, text=text, **base)
    return _media(message, base)


def _media(message: JSON, base: JSON) -> Read:
    caption = message.get("caption")
    base["text"] = caption if isinstance(caption, str) else ""
    base["album"] = str(message.get("media_group_id") or "")
    base["forwarded_at"] = _moment(_object(message, "forward_origin").get("date"))
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes and isinstance(sizes[-1], dict):
        largest = sizes[-1]
        return Read(kind=Kind.PHOTO, **base, is_image=True, **_file(largest))
    if voice := _object(message, "voice"):
        return Read(kind=Kind.VOICE, **base, **_file(voice))
    document = _object(message, "document")
    if document and not message.get("animation"):
        image = str(document.get("mime_type", "")).startswith("image/")
        kind = Kind.PHOTO if image else Kind.FILE
        return Read(kind=kind, **base, is_image=image, **_file(document))
    return Read(kind=Kind.OTHER, **base)


def _membership(member: JSON) -> Read | None:
    user, chat, new = _object(member, "from"), _object(member, "chat"), _object(member, "new_chat_member")
    if not _is_id(user) or chat.get("type") != "private":
        return None
    kind = Kind.BLOCKED if new.get("status") == "kicked" else Kind.UNBLOCKED
    return Read(kind=kind, chat_id=user["id"], user_id=user["id"], name=_name(user))


def _command(text: str, bot_name: str) -> tuple[str, str]:
    """The command and the rest of "/command@bot rest", or two empty strings when it is none, or another bot's."""
    if not text.startswith("/"):
        return "", ""
    head, _, rest = text[1:].partition(" ")
    command, _, addressee = head.partition("@")
    if addressee and addressee.lower() != bot_name.lower():
        return "", ""
    return command.lower(), rest.strip()


def _file(part: JSON) -> JSON:
    return {
        "file_id": str(part.get("file_id", "")),
        "file_name": str(part.get("file_name", "")),
        "file_size": _number(part.get("file_size")),
    }


def _object(value: JSON, key: str) -> JSON:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _is_id(part: JSON) -> bool:
    return isinstance(part.get("id"), int)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> datetime | None:
    """A Unix time of the wire, or None for whatever is none."""
    try:
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and value > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def _name(user: JSON) -> str:
    parts = (user.get("first_name"), user.get("last_name"))
    return " ".join(p for p in parts if isinstance(p, str) and p)[:100] or "?"
