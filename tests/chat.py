"""A person and the bot's handlers over a real database, without the wire: says, presses, sees."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime

from checklists.people import Person, Role
from handlers.answering import Incoming, Kind
from handlers.looking import Looks
from handlers.replies import Button, Document, Reply, Screen
from handlers.routes import ROUTER
from handlers.routing import Upload
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import Photo
from storage.transaction import Transaction
from tests.conftest import NOW

_updates = itertools.count(1)


@dataclass
class Chat:
    """One private chat; `screen` is the card the person looks at, `seen` everything shown so far."""

    database: ZoneDatabase
    services: Services
    telegram_id: int
    name: str = "王厂长"
    now: datetime = NOW
    language: str = ""
    screen: Screen = field(default_factory=lambda: Screen(text=""))
    seen: list[Screen] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.screen.text

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.screen.buttons for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def button(self, label: str) -> Button:
        """The button with this label, or whose label contains it; fails with what there is."""
        exact = [b for b in self.buttons if b.label == label]
        near = [b for b in self.buttons if label in b.label]
        assert exact or near, f"no button {label!r} among {self.labels} under {self.text!r}"
        return (exact or near)[0]

    async def presses(self, label: str) -> Reply:
        """Press the button with this label on the present screen."""
        return await self.taps(self.button(label).data)

    async def taps(self, data: str, *, update_id: int | None = None) -> Reply:
        """Press any button data at all, old or forged."""
        return await self._does(Kind.PRESS, text=data, update_id=update_id)

    async def says(self, text: str) -> Reply:
        """Write a text or a /command."""
        if text.startswith("/"):
            command, _, rest = text[1:].partition(" ")
            return await self._does(Kind.COMMAND, command=command, text=rest)
        return await self._does(Kind.TEXT, text=text)

    async def sends_photo(
        self,
        photo: Photo,
        *,
        caption: str = "",
        album: str = "",
        forwarded_at: datetime | None = None,
        update_id: int | None = None,
    ) -> Reply:
        return await self._does(
            Kind.PHOTO, photo=photo, text=caption, album=album, forwarded_at=forwarded_at, update_id=update_id
        )

    async def sends_voice(self, sha256: str) -> Reply:
        return await self._does(Kind.VOICE, voice=sha256)

    async def sends_file(self, name: str, content: bytes) -> Reply:
        return await self._does(Kind.FILE, upload=Upload(name=name, content=content))

    async def becomes(self, role: Role, *, enterprise_id: int | None = None) -> Person:
        """Hold a role, as if an invitation had been accepted."""

        def unit(tx: Transaction) -> Person:
            person = tx.people.add(name=self.name, telegram_id=self.telegram_id, at=self.now)
            tx.people.assign(person.id, role, enterprise_id=enterprise_id, at=self.now, by=None)
            return person

        return await self.database.write(unit)

    async def _does(
        self,
        kind: Kind,
        *,
        command: str = "",
        text: str = "",
        photo: Photo | None = None,
        upload: Upload | None = None,
        voice: str = "",
        album: str = "",
        forwarded_at: datetime | None = None,
        update_id: int | None = None,
    ) -> Reply:
        incoming = Incoming(
            update_id=update_id if update_id is not None else next(_updates),
            kind=kind,
            chat_id=self.telegram_id,
            telegram_id=self.telegram_id,
            name=self.name,
            language=self.language,
            command=command,
            text=text,
            photo=photo,
            upload=upload,
            voice=voice,
            album=album,
            forwarded_at=forwarded_at,
        )
        reply = await Looks(self.database).answer(
            incoming, router=ROUTER, services=self.services, clock=lambda: self.now
        )
        self._sees(reply)
        return reply

    def _sees(self, reply: Reply) -> None:
        if reply.toast:
            self.toasts.append(reply.toast)
        self.documents.extend(reply.documents)
        for screen in (*reply.before, *([reply.screen] if reply.screen else [])):
            self.seen.append(screen)
            self.screen = screen
