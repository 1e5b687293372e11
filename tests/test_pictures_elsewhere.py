"""A picture used at another firm: found though it was saved anew, never on chance, told to the office alone."""

import io
import math
import random
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import event, insert, text

from checklists.attachments import Phase
from checklists.evidence import ELSEWHERE_BITS, Doubt, distance, is_telling
from checklists.hazards import Hazard, Level, Source
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import Photo, accept, dhash
from storage.tables import attachments, photos
from storage.transaction import Transaction
from tests.conftest import NOW
from tests.hazard_zone import FIVE, HazardZone, picture
from tests.rectifying import Case, finds_hazard, new_case, view
from tests.walks import principal_of, small_shop

LATER = NOW + timedelta(days=1)
BANDS = [f"ix_photos_dhash_{n}" for n in (1, 2, 3, 4)]


def workshop(number: int) -> Image.Image:
    """A lit room with machines and pipes as a phone takes it; no two are alike."""
    dice = random.Random(number)
    left, top = dice.randrange(1400), dice.randrange(1000)
    lit = Image.radial_gradient("L").resize((2400, 1800)).crop((left, top, left + 960, top + 720))
    room = Image.merge("RGB", [lit.point([int(230 - v * f) for v in range(256)]) for f in (0.7, 0.75, 0.8)])
    draw = ImageDraw.Draw(room)
    for _ in range(dice.randrange(14, 24)):
        left, top = dice.randrange(-100, 900), dice.randrange(-100, 660)
        box = (left, top, left + dice.randrange(60, 400), top + dice.randrange(60, 330))
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        (draw.ellipse if dice.random() < 0.3 else draw.rectangle)(box, fill=colour)
    grain = Image.frombytes("L", room.size, dice.randbytes(room.width * room.height)).convert("RGB")
    return Image.blend(room, grain, 0.08).filter(ImageFilter.GaussianBlur(1))


def saved(scene: Image.Image, *, quality: int = 92, width: int = 960) -> bytes:
    made = io.BytesIO()
    scene.resize((width, width * scene.height // scene.width)).save(made, "JPEG", quality=quality)
    return made.getvalue()


def test_a_scene_saved_anew_stays_within_the_limit_and_another_does_not() -> None:
    scenes = [workshop(n) for n in range(16)]
    first = [accept(saved(scene)).dhash for scene in scenes]
    again = [accept(saved(scene, quality=60, width=640)).dhash for scene in scenes]
    assert all(is_telling(h) for h in first)
    assert max(distance(a, b) for a, b in zip(first, again, strict=True)) <= ELSEWHERE_BITS
    others = [distance(a, b) for n, a in enumerate(first) for b in again[n + 1 :]]
    assert min(others) > ELSEWHERE_BITS


def lamp(width: int, height: int) -> Image.Image:
    """A wall brightest somewhere in the middle."""
    wall = Image.new("L", (400, 300))
    wall.putdata([
        int(250 - 0.4 * math.hypot(x - width, y - height)) for y in range(300) for x in range(400)
    ])  # fmt: skip
    return wall


@pytest.mark.parametrize(
    "plain",
    [
        Image.new("L", (400, 300), "white"),
        Image.new("L", (400, 300), "black"),
        Image.linear_gradient("L").rotate(90).resize((400, 300)),
        Image.linear_gradient("L").rotate(270).resize((400, 300)),
        lamp(200, 150),
        lamp(120, 90),
        lamp(390, 10),
    ],
    ids=["white", "black", "lit from the right", "lit from the left", "lamp", "lamp aside", "lamp in the corner"],
)
def test_a_plain_picture_tells_nothing(plain: Image.Image) -> None:
    assert not is_telling(dhash(Image.blend(plain, Image.effect_noise(plain.size, 10), 0.1)))


@pytest.mark.parametrize(
    ("hashed", "telling"),
    [
        ("00" * 7 + "7f", False),
        ("55" * 8, False),
        ("00" * 7 + "ff", True),
        ("ff" * 7 + "00", True),
        ("ff" * 7 + "01", False),
        ("00" * 4 + "7f" * 4, False),
        ("00" * 4 + "ff" * 4, True),
    ],
)
def test_how_much_a_picture_must_show(hashed: str, telling: bool) -> None:
    assert is_telling(hashed) is telling


@pytest.fixture
async def zone_of(database: ZoneDatabase) -> HazardZone:
    made = HazardZone()
    await database.write(made.found)
    return made


SCENE = 0xA5C3_960F_1E78_D24B


def flipped(*bits: int) -> str:
    return f"{SCENE ^ sum(1 << bit for bit in bits):016x}"


async def doubts_of(database: ZoneDatabase, zone_of: HazardZone, theirs: Photo, ours: Photo) -> list[tuple[Any, ...]]:
    """`theirs` is evidence of another firm, then `ours` of this one: what is doubted, with what."""

    def fill(tx: Transaction) -> tuple[int, Hazard]:
        other = tx.enterprises.add(name="晨光机械厂", uscc="91230200MA1B2C3D4X", at=NOW)
        there = tx.hazards.open(
            enterprise_id=other.id,
            source=Source.OFFICIAL_INSPECTION,
            inspection_id=None,
            item=None,
            criterion_id=None,
            clause="",
            level=Level.GENERAL,
            year=2026,
            by=zone_of.people["赵监管"],
            at=NOW,
        )
        here, by = zone_of.rectifying(tx), zone_of.people["陈安全"]
        tx.attachments.add_photo(theirs, by=by, at=LATER, hazard_id=there.id, phase=Phase.AFTER)
        tx.attachments.add_photo(ours, by=by, at=LATER, hazard_id=here.id, phase=Phase.AFTER)
        return there.id, here

    there, here = await database.write(fill)
    found = await database.read(lambda tx: tx.doubts.pictures(here))
    assert all(s.beside is not None and s.beside.hazard_id == there for s in found)
    return [(s.doubt, s.bits) for s in found]


@pytest.mark.parametrize(
    ("theirs", "ours", "doubts"),
    [
        (flipped(), flipped(), [(Doubt.USED_ELSEWHERE, 0)]),
        # One bit in each of three bands, so that only the fourth is left to find it by.
        (flipped(), flipped(1, 17, 33), [(Doubt.USED_ELSEWHERE, 3)]),
        (flipped(), flipped(17, 33, 49), [(Doubt.USED_ELSEWHERE, 3)]),
        (flipped(), flipped(1, 33, 49), [(Doubt.USED_ELSEWHERE, 3)]),
        (flipped(), flipped(1, 17, 49), [(Doubt.USED_ELSEWHERE, 3)]),
        (flipped(), flipped(1, 2, 3, 4), []),
        (flipped(), flipped(1, 17, 33, 49), []),
        ("0" * 16, "0" * 16, []),
        ("f" * 16, "f" * 15 + "e", []),
    ],
)
async def test_another_firms_picture_counts_within_three_bits(
    database: ZoneDatabase, zone_of: HazardZone, theirs: str, ours: str, doubts: list[Any]
) -> None:
    assert await doubts_of(database, zone_of, picture("一", dhash=theirs), picture("二", dhash=ours)) == doubts


async def test_the_same_file_counts_however_plain(database: ZoneDatabase, zone_of: HazardZone) -> None:
    wall = picture("墙", dhash="0" * 16)
    assert await doubts_of(database, zone_of, wall, wall) == [(Doubt.USED_ELSEWHERE, 0)]


async def test_both_databases_find_it_by_the_indexes(database: ZoneDatabase, zone_of: HazardZone) -> None:
    dice = random.Random(7)
    rows = [
        {"sha256": f"{n:064x}", "dhash": f"{dice.getrandbits(64):016x}", "width": 4, "height": 3, "bytes": 9}
        for n in range(6000)
    ]
    kept = [
        {"id": n, "sha256": row["sha256"], "kind": "photo", "sent_by": 1, "received_at": NOW, "hazard_id": 1 + n // 3}
        for n, row in enumerate(rows)
    ]

    def fill(tx: Transaction) -> Hazard:
        tx.connection.execute(insert(photos), [{"zone_id": tx.zone_id, "kept_at": NOW, **row} for row in rows])
        tx.connection.execute(insert(attachments), [{"zone_id": tx.zone_id, **row} for row in kept])
        tx.connection.execute(text("ANALYZE"))
        return zone_of.handed_in(tx)

    def plans(tx: Transaction, hazard: Hazard) -> str:
        asked: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(tx.connection, "before_cursor_execute", note)
        tx.doubts.pictures(hazard)
        event.remove(tx.connection, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if tx.connection.dialect.name == "sqlite" else "EXPLAIN "
        told = [tx.connection.exec_driver_sql(explain + s, p).all() for s, p in asked if "photos" in s]
        return "\n".join(str(row) for plan in told for row in plan)

    hazard = await database.write(fill)
    plan = await database.read(lambda tx: plans(tx, hazard))
    assert [name for name in (*BANDS, "ix_attachments_sha256") if name not in plan] == [], plan
    assert "SCAN photos" not in plan
    assert "Seq Scan on photos" not in plan


async def evidence(case: Case, photo: Photo, *, chat: Any, sequence: int) -> None:
    case.services.photos.put(photo)
    await case.opens(chat, sequence)
    await chat.presses("交整改")
    await chat.sends_photo(photo)


async def two_firms(database: ZoneDatabase, services: Services) -> tuple[Case, Any]:
    """Two shops with a hazard each being rectified, and the head of the second."""
    case = await new_case(database, services)
    await finds_hazard(case, photo=1)
    other = await small_shop(database, uscc="91230200MA1B2C3D5Y", name="启明木业")
    second = await principal_of(database, services, other, telegram_id=502, name="李厂长")
    first, case.principal = case.principal, second
    await finds_hazard(case, photo=2)
    case.principal = first
    return case, second


async def test_the_same_scene_saved_anew_at_another_firm_is_shown_to_the_office_alone(
    database: ZoneDatabase, services: Services
) -> None:
    case, second = await two_firms(database, services)
    shown = workshop(3)
    await evidence(case, accept(saved(shown)), chat=case.principal, sequence=1)
    again = accept(saved(shown, quality=60, width=640))
    await evidence(case, again, chat=second, sequence=2)
    assert second.text.startswith("<i>照片已存好。</i>")
    await second.presses("提交复查")
    await case.opens(case.reviewer, 2)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith("· 整改后第 1 张：这张照片在别处用过（晨光机械厂、隐患 BH-2026-0001）")
    [beside, now] = case.reviewer.screen.picture.rows[0]  # type: ignore[union-attr]
    assert (beside.label, beside.sha256) == ("别处用过的", accept(saved(shown)).sha256)
    assert (now.label, now.sha256) == ("这次交的（第 1 张）", again.sha256)
    await case.opens(second, 2)
    read = [screen.text for screen in second.seen] + second.toasts
    assert [words for words in read if "别处" in words or "晨光" in words or "0001" in words] == []


async def test_the_very_same_file_of_another_firm_is_not_told_to_the_sender(
    database: ZoneDatabase, services: Services
) -> None:
    case, second = await two_firms(database, services)
    for chat, sequence in ((case.principal, 1), (second, 2)):
        await evidence(case, accept(view(7)), chat=chat, sequence=sequence)
        assert chat.text.startswith("<i>照片已存好。</i>")


@pytest.mark.parametrize(
    ("sequence", "doubt"), [(1, "和整改前的照片几乎一样"), (2, "这张照片在别处用过（隐患 BH-2026-0001）")]
)
async def test_nobody_learns_by_sending_a_picture_whether_a_tip_off_brought_the_same(
    database: ZoneDatabase, services: Services, sequence: int, doubt: str
) -> None:
    case = await new_case(database, services)
    tip, own = accept(view(5)), case.principal
    services.photos.put(tip)

    def unit(tx: Transaction) -> None:
        officer, head = tx.people.by_telegram(case.officer.telegram_id), tx.people.by_telegram(own.telegram_id)
        assert officer and head
        for source in (Source.TIP, Source.OFFICIAL_INSPECTION):
            hazard = tx.hazards.open(
                enterprise_id=case.shop,
                source=source,
                inspection_id=None,
                item=None,
                criterion_id=None,
                clause="",
                level=Level.GENERAL,
                year=2026,
                by=officer.id,
                at=NOW,
                words="通道上锁",
            )
            if source is Source.TIP:
                tx.attachments.add_photo(tip, by=officer.id, at=NOW, hazard_id=hazard.id, phase=Phase.BEFORE)
            hazard = tx.hazard_life.confirm(hazard, Level.GENERAL, by=officer.id, at=NOW)
            tx.hazard_life.arrange(hazard, FIVE, by=head.id, at=NOW)

    await database.write(unit)
    await evidence(case, tip, chat=own, sequence=sequence)
    assert own.text.startswith("<i>照片已存好。</i>")
    await own.presses("提交复查")
    await case.opens(case.reviewer, sequence)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith(f"· 整改后第 1 张：{doubt}")
    assert [s.text for s in own.seen if "别处" in s.text or "一样" in s.text] == []


async def test_a_different_scene_at_another_firm_is_in_no_doubt(database: ZoneDatabase, services: Services) -> None:
    case, second = await two_firms(database, services)
    await evidence(case, accept(saved(workshop(3))), chat=case.principal, sequence=1)
    await evidence(case, accept(saved(workshop(4))), chat=second, sequence=2)
    await second.presses("提交复查")
    await case.opens(case.reviewer, 2)
    await case.reviewer.presses("复查")
    assert "请留意" not in case.reviewer.text
