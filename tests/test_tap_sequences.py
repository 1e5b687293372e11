"""Any order of taps, old ones, doubled ones, words and photos of two people: what is kept always agrees with itself."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.inspections import Answer, Inspection, InspectionState
from checklists.people import Role
from handlers.replies import MOST_CALLBACK_BYTES
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.walks import member_of, principal_of, sample_photo, small_shop

# The way to a record, so that random steps meet every stage of it and not only the first questions.
ONWARD = (
    *("去答没答的题", "确认提交", "王厂长（主要负责人）", "提交"),
    *("全部采用", "限期整改", "是一般隐患", "就用题目的话", "没法拍照，先跳过", "看错了，其实合格", "已停用"),
    *("✅ 合格", "再查一次", "▶️ 开始自查", "更正这份记录", "有题答错了"),
)
# Mostly onward, often anything on the screen, sometimes what stood there long ago, sometimes not a tap at all.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            ["on"] * 14
            + ["tap"] * 6
            + ["bad"] * 2
            + ["old", "old", "twice", "again", "text", "number", "photo", "album", "menu"]
        ),
        st.integers(0, 10_000),
    ),
    min_size=20,
    max_size=80,
)
PHOTOS = [sample_photo(colour) for colour in ("red", "green", "blue")]
_examples = itertools.count(1)
_repeated = itertools.count(5_000_000)


@dataclass
class Shop:
    """One enterprise with two people at it, and every submitted inspection as it was when first seen."""

    id: int
    people: Sequence[Chat]
    seen: dict[int, Any] = field(default_factory=dict)


async def new_shop(database: ZoneDatabase, services: Services) -> Shop:
    number = next(_examples)
    shop = await small_shop(database, uscc=f"TEST{number:014d}", name=f"样例{number}厂")
    first = await principal_of(database, services, shop, telegram_id=10_000 + 2 * number)
    second = await member_of(
        database, services, shop, Role.SAFETY_MANAGER, telegram_id=10_001 + 2 * number, name="李安全"
    )
    await first.presses("开始自查")
    await second.says("/start")
    return Shop(shop, (first, second))


async def does(shop: Shop, who: int, what: str, pick: int) -> None:
    """One step of a person; what cannot be done at the moment is left out."""
    chat = shop.people[who]
    shown = [b.data for b in chat.buttons if b.data]
    ever = [b.data for one in shop.people for s in one.seen for row in s.buttons for b in row if b.data]
    match what:
        case "on":
            onward = [b.data for label in ONWARD for b in chat.buttons if b.label == label]
            await chat.taps((onward or shown or ever)[0])
        case "bad":
            await chat.taps(next((b.data for b in chat.buttons if "有隐患" in b.label), shown[0] if shown else ever[0]))
        case "tap" if shown:
            await chat.taps(shown[pick % len(shown)])
        case "old":
            await chat.taps(ever[pick % len(ever)])
        case "twice" if shown:
            await chat.taps(shown[pick % len(shown)])
            await chat.taps(shown[pick % len(shown)])
        case "again" if shown:
            update_id = next(_repeated)
            await chat.taps(shown[pick % len(shown)], update_id=update_id)
            await chat.taps(shown[pick % len(shown)], update_id=update_id)
        case "text":
            await chat.says(["看过了", "王厂长", "12月5日", "10天"][pick % 4])
        case "number":
            await chat.says(str(pick % 9))
        case "photo":
            await chat.sends_photo(PHOTOS[pick % 3])
        case "album":
            for photo in PHOTOS[: 2 + pick % 2]:
                await chat.sends_photo(photo, album=f"album {pick}")
        case "menu":
            await chat.says("/start")
    assert len(chat.text) <= 4096
    assert all(len(b.data.encode()) <= MOST_CALLBACK_BYTES for b in chat.buttons)


def state_of(tx: Transaction, run: Inspection) -> Any:
    return {
        "run": replace(run, state=InspectionState.SUBMITTED),
        "answers": tx.inspections.answers_of(run.id),
        "record": tx.inspections.record(run.id),
    }


async def agrees(database: ZoneDatabase, shop: Shop) -> None:
    """Progress is what the answers say, each hazard has its question, and what is submitted stands as it was."""

    def unit(tx: Transaction) -> None:
        for run in tx.inspections.of_enterprise(shop.id):
            answers = tx.inspections.answers_of(run.id)
            told = [answers[i].answer if i in answers else Answer.OPEN for i in range(len(run.progress))]
            assert list(run.progress.answers) == told
            assert all(a.reason for a in answers.values() if a.answer is Answer.NOT_APPLICABLE)
            if run.is_running:
                marked = [i for i, answer in enumerate(told) if answer is Answer.HAZARD]
                assert [h.item for h in tx.hazards.of_inspection(run.id)] == marked
            else:
                assert Answer.OPEN not in told
                assert run.led_by
                assert shop.seen.setdefault(run.id, state_of(tx, run)) == state_of(tx, run)
        withdrawn = tx.hazards.of_enterprise(shop.id, withdrawn=True)
        assert all(h.withdrawn_reason for h in withdrawn)
        for hazard in tx.hazards.of_enterprise(shop.id):
            assert hazard.arrangements.complete or hazard.state != "rectifying"

    await database.read(unit)


@settings(
    max_examples=20,
    deadline=None,
    database=None,
    derandomize=True,
    # Every example has a shop of its own in the one database of the test.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_whatever_is_tapped_in_whatever_order_agrees_with_itself(
    database: ZoneDatabase, services: Services, steps: list[tuple[int, str, int]]
) -> None:
    shop = await new_shop(database, services)
    for who, what, pick in steps:
        await does(shop, who, what, pick)
        await agrees(database, shop)
