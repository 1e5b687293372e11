"""What a plan orders about hazards (hazard_rules of its profile), with the clause of each rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from checklists.hazards import Level
from checklists.people import Role
from checklists.plans import EntryRow, load_plan

# 《安全生产法》第四十一条: major hazards are reported both to the department and to the workers' congress, plan or not.
DUAL_REPORT_LAW = "《安全生产法》第四十一条"


class Gate(StrEnum):
    """What the review by the duty-holding department stands before (审核把关)."""

    BEFORE_REPORT = "before_report"
    BEFORE_CLOSE = "before_close"


class Recipient(StrEnum):
    """Who must be told of a hazard and confirm it."""

    PRINCIPAL = "principal"
    CONTROLLER = "controller"
    DEPARTMENT = "department"
    WORKERS_CONGRESS = "workers_congress"


RECIPIENT_NAMES: Mapping[Recipient, str] = {
    Recipient.PRINCIPAL: "主要负责人",
    Recipient.CONTROLLER: "实际控制人",
    Recipient.DEPARTMENT: "负有监管职责的部门",
    Recipient.WORKERS_CONGRESS: "职工代表大会",
}
NOTIFIED_ROLES: Mapping[Recipient, Role] = {
    Recipient.PRINCIPAL: Role.PRINCIPAL,
    Recipient.CONTROLLER: Role.CONTROLLER,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardRules:
    """The rules of one plan; a rule the plan is silent on is absent, not forbidden.

    `ladder` are the steps against slow rectification in the plan's own order and words, empty where it names none.
    """

    plan_id: str
    gate: Gate | None
    ladder: tuple[str, ...]
    failure_cases: tuple[str, ...]
    clauses: Mapping[str, str]

    def names(self, rule: str) -> bool:
        """Whether the plan itself orders this, such as fake_rectification or overdue_closure."""
        return rule in self.clauses

    def clause(self, rule: str) -> str:
        """The clause of a rule, empty where the plan is silent."""
        return self.clauses.get(rule, "")

    def recipients(self, level: Level) -> tuple[Recipient, ...]:
        """Whose receipts a hazard of this level needs before it is closed: notice (告知) and dual report (双报告)."""
        return tuple(Recipient) if level is Level.MAJOR else ()


@cache
def hazard_rules(plan_id: str) -> HazardRules:
    """The hazard rules of a packaged plan; ValueError for an unknown one."""
    rows = {name: row for name, row in load_plan(plan_id).profile.hazard_rules.items() if row is not None}
    return HazardRules(
        plan_id=plan_id,
        gate=Gate(gate) if (gate := _field(rows, "review_gate").gate) else None,
        ladder=_field(rows, "escalation").steps,
        failure_cases=_field(rows, "failure").cases,
        clauses={name: row.clause for name, row in rows.items()},
    )


_SILENT = EntryRow(id="", m="", clause="")


def _field(rows: Mapping[str, EntryRow], name: str) -> EntryRow:
    return rows.get(name, _SILENT)


def next_rung(rules: HazardRules, taken: tuple[str, ...]) -> str | None:
    """The next step of the ladder (函告、通报、约谈、曝光…) after those taken; None at its end or without a ladder.

    The bot only proposes it: a person of the office decides and records it. Steps are not skipped.
    """
    left = [step for step in rules.ladder if step not in taken]
    return left[0] if left else None


def rung_is_due(*, days_overdue: int, days_since_last: int | None, patience: int) -> bool:
    """Whether a next step should be proposed: overdue, and the last step has had `patience` days to work.

    No plan names the days; the office sets them.
    """
    return days_overdue > 0 and (days_since_last is None or days_since_last >= patience)
