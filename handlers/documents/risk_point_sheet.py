"""Risk points on paper: one page each to hang up, or labels to stick on, each with its own code (一码一源)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno

from checklists.defences import DEFENCE_NAMES
from checklists.risk_points import GRADE_NAMES, RiskPoint
from handlers.documents.typesetting import typeset

LABELS_ON_A_PAGE = 24
_LONGEST_NAME, _LONGEST_PLACE = 24, 26  # characters that fit on a label


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskCard:
    """A risk point with what its paper says besides; `link` is what the code opens, with the point's own code in it."""

    point: RiskPoint
    enterprise: str
    link: str


def risk_point_sheets_pdf(cards: Sequence[RiskCard], *, printed_at: datetime) -> bytes:
    """One page of A4 for each, to hang up beside it; ValueError without any. Use a thread."""
    return _typeset("risk_point_sheet", cards, _page, printed_at)


def risk_point_labels_pdf(cards: Sequence[RiskCard], *, printed_at: datetime) -> bytes:
    """Labels of 70 × 37 mm, 24 to a page; ValueError without any. Use a thread."""
    return _typeset("risk_point_labels", cards, _label, printed_at)


def _typeset(
    template: str, cards: Sequence[RiskCard], content: Callable[[RiskCard], dict[str, object]], printed_at: datetime
) -> bytes:
    if not cards:
        raise ValueError("a sheet of risk points needs a risk point")
    # level Q: a sticker on a machine gets dirty and scratched
    codes = (segno.make_qr(card.link, error="q") for card in cards)
    files = {f"qr-{place}.svg": code.svg_inline(border=0).encode() for place, code in enumerate(codes)}
    return typeset(template, {"points": [content(card) for card in cards]}, files, dated=printed_at)


def _common(card: RiskCard) -> dict[str, object]:
    point = card.point
    return {
        "grade": point.grade.value,
        "grade_name": GRADE_NAMES[point.grade].split()[-1],
        "name": point.name,
        "number": f"第{point.number}号风险点",
        "code": point.code,
    }


def _page(card: RiskCard) -> dict[str, object]:
    point = card.point
    return _common(card) | {
        "enterprise": card.enterprise,
        "place": point.place or "未填写",
        "responsible": point.responsible or "未填写",
        "measures": [[DEFENCE_NAMES[measure.defence], measure.words] for measure in point.measures],
    }


def _label(card: RiskCard) -> dict[str, object]:
    point = card.point
    return _common(card) | {
        "short_name": _cut(point.name, _LONGEST_NAME),
        "short_place": _cut(point.place or card.enterprise, _LONGEST_PLACE),
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
