"""A report of a major hazard that was handed in: read part by part, taken as a Word file, added to by the firm."""

from checklists.hazard_moves import Relation
from checklists.hazards import Hazard, MoveRefused
from checklists.major_reports import PART_NAMES, Part, ReportNotThere
from checklists.people import Permission
from handlers.buttons import turning
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.letters import queue_report
from handlers.life import again, politely, who
from handlers.major_report_cards import report_lines
from handlers.major_report_news import tell_report
from handlers.major_reports import CODES, PARTS, part_of
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Input, Press, Request, Route
from handlers.words import _, html


@politely
def read(request: Request) -> Reply:
    """One part, whole; the pages are the parts."""
    return _read(request, current(request), request.number(1))


def _read(request: Request, hazard: Hazard, page: int, *, notice: str = "") -> Reply:
    report = request.tx.major_reports.get(hazard)
    if report is None or not report.is_handed_in:
        raise ReportNotThere(_("重大隐患报告还没有交。"))
    part = list(Part)[min(page, len(Part) - 1)]
    request.enter("major_report_read", id=hazard.id, part=CODES[part])
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("📄 <b>重大隐患报告　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        *report_lines(request.tx, hazard),
        "",
        f"<b>{_(PART_NAMES[part])}</b>",
        html(report.words(part)),
    ]
    turns = turning("wv", hazard.id, page=list(Part).index(part), pages=len(Part))
    file = Button(_("发 Word 文件给我"), data("wd", hazard.id))
    more = Button(_("补充这一部分"), data("ws", hazard.id, CODES[part])) if _may_add(request, hazard) else None
    buttons = rows(turns, [file, more], [Button(_("返回"), data("z", hazard.id))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _may_add(request: Request, hazard: Hazard) -> bool:
    return hazard.is_open and Relation.FIRM in request.tx.hazard_life.relations(hazard, request.who.id)


@politely
def send_file(request: Request) -> Reply:
    """The Word file, to print or to file."""
    hazard = current(request)
    report = request.tx.major_reports.get(hazard)
    if report is None or not report.is_handed_in:
        raise ReportNotThere(_("重大隐患报告还没有交。"))
    return queue_report(request, hazard)


@politely
def ask_more(request: Request) -> Reply:
    """补充: what is to be added to this part."""
    return _ask_more(request, current(request), part_of(request, 1))


def _ask_more(request: Request, hazard: Hazard, part: Part, *, notice: str = "") -> Reply:
    request.tx.major_reports.check_adding(hazard, by=request.who.id)
    request.enter("major_report_more", id=hazard.id, part=CODES[part])
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("📄 <b>补充重大隐患报告　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        f"<b>{_(PART_NAMES[part])}</b>",
        _("请打字。补充接在原文后面，写明日期和姓名，办公室马上收到；原文不变。"),
    ]
    back = Button(_("返回"), data("wv", hazard.id, list(Part).index(part)))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def add(request: Request) -> Reply:
    """The supplement is kept, and the office is told at once."""
    hazard, part = current(request), _part_here(request)
    try:
        report = request.tx.major_reports.supplement(hazard, part, request.text, **who(request))
    except MoveRefused as refused:
        return _again_more(request, hazard, _("{why}您写的没有记下。").format(why=refused.said(_)))
    tell_report(request, hazard, report, added_to=part)
    return _read(request, hazard, list(Part).index(part), notice=_("补充已记下，已告诉办公室。"))


def words_needed(request: Request) -> Reply:
    """A voice note: the report is read on paper, so it must be written."""
    return _again_more(request, current(request), _("语音没有收下：报告要用文字，请打字发来。"))


def _part_here(request: Request) -> Part:
    assert request.dialog is not None
    return PARTS[str(request.dialog.data["part"])]


def _again_more(request: Request, hazard: Hazard, notice: str = "") -> Reply:
    try:
        return _ask_more(request, hazard, _part_here(request), notice=notice)
    except MoveRefused as refused:
        return show_step(request, hazard, "view", notice=notice or refused.said(_))


def _again_read(request: Request, hazard: Hazard) -> Reply:
    return _read(request, hazard, list(Part).index(_part_here(request)))


_ABOUT = About.HAZARD
_SEE, _INSPECT = Permission.SEE_ENTERPRISE, Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="wv", needs=_SEE, about=_ABOUT, handler=read),
    Press(name="wd", needs=_SEE, about=_ABOUT, handler=send_file),
    Press(name="ws", needs=_INSPECT, about=_ABOUT, handler=ask_more),
    Input(dialog="major_report_more", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=add),
    Input(dialog="major_report_more", takes=frozenset({"voice"}), needs=_INSPECT, about=_ABOUT, handler=words_needed),
    Display(dialog="major_report_read", needs=_SEE, about=_ABOUT, handler=politely(again(_again_read))),
    Display(dialog="major_report_more", needs=_INSPECT, about=_ABOUT, handler=again(_again_more)),
)
