"""The language of what a person reads: Chinese in the source, English from a catalogue, chosen per person."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = {"zh": "中文", "en": "English"}

_CATALOGUES = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="zh")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("zicha", _CATALOGUES, [language], fallback=True)


def _(message: str) -> str:
    """The message in the language of the person being answered."""
    language = _language.get()
    return message if language == "zh" else _catalogue(language).gettext(message)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything inside is said in this language ("zh" or "en")."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def html(text: object) -> str:
    """A person's or a file's words, safe inside a message in Telegram's HTML."""
    return escape(str(text), quote=False)


def day(value: date | datetime) -> str:
    """A day as people write it here, 11月22日; a time is taken in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return _("{month}月{day}日").format(month=value.month, day=value.day)


def full_day(value: date | datetime) -> str:
    """A day with its year, 2026年11月22日; a time is taken in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return _("{year}年{month}月{day}日").format(year=value.year, month=value.month, day=value.day)


def clock(value: datetime) -> str:
    """The time of day in Shanghai, 08:30."""
    return value.astimezone(SHANGHAI).strftime("%H:%M")


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the cut shown by …"""
    return text if len(text) <= length else text[: length - 1] + "…"
