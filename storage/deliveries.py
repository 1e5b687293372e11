"""The ledger of outgoing messages: one row for each message to each person."""

from storage.subject import Subject


class Deliveries(Subject):
    """The ledger of outgoing messages: one row for each message to each person."""
