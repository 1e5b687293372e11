"""The clock has ticked: which duties fall to be reminded of, who hears of them, and the morning's looks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from checklists.people import Person, Role
from checklists.reminders import (
    PAUSE,
    DutyState,
    EnterpriseDuty,
    next_reminder,
    pause_is_worth_a_word,
    present_duties,
    roles_to_tell,
    wants_attention,
)
from checklists.risk_cycles import Standing, may_be_told, roles_that_check
from checklists.working_days import load_working_days
from handlers.duties import PAST, REMINDED, look_at, plan_duties
from handlers.major_report_news import queue_report_reminders
from handlers.mornings import queue_morning_reports
from handlers.words import SHANGHAI
from storage.database import ZoneDatabase
from storage.transaction import Transaction

REMINDED_AT_ONCE = 500
FIRMS_AT_ONCE = 200
_DAY_LOOKED = "day_looked"
_RISKS_TOLD, _RISKS_LOOKED = "risks_told", "risks_looked"
_FIRST_LOOK_BACK = timedelta(days=1)


async def tick(database: ZoneDatabase, *, now: datetime) -> None:
    """Look what is due at `now` and write the deliveries; in short units, so that nobody who taps waits long."""
    while await database.write(lambda tx: _plan(tx, now)):
        pass
    while await database.write(lambda tx: remind(tx, now)):
        pass
    await database.write(lambda tx: look_at_the_day(tx, now))
    while await database.write(lambda tx: remind_of_risks(tx, now)):
        pass


def remind(tx: Transaction, now: datetime) -> bool:
    """Queue cards for up to 500 duties whose time has come and look at them again later; whether there are more.

    However many reminders passed while the bot was down, a duty stands in the queue once, so it is told once.
    """
    ids = tx.duties.claim(now, REMINDED_AT_ONCE)
    if not ids:
        return False
    today = now.astimezone(SHANGHAI).date()
    calendar = load_working_days()
    claimed = [d for d in tx.duties.some(ids) if d.state is DutyState.OPEN]
    live = _still_live(tx, claimed, today)
    due = [d for d in live if wants_attention(d.due_on, today, calendar)]
    for person in people_to_tell(tx, due, today):
        queue_card(tx, person, now)
    tx.duties.enqueue([(look_at(next_reminder(d.due_on, today, calendar)), d.id) for d in live])
    return len(ids) == REMINDED_AT_ONCE


def people_to_tell(tx: Transaction, duties: Sequence[EnterpriseDuty], today: date) -> list[Person]:
    """Everybody who hears of at least one of these duties, each once."""
    people = tx.people.in_enterprises(sorted({d.enterprise_id for d in duties}))
    return [person for person in people if heard_by(person, duties, people, today)]


def heard_by(
    person: Person, duties: Sequence[EnterpriseDuty], people: Sequence[Person], today: date
) -> list[EnterpriseDuty]:
    """Those of the duties that this person hears of; `people` are all of the enterprises concerned."""
    heard = []
    for duty in duties:
        roles = _roles_that_hear(people, duty.enterprise_id, overdue=duty.due_on < today)
        if person.holds(*roles, enterprise_id=duty.enterprise_id):
            heard.append(duty)
    return heard


def hears_of_risks(person: Person, enterprise_id: int, people: Sequence[Person], standing: Standing) -> bool:
    """Whether this person hears of the risk points of an enterprise that wait; `people` are all of it at least."""
    roles = roles_that_check(_bound_roles(people, enterprise_id), overdue=standing.overdue > 0)
    return person.holds(*roles, enterprise_id=enterprise_id)


def queue_card(tx: Transaction, person: Person, now: datetime) -> None:
    """One card a person and day, in working hours; if today's is sent already it is edited."""
    moment = load_working_days().next_working_time(now)
    day = moment.astimezone(SHANGHAI).date().isoformat()
    dedupe = f"due:{person.id}:{day}"
    if not tx.deliveries.add("due", dedupe, person, {"day": day}, moment, now):
        known = tx.deliveries.by_dedupe(dedupe)
        if known is not None:
            tx.deliveries.again(known.id, now)


def look_at_the_day(tx: Transaction, now: datetime) -> None:
    """Once a working day, when offices open: the morning's report, and inspections that were left lying."""
    if not load_working_days().is_working_time(now):
        return
    today = now.astimezone(SHANGHAI).date()
    looked = tx.notes.get(_DAY_LOOKED)
    last = datetime.fromisoformat(looked) if looked else now - _FIRST_LOOK_BACK
    if looked and last.astimezone(SHANGHAI).date() >= today:
        return
    tx.notes.set(_DAY_LOOKED, now.isoformat())
    queue_morning_reports(tx, since=last, now=now)
    queue_report_reminders(tx, now=now)
    for enterprise_id, touched_at in tx.duties.paused_inspections(since=now - PAUSE):
        if pause_is_worth_a_word(touched_at, last_look=last, now=now):
            for person in _keepers(tx, enterprise_id):
                queue_card(tx, person, now)


def remind_of_risks(tx: Transaction, now: datetime, *, at_once: int = FIRMS_AT_ONCE) -> bool:
    """Once a working day, a card to who looks after points that wait; so many firms at once, whether there are more.

    A firm causes a card on each second working day at most. How far the day has come is kept with what was queued.
    """
    if not load_working_days().is_working_time(now):
        return False
    today = now.astimezone(SHANGHAI).date()
    day, _space, reached = (tx.notes.get(_RISKS_LOOKED) or "").partition(" ")
    if day == today.isoformat() and not reached:
        return False
    after = int(reached) if day == today.isoformat() else 0
    waiting = tx.risk_cycles.waiting(today, after=after, limit=at_once)
    _remind_of_risks(tx, waiting, today, now)
    more = len(waiting) == at_once
    tx.notes.set(_RISKS_LOOKED, f"{today.isoformat()} {waiting[-1]}" if more else today.isoformat())
    return more


def _remind_of_risks(tx: Transaction, waiting: Sequence[int], today: date, now: datetime) -> None:
    notes, calendar = {firm: f"{_RISKS_TOLD}:{firm}" for firm in waiting}, load_working_days()
    told = {name: date.fromisoformat(day) for name, day in tx.notes.some(notes.values()).items()}
    wanted = [firm for firm, name in notes.items() if may_be_told(told.get(name), today, calendar)]
    if not wanted:
        return
    standings, people = tx.risk_cycles.standings(wanted, today), tx.people.in_enterprises(wanted)
    of_firm: dict[int, dict[int, Person]] = {}
    for person in people:
        for held in person.assignments:
            of_firm.setdefault(held.enterprise_id or 0, {})[person.id] = person
    for firm in wanted:
        own = list(of_firm.get(firm, {}).values())
        for person in own:
            if hears_of_risks(person, firm, own, standings[firm]):
                queue_card(tx, person, now)
        tx.notes.set(notes[firm], today.isoformat())


def _plan(tx: Transaction, now: datetime) -> bool:
    zone = tx.zones.current()
    return zone is not None and plan_duties(tx, zone, now)


def _still_live(tx: Transaction, duties: Sequence[EnterpriseDuty], today: date) -> list[EnterpriseDuty]:
    """Those that can still be done, or will open: a period missed two periods ago is not repeated for ever."""
    known: dict[int, list[EnterpriseDuty]] = {}
    ids = sorted({d.enterprise_id for d in duties})
    for duty in tx.duties.of_enterprises(ids, *REMINDED, since=today - PAST):
        known.setdefault(duty.enterprise_id, []).append(duty)
    present = {d.id for found in known.values() for d in present_duties(found, today)}
    return [d for d in duties if d.id in present or d.opens_on > today]


def _roles_that_hear(people: Sequence[Person], enterprise_id: int, *, overdue: bool) -> frozenset[Role]:
    return roles_to_tell(_bound_roles(people, enterprise_id), overdue=overdue)


def _bound_roles(people: Sequence[Person], enterprise_id: int) -> frozenset[Role]:
    """The roles of the enterprise that somebody holds whom a message reaches."""
    reachable = [p for p in people if p.telegram_id is not None and p.reachable]
    return frozenset(a.role for p in reachable for a in p.assignments if a.enterprise_id == enterprise_id)


def _keepers(tx: Transaction, enterprise_id: int) -> list[Person]:
    """Who is reminded of an enterprise's open inspection: those who would hear that it is due."""
    people = tx.people.in_enterprises([enterprise_id])
    roles = _roles_that_hear(people, enterprise_id, overdue=False)
    return [p for p in people if p.holds(*roles, enterprise_id=enterprise_id)]
