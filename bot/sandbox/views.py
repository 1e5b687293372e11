"""What the chat page shows of a world: people and groups, one conversation, what changed since a version."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.sandbox.chats import Chat, Person
from bot.sandbox.wire import JSON
from bot.sandbox.world import Press, World

UNREAD_SHOWN = 100
RECENT_PRESSES = 500
LINE_LENGTH = 80
PRESENT = frozenset(("creator", "administrator", "member", "restricted"))
KINDS = {
    "photo": "[照片]",
    "animation": "[动图]",
    "document": "[文件]",
    "voice": "[语音]",
    "video": "[视频]",
    "audio": "[音频]",
    "sticker": "[贴纸]",
    "location": "[位置]",
    "contact": "[名片]",
    "poll": "[投票]",
}


@dataclass(kw_only=True)
class Views:
    """The world as the page sees it; `read` holds the newest message read per chat, as long as the program runs."""

    world: World
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    read: dict[int, int] = field(default_factory=dict)
    read_at: dict[int, int] = field(default_factory=dict)

    def overview(self, since: int | None, now: datetime) -> JSON:
        """People, groups and chats changed after version `since`; None gives all of them and what never changes."""
        world = self.world
        touched = [chat for chat in world.chats.values() if since is None or self._version(chat) > since]
        changed = [chat for chat in touched if not chat.migrated_to]
        moved = [chat for chat in touched if chat.migrated_to]
        found: JSON = {
            "world": self.id,
            "version": world.version,
            "full": since is None,
            "now": now.isoformat(),
            "people": [self._person(world.people[chat.id]) for chat in changed if chat.is_private],
            "groups": [self._group(chat) for chat in changed if not chat.is_private],
            "chats": [self._summary(chat) for chat in changed],
            "moved": [[chat.id, chat.migrated_to] for chat in moved],
            "answers": [] if since is None else list(self._answers(since)),
        }
        if since is None:
            bot = world.bot
            found |= {
                "bot": {"id": bot.id, "name": bot.first_name, "username": bot.username},
                "hints": world.hints,
            }
        return found

    def newest(self, chat: Chat, viewer: int, limit: int, before: int = 0) -> JSON:
        """The last `limit` messages, or those just before message `before`, as the viewer sees them."""
        older = (message for number, message in reversed(chat.messages.items()) if not before or number < before)
        messages = list(islice(older, limit))
        more = next(older, None) is not None
        return {**self._state(chat, viewer), "changes": False, "messages": messages[::-1], "deleted": [], "more": more}

    def changes(self, chat: Chat, viewer: int, since: int, oldest: int) -> JSON:
        """What changed after version `since` among the messages from number `oldest` on."""
        touched = sorted(number for number, at in chat.touched.items() if at > since and number >= oldest)
        return {
            **self._state(chat, viewer),
            "changes": True,
            "messages": [chat.messages[number] for number in touched if number in chat.messages],
            "deleted": [number for number in touched if number not in chat.messages],
        }

    def mark_read(self, chat: Chat, message_id: int) -> None:
        if message_id > self.read.get(chat.id, 0):
            self.read[chat.id] = message_id
            self.read_at[chat.id] = self.world.changes.bump()

    def commands(self, chat: Chat, viewer: int) -> list[JSON]:
        """The command menu of this person in this chat: the first set that exists, nearest scope first."""
        status = chat.members.get(viewer, "")
        if chat.is_private:
            scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
        else:
            administers = status in ("creator", "administrator")
            scopes = [f"chat_member:{chat.id}:{viewer}"]
            scopes += [f"chat_administrators:{chat.id}"] if administers else []
            scopes += [f"chat:{chat.id}"]
            scopes += ["all_chat_administrators"] if administers else []
            scopes += ["all_group_chats", "default"]
        person = self.world.people.get(viewer)
        language = person.language_code[:2] if person else ""
        keys = [f"{scope}|{code}" for scope in scopes for code in (language, "")]
        return next((self.world.bot.commands[key] for key in keys if self.world.bot.commands.get(key)), [])

    def _version(self, chat: Chat) -> int:
        return max(chat.version, self.read_at.get(chat.id, 0))

    def _state(self, chat: Chat, viewer: int) -> JSON:
        person = self.world.people.get(chat.id)
        presses = self._presses(chat, viewer)
        return {
            "world": self.id,
            "version": self.world.version,
            "read": self.read.get(chat.id, 0),
            "unread": self._unread(chat),
            "started": person.started if person else True,
            "action": self._action(chat),
            "keyboard": self._keyboard(chat),
            "commands": self.commands(chat, viewer),
            "pending": [
                {"id": press.id, "message_id": press.message_id, "data": press.data}
                for press in presses
                if press.answered_at is None
            ],
            "answered": [press.id for press in presses if press.answered_at is not None],
        }

    def _presses(self, chat: Chat, viewer: int) -> list[Press]:
        recent = islice(reversed(self.world.presses.values()), RECENT_PRESSES)
        return [press for press in recent if press.chat_id == chat.id and press.user_id == viewer]

    def _keyboard(self, chat: Chat) -> JSON | None:
        if chat.keyboard is None:
            return None
        asking = (number for number, one in reversed(chat.messages.items()) if self._is_bots(one))
        return {"markup": chat.keyboard, "message_id": next(asking, 0)}

    def _action(self, chat: Chat) -> JSON | None:
        left_s = chat.action_until - self.world.clock.timestamp()
        return {"action": chat.action, "left_s": min(left_s, 5.0)} if chat.action and left_s > 0 else None

    def _is_bots(self, message: JSON) -> bool:
        sender: JSON = message.get("from", {})
        return sender.get("id") == self.world.bot.id

    def _unread(self, chat: Chat) -> int:
        """The bot's messages after what was read or, in a private chat, after the person's last words."""
        read, count = self.read.get(chat.id, 0), 0
        for number, message in reversed(chat.messages.items()):
            if number <= read or count >= UNREAD_SHOWN:
                break
            if self._is_bots(message):
                count += 1
            elif chat.is_private:
                break
        return count

    def _summary(self, chat: Chat) -> JSON:
        last = next(reversed(chat.messages.values()), None)
        return {
            "id": chat.id,
            "last": None if last is None else {"text": self._line(chat, last), "date": last["date"]},
            "unread": self._unread(chat),
            "action": self._action(chat),
        }

    def _line(self, chat: Chat, message: JSON) -> str:
        kind = next((words for key, words in KINDS.items() if key in message), "")
        words = message.get("text") or message.get("caption") or message.get("document", {}).get("file_name") or ""
        line = " ".join(f"{kind} {words}".split())[:LINE_LENGTH] or "（群里的变动）"
        if self._is_bots(message):
            return line
        name = message.get("from", {}).get("first_name", "") if not chat.is_private else "我"
        return f"{name}：{line}" if name else line

    def _person(self, person: Person) -> JSON:
        off = person.blocked or person.deactivated
        return {
            "id": person.id,
            "name": person.name,
            "note": person.note,
            "username": person.username,
            "blocked": off,
        }

    def _group(self, chat: Chat) -> JSON:
        members = [id for id, status in chat.members.items() if status in PRESENT and id in self.world.people]
        return {"id": chat.id, "title": chat.name, "members": members}

    def _answers(self, since: int) -> Iterator[JSON]:
        """Toasts and alerts shown after version `since`."""
        for user_id, toasts in self.world.toasts.items():
            for toast in reversed(toasts):
                if toast.version <= since:
                    break
                press = self.world.presses.get(toast.callback_query_id)
                if press:
                    yield {
                        "id": press.id,
                        "user_id": user_id,
                        "chat_id": press.chat_id,
                        "text": toast.text,
                        "show_alert": toast.show_alert,
                        "url": toast.url,
                    }
