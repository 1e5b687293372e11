"""The queue of updates that wait for the bot: numbering, confirmation and retention."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from bot.sandbox.signals import Signal
from bot.sandbox.wire import JSON, words

ANSWER_LIMIT = 4 << 20
QUEUE_LIMIT = 100_000
DAY_S = 24 * 3600
LIFETIME_S = {
    "callback_query": 150,
    "shipping_query": 150,
    "pre_checkout_query": 150,
    "inline_query": 30,
    "chosen_inline_result": 600,
}
KINDS = words(
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages guest_message message_reaction "
    "message_reaction_count inline_query chosen_inline_result callback_query shipping_query "
    "pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member "
    "chat_join_request chat_boost removed_chat_boost managed_bot"
)
NOT_BY_DEFAULT = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
DEFAULT_KINDS = frozenset(KINDS) - NOT_BY_DEFAULT


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """One update that the bot has not confirmed; `body` is its JSON, `order_key` whose order it keeps."""

    update_id: int
    kind: str
    expires: float
    order_key: int
    body: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where updates go when they are not polled."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    allowed_given: bool = False
    ip_address: str = ""
    last_error_date: int = 0
    last_error: str = ""


class UpdateQueue:
    """Updates of one bot, oldest first. Times are seconds since 1970 of the sandbox's clock."""

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self.allowed = DEFAULT_KINDS
        self.arrivals = Signal()
        self._items: deque[Pending] = deque()
        self._soonest = float("inf")

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Pending]:
        return iter(self._items)

    def add(self, kind: str, content: object, now: float, order_key: int) -> int:
        """Queue an update; returns its number."""
        update_id = self.next_id
        self.next_id += 1
        self._append(update_id, kind, {"update_id": update_id, kind: content}, now, order_key)
        return update_id

    def add_raw(self, content: JSON, now: float) -> int:
        """Queue an update object as it is, whatever it holds."""
        update_id = self.next_id
        self.next_id += 1
        kind = next((name for name in content if name != "update_id"), "")
        self._append(update_id, kind, {**content, "update_id": update_id}, now, 0)
        return update_id

    def _append(self, update_id: int, kind: str, body: JSON, now: float, order_key: int) -> None:
        expires = now + LIFETIME_S.get(kind, DAY_S)
        self._soonest = min(self._soonest, expires)
        self._items.append(
            Pending(update_id=update_id, kind=kind, expires=expires, order_key=order_key, body=orjson.dumps(body))
        )
        if len(self._items) > QUEUE_LIMIT:
            self._items.popleft()
        self.arrivals.bump()

    def expire(self, now: float) -> None:
        """Drop what has waited too long."""
        if now < self._soonest:
            return
        self._items = deque(item for item in self._items if item.expires > now)
        self._soonest = min((item.expires for item in self._items), default=float("inf"))
        self.arrivals.bump()

    def forget(self, offset: int) -> None:
        """Apply the offset of a getUpdates call."""
        if not self._items or offset == 0:
            return
        if offset < 0:
            while len(self._items) > -offset:
                self._items.popleft()
        elif self._items[0].update_id - 100_000 <= offset <= self.next_id + 10:
            while self._items and self._items[0].update_id < offset:
                self._items.popleft()
        self.arrivals.bump()

    def clear(self) -> None:
        self._items.clear()
        self.arrivals.bump()

    def remove(self, update_id: int) -> None:
        """Take out one delivered update (webhook)."""
        for item in self._items:
            if item.update_id == update_id:
                self._items.remove(item)
                self.arrivals.bump()
                return

    def oldest(self, limit: int) -> list[bytes]:
        """At most `limit` updates and about 4 MB, as JSON texts."""
        found: list[bytes] = []
        size = 0
        for item in self._items:
            if len(found) >= limit or size > ANSWER_LIMIT:
                break
            found.append(item.body)
            size += len(item.body)
        return found
