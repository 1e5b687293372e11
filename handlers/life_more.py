"""The office's seldom steps with a hazard: level, department, listing, proposals, going upward; and its history."""

from checklists.hazard_moves import Step
from checklists.hazard_rules import RECIPIENT_NAMES, next_rung
from checklists.hazards import LEVEL_NAMES, Hazard, Level
from checklists.people import Permission, knows_sources
from handlers import analysis_putting
from handlers.buttons import pages_of, to_home, turning
from handlers.hazard_cards import LEVELS_BY_CODE, number_of
from handlers.hazards import current, show_step
from handlers.life import again, done, politely, pressed, who
from handlers.life_cards import receipts_waiting
from handlers.life_questions import PAPER_CODES, unanswered
from handlers.life_telling import receive_by_own_press
from handlers.life_words import history
from handlers.referral_cards import acts_for_office, correct_button
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.words import N_, _, html, shorten

_ON_A_PAGE = 10
# Which questions lead to which step, in the order of the buttons.
_ASKED = (
    (Step.LIST, "l", N_("挂牌督办")),
    (Step.UNLIST, "u", N_("摘牌")),
    (Step.PROPOSE, "s", N_("建议停止使用")),
    (Step.PROPOSE, "p", N_("建议停产整顿")),
    (Step.PROPOSE, "k", N_("建议关闭取缔")),
    (Step.PROPOSE, "h", N_("建议立案处罚")),
    (Step.PROPOSE, "q", N_("建议追究责任")),
    (Step.REOPEN, "o", N_("重新打开")),
    (Step.MARK_FAKE, "f", N_("认定虚假整改")),
    (Step.DISMISS, "x", N_("认定误报")),
)


def more(request: Request) -> Reply:
    """更多: every step this person may take that is not on the card."""
    return _more(request, current(request))


def _more(request: Request, hazard: Hazard) -> Reply:
    request.enter("life_more", id=hazard.id)
    steps = set(request.tx.hazard_life.steps_for(hazard, request.who.id))

    def ask(code: str, label: str) -> Button:
        return Button(label, data("yq", hazard.id, hazard.version, code))

    buttons = [ask(code, _(label)) for step, code, label in _ASKED if step in steps and _fits(hazard, step)]
    if Step.REGRADE in steps:
        other = Level.GENERAL if hazard.level is Level.MAJOR else Level.MAJOR
        code = "g" if other is Level.GENERAL else "m"
        buttons.append(ask(code, _("改为{level}").format(level=_(LEVEL_NAMES[other]))))
    if Step.ASSIGN in steps:
        buttons.append(Button(_("指定科室"), data("ya", hazard.id)))
    buttons += _upward(hazard, steps)
    if Step.ESCALATE in steps and (rung := _next_rung(request, hazard)):
        buttons.append(ask("e", _("升级：{rung}").format(rung=shorten(rung, 20))))
    if Step.PROPOSE in steps:
        for notice in receipts_waiting(request, hazard):
            name = _(RECIPIENT_NAMES[notice.recipient])
            buttons.append(ask(PAPER_CODES[notice.recipient], _("记书面回执：{name}").format(name=name)))
    if Step.PROPOSE in steps and request.tx.major_reports.is_missing(hazard):
        buttons.append(ask("t", _("记书面的重大隐患报告")))
    # A letter may go out, and its answer come, when the hazard is closed already.
    if correct := correct_button(request, hazard):
        buttons.append(correct)
    if acts_for_office(request, hazard) and unanswered(request, hazard):
        buttons.append(ask("d", _("记主管部门答复")))
    buttons += analysis_putting.buttons(request, hazard)
    buttons.append(ask("c", _("写备注")))
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    text = _("<b>隐患 {number}</b>\n还可以：").format(number=html(number_of(request, hazard)))
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, [Button(_("返回"), data("z", hazard.id))])))


def _fits(hazard: Hazard, step: Step) -> bool:
    """Whether the step makes sense as things are: no plate to put up twice or to take down where there is none."""
    if step is Step.LIST:
        return hazard.level is Level.MAJOR and not hazard.is_listed
    return hazard.is_listed if step is Step.UNLIST else True


def _upward(hazard: Hazard, steps: set[Step]) -> list[Button]:
    vet = Button(_("上报审核通过"), data("ye", hazard.id, hazard.version, "v"))
    report = Button(_("记为已上报"), data("ye", hazard.id, hazard.version, "r"))
    offered = []
    if Step.VET in steps and hazard.vetted_at is None:
        offered.append(vet)
    if Step.REPORT in steps and hazard.reported_at is None:
        offered.append(report)
    return offered


def _next_rung(request: Request, hazard: Hazard) -> str:
    taken = tuple(e.rung for e in request.tx.hazard_records.escalations(hazard))
    ladder = request.tx.hazard_life.rules().ladder_for(hazard.level)
    return next_rung(ladder, taken) or "" if hazard.is_overdue(request.today) else ""


@politely
def go_upward(request: Request) -> Reply:
    """The department's look at what goes upward, or that it went."""
    hazard, life = pressed(request), request.tx.hazard_life
    match request.word(2):
        case "v":
            return done(request, Step.VET, hazard, life.vet(hazard, **who(request)), _("已记下：上报审核通过。"))
        case "r":
            return done(request, Step.REPORT, hazard, life.report(hazard, **who(request)), _("已记下：已上报。"))
        case _:
            raise Gone


@politely
def confirm(request: Request) -> Reply:
    """The office confirms the level of a finding."""
    hazard, level = pressed(request), LEVELS_BY_CODE.get(request.word(2))
    if level is None:
        raise Gone
    after = request.tx.hazard_life.confirm(hazard, level, **who(request))
    receive_by_own_press(request, after)
    return done(request, Step.CONFIRM, hazard, after, _("已确认为{level}。").format(level=_(LEVEL_NAMES[level])))


def choose_department(request: Request) -> Reply:
    """指定科室: which one."""
    return _choose_department(request, current(request))


def _choose_department(request: Request, hazard: Hazard) -> Reply:
    request.enter("life_department", id=hazard.id)
    departments = request.tx.departments.all()
    ask = _("由哪个科室负责？") if departments else _("还没有科室，请先新设。")
    text = _("<b>隐患 {number}</b>\n{ask}").format(number=html(number_of(request, hazard)), ask=ask)
    choices = [
        [Button(("✓ " if d.id == hazard.department_id else "") + d.name, data("yg", hazard.id, hazard.version, d.id))]
        for d in departments
    ]
    last = [Button(_("管理科室"), data("yo")), Button(_("返回"), data("ym", hazard.id))]
    return Reply(screen=Screen(text=text, buttons=rows(*choices, last)))


@politely
def assign(request: Request) -> Reply:
    """Give the hazard to a department of this zone."""
    hazard, department = pressed(request), request.tx.departments.get(request.number(2))
    if department is None:
        raise Gone
    after = request.tx.hazard_life.assign(hazard, department.id, **who(request))
    return done(request, Step.ASSIGN, hazard, after, _("已指定给{name}。").format(name=department.name))


def past(request: Request) -> Reply:
    """经过: every step so far in plain words."""
    return _past(request, current(request), request.number(1))


def _past(request: Request, hazard: Hazard, page: int) -> Reply:
    lines = history(request.tx, hazard, internal=knows_sources(request.person))
    pages = pages_of(len(lines), _ON_A_PAGE)
    page = min(page, pages - 1)
    request.enter("life_past", id=hazard.id, page=page)
    shown = lines[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    text = "\n".join(
        [
            _("<b>隐患 {number} 的经过</b>").format(number=html(number_of(request, hazard))),
            *(f"· {html(shorten(line, 300))}" for line in shown),
        ]
    )
    turn = turning("yy", hazard.id, page=page, pages=pages)
    return Reply(screen=Screen(text=text, buttons=rows(turn, [Button(_("返回"), data("z", hazard.id)), to_home()])))


def _again_past(request: Request, hazard: Hazard) -> Reply:
    assert request.dialog is not None
    return _past(request, hazard, int(request.dialog.data.get("page", 0)))


def _again_department(request: Request, hazard: Hazard) -> Reply:
    if Step.ASSIGN not in request.tx.hazard_life.steps_for(hazard, request.who.id):
        return show_step(request, hazard, "view")
    return _choose_department(request, hazard)


_ABOUT = About.HAZARD
_OFFICE = Permission.OFFICE
_SEE = Permission.SEE_ENTERPRISE

ROUTES: tuple[Route, ...] = (
    Press(name="ym", needs=_OFFICE, about=_ABOUT, handler=more),
    Press(name="ye", needs=_OFFICE, about=_ABOUT, handler=go_upward),
    Press(name="yl", needs=_OFFICE, about=_ABOUT, handler=confirm),
    Press(name="ya", needs=Permission.MANAGE, about=_ABOUT, handler=choose_department),
    Press(name="yg", needs=Permission.MANAGE, about=_ABOUT, handler=assign),
    Press(name="yy", needs=_SEE, about=_ABOUT, handler=past),
    Display(dialog="life_more", needs=_OFFICE, about=_ABOUT, handler=again(_more)),
    Display(dialog="life_department", needs=Permission.MANAGE, about=_ABOUT, handler=again(_again_department)),
    Display(dialog="life_past", needs=_SEE, about=_ABOUT, handler=again(_again_past)),
)
