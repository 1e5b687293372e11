"""Both signatures under an inspection by the office, each by a press; a refusal is kept with its reason."""

from datetime import datetime

from checklists.deliveries import Delivery
from checklists.hazards import State
from checklists.official_inspections import OfficialInspection, OfficialState
from checklists.people import INSPECTING_ROLES, ROLE_NAMES, Permission, Person, Role, allows
from handlers.buttons import to_home
from handlers.hazard_cards import number_of
from handlers.official_cards import content_sum, current, inspection_lines
from handlers.outgoing import Outgoing
from handlers.replies import Button, Reply, Rows, Screen, data, rows
from handlers.routing import About, Display, Input, Press, Request, Route, Stale
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import _, aside, clock, day, html, listed
from storage.transaction import Transaction

TO_SIGN, SIGNED = "official_to_sign", "official_signed"
_LEAST_REASON = 2


def entries(request: Request) -> list[Button]:
    """The firm's way to an inspection that waits for its signature."""
    if request.enterprise_id is None or not allows(
        request.person, Permission.INSPECT, enterprise_id=request.enterprise_id
    ):
        return []
    every = request.tx.official_inspections.of_enterprise(request.enterprise_id)
    return [Button(_("✍️ 监督检查待签字"), data("ju", o.id)) for o in every if awaits_firm(o)][:1]


def awaits_firm(official: OfficialInspection) -> bool:
    """Whether only the firm's signature, or the note of its refusal, is missing."""
    return official.is_running and official.officer_signed_at is not None


def signature_lines(tx: Transaction, official: OfficialInspection) -> list[str]:
    """Who has signed when, or how it was refused."""
    lines = []
    if official.officer_signed_at is not None:
        who, at = html(name_of(tx, official.officer_signed_by)), official.officer_signed_at
        lines.append(_("✍️ 检查人员已签字：{name}，{day} {time}").format(name=who, day=day(at), time=clock(at)))
    if official.firm_signed_at is not None:
        at, words = official.firm_signed_at, _("✍️ 企业已签字：{name}，{day} {time}")
        who = _signer_words(tx, official)
        if official.paper_signer:
            who, words = official.paper_signer, _("✍️ 企业在纸上签字：{name}，{day} {time}由检查人员记下")
        lines.append(words.format(name=html(who), day=day(at), time=clock(at)))
    if official.refusal:
        lines.append(_("🚫 企业没有签字：{reason}").format(reason=html(official.refusal)))
    if official.state is OfficialState.ABANDONED:
        lines.append(_("这次检查已经作废。"))
    return lines


def _signer_words(tx: Transaction, official: OfficialInspection) -> str:
    """The name of who signed by a press, with the position where it is not the principal's own."""
    person = tx.people.get(official.firm_signed_by or 0)
    if person is None:
        return ""
    held = [a.role for a in person.assignments if a.enterprise_id == official.enterprise_id]
    if not held or Role.PRINCIPAL in held:
        return person.name
    return person.name + aside(listed(_(ROLE_NAMES[role]) for role in held))


def to_signing(request: Request) -> Reply:
    """Everything is found: read it once more and sign."""
    return show_signing(request, current(request))


def show_signing(request: Request, official: OfficialInspection, *, notice: str = "") -> Reply:
    """What is signed, and whose signature is next."""
    if not official.is_running:
        return view(request, official, notice=notice)
    request.enter("official_sign", id=official.id)
    found = request.tx.hazards.of_official_inspection(official.id)
    unfinished = [h for h in found if h.state is State.FOUND]
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *inspection_lines(request.tx, official), ""]
    lines += signature_lines(request.tx, official)
    if official.officer_signed_at is not None:
        lines.append(_waiting_words(_signers(request.tx, official)))
        paper = Button(_("企业在纸上签了"), data("rg", official.id))
        refused = Button(_("企业不签，写明情况"), data("jx", official.id))
        look = Button(_("看看签了没有"), data("js", official.id))
        return _screen(lines, rows([paper], [refused], [look, to_home()]))
    back = Button(_("返回，再改改"), data("jo", official.id))
    if unfinished:
        numbers = listed(number_of(request, h) for h in unfinished)
        lines.append(_("<b>还不能签字</b>：{numbers} 还没有确认级别。").format(numbers=html(numbers)))
        return _screen(lines, rows([back], [to_home()]))
    lines.append(_("<b>请核对。签字以后，上面的内容不能再改。</b>"))
    return _screen(
        lines, rows([Button(_("核对无误，签字"), data("jw", official.id, content_sum(request.tx, official)))], [back])
    )


def _waiting_words(signers: list[Person]) -> str:
    if not signers:
        return _("企业还没有人绑定，手机上签不了。请当面核对，在纸上签，或者写明情况。")
    reached = [p.name for p in signers if p.reachable]
    missed = [p.name for p in signers if not p.reachable]
    lines = [_("已发给企业签字：{names}。").format(names=html(listed(reached)))] if reached else []
    if missed:
        lines.append(_("{names} 现在收不到消息。可以在纸上签，或者写明情况。").format(names=html(listed(missed))))
    return "\n".join(lines)


def _screen(lines: list[str], buttons: Rows) -> Reply:
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def sign_as_officer(request: Request) -> Reply:
    """The officer signs what was shown; the firm's people get it to sign."""
    # Held before it is read: what an expert adds at this moment is either part of what is compared, or refused.
    official = request.tx.official_inspections.hold(current(request).id)
    if official.is_signed or not official.is_running:
        raise Stale(_("已经签过字了。"))
    found = request.tx.hazards.of_official_inspection(official.id)
    if _has_changed(request, official) or any(h.state is State.FOUND for h in found):
        return show_signing(request, official, notice=_("内容刚才有变动，请再核对一遍。"))
    official = request.tx.official_inspections.sign_as_officer(official, by=request.who.id, at=request.now)
    for person in _signers(request.tx, official):
        about = {"inspection": official.id}
        dedupe = _dedupe(TO_SIGN, official, person)
        request.tx.deliveries.add(TO_SIGN, dedupe, person, about, request.now, request.now)
    return show_signing(request, official, notice=_("您已签字。"))


def _signers(tx: Transaction, official: OfficialInspection) -> list[Person]:
    people = tx.people.with_role(*INSPECTING_ROLES, enterprise_id=official.enterprise_id)
    return [p for p in people if p.telegram_id is not None]


def _dedupe(kind: str, official: OfficialInspection, person: Person) -> str:
    return f"{kind}:{official.id}:{person.id}"


def sign_as_firm(request: Request) -> Reply:
    """Somebody of the firm signs; with that the inspection is finished."""
    official = _awaiting(request)
    if _has_changed(request, official):
        return view(request, official, notice=_("内容刚才有变动，请再核对一遍。"))
    official = request.tx.official_inspections.sign_as_firm(official, by=request.who.id, at=request.now)
    return _finished(request, official, _("您已签字。"))


def _has_changed(request: Request, official: OfficialInspection) -> bool:
    """Whether anything is other than above the button: two may inspect, and a level may be changed meanwhile."""
    return request.number(1) != content_sum(request.tx, official)


def _awaiting(request: Request) -> OfficialInspection:
    official = current(request)
    if not awaits_firm(official):
        raise Stale(_("现在不用签字，这是这次检查的情况。"))
    return official


def _finished(request: Request, official: OfficialInspection, notice: str) -> Reply:
    tx, now = request.tx, request.now
    official = tx.official_inspections.finish(official, by=request.who.id, at=now)
    for person in _signers(tx, official):
        sent = tx.deliveries.by_dedupe(_dedupe(TO_SIGN, official, person))
        if sent is not None and person.id != request.who.id:
            tx.deliveries.again(sent.id, now)
    officer = tx.people.get(official.started_by)
    if officer is not None and officer.id != request.who.id:
        tx.deliveries.add(SIGNED, _dedupe(SIGNED, official, officer), officer, {"inspection": official.id}, now, now)
    return view(request, official, notice=notice)


def ask_refusal(request: Request) -> Reply:
    """Before a refusal is kept: its reason in words."""
    official = _awaiting(request)
    in_office = request.who.in_office
    request.enter("official_unsigned" if in_office else "official_refuse", id=official.id)
    ask = _("<b>为什么不签字？</b>写一句，发到这里。不签字，整改期限照样算。")
    if in_office:
        ask = _("<b>企业没有签字，情况怎样？</b>写一句，例如：负责人看过后拒绝签字，在场的有李主任。")
    back = Button(_("返回"), data("js" if in_office else "ju", official.id))
    return _screen([ask], rows([back]))


def note_refusal(request: Request) -> Reply:
    """The reason came: it is kept, and the inspection is finished without the firm's signature."""
    official, words = _awaiting(request), request.text.strip()
    if len(words) < _LEAST_REASON:
        return ask_refusal(request)
    said = words if request.who.in_office else f"{request.who.name}：{words}"
    official = request.tx.official_inspections.note_refusal(official, said, by=request.who.id, at=request.now)
    return _finished(request, official, _("已记下没有签字的原因。"))


def ask_paper(request: Request) -> Reply:
    """The firm has signed the printed record: who it was."""
    official = _awaiting(request)
    request.enter("official_paper", id=official.id)
    ask = _("<b>谁在纸上签的字？</b>写姓名和职务，例如：李主任（车间主任）。纸质记录请存档。")
    return _screen([ask], rows([Button(_("返回"), data("js", official.id))]))


def note_paper(request: Request) -> Reply:
    """The name came: with that the inspection is finished."""
    official, signer = _awaiting(request), " ".join(request.text.split())
    if len(signer) < _LEAST_REASON:
        return ask_paper(request)
    official = request.tx.official_inspections.note_paper(official, signer, by=request.who.id, at=request.now)
    return _finished(request, official, _("已记下：企业在纸上签字。"))


def open_view(request: Request) -> Reply:
    """An inspection as the firm and the office may look at it at any time."""
    return view(request, current(request))


def view(request: Request, official: OfficialInspection, *, notice: str = "") -> Reply:
    """The inspection as it is; the firm finds its two buttons here while its signature is missing."""
    request.enter("official_view", id=official.id)
    in_office = request.who.in_office
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        *inspection_lines(request.tx, official, for_office=in_office),
    ]
    lines += ["", *signature_lines(request.tx, official)]
    signs = allows(request.person, Permission.INSPECT, enterprise_id=official.enterprise_id)
    buttons = _firm_buttons(request.tx, official) if signs and awaits_firm(official) else ()
    listed_ = Button(_("隐患清单"), data("zh", official.enterprise_id, 0))
    order = Button(_("出整改通知书"), data("jh", official.id)) if in_office and official.finished_at else None
    running = official.is_running and allows(request.person, Permission.SUPERVISE)
    go_on = Button(_("返回这次检查"), data("jo", official.id)) if running else None
    return _screen(lines, (*buttons, *rows([go_on], [order], [listed_, to_home()])))


def _firm_buttons(tx: Transaction, official: OfficialInspection) -> Rows:
    return rows(
        [Button(_("✍️ 情况属实，签字"), data("jy", official.id, content_sum(tx, official)))],
        [Button(_("拒绝签字（写理由）"), data("jz", official.id))],
    )


def to_sign(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The firm's card: what was found, with the two buttons while nobody has signed."""
    official = tx.official_inspections.get(int(delivery.about["inspection"]))
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if official is None or not allows(person, Permission.INSPECT, enterprise_id=official.enterprise_id):
        return None
    open_ = awaits_firm(official)
    if not open_ and delivery.message_id is None:
        return None
    lines = [_("<b>监督检查记录请您核对签字</b>") if open_ else _("<b>监督检查记录</b>"), ""]
    lines += [*inspection_lines(tx, official, for_office=False), "", *signature_lines(tx, official)]
    look = rows([Button(_("看这次检查"), data("ju", official.id))])
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=_firm_buttons(tx, official) if open_ else look))


def signed(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To the officer: the firm has signed, or has not."""
    official = tx.official_inspections.get(int(delivery.about["inspection"]))
    firm = tx.enterprises.get(official.enterprise_id) if official else None
    if official is None or firm is None:
        return None
    lines = [_("<b>监督检查办结 · {firm}</b>").format(firm=html(firm.name)), *signature_lines(tx, official)]
    look = rows([Button(_("看这次检查"), data("ju", official.id))])
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=look))


_ABOUT, _SUPERVISE, _SEE = About.OFFICIAL_INSPECTION, Permission.SUPERVISE, Permission.SEE_ENTERPRISE
_TEXT = frozenset({"text"})
ROUTES: tuple[Route, ...] = (
    Press(name="js", needs=_SUPERVISE, about=_ABOUT, handler=to_signing),
    Press(name="jw", needs=_SUPERVISE, about=_ABOUT, handler=sign_as_officer),
    Press(name="jx", needs=_SUPERVISE, about=_ABOUT, handler=ask_refusal),
    Press(name="rg", needs=_SUPERVISE, about=_ABOUT, handler=ask_paper),
    Press(name="jy", needs=Permission.INSPECT, about=_ABOUT, handler=sign_as_firm),
    Press(name="jz", needs=Permission.INSPECT, about=_ABOUT, handler=ask_refusal),
    Press(name="ju", needs=_SEE, about=_ABOUT, handler=open_view),
    Input(dialog="official_refuse", takes=_TEXT, needs=Permission.INSPECT, about=_ABOUT, handler=note_refusal),
    Input(dialog="official_unsigned", takes=_TEXT, needs=_SUPERVISE, about=_ABOUT, handler=note_refusal),
    Input(dialog="official_paper", takes=_TEXT, needs=_SUPERVISE, about=_ABOUT, handler=note_paper),
    Display(dialog="official_paper", needs=_SUPERVISE, about=_ABOUT, handler=ask_paper),
    Display(dialog="official_sign", needs=_SUPERVISE, about=_ABOUT, handler=to_signing),
    Display(dialog="official_refuse", needs=Permission.INSPECT, about=_ABOUT, handler=ask_refusal),
    Display(dialog="official_unsigned", needs=_SUPERVISE, about=_ABOUT, handler=ask_refusal),
    Display(dialog="official_view", needs=_SEE, about=_ABOUT, handler=open_view),
)
