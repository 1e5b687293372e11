"""An inspection by the office on the phone: the firm, how it is made, findings one by one, then the signatures."""

from collections.abc import Sequence
from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Level, State
from checklists.official_inspections import MODE_NAMES, Mode, NotRunning, OfficialInspection
from checklists.people import Permission, allows
from handlers import findings
from handlers.buttons import to_home
from handlers.firm_choice import firm_choice, scanned_firm, unread_code
from handlers.hazard_cards import number_of
from handlers.official_cards import MOST_LISTED, current, firm_of, inspection_lines
from handlers.official_signing import show_signing, view
from handlers.replies import Button, Reply, Screen, column, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.walking import name_of
from handlers.words import N_, _, aside, full_day, html, listed, shorten

_MODES = {mode.value[:2]: mode for mode in Mode if mode is not Mode.REVIEW}
TEXT_FIELDS = {
    "inspectors": N_("检查人员"),
    "present": N_("企业陪同人员"),
    "words": N_("检查情况"),
}
_UNDRAWN = "y"
_FIELD_CODES = {name[:1]: name for name in TEXT_FIELDS}


def entries(request: Request) -> list[Button]:
    """The menu's way to the inspection one is in the middle of, or to a new one."""
    if request.enterprise_id is not None or not allows(request.person, Permission.SUPERVISE):
        return []
    running = request.tx.official_inspections.running_of(request.who.id)
    return [Button(_("继续监督检查") if running else _("监督检查"), data("jn"))]


def start(request: Request) -> Reply:
    """Go on with the inspection that is running, else look for a firm."""
    running = request.tx.official_inspections.running_of(request.who.id)
    return show(request, running) if running else _pick(request, "")


def search(request: Request) -> Reply:
    """Words typed while looking for a firm: part of its name or code, or the link its QR holds."""
    if firm := scanned_firm(request):
        return begin(replace(request, enterprise_id=firm.id))
    return _pick(request, request.text.strip()[:50])


def _pick(request: Request, words: str, *, notice: str = "") -> Reply:
    request.enter("official_pick", words=words)
    title = _("<b>监督检查</b>　先选企业。发名称或信用代码的一部分来查找，或者扫企业的二维码。")
    draws, roster = Button(_("🎲 双随机抽查"), data("rd", 0)), Button(_("专家名册"), data("xa", 0))
    return Reply(screen=firm_choice(request, words, title=title, route="jb", notice=notice, more=(draws, roster)))


def pick_again(request: Request) -> Reply:
    """The search for a firm as it was."""
    return _pick(request, str(request.dialog.data.get("words", "")) if request.dialog else "")


def photo_of_code(request: Request) -> Reply:
    """A photo while looking for a firm, most likely of its code: how a code is read instead."""
    return replace(_pick(request, "", notice=unread_code()), group=request.album)


def begin(request: Request) -> Reply:
    """How the inspection of this firm is made; a running one goes first."""
    if running := request.tx.official_inspections.running_of(request.who.id):
        notice = _("您这次检查还没有结束，先把它办完或者作废。")
        same = running.enterprise_id == request.enterprise_id
        return show(request, running, notice="" if same else notice)
    firm = firm_of(request.tx, request.enterprise_id)
    request.enter("official_mode", id=firm.id)
    text = _("<b>监督检查 · {firm}</b>\n\n<b>怎么检查？</b>").format(firm=html(firm.name))
    modes = [Button(_(MODE_NAMES[mode]), data("jm", firm.id, code)) for code, mode in _MODES.items()]
    pairs = [modes[n : n + 2] for n in range(0, len(modes), 2)]
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, [Button(_("换一家"), data("jn")), to_home()])))


def choose_mode(request: Request) -> Reply:
    """The inspection begins."""
    mode = _MODES.get(request.word(1))
    if mode is None:
        raise Gone
    if request.tx.official_inspections.running_of(request.who.id):
        return begin(request)
    firm = firm_of(request.tx, request.enterprise_id)
    if mode is Mode.RANDOM and request.arguments[2:] != (_UNDRAWN,):
        return _ask_random(request, firm)
    made = request.tx.official_inspections.start(
        enterprise_id=firm.id, mode=mode, inspectors=request.who.name, present="", by=request.who.id, at=request.now
    )
    return show(request, made)


def ask_random(request: Request) -> Reply:
    """双随机 of one firm, asked once more."""
    return _ask_random(request, firm_of(request.tx, request.enterprise_id))


def _ask_random(request: Request, firm: Enterprise) -> Reply:
    """Random means that firm and inspectors were drawn: under the draw, or plainly without one."""
    request.enter("official_random", id=firm.id)
    lines, made = [_("<b>双随机 · {firm}</b>").format(firm=html(firm.name)), ""], request.tx.draws.waiting_at(firm.id)
    other = [Button(_("换一种检查方式"), data("jb", firm.id)), to_home()]
    if made is not None:
        drawn = next(d for d in made.firms if d.enterprise_id == firm.id)
        names = listed(html(name_of(request.tx, i)) for i in drawn.inspectors)
        lines.append(_("{day}抽到了这家，检查人员：{names}。").format(day=full_day(made.made_at), names=names))
        under = Button(_("按这次抽取开始检查"), data("rb", made.id, drawn.place))
        return Reply(screen=Screen(text="\n".join(lines), buttons=rows([under], other)))
    lines.append(_("没有抽到这家的记录。双随机要先随机抽取企业和检查人员。"))
    may_draw = allows(request.person, Permission.MANAGE)
    draw = Button(_("🎲 去抽取"), data("rd", 0)) if may_draw else None
    lines += [] if may_draw else [_("由监管员或管理员抽取。")]
    undrawn = Button(_("没有抽取，仍记为双随机"), data("jm", firm.id, Mode.RANDOM.value[:2], _UNDRAWN))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([draw], [undrawn], other)))


def show(request: Request, official: OfficialInspection, *, notice: str = "", toast: str = "") -> Reply:
    """The inspection that is running, as it stands; one that is signed or over is only looked at."""
    if not official.is_running:
        return view(request, official, notice=notice)
    if official.is_signed:
        return show_signing(request, official, notice=notice)
    request.enter("official", id=official.id)
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *inspection_lines(request.tx, official)]
    lines += ["", _("<b>看到问题，直接拍照发来，或者写一句话、发语音，就记一条。</b>")]
    found = request.tx.hazards.of_official_inspection(official.id)
    return Reply(screen=Screen(text="\n".join(lines), buttons=_buttons(request, official, found)), toast=toast)


def _buttons(request: Request, official: OfficialInspection, found: Sequence[Hazard]) -> tuple[tuple[Button, ...], ...]:
    unfinished = [h for h in found if h.state is State.FOUND]
    open_ones = column(
        [
            Button(_("接着填 {number}").format(number=number_of(request, h)), data("jp", h.id))
            for h in unfinished[:MOST_LISTED]
        ]
    )
    fields = [Button(_(name), data("jt", official.id, code)) for code, name in _field_labels()]
    asked = len(request.tx.experts.at(official.id))
    fields.append(Button(_("请专家") + (aside(asked) if asked else ""), data("xe", official.id)))
    return (
        *open_ones,
        *rows(fields[:2], fields[2:]),
        *rows(
            [Button(_("查完了，核对签字"), data("js", official.id))],
            [Button(_("作废这次检查"), data("ja", official.id)), to_home()],
        ),
    )


def _field_labels() -> list[tuple[str, str]]:
    return [(code, TEXT_FIELDS[name]) for code, name in _FIELD_CODES.items()]


def open_one(request: Request) -> Reply:
    """An inspection as it stands."""
    return show(request, current(request))


def take_finding(request: Request) -> Reply:
    """A photo, a voice note or words while at the inspection: one more finding, with its number at once."""
    official = current(request)
    try:
        return findings.begin(request, finding_of(request, official))
    except NotRunning as refused:
        return show(request, official, notice=_(str(refused)))


def finding_of(request: Request, official: OfficialInspection) -> Hazard:
    """The finding that a photo, a voice note or words belong to: that of their album, else a new one.

    Raises NotRunning once somebody has signed.
    """
    together = request.tx.attachments.of_album(request.who.id, request.album)
    if together and together[0].hazard_id is not None:
        known = request.tx.hazards.get(together[0].hazard_id)
        if known is not None and known.official_inspection_id == official.id:
            return known
    return request.tx.official_inspections.add_finding(
        official,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        words=request.text.strip()[:1000],
        by=request.who.id,
        at=request.now,
    )


def ask_text(request: Request) -> Reply:
    """One of the texts of the inspection."""
    name = _FIELD_CODES.get(request.word(1))
    if name is None:
        raise Gone
    return _ask_text(request, current(request), name)


def _ask_text(request: Request, official: OfficialInspection, name: str) -> Reply:
    if official.is_signed or not official.is_running:
        return show(request, official)
    request.enter("official_text", id=official.id, field=name)
    now = getattr(official, name)
    lines = [_("<b>请写{what}。</b>").format(what=_(TEXT_FIELDS[name]))]
    lines += [_("现在写的是：{words}").format(words=html(shorten(now, 500)))] if now else []
    buttons = rows([Button(_("返回这次检查"), data("jo", official.id))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def take_text(request: Request) -> Reply:
    """The text that was asked for."""
    official = current(request)
    name = str(request.dialog.data.get("field", "")) if request.dialog else ""
    try:
        official = request.tx.official_inspections.describe(official, **{name: request.text.strip()})
    except NotRunning as refused:
        return show(request, official, notice=_(str(refused)))
    return show(request, official, notice=_("已记下。"))


def text_again(request: Request) -> Reply:
    """The question for the text once more."""
    return _ask_text(request, current(request), str(request.dialog.data["field"]) if request.dialog else "words")


def ask_abandon(request: Request) -> Reply:
    """Before an inspection begun in error is given up."""
    official = current(request)
    if official.is_signed or not official.is_running:
        return show(request, official)
    request.enter("official_abandon", id=official.id)
    count = len(request.tx.hazards.of_official_inspection(official.id))
    text = _("作废这次检查？已经记下的 {count} 条隐患都保留在台账里。").format(count=count)
    yes = Button(_("确定作废"), data("jv", official.id))
    return Reply(screen=Screen(text=text, buttons=rows([yes, Button(_("不作废"), data("jo", official.id))])))


def abandon(request: Request) -> Reply:
    """Give the inspection up."""
    try:
        official = request.tx.official_inspections.abandon(current(request), by=request.who.id, at=request.now)
    except NotRunning as refused:
        raise Stale(_(str(refused))) from None
    return show(request, official, notice=_("已作废。"))


_SUPERVISE, _FIRM, _OFFICIAL = Permission.SUPERVISE, About.ENTERPRISE, About.OFFICIAL_INSPECTION
_TEXT, _ANYTHING = frozenset({"text"}), frozenset({"text", "photo", "voice"})
ROUTES: tuple[Route, ...] = (
    Press(name="jn", needs=_SUPERVISE, handler=start),
    Press(name="jb", needs=_SUPERVISE, about=_FIRM, handler=begin),
    Press(name="jm", needs=_SUPERVISE, about=_FIRM, handler=choose_mode),
    Press(name="jo", needs=_SUPERVISE, about=_OFFICIAL, handler=open_one),
    Press(name="jt", needs=_SUPERVISE, about=_OFFICIAL, handler=ask_text),
    Press(name="ja", needs=_SUPERVISE, about=_OFFICIAL, handler=ask_abandon),
    Press(name="jv", needs=_SUPERVISE, about=_OFFICIAL, handler=abandon),
    Input(dialog="official_pick", takes=_TEXT, needs=_SUPERVISE, handler=search),
    Input(dialog="official_pick", takes=frozenset({"photo"}), needs=_SUPERVISE, handler=photo_of_code),
    Input(dialog="official", takes=_ANYTHING, needs=_SUPERVISE, about=_OFFICIAL, handler=take_finding),
    Input(dialog="official_text", takes=_TEXT, needs=_SUPERVISE, about=_OFFICIAL, handler=take_text),
    Display(dialog="official_pick", needs=_SUPERVISE, handler=pick_again),
    Display(dialog="official_mode", needs=_SUPERVISE, about=_FIRM, handler=begin),
    Display(dialog="official_random", needs=_SUPERVISE, about=_FIRM, handler=ask_random),
    Display(dialog="official", needs=_SUPERVISE, about=_OFFICIAL, handler=open_one),
    Display(dialog="official_text", needs=_SUPERVISE, about=_OFFICIAL, handler=text_again),
    Display(dialog="official_abandon", needs=_SUPERVISE, about=_OFFICIAL, handler=ask_abandon),
)
