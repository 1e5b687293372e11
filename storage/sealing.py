"""Seals: what every kept row said when the program last changed it, anchored in the trail by the same transaction.

How it works and what it can and cannot show: docs/decisions/trail.md.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    Delete,
    Engine,
    Insert,
    RowMapping,
    Select,
    Table,
    Update,
    and_,
    event,
    select,
    tuple_,
)

from storage.tables import answers, inspections, metadata, zones
from storage.trail_lock import hold_trail

if TYPE_CHECKING:
    from storage.transaction import Transaction

Row = Mapping[str, Any] | RowMapping

# What comes and goes, or is made anew at any time; nothing in them proves anything.
TRANSIENT = frozenset({"dialogs", "updates", "outbox", "duty_queue", "notes", "drafts", "events", "alembic_version"})
# How a message is being sent changes with every attempt; for whom, why and what about does not.
_SENDING = ("chat_id", "not_before", "state", "edition", "attempts", "message_id", "sent_at", "outcome")
UNSEALED = {"deliveries": frozenset(_SENDING)}
# The answers change with every tap: they are sealed as a whole when their inspection is submitted.
_WITH_PARENT = {"answers"}
_SEALED_ON = {"inspections": frozenset({"state"})}
ANSWERS = "answers of"

_INFO = "zicha_seals"
_AT_ONCE = 400
NONE = ""


def kept_tables() -> list[Table]:
    """The tables whose rows are sealed, parents before children."""
    return [t for t in metadata.sorted_tables if t.name not in TRANSIENT]


def is_sealed(table: Table) -> bool:
    """Whether single rows of this table are sealed."""
    return table.name not in TRANSIENT and table.name not in _WITH_PARENT


def needs_notice(statement: Any, params: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a change with these parameters may alter a seal."""
    return is_sealed(statement.table) and _concerns(statement, statement.table, params)


@cache
def sealed_columns(table: Table) -> list[Column[Any]]:
    """The columns a seal is made of."""
    return [c for c in table.c if c.name not in UNSEALED.get(table.name, frozenset())]


def key_of(table: Table, row: Row) -> str:
    """The primary key of a row within its zone, as text."""
    return "/".join([str(row[name]) for name in _key_names(table)])


@cache
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(c.name for c in key_columns(table))


@cache
def _sealed_names(table: Table) -> tuple[str, ...]:
    return tuple(c.name for c in sealed_columns(table))


@cache
def key_columns(table: Table) -> list[Column[Any]]:
    """The columns of the primary key, without the zone."""
    return [c for c in table.primary_key.columns if c.name != "zone_id"]


def seal_of(table: Table, row: Row) -> str:
    """128 bits over all sealed columns that say something; empty while the row is not sealed yet.

    A column that says nothing (empty, false, zero) is left out: a later version may add columns.
    """
    if table is inspections and row["state"] == "running":
        return NONE
    return _digest({name: _plain(value) for name in _sealed_names(table) if (value := row[name])})


def seal_of_answers(rows: Iterable[Row]) -> str:
    """One seal over all answers of an inspection, given in the order of their items."""
    return _digest([{k: _plain(v) for k, v in row.items() if v} for row in rows])


def watch(engine: Engine) -> None:
    """From now on every change through this engine inside `Changes.of` is noticed before it happens."""

    @event.listens_for(engine, "before_execute")
    def notice(
        connection: Connection,
        statement: Any,
        multiparams: Sequence[Mapping[str, Any]],
        params: Mapping[str, Any],
        _options: Any,
    ) -> None:
        changes = connection.info.get(_INFO)
        if changes is not None and isinstance(statement, Insert | Update | Delete):
            changes.notice(connection, statement, multiparams or [params])


class Changes:
    """The rows that one unit of work touches, with their seals from before."""

    def __init__(self, connection: Connection) -> None:
        self._before: dict[str, dict[str, str]] = {}
        connection.info[_INFO] = self

    def notice(self, connection: Connection, statement: Any, params: Sequence[Mapping[str, Any]]) -> None:
        """Note what `statement` is going to change."""
        if not needs_notice(statement, params):
            return
        table = statement.table
        known = self._before.setdefault(table.name, {})
        if isinstance(statement, Insert):
            given = _values(statement)
            rows = [{**given, **row} for row in params] if given else params
            keys = [key_of(table, row) for row in rows]
            if _key_names(table) != ("id",):  # ids are new; other keys may be there already
                zone_id = rows[0]["zone_id"]
                # There is no row to hold yet: another process must not insert it between our look and our insert.
                hold_trail(connection, zone_id)
                for row in _rows_with(connection, table, zone_id, rows):
                    known.setdefault(key_of(table, row), seal_of(table, row))
            for key in keys:
                known.setdefault(key, NONE)
            return
        concerned = select(table)
        if statement.whereclause is not None:
            concerned = concerned.where(statement.whereclause)
        for one in params:
            for row in connection.execute(_locked(connection, concerned), dict(one)).mappings():
                known.setdefault(key_of(table, row), seal_of(table, row))

    def anchor(self, tx: "Transaction") -> None:
        """Append one event with the seals of all rows that are not as they were; nothing if there are none."""
        body = {}
        for name, before in self._before.items():
            after = self._after(tx, metadata.tables[name], list(before))
            changed = {k: [was, after.get(k, NONE)] for k, was in before.items() if after.get(k, NONE) != was}
            if changed:
                body[name] = changed
            if name == "inspections" and changed:
                body[ANSWERS] = _answers_sealed(tx, changed)
        if body:
            tx.trail.add_seals(body)

    @staticmethod
    def _after(tx: "Transaction", table: Table, keys: list[str]) -> dict[str, str]:
        columns = key_columns(table)
        parts = (key.split("/", len(columns) - 1) for key in keys)
        rows = [{c.name: c.type.python_type(p) for c, p in zip(columns, part, strict=True)} for part in parts]
        found = _rows_with(tx.connection, table, tx.zone_id, rows)
        return {key_of(table, row): seal_of(table, row) for row in found}


def stop(connection: Connection) -> None:
    """Notice nothing more until the next unit begins."""
    connection.info.pop(_INFO, None)


def _answers_sealed(tx: "Transaction", changed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The answers of the inspections that were submitted just now."""
    new = [key for key, (was, now) in changed.items() if was == NONE and now != NONE]
    return {key: [NONE, seal_of_answers(answers_of(tx, int(key)))] for key in new}


def answers_of(tx: "Transaction", inspection_id: int) -> Iterator[Row]:
    """The answers of an inspection in the order of their items, as rows."""
    mine = (answers.c.zone_id == tx.zone_id) & (answers.c.inspection_id == inspection_id)
    yield from tx.connection.execute(select(answers).where(mine).order_by(answers.c.item)).mappings()


def _concerns(statement: Any, table: Table, params: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a change touches a sealed column at all; the cheap answer for taps and for the sender."""
    if not isinstance(statement, Update):
        return True
    changed = {*_values(statement), *(name for row in params for name in row)} & {c.name for c in table.c}
    if table.name in _SEALED_ON:
        return bool(changed & _SEALED_ON[table.name])
    return bool(changed - UNSEALED.get(table.name, frozenset()))


def _values(statement: Any) -> dict[str, Any]:
    # The library shows what `.values()` was given only here; compiling the statement to ask would cost more than it.
    given = statement._values or {}
    return {getattr(column, "name", column): getattr(value, "value", None) for column, value in given.items()}


def _rows_with(connection: Connection, table: Table, zone_id: Any, keys: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    columns = key_columns(table)
    for start in range(0, len(keys), _AT_ONCE):
        wanted = [tuple(row[c.name] for c in columns) for row in keys[start : start + _AT_ONCE]]
        single = len(columns) == 1
        matching = columns[0].in_([w[0] for w in wanted]) if single else tuple_(*columns).in_(wanted)
        mine = matching if table is zones else and_(table.c.zone_id == zone_id, matching)
        yield from connection.execute(select(table).where(mine)).mappings()


def _locked(connection: Connection, statement: Select[Any]) -> Select[Any]:
    # Another process must not change the row between our look and our change.
    return statement.with_for_update() if connection.dialect.name == "postgresql" else statement


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return value


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=16).digest()).decode().rstrip("=")
