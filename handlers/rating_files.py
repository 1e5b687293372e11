"""The ratings of a year to hand on: the Excel file and the picture of the grades, made when they are sent."""

from collections.abc import Mapping
from datetime import datetime

from checklists.deliveries import Delivery
from checklists.people import Permission
from checklists.rating_rules import GRADE_NAMES
from checklists.ratings import Rating
from checklists.sector_sets import load_sector_sets
from handlers.documents.charts import grades_png
from handlers.documents.rating_sheet import RatedFirm, RatedLine, rating_sheet_xlsx
from handlers.outgoing import Outgoing, Renderer
from handlers.rating_words import fact_words
from handlers.replies import Document, Reply
from handlers.routing import Gone, Press, Request, Route
from handlers.services import Services
from handlers.words import SHANGHAI, _, speaking
from storage.transaction import Transaction

SHEET, CHART = "rating_sheet", "rating_chart"


def send_sheet(request: Request) -> Reply:
    """Queue the Excel file of a year."""
    return _queue(request, SHEET)


def send_chart(request: Request) -> Reply:
    """Queue the picture of a year's grades."""
    return _queue(request, CHART)


def _queue(request: Request, kind: str) -> Reply:
    year = request.number(0)
    if not request.today.year - 1 <= year <= request.today.year:
        raise Gone
    dedupe = f"{kind}:{request.who.id}:{year}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(kind, dedupe, request.who, {"year": year}, request.now, request.now)
    return Reply(toast=_("正在生成，马上发给您。"))


def sheet(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """Every firm with all its lines, the best first; only for people still in the office."""
    if not _is_in_office(tx, delivery):
        return None
    year, zone = int(delivery.about["year"]), tx.zones.current()
    with speaking("zh"):  # the file is handed on in Chinese
        firms = _firms(tx, year, now, zone.code if zone else "")
        content = rating_sheet_xlsx(firms, zone=zone.name if zone else "", year=year, as_of=now)
        name = _("企业年度考评表-{year}.xlsx").format(year=year)
    caption = _("{year}年企业年度考评表，共 {count} 家，已确认 {confirmed} 家。").format(
        year=year, count=len(firms), confirmed=sum(firm.confirmed for firm in firms)
    )
    return Outgoing(documents=(Document(name=name, content=content, caption=caption),))


def _firms(tx: Transaction, year: int, now: datetime, code: str) -> list[RatedFirm]:
    confirmed = tx.ratings.confirmed_in(year)
    found = {**tx.ratings.of_all(year, today=now.astimezone(SHANGHAI).date()), **confirmed}
    trades = load_sector_sets().trades
    firms = [
        RatedFirm(
            name=firm.name,
            trades=[trades[t].name for t in firm.trades if t in trades],
            community=firm.community,
            score=found[firm.id].score,
            grade=found[firm.id].grade,
            confirmed=firm.id in confirmed,
            lines=_lines(found[firm.id], code),
        )
        for firm in tx.enterprises.some(list(found))
    ]
    return sorted(firms, key=lambda firm: (-firm.score, firm.name))


def _lines(rating: Rating, code: str) -> list[RatedLine]:
    return [
        RatedLine(
            item=line.fact.item,
            words=fact_words(line.fact, code),
            day=line.fact.day.isoformat(),
            points=line.points,
            reason=line.reason,
        )
        for line in rating.lines
    ]


def chart(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """How many firms have each grade; only for people still in the office."""
    if not _is_in_office(tx, delivery):
        return None
    year, zone = int(delivery.about["year"]), tx.zones.current()
    counts = tx.ratings.standing(year, now=now).by_grade()
    named = {GRADE_NAMES[grade]: count for grade, count in counts.items()}
    content = grades_png(named, year=year, zone=zone.name if zone else "", as_of=now)
    name, caption = _("企业评价-{year}.png").format(year=year), _("{year}年企业评价").format(year=year)
    return Outgoing(documents=(Document(name=name, content=content, caption=caption, is_photo=True),))


def _is_in_office(tx: Transaction, delivery: Delivery) -> bool:
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    return person is not None and person.in_office


RENDERERS: Mapping[str, Renderer] = {SHEET: sheet, CHART: chart}
ROUTES: tuple[Route, ...] = (
    Press(name="bx", needs=Permission.OFFICE, handler=send_sheet),
    Press(name="bp", needs=Permission.OFFICE, handler=send_chart),
)
