"""Statements of every tap: compiled once, then run by the database's driver past layers that cost more than the work.

See docs/decisions/hot-statements.md.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Executable, Insert, Select, Update, exc
from sqlalchemy.dialects import postgresql, sqlite

from storage.sealing import needs_notice

Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


class Sealed(TypeError):
    """A change of sealed rows must not take the short way, where no seal is kept."""


class Hot:
    """One statement with named values, for both kinds of database; preparing it raises Sealed if a seal is concerned.

    `make` gets the database's own `insert` (for ON CONFLICT) and returns the statement; an insert without values needs
    the names of its columns in `columns`. A list in IN (…) must be one of single parameters. Times and truth values
    go through the column types as everywhere.
    """

    def __init__(self, make: Callable[[Any], Select[Any] | Insert | Update | Delete], *columns: str) -> None:
        self._make, self._columns = make, columns
        self._prepared: dict[str, Prepared] = {}

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """The rows of a select, as named tuples."""
        prepared = self._for(connection)
        found = prepared.run(connection, values).fetchall()
        return [prepared.read(row) for row in found]

    def row(self, connection: Connection, values: Values) -> Any | None:
        """The first row of a select, or None."""
        prepared = self._for(connection)
        found = prepared.run(connection, values).fetchone()
        return None if found is None else prepared.read(found)

    def run(self, connection: Connection, values: Values) -> int:
        """Perform a change; how many rows it touched."""
        touched: int = self._for(connection).run(connection, values).rowcount
        return touched

    def _for(self, connection: Connection) -> "Prepared":
        if not connection.in_transaction():
            connection.begin()  # past SQLAlchemy nothing begins by itself
        dialect = connection.dialect
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
            prepared = self._prepared[dialect.name] = Prepared(self._make(insert), self._columns, dialect)
        return prepared


class Prepared:
    """The text of a statement for one kind of database, and how values go in and come out."""

    def __init__(self, statement: Executable, columns: tuple[str, ...], dialect: Dialect) -> None:
        if isinstance(statement, Insert | Update | Delete) and needs_notice(statement, [dict.fromkeys(columns)]):
            raise Sealed(str(statement.table))
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)  # type: ignore[attr-defined]
        self.text = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._order: list[str] | None = compiled.positiontup
        binds = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        self._binders: dict[str, _Convert] = {name: kind.bind_processor(dialect) for name, kind in binds.items()}
        shown = statement.selected_columns if isinstance(statement, Select) else ()
        self._readers: list[_Convert] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in shown
        ]
        self._converts = any(self._readers)
        self._row = _row_type([str(column.key) for column in shown])
        self._names = self._order if self._order is not None else list(self._binders)
        self._steps = [(name, self._binders[name]) for name in self._names]

    def parameters(self, values: Values) -> Any:
        """The values as the driver takes them: a list or a dictionary."""
        if self._constants:
            values = {**self._constants, **values}
        given = [convert(values[name]) if convert else values[name] for name, convert in self._steps]
        return given if self._order is not None else dict(zip(self._names, given, strict=True))

    def run(self, connection: Connection, values: Values) -> Any:
        """Execute on the driver's connection; returns the driver's cursor, raises what SQLAlchemy would raise."""
        parameters = self.parameters(values)
        driver: Any = connection.connection.driver_connection
        dbapi: Any = connection.dialect.loaded_dbapi
        try:
            return driver.execute(self.text, parameters)
        except dbapi.Error as error:
            raise self._translated(connection, error) from error

    def read(self, row: tuple[Any, ...]) -> Any:
        """The row with every value as its column type gives it."""
        if not self._converts:
            return self._row._make(row)
        return self._row._make(
            value if convert is None else convert(value) for value, convert in zip(row, self._readers, strict=True)
        )

    def _translated(self, connection: Connection, error: Any) -> Exception:
        dialect = connection.dialect
        raw: Any = connection.connection.dbapi_connection
        lost = dialect.is_disconnect(error, raw, None)
        if lost:
            connection.invalidate(error)
        translated: Exception = exc.DBAPIError.instance(
            self.text,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=dialect,
        )
        return translated


def _row_type(names: list[str]) -> Any:
    return namedtuple("Row", names)
