"""Backup, restore and verification: one file with every row, photo and voice note, the same for both databases.

The rows are read in one snapshot while the bot runs; a backup of SQLite can be restored into PostgreSQL and back.
"""

import base64
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, create_engine, func, select, text

from storage.engine import parse_url
from storage.schema import is_current, upgrade
from storage.tables import attachments, metadata, photos, zones
from storage.transaction import Transaction
from storage.verification import faults

FORMAT = "zicha-backup/1"
_ROWS_AT_ONCE = 500
_MANIFEST = "manifest.json"
_MOST_FAULTS = 100


class BackupRefused(Exception):
    """The backup or restore was not begun, or not finished; the text says why, in Chinese. Nothing was changed."""


@dataclass
class Report:
    """What was found: rows per table, files, and what is wrong (in Chinese; empty when all is well)."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    faults: list[str] = field(default_factory=list)


def backup(address: str, data_folder: Path, target: Path) -> Report:
    """Write everything into `target` while the bot may be running; the file appears whole or not at all."""
    if target.exists():
        raise BackupRefused(f"文件已存在，不覆盖：{target.name}")
    part = target.with_name(target.name + ".part")
    report = Report()
    engine = _snapshot_engine(address)
    try:
        with engine.connect() as connection, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            if not is_current(connection):
                raise BackupRefused("数据库版本不对，请先运行 zicha db upgrade")
            sums = {name: _write_table(archive, connection, table, report) for name, table in _tables()}
            for name, path in _kept_files(connection, data_folder):
                sums[name] = _write_file(archive, name, path, report)
            manifest = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(), "rows": report.rows, "sha256": sums}
            archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        if report.faults:
            raise BackupRefused("；".join(report.faults))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise BackupRefused(f"备份没有写成：{error.strerror or type(error).__name__}") from error
    finally:
        part.unlink(missing_ok=True)
        engine.dispose()
    return report


def restore(source: Path, address: str, data_folder: Path) -> Report:
    """Fill an empty database and data folder from a backup; refuses a full one or a damaged file."""
    report = Report()
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            upgrade(address)
            engine = create_engine(parse_url(address))
            try:
                with engine.begin() as connection:
                    if connection.execute(select(func.count()).select_from(zones)).scalar_one():
                        raise BackupRefused("目标数据库不是空的，不恢复。请换一个空库。")
                    _restore_files(archive, manifest, data_folder, report)
                    for name, table in _tables():
                        report.rows[table.name] = _read_table(archive, name, table, connection)
            finally:
                engine.dispose()
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise BackupRefused("这不是完整的备份文件。") from error
    except OSError as error:
        raise BackupRefused(f"恢复没有完成：{error.strerror or type(error).__name__}") from error
    return report


def verify_file(source: Path) -> Report:
    """Read a whole backup file again and compare every part with its checksum."""
    report = Report()
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            report.rows = dict(manifest["rows"])
            report.files = sum(not name.startswith("tables/") for name in manifest["sha256"])
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, OSError):
        report.faults.append("备份文件损坏或不完整")
    except BackupRefused as error:
        report.faults.append(str(error))
    return report


def verify(address: str, data_folder: Path) -> Report:
    """Check a database in use: its own integrity, the trail of each zone, and every photo and voice note."""
    report = Report()
    engine = _snapshot_engine(address)
    try:
        with engine.connect() as connection:
            if not is_current(connection):
                report.faults.append("数据库版本不对，请先运行 zicha db upgrade")
                return report
            if connection.dialect.name == "sqlite":
                report.faults += _sqlite_faults(connection)
            for _, table in _tables():
                report.rows[table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
            for zone_id in connection.execute(select(zones.c.id)).scalars().all():
                found = faults(Transaction(connection, zone_id))
                report.faults += [f"辖区 {zone_id}：{fault}" for fault in islice(found, _MOST_FAULTS)]
            for name, path in _kept_files(connection, data_folder):
                report.files += 1
                report.faults += _file_fault(name, path)
    finally:
        engine.dispose()
    return report


def _snapshot_engine(address: str) -> Engine:
    url = parse_url(address)
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").exists():
            raise BackupRefused(f"没有这个数据库文件：{url.database}")
        return create_engine(url)
    return create_engine(url, isolation_level="REPEATABLE READ")


def _tables() -> list[tuple[str, Table]]:
    return [(f"tables/{table.name}.jsonl", table) for table in metadata.sorted_tables]


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table, report: Report) -> str:
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in connection.execute(select(table), execution_options={"yield_per": _ROWS_AT_ONCE}).mappings():
            line = json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    report.rows[table.name] = count
    return digest.hexdigest()


def _kept_files(connection: Connection, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file that a row speaks of, as its name in the archive and its path."""
    for sha256 in sorted(set(connection.execute(select(photos.c.sha256)).scalars())):
        stem = folder / "photos" / sha256[:2] / sha256[2:4]
        found = next((p for p in sorted(stem.glob(f"{sha256}.*")) if not p.name.endswith(".preview.jpg")), None)
        path = found or stem / f"{sha256}.jpg"
        yield str(path.relative_to(folder)), path
    spoken = select(attachments.c.sha256).where(attachments.c.kind == "voice")
    for sha256 in sorted(set(connection.execute(spoken).scalars())):
        path = folder / "voices" / sha256[:2] / f"{sha256}.ogg"
        yield str(path.relative_to(folder)), path


def _write_file(archive: zipfile.ZipFile, name: str, path: Path, report: Report) -> str:
    report.faults += _file_fault(name, path)
    report.files += 1
    if not report.faults:
        archive.write(path, name, zipfile.ZIP_STORED)
    return path.name.split(".")[0]


def _file_fault(name: str, path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            same = _sum(file) == path.name.split(".")[0]
    except OSError:
        return [f"缺少文件 {name}"]
    return [] if same else [f"文件内容已改变 {name}"]


def _manifest(archive: zipfile.ZipFile) -> Any:
    """The manifest of a whole and undamaged backup; raises BackupRefused otherwise."""
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest.get("format") != FORMAT:
        raise BackupRefused("不认识这种备份格式。")
    for name, expected in manifest["sha256"].items():
        with archive.open(name) as file:
            if _sum(file) != expected:
                raise BackupRefused(f"备份文件损坏：{name}")
    return manifest


def _restore_files(archive: zipfile.ZipFile, manifest: Any, folder: Path, report: Report) -> None:
    root = folder.absolute()
    for name in manifest["sha256"]:
        if name.startswith("tables/"):
            continue
        target = (root / name).absolute()
        if not target.is_relative_to(root) or ".." in target.parts:
            raise BackupRefused("备份文件损坏：文件名越界")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with archive.open(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        report.files += 1


def _read_table(archive: zipfile.ZipFile, name: str, table: Table, connection: Connection) -> int:
    batch: list[dict[str, Any]] = []
    count = 0
    with archive.open(name) as file:
        for line in file:
            batch.append({k: _typed(table, k, v) for k, v in json.loads(line).items()})
            count += 1
            if len(batch) == _ROWS_AT_ONCE:
                connection.execute(table.insert(), batch)
                batch = []
    if batch:
        connection.execute(table.insert(), batch)
    return count


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case _:
            return value


def _typed(table: Table, column: str, value: Any) -> Any:
    if value is None:
        return None
    python_type = table.c[column].type.python_type
    if python_type is datetime:
        return datetime.fromisoformat(value)
    if python_type is date:
        return date.fromisoformat(value)
    return base64.b64decode(value) if python_type is bytes else value


def _sqlite_faults(connection: Connection) -> list[str]:
    faults = []
    if connection.execute(text("PRAGMA integrity_check(1)")).scalar_one() != "ok":
        faults.append("数据库文件损坏（integrity_check）")
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        faults.append("数据库里有指向不存在内容的记录（foreign_key_check）")
    return faults


def _sum(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
