"""What screens and cards say of risk points that are to be looked at or assessed anew."""

from datetime import date

from checklists.risk_cycles import Cycle, Found, Standing
from checklists.risk_points import GRADE_NAMES, RiskAssessment, RiskPoint
from handlers.words import _, day, html, labelled, shorten


def cycle_lines(point: RiskPoint, cycle: Cycle, today: date) -> list[str]:
    """When the point is to be looked at and assessed next, as far as the office has set it."""
    check, assessment = cycle.next_check(point), cycle.next_assessment(point)
    lines = []
    if check is not None:
        every = _("每 {days} 天查一次").format(days=cycle.days[point.grade])
        lines.append(_next(every, check, today, now=_("今天该查")))
    if assessment is not None:
        every = _("每 {months} 个月重新评估一次").format(months=cycle.months)
        lines.append(_next(every, assessment, today, now=_("今天该评估")))
    return lines


def _next(every: str, due: date, today: date, *, now: str) -> str:
    if due > today:
        return _("{every}，下次 {day}").format(every=every, day=day(due))
    state = _("已超 {days} 天").format(days=(today - due).days) if due < today else now
    return ("⚠️ " if due < today else "⏰ ") + _("{every}，{state}").format(every=every, state=state)


def due_mark(point: RiskPoint, cycle: Cycle, today: date) -> str:
    """What stands behind the point's name in the register; empty while nothing is to be done."""
    due = cycle.next_check(point)
    if due is None or due > today:
        assessment = cycle.next_assessment(point)
        return " · " + _("该评估") if assessment is not None and assessment <= today else ""
    return " · " + (_("已超 {days} 天").format(days=(today - due).days) if due < today else _("今天该查"))


def standing_lines(standing: Standing) -> list[str]:
    """What waits in a register, for its people and for the office."""
    lines = []
    if standing.overdue:
        words = _("⚠️ {count} 个该查了，其中 {overdue} 个超期，最久的已超 {days} 天")
        lines.append(words.format(count=standing.due, overdue=standing.overdue, days=standing.longest))
    elif standing.due:
        lines.append(_("⏰ {count} 个该查了").format(count=standing.due))
    if standing.to_assess:
        lines.append(_("⏰ {count} 个该重新评估了").format(count=standing.to_assess))
    if standing.suggested:
        lines.append(_("💡 {count} 个查出过隐患，建议重新评估").format(count=standing.suggested))
    return lines


def suggestion(found: Found | None) -> str:
    """Why the point should be assessed anew; empty where nothing says so."""
    if found is None or not found.suggests_assessment:
        return ""
    if found.major:
        return _("💡 这里一年内查出过重大隐患，建议重新评估。")
    return _("💡 这里一年内查出 {count} 条隐患，建议重新评估。").format(count=found.hazards)


def assessment_words(assessment: RiskAssessment, name: str) -> str:
    """Who assessed the point last, and what became of its grade."""
    words = labelled(_("上次评估"), f"{day(assessment.at)} {html(name)}")
    if assessment.before is assessment.grade:
        return words + _("，等级不变")
    return words + _("，{change}。{reason}").format(
        change=change_words(assessment), reason=html(shorten(_(assessment.words), 200))
    )


def change_words(assessment: RiskAssessment) -> str:
    """From which grade to which."""
    return f"{_(GRADE_NAMES[assessment.before])} → {_(GRADE_NAMES[assessment.grade])}"
