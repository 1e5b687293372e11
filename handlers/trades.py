"""Choosing the trades of an enterprise: pages of groups, each trade a button that toggles."""

from collections.abc import Callable, Collection

from checklists.enterprises import Enterprise
from checklists.people import Permission
from checklists.sector_sets import Trade
from checklists.trade_groups import load_trade_groups
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.words import _, html, listed


def show(request: Request) -> Reply:
    """One page of trades."""
    return show_page(request, request.number(1))


def show_page(request: Request, page: int) -> Reply:
    """The page with this number, counted from 0."""
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    if enterprise is None or not 0 <= page < len(load_trade_groups()):
        raise Gone
    request.enter("trades", id=enterprise.id, page=page)
    return Reply(screen=page_screen(enterprise, page))


def page_screen(enterprise: Enterprise, page: int) -> Screen:
    """A group of trades, those chosen marked; names that need a word of explanation stand in the text."""
    groups = load_trade_groups()
    group = groups[page]
    lines = [
        _("<b>{name}</b> 是做什么的？可以选几个。").format(name=html(enterprise.name)),
        _("已选：{trades}").format(trades=trade_words(enterprise.trades) or _("还没有")),
        _("\n第 {page}/{pages} 页 · <b>{group}</b>").format(page=page + 1, pages=len(groups), group=_(group.name)),
        *(f"· {_(t.name)}" for t in group.trades if "（" in t.name),
    ]
    choices = trade_choices(
        enterprise.trades,
        page,
        toggle=lambda trade, wanted: data("qt", enterprise.id, trade, wanted),
        turn=lambda to: data("qg", enterprise.id, to),
    )
    done = Button(_("选好了，下一步"), data("qd", enterprise.id)) if enterprise.trades else None
    return Screen(text="\n".join(lines), buttons=rows(*choices, [done], [Button(_("以后再填"), data("h"))]))


def short_name(trade: Trade) -> str:
    """The name of a trade without the explanation behind it."""
    return _(trade.name.partition("（")[0])


def trade_choices(
    chosen: Collection[str], page: int, *, toggle: Callable[[str, int], str], turn: Callable[[int], str]
) -> list[list[Button | None]]:
    """A page of trades as buttons in pairs, those chosen marked, and the way to the pages beside it.

    `toggle` gives the data for a trade and whether it is wanted (1) or not (0), `turn` that for another page.
    """
    groups = load_trade_groups()
    toggles = [
        Button(("✅ " if t.id in chosen else "") + short_name(t), toggle(t.id, 0 if t.id in chosen else 1))
        for t in groups[page].trades
    ]
    pairs: list[list[Button | None]] = [list(toggles[n : n + 2]) for n in range(0, len(toggles), 2)]
    before = Button(f"‹ {_(groups[page - 1].name)}", turn(page - 1)) if page else None
    after = Button(f"{_(groups[page + 1].name)} ›", turn(page + 1)) if page + 1 < len(groups) else None
    return [*pairs, [before, after]]


def page_of_trade(trade: str) -> int | None:
    """The page this trade stands on; None for what is no trade that people choose."""
    return next((n for n, g in enumerate(load_trade_groups()) if trade in {t.id for t in g.trades}), None)


def trade_words(trades: Collection[str]) -> str:
    """The short names of these trades, in the order of the pages."""
    return listed(short_name(t) for g in load_trade_groups() for t in g.trades if t.id in trades)


def toggle(request: Request) -> Reply:
    """Take a trade in or out, as the button said; a button pressed twice does it once."""
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    page = page_of_trade(request.word(1))
    if enterprise is None or page is None:
        raise Gone
    others = [t for t in enterprise.trades if t != request.word(1)]
    trades = [*others, request.word(1)] if request.number(2) else others
    if set(trades) != set(enterprise.trades):
        request.tx.enterprises.set_trades(enterprise.id, trades, at=request.now)
    return show_page(request, page)


def again(request: Request) -> Reply:
    """The present page, drawn from the dialog."""
    assert request.dialog is not None
    return show_page(request, int(request.dialog.data["page"]))


ROUTES: tuple[Route, ...] = (
    Press(name="qg", needs=Permission.KEEP_STANDARD, about=About.ENTERPRISE, handler=show),
    Press(name="qt", needs=Permission.KEEP_STANDARD, about=About.ENTERPRISE, handler=toggle),
    Display(dialog="trades", needs=Permission.KEEP_STANDARD, about=About.ENTERPRISE, handler=again),
)
