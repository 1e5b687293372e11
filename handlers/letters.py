"""Letters about a hazard or an inspection as Word files: only what has happened is offered, to be numbered by hand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from checklists.deliveries import Delivery
from checklists.hazard_records import Listing
from checklists.hazards import Hazard, Source, State
from checklists.major_reports import MajorReport
from checklists.official_inspections import MODE_NAMES, OfficialInspection
from checklists.people import Permission, Person, allows
from handlers.buttons import to_home
from handlers.documents import letter_contents as contents
from handlers.documents.letter_contents import LETTER_NAMES, AnyLetter, Letter
from handlers.documents.letters import BrokenTemplate, letter_docx, letter_file_name
from handlers.hazard_cards import hazard_of, number_of
from handlers.letter_parts import JUDGED, last_review, letter_hazard, letter_head
from handlers.official_cards import current, expert_names
from handlers.outgoing import Outgoing
from handlers.referral_letters import OF_ONE, letter_of_one, letters_of_one
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route, Stale
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import SHANGHAI, _, html, shorten, speaking
from storage.transaction import Transaction

LETTER = "letter"


def choose(request: Request) -> Reply:
    """The letters that fit what has happened to this hazard."""
    hazard = hazard_of(request, request.number(0) if request.arguments else _dialog_id(request))
    request.enter("letters", id=hazard.id)
    fitting, single = letters_for(request.tx, hazard), letters_of_one(request.tx, hazard)
    text = _("<b>文书 · 隐患 {number}</b>\n").format(number=html(number_of(request, hazard)))
    text += _("选一种，发给您 Word 文件，文号由您填。") if fitting else _("级别确认以后才有文书。")
    buttons = [[Button(_(LETTER_NAMES[x]), data("gy", hazard.id, x.name))] for x in fitting]
    buttons += [[Button(shorten(one.label, 40), data("gy", hazard.id, one.kind.name, one.of))] for one in single]
    back = Button(_("返回这条隐患"), data("go", hazard.id))
    return Reply(screen=Screen(text=text, buttons=rows(*buttons, [back, to_home()])))


def _dialog_id(request: Request) -> int:
    return int(request.dialog.data["id"]) if request.dialog else 0


def letters_for(tx: Transaction, hazard: Hazard) -> list[Letter]:
    """Which letters have something to say: nothing that did not happen can be printed."""
    if hazard.level_confirmed_by is None or not hazard.is_live:
        return []
    listings = tx.hazard_records.listings(hazard.id)
    fits = {
        Letter.RECTIFICATION: True,
        Letter.REVIEW: last_review(tx, hazard) is not None,
        Letter.LISTING: bool(listings) and listings[-1].unlisted_at is None,
        Letter.UNLISTING: bool(listings) and listings[-1].unlisted_at is not None,
        Letter.MAJOR_REPORT: _report(tx, hazard) is not None,
    }
    return [letter for letter, fit in fits.items() if fit]


def _report(tx: Transaction, hazard: Hazard) -> MajorReport | None:
    """The report of a major hazard, once the firm has handed it in."""
    report = tx.major_reports.get(hazard)
    return report if report is not None and report.is_handed_in else None


def send(request: Request) -> Reply:
    """Queue the letter; it says how things stand when it is sent."""
    hazard = hazard_of(request, request.number(0))
    kind = Letter.__members__.get(request.word(1))
    if kind is None:
        raise Gone
    if kind in OF_ONE:
        return _send_of_one(request, hazard, kind, request.number(2))
    if kind not in letters_for(request.tx, hazard):
        raise Stale(_("现在还不能出这种文书。"))
    return _queue(request, {"hazard": hazard.id, "letter": kind.name})


def _send_of_one(request: Request, hazard: Hazard, kind: Letter, of: int) -> Reply:
    if (kind, of) not in {(one.kind, one.of) for one in letters_of_one(request.tx, hazard)}:
        raise Stale(_("现在不能出这份文书。"))
    return _queue(request, {"hazard": hazard.id, "letter": kind.name, "of": of})


def send_for_inspection(request: Request) -> Reply:
    """The order to put right everything found in one inspection."""
    official = current(request)
    if official.officer_signed_at is None or not _findings(request.tx, official):
        raise Stale(_("签字以后才能出整改通知书；没有问题的不用出。"))
    return _queue(request, {"inspection": official.id, "letter": Letter.RECTIFICATION.name})


def queue_report(request: Request, hazard: Hazard) -> Reply:
    """Queue the firm's own report of a major hazard, for whoever may read it: a copy for the workers' congress."""
    return _queue(request, {"hazard": hazard.id, "letter": Letter.MAJOR_REPORT.name})


def _queue(request: Request, about: dict[str, object]) -> Reply:
    what = about.get("hazard", about.get("inspection"))
    which = f"{about['letter']}:{about['of']}" if "of" in about else about["letter"]
    dedupe = f"{LETTER}:{request.who.id}:{what}:{which}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(LETTER, dedupe, request.who, about, request.now, request.now)
    return Reply(toast=_("正在生成，马上发给您。"))


def letter(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The Word file; a broken template of the office's own is told in its place."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None or not (person.in_office or _is_own_report(tx, delivery, person)):
        return None
    with speaking("zh"):  # letters go out in Chinese
        made = _letter(tx, delivery, person.name, now.astimezone(SHANGHAI).date())
    if made is None:
        return None
    caption = _("请核对内容，填文号，盖章后送达。")
    if isinstance(made, contents.MajorHazardReport):
        caption = _("请核对内容，盖章，报职代会并存档。")
        if person.in_office:
            caption = _("企业交的重大隐患报告，请存档。")
    if isinstance(made, contents.ReferralLetter):
        caption = _("请核对内容和附件，填文号，盖章后发出。发出以后在隐患的卡片上记下文号。")
    return in_word(made, person, services, caption=caption)


def in_word(made: AnyLetter, person: Person, services: Services, *, caption: str) -> Outgoing:
    """The letter as a file; somebody of the office hears in its place what is wrong with the office's own template."""
    try:
        content = letter_docx(made, own_templates=services.letter_templates)
    except BrokenTemplate as error:
        if person.in_office:
            return Outgoing(screen=Screen(text=html(str(error))))
        content = letter_docx(made)  # a firm can mend nothing of the office's template: it gets ours
    return Outgoing(documents=(Document(name=letter_file_name(made), content=content, caption=caption),))


def _is_own_report(tx: Transaction, delivery: Delivery, person: Person) -> bool:
    """Whether it is the report of a major hazard of the person's own firm."""
    hazard = tx.hazards.get(int(delivery.about.get("hazard", 0)))
    if hazard is None or delivery.about["letter"] != Letter.MAJOR_REPORT.name:
        return False
    return allows(person, Permission.SEE_ENTERPRISE, enterprise_id=hazard.enterprise_id)


def _letter(tx: Transaction, delivery: Delivery, officer: str, today: date) -> AnyLetter | None:
    kind = Letter[delivery.about["letter"]]
    if "inspection" in delivery.about:
        official = tx.official_inspections.get(int(delivery.about["inspection"]))
        return _order(tx, _findings(tx, official), official, officer, today) if official else None
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    if hazard is not None and kind in OF_ONE:
        return letter_of_one(tx, hazard, kind, int(delivery.about["of"]), officer, today)
    if hazard is None or kind not in letters_for(tx, hazard):
        return None
    return _BUILDERS[kind](tx, hazard, officer, today)


def _findings(tx: Transaction, official: OfficialInspection) -> list[Hazard]:
    found = tx.hazards.of_official_inspection(official.id)
    return [h for h in found if h.is_live and h.level_confirmed_by is not None]


def _order_for_one(tx: Transaction, hazard: Hazard, officer: str, today: date) -> AnyLetter:
    inspection_id = hazard.official_inspection_id
    official = tx.official_inspections.get(inspection_id) if inspection_id is not None else None
    return _order(tx, [hazard], official, officer, today)


def _order(
    tx: Transaction, found: Sequence[Hazard], official: OfficialInspection | None, officer: str, today: date
) -> AnyLetter:
    first = found[0]
    # Without an inspection the letter does not say how the office came to know: else it would tell of tips.
    expert = name_of(tx, first.found_by) if first.source is Source.EXPERT else ""
    return contents.RectificationNotice(
        head=letter_head(tx, first.enterprise_id, officer, today),
        inspected_on=first.found_at.astimezone(SHANGHAI).date(),
        mode=MODE_NAMES[official.mode] if official else "",
        inspectors=official.inspectors if official else expert,
        experts=expert_names(tx, official.id) if official else (),
        hazards=[letter_hazard(tx, h) for h in found],
    )


def _opinion(tx: Transaction, hazard: Hazard, officer: str, today: date) -> AnyLetter:
    review = last_review(tx, hazard)
    assert review is not None
    outcome = JUDGED[review.outcome]
    return contents.ReviewOpinion(
        head=letter_head(tx, hazard.enterprise_id, officer, today),
        notice="",
        reviewed_on=review.at.astimezone(SHANGHAI).date(),
        reviewers=name_of(tx, review.by),
        hazards=[contents.ReviewedHazard(hazard=letter_hazard(tx, hazard), outcome=outcome, words=review.words)],
    )


def _last_listing(tx: Transaction, hazard: Hazard) -> Listing:
    return tx.hazard_records.listings(hazard.id)[-1]


def _listing(tx: Transaction, hazard: Hazard, officer: str, today: date) -> AnyLetter:
    listing = _last_listing(tx, hazard)
    return contents.ListingNotice(
        head=letter_head(tx, hazard.enterprise_id, officer, today),
        hazard=letter_hazard(tx, hazard),
        reason=listing.reason,
        supervisor=listing.supervisor,
        until=listing.until,
    )


def _unlisting(tx: Transaction, hazard: Hazard, officer: str, today: date) -> AnyLetter:
    listing, review = _last_listing(tx, hazard), last_review(tx, hazard)
    assert listing.unlisted_at is not None
    return contents.UnlistingNotice(
        head=letter_head(tx, hazard.enterprise_id, officer, today),
        hazard=letter_hazard(tx, hazard),
        notice="",
        listed_on=listing.listed_at.astimezone(SHANGHAI).date(),
        reviewed_on=(review.at if review else listing.unlisted_at).astimezone(SHANGHAI).date(),
        reviewers=name_of(tx, review.by) if review else "",
        reason=listing.unlisted_reason,
        closed=hazard.state is State.CLOSED,
    )


def _major_report(tx: Transaction, hazard: Hazard, officer: str, today: date) -> AnyLetter:
    report = _report(tx, hazard)
    assert report is not None
    assert report.handed_in_at is not None
    day = report.handed_in_at.astimezone(SHANGHAI).date()
    # Who noted that it came on paper is of the office; whom the firm names stands on that paper.
    contact = "" if tx.major_reports.came_on_paper(hazard) else name_of(tx, report.handed_in_by)
    return contents.MajorHazardReport(
        head=letter_head(tx, hazard.enterprise_id, contact, day),
        hazard=letter_hazard(tx, hazard),
        found_on=hazard.found_at.astimezone(SHANGHAI).date(),
        cause=report.cause,
        harm=report.harm,
        treatment=report.treatment,
    )


_BUILDERS: Mapping[Letter, Callable[[Transaction, Hazard, str, date], AnyLetter]] = {
    Letter.RECTIFICATION: _order_for_one,
    Letter.REVIEW: _opinion,
    Letter.LISTING: _listing,
    Letter.UNLISTING: _unlisting,
    Letter.MAJOR_REPORT: _major_report,
}

ROUTES: tuple[Route, ...] = (
    Press(name="gw", needs=Permission.OFFICE, about=About.HAZARD, handler=choose),
    Press(name="gy", needs=Permission.OFFICE, about=About.HAZARD, handler=send),
    Press(name="jh", needs=Permission.OFFICE, about=About.OFFICIAL_INSPECTION, handler=send_for_inspection),
    Display(dialog="letters", needs=Permission.OFFICE, about=About.HAZARD, handler=choose),
)
