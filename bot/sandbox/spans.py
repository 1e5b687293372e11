"""What the markup parsers share: entities, lengths in UTF-16 units, the error they raise."""

from bot.sandbox.wire import JSON

SPACES = b" \t\r\n\0\x0b"
_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


class MarkupError(ValueError):
    """Telegram's sentence after "can't parse entities: "."""


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) >> 1


def byte_units(data: bytes | bytearray) -> int:
    """Length in UTF-16 code units of the UTF-8 bytes of whole characters."""
    if data.isascii():
        return len(data)
    return units(data.decode("utf-8", "surrogatepass"))


def in_order(entities: list[JSON]) -> list[JSON]:
    """Sorted as the server sends them: by place, outer before inner."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], _PRIORITY.get(e["type"], 50)))
