"""Fixtures that every test may ask for: a fresh database of each kind, a zone, and a fixed time."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from handlers.services import Services
from storage.database import Database, ZoneDatabase
from storage.photos import PhotoStore
from storage.schema import upgrade
from storage.verification import faults
from storage.voices import VoiceStore
from storage.zones import Zone
from tests.postgres import Postgres, running_postgres

# A busy machine is no fault of the code: examples are limited in number, not in time.
settings.register_profile("zicha", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zicha")

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai
ZONE_ID = 1


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "zicha.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database with the present schema; each test runs on both kinds."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_database()
    path = tmp_path / "zicha.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def database(address: str, request: pytest.FixtureRequest) -> AsyncIterator[ZoneDatabase]:
    """A database with one founded zone, 滨河开发区; in the end every row must fit its seal in the trail."""
    opened = Database(address)
    zone = opened.zone(ZONE_ID)
    await zone.write(lambda tx: tx.zones.found(code="BH", name="滨河开发区", plan_id="heelun-2024", at=NOW))
    yield zone
    found = await zone.read(lambda tx: [str(fault) for fault in faults(tx)])
    await opened.close()
    assert found == [] or request.node.get_closest_marker("tampers")


@pytest.fixture
async def zone(database: ZoneDatabase) -> Zone:
    found = await database.read(lambda tx: tx.zones.current())
    assert found is not None
    return found


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """What handlers reach besides the database, in a folder of this test."""
    return Services(
        photos=PhotoStore(tmp_path / "photos"), voices=VoiceStore(tmp_path / "voices"), bot_name="zicha_bot"
    )
