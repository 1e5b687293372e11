"""The reminder to somebody who has not passed: at most one a month and kind, in working hours, void once it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checklists.deliveries import Delivery
from checklists.people import Person, Role
from checklists.quiz_coverage import Group, coverage_of
from checklists.quizzes import Kind
from checklists.working_days import load_working_days
from handlers.outgoing import Outgoing
from handlers.replies import Button, Screen, data, rows
from handlers.routing import Request
from handlers.services import Services
from handlers.words import _, html, listed, shorten
from storage.transaction import Transaction

REMINDER = "quiz_reminder"
_MOST_FIRMS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What became of a reminder: how many were queued, how many had one this month, and whom none can reach."""

    queued: int
    before: int
    unreachable: Sequence[Person]


def remind(request: Request, kind: Kind, people: Sequence[Person]) -> Told:
    """Queue one message to each; the month is that of Shanghai."""
    when = load_working_days().next_working_time(request.now)
    month = f"{request.today:%Y-%m}"
    reached = [p for p in people if p.reachable and p.telegram_id is not None]
    queued = 0
    for person in reached:
        dedupe = f"{REMINDER}:{person.id}:{kind.value}:{month}"
        queued += request.tx.deliveries.add(REMINDER, dedupe, person, {"kind": kind.value}, when, request.now)
    unreachable = [p for p in people if p not in reached]
    return Told(queued=queued, before=len(reached) - queued, unreachable=unreachable)


def reminder(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What is still to be passed, with the way to it; None when all is passed or the person is not wanted any more."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None:
        return None
    if Kind(delivery.about["kind"]) is Kind.LEDGER:
        return _ledger(tx, person)
    return _criteria(tx, person)


def _criteria(tx: Transaction, person: Person) -> Outgoing | None:
    held = [a.enterprise_id for a in person.assignments if a.role is Role.PRINCIPAL and a.enterprise_id is not None]
    firms = [f for f in tx.enterprises.some(held) if f.active]
    left = {
        w.enterprise_id
        for w in coverage_of(Group.FIRMS, [person], [f.id for f in firms], tx.quizzes.passed(person.id)).missing
    }
    open_firms = [f for f in firms if f.id in left]
    if not open_firms:
        return None
    text = _(
        "<b>测一测：判定标准</b>\n{firms} 还没通过。\n几分钟的小测验，看看哪些算重大隐患。可以先学再测，测多少次都行。"
    ).format(firms=listed(html(f.name) for f in open_firms[:_MOST_FIRMS]))
    label = _("去测 · {firm}")
    buttons = [[Button(label.format(firm=shorten(f.name, 24)), data("fi", f.id))] for f in open_firms[:_MOST_FIRMS]]
    return Outgoing(screen=Screen(text=text, buttons=rows(*buttons)))


def _ledger(tx: Transaction, person: Person) -> Outgoing | None:
    held = [a.enterprise_id for a in person.assignments if a.enterprise_id is not None]
    active = [f.id for f in tx.enterprises.some(held) if f.active]
    passed = tx.quizzes.passed(person.id)
    wanted = [w for g in (Group.KEEPERS, Group.OFFICE) for w in coverage_of(g, [person], active, passed).missing]
    if not wanted:
        return None
    text = _("<b>测一测：台账使用</b>\n您还没通过。先看几张卡片，再答几道题。测多少次都行。")
    learn, quiz = Button(_("📖 学台账使用"), data("fc", 0)), Button(_("✏️ 测台账使用"), data("fb"))
    return Outgoing(screen=Screen(text=text, buttons=rows([learn, quiz])))
