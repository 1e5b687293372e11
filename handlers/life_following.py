"""What is asked after the reason of a step: who supervises and until when (挂牌督办), to whom a proposal goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.hazards import Hazard
from checklists.people import Person, Role
from checklists.working_days import load_working_days
from handlers.arrangements import parse_deadline
from handlers.replies import unpack
from handlers.routing import Gone, Request
from handlers.words import N_, _, day, full_day

_MOST_WORDS = 100
_MOST_PEOPLE = 8
_LISTING_DAYS = (15, 30)
_EMERGENCY, _FIRE, _HOUSING, _MARKET = N_("应急管理局"), N_("消防救援大队"), N_("住建局"), N_("市场监管局")
_DEPARTMENTS = (_EMERGENCY, _FIRE, _HOUSING, _MARKET)
# Who is offered first, by the criterion that the hazard breaks; for all others the emergency bureau.
_OF_CRITERIA = {
    "fire": _FIRE,
    "small-premises": _FIRE,
    "construction": _HOUSING,
    "gas-supply": _HOUSING,
    "gas-user": _HOUSING,
    "property-management": _HOUSING,
    "special-equipment": _MARKET,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """One more question: `options` are keys with what stands on their buttons, `chosen` the value behind a key.

    `typed` takes words of one's own; it raises NotADay. The values are kept in Chinese, days as 2026-12-23.
    """

    ask: str
    options: Callable[[Request, Hazard], Sequence[tuple[str | int, str]]]
    chosen: Callable[[Request, Hazard, str], str]
    typed: Callable[[Request], str]


def _words(request: Request) -> str:
    return " ".join(request.text.split())[:_MOST_WORDS]


def _number(key: str) -> int:
    try:
        return unpack(key)
    except ValueError:
        raise Gone from None


def _managers(request: Request, hazard: Hazard) -> list[Person]:
    """Whoever presses, then the other managers of the office; nobody supervises an enterprise of his own."""
    found = request.tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR)
    outside = [p for p in found if hazard.enterprise_id not in p.enterprise_ids]
    return sorted(outside, key=lambda p: p.id != request.who.id)[:_MOST_PEOPLE]


def _people(request: Request, hazard: Hazard) -> list[tuple[str | int, str]]:
    return [(p.id, p.name) for p in _managers(request, hazard)]


def _named(request: Request, hazard: Hazard, key: str) -> str:
    wanted = _number(key)
    found = next((p.name for p in _managers(request, hazard) if p.id == wanted), None)
    if found is None:
        raise Gone
    return found


def _days(request: Request, hazard: Hazard) -> list[tuple[str | int, str]]:
    today, deadline, calendar = request.today, hazard.arrangements.deadline, load_working_days()
    found: list[tuple[str | int, str]] = []
    if deadline is not None and deadline >= today:
        found.append((deadline.isoformat(), _("隐患的期限：{day}").format(day=full_day(deadline))))
    for days in _LISTING_DAYS:
        until = calendar.next_working_day(today + timedelta(days=days))
        found.append((until.isoformat(), _("{n} 天（到{day}）").format(n=days, day=day(until))))
    return found


def _day(request: Request, hazard: Hazard, key: str) -> str:
    try:
        found = date.fromisoformat(key)
    except ValueError:
        raise Gone from None
    # The card may be of yesterday: its days still hold, as far as they are not past.
    return parse_deadline(found.isoformat(), today=request.today).isoformat()


def _addressees(hazard: Hazard) -> list[str]:
    first = _OF_CRITERIA.get((hazard.criterion_id or "").rsplit("-", 1)[0], _EMERGENCY)
    return sorted(_DEPARTMENTS, key=lambda name: name != first)


def _departments(request: Request, hazard: Hazard) -> list[tuple[str | int, str]]:
    return [(at, _(name)) for at, name in enumerate(_addressees(hazard))]


def _addressee(request: Request, hazard: Hazard, key: str) -> str:
    offered, at = _addressees(hazard), _number(key)
    if at >= len(offered):
        raise Gone
    return offered[at]


SUPERVISOR = FollowUp(
    ask=N_("谁来督办？点一个名字，或者打字写督办人、督办部门。"),
    options=_people,
    chosen=_named,
    typed=_words,
)
UNTIL = FollowUp(
    ask=N_("督办到哪一天？点一个，或者写日期，例如 12月5日、30天。"),
    options=_days,
    chosen=_day,
    typed=lambda request: parse_deadline(request.text, today=request.today).isoformat(),
)
ADDRESSEE = FollowUp(
    ask=N_("向哪个部门提？点一个，或者打字写部门全称。"),
    options=_departments,
    chosen=_addressee,
    typed=_words,
)
