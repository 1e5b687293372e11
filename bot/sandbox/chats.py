"""The people and chats of the sandbox, as Telegram knows them."""

from dataclasses import dataclass, field

from bot.sandbox.wire import JSON

MESSAGE_HISTORY = 5000


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a phone. `started`: has pressed start or written to the bot, so that it may write first.

    `note` says on the chat page who this is ("滨河精密铝业 · 主要负责人"); the bot never sees it.
    """

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    note: str = ""
    language_code: str = "zh-hans"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def user(self) -> JSON:
        """The User object."""
        found: JSON = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if value := getattr(self, key):
                found[key] = value
        return found


@dataclass(slots=True, kw_only=True)
class Profile:
    """The bot itself, with what it tells about itself per language."""

    id: int
    first_name: str
    username: str
    reads_everything: bool = False
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[JSON]] = field(default_factory=dict)
    default_rights: dict[bool, JSON] = field(default_factory=dict)
    menu_button: JSON = field(default_factory=lambda: {"type": "commands"})

    def user(self) -> JSON:
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def me(self) -> JSON:
        """The User object that getMe returns."""
        return {
            **self.user(),
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_everything,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


@dataclass(slots=True, kw_only=True)
class Chat:
    """A private chat, group, supergroup or channel with its messages by number.

    `keyboard` is the reply keyboard (or force reply) now shown, `touched` the world's version at which a
    message last changed or vanished, `action` what the bot is doing until `action_until` (timestamp).
    """

    id: int
    type: str
    title: str = ""
    username: str = ""
    first_name: str = ""
    last_name: str = ""
    description: str = ""
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    migrated_to: int = 0
    gone: bool = False
    muted: frozenset[str] = frozenset()
    messages: dict[int, JSON] = field(default_factory=dict)
    touched: dict[int, int] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboard: JSON | None = None
    menu_button: JSON | None = None
    action: str = ""
    action_until: float = 0.0
    last_id: int = 0
    version: int = 0

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    @property
    def numbers_itself(self) -> bool:
        """Supergroups and channels count their messages from 1."""
        return self.type in ("supergroup", "channel")

    @property
    def kind_name(self) -> str:
        """The words of Telegram's error sentences."""
        return f"{self.type} chat"

    @property
    def name(self) -> str:
        return self.title or f"{self.first_name} {self.last_name}".strip()

    def chat(self) -> JSON:
        """The Chat object."""
        found: JSON = {"id": self.id, "type": self.type}
        for key in ("title", "username", "first_name", "last_name"):
            if value := getattr(self, key):
                found[key] = value
        return found

    def mark(self, message_id: int, version: int) -> None:
        self.touched[message_id] = version
        self.version = version

    def keep(self, message: JSON, version: int) -> None:
        """Append a message; the oldest go when there are too many."""
        message_id = message["message_id"]
        self.messages[message_id] = message
        self.last_id = max(self.last_id, message_id)
        self.mark(message_id, version)
        if len(self.messages) > MESSAGE_HISTORY + 500:
            for old in list(self.messages)[:500]:
                del self.messages[old]
                self.touched.pop(old, None)


def private_chat(person: Person) -> Chat:
    return Chat(
        id=person.id,
        type="private",
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        members={person.id: "member"},
    )
