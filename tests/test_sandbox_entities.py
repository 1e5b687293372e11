"""Text and entities as Telegram makes them: its own test vectors, cleaning, trimming, limits."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import detect
from bot.sandbox.entities import fixed, formatted
from bot.sandbox.markup_html import parse_html
from bot.sandbox.markup_markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.spans import MarkupError
from bot.sandbox.wire import Params, Refusal

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "botapi" / "entity-vectors.jsonl").read_text("utf-8").splitlines()
]
MARKUP = [vector for vector in VECTORS if "parse_mode" in vector]
FINDERS = {
    "bot_command": detect.bot_commands,
    "mention": detect.mentions,
    "hashtag": detect.hashtags,
    "cashtag": detect.cashtags,
    "url": detect.addresses,
}


def found_in(vector: dict[str, Any]) -> list[str]:
    spans = sorted(FINDERS[vector["detect"]](vector["text"]))
    return [vector["text"][start:end] for start, end, kind in spans if kind != "email"]


def test_there_are_519_vectors_of_which_234_are_markup() -> None:
    assert (len(VECTORS), len(MARKUP)) == (519, 234)


@pytest.mark.parametrize("vector", MARKUP, ids=range(len(MARKUP)))
def test_markup_vector(vector: dict[str, Any]) -> None:
    parse = {"HTML": parse_html, "MarkdownV2": parse_markdown_v2}[vector["parse_mode"]]
    if "error" in vector:
        with pytest.raises(MarkupError) as refused:
            parse(vector["text"])
        assert str(refused.value) == vector["error"]
        return
    plain, entities = parse(vector["text"])
    kept = [{k: v for k, v in entity.items() if k != "date_time_format"} for entity in entities]
    assert (plain, kept) == (vector["plain"], vector["entities"])


@pytest.mark.parametrize("kind", ["bot_command", "mention", "hashtag", "cashtag"])
def test_every_vector_of_what_the_server_finds_itself(kind: str) -> None:
    vectors = [vector for vector in VECTORS if vector.get("detect") == kind]
    assert [found_in(vector) for vector in vectors] == [vector["found"] for vector in vectors]


def test_most_web_addresses_are_found_as_telegram_finds_them() -> None:
    vectors = [vector for vector in VECTORS if vector.get("detect") == "url"]
    right = sum(found_in(vector) == vector["found"] for vector in vectors)
    assert (len(vectors), right) == (180, 166)


def test_legacy_markdown_does_not_nest() -> None:
    assert parse_markdown("*粗* _斜_ `码` [链](telegram.org)") == (
        "粗 斜 码 链",
        [
            {"type": "bold", "offset": 0, "length": 1},
            {"type": "italic", "offset": 2, "length": 1},
            {"type": "code", "offset": 4, "length": 1},
            {"type": "text_link", "offset": 6, "length": 1, "url": "http://telegram.org/"},
        ],
    )
    with pytest.raises(MarkupError, match="Can't find end of the entity starting at byte offset 4"):
        parse_markdown("粗 *x")


def test_text_is_cleaned_and_trimmed_with_its_entities() -> None:
    entities = [{"type": "bold", "offset": 2, "length": 4}]
    assert fixed(" \t🔥a\r\tb ", entities) == ("🔥a b", [{"type": "bold", "offset": 0, "length": 3}])


def test_commands_are_found_beside_chinese_but_not_inside_it() -> None:
    assert fixed("/zicha 开始", [])[1] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert fixed("请按/zicha", [])[1] == []
    assert fixed("/自查", [])[1] == []


def test_what_lies_inside_code_is_left_alone() -> None:
    params = Params({"text": "<code>/zicha</code> @officer", "parse_mode": "html"})
    assert formatted(params, "text", lambda _: None) == (
        "/zicha @officer",
        [{"type": "code", "offset": 0, "length": 6}, {"type": "mention", "offset": 7, "length": 8}],
    )


def test_a_mention_of_somebody_unknown_is_dropped() -> None:
    known = {"id": 7, "is_bot": False, "first_name": "王厂长"}
    params = Params({"text": '<a href="tg://user?id=7">他</a><a href="tg://user?id=8">她</a>', "parse_mode": "HTML"})
    text, entities = formatted(params, "text", lambda user_id: known if user_id == 7 else None)
    assert text == "他她"
    assert entities == [{"type": "text_mention", "offset": 0, "length": 1, "user": known}]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": "x", "parse_mode": "rtf"}, "Bad Request: unsupported parse_mode"),
        ({"text": "字" * 10_923}, "Bad Request: text is too long"),
        ({"text": "x", "entities": "[7]"}, "Bad Request: can't parse MessageEntity: expected an Object"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
    ],
)
def test_wrong_markup_is_refused_with_telegrams_sentence(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        formatted(Params(values), "text", lambda _: None)
    assert refused.value.description == sentence


def test_a_long_chinese_text_without_spaces_is_read_quickly() -> None:
    text = "安全生产。" * 800 + "见zicha.example.com"
    assert len(detect.found_entities(text)) <= 1
