"""The language of what a person reads: Chinese in the source, English from a catalogue, chosen per person."""

import gettext
from collections.abc import Iterable, Iterator
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
    """The message in the language of the person being answered; words that are in no catalogue stay as they are."""
    language = _language.get()
    # gettext keeps the head of a catalogue under the empty message.
    return message if language == "zh" or not message else _catalogue(language).gettext(message)


def N_(message: str) -> str:
    """The message as it stands: for what is kept in Chinese and said through `_()` only when it is shown."""
    return message


_MONTHS = (
    N_("1月"), N_("2月"), N_("3月"), N_("4月"), N_("5月"), N_("6月"),
    N_("7月"), N_("8月"), N_("9月"), N_("10月"), N_("11月"), N_("12月"),
)  # fmt: skip


def language_of(code: str) -> str:
    """The language for somebody whose Telegram speaks `code`, such as en-GB: English for that, else Chinese."""
    return "en" if code.lower().startswith("en") else "zh"


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
    return _("{month}{day}日").format(month=month(value.month), day=value.day)


def full_day(value: date | datetime) -> str:
    """A day with its year, 2026年11月22日; a time is taken in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return _("{year}年{month}{day}日").format(year=value.year, month=month(value.month), day=value.day)


def month(number: int) -> str:
    """A month from 1 to 12, 11月."""
    return _(_MONTHS[number - 1])


def clock(value: datetime) -> str:
    """The time of day in Shanghai, 08:30."""
    return value.astimezone(SHANGHAI).strftime("%H:%M")


def listed(names: Iterable[str]) -> str:
    """Several names in a row, 甲、乙."""
    return _("、").join(names)


def labelled(name: str, value: object) -> str:
    """A name and what stands for it, 责任人：王厂长."""
    return _("{name}：{value}").format(name=name, value=value)


def aside(words: object) -> str:
    """Words in brackets, directly behind what they belong to, （示例）."""
    return _("（{words}）").format(words=words)


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the cut shown by …"""
    return text if len(text) <= length else text[: length - 1] + "…"
