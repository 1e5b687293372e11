"""The record of a submitted inspection: on view for its enterprise and the office, and as PDF."""

from dataclasses import replace
from datetime import datetime, timedelta

from checklists.deliveries import Delivery
from checklists.hazards import LEVEL_NAMES, STATE_NAMES
from checklists.inspections import Answer, Inspection, InspectionState, too_quick
from checklists.people import Permission, allows
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.documents.inspection_record import (
    InspectionRecord,
    RecordHazard,
    RecordItem,
    RecordPhoto,
    inspection_record_pdf,
)
from handlers.duties import period_name
from handlers.outgoing import Outgoing
from handlers.recording import read_record
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.services import Services
from handlers.words import _, clock, full_day, html, shorten
from storage.transaction import Transaction

_MOST_LISTED = 20


def entries(request: Request) -> list[Button]:
    """The menu's way to the records of the enterprise, or for the office to those of the zone."""
    enterprise_id = request.enterprise_id
    if not request.tx.inspections.count_submitted(enterprise_id):
        return []
    if enterprise_id is None:
        return [Button(_("自查记录"), data("ir", 0))] if request.who.sees_zone else []
    return [Button(_("自查记录"), data("ie", enterprise_id, 0))]


def show_record(request: Request, inspection: Inspection) -> Reply:
    """A submitted inspection as it was handed in."""
    body = request.tx.inspections.record(inspection.id)
    if body is None:
        raise Gone
    request.enter("record", id=inspection.id)
    may_correct = allows(request.person, Permission.INSPECT, enterprise_id=inspection.enterprise_id)
    later = request.tx.inspections.correction_of(inspection.id)
    screen = record_screen(
        inspection, read_record(body), for_office=request.who.in_office, may_correct=may_correct, later=later
    )
    return Reply(screen=screen)


def view(request: Request) -> Reply:
    """Open one record; a running inspection has none yet."""
    inspection_id = request.number(0) if request.arguments else int(request.dialog.data["id"] if request.dialog else 0)
    inspection = request.tx.inspections.get(inspection_id)
    if inspection is None or inspection.is_running:
        raise Gone
    return show_record(request, inspection)


def record_screen(
    inspection: Inspection,
    record: InspectionRecord,
    *,
    for_office: bool,
    may_correct: bool,
    later: Inspection | None,
) -> Screen:
    """The record in short; what the office may think of its speed is for the office alone."""
    items = sum(len(section.items) for section in record.sections)
    lines = [
        *_record_lines(record, period_name(inspection.period)),
        *_standing(inspection, later),
        *(_quick_note(inspection, items) if for_office else []),
    ]
    correctable = may_correct and inspection.state is InspectionState.SUBMITTED and later is None
    return Screen(
        text="\n".join(lines),
        buttons=rows(
            [Button(_("发 PDF 给我"), data("id", inspection.id))],
            [Button(_("隐患清单"), data("zh", inspection.enterprise_id, 0)) if record.hazards else None],
            [Button(_("更正这份记录"), data("ij", inspection.id)) if correctable else None],
            [Button(_("看更正后的记录"), data("iv", later.id)) if later and not later.is_running else None],
            [Button(_("本企业的记录"), data("ie", inspection.enterprise_id, 0)), to_home()],
        ),
    )


def _record_lines(record: InspectionRecord, period: str) -> list[str]:
    answers = [item.answer for section in record.sections for item in section.items]
    return [
        _("<b>自查记录 {number}</b>　第 {version} 版").format(number=html(record.number), version=record.version),
        html(record.enterprise),
        _("周期：{period}").format(period=period),
        _("带队：{leader}").format(leader=html(record.leader)),
        *([_("参加：{names}").format(names=html(record.participants))] if record.participants else []),
        _("提交：{day} {time}，{name}").format(
            day=full_day(record.submitted_at), time=clock(record.submitted_at), name=html(record.submitted_by)
        ),
        _("共 {all} 题：合格 {good}，有隐患 {bad}，不涉及 {none}").format(
            all=len(answers),
            good=answers.count(Answer.GOOD),
            bad=answers.count(Answer.HAZARD),
            none=answers.count(Answer.NOT_APPLICABLE),
        ),
        *_hazard_lines(record),
        *(
            [_("更正：{old}，{reason}").format(old=html(record.corrects), reason=html(_(record.correction_reason)))]
            if record.corrects
            else []
        ),
    ]


def _hazard_lines(record: InspectionRecord) -> list[str]:
    more = len(record.hazards) - _MOST_LISTED
    lines = [_hazard_line(hazard) for hazard in record.hazards[:_MOST_LISTED]]
    return [*lines, _("……还有 {count} 条，见 PDF。").format(count=more)] if more > 0 else lines


def _hazard_line(hazard: RecordHazard) -> str:
    return _("⚠️ {number}　{level}　提交时：{state}").format(
        number=html(hazard.number), level=_(LEVEL_NAMES[hazard.level]), state=_(STATE_NAMES[hazard.state])
    )


def _standing(inspection: Inspection, later: Inspection | None) -> list[str]:
    if inspection.state is InspectionState.CORRECTED:
        return [_("这份记录已被后一版更正，原样保留。")]
    if later is not None:
        return [_("正在更正，交上之前以这份为准。")]
    return []


def _quick_note(inspection: Inspection, items: int) -> list[str]:
    # A correction changes few answers, its time says nothing.
    if inspection.seconds is None or inspection.edition > 1:
        return []
    if not too_quick(items, timedelta(seconds=inspection.seconds)):
        return []
    minutes, seconds = divmod(inspection.seconds, 60)
    spent = _("{minutes} 分 {seconds} 秒").format(minutes=minutes, seconds=seconds)
    return ["", _("（仅监管办公室可见）时间过短：{items} 题用时 {spent}。").format(items=items, spent=spent)]


def show_all(request: Request) -> Reply:
    """All records of the zone, newest first."""
    return _list(request, None, request.number(0))


def show_of_enterprise(request: Request) -> Reply:
    """The records of one enterprise, newest first."""
    return _list(request, request.number(0), request.number(1))


def _list(request: Request, enterprise_id: int | None, page: int) -> Reply:
    found = request.tx.inspections
    pages = pages_of(found.count_submitted(enterprise_id))
    page = min(page, pages - 1)
    records = found.submitted(enterprise_id=enterprise_id, offset=page * ON_ONE_PAGE, limit=ON_ONE_PAGE)
    if enterprise_id is None:
        request.enter("records", page=page)
        turn = turning("ir", page=page, pages=pages)
    else:
        request.enter("enterprise_records", id=enterprise_id, page=page)
        turn = turning("ie", enterprise_id, page=page, pages=pages)
    buttons = [Button(_label(request.tx, inspection), data("iv", inspection.id)) for inspection in records]
    text = _("<b>自查记录</b>　新的在前") if buttons else _("还没有提交过的自查记录。")
    return Reply(screen=Screen(text=text, buttons=rows(*([b] for b in buttons), turn, [to_home()])))


def _label(tx: Transaction, inspection: Inspection) -> str:
    enterprise = tx.enterprises.get(inspection.enterprise_id)
    assert enterprise is not None
    assert inspection.submitted_at is not None
    edition = _("·第{n}版").format(n=inspection.edition) if inspection.edition > 1 else ""
    return f"{period_name(inspection.period)}{edition} {shorten(enterprise.name, 24)}"


def _again_all(request: Request) -> Reply:
    assert request.dialog is not None
    return _list(request, None, int(request.dialog.data["page"]))


def _again_of_enterprise(request: Request) -> Reply:
    assert request.dialog is not None
    return _list(request, int(request.dialog.data["id"]), int(request.dialog.data["page"]))


def send_pdf(request: Request) -> Reply:
    """Queue the PDF for whoever asks; it is made where it delays nobody. A double tap sends one."""
    reply = view(request)
    inspection_id = request.number(0)
    dedupe = f"record:{inspection_id}:{request.who.id}:{request.now:%Y%m%d%H%M}"
    about = {"inspection": inspection_id}
    request.tx.deliveries.add("record", dedupe, request.who, about, request.now, request.now)
    return replace(reply, toast=_("PDF 马上发来。"))


def render_record(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The record as PDF with the photos as they are kept now."""
    body = tx.inspections.record(int(delivery.about["inspection"]))
    if body is None:
        return None
    record = _with_photos(read_record(body), services)
    name = f"{record.number}-v{record.version}.pdf"
    caption = _("{enterprise} {period} 自查记录").format(enterprise=record.enterprise, period=record.cycle)
    return Outgoing(documents=(Document(name=name, content=inspection_record_pdf(record), caption=caption),))


def _with_photos(record: InspectionRecord, services: Services) -> InspectionRecord:
    def filled(photos: object) -> list[RecordPhoto]:
        assert isinstance(photos, list | tuple)
        return [replace(photo, jpeg=_preview(services, photo.sha256)) for photo in photos]

    def item(row: RecordItem) -> RecordItem:
        return replace(row, photos=filled(row.photos))

    sections = [replace(section, items=[item(row) for row in section.items]) for section in record.sections]
    hazards = [replace(h, photos=filled(h.photos), photos_after=filled(h.photos_after)) for h in record.hazards]
    return replace(record, sections=sections, hazards=hazards, unsorted=filled(record.unsorted))


def _preview(services: Services, sha256: str) -> bytes:
    try:
        return services.photos.preview(sha256)
    except (OSError, ValueError):
        return b""  # the document draws a grey card in its place


ROUTES: tuple[Route, ...] = (
    Press(name="ir", needs=Permission.READ, handler=show_all),
    Press(name="ie", needs=Permission.SEE_ENTERPRISE, about=About.ENTERPRISE, handler=show_of_enterprise),
    Press(name="iv", needs=Permission.SEE_ENTERPRISE, about=About.INSPECTION, handler=view),
    Press(name="id", needs=Permission.SEE_ENTERPRISE, about=About.INSPECTION, handler=send_pdf),
    Display(dialog="record", needs=Permission.SEE_ENTERPRISE, about=About.INSPECTION, handler=view),
    Display(dialog="records", needs=Permission.READ, handler=_again_all),
    Display(
        dialog="enterprise_records",
        needs=Permission.SEE_ENTERPRISE,
        about=About.ENTERPRISE,
        handler=_again_of_enterprise,
    ),
)
