"""Methods about chats and their members."""

from bot.sandbox import groups, people
from bot.sandbox.chats import Chat
from bot.sandbox.groups import chat_member
from bot.sandbox.methods.registry import method
from bot.sandbox.wire import JSON, Params, bad
from bot.sandbox.world import World

PRESENT = frozenset(("creator", "administrator", "member", "restricted"))


@method("getChat")
def get_chat(world: World, params: Params) -> JSON:
    chat = world.chat_named(params.text("chat_id"))
    full: JSON = {
        **chat.chat(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
            False,
        ),
    }
    if chat.description:
        full["description"] = chat.description
    if chat.pinned and chat.pinned[0] in chat.messages:
        pinned = chat.messages[chat.pinned[0]]
        full["pinned_message"] = {k: v for k, v in pinned.items() if k != "reply_to_message"}
    return full


def _group(world: World, params: Params) -> Chat:
    """The group of the call, if the bot may look into it."""
    chat = world.chat_named(params.text("chat_id"))
    return chat if chat.is_private else world.writable(params.text("chat_id"))


@method("getChatMember")
def get_chat_member(world: World, params: Params) -> JSON:
    chat, user_id = _group(world, params), params.integer("user_id")
    if world.user(user_id) is None:
        raise bad("PARTICIPANT_ID_INVALID" if user_id else "invalid user_id specified")
    if chat.is_private:
        return {"status": "member", "user": world.user(user_id)}
    return chat_member(world, chat, user_id)


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[JSON]:
    chat = _group(world, params)
    if chat.is_private:
        raise bad("there are no administrators in the private chat")
    chosen = [user for user, status in chat.members.items() if status in ("creator", "administrator")]
    if chat.bot_status == "administrator":
        chosen.append(world.bot.id)
    return [chat_member(world, chat, user_id) for user_id in chosen]


@method("getChatMemberCount", "getChatMembersCount")
def get_chat_member_count(world: World, params: Params) -> int:
    chat = _group(world, params)
    return sum(status in PRESENT for status in chat.members.values()) + (chat.is_private or 1)


@method("leaveChat")
def leave_chat(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    if chat.is_private:
        raise bad("chat member status can't be changed in private chats")
    groups.set_bot_status(world, chat.id, "left")
    return True


@method("setChatTitle")
def set_chat_title(world: World, params: Params) -> bool:
    chat, title = world.writable(params.text("chat_id")), params.text("title").strip()
    if chat.is_private or chat.bot_status != "administrator":
        raise bad("not enough rights to change chat title")
    if not title:
        raise bad("title must be non-empty")
    chat.title = title
    people.post(world, chat, world.bot.user(), {"new_chat_title": title})
    return True


@method("setChatDescription")
def set_chat_description(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    if chat.is_private or chat.bot_status != "administrator":
        raise bad("not enough rights to set chat description")
    chat.description = params.text("description")[:255]
    chat.version = world.changes.bump()
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    if params.integer("message_id") not in chat.messages:
        raise bad("message to react not found")
    return True


@method("getUserProfilePhotos")
def get_user_profile_photos(world: World, params: Params) -> JSON:
    if world.user(params.integer("user_id")) is None:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}
