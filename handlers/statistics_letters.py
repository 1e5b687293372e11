"""The firm's table on hazards as a Word file: figures and hazards of a period, with room for what is not known here."""

from datetime import date, datetime

from checklists.deliveries import Delivery
from checklists.duties import Period
from checklists.hazard_statistics import LAW, Course, PeriodFigures, due_day, figures_of, moments, period_called
from checklists.people import ROLE_NAMES, Permission, allows
from handlers.documents.letter_contents import FUNDS, StatisticsHazard, StatisticsRow, StatisticsTable
from handlers.duties import period_name
from handlers.letter_parts import letter_hazard, letter_head
from handlers.letters import in_word
from handlers.outgoing import Outgoing
from handlers.routing import Request
from handlers.services import Services
from handlers.statistics_words import NAMES
from handlers.walking import name_of
from handlers.words import SHANGHAI, _, clock, full_day, speaking
from storage.transaction import Transaction

TABLE = "statistics_table"


def queue(request: Request, enterprise_id: int, period: Period) -> None:
    """Queue the table of this period for the person; it says how things stand when it is sent."""
    about = {"enterprise": enterprise_id, "period": period.label}
    dedupe = f"{TABLE}:{request.who.id}:{enterprise_id}:{period.label}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(TABLE, dedupe, request.who, about, request.now, request.now)


def table(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The Word file, for whoever may still see this enterprise."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    enterprise_id, period = int(delivery.about["enterprise"]), period_called(str(delivery.about["period"]))
    if period is None or not allows(person, Permission.SEE_ENTERPRISE, enterprise_id=enterprise_id):
        return None
    assert person is not None
    with speaking("zh"):  # what is signed and handed in is Chinese
        made = table_of(tx, enterprise_id, period, now.astimezone(SHANGHAI).date())
    caption = _("请核对，空着的地方手填；主要负责人签字、盖章后报送。")
    return in_word(made, person, services, caption=caption)


def table_of(tx: Transaction, enterprise_id: int, period: Period, today: date) -> StatisticsTable:
    """The table as it is now; of a period that is running, until today."""
    courses = tx.hazard_statistics.courses(enterprise_id, period)
    figures, signed = figures_of(courses, period), tx.hazard_statistics.last_signature(enterprise_id, period)
    # A signature under other figures says nothing about these.
    stands = signed is not None and signed.role is not None and signed.figures == figures
    return StatisticsTable(
        head=letter_head(tx, enterprise_id, "", today),
        period=period_name(period.label),
        since=period.starts,
        until=min(period.ends, today),
        due=due_day(period),
        basis=LAW,
        rows=[*_rows(figures), StatisticsRow(name=FUNDS)],
        hazards=[_hazard(tx, course, period) for course in courses],
        signer=ROLE_NAMES[signed.role] + name_of(tx, signed.by) if signed and signed.role and stands else "",
        signed_at=f"{full_day(signed.at)} {clock(signed.at)}" if signed and stands else "",
    )


def _rows(figures: PeriodFigures) -> list[StatisticsRow]:
    counts = {name: getattr(figures, key) for key, name in NAMES.items()}
    return [StatisticsRow(name=name, general=count.general, major=count.major) for name, count in counts.items()]


def _hazard(tx: Transaction, course: Course, period: Period) -> StatisticsHazard:
    hazard, (_begins, ends) = course.hazard, moments(period)
    closed = [c.at for c in course.closings if c.covers(ends)]
    deferrals = tx.hazard_records.deferrals(hazard.id) if not closed else []
    return StatisticsHazard(
        hazard=letter_hazard(tx, hazard),
        found_on=hazard.found_at.astimezone(SHANGHAI).date(),
        funds=hazard.arrangements.funds,
        closed_on=closed[-1].astimezone(SHANGHAI).date() if closed else None,
        reason=deferrals[-1].reason if deferrals else "",
    )
