"""A day on which something was done, as people type it: today, yesterday, a date that is not to come."""

import re
from datetime import date, timedelta

from handlers.arrangements import NotADay
from handlers.words import _

_AGO = {"今天": 0, "昨天": 1, "前天": 2, "today": 0, "yesterday": 1}
_DATE = re.compile(r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?")
_EARLIEST = timedelta(days=366)


def parse_past_day(words: str, *, today: date) -> date:
    """A day from 11月20日, 2026-11-20, 11.20 or 昨天; without year the last one that was. Raises NotADay."""
    text = words.strip().lower()
    if text in _AGO:
        return today - timedelta(days=_AGO[text])
    match = _DATE.fullmatch(text)
    if match is None:
        raise NotADay(_("没看懂日期。请写 11月20日、2026-11-20、今天 或 昨天。"))
    found = _day_of(match, today)
    if found > today:
        raise NotADay(_("这一天还没有到，请写今天或以前的日期。"))
    if found < today - _EARLIEST:
        raise NotADay(_("这一天太早了，请写一年以内的日期。"))
    return found


def _day_of(match: re.Match[str], today: date) -> date:
    year, month, day = match.groups()
    try:
        if year is not None:
            return date(int(year), int(month), int(day))
        found = date(today.year, int(month), int(day))
        return found if found <= today else found.replace(year=today.year - 1)
    except ValueError:
        raise NotADay(_("没有这一天，请再写一次。")) from None
