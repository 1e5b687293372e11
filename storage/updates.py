"""Which updates of Telegram have already had their effect, so that a repeated one changes nothing."""

from datetime import datetime, timedelta

from storage.subject import Subject
from storage.tables import updates

# Telegram repeats an unconfirmed update for at most a day.
KEPT_FOR = timedelta(days=3)


class Updates(Subject):
    """The ids of updates whose effect is committed."""

    def is_new(self, update_id: int, *, at: datetime) -> bool:
        """Note the update in this transaction; False if an earlier one already did."""
        return self.insert_new(updates, {"update_id": update_id, "at": at})

    def sweep(self, *, now: datetime) -> int:
        """Forget ids that Telegram can no longer repeat; how many."""
        old = (updates.c.zone_id == self.zone_id) & (updates.c.at < now - KEPT_FOR)
        return self.connection.execute(updates.delete().where(old)).rowcount
