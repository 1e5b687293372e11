"""Objections to a confirmed rating: the firm says what is not right, the office answers with words or a new edition."""

from checklists.hazards import MoveRefused
from checklists.people import Permission
from checklists.rating_rules import FULL, GAINS
from checklists.ratings import MOST_WORDS, ConfirmedRating, Rating, read_points
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.official_cards import firm_of
from handlers.rating_list import forget
from handlers.rating_news import tell_answered, tell_confirmed, tell_objected
from handlers.rating_words import fact_words, line_words, score_words, signed
from handlers.ratings import past_year, refuse, show
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import _, day, html, shorten
from storage.ratings import RatingChanged

_KEEP, _RECKON = "k", "r"


def _kept(request: Request, year: int) -> ConfirmedRating:
    kept = request.tx.ratings.latest(firm_of(request.tx, request.enterprise_id).id, year)
    if kept is None:
        raise Gone
    return kept


def _in_dialog(request: Request) -> ConfirmedRating:
    """The edition the dialog is about; raises Gone."""
    kept = request.tx.ratings.get(int(request.dialog.data["rating"])) if request.dialog else None
    if kept is None or kept.enterprise_id != request.enterprise_id:
        raise Gone
    return kept


def ask_objection(request: Request) -> Reply:
    """The firm's heads: what is not right."""
    return _ask_objection(request, _kept(request, past_year(request, 1)))


def _ask_objection(request: Request, kept: ConfirmedRating, *, notice: str = "") -> Reply:
    try:
        request.tx.ratings.check_objecting(kept, today=request.today)
    except MoveRefused as refused:
        return refuse(request, kept.rating.year, refused)
    request.enter("rating_object", id=kept.enterprise_id, rating=kept.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>对{year}年评价有异议</b>").format(year=kept.rating.year),
        score_words(kept.rating),
        _("请打字写清楚：哪一行不对，为什么。最多 {count} 字，{day}前只能提一次。").format(
            count=MOST_WORDS, day=day(kept.objection_until)
        ),
    ]
    back = Button(_("不提了"), data("be", kept.enterprise_id, kept.rating.year, 0))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def object_again(request: Request) -> Reply:
    """The question for the firm's words once more."""
    return _ask_objection(request, _in_dialog(request))


def object_(request: Request) -> Reply:
    """The words have come: they are kept, and the office hears of it."""
    kept = _in_dialog(request)
    if len(request.text.strip()) > MOST_WORDS:
        return _ask_objection(request, kept, notice=_too_long(request.text))
    try:
        objected = request.tx.ratings.object(kept.id, request.text, by=request.who.id, at=request.now)
    except MoveRefused as refused:
        return refuse(request, kept.rating.year, refused)
    tell_objected(request.tx, objected, now=request.now)
    return show(request, kept.rating.year, notice=_("异议已交，办公室会答复。"))


def _too_long(text: str) -> str:
    words = _("没有收下：写了 {count} 字，最多 {most} 字。请写短一些再发。")
    return words.format(count=len(text.strip()), most=MOST_WORDS)


def objections(request: Request) -> Reply:
    """Those that wait for an answer, the oldest first."""
    page = request.number(0) if request.arguments else int(request.dialog.data["page"]) if request.dialog else 0
    count = request.tx.ratings.count_objections()
    pages = pages_of(count)
    page = min(page, pages - 1)
    request.enter("rating_objections", page=page)
    waiting = request.tx.ratings.objections(limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    names = request.tx.enterprises.names([one.enterprise_id for one in waiting])
    lines = [_("<b>企业评价的异议</b>　共 {count} 条").format(count=count)]
    for one in waiting:
        words = _("· {firm}　{year}年 {score} 分　{words}")
        firm, score = html(shorten(names[one.enterprise_id], 20)), one.rating.score
        lines.append(words.format(firm=firm, year=one.rating.year, score=score, words=html(shorten(one.objection, 40))))
    if not waiting:
        lines.append(_("现在没有异议等着答复。"))
    targets = [(one.enterprise_id, one.rating.year) for one in waiting]
    ways = [[Button(shorten(names[firm], 30), data("be", firm, year, 0))] for firm, year in targets]
    turn, back = turning("bq", page=page, pages=pages), Button(_("企业评价清单"), data("bl"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*ways, turn, [back, to_home()])))


def ask_words(request: Request) -> Reply:
    """Before an answer: what it will be, and the words for the firm."""
    how = request.word(2)
    if how not in (_KEEP, _RECKON):
        raise Gone
    return _ask_words(request, _kept(request, past_year(request, 1)), how)


def _ask_words(request: Request, kept: ConfirmedRating, how: str, *, notice: str = "") -> Reply:
    try:
        request.tx.ratings.check_deciding(kept, by=request.who.id, keeps=how == _KEEP)
    except MoveRefused as refused:
        return refuse(request, kept.rating.year, refused)
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *_objection(kept)]
    mark = 0
    if how == _RECKON:
        rating = _reckoned(request, kept)
        if rating is None or rating.mark == kept.rating.mark:
            words = _("按现在的台账算，和已经确认的一样。先把台账改对，再来重新算。")
            return show(request, kept.rating.year, notice=words)
        mark = rating.mark
        change = _("按现在的台账重新算：{before} → {now}")
        lines.append(change.format(before=score_words(kept.rating), now=score_words(rating)))
        lines += _differences(request, kept.rating, rating)
    else:
        lines.append(_("维持原来的评价：{score}").format(score=score_words(kept.rating)))
    lines.append(_("<b>请打字写明理由，企业会看到。</b>"))
    request.enter("rating_answer", id=kept.enterprise_id, rating=kept.id, how=how, mark=mark)
    back = Button(_("返回"), data("be", kept.enterprise_id, kept.rating.year, 0))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def _objection(kept: ConfirmedRating) -> list[str]:
    return [_("异议：{words}").format(words=html(kept.objection)), ""] if kept.objection else []


def _reckoned(request: Request, kept: ConfirmedRating) -> Rating | None:
    return request.tx.ratings.of_firm(kept.enterprise_id, kept.rating.year, today=request.today)


def _differences(request: Request, before: Rating, now: Rating) -> list[str]:
    """What is gone and what is new, at most eight lines."""
    code = request.zone.code
    old, new = ([line_words(line, code) for line in rating.lines] for rating in (before, now))
    gone = [_("去掉：{line}").format(line=line) for line in old if line not in new]
    come = [_("新增：{line}").format(line=line) for line in new if line not in old]
    return (gone + come)[:ON_ONE_PAGE]


def words_again(request: Request) -> Reply:
    """The question for the office's words once more."""
    assert request.dialog is not None
    return _ask_words(request, _in_dialog(request), str(request.dialog.data["how"]))


def answer(request: Request) -> Reply:
    """The office has written: the answer is kept, and the firm hears of it."""
    assert request.dialog is not None
    kept, how = _in_dialog(request), str(request.dialog.data["how"])
    if len(request.text.strip()) > MOST_WORDS:
        return _ask_words(request, kept, how, notice=_too_long(request.text))
    instead = _reckoned(request, kept) if how == _RECKON else None
    if how == _RECKON and (instead is None or instead.mark != int(request.dialog.data["mark"])):
        return _ask_words(request, kept, how, notice=RatingChanged().said(_))
    return _decide(request, kept, request.text, instead)


def _decide(request: Request, kept: ConfirmedRating, words: str, instead: Rating | None) -> Reply:
    year = kept.rating.year
    try:
        now = request.tx.ratings.decide(kept.id, words, by=request.who.id, at=request.now, instead=instead)
    except MoveRefused as refused:
        return refuse(request, year, refused)
    if instead is None:
        tell_answered(request.tx, now, now=request.now)
    else:
        tell_confirmed(request.tx, [now], now=request.now)
    forget(request, year)
    return show(request, year, notice=_("已记下，企业会收到通知。"))


def lines_to_change(request: Request) -> Reply:
    """Which line the office puts right by hand."""
    return _lines_to_change(request, past_year(request, 1), request.number(2))


def _lines_to_change(request: Request, year: int, page: int) -> Reply:
    kept = _kept(request, year)
    try:
        request.tx.ratings.check_deciding(kept, by=request.who.id, keeps=False)
    except MoveRefused as refused:
        return refuse(request, year, refused)
    pages = pages_of(len(kept.rating.lines))
    page = min(page, pages - 1)
    request.enter("rating_lines", id=kept.enterprise_id, year=year, page=page)
    code, firm = request.zone.code, kept.enterprise_id
    here = list(enumerate(kept.rating.lines))[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    ways = [
        [Button(shorten(f"{signed(line.points)}　{fact_words(line.fact, code)}", 40), data("bj", firm, kept.id, place))]
        for place, line in here
    ]
    text = "\n".join([*_objection(kept), _("<b>改哪一行的分？</b>")])
    turn = turning("bh", firm, year, page=page, pages=pages)
    back = Button(_("返回"), data("be", firm, year, 0))
    return Reply(screen=Screen(text=text, buttons=rows(*ways, turn, [back])))


def lines_again(request: Request) -> Reply:
    """The lines to choose from, drawn from the dialog."""
    assert request.dialog is not None
    return _lines_to_change(request, int(request.dialog.data["year"]), int(request.dialog.data["page"]))


def ask_points(request: Request) -> Reply:
    """One line: the points it should have, and why."""
    kept = request.tx.ratings.get(request.number(1))
    if kept is None or kept.enterprise_id != request.enterprise_id:
        raise Gone
    return _ask_points(request, kept, request.number(2))


def _ask_points(request: Request, kept: ConfirmedRating, place: int, *, notice: str = "") -> Reply:
    if place >= len(kept.rating.lines):
        raise Gone
    try:
        request.tx.ratings.check_deciding(kept, by=request.who.id, keeps=False)
    except MoveRefused as refused:
        return refuse(request, kept.rating.year, refused)
    request.enter("rating_points", id=kept.enterprise_id, rating=kept.id, place=place)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        *_objection(kept),
        line_words(kept.rating.lines[place], request.zone.code),
        _("<b>请打应有的分和理由，中间空一格，例如：2 当天停电</b>"),
        _("扣分的行打扣几分，加分的行打加几分；打 0 就是不算。理由企业会看到。"),
    ]
    back = Button(_("返回"), data("bh", kept.enterprise_id, kept.rating.year, 0))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def points_again(request: Request) -> Reply:
    """The question for points and reason once more."""
    assert request.dialog is not None
    return _ask_points(request, _in_dialog(request), int(request.dialog.data["place"]))


def set_points(request: Request) -> Reply:
    """Points and a reason have come: the next edition has them."""
    assert request.dialog is not None
    kept, place = _in_dialog(request), int(request.dialog.data["place"])
    read = read_points(request.text)
    if read is None or read[0] > FULL:
        wanted = _("没有改：要先打一个 0 到 100 的数字，空一格，再写理由。")
        return _ask_points(request, kept, place, notice=wanted)
    number, words = read
    if len(words) > MOST_WORDS:
        return _ask_points(request, kept, place, notice=_too_long(words))
    line = kept.rating.lines[place]
    points = number if line.fact.item in GAINS else -number
    if points == line.points:
        return _ask_points(request, kept, place, notice=_("没有改：和现在的分一样。"))
    return _decide(request, kept, words, kept.rating.with_points(place, points, words))


_OFFICE, _MANAGE, _SIGN, _FIRM = Permission.OFFICE, Permission.MANAGE, Permission.SIGN, About.ENTERPRISE
_TEXT = frozenset({"text"})
ROUTES: tuple[Route, ...] = (
    Press(name="bo", needs=_SIGN, about=_FIRM, handler=ask_objection),
    Press(name="bq", needs=_OFFICE, handler=objections),
    Press(name="bw", needs=_MANAGE, about=_FIRM, handler=ask_words),
    Press(name="bh", needs=_MANAGE, about=_FIRM, handler=lines_to_change),
    Press(name="bj", needs=_MANAGE, about=_FIRM, handler=ask_points),
    Input(dialog="rating_object", takes=_TEXT, needs=_SIGN, about=_FIRM, handler=object_),
    Input(dialog="rating_answer", takes=_TEXT, needs=_MANAGE, about=_FIRM, handler=answer),
    Input(dialog="rating_points", takes=_TEXT, needs=_MANAGE, about=_FIRM, handler=set_points),
    Display(dialog="rating_object", needs=_SIGN, about=_FIRM, handler=object_again),
    Display(dialog="rating_objections", needs=_OFFICE, handler=objections),
    Display(dialog="rating_answer", needs=_MANAGE, about=_FIRM, handler=words_again),
    Display(dialog="rating_lines", needs=_MANAGE, about=_FIRM, handler=lines_again),
    Display(dialog="rating_points", needs=_MANAGE, about=_FIRM, handler=points_again),
)
