"""Somebody who walks an inspection by nothing but what the screen shows, and remembers what was promised."""

import asyncio
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image

from bot.sandbox import pressing
from bot.sandbox.attachments import send_photos
from bot.sandbox.people import Unable, say
from bot.sandbox.world import World
from checklists.inspections import Answer
from checklists.people import Role
from handlers.replies import unpack
from storage.photos import PhotoStore
from storage.transaction import Transaction

# In this order: the first label that is on the card is pressed.
_ONWARD = (
    "再查一次",
    "接着填",
    "先跳过",
    "就用题目的话",
    "是重大隐患",
    "是一般隐患",
    "限期整改",
    "全部采用",
    "改好了",
    "回到自查",
    "去填隐患",
    "去答没答的题",
    "确认提交",
    "全部放到本题",
    "提交",
    "继续自查",
    "开始自查",
    "返回首页",
    "返回这一题",
)
TRADES = ["machinery", "textile", "light-industry", "building-materials", "nonferrous", "metallurgy", "tobacco"]
_HAZARD_SHARE = 6  # one in six questions is answered 有隐患
_ANSWER_S = 0.6


@dataclass(kw_only=True)
class Walker:
    """One person with a phone; `said` is what was pressed last for each item of each inspection."""

    world: World
    user_id: int
    resting: bool = False
    said: dict[tuple[int, int], str] = field(default_factory=dict)
    photographed: set[tuple[int, int]] = field(default_factory=set)
    photos_sent: list[bytes] = field(default_factory=list)

    @property
    def newest(self) -> dict[str, Any] | None:
        """The newest message of the bot with buttons."""
        chat = self.world.chats[self.user_id]
        for message in reversed(chat.messages.values()):
            if message.get("reply_markup", {}).get("inline_keyboard"):
                return dict(message)
        return None

    async def walk(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Inspect again and again, the last one to its end; a screen that does not answer is simply pressed again."""
        while not (self.resting and until()):
            try:
                self._act()
            except Unable:
                await asyncio.sleep(0.02)
                continue
            await self._answered()

    def _act(self) -> None:
        card = self.newest
        if card is None:
            say(self.world, self.user_id, self.user_id, "/zicha")
            return
        text = card["text"]
        buttons = [b for row in card["reply_markup"]["inline_keyboard"] for b in row if "callback_data" in b]
        self.resting = "已提交" in text or "已经提交" in text
        answers = [b["callback_data"] for b in buttons if re.match(r"ia:\w+:\w+:\w:[yn]$", b["callback_data"])]
        if len(answers) == 2:
            self._answer(card, answers)
        else:
            self._press(card, self._onward(buttons))

    def _answer(self, card: dict[str, Any], answers: list[str]) -> None:
        _, run, item, _, _ = answers[0].split(":")
        key = (unpack(run), unpack(item))
        dice = random.Random(f"{key}")
        wanted = "n" if dice.randrange(_HAZARD_SHARE) == 0 else "y"
        if dice.randrange(5) == 0 and key not in self.photographed:
            self.photographed.add(key)
            self._send_photo()
            return
        self.said[key] = wanted
        self._press(card, next(a for a in answers if a.endswith(wanted)))

    def _send_photo(self) -> None:
        colour = random.Random(f"{self.user_id}:{len(self.photos_sent)}").randrange(1 << 24)
        out = io.BytesIO()
        Image.new("RGB", (40, 30), f"#{colour:06x}").save(out, "JPEG")
        self.photos_sent.append(out.getvalue())
        asyncio.get_running_loop().create_task(self._upload(out.getvalue()))

    async def _upload(self, content: bytes) -> None:
        await send_photos(self.world, self.user_id, self.user_id, [content], "")

    def _onward(self, buttons: list[dict[str, Any]]) -> str:
        for words in _ONWARD:
            for button in buttons:
                if words in button["text"]:
                    return str(button["callback_data"])
        return str(buttons[0]["callback_data"])

    def _press(self, card: dict[str, Any], data: str) -> None:
        pressing.press(self.world, self.user_id, self.user_id, card["message_id"], data)

    async def _answered(self) -> None:
        """Wait until this chat changed; not for ever, since the bot may just have been killed."""
        before = self._looks()
        for _ in range(int(_ANSWER_S / 0.01)):
            await asyncio.sleep(0.01)
            if self._looks() != before:
                return

    def _looks(self) -> object:
        chat = self.world.chats[self.user_id]
        return [(m["message_id"], m.get("edit_date"), m.get("text")) for m in list(chat.messages.values())[-3:]]


def settle(tx: Transaction, world: World, now: datetime) -> list[Walker]:
    """Seven firms and ten people: three firms have two who walk the same inspection."""
    walkers = []
    for number in range(10):
        firm_number = number % len(TRADES)
        firm = tx.enterprises.add(name=f"样板{firm_number}厂", uscc=f"91150699MA0DEH0{firm_number:02}X", at=now)
        tx.enterprises.set_trades(firm.id, [TRADES[firm_number]], at=now)
        tx.enterprises.profiled(firm.id, at=now)
        phone = world.add_person(f"{number}号厂长", started=True)
        person = tx.people.add(name=phone.first_name, telegram_id=phone.id, at=now)
        tx.people.assign(person.id, Role.PRINCIPAL, enterprise_id=firm.id, at=now, by=None)
        walkers.append(Walker(world=world, user_id=phone.id))
    return walkers


def check(tx: Transaction, walkers: list[Walker], store: PhotoStore) -> None:
    """What people said is what is kept, once."""
    said = {key: wanted for walker in walkers for key, wanted in walker.said.items()}
    assert len(said) > 100, "the walk was too short to prove anything"
    runs = {run for run, _ in said}
    live: Counter[tuple[int, int]] = Counter()
    for hazard in tx.hazards.in_zone(offset=0, limit=1_000_000):
        assert hazard.inspection_id is not None
        assert hazard.item is not None
        live[hazard.inspection_id, hazard.item] += hazard.is_live
    for run in runs:
        inspection = tx.inspections.get(run)
        assert inspection is not None
        answers = tx.inspections.answers_of(run)
        for item in range(len(inspection.progress)):
            if (run, item) not in said:
                continue
            wanted = Answer(said[run, item])
            assert inspection.progress.answer(item) is wanted, (run, item)
            assert answers[item].answer is wanted, (run, item)
            assert live[run, item] == (wanted is Answer.HAZARD), (run, item)
    numbers = [(h.year, h.sequence) for h in tx.hazards.in_zone(offset=0, limit=1_000_000)]
    assert sorted(numbers) == [(2026, n) for n in range(1, len(numbers) + 1)], "hazard numbers have gaps or repeat"
    kept = Counter(a.sha256 for run in runs for a in tx.attachments.of_inspection(run))
    assert set(kept.values()) == {1}, "a photo is there twice"
    assert len(kept) == sum(len(w.photos_sent) for w in walkers), "every photo sent is there"
    assert store.verify() == []
    assert tx.trail.broken_at() is None
