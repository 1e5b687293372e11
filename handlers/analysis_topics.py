"""The agenda of the open meeting: what is discussed and what is not, then hazard by hazard until all is decided."""

from dataclasses import replace

from checklists.analyses import Analysis, Meeting
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard
from checklists.people import Permission, allows, knows_sources
from handlers.analysis_words import (
    decision_lines,
    decision_words,
    ground_words,
    is_dropped,
    open_meeting,
    pending,
    title,
    topic_line,
    topics_of,
)
from handlers.buttons import ON_ONE_PAGE, pages_of, progress_bar, turning
from handlers.hazard_cards import number_of
from handlers.hazards import current
from handlers.life import again, who
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route, Stale
from handlers.words import _, full_day, html, labelled, shorten

Topics = list[tuple[Analysis, Hazard]]


def show_all(request: Request) -> Reply:
    """The agenda, a page at a time, with what was taken off it."""
    meeting = open_meeting(request, request.number(0))
    return show_page(request, meeting, request.number(1))


def show_page(request: Request, meeting: Meeting, page: int = 0, *, notice: str = "") -> Reply:
    """One page: a line and a pair of buttons for each hazard."""
    topics = topics_of(request.tx, meeting)
    pages = pages_of(len(topics))
    page = min(page, pages - 1)
    request.enter("analysis_topics", meeting=meeting.id, page=page)
    first = page * ON_ONE_PAGE
    shown = topics[first : first + ON_ONE_PAGE]
    names = request.tx.enterprises.names({hazard.enterprise_id for _row, hazard in shown})
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>{title}</b>　议题").format(title=title(meeting)),
        *count_lines(topics),
        "",
    ]
    lines += [] if topics else [_("没有要研判的隐患。")]
    for at, (row, hazard) in enumerate(shown, first + 1):
        line = topic_line(at, hazard, names[hazard.enterprise_id], zone_code=request.zone.code)
        why = html(shorten(_why(request, row, hazard), 60))
        lines.append(f"{_mark(row, hazard)} {line}\n　{why}")
    may = allows(request.who, Permission.MANAGE)
    buttons = [_pair(at, row, hazard, page, may=may) for at, (row, hazard) in enumerate(shown, first + 1)]
    turns = turning("cc", meeting.id, page=page, pages=pages)
    go = Button(_("逐条研判"), data("cx", meeting.id)) if may and pending(topics) else None
    word = Button(_("发议题 Word"), data("cw", meeting.id)) if knows_sources(request.person) else None
    last = [Button(_("返回分析会"), data("ca"))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, [go, word], last)))


def _why(request: Request, row: Analysis, hazard: Hazard) -> str:
    return ground_words(row, hazard, request.today, reasons=knows_sources(request.person))


def count_lines(topics: Topics) -> list[str]:
    """How many hazards are to be discussed and how far it is."""
    standing = [(row, hazard) for row, hazard in topics if row.withdrawn_at is None]
    left, dropped = pending(standing), [1 for row, hazard in standing if row.is_waiting and is_dropped(row, hazard)]
    done = len(standing) - len(left)
    lines = [_("议题 {count} 条，已过 {done} 条。").format(count=len(standing), done=done)]
    if dropped:
        lines.append(_("其中 {count} 条已销号或撤下，不用研判。").format(count=len(dropped)))
    if off := len(topics) - len(standing):
        lines.append(_("去掉的 {count} 条。").format(count=off))
    return lines


def _mark(row: Analysis, hazard: Hazard) -> str:
    if row.withdrawn_at is not None:
        return "✖"
    if row.is_decided:
        return "📌"
    return "✓" if is_dropped(row, hazard) else "·"


def _pair(at: int, row: Analysis, hazard: Hazard, page: int, *, may: bool) -> list[Button | None]:
    look = Button(_("看第 {at} 条").format(at=at), data("cd", hazard.id))
    if not may or row.is_decided or is_dropped(row, hazard):
        return [look, None]
    off = row.withdrawn_at is None
    label = _("去掉第 {at} 条") if off else _("加回第 {at} 条")
    return [look, Button(label.format(at=at), data("cy", hazard.id, row.id, int(off), page))]


def tick(request: Request) -> Reply:
    """Off the agenda, or on it again; a second tap changes nothing."""
    meeting, row, _hazard = _named(request)
    off, page = request.number(2) == 1, request.number(3)
    if off is (row.withdrawn_at is not None):
        return replace(show_page(request, meeting, page), toast=_("这是现在的议题。"))
    if off:
        request.tx.analyses.take_off(row, **who(request))
    else:
        request.tx.analyses.put_back(row, **who(request))
    return show_page(request, meeting, page)


def _named(request: Request) -> tuple[Meeting, Analysis, Hazard]:
    """Meeting, topic and hazard of a press on a hazard whose second argument is its row; Stale when it moved on."""
    hazard, row = current(request), request.tx.analyses.get(request.number(1))
    if row is None or row.hazard_id != hazard.id:
        raise Gone
    if row.meeting_id is None:
        raise Stale(_("这条已经不在议题里了。"))
    return open_meeting(request, row.meeting_id), row, hazard


def open_one(request: Request) -> Reply:
    """One hazard of the open agenda."""
    hazard = current(request)
    return show(request, hazard, _row_of(request, hazard))


def _row_of(request: Request, hazard: Hazard) -> Analysis:
    meeting = request.tx.analysis_meetings.open_one()
    mine = [row for row in request.tx.analyses.of_meeting(meeting.id) if row.hazard_id == hazard.id] if meeting else []
    if not mine:
        raise Stale(_("这条已经不在议题里了。"))
    return mine[-1]


def show(request: Request, hazard: Hazard, row: Analysis, *, notice: str = "") -> Reply:
    """The card of one topic: what is known, what was tried, and what can be done now."""
    if row.meeting_id is None:
        raise Stale(_("这条已经不在议题里了。"))
    meeting = open_meeting(request, row.meeting_id)
    request.enter("analysis_topic", id=hazard.id)
    topics = [(r, h) for r, h in topics_of(request.tx, meeting) if r.withdrawn_at is None]
    done = len(topics) - len(pending(topics))
    firm = request.tx.enterprises.get(hazard.enterprise_id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        f"{progress_bar(done, len(topics))} {done}/{len(topics)}",
        _("<b>隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        _("单位：{name}").format(name=html(firm.name if firm else "")),
        _("{level} · {state}").format(level=_(LEVEL_NAMES[hazard.level]), state=_(STATE_NAMES[hazard.state])),
        *_known(request, hazard),
        _("议题原因：{words}").format(words=html(_why(request, row, hazard))),
        *_standing(row, hazard),
    ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=_moves(request, meeting, hazard, row)))


def _known(request: Request, hazard: Hazard) -> list[str]:
    plan, lines = hazard.arrangements, []
    if hazard.words:
        lines.append(_("情况：{words}").format(words=html(shorten(_(hazard.words), 500))))
    if hazard.clause:
        lines.append(_("依据：{clause}").format(clause=html(hazard.clause)))
    if plan.deadline:
        lines.append(_("期限：{day}").format(day=full_day(plan.deadline)))
    if plan.measure:
        lines.append(labelled(_("现在的措施"), html(shorten(_(plan.measure), 200))))
    granted = sum(bool(d.granted) for d in request.tx.hazard_records.deferrals(hazard.id))
    if granted:
        lines.append(_("同意过延期 {count} 次").format(count=granted))
    return [*lines, *decision_lines(request.tx, hazard)]


def _standing(row: Analysis, hazard: Hazard) -> list[str]:
    if row.is_decided:
        words = _("<b>本次定的措施：</b>{words}").format(words=html(decision_words(row)))
        return [words, _("期限、级别、状态都没有变。要改，打开隐患办相应的手续。散会以前可以撤销。")]
    if row.withdrawn_at is not None:
        return [_("<b>这条不研判。</b>")]
    return [_("<b>这条已经不在册，不用研判了。</b>")] if is_dropped(row, hazard) else []


def _moves(request: Request, meeting: Meeting, hazard: Hazard, row: Analysis) -> tuple[tuple[Button, ...], ...]:
    may = allows(request.who, Permission.MANAGE) and request.tx.analyses.may_decide(hazard, request.who.id)
    waits = row.is_waiting and not is_dropped(row, hazard)
    decide = Button(_("定措施"), data("ce", hazard.id, row.id, "m")) if may and waits else None
    off = Button(_("不用研判"), data("cv", hazard.id, row.id)) if may and waits else None
    standing = request.tx.analyses.standing_of(hazard)
    earlier = Button(_("上次的决定"), data("co", hazard.id, standing.id)) if standing and standing.is_undone else None
    undo = Button(_("撤销这个措施"), data("cz", hazard.id, row.id)) if may and row.is_decided else None
    skips = allows(request.who, Permission.MANAGE)
    onward = Button(_("跳过") if waits else _("下一条"), data("cx", meeting.id, row.place)) if skips else None
    open_it = Button(_("打开隐患"), data("go", hazard.id))
    return rows([decide], [onward, off], [undo], [earlier], [open_it, Button(_("议题"), data("cc", meeting.id, 0))])


def onward(request: Request) -> Reply:
    """The next hazard that is still to be discussed, behind this place or from the beginning."""
    meeting = open_meeting(request, request.number(0))
    return _next(request, meeting, behind=request.number(1) if len(request.arguments) > 1 else 0)


def _next(request: Request, meeting: Meeting, *, behind: int) -> Reply:
    left = pending(topics_of(request.tx, meeting))
    if not left:
        return show_page(request, meeting, notice=_("议题都过了一遍，可以结束会议了。"))
    later = [(row, hazard) for row, hazard in left if row.place > behind]
    row, hazard = (later or left)[0]
    return show(request, hazard, row)


def leave_out(request: Request) -> Reply:
    """不用研判: off the agenda, then the next one."""
    meeting, row, _hazard = _named(request)
    if row.withdrawn_at is None:
        request.tx.analyses.take_off(row, **who(request))
    return _next(request, meeting, behind=row.place)


def undo(request: Request) -> Reply:
    """What was decided at this meeting is open again."""
    _meeting, row, hazard = _named(request)
    if row.is_waiting:
        return show(request, hazard, row)
    return show(request, hazard, request.tx.analyses.undo(row, **who(request)), notice=_("已撤销，可以重新定。"))


def page_again(request: Request) -> Reply:
    """The page of the agenda once more."""
    kept = request.dialog.data if request.dialog else {}
    return show_page(request, open_meeting(request, int(kept.get("meeting", 0))), int(kept.get("page", 0)))


def _topic_again(request: Request, hazard: Hazard) -> Reply:
    return show(request, hazard, _row_of(request, hazard))


_ABOUT, _OFFICE, _MANAGE = About.HAZARD, Permission.OFFICE, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="cc", needs=_OFFICE, handler=show_all),
    Press(name="cd", needs=_OFFICE, about=_ABOUT, handler=open_one),
    Press(name="cx", needs=_MANAGE, handler=onward),
    Press(name="cy", needs=_MANAGE, about=_ABOUT, handler=tick),
    Press(name="cv", needs=_MANAGE, about=_ABOUT, handler=leave_out),
    Press(name="cz", needs=_MANAGE, about=_ABOUT, handler=undo),
    Display(dialog="analysis_topics", needs=_OFFICE, handler=page_again),
    Display(dialog="analysis_topic", needs=_OFFICE, about=_ABOUT, handler=again(_topic_again)),
)
