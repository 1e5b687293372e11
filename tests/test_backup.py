"""Backup while running, restore into either database, and verification that notices every kind of damage."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import create_engine, text

from storage import backup as backups
from storage.database import Database, ZoneDatabase
from storage.photos import PhotoStore, accept
from storage.tables import attachments, photos
from storage.transaction import Transaction
from storage.voices import VoiceStore
from tests.conftest import NOW, ZONE_ID
from tests.postgres import Postgres


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
async def filled(database: ZoneDatabase, tmp_path: Path) -> Path:
    """A database with a person, a trail, a photo and a voice note; the folder holds the files."""
    folder = tmp_path / "data"
    photo = accept(picture())
    PhotoStore(folder / "photos").put(photo)
    voice = VoiceStore(folder / "voices").put(b"OggS voice")

    def unit(tx: Transaction) -> None:
        person = tx.people.add(name="王厂长", telegram_id=77, at=NOW)
        for number in range(3):
            tx.trail.add("noted", subject="person", subject_id=person.id, person_id=None, at=NOW, after=number)
        row = {"dhash": photo.dhash, "width": 64, "height": 48, "bytes": len(photo.data), "kept_at": NOW}
        tx.trail.insert_new(photos, {"sha256": photo.sha256, **row})
        spoken = {"id": 5, "kind": "voice", "sha256": voice, "sent_by": person.id, "received_at": NOW}
        tx.trail.insert_new(attachments, spoken)

    await database.write(unit)
    return folder


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_was_backed_up_comes_back_in_either_database(
    address: str, filled: Path, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = tmp_path / "zicha.zip"
    made = backups.backup(address, filled, target)
    assert (made.rows["people"], made.rows["events"], made.files) == (1, 5, 2)

    server: Postgres = request.getfixturevalue("postgres")
    other = server.empty_database() if kind == "postgresql" else f"sqlite:///{tmp_path / 'other.db'}"
    restored = backups.restore(target, other, tmp_path / "other")
    assert restored.rows == made.rows

    database = Database(other)
    person = await database.read(lambda tx: tx.people.by_telegram(77), zone_id=ZONE_ID)
    await database.close()
    assert person is not None
    assert person.name == "王厂长"
    assert backups.verify(other, tmp_path / "other").faults == []


async def test_a_backup_can_be_taken_while_the_bot_writes(address: str, filled: Path, database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.notes.set("a", "1"))
    assert backups.backup(address, filled, filled / "zicha.zip").rows["notes"] == 1
    await database.write(lambda tx: tx.notes.set("b", "2"))


async def test_restoring_over_something_is_refused(address: str, filled: Path, tmp_path: Path) -> None:
    backups.backup(address, filled, tmp_path / "zicha.zip")
    with pytest.raises(backups.BackupRefused, match="不是空的"):
        backups.restore(tmp_path / "zicha.zip", address, filled)


async def test_a_backup_is_never_overwritten(address: str, filled: Path, tmp_path: Path) -> None:
    backups.backup(address, filled, tmp_path / "zicha.zip")
    with pytest.raises(backups.BackupRefused, match="已存在"):
        backups.backup(address, filled, tmp_path / "zicha.zip")


async def test_a_damaged_backup_is_noticed_and_not_restored(address: str, filled: Path, tmp_path: Path) -> None:
    target, damaged = tmp_path / "zicha.zip", tmp_path / "damaged.zip"
    backups.backup(address, filled, target)
    assert backups.verify_file(target).faults == []
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(damaged, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, content.replace("王厂长".encode(), "李厂长".encode()))
    assert backups.verify_file(damaged).faults == ["备份文件损坏：tables/people.jsonl"]
    with pytest.raises(backups.BackupRefused):
        backups.restore(damaged, f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")


@pytest.mark.tampers
async def test_verification_names_a_lost_photo_and_an_altered_trail(address: str, filled: Path) -> None:
    assert backups.verify(address, filled).faults == []
    shutil.rmtree(filled / "photos")
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE events SET body = '{}' WHERE number = 2"))
    engine.dispose()
    faults = backups.verify(address, filled).faults
    assert faults[0] == "辖区 1：操作记录从第 2 条起对不上，可能被改动过"
    assert faults[1].startswith("缺少文件 photos/")
    assert len(faults) == 2
