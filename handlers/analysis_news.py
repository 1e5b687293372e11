"""Who hears of analyses: the firm of a decision on its hazard, the office each morning of what is late or missing."""

from datetime import date, datetime

from checklists.analyses import MEETING, Analysis, is_missing
from checklists.composing import Profile
from checklists.deliveries import Delivery
from checklists.duties import duty_on
from checklists.hazards import Hazard, Level
from checklists.people import Permission, Person, Role, allows
from checklists.plans import load_plan
from checklists.working_days import load_working_days
from handlers.life_telling import department_of
from handlers.life_words import number_in
from handlers.outgoing import Outgoing
from handlers.replies import Button, Screen, data, rows
from handlers.services import Services
from handlers.words import _, aside, full_day, html, shorten
from storage.transaction import Transaction

DECIDED = "analysis_decided"


def tell_decision(
    tx: Transaction, hazard: Hazard, decided: Analysis, *, by: int, now: datetime, office: bool = True
) -> None:
    """Queue a decision for the heads of the firm and, with `office`, for who has the duty; major ones go at once."""
    heads = (Role.PRINCIPAL, Role.CONTROLLER) if hazard.level is Level.MAJOR else (Role.PRINCIPAL,)
    people = tx.people.with_role(*heads, enterprise_id=hazard.enterprise_id)
    people += department_of(tx, hazard) if office else []
    when = now if hazard.level is Level.MAJOR else load_working_days().next_working_time(now)
    about = {"hazard": hazard.id, "analysis": decided.id}
    for person in {p.id: p for p in people}.values():
        if person.id != by:
            tx.deliveries.add(DECIDED, f"{DECIDED}:{decided.id}:{person.id}", person, about, when, now)


def decision(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What was decided; not needed when another decision took its place or the hazard is closed."""
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or not hazard.is_open or not _may_see(person, hazard):
        return None
    decided = tx.analyses.standing_of(hazard)
    if decided is None or decided.id != int(delivery.about["analysis"]) or decided.until is None:
        return None
    firm = tx.enterprises.get(hazard.enterprise_id)
    lines = [
        _("📌 <b>办公室研判了这条隐患，定了措施</b>"),
        _("隐患 {number} · {firm}").format(number=html(number_in(tx, hazard)), firm=html(firm.name if firm else "")),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 300)))] if hazard.words else []),
        _("措施：{words}").format(words=html(_(decided.decision))),
        _("谁来办：{name}").format(name=html(_(decided.responsible))),
        _("办到：{day}").format(day=full_day(decided.until)),
        _("隐患的期限、级别没有变。"),
    ]
    look = Button(_("看隐患"), data("z", hazard.id))
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([look])))


def _may_see(person: Person | None, hazard: Hazard) -> bool:
    return allows(person, Permission.SEE_ENTERPRISE, enterprise_id=hazard.enterprise_id)


def missing_lines(tx: Transaction, today: date) -> list[str]:
    """From the 20th on, that the meeting the plan orders for this period was not held; `today` in Shanghai."""
    plan = load_plan(tx.office_settings.plan_id())
    duty = duty_on(plan, Profile(trades=()), MEETING, today, calendar=load_working_days())
    if duty is None:
        return []
    held = tx.analysis_meetings.days_held(f"{duty.opens:%Y-%m}", f"{duty.due:%Y-%m}")
    if not is_missing(held, today=today, opens=duty.opens, due=duty.due):
        return []
    clause = aside(html(plan.cadences[MEETING].clause))
    words = _("🗓 本月的安全生产分析会还没有开，按方案{clause}每月开一次，{day}前开。")
    return [words.format(clause=clause, day=full_day(duty.hand_in_by))]


def late_lines(tx: Transaction, today: date) -> list[str]:
    """How many decisions are late; `today` is the day in Shanghai."""
    late = tx.analyses.late_count(today)
    return [_("📌 研判决定到期没有落实的 {count} 条。").format(count=late)] if late else []
