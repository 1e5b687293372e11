"""Charts of the ledger as pictures for the chat: by month, by trade, by area, and how much is closed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checklists.ledger import Figures, gathered, total
from checklists.working_days import SHANGHAI
from handlers.documents.typesetting import phone_picture

MOST_BARS = 12
NOWHERE = "未填写"


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthFlow:
    """What happened in a month (2026-03), and what was open at its end."""

    month: str
    found: int
    closed: int
    open: int


def flows(found: Mapping[str, int], closed: Mapping[str, int], *, last: str, months: int = 12) -> list[MonthFlow]:
    """Month by month up to `last` (2026-03), at most `months`: what was open before the first counts in its stock.

    `found` and `closed` are numbers by month of finding and of close-out, over all time.
    """
    year, number = int(last[:4]), int(last[5:])
    ending = [f"{(year * 12 + number - 1 - back) // 12}-{(number - 1 - back) % 12 + 1:02d}" for back in range(months)]
    shown = sorted(month for month in ending if month >= min([*found, *closed, last]))
    stock = sum(n for month, n in found.items() if month < shown[0])
    stock -= sum(n for month, n in closed.items() if month < shown[0])
    result = []
    for month in shown:
        stock += found.get(month, 0) - closed.get(month, 0)
        result.append(MonthFlow(month=month, found=found.get(month, 0), closed=closed.get(month, 0), open=stock))
    return result


def months_png(flow: Sequence[MonthFlow], *, zone: str, as_of: datetime) -> bytes:
    """New, closed and open by month, 1080 pixels wide; ValueError without a month. Use a thread."""
    if not flow:
        raise ValueError("a chart by month needs a month")
    months = [
        {
            "label": f"{int(one.month[5:])}月",
            "name": month_name(one.month),
            "found": one.found,
            "closed": one.closed,
            "open": one.open,
        }
        for one in flow
    ]
    under = f"{month_name(flow[0].month)}至{month_name(flow[-1].month)}"
    return _draw("chart_months", "隐患：发现与销号", under, zone, as_of, {"months": months})


def closing_png(figures: Sequence[Figures], *, zone: str, as_of: datetime) -> bytes:
    """The share closed (销号率), in all and by month of finding, the newest 12. Use a thread."""
    months = [_group(figure, month_name(figure.month)) for figure in gathered(figures, "month")[-MOST_BARS:]]
    under = f"{months[0]['name']}以来，不含误报" if months else ""
    if len(gathered(figures, "month")) > MOST_BARS:
        under = f"全部隐患；下面是最近{MOST_BARS}个月，不含误报"
    return _draw(
        "chart_closing", "隐患销号率", under, zone, as_of, {"all": _group(total(figures), ""), "months": months}
    )


def trades_png(figures: Sequence[Figures], *, zone: str, as_of: datetime, name: Callable[[str], str] = str) -> bytes:
    """Hazards by trade, the most first; `name` gives the Chinese name of a trade's id. Use a thread."""
    groups = [_group(figure, name(figure.trade) if figure.trade else NOWHERE) for figure in gathered(figures, "trade")]
    return _draw("chart_groups", "各行业隐患", _span(figures), zone, as_of, {"groups": _most(groups)})


def areas_png(figures: Sequence[Figures], *, zone: str, as_of: datetime) -> bytes:
    """Hazards by community, the most first. Use a thread."""
    groups = [_group(figure, figure.community or NOWHERE) for figure in gathered(figures, "community")]
    return _draw("chart_groups", "各社区隐患", _span(figures), zone, as_of, {"groups": _most(groups)})


def grades_png(grades: Mapping[str, int], *, year: int, zone: str, as_of: datetime) -> bytes:
    """How many firms have each grade, in the order given. Use a thread."""
    every = max(1, sum(grades.values()))
    bars = [{"name": name, "count": count, "rate": f"{count * 100 // every}%"} for name, count in grades.items()]
    under, foot = f"{year}年，共{sum(grades.values())}家", _foot(zone, as_of)
    return phone_picture(
        "chart_grades", {"title": "企业评价", "under": under, "foot": foot, "grades": bars}, dated=as_of
    )


def month_name(month: str) -> str:
    """2026-03 as people say it."""
    return f"{month[:4]}年{int(month[5:])}月"


def _draw(template: str, title: str, under: str, zone: str, as_of: datetime, content: Mapping[str, object]) -> bytes:
    foot = f"{_foot(zone, as_of)}\n经人复查并办理销号的，才算已销号。"
    return phone_picture(template, {"title": title, "under": under, "foot": foot, **content}, dated=as_of)


def _foot(zone: str, as_of: datetime) -> str:
    day = as_of.astimezone(SHANGHAI).date()
    return f"{zone}　截至{day.year}年{day.month}月{day.day}日"


def _span(figures: Sequence[Figures]) -> str:
    months = sorted(figure.month for figure in figures if figure.month)
    return f"{month_name(months[0])}至{month_name(months[-1])}发现的，不含误报" if months else ""


def _group(figure: Figures, name: str) -> dict[str, object]:
    return {
        "name": name,
        "found": figure.found,
        "major": figure.major,
        "closed": figure.closed,
        "open": figure.open,
        "waiting": figure.open - figure.overdue,
        "overdue": figure.overdue,
        "share": figure.close_rate,
        "rate": _percent(figure),
        "rest": False,
        "days": "" if figure.days_to_close is None else f"{figure.days_to_close:.1f}",
    }


def _percent(figure: Figures) -> str:
    return f"{figure.close_percent}%" if figure.found else "—"


def _most(groups: list[dict[str, object]]) -> list[dict[str, object]]:
    """The largest groups; the rest is added up in one bar so that the picture hides nothing."""
    ordered = sorted(groups, key=lambda group: (-_count(group, "found"), str(group["name"])))
    shown, rest = ordered[:MOST_BARS], ordered[MOST_BARS:]
    if not rest:
        return shown
    sums = {key: sum(_count(group, key) for group in rest) for key in ("found", "closed", "waiting", "overdue")}
    rate = f"{sums['closed'] * 100 // sums['found']}%" if sums["found"] else "—"
    return [*shown, {"name": f"其余{len(rest)}个", "rate": rate, "rest": True, **sums}]


def _count(group: Mapping[str, object], key: str) -> int:
    value = group[key]
    assert isinstance(value, int)
    return value
