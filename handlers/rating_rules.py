"""考核细则: what each item costs or brings, where grades begin; the administrator changes a number by typing it."""

from checklists.people import Permission, allows
from checklists.rating_rules import (
    GAINS,
    GRADE_NAMES,
    ITEM_NAMES,
    OVERDUE_STEP_DAYS,
    RATING_FIGURES,
    REPORT_DAYS,
    Grade,
    GradesOutOfOrder,
    Item,
    Rules,
    cap_key,
    grade_key,
    points_key,
    read_numbers,
)
from handlers.buttons import to_home
from handlers.rating_list import forget
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.words import _, aside, full_day, html, labelled

_ITEMS = tuple(Item)
_GRADES = (Grade.EXCELLENT, Grade.GOOD, Grade.FAIR)
_SUBJECTS: tuple[Item | Grade | str, ...] = (*_ITEMS, *_GRADES, REPORT_DAYS)


def show_rules(request: Request) -> Reply:
    """All items with their points, for everybody of the office."""
    return _show(request)


def _show(request: Request, *, notice: str = "") -> Reply:
    request.enter("rating_rules")
    rules, changed = request.tx.ratings.rules(), request.tx.office_settings.changed(RATING_FIGURES)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>考核细则</b>　满分 100 分"),
        *(_item_line(item, rules) + _since(request, item) for item in _ITEMS),
        _("隐患逾期，每多 {days} 天再扣一次。").format(days=OVERDUE_STEP_DAYS),
        "",
        *(_grade_line(grade, rules) + _since(request, grade) for grade in _GRADES),
        labelled(_subject_name(REPORT_DAYS), rules.report_days) + _since(request, REPORT_DAYS),
        "",
        _("企业自己查出、按期改好销号的隐患，什么都不扣。怎么查出来的不影响扣分。"),
        _("改了以后，没有确认的评价都按新的算；已经确认的不变。"),
    ]
    may_set = allows(request.who, Permission.ADMINISTER)
    if not may_set:
        lines.append(_("数字由管理员改。"))
    buttons = [Button(_subject_name(s), data("bi", place)) for place, s in enumerate(_SUBJECTS)] if may_set else []
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    reset = Button(_("恢复默认"), data("bd")) if may_set and changed else None
    back = Button(_("企业评价清单"), data("bl"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*pairs, [reset], [back, to_home()])))


def _item_line(item: Item, rules: Rules) -> str:
    rule = rules.items[item]
    if not rule.points:
        return _("· {name}：不计").format(name=_(ITEM_NAMES[item]))
    words = _("· {name}：每次加 {points}，最多 {cap}") if item in GAINS else _("· {name}：每次扣 {points}，最多 {cap}")
    return words.format(name=_(ITEM_NAMES[item]), points=rule.points, cap=rule.cap)


def _grade_line(grade: Grade, rules: Rules) -> str:
    return labelled(_(GRADE_NAMES[grade]), _("{score} 分起").format(score=rules.begins[grade]))


def _since(request: Request, subject: Item | Grade | str) -> str:
    """When it was changed, if it is not the default."""
    changed = request.tx.office_settings.changed(_keys(subject))
    return aside(_("{day}改").format(day=full_day(max(changed.values())))) if changed else ""


def _keys(subject: Item | Grade | str) -> tuple[str, ...]:
    match subject:
        case Item():
            return points_key(subject), cap_key(subject)
        case Grade():
            return (grade_key(subject),)
    return (subject,)


def _subject_name(subject: Item | Grade | str) -> str:
    match subject:
        case Item():
            return _(ITEM_NAMES[subject])
        case Grade():
            return _(GRADE_NAMES[subject])
    return _("重大隐患几天内报告")


def ask(request: Request) -> Reply:
    """One item: its number, and what it may be."""
    return _ask(request, request.number(0))


def _ask(request: Request, place: int, *, notice: str = "") -> Reply:
    if place >= len(_SUBJECTS):
        raise Gone
    subject = _SUBJECTS[place]
    request.enter("rating_rule", place=place)
    figures = [RATING_FIGURES[key] for key in _keys(subject)]
    values = request.tx.office_settings.figures(_keys(subject))
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), f"<b>{_subject_name(subject)}</b>"]
    if isinstance(subject, Item):
        points, cap = (values[key] for key in _keys(subject))
        wanted = _("请打两个数字：每次几分（0 到 {points}）、一年最多几分（0 到 {cap}），例如：2 20。")
        lines += [
            _("现在每次 {points} 分，一年最多 {cap} 分。").format(points=points, cap=cap),
            wanted.format(points=figures[0].most, cap=figures[1].most),
            _("打 0 0 就是不计。"),
        ]
    else:
        lines += [
            _("现在是 {value}。").format(value=values[_keys(subject)[0]]),
            _("请打一个数字，{least} 到 {most}。").format(least=figures[0].least, most=figures[0].most),
        ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([Button(_("返回"), data("bg"))])))


def ask_again(request: Request) -> Reply:
    """The question for a number, drawn from the dialog."""
    assert request.dialog is not None
    return _ask(request, int(request.dialog.data["place"]))


def set_rule(request: Request) -> Reply:
    """Numbers were typed; anything else is asked for again, and changes nothing."""
    assert request.dialog is not None
    place = int(request.dialog.data["place"])
    keys = _keys(_SUBJECTS[place])
    numbers = read_numbers(request.text)
    figures = [RATING_FIGURES[key] for key in keys]
    if len(numbers) != len(keys) or not all(f.least <= n <= f.most for f, n in zip(figures, numbers, strict=True)):
        two, one = _("没有改：要两个范围里的数字，中间空一格，例如：2 20。"), _("没有改：要一个范围里的数字。")
        return _ask(request, place, notice=two if len(keys) > 1 else one)
    if len(keys) > 1 and numbers[0] > numbers[1]:
        return _ask(request, place, notice=_("没有改：每次的分不能比一年最多的还多。"))
    try:
        for key, number in zip(keys, numbers, strict=True):
            request.tx.ratings.set_rule(key, number, by=request.who.id, at=request.now)
    except GradesOutOfOrder:
        return _ask(request, place, notice=_("没有改：优的起点要比良高，良的起点要比中高。"))
    forget(request, request.today.year, request.today.year - 1)
    return _show(request, notice=_("已改，没有确认的评价都按新的算。"))


def ask_reset(request: Request) -> Reply:
    """Before everything goes back to the defaults."""
    request.enter("rating_reset")
    text = _("把考核细则全部恢复成默认的数字？没有确认的评价都按默认的算，已经确认的不变。")
    buttons = rows([Button(_("恢复默认"), data("bf"))], [Button(_("不改"), data("bg"))])
    return Reply(screen=Screen(text=text, buttons=buttons))


def reset(request: Request) -> Reply:
    """Everything is as it was at first; pressed twice the second press changes nothing."""
    count = request.tx.ratings.reset_rules(by=request.who.id, at=request.now)
    forget(request, request.today.year, request.today.year - 1)
    return _show(request, notice=_("已恢复默认。") if count else _("已经是默认的了。"))


_ADMINISTER, _OFFICE = Permission.ADMINISTER, Permission.OFFICE
ROUTES: tuple[Route, ...] = (
    Press(name="bg", needs=_OFFICE, handler=show_rules),
    Press(name="bi", needs=_ADMINISTER, handler=ask),
    Press(name="bd", needs=_ADMINISTER, handler=ask_reset),
    Press(name="bf", needs=_ADMINISTER, handler=reset),
    Input(dialog="rating_rule", takes=frozenset({"text"}), needs=_ADMINISTER, handler=set_rule),
    Display(dialog="rating_rules", needs=_OFFICE, handler=show_rules),
    Display(dialog="rating_rule", needs=_ADMINISTER, handler=ask_again),
    Display(dialog="rating_reset", needs=_ADMINISTER, handler=ask_reset),
)
