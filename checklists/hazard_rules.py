"""What a plan orders about hazards (hazard_rules of its profile), with the clause of each rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from checklists.hazards import Hazard, Level
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
class Rule:
    """One rule of a plan: its clause, in short what it orders (`words`), and of which hazards it speaks.

    `level` is None where the clause makes no difference; `sectors` are the criteria it is about, empty for all.
    `proposals` names what may be proposed on its ground, `cases` when the plan wants it.
    """

    clause: str
    words: str
    level: Level | None
    sectors: tuple[str, ...]
    proposals: tuple[str, ...]
    cases: tuple[str, ...]

    def covers(self, hazard: Hazard) -> bool:
        """Whether the clause speaks of hazards of this level and kind."""
        criterion = hazard.criterion_id or ""
        of_sector = not self.sectors or any(criterion.startswith(f"{sector}-") for sector in self.sectors)
        return self.level in (None, hazard.level) and of_sector


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardRules:
    """The rules of one plan by name; a rule the plan is silent on is absent, not forbidden.

    `ladder` are the steps against slow rectification in the plan's own order and words, empty where it names none.
    """

    plan_id: str
    gate: Gate | None
    ladder: tuple[str, ...]
    rules: Mapping[str, Rule]

    def clause(self, name: str) -> str:
        """The clause of a rule, empty where the plan is silent."""
        return self.rules[name].clause if name in self.rules else ""

    def of(self, name: str, hazard: Hazard) -> Rule | None:
        """The rule where the plan has it and it speaks of such a hazard."""
        rule = self.rules.get(name)
        return rule if rule is not None and rule.covers(hazard) else None

    @property
    def ladder_level(self) -> Level | None:
        """The only level the ladder is for; None where the plan makes no difference or has no ladder."""
        return self.rules["escalation"].level if self.ladder else None

    def ladder_for(self, level: Level) -> tuple[str, ...]:
        """The ladder as far as it is for hazards of this level."""
        return self.ladder if self.ladder_level in (None, level) else ()

    def wants_closed_down(self, hazard: Hazard, today: date) -> bool:
        """Whether the plan orders closing down what is not put right in time, and this is not; `today` in Shanghai."""
        return self.of("overdue_closure", hazard) is not None and hazard.is_overdue(today)

    def bases(self, proposal: str, hazard: Hazard, today: date) -> tuple[Rule, ...]:
        """The rules on whose ground this may be proposed of the hazard as it stands on that day."""
        late = self.wants_closed_down(hazard, today)
        fitting = (rule for name, rule in self.rules.items() if late or name != "overdue_closure")
        return tuple(rule for rule in fitting if proposal in rule.proposals and rule.covers(hazard))

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
        rules={name: _rule(row) for name, row in rows.items()},
    )


_SILENT = EntryRow(id="", m="", clause="")


def _field(rows: Mapping[str, EntryRow], name: str) -> EntryRow:
    return rows.get(name, _SILENT)


def _rule(row: EntryRow) -> Rule:
    return Rule(
        clause=row.clause,
        words=row.zh,
        level=Level.MAJOR if row.level == "major" else None,
        sectors=row.sectors,
        proposals=row.proposals,
        cases=row.cases,
    )


def next_rung(ladder: tuple[str, ...], taken: tuple[str, ...]) -> str | None:
    """The next step of the ladder (函告、通报、约谈、曝光…) after those taken; None at its end or without a ladder.

    The bot only proposes it: a person of the office decides and records it. Steps are not skipped.
    """
    left = [step for step in ladder if step not in taken]
    return left[0] if left else None


def rung_is_due(*, days_overdue: int, days_since_last: int | None, patience: int) -> bool:
    """Whether a next step should be proposed: overdue, and the last step has had `patience` days to work.

    No plan names the days; the office sets them.
    """
    return days_overdue > 0 and (days_since_last is None or days_since_last >= patience)
