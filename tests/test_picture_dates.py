"""The date a picture bears: read of Exif and of forwarded messages, said to the sender and shown to the reviewer."""

import io
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.incoming import Read, read
from checklists.attachments import Attachment
from checklists.evidence import A_MOMENT, CLEARLY, Claims, Doubt, Picture, claims_of, suspicions
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.exif_time import read_taken
from storage.photos import Photo, accept
from tests.chat import Chat
from tests.conftest import NOW
from tests.living import Town, running_town
from tests.rectifying import Case, finds_hazard, hands_in, new_case, rectifying_case, view
from tests.sandbox import Person
from tests.test_incoming import message
from tests.walks import member_of

MARCH = "2026:03:02 09:30:00"
DAY = timedelta(days=1)
HOURS = timedelta(hours=3)


def dated(number: int, taken: str = "", offset: str = "", kind: str = "JPEG") -> bytes:
    """The view of this number as a camera writes it, with place and device beside the time."""
    block = Image.Exif()
    block[0x010F] = "SampleCam"
    block.get_ifd(0x8825).update({1: "N", 2: (45.0, 43.0, 12.5)})
    if taken:
        block.get_ifd(0x8769)[0x9003] = taken
    if offset:
        block.get_ifd(0x8769)[0x9011] = offset
    made = io.BytesIO()
    Image.open(io.BytesIO(view(number))).save(made, kind, exif=block)
    return made.getvalue()


def kept(services: Services, data: bytes) -> Photo:
    photo = accept(data)
    services.photos.put(photo)
    return photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        (MARCH, "", datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
        (MARCH, "+00:00", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        (MARCH, "-05:30", datetime(2026, 3, 2, 15, 0, tzinfo=UTC)),
        (MARCH, "Beijing", datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
        (MARCH, "+99:00", None),
        ("0000:00:00 00:00:00", "", None),
        ("2026:02:30 09:30:00", "", None),
        ("    :  :     :  :  ", "", None),
        ("昨天", "", None),
        ("", "+08:00", None),
    ],
)
def test_the_time_of_a_camera_is_read_before_the_notes_are_stripped(
    kind: str, taken: str, offset: str, expected: datetime | None
) -> None:
    photo = accept(dated(1, taken, offset, kind))
    assert photo.taken_at == expected
    assert [w for w in (b"SampleCam", b"2026:03:02") if w in photo.data or w in photo.preview] == []


@given(st.binary(max_size=80), st.sampled_from([b"II*\x00", b"MM\x00*", b""]))
def test_no_block_of_bytes_breaks_the_reading(noise: bytes, start: bytes) -> None:
    assert read_taken(start + noise) is None


@given(cut=st.integers(0, 200), at=st.integers(8, 200), byte=st.integers(0, 255))
def test_a_cut_or_altered_block_gives_a_time_or_none(cut: int, at: int, byte: int) -> None:
    block = Image.Exif()
    block.get_ifd(0x8769)[0x9003] = MARCH
    whole = block.tobytes().removeprefix(b"Exif\x00\x00")
    altered = bytearray(whole)
    altered[at % len(whole)] = byte
    assert read_taken(whole) == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    for tiff in (whole[:cut], bytes(altered)):
        found = read_taken(tiff)
        assert found is None or found.tzinfo is not None


def test_a_directory_that_names_itself_ends() -> None:
    entry = struct.pack(">HHII", 0x8769, 4, 1, 8)
    assert read_taken(b"MM\x00*" + struct.pack(">IH", 8, 1) + entry) is None


ORIGINS = [
    {"type": "user", "sender_user": {"id": 5, "is_bot": False, "first_name": "小张"}},
    {"type": "hidden_user", "sender_user_name": "小张"},
    {"type": "chat", "sender_chat": {"id": -5, "type": "group", "title": "职工群"}},
    {"type": "channel", "chat": {"id": -7, "type": "channel", "title": "通报"}, "message_id": 3},
]


@pytest.mark.parametrize("origin", ORIGINS, ids=lambda origin: origin["type"])
def test_a_forwarded_photo_bears_the_date_of_its_first_sending_whoever_sent_it(origin: dict[str, object]) -> None:
    date = int((NOW - DAY).timestamp())
    did = read(message(photo=[{"file_id": "a"}], forward_origin={**origin, "date": date}), bot_name="b")
    assert isinstance(did, Read)
    assert did.forwarded_at == NOW - DAY
    assert "小张" not in repr(did)


@pytest.mark.parametrize("date", [None, "gestern", 0, -1, 10**30, 1.5, [], {}])
def test_an_odd_date_of_a_forwarded_photo_is_none(date: object) -> None:
    did = read(message(photo=[{"file_id": "a"}], forward_origin={"type": "user", "date": date}), bot_name="b")
    assert isinstance(did, Read)
    assert did.forwarded_at is None


@pytest.mark.parametrize(
    ("taken", "forwarded", "expected"),
    [
        (None, None, Claims()),
        (NOW - DAY, None, Claims(dated_at=NOW - DAY)),
        (None, NOW - DAY, Claims(dated_at=NOW - DAY, forwarded_at=NOW - DAY)),
        (NOW - 3 * DAY, NOW - DAY, Claims(dated_at=NOW - 3 * DAY, forwarded_at=NOW - DAY)),
        (NOW - DAY, NOW - 3 * DAY, Claims(dated_at=NOW - 3 * DAY, forwarded_at=NOW - 3 * DAY)),
        (NOW, NOW, Claims(dated_at=NOW, forwarded_at=NOW)),
        (NOW + timedelta(seconds=1), None, Claims()),
        (datetime(2000, 1, 1, tzinfo=UTC), NOW - DAY, Claims(dated_at=NOW - DAY, forwarded_at=NOW - DAY)),
    ],
)
def test_the_earlier_claim_counts_and_nonsense_does_not(
    taken: datetime | None, forwarded: datetime | None, expected: Claims
) -> None:
    assert claims_of(taken_at=taken, forwarded_at=forwarded, received_at=NOW) == expected


@pytest.mark.parametrize(
    ("claims", "doubts"),
    [
        (Claims(), []),
        (Claims(dated_at=NOW - CLEARLY), []),
        (Claims(dated_at=NOW - CLEARLY - timedelta(seconds=1)), [Doubt.DATED_BEFORE]),
        (Claims(dated_at=NOW + DAY), []),
        (Claims(dated_at=NOW + DAY, forwarded_at=NOW + DAY), []),
        (Claims(dated_at=NOW - 9 * DAY, forwarded_at=NOW + DAY), [Doubt.DATED_BEFORE]),
        (Claims(dated_at=NOW - DAY, forwarded_at=NOW - DAY), [Doubt.FORWARDED_FROM_BEFORE]),
        (Claims(dated_at=NOW - A_MOMENT, forwarded_at=NOW - A_MOMENT), []),
        (Claims(dated_at=NOW - HOURS, forwarded_at=NOW - HOURS), [Doubt.FORWARDED_FROM_BEFORE]),
    ],
)
def test_only_what_is_clearly_older_than_the_finding_is_in_doubt(claims: Claims, doubts: list[Doubt]) -> None:
    picture = Picture(
        attachment_id=1,
        sha256="a",
        dhash="0" * 16,
        enterprise_id=1,
        hazard_id=1,
        before=False,
        first_kept_at=NOW + 2 * DAY,
        dated_at=claims.dated_at,
        forwarded_at=claims.forwarded_at,
    )
    assert [s.doubt for s in suspicions(picture, [], found_at=NOW)] == doubts


async def at_evidence(case: Case, *, later: timedelta = DAY) -> Chat:
    case.later(days=later.days)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    return case.principal


async def pictures_of(database: ZoneDatabase, case: Case) -> list[Attachment]:
    hazard = await case.hazard()
    return await database.read(lambda tx: tx.attachments.of_hazard(hazard.id))


async def test_an_old_picture_is_told_at_once_and_another_one_is_taken(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = await at_evidence(case)
    await chat.sends_photo(kept(services, dated(2, MARCH)))
    assert chat.text.startswith("<i>这张照片自己写的时间是2026年3月2日，早于发现隐患。请在改好的地方现在拍一张。</i>")
    await chat.presses("去掉最后一张")
    await chat.sends_photo(kept(services, dated(3, "2026:11:24 09:30:00")))
    assert chat.text.startswith("<i>照片已存好。</i>")
    await chat.presses("提交复查")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert "请留意" not in case.reviewer.text
    assert [a.dated_at for a in await pictures_of(database, case)] == [None, datetime(2026, 11, 24, 1, 30, tzinfo=UTC)]


async def test_the_reviewer_reads_the_date_of_an_old_picture_in_words(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = await at_evidence(case)
    await chat.sends_photo(kept(services, dated(2, MARCH)))
    await chat.presses("提交复查")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith(
        "⚠️ <b>请留意（只是提示，由您判断）：</b>\n· 整改后第 1 张：照片自己写的时间是2026年3月2日，早于发现隐患"
    )


async def test_a_picture_forwarded_after_the_finding_is_no_doubt_but_is_shown(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = await at_evidence(case)
    await chat.sends_photo(kept(services, view(2)), forwarded_at=NOW + timedelta(hours=3))
    assert chat.text.startswith("<i>照片已存好。</i>")
    await chat.presses("提交复查")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith("\n转发来的照片：第 1 张原发于11月23日 13:00")


async def test_a_picture_forwarded_from_before_the_finding_is_in_doubt(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    chat = await at_evidence(case)
    await chat.sends_photo(kept(services, view(2)), forwarded_at=NOW - 9 * DAY)
    assert chat.text.startswith("<i>这张是转发来的，原发于2026年11月14日，早于发现隐患。请在改好的地方现在拍一张。</i>")
    await chat.presses("提交复查")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith("· 整改后第 1 张：转发来的照片，原发于2026年11月14日，早于发现隐患")
    assert "转发来的照片：" not in case.reviewer.text


async def test_in_a_second_life_what_is_from_the_first_is_in_doubt(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await case.opens(case.officer)
    for label in ("复查", "✅ 通过", "销号"):
        await case.officer.presses(label)
    case.later(days=9)
    for label in ("更多", "重新打开", "现场又出现同样的隐患"):
        await case.officer.presses(label)
    await case.opens(case.principal)
    await case.principal.presses("接着填")
    for label in ("全部采用", "交整改"):
        await case.principal.presses(label)
    await case.principal.sends_photo(kept(services, view(7)), forwarded_at=NOW + DAY)
    assert case.principal.text.startswith("<i>这张是转发来的，原发于2026年11月24日，早于发现隐患。")


async def test_who_fixes_on_the_spot_with_an_old_picture_hears_it_too(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    await chat.presses("开始自查")
    await chat.presses("有隐患")
    await chat.sends_photo(kept(services, view(1)))
    await chat.says("二楼窗户焊了防盗网")
    await chat.presses("是一般隐患")
    await chat.presses("立查立改")
    await chat.sends_photo(kept(services, dated(2, MARCH)))
    assert chat.text.startswith(
        "<i>隐患 BH-2026-0001 已立查立改，等待复核。这张照片自己写的时间是2026年3月2日，早于发现隐患。"
        "请在改好的地方现在拍一张。打开这条隐患，发到那里。</i>"
    )
    await case.opens(chat)
    await chat.sends_photo(kept(services, dated(3, MARCH)))
    assert chat.text.startswith("<i>这张照片自己写的时间是2026年3月2日，早于发现隐患。")
    await chat.sends_photo(kept(services, view(4)))
    assert chat.text.startswith("<i>照片已存好。</i>")
    assert "整改后照片 3 张" in chat.text


async def test_the_dates_of_what_a_worker_reports_are_never_kept(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    worker = await member_of(database, services, case.shop, Role.WORKER, telegram_id=900, name="小张")
    await worker.presses("报告隐患")
    await worker.sends_photo(kept(services, dated(5, MARCH)), forwarded_at=NOW - DAY)
    [reported] = await pictures_of(database, case)
    assert (reported.dated_at, reported.forwarded_at) == (None, None)


async def test_a_picture_of_the_finding_keeps_its_date_without_a_word(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await case.principal.presses("开始自查")
    await case.principal.presses("有隐患")
    await case.principal.sends_photo(kept(services, dated(1, MARCH)))
    assert "早于" not in case.principal.text
    [before] = await pictures_of(database, case)
    assert before.dated_at == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


async def hands_in_over_the_wire(town: Town, head: Person, officer: Person) -> str:
    await head.taps("提交复查")
    await town.quiet()
    await officer.taps("🔎 复查")
    await town.quiet()
    return (await officer.screen())[-1]


async def rectifying_over_the_wire(town: Town) -> tuple[Person, Person]:
    """A principal at the evidence of a hazard, and the officer."""
    head = await town.meets("王厂长", Role.PRINCIPAL, await town.enterprise())
    officer = await town.meets("陈监管", Role.OFFICER)
    await head.sends("/start")
    await town.quiet()
    for label in ("▶️ 开始自查", "⚠️ 有隐患"):
        await head.taps(label)
        await town.quiet()
    await head.photo(view(1))
    await town.quiet()
    await head.sends("砂轮机没有护罩")
    await town.quiet()
    for label in ("是一般隐患", "现场核对，没有达到判定标准这一条", "限期整改", "全部采用"):
        await head.taps(label)
        await town.quiet()
    await head.sends("隐患 2026-0001")
    await town.quiet()
    await head.taps("📷 交整改")
    await town.quiet()
    return head, officer


async def test_a_forwarded_photo_and_a_picture_sent_as_a_file_over_the_wire(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path) as town:
        worker = await town.sandbox.person("小张")
        head, officer = await rectifying_over_the_wire(town)
        group = await town.sandbox.group("车间群", worker, head)
        form = {"chat_id": group, "user_id": worker.id}
        await town.sandbox.control.post("send", {**form, "text": "护罩装好了"})
        await worker.photo(view(2), chat_id=group)
        posted = (await worker.messages(group))[-1]
        await town.moves_to(NOW + DAY)
        await head.forwards(posted)
        await town.quiet()
        assert (await head.screen())[-1].startswith("照片已存好。")
        await head.document(dated(3, MARCH), "IMG_0302.jpg", "image/jpeg")
        await town.quiet()
        assert (await head.screen())[-1].startswith("这张照片自己写的时间是2026年3月2日，早于发现隐患。")
        review = await hands_in_over_the_wire(town, head, officer)
        assert "转发来的照片：第 1 张原发于11月23日 10:" in review
        assert review.endswith("整改后第 2 张：照片自己写的时间是2026年3月2日，早于发现隐患")


async def test_the_view_stays_within_a_caption_with_every_doubt(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    await finds_hazard(case)
    case.later(days=2)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    for number in (2, 3, 4):
        await case.principal.sends_photo(kept(services, dated(number, MARCH)), forwarded_at=NOW - number * DAY)
    await case.principal.sends_photo(kept(services, view(5)), forwarded_at=NOW + DAY)
    await case.principal.sends_photo(kept(services, view(6)), forwarded_at=NOW + DAY)
    await case.principal.says("改" * 400)
    await case.principal.presses("提交复查")
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert len(case.reviewer.text) <= 1024
