"""What became of decisions (研判决定): the open ones by their day, the late first, and 已落实 with a word."""

from checklists.analyses import MOST_FOLLOWED, Analysis
from checklists.hazards import Hazard, format_number
from checklists.people import Permission, allows, knows_sources
from handlers.analysis_words import decision_words, done_words
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.hazard_cards import number_of
from handlers.hazards import current
from handlers.life import again, who
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.walking import name_of
from handlers.words import N_, _, day, html, shorten

_DONE = (N_("现场看过，已经落实"), N_("企业报来材料，已经落实"))


def show_all(request: Request) -> Reply:
    """Every decision on an open hazard that is not done, by its day."""
    return _show_all(request, request.number(0))


def _show_all(request: Request, page: int, *, notice: str = "") -> Reply:
    undone = request.tx.analyses.undone()
    pages = pages_of(len(undone))
    page = min(page, pages - 1)
    request.enter("analysis_decisions", page=page)
    shown = undone[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    hazards = {hazard.id: hazard for hazard in request.tx.hazards.some([row.hazard_id for row in shown])}
    late = sum(row.is_late(request.today) for row in undone)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>研判决定</b>　没有落实的 {count} 条，其中到期的 {late} 条").format(count=len(undone), late=late),
        *(_line(request, row, hazards[row.hazard_id]) for row in shown),
    ]
    lines += [] if undone else [_("现在没有要落实的决定。")]
    buttons = [[_open_button(request, row, hazards[row.hazard_id])] for row in shown]
    turns = turning("cn", page=page, pages=pages)
    last = [Button(_("分析会"), data("ca")), to_home()]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, last)))


def _line(request: Request, row: Analysis, hazard: Hazard) -> str:
    number = format_number(request.zone.code, hazard.year, hazard.sequence)
    mark = "❗" if row.is_late(request.today) else "·"
    return f"{mark} {html(number)}　{html(shorten(decision_words(row), 60))}{done_words(row, request.today)}"


def _open_button(request: Request, row: Analysis, hazard: Hazard) -> Button:
    number = format_number(request.zone.code, hazard.year, hazard.sequence)
    return Button(f"{number} {shorten(_(row.decision), 18)}", data("co", hazard.id, row.id))


def open_one(request: Request) -> Reply:
    """One decision with what can be done about it."""
    return show(request, current(request), request.number(1))


def show(request: Request, hazard: Hazard, row_id: int, *, notice: str = "") -> Reply:
    """The decision as it stands: who decided, and that it is done, replaced, or open."""
    row = _row(request, hazard, row_id)
    request.enter("analysis_decision", id=hazard.id, row=row.id)
    firm = request.tx.enterprises.get(hazard.enterprise_id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>研判决定　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        _("单位：{name}").format(name=html(firm.name if firm else "")),
        html(decision_words(row)) + done_words(row, request.today),
        _("{day}由{name}定的").format(
            day=day(row.decided_at or row.put_at), name=html(name_of(request.tx, row.decided_by))
        ),
        *_ended(request, row),
    ]
    ask = None
    if (
        row.is_undone
        and allows(request.who, Permission.MANAGE)
        and request.tx.analyses.may_decide(hazard, request.who.id)
    ):
        ask = Button(_("已落实"), data("cp", hazard.id, row.id))
    last = [Button(_("打开隐患"), data("go", hazard.id)), Button(_("研判决定"), data("cn", 0))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([ask], last)))


def _row(request: Request, hazard: Hazard, row_id: int) -> Analysis:
    """A decision that holds or held; raises Gone for what is still open at a meeting."""
    found = next((row for row in request.tx.analyses.of_hazard(hazard.id) if row.id == row_id), None)
    if found is None:
        raise Gone
    return found


def _ended(request: Request, row: Analysis) -> list[str]:
    if row.followed_at is not None:
        name = html(name_of(request.tx, row.followed_by))
        if not knows_sources(request.person):
            return []
        return [_("{name}记下：{words}").format(name=name, words=html(_(row.followed)))]
    return [_("后来又定了新的措施，这条不再跟踪。")] if row.withdrawn_at is not None else []


def ask(request: Request) -> Reply:
    """已落实: what was done."""
    return _ask(request, current(request), request.number(1))


def _ask(request: Request, hazard: Hazard, row_id: int, *, notice: str = "") -> Reply:
    row = _row(request, hazard, row_id)
    if not row.is_undone:
        return show(request, hazard, row.id, notice=_("这条已经有结果了。"))
    request.tx.analyses.check_decider(hazard, request.who.id)
    request.enter("analysis_follow", id=hazard.id, row=row.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>研判决定　隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        html(decision_words(row)),
        _("<b>怎么落实的？</b>点一个，或者直接打字。只有办公室看得到。"),
        _("这里只记决定落实了；隐患改好没有，还要企业交整改、复查、销号。"),
    ]
    choices = [[Button(_(words), data("cq", hazard.id, row.id, at))] for at, words in enumerate(_DONE)]
    back = Button(_("返回"), data("co", hazard.id, row.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*choices, [back])))


def choose(request: Request) -> Reply:
    """One of the offered words."""
    at = request.number(2)
    if at >= len(_DONE):
        raise Gone
    return _follow(request, current(request), request.number(1), _DONE[at])


def write(request: Request) -> Reply:
    """What was done, in the person's own words."""
    assert request.dialog is not None
    hazard, row_id, words = current(request), int(request.dialog.data["row"]), " ".join(request.text.split())
    if not words or len(words) > MOST_FOLLOWED:
        notice = _("没有记下：请写 1 到 {most} 个字。").format(most=MOST_FOLLOWED)
        return _ask(request, hazard, row_id, notice=notice)
    return _follow(request, hazard, row_id, words)


def _follow(request: Request, hazard: Hazard, row_id: int, words: str) -> Reply:
    row = _row(request, hazard, row_id)
    if not row.is_undone:
        raise Stale(_("这条已经有结果了，刚才的没有记。"))
    request.tx.analyses.follow(row, words, **who(request))
    return show(request, hazard, row_id, notice=_("已记下：落实了。"))


def all_again(request: Request) -> Reply:
    """The page of decisions once more."""
    return _show_all(request, int(request.dialog.data.get("page", 0)) if request.dialog else 0)


def _one_again(request: Request, hazard: Hazard) -> Reply:
    return show(request, hazard, _kept(request))


def _ask_again(request: Request, hazard: Hazard) -> Reply:
    if not request.tx.analyses.may_decide(hazard, request.who.id):
        return show(request, hazard, _kept(request))
    return _ask(request, hazard, _kept(request))


def _kept(request: Request) -> int:
    return int(request.dialog.data.get("row", 0)) if request.dialog else 0


_ABOUT, _OFFICE, _MANAGE = About.HAZARD, Permission.OFFICE, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="cn", needs=_OFFICE, handler=show_all),
    Press(name="co", needs=_OFFICE, about=_ABOUT, handler=open_one),
    Press(name="cp", needs=_MANAGE, about=_ABOUT, handler=ask),
    Press(name="cq", needs=_MANAGE, about=_ABOUT, handler=choose),
    Input(dialog="analysis_follow", takes=frozenset({"text"}), needs=_MANAGE, about=_ABOUT, handler=write),
    Display(dialog="analysis_decisions", needs=_OFFICE, handler=all_again),
    Display(dialog="analysis_decision", needs=_OFFICE, about=_ABOUT, handler=again(_one_again)),
    Display(dialog="analysis_follow", needs=_MANAGE, about=_ABOUT, handler=again(_ask_again)),
)
