"""What cards and screens say of a table on hazards: its figures, when it is due, who has signed it."""

from checklists.duties import Period
from checklists.hazard_statistics import LAW, Count, PeriodFigures, Signature, due_day
from checklists.people import ROLE_NAMES
from checklists.working_days import load_working_days
from handlers.life_words import moment
from handlers.walking import name_of
from handlers.words import N_, _, aside, day, full_day, html, labelled, listed
from storage.transaction import Transaction

NAMES = {
    "open_before": N_("期初没有销号"),
    "found": N_("本期查出"),
    "reopened": N_("本期重新打开"),
    "closed": N_("本期销号"),
    "in_time": N_("其中按期改好"),
    "late": N_("其中逾期改好"),
    "undated": N_("其中没有期限可比"),
    "open": N_("期末没有销号"),
}
_ONLY_IF_ANY = frozenset({"reopened", "late", "undated"})


def figure_lines(figures: PeriodFigures) -> list[str]:
    """One line a figure; those that are rarely more than nothing only where there is something."""
    return [
        f"· {labelled(_(name), by_level(getattr(figures, key)))}"
        for key, name in NAMES.items()
        if key not in _ONLY_IF_ANY or getattr(figures, key).total
    ]


def by_level(count: Count) -> str:
    """一般 5，重大 1."""
    return _("一般 {general}，重大 {major}").format(general=count.general, major=count.major)


def signature_lines(tx: Transaction, period: Period, figures: PeriodFigures, signed: Signature | None) -> list[str]:
    """Who signed and when, and what has changed since; else by when it is to be signed."""
    if signed is None:
        return [_("❗ 主要负责人还没有签字。"), _until(period)]
    name, words = html(name_of(tx, signed.by)), _("✅ 纸质表已收到：{name}，{moment}登记")
    if signed.role is not None:
        name, words = name + aside(_(ROLE_NAMES[signed.role])), _("✅ 已签字：{name}，{moment}")
    lines = [words.format(name=name, moment=moment(signed.at))]
    if signed.figures != figures:
        lines.append(labelled(_("⚠️ 签字后数字有变化"), listed(_changes(signed.figures, figures))))
    return lines


def _changes(signed: PeriodFigures, now: PeriodFigures) -> list[str]:
    changed = [key for key in NAMES if getattr(signed, key) != getattr(now, key)]
    words = _("{name}（签字时{before}；现在{now}）")
    return [
        words.format(name=_(NAMES[key]), before=by_level(getattr(signed, key)), now=by_level(getattr(now, key)))
        for key in changed
    ]


def _until(period: Period) -> str:
    due = due_day(period)
    last = load_working_days().hand_in_by(due)
    words = _("应于{day}前签字、报送。").format(day=full_day(due))
    return words if last == due else words + _("最后一个工作日是{day}。").format(day=day(last))


def law_line() -> str:
    """The basis, in the words of the law."""
    return labelled(_("依据"), LAW)
