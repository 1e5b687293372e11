"""Hazards the office enters for others: transfers from above, experts and insurers, verified tip-offs; one by one."""

from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.hazards import Level, Source
from checklists.people import Permission
from handlers import findings
from handlers.buttons import to_home
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


def ask_source(request: Request) -> Reply:
    """Enter a hazard that somebody else found: from where it came."""
    firm = firm_of(request.tx, request.enterprise_id)
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
    return _ask_first(request, firm_of(request.tx, request.enterprise_id), source)


def _ask_first(request: Request, firm: Enterprise, source: Source) -> Reply:
    request.enter("entering", id=firm.id, source=source.value)
    text = _("<b>登记隐患 · {firm}</b>\n{source}\n\n<b>发一张照片，或者写一句哪里不对。</b>").format(
        firm=html(firm.name), source=_(_SOURCE_LABELS[source])
    )
    return Reply(screen=Screen(text=text, buttons=rows([Button(_("返回"), data("je", firm.id)), to_home()])))


def first_again(request: Request) -> Reply:
    """The question for the first photo or word once more."""
    assert request.dialog is not None
    return _ask_first(request, firm_of(request.tx, request.enterprise_id), Source(request.dialog.data["source"]))


def enter(request: Request) -> Reply:
    """The first photo or words of a hazard from another source: it gets its number."""
    assert request.dialog is not None
    hazard = request.tx.hazards.open(
        enterprise_id=firm_of(request.tx, request.enterprise_id).id,
        source=Source(request.dialog.data["source"]),
        inspection_id=None,
        item=None,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        year=request.today.year,
        by=request.who.id,
        at=request.now,
        words=request.text.strip()[:1000],
    )
    return replace(findings.begin(request, hazard), group=request.album)


_MANAGE, _FIRM = Permission.MANAGE, About.ENTERPRISE
_TEXT_OR_PHOTO = frozenset({"text", "photo"})
ROUTES: tuple[Route, ...] = (
    Press(name="je", needs=_MANAGE, about=_FIRM, handler=ask_source),
    Press(name="jg", needs=_MANAGE, about=_FIRM, handler=choose_source),
    Input(dialog="entering", takes=_TEXT_OR_PHOTO, needs=_MANAGE, about=_FIRM, handler=enter),
    Display(dialog="entering_source", needs=_MANAGE, about=_FIRM, handler=ask_source),
    Display(dialog="entering", needs=_MANAGE, about=_FIRM, handler=first_again),
)
