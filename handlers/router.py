"""The router: from a press, command or text to its route, and the one place that checks who may."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checklists.hazards import MoveRefused
from checklists.people import GRANTS, Permission, allows
from handlers import reading_only
from handlers.buttons import to_home
from handlers.replies import Reply, Screen, rows
from handlers.routing import (
    About,
    Command,
    Display,
    Gone,
    Handler,
    Input,
    Press,
    Request,
    Route,
    Stale,
    Words,
)
from handlers.words import _, html
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Router:
    """All routes of the bot, and the menu that is shown when nothing else is meant."""

    home: Handler
    presses: dict[str, Press] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    inputs: dict[tuple[str, str], Input] = field(default_factory=dict)
    displays: dict[str, Display] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Handler, routes: Iterable[Route]) -> "Router":
        """A router over these routes; two routes for the same thing are a fault and raise ValueError."""
        router = cls(home=home)
        for route in routes:
            match route:
                case Press():
                    _add(router.presses, route.name, route)
                case Command():
                    _add(router.commands, route.name, route)
                case Display():
                    _add(router.displays, route.dialog, route)
                case Words():
                    _add(router.words, route.name, route)
                case Input():
                    for content in route.takes:
                        _add(router.inputs, (route.dialog, content), route)
        return router

    @property
    def routes(self) -> Sequence[Route]:
        return [
            *self.presses.values(),
            *self.commands.values(),
            *dict.fromkeys(self.inputs.values()),
            *self.displays.values(),
            *self.words.values(),
        ]

    def press(self, request: Request, payload: str) -> Reply:
        """Answer a pressed button; what is unknown or gone shows the present screen instead."""
        name, *arguments = payload.split(":")
        route = self.presses.get(name)
        if route is None:
            return self.present(request, toast=_("这个按钮已经失效，这是现在的画面。"))
        return self._run(route, replace(request, arguments=tuple(arguments), pressed=True))

    def command(self, request: Request, name: str, arguments: Sequence[str]) -> Reply:
        """Answer a /command; an unknown one shows the menu."""
        route = self.commands.get(name)
        if route is None:
            return self.home(request)
        return self._run(route, replace(request, arguments=tuple(arguments)))

    def content(self, request: Request, kind: str) -> Reply:
        """Answer a text, photo, voice note or file by what the chat's dialog expects; else show where the person is."""
        for words in self.words.values() if kind == "text" else ():
            if match := words.pattern.fullmatch(request.text.strip()):
                return self._run(words, replace(request, arguments=tuple(g or "" for g in match.groups())))
        route = self.inputs.get((request.dialog.kind, kind)) if request.dialog else None
        if route is None:
            return not_taken(self.present(request), request, kind)
        return self._run(route, request)

    def present(self, request: Request, *, toast: str = "") -> Reply:
        """The screen this chat is on, drawn from the database; without one, the menu."""
        dialog = request.dialog
        route = self.displays.get(dialog.kind) if dialog else None
        reply = self._run(route, request) if route else self.home(request)
        return replace(reply, toast=toast) if toast else reply

    def _run(self, route: Route, request: Request) -> Reply:
        try:
            enterprise_id = self._enterprise(route, request)
            if not allows(request.person, route.needs, enterprise_id=enterprise_id):
                return refuse(route, request)
            admitted = replace(request, enterprise_id=enterprise_id)
            if reading_only.is_reader(request.person):
                return reading_only.run(route, route.handler, admitted, self._needed)
            return route.handler(admitted)
        except Stale as stale:
            if isinstance(route, Display):
                return self._leave(request, str(stale))
            return _aloud(self.present(replace(request, arguments=()), toast=str(stale)), request)
        except MoveRefused as refused:
            # Whatever a screen forgot to ask: nothing was changed, and the person hears why.
            words = refused.said(_)
            if isinstance(route, Display):
                return self._leave(request, words)
            return _aloud(self.present(replace(request, arguments=()), toast=words), request)
        except Gone:
            return self._leave(request, _("要找的内容已经不在了，先回到首页。"))

    def _needed(self, name: str) -> Permission | None:
        press = self.presses.get(name)
        return press.needs if press else None

    def _leave(self, request: Request, toast: str) -> Reply:
        request.tx.dialogs.leave(request.chat_id)
        return _aloud(replace(self.home(replace(request, dialog=None)), toast=toast), request)

    def _enterprise(self, route: Route, request: Request) -> int | None:
        if isinstance(route, Command | Words) or route.about is About.NOTHING:
            return None
        if isinstance(route, Press):
            subject_id = request.number(0)
        else:
            subject_id = int(request.dialog.data.get("id", 0)) if request.dialog else 0
        enterprise_id = enterprise_of(request.tx, route.about, subject_id)
        if enterprise_id is None:
            raise Gone
        return enterprise_id


def _aloud(reply: Reply, request: Request) -> Reply:
    """Only a press can be answered by a toast: to whoever wrote or sent something its words stand above the screen."""
    notice = f"<i>{html(reply.toast)}</i>\n"
    if request.pressed or reply.screen is None or reply.screen.text.startswith(notice):
        return reply
    if reply.screen.picture is not None:
        # A caption has no room to spare.
        return replace(reply, before=(*reply.before, Screen(text=html(reply.toast))))
    screen = replace(reply.screen, text=notice + reply.screen.text)
    return replace(reply, screen=screen, group=reply.group or request.album)


def not_taken(reply: Reply, request: Request, kind: str) -> Reply:
    """The present screen with a word that what came was not kept; a text may simply ask to see the screen again."""
    words = {
        "photo": _("照片没有收下，这里用不着照片。"),
        "voice": _("语音没有收下，这里用不着语音。"),
        "file": _("文件没有收下，这里用不着文件。"),
    }.get(kind)
    if words is None or reply.screen is None:
        return reply
    screen = replace(reply.screen, text=f"<i>{words}</i>\n{reply.screen.text}")
    return replace(reply, screen=screen, group=request.album)


def enterprise_of(tx: Transaction, about: About, subject_id: int) -> int | None:
    """The enterprise that an id from a button belongs to in this zone, or None."""
    match about:
        case About.ENTERPRISE:
            return subject_id if tx.enterprises.get(subject_id) else None
        case About.INSPECTION:
            inspection = tx.inspections.get(subject_id)
            return inspection.enterprise_id if inspection else None
        case About.HAZARD:
            hazard = tx.hazards.get(subject_id)
            return hazard.enterprise_id if hazard else None
        case About.OFFICIAL_INSPECTION:
            official = tx.official_inspections.get(subject_id)
            return official.enterprise_id if official else None
        case About.RISK_POINT:
            point = tx.risk_points.get(subject_id)
            return point.enterprise_id if point else None
        case About.NOTHING:
            return None


def refuse(route: Route, request: Request) -> Reply:
    """Say no kindly, show nothing, and leave a line in the trail; a stranger's account is not written down."""
    name = route.dialog if isinstance(route, Input | Display) else route.name
    request.tx.trail.add(
        "refused",
        subject="route",
        subject_id=None,
        person_id=request.person.id if request.person else None,
        at=request.now,
        after={"route": name, "needs": route.needs.value},
    )
    if isinstance(route, Input | Display):
        # A screen that is no longer this person's must not hold the chat: the next word leads home.
        request.tx.dialogs.leave(request.chat_id)
    words = _("这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。")
    if request.pressed:
        return Reply(toast=words, alert=True)
    in_office = request.person is not None and request.person.in_office
    if isinstance(route, Input) and in_office and not GRANTS[route.needs].office:
        words = _("刚才发的没有收下，这里由企业填写。")
    return Reply(screen=Screen(text=words, buttons=rows([to_home()])), group=request.album)


def _add(table: dict[Any, Any], key: object, route: Route) -> None:
    if key in table:
        raise ValueError(f"two routes for {key}")
    table[key] = route
