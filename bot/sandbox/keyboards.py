"""Keyboards that come with a message, checked as strictly as Telegram does."""

from typing import Any

from bot.sandbox.links import link
from bot.sandbox.wire import JSON, Params, bad, words

BUTTONS_LIMIT = 100
DATA_LIMIT = 64
KINDS = words(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
LOOKS = ("icon_custom_emoji_id", "style")


def read_markup(params: Params) -> JSON | None:
    """The reply markup of a call, None if there is none; inline keyboards in the form messages show them."""
    if "reply_markup" not in params:
        return None
    try:
        markup = params.decoded("reply_markup")
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return {"inline_keyboard": _inline_rows(markup["inline_keyboard"])}
    if "keyboard" in markup:
        return {**markup, "keyboard": _reply_rows(markup["keyboard"])}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def inline_only(params: Params) -> JSON | None:
    """The inline keyboard of an edit; an empty one equals none."""
    markup = read_markup(params)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    return markup if markup and markup["inline_keyboard"] else None


def _inline_rows(rows: Any) -> list[list[JSON]]:
    if not isinstance(rows, list):
        raise bad('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array')
    found = []
    for row in rows:
        if not isinstance(row, list):
            raise bad("can't parse inline keyboard: inline keyboard row must be an Array")
        if row:
            found.append([_inline_button(button) for button in row])
    if sum(len(row) for row in found) > BUTTONS_LIMIT:
        raise bad("reply markup is too long")
    return found


def _inline_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    kinds = [kind for kind in KINDS if kind in button]
    if not kinds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    kind = kinds[0]
    value = button[kind]
    if kind == "callback_data" and not 1 <= len(str(value).encode("utf-8", "surrogatepass")) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    if kind == "url":
        value = _button_url(str(value))
    return {"text": text, kind: value, **{look: button[look] for look in LOOKS if look in button}}


def _button_url(url: str) -> str:
    found = link(url)
    if not found:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return found


def _reply_rows(rows: Any) -> list[list[JSON]]:
    if not isinstance(rows, list):
        raise bad('can\'t parse reply keyboard: Field "keyboard" must be of type Array')
    found = []
    for row in rows:
        if not isinstance(row, list):
            raise bad("can't parse reply keyboard: keyboard row must be an Array")
        found.append([_reply_button(button) for button in row])
    return [row for row in found if row]


def _reply_button(button: Any) -> JSON:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")
    return button


def has_button(markup: JSON | None, button: str) -> JSON | None:
    """The inline button with this callback data or label; callback data first, as it is exact."""
    buttons = [one for row in (markup or {}).get("inline_keyboard", []) for one in row]
    for key in ("callback_data", "text"):
        for one in buttons:
            if one.get(key) == button:
                return dict(one)
    return None
