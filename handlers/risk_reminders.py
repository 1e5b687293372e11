"""From the reminder card to the register of risk points, as a new message: the card stays and says how things stand."""

from checklists.people import Permission
from handlers.due_cards import below
from handlers.replies import Reply
from handlers.risk_points import show_register
from handlers.routing import About, Press, Request, Route


def open_below(request: Request) -> Reply:
    """The register with what waits on top."""
    return below(request, show_register(request, request.enterprise_id or 0, 0))


ROUTES: tuple[Route, ...] = (Press(name="km", needs=Permission.INSPECT, about=About.ENTERPRISE, handler=open_below),)
