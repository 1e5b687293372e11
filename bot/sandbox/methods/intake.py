"""Methods by which a bot receives: getUpdates, webhooks, answers to presses, getMe."""

import asyncio
import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.methods.registry import Answer, method
from bot.sandbox.updates import DEFAULT_KINDS, KINDS, Webhook
from bot.sandbox.wire import JSON, Params, Refusal, bad
from bot.sandbox.world import PRESS_ANSWER_S, World

ANOTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
PORTS = (443, 80, 88, 8443)


@method("getMe")
def get_me(world: World, params: Params) -> JSON:
    return world.bot.me()


def _allow(world: World, params: Params) -> None:
    """Remember allowed_updates; missing or unparsable changes nothing, no known name means the default."""
    if "allowed_updates" not in params:
        return
    try:
        given: Any = params.decoded("allowed_updates")
    except ValueError:
        return
    if isinstance(given, list):
        world.updates.allowed = frozenset(KINDS) & frozenset(map(str, given)) or DEFAULT_KINDS


async def get_updates(world: World, params: Params) -> list[bytes]:
    """Updates as JSON texts; waits as asked. Raises Refusal (409) when another request takes over."""
    if world.webhook.url:
        raise Refusal(409, HOOKED)
    world.poll_turn += 1
    world.poll_ended_by = ANOTHER
    turn = world.poll_turn
    _allow(world, params)
    queue = world.updates
    queue.arrivals.bump()
    queue.expire(world.clock.timestamp())
    queue.forget(params.integer("offset"))
    limit = min(max(params.integer("limit", 100), 1), 100)
    end = asyncio.get_running_loop().time() + min(max(params.integer("timeout"), 0), 50)
    while not (found := queue.oldest(limit)):
        left = end - asyncio.get_running_loop().time()
        if left <= 0 or world.closing:
            break
        await queue.arrivals.wait(queue.arrivals.version, left)
        if world.poll_turn != turn:
            raise Refusal(409, world.poll_ended_by)
    return found


def end_polls(world: World, sentence: str) -> None:
    """End a waiting getUpdates with a 409."""
    world.poll_turn += 1
    world.poll_ended_by = sentence
    world.updates.arrivals.bump()


# -- webhook


@method("setWebhook")
def set_webhook(world: World, params: Params) -> Answer:
    url = params.text("url")
    if not url:
        return _remove_webhook(world, params)
    _check_webhook(world, url, params.text("secret_token"))
    _allow(world, params)
    end_polls(world, "Conflict: terminated by setWebhook request")
    same = world.webhook.url == url and world.webhook.secret == params.text("secret_token")
    world.webhook = Webhook(
        url=url,
        secret=params.text("secret_token"),
        max_connections=min(max(params.integer("max_connections", 40), 1), 100),
        allowed_given="allowed_updates" in params,
        ip_address=params.text("ip_address"),
    )
    if params.boolean("drop_pending_updates"):
        world.updates.clear()
    world.updates.arrivals.bump()
    return Answer(True, "Webhook is already set" if same else "Webhook was set")


def _check_webhook(world: World, url: str, secret: str) -> None:
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("invalid webhook URL specified")
    if world.local:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    try:
        address = ip_address("127.0.0.1" if parts.hostname == "localhost" else parts.hostname)
    except ValueError:
        return
    if not address.is_global:
        raise bad(f"bad webhook: IP address {address} is reserved")


@method("deleteWebhook")
def delete_webhook(world: World, params: Params) -> Answer:
    return _remove_webhook(world, params)


def _remove_webhook(world: World, params: Params) -> Answer:
    was_set = bool(world.webhook.url)
    world.webhook = Webhook()
    if params.boolean("drop_pending_updates"):
        world.updates.clear()
    world.updates.arrivals.bump()
    return Answer(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


@method("getWebhookInfo")
def get_webhook_info(world: World, params: Params) -> JSON:
    hook = world.webhook
    info: JSON = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": world.pending(),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
    if hook.ip_address:
        info["ip_address"] = hook.ip_address
    if hook.last_error_date:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    if world.updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


@method("logOut", "close")
def leave_server(world: World, params: Params) -> bool:
    return True


# -- presses


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    press = world.presses.get(params.text("callback_query_id"))
    if press is None or world.clock.timestamp() - press.pressed_at > PRESS_ANSWER_S:
        raise bad(TOO_OLD)
    text = params.text("text")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    world.answer_press(press, text, show_alert=params.boolean("show_alert"), url=params.text("url"))
    return True
