"""The steps of the office that need a reason: what is asked, what can be tapped, and what is done then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from checklists.hazard_guards import DoneAlready, ReasonMissing
from checklists.hazard_life import NotThisPersons
from checklists.hazard_moves import Step
from checklists.hazard_records import Proposal, ProposalMade, Receipt
from checklists.hazard_rules import DUAL_REPORT_LAW, Recipient, next_rung
from checklists.hazards import Hazard, Level
from handlers.life import who
from handlers.life_cards import receipts_waiting
from handlers.life_following import ADDRESSEE, SUPERVISOR, UNTIL, FollowUp
from handlers.life_telling import redraw_notice
from handlers.major_report_news import tell_report
from handlers.referral_cards import acts_for_office
from handlers.routing import Request
from handlers.words import N_, _

Act = Callable[..., Hazard]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked before a step, answers to tap, and what is said when it is done.

    `act` takes the request, the hazard, the reason and what was answered to each question of `then`. `law` and `rule`,
    a rule of the plan by name, are what the step rests on; a `proposal` rests on whatever the plan gives for it.
    """

    step: Step
    ask: str
    offered: tuple[str, ...] = ()
    done: str
    act: Act
    then: tuple[FollowUp, ...] = ()
    law: str = ""
    rule: str = ""
    proposal: Proposal | None = None


def _return(request: Request, hazard: Hazard, reason: str) -> Hazard:
    return request.tx.hazard_life.send_back(hazard, reason=reason, **who(request))


def _fake(request: Request, hazard: Hazard, reason: str) -> Hazard:
    return request.tx.hazard_life.mark_fake(hazard, reason=reason, **who(request))


def _reopen(request: Request, hazard: Hazard, reason: str) -> Hazard:
    return request.tx.hazard_life.reopen(hazard, reason=reason, **who(request))


def _dismiss(request: Request, hazard: Hazard, reason: str) -> Hazard:
    return request.tx.hazard_life.dismiss(hazard, reason=reason, **who(request))


def _decide(*, granted: bool) -> Act:
    def act(request: Request, hazard: Hazard, reason: str) -> Hazard:
        return request.tx.hazard_life.decide_deferral(hazard, granted, reason=reason, **who(request))

    return act


def _list(request: Request, hazard: Hazard, reason: str, supervisor: str, until: str) -> Hazard:
    day = date.fromisoformat(until)
    return request.tx.hazard_life.enlist(hazard, supervisor=supervisor, until=day, reason=reason, **who(request))


def _unlist(request: Request, hazard: Hazard, reason: str) -> Hazard:
    return request.tx.hazard_life.unlist(hazard, reason=reason, **who(request))


def _regrade(level: Level) -> Act:
    def act(request: Request, hazard: Hazard, reason: str) -> Hazard:
        return request.tx.hazard_life.regrade(hazard, level, reason=reason, **who(request))

    return act


def _propose(kind: Proposal) -> Act:
    def act(request: Request, hazard: Hazard, reason: str, to_whom: str) -> Hazard:
        return request.tx.hazard_life.propose(hazard, kind, basis=reason, to_whom=to_whom, **who(request))

    return act


def _escalate(request: Request, hazard: Hazard, reason: str) -> Hazard:
    taken = tuple(e.rung for e in request.tx.hazard_records.escalations(hazard))
    rung = next_rung(request.tx.hazard_life.rules().ladder_for(hazard.level), taken) or ""
    return request.tx.hazard_life.escalate(hazard, rung, note=reason, **who(request))


def _comment(request: Request, hazard: Hazard, words: str) -> Hazard:
    only_the_office(request, hazard)
    if not words:
        raise ReasonMissing(_("请写上备注。"))
    request.tx.hazard_records.comment(hazard.id, words, **who(request))
    return hazard


def _answer(request: Request, hazard: Hazard, words: str) -> Hazard:
    only_the_office(request, hazard)
    waiting = unanswered(request, hazard)
    if waiting is None:
        raise DoneAlready(_("没有等答复的建议。"))
    if not words:
        raise ReasonMissing(_("请写上答复。"))
    request.tx.hazard_records.answer_proposal(waiting, words, **who(request))
    return hazard


def _report_on_paper(request: Request, hazard: Hazard, note: str) -> Hazard:
    only_the_office(request, hazard)
    report = request.tx.major_reports.note_paper(hazard, note, **who(request))
    tell_report(request, hazard, report, on_paper=True)
    return hazard


def unanswered(request: Request, hazard: Hazard) -> ProposalMade | None:
    """The oldest proposal that the competent department has not answered."""
    return next((p for p in request.tx.hazard_records.proposals(hazard.id) if not p.answer), None)


def _on_paper(recipient: Recipient) -> Act:
    def act(request: Request, hazard: Hazard, note: str) -> Hazard:
        only_the_office(request, hazard)
        notice = next((n for n in receipts_waiting(request, hazard) if n.recipient is recipient), None)
        if notice is None:
            raise DoneAlready(_("这份回执已经记下了。"))
        request.tx.hazard_records.receive(notice, how=Receipt.PAPER, note=note, **who(request))
        redraw_notice(request, hazard, notice)
        return hazard

    return act


def only_the_office(request: Request, hazard: Hazard) -> None:
    """Raises NotThisPersons for experts, and for whoever belongs to the enterprise as well."""
    if not acts_for_office(request, hazard):
        raise NotThisPersons(_("这一步不归您办，请联系负责的人。"))


def _proposal(kind: Proposal, ask: str, offered: tuple[str, ...]) -> Question:
    return Question(
        step=Step.PROPOSE,
        ask=ask,
        offered=offered,
        done=N_("建议已记下，由主管部门决定。"),
        act=_propose(kind),
        then=(ADDRESSEE,),
        proposal=kind,
    )


_PAPER = (N_("签字的纸质回执已存档"), N_("会议记录已存档"))
QUESTIONS: Mapping[str, Question] = {
    "r": Question(
        step=Step.RETURN,
        ask=N_("退回重改：哪里没有改好？"),
        offered=(N_("没有改到位"), N_("照片看不清，请重拍"), N_("拍的不是同一个地方")),
        done=N_("已退回，企业会看到您的意见。"),
        act=_return,
    ),
    "f": Question(
        step=Step.MARK_FAKE,
        ask=N_("认定虚假整改：依据是什么？"),
        offered=(N_("用了以前的照片"), N_("照片不是这个地方"), N_("现场看，没有改")),
        done=N_("已认定虚假整改，隐患重新回到整改。"),
        act=_fake,
        rule="fake_rectification",
    ),
    "o": Question(
        step=Step.REOPEN,
        ask=N_("重新打开：为什么？"),
        offered=(N_("现场又出现同样的隐患"), N_("销号有误")),
        done=N_("已重新打开。"),
        act=_reopen,
    ),
    "x": Question(
        step=Step.DISMISS,
        ask=N_("认定误报：为什么不算隐患？"),
        offered=(N_("现场核实，符合标准"), N_("重复登记")),
        done=N_("已认定误报，从清单撤下，历史保留。"),
        act=_dismiss,
    ),
    "y": Question(
        step=Step.DECIDE_DEFERRAL,
        ask=N_("同意延期：写一句理由。"),
        offered=(N_("理由充分，延期期间要有人看护"), N_("设备到货前停用")),
        done=N_("已同意延期，期限已改。"),
        act=_decide(granted=True),
    ),
    "n": Question(
        step=Step.DECIDE_DEFERRAL,
        ask=N_("不同意延期：写一句理由。"),
        offered=(N_("理由不足，请按期改好"), N_("风险大，不能拖")),
        done=N_("已答复不同意，原来的期限不变。"),
        act=_decide(granted=False),
    ),
    "l": Question(
        step=Step.LIST,
        ask=N_("挂牌督办：为什么？"),
        offered=(N_("重大隐患，按规定挂牌督办"), N_("整改缓慢")),
        done=N_("已挂牌督办。"),
        act=_list,
        then=(SUPERVISOR, UNTIL),
        rule="listing_supervision",
    ),
    "u": Question(
        step=Step.UNLIST,
        ask=N_("摘牌：为什么？"),
        offered=(N_("已改好，复查通过"),),
        done=N_("已摘牌。"),
        act=_unlist,
    ),
    "m": Question(
        step=Step.REGRADE, ask=N_("改为重大隐患：为什么？"), done=N_("已改为重大隐患。"), act=_regrade(Level.MAJOR)
    ),
    "g": Question(
        step=Step.REGRADE, ask=N_("改为一般隐患：为什么？"), done=N_("已改为一般隐患。"), act=_regrade(Level.GENERAL)
    ),
    "s": _proposal(
        Proposal.STOP_USE,
        N_("建议停止使用：依据是什么？由主管部门决定。"),
        (N_("整改期间不能保证安全"), N_("逾期没有改好")),
    ),
    "p": _proposal(
        Proposal.SUSPEND,
        N_("建议停产停业整顿：依据是什么？由主管部门决定。"),
        (N_("整改期间不能保证安全"), N_("逾期没有改好")),
    ),
    "k": _proposal(
        Proposal.CLOSURE,
        N_("建议关闭取缔：依据是什么？由主管部门决定。"),
        (N_("停产整顿后仍不符合条件"),),
    ),
    "h": _proposal(
        Proposal.PENALTY,
        N_("建议立案处罚：依据是什么？由主管部门决定。"),
        (N_("逾期没有改好"), N_("同一条隐患屡查屡犯"), N_("虚假整改")),
    ),
    "q": _proposal(
        Proposal.ACCOUNTABILITY,
        N_("建议追究责任：依据是什么？由主管部门决定。"),
        (N_("整改不力，久拖不改"), N_("虚假整改")),
    ),
    "e": Question(
        step=Step.ESCALATE,
        ask=N_("采取下一步升级措施：怎么做的？"),
        offered=(N_("已发函"), N_("已约谈")),
        done=N_("升级措施已记下。"),
        act=_escalate,
        rule="escalation",
    ),
    "c": Question(step=Step.PROPOSE, ask=N_("写备注，只有办公室看得到。"), done=N_("备注已记下。"), act=_comment),
    "d": Question(step=Step.PROPOSE, ask=N_("主管部门怎么答复的？"), done=N_("主管部门的答复已记下。"), act=_answer),
    "w": Question(
        step=Step.PROPOSE,
        ask=N_("记下职工代表大会的书面回执：凭什么？"),
        offered=_PAPER,
        done=N_("回执已记下。"),
        act=_on_paper(Recipient.WORKERS_CONGRESS),
        law=DUAL_REPORT_LAW,
        rule="dual_report",
    ),
    "a": Question(
        step=Step.PROPOSE,
        ask=N_("记下主要负责人的书面回执：凭什么？"),
        offered=_PAPER,
        done=N_("回执已记下。"),
        act=_on_paper(Recipient.PRINCIPAL),
        rule="notify",
    ),
    "b": Question(
        step=Step.PROPOSE,
        ask=N_("记下实际控制人的书面回执：凭什么？"),
        offered=_PAPER,
        done=N_("回执已记下。"),
        act=_on_paper(Recipient.CONTROLLER),
        rule="notify",
    ),
    "t": Question(
        step=Step.PROPOSE,
        ask=N_("企业交来的是书面报告：什么时候收到，存在哪里？"),
        offered=(N_("今天收到，三部分齐全，已存档"),),
        done=N_("书面报告已登记。"),
        act=_report_on_paper,
        law=DUAL_REPORT_LAW,
        rule="dual_report",
    ),
}
# Words, receipts and reports on paper are no moves of the table; a closed hazard takes comments too.
QUIET = frozenset("cdwabt")
PAPER_CODES = {Recipient.WORKERS_CONGRESS: "w", Recipient.PRINCIPAL: "a", Recipient.CONTROLLER: "b"}
