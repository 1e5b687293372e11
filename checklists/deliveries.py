"""Deliveries (投递): one outgoing message to one chat, from the wish to send it to its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeliveryState(StrEnum):
    """Where a message stands; an edit of a sent one stays SENT while it waits in the outbox."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"


DELIVERY_STATE_NAMES: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "等待发送",
    DeliveryState.SENT: "已发送",
    DeliveryState.REFUSED: "对方收不到",
    DeliveryState.GIVEN_UP: "发送失败",
    DeliveryState.WITHDRAWN: "已不需要",
}


PART_OUT = "part out"  # the outcome so far of a waiting message of several files, of which some have come


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One row of the ledger. `edition` grows when the content changes after it was queued; times are UTC.

    `message_id` is Telegram's once it was sent: from then on the same row is edited, not sent again.
    """

    id: int
    chat_id: int
    kind: str
    dedupe: str
    not_before: datetime
    created_at: datetime
    person_id: int | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    state: DeliveryState = DeliveryState.WAITING
    edition: int = 1
    attempts: int = 0
    message_id: int | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryCounts:
    """How the messages made since some time stand; `late` are those due a while ago and still waiting."""

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0
    late: int = 0

    @property
    def in_trouble(self) -> bool:
        return bool(self.refused or self.given_up or self.late)
