"""An invitation on paper leads a phone to the right link and says what to do."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from handlers.documents import invitation_sheet
from handlers.documents.invitation_sheet import Invitation, invitation_sheets_pdf, qr_png
from handlers.documents.typesetting import page_pictures

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LINK = "https://t.me/zicha_sample_bot?start=Ab3dEf6hIj9kLmN0pQrStUvW"
SHEET = Invitation(
    zone="示例开发区安全监管办公室",
    enterprise="样例食品有限公司",
    role="主要负责人",
    link=LINK,
    expires_at=datetime(2026, 3, 9, 10, tzinfo=UTC),
    contact="0000-1234567",
)


def codes(picture: bytes) -> list[str]:
    with Image.open(io.BytesIO(picture)) as opened:
        return [code.text for code in zxingcpp.read_barcodes(opened.convert("L"))]


def test_a_sheet_names_firm_role_and_expiry() -> None:
    [page] = PdfReader(io.BytesIO(invitation_sheets_pdf([SHEET], issued_at=NOW))).pages
    words = re.sub(r"\s", "", page.extract_text())
    for expected in ("样例食品有限公司", "身份：主要负责人", "有效期至2026年3月9日18:00", "0000-1234567", LINK):
        assert expected in words
    for step in ("打开手机扫一扫", "点“开始”", "照着提示自查"):
        assert step in words


def test_each_invitation_has_its_own_page_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def as_pictures(*given: object, **named: object) -> bytes:
        drawn.extend(page_pictures(*given, **named))  # type: ignore[arg-type]
        return b""

    monkeypatch.setattr(invitation_sheet, "typeset", as_pictures)
    invitation_sheets_pdf([SHEET, replace(SHEET, role="安全管理员", link=LINK + "2")], issued_at=NOW)
    assert [codes(page) for page in drawn] == [[LINK], [LINK + "2"]]


def test_the_same_sheet_has_the_same_bytes() -> None:
    assert invitation_sheets_pdf([SHEET], issued_at=NOW) == invitation_sheets_pdf([SHEET], issued_at=NOW)


def test_no_invitation_makes_no_sheet() -> None:
    with pytest.raises(ValueError, match="needs an invitation"):
        invitation_sheets_pdf([], issued_at=NOW)


@pytest.mark.parametrize("caption", ["", "样例食品有限公司 · 主要负责人\n有效期至 2026年3月9日", "长" * 60])
def test_the_picture_to_forward_is_read_even_when_small(caption: str) -> None:
    picture = qr_png(LINK, caption)
    assert codes(picture) == [LINK]
    with Image.open(io.BytesIO(picture)) as full:
        half = io.BytesIO()
        full.convert("L").resize((full.width // 2, full.height // 2)).save(half, "JPEG", quality=50)
    assert codes(half.getvalue()) == [LINK]


def test_the_caption_stands_below_the_code_and_inside_the_picture() -> None:
    with Image.open(io.BytesIO(qr_png(LINK))) as bare, Image.open(io.BytesIO(qr_png(LINK, "样" * 30))) as captioned:
        assert captioned.width == bare.width
        below = captioned.crop((0, bare.height, captioned.width, captioned.height))
        left, _, right, _ = below.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
        assert (left > 8, right < captioned.width - 8, right - left > 300) == (True, True, True)
