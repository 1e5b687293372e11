"""The sample zone of the sandbox: an office, a dozen firms with their people, one inspection half done."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.demo_past import Past
from bot.sandbox import groups, people
from bot.sandbox.steering import SandboxHooks, wait_until_idle
from bot.sandbox.world import World
from checklists.people import ROLE_NAMES, Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction

_PATIENCE_S = 30.0
_FILE = Path(__file__).parent / "demo.yaml"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SamplePerson(_Row):
    """Somebody of the sample zone, with the role held there."""

    name: str
    telegram_id: int
    role: Role = Role.WORKER
    enterprise: str = ""


class SampleEnterprise(_Row):
    """A sample firm, with what has happened there before the page opens (see demo.yaml)."""

    name: str
    uscc: str
    trades: tuple[str, ...]
    community: str
    address: str
    people: tuple[SamplePerson, ...]
    has: tuple[str, ...] | None = None
    answered: int = 0
    submitted: bool = False
    found: dict[str, str] = Field(default_factory=dict)
    missed: bool = False


class SampleGroup(_Row):
    """A group of sample people that the bot is a member of."""

    title: str
    members: tuple[int, ...]


class SampleZone(_Row):
    """The whole sample."""

    schema_: Literal["demo-zone/1"] = Field(alias="schema")
    office: tuple[SamplePerson, ...]
    enterprises: tuple[SampleEnterprise, ...]
    workers: tuple[SamplePerson, ...]
    groups: tuple[SampleGroup, ...]

    @property
    def everybody(self) -> list[tuple[SamplePerson, str]]:
        """All people with the place they belong to."""
        of_firms = [(person, firm.name) for firm in self.enterprises for person in firm.people]
        return [*((p, "安全监管办公室") for p in self.office), *of_firms, *((p, p.enterprise) for p in self.workers)]


@cache
def load_sample() -> SampleZone:
    """The sample as its file says."""
    return SampleZone.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


async def settle_zone(database: ZoneDatabase, world: World, services: Services, *, now: datetime) -> None:
    """Put the sample into an empty zone (a kept one is left as it is) and its people into the sandbox."""
    sample = load_sample()
    await database.write(lambda tx: _settle(tx, sample, services, now))
    for person, place in sample.everybody:
        note = f"{place} · {ROLE_NAMES[person.role]}"
        world.add_person(person.name, id=person.telegram_id, started=True, note=note)
    for group in sample.groups:
        groups.found_group(world, group.title, list(group.members))
    first, officer = sample.enterprises[0].people[0], sample.office[0]
    world.hints[:] = [
        f"① 左边点“{first.name}”，按“开始自查”：用手机做一次真实标准的自查。",
        f"② 再点“{officer.name}”：看看监管办公室的样子。上方的时钟可以拨到明天、下个月。",
    ]


async def live_a_little(world: World, bot: SandboxHooks) -> None:
    """Everybody with work to do says hello, so that the page does not begin with empty chats."""
    await wait_until_idle(world, bot, _PATIENCE_S)
    sample = load_sample()
    for person in [*sample.office, *(e.people[0] for e in sample.enterprises)]:
        people.say(world, person.telegram_id, person.telegram_id, "/start")
    await wait_until_idle(world, bot, _PATIENCE_S)


def _settle(tx: Transaction, sample: SampleZone, services: Services, now: datetime) -> None:
    if tx.enterprises.count():
        return
    for officer in sample.office:
        _employ(tx, officer, None, now)
    ids = {e.name: _found_enterprise(tx, e, now) for e in sample.enterprises}
    for firm in sample.enterprises:
        _live_through(Past(tx, services, ids[firm.name], firm.people[0].telegram_id, now), firm)
    for worker in sample.workers:
        _employ(tx, worker, ids[worker.enterprise], now)


def _live_through(past: Past, firm: SampleEnterprise) -> None:
    if firm.has is not None:
        past.fill_in_profile(firm.has)
    if firm.missed:
        past.miss_last_quarter()
    if firm.submitted:
        past.submit(firm.found)
    elif firm.answered:
        past.answer(firm.answered)


def _found_enterprise(tx: Transaction, sample: SampleEnterprise, now: datetime) -> int:
    enterprise = tx.enterprises.add(
        name=sample.name, uscc=sample.uscc, address=sample.address, community=sample.community, at=now
    )
    tx.enterprises.set_trades(enterprise.id, sample.trades, at=now)
    for person in sample.people:
        _employ(tx, person, enterprise.id, now)
        tx.enterprises.name_contact(enterprise.id, person.role, name=person.name, phone="", at=now, by=None)
    return enterprise.id


def _employ(tx: Transaction, person: SamplePerson, enterprise_id: int | None, now: datetime) -> None:
    known = tx.people.add(name=person.name, telegram_id=person.telegram_id, at=now)
    tx.people.assign(known.id, person.role, enterprise_id=enterprise_id, at=now, by=None)
