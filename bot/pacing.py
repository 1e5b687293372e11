"""When the next message may leave: Telegram's limits over all chats and per chat, learnt from its refusals."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable

PER_SECOND = 25  # Telegram takes some 30; the rest is left to people who are answered meanwhile
_WINDOW_S = 1.03  # a little over the second that Telegram counts, for the jitter of arrival
_EVENNESS = 0.9
_CUT = 0.9
_QUIET_S, _RAISE_EVERY_S = 120.0, 60.0
_PRIVATE_S = 1.0
_GROUP_MOST, _GROUP_WINDOW_S = 20, 61.0
_CHATS_REMEMBERED = 10_000


class Pacing:
    """One for each bot token. Times are seconds of a steady clock.

    Over all chats a log of the last sends slides along a window. How many fit is learnt: a refusal cuts it by a
    tenth, quiet raises it again. A refusal for one chat pauses that chat; a second chat refused meanwhile means
    that the limit over all chats was met, and everything pauses. Telegram does not say which of the two it is.
    """

    def __init__(self, most: int = PER_SECOND, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = self._cap = most
        self._clock = clock
        self._log: deque[float] = deque(maxlen=most)
        self._paused_until = 0.0
        self._changed_at = 0.0
        self._refused: dict[int, float] = {}
        self._chats: OrderedDict[int, deque[float]] = OrderedDict()
        self._lock = asyncio.Lock()

    async def turn(self, chat_id: int) -> None:
        """Return when a message to this chat may leave, counted as sent now."""
        async with self._lock:
            while (wait := self._next() - self._clock()) > 0:  # noqa: ASYNC110 the pause may have grown meanwhile
                await asyncio.sleep(wait)
            now = self._clock()
            self._log.append(now)
            self._remember(chat_id, now)

    def chat_free_in(self, chat_id: int) -> float:
        """Seconds until this chat may get another message; 0 when it may now."""
        now = self._clock()
        free = self._refused.get(chat_id, 0.0)
        sends = self._chats.get(chat_id)
        if sends:
            free = max(free, sends[-1] + _PRIVATE_S)
            if chat_id < 0 and len(sends) == _GROUP_MOST:
                free = max(free, sends[0] + _GROUP_WINDOW_S)
        return max(0.0, free - now)

    def refused(self, chat_id: int, retry_after: float) -> None:
        """Telegram asked for a pause (429)."""
        now = self._clock()
        until = now + retry_after + 0.05
        self._refused = {chat: end for chat, end in self._refused.items() if end > now}
        others = [end for chat, end in self._refused.items() if chat != chat_id]
        self._refused[chat_id] = until
        if not others:
            return
        if now >= self._paused_until and now - self._changed_at > 1.0:
            self.most = max(1, int(self.most * _CUT))
            self._changed_at = now
        self._paused_until = max(self._paused_until, until, *others)

    def _next(self) -> float:
        self._raise_slowly()
        earliest = self._paused_until
        if self._log:
            earliest = max(earliest, self._log[-1] + _EVENNESS / self.most)
        if len(self._log) >= self.most:
            earliest = max(earliest, self._log[-self.most] + _WINDOW_S)
        return earliest

    def _raise_slowly(self) -> None:
        now = self._clock()
        if self.most < self._cap and now - self._changed_at > _QUIET_S:
            self.most += 1
            self._changed_at = now - _QUIET_S + _RAISE_EVERY_S

    def _remember(self, chat_id: int, now: float) -> None:
        sends = self._chats.setdefault(chat_id, deque(maxlen=_GROUP_MOST if chat_id < 0 else 1))
        sends.append(now)
        self._chats.move_to_end(chat_id)
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats.popitem(last=False)
