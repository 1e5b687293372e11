"""What people do in the sandbox: in groups and channels, with buttons, and what they are told they can't."""

from typing import Any

import pytest

from bot.sandbox.world import World
from tests.sandbox import JSON, Refused, Sandbox, running_sandbox

KEYS = {"inline_keyboard": [[{"text": "合格", "callback_data": "ok"}, {"text": "官网", "url": "example.org"}]]}


async def said(sandbox: Sandbox, method: str, **params: Any) -> str:
    """The sentence of a refusal; "" for a success."""
    answer = await sandbox.calls(method, **params)
    return str(answer["description"]) if not answer["ok"] else ""


async def sent(sandbox: Sandbox, chat_id: int, text: str = "题", **more: Any) -> JSON:
    message: JSON = (await sandbox.calls("sendMessage", chat_id=chat_id, text=text, **more))["result"]
    return message


async def test_in_groups_the_bot_hears_only_what_is_meant_for_it() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        group = await sandbox.group("三车间", wang)
        added, service = (await sandbox.calls("getUpdates"))["result"]
        assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert service["message"]["new_chat_members"][0]["is_bot"] is True
        assert await wang.sends("大家好", chat_id=group) is None
        assert await wang.sends("/zicha@another_bot", chat_id=group) is None
        assert await wang.sends("/zicha@zicha_sandbox_bot", chat_id=group) is not None
        assert await wang.sends("/zicha", chat_id=group) is not None
        card = await sent(sandbox, group, reply_markup=KEYS)
        assert await wang.sends("回复", chat_id=group, reply_to=card["message_id"]) is not None
        assert (await wang.taps("合格", chat_id=group))["callback_query_id"]
        await sandbox.control.post("join", {"chat_id": group, "status": "administrator"})
        assert await wang.sends("大家好", chat_id=group) is not None
        li = await sandbox.person("李工")
        await sandbox.control.post("join", {"user_id": li.id, "chat_id": group})
        assert (await sandbox.calls("getChatMemberCount", chat_id=group))["result"] == 3
        owner = (await sandbox.calls("getChatMember", chat_id=group, user_id=wang.id))["result"]
        assert owner["status"] == "creator"
        await sandbox.control.post("leave", {"user_id": li.id, "chat_id": group})
        with pytest.raises(Refused, match="不在这个群里"):
            await li.sends("再见", chat_id=group)
        assert (await sandbox.calls("leaveChat", chat_id=group))["ok"]
        gone = await said(sandbox, "sendMessage", chat_id=group, text="x")
        assert gone == "Forbidden: bot is not a member of the group chat"
        await sandbox.calls("getUpdates")


async def test_channels_and_their_posts() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        channel = await sandbox.group("通报", wang, kind="channel")
        post = await sent(sandbox, channel, "通知")
        assert "from" not in post and post["sender_chat"]["title"] == "通报"
        await wang.sends("频道消息", chat_id=channel)
        updates = (await sandbox.calls("getUpdates"))["result"]
        assert updates[-1]["channel_post"]["text"] == "频道消息"


async def test_what_a_person_cant_do_is_said_in_plain_words() -> None:
    async with running_sandbox() as sandbox:
        wang, li = await sandbox.person("王厂长"), await sandbox.person("李工")
        await wang.starts()
        card = await sent(sandbox, wang.id, reply_markup=KEYS)
        with pytest.raises(Refused, match="按钮“没有”已不在了"):
            await wang.taps("没有")
        assert (await wang.taps("官网"))["url"] == "http://example.org/"
        await sandbox.calls("editMessageText", chat_id=wang.id, message_id=card["message_id"], text="完")
        with pytest.raises(Refused, match="按钮“合格”已不在了"):
            await wang.taps("合格", message_id=card["message_id"])
        with pytest.raises(Refused, match="别人与机器人的会话"):
            await li.sends("偷看", chat_id=wang.id)
        with pytest.raises(Refused, match="不是能发送的图片"):
            await wang.photo(b"no picture")
        with pytest.raises(Refused, match="最多 4096 字"):
            await wang.sends("字" * 4097)
        await wang.blocks()
        with pytest.raises(Refused, match="先解除屏蔽"):
            await wang.sends("在吗")


async def test_a_start_link_in_a_button_starts_the_bot_with_its_payload() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        link = "https://t.me/zicha_sandbox_bot?start=abc_1"
        await sent(sandbox, wang.id, reply_markup={"inline_keyboard": [[{"text": "开始", "url": link}]]})
        await wang.taps("开始")
        assert (await wang.screen())[-1] == "/start abc_1"


async def test_a_person_edits_and_the_bot_hears_of_it_once() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        await wang.sends("消火栓缺失")
        number = (await wang.last())["message_id"]
        assert await wang.edits(number, "消火栓缺失两处") is not None
        assert await wang.edits(number, "消火栓缺失两处") is None
        updates = (await sandbox.calls("getUpdates"))["result"]
        assert [list(update)[1] for update in updates] == ["message", "edited_message"]


async def test_a_contact_is_shared_and_an_album_needs_one_to_ten_pictures() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        await sandbox.control.post("contact", {"user_id": wang.id, "phone_number": "+8613800000001"})
        (update,) = (await sandbox.calls("getUpdates"))["result"]
        assert update["message"]["contact"]["phone_number"] == "+8613800000001"
        with pytest.raises(Refused, match="一次可发 1 到 10 张照片"):
            await wang.album([b"x"] * 11)


def test_a_new_person_never_becomes_somebody_who_is_there_already() -> None:
    world = World()
    first = world.add_person("王厂长").id
    world.add_person("李主任", id=first + 1)
    assert world.add_person("新来的").id == first + 2
    assert [person.first_name for person in world.people.values()] == ["王厂长", "李主任", "新来的"]
