"""The papers of a meeting from the data: the agenda as things are, the record as things were when it ended."""

import json
from datetime import date, datetime

from checklists.analyses import Analysis, Meeting
from checklists.deliveries import Delivery
from checklists.hazards import STATE_NAMES, Hazard
from checklists.people import knows_sources
from handlers.analysis_words import ground_words, is_dropped, plan_basis, topics_of
from handlers.documents.meeting_papers import (
    Agenda,
    PaperDecision,
    PaperTopic,
    Record,
    agenda_docx,
    file_name,
    record_docx,
    topic_from,
    topic_values,
)
from handlers.duties import period_name
from handlers.life_words import number_in
from handlers.outgoing import Outgoing
from handlers.replies import Document
from handlers.routing import Request
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import SHANGHAI, _, speaking
from storage.analysis_candidates import count_left_out
from storage.transaction import Transaction

PAPER = "analysis_paper"


def queue(request: Request, meeting: Meeting) -> None:
    """Queue the paper that fits: the agenda while the meeting is open, its record afterwards."""
    about = {"meeting": meeting.id}
    dedupe = f"{PAPER}:{request.who.id}:{meeting.id}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(PAPER, dedupe, request.who, about, request.now, request.now)


def paper(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The Word file, for who still supervises; nothing of a meeting that was opened by mistake."""
    meeting = tx.analysis_meetings.get(int(delivery.about["meeting"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if meeting is None or person is None or not knows_sources(person) or not (meeting.is_open or meeting.body):
        return None
    today = now.astimezone(SHANGHAI).date()
    with speaking("zh"):  # what is signed and filed is Chinese
        if meeting.is_open:
            agenda = agenda_of(tx, meeting, today)
            made, name = agenda_docx(agenda), file_name(agenda)
        else:
            record = record_of(tx, meeting)
            made, name = record_docx(record), file_name(record)
    words = _("请核对，打印后开会用。") if meeting.is_open else _("会议记录，请打印签字后存档。内容不能再改。")
    return Outgoing(documents=(Document(name=name, content=made, caption=words),))


def agenda_of(tx: Transaction, meeting: Meeting, today: date) -> Agenda:
    """The agenda as things are now, without what was taken off; `today` is the day in Shanghai."""
    known = topics_of(tx, meeting)
    live = [(row, hazard) for row, hazard in known if row.withdrawn_at is None and not is_dropped(row, hazard)]
    names = tx.enterprises.names({hazard.enterprise_id for _row, hazard in live})
    undone = tx.analyses.undone()
    of_undone = {hazard.id: hazard for hazard in tx.hazards.some([made.hazard_id for made in undone])}
    names |= tx.enterprises.names({hazard.enterprise_id for hazard in of_undone.values()})
    return Agenda(
        office=_office(tx),
        month=period_name(meeting.month),
        made_on=today,
        basis=plan_basis(tx),
        figures=tx.ledger.overview(today=today),
        undone=[_undone(tx, made, of_undone[made.hazard_id], names, today) for made in undone],
        topics=[_topic(tx, row, hazard, names, today) for row, hazard in live],
        left_out=count_left_out(tx, [hazard for _row, hazard in known], today=today),
    )


def freeze(tx: Transaction, meeting: Meeting, today: date) -> str:
    """What the record will say of each hazard for good, as JSON; called while the meeting is still open.

    The words of a hazard are not among it: they are kept with the hazard alone, where those of a tip may be rewritten.
    """
    topics = topics_of(tx, meeting)
    names = tx.enterprises.names({hazard.enterprise_id for _row, hazard in topics})
    rows = [
        {"hazard": hazard.id, **topic_values(_topic(tx, row, hazard, names, today))}
        for row, hazard in topics
        if row.withdrawn_at is None
    ]
    off = sum(row.withdrawn_at is not None for row, _hazard in topics)
    frozen = {"office": _office(tx), "basis": plan_basis(tx), "topics": rows, "taken_off": off}
    return json.dumps(frozen, ensure_ascii=False)


def end(tx: Transaction, meeting: Meeting, today: date, *, by: int, at: datetime) -> list[Analysis]:
    """The meeting is over, with its record; held on `today` (Shanghai) where no day was given. The decisions."""
    held = tx.analysis_meetings.hold(meeting)
    day = held.held_on or today
    return tx.analysis_meetings.finish(held, freeze(tx, held, today), held_on=day, by=by, at=at)


def record_of(tx: Transaction, meeting: Meeting) -> Record:
    """The record of a finished meeting."""
    assert meeting.held_on is not None
    kept = json.loads(meeting.body)
    words = {hazard.id: hazard.words for hazard in tx.hazards.some([row["hazard"] for row in kept["topics"]])}
    topics = [
        topic_from({k: v for k, v in row.items() if k != "hazard"}, words=words[row["hazard"]])
        for row in kept["topics"]
    ]
    return Record(
        office=kept["office"],
        month=period_name(meeting.month),
        held_on=meeting.held_on,
        basis=kept["basis"],
        place=meeting.place,
        chair=meeting.chair,
        present=meeting.present,
        words=meeting.words,
        recorder=name_of(tx, meeting.finished_by),
        decided=[topic for topic in topics if topic.decision],
        undecided=[topic for topic in topics if not topic.decision],
        taken_off=kept["taken_off"],
    )


def _topic(tx: Transaction, row: Analysis, hazard: Hazard, names: dict[int, str], today: date) -> PaperTopic:
    return PaperTopic(
        number=number_in(tx, hazard),
        enterprise=names[hazard.enterprise_id],
        words=hazard.words,
        level=hazard.level,
        state=STATE_NAMES[hazard.state],
        grounds=ground_words(row, hazard, today),
        deadline=hazard.arrangements.deadline,
        measure=hazard.arrangements.measure,
        decision=row.decision,
        responsible=row.responsible,
        until=row.until,
    )


def _undone(tx: Transaction, made: Analysis, hazard: Hazard, names: dict[int, str], today: date) -> PaperDecision:
    assert made.until is not None
    return PaperDecision(
        number=number_in(tx, hazard),
        enterprise=names[hazard.enterprise_id],
        decision=made.decision,
        responsible=made.responsible,
        until=made.until,
        late=made.is_late(today),
    )


def _office(tx: Transaction) -> str:
    zone = tx.zones.current()
    return zone.name if zone else ""
