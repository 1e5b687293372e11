"""Each risk point has its own code on paper, which a phone reads from the wall and from a small label."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from checklists.defences import Defence
from checklists.risk_points import Grade, Measure, RiskPoint
from handlers.documents import risk_point_sheet
from handlers.documents.risk_point_sheet import RiskCard, risk_point_labels_pdf, risk_point_sheets_pdf
from handlers.documents.typesetting import page_pictures

NOW = datetime(2026, 4, 10, 1, tzinfo=UTC)
POINT = RiskPoint(
    id=1,
    enterprise_id=1,
    number=7,
    code="A7K2M9XQ34",
    name="液氨储罐",
    place="东区制冷机房",
    grade=Grade.RED,
    responsible="王厂长",
    version=1,
    made_by=1,
    made_at=NOW,
    measures=(
        Measure(defence=Defence.PEOPLE, words="每班巡检两次"),
        Measure(defence=Defence.TECHNOLOGY, words="报警与排风联锁"),
    ),
)
LINK = "https://t.me/zicha_sample_bot?start=rp_"


def card(code: str = "A7K2M9XQ34", **changes: object) -> RiskCard:
    point = replace(POINT, code=code, **changes)  # type: ignore[arg-type]
    return RiskCard(point=point, enterprise="样例食品有限公司", link=LINK + code)


def pages(document: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(document)).pages]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Each page as a picture, in the place of the PDF."""
    pictures: list[bytes] = []

    def as_pictures(*given: object, **named: object) -> bytes:
        pictures.extend(page_pictures(*given, **named))  # type: ignore[arg-type]
        return b""

    monkeypatch.setattr(risk_point_sheet, "typeset", as_pictures)
    return pictures


def codes(picture: bytes) -> list[str]:
    with Image.open(io.BytesIO(picture)) as opened:
        return sorted(code.text for code in zxingcpp.read_barcodes(opened.convert("L")))


def test_a_page_names_the_point_its_grade_and_its_measures() -> None:
    [words] = pages(risk_point_sheets_pdf([card()], printed_at=NOW))
    for expected in (
        "安全风险点重大风险液氨储罐样例食品有限公司",
        "位置东区制冷机房责任人王厂长编号第7号风险点人防每班巡检两次技防报警与排风联锁",
        "扫一扫：看检查情况，报隐患",
        "码号A7K2M9XQ34看到危险先离开，再报告",
    ):
        assert expected in words


def test_a_point_nobody_answers_for_says_so() -> None:
    [words] = pages(risk_point_sheets_pdf([card(responsible="", place="", measures=())], printed_at=NOW))
    assert "位置未填写责任人未填写" in words


def test_each_page_has_the_code_of_its_point(drawn: list[bytes]) -> None:
    risk_point_sheets_pdf([card("AAAAAAAA22"), card("BBBBBBBB33")], printed_at=NOW)
    assert [codes(page) for page in drawn] == [[LINK + "AAAAAAAA22"], [LINK + "BBBBBBBB33"]]


def test_twenty_four_labels_stand_on_a_page_and_each_is_read(drawn: list[bytes]) -> None:
    links = [f"CODE{number:06d}" for number in range(25)]
    risk_point_labels_pdf([card(code) for code in links], printed_at=NOW)
    assert [codes(page) for page in drawn] == [[LINK + code for code in links[:24]], [LINK + links[24]]]


def test_labels_lie_where_the_sheets_of_labels_are_cut(drawn: list[bytes]) -> None:
    """70 × 37.125 mm, without margins: each code lies whole within its own label."""
    risk_point_labels_pdf([card(f"CODE{number:06d}") for number in range(24)], printed_at=NOW)
    with Image.open(io.BytesIO(drawn[0])) as page:
        wide, tall = page.width / 3, page.height / 8
        places = []
        for code in zxingcpp.read_barcodes(page.convert("L")):
            corners = [code.position.top_left, code.position.bottom_right]
            cells = {(int(corner.x // wide), int(corner.y // tall)) for corner in corners}
            places.append((cells, int(code.text[-6:])))
    assert sorted(places, key=lambda found: found[1]) == [({(n % 3, n // 3)}, n) for n in range(24)]


def test_a_label_says_what_it_belongs_to_and_a_long_name_is_cut() -> None:
    [words] = pages(risk_point_labels_pdf([card(name="除尘系统" * 10)], printed_at=NOW))
    assert (
        words
        == "重大风险除尘系统除尘系统除尘系统除尘系统除尘系统除尘系…东区制冷机房第7号风险点A7K2M9XQ34扫码看情况、报隐患"
    )


@pytest.mark.parametrize(
    ("grade", "name", "colour"),
    [
        (Grade.RED, "重大风险", (200, 50, 43)),
        (Grade.ORANGE, "较大风险", (232, 122, 29)),
        (Grade.YELLOW, "一般风险", (245, 197, 24)),
        (Grade.BLUE, "低风险", (36, 104, 178)),
    ],
)
def test_the_grade_is_told_in_words_and_colour(
    grade: Grade, name: str, colour: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, drawn: list[bytes]
) -> None:
    risk_point_sheets_pdf([card(grade=grade)], printed_at=NOW)
    with Image.open(io.BytesIO(drawn[0])) as page:
        assert page.convert("RGB").getpixel((page.width // 2, 80)) == colour
    monkeypatch.undo()
    assert name in pages(risk_point_sheets_pdf([card(grade=grade)], printed_at=NOW))[0]


@pytest.mark.parametrize("make", [risk_point_sheets_pdf, risk_point_labels_pdf])
def test_the_same_points_have_the_same_bytes_and_none_make_no_sheet(make: Callable[..., bytes]) -> None:
    assert make([card()], printed_at=NOW) == make([card()], printed_at=NOW)
    with pytest.raises(ValueError, match="needs a risk point"):
        make([], printed_at=NOW)
