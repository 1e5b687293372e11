"""Reading the ledger: filtered pages by deadline, search in Chinese, figures by area, trade and month."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from checklists.hazards import OPEN_STATES, Hazard, Level, State
from checklists.ledger import STOCK_UNTIL, Figures, LedgerFilter, MajorFigures, Overview, Page, Place
from checklists.working_days import SHANGHAI
from storage.escalating import with_ladder
from storage.hazard_tables import hazard_deferrals, hazard_notices
from storage.hazards import COLUMNS, hazard_of
from storage.ledger_conditions import in_states, matching, overdue
from storage.ledger_pages import count_of, page_of
from storage.subject import Subject
from storage.tables import enterprise_trades, enterprises, hazards

_OPEN = sorted(s.value for s in OPEN_STATES)
_LIVE = sorted(s.value for s in State if s is not State.WITHDRAWN)
_FIRM = (enterprises.c.zone_id == hazards.c.zone_id) & (enterprises.c.id == hazards.c.enterprise_id)
_AT_ONCE = 1000


class Ledger(Subject):
    """The list of hazards as the office looks at it; nothing here changes anything."""

    def page(self, wanted: LedgerFilter, *, after: Place | None = None, limit: int = 20) -> Page:
        """One page by deadline, those without one first; the same answers on both databases."""
        wanted = with_ladder(self.tx, wanted)
        found = page_of(self.connection, self.zone_id, wanted, after=after, limit=limit + 1)
        more = len(found) > limit
        return Page(hazards=tuple(found[:limit]), following=Place.of(found[limit - 1]) if more else None)

    def count(self, wanted: LedgerFilter) -> int:
        """How many hazards the filter leaves."""
        return count_of(self.connection, self.zone_id, with_ladder(self.tx, wanted))

    def every(self, wanted: LedgerFilter) -> Iterator[Hazard]:
        """All of them by number, read in small portions: for exports of any length."""
        chosen = select(*COLUMNS).where(*self._conditions(wanted), *in_states(wanted))
        statement = chosen.order_by(hazards.c.year, hazards.c.sequence)
        for row in self.connection.execute(statement, execution_options={"yield_per": _AT_ONCE}):
            yield hazard_of(row._mapping)

    def closings(self) -> Iterator[Any]:
        """Firm, criterion and when it was found and closed, of every closed hazard with a criterion."""
        c = hazards.c
        statement = select(c.enterprise_id, c.criterion_id, c.found_at, c.closed_at).where(
            c.zone_id == self.zone_id,
            c.closed_at.is_not(None),
            c.criterion_id.is_not(None),
            c.state != State.WITHDRAWN.value,
        )
        yield from self.connection.execute(statement, execution_options={"yield_per": _AT_ONCE})

    def communities(self) -> list[str]:
        """The communities that have hazards, in their order."""
        named = (enterprises.c.zone_id == self.zone_id) & (enterprises.c.community != "")
        statement = select(enterprises.c.community).where(
            named, exists().where(hazards.c.zone_id == self.zone_id, _FIRM)
        )
        return list(self.connection.execute(statement.distinct().order_by(enterprises.c.community)).scalars())

    def overview(self, *, today: date) -> Overview:
        """What waits for the office; `today` is the day in Shanghai."""
        tallies = {tally.state: tally for tally in self._tallies(_OPEN, today)}

        def of(*states: State) -> int:
            return sum(tallies[state].found for state in states if state in tallies)

        proposals = self.tx.referrals.waiting(today)
        unsent = sum(one.referral is None for one in proposals)
        waiting = (hazard_deferrals.c.zone_id == self.zone_id) & hazard_deferrals.c.granted.is_(None)
        return Overview(
            open=of(*OPEN_STATES),
            major=sum(tally.major for tally in tallies.values()),
            overdue=sum(tally.overdue for tally in tallies.values()),
            listed=sum(tally.listed for tally in tallies.values()),
            to_confirm=of(State.FOUND),
            to_review=of(State.HANDED_IN, State.FIXED_ON_SPOT),
            to_close=of(State.REVIEWED),
            deferrals=int(self.connection.execute(select(func.count()).where(waiting)).scalar_one()),
            unreported=self.count(LedgerFilter(unreported=True)),
            rungs=self.count(LedgerFilter(rung_due_on=today)),
            unsent=unsent,
            unanswered=len(proposals) - unsent,
        )

    def totals(self, *, today: date) -> Figures:
        """All hazards of the zone added up, as `total(figures())`, much sooner."""
        tallies = self._tallies(_LIVE, today)
        closed = sum(tally.found for tally in tallies if tally.state == State.CLOSED)
        found = sum(tally.found for tally in tallies)
        return Figures(
            community="",
            trade="",
            month="",
            found=found,
            major=sum(tally.major for tally in tallies),
            closed=closed,
            open=found - closed,
            overdue=sum(tally.overdue for tally in tallies),
            days=sum(int(tally.days or 0) for tally in tallies),
        )

    def _tallies(self, states: list[str], today: date) -> Sequence[Any]:
        """Counts for each state, read from the index alone."""
        return self.connection.execute(
            select(
                hazards.c.state,
                func.count().label("found"),
                func.count().filter(hazards.c.level == Level.MAJOR.value).label("major"),
                func.count().filter(overdue(today)).label("overdue"),
                func.count(hazards.c.listed_at).label("listed"),
                func.sum(hazards.c.days_open).label("days"),
            )
            .where(hazards.c.zone_id == self.zone_id, hazards.c.state.in_(states))
            .group_by(hazards.c.state)
        ).all()

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
                func.sum(case((overdue(today), 1), else_=0)).label("overdue"),
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
        row = self.connection.execute(
            select(
                func.count().label("open"),
                func.count().filter(hazards.c.found_at < midnight).label("stock"),
                func.count().filter(overdue(today)).label("overdue"),
                func.count().filter(_unarranged()).label("unarranged"),
            ).where(unfinished)
        ).one()
        return MajorFigures(
            **{name: int(value) for name, value in row._mapping.items()},
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

    def _conditions(self, wanted: LedgerFilter) -> list[ColumnElement[bool]]:
        return list(matching(with_ladder(self.tx, wanted), self.zone_id, self.connection.dialect.name))


def _unarranged() -> ColumnElement[bool]:
    return or_(func.trim(hazards.c.responsible) == "", hazards.c.deadline.is_(None))


def _first_trade() -> ColumnElement[bool]:
    c = enterprise_trades.c
    return and_(c.zone_id == hazards.c.zone_id, c.enterprise_id == hazards.c.enterprise_id, c.place == 0)
