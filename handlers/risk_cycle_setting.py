"""How often risk points are looked at and assessed anew, as the office sets it for its firms (巡查周期)."""

import re
from collections.abc import Mapping

from checklists.people import Permission, allows
from checklists.risk_cycles import ASSESSMENT_MONTHS, CHECK_DAYS, RISK_FIGURES
from checklists.risk_points import GRADE_NAMES, Grade
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.words import N_, _, html, labelled

_CODES: Mapping[str, str] = {**{grade.value[0]: CHECK_DAYS[grade] for grade in Grade}, "a": ASSESSMENT_MONTHS}
_NAMES: Mapping[str, str] = {
    **{CHECK_DAYS[grade]: GRADE_NAMES[grade] for grade in Grade},
    ASSESSMENT_MONTHS: N_("📝 重新评估"),
}
_DAYS, _MONTHS = (1, 7, 15, 30, 90, 0), (3, 6, 12, 0)
# A number and its own unit: 1年 or 2周 are not so many months or days.
_TYPED_DAYS = re.compile(r"(\d{1,4})\s*(?:天|日|days?)?", re.ASCII | re.IGNORECASE)
_TYPED_MONTHS = re.compile(r"(\d{1,4})\s*(?:个?月|months?)?", re.ASCII | re.IGNORECASE)


def show_all(request: Request) -> Reply:
    """风险点巡查周期: the figures as they are, with buttons for who may change them."""
    return _show_all(request)


def _show_all(request: Request, *, notice: str = "") -> Reply:
    request.enter("risk_cycle")
    figures = request.tx.office_settings.figures(list(RISK_FIGURES))
    may_set = allows(request.who, Permission.ADMINISTER)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>风险点巡查周期</b>"),
        _("多久查一次、评估一次，方案没有写数字，由办公室定。没有定的，不排期，也不提醒企业。"),
        *(labelled(_(_NAMES[name]), _value(name, number)) for name, number in figures.items()),
        *([] if may_set else [_("数字由管理员改。")]),
    ]
    change = [[Button(_(_NAMES[name]), data("kf", code))] for code, name in _CODES.items()] if may_set else []
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*change, [Button(_("返回"), data("fg"))])))


def _value(name: str, number: int) -> str:
    if not number:
        return _("没有定")
    words = _("每 {number} 个月一次") if name == ASSESSMENT_MONTHS else _("每 {number} 天查一次")
    return words.format(number=number)


def ask(request: Request) -> Reply:
    """One figure: what it may be."""
    return _ask(request, request.word(0))


def _ask(request: Request, code: str, *, notice: str = "") -> Reply:
    name = _CODES.get(code)
    if name is None:
        raise Gone
    request.enter("risk_figure", code=code)
    figure, now = RISK_FIGURES[name], request.tx.office_settings.figure(name)
    limits = {"least": figure.least, "most": figure.most}
    what = _("多少个月重新评估一次？") if name == ASSESSMENT_MONTHS else _("多少天查一次？")
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        labelled(f"<b>{_(_NAMES[name])}</b>", _value(name, now)),
        f"<b>{what}</b>" + _("点一个，或者打一个数字，{least} 到 {most}；0 就是不定。").format(**limits),
    ]
    offered = [
        Button(str(n) if n else _("不定"), data("kj", code, n))
        for n in (_MONTHS if name == ASSESSMENT_MONTHS else _DAYS)
    ]
    buttons = rows(offered[:3], offered[3:], [Button(_("返回"), data("kd"))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def choose(request: Request) -> Reply:
    """An offered number was tapped."""
    return _set(request, request.word(0), request.number(1))


def take(request: Request) -> Reply:
    """A number was typed; anything else is asked for again, and changes nothing."""
    assert request.dialog is not None
    code = str(request.dialog.data["code"])
    pattern = _TYPED_MONTHS if _CODES[code] == ASSESSMENT_MONTHS else _TYPED_DAYS
    typed = pattern.fullmatch(request.text.strip())
    return _set(request, code, int(typed[1]) if typed else -1)


def _set(request: Request, code: str, number: int) -> Reply:
    name = _CODES.get(code)
    if name is None:
        raise Gone
    figure, settings = RISK_FIGURES[name], request.tx.office_settings
    if not figure.least <= number <= figure.most:
        limits = {"least": figure.least, "most": figure.most}
        return _ask(request, code, notice=_("没有改：要一个 {least} 到 {most} 的数字。").format(**limits))
    # Set again to what it is, the day it counts from would move, and what is overdue would be so no more.
    if settings.figure(name) != number:
        settings.set_figure(name, number, by=request.who.id, at=request.now)
    return _show_all(request, notice=_("已改，从今天起算。") if number else _("已改，不再排期。"))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    return _ask(request, str(request.dialog.data["code"]))


_ADMINISTER = Permission.ADMINISTER
ROUTES: tuple[Route, ...] = (
    Press(name="kd", needs=Permission.MANAGE, handler=show_all),
    Press(name="kf", needs=_ADMINISTER, handler=ask),
    Press(name="kj", needs=_ADMINISTER, handler=choose),
    Input(dialog="risk_figure", takes=frozenset({"text"}), needs=_ADMINISTER, handler=take),
    Display(dialog="risk_cycle", needs=Permission.MANAGE, handler=show_all),
    Display(dialog="risk_figure", needs=_ADMINISTER, handler=_again),
)
