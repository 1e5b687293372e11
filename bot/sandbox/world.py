"""The state of the stand-in Telegram: people, chats, messages, presses, updates, files, troubles."""

import itertools
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.chats import Chat, Person, Profile, private_chat
from bot.sandbox.clock import Clock
from bot.sandbox.faults import Faults, SendingLimits
from bot.sandbox.files import FileStore
from bot.sandbox.recording import Recorder
from bot.sandbox.signals import Signal
from bot.sandbox.updates import UpdateQueue, Webhook
from bot.sandbox.wire import JSON, bad, forbidden

PRESS_ANSWER_S = 150
PRESSES_KEPT = 20_000
TOASTS_KEPT = 200
DAY_S = 24 * 3600
NO_START = "bot can't initiate conversation with a user"


@dataclass(slots=True, kw_only=True)
class Press:
    """One press of an inline button; `answered_at` None while the button still shows progress."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    pressed_at: float
    answered_at: float | None = None


@dataclass(slots=True, kw_only=True)
class Toast:
    """What answering a press showed to the person; `version` is the world's when it appeared."""

    user_id: int
    callback_query_id: str
    text: str
    show_alert: bool
    url: str
    date: int
    version: int

    def as_json(self) -> JSON:
        return {
            "callback_query_id": self.callback_query_id,
            "text": self.text,
            "show_alert": self.show_alert,
            "url": self.url,
            "date": self.date,
            "version": self.version,
        }


class World:
    """One bot and everybody it can talk to.

    `token` None accepts any well-formed token (the first one gives the bot its id). `hints` are the lines that
    the chat page shows a newcomer. `latency_s` delays every answer; `enforce_limits` switches on Telegram's
    sending limits; `local` allows plain HTTP webhooks on any port, as a server started with --local does.
    """

    def __init__(
        self,
        *,
        name: str = "自查",
        username: str = "zicha_sandbox_bot",
        token: str | None = None,
        recording: bool = False,
        record_file: Path | None = None,
    ) -> None:
        bot_id = int(token.partition(":")[0]) if token else 0
        self.bot = Profile(id=bot_id or 5_000_000_001, first_name=name, username=username)
        self.token = token
        self.adopted = bool(token)
        self.clock = Clock()
        self.changes = Signal()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.updates = UpdateQueue(secrets.randbelow(800_000_000) + 100_000_000)
        self.presses: dict[str, Press] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.polls: dict[str, tuple[int, int]] = {}
        self.files = FileStore()
        self.faults = Faults()
        self.limits = SendingLimits()
        self.enforce_limits = False
        self.latency_s = 0.0
        self.local = True
        self.webhook = Webhook()
        self.recorder = Recorder(enabled=recording, path=record_file)
        self.hints: list[str] = []
        self.closing = False
        # the one getUpdates that may wait: a later one takes the turn and ends it
        self.poll_turn = 0
        self.poll_ended_by = ""
        self._message_ids = itertools.count(secrets.randbelow(1_000_000) * 1000 + 101)
        self._user_ids = itertools.count(710_000_001)
        self._group_ids = itertools.count(4_100_000_001)
        self._supergroup_ids = itertools.count(1_002_100_000_001)
        self._album_ids = itertools.count(13_000_000_000_000_001)

    # -- time and change

    def timestamp(self) -> int:
        """Seconds since 1970 at the sandbox's clock."""
        return int(self.clock.timestamp())

    @property
    def version(self) -> int:
        """Grows with everything a person could see."""
        return self.changes.version

    async def subscribe(self) -> AsyncIterator[int]:
        """The version now and after every change; several changes may come as one. Ends on close()."""
        seen = self.version
        yield seen
        while not self.closing:
            newer = await self.changes.wait(seen, 15)
            if newer != seen:
                seen = newer
                yield seen

    def close(self) -> None:
        """Let go of everyone who waits (long polls, event streams)."""
        self.closing = True
        self.changes.bump()
        self.updates.arrivals.bump()
        self.recorder.close()

    # -- people and chats

    def add_person(self, first_name: str, **more: Any) -> Person:
        """A new person who has not pressed start yet, with the private chat; `more` as in Person."""
        more.setdefault("id", next(number for number in self._user_ids if number not in self.people))
        person = Person(first_name=first_name, **more)
        self.people[person.id] = person
        self.chats[person.id] = private_chat(person)
        self.chats[person.id].version = self.changes.bump()
        return person

    def add_chat(self, kind: str, title: str, *, chat_id: int = 0, members: list[int] | None = None) -> Chat:
        """A group, supergroup or channel the bot is not in yet."""
        if not chat_id:
            number = self._group_ids if kind == "group" else self._supergroup_ids
            chat_id = -next(number)
        chat = Chat(id=chat_id, type=kind, title=title, bot_status="left")
        for place, member in enumerate(members or []):
            chat.members[member] = "member" if place else "creator"
        self.chats[chat_id] = chat
        chat.version = self.changes.bump()
        return chat

    def user(self, user_id: int) -> JSON | None:
        """The User object of a person or of the bot, None if unknown."""
        if user_id == self.bot.id:
            return self.bot.user()
        person = self.people.get(user_id)
        return person.user() if person else None

    def chat_named(self, given: str) -> Chat:
        """The chat of a chat_id parameter; raises Refusal."""
        if not given:
            raise bad("chat_id is empty")
        if given.startswith("@"):
            for chat in self.chats.values():
                if chat.username.lower() == given[1:].lower() and not chat.is_private:
                    return chat
            raise bad("chat not found")
        try:
            found = self.chats.get(int(given))
        except ValueError:
            found = None
        if found is None:
            raise bad("chat not found")
        return found

    def writable(self, given: str) -> Chat:
        """The chat if the bot may write there now; raises Refusal with Telegram's reason."""
        chat = self.chat_named(given)
        if chat.migrated_to:
            refusal = bad("group chat was upgraded to a supergroup chat")
            refusal.parameters = {"migrate_to_chat_id": chat.migrated_to}
            raise refusal
        if chat.is_private:
            person = self.people[chat.id]
            if person.deactivated:
                raise forbidden("user is deactivated")
            if person.blocked:
                raise forbidden("bot was blocked by the user")
            if not person.started:
                raise forbidden(NO_START)
            return chat
        if chat.gone:
            raise forbidden("the group chat was deleted")
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind_name}")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.kind_name}")
        if chat.type == "channel" and chat.bot_status != "administrator":
            raise bad("need administrator rights in the channel chat")
        return chat

    # -- messages

    def next_message_id(self, chat: Chat) -> int:
        return chat.last_id + 1 if chat.numbers_itself else next(self._message_ids)

    def next_album_id(self) -> str:
        return str(next(self._album_ids))

    def post(self, chat: Chat, sender: JSON | None, content: JSON) -> JSON:
        """Put a new message into a chat; returns the Message object (never change it: replace it)."""
        message: JSON = {"message_id": self.next_message_id(chat)}
        if chat.type == "channel":
            message["sender_chat"] = chat.chat()
        elif sender is not None:
            message["from"] = sender
        message["chat"] = chat.chat()
        message["date"] = self.timestamp()
        message.update(content)
        chat.keep(message, self.changes.bump())
        return message

    def replace(self, chat: Chat, message: JSON) -> None:
        """Show a changed message in the place of its former state."""
        chat.messages[message["message_id"]] = message
        chat.mark(message["message_id"], self.changes.bump())

    def remove(self, chat: Chat, message_id: int) -> None:
        chat.messages.pop(message_id, None)
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
        chat.mark(message_id, self.changes.bump())

    # -- updates

    def deliver(self, kind: str, content: JSON, order_key: int) -> int | None:
        """Queue an update if the bot wants its kind; returns its number."""
        if kind not in self.updates.allowed:
            return None
        return self.updates.add(kind, content, self.clock.timestamp(), order_key)

    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        self.updates.expire(self.clock.timestamp())
        return len(self.updates)

    # -- presses

    def keep_press(self, press: Press) -> None:
        self.presses[press.id] = press
        if len(self.presses) > PRESSES_KEPT + 500:
            for old in list(self.presses)[:500]:
                del self.presses[old]

    def answer_press(self, press: Press, text: str, *, show_alert: bool, url: str) -> None:
        """Stop the progress on the button and show what there is to show."""
        press.answered_at = self.clock.timestamp()
        version = self.changes.bump()
        self.chats[press.chat_id].mark(press.message_id, version)
        if text or url:
            shown = self.toasts.setdefault(press.user_id, [])
            shown.append(
                Toast(
                    user_id=press.user_id,
                    callback_query_id=press.id,
                    text=text,
                    show_alert=show_alert,
                    url=url,
                    date=self.timestamp(),
                    version=version,
                )
            )
            del shown[:-TOASTS_KEPT]

    def unanswered_presses(self) -> list[Press]:
        """Presses that the bot never answered: their buttons still show progress."""
        return [press for press in self.presses.values() if press.answered_at is None]
