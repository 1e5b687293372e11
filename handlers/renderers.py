"""All kinds of deliveries and how each looks at the moment it is sent, one line a kind."""

from collections.abc import Mapping
from datetime import datetime

from checklists.deliveries import Delivery
from handlers import life_news, major_report_news, rating_files, rating_news
from handlers.analysis_news import DECIDED, decision
from handlers.analysis_papers import PAPER, paper
from handlers.draws import DRAWN, told
from handlers.due_cards import due_card
from handlers.expert_findings import ENTERED, entered
from handlers.inspection_experts import ASKED, asked
from handlers.internal_reports import REPORTED, reported
from handlers.ledger_orders import REPORT, report
from handlers.letters import LETTER, letter
from handlers.mornings import morning
from handlers.official_signing import SIGNED, TO_SIGN, signed, to_sign
from handlers.outgoing import Outgoing, Renderer
from handlers.present import present
from handlers.quiz_reminders import REMINDER, reminder
from handlers.records import render_record
from handlers.reports import overdue_list
from handlers.role_notices import ENDED, JOINED, ended, joined
from handlers.services import Services
from handlers.statistics_letters import TABLE, table
from handlers.trail_news import CLEAN, FAILED, FAULTY, clean, failed, faulty
from handlers.words import speaking
from storage.transaction import Transaction

RENDERERS: dict[str, Renderer] = {
    "present": present,
    "due": due_card,
    "morning": morning,
    "overdue_list": overdue_list,
    "record": render_record,
    JOINED: joined,
    ENDED: ended,
    TO_SIGN: to_sign,
    SIGNED: signed,
    REPORTED: reported,
    DRAWN: told,
    DECIDED: decision,
    PAPER: paper,
    ENTERED: entered,
    ASKED: asked,
    REPORT: report,
    REMINDER: reminder,
    LETTER: letter,
    TABLE: table,
    FAULTY: faulty,
    CLEAN: clean,
    FAILED: failed,
    **life_news.RENDERERS,
    **major_report_news.RENDERERS,
    **rating_news.RENDERERS,
    **rating_files.RENDERERS,
}

# A screen of a dialog may leave its dialog while it is drawn; everything else is drawn on a snapshot.
DRAWN_IN_WRITING = frozenset({"present"})


def render(
    renderers: Mapping[str, Renderer], tx: Transaction, services: Services, delivery: Delivery, now: datetime
) -> Outgoing | None:
    """What to send now in the language of the person; None when it is not needed any more.

    Raises KeyError for a kind nobody registered.
    """
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    with speaking(person.language if person else "zh"):
        return renderers[delivery.kind](tx, services, delivery, now)
