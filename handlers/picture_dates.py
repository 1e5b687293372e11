"""When a picture says that it was made or first sent, and how that is put into words."""

from checklists.evidence import Claims, Doubt, Suspicion, claims_of
from handlers.routing import Request
from handlers.words import _, full_day


def claims_of_picture(request: Request) -> Claims:
    """What the picture of this request claims, for the row that keeps it; never asked for what a worker reports."""
    taken_at = request.photo.taken_at if request.photo else None
    return claims_of(taken_at=taken_at, forwarded_at=request.forwarded_at, received_at=request.now)


def doubt_words(words: str, suspicion: Suspicion) -> str:
    """The words for a doubt, with the day that the picture claims where they name one."""
    picture = suspicion.picture
    claimed = picture.forwarded_at if suspicion.doubt is Doubt.FORWARDED_FROM_BEFORE else picture.dated_at
    return _(words).format(day=full_day(claimed)) if claimed is not None else _(words)
