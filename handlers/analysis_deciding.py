"""Deciding on a hazard, at the meeting or at once: the measure, who does it, and until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from checklists.analyses import MOST_DECISION, MOST_RESPONSIBLE, Analysis, NotOnTheList, SettledAlready
from checklists.hazards import Hazard, MoveRefused, Source
from checklists.people import Permission
from checklists.working_days import load_working_days
from handlers import analysis_topics
from handlers.analysis_news import tell_decision
from handlers.analysis_words import is_dropped
from handlers.arrangements import NotADay, parse_deadline
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import who
from handlers.replies import Button, Reply, Screen, data, pack, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.walking import principal_of
from handlers.words import N_, _, day, full_day, html, shorten

ONCE, AT_MEETING = "o", "m"
_DAYS = (7, 15, 30)
_MEASURES = (
    N_("先停用，改好验收合格再用"),
    N_("请专家出整改方案，按方案改"),
    N_("召集有关单位开会，定牵头单位和时间"),
    N_("专人盯到改好，每周报进展"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One of the three: `options` are key, label and value; `typed` raises NotADay for what cannot be taken."""

    ask: str
    options: Callable[[Request, Hazard], Sequence[tuple[str, str, str]]]
    typed: Callable[[Request], str]


def _measures(request: Request, hazard: Hazard) -> list[tuple[str, str, str]]:
    return [(pack(at), _(words), words) for at, words in enumerate(_MEASURES)]


def _people(request: Request, hazard: Hazard) -> list[tuple[str, str, str]]:
    """Who rectifies, the head of the firm, the department in charge, and whoever decides."""
    department = request.tx.departments.get(hazard.department_id) if hazard.department_id is not None else None
    names = [
        hazard.arrangements.responsible,
        principal_of(request.tx, hazard.enterprise_id),
        department.name if department else "",
        request.who.name,
    ]
    # By the name itself: after a change of people an old button must not stand for somebody else.
    return [(_key(name), _(name), name) for name in dict.fromkeys(filter(None, names))]


def _key(name: str) -> str:
    return pack(crc32(name.encode()))


def _days(request: Request, hazard: Hazard) -> list[tuple[str, str, str]]:
    today, deadline, calendar = request.today, hazard.arrangements.deadline, load_working_days()
    found = []
    if deadline is not None and deadline >= today:
        iso = deadline.isoformat()
        found.append((iso, _("隐患的期限：{day}").format(day=full_day(deadline)), iso))
    for days in _DAYS:
        until = calendar.next_working_day(today + timedelta(days=days))
        label = _("{n} 天（到{day}）").format(n=days, day=day(until))
        found.append((until.isoformat(), label, until.isoformat()))
    return found


def _words(most: int) -> Callable[[Request], str]:
    def typed(request: Request) -> str:
        words = " ".join(request.text.split())
        if not words or len(words) > most:
            raise NotADay(_("没有记下：请写 1 到 {most} 个字。").format(most=most))
        return words

    return typed


def _typed_day(request: Request) -> str:
    return parse_deadline(request.text, today=request.today).isoformat()


QUESTIONS = (
    Question(ask=N_("<b>定什么措施？</b>点一个，或者直接打字。"), options=_measures, typed=_words(MOST_DECISION)),
    Question(ask=N_("<b>谁来办？</b>点一个，或者打字写姓名、单位。"), options=_people, typed=_words(MOST_RESPONSIBLE)),
    Question(ask=N_("<b>办到哪一天？</b>点一个，或者写日期，例如 12月5日、30天。"), options=_days, typed=_typed_day),
)


def begin(request: Request) -> Reply:
    """定措施: the first question, unless it is settled or belongs to others."""
    hazard, row = _named(request)
    mode = request.word(2)
    if mode not in (ONCE, AT_MEETING):
        raise Gone
    return _ask(request, hazard, row, mode, ())


def _named(request: Request) -> tuple[Hazard, Analysis]:
    hazard, row = current(request), request.tx.analyses.get(request.number(1))
    if row is None or row.hazard_id != hazard.id:
        raise Gone
    _refuse(request, hazard, row)
    return hazard, row


def _refuse(request: Request, hazard: Hazard, row: Analysis) -> None:
    """Whatever stands in the way is said before anything is asked; raises MoveRefused."""
    if not row.is_waiting:
        raise SettledAlready(_("这条刚才有人办过了，请看一下现在的情况。"))
    request.tx.analyses.check_decider(hazard, request.who.id)
    if is_dropped(row, hazard):
        raise NotOnTheList(_("这条隐患已经不在册，不用研判了。"))


def _ask(
    request: Request, hazard: Hazard, row: Analysis, mode: str, answers: Sequence[str], *, notice: str = ""
) -> Reply:
    request.enter("analysis_deciding", id=hazard.id, row=row.id, mode=mode, answers=list(answers))
    at = len(answers)
    question = QUESTIONS[at]
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 300)))] if hazard.words else []),
        *([_("措施：{words}").format(words=html(_(answers[0])))] if at else []),
        *([_("谁来办：{name}").format(name=html(_(answers[1])))] if at > 1 else []),
        _(question.ask),
        _("只定措施，隐患的期限、级别都不变。企业看得到措施、谁办、到哪天，请不要评论个人。"),
    ]
    if hazard.source is Source.TIP:
        # The firm must not learn of the tip from a decision.
        lines.append(_("企业看得到您写的。不要写谁举报的，也不要提举报来的照片。"))
    choices = [
        [Button(shorten(label, 40), data("cf", hazard.id, row.id, mode, at, key))]
        for key, label, _value in question.options(request, hazard)
    ]
    earlier = Button(_("重写上一项"), data("cb", hazard.id, row.id, mode, at)) if at else None
    back = Button(_("返回"), data("cd", hazard.id) if mode == AT_MEETING else data("go", hazard.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [earlier, back])))


def choose(request: Request) -> Reply:
    """One of the offered answers; the first question again if those before it are not kept."""
    hazard, row = _named(request)
    mode, at = request.word(2), request.number(3)
    if mode not in (ONCE, AT_MEETING) or at >= len(QUESTIONS):
        raise Gone
    answers = _answers(request, row, mode)
    if answers is None and at:
        return replace(_ask(request, hazard, row, mode, ()), toast=_("前面的回答没有留下，请从头再来一次。"))
    if at != len(answers or ()):
        raise Stale(_("这一问已经答过了，这是现在的画面。"))
    return _taken(request, hazard, row, mode, answers or [], lambda: _value_of(request, hazard, at))


def _value_of(request: Request, hazard: Hazard, at: int) -> str:
    key = request.word(4)
    if at == len(QUESTIONS) - 1:
        try:
            chosen = date.fromisoformat(key)
        except ValueError:
            raise Gone from None
        # The card may be of yesterday: its days still hold, as far as they are not past.
        return parse_deadline(chosen.isoformat(), today=request.today).isoformat()
    found = next((value for known, _label, value in QUESTIONS[at].options(request, hazard) if known == key), None)
    if found is None:
        raise Gone
    return found


def rewrite(request: Request) -> Reply:
    """The answer before is asked for again."""
    hazard, row = _named(request)
    mode, at = request.word(2), request.number(3)
    answers = _answers(request, row, mode)
    if not answers or len(answers) != at:
        raise Stale(_("这是现在的画面。"))
    return _ask(request, hazard, row, mode, answers[:-1])


def write(request: Request) -> Reply:
    """An answer in the person's own words."""
    assert request.dialog is not None
    hazard = current(request)
    row, mode = request.tx.analyses.get(int(request.dialog.data["row"])), str(request.dialog.data["mode"])
    if row is None:
        raise Gone
    _refuse(request, hazard, row)
    answers = list(request.dialog.data["answers"])
    return _taken(request, hazard, row, mode, answers, lambda: QUESTIONS[len(answers)].typed(request))


def _answers(request: Request, row: Analysis, mode: str) -> list[str] | None:
    """What was answered so far; None when the chat is elsewhere."""
    dialog = request.dialog
    if dialog is None or dialog.kind != "analysis_deciding":
        return None
    here = (int(dialog.data["row"]), dialog.data["mode"]) == (row.id, mode)
    return list(dialog.data["answers"]) if here else None


def _taken(
    request: Request, hazard: Hazard, row: Analysis, mode: str, answers: list[str], answer: Callable[[], str]
) -> Reply:
    try:
        answers = [*answers, answer()]
    except NotADay as error:
        return _ask(request, hazard, row, mode, answers, notice=str(error))
    if len(answers) < len(QUESTIONS):
        return _ask(request, hazard, row, mode, answers)
    return _decide(request, hazard, row, mode, answers)


def _decide(request: Request, hazard: Hazard, row: Analysis, mode: str, answers: Sequence[str]) -> Reply:
    decision, responsible, until = answers
    last = date.fromisoformat(until)
    measure: dict[str, Any] = {"decision": decision, "responsible": responsible, "until": last, **who(request)}
    if mode == AT_MEETING:
        decided = request.tx.analyses.decide(row, **measure)
        return analysis_topics.show(request, hazard, decided, notice=_("措施记下了，散会时生效，企业到时看到。"))
    decided = request.tx.analyses.decide_at_once(row, **measure)
    tell_decision(request.tx, hazard, decided, by=request.who.id, now=request.now)
    notice = _("措施定了，企业会收到。隐患的期限、级别、状态都没有变：要改，请在下面办相应的手续。")
    return show_step(request, hazard, "view", notice=notice)


def again(request: Request) -> Reply:
    """The question that waits for its answer; the card where nothing is to be decided any more."""
    assert request.dialog is not None
    hazard, kept = current(request), request.dialog.data
    row = request.tx.analyses.get(int(kept.get("row", 0)))
    if row is None or row.hazard_id != hazard.id:
        raise Gone
    try:
        _refuse(request, hazard, row)
    except MoveRefused as refused:
        return show_step(request, hazard, "view", notice=refused.said(_))
    return _ask(request, hazard, row, str(kept["mode"]), kept["answers"])


_ABOUT, _MANAGE = About.HAZARD, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="ce", needs=_MANAGE, about=_ABOUT, handler=begin),
    Press(name="cf", needs=_MANAGE, about=_ABOUT, handler=choose),
    Press(name="cb", needs=_MANAGE, about=_ABOUT, handler=rewrite),
    Input(dialog="analysis_deciding", takes=frozenset({"text"}), needs=_MANAGE, about=_ABOUT, handler=write),
    Display(dialog="analysis_deciding", needs=_MANAGE, about=_ABOUT, handler=again),
)
