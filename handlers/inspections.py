"""Walking through a checklist: start, resume, answer each question, say why something does not apply."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from checklists.enterprises import Enterprise
from checklists.inspections import Answer, Inspection
from checklists.people import Permission, allows
from handlers import hazards, withdrawals
from handlers.buttons import to_home
from handlers.duties import period_for, period_name
from handlers.items import show_item, show_overview, show_source
from handlers.replies import Button, Reply, Screen, data, pack, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.running import while_running
from handlers.standards import checklist_for
from handlers.summaries import go_on
from handlers.walking import Walk, walk_of
from handlers.words import N_, _, day, html

_REASONS = (N_("没有这种设备或工艺"), N_("已停用"), N_("由别的单位负责"))
PAUSE = timedelta(days=7)
_MOST_WORDS = 1000


def entries(request: Request) -> list[Button]:
    """The menu's first line for an enterprise: begin, or go on where it was left; and what is on record."""
    enterprise_id = request.enterprise_id
    if enterprise_id is None or not allows(request.person, Permission.INSPECT, enterprise_id=enterprise_id):
        return []
    enterprise = request.tx.enterprises.get(enterprise_id)
    if enterprise is None or not enterprise.active:
        return []
    run = request.tx.inspections.running(enterprise_id)
    if run is None:
        return [Button(_("▶️ 开始自查"), data("in", enterprise_id))]
    words = _("▶️ 继续自查 {answered}/{all}").format(answered=run.progress.answered, all=len(run.progress))
    return [Button(words, data("in", enterprise_id))]


def begin(request: Request) -> Reply:
    """Go on with the running inspection, or begin one; a period that has its record is asked about first."""
    enterprise = _enterprise(request)
    if run := request.tx.inspections.running(enterprise.id):
        return _resume(request, run)
    period = period_for(request.tx, request.zone, enterprise, request.today)
    if done := request.tx.inspections.submitted_in(enterprise.id, period):
        return _already_done(request, enterprise, done[0])
    return _start(request, enterprise, period)


def begin_again(request: Request) -> Reply:
    """One more inspection in a period that has its record already."""
    enterprise = _enterprise(request)
    if run := request.tx.inspections.running(enterprise.id):
        return _resume(request, run)
    return _start(request, enterprise, period_for(request.tx, request.zone, enterprise, request.today))


def _enterprise(request: Request) -> Enterprise:
    arguments, dialog = request.arguments, request.dialog
    enterprise_id = request.number(0) if arguments else int(dialog.data["id"]) if dialog else 0
    enterprise = request.tx.enterprises.get(enterprise_id)
    if enterprise is None or not enterprise.active:
        raise Gone
    return enterprise


def _already_done(request: Request, enterprise: Enterprise, run: Inspection) -> Reply:
    request.enter("begin", id=enterprise.id)
    text = _("{enterprise} {period} 的自查已经提交。要再查一次吗？").format(
        enterprise=html(enterprise.name), period=period_name(run.period)
    )
    return Reply(
        screen=Screen(
            text=text,
            buttons=rows(
                [Button(_("再查一次"), data("ii", enterprise.id))],
                [Button(_("看已提交的记录"), data("iv", run.id)), to_home()],
            ),
        )
    )


def _start(request: Request, enterprise: Enterprise, period: str) -> Reply:
    checklist = checklist_for(request.tx, enterprise, request.today)
    if not len(checklist):
        text = _("还没有适合{enterprise}的检查题。请先在企业资料里选好行业，或联系辖区安全监管办公室。")
        return Reply(screen=Screen(text=text.format(enterprise=html(enterprise.name)), buttons=rows([to_home()])))
    run = request.tx.inspections.start(
        enterprise_id=enterprise.id,
        period=period,
        checklist=checklist.to_json(),
        items=len(checklist),
        by=request.who.id,
        at=request.now,
    )
    notice = _("{enterprise} {period} 自查，共 {all} 题。随时可以停，答过的都已保存。")
    words = notice.format(enterprise=enterprise.name, period=period_name(period), all=len(checklist))
    return show_item(request, walk_of(request.tx, run.id), 0, notice=words)


def _resume(request: Request, run: Inspection) -> Reply:
    walk, words = walk_of(request.tx, run.id), []
    if run.period != period_for(request.tx, request.zone, _enterprise(request), request.today):
        words.append(_("这是 {period} 的自查，请先把它做完。").format(period=period_name(run.period)))
    if request.now - run.touched_at > PAUSE:
        welcome = _("欢迎回来。上次查到{day}，已答 {answered}/{all}，接着来。")
        answered, every = run.progress.answered, len(run.progress)
        words.append(welcome.format(day=day(run.touched_at), answered=answered, all=every))
    return go_on(request, walk, -1, notice="".join(words))


@while_running
def answer(request: Request, walk: Walk) -> Reply:
    """合格, 有隐患 or 不涉及 for one question, if the button still shows it as it is."""
    item, said = _asked(request, walk)
    try:
        answer = Answer(request.word(3))
    except ValueError:
        raise Gone from None
    match answer:
        case Answer.HAZARD:
            return hazards.open_at(request, walk, item)
        case Answer.NOT_APPLICABLE:
            if known := request.tx.hazards.at_item(walk.id, item):
                withdrawals.check_own(request, known)
            return ask_reason(request, walk, item)
        case Answer.GOOD if said is Answer.HAZARD:
            return _take_back(request, walk, item)
        case Answer.GOOD if said is not Answer.GOOD:
            run = request.tx.inspections.answer(walk.inspection, item, answer, by=request.who.id, at=request.now)
            return go_on(request, walk.now(run), item)
        case Answer.GOOD:
            return go_on(request, walk, item)
        case Answer.OPEN:
            raise Gone


def _take_back(request: Request, walk: Walk, item: int) -> Reply:
    """合格 where a hazard stood: the hazard is withdrawn first, with a reason, unless the office has dismissed it."""
    hazard = request.tx.hazards.at_item(walk.id, item)
    if hazard is None:
        run = request.tx.inspections.answer(walk.inspection, item, Answer.GOOD, by=request.who.id, at=request.now)
        return go_on(request, walk.now(run), item)
    return withdrawals.ask_withdrawal(replace(request, arguments=(pack(hazard.id), Answer.GOOD.value)))


def _asked(request: Request, walk: Walk) -> tuple[int, Answer]:
    """The question a button is about and its present answer; raises Stale when it was answered since."""
    item = request.number(1)
    walk.item(item)
    if walk.inspection.progress.version(item) != request.word(2):
        raise Stale(_("第 {at} 题刚才已经答过，这是现在的情况。").format(at=item + 1))
    return item, walk.inspection.progress.answer(item)


def ask_reason(request: Request, walk: Walk, item: int, *, notice: str = "") -> Reply:
    """Why a question does not apply here; without a reason it stays as it was."""
    version = walk.inspection.progress.version(item)
    request.enter("reason", id=walk.id, item=item, version=version)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("第 {at} 题：{ask}").format(at=item + 1, ask=html(walk.item(item).ask)),
        "",
        _("<b>为什么不涉及？</b>点一个，或者直接打字说明。"),
    ]
    choices = [[Button(_(words), data("ix", walk.id, item, version, code))] for code, words in enumerate(_REASONS)]
    own = Button(_("自己写"), data("iu", walk.id, item))
    back = Button(_("返回这一题"), data("ig", walk.id, item))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [own, back])))


@while_running
def answer_reason(request: Request, walk: Walk) -> Reply:
    """One of the offered reasons why a question does not apply."""
    item, _said = _asked(request, walk)
    code = request.number(3)
    if code >= len(_REASONS):
        raise Gone
    return _not_applicable(request, walk, item, _REASONS[code])


@while_running
def write_reason(request: Request, walk: Walk) -> Reply:
    """A typed reason why a question does not apply."""
    assert request.dialog is not None
    item, words = int(request.dialog.data["item"]), " ".join(request.text.split())
    if walk.inspection.progress.version(item) != request.dialog.data["version"]:
        return show_item(request, walk, item, notice=_("这一题刚才有人答过，您写的没有记下。"))
    if not words:
        return ask_reason(request, walk, item)
    return _not_applicable(request, walk, item, words[:300])


def _not_applicable(request: Request, walk: Walk, item: int, reason: str) -> Reply:
    who: dict[str, Any] = {"by": request.who.id, "at": request.now}
    if hazard := request.tx.hazards.at_item(walk.id, item):
        withdrawals.withdraw(request, hazard, N_("不涉及：{reason}").format(reason=reason))
    run = request.tx.inspections.answer(walk.inspection, item, Answer.NOT_APPLICABLE, reason=reason, **who)
    return go_on(request, walk.now(run), item)


@while_running
def ask_own_words(request: Request, walk: Walk) -> Reply:
    """The same question for a reason, asking to type."""
    item = request.number(1)
    walk.item(item)
    return ask_reason(request, walk, item, notice=_("请打字写明原因，发出来就行。"))


@while_running
def go_to(request: Request, walk: Walk) -> Reply:
    """Another question, by its number."""
    return show_item(request, walk, request.number(1))


@while_running
def source(request: Request, walk: Walk) -> Reply:
    """What a question rests on (依据)."""
    return show_source(request, walk, request.number(1))


@while_running
def overview(request: Request, walk: Walk) -> Reply:
    """One page of all questions."""
    return show_overview(request, walk, request.number(1))


@while_running
def remark(request: Request, walk: Walk) -> Reply:
    """A text while at a question is its remark."""
    assert request.dialog is not None
    item = int(request.dialog.data["item"])
    words = request.text.strip()[:_MOST_WORDS]
    run = request.tx.inspections.remark(walk.inspection, item, words, by=request.who.id, at=request.now)
    return show_item(request, walk.now(run), item, notice=_("备注已记到第 {at} 题。").format(at=item + 1))


@while_running
def clear_remark(request: Request, walk: Walk) -> Reply:
    """Take the remark of a question back."""
    item = request.number(1)
    walk.item(item)
    request.tx.inspections.clear_remark(walk.inspection, item, by=request.who.id, at=request.now)
    return show_item(request, walk, item, toast=_("备注已清除。"))


@while_running
def _again(request: Request, walk: Walk) -> Reply:
    """The question, page or reason this chat is at."""
    assert request.dialog is not None
    where = request.dialog.data
    match request.dialog.kind:
        case "overview":
            return show_overview(request, walk, int(where["page"]))
        case "reason":
            return ask_reason(request, walk, int(where["item"]))
        case _:
            return show_item(request, walk, int(where["item"]))


_ABOUT = About.INSPECTION
_INSPECT = Permission.INSPECT
_TEXT = frozenset({"text"})

ROUTES: tuple[Route, ...] = (
    Press(name="in", needs=_INSPECT, about=About.ENTERPRISE, handler=begin),
    Press(name="ii", needs=_INSPECT, about=About.ENTERPRISE, handler=begin_again),
    Press(name="ia", needs=_INSPECT, about=_ABOUT, handler=answer),
    Press(name="ix", needs=_INSPECT, about=_ABOUT, handler=answer_reason),
    Press(name="iu", needs=_INSPECT, about=_ABOUT, handler=ask_own_words),
    Press(name="ig", needs=_INSPECT, about=_ABOUT, handler=go_to),
    Press(name="ib", needs=_INSPECT, about=_ABOUT, handler=source),
    Press(name="io", needs=_INSPECT, about=_ABOUT, handler=overview),
    Press(name="it", needs=_INSPECT, about=_ABOUT, handler=clear_remark),
    Input(dialog="inspection", takes=_TEXT, needs=_INSPECT, about=_ABOUT, handler=remark),
    Input(dialog="reason", takes=_TEXT, needs=_INSPECT, about=_ABOUT, handler=write_reason),
    *(
        Display(dialog=kind, needs=_INSPECT, about=_ABOUT, handler=_again)
        for kind in ("inspection", "overview", "reason")
    ),
    Display(dialog="begin", needs=_INSPECT, about=About.ENTERPRISE, handler=begin),
)
