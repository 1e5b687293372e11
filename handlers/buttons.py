"""Buttons and rows that many screens share."""

import unicodedata
from collections.abc import Iterable, Sequence

from handlers.replies import Button, Rows, data
from handlers.words import _

ON_ONE_PAGE = 8
# What half a phone's width shows in full, a Chinese character counting two.
_HALF_WIDTH = 16


def to_home() -> Button:
    """Back to the menu."""
    return Button(_("返回首页"), data("h"))


def turning(route: str, *arguments: int | str, page: int, pages: int) -> Sequence[Button | None]:
    """The row that turns pages, the page asked for being the last argument; empty when there is only one."""
    if pages <= 1:
        return ()

    def turn(label: str, to: int) -> Button:
        return Button(label, data(route, *arguments, to))

    return (
        turn(_("‹ 上一页"), page - 1) if page > 0 else None,
        turn(f"{page + 1}/{pages}", page),
        turn(_("下一页 ›"), page + 1) if page + 1 < pages else None,
    )


def pages_of(number: int, per_page: int = ON_ONE_PAGE) -> int:
    """How many pages `number` things fill; an empty list still has one."""
    return max(1, -(-number // per_page))


def progress_bar(done: int, total: int) -> str:
    """Ten blocks, as many of them full as is done."""
    full = 10 * done // total if total else 0
    return "▓" * full + "░" * (10 - full)


def in_pairs(buttons: Iterable[Button], *, alone: int) -> Rows:
    """A long menu in few rows: the first `alone` have a row each, after them two short neighbours share one."""
    made: list[tuple[Button, ...]] = []
    for number, button in enumerate(buttons):
        joins = number > alone and len(made[-1]) == 1 and _is_short(button) and _is_short(made[-1][0])
        if joins:
            made[-1] = (*made[-1], button)
        else:
            made.append((button,))
    return tuple(made)


def _is_short(button: Button) -> bool:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in button.label) <= _HALF_WIDTH
