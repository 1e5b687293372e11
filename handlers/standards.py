"""Which checklist an enterprise gets, and the office's word on criteria not yet checked against their text (待核)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from checklists.composing import Checklist, Profile, compose
from checklists.criteria import Criterion, Sector, load_criteria
from checklists.enterprises import Enterprise
from checklists.hazards import LEVEL_NAMES
from checklists.people import Permission, allows
from checklists.sector_sets import load_sector_sets
from checklists.standards import Decision
from checklists.traits import load_traits
from checklists.working_days import SHANGHAI
from handlers.buttons import to_home, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import _, day, html, shorten
from storage.transaction import Transaction

_WORDS = {"y": True, "n": False, "u": None}


def profile_of(tx: Transaction, enterprise: Enterprise) -> Profile:
    """What the enterprise is asked by; a trade that this version no longer has is left out."""
    trades = load_sector_sets().trades
    return Profile(trades=tuple(t for t in enterprise.trades if t in trades), traits=enterprise.traits)


def checklist_for(tx: Transaction, enterprise: Enterprise, on: date) -> Checklist:
    """The checklist of the enterprise on a day in Shanghai: its profile, what the zone adopted, and its own items."""
    own = [item.as_extra() for item in tx.standards.own_items(enterprise.id)]
    profile = replace(profile_of(tx, enterprise), traits=traits_holding(tx, enterprise, on))
    return compose(profile, on=on, adopted=tx.standards.adopted(), extra=own)


def traits_holding(tx: Transaction, enterprise: Enterprise, on: date) -> dict[str, bool]:
    """What the profile says that still holds on a day: answers on a phase of works grow old, a list's have no age."""
    answers = tx.enterprises.trait_answers(enterprise.id)
    given_on = {a.trait: a.answered_at.astimezone(SHANGHAI).date() for a in answers}
    dated = ((trait, has, given_on.get(trait, date.min)) for trait, has in enterprise.traits.items())
    return load_traits().holding(dated, on)


def entries(request: Request) -> list[Button]:
    """The menu's way to what waits for the office's word."""
    if request.enterprise_id is not None or not allows(request.who, Permission.MANAGE):
        return []
    waiting = len(_open_ids(request.tx))
    label = _("待核条目（{count}）").format(count=waiting) if waiting else _("待核条目")
    return [Button(label, data("s"))]


def _unverified(sector: str | None = None) -> list[Criterion]:
    return [c for c in load_criteria() if not c.verified and sector in (None, c.sector)]


def _sector(name: str) -> Sector:
    sector = load_criteria().sectors.get(name)
    if sector is None or not _unverified(name):
        raise Gone
    return sector


def show_list(request: Request) -> Reply:
    """All lists with unverified criteria and how far the office has come with each."""
    request.enter("standards")
    decisions = request.tx.standards.decisions()
    return Reply(screen=list_screen(decisions))


def list_screen(decisions: dict[str, Decision]) -> Screen:
    """The lists with their counts, those with open criteria first."""
    sectors = [s for s in load_criteria().sectors.values() if _unverified(s.id)]
    opened = {s.id: sum(c.id not in decisions for c in _unverified(s.id)) for s in sectors}
    sectors.sort(key=lambda s: opened[s.id] == 0)
    text = _(
        "<b>待核条目</b>\n这些条目还没有和正式文本逐字核对过，您采用以后才会问企业。\n"
        "共 {all} 条：已采用 {yes}，不采用 {no}，还没决定 {open}。"
    ).format(
        all=len(_unverified()),
        yes=sum(d.adopted for d in decisions.values()),
        no=sum(not d.adopted for d in decisions.values()),
        open=sum(opened.values()),
    )
    buttons = [Button(_list_label(s, opened[s.id]), data("sl", s.id, _first_open(s.id, decisions))) for s in sectors]
    return Screen(text=text, buttons=rows(*([b] for b in buttons), [to_home()]))


def _list_label(sector: Sector, opened: int) -> str:
    name = shorten(_(sector.name), 20)
    if opened == 0:
        return _("{name} 已处理完").format(name=name)
    return _("{name} 待定{open}条").format(name=name, open=opened)


def _first_open(sector: str, decisions: dict[str, Decision], after: int = -1) -> int:
    criteria = _unverified(sector)
    order = [*range(after + 1, len(criteria)), *range(after + 1)]
    return next((i for i in order if criteria[i].id not in decisions), max(after, 0))


def show_card(request: Request) -> Reply:
    """One unverified criterion, by list and place in it."""
    sector = _sector(request.word(0))
    return _card(request, sector.id, request.number(1))


def _card(request: Request, sector: str, at: int) -> Reply:
    criteria = _unverified(sector)
    if not 0 <= at < len(criteria):
        raise Gone
    request.enter("standard", sector=sector, at=at)
    decision = request.tx.standards.decisions().get(criteria[at].id)
    decided_by = request.tx.people.get(decision.decided_by) if decision else None
    return Reply(screen=card_screen(criteria, at, decision, decided_by.name if decided_by else ""))


def card_screen(criteria: Sequence[Criterion], at: int, decision: Decision | None, decided_by: str) -> Screen:
    """One criterion with its source, why it is unverified, and the buttons that decide it."""
    criterion = criteria[at]
    sector = load_criteria().sectors[criterion.sector]
    lines = [
        _("待核 · {name} · 第 {at}/{all} 条").format(name=html(_(sector.name)), at=at + 1, all=len(criteria)),
        f"\n<b>{html(criterion.ask)}</b>",
        _("怎么看：{look}").format(look=html(criterion.look)),
        _("依据：{standard} {clause}").format(standard=html(criterion.standard), clause=html(criterion.clause)),
        _("级别：{level}").format(level=_(LEVEL_NAMES[criterion.level])),
        _("为什么待核：没有和正式文本逐字核对过。{notes}").format(notes=html("".join(sector.notes))),
        "\n" + _state(decision, decided_by),
    ]
    turn = turning("sl", criterion.sector, page=at, pages=len(criteria))
    every = Button(_("全部采用本类"), data("sa", criterion.sector))
    back = Button(_("返回清单"), data("s"))
    return Screen(text="\n".join(lines), buttons=rows(_deciding(criterion, decision), turn, [every, back]))


def _state(decision: Decision | None, decided_by: str) -> str:
    if decision is None:
        return _("现在：还没决定，企业不会被问到。")
    words = _("现在：已采用（{day}，{name}）。") if decision.adopted else _("现在：不采用（{day}，{name}）。")
    return words.format(day=day(decision.decided_at), name=html(decided_by))


def _deciding(criterion: Criterion, decision: Decision | None) -> list[Button]:
    adopt = Button(_("采用"), data("sd", criterion.id, "y"))
    decline = Button(_("不采用"), data("sd", criterion.id, "n"))
    undo = Button(_("撤销决定"), data("sd", criterion.id, "u"))
    if decision is None:
        return [adopt, decline]
    return [decline if decision.adopted else adopt, undo]


def decide(request: Request) -> Reply:
    """Adopt, decline or take back one criterion, then go to the next open one of its list."""
    criterion = load_criteria().by_id.get(request.word(0))
    if criterion is None or criterion.verified or request.word(1) not in _WORDS:
        raise Gone
    wanted = _WORDS[request.word(1)]
    decisions = request.tx.standards.decisions()
    known = decisions.get(criterion.id)
    at = _unverified(criterion.sector).index(criterion)
    if (known.adopted if known else None) is wanted:
        return replace(_card(request, criterion.sector, at), toast=_("没有变化。"))
    request.tx.standards.decide([criterion.id], wanted, by=request.who.id, at=request.now)
    if wanted is None:
        return replace(_card(request, criterion.sector, at), toast=_("已撤销，这条又是待定。"))
    following = _first_open(criterion.sector, request.tx.standards.decisions(), after=at)
    toast = _("已采用，上一条可撤销。") if wanted else _("不采用，上一条可撤销。")
    return replace(_card(request, criterion.sector, following), toast=toast)


def ask_all(request: Request) -> Reply:
    """Before all open criteria of a list are adopted at once."""
    return _ask_all(request, _sector(request.word(0)))


def _ask_all(request: Request, sector: Sector) -> Reply:
    request.enter("standards_all", sector=sector.id)
    opened = _open_ids(request.tx, sector.id)
    text = _("采用“{name}”里还没决定的 {count} 条？采用以后，相关企业下一次自查就会问到。").format(
        name=html(_(sector.name)), count=len(opened)
    )
    yes = Button(_("采用这 {count} 条").format(count=len(opened)), data("sb", sector.id, len(opened)))
    no = Button(_("先不"), data("sl", sector.id, 0))
    return Reply(screen=Screen(text=text, buttons=rows([yes if opened else None, no])))


def _open_ids(tx: Transaction, sector: str | None = None) -> list[str]:
    decisions = tx.standards.decisions()
    return [c.id for c in _unverified(sector) if c.id not in decisions]


def adopt_all(request: Request) -> Reply:
    """Adopt the open criteria of a list, if they are still as many as the person was shown."""
    sector = _sector(request.word(0))
    opened = _open_ids(request.tx, sector.id)
    if not opened or len(opened) != request.number(1):
        return replace(_ask_all(request, sector), toast=_("数目变了，请再看一眼。"))
    request.tx.standards.decide(opened, True, by=request.who.id, at=request.now)
    request.enter("standards_done", sector=sector.id, ids=opened)
    return Reply(screen=done_screen(sector, len(opened)))


def done_screen(sector: Sector, count: int) -> Screen:
    """After a whole list was adopted, with the way back."""
    text = _("已采用“{name}”{count} 条。").format(name=html(_(sector.name)), count=count)
    undo = Button(_("撤销这 {count} 条").format(count=count), data("su", sector.id, count))
    return Screen(text=text, buttons=rows([undo], [Button(_("返回清单"), data("s"))]))


def undo_all(request: Request) -> Reply:
    """Take back the adoption of a whole list, as long as its screen is the present one."""
    sector = _sector(request.word(0))
    dialog = request.dialog
    if dialog is None or dialog.kind != "standards_done" or dialog.data["sector"] != sector.id:
        return replace(show_list(request), toast=_("这个按钮已经失效，请一条一条撤销。"))
    adopted = request.tx.standards.adopted()
    ids = [i for i in dialog.data["ids"] if i in adopted]
    request.tx.standards.decide(ids, None, by=request.who.id, at=request.now)
    return replace(show_list(request), toast=_("已撤销 {count} 条。").format(count=len(ids)))


def _again(request: Request) -> Reply:
    """The screen of any of these dialogs as it is now."""
    assert request.dialog is not None
    kind, values = request.dialog.kind, request.dialog.data
    if kind == "standards":
        return show_list(request)
    sector = _sector(values["sector"])
    if kind == "standard":
        return _card(request, sector.id, int(values["at"]))
    if kind == "standards_all":
        return _ask_all(request, sector)
    return Reply(screen=done_screen(sector, len(values["ids"])))


ROUTES: tuple[Route, ...] = (
    Press(name="s", needs=Permission.MANAGE, handler=show_list),
    Press(name="sl", needs=Permission.MANAGE, handler=show_card),
    Press(name="sd", needs=Permission.MANAGE, handler=decide),
    Press(name="sa", needs=Permission.MANAGE, handler=ask_all),
    Press(name="sb", needs=Permission.MANAGE, handler=adopt_all),
    Press(name="su", needs=Permission.MANAGE, handler=undo_all),
    *(
        Display(dialog=kind, needs=Permission.MANAGE, handler=_again)
        for kind in ("standards", "standard", "standards_all", "standards_done")
    ),
)
