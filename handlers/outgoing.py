"""What a delivery becomes at the moment it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from checklists.deliveries import Delivery
from handlers.replies import Document, Screen
from handlers.services import Services
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """Files first, then the screen. When it was sent before, only the screen is edited in place."""

    screen: Screen | None = None
    documents: tuple[Document, ...] = ()


# The delivery as it is now, drawn from the database alone; None when it is not needed any more.
Renderer = Callable[[Transaction, Services, Delivery, datetime], Outgoing | None]
