"""Deep links to one thing: a hazard by its number, a firm or a risk point by its code; what is no such link is None."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from checklists.people import Permission, allows
from handlers import entering, enterprises, hazard_lists, official_inspections, risk_points
from handlers.enterprise_codes import FIRM
from handlers.replies import Reply
from handlers.routing import Request

HAZARD = "h-"


def hazard_link(year: int, sequence: int) -> str:
    """What stands behind ?start= to open a hazard."""
    return f"{HAZARD}{year}-{sequence:04d}"


def _hazard(request: Request, rest: str) -> Reply | None:
    # A stranger gets the same words as for a wrong invitation.
    if not allows(request.person, Permission.SEE_ENTERPRISE):
        return None
    return hazard_lists.by_number(replace(request, arguments=(rest,)))


def _firm(request: Request, rest: str) -> Reply | None:
    firm = request.tx.enterprises.by_uscc(rest)
    if firm is None or not allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=firm.id):
        return None
    at_firm = replace(request, enterprise_id=firm.id, arguments=())
    picking = request.dialog.kind if request.dialog else ""
    # Who was just asked for a firm has answered by scanning its code.
    if picking == "official_pick" and firm.active and allows(request.person, Permission.SUPERVISE):
        return official_inspections.begin(at_firm)
    if picking == "expert_pick" and firm.active and allows(request.person, Permission.FIND):
        return entering.ask_source(at_firm)
    return enterprises.show(at_firm)


# An invitation's token has neither of these beginnings followed by the same form.
_KINDS: Mapping[re.Pattern[str], Callable[[Request, str], Reply | None]] = {
    re.compile(rf"{HAZARD}(20\d{{2}}-\d{{4,9}})"): _hazard,
    re.compile(rf"{FIRM}([0-9A-Z]{{18}})"): _firm,
    re.compile(rf"{risk_points.POINT}([0-9A-Z]{{10}})"): risk_points.follow,
}


def follow(request: Request, payload: str) -> Reply | None:
    """Open what the link names, if this person may see it; None when it names nothing of the kind."""
    for pattern, opener in _KINDS.items():
        if found := pattern.fullmatch(payload):
            return opener(request, found[1])
    return None
