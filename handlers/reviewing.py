"""The reviewer's view in one message: before and after side by side, clause, measure, doubts, and the judgement."""

from collections.abc import Sequence

from checklists.attachments import Attachment, Medium, Phase
from checklists.evidence import DOUBT_NAMES, Doubt, Suspicion
from checklists.hazard_moves import Step
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, State
from checklists.people import Permission
from handlers.hazard_cards import number_of
from handlers.hazards import current, show_step
from handlers.life import again, done, politely, pressed, who
from handlers.life_cards import EVIDENT
from handlers.life_words import last_word, moment, number_in
from handlers.picture_dates import doubt_words
from handlers.pictures import Comparison, Panel
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.routing import About, Display, Press, Request, Route
from handlers.walking import name_of
from handlers.words import _, aside, full_day, html, labelled, listed, shorten
from storage.transaction import Transaction

_SHOWN = 2  # rows of before and after; all photos are in the record
_DOUBTS_SHOWN = 2


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
    evidence = _evidence(request.tx, hazard)
    doubts = [s for s in request.tx.doubts.pictures(hazard) if s.picture.attachment_id in {a.id for a in evidence}]
    before = [a for a in request.tx.attachments.of_hazard(hazard.id) if a.phase != Phase.AFTER and _is_photo(a)]
    text = _caption(request, hazard, before, evidence, doubts)
    picture = _picture(request, before, evidence, doubts)
    return Reply(screen=Screen(text=text, buttons=_buttons(request, hazard), picture=picture))


def _is_photo(attachment: Attachment) -> bool:
    return attachment.kind is Medium.PHOTO


def _evidence(tx: Transaction, hazard: Hazard) -> list[Attachment]:
    ids = set(tx.hazard_life.evidence_ids(hazard))
    return [a for a in tx.attachments.of_hazard(hazard.id) if a.id in ids]


def _caption(
    request: Request,
    hazard: Hazard,
    before: Sequence[Attachment],
    evidence: Sequence[Attachment],
    doubts: Sequence[Suspicion],
) -> str:
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
        *([_("措施：{words}").format(words=html(shorten(_(plan.measure), 100)))] if plan.measure else []),
        *([_("期限：{day}").format(day=full_day(plan.deadline))] if plan.deadline else []),
        *([_("整改说明：{words}").format(words=html(shorten(hazard.rectified, 120)))] if hazard.rectified else []),
        _("照片：整改前 {before} 张，整改后 {after} 张").format(before=len(before), after=len(evidence)),
    ]
    if hazard.handed_in_at is not None:
        lines.append(
            _("交整改：{name}，{moment}").format(name=html(shorten(handed_in, 20)), moment=moment(hazard.handed_in_at))
        )
    if hazard.sampled:
        lines.append(_("🎯 抽中现场复查：到现场看过才能通过。"))
    return "\n".join([*lines, *_doubt_lines(request.tx, hazard, evidence, doubts)])


def _doubt_lines(
    tx: Transaction, hazard: Hazard, evidence: Sequence[Attachment], doubts: Sequence[Suspicion]
) -> list[str]:
    places = {a.id: n for n, a in enumerate(evidence, 1)}
    facts = [
        _("· 整改后第 {at} 张：{doubt}{where}").format(
            at=places[s.picture.attachment_id], doubt=doubt_words(DOUBT_NAMES[s.doubt], s), where=_where(tx, hazard, s)
        )
        for s in doubts[: _DOUBTS_SHOWN + 1]
    ]
    earlier = {
        a.sha256
        for a in tx.attachments.of_hazard(hazard.id)
        if a.phase == Phase.AFTER and a.id not in places and _is_photo(a)
    }
    facts += [
        _("· 整改后第 {at} 张：上一次交过同一张照片").format(at=places[a.id]) for a in evidence if a.sha256 in earlier
    ][:2]
    head = [_("⚠️ <b>请留意（只是提示，由您判断）：</b>")] if facts else []
    return [*_forwarded_lines(evidence, doubts), *head, *facts]


def _forwarded_lines(evidence: Sequence[Attachment], doubts: Sequence[Suspicion]) -> list[str]:
    """Forwarded pictures that are in no doubt for it: a fact the reviewer may want to know."""
    doubtful = {s.picture.attachment_id for s in doubts if s.doubt is Doubt.FORWARDED_FROM_BEFORE}
    forwarded = [
        _("第 {at} 张原发于{moment}").format(at=at, moment=moment(picture.forwarded_at))
        for at, picture in enumerate(evidence, 1)
        if picture.forwarded_at is not None and picture.id not in doubtful
    ][:_DOUBTS_SHOWN]
    return [labelled(_("转发来的照片"), listed(forwarded))] if forwarded else []


def _where(tx: Transaction, hazard: Hazard, suspicion: Suspicion) -> str:
    """The other hazard of a picture used twice."""
    other_id = suspicion.beside.hazard_id if suspicion.beside else None
    other = tx.hazards.get(other_id) if other_id not in (None, hazard.id) else None
    return aside(_("隐患 {number}").format(number=number_in(tx, other))) if other else ""


def _picture(
    request: Request, before: Sequence[Attachment], evidence: Sequence[Attachment], doubts: Sequence[Suspicion]
) -> Comparison:
    lines = []
    for at in range(max(1, min(_SHOWN, len(evidence)))):
        was = Panel(_("整改前"), before[min(at, len(before) - 1)].sha256) if before else Panel(_("整改前：没有照片"))
        now = Panel(_("整改后 {at}").format(at=at + 1), evidence[at].sha256) if evidence else Panel(_("整改后"))
        lines.append((was, now))
    places = {a.id: n for n, a in enumerate(evidence, 1)}
    # What resembles the picture from before is beside it already; a picture used elsewhere is shown beside that one.
    for doubt in [s for s in doubts if s.beside is not None and not s.beside.before][:_DOUBTS_SHOWN]:
        assert doubt.beside is not None
        label = _("这次交的（第 {at} 张）").format(at=places[doubt.picture.attachment_id])
        lines.append((Panel(_("别处用过的"), doubt.beside.sha256), Panel(label, doubt.picture.sha256)))
    return Comparison(request.services.photos, tuple(lines))


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
_OFFICE = Permission.OFFICE

ROUTES: tuple[Route, ...] = (
    Press(name="yv", needs=_OFFICE, about=_ABOUT, handler=review),
    Press(name="yt", needs=_OFFICE, about=_ABOUT, handler=approve),
    Press(name="yc", needs=_OFFICE, about=_ABOUT, handler=close),
    Display(dialog="life_review", needs=_OFFICE, about=_ABOUT, handler=again(show_review)),
)
