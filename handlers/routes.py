"""All routes of the bot in one place, one line per subject."""

from handlers import home
from handlers.routing import Router

ROUTER = Router.of(home.home, [*home.ROUTES])
