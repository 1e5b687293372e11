"""Methods by which a bot describes itself: commands, name, descriptions, menu button, default rights."""

import re
from typing import Any

from bot.sandbox.groups import RIGHTS
from bot.sandbox.methods.registry import method
from bot.sandbox.wire import JSON, Params, bad
from bot.sandbox.world import World

COMMANDS_LIMIT = 100
SIMPLE_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def _scope_key(world: World, params: Params) -> str:
    """The key of a set of commands: "scope|language", with the chat and user in the scope."""
    language = params.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    try:
        scope: Any = params.decoded("scope")
    except ValueError:
        raise bad("can't parse BotCommandScope JSON object") from None
    if scope is None:
        return f"default|{language}"
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: expected an Object")
    kind = str(scope.get("type", ""))
    if kind in SIMPLE_SCOPES:
        return f"{kind}|{language}"
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    fields = Params(scope)
    chat = world.chat_named(fields.text("chat_id"))
    member = f":{fields.integer('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{member}|{language}"


def _command(given: Any) -> JSON:
    if not isinstance(given, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in given:
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
    command = str(given["command"]).strip().removeprefix("/").strip()
    description = str(given["description"]).strip()
    if not command:
        raise bad("command must be non-empty")
    if len(command) > 32:
        raise bad("command length must not exceed 32")
    if not re.fullmatch("[a-z0-9_]+", command):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > 256:
        raise bad("command description length must not exceed 256")
    return {"command": command, "description": description}


@method("setMyCommands")
def set_my_commands(world: World, params: Params) -> bool:
    try:
        given: Any = params.decoded("commands")
    except ValueError:
        raise bad("can't parse commands JSON object") from None
    if not isinstance(given, list):
        raise bad("can't parse commands JSON object: expected an Array of BotCommand")
    commands = [_command(one) for one in given]
    if len(commands) > COMMANDS_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    key = _scope_key(world, params)
    if commands:
        world.bot.commands[key] = commands
    else:
        world.bot.commands.pop(key, None)
    world.changes.bump()
    return True


@method("getMyCommands")
def get_my_commands(world: World, params: Params) -> list[JSON]:
    return world.bot.commands.get(_scope_key(world, params), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, params: Params) -> bool:
    world.bot.commands.pop(_scope_key(world, params), None)
    world.changes.bump()
    return True


def _set_text(params: Params, texts: dict[str, str], name: str, limit: int) -> bool:
    text = params.text(name)
    if len(text) > limit:
        raise bad(f"bot {name.replace('_', ' ')} is too long")
    texts[params.text("language_code")] = text
    return True


def _text(params: Params, texts: dict[str, str], name: str, default: str = "") -> JSON:
    return {name: texts.get(params.text("language_code")) or texts.get("") or default}


@method("setMyName")
def set_my_name(world: World, params: Params) -> bool:
    return _set_text(params, world.bot.names, "name", 64)


@method("getMyName")
def get_my_name(world: World, params: Params) -> JSON:
    return _text(params, world.bot.names, "name", world.bot.first_name)


@method("setMyDescription")
def set_my_description(world: World, params: Params) -> bool:
    return _set_text(params, world.bot.descriptions, "description", 512)


@method("getMyDescription")
def get_my_description(world: World, params: Params) -> JSON:
    return _text(params, world.bot.descriptions, "description")


@method("setMyShortDescription")
def set_my_short_description(world: World, params: Params) -> bool:
    return _set_text(params, world.bot.short_descriptions, "short_description", 120)


@method("getMyShortDescription")
def get_my_short_description(world: World, params: Params) -> JSON:
    return _text(params, world.bot.short_descriptions, "short_description")


@method("setChatMenuButton")
def set_chat_menu_button(world: World, params: Params) -> bool:
    try:
        button: Any = params.decoded("menu_button")
    except ValueError:
        raise bad("can't parse menu button JSON object") from None
    button = button or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: unsupported type specified")
    if "chat_id" not in params:
        world.bot.menu_button = button
    else:
        chat = world.chat_named(params.text("chat_id"))
        chat.menu_button = button
        chat.version = world.changes.bump()
    return True


@method("getChatMenuButton")
def get_chat_menu_button(world: World, params: Params) -> JSON:
    if "chat_id" not in params:
        return world.bot.menu_button
    return world.chat_named(params.text("chat_id")).menu_button or world.bot.menu_button


@method("setMyDefaultAdministratorRights")
def set_default_rights(world: World, params: Params) -> bool:
    try:
        rights: Any = params.decoded("rights")
    except ValueError:
        raise bad("can't parse bot administrator rights JSON object") from None
    world.bot.default_rights[params.boolean("for_channels")] = rights or {}
    return True


@method("getMyDefaultAdministratorRights")
def get_default_rights(world: World, params: Params) -> JSON:
    rights = world.bot.default_rights.get(params.boolean("for_channels"), {})
    return {"is_anonymous": False, **dict.fromkeys(RIGHTS, False), **rights}
