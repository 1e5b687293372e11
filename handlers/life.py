"""What all steps in the life of a hazard share: refusals in words, and showing those who came late what happened."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from checklists.hazard_moves import Step
from checklists.hazards import Hazard, MoveRefused
from handlers.hazard_cards import hazard_of
from handlers.hazards import current, show_step
from handlers.life_telling import tell
from handlers.life_words import last_word
from handlers.replies import Reply
from handlers.routing import Gone, Handler, Request
from handlers.words import _


class CameLate(MoveRefused):
    """Somebody changed the hazard since this card was shown; the text says what happened."""


def politely(handler: Handler) -> Handler:
    """A refused move changes nothing: the card as it is now, with the reason on top."""

    @wraps(handler)
    def run(request: Request) -> Reply:
        try:
            return handler(request)
        except MoveRefused as refused:
            words = refused.said(_)
            return show_step(request, current(request), "view", notice=words, toast=words)

    return run


def unchanged(request: Request, version: int) -> Hazard:
    """The hazard, if it still is what the person saw; raises CameLate with what happened meanwhile."""
    # Two processes could otherwise both find it unchanged, and the slower one would refuse for a reason that misleads.
    hazard = request.tx.hazards.hold(current(request).id)
    if hazard is None:
        raise Gone
    if hazard.version != version:
        words = _("这条隐患刚才有改动，您的操作没有执行。最近一步：{words}")
        raise CameLate(words.format(words=last_word(request.tx, hazard)))
    return hazard


def pressed(request: Request) -> Hazard:
    """The hazard of a press whose second argument is the version shown; raises CameLate."""
    return unchanged(request, request.number(1))


def done(request: Request, step: Step, before: Hazard, after: Hazard, notice: str) -> Reply:
    """A move was made: tell whom it concerns, show the card with what was done."""
    tell(request, step, before, after)
    return show_step(request, after, "view", notice=notice, toast=notice)


def who(request: Request) -> dict[str, Any]:
    """By whom and when, for every move."""
    return {"by": request.who.id, "at": request.now}


def again(show: Callable[[Request, Hazard], Reply]) -> Handler:
    """A Display that draws the screen of the dialog's hazard once more."""

    @wraps(show)
    def run(request: Request) -> Reply:
        assert request.dialog is not None
        return show(request, hazard_of(request, int(request.dialog.data["id"])))

    return run
