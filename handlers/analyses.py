"""安全生产分析会: where it stands this month, preparing the agenda, earlier meetings, and one opened by mistake."""

from checklists.analyses import Meeting
from checklists.people import Permission, allows, knows_sources
from handlers import analysis_topics
from handlers.analysis_news import missing_lines
from handlers.analysis_papers import queue, record_of
from handlers.analysis_words import basis_lines, count_of, held_day, meeting_of, open_meeting, title
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.life import who
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.walking import name_of
from handlers.words import N_, _, aside, day, full_day, html, labelled, shorten

_MISTAKES = (N_("点错了"), N_("这次不开了"))
_MOST_REASON = 300
_MOST_SHOWN = 12


def show(request: Request) -> Reply:
    """分析会: the open meeting, or what a new one would begin with."""
    return _show(request)


def _show(request: Request, *, notice: str = "") -> Reply:
    request.enter("analysis")
    tx, may = request.tx, allows(request.who, Permission.MANAGE)
    meeting, undone = tx.analysis_meetings.open_one(), tx.analyses.undone()
    late = sum(row.is_late(request.today) for row in undone)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>安全生产分析会</b>"),
        *basis_lines(tx),
        *(_open_lines(request, meeting) if meeting else _closed_lines(request)),
        _("研判决定没有落实的 {count} 条，其中到期的 {late} 条。").format(count=len(undone), late=late),
    ]
    ways = _open_ways(request, meeting, may=may) if meeting else [[Button(_("准备议题"), data("cg"))] if may else []]
    decisions = Button(_("研判决定") + aside(len(undone)), data("cn", 0)) if undone else None
    held = tx.analysis_meetings.count_finished()
    earlier = Button(_("开过的会") + aside(held), data("cm", 0)) if held else None
    last = [Button(_("隐患台账"), data("gi")), to_home()]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*ways, [decisions, earlier], last)))


def _open_lines(request: Request, meeting: Meeting) -> list[str]:
    topics, decided, left = count_of(request.tx, meeting)
    return [
        _("{title}正在进行，{day}由{name}准备的。").format(
            title=title(meeting), day=day(meeting.opened_at), name=html(name_of(request.tx, meeting.opened_by))
        ),
        _("议题 {count} 条，定了措施 {decided} 条，还没有议的 {left} 条。").format(
            count=topics, decided=decided, left=left
        ),
    ]


def _closed_lines(request: Request) -> list[str]:
    month = f"{request.today:%Y-%m}"
    held = request.tx.analysis_meetings.days_held(month, month)
    lines = [_("本月 {day} 开过。").format(day=day(max(held)))] if held else [_("本月还没有开过。")]
    waiting = len(request.tx.analyses.waiting())
    lines += [_("有人提请研判、等开会的 {count} 条。").format(count=waiting)] if waiting else []
    lines += missing_lines(request.tx, request.today)
    return [*lines, _("点“准备议题”，从台账里列出该议的隐患，危险大的在前。")]


def _open_ways(request: Request, meeting: Meeting, *, may: bool) -> list[list[Button | None]]:
    topics = Button(_("议题"), data("cc", meeting.id, 0))
    word = Button(_("发议题 Word"), data("cw", meeting.id)) if knows_sources(request.person) else None
    if not may:
        return [[topics, word]]
    return [
        [topics, word],
        [Button(_("逐条研判"), data("cx", meeting.id)), Button(_("补充议题"), data("cg"))],
        [Button(_("结束会议"), data("ch", meeting.id)), Button(_("作废"), data("cu", meeting.id))],
    ]


def prepare(request: Request) -> Reply:
    """准备议题: the agenda from the ledger; what came since is added to one that is there."""
    meeting = request.tx.analysis_meetings.prepare(today=request.today, **who(request))
    return analysis_topics.show_page(request, meeting, notice=_("议题列好了。不议的去掉，危险大的在前。"))


def send_paper(request: Request) -> Reply:
    """The agenda or the record as Word: for supervisors alone, since it says why somebody put a hazard."""
    meeting = meeting_of(request, request.number(0))
    if not meeting.is_open and not meeting.body:
        raise Gone
    queue(request, meeting)
    return Reply(toast=_("正在生成，马上发给您。"))


def show_earlier(request: Request) -> Reply:
    """The meetings that have their record, the last one first."""
    return _show_earlier(request, request.number(0))


def _show_earlier(request: Request, page: int) -> Reply:
    count = request.tx.analysis_meetings.count_finished()
    pages = pages_of(count)
    page = min(page, pages - 1)
    request.enter("analysis_meetings", page=page)
    found = request.tx.analysis_meetings.finished(limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    text = _("<b>开过的分析会</b>　共 {count} 次").format(count=count)
    buttons = [[Button(f"{held_day(m)} {shorten(m.place, 16)}".strip(), data("cl", m.id))] for m in found]
    turns = turning("cm", page=page, pages=pages)
    return Reply(screen=Screen(text=text, buttons=rows(*buttons, turns, [Button(_("分析会"), data("ca")), to_home()])))


def open_one(request: Request) -> Reply:
    """One meeting: its record, or the way to it while it is open."""
    meeting = meeting_of(request, request.number(0))
    return show_meeting(request, meeting) if meeting.body else _show(request)


def show_meeting(request: Request, meeting: Meeting, *, notice: str = "") -> Reply:
    """The record of a meeting in short; the whole of it is in the file."""
    request.enter("analysis_meeting", meeting=meeting.id)
    kept = record_of(request.tx, meeting)
    facts = {
        _("地点"): kept.place,
        _("主持人"): kept.chair,
        _("参加人员"): kept.present,
        _("记录人"): kept.recorder,
        _("其他"): shorten(kept.words, 500),
    }
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        f"<b>{title(meeting)}</b>",
        full_day(kept.held_on),
        *(labelled(name, html(words)) for name, words in facts.items() if words),
        _("定了措施的 {decided} 条，没有定的 {undecided} 条。").format(
            decided=len(kept.decided), undecided=len(kept.undecided)
        ),
        *(f"· {html(topic.number)}　{html(shorten(_(topic.decision), 80))}" for topic in kept.decided[:_MOST_SHOWN]),
    ]
    if len(kept.decided) > _MOST_SHOWN:
        lines.append(_("……全部在会议记录里。"))
    word = Button(_("发会议记录 Word"), data("cw", meeting.id)) if knows_sources(request.person) else None
    last = [Button(_("研判决定"), data("cn", 0)), Button(_("分析会"), data("ca"))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([word], last, [to_home()])))


def ask_mistake(request: Request) -> Reply:
    """作废: why."""
    return _ask_mistake(request, open_meeting(request, request.number(0)))


def _ask_mistake(request: Request, meeting: Meeting, *, notice: str = "") -> Reply:
    request.enter("analysis_mistake", meeting=meeting.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>{title}</b>").format(title=title(meeting)),
        _("<b>作废：为什么？</b>点一个，或者直接打字。理由留在操作记录里。有人提请的，留到下次会。"),
    ]
    choices = [[Button(_(words), data("cma", meeting.id, at))] for at, words in enumerate(_MISTAKES)]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [Button(_("返回分析会"), data("ca"))])))


def choose_mistake(request: Request) -> Reply:
    """One of the offered reasons."""
    meeting, at = open_meeting(request, request.number(0)), request.number(1)
    if at >= len(_MISTAKES):
        raise Gone
    return _abandon(request, meeting, _MISTAKES[at])


def write_mistake(request: Request) -> Reply:
    """A reason in the person's own words."""
    meeting, words = open_meeting(request, _kept(request, "meeting")), " ".join(request.text.split())
    if not words or len(words) > _MOST_REASON:
        notice = _("没有记下：请写 1 到 {most} 个字。").format(most=_MOST_REASON)
        return _ask_mistake(request, meeting, notice=notice)
    return _abandon(request, meeting, words)


def _abandon(request: Request, meeting: Meeting, reason: str) -> Reply:
    request.tx.analysis_meetings.abandon(meeting, reason, **who(request))
    return _show(request, notice=_("这次会议已作废。"))


def _kept(request: Request, name: str) -> int:
    return int(request.dialog.data.get(name, 0)) if request.dialog else 0


def earlier_again(request: Request) -> Reply:
    """The page of earlier meetings once more."""
    return _show_earlier(request, _kept(request, "page"))


def meeting_again(request: Request) -> Reply:
    """The record once more."""
    meeting = meeting_of(request, _kept(request, "meeting"))
    return show_meeting(request, meeting) if meeting.body else _show(request)


def mistake_again(request: Request) -> Reply:
    """The question why once more."""
    return _ask_mistake(request, open_meeting(request, _kept(request, "meeting")))


_OFFICE, _MANAGE = Permission.OFFICE, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="ca", needs=_OFFICE, handler=show),
    Press(name="cg", needs=_MANAGE, handler=prepare),
    Press(name="cw", needs=Permission.SUPERVISE, handler=send_paper),
    Press(name="cm", needs=_OFFICE, handler=show_earlier),
    Press(name="cl", needs=_OFFICE, handler=open_one),
    Press(name="cu", needs=_MANAGE, handler=ask_mistake),
    Press(name="cma", needs=_MANAGE, handler=choose_mistake),
    Input(dialog="analysis_mistake", takes=frozenset({"text"}), needs=_MANAGE, handler=write_mistake),
    Display(dialog="analysis", needs=_OFFICE, handler=show),
    Display(dialog="analysis_meetings", needs=_OFFICE, handler=earlier_again),
    Display(dialog="analysis_meeting", needs=_OFFICE, handler=meeting_again),
    Display(dialog="analysis_mistake", needs=_MANAGE, handler=mistake_again),
)
