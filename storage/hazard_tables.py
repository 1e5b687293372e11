"""The schema of the hazard ledger: what happens to a hazard beside its row, who is in charge, and where risks are."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables import belongs_to, metadata, zone_column
from storage.types import Id, UtcDateTime

# The departments (科室) with the duty to supervise trades; one that was dissolved keeps its row.
departments = Table(
    "departments",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("name", String(100), nullable=False),
    Column("founded_at", UtcDateTime, nullable=False),
    Column("dissolved_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
)

department_trades = Table(
    "department_trades",
    metadata,
    zone_column(),
    Column("department_id", Id, nullable=False),
    Column("trade", String(64), nullable=False),
    PrimaryKeyConstraint("zone_id", "department_id", "trade"),
    belongs_to("departments", "department_id"),
)

department_members = Table(
    "department_members",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("department_id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("departments", "department_id"),
    belongs_to("people", "person_id"),
    Index("ix_department_members_person", "zone_id", "person_id"),
)

# What the office decided for itself where plans name no figure (sampling rate, days of repetition).
office_settings = Table(
    "office_settings",
    metadata,
    zone_column(),
    Column("name", String(48), nullable=False),
    Column("value", String(200), nullable=False),
    Column("set_by", Id),
    Column("set_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "name"),
)

# Who must know of a hazard (告知、双报告) and when each confirmed; `how` is bot or paper.
hazard_notices = Table(
    "hazard_notices",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("recipient", String(24), nullable=False),
    Column("person_id", Id),
    Column("made_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime),
    Column("received_by", Id),
    Column("how", String(8), nullable=False, server_default=""),
    Column("note", String(300), nullable=False, server_default=""),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "hazard_id", "life", "recipient"),
    belongs_to("hazards", "hazard_id"),
)

hazard_reviews = Table(
    "hazard_reviews",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("on_site", Boolean, nullable=False),
    Column("words", String(500), nullable=False, server_default=""),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    Index("ix_hazard_reviews_hazard", "zone_id", "hazard_id"),
)

# Earlier lives of a hazard that was opened again, each with how it had ended.
hazard_lives = Table(
    "hazard_lives",
    metadata,
    zone_column(),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Id),
    Column("reviewed_by", Id),
    Column("handed_in_by", Id),
    Column("opened_again_by", Id, nullable=False),
    Column("opened_again_at", UtcDateTime, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("fake", Boolean, nullable=False),
    PrimaryKeyConstraint("zone_id", "hazard_id", "life"),
    belongs_to("hazards", "hazard_id"),
)

hazard_deferrals = Table(
    "hazard_deferrals",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("present", Date, nullable=False),
    Column("wanted", Date, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("granted", Boolean),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("decision", String(500), nullable=False, server_default=""),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    Index("ix_hazard_deferrals_hazard", "zone_id", "hazard_id"),
)

hazard_listings = Table(
    "hazard_listings",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("supervisor", String(100), nullable=False),
    Column("until", Date),
    Column("reason", String(500), nullable=False),
    Column("listed_by", Id, nullable=False),
    Column("listed_at", UtcDateTime, nullable=False),
    Column("unlisted_by", Id),
    Column("unlisted_at", UtcDateTime),
    Column("unlisted_reason", String(500), nullable=False, server_default=""),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    Index("ix_hazard_listings_hazard", "zone_id", "hazard_id"),
)

# Stop of use, closure and other measures that only the competent department may decide; here they are proposed.
hazard_proposals = Table(
    "hazard_proposals",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("basis", String(500), nullable=False),
    Column("to_whom", String(100), nullable=False),
    Column("proposed_by", Id, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("answer", String(500), nullable=False, server_default=""),
    Column("answered_by", Id),
    Column("answered_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    Index("ix_hazard_proposals_hazard", "zone_id", "hazard_id"),
)

# Steps of the plan's ladder (函告、通报、约谈、曝光…) that the office has taken.
hazard_escalations = Table(
    "hazard_escalations",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("rung", String(16), nullable=False),
    Column("note", String(500), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "hazard_id", "life", "rung"),
    belongs_to("hazards", "hazard_id"),
)

hazard_comments = Table(
    "hazard_comments",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("words", Text, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    Index("ix_hazard_comments_hazard", "zone_id", "hazard_id"),
)

# An inspection by the office; its findings are hazards that name it. Refusal to sign is kept in words.
official_inspections = Table(
    "official_inspections",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("mode", String(24), nullable=False),
    Column("inspectors", String(300), nullable=False, server_default=""),
    Column("present", String(100), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("started_by", Id, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("officer_signed_by", Id),
    Column("officer_signed_at", UtcDateTime),
    Column("firm_signed_by", Id),
    Column("firm_signed_at", UtcDateTime),
    Column("refusal", String(300), nullable=False, server_default=""),
    Column("finished_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("enterprises", "enterprise_id"),
    CheckConstraint("state IN ('running', 'finished', 'abandoned')", name="state"),
    Index("ix_official_inspections_enterprise", "zone_id", "enterprise_id", "started_at"),
)

# Risk points (风险点) with grade; one code each (一码一源). A retired one keeps its row and its code.
risk_points = Table(
    "risk_points",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("code", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("place", String(200), nullable=False, server_default=""),
    Column("grade", String(8), nullable=False),
    Column("responsible", String(100), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "code"),
    UniqueConstraint("zone_id", "enterprise_id", "number"),
    belongs_to("enterprises", "enterprise_id"),
)

risk_measures = Table(
    "risk_measures",
    metadata,
    zone_column(),
    Column("risk_point_id", Id, nullable=False),
    Column("place", Integer, nullable=False),
    Column("defence", String(16), nullable=False),
    Column("words", String(300), nullable=False),
    PrimaryKeyConstraint("zone_id", "risk_point_id", "place"),
    belongs_to("risk_points", "risk_point_id"),
)

risk_checks = Table(
    "risk_checks",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("risk_point_id", Id, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("words", String(500), nullable=False, server_default=""),
    Column("hazard_id", Id),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("risk_points", "risk_point_id"),
    ForeignKeyConstraint(["zone_id", "hazard_id"], ["hazards.zone_id", "hazards.id"]),
    Index("ix_risk_checks_point", "zone_id", "risk_point_id"),
)
