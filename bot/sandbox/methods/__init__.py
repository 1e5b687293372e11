"""The methods of the Bot API that the stand-in answers."""

from bot.sandbox.methods import chats, editing, intake, media, profile, sending
from bot.sandbox.methods.registry import METHODS, Answer

__all__ = ["METHODS", "Answer", "chats", "editing", "intake", "media", "profile", "sending"]
