"""Small facts the program keeps about itself by name, such as the day of the last morning report."""

from collections.abc import Collection

from sqlalchemy import select

from storage.subject import Subject
from storage.tables import notes


class Notes(Subject):
    """Named values of the zone."""

    def get(self, name: str) -> str | None:
        """The value of this name, if it was ever set."""
        row = self.connection.execute(
            select(notes.c.value).where(notes.c.zone_id == self.zone_id, notes.c.name == name)
        ).one_or_none()
        return None if row is None else str(row.value)

    def some(self, names: Collection[str]) -> dict[str, str]:
        """The values of these names, those never set left out."""
        mine = (notes.c.zone_id == self.zone_id) & notes.c.name.in_(sorted(names))
        return {
            row.name: str(row.value) for row in self.connection.execute(select(notes.c.name, notes.c.value).where(mine))
        }

    def set(self, name: str, value: str) -> None:
        self.upsert(notes, {"name": name}, {"value": value})
