"""What letters of every kind are put together from: the head with firm and office, the hazard, its last review."""

from datetime import date

from checklists.defences import marked
from checklists.hazard_records import Outcome, Review
from checklists.hazards import Hazard
from handlers.documents import letter_contents as contents
from handlers.documents.letter_contents import LetterHazard, LetterHead
from handlers.life_words import number_in
from handlers.official_cards import firm_of
from handlers.walking import principal_of
from storage.transaction import Transaction

JUDGED = {
    Outcome.APPROVED: contents.Outcome.PASSED,
    Outcome.RETURNED: contents.Outcome.NOT_DONE,
    Outcome.FAKE: contents.Outcome.NOT_DONE,
}


def letter_head(tx: Transaction, enterprise_id: int, officer: str, today: date, *, plan_basis: str = "") -> LetterHead:
    """What every letter to this enterprise, from it or about it says; `officer` is whom to ask, empty for nobody."""
    firm, zone = firm_of(tx, enterprise_id), tx.zones.current()
    assert zone is not None
    return LetterHead(
        office=zone.name,
        reference="",
        enterprise=firm.name,
        issued_on=today,
        uscc=firm.uscc,
        principal=principal_of(tx, firm.id),
        plan_basis=plan_basis,
        contact=officer,
    )


def letter_hazard(tx: Transaction, hazard: Hazard) -> LetterHazard:
    """The hazard as it stands now."""
    return LetterHazard(
        number=number_in(tx, hazard),
        words=hazard.words,
        level=hazard.level,
        basis=hazard.clause,
        place=hazard.place,
        demand=marked(hazard.arrangements.measure, hazard.arrangements.defences),
        deadline=hazard.arrangements.deadline,
        responsible=hazard.arrangements.responsible,
    )


def last_review(tx: Transaction, hazard: Hazard) -> Review | None:
    """The last judgement on what was handed in, which a review opinion says."""
    judged = [r for r in tx.hazard_records.reviews(hazard.id) if r.outcome in JUDGED]
    return judged[-1] if judged else None
