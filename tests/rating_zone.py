"""A zone of some firms with a year and a half of hazards, duties and inspections by chance, to rate them."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from checklists.composing import Checklist, ChecklistItem, Section
from checklists.duties import PRINCIPAL_INSPECTION
from checklists.hazard_statistics import STATISTICS
from checklists.hazards import Level, Source, State
from checklists.inspections import Answer, Progress
from checklists.reminders import EnterpriseDuty
from checklists.risk_points import Grade
from storage.hazard_tables import hazard_notices, hazard_reviews, major_reports
from storage.tables import hazards
from storage.transaction import Transaction
from storage.types import new_id
from tests.post import at

TODAY = date(2027, 1, 20)
NOW = at(TODAY, 10)
CRITERIA = ("dust-explosion.1", "dust-explosion.2", "gm-management.1", "fire.1", "fire.2")
_FIRST = date(2025, 9, 1)


def chance_zone(tx: Transaction, seed: int, *, firms: int = 6, each: int = 16) -> list[int]:
    """The ids of the firms; everything about them follows from the seed."""
    dice = random.Random(seed)
    made = [_firm(tx, dice, number) for number in range(firms)]
    sequence = 0
    for firm in made:
        for _ in range(dice.randrange(each)):
            sequence += 1
            _hazard(tx, dice, firm, sequence)
    return made


def _day(dice: random.Random, first: date = _FIRST, last: date = TODAY) -> date:
    return first + timedelta(days=dice.randrange(max(1, (last - first).days)))


def _moment(dice: random.Random, day: date) -> datetime:
    # Close to midnight, where the day in Shanghai is another one than in UTC.
    return at(day, dice.choice((0, 7, 10, 23)), dice.randrange(60))


def _firm(tx: Transaction, dice: random.Random, number: int) -> int:
    came = at(_day(dice, date(2025, 8, 1), date(2026, 12, 20)), 9)
    firm = tx.enterprises.add(name=f"样例厂{number}", uscc=f"9135021100000{number:05}", at=came)
    if dice.random() < 0.5:
        when = at(_day(dice, date(2026, 1, 1)), 9)
        point = tx.risk_points.add(enterprise_id=firm.id, name="锅炉", grade=Grade.RED, by=0, at=when)
        if dice.random() < 0.5:
            tx.risk_points.retire(point, by=0, at=at(_day(dice, when.date()), 10))
    for quarter, due in enumerate((date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)), 1):
        _duty(tx, dice, firm.id, PRINCIPAL_INSPECTION, f"2026Q{quarter}", due)
        _duty(tx, dice, firm.id, STATISTICS[0], f"2026Q{quarter}", due + timedelta(days=15))
        if dice.random() < 0.6:
            _inspection(tx, dice, firm.id, f"2026Q{quarter}", at(due - timedelta(days=dice.randrange(60)), 9))
    return firm.id


def _duty(tx: Transaction, dice: random.Random, firm: int, kind: str, period: str, due: date) -> None:
    duty = EnterpriseDuty(
        id=new_id(),
        enterprise_id=firm,
        kind=kind,
        period=period,
        opens_on=due - timedelta(days=90),
        due_on=due,
        hand_in_by=due,
        source="方案",
    )
    tx.duties.add(duty)
    match dice.randrange(4):
        case 0:
            tx.duties.finish(duty.id, at=_moment(dice, due - timedelta(days=dice.randrange(3))))
        case 1:
            tx.duties.finish(duty.id, at=_moment(dice, due + timedelta(days=1)))
        case 2:
            tx.duties.waive(duty.id)


def _inspection(tx: Transaction, dice: random.Random, firm: int, period: str, when: datetime) -> None:
    asked = dice.sample(CRITERIA, 3)
    items = tuple(
        ChecklistItem(
            id=one, sector="x", ask="?", look="", clause="", standard="", level=Level.GENERAL, verified=True, also=()
        )
        for one in asked
    )
    checklist = Checklist((Section(sector="x", name="x", items=items),)).to_json()
    progress = Progress.blank(3)
    run = tx.inspections.start(
        enterprise_id=firm, period=period, checklist=checklist, items=3, by=1, at=when, progress=progress
    )
    for item in range(3):
        answer = dice.choice((Answer.GOOD, Answer.HAZARD, Answer.NOT_APPLICABLE))
        run = tx.inspections.answer(run, item, answer, by=1, at=when)
    tx.inspections.submit(run, by=1, at=when, seconds=60, record="{}", digest="0" * 64)


def _hazard(tx: Transaction, dice: random.Random, firm: int, sequence: int) -> None:
    found_on = _day(dice)
    found, state = _moment(dice, found_on), dice.choice(list(State))
    handed_in = state in (State.HANDED_IN, State.FIXED_ON_SPOT, State.REVIEWED, State.CLOSED)
    done = _moment(dice, _day(dice, found_on)) if handed_in else None
    closed = done if state is State.CLOSED else None
    major, hazard_id = dice.random() < 0.4, new_id()
    row: dict[str, Any] = {
        "zone_id": tx.zone_id,
        "id": hazard_id,
        "year": found_on.year,
        "sequence": sequence,
        "enterprise_id": firm,
        "source": dice.choice(list(Source)).value,
        "criterion_id": dice.choice((*CRITERIA, None)),
        "state": state.value,
        "level": (Level.MAJOR if major else Level.GENERAL).value,
        "level_confirmed_by": dice.choice((None, 3)),
        "deadline": dice.choice((None, *[_day(dice, found_on, found_on + timedelta(days=40))] * 3)),
        "found_by": 1,
        "found_at": found,
        "month_found": found_on.strftime("%Y-%m"),
        "handed_in_by": 2 if handed_in else None,
        "handed_in_at": done,
        "reviewed_by": 3 if closed else None,
        "closed_by": 3 if closed else None,
        "closed_at": closed,
        "fakes": 0,
    }
    outcomes = [dice.choice(("returned", "fake", "approved")) for _ in range(dice.choice((0, 0, 1, 3)))]
    tx.connection.execute(hazards.insert().values(**{**row, "fakes": outcomes.count("fake")}))
    for outcome in outcomes:
        review = {"zone_id": tx.zone_id, "id": new_id(), "hazard_id": hazard_id, "life": 1, "round": 1, "by": 3}
        when = _moment(dice, _day(dice, found_on))
        tx.connection.execute(hazard_reviews.insert().values(**review, outcome=outcome, on_site=False, at=when))
    if not major:
        return
    for recipient in ("principal", "controller"):
        notice = {"zone_id": tx.zone_id, "id": new_id(), "hazard_id": hazard_id, "life": 1, "recipient": recipient}
        tx.connection.execute(hazard_notices.insert().values(**notice, made_at=found))
    if dice.random() < 0.7:
        report = {"zone_id": tx.zone_id, "hazard_id": hazard_id, "life": 1, "written_by": 2, "written_at": found}
        came = dice.choice((None, found + timedelta(days=dice.randrange(12))))
        tx.connection.execute(major_reports.insert().values(**report, handed_in_at=came))
