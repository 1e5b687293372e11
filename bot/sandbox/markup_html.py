"""The HTML parse mode: plain text and entities, or Telegram's error sentence with its byte offset."""

import re
from dataclasses import dataclass

from bot.sandbox.links import link, mentioned_user
from bot.sandbox.spans import SPACES, MarkupError, byte_units, in_order
from bot.sandbox.wire import JSON

STYLES = {
    "a": "text_link",
    "b": "bold",
    "blockquote": "blockquote",
    "code": "code",
    "del": "strikethrough",
    "em": "italic",
    "i": "italic",
    "ins": "underline",
    "pre": "pre",
    "s": "strikethrough",
    "span": "spoiler",
    "strike": "strikethrough",
    "strong": "bold",
    "tg-emoji": "custom_emoji",
    "tg-spoiler": "spoiler",
    "tg-time": "date_time",
    "u": "underline",
}
NAMED = {b"lt": 60, b"gt": 62, b"amp": 38, b"quot": 34}
_PLAIN = re.compile(rb"[^<&]+")
_NAME = re.compile(rb"[^ \t\r\n\0\x0b>]*")
_ATTRIBUTE = re.compile(rb"[^ \t\r\n\0\x0b=>/\"']*")
_TOKEN = re.compile(rb"[A-Za-z0-9.-]*")
_BLANK = re.compile(rb"[ \t\r\n\x0b]*")
_REFERENCE = re.compile(rb"&(?:#x([0-9A-Fa-f]*)|#([0-9]*)|([A-Za-z]*))")


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


def parse_html(text: str) -> tuple[str, list[JSON]]:
    """Plain text and entities (offsets in UTF-16 units); raises MarkupError."""
    return _Html(text).parse()


class _Html:
    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.at = 0
        self.out = bytearray()
        self.units = 0
        self.stack: list[_Open] = []
        self.entities: list[JSON] = []

    def parse(self) -> tuple[str, list[JSON]]:
        while self.at < len(self.data):
            if self.data[self.at] == ord("<"):
                self._end_tag() if self._peek(1) == ord("/") else self._start_tag()
            elif self.data[self.at] == ord("&"):
                self._put(self._reference() or self._one())
            else:
                plain = _PLAIN.match(self.data, self.at)
                assert plain
                self.at = plain.end()
                self._put(plain[0])
        if self.stack:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        try:
            return self.out.decode(), in_order([_finished(entity) for entity in self.entities])
        except UnicodeDecodeError:
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from None

    def _peek(self, ahead: int = 0) -> int:
        """The byte there, 0 behind the end."""
        place = self.at + ahead
        return self.data[place] if place < len(self.data) else 0

    def _take(self, pattern: re.Pattern[bytes]) -> bytes:
        found = pattern.match(self.data, self.at)
        assert found
        self.at = found.end()
        return found[0]

    def _one(self) -> bytes:
        self.at += 1
        return self.data[self.at - 1 : self.at]

    def _put(self, data: bytes) -> None:
        self.out += data
        self.units += byte_units(data)

    def _reference(self) -> bytes:
        """The character a reference at this place stands for, b"" (and no step) if it is none."""
        found = _REFERENCE.match(self.data, self.at)
        assert found
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            code = NAMED.get(name, 0)
        else:
            digits, base = (decimal, 10) if hexadecimal is None else (hexadecimal, 16)
            code = int(digits, base) if digits and len(found[0]) < 10 else 0
        if not 0 < code < 0x10FFFF:
            return b""
        self.at = found.end()
        if self._peek() == ord(";"):
            self.at += 1
        return chr(code).encode("utf-8", "surrogatepass")

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._take(_NAME)
        if self.at == len(self.data):
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        tag = name.decode("utf-8", "replace").lower()
        if tag not in STYLES:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.at += 1
        self.stack.append(_Open(tag, attributes, self.units, len(self.out)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        """Reads up to the closing ">", which stays the next byte."""
        found: dict[str, str] = {}
        while self._peek() != ord(">"):
            self._take(_BLANK)
            if self._peek() == ord(">"):
                break
            name = self._take(_ATTRIBUTE).decode("utf-8", "replace")
            if not name:
                raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._take(_BLANK)
            if self._peek() == ord("="):
                self.at += 1
                self._take(_BLANK)
                self._end_check(f'Unclosed start tag "{tag}" at byte offset {begin}')
                found[name] = self._value()
                self._end_check(f"Unclosed start tag at byte offset {begin}")
            else:
                self._end_check(f'Unclosed start tag "{tag}" at byte offset {begin}')
                found[name] = ""
        return found

    def _end_check(self, sentence: str) -> None:
        if self.at >= len(self.data):
            raise MarkupError(sentence)

    def _value(self) -> str:
        begin, quote = self.at, self._peek()
        if quote not in b"\"'":
            token = self._take(_TOKEN)
            if self._peek() not in SPACES and self._peek() != ord(">"):
                raise MarkupError(f"Unexpected end of name token at byte offset {begin}")
            return token.decode().lower()
        self.at += 1
        value = bytearray()
        while self.at < len(self.data) and self.data[self.at] != quote:
            value += (self._reference() if self._peek() == ord("&") else b"") or self._one()
        if self.at < len(self.data):
            self.at += 1
            # a closing quote as the very last byte leaves the tag open: the caller's end check says so
        return value.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self.at
        if not self.stack:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        name = self._take(_NAME).decode("utf-8", "replace").lower()
        self._take(_BLANK)
        if self._peek() != ord(">"):
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.stack.pop()
        if name and name != opened.tag:
            raise MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        """Turn a finished tag into an entity, or into none where Telegram drops it."""
        entity: JSON = {
            "type": STYLES[opened.tag],
            "offset": opened.offset,
            "length": self.units - opened.offset,
        }
        match opened.tag:
            case "a":
                inner = self.out[opened.start :].decode("utf-8", "replace")
                entity = _link_entity(entity, opened.attributes.get("href") or inner)
            case "tg-emoji":
                entity["custom_emoji_id"] = _emoji(opened.attributes.get("emoji-id", ""))
            case "tg-time":
                entity = _time_entity(entity, opened.attributes)
            case "blockquote" if "expandable" in opened.attributes:
                entity["type"] = "expandable_blockquote"
            case "pre" | "code":
                entity = self._code(entity, opened)
        if entity:
            self.entities.append(entity)

    def _code(self, entity: JSON, opened: _Open) -> JSON:
        """pre and code around the very same text become one pre with a language."""
        previous = self.entities[-1] if self.entities else {}
        same = (previous.get("offset"), previous.get("length")) == (entity["offset"], entity["length"])
        kind = opened.attributes.get("class", "")
        language = kind.removeprefix("language-") if kind.startswith("language-") else ""
        if opened.tag == "pre" and same and previous["type"] == "code" and previous.get("language"):
            previous["type"] = "pre"
            return {}
        if opened.tag == "code" and same and previous["type"] == "pre" and language:
            previous["language"] = language
            return {}
        return {**entity, "language": language} if opened.tag == "code" and language else entity


def _finished(entity: JSON) -> JSON:
    """A language is told only for blocks."""
    return {k: v for k, v in entity.items() if k != "language"} if entity["type"] == "code" else entity


def _link_entity(entity: JSON, url: str) -> JSON:
    if user_id := mentioned_user(url):
        return {**entity, "type": "text_mention", "user_id": user_id}
    return {**entity, "url": found} if (found := link(url)) else {}


def _emoji(number: str) -> str:
    if not re.fullmatch(r"-?\d+", number) or int(number) == 0:
        raise MarkupError("Invalid custom emoji identifier specified")
    return number


def _time_entity(entity: JSON, attributes: dict[str, str]) -> JSON:
    shape = attributes.get("format", "")
    if shape not in ("", "r", "R") and re.search(r"[^tTdDwW]", shape):
        raise MarkupError("Invalid date format used")
    moment = attributes.get("unix", "")
    if not moment.isdigit() or int(moment) == 0:
        return {}
    return {**entity, "unix_time": int(moment), **({"date_time_format": shape} if shape else {})}
