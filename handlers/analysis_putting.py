"""Putting a hazard to analysis (提请研判) from its card: why, then to wait for the meeting or to decide at once."""

from dataclasses import replace

from checklists.analyses import MOST_REASON, Analysis
from checklists.hazards import Hazard
from checklists.people import Permission, allows
from handlers.analysis_deciding import ONCE
from handlers.analysis_words import basis_lines
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import again, politely, who
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import N_, _, html

_REASONS = (N_("一时改不了"), N_("资金困难"), N_("涉及多家单位"), N_("整改措施有分歧"))


def buttons(request: Request, hazard: Hazard) -> list[Button]:
    """What the card's 更多 offers: to put the hazard, or to decide what was put."""
    if not allows(request.who, Permission.SUPERVISE) or not request.tx.analyses.may_put(hazard, request.who.id):
        return []
    row = request.tx.analyses.waiting_of(hazard)
    if row is None:
        return [Button(_("提请研判"), data("cr", hazard.id))]
    return [Button(_("研判（已提请）"), data("cr", hazard.id))]


@politely
def ask(request: Request) -> Reply:
    """Why the hazard is to be analysed; where it is put already, what can be done now."""
    return _ask(request, current(request))


def _ask(request: Request, hazard: Hazard, *, notice: str = "") -> Reply:
    row = request.tx.analyses.waiting_of(hazard)
    if row is not None:
        return _put(request, hazard, row, notice=notice)
    request.enter("analysis_put", id=hazard.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>隐患 {number}</b>\n提请研判：为什么？").format(number=html(number_of(request, hazard))),
        *basis_lines(request.tx),
        _("点一个，或者直接打字。理由只有办公室看得到。"),
    ]
    choices = [[Button(_(words), data("cs", hazard.id, at))] for at, words in enumerate(_REASONS)]
    back = Button(_("返回"), data("ym", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [back])))


def _put(request: Request, hazard: Hazard, row: Analysis, *, notice: str = "") -> Reply:
    """It is put: to wait, or to decide at once."""
    request.enter("analysis_put", id=hazard.id)
    where = _("已提请研判，等下次分析会。")
    if row.meeting_id is not None:
        where = _("已列入这次分析会的议题。")
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>隐患 {number}</b>\n{where}").format(number=html(number_of(request, hazard)), where=where),
        *([_("理由：{reason}").format(reason=html(_(row.reason)))] if row.reason else []),
    ]
    may_decide = request.tx.analyses.may_decide(hazard, request.who.id)
    now = None
    if may_decide and allows(request.who, Permission.MANAGE):
        lines.append(_("情况急，等不到开会，可以现在就定措施。"))
        now = Button(_("现在就研判"), data("ce", hazard.id, row.id, ONCE))
    meeting = Button(_("去分析会"), data("ca"))
    # What the agenda itself proposed is taken off there, where the others are seen beside it.
    own = row.meeting_id is None and (may_decide or row.put_by == request.who.id)
    undo = Button(_("撤回提请"), data("ct", hazard.id, row.id)) if own else None
    back = Button(_("返回这条隐患"), data("go", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([now], [meeting, undo], [back])))


@politely
def choose(request: Request) -> Reply:
    """One of the offered reasons."""
    at = request.number(1)
    if at >= len(_REASONS):
        raise Gone
    return _keep(request, current(request), _REASONS[at])


@politely
def write(request: Request) -> Reply:
    """A reason in the person's own words."""
    hazard, words = current(request), " ".join(request.text.split())
    if request.tx.analyses.waiting_of(hazard) is not None:
        raise Stale(_("这条已经提请研判，刚才写的没有记。"))
    if not words or len(words) > MOST_REASON:
        return _ask(request, hazard, notice=_("没有记下：请写 1 到 {most} 个字。").format(most=MOST_REASON))
    return _keep(request, hazard, words)


def _keep(request: Request, hazard: Hazard, reason: str) -> Reply:
    known = request.tx.analyses.waiting_of(hazard)
    if known is not None:
        # A second tap, or somebody else was first: what stands is shown, nothing is put twice.
        return replace(_put(request, hazard, known), toast=_("这条隐患已经提请研判了。"))
    row = request.tx.analyses.put(hazard, reason, **who(request))
    return _put(request, hazard, row, notice=_("已提请研判。"))


@politely
def take_off(request: Request) -> Reply:
    """撤回提请: it does not wait any more."""
    hazard, row = current(request), request.tx.analyses.get(request.number(1))
    if row is None or row.hazard_id != hazard.id:
        raise Gone
    if row.meeting_id is not None:
        raise Stale(_("这条已经列入议题，请在分析会里去掉。"))
    request.tx.analyses.take_off(row, **who(request))
    return show_step(request, hazard, "view", notice=_("提请已撤回。"))


def _again(request: Request, hazard: Hazard) -> Reply:
    if not request.tx.analyses.may_put(hazard, request.who.id):
        return show_step(request, hazard, "view")
    return _ask(request, hazard)


_ABOUT, _SUPERVISE = About.HAZARD, Permission.SUPERVISE
ROUTES: tuple[Route, ...] = (
    Press(name="cr", needs=_SUPERVISE, about=_ABOUT, handler=ask),
    Press(name="cs", needs=_SUPERVISE, about=_ABOUT, handler=choose),
    Press(name="ct", needs=_SUPERVISE, about=_ABOUT, handler=take_off),
    Input(dialog="analysis_put", takes=frozenset({"text"}), needs=_SUPERVISE, about=_ABOUT, handler=write),
    Display(dialog="analysis_put", needs=_SUPERVISE, about=_ABOUT, handler=again(_again)),
)
