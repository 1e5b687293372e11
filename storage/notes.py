"""Small facts the program keeps about itself by name, such as the day of the last morning report."""

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

    def set(self, name: str, value: str) -> None:
        self.upsert(notes, {"name": name}, {"value": value})
