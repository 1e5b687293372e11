"""One picture out of several for a phone: what was and what is, side by side, each under its label."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from storage.photos import PhotoStore

_FONT = Path(__file__).parent / "documents" / "fonts" / "NotoSansCJKsc-subset.otf"
_SIDE, _LABEL, _GAP = 636, 56, 8  # two columns are 1280 wide, what Telegram keeps of a photo


@dataclass(frozen=True, slots=True)
class Panel:
    """One photo of the store under its label; without `sha256` there is no photo to show."""

    label: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of panels of equal size. Calling it reads the photos and gives the JPEG: outside of any transaction."""

    store: PhotoStore
    rows: Sequence[Sequence[Panel]]

    def __call__(self) -> bytes:
        columns = max(len(row) for row in self.rows)
        size = (columns * (_SIDE + _GAP) - _GAP, len(self.rows) * (_SIDE + _LABEL + _GAP) - _GAP)
        sheet = Image.new("RGB", size, "white")
        for down, row in enumerate(self.rows):
            for across, panel in enumerate(row):
                place = (across * (_SIDE + _GAP), down * (_SIDE + _LABEL + _GAP))
                sheet.paste(_drawn(self.store, panel), place)
        jpeg = io.BytesIO()
        sheet.save(jpeg, "JPEG", quality=85)
        return jpeg.getvalue()


def _drawn(store: PhotoStore, panel: Panel) -> Image.Image:
    drawn = Image.new("RGB", (_SIDE, _SIDE + _LABEL), "#303030")
    ImageDraw.Draw(drawn).text((_SIDE // 2, _LABEL // 2), panel.label, fill="white", font=_font(), anchor="mm")
    if (photo := _photo(store, panel.sha256)) is not None:
        fitted = ImageOps.contain(photo, (_SIDE, _SIDE))
        drawn.paste(fitted, ((_SIDE - fitted.width) // 2, _LABEL + (_SIDE - fitted.height) // 2))
    return drawn


def _photo(store: PhotoStore, sha256: str) -> Image.Image | None:
    if not sha256:
        return None
    try:
        return Image.open(io.BytesIO(store.preview(sha256)), formats=("JPEG",)).convert("RGB")
    # A lost or broken file leaves its place dark: the reviewer sees that there is nothing to see.
    except (OSError, ValueError, UnidentifiedImageError):
        return None


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, 30)
