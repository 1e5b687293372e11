"""The other end of a measurement, in a process of its own: takes a plan on stdin, says its address, then the result.

`python -m tests.bench.counterpart` is started by the measurements, not by hand.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from bot.sandbox.server import SandboxServer, create_app
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.wire import JSON
from bot.sandbox.world import Press, World
from tests.bench.measuring import COUNTERPART_CORE, TOKEN, pin
from tests.bench.raw_server import Canned, RawConnection

CARD = (
    "第 1/24 题 · 机械\n░░░░░░░░░░ 已答 0\n\n"
    "<b>作业场所是否设置明显的安全警示标志？</b>\n\n👀 看哪里：大门、配电箱、吊装区"
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the people press: `taps[person]` is the data of their buttons in order, all waiting from the start.

    In a `closed` loop everybody taps when the card has changed, as people do.
    """

    lean: bool
    closed: bool = False
    latency_s: float
    taps: dict[int, list[str]]

    @property
    def presses(self) -> list[tuple[int, str]]:
        """Everybody's first tap, then everybody's second …"""
        most = max(map(len, self.taps.values()), default=0)
        return [(person, taps[i]) for i in range(most) for person, taps in self.taps.items() if i < len(taps)]

    def encode(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_NON_STR_KEYS) + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Plan":
        values = orjson.loads(line)
        values["taps"] = {int(person): taps for person, taps in values["taps"].items()}
        return cls(**values)


class Watch:
    """The time from the first batch handed out to the last press answered and the last card edited."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.started = 0.0
        self.calls: dict[str, int] = {}
        self.done: asyncio.Event = asyncio.Event()
        self.seconds = 0.0
        self.began: asyncio.Event = asyncio.Event()

    def served(self) -> None:
        if not self.started:
            self.started = time.perf_counter()
            self.began.set()

    def called(self, name: str) -> None:
        count = self.calls[name] = self.calls.get(name, 0) + 1
        if count >= self.wanted and min(map(self._count, ("answercallbackquery", "editmessagetext"))) >= self.wanted:
            self.seconds = self.seconds or time.perf_counter() - self.started
            self.done.set()

    def _count(self, name: str) -> int:
        return self.calls.get(name, 0)


class WatchedQueue(UpdateQueue):
    """The stand-in's queue of updates, noting when the first are handed out."""

    watch: Watch

    def oldest(self, limit: int) -> list[bytes]:
        found = super().oldest(limit)
        if found:
            self.watch.served()
        return found

    def expire(self, now: float) -> None:
        """Nothing lapses: a slow bot takes long, and each of its presses counts."""


class WatchedWorld(World):
    """The stand-in's world, counting what the bot does."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(token=TOKEN)
        self.watch = watch
        queue = WatchedQueue(1_000_000)
        queue.watch = watch
        self.updates = queue

    def answer_press(self, press: Press, text: str, *, show_alert: bool, url: str) -> None:
        super().answer_press(press, text, show_alert=show_alert, url=url)
        self.watch.called("answercallbackquery")

    def replace(self, chat: Any, message: JSON) -> None:
        super().replace(chat, message)
        self.watch.called("editmessagetext")


class ClosedWorld(WatchedWorld):
    """People who tap as soon as their card has changed; notes how long each waited, in seconds."""

    def __init__(self, watch: Watch, plan: Plan) -> None:
        super().__init__(watch)
        self.waits: list[float] = []
        self._left = {person: iter(taps) for person, taps in plan.taps.items()}
        self._tapped: dict[int, float] = {}

    def replace(self, chat: Any, message: JSON) -> None:
        super().replace(chat, message)
        if self._tapped[chat.id] > self.watch.started:  # the first taps waited for the bot to start
            self.waits.append(time.perf_counter() - self._tapped[chat.id])
        self.tap(chat.id, message)

    def tap(self, person: int, card: JSON) -> None:
        """The next press of this person, if there is one left."""
        data = next(self._left[person], None)
        if data is not None:
            self._tapped[person] = time.perf_counter()
            self.deliver("callback_query", query_of(self, person, card, data), person)


def query_of(world: World, person: int, card: JSON, data: str) -> JSON:
    """A press on the card as the bot gets it."""
    press = Press(
        id=str(len(world.presses) + 1),
        user_id=person,
        chat_id=person,
        message_id=card["message_id"],
        data=data,
        pressed_at=world.clock.timestamp(),
    )
    world.keep_press(press)
    return {"id": press.id, "from": world.user(person), "message": card, "chat_instance": "1", "data": data}


def keyboard(data: str) -> JSON:
    """A keyboard of the size that a question has."""
    labels = (("✅ 合格", "⚠️ 有隐患"), ("➖ 不涉及",), ("‹ 上一题", "稍后 ›"), ("依据", "概览"))
    return {
        "inline_keyboard": [
            [{"text": label, "callback_data": data if label == "✅ 合格" else f"ig:{label[:4]}"} for label in row]
            for row in labels
        ]
    }


def cards_of(world: World, plan: Plan) -> dict[int, JSON]:
    """Everybody of the plan, each with one card."""
    cards: dict[int, JSON] = {}
    for person, taps in plan.taps.items():
        world.add_person("王厂长", id=person, started=True)
        content = {"text": CARD, "reply_markup": keyboard(taps[0])}
        cards[person] = world.post(world.chats[person], world.bot.user(), content)
    return cards


def queries(world: World, plan: Plan) -> list[JSON]:
    """The presses of the plan as callback queries."""
    cards = cards_of(world, plan)
    return [query_of(world, person, cards[person], data) for person, data in plan.presses]


async def serve_sandbox(plan: Plan, watch: Watch) -> None:
    """The project's own stand-in as counterpart."""
    world = ClosedWorld(watch, plan) if plan.closed else WatchedWorld(watch)
    world.latency_s = plan.latency_s
    if isinstance(world, ClosedWorld):
        for person, card in cards_of(world, plan).items():
            world.tap(person, card)
    else:
        for query in queries(world, plan):
            world.deliver("callback_query", query, query["from"]["id"])
    server = SandboxServer(create_app(world))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    await _report(server.base_url, watch, world.waits if isinstance(world, ClosedWorld) else [])
    server.should_exit = True
    await serving


async def serve_raw(plan: Plan, watch: Watch) -> None:
    """The leanest counterpart."""
    world = World(token=TOKEN)
    found = queries(world, plan)
    updates = [{"update_id": 1_000_000 + n, "callback_query": query} for n, query in enumerate(found)]
    sent = {**found[0]["message"], "edit_date": world.timestamp()}
    canned = Canned(updates, world.bot.me(), sent, latency_s=plan.latency_s, called=watch.called, served=watch.served)
    server = await asyncio.get_running_loop().create_server(lambda: RawConnection(canned), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await _report(f"http://127.0.0.1:{port}", watch)
    server.close()


async def _report(base_url: str, watch: Watch, waits: Sequence[float] = ()) -> None:
    _say({"base_url": base_url})
    await watch.began.wait()
    _say({"began": True})
    await watch.done.wait()
    _say({"seconds": watch.seconds, "calls": watch.calls, "waits": list(waits)})
    await asyncio.to_thread(sys.stdin.buffer.readline)


def _say(body: JSON) -> None:
    sys.stdout.buffer.write(orjson.dumps(body) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    pin(COUNTERPART_CORE)
    plan = Plan.decode(sys.stdin.buffer.readline())

    async def run() -> None:
        watch = Watch(len(plan.presses))
        await (serve_raw(plan, watch) if plan.lean else serve_sandbox(plan, watch))

    asyncio.run(run())


if __name__ == "__main__":
    main()
