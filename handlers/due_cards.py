"""The reminder card: all that is due of all enterprises of one person, as it is at the moment of sending."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from checklists.deliveries import Delivery
from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazard_statistics import STATISTICS
from checklists.inspections import Inspection
from checklists.people import Permission, Person
from checklists.reminders import PAUSE, DutyState, EnterpriseDuty, present_duties, wants_attention
from checklists.working_days import load_working_days
from handlers.duties import PAST, REMINDED, duty_name
from handlers.hazard_statistics import open_table
from handlers.inspections import begin
from handlers.outgoing import Outgoing
from handlers.reminders import heard_by
from handlers.replies import Button, Reply, Screen, column, data
from handlers.risk_due import RiskEntry, button_of, done_lines, entries_of, lines_of
from handlers.routing import About, Press, Request, Route
from handlers.services import Services
from handlers.words import SHANGHAI, _, day, html, labelled, shorten
from storage.transaction import Transaction

MOST_LINES = 15
MOST_FIRMS = 5  # with risk points that wait, up to three lines each
MOST_BUTTONS = 8

# Telling a person below the card takes the card's buttons away; it is drawn again when that is over.
_REDRAWN_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One enterprise's line: a duty, or an inspection that was left lying (`duty` None)."""

    enterprise_id: int
    enterprise: str
    duty: EnterpriseDuty | None
    running: Inspection | None


def due_card(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The card as it is now; None when nothing is due and nothing was sent yet."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None:
        return None
    today = now.astimezone(SHANGHAI).date()
    known = tx.duties.of_enterprises(person.enterprise_ids, *REMINDED, since=today - PAST)
    entries = _entries(tx, person, known, now)
    sent = delivery.message_id is not None
    risks = entries_of(tx, person, today)
    done = [d for d in known if sent and d.done_at is not None and d.done_at >= delivery.created_at]
    if not entries and not sent and not any(entry.standing.wants_a_word for entry in risks):
        return None
    names = {e.id: e.name for e in tx.enterprises.some(sorted({d.enterprise_id for d in done}))}
    looked = done_lines(tx, person, delivery.created_at) if sent else []
    lines = [*(_done_line(names[d.enterprise_id], d) for d in done), *looked]
    first_day = (delivery.sent_at or now).astimezone(SHANGHAI).date()
    title = _("待办提醒") if risks or looked else _title([*(e.duty for e in entries if e.duty), *done])
    return Outgoing(screen=card(entries, lines, risks, today=today, first_day=first_day, title=title))


def news(request: Request) -> list[str]:
    """What stands above the menu of an enterprise: the period's inspection when it is done or its reminders began."""
    return _standing(request, with_far_off=False)


def standing(request: Request) -> list[str]:
    """How inspections and tables of the enterprise stand in the present period, and in the one before if missed."""
    return _standing(request, with_far_off=True)


def _standing(request: Request, *, with_far_off: bool) -> list[str]:
    if request.enterprise_id is None:
        return []
    today = request.today
    known = request.tx.duties.of_enterprises([request.enterprise_id], *REMINDED, since=today - PAST)
    calendar = load_working_days()
    open_ = [d for d in present_duties(known, today) if with_far_off or wants_attention(d.due_on, today, calendar)]
    done = [d for d in known if d.state is DutyState.DONE and d.opens_on <= today <= d.due_on]
    return [
        *(f"{_mark(duty, today)} {when_due(duty, today)}" for duty in open_),
        *(_("✓ {what}已完成").format(what=duty_name(duty)) for duty in done),
    ]


def begin_below(request: Request) -> Reply:
    """Begin or go on, as a new message: the card stays and says how things stand."""
    return below(request, begin(request))


def open_table_below(request: Request) -> Reply:
    """The table on hazards that is to be signed, as a new message too."""
    return below(request, open_table(request))


def below(request: Request, reply: Reply) -> Reply:
    """This screen as a new message, the card drawn again with its buttons."""
    card_before = request.tx.deliveries.last_of(request.who.id, "due")
    if card_before is not None:
        request.tx.deliveries.again(card_before.id, request.now + _REDRAWN_AFTER)
    return replace(reply, anew=True)


def _title(duties: Iterable[EnterpriseDuty]) -> str:
    """What the card is about, when it is about more than inspections."""
    return _("待办提醒") if any(duty.kind in STATISTICS for duty in duties) else ""


def card(
    entries: Sequence[Entry],
    done: Sequence[str],
    risks: Sequence[RiskEntry] = (),
    *,
    today: date,
    first_day: date,
    title: str = "",
) -> Screen:
    """The text and the buttons; `done` are lines about what was finished since the card came."""
    lines = [_("<b>{title}</b>（{day}）").format(title=title or _("自查提醒"), day=day(first_day)), ""]
    lines += [_line(entry, today) for entry in entries[:MOST_LINES]]
    if len(entries) > MOST_LINES:
        lines.append(_("还有{number}项，做完上面的会接着显示。").format(number=len(entries) - MOST_LINES))
    lines += _risk_lines(risks)
    lines += done
    if not entries and not risks:
        lines += ["", _("都完成了，谢谢！")] if done else [_("现在没有要办的自查。")]
    if any(e.duty and e.duty.provisional for e in entries):
        lines += ["", _("日期暂定：当年放假安排还没有公布，公布后如有变化会再提醒。")]
    alone = len({*(e.enterprise_id for e in entries), *(e.enterprise_id for e in risks)}) == 1
    ways = dict.fromkeys(_button(entry, alone=alone) for entry in entries)  # two periods are inspected by one
    ways |= dict.fromkeys(button_of(entry, alone=alone) for entry in risks)
    return Screen(text="\n".join(lines), buttons=column(list(ways)[:MOST_BUTTONS]))


def _risk_lines(risks: Sequence[RiskEntry]) -> list[str]:
    lines = [line for entry in risks[:MOST_FIRMS] for line in lines_of(entry)]
    if len(risks) > MOST_FIRMS:
        lines.append(_("还有{number}家的风险点，查过上面的会接着显示。").format(number=len(risks) - MOST_FIRMS))
    return lines


def _entries(tx: Transaction, person: Person, known: Sequence[EnterpriseDuty], now: datetime) -> list[Entry]:
    today, calendar = now.astimezone(SHANGHAI).date(), load_working_days()
    due: list[EnterpriseDuty] = []
    for enterprise_id in person.enterprise_ids:
        present = present_duties([d for d in known if d.enterprise_id == enterprise_id], today)
        due += [d for d in present if wants_attention(d.due_on, today, calendar)]
    due = heard_by(person, due, tx.people.in_enterprises(person.enterprise_ids), today)
    entries = []
    for enterprise in tx.enterprises.some(person.enterprise_ids):
        running = tx.inspections.running(enterprise.id)
        paused = running is not None and now - running.touched_at >= PAUSE
        own = [d for d in due if d.enterprise_id == enterprise.id]
        inspecting: list[EnterpriseDuty | None] = [d for d in own if d.kind == PRINCIPAL_INSPECTION]
        lying: list[EnterpriseDuty | None] = [None] if paused and enterprise.active else []
        entries += [
            Entry(enterprise_id=enterprise.id, enterprise=enterprise.name, duty=duty, running=running)
            for duty in inspecting or lying
        ]
        entries += [
            Entry(enterprise_id=enterprise.id, enterprise=enterprise.name, duty=duty, running=None)
            for duty in own
            if duty.kind in STATISTICS
        ]
    return sorted(entries, key=lambda e: (e.duty.due_on if e.duty else date.max, e.enterprise))


def _line(entry: Entry, today: date) -> str:
    name = html(shorten(entry.enterprise, 40))
    if entry.duty is None:
        line = _("• <b>{name}</b>：自查做了一半").format(name=name)
    else:
        line = _duty_line(entry.duty, name, today)
    if entry.running is not None:
        progress = entry.running.progress
        line += "\n　" + _("已完成 {done}/{all}，接着做就行。").format(done=progress.answered, all=len(progress))
    return line


def _duty_line(duty: EnterpriseDuty, name: str, today: date) -> str:
    return f"{_mark(duty, today)} {labelled(f'<b>{name}</b>', when_due(duty, today))}"


def _mark(duty: EnterpriseDuty, today: date) -> str:
    if duty.due_on < today:
        return "⚠️"
    return "⏰" if duty.due_on == today else "•"


def when_due(duty: EnterpriseDuty, today: date) -> str:
    """What is owed and how many days are left or past, in words."""
    what, left = duty_name(duty), (duty.due_on - today).days
    if left < 0:
        words = _("{what}已过期{days}天，请尽快补做（应于{due}前完成）")
        return words.format(what=what, days=-left, due=day(duty.due_on))
    if left == 0:
        return _("{what}今天到期").format(what=what)
    line = _("{what}还有{days}天，{due}到期").format(what=what, days=left, due=day(duty.due_on))
    if duty.hand_in_by == today:
        return line + _("（到期前最后一个工作日就是今天）")
    if duty.hand_in_by < duty.due_on:
        return line + _("（最后一个工作日是{day}）").format(day=day(duty.hand_in_by))
    return line


def _done_line(enterprise: str, duty: EnterpriseDuty) -> str:
    words = _("✓ <b>{name}</b>：{what}已完成")
    return words.format(name=html(shorten(enterprise, 40)), what=duty_name(duty))


def _button(entry: Entry, *, alone: bool) -> Button:
    firm = "" if alone else f" {shorten(entry.enterprise, 12)}"
    if entry.duty is not None and entry.duty.kind in STATISTICS:
        return Button(f"✍ {duty_name(entry.duty)}{firm}", data("tq", entry.enterprise_id, entry.duty.period))
    progress = entry.running.progress if entry.running else None
    label = _("继续（{done}/{all}）").format(done=progress.answered, all=len(progress)) if progress else _("开始自查")
    return Button(label + firm, data("dg", entry.enterprise_id))


ROUTES: tuple[Route, ...] = (
    Press(name="dg", needs=Permission.INSPECT, about=About.ENTERPRISE, handler=begin_below),
    Press(name="tq", needs=Permission.INSPECT, about=About.ENTERPRISE, handler=open_table_below),
)
