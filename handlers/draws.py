"""Random draws (双随机) that were made: who goes where, what is inspected of it, and the proof that it was random."""

from dataclasses import replace
from datetime import datetime

from checklists.deliveries import Delivery
from checklists.draws import Draw, Drawn, is_as_drawn
from checklists.official_inspections import OfficialInspection
from checklists.people import Permission, allows
from handlers import official_inspections
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.documents.draw_sheet import PoolRow, draw_sheet_xlsx
from handlers.draw_pools import said
from handlers.life_words import moment
from handlers.official_cards import firm_of
from handlers.outgoing import Outgoing
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route, Stale
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import SHANGHAI, _, aside, html, listed, shorten
from storage.transaction import Transaction

DRAWN = "drawn"


def show_all(request: Request) -> Reply:
    """Every draw, the newest first; none is ever taken away."""
    return _show_all(request, request.number(0))


def _show_all(request: Request, page: int) -> Reply:
    pages = pages_of(request.tx.draws.count())
    page = min(page, pages - 1)
    request.enter("draws", page=page)
    found = request.tx.draws.recent(limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    lines = [_("<b>双随机抽查</b>　随机抽企业，随机派检查人员。")]
    lines += [] if found else [_("还没有抽取过。")]
    buttons = [[Button(_summary(request.tx, made), data("rs", made.id, 0))] for made in found]
    new = Button(_("➕ 新抽一次"), data("rn")) if allows(request.person, Permission.MANAGE) else None
    turns = turning("rd", page=page, pages=pages)
    back = Button(_("监督检查"), data("jn"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([new], *buttons, turns, [back, to_home()])))


def _summary(tx: Transaction, made: Draw) -> str:
    return _("{moment}　已查 {done}/{all}").format(
        moment=moment(made.made_at), done=_done(tx, made), all=len(made.firms)
    )


def _done(tx: Transaction, made: Draw) -> int:
    """How many of the drawn firms are inspected to the end."""
    return sum(o.finished_at is not None for o in tx.draws.inspected(made).values())


def all_again(request: Request) -> Reply:
    """The page of draws once more."""
    return _show_all(request, int(request.dialog.data.get("page", 0)) if request.dialog else 0)


def open_one(request: Request) -> Reply:
    """One draw, at a page of its firms."""
    return show(request, _current(request), page=request.number(1))


def _current(request: Request) -> Draw:
    named = request.number(0) if request.arguments else int(request.dialog.data["id"] if request.dialog else 0)
    made = request.tx.draws.get(named)
    if made is None:
        raise Gone
    return made


def show(request: Request, made: Draw, *, page: int = 0, notice: str = "") -> Reply:
    """A draw: its firms with their inspectors and how far each is, its pool and its seed."""
    pages = pages_of(len(made.firms))
    page = min(page, pages - 1)
    request.enter("draw", id=made.id, page=page)
    tx, begun = request.tx, request.tx.draws.inspected(made)
    here = made.firms[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>双随机抽查 · {moment}</b>").format(moment=moment(made.made_at)),
        _("企业范围：{words}，共 {count} 家").format(words=html(said(made.pool_words)), count=len(made.pool)),
        _("抽取人：{name}").format(name=html(name_of(tx, made.made_by))),
        _("已查 {done}/{all}").format(done=_done(tx, made), all=len(made.firms)),
        "",
        *(_line(tx, drawn, begun.get(drawn.enterprise_id)) for drawn in here),
        "",
        _("种子：<code>{seed}</code>").format(seed=made.seed),
        _("不能重抽。再抽一次另记一次，两次都看得到。"),
    ]
    buttons = [[_firm_button(tx, made, drawn, begun.get(drawn.enterprise_id))] for drawn in here]
    turns = turning("rs", made.id, page=page, pages=pages)
    proof = [Button(_("发抽取表 Excel"), data("rf", made.id)), Button(_("再算一遍核对"), data("rc", made.id))]
    last = [Button(_("全部抽取"), data("rd", 0)), to_home()]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, proof, last)))


def _line(tx: Transaction, drawn: Drawn, official: OfficialInspection | None) -> str:
    names = listed(html(name_of(tx, i)) for i in drawn.inspectors)
    firm = html(firm_of(tx, drawn.enterprise_id).name)
    state = _("还没查")
    if official is not None:
        state = _("✅ 已查完") if official.finished_at else _("正在查")
        if official.started_by not in drawn.inspectors:
            state += aside(_("由 {name} 检查").format(name=html(name_of(tx, official.started_by))))
    return _("{place}. {firm}：{names}　{state}").format(place=drawn.place, firm=firm, names=names, state=state)


def _firm_button(tx: Transaction, made: Draw, drawn: Drawn, official: OfficialInspection | None) -> Button:
    name = shorten(firm_of(tx, drawn.enterprise_id).name, 24)
    if official is not None and official.finished_at:
        return Button(_("看 {firm}").format(firm=name), data("ju", official.id))
    words = _("继续检查 {firm}") if official else _("检查 {firm}")
    return Button(words.format(firm=name), data("rb", made.id, drawn.place))


def one_again(request: Request) -> Reply:
    """The draw once more."""
    return show(request, _current(request), page=int(request.dialog.data.get("page", 0)) if request.dialog else 0)


def begin(request: Request) -> Reply:
    """The inspection of a drawn firm begins, or goes on; one that runs elsewhere goes first."""
    made, place = _current(request), request.number(1)
    drawn = next((d for d in made.firms if d.place == place), None)
    if drawn is None:
        raise Gone
    known = request.tx.draws.inspected(made).get(drawn.enterprise_id)
    running = request.tx.official_inspections.running_of(request.who.id)
    if known is None and running is not None:
        notice = _("您这次检查还没有结束，先把它办完或者作废。")
        return official_inspections.show(request, running, notice=notice)
    if any(held.enterprise_id == drawn.enterprise_id for held in request.who.assignments):
        raise Stale(_("您在这家企业任职，应当回避，请别人去查。"))
    names, notice = [name_of(request.tx, i) for i in drawn.inspectors], ""
    if known is None and request.who.id not in drawn.inspectors:
        names.append(request.who.name)
        notice = _("没有抽到您。请把“检查人员”改成实际到场的人。")
    official = request.tx.draws.begin(
        made, drawn.enterprise_id, inspectors="、".join(names), by=request.who.id, at=request.now
    )
    return official_inspections.show(replace(request, arguments=()), official, notice=notice)


def check(request: Request) -> Reply:
    """Draw it again from seed, pool and inspectors, and compare."""
    if is_as_drawn(_current(request)):
        return Reply(toast=_("核对无误：用这个种子再算一遍，企业和检查人员都一样。"), alert=True)
    return Reply(toast=_("❗ 对不上：再算一遍，结果和记下的不一样。请告诉管理员。"), alert=True)


def send_sheet(request: Request) -> Reply:
    """The draw as Excel: what was drawn, and the whole pool with its order, so that anybody can check it."""
    made, tx = _current(request), request.tx
    firms = {e.id: e for e in tx.enterprises.some(list(made.pool))}
    drawn = {d.enterprise_id: d for d in made.firms}
    begun = tx.draws.inspected(made)

    def row(enterprise_id: int) -> PoolRow:
        firm, chosen, official = firms[enterprise_id], drawn.get(enterprise_id), begun.get(enterprise_id)
        return PoolRow(
            enterprise_id=firm.id,
            name=firm.name,
            uscc=firm.uscc,
            community=firm.community,
            place=chosen.place if chosen else None,
            inspectors=tuple(name_of(tx, i) for i in chosen.inspectors) if chosen else (),
            inspected_at=official.finished_at if official else None,
        )

    people = {i: name_of(tx, i) for i in made.inspectors}
    content = draw_sheet_xlsx(made, [row(i) for i in made.pool], people, zone=request.zone.name, as_of=request.now)
    name = _("双随机抽取表-{day}.xlsx").format(day=made.made_at.astimezone(SHANGHAI).date().isoformat())
    return Reply(documents=(Document(name=name, content=content),), toast=_("马上发给您。"))


def tell(request: Request, made: Draw) -> str:
    """Each inspector hears of his firms, but who drew and sees them already; in words, who cannot be reached."""
    missed = []
    for person_id in dict.fromkeys(i for drawn in made.firms for i in drawn.inspectors):
        person = request.tx.people.get(person_id)
        if person is None or person.id == request.who.id:
            continue
        about, dedupe = {"draw": made.id}, f"{DRAWN}:{made.id}:{person.id}"
        queued = request.tx.deliveries.add(DRAWN, dedupe, person, about, request.now, request.now)
        missed += [] if queued and person.reachable else [person.name]
    if missed:
        return _("已抽取。{names} 收不到消息，请当面告诉。").format(names=listed(missed))
    return _("已抽取，马上通知检查人员。")


def told(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To an inspector: the firms he was drawn for, each with the button that begins; not needed once all are begun."""
    made = tx.draws.get(int(delivery.about["draw"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if made is None or person is None or not allows(person, Permission.SUPERVISE):
        return None
    begun = tx.draws.inspected(made)
    mine = [d for d in made.firms if person.id in d.inspectors and d.enterprise_id not in begun]
    if not mine:
        return None
    lines = [_("<b>双随机抽查：抽到您检查 {count} 家</b>").format(count=len(mine))]
    for drawn in mine[:ON_ONE_PAGE]:
        others = listed(html(name_of(tx, i)) for i in drawn.inspectors if i != person.id)
        together = aside(_("和 {names} 一起").format(names=others)) if others else ""
        lines.append(f"· {html(firm_of(tx, drawn.enterprise_id).name)}{together}")
    more = len(mine) - ON_ONE_PAGE
    lines += [_("……还有 {count} 家。").format(count=more)] if more > 0 else []
    buttons = [[_firm_button(tx, made, drawn, None)] for drawn in mine[:ON_ONE_PAGE]]
    whole = Button(_("看这次抽取"), data("rs", made.id, 0))
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, [whole])))


_SUPERVISE = Permission.SUPERVISE
ROUTES: tuple[Route, ...] = (
    Press(name="rd", needs=_SUPERVISE, handler=show_all),
    Press(name="rs", needs=_SUPERVISE, handler=open_one),
    Press(name="rb", needs=_SUPERVISE, handler=begin),
    Press(name="rc", needs=_SUPERVISE, handler=check),
    Press(name="rf", needs=_SUPERVISE, handler=send_sheet),
    Display(dialog="draws", needs=_SUPERVISE, handler=all_again),
    Display(dialog="draw", needs=_SUPERVISE, handler=one_again),
)
