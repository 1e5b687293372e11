"""People of a small machine shop for tests of inspections: the shop, its principal, and ways to walk its checklist."""

import io
from collections.abc import Callable

from PIL import Image

from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import Photo, accept
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW

SHOP = "晨光机械厂"
OWN_QUESTIONS = ("砂轮机防护罩是否完好？", "配电箱前是否没有堆东西？", "灭火器是否在有效期内？")


async def small_shop(database: ZoneDatabase, *, uscc: str = "91230200MA1B2C3D4X", name: str = SHOP) -> int:
    """An enterprise with no trade list, asked only what its own standard adds and what everybody is asked."""

    def unit(tx: Transaction) -> int:
        shop = tx.enterprises.add(name=name, uscc=uscc, address="滨河路8号", community="滨河社区", at=NOW)
        for question in OWN_QUESTIONS:
            tx.standards.add_item(shop.id, ask=question, look="走到跟前看", by=0, at=NOW)
        return shop.id

    return await database.write(unit)


async def principal_of(
    database: ZoneDatabase, services: Services, shop: int, *, telegram_id: int = 501, name: str = "王厂长"
) -> Chat:
    """The principal's chat with the bot, at the menu."""
    return await member_of(database, services, shop, Role.PRINCIPAL, telegram_id=telegram_id, name=name)


async def member_of(
    database: ZoneDatabase, services: Services, shop: int | None, role: Role, *, telegram_id: int, name: str
) -> Chat:
    """Somebody's chat with the bot, at the menu; without a shop the role is one in the office."""
    chat = Chat(database, services, telegram_id, name=name)
    await chat.becomes(role, enterprise_id=shop)
    await chat.says("/start")
    return chat


async def answers_until(chat: Chat, done: Callable[[], bool], label: str = "合格") -> None:
    """Press the same answer on every card until `done` says so."""
    for _ in range(200):
        if done():
            return
        await chat.presses(label)
    raise AssertionError(f"still at {chat.text!r}")


async def to_summary(chat: Chat, label: str = "合格") -> None:
    """Answer everything that is still open."""
    await answers_until(chat, lambda: "提交前看一遍" in chat.text, label)


async def to_hazard_steps(chat: Chat) -> None:
    """From a question: mark it as a hazard, skip the photo, take the question's words, confirm the proposed level."""
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.presses("就用题目的话")
    await chat.presses("是一般隐患")


async def to_record(chat: Chat, leader: str = "王厂长") -> None:
    """From the summary: choose who led, declare, submit."""
    await chat.presses("带队人")
    await chat.presses(leader)
    await chat.presses("提交")
    await chat.presses("确认提交")


def sample_photo(colour: str = "red") -> Photo:
    """A small photo as the store keeps it."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(picture, "JPEG")
    return accept(picture.getvalue())
