"""From the text a bot or person sends to the text and entities of the message."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bot.sandbox.detect import found_entities
from bot.sandbox.links import link
from bot.sandbox.markup_html import parse_html
from bot.sandbox.markup_markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.spans import MarkupError, in_order, units
from bot.sandbox.wire import JSON, Params, bad, words

PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
OPAQUE = frozenset(words("code pre text_link text_mention"))
FOUND_BY_SERVER = frozenset(words("mention hashtag cashtag bot_command url email"))
STYLES = frozenset(
    words(
        "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link "
        "text_mention custom_emoji date_time phone_number"
    )
)
RAW_LIMIT = 32_768
_TO_SPACE = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile(r"[\r\u2028-\u202e\u030a\u0333\u033f]")
_UNCLEAN = re.compile(r"[\x00-\x09\x0b-\x1f\u2028-\u202e\u030a\u0333\u033f]")

FindUser = Callable[[int], JSON | None]


def formatted(params: Params, name: str, find_user: FindUser) -> tuple[str, list[JSON]]:
    """The text of parameter `name` ("text" or "caption") with its entities; raises Refusal.

    Lengths are not checked: messages and captions differ.
    """
    text = params.text(name)
    if len(text) > RAW_LIMIT // 4 and len(text.encode("utf-8", "surrogatepass")) > RAW_LIMIT:
        raise bad("text is too long")
    mode = params.text("parse_mode")
    if mode:
        plain, entities = _parsed(text, mode.lower())
        return plain, _with_users(entities, find_user)
    entities = _given(params, "entities" if name == "text" else f"{name}_entities")
    if not entities:
        plain, entities = _found(text)
        return plain, list(entities)
    return fixed(text, _with_users(entities, find_user))


# A bot says the same things to many people, so what has been read once is remembered. Nobody changes what
# these two return: `_with_users` and `list` copy.
@lru_cache(maxsize=4096)
def _parsed(text: str, mode: str) -> tuple[str, list[JSON]]:
    parser = PARSERS.get(mode)
    if parser is None:
        raise bad("unsupported parse_mode")
    try:
        return fixed(*parser(text))
    except MarkupError as error:
        raise bad(f"can't parse entities: {error}") from None


@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[str, list[JSON]]:
    return fixed(text, [])


def _given(params: Params, name: str) -> list[JSON]:
    try:
        entities = params.decoded(name)
    except ValueError:
        raise bad("can't parse entities JSON object") from None
    if entities is None:
        return []
    if not isinstance(entities, list):
        return []
    return [found for entity in entities if (found := _given_entity(entity))]


def _given_entity(entity: Any) -> JSON | None:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    for key in ("offset", "length", "type"):
        if key not in entity:
            raise bad(f"can't parse MessageEntity: Can't find field \"{key}\"")
    kind = entity["type"]
    if kind in FOUND_BY_SERVER:
        return None
    if kind not in STYLES:
        raise bad("can't parse MessageEntity: unsupported entity type specified")
    found: JSON = {"type": kind, "offset": int(entity["offset"]), "length": int(entity["length"])}
    for key in ("language", "custom_emoji_id", "unix_time", "date_time_format"):
        if key in entity:
            found[key] = entity[key]
    if kind == "text_link":
        found["url"] = link(str(entity.get("url", "")))
        return found if found["url"] else None
    if kind == "text_mention":
        found["user_id"] = (entity.get("user") or {}).get("id", 0)
    return found


def _with_users(entities: list[JSON], find_user: FindUser) -> list[JSON]:
    """Mentions of people the bot does not know are dropped."""
    found = []
    for entity in entities:
        if entity["type"] == "text_mention":
            user = find_user(entity["user_id"])
            if user is None:
                continue
            entity = {key: value for key, value in entity.items() if key != "user_id"} | {"user": user}
        found.append(entity)
    return found


def fixed(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """Clean and trim the text, move its entities along, add what the server finds by itself."""
    if entities:
        places = _Places(text, entities)
        text, entities = places.text, places.entities
    else:
        text = _cleaned(text).strip()
    found = found_entities(text)
    if not found:
        return text, entities
    closed = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in OPAQUE]
    for start, end, kind in found:
        offset, length = units(text[:start]), units(text[start:end])
        if not any(a < offset + length and offset < b for a, b in closed):
            entities.append({"type": kind, "offset": offset, "length": length})
    return text, in_order(entities)


def _cleaned(text: str) -> str:
    if not _UNCLEAN.search(text):
        return text
    return _DROPPED.sub("", _TO_SPACE.sub(" ", text))


class _Places:
    """A text cleaned and trimmed together with its entities."""

    def __init__(self, text: str, entities: list[JSON]) -> None:
        size = units(text)
        marks = {mark for e in entities for mark in (e["offset"], e["offset"] + e["length"])}
        index = _characters_at(text, marks | {size})
        clean = {at: len(_cleaned(text[:character])) for at, character in index.items()}
        whole = _cleaned(text)
        left = len(whole) - len(whole.lstrip())
        self.text = whole.strip()
        right = left + len(self.text)
        self.entities: list[JSON] = []
        for entity in entities:
            stop = entity["offset"] + entity["length"]
            if entity["offset"] < 0 or entity["length"] <= 0 or stop > size:
                continue
            start, end = (min(max(clean[at], left), right) for at in (entity["offset"], stop))
            if start < end:
                offset = units(whole[left:start])
                self.entities.append({**entity, "offset": offset, "length": units(whole[start:end])})
        self.entities = in_order(self.entities)


def _characters_at(text: str, marks: set[int]) -> dict[int, int]:
    """The character index of each UTF-16 offset in `marks` that lies in the text."""
    if text.isascii():
        return {mark: mark for mark in marks}
    found, offset = {}, 0
    for place, sign in enumerate(text):
        if offset in marks:
            found[offset] = place
        if sign > "\uffff":
            if offset + 1 in marks:
                found[offset + 1] = place
            offset += 2
        else:
            offset += 1
    found[offset] = len(text)
    return found
