"""What the methods of the stand-in do and refuse, sentence by sentence."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.faults import SendingLimits
from tests.sandbox import JSON, Sandbox, picture, running_sandbox

KEYS = {"inline_keyboard": [[{"text": "合格", "callback_data": "ok"}, {"text": "官网", "url": "example.org"}]]}


async def said(sandbox: Sandbox, method: str, **params: Any) -> str:
    """The sentence of a refusal; "" for a success."""
    answer = await sandbox.calls(method, **params)
    return str(answer["description"]) if not answer["ok"] else ""


async def sent(sandbox: Sandbox, chat_id: int, text: str = "题", **more: Any) -> JSON:
    message: JSON = (await sandbox.calls("sendMessage", chat_id=chat_id, text=text, **more))["result"]
    return message


async def uploaded(sandbox: Sandbox, method: str, files: dict[str, bytes], **fields: Any) -> JSON:
    """A call with uploaded parts, as a multipart form."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, data in files.items():
        form.add_field(name, data, filename=f"{name}.bin")
    async with sandbox.session.post(f"{sandbox.base_url}/bot{sandbox.token}/{method}", data=form) as response:
        answer: JSON = await response.json()
        return answer


async def test_editing_follows_telegrams_rules() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        await wang.sends("我的话")
        own = (await wang.last())["message_id"]
        card = await sent(sandbox, wang.id, reply_markup=KEYS)
        place = {"chat_id": wang.id, "message_id": card["message_id"]}
        assert card["reply_markup"]["inline_keyboard"][0][1]["url"] == "http://example.org/"
        same = "Bad Request: message is not modified: specified new message content and reply markup are exactly"
        assert (await said(sandbox, "editMessageText", **place, text=" 题 ", reply_markup=KEYS)).startswith(same)
        assert (await said(sandbox, "editMessageReplyMarkup", **place, reply_markup=KEYS)).startswith(same)
        assert await said(sandbox, "editMessageText", **place, text="题二") == ""
        assert await wang.buttons() == []
        assert "edit_date" in await wang.last()
        assert (
            await said(sandbox, "editMessageReplyMarkup", **place, reply_markup={"inline_keyboard": []})
        ).startswith(same)
        refusals = {
            "message to edit not found": {"chat_id": wang.id, "message_id": 9999},
            "message can't be edited": {"chat_id": wang.id, "message_id": own},
        }
        for sentence, where in refusals.items():
            assert await said(sandbox, "editMessageText", **where, text="x") == f"Bad Request: {sentence}"
        no_caption = await said(sandbox, "editMessageCaption", **place, caption="x")
        assert no_caption == "Bad Request: there is no caption in the message to edit"
        photo = (await uploaded(sandbox, "sendPhoto", {"photo": picture()}, chat_id=wang.id))["result"]
        there = {"chat_id": wang.id, "message_id": photo["message_id"]}
        no_text = await said(sandbox, "editMessageText", **there, text="x")
        assert no_text == "Bad Request: there is no text in the message to edit"
        assert await said(sandbox, "editMessageCaption", **there, caption="说明") == ""
        changed = await uploaded(
            sandbox,
            "editMessageMedia",
            {"new": b"%PDF-1.7"},
            **there,
            media={"type": "document", "media": "attach://new", "caption": "记录"},
        )
        assert changed["result"]["document"]["file_name"] == "new.bin"
        assert "photo" not in await wang.last()


@pytest.mark.parametrize(
    ("method", "params", "sentence"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n "}, "text must be non-empty"),
        ("sendMessage", {"text": "字" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": "", "text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ("sendMessage", {"text": "x", "reply_markup": "[1]"}, "object expected as reply markup"),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 9}}, "message to be replied not found"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendPhoto", {"photo": "http://example.org/a.jpg"}, "failed to get HTTP URL content"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}] * 11}, "too many messages to send as an album"),
        ("sendPoll", {"question": "?", "options": []}, "poll must have at least one answer option"),
        ("sendChatAction", {"action": "sleeping"}, "wrong parameter action in request"),
        ("deleteMessage", {}, "message identifier is not specified"),
        ("deleteMessage", {"message_id": 9}, "message to delete not found"),
        ("forwardMessage", {"from_chat_id": 7, "message_id": 9}, "message to forward not found"),
        ("copyMessage", {"from_chat_id": 7, "message_id": 9}, "message to copy not found"),
        ("pinChatMessage", {"message_id": 9}, "message to pin not found"),
        ("setMyCommands", {"commands": [{"command": "开始", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, 'can\'t parse BotCommand: Can\'t find field "description"'),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
        ("getChatAdministrators", {}, "there are no administrators in the private chat"),
    ],
)  # fmt: skip
async def test_refusal(method: str, params: JSON, sentence: str) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.control.post("users", {"id": 7, "first_name": "王厂长", "started": True})
        assert await said(sandbox, method, **{"chat_id": 7, **params}) == f"Bad Request: {sentence}"


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "callback_data": "隐" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
        (
            {"text": "x", "url": "http://localhost"},
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_wrong_button(button: JSON, sentence: str) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.control.post("users", {"id": 7, "first_name": "王厂长", "started": True})
        markup = {"inline_keyboard": [[button]]}
        refused = await said(sandbox, "sendMessage", chat_id=7, text="x", reply_markup=markup)
        assert refused == f"Bad Request: {sentence}"


async def test_unknown_methods_tokens_and_paths_are_refused() -> None:
    # the checker wants the documented spelling, the server takes any case
    async with running_sandbox(check=False) as sandbox:
        assert await said(sandbox, "sendNothing") == "Not Found: method not found"
        assert (await sandbox.calls("GETME"))["result"]["is_bot"] is True
        for token, sentence in (
            ("nonsense", "Unauthorized: invalid token specified"),
            ("6:AAAAAAAAAAAAAAAAA", "Unauthorized"),
        ):
            async with sandbox.session.get(f"{sandbox.base_url}/bot{token}/getMe") as response:
                answer = await response.json()
            assert (response.status, answer["description"]) == (401, sentence)
        async with sandbox.session.get(f"{sandbox.base_url}/file/bot{sandbox.token}/photos/none.jpg") as response:
            assert response.status == 404


async def test_parameters_arrive_in_any_of_the_four_ways() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        url = f"{sandbox.base_url}/bot{sandbox.token}/sendMessage"
        fields = {"chat_id": str(wang.id), "text": "好"}
        async with sandbox.session.get(url, params=fields) as response:
            assert response.status == 200
        async with sandbox.session.post(url, data=fields) as response:
            assert response.status == 200
        async with sandbox.session.post(url, json={"chat_id": wang.id}, params={"text": "好"}) as response:
            assert response.status == 200
        assert (await uploaded(sandbox, "sendMessage", {}, **fields))["ok"]
        assert await wang.screen() == ["好"] * 4


async def test_old_messages_of_others_and_dice_are_not_deleted() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        card = await sent(sandbox, wang.id)
        dice = (await sandbox.calls("sendDice", chat_id=wang.id))["result"]
        old = {"chat_id": wang.id, "message_id": card["message_id"]}
        fresh = {"chat_id": wang.id, "message_id": dice["message_id"]}
        never = "Bad Request: message can't be deleted for everyone"
        assert await said(sandbox, "deleteMessage", **fresh) == never
        await sandbox.control.post("clock", {"advance_s": 47 * 3600})
        assert await said(sandbox, "deleteMessage", **fresh) == ""
        await sandbox.control.post("clock", {"advance_s": 3600 + 60})
        assert await said(sandbox, "deleteMessage", **old) == never
        group = await sandbox.group("安全群", wang)
        await wang.sends("/help", chat_id=group)
        theirs = {"chat_id": group, "message_id": (await wang.last(group))["message_id"]}
        assert await said(sandbox, "deleteMessage", **theirs) == "Bad Request: message can't be deleted"
        await sandbox.control.post("join", {"chat_id": group, "status": "administrator"})
        assert await said(sandbox, "deleteMessage", **theirs) == ""


async def test_forwarding_tells_the_origin_copying_does_not() -> None:
    async with running_sandbox() as sandbox:
        wang, li = await sandbox.person("王厂长"), await sandbox.person("李监管", started=True)
        await wang.photo(caption="隐患")
        where = {"chat_id": li.id, "from_chat_id": wang.id, "message_id": (await wang.last())["message_id"]}
        forwarded = (await sandbox.calls("forwardMessage", **where))["result"]
        assert forwarded["forward_origin"]["sender_user"]["first_name"] == "王厂长"
        edit = await said(sandbox, "editMessageCaption", chat_id=li.id, message_id=forwarded["message_id"], caption="x")
        assert edit == "Bad Request: message can't be edited"
        copied = (await sandbox.calls("copyMessage", **where, caption="整改前"))["result"]
        assert list(copied) == ["message_id"]
        assert (await li.last())["caption"] == "整改前"
        assert "forward_origin" not in await li.last()
        secret = await sent(sandbox, wang.id, "内部", protect_content=True)
        where["message_id"] = secret["message_id"]
        assert await said(sandbox, "forwardMessage", **where) == "Bad Request: the message can't be forwarded"


async def test_sending_limits_hold_when_asked_for() -> None:
    async with running_sandbox() as sandbox:
        seconds = [100.0]
        sandbox.world.limits = SendingLimits(lambda: seconds[0])
        people = [await sandbox.person(started=True) for _ in range(40)]
        await sandbox.control.post("limits", {"enforce": True})
        burst = [await sandbox.calls("sendMessage", chat_id=people[0].id, text="x") for _ in range(6)]
        assert [answer["ok"] for answer in burst] == [True] * 5 + [False]
        assert burst[5]["parameters"] == {"retry_after": 1}
        assert burst[5]["description"] == "Too Many Requests: retry after 1"
        everybody = await asyncio.gather(
            *(sandbox.calls("sendMessage", chat_id=person.id, text="x") for person in people[1:])
        )
        assert sum(answer["ok"] for answer in everybody) == 25
        group = await sandbox.group("三车间", people[0])
        seconds[0] += 1
        in_group = [await sandbox.calls("sendMessage", chat_id=group, text="x") for _ in range(21)]
        assert [answer["ok"] for answer in in_group] == [True] * 20 + [False]
        assert in_group[20]["parameters"] == {"retry_after": 60}
        seconds[0] += 45
        async with sandbox.session.post(
            f"{sandbox.base_url}/bot{sandbox.token}/sendMessage", json={"chat_id": group, "text": "x"}
        ) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "15")


async def test_every_kind_of_message_agrees_with_the_specification() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        files = ("Document", "Voice", "Video", "Audio", "Animation", "Sticker")
        for kind in files:
            answer = await uploaded(sandbox, f"send{kind}", {kind.lower(): b"data"}, chat_id=str(wang.id))
            assert answer["ok"], answer
        assert (await uploaded(sandbox, "sendVideoNote", {"video_note": b"data"}, chat_id=str(wang.id)))["ok"]
        for method, params in (
            ("sendLocation", {"latitude": 39.1, "longitude": 117.2}),
            ("sendVenue", {"latitude": 39.1, "longitude": 117.2, "title": "办公室", "address": "一号路"}),
            ("sendContact", {"phone_number": "+8613800000000", "first_name": "王厂长"}),
            ("sendDice", {}),
            ("sendPoll", {"question": "参加演练？", "options": [{"text": "是"}, {"text": "否"}]}),
            ("sendChatAction", {"action": "typing"}),
            ("getChat", {}),
            ("getChatMember", {"user_id": wang.id}),
            ("setChatMenuButton", {"menu_button": {"type": "commands"}}),
            ("getChatMenuButton", {}),
        ):
            answer = await sandbox.calls(method, chat_id=wang.id, **params)
            assert answer["ok"], answer
        poll = (await wang.messages())[-1]
        assert (await sandbox.calls("stopPoll", chat_id=wang.id, message_id=poll["message_id"]))["result"]["is_closed"]
        for method in ("getMe", "getMyName", "getMyShortDescription", "getMyDefaultAdministratorRights", "logOut"):
            assert (await sandbox.calls(method))["ok"]
        assert (await sandbox.calls("pinChatMessage", chat_id=wang.id, message_id=poll["message_id"]))["ok"]
        assert (await sandbox.calls("getChat", chat_id=wang.id))["result"]["pinned_message"]["poll"]
        assert (await sandbox.calls("unpinAllChatMessages", chat_id=wang.id))["ok"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.com"},
        {"Host": "evil.example.com:8080"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
    ],
)
async def test_other_sites_and_names_are_turned_away(headers: dict[str, str]) -> None:
    async with running_sandbox() as sandbox:
        for path in ("/sandbox/chats", f"/bot{sandbox.token}/getMe", "/sandbox/clock"):
            async with sandbox.session.get(f"{sandbox.base_url}{path}", headers=headers) as response:
                assert response.status == 403
        own = {"Origin": sandbox.base_url}
        async with sandbox.session.get(f"{sandbox.base_url}/sandbox/chats", headers=own) as response:
            assert response.status == 200
