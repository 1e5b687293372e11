"""Risk points that wait, as lines on people's reminder cards; what is looked at changes the cards."""

from dataclasses import dataclass
from datetime import date, datetime

from checklists.people import Person
from checklists.risk_cycles import Standing
from checklists.risk_points import RiskPoint
from handlers.duties import redraw_cards_of
from handlers.reminders import hears_of_risks
from handlers.replies import Button, data
from handlers.routing import Request
from handlers.words import _, html, labelled, shorten
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskEntry:
    """One enterprise with points that wait, or that something found there suggests to assess anew."""

    enterprise_id: int
    enterprise: str
    standing: Standing


def entries_of(tx: Transaction, person: Person, today: date) -> list[RiskEntry]:
    """What this person hears of, the longest overdue first."""
    cycle = tx.risk_cycles.cycle()
    if not cycle.is_set:
        return []
    standings = tx.risk_cycles.standings(person.enterprise_ids, today, cycle)
    people = tx.people.in_enterprises(person.enterprise_ids)
    found = [
        RiskEntry(enterprise_id=firm.id, enterprise=firm.name, standing=standings[firm.id])
        for firm in tx.enterprises.some(person.enterprise_ids)
        if firm.active and firm.id in standings and hears_of_risks(person, firm.id, people, standings[firm.id])
    ]
    found = [entry for entry in found if entry.standing.wants_a_word or entry.standing.suggested]
    return sorted(found, key=lambda entry: (-entry.standing.longest, entry.enterprise))


def lines_of(entry: RiskEntry) -> list[str]:
    """What waits at this enterprise, in words."""
    standing, name = entry.standing, f"<b>{html(shorten(entry.enterprise, 40))}</b>"
    lines = []
    if standing.overdue:
        words = _("{count} 个风险点该查了，最久的已超 {days} 天").format(count=standing.due, days=standing.longest)
        lines.append("⚠️ " + labelled(name, words))
    elif standing.due:
        lines.append("⏰ " + labelled(name, _("{count} 个风险点该查了").format(count=standing.due)))
    if standing.to_assess:
        lines.append("⏰ " + labelled(name, _("{count} 个风险点该重新评估了").format(count=standing.to_assess)))
    if standing.suggested:
        words = _("{count} 个风险点查出过隐患，建议重新评估").format(count=standing.suggested)
        lines.append("💡 " + labelled(name, words))
    return lines


def button_of(entry: RiskEntry, *, alone: bool) -> Button:
    """The way to the register, below the card."""
    firm = "" if alone else f" {shorten(entry.enterprise, 12)}"
    return Button(_("去查风险点") + firm, data("km", entry.enterprise_id))


def done_lines(tx: Transaction, person: Person, since: datetime) -> list[str]:
    """What was looked at or assessed since the card was made; nothing where the office has set no cycle."""
    if not tx.risk_cycles.cycle().is_set:
        return []
    ids = person.enterprise_ids
    done = (
        (_("✓ <b>{name}</b>：查过风险点 {count} 个"), tx.risk_cycles.checked_since(ids, since)),
        (_("✓ <b>{name}</b>：重新评估了风险点 {count} 个"), tx.risk_cycles.assessed_since(ids, since)),
    )
    names = tx.enterprises.names([firm for _words, counts in done for firm in counts])
    return [
        words.format(name=html(shorten(names[firm], 40)), count=count)
        for words, counts in done
        for firm, count in counts.items()
    ]


def waits(request: Request, point: RiskPoint) -> bool:
    """Whether people's cards speak of the point: it is to be looked at or assessed by today."""
    cycle = request.tx.risk_cycles.cycle()
    days = (cycle.next_check(point), cycle.next_assessment(point))
    return any(day is not None and day <= request.today for day in days)


def redraw_if(request: Request, waited: bool, enterprise_id: int) -> None:
    """Let people's cards say that the point waits no more."""
    if waited:
        redraw_cards_of(request, enterprise_id)
