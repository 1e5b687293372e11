"""The firm writes the report of a major hazard: three parts, a screen each, then a look at the whole and handing in."""

from zlib import crc32

from checklists.criteria import load_criteria
from checklists.hazards import Hazard, MoveRefused, State
from checklists.major_reports import CHOICES, PART_NAMES, MajorReport, Part, answered, chosen, proposed
from checklists.people import Permission
from handlers.hazard_cards import number_of
from handlers.hazards import current, running_walk, show_step
from handlers.letters import queue_report
from handlers.life import again, politely, who
from handlers.major_report_news import tell_report
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.walking import principal_of
from handlers.words import N_, _, html, shorten

CODES = {part: part.value[0] for part in Part}
PARTS = {code: part for part, code in CODES.items()}
_ADOPT = "y"
_MOST_IN_PREVIEW = 600
_ASKED = {
    Part.CAUSE: N_("现在是什么情况？为什么会这样？"),
    Part.HARM: N_("会出什么事？改起来难不难？"),
    Part.TREATMENT: N_("怎么改，谁来改，什么时候改完？"),
}
_HOW = {
    Part.CAUSE: N_("<b>原因点一个，或者直接打字。</b>打的字接在上面这段后面。"),
    Part.HARM: N_("<b>整改难易点一个，或者直接打字。</b>打的字接在上面这段后面。"),
    Part.TREATMENT: N_("<b>点“采用”，或者直接打字。</b>打的字接在上面这段后面。"),
}


@politely
def open_report(request: Request) -> Reply:
    """Where the writing goes on: the first part that is missing, else the whole."""
    return _go_on(request, current(request))


def _go_on(request: Request, hazard: Hazard, *, notice: str = "") -> Reply:
    report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
    missing = report.missing() if report else tuple(Part)
    if missing:
        return _show_part(request, hazard, missing[0], notice=notice)
    return _show_whole(request, hazard, notice=notice)


def part_of(request: Request, index: int) -> Part:
    """The part whose letter stands at this place of the arguments; raises Gone."""
    part = PARTS.get(request.word(index))
    if part is None:
        raise Gone
    return part


@politely
def open_part(request: Request) -> Reply:
    """One part: what it says now, or what is proposed."""
    return _show_part(request, current(request), part_of(request, 1))


def _show_part(request: Request, hazard: Hazard, part: Part, *, notice: str = "") -> Reply:
    report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
    request.enter("major_report", id=hazard.id, part=CODES[part])
    lines = _head(request, hazard, part, notice)
    if report is not None and report.words(part):
        lines += [_("现在写的："), html(report.words(part)), "", _("再打字，就接在后面。")]
        buttons = _written_buttons(hazard, report, part)
    else:
        facts = _facts(request, hazard, part)
        lines += [_("可以这样写："), html(facts), "", _(_HOW[part])] if facts else [_without_facts(hazard, part)]
        buttons = _empty_buttons(request, hazard, report, part, facts)
    back = Button(_("返回"), data("z", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, [back])))


def _head(request: Request, hazard: Hazard, part: Part, notice: str) -> list[str]:
    title = _("📝 <b>重大隐患报告　隐患 {number}</b>").format(number=html(number_of(request, hazard)))
    name = _("第 {at}/3 部分：{name}").format(at=list(Part).index(part) + 1, name=_(PART_NAMES[part]))
    return [*([f"<i>{html(notice)}</i>"] if notice else []), title, name, f"<b>{_(_ASKED[part])}</b>", ""]


def _without_facts(hazard: Hazard, part: Part) -> str:
    if part is Part.TREATMENT and not hazard.arrangements.complete:
        return _("五落实还没有填完，填完以后这里会自动写好。也可以直接打字。")
    return _("请直接打字。")


def _facts(request: Request, hazard: Hazard, part: Part) -> str:
    # The report is a document: its words are Chinese whoever reads the screen.
    criterion = load_criteria().by_id.get(hazard.criterion_id or "")
    return proposed(part, hazard, criterion=criterion, principal=principal_of(request.tx, hazard.enterprise_id))


def _offers(part: Part, facts: str) -> dict[str, tuple[str, str]]:
    """By key: what stands on the button, and the whole text it keeps."""
    if not CHOICES[part]:
        return {_ADOPT: (N_("✅ 采用"), facts)} if facts else {}
    return {key: (words, chosen(part, facts, key)) for key, words in CHOICES[part].items()}


def _empty_buttons(
    request: Request, hazard: Hazard, report: MajorReport | None, part: Part, facts: str
) -> list[list[Button | None]]:
    version = report.version if report else 0
    offers: list[list[Button | None]] = [
        [Button(_(label), data("wa", hazard.id, version, CODES[part], key, crc32(words.encode())))]
        for key, (label, words) in _offers(part, facts).items()
    ]
    arrange = Button(_("先填五落实"), data("zs", hazard.id, "arrange"))
    open_now = hazard.state is State.CONFIRMED or running_walk(request, hazard) is not None
    own = Button(_("都不用，自己写"), data("wo", hazard.id, CODES[part]))
    unfinished = part is Part.TREATMENT and not hazard.arrangements.complete and open_now
    return [*offers, [arrange if unfinished else None], [own if facts else None]]


def _written_buttons(hazard: Hazard, report: MajorReport, part: Part) -> list[list[Button | None]]:
    missing = [other for other in report.missing() if other is not part]
    onward = Button(_("看一遍，报出"), data("wp", hazard.id))
    if missing:
        onward = Button(_("下一部分 ›"), data("ww", hazard.id, CODES[missing[0]]))
    return [[onward], [Button(_("重写这一部分"), data("wo", hazard.id, CODES[part]))]]


@politely
def adopt(request: Request) -> Reply:
    """Keep what the button stood for, if it still is what the person read."""
    hazard, version, part = current(request), request.number(1), part_of(request, 2)
    words = _offers(part, _facts(request, hazard, part)).get(request.word(3), ("", ""))[1]
    report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
    if words and report is not None and report.words(part) == words:
        return _go_on(request, hazard)  # pressed twice
    if not words or crc32(words.encode()) != request.number(4) or version != (report.version if report else 0):
        return _show_part(request, hazard, part, notice=_("内容刚才有变动，请再看一遍。"))
    request.tx.major_reports.write(hazard, part, words, version=version, **who(request))
    return _go_on(request, hazard, notice=_("已记下。"))


@politely
def write_own(request: Request) -> Reply:
    """自己写: the next text takes the place of the whole part."""
    return _ask_own(request, current(request), part_of(request, 1))


def _ask_own(request: Request, hazard: Hazard, part: Part, *, notice: str = "") -> Reply:
    report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
    request.enter("major_report", id=hazard.id, part=CODES[part], own=report.version if report else 0)
    lines = _head(request, hazard, part, notice)
    if report is not None and report.words(part):
        lines += [_("现在写的："), html(report.words(part)), "", _("<b>请整段打字发来，会换掉现在写的。</b>")]
    else:
        lines.append(_("<b>请整段打字发来。</b>"))
    back = Button(_("返回"), data("ww", hazard.id, CODES[part]))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def write(request: Request) -> Reply:
    """A typed text: below what is there or proposed; in its place where the person asked to write the part himself."""
    assert request.dialog is not None
    hazard, where, text = current(request), request.dialog.data, request.text.strip()
    part = PARTS.get(str(where.get("part", "")))
    if part is None:
        return _show_again(request, hazard, _("您写的没有记下。要改哪一部分，请先点开那一部分。"))
    try:
        report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
        version, present = (report.version, report.words(part)) if report else (0, "")
        words, notice = _joined(request, hazard, part, present, text), _("已记下。")
        if "own" in where and where["own"] == version:
            words = text
        elif "own" in where:
            notice = _("这一部分刚才有人改过，您写的接在后面了。")
        request.tx.major_reports.write(hazard, part, words, version=version, **who(request))
    except MoveRefused as refused:
        return _show_again(request, hazard, _("{why}您写的没有记下。").format(why=refused.said(_)))
    return _show_part(request, hazard, part, notice=notice)


def _joined(request: Request, hazard: Hazard, part: Part, present: str, text: str) -> str:
    return f"{present}\n{text}" if present else answered(part, _facts(request, hazard, part), text)


def words_needed(request: Request) -> Reply:
    """A voice note: the report is read on paper, so it must be written."""
    return _show_again(request, current(request), _("语音没有收下：报告要用文字，请打字发来。"))


@politely
def look_over(request: Request) -> Reply:
    """The whole before it is handed in."""
    return _show_whole(request, current(request))


def _show_whole(request: Request, hazard: Hazard, *, notice: str = "") -> Reply:
    report = request.tx.major_reports.check_writing(hazard, by=request.who.id)
    request.enter("major_report", id=hazard.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("📝 <b>重大隐患报告　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
    ]
    for at, part in enumerate(Part, 1):
        words = report.words(part) if report else ""
        lines += ["", f"<b>{at}. {_(PART_NAMES[part])}</b>"]
        lines.append(html(shorten(words, _MOST_IN_PREVIEW)) if words else _("（还没有写）"))
    ready = report is not None and not report.missing()
    lines += ["", _("<b>看好了就点“报出”。</b>办公室马上收到；报出以后不能再改，只能补充。") if ready else ""]
    hand_in = Button(_("📨 报出"), data("wt", hazard.id, report.version)) if report and ready else None
    change = [
        Button(_("改第 {at} 部分").format(at=at), data("ww", hazard.id, CODES[part])) for at, part in enumerate(Part, 1)
    ]
    back = Button(_("返回"), data("z", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([hand_in], change, [back])))


@politely
def hand_in(request: Request) -> Reply:
    """报出: the office is told at once, and whoever handed in gets the copy for the workers' congress."""
    hazard = current(request)
    report = request.tx.major_reports.hand_in(hazard, version=request.number(1), **who(request))
    tell_report(request, hazard, report)
    queue_report(request, hazard)
    notice = _("报告已交给办公室。给职代会的 Word 文件马上发给您，请打印、盖章、交职代会。")
    return show_step(request, hazard, "view", notice=notice, toast=notice)


def _again(request: Request, hazard: Hazard) -> Reply:
    return _show_again(request, hazard)


def _show_again(request: Request, hazard: Hazard, notice: str = "") -> Reply:
    where = request.dialog.data if request.dialog else {}
    part = PARTS.get(str(where.get("part", "")))
    try:
        if part is None:
            return _show_whole(request, hazard, notice=notice)
        return (_ask_own if "own" in where else _show_part)(request, hazard, part, notice=notice)
    except MoveRefused as refused:
        # Handed in by somebody else meanwhile, or not needed any more: the card says how things stand.
        return show_step(request, hazard, "view", notice=notice or refused.said(_))


_ABOUT = About.HAZARD
_INSPECT = Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="wr", needs=_INSPECT, about=_ABOUT, handler=open_report),
    Press(name="ww", needs=_INSPECT, about=_ABOUT, handler=open_part),
    Press(name="wa", needs=_INSPECT, about=_ABOUT, handler=adopt),
    Press(name="wo", needs=_INSPECT, about=_ABOUT, handler=write_own),
    Press(name="wp", needs=_INSPECT, about=_ABOUT, handler=look_over),
    Press(name="wt", needs=_INSPECT, about=_ABOUT, handler=hand_in),
    Input(dialog="major_report", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=write),
    Input(dialog="major_report", takes=frozenset({"voice"}), needs=_INSPECT, about=_ABOUT, handler=words_needed),
    Display(dialog="major_report", needs=_INSPECT, about=_ABOUT, handler=again(_again)),
)
