"""Troubles on order: refusals, lost connections, and Telegram's sending limits."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.wire import JSON, Refusal, flood

BURST = 5.0
GROUP_PER_MINUTE = 20
OVERALL_PER_SECOND = 30


@dataclass(slots=True, kw_only=True)
class Fault:
    """The next `times` calls that fit go wrong.

    `method` "" or "*" means any, "file" a download; `chat_id` 0 any chat. With `drop` the connection closes
    without an answer; with `applied` the call takes effect before that (the answer got lost on the way).
    """

    method: str = ""
    chat_id: int = 0
    error_code: int = 500
    description: str = ""
    parameters: JSON | None = None
    times: int = 1
    drop: bool = False
    applied: bool = False

    def fits(self, method: str, chat_id: int) -> bool:
        return (self.method in ("", "*") or self.method.lower() == method) and self.chat_id in (0, chat_id)

    def refusal(self) -> Refusal:
        if self.error_code == 429 and not self.description:
            return flood(int((self.parameters or {}).get("retry_after", 1)))
        return Refusal(self.error_code, self.description or _usual(self.error_code), self.parameters)


def _usual(code: int) -> str:
    return {
        400: "Bad Request: chat not found",
        401: "Unauthorized",
        403: "Forbidden: bot was blocked by the user",
        404: "Not Found",
        500: "Internal Server Error: restart",
        502: "Bad Gateway",
    }.get(code, "Internal Server Error: restart")


class Faults:
    """Faults in the order they were asked for."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, method: str, chat_id: int) -> Fault | None:
        """The fault that strikes this call; counts it."""
        for fault in self.waiting:
            if fault.fits(method, chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


@dataclass(slots=True)
class _Bucket:
    """Tokens of one private chat: one a second, short bursts pass."""

    at: float
    tokens: float = BURST

    def wait_s(self, now: float) -> float:
        self.tokens = min(BURST, self.tokens + now - self.at)
        self.at = now
        return 0.0 if self.tokens >= 1 else 1 - self.tokens


class SendingLimits:
    """About one message a second per chat, 20 a minute per group, 30 a second overall.

    `now` counts seconds; real ones, not those of the sandbox's clock, which may jump.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, deque[float]] = {}
        self._overall: deque[float] = deque()

    def check(self, chat_id: int, messages: int = 1) -> None:
        """Count messages about to be sent; raises Refusal (429) when they are too many."""
        now = self._now()
        wait = self._overall_wait(now)
        if not wait:
            wait = self._group_wait(chat_id, now) if chat_id < 0 else self._bucket(chat_id).wait_s(now)
        if wait > 0:
            raise flood(max(1, math.ceil(wait)))
        self._overall.extend([now] * messages)
        if chat_id < 0:
            self._groups[chat_id].extend([now] * messages)
        else:
            self._bucket(chat_id).tokens -= messages

    def _bucket(self, chat_id: int) -> _Bucket:
        return self._chats.setdefault(chat_id, _Bucket(at=self._now()))

    def _overall_wait(self, now: float) -> float:
        while self._overall and self._overall[0] <= now - 1:
            self._overall.popleft()
        return self._overall[0] + 1 - now if len(self._overall) >= OVERALL_PER_SECOND else 0.0

    def _group_wait(self, chat_id: int, now: float) -> float:
        sent = self._groups.setdefault(chat_id, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        return sent[0] + 60 - now if len(sent) >= GROUP_PER_MINUTE else 0.0
