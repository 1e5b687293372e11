"""What a delivery becomes at the moment it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from checklists.deliveries import Delivery
from handlers.replies import Document, Screen
from handlers.services import Services
from storage.transaction import Transaction


class Making(Protocol):
    """Files that take too long to make beside people's taps, and what the person sees meanwhile."""

    @property
    def order(self) -> Mapping[str, Any]:
        """What handlers.ledger_making reads, as values that JSON knows."""

    def card(self, written: int) -> Screen:
        """How far it is."""

    def queued(self) -> Screen:
        """Other files come first."""

    def sending(self) -> Screen:
        """The files come now."""

    def sent(self) -> Screen:
        """All files have come."""

    def failed(self) -> Screen:
        """The words below say why there are no files."""

    def instead(self, why: str, numbers: Mapping[str, int]) -> Mapping[str, Any]:
        """What the delivery is about when there will be no (more) files; `why` is a key of handlers.ledger_making."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """Files first, then the screen. When it was sent before, only the screen is edited in place.

    With `making` the files are still to be made, by a process of its own.
    """

    screen: Screen | None = None
    documents: tuple[Document, ...] = ()
    making: Making | None = None


# The delivery as it is now, drawn from the database alone; None when it is not needed any more.
Renderer = Callable[[Transaction, Services, Delivery, datetime], Outgoing | None]
