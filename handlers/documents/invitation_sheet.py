"""Invitations on paper: a QR code per person of an enterprise, as a PDF to print and as a picture to forward."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from PIL import Image, ImageDraw, ImageFont

from handlers.documents.typesetting import FONT_FILE, printable, typeset

CHINA = ZoneInfo("Asia/Shanghai")
QUIET_MODULES = 4  # the blank frame a reader needs, ISO/IEC 18004


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What one sheet says; `role` is in Chinese, `contact` the telephone of the office."""

    zone: str
    enterprise: str
    role: str
    link: str
    expires_at: datetime
    contact: str = ""


def invitation_sheets_pdf(invitations: Sequence[Invitation], *, issued_at: datetime) -> bytes:
    """One page per invitation; ValueError without any. The same input gives the same bytes; use a thread."""
    if not invitations:
        raise ValueError("an invitation sheet needs an invitation")
    files = {
        f"qr-{place}.svg": _qr(sheet.link).svg_inline(border=0).encode() for place, sheet in enumerate(invitations)
    }
    return typeset("invitation_sheet", {"sheets": [_sheet(sheet) for sheet in invitations]}, files, dated=issued_at)


def _sheet(invitation: Invitation) -> dict[str, object]:
    return {
        "zone": invitation.zone,
        "enterprise": invitation.enterprise,
        "role": invitation.role,
        "link": invitation.link,
        "expires": _day_and_minute(invitation.expires_at),
        "contact": invitation.contact,
    }


def _day_and_minute(at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _qr(link: str) -> segno.QRCode:
    # level Q: a sheet on a workshop wall gets dirty
    return segno.make_qr(link, error="q")


def qr_png(link: str, caption: str = "") -> bytes:
    """The QR code as PNG, about 600 dots wide, with the caption under it (one line per newline, shrunk to fit)."""
    code = _qr(link)
    modules = code.symbol_size(border=QUIET_MODULES)[0]
    drawn = io.BytesIO()
    code.save(drawn, kind="png", border=QUIET_MODULES, scale=max(4, 600 // modules))
    picture = Image.open(drawn).convert("L")
    lines = printable(caption).splitlines()
    sheet = Image.new("L", (picture.width, picture.height + 48 * len(lines) + (16 if lines else 0)), 255)
    sheet.paste(picture)
    _write(sheet, lines, top=picture.height)
    result = io.BytesIO()
    sheet.save(result, "PNG", optimize=True)
    return result.getvalue()


def _write(sheet: Image.Image, lines: Sequence[str], *, top: int) -> None:
    pen = ImageDraw.Draw(sheet)
    for place, line in enumerate(lines):
        size = 30.0
        while size > 12 and ImageFont.truetype(FONT_FILE, size).getlength(line) > sheet.width - 32:
            size -= 2
        middle = (sheet.width / 2, top + 48 * place + 20)
        pen.text(middle, line, fill=0, font=ImageFont.truetype(FONT_FILE, size), anchor="mm")
