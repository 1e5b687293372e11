"""The post without the wire: the clock ticks, what is due is drawn and counted as sent."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from checklists.people import Person, Role
from handlers.outgoing import Outgoing
from handlers.reminders import tick
from handlers.renderers import RENDERERS, render
from handlers.replies import Screen
from handlers.services import Services
from handlers.words import SHANGHAI
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.conftest import NOW

_USCC = ("91110000100000001A", "91110000100000002B", "91110000100000003C", "91110000100000004D")


def at(day: date, hour: int = 8, minute: int | None = None) -> datetime:
    """This time of day in Shanghai; without one 8:30, when offices open."""
    if minute is None:
        minute = 30 if hour == 8 else 0
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


@dataclass
class Post:
    """What people get: `letters` as (day, chat, text), an edit with ✎ before its text."""

    database: ZoneDatabase
    services: Services
    letters: list[tuple[date, int, str]] = field(default_factory=list)
    screens: dict[int, Screen] = field(default_factory=dict)
    files: list[tuple[int, str, bytes]] = field(default_factory=list)

    async def passes(self, first: date, last: date, *, hour: int = 8, minute: int | None = None) -> None:
        """Every day from `first` to `last` the clock ticks once at this time."""
        day = first
        while day <= last:
            await self.ticks(at(day, hour, minute))
            day += timedelta(days=1)

    async def ticks(self, now: datetime) -> None:
        """The clock ticks, then what is due is sent."""
        await tick(self.database, now=now)
        await self.sends(now)

    async def sends(self, now: datetime) -> None:
        while waiting := await self.database.read(lambda tx: tx.deliveries.waiting(now, 100)):
            for delivery in waiting:
                outgoing = await self.database.read(
                    lambda tx, d=delivery: render(RENDERERS, tx, self.services, d, now)  # type: ignore[misc]
                )
                if outgoing is None:
                    await self.database.write(lambda tx, d=delivery: tx.deliveries.withdrawn(d))  # type: ignore[misc]
                    continue
                self._keep(outgoing, delivery.chat_id, now, edited=delivery.message_id is not None)
                number = delivery.message_id or len(self.letters)
                await self.database.write(
                    lambda tx, d=delivery, n=number: tx.deliveries.sent(d, message_id=n, at=now)  # type: ignore[misc]
                )

    def days(self, chat_id: int) -> list[str]:
        """The days on which this chat got a new message, as 12-24."""
        return [f"{day:%m-%d}" for day, chat, text in self.letters if chat == chat_id and not text.startswith("✎")]

    def texts(self, chat_id: int) -> list[str]:
        return [text for _, chat, text in self.letters if chat == chat_id]

    def _keep(self, outgoing: Outgoing, chat_id: int, now: datetime, *, edited: bool) -> None:
        self.files.extend((chat_id, d.name, d.content) for d in outgoing.documents)
        if outgoing.screen is not None:
            self.screens[chat_id] = outgoing.screen
            text = ("✎" if edited else "") + outgoing.screen.text
            self.letters.append((now.astimezone(SHANGHAI).date(), chat_id, text))


async def a_firm(
    database: ZoneDatabase,
    name: str,
    *,
    trades: tuple[str, ...] = ("machinery",),
    community: str = "河东社区",
    when: datetime = NOW,
) -> int:
    """An enterprise of the zone; its id."""

    def unit(tx: Transaction) -> int:
        uscc = _USCC[len(tx.enterprises.all(active=None))]
        enterprise = tx.enterprises.add(name=name, uscc=uscc, community=community, at=when)
        tx.enterprises.set_trades(enterprise.id, trades, at=when)
        return enterprise.id

    return await database.write(unit)


async def a_person(
    database: ZoneDatabase, telegram_id: int, role: Role, *enterprise_ids: int | None, name: str = "王厂长"
) -> Person:
    """Somebody with this role in these enterprises; None is the office."""

    def unit(tx: Transaction) -> Person:
        person = tx.people.add(name=name, telegram_id=telegram_id, at=NOW)
        for enterprise_id in enterprise_ids:
            tx.people.assign(person.id, role, enterprise_id=enterprise_id, at=NOW, by=None)
        found = tx.people.get(person.id)
        assert found is not None
        return found

    return await database.write(unit)


async def hand_in(database: ZoneDatabase, enterprise_id: int, period: str, *, now: datetime, by: Person) -> None:
    """An inspection of this period is submitted, and its duty with it."""
    from handlers.duties import fulfil
    from handlers.routing import Request

    def unit(tx: Transaction) -> None:
        zone = tx.zones.current()
        assert zone is not None
        run = tx.inspections.start(
            enterprise_id=enterprise_id, period=period, checklist='{"t":1}', items=2, by=by.id, at=now
        )
        tx.inspections.submit(run, by=by.id, at=now, seconds=60, record="{}", digest="0" * 64)
        submitted = tx.inspections.get(run.id)
        assert submitted is not None
        assert by.telegram_id is not None
        request = Request(
            tx=tx,
            zone=zone,
            services=None,  # type: ignore[arg-type]
            now=now,
            chat_id=by.telegram_id,
            telegram_id=by.telegram_id,
            telegram_name=by.name,
            person=by,
        )
        fulfil(request, submitted)

    await database.write(unit)
