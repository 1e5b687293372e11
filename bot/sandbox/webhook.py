"""Delivery of updates to the bot's webhook: in order within a chat, chats side by side, repeated until taken."""

import asyncio
from http import HTTPStatus

import aiohttp
import orjson

from bot.sandbox.api import run
from bot.sandbox.updates import Pending, Webhook
from bot.sandbox.wire import Params, Refusal, failure
from bot.sandbox.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
LONGEST_PAUSE_S = 60.0
LONGEST_RETRY_AFTER_S = 3600.0
ANSWER_LIMIT_S = 60.0
NOT_IN_ANSWERS = ("setwebhook", "deletewebhook", "close", "logout")


class WebhookDelivery:
    """Hands the world's updates to its webhook as long as one is set; `run` ends only by cancellation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._busy: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_LIMIT_S)
        queue = self.world.updates
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                while True:
                    seen = queue.arrivals.version
                    queue.expire(self.world.clock.timestamp())
                    if self.world.webhook.url:
                        self._start_all(session)
                    await queue.arrivals.wait(seen, 1)
            finally:
                for task in self._busy.values():
                    task.cancel()
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _start_all(self, session: aiohttp.ClientSession) -> None:
        """Begin with every update whose chat is not being served yet."""
        hook = self.world.webhook
        for item in self.world.updates:
            if len(self._busy) >= hook.max_connections:
                return
            if item.order_key not in self._busy:
                self._busy[item.order_key] = asyncio.create_task(self._serve(session, hook, item))

    async def _serve(self, session: aiohttp.ClientSession, hook: Webhook, item: Pending) -> None:
        """Offer one update until it is taken, expires, or the webhook is another one."""
        pause_s = 0.0
        try:
            while self.world.webhook is hook and item.expires > self.world.clock.timestamp():
                taken, retry_after_s = await self._offer(session, hook, item)
                if taken:
                    self.world.updates.remove(item.update_id)
                    return
                await asyncio.sleep(retry_after_s or pause_s)
                pause_s = min(pause_s * 2 or 2.0, LONGEST_PAUSE_S)
        finally:
            del self._busy[item.order_key]
            self.world.updates.arrivals.bump()

    async def _offer(self, session: aiohttp.ClientSession, hook: Webhook, item: Pending) -> tuple[bool, float]:
        """Whether the bot took the update, and the pause it asked for (seconds, 0 for none)."""
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[SECRET_HEADER] = hook.secret
        if self.world.recorder.enabled:
            self.world.recorder.update(item.body)
        try:
            # the certificate of a bot on this machine is its own
            async with session.post(hook.url, data=item.body, headers=headers, ssl=False) as response:
                body = await response.read()
                status, retry_after = response.status, response.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError) as error:
            self._failed(hook, str(error) or "Connection timed out")
            return False, 0.0
        if 200 <= status < 300:
            await self._answered(body)
            return True, 0.0
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        self._failed(hook, f"Wrong response from the webhook: {status} {phrase}".rstrip())
        return False, min(float(retry_after), LONGEST_RETRY_AFTER_S) if retry_after.isdigit() else 0.0

    def _failed(self, hook: Webhook, sentence: str) -> None:
        hook.last_error_date, hook.last_error = self.world.timestamp(), sentence

    async def _answered(self, body: bytes) -> None:
        """Perform the one method call that the answer to an update may hold; its result goes nowhere."""
        try:
            values = orjson.loads(body)
        except ValueError:
            return
        if not isinstance(values, dict) or not isinstance(values.get("method"), str):
            return
        name = values.pop("method")
        if name.lower().startswith("get") or name.lower() in NOT_IN_ANSWERS:
            return
        params, status = Params(values), 200
        try:
            answer = await run(self.world, name, params)
        except Refusal as refusal:
            answer, status = failure(refusal), refusal.code
        if self.world.recorder.enabled:
            self.world.recorder.exchange(name, params, status, answer)
