"""The five arrangements of a hazard (五落实): proposals, options to tap, and what may be typed."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from checklists.defences import DEFENCE_NAMES, Defence
from checklists.hazards import ARRANGEMENT_NAMES, Arrangements, Hazard, propose_arrangements
from checklists.working_days import load_working_days
from handlers.hazard_cards import FIELDS, Card, card_lines, field_words
from handlers.replies import Button, Screen, data, rows
from handlers.routing import Gone, Request
from handlers.walking import known_people, principal_of
from handlers.words import N_, _, day, html, shorten

DEFENCES_BY_CODE = {defence.value[0]: defence for defence in Defence}
DAYS = (3, 7, 15, 30)
_FARTHEST = timedelta(days=366)
_FUNDS = (N_("自筹"), N_("不需要资金"))
_CONTINGENCY = (N_("停用有关设备或场所"), N_("按本单位应急预案执行"))
_MEASURES = (N_("停用，修好再用"), N_("清理、移走"), N_("更换或补齐"))


class NotADay(ValueError):
    """What was typed is no usable deadline; the text says why and what to write."""


def proposal_for(request: Request, hazard: Hazard) -> Arrangements:
    """What is proposed today for everything not fixed yet."""
    principal = principal_of(request.tx, hazard.enterprise_id)
    return propose_arrangements(hazard.level, principal=principal, on=request.today, calendar=load_working_days())


def missing_values(hazard: Hazard, proposal: Arrangements) -> dict[str, str | date]:
    """The proposals for what is not fixed yet: accepting all never overwrites what a person set."""
    return {f: getattr(proposal, f) for f in FIELDS if not getattr(hazard.arrangements, f)}


def field_screen(request: Request, card: Card, index: int, *, notice: str = "") -> Screen:
    """One arrangement with what is proposed, what may be tapped, and the invitation to type."""
    hazard, field = card.hazard, FIELDS[index]
    now = field_words(hazard.arrangements, field)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        card_lines(card)[0],
        _("<b>{name}</b>：点一个，或者直接打字。").format(name=_(ARRANGEMENT_NAMES[field])),
        *([_("现在：{words}").format(words=html(now))] if now else []),
        *([_("这项措施属于哪一类？点一下选上，再点去掉，不选也行。")] if field == "measure" else []),
        *([_("日期可以写 12月5日、2026-12-05、明天 或 10天。")] if field == "deadline" else []),
    ]
    options = {"0": field_words(card.proposal, field), **_labels(request, hazard, field)}
    buttons = [
        [Button(_option_label(key, _(words)), data("zk", hazard.id, hazard.version, index, key))]
        for key, words in options.items()
    ]
    back = Button(_("返回"), data("zs", hazard.id, "arrange"))
    kinds = _kinds(hazard) if field == "measure" else []
    return Screen(text="\n".join(lines), buttons=rows(*buttons, kinds[:2], kinds[2:], [back]))


def _kinds(hazard: Hazard) -> list[Button]:
    """The four kinds of defence to put in or take out."""
    present = hazard.arrangements.defences
    return [
        Button(("✓ " if d in present else "") + _(DEFENCE_NAMES[d]), data("kv", hazard.id, hazard.version, code))
        for code, d in DEFENCES_BY_CODE.items()
    ]


def _option_label(key: str, words: str) -> str:
    return _("采用：{words}").format(words=shorten(words, 30)) if key == "0" else shorten(words, 36)


def _labels(request: Request, hazard: Hazard, field: str) -> Mapping[str, str]:
    if field != "deadline":
        return _options(request, hazard, field)
    return {str(n): _("{n} 天（到{day}）").format(n=n, day=day(_in_days(request.today, n))) for n in DAYS}


def _options(request: Request, hazard: Hazard, field: str) -> Mapping[str, str]:
    words: tuple[str, ...]
    match field:
        case "responsible":
            return {key: name for key, (name, _role) in known_people(request.tx, hazard.enterprise_id).items()}
        case "funds":
            words = _FUNDS
        case "contingency":
            words = _CONTINGENCY
        case _:
            words = _MEASURES
    return {chr(ord("a") + n): text for n, text in enumerate(words)}


def chosen_value(request: Request, hazard: Hazard, index: int, key: str) -> str | date:
    """What an option stands for; raises Gone for one that is not offered."""
    field = FIELDS[index]
    if key == "0":
        value: str | date = getattr(proposal_for(request, hazard), field)
        return value
    if field == "deadline":
        if key not in {str(n) for n in DAYS}:
            raise Gone
        return _in_days(request.today, int(key))
    options = _options(request, hazard, field)
    if key not in options:
        raise Gone
    return options[key]


def typed_value(field: str, words: str, *, today: date) -> str | date:
    """What a typed text means for this arrangement; raises NotADay for a deadline that is none."""
    return parse_deadline(words, today=today) if field == "deadline" else " ".join(words.split())


_IN_DAYS = re.compile(r"(\d{1,3})\s*(?:[天日]|days?)?内?")
_SOON = {"今天": 0, "明天": 1, "后天": 2, "today": 0, "tomorrow": 1}
_DATE = re.compile(r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?(?:前|之前)?")


def parse_deadline(words: str, *, today: date) -> date:
    """A day from 12月5日, 2026-12-05, 12.5 or 10天; a day without year is the next one that comes. Raises NotADay."""
    text = words.strip().lower()
    if text in _SOON:
        found = today + timedelta(days=_SOON[text])
    elif match := _IN_DAYS.fullmatch(text):
        found = today + timedelta(days=int(match[1]))
    elif match := _DATE.fullmatch(text):
        found = _day_of(match, today)
    else:
        raise NotADay(_("没看懂日期。请写 12月5日、2026-12-05、明天 或 10天。"))
    if found < today:
        raise NotADay(_("期限已经过去了，请写今天或以后的日期。"))
    if found > today + _FARTHEST:
        raise NotADay(_("期限不能超过一年。"))
    return found


def _day_of(match: re.Match[str], today: date) -> date:
    year = int(match[1] or today.year)
    try:
        found = date(year, int(match[2]), int(match[3]))
        return found.replace(year=year + 1) if found < today and not match[1] else found
    except ValueError:
        raise NotADay(_("没有这一天，请再写一次。")) from None


def _in_days(today: date, days: int) -> date:
    return load_working_days().next_working_day(today + timedelta(days=days))
