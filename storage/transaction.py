"""What a unit of work sees: one class per subject over one connection and one zone."""

from functools import cached_property

from sqlalchemy import Connection

from storage.analyses import Analyses
from storage.analysis_meetings import AnalysisMeetings
from storage.attachments import Attachments
from storage.deliveries import Deliveries
from storage.departments import Departments
from storage.dialogs import Dialogs
from storage.doubts import Doubts
from storage.drafts import Drafts
from storage.draws import Draws
from storage.duties import Duties
from storage.enterprises import Enterprises
from storage.experts import Experts
from storage.hazard_life import HazardLife
from storage.hazard_records import HazardRecords
from storage.hazard_statistics import HazardStatistics
from storage.hazards import Hazards
from storage.inspections import Inspections
from storage.invitations import Invitations
from storage.ledger import Ledger
from storage.major_reports import MajorReports
from storage.notes import Notes
from storage.office_settings import OfficeSettings
from storage.official_inspections import OfficialInspections
from storage.people import People
from storage.quizzes import Quizzes
from storage.ratings import Ratings
from storage.referrals import Referrals
from storage.reports import Reports
from storage.risk_coverage import RiskCoverage
from storage.risk_cycles import RiskCycles
from storage.risk_points import RiskPoints
from storage.standards import Standards
from storage.trail import Trail
from storage.trail_checks import TrailChecks
from storage.updates import Updates
from storage.zones import Zones


class Transaction:
    """One transaction in one zone; units reach the tables only through these subjects."""

    def __init__(self, connection: Connection, zone_id: int) -> None:
        self.connection = connection
        self.zone_id = zone_id

    @cached_property
    def zones(self) -> Zones:
        return Zones(self)

    @cached_property
    def people(self) -> People:
        return People(self)

    @cached_property
    def enterprises(self) -> Enterprises:
        return Enterprises(self)

    @cached_property
    def standards(self) -> Standards:
        return Standards(self)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self)

    @cached_property
    def inspections(self) -> Inspections:
        return Inspections(self)

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self)

    @cached_property
    def hazards(self) -> Hazards:
        return Hazards(self)

    @cached_property
    def hazard_life(self) -> HazardLife:
        return HazardLife(self)

    @cached_property
    def hazard_records(self) -> HazardRecords:
        return HazardRecords(self)

    @cached_property
    def referrals(self) -> Referrals:
        return Referrals(self)

    @cached_property
    def hazard_statistics(self) -> HazardStatistics:
        return HazardStatistics(self)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self)

    @cached_property
    def major_reports(self) -> MajorReports:
        return MajorReports(self)

    @cached_property
    def analyses(self) -> Analyses:
        return Analyses(self)

    @cached_property
    def analysis_meetings(self) -> AnalysisMeetings:
        return AnalysisMeetings(self)

    @cached_property
    def doubts(self) -> Doubts:
        return Doubts(self)

    @cached_property
    def official_inspections(self) -> OfficialInspections:
        return OfficialInspections(self)

    @cached_property
    def experts(self) -> Experts:
        return Experts(self)

    @cached_property
    def draws(self) -> Draws:
        return Draws(self)

    @cached_property
    def risk_coverage(self) -> RiskCoverage:
        return RiskCoverage(self)

    @cached_property
    def risk_cycles(self) -> RiskCycles:
        return RiskCycles(self)

    @cached_property
    def risk_points(self) -> RiskPoints:
        return RiskPoints(self)

    @cached_property
    def departments(self) -> Departments:
        return Departments(self)

    @cached_property
    def office_settings(self) -> OfficeSettings:
        return OfficeSettings(self)

    @cached_property
    def duties(self) -> Duties:
        return Duties(self)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self)

    @cached_property
    def quizzes(self) -> Quizzes:
        return Quizzes(self)

    @cached_property
    def dialogs(self) -> Dialogs:
        return Dialogs(self)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self)

    @cached_property
    def updates(self) -> Updates:
        return Updates(self)

    @cached_property
    def trail(self) -> Trail:
        return Trail(self)

    @cached_property
    def trail_checks(self) -> TrailChecks:
        return TrailChecks(self)
