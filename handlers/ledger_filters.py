"""What an officer has narrowed the ledger to: kept beside the chat, said in words, changed by one tap a field."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zlib import crc32

from checklists.hazards import LEVEL_NAMES, OPEN_STATES, SOURCE_NAMES, STATE_NAMES, Level, Source, State
from checklists.ledger import LedgerFilter, Place
from checklists.people import knows_sources
from checklists.sector_sets import load_sector_sets
from handlers.replies import pack
from handlers.routing import Gone, Request
from handlers.words import N_, _, html, labelled

OPEN, TO_REVIEW, OVERDUE, RUNG = "open", "review", "overdue", "rung"
UNREPORTED, ALL = "unreported", "all"
_NO_DEPARTMENT = "-"
_SOURCE = "q"
_REVIEWABLE = frozenset({State.HANDED_IN, State.FIXED_ON_SPOT})

# The values of the field 状态: groups of states as the office speaks of them, then each state by itself.
STATUS_NAMES: Mapping[str, str] = {
    OPEN: N_("在册（没有销号的）"),
    TO_REVIEW: N_("待复查"),
    OVERDUE: N_("逾期"),
    UNREPORTED: N_("重大未报告"),
    RUNG: N_("该升级"),
    **{state.value: name for state, name in STATE_NAMES.items()},
    ALL: N_("全部"),
}
_GROUPS: Mapping[str, frozenset[State]] = {
    OPEN: OPEN_STATES,
    TO_REVIEW: _REVIEWABLE,
    OVERDUE: OPEN_STATES,
    UNREPORTED: OPEN_STATES,
    RUNG: OPEN_STATES,
    ALL: frozenset(State),
}
FIELD_NAMES: Mapping[str, str] = {
    "s": N_("状态"),
    "t": N_("行业"),
    "c": N_("社区"),
    "b": N_("科室"),
    "l": N_("级别"),
    "q": N_("来源"),
    "g": N_("挂牌"),
}
_LISTED: Mapping[str, str] = {"y": N_("挂牌督办的"), "n": N_("没有挂牌的")}
_VALUE_NAMES: Mapping[str, Mapping[str, str]] = {
    "s": STATUS_NAMES,
    "l": {level.value: name for level, name in LEVEL_NAMES.items()},
    "q": {source.value: name for source, name in SOURCE_NAMES.items()},
    "g": _LISTED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """The list as an officer has it open: its filters, and where each page begins that was turned to.

    `department` is an id and the name of then, such as "12 工贸科", or "-" for what no department is in charge of.
    """

    status: str = OPEN
    trade: str = ""
    community: str = ""
    department: str = ""
    level: str = ""
    source: str = ""
    listed: str = ""
    words: str = ""
    places: tuple[Place | None, ...] = (None,)
    page: int = 0

    def filter(self, today: date) -> LedgerFilter:
        """The same as the storage takes it; `today` is the day in Shanghai."""
        return LedgerFilter(
            states=_GROUPS.get(self.status) or frozenset({State(self.status)}),
            overdue_on=today if self.status == OVERDUE else None,
            unreported=self.status == UNREPORTED,
            rung_due_on=today if self.status == RUNG else None,
            department_id=int(self.department.split()[0]) if self.department not in ("", _NO_DEPARTMENT) else None,
            without_department=self.department == _NO_DEPARTMENT,
            trade=self.trade or None,
            community=self.community or None,
            level=Level(self.level) if self.level else None,
            source=Source(self.source) if self.source else None,
            listed={"y": True, "n": False}.get(self.listed),
            words=self.words,
        )

    def narrowed(self, **values: str) -> "View":
        """With these fields changed, from the first page."""
        return replace(self, **values, places=(None,), page=0)


def fields_for(request: Request) -> Mapping[str, str]:
    """The fields this person may narrow the list by: where hazards came from only who may know it."""
    return {key: name for key, name in FIELD_NAMES.items() if key != _SOURCE or knows_sources(request.person)}


def kept_view(request: Request) -> View:
    """What this person looked at last; everything that is open, the first time."""
    text = request.tx.notes.get(_note(request))
    if text is None:
        return View()
    view = view_from(json.loads(text))
    return view if not view.source or knows_sources(request.person) else view.narrowed(source="")


def view_from(values: dict[str, Any]) -> View:
    """The view that `view_to` wrote."""
    return View(**{**values, "places": tuple(_place(p) for p in values["places"])})


def keep_view(request: Request, view: View) -> View:
    """Remember it for the next screen and for the way back from a hazard."""
    request.tx.notes.set(_note(request), json.dumps(view_to(view), ensure_ascii=False))
    return view


def view_to(view: View) -> dict[str, Any]:
    """The view as values that JSON knows."""
    names = ("status", "trade", "community", "department", "level", "source", "listed", "words", "page")
    values = {name: getattr(view, name) for name in names}
    places = [None if p is None else [p.deadline and p.deadline.isoformat(), p.year, p.sequence] for p in view.places]
    return {**values, "places": places}


def _note(request: Request) -> str:
    return f"ledger:{request.who.id}"


def _place(row: Sequence[Any] | None) -> Place | None:
    if row is None:
        return None
    return Place(deadline=date.fromisoformat(row[0]) if row[0] else None, year=row[1], sequence=row[2])


def filter_lines(view: View) -> list[str]:
    """What the list is narrowed to, one line a field that narrows it."""
    shown = {name: value_name(field, value) for field, name, value in _set_fields(view)}
    lines = [labelled(_(name), html(words)) for name, words in shown.items()]
    return [*lines, *([_("查找：{words}").format(words=html(view.words))] if view.words else [])]


def said_filters(view: View) -> list[str]:
    """What it is narrowed to in plain text, the state in any case: closed ones are left out unless they were chosen."""
    fields = {"s": view.status} | {field: value for field, _name, value in _set_fields(view)}
    told = [labelled(_(FIELD_NAMES[field]), value_name(field, value)) for field, value in fields.items()]
    return [*told, *([_("查找：{words}").format(words=view.words)] if view.words else [])]


def _set_fields(view: View) -> list[tuple[str, str, str]]:
    return [(field, name, value) for field, name in FIELD_NAMES.items() if (value := value_of(view, field))]


_ATTRIBUTES = {
    "s": "status",
    "t": "trade",
    "c": "community",
    "b": "department",
    "l": "level",
    "q": "source",
    "g": "listed",
}


def value_of(view: View, field: str) -> str:
    """The value of a field; empty where it does not narrow the list."""
    value: str = getattr(view, _ATTRIBUTES[field])
    return "" if field == "s" and value == OPEN else value


def value_name(field: str, value: str) -> str:
    """A value as people read it."""
    if field == "t":
        trade = load_sector_sets().trades.get(value)
        return _(trade.name) if trade else value
    if field == "b":
        return _("没有科室的") if value == _NO_DEPARTMENT else value.partition(" ")[2]
    return _(_VALUE_NAMES[field][value]) if field in _VALUE_NAMES else value


def options(request: Request, field: str) -> list[tuple[str, str]]:
    """What can be chosen for a field: the key that stands in the button, and the value."""
    match field:
        case "s":
            ladder = request.tx.hazard_life.rules().ladder
            return [(key, key) for key in STATUS_NAMES if key != RUNG or ladder]
        case "t":
            known = load_sector_sets().trades
            return [(trade, trade) for trade, _count in request.tx.enterprises.sectors() if trade in known]
        case "c":
            return [(str(crc32(name.encode())), name) for name in request.tx.ledger.communities()]
        case "b":
            standing = [(pack(d.id), f"{d.id} {d.name}") for d in request.tx.departments.all()]
            return [*standing, ("none", _NO_DEPARTMENT)]
        case "l":
            return [(level.value, level.value) for level in Level]
        case "q":
            return [(source.value, source.value) for source in Source]
        case "g":
            return [(key, key) for key in _LISTED]
    raise Gone


def chosen(request: Request, view: View, field: str, key: str) -> View:
    """The view with this option of the field; "-" takes the field away. Raises Gone for what cannot be chosen."""
    if field not in fields_for(request):
        raise Gone
    if key == "-":
        return view.narrowed(**{_ATTRIBUTES[field]: OPEN if field == "s" else ""})
    value = next((value for known, value in options(request, field) if known == key), None)
    if value is None:
        raise Gone
    return view.narrowed(**{_ATTRIBUTES[field]: value})
