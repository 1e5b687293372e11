"""Deep links to one thing: a hazard by its number; more kinds stand in the table. What is no such link is None."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from checklists.people import Permission, allows
from handlers import hazard_lists
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


# An invitation's token has neither of these beginnings followed by the same form.
_KINDS: Mapping[re.Pattern[str], Callable[[Request, str], Reply | None]] = {
    re.compile(rf"{HAZARD}(20\d{{2}}-\d{{4,9}})"): _hazard,
}


def follow(request: Request, payload: str) -> Reply | None:
    """Open what the link names, if this person may see it; None when it names nothing of the kind."""
    for pattern, opener in _KINDS.items():
        if found := pattern.fullmatch(payload):
            return opener(request, found[1])
    return None
