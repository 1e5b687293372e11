"""The last known seal of every row while the trail is replayed: on disk beyond a few megabytes, gone at the end."""

import sqlite3
from collections.abc import Iterator

_MOST_IN_MEMORY_KB = 8192
_MAKE = "CREATE TABLE seals (name TEXT, key TEXT, seal TEXT, PRIMARY KEY (name, key)) WITHOUT ROWID"


class SealBook:
    """Seals by table and key; the memory it takes stays the same however many rows there are."""

    def __init__(self) -> None:
        # A database without a name is a temporary file of SQLite's own, removed when it is closed.
        self._book = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_MOST_IN_MEMORY_KB}"):
            self._book.execute(f"PRAGMA {pragma}")
        self._book.execute(_MAKE)
        self._book.execute("BEGIN")

    def known(self, table: str, key: str) -> str:
        """The last seal of this row; empty where there is none."""
        row = self._book.execute("SELECT seal FROM seals WHERE name = ? AND key = ?", (table, key)).fetchone()
        return str(row[0]) if row else ""

    def note(self, table: str, key: str, seal: str) -> None:
        """From here on this is the seal of the row."""
        self._book.execute("INSERT OR REPLACE INTO seals VALUES (?, ?, ?)", (table, key, seal))

    def take(self, table: str, key: str) -> str:
        """The last seal of this row, which is crossed out."""
        seal = self.known(table, key)
        if seal:
            self._book.execute("DELETE FROM seals WHERE name = ? AND key = ?", (table, key))
        return seal

    def left(self, table: str) -> Iterator[tuple[str, str]]:
        """Key and seal of the rows that nobody took and that were not given up."""
        rows = self._book.execute("SELECT key, seal FROM seals WHERE name = ? AND seal <> '' ORDER BY key", (table,))
        yield from rows

    def close(self) -> None:
        self._book.close()
