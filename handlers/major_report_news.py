"""Reports of major hazards on their way: told to the office at once, and asked for on the mornings until they come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from checklists.deliveries import Delivery
from checklists.hazards import Hazard
from checklists.ledger import LedgerFilter
from checklists.major_reports import PART_NAMES, MajorReport, Part
from checklists.people import Permission, Person, Role, allows
from checklists.reminders import roles_to_tell
from handlers.life_telling import department_of, may_know
from handlers.life_words import number_in
from handlers.major_report_cards import short_parts
from handlers.outgoing import Outgoing, Renderer
from handlers.replies import Button, Screen, data, rows
from handlers.routing import Request
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import SHANGHAI, _, day, html, shorten
from storage.transaction import Transaction

NEWS, DUE = "major_report", "major_report_due"
_MOST_SHOWN = 8


def tell_report(
    request: Request, hazard: Hazard, report: MajorReport, *, added_to: Part | None = None, on_paper: bool = False
) -> None:
    """Queue for the department, the managers and the firm's heads that the report came, or what was added to it."""
    tx = request.tx
    heads = tx.people.with_role(Role.PRINCIPAL, Role.CONTROLLER, enterprise_id=hazard.enterprise_id)
    managers = tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR)
    about = {
        "hazard": hazard.id,
        "life": report.life,
        "by": request.who.id,
        "added_to": added_to.value if added_to else "",
        "on_paper": on_paper,
    }
    for person in {p.id: p for p in (*department_of(tx, hazard), *managers, *heads)}.values():
        if person.id != request.who.id and may_know(person, hazard):
            dedupe = f"{NEWS}:{hazard.id}:{report.life}:{report.version}:{person.id}"
            tx.deliveries.add(NEWS, dedupe, person, about, request.now, request.now)


def news(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """A report came, or something was added; not needed when the hazard is found in error or begins its next life."""
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or not hazard.is_live or not may_know(person, hazard):
        return None
    report = tx.major_reports.get(hazard)
    if report is None or report.life != int(delivery.about["life"]) or not report.is_handed_in:
        return None
    firm = tx.enterprises.get(hazard.enterprise_id)
    added_to = str(delivery.about["added_to"])
    name = html(name_of(tx, int(delivery.about["by"])))
    who = _("办公室登记：{name}") if delivery.about["on_paper"] else _("报告人：{name}")
    lines = [
        _("📄 <b>重大隐患报告有补充</b>") if added_to else _("📄 <b>重大隐患报告已交</b>"),
        _("隐患 {number} · {firm}").format(number=html(number_in(tx, hazard)), firm=html(firm.name if firm else "")),
        who.format(name=name),
        *([_("补充的是：{part}").format(part=_(PART_NAMES[Part(added_to)]))] if added_to else []),
        *short_parts(tx, hazard),
    ]
    page = list(Part).index(Part(added_to)) if added_to else 0
    whole = Button(_("看全文"), data("wv", hazard.id, page))
    return Outgoing(
        screen=Screen(text="\n".join(lines), buttons=rows([whole, Button(_("看隐患"), data("z", hazard.id))]))
    )


def queue_report_reminders(tx: Transaction, *, now: datetime) -> None:
    """Once a working morning: whoever must report a major hazard confirmed before today and has not."""
    today = now.astimezone(SHANGHAI).date()
    owed = [h for h in tx.ledger.every(LedgerFilter(unreported=True)) if _confirmed_before(tx, h, today)]
    for enterprise_id in sorted({h.enterprise_id for h in owed}):
        for person in _reporters(tx, enterprise_id):
            tx.deliveries.add(DUE, f"{DUE}:{person.id}:{today.isoformat()}", person, {}, now, now)


def _confirmed_before(tx: Transaction, hazard: Hazard, today: date) -> bool:
    # Of every major hazard notices are made the moment it is confirmed, for each life anew.
    return any(n.made_at.astimezone(SHANGHAI).date() < today for n in tx.hazard_records.notices(hazard))


def _reporters(tx: Transaction, enterprise_id: int) -> list[Person]:
    """The principal; where he cannot be reached, everybody who may inspect."""
    people = [p for p in tx.people.in_enterprises([enterprise_id]) if p.telegram_id is not None and p.reachable]
    held = {a.role for p in people for a in p.assignments if a.enterprise_id == enterprise_id}
    roles = roles_to_tell(held, overdue=False)
    return [p for p in people if p.holds(*roles, enterprise_id=enterprise_id)]


def due(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The reports that this person's enterprises owe now, each with its way; None when there are none any more."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None:
        return None
    owed = [
        hazard
        for enterprise_id in person.enterprise_ids
        for hazard in tx.ledger.every(LedgerFilter(unreported=True, enterprise_id=enterprise_id))
        if allows(person, Permission.INSPECT, enterprise_id=enterprise_id)
    ]
    return Outgoing(screen=due_screen(tx, owed)) if owed else None


def due_screen(tx: Transaction, owed: Sequence[Hazard]) -> Screen:
    """One line and one button a hazard."""
    names = tx.enterprises.names({h.enterprise_id for h in owed})
    lines = [_("📝 <b>重大隐患报告还没有交，共 {count} 条</b>").format(count=len(owed))]
    lines += [_due_line(tx, hazard, names[hazard.enterprise_id]) for hazard in owed[:_MOST_SHOWN]]
    lines.append(_("重大隐患要及时报告。三部分都有建议，点几下就能写完。"))
    buttons = [
        [Button(_("写报告 {number}").format(number=number_in(tx, h)), data("wr", h.id))] for h in owed[:_MOST_SHOWN]
    ]
    return Screen(text="\n".join(lines), buttons=rows(*buttons))


def _due_line(tx: Transaction, hazard: Hazard, firm: str) -> str:
    words = _("· {number}　{firm}　{day}查出")
    return words.format(number=html(number_in(tx, hazard)), firm=html(shorten(firm, 24)), day=day(hazard.found_at))


RENDERERS: Mapping[str, Renderer] = {NEWS: news, DUE: due}
