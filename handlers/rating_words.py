"""What screens and messages say of a rating: its score, its lines with their sources, and what would help."""

from collections.abc import Collection, Sequence
from datetime import date

from checklists.hazards import format_number
from checklists.rating_facts import Fact
from checklists.rating_rules import GRADE_NAMES, Item
from checklists.ratings import Line, Rating
from handlers.duties import period_name
from handlers.words import N_, _, aside, html, listed, month

# {source} is the hazard's number or the period; nothing here says how a hazard was found.
_LINES = {
    Item.INSPECTION_MISSED: N_("{source}自查没有做"),
    Item.INSPECTION_LATE: N_("{source}自查过期才做"),
    Item.OVERDUE: N_("隐患 {source} 逾期 {days} 天"),
    Item.OVERDUE_MAJOR: N_("重大隐患 {source} 逾期 {days} 天"),
    Item.FAKE: N_("隐患 {source} 虚假整改 {times} 次"),
    Item.REPEAT: N_("隐患 {source} 屡查屡犯"),
    Item.UNFOUND: N_("隐患 {source} 自查答“合格”，没有查出"),
    Item.REPORT: N_("重大隐患 {source} 没有按时报告"),
    Item.RETURNED: N_("隐患 {source} 整改被退回 {times} 次"),
    Item.TABLE: N_("{source}统计表没有签字"),
    Item.REGISTER: N_("没有风险点清单"),
    Item.HEARD: N_("采纳职工报告 {times} 条"),
    Item.FOUND: N_("自己查出并按期改好 {times} 条"),
}
_HINTS = {
    Item.INSPECTION_MISSED: N_("现在补做，少扣一些。"),
    Item.OVERDUE: N_("今天交整改就不再增加。"),
    Item.OVERDUE_MAJOR: N_("今天交整改就不再增加。"),
    Item.REPORT: N_("请尽快交报告，不交不能销号。"),
    Item.TABLE: N_("签了字就不扣。"),
    Item.REGISTER: N_("登记风险点就不扣。"),
}


def score_words(rating: Rating) -> str:
    """87 分　良（较好）."""
    return _("{score} 分　{grade}").format(score=rating.score, grade=_(GRADE_NAMES[rating.grade]))


def sums(rating: Rating) -> str:
    """What was taken and given in all."""
    if not rating.lost and not rating.gained:
        return _("满分 100 分，没有扣分。")
    return _("满分 100 分，扣 {lost} 分，加 {gained} 分。").format(lost=rating.lost, gained=rating.gained)


def signed(points: int) -> str:
    """-5, +2, 0."""
    return f"-{-points}" if points < 0 else f"+{points}" if points else "0"


def source_of(fact: Fact, zone_code: str) -> str:
    """The number or the period a line is about, as people say it; empty where it is about the firm as a whole."""
    if fact.number is not None:
        return format_number(zone_code, *fact.number)
    return period_name(fact.period) if fact.period else ""


def fact_words(fact: Fact, zone_code: str) -> str:
    """What counts, in plain text."""
    return _(_LINES[fact.item]).format(source=source_of(fact, zone_code), days=fact.days, times=fact.times)


def line_words(line: Line, zone_code: str) -> str:
    """-5　隐患 2026-0031 逾期 3 天, with what the office changed about it; safe in Telegram's HTML."""
    words = f"{signed(line.points)}　{html(fact_words(line.fact, zone_code))}"
    if line.reason:
        return words + aside(_("办公室改的：{reason}").format(reason=html(line.reason)))
    return words if line.points else words + aside(_("这一项已到上限"))


def hint_of(line: Line, rating: Rating, can_be_made_up: Collection[str]) -> str:
    """What the firm can still do about this line; empty where there is nothing.

    Of inspections only the period just past can be made up for (`can_be_made_up`), and it helps only while late costs
    less.
    """
    fact, items = line.fact, rating.rules.items
    if not fact.is_running or not line.points:
        return ""
    helps = items[Item.INSPECTION_LATE].points < items[Item.INSPECTION_MISSED].points
    if fact.item is Item.INSPECTION_MISSED and not (helps and fact.period in can_be_made_up):
        return ""
    return _(_HINTS[fact.item]) if fact.item in _HINTS else ""


def month_words(rating: Rating) -> Sequence[str]:
    """The score after each month in which something counted; nothing where one month says it all."""
    months = rating.by_month()
    if len(months) < 2:
        return []
    said = (_("{month} {score} 分").format(month=month(number), score=score) for number, score in months)
    return [_("逐月：{months}").format(months=listed(said))]


def year_words(year: int, today: date) -> str:
    """2026年（到今天） while the year runs."""
    words = _("{year}年").format(year=year)
    return words + aside(_("到今天")) if year == today.year else words
