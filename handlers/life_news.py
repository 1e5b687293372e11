"""How the messages about a hazard look when they are sent: news, notices with 收到, and the day's small fixes."""

from collections.abc import Mapping
from datetime import datetime

from checklists.deliveries import Delivery
from checklists.hazard_moves import Step
from checklists.hazard_records import Receipt
from checklists.hazard_rules import NOTIFIED_ROLES, RECIPIENT_NAMES, Recipient
from checklists.hazards import LEVEL_NAMES, Hazard, Level, State
from checklists.people import Permission, allows
from handlers.life_cards import EVIDENT, deferral_words, lowering_words, notices_of, receipt_words
from handlers.life_telling import INBOX, LOWERED, NEWS, NOTICE, department_of, may_know
from handlers.life_words import number_in
from handlers.major_report_cards import writing_button
from handlers.outgoing import Outgoing, Renderer
from handlers.replies import Button, Screen, data, rows
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import N_, _, full_day, html, shorten
from storage.transaction import Transaction

_MOST_SHOWN = 8
HEADLINES: Mapping[Step, str] = {
    Step.CONFIRM: N_("⚠️ <b>新查出{level}</b>"),
    Step.REGRADE: N_("⚠️ <b>隐患级别改为{level}</b>"),
    Step.FIX_ON_SPOT: N_("🔎 <b>立查立改，请复查</b>"),
    Step.HAND_IN: N_("🔎 <b>企业已交整改，请复查</b>"),
    Step.TAKE_BACK: N_("<b>企业撤回了提交，暂时不用复查</b>"),
    Step.APPROVE: N_("<b>复查通过，等待销号</b>"),
    Step.RETURN: N_("↩️ <b>整改被退回，请重改</b>"),
    Step.CLOSE: N_("✅ <b>已销号</b>"),
    Step.REOPEN: N_("⚠️ <b>隐患重新打开</b>"),
    Step.MARK_FAKE: N_("❗ <b>被认定为虚假整改</b>"),
    Step.ASK_DEFERRAL: N_("<b>企业申请延期，请答复</b>"),
    Step.DECIDE_DEFERRAL: N_("<b>延期申请有答复了</b>"),
    Step.LIST: N_("🔴 <b>隐患已挂牌督办</b>"),
    Step.UNLIST: N_("<b>隐患已摘牌</b>"),
    Step.ASSIGN: N_("<b>有隐患指定给您的科室</b>"),
    Step.ESCALATE: N_("❗ <b>逾期未改，已采取升级措施</b>"),
    Step.REPORT: N_("<b>隐患已上报</b>"),
    Step.WITHDRAW: N_("🔎 <b>企业把一条隐患当作误报撤回了，请看一看</b>"),
    Step.DISMISS: N_("<b>认定误报，已从清单撤下</b>"),
}


def news(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What happened to a hazard; not needed when it is overtaken by what happened since."""
    hazard, step = tx.hazards.get(int(delivery.about["hazard"])), Step(delivery.about["step"])
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or not may_know(person, hazard) or not _is_true(tx, step, hazard, delivery):
        return None
    assert person is not None
    headline = _(HEADLINES[step]).format(level=_(LEVEL_NAMES[hazard.level]))
    lines = [headline, *_about(tx, hazard), *_why(tx, step, hazard)]
    sees = allows(person, Permission.SEE_ENTERPRISE, enterprise_id=hazard.enterprise_id)
    look = Button(_("看隐患"), data("z", hazard.id)) if sees else None
    if allows(person, Permission.SUPERVISE) and step in (Step.HAND_IN, Step.FIX_ON_SPOT):
        look = Button(_("🔎 复查"), data("yv", hazard.id))
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([look])))


def _is_true(tx: Transaction, step: Step, hazard: Hazard, delivery: Delivery) -> bool:
    """Whether the headline still holds: nothing is called closed, waiting or passed that is not so now."""
    same_round = hazard.round == int(delivery.about["round"])
    match step:
        case Step.FIX_ON_SPOT | Step.HAND_IN:
            return hazard.state in EVIDENT
        case Step.TAKE_BACK:
            return same_round and hazard.state in (State.CONFIRMED, State.RECTIFYING)
        case Step.APPROVE:
            return hazard.state is State.REVIEWED
        case Step.CLOSE:
            return hazard.state is State.CLOSED
        case Step.ASK_DEFERRAL:
            return tx.hazard_records.deferral_waiting(hazard.id) is not None
        case Step.LIST | Step.UNLIST:
            return hazard.is_listed is (step is Step.LIST)
        case Step.WITHDRAW | Step.DISMISS:
            return hazard.state is State.WITHDRAWN
        case Step.RETURN | Step.REOPEN | Step.MARK_FAKE:
            return same_round
        case _:
            return hazard.is_open
    raise AssertionError(step)


def _about(tx: Transaction, hazard: Hazard) -> list[str]:
    firm, deadline = tx.enterprises.get(hazard.enterprise_id), hazard.arrangements.deadline
    return [
        _("隐患 {number} · {firm}").format(number=html(number_in(tx, hazard)), firm=html(firm.name if firm else "")),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 300)))] if hazard.words else []),
        *([_("期限：{day}").format(day=full_day(deadline))] if deadline and hazard.is_open else []),
    ]


def _why(tx: Transaction, step: Step, hazard: Hazard) -> list[str]:
    reason = ""
    match step:
        case Step.RETURN | Step.MARK_FAKE | Step.DISMISS | Step.APPROVE:
            reviews = tx.hazard_records.reviews(hazard.id)
            reason = reviews[-1].words if reviews else ""
        case Step.REOPEN:
            lives = tx.hazard_records.lives(hazard.id)
            reason = lives[-1].reason if lives else ""
        case Step.WITHDRAW:
            return [_("撤回原因：{reason}").format(reason=html(_(hazard.withdrawn_reason)))]
        case Step.ASK_DEFERRAL | Step.DECIDE_DEFERRAL:
            return [deferral_words(d) for d in tx.hazard_records.deferrals(hazard.id)[-1:]]
        case Step.LIST:
            last = tx.hazard_records.listings(hazard.id)[-1]
            until = [_("办结期限：{day}").format(day=full_day(last.until))] if last.until else []
            reason = _("意见：{words}").format(words=html(shorten(_(last.reason), 300)))
            return [_("督办人：{name}").format(name=html(last.supervisor)), *until, reason]
        case Step.ESCALATE:
            taken = tx.hazard_records.escalations(hazard)[-1]
            return [_("措施：{words}").format(words=html(_("；").join((taken.rung, _(taken.note)))))]
        case _:
            pass
    return [_("意见：{words}").format(words=html(shorten(_(reason), 300)))] if reason else []


def notice(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Notice of a major hazard, to be confirmed; not needed when it is none any more.

    One that was sent and then confirmed elsewhere says so; one that was not sent yet is not sent.
    """
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or not hazard.is_open or not may_know(person, hazard):
        return None
    waiting = next((n for n in notices_of(tx, hazard) if n.id == int(delivery.about["notice"])), None)
    if waiting is None or (waiting.received_at is not None and delivery.message_id is None):
        return None
    headline = _("❗ <b>{level}告知</b>").format(level=_(LEVEL_NAMES[Level.MAJOR]))
    look = Button(_("看隐患"), data("z", hazard.id))
    if waiting.received_at is not None:
        said = _("✅ {words}，由{name}确认，您不用再点。")
        noted = _("✅ {words}，由{name}记下，您不用再点。")
        by = (noted if waiting.how == Receipt.PAPER else said).format(
            words=receipt_words(waiting), name=html(name_of(tx, waiting.received_by))
        )
        return Outgoing(screen=Screen(text="\n".join([headline, *_about(tx, hazard), by]), buttons=rows([look])))
    role = _(RECIPIENT_NAMES[waiting.recipient])
    ask = _("您是{role}，请点“收到”。").format(role=role)
    if waiting.recipient is Recipient.DEPARTMENT:
        ask = _("请负有监管职责的部门点“收到”。")
    lines = [
        headline,
        *_about(tx, hazard),
        _("依据：{clause}").format(clause=html(shorten(hazard.clause, 150))),
        f"<b>{ask}</b>",
    ]
    received = Button(_("✅ 收到"), data("yk", hazard.id, waiting.id))
    is_head = waiting.recipient in NOTIFIED_ROLES and tx.major_reports.is_missing(hazard)
    report = writing_button(hazard, tx.major_reports.get(hazard)) if is_head else None
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([received], [report], [look])))


def lowered(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To the department: the firm set a level below what the criterion proposes; not needed once that is undone."""
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or not hazard.is_live or not may_know(person, hazard):
        return None
    words = lowering_words(tx, hazard)
    if not words:
        return None
    headline = _("🔎 <b>企业把建议的重大隐患定为一般隐患，请看一看</b>")
    basis = _("依据：{clause}").format(clause=html(shorten(hazard.clause, 150)))
    look = Button(_("看隐患"), data("z", hazard.id))
    text = "\n".join([headline, *_about(tx, hazard), basis, words])
    return Outgoing(screen=Screen(text=text, buttons=rows([look])))


def inbox(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What was put right on the spot and waits for this person's review, all in one message a day."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None or not person.in_office:
        return None
    waiting = [h for h in tx.hazards.in_state(State.FIXED_ON_SPOT) if person.id in _duty(tx, h)]
    if not waiting:
        return None
    text = _("🔎 <b>立查立改待复查 {count} 条</b>").format(count=len(waiting))
    buttons = [[Button(_entry(tx, h), data("yv", h.id))] for h in waiting[:_MOST_SHOWN]]
    return Outgoing(screen=Screen(text=text, buttons=rows(*buttons)))


def _duty(tx: Transaction, hazard: Hazard) -> set[int]:
    return {person.id for person in department_of(tx, hazard)}


def _entry(tx: Transaction, hazard: Hazard) -> str:
    firm = tx.enterprises.get(hazard.enterprise_id)
    return f"{number_in(tx, hazard)} {shorten(firm.name if firm else '', 16)}"


RENDERERS: Mapping[str, Renderer] = {NEWS: news, NOTICE: notice, INBOX: inbox, LOWERED: lowered}
