"""Keeping the register of risk points: name and grade first, then place, person and the four kinds of measures."""

from dataclasses import replace
from typing import Any

from checklists.defences import DEFENCE_NAMES, Defence
from checklists.people import Permission
from checklists.risk_points import GRADE_NAMES, Measure, RiskPoint
from handlers.buttons import to_home
from handlers.official_cards import firm_of
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.risk_assessing import GRADES, unchanged
from handlers.risk_due import redraw_if, waits
from handlers.risk_points import current, show, show_register
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import N_, _, html

_DEFENCES = {defence.value[0]: defence for defence in Defence}
_TEXTS = {"n": ("name", N_("名称")), "w": ("place", N_("地点")), "r": ("responsible", N_("责任人"))}


def ask_name(request: Request) -> Reply:
    """A new point: what it is called."""
    firm = firm_of(request.tx, request.enterprise_id)
    request.enter("risk_new", id=firm.id)
    text = _("<b>加一个风险点</b>\n<b>叫什么？</b>写设备或地点，例如：2号喷漆房。")
    return Reply(screen=Screen(text=text, buttons=rows([Button(_("返回"), data("k", firm.id, 0)), to_home()])))


def take_name(request: Request) -> Reply:
    """The name came: now the grade."""
    return _ask_grade(request, request.text.strip()[:100])


def _ask_grade(request: Request, name: str) -> Reply:
    firm = firm_of(request.tx, request.enterprise_id)
    request.enter("risk_grade", id=firm.id, name=name)
    text = _("<b>{name}</b>\n<b>是哪一级风险？</b>").format(name=html(name))
    grades = [Button(_(GRADE_NAMES[g]), data("kn", firm.id, code)) for code, g in GRADES.items()]
    return Reply(screen=Screen(text=text, buttons=rows(grades[:2], grades[2:], [to_home()])))


def grade_again(request: Request) -> Reply:
    """The question for the grade once more."""
    return _ask_grade(request, str(request.dialog.data["name"]) if request.dialog else "")


def add(request: Request) -> Reply:
    """The grade came: the point is there, with its code."""
    grade, dialog = GRADES.get(request.word(1)), request.dialog
    if grade is None or dialog is None or dialog.kind != "risk_grade" or dialog.data["id"] != request.enterprise_id:
        raise Stale(_("先写名称，再选等级。"))
    point = request.tx.risk_points.add(
        enterprise_id=request.enterprise_id or 0,
        name=str(dialog.data["name"]),
        grade=grade,
        by=request.who.id,
        at=request.now,
    )
    return edit(replace(request, arguments=()), point, notice=_("已加好。下面几项有空再填。"))


def open_editing(request: Request) -> Reply:
    """What can be changed of a point."""
    return edit(request, current(request))


def edit(request: Request, point: RiskPoint, *, notice: str = "") -> Reply:
    """Every field as a button, with what is filled in marked."""
    if point.retired_at is not None:
        return show(request, point)
    request.enter("risk_edit", id=point.id)
    filled = {code: bool(getattr(point, name)) for code, (name, _label) in _TEXTS.items()}
    have = {m.defence for m in point.measures}
    texts = [
        Button(("✓ " if filled[code] else "") + _(label), data("kt", point.id, code))
        for code, (_name, label) in _TEXTS.items()
    ]
    measures = [
        Button(("✓ " if d in have else "") + _(DEFENCE_NAMES[d]), data("kt", point.id, code.upper()))
        for code, d in _DEFENCES.items()
    ]
    lines = [*([f"<i>{html(notice)}</i>"] if notice else [])]
    lines.append(
        _("<b>{name}</b>\n{grade}\n<b>点一项来填。</b>").format(
            name=html(point.name), grade=_(GRADE_NAMES[point.grade])
        )
    )
    buttons = rows(
        texts,
        measures,
        [Button(_("重新评估"), data("kw", point.id)), Button(_("取消这个风险点"), data("kr", point.id))],
        [Button(_("填好了"), data("kc", point.id))],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def ask_field(request: Request) -> Reply:
    """One text or measure."""
    return _ask_field(request, current(request), request.word(1))


def _ask_field(request: Request, point: RiskPoint, code: str) -> Reply:
    request.enter("risk_field", id=point.id, field=code)
    label, now = _field(point, code)
    lines = [_("<b>{name}：请写{what}。</b>").format(name=html(point.name), what=_(label))]
    lines += [_("现在写的是：{words}").format(words=html(now))] if now else []
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([Button(_("返回"), data("ke", point.id))])))


def _field(point: RiskPoint, code: str) -> tuple[str, str]:
    if code in _TEXTS:
        name, label = _TEXTS[code]
        return label, str(getattr(point, name))
    defence = _DEFENCES.get(code.lower())
    if defence is None:
        raise Gone
    return DEFENCE_NAMES[defence], next((m.words for m in point.measures if m.defence is defence), "")


def take_field(request: Request) -> Reply:
    """The text that was asked for."""
    point = current(request)
    code, words = str(request.dialog.data["field"]) if request.dialog else "", request.text.strip()
    if code in _TEXTS:
        values: dict[str, Any] = {_TEXTS[code][0]: words}
    else:
        defence = _DEFENCES[code.lower()]
        every = {m.defence: m for m in point.measures} | {defence: Measure(defence=defence, words=words)}
        values = {"measures": [every[d] for d in Defence if d in every]}
    changed = request.tx.risk_points.change(point, by=request.who.id, at=request.now, **values)
    if changed is None:
        raise Stale(_("这个风险点刚才有改动，请再看一眼。"))
    return edit(request, changed, notice=_("已记下。"))


def field_again(request: Request) -> Reply:
    """The question for the text once more."""
    return _ask_field(request, current(request), str(request.dialog.data["field"]) if request.dialog else "")


def ask_retire(request: Request) -> Reply:
    """Before a point is taken off the register."""
    point = current(request)
    request.enter("risk_retire", id=point.id)
    text = _("取消 <b>{name}</b>？它的二维码不再能报告隐患，以前的记录都保留。").format(name=html(point.name))
    yes = Button(_("确定取消"), data("kx", point.id, point.version))
    return Reply(screen=Screen(text=text, buttons=rows([yes, Button(_("不取消"), data("ke", point.id))])))


def retire(request: Request) -> Reply:
    """The risk is there no more."""
    point = unchanged(request)
    waited = waits(request, point)
    request.tx.risk_points.retire(point, by=request.who.id, at=request.now)
    redraw_if(request, waited, point.enterprise_id)
    return replace(show_register(request, point.enterprise_id, 0), toast=_("已取消。"))


_INSPECT, _POINT, _FIRM = Permission.INSPECT, About.RISK_POINT, About.ENTERPRISE
_TEXT = frozenset({"text"})
ROUTES: tuple[Route, ...] = (
    Press(name="ka", needs=_INSPECT, about=_FIRM, handler=ask_name),
    Press(name="kn", needs=_INSPECT, about=_FIRM, handler=add),
    Press(name="ke", needs=_INSPECT, about=_POINT, handler=open_editing),
    Press(name="kt", needs=_INSPECT, about=_POINT, handler=ask_field),
    Press(name="kr", needs=_INSPECT, about=_POINT, handler=ask_retire),
    Press(name="kx", needs=_INSPECT, about=_POINT, handler=retire),
    Input(dialog="risk_new", takes=_TEXT, needs=_INSPECT, about=_FIRM, handler=take_name),
    Input(dialog="risk_field", takes=_TEXT, needs=_INSPECT, about=_POINT, handler=take_field),
    Display(dialog="risk_new", needs=_INSPECT, about=_FIRM, handler=ask_name),
    Display(dialog="risk_grade", needs=_INSPECT, about=_FIRM, handler=grade_again),
    Display(dialog="risk_edit", needs=_INSPECT, about=_POINT, handler=open_editing),
    Display(dialog="risk_field", needs=_INSPECT, about=_POINT, handler=field_again),
    Display(dialog="risk_retire", needs=_INSPECT, about=_POINT, handler=ask_retire),
)
