"""What a liaison (联络员) gets of a reply: no button that is not his, and a line in the trail for each file."""

from collections.abc import Callable
from dataclasses import replace

from checklists.people import Permission, Person, allows
from handlers.replies import Button, Reply, Screen, rows
from handlers.routing import About, Display, Handler, Input, Press, Request, Route

Needed = Callable[[str], Permission | None]  # what the button of this name needs; None for a button there is not


def is_reader(person: Person | None) -> bool:
    """Whether this person looks at all firms and does nothing else."""
    return person is not None and person.sees_zone and not person.in_office


def run(route: Route, handler: Handler, request: Request, needed: Needed) -> Reply:
    """Answer as for everybody; of what a reader takes away as a file the trail keeps who asked for what."""
    newest = request.tx.deliveries.newest_of(request.who.id)
    reply = handler(request)
    pictures = [s for s in (*reply.before, reply.screen) if s is not None and s.picture is not None]
    if reply.documents or pictures or request.tx.deliveries.newest_of(request.who.id) != newest:
        note(route, request)
    screen = reply.screen and shown(reply.screen, request.who, needed)
    return replace(reply, screen=screen, before=tuple(shown(s, request.who, needed) for s in reply.before))


def note(route: Route, request: Request) -> None:
    """Keep that a file was asked for: by which route, and about what."""
    name = route.dialog if isinstance(route, Input | Display) else route.name
    request.tx.trail.add(
        "file_read",
        subject="person",
        subject_id=request.who.id,
        person_id=request.who.id,
        at=request.now,
        after={"route": name, "about": _subject(route, request), "enterprise": request.enterprise_id},
    )


def _subject(route: Route, request: Request) -> int | str | None:
    """What the file is about: the id or the word behind the button, else the id of the screen."""
    if not request.arguments:
        return request.dialog.data.get("id") if request.dialog else None
    named = isinstance(route, Press) and route.about is not About.NOTHING
    return request.number(0) if named else request.arguments[0]


def shown(screen: Screen, reader: Person, needed: Needed) -> Screen:
    """The screen without the buttons that would refuse this reader."""

    def is_open(button: Button) -> bool:
        needs = needed(button.data.partition(":")[0]) if button.data else None
        return needs is None or allows(reader, needs)

    return replace(screen, buttons=rows(*([b for b in line if is_open(b)] for line in screen.buttons)))
