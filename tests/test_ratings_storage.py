"""Ratings against a slow reckoning by other ways, for one firm and for all, and what is kept once confirmed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from checklists.doubles import same_question
from checklists.hazard_guards import DoneAlready
from checklists.hazard_life import NotThisPersons
from checklists.hazard_records import Outcome
from checklists.hazards import Hazard, Level, Source, State
from checklists.ledger import LedgerFilter
from checklists.people import Role
from checklists.rating_facts import FirmYear, Gain, RatedHazard, facts_of
from checklists.rating_rules import Grade, GradesOutOfOrder, Item
from checklists.ratings import Rating, rate
from checklists.working_days import SHANGHAI
from storage.database import ZoneDatabase
from storage.office_settings import REPEAT_DAYS, FigureOutOfRange
from storage.ratings import NotThatYear, ObjectionRefused, RatingChanged, mark_of
from storage.transaction import Transaction
from tests.hazard_zone import HazardZone
from tests.post import at
from tests.rating_zone import NOW, TODAY, chance_zone

INSIDE = (Source.SELF_INSPECTION, Source.WORKER)


def day(moment: datetime | None) -> date | None:
    return moment.astimezone(SHANGHAI).date() if moment else None


class Slow:
    """The facts of a firm from every single row, by the ways that other screens use."""

    def __init__(self, tx: Transaction, year: int) -> None:
        self.tx, self.year = tx, year
        everything = LedgerFilter(states=frozenset(State))
        self.hazards = list(tx.ledger.every(everything))

    def rating(self, firm: int, since: date, last: date) -> Rating:
        rules = self.tx.ratings.rules()
        mine = [h for h in self.hazards if h.enterprise_id == firm]
        duties = self.tx.ratings.of_year(self.year, today=TODAY, firms=[firm])[firm].duties
        known = FirmYear(
            since=since,
            hazards=tuple(self.rated(h, mine) for h in mine),
            duties=duties,
            heard=self.gain(h for h in mine if h.source is Source.WORKER and h.level_confirmed_by),
            found=self.gain(h for h in mine if h.source is Source.SELF_INSPECTION and self.rated(h, mine).is_honest),
            has_register=bool(self.tx.risk_points.of_enterprise(firm)),
        )
        return rate(facts_of(known, rules, year=self.year, today=TODAY), rules, year=self.year, as_of=last)

    def gain(self, found: Iterator[Hazard]) -> Gain:
        days = [d for h in found if h.is_live and not h.fakes and (d := day(h.found_at)) and d.year == self.year]
        return Gain(count=len(days), first=min(days)) if days else Gain()

    def rated(self, hazard: Hazard, others: list[Hazard]) -> RatedHazard:
        reviews = [r for r in self.tx.hazard_records.reviews(hazard.id) if day(r.at).year == self.year]  # type: ignore[union-attr]
        sent_back = [r.at for r in reviews if r.outcome is Outcome.RETURNED]
        fakes = [r.at for r in reviews if r.outcome is Outcome.FAKE]
        notices = [n.made_at for n in self.tx.hazard_records.notices(hazard)]
        report = self.tx.major_reports.get(hazard)
        confirmed = hazard.level is Level.MAJOR and hazard.level_confirmed_by and notices
        found_on = day(hazard.found_at)
        assert found_on is not None
        return RatedHazard(
            id=hazard.id,
            number=(hazard.year, hazard.sequence),
            level=hazard.level,
            state=hazard.state,
            is_inside=hazard.source in INSIDE,
            found_on=found_on,
            deadline=hazard.arrangements.deadline,
            handed_in_on=day(hazard.handed_in_at),
            returns=len(sent_back),
            returned_on=day(max(sent_back)) if sent_back else None,
            fakes=len(fakes),
            faked_on=day(max(fakes)) if fakes else None,
            confirmed_on=day(min(notices)) if confirmed else None,
            reported_on=day(report.handed_in_at) if report else None,
            came_back=self.came_back(hazard, others),
            went_unfound=self.tx.doubts.missed(hazard) is not None,
        )

    def came_back(self, hazard: Hazard, others: list[Hazard]) -> bool:
        window = timedelta(days=self.tx.office_settings.figure(REPEAT_DAYS))
        return hazard.criterion_id is not None and any(
            other.id != hazard.id
            and other.is_live
            and other.source not in INSIDE
            and other.criterion_id in same_question(hazard.criterion_id or "")
            and other.closed_at is not None
            and other.closed_at <= hazard.found_at
            and hazard.found_at - window <= other.found_at < hazard.found_at
            for other in others
        )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("year", [2026, 2027])
async def test_one_firm_all_firms_and_a_slow_reckoning_agree(database: ZoneDatabase, seed: int, year: int) -> None:
    last = min(TODAY, date(year, 12, 31))

    def unit(tx: Transaction) -> tuple[dict[int, Rating], dict[int, Rating], dict[int, Rating]]:
        firms = chance_zone(tx, seed)
        every = tx.ratings.of_all(year, today=TODAY)
        single = {f: r for f in firms if (r := tx.ratings.of_firm(f, year, today=TODAY))}
        slow, since = Slow(tx, year), tx.ratings.of_year(year, today=TODAY)
        return every, single, {f: slow.rating(f, since[f].since, last) for f in every}

    every, single, slow = await database.write(unit)
    assert every == single
    for firm, rating in every.items():
        # a register that was given up after the year had still been there in it
        kept = [line for line in rating.lines if line.fact.item is not Item.REGISTER]
        assert kept == [line for line in slow[firm].lines if line.fact.item is not Item.REGISTER]
    assert any(rating.lines for rating in every.values())


async def test_every_item_occurs_in_the_zones_by_chance(database: ZoneDatabase) -> None:
    """Else the comparison above would prove nothing about some of them."""

    def unit(tx: Transaction) -> set[Item]:
        chance_zone(tx, 99, firms=12, each=30)
        return {line.fact.item for rating in tx.ratings.of_all(2026, today=TODAY).values() for line in rating.lines}

    assert await database.write(unit) == set(Item)


async def test_the_number_of_statements_does_not_grow_with_the_firms(database: ZoneDatabase) -> None:
    def statements(tx: Transaction, firms: int) -> int:
        chance_zone(tx, 5, firms=firms)
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(tx.connection, "before_cursor_execute", note)
        tx.ratings.of_all(2026, today=TODAY)
        event.remove(tx.connection, "before_cursor_execute", note)
        return len(seen)

    def unit(tx: Transaction) -> int:
        return statements(tx, 12)

    assert await database.write(unit) <= 13


@pytest.fixture
async def town(database: ZoneDatabase) -> HazardZone:
    """A firm with a hazard that is overdue since the summer, one year later."""
    zone = HazardZone()

    def unit(tx: Transaction) -> None:
        zone.found(tx, at=at(date(2026, 1, 4), 9))
        hazard = zone.rectifying(tx, by="赵监管", source=Source.OFFICIAL_INSPECTION, at=at(date(2026, 5, 4), 9))
        assert hazard.arrangements.deadline == date(2026, 12, 7)

    await database.write(unit)
    return zone


def who(zone: HazardZone, name: str = "赵监管", when: datetime = NOW) -> dict[str, Any]:
    return {"by": zone.people[name], "at": when}


def confirm(tx: Transaction, zone: HazardZone, **more: Any) -> Any:
    rating = tx.ratings.of_firm(zone.enterprise_id, 2026, today=TODAY)
    assert rating is not None
    return tx.ratings.confirm(zone.enterprise_id, 2026, rating.mark, **{**who(zone), **more})


async def test_what_was_confirmed_stays_whatever_changes_after(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        kept = confirm(tx, town)
        assert (kept.edition, kept.rating.score, kept.rating.grade) == (1, 89, Grade.GOOD)
        assert [(line.fact.item, line.fact.days, line.points) for line in kept.rating.lines] == [
            (Item.OVERDUE, 24, -6),
            (Item.REGISTER, 0, -5),
        ]
        tx.ratings.set_rule("rating_points_overdue", 0, **who(town, "孙科长"))
        now = tx.ratings.of_firm(town.enterprise_id, 2026, today=TODAY)
        assert now is not None
        assert now.score == 95
        latest = tx.ratings.latest(town.enterprise_id, 2026)
        assert latest is not None
        assert latest.rating == kept.rating
        assert tx.ratings.standing(2026, now=NOW).firms == [(town.enterprise_id, 89, Grade.GOOD, True)]

    await database.write(unit)


async def test_only_the_last_year_is_confirmed_once_and_as_it_was_shown(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        rating = tx.ratings.of_firm(town.enterprise_id, 2026, today=TODAY)
        assert rating is not None
        with pytest.raises(RatingChanged):
            tx.ratings.confirm(town.enterprise_id, 2026, rating.mark + 1, **who(town))
        for year in (2025, 2027):
            with pytest.raises(NotThatYear):
                tx.ratings.confirm(town.enterprise_id, year, rating.mark, **who(town))
        with pytest.raises(NotThatYear):
            confirm(tx, town, at=at(date(2026, 12, 31), 23, 59))
        confirm(tx, town)
        with pytest.raises(DoneAlready):
            confirm(tx, town)
        assert tx.ratings.waiting(2026, [town.enterprise_id], by=town.people["赵监管"]) == []

    await database.write(unit)


async def test_nobody_confirms_or_decides_for_his_own_firm(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        tx.people.assign(town.people["孙科长"], Role.DEPUTY, enterprise_id=town.enterprise_id, at=NOW, by=None)
        with pytest.raises(NotThisPersons):
            confirm(tx, town, by=town.people["孙科长"])
        assert tx.ratings.waiting(2026, [town.enterprise_id], by=town.people["孙科长"]) == []
        everything = tx.ratings.of_all(2026, today=TODAY)
        with pytest.raises(RatingChanged):
            tx.ratings.confirm_some(2026, mark_of(everything), everything, **who(town, "孙科长"))
        kept = confirm(tx, town)
        tx.ratings.object(kept.id, "不对", **who(town, "王厂长"))
        with pytest.raises(NotThisPersons):
            tx.ratings.decide(kept.id, "维持", **who(town, "孙科长"))

    await database.write(unit)


async def test_all_are_confirmed_in_portions_as_they_were_shown(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        chance_zone(tx, 3)
        everything = tx.ratings.of_all(2026, today=TODAY)
        first, rest = sorted(everything)[:4], sorted(everything)[4:]
        some = tx.ratings.of_some(2026, first, today=TODAY)
        assert some == {firm: everything[firm] for firm in first}
        with pytest.raises(RatingChanged):
            tx.ratings.confirm_some(2026, mark_of(some) + 1, some, **who(town))
        assert [one.enterprise_id for one in tx.ratings.confirm_some(2026, mark_of(some), some, **who(town))] == first
        with pytest.raises(RatingChanged):  # the same press again
            tx.ratings.confirm_some(2026, mark_of(some), some, **who(town))
        assert tx.ratings.waiting(2026, everything, by=town.people["赵监管"]) == rest
        others = {firm: everything[firm] for firm in rest}
        tx.ratings.confirm_some(2026, mark_of(others), others, **who(town))
        assert tx.ratings.confirmed_in(2026) == everything

    await database.write(unit)


async def test_an_objection_has_its_days_and_comes_once(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        kept = confirm(tx, town)
        assert kept.objection_until == date(2027, 2, 4)
        for words in ("", "  ", "字" * 501):
            with pytest.raises(ObjectionRefused):
                tx.ratings.object(kept.id, words, **who(town, "王厂长"))
        with pytest.raises(ObjectionRefused):
            tx.ratings.object(kept.id, "不对", **who(town, "王厂长", at(date(2027, 2, 5), 0, 0)))
        tx.ratings.object(kept.id, "不对", **who(town, "王厂长", at(date(2027, 2, 4), 23, 59)))
        with pytest.raises(DoneAlready):
            tx.ratings.object(kept.id, "还是不对", **who(town, "王厂长"))
        assert (tx.ratings.count_objections(), tx.ratings.objections()[0].objection) == (1, "不对")

    await database.write(unit)


async def test_an_answer_keeps_the_rating_or_makes_the_next_edition(database: ZoneDatabase, town: HazardZone) -> None:
    def unit(tx: Transaction) -> None:
        kept = confirm(tx, town)
        with pytest.raises(ObjectionRefused):
            tx.ratings.decide(kept.id, "维持", **who(town))
        tx.ratings.object(kept.id, "当天停电", **who(town, "王厂长"))
        changed = kept.rating.with_points(0, -2, "当天停电")
        second = tx.ratings.decide(kept.id, "查实，改", **who(town), instead=changed)
        assert (second.edition, second.rating.score) == (2, 93)
        assert tx.ratings.count_objections() == 0
        for instead in (None, changed):
            with pytest.raises(DoneAlready):
                tx.ratings.decide(kept.id, "再改", **who(town), instead=instead)
        with pytest.raises(DoneAlready):
            tx.ratings.object(kept.id, "晚了", **who(town, "王厂长"))
        tx.ratings.object(second.id, "还是不对", **who(town, "王厂长"))
        stays = tx.ratings.decide(second.id, "已经改过了", **who(town))
        assert (stays.id, stays.decision) == (second.id, "已经改过了")
        assert [e.edition for e in tx.ratings.editions(town.enterprise_id, 2026)] == [1, 2]
        assert [e.what for e in tx.trail.of("rating", kept.id)] == [
            "rating_confirmed",
            "rating_objected",
            "rating_decided",
        ]

    await database.write(unit)


async def test_the_rules_have_limits_and_an_order_and_go_back_to_their_defaults(
    database: ZoneDatabase, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        with pytest.raises(FigureOutOfRange):
            tx.ratings.set_rule("rating_points_fake", 51, **who(town))
        with pytest.raises(GradesOutOfOrder):
            tx.ratings.set_rule("rating_grade_good", 95, **who(town))
        tx.ratings.set_rule("rating_points_fake", 20, **who(town))
        tx.ratings.set_rule("rating_grade_good", 85, **who(town))
        rules = tx.ratings.rules()
        assert (rules.items[Item.FAKE].points, rules.begins[Grade.GOOD]) == (20, 85)
        assert tx.ratings.reset_rules(**who(town)) == 2
        assert tx.ratings.reset_rules(**who(town)) == 0
        assert tx.ratings.rules() == replace(rules, items=type(rules)().items, begins=type(rules)().begins)

    await database.write(unit)


async def test_a_tip_costs_what_a_finding_of_the_office_costs_and_reads_the_same(database: ZoneDatabase) -> None:
    zone = HazardZone()

    def bodies(tx: Transaction) -> list[list[dict[str, Any]]]:
        zone.found(tx, at=at(date(2026, 1, 4), 9))
        found: list[list[dict[str, Any]]] = []
        for number, source in enumerate((Source.OFFICIAL_INSPECTION, Source.TIP, Source.TRANSFER, Source.EXPERT)):
            firm = tx.enterprises.add(name=f"厂{number}", uscc=f"{number:018}", at=at(date(2026, 1, 4), 9))
            zone.enterprise_id = firm.id
            tx.people.assign(zone.people["王厂长"], Role.PRINCIPAL, enterprise_id=firm.id, at=NOW, by=None)
            for level in (Level.GENERAL, Level.MAJOR):
                zone.rectifying(tx, by="赵监管", source=source, level=level, at=at(date(2026, 5, 4), 9))
            rating = tx.ratings.of_firm(firm.id, 2026, today=TODAY)
            assert rating is not None
            lines = rating.to_body()["lines"]
            found.append([{k: v for k, v in line.items() if k not in ("hazard_id", "number")} for line in lines])
        return found

    official, *others = await database.write(bodies)
    assert {line["item"] for line in official} == {"overdue", "overdue_major", "register", "report"}
    assert others == [official] * 3
