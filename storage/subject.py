"""What the classes of all subjects share: the connection, the zone in every query, insert-if-new and upsert."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.hot import Hot
from storage.sealing import is_sealed
from storage.tables import sequences

if TYPE_CHECKING:
    from storage.transaction import Transaction


class Subject:
    """Queries about one subject; every one of them carries the zone of the transaction."""

    __slots__ = ("connection", "tx", "zone_id")

    def __init__(self, tx: "Transaction") -> None:
        self.tx = tx
        self.connection = tx.connection
        self.zone_id = tx.zone_id

    def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless a unique key already has it; whether it was new."""
        row = {"zone_id": self.zone_id, **values}
        if not is_sealed(table):
            return _hot_insert(table, *row).run(self.connection, row) == 1
        make = self._insert(table).on_conflict_do_nothing()
        return self.connection.execute(make, row, execution_options={"preserve_rowcount": True}).rowcount == 1

    def upsert(self, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Insert the row, or set `values` on the row that has these keys (a primary or unique key with the zone)."""
        row = {"zone_id": self.zone_id, **keys, **values}
        if not is_sealed(table):
            _hot_upsert(table, ("zone_id", *keys), tuple(values)).run(self.connection, row)
        else:
            self.connection.execute(_upsert(self._insert(table), ("zone_id", *keys), tuple(values)), row)

    def next_number(self, name: str, year: int) -> int:
        """The next number people see, counted per zone and year without gaps: 1, 2, 3."""
        statement = self._insert(sequences).values(zone_id=self.zone_id, name=name, year=year, value=1)
        statement = statement.on_conflict_do_update(
            index_elements=["zone_id", "name", "year"], set_={"value": sequences.c.value + 1}
        )
        return int(self.connection.execute(statement.returning(sequences.c.value)).scalar_one())

    def _insert(self, table: Table) -> Any:
        return (sqlite if self.connection.dialect.name == "sqlite" else postgresql).insert(table)


def _upsert(insert: Any, keys: tuple[str, ...], values: tuple[str, ...]) -> Any:
    changes = {name: insert.excluded[name] for name in values}
    return insert.on_conflict_do_update(index_elements=keys, set_=changes)


@cache
def _hot_insert(table: Table, *columns: str) -> Hot:
    return Hot(lambda insert: insert(table).on_conflict_do_nothing(), *columns)


@cache
def _hot_upsert(table: Table, keys: tuple[str, ...], values: tuple[str, ...]) -> Hot:
    return Hot(lambda insert: _upsert(insert(table), keys, values), *keys, *values)
