"""The record of a submitted inspection: what was asked, answered, found and promised, as a PDF."""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import segno
from PIL import Image, ImageDraw, ImageFont

from checklists.defences import marked
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Arrangements, Level, State
from checklists.inspections import ANSWER_NAMES, Answer
from handlers.documents.typesetting import FONT_FILE, typeset

CHINA = ZoneInfo("Asia/Shanghai")
ANSWERS = (Answer.GOOD, Answer.HAZARD, Answer.NOT_APPLICABLE, Answer.OPEN)


@dataclass(frozen=True, kw_only=True)
class RecordPhoto:
    """`sha256` names the kept original, `jpeg` is its preview; `arrived_at` is our time, never what the file claims."""

    sha256: str
    jpeg: bytes
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecordItem:
    """One question as it stood in the edition used; `reason` is why it does not apply (不涉及)."""

    number: int
    ask: str
    clause: str
    standard: str
    level: Level
    answer: Answer
    answered_at: datetime
    answered_by: str = ""
    reason: str = ""
    remark: str = ""
    voice_notes: int = 0
    photos: Sequence[RecordPhoto] = ()


@dataclass(frozen=True, kw_only=True)
class RecordSection:
    name: str
    items: Sequence[RecordItem]


@dataclass(frozen=True, kw_only=True)
class RecordHazard:
    """A hazard with its 五落实; of one fixed on the spot only the arrangements that were made are printed."""

    number: str
    item_number: int
    level: Level
    state: State
    words: str
    arrangements: Arrangements
    photos: Sequence[RecordPhoto] = ()
    photos_after: Sequence[RecordPhoto] = ()


@dataclass(frozen=True, kw_only=True)
class InspectionRecord:
    """`corrects` (number and version) and `correction_reason` are set in a version that replaces an earlier one."""

    number: str
    version: int
    zone: str
    enterprise: str
    uscc: str
    address: str
    cycle: str
    led_by_principal: bool
    leader: str
    participants: str
    started_at: datetime
    submitted_at: datetime
    submitted_by: str
    sections: Sequence[RecordSection]
    hazards: Sequence[RecordHazard]
    statement: str
    corrects: str = ""
    correction_reason: str = ""
    unsorted: Sequence[RecordPhoto] = ()
    unsorted_voice_notes: int = 0


def inspection_record_pdf(record: InspectionRecord) -> bytes:
    """The record as PDF; the same record always gives the same bytes. Runs for tenths of a second: use a thread."""
    seal = digest(record)
    files = {f"{photo.sha256}.jpg": _drawable_jpeg(photo.jpeg) for photo in _all_photos(record)}
    code = segno.make_qr(f"{record.number} v{record.version} sha256:{seal}", error="m")
    files["seal.svg"] = code.svg_inline(border=0).encode()
    return typeset("inspection_record", {**_content(record), "digest": seal}, files, dated=record.submitted_at)


def digest(record: InspectionRecord) -> str:
    """SHA-256 over everything the record says, photos by the hash of their originals; independent of its looks."""
    canonical = json.dumps(_content(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _all_photos(record: InspectionRecord) -> Iterator[RecordPhoto]:
    for section in record.sections:
        for item in section.items:
            yield from item.photos
    for hazard in record.hazards:
        yield from hazard.photos
        yield from hazard.photos_after
    yield from record.unsorted


def _drawable_jpeg(jpeg: bytes) -> bytes:
    """The preview, or a grey card in its place: one damaged file must not keep a whole record from being made."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)):
            return jpeg
    except OSError:
        card = Image.new("L", (640, 480), 225)
        words = ImageFont.truetype(FONT_FILE, 48)
        ImageDraw.Draw(card).text((320, 240), "照片暂时打不开", fill=90, font=words, anchor="mm")
        drawn = io.BytesIO()
        card.save(drawn, "JPEG", quality=80)
        return drawn.getvalue()


def _content(record: InspectionRecord) -> dict[str, object]:
    items = [item for section in record.sections for item in section.items]
    return {
        "number": record.number,
        "version": record.version,
        "corrects": record.corrects,
        "correction_reason": record.correction_reason,
        "zone": record.zone,
        "enterprise": record.enterprise,
        "uscc": record.uscc,
        "address": record.address,
        "cycle": record.cycle,
        "led_by_principal": record.led_by_principal,
        "leader": record.leader,
        "participants": record.participants,
        "started": _moment(record.started_at),
        "submitted": _moment(record.submitted_at),
        "submitted_by": record.submitted_by,
        "statement": record.statement,
        "counts": {ANSWER_NAMES[answer]: sum(item.answer is answer for item in items) for answer in ANSWERS},
        "sections": [
            {"name": section.name, "items": [_item(item) for item in section.items]} for section in record.sections
        ],
        "hazards": [_hazard(hazard) for hazard in record.hazards],
        "unsorted": [_photo(photo) for photo in record.unsorted],
        "unsorted_voice_notes": record.unsorted_voice_notes,
    }


def _item(item: RecordItem) -> dict[str, object]:
    return {
        "number": item.number,
        "ask": item.ask,
        "basis": " ".join(part for part in (item.standard, item.clause) if part),
        "major": item.level is Level.MAJOR,
        "answer": ANSWER_NAMES[item.answer],
        "answered": _moment(item.answered_at),
        "answered_by": item.answered_by,
        "reason": item.reason,
        "remark": item.remark,
        "voice_notes": item.voice_notes,
        "photos": [_photo(photo) for photo in item.photos],
    }


def _hazard(hazard: RecordHazard) -> dict[str, object]:
    arrangements = hazard.arrangements
    return {
        "number": hazard.number,
        "item_number": hazard.item_number,
        "major": hazard.level is Level.MAJOR,
        "level": LEVEL_NAMES[hazard.level],
        "words": hazard.words,
        "state": STATE_NAMES[hazard.state],
        "fixed_on_spot": hazard.state is State.FIXED_ON_SPOT,
        "arrangements": [
            ["责任人", arrangements.responsible],
            ["整改措施", marked(arrangements.measure, arrangements.defences)],
            ["资金", arrangements.funds],
            ["整改时限", _until(arrangements.deadline)],
            ["应急预案", arrangements.contingency],
        ],
        "photos": [_photo(photo) for photo in hazard.photos],
        "photos_after": [_photo(photo) for photo in hazard.photos_after],
    }


def _photo(photo: RecordPhoto) -> dict[str, object]:
    return {"sha256": photo.sha256, "arrived": _moment(photo.arrived_at)}


def _until(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日前" if day else ""


def _moment(at: datetime) -> list[str]:
    """Day and minute as people in the zone read them, and the day once more in its short form."""
    local = at.astimezone(CHINA)
    return [f"{local.year}年{local.month}月{local.day}日", f"{local:%H:%M}", f"{local:%Y-%m-%d}"]
