"""How updates reach the bot: polling, confirmation, retention, webhook."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.world import World
from tests.sandbox import JSON, Sandbox, assert_no_violations, running_sandbox


async def numbers(sandbox: Sandbox, **params: object) -> list[int]:
    answer = await sandbox.calls("getUpdates", **params)
    return [update["update_id"] for update in answer["result"]]


async def test_unconfirmed_updates_come_again_and_confirmed_ones_never() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        first, second, third = [await wang.sends(text) for text in ("一", "二", "三")]
        assert first and second == first + 1 and third == first + 2
        assert await numbers(sandbox) == [first, second, third]
        assert await numbers(sandbox, limit=2) == [first, second]
        assert await numbers(sandbox, offset=0) == [first, second, third]
        assert await numbers(sandbox, offset=second) == [second, third]
        assert await numbers(sandbox) == [second, third]
        assert await numbers(sandbox, offset=-1) == [third]
        assert await numbers(sandbox, offset=third + 1) == []
        await sandbox.idle()


async def test_an_absurd_offset_confirms_nothing() -> None:
    # the checker takes every offset for a confirmation
    async with running_sandbox(check=False) as sandbox:
        wang = await sandbox.person()
        number = await wang.sends("一")
        assert number
        assert await numbers(sandbox, offset=number + 1000) == [number]
        assert await numbers(sandbox) == [number]


async def test_a_waiting_poll_is_answered_by_the_first_update() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        waiting = asyncio.create_task(numbers(sandbox, timeout=20))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        number = await wang.sends("在吗")
        assert await waiting == [number]


async def test_a_second_poll_ends_the_first_with_a_conflict() -> None:
    async with running_sandbox() as sandbox:
        first = asyncio.create_task(sandbox.calls("getUpdates", timeout=20))
        await asyncio.sleep(0.05)
        assert await numbers(sandbox) == []
        answer = await first
        assert answer["error_code"] == 409
        assert answer["description"].startswith("Conflict: terminated by other getUpdates request")


async def test_a_stopping_server_lets_waiting_polls_go() -> None:
    async with running_sandbox() as sandbox:
        waiting = asyncio.create_task(numbers(sandbox, timeout=50))
        await asyncio.sleep(0.05)
        sandbox.world.close()
        assert await waiting == []


async def test_taps_are_kept_150_seconds_and_messages_a_day() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        keyboard = {"inline_keyboard": [[{"text": "合格", "callback_data": "ok"}]]}
        await sandbox.calls("sendMessage", chat_id=wang.id, text="题", reply_markup=keyboard)
        word, tap = await wang.sends("话"), (await wang.taps("合格"))["update_id"]
        assert await numbers(sandbox) == [word, tap]
        await sandbox.control.post("clock", {"advance_s": 149})
        assert await numbers(sandbox) == [word, tap]
        await sandbox.control.post("clock", {"advance_s": 2})
        assert await numbers(sandbox) == [word]
        await sandbox.control.post("clock", {"advance_s": 24 * 3600})
        assert await numbers(sandbox) == []


async def test_a_press_answered_too_late_is_refused() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person(started=True)
        keyboard = {"inline_keyboard": [[{"text": "合格", "callback_data": "ok"}]]}
        await sandbox.calls("sendMessage", chat_id=wang.id, text="题", reply_markup=keyboard)
        early, late = await wang.taps("合格"), await wang.taps("ok")
        query = {"callback_query_id": early["callback_query_id"], "text": "好", "show_alert": True}
        assert (await sandbox.calls("answerCallbackQuery", **query))["result"] is True
        await sandbox.control.post("clock", {"advance_s": 151})
        refused = await sandbox.calls("answerCallbackQuery", callback_query_id=late["callback_query_id"])
        assert refused["description"] == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
        assert [press.data for press in sandbox.world.unanswered_presses()] == ["ok"]
        shown = await sandbox.control.get(f"toasts/{wang.id}")
        assert [(toast["text"], toast["show_alert"]) for toast in shown["toasts"]] == [("好", True)]


async def test_allowed_updates_are_remembered_and_filter_what_arises() -> None:
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        await numbers(sandbox, allowed_updates=["callback_query"])
        assert await wang.sends("不要") is None
        await numbers(sandbox)
        assert await wang.sends("还是不要") is None
        await numbers(sandbox, allowed_updates=[])
        assert await wang.sends("要") is not None


async def test_any_update_is_delivered_as_it_is_and_makes_its_people_known() -> None:
    # updates that Telegram would never send
    async with running_sandbox(check=False) as sandbox:
        user = {"id": 77, "is_bot": False, "first_name": "李工"}
        chat = {"id": 77, "type": "private", "first_name": "李工"}
        message = {"message_id": 5, "date": 1, "chat": chat, "from": user, "text": "直达"}
        number = (await sandbox.control.post("updates", {"message": message}))["update_id"]
        odd = (await sandbox.control.post("updates", {"whatever": [1, None]}))["update_id"]
        (await sandbox.control.post("updates", {"callback_query": {"message": None}}))
        answer = await sandbox.calls("getUpdates")
        assert answer["result"][0] == {"update_id": number, "message": message}
        assert answer["result"][1] == {"update_id": odd, "whatever": [1, None]}
        assert (await sandbox.calls("sendMessage", chat_id=77, text="好"))["ok"]


class QuietServer(uvicorn.Server):
    """Leaves the signals to the test run."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def a_bot_listening(taken: list[JSON], answers: list[Response]) -> AsyncIterator[str]:
    """A webhook that keeps what it gets (with the secret) and gives the answers in order, then 200."""

    async def take(request: Request) -> Response:
        update = await request.json()
        taken.append({**update, "secret": request.headers.get("X-Telegram-Bot-Api-Secret-Token")})
        return answers.pop(0) if answers else Response()

    app = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none", lifespan="off")
    server = QuietServer(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}/hook"
    finally:
        server.should_exit = True
        await serving


async def test_a_webhook_gets_updates_in_order_and_again_after_a_failure() -> None:
    taken: list[JSON] = []
    answers = [Response(status_code=500), Response(status_code=503)]
    async with running_sandbox() as sandbox, a_bot_listening(taken, answers) as url:
        wang = await sandbox.person()
        first = await wang.sends("挂钩之前")
        await sandbox.calls("setWebhook", url=url, secret_token="s3cret")
        second = await wang.sends("挂钩之后")
        await sandbox.idle()
        assert [update["update_id"] for update in taken] == [first, first, first, second]
        assert {update["secret"] for update in taken} == {"s3cret"}
        info = (await sandbox.calls("getWebhookInfo"))["result"]
        assert info["pending_update_count"] == 0
        assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
        conflict = await sandbox.calls("getUpdates")
        assert (conflict["error_code"], conflict["description"][:41]) == (
            409,
            "Conflict: can't use getUpdates method whi",
        )
        assert (await sandbox.calls("deleteWebhook"))["description"] == "Webhook was deleted"
        assert await numbers(sandbox) == []


async def test_the_answer_to_a_webhook_may_hold_one_call() -> None:
    taken: list[JSON] = []
    async with running_sandbox() as sandbox:
        wang = await sandbox.person()
        reply = {"method": "sendMessage", "chat_id": wang.id, "text": "收到"}
        async with a_bot_listening(taken, [JSONResponse(reply)]) as url:
            await sandbox.calls("setWebhook", url=url)
            await wang.sends("你好")
            await sandbox.idle()
        assert await wang.screen() == ["你好", "收到"]


async def test_telegrams_own_servers_take_only_public_https_webhooks() -> None:
    async with running_sandbox() as sandbox:
        sandbox.world.local = False
        for url, sentence in (
            ("http://example.org/hook", "bad webhook: An HTTPS URL must be provided for webhook"),
            ("https://example.org:8080/x", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
            ("https://127.0.0.1/x", "bad webhook: IP address 127.0.0.1 is reserved"),
            ("nonsense", "invalid webhook URL specified"),
        ):
            answer = await sandbox.calls("setWebhook", url=url)
            assert answer["description"] == f"Bad Request: {sentence}"
        assert (await sandbox.calls("setWebhook", url="https://example.org/hook"))["ok"]
        answer = await sandbox.calls("setWebhook", url="https://example.org", secret_token="秘密")
        assert answer["description"] == "Bad Request: secret token contains unallowed characters"


class Hooks:
    """A bot that is busy until told otherwise."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, tzinfo=UTC)
        self.busy = True

    async def now(self) -> datetime:
        return self.at

    async def move(self, now: datetime) -> None:
        self.at = now

    async def idle(self) -> bool:
        return not self.busy


async def test_the_clock_moves_the_bot_and_dates_the_messages() -> None:
    hooks = Hooks()
    async with running_sandbox(hooks=hooks) as sandbox:
        wang = await sandbox.person()
        moved = await sandbox.control.post("clock", {"now": "2027-01-01T08:00:00+08:00"})
        assert datetime.fromisoformat(moved["now"]) == hooks.at == datetime(2027, 1, 1, tzinfo=UTC)
        await sandbox.control.post("clock", {"advance_s": 3600})
        assert hooks.at == datetime(2027, 1, 1, 1, tzinfo=UTC)
        await wang.sends("新年好")
        late = datetime.fromtimestamp((await wang.last())["date"], UTC) - hooks.at
        assert timedelta(0) <= late < timedelta(seconds=30)


async def test_idle_waits_for_updates_and_for_the_bot() -> None:
    hooks = Hooks()
    async with running_sandbox(hooks=hooks) as sandbox:
        wang = await sandbox.person()
        number = await wang.sends("话")
        url = f"{sandbox.base_url}/sandbox/idle?timeout_s="
        async with sandbox.session.get(f"{url}0.05") as response:
            assert (response.status, (await response.json())["pending_updates"]) == (504, 1)
        waiting = asyncio.create_task(sandbox.idle(5))
        await numbers(sandbox, offset=(number or 0) + 1)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        hooks.busy = False
        await waiting


async def test_the_record_is_a_file_that_the_checker_reads(tmp_path: Path) -> None:
    path = tmp_path / "exchanges.jsonl"
    async with running_sandbox(World(record_file=path)) as sandbox:
        wang = await sandbox.person()
        await wang.sends("话")
        await sandbox.calls("getUpdates")
        await sandbox.calls("sendMessage", chat_id=wang.id, text="好")
        await sandbox.calls("sendMessage", chat_id=1, text="好")
        async with sandbox.session.get(f"{sandbox.base_url}/sandbox/exchanges") as response:
            shown = await response.read()
    assert path.read_bytes() == shown
    records = [orjson.loads(line) for line in shown.splitlines()]
    assert [record.get("method") for record in records] == [None, "getUpdates", "sendMessage", "sendMessage"]
    assert records[3]["description"] == "Bad Request: chat not found"
    assert_no_violations(shown.splitlines())
