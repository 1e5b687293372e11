"""What is written down for ever when an inspection is submitted, and how it is read again."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter

from checklists.attachments import Attachment, Medium, Phase
from checklists.hazards import Hazard, format_number
from checklists.inspections import Answer, ItemAnswer
from checklists.people import Role
from handlers.documents.inspection_record import (
    InspectionRecord,
    RecordHazard,
    RecordItem,
    RecordPhoto,
    RecordSection,
)
from handlers.duties import period_name
from handlers.routing import Gone, Request
from handlers.walking import Walk, known_people, name_of
from handlers.words import N_, speaking
from storage.transaction import Transaction
from storage.zones import Zone

STATEMENT = N_("本人声明：以上自查由上述人员实地进行，内容真实、完整，如有虚假愿承担责任。")

_RECORD = TypeAdapter(InspectionRecord)


def read_record(body: str) -> InspectionRecord:
    """The record kept as JSON; pictures are named by hash, their previews are not in it."""
    return _RECORD.validate_json(body)


def write_record(record: InspectionRecord) -> str:
    """The JSON to keep."""
    return _RECORD.dump_json(record).decode()


def make_record(request: Request, walk: Walk) -> InspectionRecord:
    """Everything the inspection says at this moment, with numbers and names as they are now."""
    tx, run = request.tx, walk.inspection
    enterprise = tx.enterprises.get(run.enterprise_id)
    if enterprise is None:
        raise Gone
    old = tx.inspections.record(run.corrects_id) if run.corrects_id is not None else None
    corrected = read_record(old) if old else None
    year = request.today.year
    number = (
        corrected.number
        if corrected
        else f"{request.zone.code}-ZC-{year}-{tx.inspections.next_number('record', year):04d}"
    )
    loose = tx.attachments.unsorted(run.id)
    principals = {name for name, role in known_people(tx, enterprise.id).values() if role is Role.PRINCIPAL}
    return InspectionRecord(
        number=number,
        version=run.edition,
        zone=request.zone.name,
        enterprise=enterprise.name,
        uscc=enterprise.uscc,
        address=enterprise.address,
        cycle=_period_words(run.period),
        led_by_principal=run.led_by in principals,
        leader=run.led_by,
        participants=run.participants,
        started_at=run.started_at,
        submitted_at=request.now,
        submitted_by=request.who.name,
        sections=_sections(tx, walk),
        unsorted=_photos([a for a in loose if a.kind is Medium.PHOTO]),
        unsorted_voice_notes=len([a for a in loose if a.kind is Medium.VOICE]),
        hazards=_hazards(tx, request.zone, walk),
        statement=STATEMENT,
        corrects=f"{corrected.number} 第 {corrected.version} 版" if corrected else "",
        correction_reason=run.correction_reason,
    )


def _period_words(period: str) -> str:
    """The period as the record says it: a record is Chinese whoever hands it in."""
    with speaking("zh"):
        return period_name(period)


def of_questions(tx: Transaction, inspection_id: int) -> list[Attachment]:
    """What was handed in for the questions themselves: the pictures of a hazard on the list stand with the hazard."""
    listed = {hazard.id for hazard in tx.hazards.of_inspection(inspection_id)}
    return [a for a in tx.attachments.of_inspection(inspection_id) if a.hazard_id not in listed]


def _sections(tx: Transaction, walk: Walk) -> list[RecordSection]:
    answers = tx.inspections.answers_of(walk.id)
    handed_in = of_questions(tx, walk.id)
    voices = [a for a in handed_in if a.kind is Medium.VOICE]
    photos = [a for a in handed_in if a.kind is Medium.PHOTO]
    names = {i: name_of(tx, i) for i in {answer.answered_by for answer in answers.values()}}
    sections, number = [], 0
    for section in walk.checklist.sections:
        items = []
        for question in section.items:
            answer = answers[number]
            items.append(
                RecordItem(
                    number=number + 1,
                    ask=question.ask,
                    # An own item names its basis once.
                    clause=question.clause if question.clause != question.standard else "",
                    standard=question.standard,
                    level=question.level,
                    answer=answer.answer,
                    answered_at=answer.answered_at,
                    answered_by=names[answer.answered_by],
                    reason=answer.reason,
                    remark=answer.remark,
                    voice_notes=len([v for v in voices if v.item == number]),
                    photos=_photos([p for p in photos if p.item == number]),
                )
            )
            number += 1
        sections.append(RecordSection(name=section.name, items=items))
    return sections


def _hazards(tx: Transaction, zone: Zone, walk: Walk) -> list[RecordHazard]:
    found = tx.hazards.of_inspection(walk.id)
    photos = [a for a in tx.attachments.of_hazards(h.id for h in found) if a.kind is Medium.PHOTO]
    return [_hazard(zone, hazard, [p for p in photos if p.hazard_id == hazard.id]) for hazard in found]


def _hazard(zone: Zone, hazard: Hazard, photos: Sequence[Attachment]) -> RecordHazard:
    return RecordHazard(
        number=format_number(zone.code, hazard.year, hazard.sequence),
        item_number=(hazard.item or 0) + 1,
        level=hazard.level,
        words=hazard.words,
        state=hazard.state,
        arrangements=hazard.arrangements,
        photos=_photos([p for p in photos if p.phase != Phase.AFTER]),
        photos_after=_photos([p for p in photos if p.phase == Phase.AFTER]),
    )


def _photos(attachments: Sequence[Attachment]) -> list[RecordPhoto]:
    return [RecordPhoto(sha256=a.sha256, jpeg=b"", arrived_at=a.received_at) for a in attachments]


def seconds_spent(answers: Sequence[ItemAnswer], started_at: datetime) -> int:
    """From the start to the last answer, pauses included: a walk that was left and taken up again is not quick."""
    last = max((a.answered_at for a in answers if a.answer is not Answer.OPEN), default=started_at)
    return max(0, int((last - started_at).total_seconds()))
