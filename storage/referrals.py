"""Proposals on their way to the competent department: letters that went out, and what waits for one or an answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from checklists.hazard_records import OpenProposal, Proposal, ProposalMade, Referral
from checklists.hazards import State
from storage.hazard_tables import hazard_proposals, hazard_referrals
from storage.office_settings import ANSWER_DAYS
from storage.subject import Subject
from storage.tables import hazards
from storage.types import new_id

_PROPOSAL = [c for c in hazard_proposals.c if c.name != "zone_id"]
_REFERRAL = [c for c in hazard_referrals.c if c.name != "zone_id"]


class Referrals(Subject):
    """Rows are only added: a wrong entry is put right by a later one, which counts; the caller checks who may."""

    def record(self, proposal: ProposalMade, *, reference: str, sent_on: date, by: int, at: datetime) -> None:
        """Keep that the letter of this proposal went out, with its number and day."""
        row = {"proposal_id": proposal.id, "reference": reference, "sent_on": sent_on, "by": by, "at": at}
        self.insert_new(hazard_referrals, {"id": new_id(), **row})
        after = {"proposal": proposal.kind.value, "reference": reference, "sent_on": sent_on}
        hazard_id = proposal.hazard_id
        self.tx.trail.add("hazard_referred", subject="hazard", subject_id=hazard_id, person_id=by, at=at, after=after)

    def of_hazard(self, hazard_id: int) -> dict[int, Referral]:
        """What counts for each proposal of a hazard that was sent, by the proposal's id."""
        return self._last(hazard_proposals.c.hazard_id == hazard_id)

    def waiting(self, today: date) -> list[OpenProposal]:
        """Every proposal of the zone that was never sent or long not answered, oldest first; `today` in Shanghai.

        A hazard that was found in error asks for nothing any more.
        """
        days = self.tx.office_settings.figure(ANSWER_DAYS)
        unanswered = hazard_proposals.c.answered_at.is_(None)
        sent = self._last(unanswered)
        live = (hazards.c.zone_id == hazard_proposals.c.zone_id) & (hazards.c.id == hazard_proposals.c.hazard_id)
        statement = (
            self._proposals(unanswered)
            .join_from(hazard_proposals, hazards, live)
            .where(hazards.c.state != State.WITHDRAWN.value)
        )
        rows = self.connection.execute(statement.order_by(hazard_proposals.c.id)).mappings()
        found = (OpenProposal(made=_made(row), referral=sent.get(row["id"])) for row in rows)
        return [one for one in found if one.waits(today=today, days=days)]

    def _proposals(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(*_PROPOSAL).where(hazard_proposals.c.zone_id == self.zone_id, *conditions)

    def _last(self, *conditions: ColumnElement[bool]) -> dict[int, Referral]:
        ids = select(hazard_proposals.c.id).where(hazard_proposals.c.zone_id == self.zone_id, *conditions)
        mine = (hazard_referrals.c.zone_id == self.zone_id) & hazard_referrals.c.proposal_id.in_(ids)
        statement = select(*_REFERRAL).where(mine).order_by(hazard_referrals.c.at, hazard_referrals.c.id)
        rows: Sequence[Mapping[Any, Any]] = self.connection.execute(statement).mappings().all()
        return {row["proposal_id"]: Referral(**dict(row)) for row in rows}


def _made(row: Mapping[Any, Any]) -> ProposalMade:
    return ProposalMade(**{**row, "kind": Proposal(row["kind"])})
