"""The rating of one firm (企业评价): score and grade, each line with its source, and what the office confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from checklists.duties import PRINCIPAL_INSPECTION
from checklists.enterprises import Enterprise
from checklists.hazards import MoveRefused
from checklists.people import Permission, allows
from checklists.ratings import ConfirmedRating, Rating, year_to_confirm
from checklists.reminders import present_duties
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.duties import PAST
from handlers.life_words import moment
from handlers.official_cards import firm_of
from handlers.rating_list import forget
from handlers.rating_news import tell_confirmed
from handlers.rating_words import hint_of, line_words, month_words, score_words, source_of, sums, year_words
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.walking import name_of
from handlers.words import _, aside, day, html
from storage.ratings import RatingChanged

_FIRST_YEAR, _MOST_YEARS = 2020, 3


def entries(request: Request) -> list[Button]:
    """The firm's way to its own rating; the office has the list of all."""
    firm = request.enterprise_id
    if firm is None or not allows(request.who, Permission.INSPECT, enterprise_id=firm):
        return []
    return [Button(_("本企业评价"), data("be", firm, request.today.year, 0))]


def open_card(request: Request) -> Reply:
    """One year of one firm."""
    if request.arguments:
        return show(request, past_year(request, 1), request.number(2))
    assert request.dialog is not None
    return show(request, int(request.dialog.data["year"]), int(request.dialog.data["page"]))


def past_year(request: Request, index: int) -> int:
    """The year at this place of the arguments, this one at the latest; raises Gone."""
    year = request.number(index)
    if not _FIRST_YEAR <= year <= request.today.year:
        raise Gone
    return year


def show(request: Request, year: int, page: int = 0, *, notice: str = "", toast: str = "") -> Reply:
    """The rating as it was confirmed, else as it is reckoned now."""
    firm, today = firm_of(request.tx, request.enterprise_id), request.today
    kept = request.tx.ratings.latest(firm.id, year)
    if kept is None and not today.year - 1 <= year <= today.year:
        raise Gone
    rating = kept.rating if kept else request.tx.ratings.of_firm(firm.id, year, today=today)
    pages = pages_of(len(rating.lines) if rating else 0)
    page = min(page, pages - 1)
    request.enter("rating", id=firm.id, year=year, page=page)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>企业评价</b>　{year}").format(year=year_words(year, today)),
        html(firm.name),
    ]
    if rating is None:
        lines.append(_("这一年没有评价：企业已停用，或者是以后才登记的。"))
    else:
        lines += _rating_lines(request, rating, page)
        lines += _standing(request, kept, year)
    buttons = rows(
        *_hazards(request, rating, page),
        turning("be", firm.id, year, page=page, pages=pages),
        *_steps(request, kept, rating, year),
        _years(request, firm, year),
        [Button(_("企业评价清单"), data("bl")) if request.who.in_office else None, to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons), toast=toast)


def _rating_lines(request: Request, rating: Rating, page: int) -> Sequence[str]:
    lines = [f"<b>{score_words(rating)}</b>", sums(rating), ""]
    hints = rating.year == request.today.year
    periods = _can_be_made_up(request) if hints else ()
    for line in rating.lines[page * ON_ONE_PAGE :][:ON_ONE_PAGE]:
        lines.append(line_words(line, request.zone.code))
        if hints and (hint := hint_of(line, rating, periods)):
            lines.append(f"　　<i>{hint}</i>")
    if rating.lines:
        lines.append("")
    return [*lines, *month_words(rating), _("自己查出、按期改好的隐患不扣分。")]


def _can_be_made_up(request: Request) -> Collection[str]:
    """The periods whose inspection the firm can still do."""
    firm, today = request.enterprise_id or 0, request.today
    known = request.tx.duties.of_enterprises([firm], PRINCIPAL_INSPECTION, since=today - PAST)
    return {duty.period for duty in present_duties(known, today)}


def _standing(request: Request, kept: ConfirmedRating | None, year: int) -> list[str]:
    """Who confirmed it, what the firm objected, and the answer."""
    if kept is None:
        return [] if year == request.today.year else [_("办公室还没有确认。")]
    tx, lines = request.tx, []
    for one in tx.ratings.editions(kept.enterprise_id, year):
        edition = aside(_("第 {number} 版，{score} 分").format(number=one.edition, score=one.rating.score))
        who = {"name": html(name_of(tx, one.confirmed_by)), "moment": moment(one.confirmed_at)}
        lines.append(_("✅ 已确认：{name}，{moment}").format(**who) + (edition if kept.edition > 1 else ""))
        if one.objected_at is not None:
            words = _("异议（{name}，{day}）：{words}")
            by = html(name_of(tx, one.objected_by))
            lines.append(words.format(name=by, day=day(one.objected_at), words=html(one.objection)))
        if one.decided_at is not None:
            words = _("答复（{name}，{day}）：{words}")
            by = html(name_of(tx, one.decided_by))
            lines.append(words.format(name=by, day=day(one.decided_at), words=html(one.decision)))
    if kept.is_waiting:
        lines.append(_("等办公室答复。"))
    elif kept.may_object(request.today):
        lines.append(_("有不对的，负责人{day}前可以提异议。").format(day=day(kept.objection_until)))
    return lines


def _hazards(request: Request, rating: Rating | None, page: int) -> list[list[Button]]:
    """The hazards of this page, two a row."""
    shown = rating.lines[page * ON_ONE_PAGE :][:ON_ONE_PAGE] if rating else ()
    known = {line.fact.hazard_id: line.fact for line in shown if line.fact.hazard_id is not None}
    buttons = [Button(source_of(fact, request.zone.code), data("z", hazard)) for hazard, fact in known.items()]
    return [buttons[n : n + 2] for n in range(0, len(buttons), 2)]


def _steps(request: Request, kept: ConfirmedRating | None, rating: Rating | None, year: int) -> Rows:
    """What this person can do with it."""
    firm = request.enterprise_id or 0
    if kept is not None and allows(request.who, Permission.SIGN, enterprise_id=firm):
        return rows([Button(_("有异议"), data("bo", firm, year)) if kept.may_object(request.today) else None])
    if not allows(request.who, Permission.MANAGE) or request.tx.ratings.belongs(firm, request.who.id):
        return ()
    if kept is None:
        due = rating is not None and year == year_to_confirm(request.today)
        return rows([Button(_("✅ 确认这个评价"), data("bn", firm, year, rating.mark)) if rating and due else None])
    if kept.decided_at is not None:
        return ()
    keep = Button(_("答复异议：维持"), data("bw", firm, year, "k")) if kept.is_waiting else None
    anew = Button(_("按现在的台账重新算"), data("bw", firm, year, "r"))
    change = Button(_("改一行的分"), data("bh", firm, year, 0)) if kept.rating.lines else None
    return rows([keep], [anew], [change])


def _years(request: Request, firm: Enterprise, year: int) -> list[Button]:
    this = request.today.year
    known = [this, *dict.fromkeys((this - 1, *request.tx.ratings.years(firm.id)))]
    others = [other for other in dict.fromkeys(known) if other != year][:_MOST_YEARS]
    return [Button(year_words(other, request.today), data("be", firm.id, other, 0)) for other in others]


def confirm(request: Request) -> Reply:
    """The office stands by what it was shown; pressed twice it is confirmed once."""
    firm, year = firm_of(request.tx, request.enterprise_id), past_year(request, 1)
    try:
        kept = request.tx.ratings.confirm(firm.id, year, request.number(2), by=request.who.id, at=request.now)
    except MoveRefused as refused:
        return refuse(request, year, refused)
    tell_confirmed(request.tx, [kept], now=request.now)
    forget(request, year)
    return show(request, year, toast=_("已确认，企业会收到通知。"))


def refuse(request: Request, year: int, refused: MoveRefused) -> Reply:
    """The rating as it is now, with the words of the refusal; a year that has no rating is gone."""
    words = refused.said(_)
    reply = show(request, year, notice=words)
    return replace(reply, toast=words, alert=isinstance(refused, RatingChanged))


_SEE, _FIRM = Permission.SEE_ENTERPRISE, About.ENTERPRISE
ROUTES: tuple[Route, ...] = (
    Press(name="be", needs=_SEE, about=_FIRM, handler=open_card),
    Press(name="bn", needs=Permission.MANAGE, about=_FIRM, handler=confirm),
    Display(dialog="rating", needs=_SEE, about=_FIRM, handler=open_card),
)
