"""What happens in groups: founding, joining, leaving, removing the bot, growing into a supergroup."""

from bot.sandbox.chats import Chat
from bot.sandbox.people import Unable, person, post
from bot.sandbox.wire import JSON, words
from bot.sandbox.world import World

RIGHTS = words(
    "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members "
    "can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)


def chat_member(world: World, chat: Chat, user_id: int) -> JSON:
    """The ChatMember object of a person or the bot in a chat."""
    status = chat.bot_status if user_id == world.bot.id else chat.members.get(user_id, "left")
    member: JSON = {"status": status, "user": world.user(user_id)}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    elif status == "administrator":
        member |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(RIGHTS, True)}
        more = "can_pin_messages" if chat.type != "channel" else "can_post_messages"
        member |= {more: True}
    return member


def _group(world: World, chat_id: int) -> Chat:
    chat = world.chats.get(chat_id)
    if chat is None or chat.is_private:
        raise Unable(f"没有编号为 {chat_id} 的群", 404)
    return chat


def found_group(world: World, title: str, members: list[int], *, kind: str = "group", with_bot: bool = True) -> Chat:
    """A new group of these people, the first its owner; the bot is told that it was added."""
    if not title.strip():
        raise Unable("群要有名称")
    if kind not in ("group", "supergroup", "channel"):
        raise Unable("群的类型只能是 group、supergroup 或 channel")
    for member in members:
        person(world, member)
    chat = world.add_chat(kind, title, members=members)
    if with_bot:
        status = "administrator" if kind == "channel" else "member"
        set_bot_status(world, chat.id, status, by=members[0] if members else 0)
    return chat


def set_bot_status(world: World, chat_id: int, status: str, *, by: int = 0) -> int | None:
    """Add the bot (member, administrator) or remove it (left, kicked); returns the update number."""
    if status not in ("member", "administrator", "left", "kicked"):
        raise Unable("状态只能是 member、administrator、left 或 kicked")
    chat = _group(world, chat_id)
    old = chat_member(world, chat, world.bot.id)
    was_in = chat.bot_status in ("member", "administrator")
    chat.bot_status = status
    chat.version = world.changes.bump()
    actor = world.user(by or next(iter(chat.members), 0)) or world.bot.user()
    change: JSON = {
        "chat": chat.chat(),
        "from": actor,
        "date": world.timestamp(),
        "old_chat_member": old,
        "new_chat_member": chat_member(world, chat, world.bot.id),
    }
    number = world.deliver("my_chat_member", change, chat.id)
    is_in = status in ("member", "administrator")
    if is_in and not was_in and chat.type != "channel":
        me = world.bot.user()
        post(world, chat, actor, {"new_chat_members": [me], "new_chat_member": me})
    return number


def join(world: World, user_id: int, chat_id: int) -> int | None:
    """A person comes into a group; returns the update number of the service message."""
    who, chat = person(world, user_id), _group(world, chat_id)
    if chat.members.get(user_id, "left") not in ("left", "kicked"):
        raise Unable(f"{who.name}已经在群里", 409)
    old = chat_member(world, chat, user_id)
    chat.members[user_id] = "member"
    _tell_change(world, chat, user_id, old)
    if chat.type == "channel":
        return None
    return post(world, chat, who.user(), {"new_chat_members": [who.user()]})


def leave(world: World, user_id: int, chat_id: int) -> int | None:
    """A person goes out of a group; returns the update number of the service message."""
    who, chat = person(world, user_id), _group(world, chat_id)
    if chat.members.get(user_id, "left") in ("left", "kicked"):
        raise Unable(f"{who.name}不在这个群里", 409)
    old = chat_member(world, chat, user_id)
    number = None
    if chat.type != "channel":
        number = post(world, chat, who.user(), {"left_chat_member": who.user()})
    chat.members[user_id] = "left"
    _tell_change(world, chat, user_id, old)
    return number


def _tell_change(world: World, chat: Chat, user_id: int, old: JSON) -> None:
    """chat_member reaches only a bot that is administrator and asked for it."""
    chat.version = world.changes.bump()
    if chat.bot_status != "administrator":
        return
    change = {
        "chat": chat.chat(),
        "from": world.user(user_id),
        "date": world.timestamp(),
        "old_chat_member": old,
        "new_chat_member": chat_member(world, chat, user_id),
    }
    world.deliver("chat_member", change, chat.id)


def migrate(world: World, chat_id: int) -> Chat:
    """The group becomes a supergroup with a new id; both are told, writing to the old one fails."""
    old = _group(world, chat_id)
    if old.type != "group" or old.migrated_to:
        raise Unable("只有普通群可以升级", 409)
    new = world.add_chat("supergroup", old.title)
    new.members = dict(old.members)
    new.bot_status = old.bot_status
    actor = world.user(next(iter(old.members), 0)) or world.bot.user()
    post(world, old, actor, {"migrate_to_chat_id": new.id})
    old.migrated_to = new.id
    post(world, new, actor, {"migrate_from_chat_id": old.id})
    return new


def delete_group(world: World, chat_id: int) -> None:
    """The group is gone for everybody."""
    chat = _group(world, chat_id)
    chat.gone = True
    chat.version = world.changes.bump()
