"""Hazards entered without an inspection of the office: transfers, tip-offs, and what experts and insurers found."""

from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.hazards import Level, Source
from checklists.people import Permission, allows
from handlers import findings
from handlers.buttons import to_home
from handlers.finding_cards import careful
from handlers.firm_choice import firm_choice, scanned_firm, unread_code
from handlers.official_cards import firm_of
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.words import N_, _, html

# What the office enters without an inspection of its own.
_OTHER_SOURCES = {source.value[:2]: source for source in (Source.TRANSFER, Source.EXPERT, Source.TIP)}
_SOURCE_LABELS = {
    Source.TRANSFER: N_("上级交办的"),
    Source.EXPERT: N_("专家或保险机构查出的"),
    Source.TIP: N_("举报查实的"),
}


def entries(request: Request) -> list[Button]:
    """The menu's way for an expert, who enters what he finds himself."""
    if request.enterprise_id is not None or not allows(request.person, Permission.FIND):
        return []
    return [] if _is_of_the_office(request) else [Button(_("登记查出的隐患"), data("rx"))]


def _is_of_the_office(request: Request) -> bool:
    """Whether this person enters for others too; an expert enters what he found and nothing else."""
    return allows(request.person, Permission.SUPERVISE)


def pick(request: Request) -> Reply:
    """An expert looks for the firm he is at."""
    return _pick(request, "")


def search(request: Request) -> Reply:
    """Words typed while looking for a firm: part of its name or code, or the link its QR holds."""
    if firm := scanned_firm(request):
        return ask_source(replace(request, enterprise_id=firm.id))
    return _pick(request, request.text.strip()[:50])


def _pick(request: Request, words: str, *, notice: str = "") -> Reply:
    request.enter("expert_pick", words=words)
    title = _("<b>登记隐患</b>　先选企业。发名称或信用代码的一部分来查找，或者扫企业的二维码。")
    return Reply(screen=firm_choice(request, words, title=title, route="je", notice=notice))


def pick_again(request: Request) -> Reply:
    """The search for a firm as it was."""
    return _pick(request, str(request.dialog.data.get("words", "")) if request.dialog else "")


def photo_of_code(request: Request) -> Reply:
    """A photo while looking for a firm, most likely of its code: how a code is read instead."""
    return replace(_pick(request, "", notice=unread_code()), group=request.album)


def ask_source(request: Request) -> Reply:
    """Enter a hazard without an inspection: from where it came; what an expert enters he has found himself."""
    firm = firm_of(request.tx, request.enterprise_id)
    if not _is_of_the_office(request):
        return _ask_first(request, firm, Source.EXPERT)
    request.enter("entering_source", id=firm.id)
    text = _("<b>登记隐患 · {firm}</b>\n\n<b>从哪里来的？</b>一次登记一条，每条都要写清楚。").format(
        firm=html(firm.name)
    )
    sources = [[Button(_(_SOURCE_LABELS[s]), data("jg", firm.id, code))] for code, s in _OTHER_SOURCES.items()]
    back = Button(_("返回"), data("ev", firm.id))
    return Reply(screen=Screen(text=text, buttons=rows(*sources, [back, to_home()])))


def choose_source(request: Request) -> Reply:
    """The source is known: now the photo or the words."""
    source = _OTHER_SOURCES.get(request.word(1))
    if source is None:
        raise Gone
    return _ask_first(request, firm_of(request.tx, request.enterprise_id), _fitting(request, source))


def _fitting(request: Request, source: Source) -> Source:
    return source if _is_of_the_office(request) else Source.EXPERT


def _ask_first(request: Request, firm: Enterprise, source: Source) -> Reply:
    request.enter("entering", id=firm.id, source=source.value)
    head = _("<b>登记隐患 · {firm}</b>\n{source}").format(firm=html(firm.name), source=_(_SOURCE_LABELS[source]))
    text = "\n".join([head, "", *careful(source), _("<b>发一张照片，或者写一句哪里不对。</b>")])
    back = Button(_("返回"), data("je", firm.id)) if _is_of_the_office(request) else Button(_("换一家"), data("rx"))
    return Reply(screen=Screen(text=text, buttons=rows([back, to_home()])))


def first_again(request: Request) -> Reply:
    """The question for the first photo or word once more."""
    assert request.dialog is not None
    return _ask_first(request, firm_of(request.tx, request.enterprise_id), Source(request.dialog.data["source"]))


def enter(request: Request) -> Reply:
    """The first photo, voice note or words of a hazard from another source: it gets its number."""
    assert request.dialog is not None
    source = _fitting(request, Source(request.dialog.data["source"]))
    hazard = request.tx.hazards.open(
        enterprise_id=firm_of(request.tx, request.enterprise_id).id,
        source=source,
        inspection_id=None,
        item=None,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        year=request.today.year,
        by=request.who.id,
        at=request.now,
        words="" if findings.is_dropped(request, source) else request.text.strip()[:1000],
    )
    return replace(findings.begin(request, hazard), group=request.album)


_FIND, _FIRM = Permission.FIND, About.ENTERPRISE
_ANYTHING = frozenset({"text", "photo", "voice"})
ROUTES: tuple[Route, ...] = (
    Press(name="rx", needs=_FIND, handler=pick),
    Input(dialog="expert_pick", takes=frozenset({"text"}), needs=_FIND, handler=search),
    Input(dialog="expert_pick", takes=frozenset({"photo"}), needs=_FIND, handler=photo_of_code),
    Display(dialog="expert_pick", needs=_FIND, handler=pick_again),
    Press(name="je", needs=_FIND, about=_FIRM, handler=ask_source),
    Press(name="jg", needs=_FIND, about=_FIRM, handler=choose_source),
    Input(dialog="entering", takes=_ANYTHING, needs=_FIND, about=_FIRM, handler=enter),
    Display(dialog="entering_source", needs=_FIND, about=_FIRM, handler=ask_source),
    Display(dialog="entering", needs=_FIND, about=_FIRM, handler=first_again),
)
