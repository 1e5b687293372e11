"""All routes of the bot in one place, one line per subject."""

from handlers import (
    due_cards,
    enterprises,
    hazard_lists,
    hazards,
    home,
    imports,
    inspections,
    invitation_batch,
    invitations,
    ledger,
    own_items,
    people,
    photos,
    profile,
    records,
    reports,
    sorting,
    standards,
    submitting,
    trades,
    withdrawals,
)
from handlers.routing import Route, Router

ROUTES: tuple[Route, ...] = (
    *home.ROUTES,
    *enterprises.ROUTES,
    *profile.ROUTES,
    *trades.ROUTES,
    *people.ROUTES,
    *invitations.ROUTES,
    *invitation_batch.ROUTES,
    *imports.ROUTES,
    *standards.ROUTES,
    *own_items.ROUTES,
    *inspections.ROUTES,
    *submitting.ROUTES,
    *records.ROUTES,
    *hazards.ROUTES,
    *hazard_lists.ROUTES,
    *ledger.ROUTES,
    *withdrawals.ROUTES,
    *photos.ROUTES,
    *sorting.ROUTES,
    *due_cards.ROUTES,
    *reports.ROUTES,
)

ROUTER = Router.of(home.home, ROUTES)
