"""What the plan says of a hazard that is not put right in time: its next step, and the proposal to close down."""

from datetime import date

from checklists.hazard_moves import Step
from checklists.hazard_records import Proposal
from checklists.hazards import Hazard, Level
from handlers.replies import Button, data
from handlers.routing import Request
from handlers.words import SHANGHAI, _, aside, html, shorten


def overdue_lines(request: Request, hazard: Hazard) -> list[str]:
    """What stands on the office's card; the bot proposes, a person decides."""
    rules, lines = request.tx.hazard_life.rules(), []
    if rung := request.tx.hazard_life.rung_due(hazard, request.today):
        clause = aside(html(rules.clause("escalation")))
        lines.append(_("⏫ 逾期未改，按方案{clause}下一步：{rung}").format(clause=clause, rung=html(rung)))
    if _may_close_down(request, hazard):
        clause = aside(html(rules.clause("overdue_closure")))
        words = _("⛔ 按方案{clause}，限期内改不完的应当关停。由主管部门决定，这里只能提出建议。").format(clause=clause)
        # A sign that is missing is meant by the clause as well; how grave it is, is for a person to say.
        lines.append(words + (_("这条是一般隐患，方案没有分级。") if hazard.level is Level.GENERAL else ""))
    return lines


def overdue_buttons(request: Request, hazard: Hazard, steps: frozenset[Step]) -> list[Button | None]:
    """The ways to these two, for whoever may take them."""
    rung = request.tx.hazard_life.rung_due(hazard, request.today) if Step.ESCALATE in steps else ""
    next_step = Button(_("升级：{rung}").format(rung=shorten(rung, 20)), data("yq", hazard.id, hazard.version, "e"))
    close_down = Button(_("建议关闭取缔"), data("yq", hazard.id, hazard.version, "k"))
    wanted = Step.PROPOSE in steps and _may_close_down(request, hazard) and not _proposed(request, hazard)
    return [next_step if rung else None, close_down if wanted else None]


def _may_close_down(request: Request, hazard: Hazard) -> bool:
    return request.tx.hazard_life.rules().wants_closed_down(hazard, request.today)


def _proposed(request: Request, hazard: Hazard) -> bool:
    """Whether closure was proposed since the deadline that is missed now."""
    deadline = hazard.arrangements.deadline or date.min
    made = request.tx.hazard_records.proposals(hazard.id)
    return any(p.kind is Proposal.CLOSURE and p.proposed_at.astimezone(SHANGHAI).date() > deadline for p in made)
