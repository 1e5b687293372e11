"""Analysis of hazards in plain words: why one is discussed, what was decided, and what the plan says of meetings."""

from collections.abc import Iterable
from datetime import date, datetime

from checklists.analyses import GROUND_NAMES, MEETING, RESEARCH, Analysis, Ground, Meeting
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, format_number
from checklists.plans import load_plan
from handlers.duties import period_name
from handlers.routing import Gone, Request, Stale
from handlers.words import _, aside, day, full_day, html, listed, shorten
from storage.trail import Event
from storage.transaction import Transaction


def ground_words(row: Analysis, hazard: Hazard, today: date, *, reasons: bool = True) -> str:
    """Why a hazard stands on the agenda, as plain text; `today` is the day in Shanghai.

    Only with `reasons` what somebody wrote who put it: that may tell where the hazard came from.
    """
    return listed(_ground(ground, row, hazard, today, reasons=reasons) for ground in row.grounds)


def _ground(ground: Ground, row: Analysis, hazard: Hazard, today: date, *, reasons: bool) -> str:
    deadline = hazard.arrangements.deadline
    if ground is Ground.HAND and row.reason and reasons:
        return _("提请研判：{reason}").format(reason=_(row.reason))
    if ground is Ground.OVERDUE and deadline is not None and hazard.is_overdue(today):
        return _("逾期 {days} 天").format(days=(today - deadline).days)
    return _(GROUND_NAMES[ground])


def decision_words(decided: Analysis) -> str:
    """Measure, who does it and until when, as plain text."""
    assert decided.until is not None
    return _measure(decided.decision, decided.responsible, decided.until)


def _measure(decision: str, responsible: str, until: date) -> str:
    return _("{decision}，由{responsible}办，{until}前").format(
        decision=_(decision), responsible=_(responsible), until=day(until)
    )


def decision_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    """What stands on the card of a hazard for everybody who sees it: the decision, not why it was put."""
    decided = tx.analyses.standing_of(hazard)
    if decided is None or decided.decided_at is None:
        return []
    words = _("📌 研判 {day}：{words}").format(day=day(decided.decided_at), words=html(decision_words(decided)))
    return [words + done_words(decided)]


def done_words(decided: Analysis, today: date | None = None) -> str:
    """Behind a decision: that it is done, or, seen from a day in Shanghai, that it is late."""
    if decided.followed_at is not None:
        return aside(_("{day}已落实").format(day=day(decided.followed_at)))
    return aside(_("到期没有落实")) if today is not None and decided.is_late(today) else ""


def waiting_lines(tx: Transaction, hazard: Hazard, *, reasons: bool) -> list[str]:
    """What only the office reads: that the hazard is put to analysis, where it waits, and with `reasons` why."""
    row = tx.analyses.waiting_of(hazard)
    if row is None:
        return []
    if row.meeting_id is not None:
        return [_("已列入这次分析会的议题。")]
    if not reasons:
        return [_("已提请研判，等下次分析会。")]
    return [_("已提请研判，等下次分析会：{reason}").format(reason=html(shorten(_(row.reason), 120)))]


def topic_line(number: int, hazard: Hazard, firm: str, *, zone_code: str) -> str:
    """A hazard on a list of topics in one line."""
    return _("{at}. {number}　{level}　{state}　{firm}").format(
        at=number,
        number=html(format_number(zone_code, hazard.year, hazard.sequence)),
        level=_(LEVEL_NAMES[hazard.level]),
        state=_(STATE_NAMES[hazard.state]),
        firm=html(shorten(firm, 16)),
    )


def basis_lines(tx: Transaction) -> list[str]:
    """依据 with clause and what it orders, where the plan orders such meetings; nothing where it is silent."""
    plan = load_plan(tx.office_settings.plan_id())
    cadence, rule = plan.cadences.get(MEETING), tx.hazard_life.rules().rules.get(RESEARCH)
    words = [(cadence.clause, cadence.zh)] if cadence else []
    words += [(rule.clause, rule.words)] if rule else []
    clauses = list(dict.fromkeys(clause for clause, _said in words))
    return [
        _("依据：本方案{clause}").format(clause=html(clause))
        + aside(_("；").join(html(_(said)) for known, said in words if known == clause))
        for clause in clauses
    ]


def plan_basis(tx: Transaction) -> str:
    """Title and clause of the plan for a paper, where it orders such meetings; else empty."""
    plan = load_plan(tx.office_settings.plan_id())
    cadence = plan.cadences.get(MEETING)
    return f"《{plan.title}》{cadence.clause}" if cadence else ""


def analysis_reasons(events: Iterable[Event]) -> dict[tuple[str, datetime], str]:
    """What the history says of each step of an analysis, by the kind and time of its event."""
    found: dict[tuple[str, datetime], str] = {}
    for event in events:
        after = event.body["after"] or {}
        match event.what:
            case "hazard_put_to_analysis":
                found[event.what, event.at] = str(after["reason"])
            case "hazard_analysis_decided":
                until = date.fromisoformat(after["until"])
                found[event.what, event.at] = _measure(after["decision"], after["responsible"], until)
            case "hazard_analysis_followed":
                found[event.what, event.at] = str(after["words"])
    return found


def title(meeting: Meeting) -> str:
    """What a meeting is called: 2026年11月安全生产分析会."""
    return _("{month}安全生产分析会").format(month=period_name(meeting.month))


def meeting_of(request: Request, meeting_id: int) -> Meeting:
    """The meeting with this id; raises Gone."""
    meeting = request.tx.analysis_meetings.get(meeting_id)
    if meeting is None:
        raise Gone
    return meeting


def open_meeting(request: Request, meeting_id: int) -> Meeting:
    """The same while it is open; raises Stale once it is over."""
    meeting = meeting_of(request, meeting_id)
    if not meeting.is_open:
        raise Stale(_("这次会议已经结束或者作废了。"))
    return meeting


def is_dropped(row: Analysis, hazard: Hazard) -> bool:
    """Whether the hazard was closed or opened anew since it was put, so that nothing is left to decide."""
    return not hazard.is_open or hazard.life != row.life


def pending(rows: Iterable[tuple[Analysis, Hazard]]) -> list[tuple[Analysis, Hazard]]:
    """What is still to be discussed of an agenda."""
    return [(row, hazard) for row, hazard in rows if row.is_waiting and not is_dropped(row, hazard)]


def topics_of(tx: Transaction, meeting: Meeting) -> list[tuple[Analysis, Hazard]]:
    """The agenda in its order with the hazards as they are now, also what was taken off."""
    rows = tx.analyses.of_meeting(meeting.id)
    hazards = {hazard.id: hazard for hazard in tx.hazards.some([row.hazard_id for row in rows])}
    return [(row, hazards[row.hazard_id]) for row in rows]


def count_of(tx: Transaction, meeting: Meeting) -> tuple[int, int, int]:
    """How many topics a meeting has, how many are decided, and how many are still to be discussed."""
    topics = [(row, hazard) for row, hazard in topics_of(tx, meeting) if row.withdrawn_at is None]
    return len(topics), sum(row.is_decided for row, _hazard in topics), len(pending(topics))


def held_day(meeting: Meeting) -> str:
    """The day of a meeting with its year; empty before it is known."""
    return full_day(meeting.held_on) if meeting.held_on else ""
