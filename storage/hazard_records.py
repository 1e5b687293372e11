"""What is kept about hazards beside their own rows: notices with receipts, reviews, deferrals, listings and more."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, select

from checklists.hazard_records import (
    Comment,
    Deferral,
    Escalation,
    Life,
    Listing,
    Lowering,
    Notice,
    Outcome,
    Proposal,
    ProposalMade,
    Receipt,
    Review,
)
from checklists.hazard_rules import NOTIFIED_ROLES, Recipient
from checklists.hazards import Hazard, Level
from storage.hazard_tables import (
    hazard_comments,
    hazard_deferrals,
    hazard_escalations,
    hazard_listings,
    hazard_lives,
    hazard_notices,
    hazard_proposals,
    hazard_reviews,
)
from storage.subject import Subject
from storage.types import new_id

Value = TypeVar("Value")
_LEVEL_EVENTS = frozenset({"hazard_confirmed", "hazard_lowered", "hazard_regraded"})


class HazardRecords(Subject):
    """Rows are only added or completed, never taken away; who may do so is checked in storage.hazard_life."""

    def notify(self, hazard: Hazard, recipients: Iterable[Recipient], *, at: datetime) -> None:
        """Make the notices of this life that are not there yet, to whoever holds each position now."""
        for recipient in recipients:
            role = NOTIFIED_ROLES.get(recipient)
            holders = self.tx.people.with_role(role, enterprise_id=hazard.enterprise_id) if role else []
            row = {"hazard_id": hazard.id, "life": hazard.life, "recipient": recipient.value, "made_at": at}
            person_id = holders[0].id if holders else None
            self.insert_new(hazard_notices, {"id": new_id(), "person_id": person_id, **row})

    def notices(self, hazard: Hazard) -> list[Notice]:
        """The notices of the present life in the order of recipients."""
        found = self._of(hazard_notices, Notice, hazard.id, hazard_notices.c.life == hazard.life)
        return sorted(found, key=lambda n: list(Recipient).index(n.recipient))

    def notices_waiting(self, person_id: int) -> list[Notice]:
        """What this person has still to confirm, oldest first."""
        mine = (hazard_notices.c.person_id == person_id) & hazard_notices.c.received_at.is_(None)
        return self._read(hazard_notices, Notice, mine)

    def receive(self, notice: Notice, *, by: int, at: datetime, how: Receipt, note: str = "") -> bool:
        """A recipient confirmed; False if that was known already."""
        changed = self.connection.execute(
            hazard_notices.update()
            .where(
                hazard_notices.c.zone_id == self.zone_id,
                hazard_notices.c.id == notice.id,
                hazard_notices.c.received_at.is_(None),
            )
            .values(received_at=at, received_by=by, how=how.value, note=note[:300])
        )
        if changed.rowcount:
            after = {"recipient": notice.recipient.value, "how": how.value, "note": note}
            self._note("hazard_notice_received", notice.hazard_id, by=by, at=at, after=after)
        return changed.rowcount == 1

    def add_review(
        self, hazard: Hazard, outcome: Outcome, *, words: str, by: int, at: datetime, on_site: bool = False
    ) -> None:
        """Keep a judgement on the present round."""
        row = {"life": hazard.life, "round": hazard.round, "outcome": outcome.value, "on_site": on_site}
        self._add(hazard_reviews, hazard_id=hazard.id, words=words[:500], by=by, at=at, **row)

    def reviews(self, hazard_id: int) -> list[Review]:
        """All judgements, oldest first."""
        return self._of(hazard_reviews, Review, hazard_id)

    def add_deferral(self, hazard: Hazard, wanted: date, *, reason: str, by: int, at: datetime) -> None:
        """Keep a request for a later deadline."""
        present = hazard.arrangements.deadline
        row = {"present": present, "wanted": wanted, "reason": reason[:500], "asked_by": by, "asked_at": at}
        self._add(hazard_deferrals, hazard_id=hazard.id, **row)

    def decide_deferral(self, deferral: Deferral, granted: bool, *, words: str, by: int, at: datetime) -> None:
        """Answer a request for a later deadline."""
        values = {"granted": granted, "decided_by": by, "decided_at": at, "decision": words[:500]}
        self._complete(hazard_deferrals, deferral.id, values)

    def deferrals(self, hazard_id: int) -> list[Deferral]:
        """All requests for a later deadline, oldest first."""
        return self._of(hazard_deferrals, Deferral, hazard_id)

    def deferral_waiting(self, hazard_id: int) -> Deferral | None:
        """The request that is not decided yet."""
        return next((d for d in self.deferrals(hazard_id) if d.granted is None), None)

    def deferrals_waiting(self) -> list[Deferral]:
        """Every request of the zone that is not decided yet, oldest first."""
        return self._read(hazard_deferrals, Deferral, hazard_deferrals.c.granted.is_(None))

    def add_listing(
        self, hazard: Hazard, *, supervisor: str, until: date | None, reason: str, by: int, at: datetime
    ) -> None:
        """Keep that the hazard was put under listed supervision."""
        row = {"supervisor": supervisor[:100], "until": until, "reason": reason[:500], "listed_by": by, "listed_at": at}
        self._add(hazard_listings, hazard_id=hazard.id, **row)

    def end_listing(self, hazard_id: int, *, reason: str, by: int, at: datetime) -> None:
        """Keep that the listed supervision ended."""
        values = {"unlisted_by": by, "unlisted_at": at, "unlisted_reason": reason[:500]}
        for listing in self.listings(hazard_id):
            if listing.unlisted_at is None:
                self._complete(hazard_listings, listing.id, values)

    def listings(self, hazard_id: int) -> list[Listing]:
        """Every time it was under listed supervision, oldest first."""
        return self._of(hazard_listings, Listing, hazard_id)

    def add_proposal(self, hazard: Hazard, kind: Proposal, *, basis: str, to_whom: str, by: int, at: datetime) -> None:
        """Keep a proposal to the competent department."""
        row = {"kind": kind.value, "basis": basis[:500], "to_whom": to_whom[:100], "proposed_by": by, "proposed_at": at}
        self._add(hazard_proposals, hazard_id=hazard.id, **row)

    def answer_proposal(self, proposal: ProposalMade, answer: str, *, by: int, at: datetime) -> None:
        """Keep what the competent department decided."""
        values = {"answer": answer[:500], "answered_by": by, "answered_at": at}
        self._complete(hazard_proposals, proposal.id, values)
        after = {"proposal": proposal.kind.value, "answer": answer}
        self._note("hazard_proposal_answered", proposal.hazard_id, by=by, at=at, after=after)

    def proposals(self, hazard_id: int) -> list[ProposalMade]:
        """All proposals about a hazard, oldest first."""
        return self._of(hazard_proposals, ProposalMade, hazard_id)

    def add_escalation(self, hazard: Hazard, rung: str, *, note: str, by: int, at: datetime) -> None:
        """Keep that a step of the ladder was taken."""
        self._add(hazard_escalations, hazard_id=hazard.id, life=hazard.life, rung=rung, note=note[:500], by=by, at=at)

    def escalations(self, hazard: Hazard) -> list[Escalation]:
        """The steps of the ladder taken in the present life, oldest first."""
        return self._of(hazard_escalations, Escalation, hazard.id, hazard_escalations.c.life == hazard.life)

    def lowered(self, hazard_id: int, reason: str, *, by: int, at: datetime) -> None:
        """Keep why the firm called general what the criterion proposes as major."""
        self._note("hazard_lowered", hazard_id, by=by, at=at, after={"reason": reason[:500]})

    def lowering(self, hazard: Hazard) -> Lowering | None:
        """Why the present level lies below what the criterion proposes; None where nobody of the firm lowered it."""
        said = [e for e in self.tx.trail.of("hazard", hazard.id) if e.what in _LEVEL_EVENTS]
        if hazard.level is Level.MAJOR or not said or said[-1].what != "hazard_lowered":
            return None
        event = said[-1]
        assert event.person_id is not None
        return Lowering(by=event.person_id, at=event.at, reason=event.body["after"]["reason"])

    def comment(self, hazard_id: int, words: str, *, by: int, at: datetime) -> None:
        """Add words of the office."""
        self._add(hazard_comments, hazard_id=hazard_id, words=words[:2000], by=by, at=at)
        self._note("hazard_commented", hazard_id, by=by, at=at, after={"words": words[:2000]})

    def comments(self, hazard_id: int) -> list[Comment]:
        """The words of the office about a hazard, oldest first."""
        return self._of(hazard_comments, Comment, hazard_id)

    def end_life(self, hazard: Hazard, *, reason: str, fake: bool, by: int, at: datetime) -> None:
        """Keep how the present life had ended, before the next begins."""
        names = ("closed_at", "closed_by", "reviewed_by", "handed_in_by")
        row = {name: getattr(hazard, name) for name in names}
        again = {"opened_again_by": by, "opened_again_at": at, "reason": reason[:300], "fake": fake}
        self.insert_new(hazard_lives, {"hazard_id": hazard.id, "life": hazard.life, **row, **again})

    def lives(self, hazard_id: int) -> list[Life]:
        """The earlier lives of a hazard, the first one first."""
        mine = (hazard_lives.c.zone_id == self.zone_id) & (hazard_lives.c.hazard_id == hazard_id)
        rows = self.connection.execute(select(hazard_lives).where(mine).order_by(hazard_lives.c.life))
        return [_value(Life, row._mapping) for row in rows]

    def _add(self, table: Table, **values: Any) -> None:
        self.insert_new(table, {"id": new_id(), **values})

    def _complete(self, table: Table, row_id: int, values: dict[str, Any]) -> None:
        self.connection.execute(
            table.update().where(table.c.zone_id == self.zone_id, table.c.id == row_id).values(**values)
        )

    def _of(self, table: Table, kind: type[Value], hazard_id: int, *conditions: ColumnElement[bool]) -> list[Value]:
        return self._read(table, kind, table.c.hazard_id == hazard_id, *conditions)

    def _read(self, table: Table, kind: type[Value], *conditions: ColumnElement[bool]) -> list[Value]:
        statement = select(table).where(table.c.zone_id == self.zone_id, *conditions).order_by(table.c.id)
        return [_value(kind, row._mapping) for row in self.connection.execute(statement)]

    def _note(self, what: str, hazard_id: int, *, by: int, at: datetime, after: object) -> None:
        self.tx.trail.add(what, subject="hazard", subject_id=hazard_id, person_id=by, at=at, after=after)


_ENUMS: dict[str, Any] = {"recipient": Recipient, "outcome": Outcome, "kind": Proposal}


def _value(kind: type[Value], row: Any) -> Value:
    names: Sequence[str] = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    return kind(**{n: _ENUMS[n](row[n]) if n in _ENUMS else row[n] for n in names})
