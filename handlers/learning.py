"""学一学: the criteria card by card, and the short course on the ledger; each goes on where the person stopped."""

from collections.abc import Callable, Sequence

from checklists.hazards import LEVEL_NAMES
from checklists.people import Permission
from checklists.quiz_making import Item, items_of_lists
from checklists.quiz_questions import cards_for
from handlers.buttons import pages_of, to_home, turning
from handlers.official_cards import firm_of
from handlers.quizzes import ALL_LISTS, chosen_list, items_for, lists, side_of
from handlers.replies import Button, Reply, Screen, data, pack, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.words import _, html, shorten

_LISTS_ON_A_PAGE = 12
_MODES = ("m", "r")


def firm_card(request: Request) -> Reply:
    """A criterion of the firm: the one named, else where the person stopped."""
    firm = firm_of(request.tx, request.enterprise_id)
    key = _kept(request, pack(firm.id))
    items = items_for(request, firm)
    at = _at(request, key, len(items), place=1)
    request.enter("learn_firm", id=firm.id)
    quiz, back = Button(_("✏️ 测一测"), data("fq", firm.id)), Button(_("返回"), data("fi", firm.id))
    return Reply(screen=_card(items, at, ("fl", firm.id), quiz, back))


def list_card(request: Request) -> Reply:
    """A criterion of one list or of all, for people of the office and liaisons."""
    return _list_card(request, chosen_list(request))


def _list_card(request: Request, scope: str) -> Reply:
    word = scope or ALL_LISTS
    items = items_of_lists(scope, on=request.today, adopted=request.tx.standards.adopted())
    at = _at(request, _kept(request, word), len(items), place=1)
    request.enter("learn_list", scope=scope)
    quiz, back = Button(_("✏️ 测一测"), data("fr", word)), Button(_("换一类"), data("ft", "m"))
    return Reply(screen=_card(items, at, ("fm", word), quiz, back))


def _kept(request: Request, what: str) -> str:
    """Under which name the place of this person is kept."""
    return f"learn:{pack(request.who.id)}:{what}"


def _at(request: Request, key: str, number: int, *, place: int) -> int:
    """The card asked for, else the one this person saw last; kept for the next time."""
    if len(request.arguments) > place:
        at = request.number(place)
        request.tx.notes.set(key, str(at))
    else:
        at = int(request.tx.notes.get(key) or 0)
    # A list may have become shorter since.
    return max(0, min(at, number - 1))


def _card(items: Sequence[Item], at: int, route: tuple[str, int | str], quiz: Button, back: Button) -> Screen:
    if not items:
        return Screen(text=_("现在没有条目。先把企业情况填好。"), buttons=rows([back, to_home()]))
    item, (name, subject) = items[at], route
    lines = [
        _("<b>学一学 · {where}</b>　{at}/{all}").format(where=html(_(item.where)), at=at + 1, all=len(items)),
        f"\n<b>{html(item.ask)}</b>",
        *([_("适用：{words}").format(words=html(item.applies))] if item.applies else []),
        _("怎么看：{look}").format(look=html(item.look)),
        _("依据：{clause}").format(clause=html(item.basis)),
        _("没做到，建议定为：<b>{level}</b>").format(level=_(LEVEL_NAMES[item.level])),
        *([] if item.verified else [_("这一条由本辖区采用，测验里不考。")]),
    ]
    turns = turning(name, subject, page=at, pages=len(items))
    return Screen(text="\n".join(lines), buttons=rows(turns, [quiz, back], [to_home()]))


def choose_list(request: Request) -> Reply:
    """Which list somebody of the office wants to learn (m) or to try (r)."""
    mode = request.word(0)
    page = request.number(1) if len(request.arguments) > 1 else 0
    if mode not in _MODES or (mode == "r" and not request.who.in_office):
        raise Gone
    return _choose_list(request, mode, page)


def _choose_list(request: Request, mode: str, page: int) -> Reply:
    every = lists(request.today)
    pages = pages_of(len(every), _LISTS_ON_A_PAGE)
    page = min(page, pages - 1)
    request.enter("learn_choice", mode=mode, page=page)
    here = every[page * _LISTS_ON_A_PAGE :][:_LISTS_ON_A_PAGE]
    to = "fm" if mode == "m" else "fr"
    buttons = [Button(shorten(_(s.name), 20), data(to, s.id)) for s in here]
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    text = _("<b>学哪一类？</b>") if mode == "m" else _("<b>测哪一类？</b>")
    whole = Button(_("全部"), data(to, ALL_LISTS))
    turns = turning("ft", mode, page=page, pages=pages)
    back = Button(_("返回"), data("fo"))
    return Reply(screen=Screen(text=text, buttons=rows([whole], *pairs, turns, [back, to_home()])))


def course(request: Request) -> Reply:
    """A card of the short course on the ledger."""
    return _course(request, request.number(0))


def _course(request: Request, at: int) -> Reply:
    cards = cards_for(side_of(request))
    if at >= len(cards):
        raise Gone
    request.enter("ledger_course", at=at)
    card = cards[at]
    text = "\n".join(
        [
            _("<b>台账怎么用</b>　{at}/{all}").format(at=at + 1, all=len(cards)),
            f"\n<b>{html(_(card.title))}</b>",
            html(_(card.text)),
        ]
    )
    quiz = Button(_("✏️ 测一测"), data("fb")) if at + 1 == len(cards) else None
    return Reply(screen=Screen(text=text, buttons=rows(turning("fc", page=at, pages=len(cards)), [quiz], [to_home()])))


def _from_dialog(draw: Callable[[Request, dict[str, object]], Reply]) -> Callable[[Request], Reply]:
    def handler(request: Request) -> Reply:
        assert request.dialog is not None
        return draw(request, request.dialog.data)

    return handler


_IN_FIRM, _READ, _KEEPS = Permission.REPORT, Permission.READ, Permission.SEE_ENTERPRISE
ROUTES: tuple[Route, ...] = (
    Press(name="fl", needs=_IN_FIRM, about=About.ENTERPRISE, handler=firm_card),
    Press(name="fm", needs=_READ, handler=list_card),
    Press(name="ft", needs=_READ, handler=choose_list),
    Press(name="fc", needs=_KEEPS, handler=course),
    Display(dialog="learn_firm", needs=_IN_FIRM, about=About.ENTERPRISE, handler=firm_card),
    Display(
        dialog="learn_list", needs=_READ, handler=_from_dialog(lambda r, d: _list_card(r, str(d.get("scope", ""))))
    ),
    Display(
        dialog="learn_choice",
        needs=_READ,
        handler=_from_dialog(lambda r, d: _choose_list(r, str(d.get("mode", "m")), int(str(d.get("page", 0))))),
    ),
    Display(
        dialog="ledger_course", needs=_KEEPS, handler=_from_dialog(lambda r, d: _course(r, int(str(d.get("at", 0)))))
    ),
)
