"""The photos of a hazard to look at: as it was found and as it was put right, four to a sheet, each under its label."""

from collections.abc import Sequence

from checklists.attachments import Attachment, Medium, Phase
from checklists.hazards import STATE_NAMES, Hazard
from checklists.people import Permission
from handlers.buttons import pages_of, to_home, turning
from handlers.hazard_cards import hazard_of, number_of, seen_attachments
from handlers.pictures import Comparison, Panel
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Press, Request, Route, Stale
from handlers.words import _, html, shorten

_ON_A_SHEET = 4
_COLUMNS = 2


def button(request: Request, hazard: Hazard) -> Button | None:
    """The way to the photos, where this person may see any."""
    shown = _visible(request, hazard)
    return Button(_("🖼 看照片（{count}）").format(count=len(shown)), data("zp", hazard.id, 0)) if shown else None


def _visible(request: Request, hazard: Hazard) -> list[Attachment]:
    """The photos from before, then those from after."""
    photos = [a for a in seen_attachments(request, hazard) if a.kind is Medium.PHOTO]
    return sorted(photos, key=lambda a: a.phase == Phase.AFTER)


def look(request: Request) -> Reply:
    """看照片."""
    return _sheet(request, hazard_of(request, request.number(0)), request.number(1))


def _sheet(request: Request, hazard: Hazard, page: int) -> Reply:
    photos = _visible(request, hazard)
    if not photos:
        raise Stale(_("这条隐患没有照片。"))
    pages = pages_of(len(photos), _ON_A_SHEET)
    page = min(page, pages - 1)
    request.enter("hazard_pictures", id=hazard.id, page=page)
    panels = _panels(photos)[page * _ON_A_SHEET :][:_ON_A_SHEET]
    lines = [panels[at : at + _COLUMNS] for at in range(0, len(panels), _COLUMNS)]
    text = _("🖼 <b>隐患 {number} 的照片</b>　{state}\n{words}").format(
        number=html(number_of(request, hazard)),
        state=_(STATE_NAMES[hazard.state]),
        words=html(shorten(hazard.words, 200)),
    )
    back = [Button(_("返回这条隐患"), data("z", hazard.id)), to_home()]
    buttons = rows(turning("zp", hazard.id, page=page, pages=pages), back)
    return Reply(screen=Screen(text=text.strip(), buttons=buttons, picture=Comparison(request.services.photos, lines)))


def _panels(photos: Sequence[Attachment]) -> list[Panel]:
    counts = {True: 0, False: 0}
    panels = []
    for photo in photos:
        after = photo.phase == Phase.AFTER
        counts[after] += 1
        label = _("整改后 {at}") if after else _("整改前 {at}")
        panels.append(Panel(label.format(at=counts[after]), photo.sha256))
    return panels


def again(request: Request) -> Reply:
    """The sheet this chat is at."""
    assert request.dialog is not None
    return _sheet(request, hazard_of(request, int(request.dialog.data["id"])), int(request.dialog.data.get("page", 0)))


_SEE = Permission.SEE_ENTERPRISE
ROUTES: tuple[Route, ...] = (
    Press(name="zp", needs=_SEE, about=About.HAZARD, handler=look),
    Display(dialog="hazard_pictures", needs=_SEE, about=About.HAZARD, handler=again),
)
