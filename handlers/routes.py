"""All routes of the bot in one place, one line per subject."""

from handlers import enterprises, home, invitations, own_items, people, profile, standards, trades
from handlers.routing import Route, Router

ROUTES: tuple[Route, ...] = (
    *home.ROUTES,
    *enterprises.ROUTES,
    *profile.ROUTES,
    *trades.ROUTES,
    *people.ROUTES,
    *invitations.ROUTES,
    *standards.ROUTES,
    *own_items.ROUTES,
)

ROUTER = Router.of(home.home, ROUTES)
