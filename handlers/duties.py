"""The duties of enterprises: the principal's inspection (主要负责人带队检查) and the tables on hazards, by period."""

import json
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checklists.composing import Profile
from checklists.duties import PRINCIPAL_INSPECTION, Duty, duties_for, duty_on
from checklists.enterprises import Enterprise
from checklists.hazard_statistics import STATISTICS, owed_on
from checklists.inspections import Inspection
from checklists.plans import Plan, load_plan
from checklists.reminders import DutyState, EnterpriseDuty, next_reminder, wants_attention
from checklists.working_days import OPENS, WorkingDays, load_working_days
from handlers.routing import Request
from handlers.standards import profile_of
from handlers.words import SHANGHAI, _, full_day, html, month
from storage.transaction import Transaction
from storage.types import new_id
from storage.zones import Zone

PLANNED_AT_ONCE = 500
_AHEAD = timedelta(days=200)  # the present and the next period of any cadence from a month to a quarter
PAST = timedelta(days=400)  # longer than the longest period, so that the last one of each kind is among them
_WARNED_AHEAD = timedelta(days=31)
_MARGIN = timedelta(minutes=10)  # a change may be committed later than the time it carries
_SWEEP = "duty_sweep"
REMINDED = (PRINCIPAL_INSPECTION, *STATISTICS)  # the kinds that people are reminded of

_Key = tuple[str, str]  # kind and period


def period_for(tx: Transaction, zone: Zone, enterprise: Enterprise, today: date) -> str:
    """The period an inspection begun today counts for, such as 2026Q4 or 2026-11.

    The period just past comes first while it is still owed. Where the plan orders no inspection it is the quarter.
    """
    known = tx.duties.of_enterprises([enterprise.id], PRINCIPAL_INSPECTION, since=today - PAST)
    past = [d for d in known if d.due_on < today and d.state is not DutyState.WAIVED]
    if past and past[-1].state is DutyState.OPEN:
        return past[-1].period
    profile = profile_of(tx, enterprise)
    duty = duty_on(load_plan(zone.plan_id), profile, PRINCIPAL_INSPECTION, today, calendar=load_working_days())
    return duty.period if duty else f"{today.year}Q{(today.month + 2) // 3}"


def fulfil(request: Request, inspection: Inspection) -> None:
    """Mark the duty of the inspection's period as done by it and let the people's cards say so.

    A second inspection of the period, such as a correction, changes nothing.
    """
    tx = request.tx
    duty = tx.duties.of_period(inspection.enterprise_id, PRINCIPAL_INSPECTION, inspection.period)
    if duty is None:
        plan_enterprises(tx, request.zone, [inspection.enterprise_id], now=request.now)
        duty = tx.duties.of_period(inspection.enterprise_id, PRINCIPAL_INSPECTION, inspection.period)
    if duty is None or not tx.duties.finish(duty.id, inspection_id=inspection.id, at=request.now):
        return
    after = {"state": "done", "inspection": inspection.id, "period": inspection.period}
    _note(tx, "duty_done", duty, at=request.now, by=request.who.id, after=after)
    redraw_cards(request, duty)


def redraw_cards(request: Request, duty: EnterpriseDuty) -> None:
    """Let the cards of the enterprise's people say that this duty is done, where they spoke of it."""
    if wants_attention(duty.due_on, request.today, load_working_days()):
        redraw_cards_of(request, duty.enterprise_id)


def redraw_cards_of(request: Request, enterprise_id: int) -> None:
    """Let the last cards of the enterprise's people say how things stand now."""
    for person in request.tx.people.in_enterprises([enterprise_id]):
        card = request.tx.deliveries.last_of(person.id, "due")
        if card is not None:
            request.tx.deliveries.again(card.id, request.now)


def plan_duties(tx: Transaction, zone: Zone, now: datetime) -> bool:
    """Bring the duties of up to 500 enterprises up to date; whether there is more to do right away.

    All enterprises are gone through once a day, and when the plan or the calendar changes; between, those that
    changed. With nothing to do this costs one note and one look for changed enterprises.
    """
    state = json.loads(tx.notes.get(_SWEEP) or "{}")
    sweep = state.get("running") or _next_sweep(tx, zone, state, now)
    if sweep is None:
        return False
    since = datetime.fromisoformat(sweep["since"]) if sweep["since"] else None
    ids = tx.duties.enterprises_to_plan(after=sweep["after"], since=since, limit=PLANNED_AT_ONCE)
    plan_enterprises(tx, zone, ids, now=now)
    more = len(ids) == PLANNED_AT_ONCE
    running = {**sweep, "after": ids[-1]} if more else None
    done = state if more else {"print": sweep["print"], "at": sweep["at"]}
    tx.notes.set(_SWEEP, json.dumps({**done, "running": running}))
    return more


def plan_enterprises(tx: Transaction, zone: Zone, ids: Sequence[int], *, now: datetime) -> None:
    """Make, redate, waive or reopen the duties of these enterprises for the present and the next period."""
    today = now.astimezone(SHANGHAI).date()
    plan, calendar = load_plan(zone.plan_id), load_working_days()
    known: dict[int, dict[_Key, EnterpriseDuty]] = {}
    for duty in tx.duties.of_enterprises(ids, *REMINDED, since=today):
        known.setdefault(duty.enterprise_id, {})[duty.kind, duty.period] = duty
    tables, made = owed_on(today, calendar), 0
    for enterprise in tx.enterprises.some(ids):
        have = known.get(enterprise.id, {})
        owed = [*_owed(plan, profile_of(tx, enterprise), today, calendar), *_tables_owed(tables, have, today)]
        wanted = {(d.kind, d.period): d for d in owed} if enterprise.active else {}
        made += sum(_make(tx, enterprise, duty, now) for key, duty in wanted.items() if key not in have)
        _bring_up_to_date(tx, enterprise, wanted, have, now)
    if made:
        body = {"number": made, "plan": plan.id}
        tx.trail.add("duties_made", subject="zone", subject_id=zone.id, person_id=None, at=now, after=body)


def plan_ending(zone: Zone, today: date) -> list[str]:
    """A warning, from a month before the plan's last day on, that no inspection is owed after it."""
    plan = load_plan(zone.plan_id)
    if today <= plan.ends - _WARNED_AHEAD:
        return []
    words = _(
        "⚠️ 所执行的行动方案（{title}）到{day}为止，之后没有排应做的自查。请管理员换成新的方案（设置 ZICHA_PLAN）。"
    )
    return [words.format(title=html(plan.title), day=full_day(plan.ends))]


def look_at(day: date) -> datetime:
    """The moment offices open on this day, in UTC: when what falls on the day is looked at."""
    return datetime.combine(day, OPENS, tzinfo=SHANGHAI).astimezone(UTC)


def period_name(period: str) -> str:
    """A period as people say it: 2026年第四季度, 2026年11月, 2026年下半年, 2026年."""
    year, rest = period[:4], period[4:]
    if rest.startswith("Q"):
        number = {"1": _("一"), "2": _("二"), "3": _("三"), "4": _("四")}[rest[1]]
        return _("{year}年第{number}季度").format(year=year, number=number)
    if rest.startswith("-"):
        return _("{year}年{month}").format(year=year, month=month(int(rest[1:])))
    if rest.startswith("H"):
        return (_("{year}年上半年") if rest == "H1" else _("{year}年下半年")).format(year=year)
    return _("{year}年").format(year=year)


def duty_name(duty: EnterpriseDuty) -> str:
    """What is owed, as people say it: 2026年第四季度自查, 2026年隐患统计表签字."""
    words = _("{period}隐患统计表签字") if duty.kind in STATISTICS else _("{period}自查")
    return words.format(period=period_name(duty.period))


def _next_sweep(tx: Transaction, zone: Zone, state: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    today = now.astimezone(SHANGHAI).date()
    print_ = f"{zone.plan_id} {today} {max(load_working_days().official_years)}"
    sweep: dict[str, Any] = {"print": print_, "at": now.isoformat(), "after": 0, "since": None}
    if state.get("print") != print_:
        return sweep
    since = datetime.fromisoformat(state["at"]) - _MARGIN
    if not tx.duties.enterprises_to_plan(after=0, since=since, limit=1):
        return None
    return {**sweep, "since": since.isoformat()}


def _owed(plan: Plan, profile: Profile, today: date, calendar: WorkingDays) -> list[Duty]:
    """The present and the next period's inspection."""
    duties = duties_for(plan, profile, today, today + _AHEAD, calendar=calendar)
    return [duty for duty in duties if duty.kind == PRINCIPAL_INSPECTION][:2]


def _tables_owed(tables: Sequence[Duty], have: Container[_Key], today: date) -> list[Duty]:
    """Those of the tables on hazards that this enterprise owes: of a period that was over before it came, none."""
    return [duty for duty in tables if duty.opens > today or (duty.kind, duty.period) in have]


def _make(tx: Transaction, enterprise: Enterprise, duty: Duty, now: datetime) -> bool:
    kept = EnterpriseDuty(
        id=new_id(),
        enterprise_id=enterprise.id,
        kind=duty.kind,
        period=duty.period,
        opens_on=duty.opens,
        due_on=duty.due,
        hand_in_by=duty.hand_in_by,
        source=duty.source[:200],
        provisional=duty.provisional,
    )
    made = tx.duties.add(kept)
    if made and (duty.kind in STATISTICS or not _done_before(tx, kept, now)):
        _enqueue(tx, kept, now)
    return made


def _done_before(tx: Transaction, duty: EnterpriseDuty, now: datetime) -> bool:
    """Whether an inspection submitted in the period came before the duty, as when the plan has just changed."""
    today = now.astimezone(SHANGHAI).date()
    if duty.opens_on > today:
        return False
    for inspection in tx.inspections.of_enterprise(duty.enterprise_id):
        submitted = inspection.submitted_at
        if submitted is not None and duty.opens_on <= submitted.astimezone(SHANGHAI).date() <= duty.due_on:
            tx.duties.finish(duty.id, inspection_id=inspection.id, at=submitted)
            _note(tx, "duty_done", duty, at=now, after={"state": "done", "inspection": inspection.id})
            return True
    return False


def _bring_up_to_date(
    tx: Transaction,
    enterprise: Enterprise,
    wanted: Mapping[_Key, Duty],
    have: Mapping[_Key, EnterpriseDuty],
    now: datetime,
) -> None:
    today = now.astimezone(SHANGHAI).date()
    for key, duty in have.items():
        rule, period = wanted.get(key), duty.period
        if rule is None:
            # what was missed while it was owed stays missed; an enterprise that closed down owes nothing
            if (duty.due_on >= today or not enterprise.active) and tx.duties.waive(duty.id):
                _note(tx, "duty_waived", duty, at=now, after={"state": "waived", "period": period})
            continue
        if duty.state is DutyState.WAIVED and tx.duties.reopen(duty.id):
            _note(tx, "duty_reopened", duty, at=now, after={"state": "open", "period": period})
            _enqueue(tx, duty, now)
        _redate(tx, duty, rule, now)


def _redate(tx: Transaction, duty: EnterpriseDuty, rule: Duty, now: datetime) -> None:
    new = {"due_on": rule.due, "hand_in_by": rule.hand_in_by, "source": rule.source[:200]}
    old = {name: getattr(duty, name) for name in new}
    if duty.state is DutyState.DONE or (new == old and duty.provisional == rule.provisional):
        return
    tx.duties.redate(
        duty.id,
        due_on=rule.due,
        hand_in_by=rule.hand_in_by,
        source=rule.source[:200],
        provisional=rule.provisional,
    )
    tx.duties.enqueue([(_first_look(rule.due, now), duty.id)])
    tx.trail.add("duty_redated", subject="duty", subject_id=duty.id, person_id=None, at=now, before=old, after=new)


def _enqueue(tx: Transaction, duty: EnterpriseDuty, now: datetime) -> None:
    tx.duties.enqueue([(_first_look(duty.due_on, now), duty.id)])


def _first_look(due: date, now: datetime) -> datetime:
    """At the first reminder; at once when its day is past, as for an enterprise that joins late."""
    today = now.astimezone(SHANGHAI).date()
    calendar = load_working_days()
    if wants_attention(due, today, calendar):
        return now
    return look_at(next_reminder(due, today, calendar))


def _note(
    tx: Transaction, what: str, duty: EnterpriseDuty, *, at: datetime, after: dict[str, Any], by: int | None = None
) -> None:
    before = {"state": duty.state.value}
    tx.trail.add(what, subject="duty", subject_id=duty.id, person_id=by, at=at, before=before, after=after)
