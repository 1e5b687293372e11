"""The record of an inspection says everything that was answered, in Chinese, and always in the same bytes."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from checklists.hazards import Arrangements, Level, State
from checklists.inspections import Answer
from handlers.documents import inspection_record
from handlers.documents.inspection_record import (
    InspectionRecord,
    RecordHazard,
    RecordItem,
    RecordPhoto,
    RecordSection,
    digest,
    inspection_record_pdf,
)
from handlers.documents.typesetting import page_pictures

STARTED = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)
SUBMITTED = datetime(2026, 3, 2, 1, 55, tzinfo=UTC)


def photo(colour: str) -> RecordPhoto:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(made, "JPEG")
    return RecordPhoto(sha256=hashlib.sha256(made.getvalue()).hexdigest(), jpeg=made.getvalue(), arrived_at=STARTED)


def item(number: int, answer: Answer = Answer.GOOD, **changes: object) -> RecordItem:
    plain = RecordItem(
        number=number,
        ask=f"第{number}处通道是否畅通？",
        clause="第八条第（一）项",
        standard="工贸企业重大事故隐患判定标准",
        level=Level.MAJOR,
        answer=answer,
        answered_at=STARTED + timedelta(minutes=number),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


SPOT = RecordHazard(
    number="HL-2026-0032",
    item_number=2,
    level=Level.GENERAL,
    state=State.FIXED_ON_SPOT,
    words="纸箱堵住通道",
    arrangements=Arrangements(responsible="王厂长"),
    photos=[photo("tan")],
    photos_after=[photo("green")],
)
PLANNED = RecordHazard(
    number="HL-2026-0031",
    item_number=2,
    level=Level.MAJOR,
    state=State.RECTIFYING,
    words="没有超温切断装置",
    arrangements=Arrangements(responsible="李工", measure="停用加装", funds="8000元", deadline=date(2026, 4, 1)),
)
RECORD = InspectionRecord(
    number="HL-2026-J0007",
    version=1,
    zone="示例开发区安全监管办公室",
    enterprise="样例食品有限公司",
    uscc="91350211M000100Y46",
    address="示例路88号",
    cycle="2026年第一季度",
    led_by_principal=True,
    leader="王厂长",
    participants="李工、赵班长",
    started_at=STARTED,
    submitted_at=SUBMITTED,
    submitted_by="王厂长",
    sections=[
        RecordSection(name="轻工", items=[item(1), item(2, Answer.HAZARD, photos=[photo("red"), photo("blue")])]),
        RecordSection(name="消防", items=[item(3, Answer.NOT_APPLICABLE, reason="没有地下室", voice_notes=1)]),
    ],
    hazards=[PLANNED, SPOT],
    statement="以上内容真实、完整。",
)


def pages(record: InspectionRecord) -> list[str]:
    """The words of each page without the spaces that typesetting puts between Chinese and digits."""
    reader = PdfReader(io.BytesIO(inspection_record_pdf(record)))
    return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]


@pytest.mark.parametrize(
    "words",
    [
        "示例开发区安全监管办公室",
        "2026年第一季度·主要负责人带队检查",
        "样例食品有限公司",
        "91350211M000100Y46",
        "示例路88号",
        "李工、赵班长",
        "2026年3月2日09:05",
        "2026年3月2日09:55",
        "3题1合格1有隐患1不涉及",
        "重大隐患HL-2026-0031对应第2题整改中",
        "整改时限2026年4月1日前",
        "应急预案未填写",
        "一般隐患HL-2026-0032对应第2题立查立改，待复核",
        "第2处通道是否畅通？",
        "工贸企业重大事故隐患判定标准第八条第（一）项",
        "不涉及理由：没有地下室",
        "语音备注1条，存于系统",
        "照片2张，见后",
        "以上内容真实、完整。",
        "王厂长于2026年3月2日09:55在手机上确认并提交。",
        "记录编号HL-2026-J0007",
    ],
)
def test_a_record_says(words: str) -> None:
    assert words in "".join(pages(RECORD))


def test_a_hazard_fixed_on_the_spot_leaves_no_blank_arrangements() -> None:
    assert "未填写" not in "".join(pages(replace(RECORD, hazards=[SPOT])))


def test_a_record_without_hazards_says_so() -> None:
    assert "本次自查未登记隐患。" in "".join(pages(replace(RECORD, hazards=[])))


def test_an_unanswered_question_is_never_hidden() -> None:
    open_one = RecordSection(name="轻工", items=[item(1), item(2, Answer.OPEN)])
    words = "".join(pages(replace(RECORD, sections=[open_one], hazards=[])))
    assert "2题1合格0有隐患0不涉及1未答" in words


def test_a_correction_names_the_record_it_replaces() -> None:
    corrected = replace(RECORD, version=2, corrects="HL-2026-J0007 第1版", correction_reason="照片传错")
    words = "".join(pages(corrected))
    assert "本记录为第2版，更正并取代HL-2026-J0007第1版；原记录仍予保存。更正原因：照片传错" in words
    assert "记录编号HL-2026-J0007（第2版）" in words
    assert "更正" not in "".join(pages(RECORD)).replace("更正另出新版本", "")


def test_an_inspection_not_led_by_the_principal_says_so() -> None:
    assert "非主要负责人带队" in pages(replace(RECORD, led_by_principal=False))[0]


def test_a_long_record_repeats_its_heading_and_counts_its_pages() -> None:
    long = replace(RECORD, sections=[RecordSection(name="轻工", items=[item(number) for number in range(1, 121)])])
    found = pages(long)
    assert len(found) == 7
    for number, words in enumerate(found, start=1):
        assert f"第{number}页/共7页" in words
    assert [words.count("题号检查内容与依据结果时间") for words in found[1:-1]] == [1] * 5
    every = "".join(found)
    assert [number for number in range(1, 121) if f"第{number}处通道是否畅通？" not in every] == []


def test_a_long_description_keeps_its_end() -> None:
    wordy = replace(PLANNED, words="堵" * 4000 + "完毕")
    assert "堵完毕" in "".join(pages(replace(RECORD, hazards=[wordy])))


def test_photos_stand_in_the_record() -> None:
    reader = PdfReader(io.BytesIO(inspection_record_pdf(RECORD)))
    colours = set()
    for page in reader.pages:
        for picture in page.images:
            assert picture.image is not None
            red, green, blue = picture.image.convert("RGB").resize((1, 1)).tobytes()
            colours.add((red > 200, green > 100, blue > 200))
    assert colours == {(True, False, False), (False, False, True), (True, True, False), (False, True, False)}


def test_photos_and_voice_notes_put_to_no_question_stand_at_the_end() -> None:
    loose = replace(RECORD, sections=[], hazards=[], unsorted=SPOT.photos[:1], unsorted_voice_notes=2)
    words = "".join(pages(loose))
    assert "现场照片未归题" in words
    assert "另有未归题的语音2条，存于系统" in words
    assert digest(loose) != digest(replace(loose, unsorted=()))


@pytest.mark.parametrize("length", range(8, 17))
def test_the_name_of_a_trade_never_stays_behind_at_the_foot_of_a_page(length: int) -> None:
    trades = [
        RecordSection(name="轻工", items=[item(number) for number in range(1, length)]),
        RecordSection(name="粉尘爆炸", items=[item(length)]),
    ]
    for words in pages(replace(RECORD, sections=trades, hazards=[])):
        assert ("粉尘爆炸" in words) == (f"第{length}处通道是否畅通？" in words)


@pytest.mark.parametrize("damaged", [b"", b"\xff\xd8 no picture"])
def test_a_damaged_preview_does_not_keep_the_record_from_being_made(damaged: bytes) -> None:
    hurt = replace(SPOT, photos=[replace(SPOT.photos[0], jpeg=damaged)])
    document = inspection_record_pdf(replace(RECORD, hazards=[hurt], sections=[]))
    greys = []
    for picture in (picture for page in PdfReader(io.BytesIO(document)).pages for picture in page.images):
        assert picture.image is not None
        greys.append(picture.image.convert("L").getpixel((1, 1)))
    assert greys == [225, 75]


def test_the_same_record_has_the_same_bytes_and_names_its_content() -> None:
    document = inspection_record_pdf(RECORD)
    assert document == inspection_record_pdf(RECORD)
    assert PdfReader(io.BytesIO(document)).metadata["/Title"] == "企业安全自查记录 HL-2026-J0007"  # type: ignore[index]
    assert digest(RECORD) in "".join(pages(RECORD))


def test_one_changed_answer_changes_the_digest_and_a_smaller_preview_does_not() -> None:
    first, second = RECORD.sections
    changed = replace(RECORD, sections=[first, replace(second, items=[item(3, Answer.GOOD)])])
    assert digest(changed) != digest(RECORD)

    redrawn = replace(SPOT, photos=[replace(SPOT.photos[0], jpeg=b"another preview")])
    assert digest(replace(RECORD, hazards=[PLANNED, redrawn])) == digest(RECORD)


def test_the_code_at_the_foot_carries_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def as_pictures(*given: object, **named: object) -> bytes:
        drawn.extend(page_pictures(*given, **named))  # type: ignore[arg-type]
        return b""

    monkeypatch.setattr(inspection_record, "typeset", as_pictures)
    inspection_record_pdf(RECORD)
    with Image.open(io.BytesIO(drawn[-1])) as last:
        [code] = zxingcpp.read_barcodes(last.convert("L"))
    assert code.text == f"HL-2026-J0007 v1 sha256:{digest(RECORD)}"
