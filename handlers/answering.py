"""From one thing a person did to the reply, inside one transaction: apply it once, show the present state always."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from checklists.people import Person
from handlers.replies import Reply
from handlers.router import Router
from handlers.routing import Request, Upload
from handlers.services import Services
from handlers.words import language_of, speaking
from storage.photos import Photo
from storage.transaction import Transaction


class Kind(StrEnum):
    """What a person did."""

    PRESS = "press"
    COMMAND = "command"
    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    FILE = "file"
    OTHER = "other"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One update of a private chat as read from the wire; `text` is the words, a command's rest or a button's data."""

    update_id: int
    kind: Kind
    chat_id: int
    telegram_id: int
    name: str
    language: str = ""
    command: str = ""
    text: str = ""
    photo: Photo | None = None
    upload: Upload | None = None
    voice: str = ""
    album: str = ""
    forwarded_at: datetime | None = None


def answer(
    tx: Transaction,
    incoming: Incoming,
    *,
    router: Router,
    services: Services,
    now: datetime,
    looked: Mapping[str, Any] | None = None,
) -> Reply:
    """Apply what the person did and say what to show; a repeated update changes nothing and shows what is now.

    Raises LongLook for what is not in `looked`; without a mapping everything is read in this transaction.
    """
    zone = tx.zones.current()
    assert zone is not None, "the zone is founded at start"
    person = tx.people.by_telegram(incoming.telegram_id)
    request = Request(
        tx=tx,
        zone=zone,
        services=services,
        now=now,
        chat_id=incoming.chat_id,
        telegram_id=incoming.telegram_id,
        telegram_name=incoming.name,
        person=person,
        language=person.language if person else language_of(incoming.language),
        text=incoming.text,
        photo=incoming.photo,
        upload=incoming.upload,
        voice=incoming.voice,
        album=incoming.album,
        forwarded_at=incoming.forwarded_at,
        dialog=tx.dialogs.of(incoming.chat_id, now=now),
        looked=looked,
    )
    new = tx.updates.is_new(incoming.update_id, at=now)
    with speaking(request.language):
        if not new:
            return router.present(replace(request, pressed=incoming.kind is Kind.PRESS))
        return _apply(router, request, incoming)


def _apply(router: Router, request: Request, incoming: Incoming) -> Reply:
    _note_reachable(request.tx, request.person, reachable=incoming.kind is not Kind.BLOCKED)
    match incoming.kind:
        case Kind.PRESS:
            return router.press(request, incoming.text)
        case Kind.COMMAND:
            return router.command(request, incoming.command, incoming.text.split())
        case Kind.TEXT | Kind.PHOTO | Kind.VOICE | Kind.FILE:
            return router.content(request, incoming.kind.value)
        case Kind.OTHER:
            return router.present(request)
        case Kind.BLOCKED | Kind.UNBLOCKED:
            return Reply()


def _note_reachable(tx: Transaction, person: Person | None, *, reachable: bool) -> None:
    if person is not None and person.reachable is not reachable:
        tx.people.set_reachable(person.id, reachable=reachable)
