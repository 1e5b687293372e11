"""What a handler gives back: screens with buttons, a toast, and whether the card is edited or sent anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_CALLBACK_BYTES = 64
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class ButtonTooLong(ValueError):
    """The data of a button passes Telegram's 64 bytes."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a screen: `data` comes back when it is pressed; with `url` it opens a link instead."""

    label: str
    data: str = ""
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """One message in Telegram's HTML with its inline keyboard.

    With `picture` it is a photo and the text its caption (1024 characters); the JPEG is made when it is sent, outside
    the transaction.
    """

    text: str
    buttons: Rows = ()
    picture: Callable[[], bytes] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file to send, from memory or, when it is long, from the disk; a voice note is played in place.

    The name is what the person sees. Who gives a `file` takes it away after it was sent.
    """

    name: str
    content: bytes = b""
    file: Path | None = None
    caption: str = ""
    is_photo: bool = False
    is_voice: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a person gets to see: the screen replaces the pressed card, or comes as a new message.

    With `group` it replaces the last message of the same group in this chat: an album is answered by one message.
    """

    screen: Screen | None = None
    toast: str = ""
    alert: bool = False
    anew: bool = False
    before: tuple[Screen, ...] = ()
    documents: tuple[Document, ...] = field(default=())
    group: str = ""


def data(route: str, *arguments: int | str) -> str:
    """The data of a button for `route`; whole numbers are packed in base 36.

    Raises ButtonTooLong beyond Telegram's 64 bytes: that is a fault of ours that a test must meet first.
    """
    text = ":".join([route, *(pack(a) if isinstance(a, int) else a for a in arguments)])
    if len(text.encode()) > MOST_CALLBACK_BYTES:
        raise ButtonTooLong(text)
    return text


def pack(number: int) -> str:
    """A non-negative whole number in base 36."""
    if number < 0:
        raise ValueError("only non-negative numbers stand in buttons")
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if number == 0:
            return digits


def unpack(text: str) -> int:
    """The number that `pack` wrote; raises ValueError for anything else."""
    if not text or len(text) > 13 or not text.isascii() or not text.isalnum():
        raise ValueError("not a packed number")
    return int(text, 36)


def rows(*lines: Sequence[Button | None]) -> Rows:
    """Keyboard rows without the Nones, so that a button can be left out in place; empty rows vanish."""
    kept = (tuple(b for b in line if b is not None) for line in lines)
    return tuple(line for line in kept if line)


def column(buttons: Sequence[Button]) -> Rows:
    """One button a row."""
    return tuple((b,) for b in buttons)
