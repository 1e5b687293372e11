"""The share of firms with a graded risk list, and with own items and regular inspections, against the plan."""

from dataclasses import dataclass
from datetime import date

from checklists.plans import EntryRow, load_plan

REGISTER, OWN_CYCLE = "r", "o"
_TARGETS = {REGISTER: "tgt_risk_system", OWN_CYCLE: "tgt_hazard_regular"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Active firms: all, those with a risk point, those with an own item that have inspected in time."""

    firms: int = 0
    with_register: int = 0
    with_own_cycle: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One figure; `what` and `by` are the plan's words and its last day where it has such a target."""

    code: str
    done: int
    all: int
    what: str = ""
    by: date | None = None

    @property
    def lacking(self) -> int:
        return self.all - self.done

    @property
    def percent(self) -> int:
        """In whole per cent, rounded down: 100 is said only when all have it."""
        return self.done * 100 // self.all if self.all else 0

    @property
    def is_met(self) -> bool:
        return self.all > 0 and not self.lacking


def shares(plan_id: str, counts: Counts) -> list[Share]:
    """Both figures, with the target of this plan where it has one."""
    return [
        _share(plan_id, REGISTER, counts.with_register, counts.firms),
        _share(plan_id, OWN_CYCLE, counts.with_own_cycle, counts.firms),
    ]


def _share(plan_id: str, code: str, done: int, every: int) -> Share:
    rows: list[EntryRow] = [r for r in load_plan(plan_id).profile.targets if r.m == _TARGETS[code]]
    if not rows:
        return Share(code=code, done=done, all=every)
    return Share(code=code, done=done, all=every, what=rows[0].what or rows[0].zh, by=rows[0].by)
