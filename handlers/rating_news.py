"""Telling people about ratings: the firm what was confirmed or answered, the office that somebody objects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from checklists.deliveries import Delivery
from checklists.people import INSPECTING_ROLES, Permission, Person, Role, allows
from checklists.ratings import ConfirmedRating
from checklists.reminders import roles_to_tell
from checklists.working_days import load_working_days
from handlers.outgoing import Outgoing, Renderer
from handlers.rating_words import line_words, score_words, sums
from handlers.replies import Button, Screen, data, rows
from handlers.services import Services
from handlers.words import SHANGHAI, _, day, html, shorten
from storage.transaction import Transaction

CONFIRMED, ANSWERED, OBJECTED = "rating_confirmed", "rating_answered", "rating_objected"
_MOST_LINES = 10


def tell_confirmed(tx: Transaction, ratings: Sequence[ConfirmedRating], *, now: datetime) -> None:
    """Queue for the principal of each firm that its rating was confirmed; one look at the people however many."""
    _tell_firms(tx, CONFIRMED, ratings, now)


def tell_answered(tx: Transaction, rating: ConfirmedRating, *, now: datetime) -> None:
    """Queue for the principal that the office has answered the objection and the rating stays."""
    _tell_firms(tx, ANSWERED, [rating], now)


def tell_objected(tx: Transaction, rating: ConfirmedRating, *, now: datetime) -> None:
    """Queue for those of the office who decide, but for who belongs to the firm."""
    when = load_working_days().next_working_time(now)
    for person in tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR):
        if not tx.ratings.belongs(rating.enterprise_id, person.id):
            tx.deliveries.add(OBJECTED, f"{OBJECTED}:{rating.id}:{person.id}", person, {"rating": rating.id}, when, now)


def _tell_firms(tx: Transaction, kind: str, ratings: Sequence[ConfirmedRating], now: datetime) -> None:
    when = load_working_days().next_working_time(now)
    people = [p for p in tx.people.in_enterprises([r.enterprise_id for r in ratings]) if p.telegram_id is not None]
    by_firm: dict[int, list[Person]] = {}
    for person in people:
        for firm in {a.enterprise_id for a in person.assignments if a.enterprise_id is not None}:
            by_firm.setdefault(firm, []).append(person)
    for rating in ratings:
        for person in _heads(rating.enterprise_id, by_firm.get(rating.enterprise_id, ())):
            tx.deliveries.add(kind, f"{kind}:{rating.id}:{person.id}", person, {"rating": rating.id}, when, now)


def _heads(enterprise_id: int, people: Iterable[Person]) -> list[Person]:
    """The principal; where he cannot be reached, everybody who may inspect."""
    reachable = [p for p in people if p.reachable]
    held = {a.role for p in reachable for a in p.assignments if a.enterprise_id == enterprise_id}
    roles = roles_to_tell(held & INSPECTING_ROLES, overdue=False)
    return [p for p in reachable if p.holds(*roles, enterprise_id=enterprise_id)]


def _present(tx: Transaction, delivery: Delivery) -> tuple[Person | None, ConfirmedRating | None]:
    """Whom it goes to and the edition it is about, if that still counts."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    kept = tx.ratings.get(int(delivery.about["rating"]))
    last = tx.ratings.latest(kept.enterprise_id, kept.rating.year) if kept else None
    return person, kept if kept is not None and last is not None and last.id == kept.id else None


def confirmed(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Score and lines, and how to object; not needed once there is a newer edition."""
    person, kept = _present(tx, delivery)
    if kept is None or not allows(person, Permission.SEE_ENTERPRISE, enterprise_id=kept.enterprise_id):
        return None
    assert person is not None
    rating, zone = kept.rating, tx.zones.current()
    title = _("📋 <b>{year}年企业评价已确认</b>") if kept.edition == 1 else _("📋 <b>{year}年企业评价有新的一版</b>")
    lines = [
        title.format(year=rating.year),
        _firm_name(tx, kept),
        f"<b>{score_words(rating)}</b>",
        *_answer(tx, kept),
        sums(rating),
        *(line_words(line, zone.code if zone else "") for line in rating.lines[:_MOST_LINES]),
        *(
            [_("共 {count} 行，点“看评价”看全部。").format(count=len(rating.lines))]
            if rating.lines[_MOST_LINES:]
            else []
        ),
    ]
    may_object = kept.may_object(now.astimezone(SHANGHAI).date())
    signs = allows(person, Permission.SIGN, enterprise_id=kept.enterprise_id)
    if may_object:
        lines.append(_("有不对的，负责人{day}前可以提异议。").format(day=day(kept.objection_until)))
    objects = Button(_("有异议"), data("bo", kept.enterprise_id, rating.year)) if may_object and signs else None
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([_look(kept)], [objects])))


def answered(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The rating stays as it is, and why."""
    person, kept = _present(tx, delivery)
    if kept is None or not allows(person, Permission.SEE_ENTERPRISE, enterprise_id=kept.enterprise_id):
        return None
    lines = [
        _("📋 <b>{year}年企业评价的异议有答复了：维持原来的评价</b>").format(year=kept.rating.year),
        _firm_name(tx, kept),
        f"<b>{score_words(kept.rating)}</b>",
        _("答复：{words}").format(words=html(kept.decision)),
    ]
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([_look(kept)])))


def objected(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Who objects to what; not needed once it is answered."""
    person, kept = _present(tx, delivery)
    if kept is None or not kept.is_waiting or not allows(person, Permission.MANAGE):
        return None
    lines = [
        _("📋 <b>企业对{year}年评价有异议，请答复</b>").format(year=kept.rating.year),
        _firm_name(tx, kept),
        score_words(kept.rating),
        _("异议：{words}").format(words=html(shorten(kept.objection, 500))),
    ]
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([_look(kept)])))


def _answer(tx: Transaction, kept: ConfirmedRating) -> list[str]:
    """The words with which the office put this edition in the place of the one before."""
    before = [
        one for one in tx.ratings.editions(kept.enterprise_id, kept.rating.year) if one.edition == kept.edition - 1
    ]
    return [_("办公室说明：{words}").format(words=html(one.decision)) for one in before]


def _firm_name(tx: Transaction, kept: ConfirmedRating) -> str:
    firm = tx.enterprises.get(kept.enterprise_id)
    return html(firm.name if firm else "")


def _look(kept: ConfirmedRating) -> Button:
    return Button(_("看评价"), data("be", kept.enterprise_id, kept.rating.year, 0))


RENDERERS: Mapping[str, Renderer] = {CONFIRMED: confirmed, ANSWERED: answered, OBJECTED: objected}
