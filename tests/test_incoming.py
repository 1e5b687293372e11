"""Reading raw updates: the ones that mean something, and any other JSON without a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.incoming import GroupCall, Read, read, sender_of
from handlers.answering import Kind

SAMPLES = Path(__file__).parent / "botapi" / "samples-good.jsonl"
USER = {"id": 77, "is_bot": False, "first_name": "王", "last_name": "厂长", "language_code": "zh-hans"}
PRIVATE = {"id": 77, "type": "private", "first_name": "王"}
GROUP = {"id": -5, "type": "group", "title": "职工群"}


def message(**parts: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 9, "date": 1, "from": USER, "chat": PRIVATE, **parts}}


def test_a_text_is_the_words_of_the_person() -> None:
    assert read(message(text="没有盖板"), bot_name="zicha_bot") == Read(
        kind=Kind.TEXT, chat_id=77, user_id=77, name="王 厂长", language="zh-hans", text="没有盖板", message_id=9
    )


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/start", "start", ""),
        ("/start abc_-9", "start", "abc_-9"),
        ("/Zicha@Zicha_Bot", "zicha", ""),
    ],
)
def test_a_command_is_parted_from_its_rest(text: str, command: str, rest: str) -> None:
    did = read(message(text=text), bot_name="zicha_bot")
    assert isinstance(did, Read)
    assert (did.kind, did.command, did.text) == (Kind.COMMAND, command, rest)


def test_a_command_for_another_bot_is_a_plain_text() -> None:
    did = read(message(text="/start@other_bot"), bot_name="zicha_bot")
    assert isinstance(did, Read)
    assert did.kind is Kind.TEXT


def test_the_largest_size_of_a_photo_is_taken() -> None:
    sizes = [{"file_id": "small", "file_size": 10}, {"file_id": "large", "file_size": 99}]
    did = read(message(photo=sizes, caption="左边", media_group_id="5"), bot_name="b")
    assert isinstance(did, Read)
    assert (did.kind, did.file_id, did.text, did.album) == (Kind.PHOTO, "large", "左边", "5")


def test_a_picture_sent_as_a_file_is_a_photo_and_a_spreadsheet_is_a_file() -> None:
    picture = read(message(document={"file_id": "a", "mime_type": "image/jpeg"}), bot_name="b")
    table = read(message(document={"file_id": "a", "file_name": "企业.xlsx"}), bot_name="b")
    assert isinstance(picture, Read)
    assert isinstance(table, Read)
    assert (picture.kind, table.kind, table.file_name) == (Kind.PHOTO, Kind.FILE, "企业.xlsx")


def test_a_sticker_in_private_gets_a_kind_answer_and_in_a_group_silence() -> None:
    did = read(message(sticker={"file_id": "s"}), bot_name="b")
    assert isinstance(did, Read)
    assert did.kind is Kind.OTHER
    assert read(message(sticker={"file_id": "s"}, chat=GROUP), bot_name="b") is None


def test_in_a_group_only_a_command_is_answered() -> None:
    assert read(message(text="大家好", chat=GROUP), bot_name="b") is None
    assert read(message(text="/zicha", chat=GROUP), bot_name="b") == GroupCall(chat_id=-5, user_id=77)


def test_a_press_names_the_card_and_the_data() -> None:
    query = {"id": "4", "from": USER, "message": {"message_id": 3, "chat": PRIVATE, "date": 0}, "data": "iy:1"}
    did = read({"update_id": 1, "callback_query": query}, bot_name="b")
    assert isinstance(did, Read)
    assert (did.kind, did.message_id, did.callback_id, did.text) == (Kind.PRESS, 3, "4", "iy:1")


def test_blocking_is_noticed() -> None:
    member = {"from": USER, "chat": PRIVATE, "new_chat_member": {"status": "kicked", "user": {"id": 5}}}
    did = read({"update_id": 1, "my_chat_member": member}, bot_name="b")
    assert isinstance(did, Read)
    assert did.kind is Kind.BLOCKED


def test_updates_of_one_person_share_a_turn_wherever_they_come_from() -> None:
    press = {"callback_query": {"from": USER, "message": {"chat": GROUP}}}
    assert sender_of(message(text="a")) == sender_of({"update_id": 2, **press}) == 77


def samples() -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines() if line.strip())
    return [line["update"] for line in lines if "update" in line]


def test_every_documented_kind_of_update_is_read_without_a_fault() -> None:
    found = samples()
    assert len(found) > 20
    for update in found:
        read(update, bot_name="b")
        sender_of(update)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["from", "chat", "id", "type", "text", "photo", "document", "voice", "data", "message", "entities", "caption"]
shapes = st.dictionaries(
    st.sampled_from(KEYS), json_values | st.just(USER) | st.just(PRIVATE) | st.just(GROUP), max_size=8
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the reader
@given(
    kind=st.sampled_from(["message", "callback_query", "my_chat_member", "poll", "business_message", "x"]), body=shapes
)
def test_no_shape_of_update_breaks_the_reader(kind: str, body: dict[str, Any]) -> None:
    update = {"update_id": 1, kind: body}
    did = read(update, bot_name="b")
    assert did is None or isinstance(did.chat_id, int)
    assert isinstance(sender_of(update), int)
