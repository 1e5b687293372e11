"""Reading the ledger: filtered pages by deadline, search in Chinese, figures by area, trade and month."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from checklists.hazards import OPEN_STATES, Hazard, Level, State
from checklists.ledger import STOCK_UNTIL, Figures, LedgerFilter, MajorFigures, Overview, Page, Place
from checklists.working_days import SHANGHAI
from storage.hazard_tables import hazard_deferrals, hazard_notices
from storage.hazards import COLUMNS, by_deadline, hazard_of
from storage.subject import Subject
from storage.tables import enterprise_trades, enterprises, hazards

_UNFIXED = [State.FOUND.value, State.CONFIRMED.value, State.RECTIFYING.value]
_OPEN = sorted(s.value for s in OPEN_STATES)
_SEARCHED = (hazards.c.words, hazards.c.clause, hazards.c.place, hazards.c.measure, enterprises.c.name)
_FIRM = (enterprises.c.zone_id == hazards.c.zone_id) & (enterprises.c.id == hazards.c.enterprise_id)
_AT_ONCE = 1000


class Ledger(Subject):
    """The list of hazards as the office looks at it; nothing here changes anything."""

    def page(self, wanted: LedgerFilter, *, after: Place | None = None, limit: int = 20) -> Page:
        """One page by deadline, those without one first; the same answers on both databases."""
        statement = by_deadline(self._matching(wanted, *COLUMNS)).limit(limit + 1)
        if after is not None:
            statement = statement.where(_behind(after))
        found = [hazard_of(row._mapping) for row in self.connection.execute(statement)]
        more = len(found) > limit
        return Page(hazards=tuple(found[:limit]), following=Place.of(found[limit - 1]) if more else None)

    def count(self, wanted: LedgerFilter) -> int:
        """How many hazards the filter leaves."""
        return int(self.connection.execute(self._matching(wanted, func.count())).scalar_one())

    def every(self, wanted: LedgerFilter) -> Iterator[Hazard]:
        """All of them by number, read in small portions: for exports of any length."""
        statement = self._matching(wanted, *COLUMNS).order_by(hazards.c.year, hazards.c.sequence)
        for row in self.connection.execute(statement, execution_options={"yield_per": _AT_ONCE}):
            yield hazard_of(row._mapping)

    def communities(self) -> list[str]:
        """The communities that have hazards, in their order."""
        statement = select(enterprises.c.community).where(hazards.c.zone_id == self.zone_id, _FIRM).distinct()
        return [c for c in self.connection.execute(statement.order_by(enterprises.c.community)).scalars() if c]

    def overview(self, *, today: date) -> Overview:
        """What waits for the office; `today` is the day in Shanghai."""
        state, one = hazards.c.state, {"else_": 0}
        row = self.connection.execute(
            select(
                func.count().label("open"),
                func.sum(case((hazards.c.level == Level.MAJOR.value, 1), **one)).label("major"),
                func.sum(case((_overdue(today), 1), **one)).label("overdue"),
                func.sum(case((hazards.c.listed_at.is_not(None), 1), **one)).label("listed"),
                func.sum(case((state == State.FOUND.value, 1), **one)).label("to_confirm"),
                func.sum(case((state.in_([State.HANDED_IN.value, State.FIXED_ON_SPOT.value]), 1), **one)).label(
                    "to_review"
                ),
                func.sum(case((state == State.REVIEWED.value, 1), **one)).label("to_close"),
            ).where(hazards.c.zone_id == self.zone_id, state.in_(_OPEN))
        ).one()
        waiting = (hazard_deferrals.c.zone_id == self.zone_id) & hazard_deferrals.c.granted.is_(None)
        deferrals = self.connection.execute(select(func.count()).where(waiting)).scalar_one()
        return Overview(**{name: int(value or 0) for name, value in row._mapping.items()}, deferrals=int(deferrals))

    def figures(self, *, today: date, first: str = "", last: str = "9999-12") -> list[Figures]:
        """Area by trade by month of finding, from month `first` to `last` (2026-01); the trade is the firm's first."""
        closed, major = hazards.c.state == State.CLOSED.value, hazards.c.level == Level.MAJOR.value
        trade = func.coalesce(enterprise_trades.c.sector, "")
        statement = (
            select(
                enterprises.c.community,
                trade.label("trade"),
                hazards.c.month_found.label("month"),
                func.count().label("found"),
                func.sum(case((major, 1), else_=0)).label("major"),
                func.sum(case((closed, 1), else_=0)).label("closed"),
                func.sum(case((_overdue(today), 1), else_=0)).label("overdue"),
                func.sum(func.coalesce(hazards.c.days_open, 0)).label("days"),
            )
            .select_from(hazards.join(enterprises, _FIRM).outerjoin(enterprise_trades, _first_trade()))
            .where(
                hazards.c.zone_id == self.zone_id,
                hazards.c.state != State.WITHDRAWN.value,
                hazards.c.month_found.between(first, last),
            )
            .group_by(enterprises.c.community, trade, hazards.c.month_found)
        )
        rows: list[dict[str, Any]] = [
            {k: v if isinstance(v, str) else int(v) for k, v in row.items()}
            for row in self.connection.execute(statement).mappings()
        ]
        found = [Figures(**{**row, "open": row["found"] - row["closed"]}) for row in rows]
        return sorted(found, key=lambda f: (f.community, f.trade, f.month))

    def closed_by_month(self) -> dict[str, int]:
        """How many hazards that are closed now were closed in each month (2026-03)."""
        closed = (hazards.c.zone_id == self.zone_id) & (hazards.c.state == State.CLOSED.value)
        statement = select(hazards.c.month_closed, func.count()).where(closed, hazards.c.month_closed.is_not(None))
        rows = self.connection.execute(statement.group_by(hazards.c.month_closed))
        return {month: int(number) for month, number in rows}

    def major_figures(self, *, today: date) -> MajorFigures:
        """What the plan's targets are read against; `today` is the day in Shanghai."""
        midnight = datetime.combine(STOCK_UNTIL + timedelta(days=1), datetime.min.time(), tzinfo=SHANGHAI)
        major = (hazards.c.zone_id == self.zone_id) & (hazards.c.level == Level.MAJOR.value)
        unfinished = and_(major, hazards.c.state.in_(_OPEN))
        told = exists().where(
            hazard_notices.c.zone_id == hazards.c.zone_id,
            hazard_notices.c.hazard_id == hazards.c.id,
            hazard_notices.c.life == hazards.c.life,
            hazard_notices.c.received_at.is_(None),
        )
        return MajorFigures(
            stock=self._number(unfinished, hazards.c.found_at < midnight),
            open=self._number(unfinished),
            overdue=self._number(unfinished, _overdue(today)),
            unnotified=self._number(unfinished, told),
            by_quarter=self._by_quarter(major),
        )

    def _by_quarter(self, major: ColumnElement[bool]) -> dict[str, int]:
        statement = (
            select(hazards.c.month_found, func.count())
            .where(major, hazards.c.state != State.WITHDRAWN.value)
            .group_by(hazards.c.month_found)
            .order_by(hazards.c.month_found)
        )
        quarters: dict[str, int] = {}
        for month, number in self.connection.execute(statement):
            quarter = f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"
            quarters[quarter] = quarters.get(quarter, 0) + int(number)
        return quarters

    def _number(self, *conditions: ColumnElement[bool]) -> int:
        return int(self.connection.execute(select(func.count()).select_from(hazards).where(*conditions)).scalar_one())

    def _matching(self, wanted: LedgerFilter, *columns: Any) -> Select[Any]:
        named = wanted.community is not None or (wanted.words and not wanted.number)
        source = hazards.join(enterprises, _FIRM) if named else hazards
        return select(*columns).select_from(source).where(hazards.c.zone_id == self.zone_id, *_conditions(wanted))


def _conditions(wanted: LedgerFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.states and wanted.states != frozenset(State):
        yield hazards.c.state.in_(sorted(s.value for s in wanted.states))
    for column, value in (
        (hazards.c.enterprise_id, wanted.enterprise_id),
        (hazards.c.department_id, wanted.department_id),
        (enterprises.c.community, wanted.community),
        (hazards.c.level, wanted.level),
        (hazards.c.source, wanted.source),
    ):
        if value is not None:
            yield column == value
    if wanted.trade is not None:
        yield exists().where(
            enterprise_trades.c.zone_id == hazards.c.zone_id,
            enterprise_trades.c.enterprise_id == hazards.c.enterprise_id,
            enterprise_trades.c.sector == wanted.trade,
        )
    if wanted.listed is not None:
        yield hazards.c.listed_at.is_not(None) if wanted.listed else hazards.c.listed_at.is_(None)
    if wanted.overdue_on is not None:
        yield _overdue(wanted.overdue_on)
    yield from _worded(wanted)


def _worded(wanted: LedgerFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.number:
        yield and_(hazards.c.year == wanted.number[0], hazards.c.sequence == wanted.number[1])
        return
    for piece in wanted.pieces:
        pattern = f"%{piece.replace('|', '||').replace('%', '|%').replace('_', '|_')}%"
        yield or_(*(column.ilike(pattern, escape="|") for column in _SEARCHED))


def _behind(place: Place) -> ColumnElement[bool]:
    deadline, later = hazards.c.deadline, hazards.c.year > place.year
    number = or_(later, and_(hazards.c.year == place.year, hazards.c.sequence > place.sequence))
    if place.deadline is None:
        return or_(deadline.is_not(None), and_(deadline.is_(None), number))
    return or_(deadline > place.deadline, and_(deadline == place.deadline, number))


def _overdue(today: date) -> ColumnElement[bool]:
    return and_(hazards.c.state.in_(_UNFIXED), hazards.c.deadline < today)


def _first_trade() -> ColumnElement[bool]:
    c = enterprise_trades.c
    return and_(c.zone_id == hazards.c.zone_id, c.enterprise_id == hazards.c.enterprise_id, c.place == 0)
