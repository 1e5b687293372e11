"""Prominent hazards (突出隐患) of the month: which open hazards to put before the superior, and why each."""

from datetime import date

from checklists.hazards import Hazard, Level

LONG_OVERDUE_DAYS = 30


def reasons_of(hazard: Hazard, *, today: date, repeats: int = 0) -> tuple[str, ...]:
    """Why an open hazard stands out, in Chinese; empty if it does not or is no longer open.

    A proposal: no plan says what is prominent, the office chooses. `today` is the day in Shanghai, `repeats` the
    number of earlier hazards of the same criterion at the enterprise.
    """
    if not hazard.is_open:
        return ()
    deadline = hazard.arrangements.deadline
    late = (today - deadline).days if deadline is not None and hazard.is_overdue(today) else 0
    major = hazard.level is Level.MAJOR
    facts = (
        (major, "重大事故隐患" if hazard.level_confirmed_by is not None else "可能是重大事故隐患，待确认"),
        (hazard.is_listed, "挂牌督办中"),
        (late > 0 if major else late >= LONG_OVERDUE_DAYS, f"逾期{late}天未整改"),
        (hazard.fakes > 0, f"曾认定虚假整改{hazard.fakes}次"),
        (repeats > 0, f"屡查屡犯，此前已有{repeats}次"),
        (hazard.life > 1, f"第{hazard.life}次打开"),
    )
    return tuple(words for so, words in facts if so)
