"""The proposals somebody must see to: whose letter never went out, or that nobody has answered for long."""

from collections.abc import Sequence

from checklists.hazard_records import OpenProposal
from checklists.hazards import Hazard, format_number
from checklists.people import Permission
from handlers import ledger
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.referral_cards import proposal_name
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Input, Press, Request, Route
from handlers.words import _, aside, day, html, shorten
from storage.office_settings import ANSWER_DAYS


def show(request: Request) -> Reply:
    """One page of them, oldest first."""
    return _show(request, request.number(0))


def _show(request: Request, page: int) -> Reply:
    waiting = request.tx.referrals.waiting(request.today)
    pages = pages_of(len(waiting))
    page = min(page, pages - 1)
    request.enter("proposals_waiting", page=page)
    shown = waiting[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    found = {h.id: h for h in request.tx.hazards.some([one.made.hazard_id for one in shown])}
    lines = [
        _("<b>建议待跟进</b>　共 {count} 条").format(count=len(waiting)),
        _("移送函还没有发出的，和发出超过 {days} 天没有答复的。").format(
            days=request.tx.office_settings.figure(ANSWER_DAYS)
        ),
        *_lines(request, shown, found),
        *([] if waiting else [_("现在没有。")]),
    ]
    buttons = rows(
        *([ledger.hazard_button(hazard, request.zone.code)] for hazard in found.values()),
        turning("nd", page=page, pages=pages),
        [Button(_("待办"), data("gi")), to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _lines(request: Request, shown: Sequence[OpenProposal], found: dict[int, Hazard]) -> list[str]:
    names = ledger.firm_names(request, list(found.values()))
    lines = []
    for one in shown:
        hazard = found[one.made.hazard_id]
        number = format_number(request.zone.code, hazard.year, hazard.sequence)
        what, firm = html(proposal_name(one.made)), html(shorten(names[hazard.enterprise_id], 16))
        lines.append(f"· {number}　{what}　{_standing(request, one)}　{firm}")
    return lines


def _standing(request: Request, one: OpenProposal) -> str:
    if one.referral is None:
        return _("{day}提出，函还没有发出").format(day=day(one.made.proposed_at))
    days = (request.today - one.referral.sent_on).days
    words = _("{day}发出，{days} 天没有答复").format(day=day(one.referral.sent_on), days=days)
    return words + aside(html(shorten(one.referral.reference, 24)))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    return _show(request, int(request.dialog.data["page"]))


_OFFICE = Permission.OFFICE
ROUTES: tuple[Route, ...] = (
    Press(name="nd", needs=_OFFICE, handler=show),
    Input(dialog="proposals_waiting", takes=frozenset({"text"}), needs=_OFFICE, handler=ledger.search),
    Display(dialog="proposals_waiting", needs=_OFFICE, handler=_again),
)
