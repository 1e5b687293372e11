"""The reviewer's view in one message: before and after side by side, clause, measure, doubts, and the judgement."""

from checklists.hazard_moves import Step
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, State
from checklists.people import Permission
from handlers.hazard_cards import measure_words, number_of
from handlers.hazards import current, show_step
from handlers.life import again, done, politely, pressed, who
from handlers.life_cards import EVIDENT
from handlers.life_words import last_word, moment
from handlers.pictures import Comparison
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.review_pictures import Evidence, comparison_rows, evidence_of, fact_lines
from handlers.routing import About, Display, Press, Request, Route
from handlers.walking import name_of
from handlers.words import _, full_day, html, shorten

_MOST_CAPTION = 1000  # of Telegram's 1024: it counts some signs twice


def review(request: Request) -> Reply:
    """复查."""
    return show_review(request, current(request))


def show_review(request: Request, hazard: Hazard) -> Reply:
    """The view, while there is something to judge; else the card with what happened last."""
    if hazard.state not in EVIDENT | {State.REVIEWED}:
        words = _("现在是“{state}”。最近一步：{words}").format(
            state=_(STATE_NAMES[hazard.state]), words=last_word(request.tx, hazard)
        )
        return show_step(request, hazard, "view", notice=words)
    request.enter("life_review", id=hazard.id)
    evidence = evidence_of(request.tx, hazard)
    picture = Comparison(request.services.photos, comparison_rows(evidence))
    text = _caption(request, hazard, evidence)
    return Reply(screen=Screen(text=text, buttons=_buttons(request, hazard), picture=picture))


def _caption(request: Request, hazard: Hazard, evidence: Evidence) -> str:
    firm, plan = request.tx.enterprises.get(hazard.enterprise_id), hazard.arrangements
    handed_in = name_of(request.tx, hazard.handed_in_by)
    lines = [
        _("🔎 <b>复查　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        _("{firm} · {level} · {state}").format(
            firm=html(shorten(firm.name if firm else "", 40)),
            level=_(LEVEL_NAMES[hazard.level]),
            state=_(STATE_NAMES[hazard.state]),
        ),
        *([_("依据：{clause}").format(clause=html(shorten(hazard.clause, 80)))] if hazard.clause else []),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 120)))] if hazard.words else []),
        *([_("措施：{words}").format(words=html(measure_words(plan, 100)))] if plan.measure else []),
        *([_("期限：{day}").format(day=full_day(plan.deadline))] if plan.deadline else []),
        *([_("整改说明：{words}").format(words=html(shorten(hazard.rectified, 120)))] if hazard.rectified else []),
        _("照片：整改前 {before} 张，整改后 {after} 张").format(before=len(evidence.before), after=len(evidence.after)),
        *([] if evidence.before else [_("📷 没有整改前的照片，看不到原来的样子。")]),
    ]
    if hazard.handed_in_at is not None:
        lines.append(
            _("交整改：{name}，{moment}").format(name=html(shorten(handed_in, 20)), moment=moment(hazard.handed_in_at))
        )
    if hazard.sampled:
        lines.append(_("🎯 抽中现场复查：到现场看过才能通过。"))
    room = _MOST_CAPTION - len("\n".join(lines))
    return "\n".join([*lines, *fact_lines(request.tx, evidence, room=room)])


def _buttons(request: Request, hazard: Hazard) -> Rows:
    steps = request.tx.hazard_life.steps_for(hazard, request.who.id)

    def ask(label: str, code: str, step: Step) -> Button | None:
        return Button(label, data("yq", hazard.id, hazard.version, code)) if step in steps else None

    passed = Button(_("✅ 通过"), data("yt", hazard.id, hazard.version, "p"))
    seen = Button(_("✅ 到现场看过，通过"), data("yt", hazard.id, hazard.version, "s"))
    approve = [None if hazard.sampled else passed, seen] if Step.APPROVE in steps else []
    close = Button(_("销号"), data("yc", hazard.id, hazard.version)) if Step.CLOSE in steps else None
    return rows(
        *([button] for button in approve),
        [close],
        [ask(_("↩️ 退回重改"), "r", Step.RETURN), ask(_("❗ 虚假整改"), "f", Step.MARK_FAKE)],
        [Button(_("隐患详情"), data("z", hazard.id))],
    )


@politely
def approve(request: Request) -> Reply:
    """通过: another person has seen that it is put right; close-out is a step of its own."""
    hazard, on_site = pressed(request), request.word(2) == "s"
    after = request.tx.hazard_life.approve(hazard, on_site=on_site, **who(request))
    return done(request, Step.APPROVE, hazard, after, _("复查通过。还差最后一步：销号。"))


@politely
def close(request: Request) -> Reply:
    """销号: off the list, one at a time."""
    hazard = pressed(request)
    after = request.tx.hazard_life.close(hazard, **who(request))
    words = _("隐患 {number} 已销号。").format(number=number_of(request, hazard))
    return done(request, Step.CLOSE, hazard, after, words)


_ABOUT = About.HAZARD
_OFFICE, _SUPERVISE = Permission.OFFICE, Permission.SUPERVISE

ROUTES: tuple[Route, ...] = (
    Press(name="yv", needs=_SUPERVISE, about=_ABOUT, handler=review),
    Press(name="yt", needs=_OFFICE, about=_ABOUT, handler=approve),
    Press(name="yc", needs=_OFFICE, about=_ABOUT, handler=close),
    Display(dialog="life_review", needs=_SUPERVISE, about=_ABOUT, handler=again(show_review)),
)
