"""What the card of a hazard says of its life so far, and the buttons of what this person may do next."""

from collections.abc import Sequence
from dataclasses import replace

from checklists.hazard_life import check
from checklists.hazard_moves import Relation, Step
from checklists.hazard_records import OUTCOME_NAMES, Deferral, Notice, Receipt
from checklists.hazard_rules import NOTIFIED_ROLES, RECIPIENT_NAMES, Gate, Recipient
from checklists.hazards import Hazard, Level, MoveRefused, State
from checklists.people import Permission, allows, knows_sources
from handlers import hazard_pictures, voice_notes
from handlers.analysis_words import decision_lines, waiting_lines
from handlers.finding_facts import facts
from handlers.hazard_cards import Card, to_clause
from handlers.life_overdue import overdue_buttons, overdue_lines
from handlers.life_words import moment
from handlers.major_report_cards import report_button, report_lines, short_parts
from handlers.official_cards import experts_of
from handlers.referral_cards import proposal_lines, record_button
from handlers.replies import Button, Rows, data, rows
from handlers.routing import Request
from handlers.walking import name_of
from handlers.words import _, aside, day, full_day, html, labelled, shorten
from storage.transaction import Transaction

EVIDENT = frozenset({State.FIXED_ON_SPOT, State.HANDED_IN})


def with_life(request: Request, card: Card) -> Card:
    """The card with its life and its next steps, as this person may see them."""
    hazard = card.hazard
    lines = [*life_lines(request.tx, hazard), *(office_lines(request, hazard) if request.who.sees_zone else [])]
    looks = [hazard_pictures.button(request, hazard), voice_notes.button(request, hazard, card.attachments)]
    free = card.is_open and request.tx.hazard_life.has_free_deadline(hazard)
    return replace(card, life=lines, moves=moves(request, hazard, free=free, looks=looks))


def life_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    """What everybody concerned may know."""
    lines = experts_of(tx, hazard)
    if hazard.rectified:
        lines.append(_("整改说明：{words}").format(words=html(shorten(hazard.rectified, 300))))
    if hazard.handed_in_at is not None:
        who = html(name_of(tx, hazard.handed_in_by))
        lines.append(_("交整改：{name}，{moment}").format(name=who, moment=moment(hazard.handed_in_at)))
    lines += [*_deferral_lines(tx, hazard), *_review_lines(tx, hazard), *_notice_lines(tx, hazard)]
    lines += [*report_lines(tx, hazard), *_listing_lines(tx, hazard), *decision_lines(tx, hazard)]
    if hazard.fakes:
        lines.append(_("❗ 曾被认定虚假整改 {count} 次").format(count=hazard.fakes))
    if hazard.state is State.CLOSED and hazard.closed_at is not None:
        who = html(name_of(tx, hazard.closed_by))
        lines.append(
            _("销号：{name}，{day}，用了 {days} 天").format(
                name=who, day=full_day(hazard.closed_at), days=hazard.days_open or 0
            )
        )
    return lines


def _review_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    reviews = tx.hazard_records.reviews(hazard.id)
    if not reviews:
        return []
    last = reviews[-1]
    outcome = _(OUTCOME_NAMES[last.outcome]) + (aside(_("到现场看过")) if last.on_site else "")
    words = _("。{words}").format(words=html(shorten(_(last.words), 300))) if last.words else ""
    return [
        _("{name}（{moment}）：<b>{outcome}</b>{words}").format(
            name=html(name_of(tx, last.by)), moment=moment(last.at), outcome=outcome, words=words
        )
    ]


def _deferral_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    deferrals = tx.hazard_records.deferrals(hazard.id)
    return [deferral_words(deferrals[-1])] if deferrals and hazard.is_open else []


def deferral_words(deferral: Deferral) -> str:
    """A request for a later deadline and what became of it."""
    answers = {None: _("等待答复"), True: _("已同意"), False: _("没有同意")}
    reason = _(deferral.reason if deferral.granted is None else deferral.decision)
    return _("申请延期到{day}：{answer}。{reason}").format(
        day=day(deferral.wanted), answer=answers[deferral.granted], reason=html(shorten(reason, 200))
    )


def lowering_words(tx: Transaction, hazard: Hazard) -> str:
    """Who of the firm set a level below what the criterion proposes, and why; empty where nobody did."""
    lowering = tx.hazard_records.lowering(hazard)
    if lowering is None:
        return ""
    return _("判定标准建议为重大，{name}定为一般：{reason}").format(
        name=html(name_of(tx, lowering.by)), reason=html(shorten(_(lowering.reason), 300))
    )


def notices_of(tx: Transaction, hazard: Hazard) -> list[Notice]:
    """The notices that the level of the hazard asks for now."""
    needed = tx.hazard_life.rules().recipients(hazard.level)
    return [n for n in tx.hazard_records.notices(hazard) if n.recipient in needed]


def _notice_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    told = [labelled(_(RECIPIENT_NAMES[n.recipient]), receipt_words(n)) for n in notices_of(tx, hazard)]
    return [_("告知和报告（双报告）："), *(f"· {words}" for words in told)] if told else []


def receipt_words(notice: Notice) -> str:
    """Whether and how a notice was confirmed."""
    if notice.received_at is None:
        return _("还没有确认收到")
    words = _("{day}已收到").format(day=day(notice.received_at))
    if notice.how == Receipt.PAPER:
        return words + aside(_("纸质回执"))
    return words + (aside(_(notice.note)) if notice.note else "")


def _listing_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    if not hazard.is_listed:
        return []
    last = tx.hazard_records.listings(hazard.id)[-1]
    words = _("🔴 挂牌督办中，督办人：{name}").format(name=html(last.supervisor))
    return [words + (_("，{day}前办结").format(day=day(last.until)) if last.until else "")]


def office_lines(request: Request, hazard: Hazard) -> list[str]:
    """What only the office needs: whose it is, what it comes after, and what still stands before close-out."""
    tx, lines = request.tx, []
    firm = tx.enterprises.get(hazard.enterprise_id)
    lines.append(_("单位：{name}").format(name=html(firm.name if firm else "")))
    department = tx.departments.get(hazard.department_id) if hazard.department_id is not None else None
    if department is not None:
        lines.append(_("负责科室：{name}").format(name=html(department.name)))
    if lowered := lowering_words(tx, hazard):
        lines.append(lowered)
    if hazard.life > 1:
        lines.append(_("第 {count} 次打开").format(count=hazard.life))
    lines += waiting_lines(tx, hazard, reasons=knows_sources(request.person)) if request.who.in_office else []
    lines += facts(tx, hazard)
    lines += short_parts(tx, hazard)
    lines += proposal_lines(request, hazard)
    return [*lines, *overdue_lines(request, hazard), *_gate_lines(request, hazard)]


def _gate_lines(request: Request, hazard: Hazard) -> list[str]:
    rules, lines = request.tx.hazard_life.rules(), []
    if hazard.state is State.REVIEWED:
        if rules.gate is Gate.BEFORE_CLOSE:
            clause = aside(html(rules.clause("review_gate")))
            lines.append(_("按方案{clause}，销号前由负有监管职责的部门审核把关。").format(clause=clause))
        if blocker := blocking(request, hazard, Step.CLOSE):
            lines.append(_("现在还不能销号：{reason}").format(reason=html(blocker)))
    if rules.gate is Gate.BEFORE_REPORT and hazard.vetted_at is None and hazard.is_open:
        clause = aside(html(rules.clause("review_gate")))
        lines.append(_("按方案{clause}，上报前由负有监管职责的部门审核把关。").format(clause=clause))
    return lines


def blocking(request: Request, hazard: Hazard, step: Step) -> str:
    """Why this person cannot take the step now, in words; empty when nothing stands in the way."""
    try:
        check(step, request.tx.hazard_life.circumstances(hazard, request.who.id))
    except MoveRefused as refused:
        return refused.said(_)
    return ""


def waiting_notice(request: Request, hazard: Hazard) -> Notice | None:
    """The notice that this person has still to confirm."""
    return next((n for n in notices_of(request.tx, hazard) if not n.received_at and is_for(request, hazard, n)), None)


def is_for(request: Request, hazard: Hazard, notice: Notice) -> bool:
    """Whether a press of this person can confirm the notice; that of the workers' congress comes on paper."""
    role = NOTIFIED_ROLES.get(notice.recipient)
    if role is not None:
        return request.who.holds(role, enterprise_id=hazard.enterprise_id)
    relations = request.tx.hazard_life.relations(hazard, request.who.id)
    is_office = Relation.DUTY_HOLDER in relations and Relation.INSIDER not in relations
    return notice.recipient is Recipient.DEPARTMENT and is_office


def moves(request: Request, hazard: Hazard, *, free: bool, looks: Sequence[Button | None] = ()) -> Rows:
    """The buttons of what this person may do with the hazard now; `free` while the firm still decides alone.

    `looks` lead to its photos and voice notes.
    """
    steps = frozenset(request.tx.hazard_life.steps_for(hazard, request.who.id))
    notice = waiting_notice(request, hazard)
    received = Button(_("✅ 收到"), data("yk", hazard.id, notice.id)) if notice and hazard.is_open else None
    report = report_button(request, hazard)
    past = None if free else Button(_("经过"), data("yy", hazard.id, 0))
    if request.who.sees_zone:
        more = Button(_("更多"), data("ym", hazard.id)) if steps & MORE else None
        ledger = [Button(_("文书"), data("gw", hazard.id)), Button(_("返回台账"), data("gl"))]
        return rows([received], *_office_moves(request, hazard, steps), [report], looks, [past, more], ledger)
    return rows([received], [report], *_firm_moves(request, hazard, steps, free=free), looks, [past])


# What is seldom done stands one press further.
MORE = frozenset(
    {Step.REGRADE, Step.LIST, Step.UNLIST, Step.PROPOSE, Step.ASSIGN, Step.ESCALATE, Step.VET, Step.REPORT}
    | {Step.REOPEN, Step.DISMISS}
)


def _firm_moves(request: Request, hazard: Hazard, steps: frozenset[Step], *, free: bool) -> list[list[Button | None]]:
    hand_in = Button(_("📷 交整改"), data("yh", hazard.id)) if Step.HAND_IN in steps else None
    waiting = request.tx.hazard_records.deferral_waiting(hazard.id)
    defer = Button(_("申请延期"), data("yd", hazard.id)) if Step.ASK_DEFERRAL in steps and not waiting else None
    back = Button(_("撤回提交"), data("yb", hazard.id, hazard.version)) if Step.TAKE_BACK in steps else None
    if free:
        # Then a deadline is simply changed, and what was marked in error is withdrawn.
        return [[hand_in], [back if hazard.state is State.HANDED_IN else None]]
    return [[hand_in], [defer, back]]


def _office_moves(request: Request, hazard: Hazard, steps: frozenset[Step]) -> list[list[Button | None]]:
    lines: list[list[Button | None]] = []
    if Step.CONFIRM in steps:
        confirm = data("yl", hazard.id, hazard.version, "m") if hazard.clause else to_clause(hazard)
        major = Button(_("确认为重大隐患"), confirm)
        general = Button(_("确认为一般隐患"), data("yl", hazard.id, hazard.version, "g"))
        lines.append([general, major] if hazard.level is Level.GENERAL else [major, general])
    by_hand = not hazard.is_found_inside and hazard.official_inspection_id is None
    mine = hazard.found_by == request.who.id or allows(request.person, Permission.SUPERVISE)
    if hazard.state is State.FOUND and by_hand and mine:
        lines.append([Button(_("接着填"), data("jp", hazard.id))])
    if hazard.state in EVIDENT and Step.RETURN in steps:
        lines.append([Button(_("🔎 复查"), data("yv", hazard.id))])
    if hazard.state is State.REVIEWED and steps & {Step.CLOSE, Step.RETURN}:
        close = Button(_("销号"), data("yc", hazard.id, hazard.version)) if Step.CLOSE in steps else None
        lines.append([close, Button(_("看整改"), data("yv", hazard.id))])
    if Step.DECIDE_DEFERRAL in steps and request.tx.hazard_records.deferral_waiting(hazard.id):
        grant = Button(_("同意延期"), data("yq", hazard.id, hazard.version, "y"))
        refuse = Button(_("不同意延期"), data("yq", hazard.id, hazard.version, "n"))
        lines.append([grant, refuse])
    return [*lines, overdue_buttons(request, hazard, steps), [record_button(request, hazard)]]


def receipts_waiting(request: Request, hazard: Hazard) -> list[Notice]:
    """Notices that the office may note as received on paper: all but its own."""
    waiting = [n for n in notices_of(request.tx, hazard) if not n.received_at]
    return [n for n in waiting if n.recipient is not Recipient.DEPARTMENT]
