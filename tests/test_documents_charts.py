"""Charts show the figures they were given, in Chinese, as wide as a phone."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from checklists.ledger import Figures
from handlers.documents import charts
from handlers.documents.charts import MonthFlow, areas_png, closing_png, flows, months_png, trades_png
from handlers.documents.typesetting import typeset

AS_OF = datetime(2026, 4, 9, 17, tzinfo=UTC)  # already 10 April in China
ZONE = "示例开发区"
GREEN, AMBER, RED = (46, 158, 98), (224, 160, 48), (209, 69, 59)
FIGURE = Figures(
    community="一社区", trade="light", month="2026-03", found=10, major=2, closed=5, open=5, overdue=1, days=30
)
FIGURES = [
    FIGURE,
    replace(FIGURE, community="二社区", month="2026-04", found=4, major=0, closed=4, open=0, overdue=0, days=8),
    replace(FIGURE, community="", trade="", month="2026-04", found=1, major=0, closed=0, open=1, overdue=0, days=0),
]
FLOW = [
    MonthFlow(month="2026-03", found=10, closed=4, open=6),
    MonthFlow(month="2026-04", found=5, closed=6, open=5),
]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """All words of a chart without spaces, read from the same template set as PDF."""
    monkeypatch.setattr(charts, "phone_picture", lambda template, data, *, dated: typeset(template, data, dated=dated))

    def read(chart: Callable[..., bytes], content: Any, **more: Any) -> str:
        document = chart(content, zone=ZONE, as_of=AS_OF, **more)
        [page] = PdfReader(io.BytesIO(document)).pages
        return re.sub(r"\s", "", page.extract_text())

    return read


def run_lengths(picture: bytes, colour: tuple[int, int, int]) -> list[int]:
    """How wide this colour is in each row of the picture where it stands, longest first."""
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
        assert image.width == 1080
        rows = (sum(image.getpixel((x, y)) == colour for x in range(image.width)) for y in range(0, image.height, 4))
        return sorted((count for count in rows if count), reverse=True)


def test_the_stock_runs_from_month_to_month() -> None:
    found = {"2025-11": 9, "2026-02": 3, "2026-04": 2}
    closed = {"2025-12": 4, "2026-02": 1, "2026-03": 5}
    assert flows(found, closed, last="2026-04", months=3) == [
        MonthFlow(month="2026-02", found=3, closed=1, open=7),
        MonthFlow(month="2026-03", found=0, closed=5, open=2),
        MonthFlow(month="2026-04", found=2, closed=0, open=4),
    ]


def test_months_before_the_first_hazard_are_not_shown_and_years_turn() -> None:
    shown = flows({"2025-12": 1}, {}, last="2026-02")
    assert [(one.month, one.open) for one in shown] == [("2025-12", 1), ("2026-01", 1), ("2026-02", 1)]
    assert [one.month for one in flows({}, {}, last="2026-01")] == ["2026-01"]


def test_the_chart_by_month_says_what_was_found_closed_and_left(words: Callable[..., str]) -> None:
    said = words(months_png, FLOW)
    for expected in (
        "隐患：发现与销号2026年3月至2026年4月新发现销号月末未销号",
        "3月",
        "2026年4月：发现5，销号6，未销号5条",
        "示例开发区截至2026年4月10日经人复查并办理销号的，才算已销号。",
    ):
        assert expected in said


def test_bars_by_month_are_as_high_as_their_figures() -> None:
    """10 found in March beside 5 in April: the scale ends at 12."""
    with Image.open(io.BytesIO(months_png(FLOW, zone=ZONE, as_of=AS_OF))) as opened:
        image = opened.convert("RGB")
    heights = sorted(
        {
            sum(image.getpixel((x, y)) == AMBER for y in range(image.height // 5, image.height))
            for x in range(0, image.width, 8)
        }
    )
    whole = 130 / 72 * 288  # pixels of the axis
    assert heights[-1] == pytest.approx(whole * 10 / 12, abs=8)
    assert any(abs(height - whole * 5 / 12) < 8 for height in heights)


def test_no_month_makes_no_chart() -> None:
    with pytest.raises(ValueError, match="needs a month"):
        months_png([], zone=ZONE, as_of=AS_OF)


def test_the_closing_chart_has_the_rate_in_all_and_by_month(words: Callable[..., str]) -> None:
    said = words(closing_png, FIGURES)
    for expected in (
        "隐患销号率2026年3月以来，不含误报60%",
        "共发现15条，其中重大2条已销号9条，平均4.2天未销号6条，其中逾期1条",
        "2026年3月50%5/10",
        "2026年4月80%4/5",
    ):
        assert expected in said


def test_the_divided_bar_has_the_shares_it_names() -> None:
    picture = closing_png([FIGURE], zone=ZONE, as_of=AS_OF)
    whole = 242 / 72 * 288
    assert run_lengths(picture, GREEN)[0] == pytest.approx(whole * 0.5, abs=6)
    assert run_lengths(picture, AMBER)[0] == pytest.approx(whole * 0.4, abs=6)


def test_all_is_closed_only_when_all_is(words: Callable[..., str]) -> None:
    nearly = replace(FIGURE, found=1000, closed=999, open=1, overdue=0)
    assert "99%" in words(closing_png, [nearly])
    assert "100%" not in words(closing_png, [nearly])
    assert "100%" in words(closing_png, [replace(nearly, closed=1000, open=0)])


def test_trades_and_areas_stand_with_the_most_first(words: Callable[..., str]) -> None:
    trades = words(trades_png, FIGURES, name={"light": "轻工"}.__getitem__)
    assert "各行业隐患2026年3月至2026年4月发现的，不含误报" in trades
    assert trades.index("轻工14条销号64%逾期1") < trades.index("未填写1条销号0%")
    areas = words(areas_png, FIGURES)
    assert "一社区10条销号50%逾期1二社区4条销号100%未填写1条销号0%" in areas


def test_what_does_not_fit_is_added_up_not_left_out(words: Callable[..., str]) -> None:
    many = [replace(FIGURE, community=f"{number:02d}号社区") for number in range(15)]
    said = words(areas_png, many)
    assert said.count("号社区") == 12
    assert "其余3个30条销号50%逾期3" in said


@pytest.mark.parametrize("chart", [closing_png, trades_png, areas_png])
def test_an_empty_ledger_still_makes_a_chart(chart: Callable[..., bytes]) -> None:
    with Image.open(io.BytesIO(chart([], zone=ZONE, as_of=AS_OF))) as opened:
        assert opened.width == 1080


def test_no_hazards_are_told_as_such(words: Callable[..., str]) -> None:
    assert "这段时间没有隐患。" in words(trades_png, [])
    assert "—" in words(closing_png, [])


def test_the_same_figures_have_the_same_bytes() -> None:
    assert areas_png(FIGURES, zone=ZONE, as_of=AS_OF) == areas_png(FIGURES, zone=ZONE, as_of=AS_OF)


@settings(deadline=None, max_examples=15)
@given(name=st.text(max_size=120), found=st.integers(0, 10**6), size=st.integers(1, 14))
def test_any_names_and_numbers_make_a_chart(name: str, found: int, size: int) -> None:
    figure = replace(FIGURE, community=name, found=found, closed=found, open=0, overdue=0)
    flow = [MonthFlow(month=f"2026-{1 + n % 12:02d}", found=found, closed=found // 2, open=found) for n in range(size)]
    for picture in (areas_png([figure], zone=name, as_of=AS_OF), months_png(flow, zone=name, as_of=AS_OF)):
        assert picture.startswith(b"\x89PNG")
