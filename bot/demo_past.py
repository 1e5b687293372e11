"""What has happened at a sample firm before the page opens: by the same rules and handlers as when people press."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from checklists.enterprises import Enterprise
from checklists.inspections import Answer, Inspection
from checklists.people import Person
from checklists.profiles import questions_for_profile
from handlers import hazards
from handlers.arrangements import missing_values, proposal_for
from handlers.duties import period_for, plan_enterprises
from handlers.replies import pack
from handlers.routing import Request
from handlers.services import Services
from handlers.standards import checklist_for
from handlers.submitting import submit
from handlers.summaries import seal
from handlers.walking import walk_of
from handlers.words import SHANGHAI
from storage.transaction import Transaction
from storage.zones import Zone

_BETWEEN_ANSWERS = timedelta(seconds=75)


@dataclass(frozen=True, slots=True)
class Past:
    """The firm's principal, acting until `now`."""

    tx: Transaction
    services: Services
    enterprise_id: int
    telegram_id: int
    now: datetime

    def fill_in_profile(self, has: Collection[str]) -> None:
        """Say yes to these traits and no to everything else that is asked."""
        known: dict[str, bool] = {}
        while questions := questions_for_profile(self._enterprise.trades, known, on=_day(self.now)):
            known.update({question.id: question.id in has for question in questions})
        for trait, present in known.items():
            self.tx.enterprises.set_trait(self.enterprise_id, trait, present, by=self._principal.id, at=self.now)
        self.tx.enterprises.profiled(self.enterprise_id, at=self.now)

    def miss_last_quarter(self) -> None:
        """Owe the inspection of the quarter before, as a firm that was in the zone then and did nothing."""
        today = _day(self.now)
        last_day = date(today.year, today.month - (today.month - 1) % 3, 1) - timedelta(days=1)
        at = datetime.combine(last_day, time(12), SHANGHAI)
        plan_enterprises(self.tx, self._zone, [self.enterprise_id], now=at)

    def answer(self, number: int) -> None:
        """Begin an inspection and answer so many questions with 合格."""
        run = self._begin(self.now)
        for item in range(min(number, len(run.progress))):
            run = self.tx.inspections.answer(run, item, Answer.GOOD, by=self._principal.id, at=self.now)

    def submit(self, found: Mapping[str, str]) -> None:
        """A whole inspection up to its record; `found` are hazards in words by criterion."""
        run = self._begin(self._morning())
        at = run.started_at
        for item in range(len(run.progress)):
            at += _BETWEEN_ANSWERS
            words = found.get(walk_of(self.tx, run.id).item(item).id)
            if words is None:
                run = self.tx.inspections.answer(run, item, Answer.GOOD, by=self._principal.id, at=at)
            else:
                run = self._find(run, item, words, at)
        name = self._principal.name
        self.tx.inspections.name_participants(run.id, led_by=name, participants=name)
        led = walk_of(self.tx, run.id).inspection
        submit(self._request(at + _BETWEEN_ANSWERS, pack(run.id), seal(led)))

    def _find(self, run: Inspection, item: int, words: str, at: datetime) -> Inspection:
        request = self._request(at)
        by = self._principal.id
        hazards.open_at(request, walk_of(self.tx, run.id), item)
        hazard = self.tx.hazards.at_item(run.id, item)
        assert hazard is not None
        hazard = self.tx.hazards.describe(hazard, words, by=by, at=at)
        hazard = self.tx.hazards.confirm_level(hazard, hazard.level, by=by, at=at)
        values = missing_values(hazard, proposal_for(request, hazard))
        self.tx.hazards.arrange(hazard, values, by=by, at=at)
        return walk_of(self.tx, run.id).inspection

    def _begin(self, at: datetime) -> Inspection:
        checklist = checklist_for(self.tx, self._enterprise, _day(at))
        return self.tx.inspections.start(
            enterprise_id=self.enterprise_id,
            period=self._period(at),
            checklist=checklist.to_json(),
            items=len(checklist),
            by=self._principal.id,
            at=at,
        )

    def _morning(self) -> datetime:
        """Half past nine yesterday; early in a period, when that would belong to the one before, two hours ago."""
        yesterday = datetime.combine(_day(self.now) - timedelta(days=1), time(9, 30), SHANGHAI)
        same = self._period(yesterday) == self._period(self.now)
        return yesterday.astimezone(UTC) if same else self.now - timedelta(hours=2)

    def _period(self, at: datetime) -> str:
        return period_for(self.tx, self._zone, self._enterprise, _day(at))

    def _request(self, at: datetime, *arguments: str) -> Request:
        return Request(
            tx=self.tx,
            zone=self._zone,
            services=self.services,
            now=at,
            chat_id=self.telegram_id,
            telegram_id=self.telegram_id,
            telegram_name=self._principal.name,
            person=self._principal,
            arguments=arguments,
            enterprise_id=self.enterprise_id,
        )

    @property
    def _zone(self) -> Zone:
        zone = self.tx.zones.current()
        assert zone is not None
        return zone

    @property
    def _enterprise(self) -> Enterprise:
        enterprise = self.tx.enterprises.get(self.enterprise_id)
        assert enterprise is not None
        return enterprise

    @property
    def _principal(self) -> Person:
        person = self.tx.people.by_telegram(self.telegram_id)
        assert person is not None
        return person


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
