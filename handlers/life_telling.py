"""Telling everybody concerned what happened to a hazard: major ones at once, others in working hours."""

from collections.abc import Iterable
from datetime import datetime

from checklists.hazard_moves import TABLE, Audience, Step
from checklists.hazard_records import Notice, Receipt
from checklists.hazard_rules import NOTIFIED_ROLES, Recipient
from checklists.hazards import Hazard, Level
from checklists.people import Permission, Person, Role, allows
from checklists.working_days import SHANGHAI, load_working_days
from handlers.life_cards import is_for, notices_of
from handlers.routing import Request
from handlers.words import N_
from storage.transaction import Transaction

NEWS, NOTICE, INBOX, LOWERED = "life_news", "life_notice", "life_inbox", "life_lowered"
# Kept with the receipt of somebody who needed no notice.
OWN_PRESS = N_("本人确认为重大隐患")
_JUDGES = (Role.OFFICER, Role.REVIEWER)
_URGENT = frozenset({Step.MARK_FAKE})


def tell(request: Request, step: Step, before: Hazard, after: Hazard) -> None:
    """Queue what a move tells whom; nobody is told of what he did himself, and nobody the same twice."""
    tx, move = request.tx, TABLE[step]
    audiences = move.tells | (move.tells_if_major if after.level is Level.MAJOR else frozenset())
    noticed = _send_notices(tx, after, request.now)
    when = _moment(after, request.now, urgent=step in _URGENT)
    about = {"hazard": after.id, "step": step.value, "round": after.round, "version": after.version}
    for person in _people(tx, audiences, before, after):
        if person.id == request.who.id or person.id in noticed:
            continue
        if _waits_in_the_inbox(step, after) and person.sees_zone:
            if person.in_office:
                _queue_inbox(tx, person, request.now)
        else:
            dedupe = f"{NEWS}:{after.id}:{after.version}:{person.id}"
            tx.deliveries.add(NEWS, dedupe, person, about, when, request.now)


def _moment(hazard: Hazard, now: datetime, *, urgent: bool) -> datetime:
    if urgent or hazard.level is Level.MAJOR:
        return now
    return load_working_days().next_working_time(now)


def _waits_in_the_inbox(step: Step, hazard: Hazard) -> bool:
    # Small things put right at once are many: the office hears of them once a day, unless the draw picked one.
    return step is Step.FIX_ON_SPOT and hazard.level is Level.GENERAL and not hazard.sampled


def _queue_inbox(tx: Transaction, person: Person, now: datetime) -> None:
    moment = load_working_days().next_working_time(now)
    dedupe = f"{INBOX}:{person.id}:{moment.astimezone(SHANGHAI).date().isoformat()}"
    if not tx.deliveries.add(INBOX, dedupe, person, {}, moment, now):
        known = tx.deliveries.by_dedupe(dedupe)
        if known is not None:
            tx.deliveries.again(known.id, now)


def tell_newcomer(tx: Transaction, enterprise_id: int, *, at: datetime) -> None:
    """Somebody has taken up a position at the enterprise: the notices still to be confirmed go to him too."""
    for hazard in tx.hazards.of_enterprise(enterprise_id):
        _send_notices(tx, hazard, at)


def receive_by_own_press(request: Request, hazard: Hazard, *, note: str = OWN_PRESS) -> None:
    """Whoever confirms a major hazard himself knows of it: that press is his receipt, in every position he holds."""
    for notice in notices_of(request.tx, hazard):
        if notice.received_at is None and is_for(request, hazard, notice):
            request.tx.hazard_records.receive(notice, by=request.who.id, at=request.now, how=Receipt.BOT, note=note)
            redraw_notice(request, hazard, notice)


def tell_lowering(request: Request, hazard: Hazard) -> None:
    """Tell the department that the firm called general what the criterion proposes as major."""
    when = load_working_days().next_working_time(request.now)
    for person in department_of(request.tx, hazard):
        dedupe = f"{LOWERED}:{hazard.id}:{hazard.version}:{person.id}"
        if person.id != request.who.id and may_know(person, hazard):
            request.tx.deliveries.add(LOWERED, dedupe, person, {"hazard": hazard.id}, when, request.now)


def _send_notices(tx: Transaction, hazard: Hazard, now: datetime) -> set[int]:
    """Send the notices nobody has confirmed yet to whoever holds the position; the ids of those told just now."""
    told = set()
    for notice in notices_of(tx, hazard):
        for person in _recipients(tx, notice.recipient, hazard) if notice.received_at is None else ():
            about = {"hazard": hazard.id, "notice": notice.id}
            if tx.deliveries.add(NOTICE, notice_dedupe(notice.id, person.id), person, about, now, now):
                told.add(person.id)
    return told


def redraw_notice(request: Request, hazard: Hazard, notice: Notice) -> None:
    """The notice was confirmed elsewhere: the cards sent for it, that nobody pressed, say so from now on."""
    deliveries = request.tx.deliveries
    for person in _recipients(request.tx, notice.recipient, hazard):
        sent = deliveries.by_dedupe(notice_dedupe(notice.id, person.id))
        if sent is not None and sent.acknowledged_at is None:
            deliveries.again(sent.id, request.now)


def notice_dedupe(notice_id: int, person_id: int) -> str:
    """The reason under which a notice was sent to a person."""
    return f"{NOTICE}:{notice_id}:{person_id}"


def _recipients(tx: Transaction, recipient: Recipient, hazard: Hazard) -> list[Person]:
    role = NOTIFIED_ROLES.get(recipient)
    if role is not None:
        return tx.people.with_role(role, enterprise_id=hazard.enterprise_id)
    return department_of(tx, hazard) if recipient is Recipient.DEPARTMENT else []


def department_of(tx: Transaction, hazard: Hazard) -> list[Person]:
    """Who of the office has the duty: the department's people, without departments all who may review."""
    if hazard.department_id is None:
        return tx.people.with_role(*_JUDGES)
    members = (tx.people.get(person_id) for person_id in tx.departments.members(hazard.department_id))
    return [person for person in members if person is not None and person.in_office]


def _readers_of(tx: Transaction, hazard: Hazard) -> list[Person]:
    """The liaisons of the department the hazard was given to: they hear of it, without any duty."""
    if hazard.department_id is None:
        return []
    members = set(tx.departments.members(hazard.department_id))
    return [person for person in tx.people.with_role(Role.READER) if person.id in members]


def _people(tx: Transaction, audiences: Iterable[Audience], before: Hazard, after: Hazard) -> list[Person]:
    found: dict[int, Person] = {}
    for audience in sorted(audiences):
        for person in _of_audience(tx, audience, before, after):
            if may_know(person, after):
                found[person.id] = person
    return list(found.values())


def may_know(person: Person | None, hazard: Hazard) -> bool:
    """Who sees the enterprise; and a worker who reported the hazard hears what became of it, seeing no others."""
    if allows(person, Permission.SEE_ENTERPRISE, enterprise_id=hazard.enterprise_id):
        return True
    reports = allows(person, Permission.REPORT, enterprise_id=hazard.enterprise_id)
    return reports and person is not None and person.id == hazard.found_by


def _of_audience(tx: Transaction, audience: Audience, before: Hazard, after: Hazard) -> list[Person]:
    match audience:
        case Audience.PRINCIPAL:
            return tx.people.with_role(Role.PRINCIPAL, enterprise_id=after.enterprise_id)
        case Audience.CONTROLLER:
            return tx.people.with_role(Role.CONTROLLER, enterprise_id=after.enterprise_id)
        case Audience.DEPARTMENT:
            return [*department_of(tx, after), *_readers_of(tx, after)]
        case Audience.MANAGERS:
            return tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR)
        case Audience.SUPERVISOR:
            # Kept as a name, for it may be a department or somebody outside the office.
            named = {listing.supervisor for listing in tx.hazard_records.listings(after.id)[-1:]}
            return [p for p in tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR) if p.name in named]
        case Audience.FINDER:
            wanted = [after.found_by]
        case Audience.RECTIFIER:
            wanted = [i for i in (before.handed_in_by, after.handed_in_by) if i is not None][:1]
    return [person for i in wanted if (person := tx.people.get(i)) is not None]
