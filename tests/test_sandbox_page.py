"""What the chat page is told: everything at first, then only what changed, and never more than the viewer sees."""

import asyncio
from typing import Any

import aiohttp
import orjson

from bot.sandbox.groups import found_group
from bot.sandbox.views import Views
from bot.sandbox.world import World
from tests.sandbox import Sandbox, running_sandbox


class Listener:
    """An open event stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            line = await self.response.content.readuntil(b"\n\n")
        news: dict[str, Any] = orjson.loads(line.removeprefix(b"data: "))
        return news


async def chat(sandbox: Sandbox, path: str) -> dict[str, Any]:
    async with sandbox.session.get(f"{sandbox.base_url}/page/chats/{path}") as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def test_a_page_is_told_everything_and_then_only_what_changed() -> None:
    async with running_sandbox() as sandbox:
        world = sandbox.world
        async with sandbox.session.get(f"{sandbox.base_url}/page/events") as response:
            page = Listener(response)
            assert (await page.next())["people"] == []
            wang = await sandbox.person("王厂长")
            added = await page.next()
            assert (added["full"], [one["name"] for one in added["people"]]) == (False, ["王厂长"])
            li = await sandbox.person("李主任", started=True)
            assert [one["id"] for one in (await page.next())["chats"]] == [li.id]
            world.post(world.chats[wang.id], world.bot.user(), {"text": "您好"})
            [summary] = (await page.next())["chats"]
            assert (summary["id"], summary["unread"], summary["last"]["text"]) == (wang.id, 1, "您好")


async def test_a_page_that_comes_back_is_told_what_it_missed() -> None:
    async with running_sandbox() as sandbox:
        wang, _ = await sandbox.person("王厂长"), await sandbox.person("李主任")
        async with sandbox.session.get(f"{sandbox.base_url}/page/events") as response:
            before = await Listener(response).next()
        sandbox.world.post(sandbox.world.chats[wang.id], sandbox.world.bot.user(), {"text": "您好"})
        known = f"world={before['world']}&since={before['version']}"
        async with sandbox.session.get(f"{sandbox.base_url}/page/events?{known}") as response:
            assert [one["id"] for one in (await Listener(response).next())["chats"]] == [wang.id]
        async with sandbox.session.get(f"{sandbox.base_url}/page/events?world=other&since=9") as response:
            assert (await Listener(response).next())["full"] is True


async def test_a_conversation_comes_in_pages_and_then_in_changes() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person("王厂长", started=True)
        world, talk = sandbox.world, sandbox.world.chats[wang.id]
        numbers = [world.post(talk, world.bot.user(), {"text": str(n)})["message_id"] for n in range(5)]
        newest = await chat(sandbox, f"{wang.id}?viewer={wang.id}&limit=2")
        assert ([one["text"] for one in newest["messages"]], newest["more"]) == (["3", "4"], True)
        older = await chat(sandbox, f"{wang.id}?viewer={wang.id}&limit=200&before={numbers[3]}")
        assert ([one["text"] for one in older["messages"]], older["more"]) == (["0", "1", "2"], False)
        world.remove(talk, numbers[4])
        world.remove(talk, numbers[0])
        changed = await chat(sandbox, f"{wang.id}?viewer={wang.id}&since={newest['version']}&from={numbers[3]}")
        assert (changed["messages"], changed["deleted"]) == ([], [numbers[4]])
        assert await chat(sandbox, "12345?viewer=1") == {"error": "没有这个人或群"}


async def test_reading_clears_the_counter() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person("王厂长", started=True)
        world, talk = sandbox.world, sandbox.world.chats[wang.id]
        number = world.post(talk, world.bot.user(), {"text": "您好"})["message_id"]
        assert (await chat(sandbox, f"{wang.id}?viewer={wang.id}"))["unread"] == 1
        body = {"chat_id": wang.id, "message_id": number}
        async with sandbox.session.post(f"{sandbox.base_url}/page/read", json=body) as answer:
            assert answer.status == 200
        assert (await chat(sandbox, f"{wang.id}?viewer={wang.id}"))["unread"] == 0
        async with sandbox.session.post(f"{sandbox.base_url}/page/read", data=b"[]") as answer:
            assert answer.status == 400


def test_the_command_menu_is_the_nearest_set_that_exists() -> None:
    world = World()
    wang, li = world.add_person("王厂长").id, world.add_person("李主任").id
    group = found_group(world, "一车间安全群", [wang, li])
    views = Views(world=world)

    def menu(chat_id: int, viewer: int) -> list[str]:
        return [one["command"] for one in views.commands(world.chats[chat_id], viewer)]

    def offer(key: str, command: str) -> None:
        world.bot.commands[key] = [{"command": command, "description": command}]

    assert menu(wang, wang) == []
    offer("default|", "everyone")
    offer("all_group_chats|", "groups")
    assert (menu(wang, wang), menu(group.id, li)) == (["everyone"], ["groups"])
    offer("all_chat_administrators|", "heads")
    assert (menu(group.id, wang), menu(group.id, li)) == (["heads"], ["groups"])
    offer("default|zh", "chinese")
    offer(f"chat:{li}|", "li")
    assert (menu(wang, wang), menu(li, li)) == (["chinese"], ["li"])
    offer(f"chat_member:{group.id}:{li}|", "li_here")
    assert menu(group.id, li) == ["li_here"]


async def test_files_that_a_browser_could_run_are_only_downloaded() -> None:
    async with running_sandbox() as sandbox:
        stored = sandbox.world.files.add("document", b"<script>alert(1)</script>", "网页.html", "text/html")
        async with sandbox.session.get(f"{sandbox.base_url}/page/files/{stored.file_id}") as answer:
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%BD%91%E9%A1%B5.html"
