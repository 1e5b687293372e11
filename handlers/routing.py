"""Routes: which handler answers which press, command or word, and what it needs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from checklists.people import Permission, Person
from handlers.replies import Reply, unpack
from handlers.services import Services
from handlers.words import SHANGHAI
from storage.dialogs import Dialog
from storage.photos import Photo
from storage.transaction import Transaction
from storage.zones import Zone

T = TypeVar("T")


class About(StrEnum):
    """What the first argument of a route names; the enterprise it belongs to is looked up, never trusted."""

    NOTHING = "nothing"
    ENTERPRISE = "enterprise"
    INSPECTION = "inspection"
    HAZARD = "hazard"
    OFFICIAL_INSPECTION = "official_inspection"
    RISK_POINT = "risk_point"


class Gone(Exception):
    """What a button names is not there (any more), or not in this zone."""


class Stale(Exception):
    """A button no longer fits the present state: nothing changes, the present screen is shown with these words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file as it came, not a photo: a spreadsheet or a voice note."""

    name: str
    content: bytes


class LongLook(Exception):
    """What this screen shows takes too long for the transaction of a tap; it is read first."""

    def __init__(self, name: str, read: Callable[[Transaction], Any]) -> None:
        super().__init__(name)
        self.name, self.read = name, read


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One thing a person did, inside the transaction of its effect."""

    tx: Transaction
    zone: Zone
    services: Services
    now: datetime
    chat_id: int
    telegram_id: int
    telegram_name: str
    person: Person | None = None
    language: str = "zh"
    arguments: tuple[str, ...] = ()
    text: str = ""
    photo: Photo | None = None
    upload: Upload | None = None
    voice: str = ""
    album: str = ""
    forwarded_at: datetime | None = None
    dialog: Dialog | None = None
    enterprise_id: int | None = None
    pressed: bool = False
    looked: Mapping[str, Any] | None = None

    def look(self, name: str, read: Callable[[Transaction], T]) -> T:
        """What `read` finds, read beside the transactions of others since it takes long; see handlers.looking.

        Ask before anything is changed: the first time the transaction is given up for it. `name` stands for what is
        read, as of which state, so that whoever asks for the same meanwhile waits for the same reading.
        """
        if self.looked is None:
            return read(self.tx)
        if name not in self.looked:
            raise LongLook(name, read)
        found: T = self.looked[name]
        return found

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    @property
    def who(self) -> Person:
        """The person, on routes that a stranger cannot reach."""
        assert self.person is not None
        return self.person

    def number(self, index: int) -> int:
        """The packed whole number at this place of the arguments; raises Gone when it is not one."""
        try:
            return unpack(self.arguments[index])
        except (IndexError, ValueError):
            raise Gone from None

    def word(self, index: int) -> str:
        """The word at this place of the arguments; raises Gone when it is missing."""
        try:
            return self.arguments[index]
        except IndexError:
            raise Gone from None

    def enter(self, kind: str, **values: Any) -> Dialog:
        """Put this chat on another screen (see storage.dialogs)."""
        return self.tx.dialogs.enter(self.chat_id, kind, **values)


Handler = Callable[[Request], Reply]


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """A button whose data begins with `name`."""

    name: str
    needs: Permission
    about: About = About.NOTHING
    handler: Handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A /command; with `menu` it stands in Telegram's menu with the words it gives."""

    name: str
    needs: Permission
    handler: Handler
    menu: Callable[[], str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A text, photo, voice note or file while the chat is in the dialog `dialog`.

    With `about` the dialog's data holds the id under "id". `takes` lists what is welcome: text, photo, voice, file.
    """

    dialog: str
    takes: frozenset[str]
    needs: Permission
    about: About = About.NOTHING
    handler: Handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """How the screen of a dialog is drawn again from the database alone."""

    dialog: str
    needs: Permission
    about: About = About.NOTHING
    handler: Handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A text that means the same in every dialog; `pattern` must match all of it, its groups become the arguments."""

    name: str
    pattern: re.Pattern[str]
    needs: Permission
    handler: Handler


Route = Press | Command | Input | Display | Words
