"""Experts at an inspection of the office: added or taken off by one press each until somebody signs, told at once."""

from datetime import datetime

from checklists.deliveries import Delivery
from checklists.experts import KIND_NAMES, ExpertProfile, TiedToFirm, by_fit
from checklists.official_inspections import NotRunning, OfficialInspection
from checklists.people import Permission, Person, allows
from handlers import official_inspections
from handlers.buttons import ON_ONE_PAGE, pages_of, turning
from handlers.official_cards import current, firm_of, mode_words
from handlers.outgoing import Outgoing
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route, Stale
from handlers.services import Services
from handlers.words import _, aside, html, labelled, listed
from storage.transaction import Transaction

ASKED = "expert_asked"


def choose(request: Request) -> Reply:
    """请专家: those whose trade fits the firm first."""
    return _choose(request, current(request), 0)


def turn(request: Request) -> Reply:
    """Another page of them."""
    return _choose(request, current(request), request.number(1))


def _choose(request: Request, official: OfficialInspection, page: int, *, notice: str = "") -> Reply:
    if official.is_signed or not official.is_running:
        return official_inspections.show(request, official)
    tx, firm = request.tx, firm_of(request.tx, official.enterprise_id)
    tied = {p.id for p in tx.people.in_enterprises([firm.id])}
    every = tx.experts.roster()
    free = by_fit([e for e in every if e.person_id not in tied], firm.trades)
    here = {p.id: p for p in tx.experts.at(official.id)}
    # Who takes part stays on the list until taken off, also who is no expert any more or came to work for the firm.
    others = [p for p in here.values() if p.id not in {e.person_id for e in free}]
    off = [Button(f"✅ {p.name}" + aside(_("点一下去掉")), data("xj", official.id, p.id, 0)) for p in others]
    choices = [
        *off,
        *(_toggle(official, e, is_here=e.person_id in here, fits=e.fits(firm.trades)) for e in free),
    ]
    pages = pages_of(len(choices))
    page = min(page, pages - 1)
    request.enter("inspection_experts", id=official.id, page=page)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>请哪些专家参加？</b>　{firm}").format(firm=html(firm.name)),
        _("点一下请来，马上通知本人；再点一下去掉。行业对口的排在前面。")
        if choices
        else _("没有能请的专家。由管理员在“办公室人员”里邀请专家。"),
    ]
    avoid = [html(e.name) for e in every if e.person_id in tied]
    lines += [_("{names} 在这家企业任职，要回避。").format(names=listed(avoid))] if avoid else []
    buttons = [[choice] for choice in choices[page * ON_ONE_PAGE :][:ON_ONE_PAGE]]
    done = Button(_("选好了"), data("jo", official.id))
    turns = turning("xp", official.id, page=page, pages=pages)
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, [done])))


def _toggle(official: OfficialInspection, expert: ExpertProfile, *, is_here: bool, fits: bool) -> Button:
    words = [_(KIND_NAMES[expert.kind]), *([_("行业对口")] if fits else [])]
    label = ("✅ " if is_here else "") + expert.name + aside(listed(words))
    return Button(label, data("xj", official.id, expert.person_id, 0 if is_here else 1))


def toggle(request: Request) -> Reply:
    """Take an expert in or out, as the button said; a button pressed twice does it once."""
    official, person = current(request), request.tx.people.get(request.number(1))
    if person is None:
        raise Gone
    try:
        notice = _add(request, official, person) if request.number(2) else _remove(request, official, person)
    except NotRunning as refused:
        return official_inspections.show(request, current(request), notice=_(str(refused)))
    except TiedToFirm:
        raise Stale(_("{name} 在这家企业任职，应当回避。").format(name=person.name)) from None
    except LookupError:
        raise Stale(_("{name} 现在不是专家。").format(name=person.name)) from None
    at = request.dialog
    page = int(at.data.get("page", 0)) if at is not None and at.kind == "inspection_experts" else 0
    return _choose(request, official, page, notice=notice)


def _add(request: Request, official: OfficialInspection, person: Person) -> str:
    """The expert takes part and is told; the words about it, empty where nothing is new."""
    made = request.tx.experts.add(official, person, by=request.who.id, at=request.now)
    if made is None:
        return ""
    about = {"attachment": made}
    queued = request.tx.deliveries.add(ASKED, _dedupe(made), person, about, request.now, request.now)
    if queued and person.reachable:
        return _("已请 {name}，马上通知本人。").format(name=person.name)
    return _("已请 {name}，但是收不到消息，请当面告诉。").format(name=person.name)


def _remove(request: Request, official: OfficialInspection, person: Person) -> str:
    ended = request.tx.experts.remove(official, person, by=request.who.id, at=request.now)
    if ended is None:
        return ""
    sent = request.tx.deliveries.by_dedupe(_dedupe(ended))
    if sent is not None:
        request.tx.deliveries.again(sent.id, request.now)
    return _("已去掉 {name}，查出的隐患都保留。").format(name=person.name)


def _dedupe(attachment_id: int) -> str:
    return f"{ASKED}:{attachment_id}"


def asked(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To the expert: which firm, with whom, and the button that opens it; drawn again once he is taken off."""
    row = tx.experts.attachment(int(delivery.about["attachment"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    official = tx.official_inspections.get(row.official_inspection_id) if row is not None else None
    if row is None or official is None or not allows(person, Permission.FIND):
        return None
    is_over = official.is_signed or not official.is_running
    if (row.removed_at is not None or is_over) and delivery.message_id is None:
        return None
    firm = firm_of(tx, official.enterprise_id)
    if row.removed_at is not None:
        text = _("<b>这次检查不用您参加了</b>\n{firm}\n您查出的隐患都保留。").format(firm=html(firm.name))
        return Outgoing(screen=Screen(text=text))
    lines = [
        _("<b>请您参加监督检查</b>"),
        html(firm.name),
        *([labelled(_("地址"), html(firm.address))] if firm.address else []),
        labelled(_("检查方式"), mode_words(tx, official)),
        labelled(_("检查人员"), html(official.inspectors)),
        _("这次检查已经签字或结束，不用再登记。") if is_over else _("点下面打开，看到问题拍照发来就行，不用您签字。"),
    ]
    look = rows([Button(_("打开这次检查"), data("xo", official.id))])
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=look))


def again(request: Request) -> Reply:
    """The choice as it was open."""
    assert request.dialog is not None
    return _choose(request, current(request), int(request.dialog.data.get("page", 0)))


_SUPERVISE, _OFFICIAL = Permission.SUPERVISE, About.OFFICIAL_INSPECTION
ROUTES: tuple[Route, ...] = (
    Press(name="xe", needs=_SUPERVISE, about=_OFFICIAL, handler=choose),
    Press(name="xp", needs=_SUPERVISE, about=_OFFICIAL, handler=turn),
    Press(name="xj", needs=_SUPERVISE, about=_OFFICIAL, handler=toggle),
    Display(dialog="inspection_experts", needs=_SUPERVISE, about=_OFFICIAL, handler=again),
)
