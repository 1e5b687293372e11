"""Deep links to one thing: a hazard by its number, a firm or a risk point by its code; what is no such link is None."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from checklists.people import Permission, allows
from handlers import enterprises, hazard_lists, risk_points
from handlers.replies import Reply
from handlers.routing import Request

HAZARD, FIRM = "h-", "e-"


def hazard_link(year: int, sequence: int) -> str:
    """What stands behind ?start= to open a hazard."""
    return f"{HAZARD}{year}-{sequence:04d}"


def _hazard(request: Request, rest: str) -> Reply | None:
    # A stranger gets the same words as for a wrong invitation.
    if not allows(request.person, Permission.SEE_ENTERPRISE):
        return None
    return hazard_lists.by_number(replace(request, arguments=(rest,)))


def firm_link(uscc: str) -> str:
    """What stands behind ?start= to open a firm, as its QR says."""
    return f"{FIRM}{uscc}"


def _firm(request: Request, rest: str) -> Reply | None:
    firm = request.tx.enterprises.by_uscc(rest)
    if firm is None or not allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=firm.id):
        return None
    return enterprises.show(replace(request, enterprise_id=firm.id))


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
