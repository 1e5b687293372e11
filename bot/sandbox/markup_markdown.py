"""The MarkdownV2 and legacy Markdown parse modes, with Telegram's error sentences."""

import re
from dataclasses import dataclass

from bot.sandbox.links import link, mentioned_user
from bot.sandbox.spans import SPACES, MarkupError, byte_units, in_order
from bot.sandbox.wire import JSON

SPECIAL = frozenset(b"_*[]()~`>#+-=|{}.!\n")
INSIDE_CODE = frozenset(b"`")
NAMES = {
    "blockquote": "BlockQuote",
    "bold": "Bold",
    "code": "Code",
    "custom_emoji": "CustomEmoji",
    "italic": "Italic",
    "pre": "Pre",
    "precode": "PreCode",
    "spoiler": "Spoiler",
    "strikethrough": "Strikethrough",
    "text_link": "TextUrl",
    "underline": "Underline",
}
CLOSINGS = {
    "bold": b"*",
    "code": b"`",
    "custom_emoji": b"]",
    "pre": b"```",
    "precode": b"```",
    "spoiler": b"||",
    "strikethrough": b"~",
    "text_link": b"]",
    "underline": b"__",
}
_EMOJI = re.compile(r"tg:(?://)?emoji/?\?(?:[^#]*&)?id=([1-9]\d*)(?:[&#]|$)", re.I)
_TIME = re.compile(r"tg:(?://)?time/?\?(?:[^#]*&)?unix=(\d+)(?:[&#]|$)", re.I)
_TIME_FORMAT = re.compile(r"[?&]format=([^&#]*)", re.I)


@dataclass(slots=True)
class _Open:
    kind: str
    byte: int
    offset: int
    start: int
    language: str = ""


def parse_markdown_v2(text: str) -> tuple[str, list[JSON]]:
    """Plain text and entities (offsets in UTF-16 units); raises MarkupError."""
    return _MarkdownV2(text).parse()


class _Reader:
    """Bytes with a place in them, and the plain text collected so far."""

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.at = 0
        self.out = bytearray()
        self.units = 0
        self.entities: list[JSON] = []

    def peek(self, ahead: int = 0) -> int:
        """The byte there, 0 behind the end."""
        place = self.at + ahead
        return self.data[place] if place < len(self.data) else 0

    def starts(self, mark: bytes) -> bool:
        return self.data.startswith(mark, self.at)

    def put(self, data: bytes) -> None:
        self.out += data
        self.units += byte_units(data)

    def language(self) -> str:
        """The language behind three backquotes, if any, and the line end after it."""
        end = self.at
        while end < len(self.data) and self.data[end] not in SPACES and self.data[end] != ord("`"):
            end += 1
        found = ""
        if end != self.at and end < len(self.data) and self.data[end] != ord("`"):
            found, self.at = self.data[self.at : end].decode("utf-8", "replace"), end
        if self.peek() and self.peek() in b"\r\n":
            pair = self.peek(1) and self.peek(1) in b"\r\n" and self.peek(1) != self.peek()
            self.at += 2 if pair else 1
        return found


class _MarkdownV2(_Reader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.stack: list[_Open] = []
        self.quoting = False
        self.may_quote = True

    def parse(self) -> tuple[str, list[JSON]]:
        while self.at < len(self.data):
            byte = self.peek()
            if byte == ord("\\") and 0 < self.peek(1) <= 126:
                self.at += 1
                self._plain()
            elif byte not in (INSIDE_CODE if self._in_code() else SPECIAL):
                self._plain()
            elif self.stack and (self._leaves_quote() or self._closes()):
                self._close()
            else:
                self._open()
        if self.quoting and self.stack:
            self._end_of_last_quote()
        if self.stack:
            raise _unended(self.stack[-1])
        return self.out.decode("utf-8", "replace"), in_order(self.entities)

    def _in_code(self) -> bool:
        return bool(self.stack) and self.stack[-1].kind in ("code", "pre", "precode")

    def _plain(self) -> None:
        byte = self.peek()
        self.at += 1
        self.out.append(byte)
        if not 0x80 <= byte < 0xC0:
            self.units += 2 if byte >= 0xF0 else 1
            if byte != ord("\r"):
                self.may_quote = byte == ord("\n")

    def _leaves_quote(self) -> bool:
        """A line end inside a quotation whose next line is no quotation."""
        return self.quoting and self.peek() == ord("\n") and self.peek(1) != ord(">")

    def _closes(self) -> bool:
        kind = self.stack[-1].kind
        if kind == "italic":
            return self.peek() == ord("_") and self.peek(1) != ord("_")
        return kind in CLOSINGS and self.starts(CLOSINGS[kind])

    def _open(self) -> None:
        begin, byte = self.at, self.peek()
        kind, width, language = self._opening(byte)
        if not kind:
            self._bare(byte)
            return
        self.at += width
        if kind == "pre" and (language := self.language()):
            kind = "precode"
        self.stack.append(_Open(kind, begin, self.units, len(self.out), language))

    def _opening(self, byte: int) -> tuple[str, int, str]:
        """Which entity opens here and how many bytes its mark has; "" for none."""
        for mark, kind in ((b"```", "pre"), (b"__", "underline"), (b"||", "spoiler"), (b"![", "custom_emoji")):
            if self.starts(mark):
                return kind, len(mark), ""
        single = {"_": "italic", "*": "bold", "~": "strikethrough", "[": "text_link", "`": "code"}.get(chr(byte))
        return single or "", 1, ""

    def _bare(self, byte: int) -> None:
        """A line end, the mark of a quotation, or a character that should have been escaped."""
        if byte == ord("\n"):
            self.put(b"\n")
            self.may_quote = True
        elif byte == ord(">") and self.may_quote:
            if not self.quoting:
                self.quoting = True
                self.stack.append(_Open("blockquote", self.at, self.units, len(self.out)))
        else:
            sign = chr(byte)
            raise MarkupError(f"Character '{sign}' is reserved and must be escaped with the preceding '\\'")
        self.at += 1

    def _close(self) -> None:
        if self.peek() == ord("\n"):
            self._close_quote()
            return
        opened = self.stack.pop()
        self.at += len(CLOSINGS.get(opened.kind, b"_"))
        entity: JSON = {"type": opened.kind}
        if opened.kind in ("pre", "precode"):
            entity = {"type": "pre", **({"language": opened.language} if opened.language else {})}
        elif opened.kind == "text_link":
            inner = self.out[opened.start :].decode("utf-8", "replace")
            entity = _link_entity(self._url() if self.peek() == ord("(") else inner)
        elif opened.kind == "custom_emoji":
            if self.peek() != ord("("):
                raise MarkupError("The entity must contain a tg://emoji or tg://time URL")
            entity = _special_entity(self._url())
        if entity:
            self._keep(opened, entity)

    def _close_quote(self) -> None:
        """The line end closes the quotation; a spoiler opened right before it makes it expandable."""
        opened, kind = self.stack.pop(), "blockquote"
        if opened.kind != "blockquote":
            fresh = opened.byte == self.at - 2 or (opened.byte == self.at - 3 and self.out.endswith(b"\r"))
            if opened.kind != "spoiler" or not fresh:
                raise _unended(opened)
            opened, kind = self.stack.pop(), "expandable_blockquote"
            if opened.kind != "blockquote":
                raise _unended(opened)
        self.put(b"\n")
        self.at += 1
        self.quoting, self.may_quote = False, True
        self._keep(opened, {"type": kind})

    def _end_of_last_quote(self) -> None:
        kind = "blockquote"
        if self.stack[-1].kind == "spoiler" and self.stack[-1].byte == len(self.data) - 2:
            self.stack.pop()
            kind = "expandable_blockquote"
        if self.stack and self.stack[-1].kind == "blockquote":
            self._keep(self.stack.pop(), {"type": kind})

    def _keep(self, opened: _Open, entity: JSON) -> None:
        if self.units > opened.offset:
            place = {"offset": opened.offset, "length": self.units - opened.offset}
            self.entities.append({"type": entity["type"], **place, **entity})

    def _url(self) -> str:
        """The address in brackets at this place; steps behind it."""
        begin = self.at = self.at + 1
        url = bytearray()
        while self.at < len(self.data) and self.peek() != ord(")"):
            if self.peek() == ord("\\") and 0 < self.peek(1) <= 126:
                self.at += 1
            url.append(self.peek())
            self.at += 1
        if self.peek() != ord(")"):
            raise MarkupError(f"Can't find end of a URL at byte offset {begin}")
        self.at += 1
        return url.decode("utf-8", "replace")


def _unended(opened: _Open) -> MarkupError:
    return MarkupError(f"Can't find end of {NAMES[opened.kind]} entity at byte offset {opened.byte}")


def _link_entity(url: str) -> JSON:
    if user_id := mentioned_user(url):
        return {"type": "text_mention", "user_id": user_id}
    return {"type": "text_link", "url": found} if (found := link(url)) else {}


def _special_entity(url: str) -> JSON:
    """A custom emoji or a formatted time."""
    if emoji := _EMOJI.match(url):
        return {"type": "custom_emoji", "custom_emoji_id": emoji[1]}
    moment = _TIME.match(url)
    if not moment:
        raise MarkupError("Invalid tg://emoji or tg://time URL specified")
    shape = _TIME_FORMAT.search(url)
    found = shape[1] if shape else ""
    if found not in ("", "r", "R") and re.search(r"[^tTdDwW]", found):
        raise MarkupError("Invalid date format used")
    if int(moment[1]) == 0:
        return {}
    return {"type": "date_time", "unix_time": int(moment[1]), **({"date_time_format": found} if found else {})}


def parse_markdown(text: str) -> tuple[str, list[JSON]]:
    """The legacy mode: marks do not nest; raises MarkupError."""
    reader = _Reader(text)
    while reader.at < len(reader.data):
        byte = reader.peek()
        if byte == ord("\\") and reader.peek(1) and reader.peek(1) in b"_*`[":
            reader.put(bytes([reader.peek(1)]))
            reader.at += 2
        elif byte in b"_*`[":
            _legacy_entity(reader)
        else:
            reader.out.append(byte)
            reader.units += 0 if 0x80 <= byte < 0xC0 else 1 + (byte >= 0xF0)
            reader.at += 1
    return reader.out.decode("utf-8", "replace"), in_order(reader.entities)


def _legacy_entity(reader: _Reader) -> None:
    begin, offset, mark = reader.at, reader.units, reader.peek()
    closing = b"```" if reader.starts(b"```") else (b"]" if mark == ord("[") else bytes([mark]))
    reader.at += 3 if len(closing) == 3 else 1
    language = reader.language() if len(closing) == 3 else ""
    end = reader.data.find(closing, reader.at)
    if end < 0:
        raise MarkupError(f"Can't find end of the entity starting at byte offset {begin}")
    inner = reader.data[reader.at : end]
    reader.put(inner)
    reader.at = end + len(closing)
    entity: JSON = {"type": {ord("_"): "italic", ord("*"): "bold"}.get(mark, "code")}
    if len(closing) == 3:
        entity = {"type": "pre", **({"language": language} if language else {})}
    elif mark == ord("["):
        url = inner
        if reader.peek() == ord("("):
            stop = reader.data.find(b")", reader.at)
            stop = len(reader.data) if stop < 0 else stop
            url, reader.at = reader.data[reader.at + 1 : stop], stop + 1
        entity = _link_entity(url.decode("utf-8", "replace"))
    if entity and reader.units > offset:
        reader.entities.append({"type": entity["type"], "offset": offset, "length": reader.units - offset, **entity})
