"""All firms by their rating, the worst first: by trade and community, and the ways to files, rules and objections."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from checklists.people import Permission, allows
from checklists.rating_rules import GRADE_NAMES, Grade
from checklists.ratings import Standing, year_to_confirm
from handlers import profile
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.rating_words import year_words
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import _, aside, clock, html, labelled, listed, shorten

_CHOICES_ON_ONE_PAGE = 12
# Reckoning a whole zone takes longer than a tap should: pages of one list come from one reckoning.
_FRESH, _JUST = timedelta(minutes=10), timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """The list as somebody has it open."""

    year: int
    trade: str = ""
    community: str = ""
    page: int = 0


def entries(request: Request) -> list[Button]:
    """The office's way to the ratings, with the number of objections that wait."""
    if request.enterprise_id is not None or not request.who.in_office:
        return []
    waiting = request.tx.ratings.count_objections()
    label = _("企业评价") + (aside(_("异议 {count}").format(count=waiting)) if waiting else "")
    return [Button(label, data("bu", request.today.year))]


def open_list(request: Request) -> Reply:
    """A page of the list as it was left; without a page the one it was left at."""
    kept = _kept(request)
    return show(request, replace(kept, page=request.number(0)) if request.arguments else kept)


def of_year(request: Request) -> Reply:
    """A year from its beginning, without narrowing."""
    return show(request, View(year=_year(request, 0)))


def anew(request: Request) -> Reply:
    """The same list, reckoned now; pressed twice it is reckoned once."""
    kept = _kept(request)
    known = _known(request, kept.year)
    if known is not None and known.at <= request.now < known.at + _JUST:
        return show(request, kept, toast=_("刚刚算过。"))
    _reckon(request, kept.year)
    return show(request, kept)


def _kept(request: Request) -> View:
    """The list as this person left it, beside the chat, so that the way back from a firm leads there."""
    known = json.loads(request.tx.notes.get(_view_note(request)) or "null")
    view = View(**known) if known else View(year=request.today.year)
    return view if view.year >= request.today.year - 1 else View(year=request.today.year)


def _view_note(request: Request) -> str:
    return f"rating_view:{request.who.id}"


def _year(request: Request, index: int) -> int:
    year = request.number(index)
    if not request.today.year - 1 <= year <= request.today.year:
        raise Gone
    return year


def show(request: Request, view: View, *, notice: str = "", toast: str = "") -> Reply:
    """One page of the list."""
    standing = _narrowed(request, standing_of(request, view.year), view)
    pages = pages_of(len(standing.firms))
    view = replace(view, page=min(view.page, pages - 1))
    request.tx.notes.set(_view_note(request), json.dumps(asdict(view), ensure_ascii=False))
    request.enter("ratings", view="list")
    shown = standing.firms[view.page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    names = request.tx.enterprises.names([firm[0] for firm in shown])
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>企业评价</b>　{year}，低分在前").format(year=year_words(view.year, request.today)),
        _("共 {count} 家：{grades}").format(count=len(standing.firms), grades=grades_words(standing.by_grade())),
        *([labelled(_("行业"), profile.trade_names([view.trade]))] if view.trade else []),
        *([labelled(_("社区/网格"), html(view.community))] if view.community else []),
        "",
    ]
    for place, (firm, score, grade, confirmed) in enumerate(shown, view.page * ON_ONE_PAGE + 1):
        words = _("{place}. {score} 分　{grade}　{firm}").format(
            place=place, score=score, grade=_(GRADE_NAMES[grade]), firm=html(shorten(names.get(firm, ""), 30))
        )
        lines.append(words + (" ✅" if confirmed else ""))
    if not shown:
        lines.append(_("名单是空的。"))
    lines += ["", _("{clock} 算的。✅ 是办公室已经确认的。").format(clock=clock(standing.at))]
    buttons = _buttons(request, view, [(firm[0], names.get(firm[0], "")) for firm in shown], pages)
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons), toast=toast)


def grades_words(counts: dict[Grade, int]) -> str:
    """How many firms have each grade."""
    return listed(f"{_(GRADE_NAMES[grade])} {count}" for grade, count in counts.items())


def _buttons(request: Request, view: View, shown: Sequence[tuple[int, str]], pages: int) -> Rows:
    this, last = request.today.year, year_to_confirm(request.today)
    other = last if view.year == this else this
    everything = Button(_("看全部"), data("bu", view.year)) if view.trade or view.community else None
    confirms = view.year == last and allows(request.who, Permission.MANAGE)
    waiting = request.tx.ratings.count_objections()
    return rows(
        *([Button(shorten(name, 30), data("be", firm, view.year, 0))] for firm, name in shown),
        turning("bl", page=view.page, pages=pages),
        [Button(_("按行业"), data("bt", 0)), Button(_("按社区"), data("bc", 0)), everything],
        [Button(year_words(other, request.today), data("bu", other)), Button(_("重新算"), data("bk"))],
        [Button(_("确认全部"), data("ba", view.year)) if confirms else None],
        [Button(_("异议") + aside(waiting), data("bq", 0)) if waiting else None],
        [Button(_("发 Excel：年度考评表"), data("bx", view.year)), Button(_("发统计图"), data("bp", view.year))],
        [Button(_("考核细则"), data("bg")), to_home()],
    )


def standing_of(request: Request, year: int) -> Standing:
    """The scores of a year, reckoned at most ten minutes ago."""
    known = _known(request, year)
    if known is not None and request.now - _FRESH < known.at <= request.now:
        return known
    return _reckon(request, year)


def _known(request: Request, year: int) -> Standing | None:
    known = json.loads(request.tx.notes.get(_note(year)) or "{}")
    if "firms" not in known:
        return None
    firms = [(firm, score, Grade(grade), confirmed) for firm, score, grade, confirmed in known["firms"]]
    return Standing(at=datetime.fromisoformat(known["at"]), firms=firms)


def _reckon(request: Request, year: int) -> Standing:
    now = request.now
    standing = request.look(look_name("ratings", request, year), lambda tx: tx.ratings.standing(year, now=now))
    body = {"at": standing.at.isoformat(), "firms": [[f, s, g.value, c] for f, s, g, c in standing.firms]}
    request.tx.notes.set(_note(year), json.dumps(body))
    return standing


def forget(request: Request, *years: int) -> None:
    """Something about the ratings of these years has changed: the next list is reckoned anew."""
    for year in years:
        request.tx.notes.set(_note(year), json.dumps({"forgotten": request.now.isoformat()}))


def look_name(what: str, request: Request, year: int) -> str:
    """The name of a long look at a year: another one after each reckoning, and after each `forget`."""
    return f"{what}:{year}:{crc32((request.tx.notes.get(_note(year)) or '').encode())}"


def _note(year: int) -> str:
    return f"ratings:{year}"


def _narrowed(request: Request, standing: Standing, view: View) -> Standing:
    if not view.trade and not view.community:
        return standing
    wanted = set(request.tx.enterprises.ids(community=view.community, sector=view.trade))
    return replace(standing, firms=[firm for firm in standing.firms if firm[0] in wanted])


def trades(request: Request) -> Reply:
    """The trades to choose from."""
    return _choices(request, "bt", request.number(0))


def communities(request: Request) -> Reply:
    """The communities to choose from."""
    return _choices(request, "bc", request.number(0))


def _choices(request: Request, route: str, page: int) -> Reply:
    if route == "bt":
        text, counted = (
            _("选一个行业："),
            [(t, n) for t, n in request.tx.enterprises.sectors() if profile.trade_names([t])],
        )
        choices = [Button(profile.trade_names([t]) + aside(n), data("bs", t)) for t, n in counted]
    else:
        text, known = _("选一个社区或网格："), Counter(dict(request.tx.enterprises.communities()))
        choices = [Button(shorten(c, 20) + aside(n), data("bm", crc32(c.encode()))) for c, n in known.items() if c]
    pages = pages_of(len(choices), _CHOICES_ON_ONE_PAGE)
    page = min(page, pages - 1)
    request.enter("ratings", view=route, page=page)
    here = choices[page * _CHOICES_ON_ONE_PAGE :][:_CHOICES_ON_ONE_PAGE]
    pairs = [here[n : n + 2] for n in range(0, len(here), 2)]
    back = Button(_("返回"), data("bl"))
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, turning(route, page=page, pages=pages), [back])))


def by_trade(request: Request) -> Reply:
    """Only one trade."""
    trade = request.word(0)
    if trade not in {known for known, _count in request.tx.enterprises.sectors()}:
        raise Gone
    return show(request, replace(_kept(request), trade=trade, page=0))


def by_community(request: Request) -> Reply:
    """Only one community; it stands in the button by the checksum of its name."""
    for community, _count in request.tx.enterprises.communities():
        if community and crc32(community.encode()) == request.number(0):
            return show(request, replace(_kept(request), community=community, page=0))
    raise Gone


def again(request: Request) -> Reply:
    """The list or the choices, drawn from the dialog."""
    where = request.dialog.data if request.dialog else {}
    if where.get("view") in ("bt", "bc"):
        return _choices(request, str(where["view"]), int(where["page"]))
    return show(request, _kept(request))


_OFFICE = Permission.OFFICE
ROUTES: tuple[Route, ...] = (
    Press(name="bl", needs=_OFFICE, handler=open_list),
    Press(name="bu", needs=_OFFICE, handler=of_year),
    Press(name="bk", needs=_OFFICE, handler=anew),
    Press(name="bt", needs=_OFFICE, handler=trades),
    Press(name="bs", needs=_OFFICE, handler=by_trade),
    Press(name="bc", needs=_OFFICE, handler=communities),
    Press(name="bm", needs=_OFFICE, handler=by_community),
    Display(dialog="ratings", needs=_OFFICE, handler=again),
)
