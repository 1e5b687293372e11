"""Typesetting: a template of ours and plain data become a PDF that looks the same on every machine."""

import json
import tempfile
import unicodedata
import warnings
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import typst

HERE = Path(__file__).parent
FONT_FOLDER = HERE / "fonts"
FONT_FILE = FONT_FOLDER / "NotoSansCJKsc-subset.otf"
TEMPLATES = HERE / "templates"

# What the font cannot draw but phones write all day.
STAND_INS = {"✅": "✓", "☑": "✓", "✔": "✓", "❌": "×", "✗": "×", "✘": "×", "❎": "×", "⚠": "▲", "❗": "！", "❓": "？"}


@cache
def drawable() -> frozenset[str]:
    """The characters our font has an outline for (and the spaces)."""
    return frozenset((FONT_FOLDER / "characters.txt").read_text(encoding="utf-8"))


def _printable_character(character: str) -> str:
    if character in drawable() or character == "\n":
        return character
    if character in STAND_INS:
        return STAND_INS[character]
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return " "
    # Joiners, direction overrides and controls could make a line read otherwise than it was written.
    if category[0] in "CM" and category not in ("Co", "Cn"):
        return ""
    # A rare character of a name must not vanish: its number lets the office find it.
    return "□" if category in ("So", "Sk") else f"〔U+{ord(character):04X}〕"


def printable(text: str) -> str:
    """The text as our font can draw it: pictures become □ or a mark, rare characters their Unicode number."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_printable_character(character) for character in composed)


def _printable_data(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable_data(item) for item in value]
    return value


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])


def typeset(
    template: str, data: Mapping[str, object], files: Mapping[str, bytes] | None = None, *, dated: datetime
) -> bytes:
    """The finished PDF; the same input gives the same bytes.

    `files` (pictures, named as the template reads them under `files/`) are all the template can open besides the
    templates themselves. Text in `data` is never read as markup. It computes: call it through `asyncio.to_thread`.
    Raises `typst.TypstError` for a picture that cannot be decoded.
    """
    [document] = _compile(template, data, files or {}, dated=dated, output="pdf")
    return document


def page_pictures(
    template: str, data: Mapping[str, object], files: Mapping[str, bytes] | None = None, *, dated: datetime
) -> list[bytes]:
    """The same document as one PNG per page, 96 dots to the inch, for a preview on the phone."""
    return _compile(template, data, files or {}, dated=dated, output="png")


def phone_picture(template: str, data: Mapping[str, object], *, dated: datetime) -> bytes:
    """A document of one page, 270 points wide, as a PNG of 1080 pixels."""
    [picture] = _compile(template, data, {}, dated=dated, output="png", dots=288.0)
    return picture


def _compile(
    template: str,
    data: Mapping[str, object],
    files: Mapping[str, bytes],
    *,
    dated: datetime,
    output: Literal["pdf", "png"],
    dots: float = 96.0,
) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="zicha-") as folder:
        _lay_out(Path(folder), files)
        result, notices = typst.compile_with_warnings(
            str(Path(folder, f"{template}.typ")),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format=output,
            ppi=dots,
            sys_inputs={"data": json.dumps(_printable_data(data), ensure_ascii=False)},
            timestamp=dated.replace(microsecond=0),  # typst takes whole seconds only
            package_path=folder,
            package_cache_path=folder,
        )
    for notice in notices:
        warnings.warn(f"{template}.typ: {notice.message}", RuntimeWarning, stacklevel=3)
    return result if isinstance(result, list) else [result]


def _lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    """Typst sees this folder only."""
    for source in TEMPLATES.glob("*.typ"):
        (root / source.name).write_bytes(source.read_bytes())
    (root / "files").mkdir()
    for name, content in files.items():
        (root / "files" / Path(name).name).write_bytes(content)
