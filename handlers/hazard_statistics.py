"""The firm's table on hazards of a quarter or a year (隐患统计表): figures, Word, and the principal's signature."""

from collections.abc import Sequence

from checklists.duties import Period
from checklists.hazard_statistics import (
    STATISTICS,
    Course,
    PeriodFigures,
    Signature,
    Table,
    figures_of,
    moments,
    period_before,
    period_called,
    period_on,
)
from checklists.hazards import MoveRefused
from checklists.people import Permission, Role, allows
from checklists.reminders import present_duties, wants_attention
from checklists.working_days import load_working_days
from handlers.buttons import to_home
from handlers.duties import PAST, duty_name, period_name, redraw_cards
from handlers.hazard_cards import number_of
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.statistics_letters import queue
from handlers.statistics_words import figure_lines, law_line, signature_lines
from handlers.words import _, aside, full_day, html, labelled, listed

_MOST_NUMBERS = 10


def entries(request: Request) -> list[Button]:
    """The menu's ways to the tables that this person is to sign now."""
    if request.enterprise_id is None:
        return []
    today, calendar = request.today, load_working_days()
    known = request.tx.duties.of_enterprises([request.enterprise_id], *STATISTICS, since=today - PAST)
    due = [d for d in present_duties(known, today) if wants_attention(d.due_on, today, calendar)]
    if due and allows(request.who, Permission.SIGN, enterprise_id=request.enterprise_id):
        return [Button(f"✍ {duty_name(d)}", data("ts", request.enterprise_id, d.period)) for d in due]
    return []


def way(request: Request, enterprise_id: int) -> Button:
    """From the list of hazards to the table of the last quarter; of this one where nobody asks for the last."""
    period = period_before(Table.QUARTER, request.today)
    if not request.tx.hazard_statistics.is_asked(enterprise_id, period):
        period = period_on(Table.QUARTER, request.today)
    return Button(_("统计表"), data("ts", enterprise_id, period.label))


def open_table(request: Request) -> Reply:
    """One period's table as it is now."""
    return show(request, _named_period(request))


def _named_period(request: Request) -> Period:
    """The period of the button or the dialog; raises Gone for one that has not begun."""
    label = request.word(1) if request.arguments else str(request.dialog.data["period"]) if request.dialog else ""
    period = period_called(label)
    if period is None or period.starts > request.today:
        raise Gone
    return period


def show(request: Request, period: Period, *, notice: str = "", toast: str = "") -> Reply:
    """The figures, who has signed them, and what can be done."""
    enterprise_id, kept = request.enterprise_id or 0, request.tx.hazard_statistics
    firm = request.tx.enterprises.get(enterprise_id)
    if firm is None:
        raise Gone
    request.enter("statistics", id=enterprise_id, period=period.label)
    courses = kept.courses(enterprise_id, period)
    figures, running = figures_of(courses, period), period.ends >= request.today
    signed = kept.last_signature(enterprise_id, period)
    unsigned = _why_unsigned(request, period)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>隐患统计表</b>　{period}").format(
            period=period_name(period.label) + (aside(_("到今天")) if running else "")
        ),
        html(firm.name),
        _("{first}至{last}").format(
            first=full_day(period.starts), last=full_day(request.today if running else period.ends)
        ),
        "",
        *figure_lines(figures),
        *_open_numbers(request, courses, period),
        "",
        *([unsigned] if unsigned else signature_lines(request.tx, period, figures, signed)),
        _("只统计在这里登记的隐患，误报不算。整改资金这里没有金额，请在 Word 里手填。"),
        law_line(),
    ]
    sign = None if unsigned else _to_sign(request, period, figures, signed)
    return Reply(screen=Screen(text="\n".join(lines), buttons=_buttons(request, period, sign)), toast=toast)


def _why_unsigned(request: Request, period: Period) -> str:
    """Why nobody signs this period here; empty where it can be signed."""
    if period.ends >= request.today:
        return _("这一期还没有结束，结束以后再签字。")
    if not request.tx.hazard_statistics.is_asked(request.enterprise_id or 0, period):
        return _("企业是这一期以后才登记的，数字不全，不在这里签字。")
    return ""


def _open_numbers(request: Request, courses: Sequence[Course], period: Period) -> list[str]:
    """Which hazards were still open at the end."""
    _begins, ends = moments(period)
    numbers = [number_of(request, course.hazard) for course in courses if course.is_open_at(ends)]
    if not numbers:
        return []
    more = _("等 {count} 条").format(count=len(numbers)) if len(numbers) > _MOST_NUMBERS else ""
    return [labelled(_("没有销号的"), html(listed(numbers[:_MOST_NUMBERS]) + more))]


def _to_sign(request: Request, period: Period, figures: PeriodFigures, signed: Signature | None) -> Button | None:
    """For the principal to sign, for the office to note that the paper is there; None where there is nothing to do."""
    enterprise_id = request.enterprise_id or 0
    if allows(request.who, Permission.SIGN, enterprise_id=enterprise_id):
        label = _("✍ 我确认并签字") if signed is None else _("✍ 按现在的数字重新签字")
        stands = signed is not None and signed.figures == figures
        return None if stands else Button(label, data("tg", enterprise_id, period.label, figures.mark))
    if signed is None and allows(request.who, Permission.MANAGE):
        return Button(_("记下：纸质表已收到"), data("tp", enterprise_id, period.label))
    return None


def _buttons(request: Request, period: Period, sign: Button | None) -> Rows:
    enterprise_id, today = request.enterprise_id or 0, request.today
    word = Button(_("发 Word"), data("tw", enterprise_id, period.label))
    others = (
        (_("上个季度"), period_before(Table.QUARTER, today)),
        (_("本季度到今天"), period_on(Table.QUARTER, today)),
        (_("上一年"), period_before(Table.YEAR, today)),
    )
    choices = [Button(name, data("ts", enterprise_id, p.label)) for name, p in others if p.label != period.label]
    back = Button(_("隐患清单"), data("zh", enterprise_id, 0))
    return rows([sign], [word], choices, [back, to_home()])


def note_paper(request: Request) -> Reply:
    """The firm has handed in its table on paper: the office notes it, and nobody is reminded any more."""
    period, enterprise_id = _named_period(request), request.enterprise_id or 0
    try:
        duty = request.tx.hazard_statistics.note_paper(enterprise_id, period, by=request.who.id, at=request.now)
    except MoveRefused as refused:
        words = refused.said(_)
        return show(request, period, notice=words, toast=words)
    redraw_cards(request, duty)
    return show(request, period, toast=_("已记下，不再提醒企业。"))


def sign(request: Request) -> Reply:
    """我确认并签字: kept with the figures that were shown; pressed twice it is signed once."""
    period, enterprise_id = _named_period(request), request.enterprise_id or 0
    role = Role.PRINCIPAL if request.who.holds(Role.PRINCIPAL, enterprise_id=enterprise_id) else Role.CONTROLLER
    try:
        duty = request.tx.hazard_statistics.sign(
            enterprise_id, period, request.number(2), by=request.who.id, role=role, at=request.now
        )
    except MoveRefused as refused:
        words = refused.said(_)
        return show(request, period, notice=words, toast=words)
    redraw_cards(request, duty)
    words = _("已签字，办公室看得到。要交纸质的，点“发 Word”，打印、签字、盖章。")
    return show(request, period, notice=words, toast=words)


def send_word(request: Request) -> Reply:
    """Queue the table as a Word file."""
    queue(request, request.enterprise_id or 0, _named_period(request))
    return Reply(toast=_("正在生成，马上发给您。"))


_SEE, _FIRM = Permission.SEE_ENTERPRISE, About.ENTERPRISE

ROUTES: tuple[Route, ...] = (
    Press(name="ts", needs=_SEE, about=_FIRM, handler=open_table),
    Press(name="tg", needs=Permission.SIGN, about=_FIRM, handler=sign),
    Press(name="tp", needs=Permission.MANAGE, about=_FIRM, handler=note_paper),
    Press(name="tw", needs=_SEE, about=_FIRM, handler=send_word),
    Display(dialog="statistics", needs=_SEE, about=_FIRM, handler=open_table),
)
