"""What the office sets for itself: how often the draw sends somebody on site, its patience, its departments."""

from collections.abc import Mapping

from checklists.people import Permission, allows
from handlers.buttons import to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.trail_checks import standing
from handlers.words import N_, _, html, labelled
from storage.office_settings import ANSWER_DAYS, FIGURES, PATIENCE_DAYS, REPEAT_DAYS, SAMPLING_PERCENT

NAMES: Mapping[str, str] = {
    SAMPLING_PERCENT: N_("立查立改抽到现场看的比例（%）"),
    REPEAT_DAYS: N_("多少天内再次查出算屡查屡犯"),
    PATIENCE_DAYS: N_("逾期采取一步措施后，等多少天再提醒下一步"),
    ANSWER_DAYS: N_("建议发出后，等多少天没有答复就提醒"),
}
_CODES = dict(zip("spwa", NAMES, strict=True))
_MOST_DIGITS = 6


def entries(request: Request) -> list[Button]:
    """The menu's way to what the office sets."""
    if request.enterprise_id is not None or not allows(request.who, Permission.MANAGE):
        return []
    return [Button(_("办公室设置"), data("fg"))]


def show_all(request: Request) -> Reply:
    """办公室设置: the figures as they are, with buttons for who may change them."""
    return _show_all(request)


def _show_all(request: Request, *, notice: str = "") -> Reply:
    request.enter("figures")
    settings, names = request.tx.office_settings, _names(request)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>办公室设置</b>"),
        *(labelled(_(name), settings.figure(key)) for key, name in names.items()),
        standing(request.tx.trail_checks.present(), request.now),
    ]
    may_set = allows(request.who, Permission.ADMINISTER)
    if not may_set:
        lines.append(_("数字由管理员改。"))
    settable = _CODES.items() if may_set else ()
    change = [[Button(_(names[key]), data("fs", code))] for code, key in settable if key in names]
    departments = Button(_("管理科室"), data("yo"))
    risks = Button(_("风险点巡查周期"), data("kd"))
    trail = Button(_("台账防改"), data("us")) if may_set else None
    return Reply(
        screen=Screen(text="\n".join(lines), buttons=rows(*change, [departments, risks], [trail], [to_home()]))
    )


def _names(request: Request) -> Mapping[str, str]:
    """The figures that mean something here: without a ladder in the plan there is nothing to wait for."""
    if request.tx.hazard_life.rules().ladder:
        return NAMES
    return {key: name for key, name in NAMES.items() if key != PATIENCE_DAYS}


def ask(request: Request) -> Reply:
    """One figure: what it may be."""
    return _ask(request, request.word(0))


def _ask(request: Request, code: str, *, notice: str = "") -> Reply:
    key = _CODES.get(code)
    if key is None:
        raise Gone
    request.enter("figure", code=code)
    figure = FIGURES[key]
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        labelled(f"<b>{_(NAMES[key])}</b>", request.tx.office_settings.figure(key)),
        _("请打一个数字，{least} 到 {most}。").format(least=figure.least, most=figure.most),
    ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([Button(_("返回"), data("fg"))])))


def set_figure(request: Request) -> Reply:
    """A number was typed; anything else is asked for again, and changes nothing."""
    assert request.dialog is not None
    code = str(request.dialog.data["code"])
    key, typed = _CODES[code], request.text.strip().rstrip("%％ ")
    figure = FIGURES[key]
    number = int(typed) if typed.isdecimal() and len(typed) <= _MOST_DIGITS else -1
    if not figure.least <= number <= figure.most:
        return _ask(
            request,
            code,
            notice=_("没有改：要一个 {least} 到 {most} 的数字。").format(least=figure.least, most=figure.most),
        )
    request.tx.office_settings.set_figure(key, number, by=request.who.id, at=request.now)
    return _show_all(request, notice=_("已改。"))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    return _ask(request, str(request.dialog.data["code"]))


_ADMINISTER = Permission.ADMINISTER
ROUTES: tuple[Route, ...] = (
    Press(name="fg", needs=Permission.MANAGE, handler=show_all),
    Press(name="fs", needs=_ADMINISTER, handler=ask),
    Input(dialog="figure", takes=frozenset({"text"}), needs=_ADMINISTER, handler=set_figure),
    Display(dialog="figures", needs=Permission.MANAGE, handler=show_all),
    Display(dialog="figure", needs=_ADMINISTER, handler=_again),
)
