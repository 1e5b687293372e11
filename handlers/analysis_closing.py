"""The end of a meeting: the day, place, chair, who was present and a free word, one screen each, then its record."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from checklists.analyses import Meeting
from checklists.people import Permission, Role
from handlers.analyses import show_meeting
from handlers.analysis_news import tell_decision
from handlers.analysis_papers import end
from handlers.analysis_words import count_of, held_day, open_meeting, title
from handlers.life import who
from handlers.replies import Button, Reply, Screen, data, pack, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.words import N_, _, day, html, labelled
from storage.analysis_meetings import LENGTHS

STEPS = ("day", "place", "chair", "present", "words")
CONFIRM = "confirm"
_NAMES = {"day": N_("时间"), "place": N_("地点"), "chair": N_("主持人"), "present": N_("参加人员"), "words": N_("其他")}
_ASK = {
    "day": N_("<b>哪天开的会？</b>点一个。"),
    "place": N_("<b>在哪里开的？</b>直接打字，或者点一个。"),
    "chair": N_("<b>谁主持？</b>点一个，或者打字写姓名、职务。"),
    "present": N_("<b>谁参加了？</b>点名字，可以点多个；别的人打字写，用顿号隔开。"),
    "words": N_("<b>会上还说了什么要记下的？</b>直接打字。研究了哪些重点问题，可以写在这里。"),
}
_DAYS_BACK = 7
_MOST_PEOPLE = 12
_OFFICE = (Role.ADMINISTRATOR, Role.OFFICER, Role.REVIEWER, Role.EXPERT)


def begin(request: Request) -> Reply:
    """结束会议: the first question, or all answers when some were given before."""
    meeting = open_meeting(request, request.number(0))
    return show(request, meeting, CONFIRM if any(_value(meeting, step) for step in STEPS) else STEPS[0])


def open_step(request: Request) -> Reply:
    """One of the questions, or all answers to look over."""
    meeting, step = open_meeting(request, request.number(0)), request.word(1)
    if step not in (*STEPS, CONFIRM):
        raise Gone
    return show(request, meeting, step)


def show(request: Request, meeting: Meeting, step: str, *, notice: str = "") -> Reply:
    """The screen of a step; what was answered is kept with the meeting."""
    request.enter("analysis_closing", meeting=meeting.id, step=step)
    if step == CONFIRM:
        return _confirm(request, meeting, notice=notice)
    now = _value(meeting, step)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>{title}</b>").format(title=title(meeting)),
        _(_ASK[step]),
        *([_("现在：{words}").format(words=html(now))] if now else []),
    ]
    chosen = [
        [Button(label, data("cj", meeting.id, step, key))] for key, label, _value_of in _options(request, meeting, step)
    ]
    following = [*STEPS, CONFIRM][STEPS.index(step) + 1]
    onward = Button(_("下一步") if now else _("跳过"), data("ci", meeting.id, following))
    all_of_it = Button(_("返回"), data("ci", meeting.id, CONFIRM))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*chosen, [onward, all_of_it])))


def _value(meeting: Meeting, step: str) -> str:
    return held_day(meeting) if step == "day" else str(getattr(meeting, step))


def _confirm(request: Request, meeting: Meeting, *, notice: str) -> Reply:
    topics, decided, left = count_of(request.tx, meeting)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>{title}　结束会议</b>").format(title=title(meeting)),
        *(labelled(_(_NAMES[step]), html(_value(meeting, step) or _default(request, step))) for step in STEPS),
        _("议题 {count} 条，定了措施 {decided} 条。").format(count=topics, decided=decided),
    ]
    if left:
        lines.append(_("还有 {count} 条没有议：有人提请的留到下次会，其余的下次重新列。").format(count=left))
    lines.append(_("确认以后出会议记录，措施生效，企业收到自己的那一条。<b>记录不能再改。</b>"))
    fields = [Button(_(_NAMES[step]), data("ci", meeting.id, step)) for step in STEPS]
    finish = Button(_("✅ 确认结束"), data("ck", meeting.id))
    back = Button(_("返回分析会"), data("ca"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([finish], fields[:3], fields[3:], [back])))


def _default(request: Request, step: str) -> str:
    return _("今天（{day}）").format(day=day(request.today)) if step == "day" else _("没有写")


def _options(request: Request, meeting: Meeting, step: str) -> Sequence[tuple[str, str, str]]:
    """Key, label and value of what can be tapped."""
    match step:
        case "day":
            back = [request.today - timedelta(days=n) for n in range(_DAYS_BACK)]
            names = {0: _("今天（{day}）"), 1: _("昨天（{day}）")}
            return [
                (d.isoformat(), names.get(n, "{day}").format(day=day(d)), d.isoformat()) for n, d in enumerate(back)
            ]
        case "place":
            places = dict.fromkeys(m.place for m in request.tx.analysis_meetings.finished(limit=6) if m.place)
            return [(pack(n), name, name) for n, name in enumerate(places)]
        case "chair" | "present":
            people = request.tx.people.with_role(*_OFFICE)[:_MOST_PEOPLE]
            present = meeting.present.split("、") if step == "present" else ()
            return [(pack(p.id), ("✓ " if p.name in present else "") + p.name, p.name) for p in people]
    return []


def choose(request: Request) -> Reply:
    """A tapped answer: people present are ticked on and off, everything else leads to the next question."""
    meeting, step, key = open_meeting(request, request.number(0)), request.word(1), request.word(2)
    if step not in STEPS:
        raise Gone
    if step == "day":
        return _keep_day(request, meeting, key)
    value = next((v for known, _label, v in _options(request, meeting, step) if known == key), None)
    if value is None:
        raise Gone
    return _keep(request, meeting, step, value, [value])


def _keep_day(request: Request, meeting: Meeting, key: str) -> Reply:
    try:
        held = date.fromisoformat(key)
    except ValueError:
        raise Gone from None
    if not request.today - timedelta(days=31) <= held <= request.today:
        return show(request, meeting, "day", notice=_("请点上面的一天。"))
    changed = request.tx.analysis_meetings.note(meeting, {"held_on": held}, **who(request))
    return show(request, changed, "place")


def _keep(request: Request, meeting: Meeting, step: str, value: str, people: Sequence[str]) -> Reply:
    """Keep an answer; `people` are the names in it, of which one alone is ticked on or off."""
    following = [*STEPS, CONFIRM][STEPS.index(step) + 1]
    if step == "present":
        names = [name for name in meeting.present.split("、") if name]
        off = len(people) == 1 and people[0] in names
        names = [n for n in names if n != people[0]] if off else list(dict.fromkeys([*names, *people]))
        value, following = "、".join(names), step
    if len(value) > LENGTHS[step]:
        return show(request, meeting, step, notice=_("没有记下：最多 {most} 个字。").format(most=LENGTHS[step]))
    changed = request.tx.analysis_meetings.note(meeting, {step: value}, **who(request))
    return show(request, changed, following)


def write(request: Request) -> Reply:
    """A typed answer to the question on the screen."""
    kept = request.dialog.data if request.dialog else {}
    meeting, step = open_meeting(request, int(kept.get("meeting", 0))), str(kept.get("step", CONFIRM))
    if step == "day":
        return show(request, meeting, step, notice=_("请点上面的一天。"))
    if step == CONFIRM:
        return show(request, meeting, step, notice=_("没有记下。要改哪一项，先点那一项。"))
    lines = [" ".join(line.split()) for line in request.text.splitlines()]
    words = "\n".join(line for line in lines if line)
    names = [name for name in re.split(r"[、，,；;\s]+", words) if name]
    return _keep(request, meeting, step, words if step == "words" else " ".join(words.split()), names)


def finish(request: Request) -> Reply:
    """确认结束: the record, for good; the firms hear of the decisions on their hazards."""
    meeting, tx = open_meeting(request, request.number(0)), request.tx
    decided = end(tx, meeting, request.today, **who(request))
    for row in decided:
        hazard = tx.hazards.get(row.hazard_id)
        if hazard is not None and hazard.is_open and hazard.life == row.life:
            tell_decision(tx, hazard, row, by=request.who.id, now=request.now, office=False)
    kept = tx.analysis_meetings.get(meeting.id)
    assert kept is not None
    return show_meeting(request, kept, notice=_("会议结束了，记录已存。"))


def again(request: Request) -> Reply:
    """The question once more."""
    kept = request.dialog.data if request.dialog else {}
    return show(request, open_meeting(request, int(kept.get("meeting", 0))), str(kept.get("step", CONFIRM)))


_MANAGE = Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="ch", needs=_MANAGE, handler=begin),
    Press(name="ci", needs=_MANAGE, handler=open_step),
    Press(name="cj", needs=_MANAGE, handler=choose),
    Press(name="ck", needs=_MANAGE, handler=finish),
    Input(dialog="analysis_closing", takes=frozenset({"text"}), needs=_MANAGE, handler=write),
    Display(dialog="analysis_closing", needs=_MANAGE, handler=again),
)
