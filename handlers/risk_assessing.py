"""A risk point assessed anew (重新评估): its measures looked at, the grade kept or chosen anew, and why."""

from dataclasses import replace

from checklists.defences import DEFENCE_NAMES
from checklists.people import Permission
from checklists.risk_cycles import is_lowered
from checklists.risk_points import GRADE_NAMES, Grade, RiskPoint
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.risk_due import redraw_if, waits
from handlers.risk_points import current, show
from handlers.risk_words import suggestion
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import N_, _, html, labelled

GRADES = {grade.value[0]: grade for grade in Grade}
_HIGHER = (N_("这里查出过隐患"), N_("设备、工艺或物料有变化"), N_("现有措施不够"))
_LOWER = (N_("已经改造，风险变小了"), N_("物料或人员减少了"), N_("换成了更安全的设备或工艺"))


def ask(request: Request) -> Reply:
    """What to look at before the grade is chosen."""
    return _ask(request, current(request))


def _ask(request: Request, point: RiskPoint) -> Reply:
    if point.retired_at is not None:
        return show(request, point)
    request.enter("risk_regrade", id=point.id)
    why = suggestion(request.tx.risk_cycles.found([point.enterprise_id], request.today).get(point.id))
    measures = [labelled("▫️ " + _(DEFENCE_NAMES[m.defence]), html(m.words)) for m in point.measures]
    lines = [
        _("<b>重新评估 · {name}</b>").format(name=html(point.name)),
        *([why] if why else []),
        _("先看措施还在不在、管不管用：") if measures else _("这个风险点还没有写措施。"),
        *measures,
        "",
        _("现在是 {grade}。<b>现在算哪一级？</b>").format(grade=_(GRADE_NAMES[point.grade])),
    ]
    grades = [
        Button(_(GRADE_NAMES[g]) + (_("（不变）") if g is point.grade else ""), data("ks", point.id, point.version, c))
        for c, g in GRADES.items()
    ]
    change = Button(_("改措施"), data("ke", point.id))
    buttons = rows(grades[:2], grades[2:], [change, Button(_("返回"), data("kc", point.id))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def choose(request: Request) -> Reply:
    """A grade was tapped: the same one is kept at once, another one needs a reason."""
    point, grade = unchanged(request), GRADES.get(request.word(2))
    if grade is None:
        raise Gone
    return _keep(request, point, grade, "") if grade is point.grade else _ask_reason(request, point, grade)


def _ask_reason(request: Request, point: RiskPoint, grade: Grade) -> Reply:
    request.enter("risk_reason", id=point.id, version=point.version, grade=grade.value)
    lowered = is_lowered(point.grade, grade)
    told = lowered and point.grade in (Grade.RED, Grade.ORANGE)
    lines = [
        f"<b>{html(point.name)}</b>",
        f"{_(GRADE_NAMES[point.grade])} → {_(GRADE_NAMES[grade])}",
        _("<b>为什么？</b>点一个，或者直接打字。") + (_("办公室看得到您的理由。") if told else ""),
    ]
    code = grade.value[0]
    offered = [
        [Button(_(words), data("ki", point.id, point.version, code, n))] for n, words in enumerate(_reasons(lowered))
    ]
    back = [Button(_("返回，重选等级"), data("kw", point.id))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*offered, back)))


def _reasons(lowered: bool) -> tuple[str, ...]:
    return _LOWER if lowered else _HIGHER


def choose_reason(request: Request) -> Reply:
    """One of the offered reasons."""
    point, grade, index = unchanged(request), GRADES.get(request.word(2)), request.number(3)
    if grade is None:
        raise Gone
    offered = _reasons(is_lowered(point.grade, grade))
    if index >= len(offered):
        raise Gone
    return _keep(request, point, grade, offered[index])


def take_reason(request: Request) -> Reply:
    """The reason was typed."""
    assert request.dialog is not None
    point, words = current(request), " ".join(request.text.split())
    if point.version != request.dialog.data["version"] or point.retired_at is not None:
        raise Stale(_("这个风险点刚才有改动，请再看一眼。"))
    grade = Grade(str(request.dialog.data["grade"]))
    return _keep(request, point, grade, words) if words else _ask_reason(request, point, grade)


def _keep(request: Request, point: RiskPoint, grade: Grade, reason: str) -> Reply:
    waited = waits(request, point)
    changed = request.tx.risk_points.assess(point, grade, words=reason, by=request.who.id, at=request.now)
    if changed is None:
        raise Stale(_("这个风险点刚才有改动，请再看一眼。"))
    redraw_if(request, waited, point.enterprise_id)
    toast = _("已记下：评估过，等级不变。") if grade is point.grade else _("已记下：等级改了。")
    return replace(show(request, changed), toast=toast)


def reason_again(request: Request) -> Reply:
    """The question for the reason once more, or the point where it has changed since."""
    assert request.dialog is not None
    point = current(request)
    if point.version != request.dialog.data["version"]:
        return _ask(request, point)
    return _ask_reason(request, point, Grade(str(request.dialog.data["grade"])))


def unchanged(request: Request) -> RiskPoint:
    """The point of a press whose second argument is the version shown; raises Stale when it changed since."""
    point = current(request)
    if point.version != request.number(1) or point.retired_at is not None:
        raise Stale(_("这个风险点刚才有改动，请再看一眼。"))
    return point


_INSPECT, _POINT = Permission.INSPECT, About.RISK_POINT
ROUTES: tuple[Route, ...] = (
    Press(name="kw", needs=_INSPECT, about=_POINT, handler=ask),
    Press(name="ks", needs=_INSPECT, about=_POINT, handler=choose),
    Press(name="ki", needs=_INSPECT, about=_POINT, handler=choose_reason),
    Input(dialog="risk_reason", takes=frozenset({"text"}), needs=_INSPECT, about=_POINT, handler=take_reason),
    Display(dialog="risk_regrade", needs=_INSPECT, about=_POINT, handler=ask),
    Display(dialog="risk_reason", needs=_INSPECT, about=_POINT, handler=reason_again),
)
