"""That the letter of a proposal went out: which one, its number (文号), the day; a wrong entry is entered again."""

from dataclasses import replace
from datetime import date

from checklists.hazard_guards import DoneAlready
from checklists.hazard_records import ProposalMade, Referral
from checklists.hazards import Hazard
from checklists.people import Permission
from handlers.arrangements import NotADay
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import again, politely, who
from handlers.life_questions import only_the_office
from handlers.past_days import parse_past_day
from handlers.referral_cards import choice_label, proposal_name, referral_words
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, aside, day, html

MOST_LETTERS = 60  # of a number (文号)


@politely
def begin(request: Request) -> Reply:
    """记下文号: of which proposal, where there are several."""
    hazard = current(request)
    made = _proposals(request, hazard)
    return _which(request, hazard) if len(made) > 1 else _ask_reference(request, hazard, made[0])


def _proposals(request: Request, hazard: Hazard) -> list[ProposalMade]:
    only_the_office(request, hazard)
    made = request.tx.hazard_records.proposals(hazard.id)
    if not made:
        raise DoneAlready(_("这条隐患还没有提过建议。"))
    return made


def _which(request: Request, hazard: Hazard) -> Reply:
    made, sent = _proposals(request, hazard), request.tx.referrals.of_hazard(hazard.id)
    request.enter("referral_which", id=hazard.id)
    text = _("<b>隐患 {number}</b>\n记哪一个建议的文号？").format(number=html(number_of(request, hazard)))
    choices = [[Button(choice_label(p, sent.get(p.id)), data("nb", hazard.id, p.id))] for p in reversed(made)]
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [_back(hazard)])))


@politely
def ask_reference(request: Request) -> Reply:
    """The number of the letter of one proposal."""
    hazard = current(request)
    return _ask_reference(request, hazard, _proposal(request, hazard, request.number(1)))


def _proposal(request: Request, hazard: Hazard, proposal_id: int) -> ProposalMade:
    found = next((p for p in _proposals(request, hazard) if p.id == proposal_id), None)
    if found is None:
        raise Gone
    return found


def _ask_reference(request: Request, hazard: Hazard, made: ProposalMade, *, notice: str = "") -> Reply:
    request.enter("referral", id=hazard.id, proposal=made.id)
    lines = _head(request, hazard, made, notice)
    if known := _known(request, made):
        words = _("现在记着的：{referral}。重新记，就以新的为准。")
        lines.append(words.format(referral=html(referral_words(known))))
    lines.append(_("发出的函是什么文号？请打字，例如：安移〔2026〕3号。没有文号就写“无”。"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([_back(hazard)])))


def _head(request: Request, hazard: Hazard, made: ProposalMade, notice: str) -> list[str]:
    number = html(number_of(request, hazard))
    said = [f"<i>{html(notice)}</i>"] if notice else []
    return [*said, _("<b>隐患 {number}</b>").format(number=number), html(proposal_name(made))]


def _back(hazard: Hazard) -> Button:
    return Button(_("返回"), data("z", hazard.id))


def _known(request: Request, made: ProposalMade) -> Referral | None:
    return request.tx.referrals.of_hazard(made.hazard_id).get(made.id)


def _ask_day(request: Request, hazard: Hazard, made: ProposalMade, reference: str, *, notice: str = "") -> Reply:
    request.enter("referral", id=hazard.id, proposal=made.id, reference=reference)
    lines = [
        *_head(request, hazard, made, notice),
        _("文号：{reference}").format(reference=html(reference)),
        _("哪一天发出的？点一个，或者写日期，例如 11月20日、昨天。"),
    ]
    today = Button(_("今天") + aside(day(request.today)), data("nc", hazard.id, made.id, request.today.isoformat()))
    other = Button(_("改文号"), data("nb", hazard.id, made.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([today], [other, _back(hazard)])))


@politely
def choose_day(request: Request) -> Reply:
    """The day of the button; without a number in this chat nothing is kept, and what stands now is said."""
    hazard = current(request)
    made = _proposal(request, hazard, request.number(1))
    dialog = request.dialog
    here = dialog is not None and dialog.kind == "referral" and dialog.data["proposal"] == made.id
    reference = str(dialog.data.get("reference", "")) if here and dialog is not None else ""
    if not reference:
        return _not_kept(request, hazard, made)
    return _keep_day(request, hazard, made, reference, request.word(2))


def _not_kept(request: Request, hazard: Hazard, made: ProposalMade) -> Reply:
    if known := _known(request, made):
        words = _("没有新记。现在记着的：{referral}。").format(referral=referral_words(known))
        return show_step(request, hazard, "view", notice=words, toast=words)
    return replace(_ask_reference(request, hazard, made), toast=_("前面的回答没有留下，请从头再来一次。"))


@politely
def write(request: Request) -> Reply:
    """The number, or behind it the day, as typed; what cannot be used is asked for again."""
    assert request.dialog is not None
    hazard = current(request)
    made = _proposal(request, hazard, int(request.dialog.data["proposal"]))
    words = " ".join(request.text.split())
    reference = str(request.dialog.data.get("reference", ""))
    if reference:
        return _keep_day(request, hazard, made, reference, words)
    if not words:
        return _ask_reference(request, hazard, made)
    if len(words) > MOST_LETTERS:
        notice = _("文号太长了，最多 {most} 个字，请再写一次。").format(most=MOST_LETTERS)
        return _ask_reference(request, hazard, made, notice=notice)
    return _ask_day(request, hazard, made, words)


def _keep_day(request: Request, hazard: Hazard, made: ProposalMade, reference: str, words: str) -> Reply:
    try:
        sent_on = parse_past_day(words, today=request.today)
    except NotADay as error:
        return _ask_day(request, hazard, made, reference, notice=str(error))
    return _keep(request, hazard, made, reference, sent_on)


def _keep(request: Request, hazard: Hazard, made: ProposalMade, reference: str, sent_on: date) -> Reply:
    known = _known(request, made)
    if known is None or (known.reference, known.sent_on) != (reference, sent_on):
        request.tx.referrals.record(made, reference=reference, sent_on=sent_on, **who(request))
    kept = _known(request, made)
    assert kept is not None
    words = _("已记下：{referral}。").format(referral=referral_words(kept))
    return show_step(request, hazard, "view", notice=words, toast=words)


def _again(request: Request, hazard: Hazard) -> Reply:
    assert request.dialog is not None
    made = _proposal(request, hazard, int(request.dialog.data["proposal"]))
    reference = str(request.dialog.data.get("reference", ""))
    return _ask_day(request, hazard, made, reference) if reference else _ask_reference(request, hazard, made)


_ABOUT = About.HAZARD
_OFFICE = Permission.OFFICE

ROUTES: tuple[Route, ...] = (
    Press(name="na", needs=_OFFICE, about=_ABOUT, handler=begin),
    Press(name="nb", needs=_OFFICE, about=_ABOUT, handler=ask_reference),
    Press(name="nc", needs=_OFFICE, about=_ABOUT, handler=choose_day),
    Input(dialog="referral", takes=frozenset({"text"}), needs=_OFFICE, about=_ABOUT, handler=write),
    Display(dialog="referral", needs=_OFFICE, about=_ABOUT, handler=politely(again(_again))),
    Display(dialog="referral_which", needs=_OFFICE, about=_ABOUT, handler=politely(again(_which))),
)
