"""The life of a hazard in plain words: what happened when, by whom, and why."""

from collections.abc import Mapping
from datetime import date, datetime

from checklists.hazard_records import PROPOSAL_NAMES, Proposal
from checklists.hazards import Hazard, format_number
from handlers.analysis_words import analysis_reasons
from handlers.walking import name_of
from handlers.words import N_, _, clock, day, full_day
from storage.trail import Event
from storage.transaction import Transaction

HAPPENED: Mapping[str, str] = {
    "hazard_found": N_("发现隐患"),
    "hazard_imported": N_("从原来的台账接收"),
    "hazard_described": N_("写下情况"),
    "hazard_rewritten": N_("改写情况"),
    "hazard_confirmed": N_("确认级别"),
    "hazard_lowered": N_("把建议的重大隐患定为一般隐患"),
    "hazard_classified": N_("定了依据"),
    "hazard_regraded": N_("改了级别"),
    "hazard_arranged": N_("落实五落实"),
    "hazard_fixed_on_spot": N_("立查立改"),
    "hazard_rectified": N_("写整改说明"),
    "hazard_handed_in": N_("交整改"),
    "hazard_taken_back": N_("撤回提交"),
    "hazard_approved": N_("复查通过"),
    "hazard_returned": N_("退回重改"),
    "hazard_closed": N_("销号"),
    "hazard_reopened": N_("重新打开"),
    "hazard_marked_fake": N_("认定虚假整改"),
    "hazard_deferral_asked": N_("申请延期"),
    "hazard_deferral_decided": N_("答复延期申请"),
    "hazard_listed": N_("挂牌督办"),
    "hazard_unlisted": N_("摘牌"),
    "hazard_proposal_made": N_("向主管部门提出建议"),
    "hazard_referred": N_("记下移送函已发出"),
    "hazard_proposal_answered": N_("记下主管部门的答复"),
    "hazard_assigned": N_("指定科室"),
    "hazard_escalated": N_("采取升级措施"),
    "hazard_vetted": N_("上报审核通过"),
    "hazard_reported": N_("上报"),
    "hazard_withdrawn": N_("误报，撤回"),
    "hazard_dismissed": N_("认定误报"),
    "hazard_carried_over": N_("随更正转到新的一版自查"),
    "hazard_notice_received": N_("确认收到告知"),
    "major_report_written": N_("写重大隐患报告"),
    "major_report_handed_in": N_("交重大隐患报告"),
    "major_report_supplemented": N_("补充重大隐患报告"),
    "major_report_on_paper": N_("登记书面的重大隐患报告"),
    "hazard_put_to_analysis": N_("提请研判"),
    "hazard_analysis_taken_off": N_("撤回研判提请"),
    "hazard_analysis_decided": N_("研判定了措施"),
    "hazard_analysis_followed": N_("研判决定已落实"),
    "hazard_commented": N_("办公室备注"),
}
# What only the office sees; only tips are rewritten, and the firm must not know them from other hazards.
INTERNAL = frozenset(
    {"hazard_commented", "hazard_assigned", "hazard_referred", "hazard_proposal_answered", "hazard_rewritten"}
    | {"hazard_put_to_analysis", "hazard_analysis_taken_off", "hazard_analysis_followed"}
)


def number_in(tx: Transaction, hazard: Hazard) -> str:
    """The number people use in this zone, where there is no request at hand."""
    zone = tx.zones.current()
    return format_number(zone.code if zone else "", hazard.year, hazard.sequence)


def moment(at: datetime) -> str:
    """A day and the time of day in Shanghai, 11月23日 10:00."""
    return f"{day(at)} {clock(at)}"


def history(tx: Transaction, hazard: Hazard, *, internal: bool) -> list[str]:
    """Every step so far, the newest first, with its reason; what only the office sees if `internal`."""
    reasons = _reasons(tx, hazard, internal=internal)
    shown = [e for e in tx.trail.of("hazard", hazard.id) if internal or e.what not in INTERNAL]
    return [_line(tx, event, reasons) for event in reversed(shown)]


def last_word(tx: Transaction, hazard: Hazard) -> str:
    """What happened last, for somebody who came too late."""
    events = [e for e in tx.trail.of("hazard", hazard.id) if e.what not in INTERNAL]
    return _line(tx, events[-1], {}) if events else ""


def _line(tx: Transaction, event: Event, reasons: Mapping[tuple[str, datetime], str]) -> str:
    name = name_of(tx, event.person_id) or _("系统")
    words = _("{moment} {name}：{what}").format(
        moment=moment(event.at), name=name, what=_(HAPPENED.get(event.what, event.what))
    )
    reason = reasons.get((event.what, event.at), "")
    return _("{words}。{reason}").format(words=words, reason=_(reason)) if reason else words


def _referred(kept: Mapping[str, str]) -> str:
    return _("{proposal}：文号 {reference}，{day}发出").format(
        proposal=_(PROPOSAL_NAMES[Proposal(kept["proposal"])]),
        reference=kept["reference"],
        day=full_day(date.fromisoformat(kept["sent_on"])),
    )


def _reasons(tx: Transaction, hazard: Hazard, *, internal: bool) -> dict[tuple[str, datetime], str]:
    kept, found = tx.hazard_records, analysis_reasons(tx.trail.of("hazard", hazard.id))
    for review in kept.reviews(hazard.id):
        for what in ("hazard_approved", "hazard_returned", "hazard_marked_fake", "hazard_vetted", "hazard_dismissed"):
            found[what, review.at] = review.words
    for deferral in kept.deferrals(hazard.id):
        found["hazard_deferral_asked", deferral.asked_at] = deferral.reason
        if deferral.decided_at is not None:
            found["hazard_deferral_decided", deferral.decided_at] = deferral.decision
    for listing in kept.listings(hazard.id):
        found["hazard_listed", listing.listed_at] = listing.reason
        if listing.unlisted_at is not None:
            found["hazard_unlisted", listing.unlisted_at] = listing.unlisted_reason
    for life in kept.lives(hazard.id):
        found["hazard_reopened", life.opened_again_at] = life.reason
    for proposal in kept.proposals(hazard.id):
        found["hazard_proposal_made", proposal.proposed_at] = proposal.basis
    for event in tx.trail.of("hazard", hazard.id):
        if event.what == "hazard_lowered":
            found[event.what, event.at] = event.body["after"]["reason"]
        if event.what == "hazard_referred":
            found[event.what, event.at] = _referred(event.body["after"])
    for step in kept.escalations(hazard):
        found["hazard_escalated", step.at] = step.note
    for comment in kept.comments(hazard.id) if internal else ():
        found["hazard_commented", comment.at] = comment.words
    return found
