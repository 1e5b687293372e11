"""Helpers for the life of a hazard: an office, a shop with a hazard under rectification, and photos that differ."""

import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from checklists.hazards import LEVEL_NAMES, Hazard, Level, Source
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import Photo, accept
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.post import Post
from tests.walks import member_of, principal_of, small_shop, to_record, to_summary


def view(number: int) -> bytes:
    """A JPEG of its own: two numbers give pictures that nobody would take for the same."""
    dice = random.Random(number)
    small = Image.new("L", (9, 8))
    small.putdata([dice.randrange(256) for _ in range(72)])
    picture = io.BytesIO()
    small.resize((360, 320), Image.Resampling.NEAREST).save(picture, "JPEG")
    return picture.getvalue()


def scene(services: Services, number: int) -> Photo:
    """The picture of this number as a kept photo."""
    photo = accept(view(number))
    services.photos.put(photo)
    return photo


@dataclass
class Case:
    """One hazard with the people around it; `post` is what was delivered to them."""

    database: ZoneDatabase
    services: Services
    shop: int
    principal: Chat
    officer: Chat
    reviewer: Chat
    post: Post

    async def hazard(self, sequence: int = 1) -> Hazard:
        found = await self.database.read(lambda tx: tx.hazards.numbered(2026, sequence))
        assert found is not None
        return found

    async def opens(self, chat: Chat, sequence: int = 1) -> None:
        await chat.says(f"隐患 2026-{sequence:04d}")

    async def letters(self, chat: Chat, now: datetime = NOW) -> list[str]:
        """What has newly come to this chat, after sending all that is due by `now`."""
        before = len(self.post.letters)
        await self.post.sends(now)
        return [text for _day, chat_id, text in self.post.letters[before:] if chat_id == chat.telegram_id]

    async def takes_letter(self, chat: Chat, label: str) -> None:
        """Press a button under the newest letter of a chat."""
        screen = self.post.screens[chat.telegram_id]
        [button] = [b for row in screen.buttons for b in row if label in b.label]
        await chat.taps(button.data)

    def later(self, **passed: float) -> None:
        """Time passes for everybody."""
        for chat in (self.principal, self.officer, self.reviewer):
            chat.now += timedelta(**passed)


async def new_case(database: ZoneDatabase, services: Services) -> Case:
    """A shop with its principal, an officer and a reviewer; nothing found yet."""
    shop = await small_shop(database)
    return Case(
        database=database,
        services=services,
        shop=shop,
        principal=await principal_of(database, services, shop),
        officer=await member_of(database, services, None, Role.OFFICER, telegram_id=701, name="陈监管"),
        reviewer=await member_of(database, services, None, Role.REVIEWER, telegram_id=702, name="林审核"),
        post=Post(database, services),
    )


async def rectifying_case(database: ZoneDatabase, services: Services, *, level: Level = Level.GENERAL) -> Case:
    """A hazard of a submitted self-inspection with all five arrangements and a photo from before."""
    case = await new_case(database, services)
    await finds_hazard(case, level=f"是{LEVEL_NAMES[level]}")
    await to_summary(case.principal)
    await to_record(case.principal)
    await case.post.sends(NOW)
    return case


async def finds_hazard(case: Case, *, photo: int = 1, level: str = "是一般隐患") -> None:
    """From the menu or a question: a hazard with a photo, words, level and everything arranged."""
    chat = case.principal
    if any("开始自查" in label for label in chat.labels):
        await chat.presses("开始自查")
    await chat.presses("有隐患")
    await chat.sends_photo(scene(case.services, photo))
    await chat.says("二楼窗户焊了防盗网")
    await chat.presses(level)
    await chat.presses("限期整改")
    await chat.presses("全部采用")


async def office_finds(
    case: Case, *, level: Level = Level.GENERAL, criterion_id: str | None = None, at: datetime = NOW
) -> None:
    """The officer finds a hazard in an inspection of the office; its level is not confirmed yet."""

    def unit(tx: Transaction) -> None:
        officer = tx.people.by_telegram(case.officer.telegram_id)
        assert officer is not None
        tx.hazards.open(
            enterprise_id=case.shop,
            source=Source.OFFICIAL_INSPECTION,
            inspection_id=None,
            item=None,
            criterion_id=criterion_id,
            clause="《安全生产法》第三十六条",
            level=level,
            year=2026,
            by=officer.id,
            at=at,
            words="砂轮机没有防护罩",
        )

    await case.database.write(unit)


async def reports(case: Case, sequence: int = 1) -> None:
    """The principal writes the report of a major hazard as proposed, by tapping, and hands it in."""
    chat = case.principal
    await case.opens(chat, sequence)
    await chat.presses("写重大隐患报告")
    for label in ("日常检查没有发现", "要停用有关设备或场所才能改", "采用", "报出"):
        await chat.presses(label)


async def hands_in(case: Case, *, photo: int = 2) -> None:
    """The principal hands in one photo with a sentence."""
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    await case.principal.sends_photo(scene(case.services, photo), caption="防盗网已拆除")
    await case.principal.presses("提交复查")
