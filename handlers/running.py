"""The guard before everything that changes an inspection: a submitted one is shown, never changed."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from handlers.records import show_record
from handlers.replies import Reply
from handlers.routing import Handler, Request
from handlers.walking import Walk, inspection_id, walk_of
from handlers.words import _


def while_running(handler: Callable[[Request, Walk], Reply]) -> Handler:
    """A handler that only a running inspection reaches; its id is the first argument or stands in the dialog.

    Of a submitted one the person sees the record and is told that it stands.
    """

    @wraps(handler)
    def guarded(request: Request) -> Reply:
        walk = walk_of(request.tx, inspection_id(request))
        if walk.inspection.is_running:
            return handler(request, walk)
        return replace(show_record(request, walk.inspection), toast=_("这次自查已经提交，不能再改。"))

    return guarded
