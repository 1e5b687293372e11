"""How one hazard looks: its card, the step it waits for, and the buttons of that step."""

from collections.abc import Sequence
from dataclasses import dataclass

from checklists.attachments import Attachment, Phase
from checklists.defences import DEFENCE_NAMES
from checklists.hazard_moves import TABLE, Step
from checklists.hazards import (
    ARRANGEMENT_NAMES,
    LEVEL_NAMES,
    STATE_NAMES,
    Arrangements,
    Hazard,
    Level,
    Source,
    State,
    format_number,
)
from checklists.people import Permission, allows, knows_sources
from handlers.buttons import to_home
from handlers.items import handed_in_words
from handlers.replies import Button, Rows, Screen, data, rows
from handlers.routing import Gone, Request
from handlers.walking import Walk, walk_of
from handlers.words import N_, _, aside, full_day, html, labelled, listed, shorten
from storage.transaction import Transaction

FIELDS = tuple(ARRANGEMENT_NAMES)
_LEVEL_CODES = {Level.MAJOR: "m", Level.GENERAL: "g"}
LEVELS_BY_CODE = {code: level for level, code in _LEVEL_CODES.items()}
# Having put it right at once is none: then it was major and is fixed on the spot.
NOT_MAJOR_BECAUSE = (
    N_("现场核对，没有达到判定标准这一条"),
    N_("判定标准说的设备、场所或物料，本单位没有"),
    N_("数量或面积没有达到判定标准"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A hazard with what is needed to draw it; `walk` is its inspection, `proposal` fills what is not fixed yet.

    `is_open` while the finding still is the firm's own, so that it may be changed and taken back, `has_own_level` while
    the level is too. `proposed` is the level of the criterion; `life` and `moves` are what handlers.life_cards adds for
    the person who looks at it.
    """

    hazard: Hazard
    number: str
    attachments: Sequence[Attachment]
    walk: Walk | None
    remark: str
    proposal: Arrangements
    may_change: bool
    proposed: Level
    is_open: bool
    has_own_level: bool
    life: Sequence[str] = ()
    moves: Rows = ()

    @property
    def is_walking(self) -> bool:
        """Whether the inspection it belongs to is running, be it a correction."""
        return self.walk is not None and self.walk.inspection.is_running

    @property
    def question(self) -> str:
        if self.walk is None or self.hazard.item is None:
            return ""
        return self.walk.item(self.hazard.item).ask


def hazard_of(request: Request, hazard_id: int) -> Hazard:
    """The hazard with this id; raises Gone."""
    hazard = request.tx.hazards.get(hazard_id)
    if hazard is None:
        raise Gone
    return hazard


def number_of(request: Request, hazard: Hazard) -> str:
    """The number people use in this zone."""
    return format_number(request.zone.code, hazard.year, hazard.sequence)


def card_of(request: Request, hazard: Hazard, proposal: Arrangements) -> Card:
    """Everything that stands on the card of this hazard."""
    walk = walk_of(request.tx, hazard.inspection_id) if hazard.inspection_id is not None else None
    kept = request.tx.inspections.answer_to(walk.id, hazard.item) if walk and hazard.item is not None else None
    is_open = request.tx.hazard_life.is_in_walk(hazard)
    return Card(
        hazard=hazard,
        number=number_of(request, hazard),
        attachments=seen_attachments(request, hazard),
        walk=walk,
        remark=kept.remark if kept else "",
        proposal=proposal,
        may_change=allows(request.person, Permission.INSPECT, enterprise_id=hazard.enterprise_id),
        proposed=request.tx.hazard_life.proposed(hazard),
        is_open=is_open,
        has_own_level=is_open and not request.tx.hazard_life.has_level_of_office(hazard),
    )


def seen_attachments(request: Request, hazard: Hazard) -> list[Attachment]:
    """The photos and voice notes this person may know of.

    A picture that led the office to the hazard shows where somebody stood. Where it was a tip, the firm does not
    even see that there is one: then nothing tells a tip from any other hazard that the office entered.
    """
    if knows_sources(request.person):
        return request.tx.attachments.of_hazard(hazard.id)
    return attachments_for_firm(request.tx, hazard)


def attachments_for_firm(tx: Transaction, hazard: Hazard) -> list[Attachment]:
    """The photos and voice notes that the firm may know of, and whoever may show them to it."""
    kept = tx.attachments.of_hazard(hazard.id)
    if hazard.source is not Source.TIP:
        return kept
    return [a for a in kept if a.phase == Phase.AFTER or is_of_the_firm(tx, a, hazard)]


def is_of_the_firm(tx: Transaction, attachment: Attachment, hazard: Hazard) -> bool:
    """Whether somebody of the firm sent it to the hazard, which he knew: what led to the hazard came before it."""
    sender = tx.people.get(attachment.sent_by)
    belongs = sender is not None and any(a.enterprise_id == hazard.enterprise_id for a in sender.assignments)
    return belongs and attachment.received_at > hazard.found_at


def next_step(request: Request, hazard: Hazard) -> str:
    """What the person should be asked next: photo, words, level, how, arrange, or nothing (view)."""
    match hazard.state:
        case State.FOUND if not hazard.is_found_inside:
            return "view"
        case State.FOUND if not hazard.words and not request.tx.attachments.of_hazard(hazard.id):
            return "photo"
        case State.FOUND:
            return "level" if hazard.words else "words"
        case State.CONFIRMED:
            return "how" if hazard.arrangements == Arrangements() else "arrange"
        case _:
            return "view"


def step_screen(card: Card, step: str, *, notice: str = "") -> Screen:
    """The card with the question of this step below it."""
    ask, buttons = _ASKED[step](card)
    life = card.life if step == "view" else ()
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *card_lines(card), *life, *(["", *ask] if ask else [])]
    moves = card.moves if step == "view" else ()
    return Screen(text="\n".join(lines), buttons=rows(*buttons, *moves, *_last_rows(card, step)))


def card_lines(card: Card) -> list[str]:
    """What is known of the hazard."""
    hazard, plan = card.hazard, card.hazard.arrangements
    level = _("{level} · {state}") if hazard.level_confirmed_by else _("建议为{level} · {state}")
    lines = [
        _("⚠️ <b>隐患 {number}</b>").format(number=html(card.number)),
        level.format(level=_(LEVEL_NAMES[hazard.level]), state=_(STATE_NAMES[hazard.state])),
    ]
    if card.question:
        lines.append(_("第 {at} 题：{ask}").format(at=(hazard.item or 0) + 1, ask=html(card.question)))
    if hazard.clause:
        lines.append(_("依据：{clause}").format(clause=html(hazard.clause)))
    if hazard.words:
        lines.append(_("情况：{words}").format(words=html(shorten(_(hazard.words), 800))))
    lines += _pictures(card.attachments)
    if hazard.state is State.RECTIFYING:
        lines += [labelled(_(ARRANGEMENT_NAMES[f]), html(field_words(plan, f))) for f in FIELDS]
    if hazard.withdrawn_reason:
        lines.append(_("撤回原因：{reason}").format(reason=html(_(hazard.withdrawn_reason))))
    return lines


def _pictures(attachments: Sequence[Attachment]) -> list[str]:
    before = [a for a in attachments if a.phase != Phase.AFTER]
    after = [a for a in attachments if a.phase == Phase.AFTER]
    return [
        *([handed_in_words(before)] if before else []),
        *([_("整改后照片 {count} 张").format(count=len(after))] if after else []),
    ]


def field_words(plan: Arrangements, field: str) -> str:
    """One of the five arrangements as people read it."""
    value = getattr(plan, field)
    if field == "measure" and value:
        return measure_words(plan)
    return full_day(value) if field == "deadline" and value else _(str(value or ""))


def measure_words(plan: Arrangements, length: int = 500) -> str:
    """The measure, cut to a length, with the kinds of defence it belongs to."""
    kinds = listed(_(DEFENCE_NAMES[defence]) for defence in plan.defences)
    return shorten(_(plan.measure), length) + (aside(kinds) if kinds else "")


Asked = tuple[list[str], list[list[Button | None]]]


def _photo(card: Card) -> Asked:
    skip = Button(_("没法拍照，先跳过"), data("zs", card.hazard.id, "words"))
    return [_("<b>第 1/4 步：把隐患拍下来，照片发到这里。</b>")], [[skip]]


def _words(card: Card) -> Asked:
    hazard = card.hazard
    own = Button(_("就用题目的话"), data("zq", hazard.id, hazard.version, "q")) if card.question else None
    remark = Button(_("用备注的话"), data("zq", hazard.id, hazard.version, "r")) if card.remark else None
    return [_("<b>第 2/4 步：写一句哪里不对。</b>打字或发语音都行。")], [[remark], [own]]


def _level(card: Card) -> Asked:
    hazard, proposed = card.hazard, card.proposed
    levels = [proposed, *(level for level in Level if level is not proposed)]
    buttons: list[list[Button | None]] = [
        [Button(_("是{level}").format(level=_(LEVEL_NAMES[level])), _level_data(hazard, level))] for level in levels
    ]
    ask = [_("<b>第 3/4 步：请您确认隐患级别。</b>")]
    if hazard.criterion_id:
        ask.append(_("按判定标准，这一条应是<b>{level}</b>。").format(level=_(LEVEL_NAMES[proposed])))
    return ask, buttons


def _lower(card: Card) -> Asked:
    hazard = card.hazard
    reasons: list[list[Button | None]] = [
        [Button(_(words), data("tl", hazard.id, hazard.version, n))] for n, words in enumerate(NOT_MAJOR_BECAUSE)
    ]
    ask = _("<b>判定标准建议为重大隐患。为什么不算重大隐患？</b>\n点一个，或者直接打字。办公室看得到您的理由。")
    return [ask], [*reasons, [Button(_("返回，重选级别"), data("zs", hazard.id, "level"))]]


def _level_data(hazard: Hazard, level: Level) -> str:
    return (
        to_clause(hazard)
        if level is Level.MAJOR and not hazard.clause
        else data("zl", hazard.id, hazard.version, _LEVEL_CODES[level])
    )


def to_clause(hazard: Hazard) -> str:
    """The way to the question for the criterion, without which nothing is a major hazard."""
    return data("zd", hazard.id)


def _how(card: Card) -> Asked:
    run = card.hazard.id
    return [_("<b>第 4/4 步：怎么改？</b>")], [
        [Button(_("立查立改：现在就改好"), data("zs", run, "fixed"))],
        [Button(_("限期整改"), data("zs", run, "arrange"))],
        # Once the inspection is submitted, or the office has found it or set the level, the office sets it.
        [Button(_("改级别"), data("zs", run, "level")) if card.has_own_level else None],
    ]


def _fixed(card: Card) -> Asked:
    later = Button(_("现在改不了，限期整改"), data("zs", card.hazard.id, "arrange"))
    words = _("<b>改好以后，在同一个地方再拍一张发来。</b>没有改后的照片，不算改好。")
    return [words], [[later]]


def _arrange(card: Card) -> Asked:
    hazard, plan, proposal = card.hazard, card.hazard.arrangements, card.proposal
    lines = [_("<b>限期整改要落实五件事。</b>可以一键采用建议，也可以点开改：")]
    buttons = []
    for index, field in enumerate(FIELDS):
        fixed = bool(getattr(plan, field))
        words = field_words(plan if fixed else proposal, field)
        lines.append(
            ("✅ " if fixed else "▫️ ")
            + labelled(_(ARRANGEMENT_NAMES[field]), html(words))
            + ("" if fixed else _("（建议）"))
        )
        buttons.append(Button(("✓ " if fixed else "") + _(ARRANGEMENT_NAMES[field]), data("ze", hazard.id, index)))
    everything = None if plan.complete else Button(_("全部采用"), data("za", hazard.id, hazard.version))
    back = Button(_("改好了"), data("z", hazard.id)) if plan.complete else None
    on_spot = Button(_("立查立改：现在就改好"), data("zs", hazard.id, "fixed"))
    return lines, [
        [everything],
        list(buttons[:3]),
        list(buttons[3:]),
        [on_spot if hazard.state is State.CONFIRMED else back],
    ]


def _view(card: Card) -> Asked:
    hazard = card.hazard
    if not card.may_change:
        return [], []
    waits = hazard.state is State.FOUND and not hazard.is_found_inside
    fills_in = hazard.is_live and not hazard.is_settled and not waits
    unfinished = Button(_("接着填"), data("zn", hazard.id)) if fills_in else None
    rearranges = card.is_open and hazard.state is State.RECTIFYING
    change = Button(_("改五落实"), data("zs", hazard.id, "arrange")) if rearranges else None
    return [_("级别由监管办公室确认，请等一等。")] if waits else [], [[unfinished], [change]]


_ASKED = {
    "photo": _photo,
    "words": _words,
    "level": _level,
    "lower": _lower,
    "how": _how,
    "fixed": _fixed,
    "arrange": _arrange,
    "view": _view,
}
STEPS = frozenset(_ASKED)


def _last_rows(card: Card, step: str) -> Rows:
    hazard = card.hazard
    may_withdraw = card.is_open and card.may_change and hazard.state in TABLE[Step.WITHDRAW].begins
    back = Button(_("稍后再填"), data("zb", hazard.id)) if step != "view" else None
    walks = step == "view" and card.is_walking and card.may_change
    on = Button(_("回到自查"), data("zb", hazard.id)) if walks else None
    listed = Button(_("隐患清单"), data("zh", hazard.enterprise_id, 0)) if step == "view" else None
    return rows(
        [Button(_("误报，撤回"), data("zx", hazard.id, ".")) if may_withdraw else None, back, on],
        [listed, to_home() if step == "view" else None],
    )
