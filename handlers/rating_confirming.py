"""Confirming all ratings of the last year at once: a preview, then a second press; some hundreds a press."""

from zlib import crc32

from checklists.hazards import MoveRefused
from checklists.people import Permission
from checklists.ratings import OBJECTION_DAYS, Rating, year_to_confirm
from handlers import rating_list
from handlers.buttons import to_home
from handlers.rating_news import tell_confirmed
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import _, html
from storage.ratings import by_grade, mark_of

AT_ONCE = 500  # each of them is an event of the trail and a message: more would keep everybody's taps waiting


def preview(request: Request) -> Reply:
    """What would be confirmed; nothing is yet."""
    year = request.number(0) if request.arguments else year_to_confirm(request.today)
    if year != year_to_confirm(request.today):
        raise Gone
    return _preview(request, year)


def _preview(request: Request, year: int, *, notice: str = "", toast: str = "") -> Reply:
    today = request.today
    name = rating_list.look_name("rating_all", request, year)
    found = request.look(name, lambda tx: tx.ratings.of_all(year, today=today))
    waiting = {firm: found[firm] for firm in request.tx.ratings.waiting(year, found, by=request.who.id)}
    if not waiting:
        view = rating_list.View(year=year)
        return rating_list.show(request, view, notice=notice, toast=toast or _("没有等着您确认的了。"))
    request.enter("rating_all")
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>确认全部</b>　{year}年").format(year=year),
        _("还没有确认的 {count} 家：{grades}").format(
            count=len(waiting), grades=rating_list.grades_words(by_grade(waiting.values()))
        ),
        *_lowest(request, waiting),
        "",
        _("确认以后分数不再变。负责人各收到一份，{days} 天内可以提异议。").format(days=OBJECTION_DAYS),
        _("您在里面有职务的企业不算在内，由别人确认。"),
    ]
    if len(waiting) > AT_ONCE:
        lines.append(_("一次确认 {count} 家，确认完一批再按下一批。").format(count=AT_ONCE))
    label = _("✅ 确认 {count} 家").format(count=min(AT_ONCE, len(waiting)))
    yes = Button(label, data("bb", year, mark_of(dict(list(waiting.items())[:AT_ONCE]))))
    no = Button(_("先不确认"), data("bu", year))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([yes], [no], [to_home()])), toast=toast)


def _lowest(request: Request, waiting: dict[int, Rating]) -> list[str]:
    """The firms with the fewest points, since these are worth a look before."""
    ordered = sorted(waiting.items(), key=lambda one: (one[1].score, one[0]))[:3]
    names = request.tx.enterprises.names([firm for firm, _rating in ordered])
    words = _("· {firm}　{score} 分")
    return [
        _("分数最低的："),
        *(words.format(firm=html(names.get(firm, "")), score=rating.score) for firm, rating in ordered),
    ]


def confirm_all(request: Request) -> Reply:
    """What was shown is confirmed; pressed twice the second press finds other ratings and shows them."""
    year, mark = request.number(0), request.number(1)
    if year != year_to_confirm(request.today):
        raise Gone
    today, ratings = request.today, request.tx.ratings
    firms = ratings.waiting(year, ratings.firms_of(year, today=today), by=request.who.id)[:AT_ONCE]
    name = rating_list.look_name(f"rating_some:{crc32(repr(firms).encode())}", request, year)
    found = request.look(name, lambda tx: tx.ratings.of_some(year, firms, today=today))
    try:
        kept = ratings.confirm_some(year, mark, found, by=request.who.id, at=request.now)
    except MoveRefused as refused:
        words = refused.said(_)
        return _preview(request, year, notice=words, toast=words)
    tell_confirmed(request.tx, kept, now=request.now)
    rating_list.forget(request, year)
    return _confirmed(request, year, len(kept))


def _confirmed(request: Request, year: int, count: int) -> Reply:
    """What was done, and the way on: nothing is reckoned here, so that the press is over quickly."""
    firms = request.tx.ratings.firms_of(year, today=request.today)
    left = len(request.tx.ratings.waiting(year, firms, by=request.who.id))
    request.enter("rating_all")
    lines = [
        _("<b>确认全部</b>　{year}年").format(year=year),
        _("✅ 已确认 {count} 家，企业会收到通知。").format(count=count),
        _("还有 {count} 家没有确认。").format(count=left) if left else _("没有等着您确认的了。"),
    ]
    on = Button(_("看下一批"), data("ba", year)) if left else None
    back = Button(_("企业评价清单"), data("bu", year))
    buttons = rows([on], [back, to_home()])
    return Reply(
        screen=Screen(text="\n".join(lines), buttons=buttons), toast=_("已确认 {count} 家").format(count=count)
    )


ROUTES: tuple[Route, ...] = (
    Press(name="ba", needs=Permission.MANAGE, handler=preview),
    Press(name="bb", needs=Permission.MANAGE, handler=confirm_all),
    Display(dialog="rating_all", needs=Permission.MANAGE, handler=preview),
)
