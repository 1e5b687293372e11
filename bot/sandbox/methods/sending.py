"""Methods that send a message without a file."""

import secrets
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.entities import formatted
from bot.sandbox.keyboards import read_markup
from bot.sandbox.methods.registry import method, without_nesting
from bot.sandbox.wire import JSON, Params, bad, words
from bot.sandbox.world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DICE = {"🏀": 5, "⚽": 5, "🎰": 64, "🎲": 6, "🎯": 6, "🎳": 6}
ACTIONS = frozenset(
    words(
        "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
        "choose_sticker find_location record_video_note upload_video_note"
    )
)
ACTION_S = 5


def text_content(world: World, params: Params) -> JSON:
    """The text and entities of a text message; refuses what is empty or too long."""
    if not params.text("text"):
        raise bad("message text is empty")
    text, entities = formatted(params, "text", world.user)
    if not text:
        raise bad("text must be non-empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(world: World, params: Params) -> JSON:
    """The caption and its entities, {} without one."""
    if not params.text("caption"):
        return {}
    caption, entities = formatted(params, "caption", world.user)
    if len(caption) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    if not caption:
        return {}
    found: JSON = {"caption": caption}
    if entities:
        found["caption_entities"] = entities
    if params.boolean("show_caption_above_media"):
        found["show_caption_above_media"] = True
    return found


def put(world: World, params: Params, *contents: JSON, what: str = "text messages") -> list[JSON]:
    """Send one message per content to the chat of the call (several: an album); returns the messages."""
    markup = read_markup(params)
    chat = world.writable(params.text("chat_id"))
    if what in chat.muted:
        raise bad(f"not enough rights to send {what} to the chat")
    frame = _frame(chat, params)
    if markup and "inline_keyboard" in markup:
        if markup["inline_keyboard"]:
            frame["reply_markup"] = markup
    elif markup:
        chat.keyboard = None if markup.get("remove_keyboard") else markup
        # the message itself, posted below, counts as the visible change
    if world.enforce_limits:
        world.limits.check(chat.id, len(contents))
    chat.action = ""
    sender = world.bot.user()
    return [world.post(chat, sender, {**frame, **content}) for content in contents]


def _frame(chat: Chat, params: Params) -> JSON:
    """What a message carries besides its content: protection and what it replies to."""
    frame: JSON = {}
    if params.boolean("protect_content"):
        frame["has_protected_content"] = True
    target, optional = _reply_target(params)
    if target:
        replied = chat.messages.get(target)
        if replied is not None:
            frame["reply_to_message"] = without_nesting(replied)
        elif not optional:
            raise bad("message to be replied not found")
    return frame


def _reply_target(params: Params) -> tuple[int, bool]:
    """Number of the message replied to (0 for none) and whether it may be missing."""
    if "reply_parameters" in params:
        try:
            given = params.decoded("reply_parameters")
        except ValueError:
            raise bad("can't parse reply parameters JSON object") from None
        if not isinstance(given, dict):
            raise bad("can't parse reply parameters: expected an Object")
        nested = Params(given)
        return nested.integer("message_id"), nested.boolean("allow_sending_without_reply")
    return params.integer("reply_to_message_id"), params.boolean("allow_sending_without_reply")


@method("sendMessage")
def send_message(world: World, params: Params) -> JSON:
    return put(world, params, text_content(world, params))[0]


@method("sendLocation")
def send_location(world: World, params: Params) -> JSON:
    return put(world, params, {"location": _location(params)})[0]


def _location(params: Params) -> JSON:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("wrong coordinates specified")
    return {"latitude": latitude, "longitude": longitude}


@method("sendVenue")
def send_venue(world: World, params: Params) -> JSON:
    place = _location(params)
    venue = {"location": place, "title": params.text("title"), "address": params.text("address")}
    return put(world, params, {"venue": venue, "location": place})[0]


@method("sendContact")
def send_contact(world: World, params: Params) -> JSON:
    if "phone_number" not in params:
        raise bad("phone number is empty")
    if "first_name" not in params:
        raise bad("first name is empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: params.text(name) for name in names if name in params}
    return put(world, params, {"contact": contact})[0]


@method("sendDice")
def send_dice(world: World, params: Params) -> JSON:
    emoji = params.text("emoji") or "🎲"
    if emoji not in DICE:
        raise bad("can't send the dice")
    dice = {"emoji": emoji, "value": secrets.randbelow(DICE[emoji]) + 1}
    return put(world, params, {"dice": dice}, what="stickers")[0]


@method("sendPoll")
def send_poll(world: World, params: Params) -> JSON:
    question, options = params.text("question"), _poll_options(params)
    if not question:
        raise bad("poll question must be non-empty")
    if len(question) > 300:
        raise bad("poll question length must not exceed 300")
    poll: JSON = {
        "id": str(secrets.randbelow(1 << 60)),
        "question": question,
        "options": [
            {"persistent_id": str(place), "text": text, "voter_count": 0} for place, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": params.boolean("is_closed"),
        "is_anonymous": "is_anonymous" not in params or params.boolean("is_anonymous"),
        "type": params.text("type") or "regular",
        "allows_multiple_answers": params.boolean("allows_multiple_answers"),
        "allows_revoting": params.text("type") != "quiz",
        "members_only": params.boolean("members_only"),
    }
    message = put(world, params, {"poll": poll}, what="polls")[0]
    world.polls[poll["id"]] = (message["chat"]["id"], message["message_id"])
    return message


def _poll_options(params: Params) -> list[str]:
    try:
        given: Any = params.decoded("options")
    except ValueError:
        raise bad("can't parse options JSON object") from None
    options = [one.get("text", "") if isinstance(one, dict) else str(one) for one in given or []]
    if not options:
        raise bad("poll must have at least one answer option")
    if len(options) > 12:
        raise bad("poll can't have more than 12 options")
    if any(not 1 <= len(option) <= 100 for option in options):
        raise bad("poll options length must not exceed 100")
    return options


@method("sendChatAction")
def send_chat_action(world: World, params: Params) -> bool:
    action = params.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = world.writable(params.text("chat_id"))
    chat.action = action
    chat.action_until = world.clock.timestamp() + ACTION_S
    chat.version = world.changes.bump()
    return True
