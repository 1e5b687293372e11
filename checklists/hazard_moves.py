"""The moves in the life of a hazard, finding to close-out (销号): one table of who may do what and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checklists.hazards import State


class Step(StrEnum):
    """What can be done with a hazard; each is one move of the table."""

    CONFIRM = "confirm"
    RECONSIDER = "reconsider"
    REGRADE = "regrade"
    ARRANGE = "arrange"
    FIX_ON_SPOT = "fix_on_spot"
    HAND_IN = "hand_in"
    TAKE_BACK = "take_back"
    APPROVE = "approve"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    MARK_FAKE = "mark_fake"
    ASK_DEFERRAL = "ask_deferral"
    DECIDE_DEFERRAL = "decide_deferral"
    LIST = "list"
    UNLIST = "unlist"
    PROPOSE = "propose"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    VET = "vet"
    REPORT = "report"
    WITHDRAW = "withdraw"
    DISMISS = "dismiss"


class Relation(StrEnum):
    """What a person is to one hazard; somebody can be several at once.

    FIRM may inspect for the enterprise, INSIDER belongs to it in any role; WALKER is of the firm while the finding is
    still its own: the inspection that found it was never submitted, and nothing put right was sent back.
    """

    FIRM = "firm"
    INSIDER = "insider"
    WALKER = "walker"
    OFFICE = "office"
    MANAGER = "manager"
    DUTY_HOLDER = "duty_holder"
    FINDER = "finder"
    RECTIFIER = "rectifier"
    ASKER = "asker"


class Audience(StrEnum):
    """Whom the bot tells of a move."""

    PRINCIPAL = "principal"
    CONTROLLER = "controller"
    RECTIFIER = "rectifier"
    FINDER = "finder"
    DEPARTMENT = "department"
    MANAGERS = "managers"
    SUPERVISOR = "supervisor"


class Need(StrEnum):
    """What must be so before a move; each has its guard and its refusal."""

    CRITERION = "criterion"
    REASON = "reason"
    ARRANGEMENTS = "arrangements"
    EVIDENCE = "evidence"
    DEPARTMENT = "department"
    ON_SITE = "on_site"
    REVIEW = "review"
    RECEIPTS = "receipts"
    MAJOR_REPORT = "major_report"
    NOT_LISTED = "not_listed"
    LISTED = "listed"
    MAJOR = "major"
    NO_DEFERRAL = "no_deferral"
    DEFERRAL = "deferral"
    LATER_DEADLINE = "later_deadline"
    NOT_VETTED = "not_vetted"
    VETTED = "vetted"
    NOT_REPORTED = "not_reported"
    OTHER_LEVEL = "other_level"
    LOWERING = "lowering"
    OWN_LEVEL = "own_level"
    OFFICE_FOR_OUTSIDE = "office_for_outside"


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One row of the table.

    `ends` is where the hazard is afterwards: empty leaves the state, two mean that complete arrangements decide.
    One of `who` is enough; any of `never` forbids.
    """

    label: str
    begins: frozenset[State]
    ends: tuple[State, ...] = ()
    who: frozenset[Relation]
    never: frozenset[Relation] = frozenset()
    needs: tuple[Need, ...] = ()
    tells: frozenset[Audience] = frozenset()
    tells_if_major: frozenset[Audience] = frozenset()


_S, _R, _A, _N = State, Relation, Audience, Need
_UNFIXED = frozenset({_S.CONFIRMED, _S.RECTIFYING})
_EVIDENT = frozenset({_S.FIXED_ON_SPOT, _S.HANDED_IN})
_KNOWN = frozenset(State) - {_S.FOUND, _S.CLOSED, _S.WITHDRAWN}
_ALL_OPEN = _KNOWN | {_S.FOUND}
_FIRM, _OFFICE, _MANAGER = frozenset({_R.FIRM}), frozenset({_R.OFFICE}), frozenset({_R.MANAGER})
_DUTY = frozenset({_R.DUTY_HOLDER})
# Nobody passes or closes what he found, put right, or is paid by; see docs/decisions/hazard-life.md.
_SECOND_PERSON = frozenset({_R.FINDER, _R.RECTIFIER, _R.INSIDER})
_INSIDERS = frozenset({_R.INSIDER})
_HEADS = frozenset({_A.PRINCIPAL, _A.CONTROLLER})
_BACK = (_S.RECTIFYING, _S.CONFIRMED)

TABLE: Mapping[Step, Move] = {
    Step.CONFIRM: Move(
        label="确认级别",
        begins=frozenset({_S.FOUND}),
        ends=(_S.CONFIRMED,),
        who=_FIRM | _OFFICE,
        needs=(_N.OFFICE_FOR_OUTSIDE, _N.CRITERION, _N.LOWERING),
        tells=frozenset({_A.PRINCIPAL}),
        tells_if_major=_HEADS | {_A.DEPARTMENT, _A.MANAGERS},
    ),
    # Whoever walks the inspection may think again until it is submitted; afterwards, and where it has set the level
    # already, only the office sets it.
    Step.RECONSIDER: Move(
        label="改级别",
        begins=frozenset({_S.CONFIRMED}),
        who=frozenset({_R.WALKER}),
        needs=(_N.OWN_LEVEL, _N.CRITERION, _N.LOWERING),
    ),
    Step.REGRADE: Move(
        label="改级别",
        begins=_KNOWN,
        who=_MANAGER,
        never=_INSIDERS,
        needs=(_N.OTHER_LEVEL, _N.CRITERION, _N.REASON),
        tells=_HEADS | {_A.DEPARTMENT},
    ),
    Step.ARRANGE: Move(label="落实五落实", begins=_UNFIXED, ends=_BACK, who=_FIRM | _OFFICE),
    Step.FIX_ON_SPOT: Move(
        label="立查立改",
        begins=frozenset({_S.CONFIRMED}),
        ends=(_S.FIXED_ON_SPOT,),
        who=_FIRM,
        needs=(_N.EVIDENCE,),
        tells=frozenset({_A.DEPARTMENT}),
    ),
    Step.HAND_IN: Move(
        label="提交整改",
        begins=frozenset({_S.RECTIFYING}),
        ends=(_S.HANDED_IN,),
        who=_FIRM,
        needs=(_N.ARRANGEMENTS, _N.EVIDENCE, _N.NO_DEFERRAL),
        tells=frozenset({_A.DEPARTMENT}),
    ),
    Step.TAKE_BACK: Move(label="撤回提交", begins=_EVIDENT, ends=_BACK, who=_FIRM, tells=frozenset({_A.DEPARTMENT})),
    Step.APPROVE: Move(
        label="复查通过",
        begins=_EVIDENT,
        ends=(_S.REVIEWED,),
        who=_DUTY,
        never=_SECOND_PERSON,
        needs=(_N.DEPARTMENT, _N.EVIDENCE, _N.ON_SITE),
        tells=frozenset({_A.PRINCIPAL, _A.RECTIFIER}),
    ),
    Step.RETURN: Move(
        label="退回重改",
        begins=_EVIDENT | {_S.REVIEWED},
        ends=_BACK,
        who=_OFFICE,
        never=_INSIDERS,
        needs=(_N.REASON,),
        tells=frozenset({_A.PRINCIPAL, _A.RECTIFIER}),
    ),
    Step.CLOSE: Move(
        label="销号",
        begins=frozenset({_S.REVIEWED}),
        ends=(_S.CLOSED,),
        who=_DUTY,
        never=_SECOND_PERSON,
        needs=(
            *(_N.DEPARTMENT, _N.EVIDENCE, _N.REVIEW, _N.RECEIPTS),
            *(_N.MAJOR_REPORT, _N.NOT_LISTED, _N.NO_DEFERRAL),
        ),
        tells=frozenset({_A.PRINCIPAL, _A.RECTIFIER, _A.FINDER}),
        tells_if_major=_HEADS,
    ),
    Step.REOPEN: Move(
        label="重新打开",
        begins=frozenset({_S.CLOSED}),
        ends=(_S.CONFIRMED,),
        who=_OFFICE,
        never=_INSIDERS,
        needs=(_N.REASON,),
        tells=_HEADS | {_A.DEPARTMENT},
    ),
    Step.MARK_FAKE: Move(
        label="认定虚假整改",
        begins=_EVIDENT | {_S.REVIEWED, _S.CLOSED},
        ends=_BACK,
        who=_OFFICE,
        never=_INSIDERS,
        needs=(_N.REASON,),
        tells=_HEADS | {_A.DEPARTMENT, _A.MANAGERS},
    ),
    Step.ASK_DEFERRAL: Move(
        label="申请延期",
        begins=frozenset({_S.RECTIFYING}),
        who=_FIRM,
        needs=(_N.REASON, _N.LATER_DEADLINE, _N.NO_DEFERRAL),
        tells=frozenset({_A.DEPARTMENT}),
    ),
    Step.DECIDE_DEFERRAL: Move(
        label="决定延期",
        begins=frozenset({_S.RECTIFYING}),
        who=_DUTY,
        never=_INSIDERS | {_R.ASKER},
        needs=(_N.DEFERRAL, _N.REASON),
        tells=frozenset({_A.PRINCIPAL, _A.RECTIFIER}),
    ),
    Step.LIST: Move(
        label="挂牌督办",
        begins=_KNOWN,
        who=_MANAGER,
        never=_INSIDERS,
        needs=(_N.MAJOR, _N.NOT_LISTED, _N.REASON),
        tells=_HEADS | {_A.DEPARTMENT, _A.SUPERVISOR},
    ),
    Step.UNLIST: Move(
        label="摘牌",
        begins=frozenset({_S.REVIEWED}),
        who=_MANAGER,
        never=_SECOND_PERSON,
        needs=(_N.LISTED, _N.REVIEW, _N.REASON),
        tells=_HEADS | {_A.DEPARTMENT, _A.SUPERVISOR},
    ),
    Step.PROPOSE: Move(label="提出建议", begins=_KNOWN, who=_OFFICE, never=_INSIDERS, needs=(_N.REASON,)),
    Step.ASSIGN: Move(
        label="指定科室", begins=_ALL_OPEN, who=_MANAGER, never=_INSIDERS, tells=frozenset({_A.DEPARTMENT})
    ),
    Step.ESCALATE: Move(
        label="升级措施",
        begins=_UNFIXED,
        who=_MANAGER,
        never=_INSIDERS,
        needs=(_N.REASON,),
        tells=_HEADS | {_A.DEPARTMENT},
    ),
    Step.VET: Move(
        label="上报审核",
        begins=_KNOWN | {_S.CLOSED},
        who=_DUTY,
        never=frozenset({_R.INSIDER, _R.FINDER}),
        needs=(_N.DEPARTMENT, _N.NOT_VETTED),
    ),
    Step.REPORT: Move(
        label="上报",
        begins=_KNOWN | {_S.CLOSED},
        who=_OFFICE,
        never=_INSIDERS,
        needs=(_N.VETTED, _N.NOT_REPORTED),
        tells=frozenset({_A.DEPARTMENT}),
    ),
    # Taking back is for what was marked in error while the inspection runs; afterwards somebody else must agree.
    Step.WITHDRAW: Move(
        label="误报撤回",
        begins=_UNFIXED | {_S.FOUND, _S.FIXED_ON_SPOT},
        ends=(_S.WITHDRAWN,),
        who=frozenset({_R.WALKER}),
        needs=(_N.NOT_LISTED, _N.REASON),
        tells=frozenset({_A.DEPARTMENT}),
        tells_if_major=_HEADS,
    ),
    Step.DISMISS: Move(
        label="认定误报",
        begins=_ALL_OPEN,
        ends=(_S.WITHDRAWN,),
        who=_DUTY,
        never=_SECOND_PERSON,
        needs=(_N.DEPARTMENT, _N.NOT_LISTED, _N.REASON),
        tells=_HEADS | {_A.FINDER},
    ),
}


def moves_from(state: State) -> frozenset[State]:
    """The states that one move can lead to from here."""
    return frozenset(end for move in TABLE.values() if state in move.begins for end in move.ends) - {state}
