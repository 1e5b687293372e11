"""The menu: what a person can do now, by role; shown by /start, /zicha and any word that means nothing else."""

from checklists.people import Permission
from handlers.replies import Reply, Screen
from handlers.routing import Command, Request, Route
from handlers.words import _


def home(request: Request) -> Reply:
    """The menu of this person."""
    request.tx.dialogs.leave(request.chat_id)
    return Reply(screen=Screen(text=_("您好，这里是{zone}的安全自查。").format(zone=request.zone.name)))


ROUTES: tuple[Route, ...] = (Command(name="start", needs=Permission.ANYONE, handler=home, menu="首页"),)
