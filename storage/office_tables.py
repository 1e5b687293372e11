"""The schema of the office's own side: departments, settings, its inspections and draws, risk points, ratings."""

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
    text,
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

# An inspection by the office; its findings are hazards that name it. Refusal to sign is kept in words, and who signed
# on paper by name.
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
    Column("paper_signer", String(100), nullable=False, server_default=""),
    Column("finished_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("enterprises", "enterprise_id"),
    CheckConstraint("state IN ('running', 'finished', 'abandoned')", name="state"),
    Index("ix_official_inspections_enterprise", "zone_id", "enterprise_id", "started_at"),
)

# A random draw of firms and inspectors (双随机): seed and pool stay, so that anybody can draw it again.
draws = Table(
    "draws",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("pool_words", String(300), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("pool", Text, nullable=False),
    Column("inspectors", Text, nullable=False),
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
)

drawn_enterprises = Table(
    "drawn_enterprises",
    metadata,
    zone_column(),
    Column("draw_id", Id, nullable=False),
    Column("place", Integer, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("first_inspector", Id, nullable=False),
    Column("second_inspector", Id),
    Column("official_inspection_id", Id),
    PrimaryKeyConstraint("zone_id", "draw_id", "place"),
    UniqueConstraint("zone_id", "draw_id", "enterprise_id"),
    belongs_to("draws", "draw_id"),
    belongs_to("enterprises", "enterprise_id"),
    ForeignKeyConstraint(
        ["zone_id", "official_inspection_id"], ["official_inspections.zone_id", "official_inspections.id"]
    ),
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
    Column("checked_on", Date),
    Column("assessed_on", Date),
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

# A point looked at anew (定期评估): the grade before and after, and why.
risk_assessments = Table(
    "risk_assessments",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("risk_point_id", Id, nullable=False),
    Column("before", String(8), nullable=False),
    Column("grade", String(8), nullable=False),
    Column("words", String(500), nullable=False, server_default=""),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("risk_points", "risk_point_id"),
    Index("ix_risk_assessments_point", "zone_id", "risk_point_id"),
)

# Experts who take part in an inspection of the office; one who was taken off keeps the row.
inspection_experts = Table(
    "inspection_experts",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("official_inspection_id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("added_by", Id, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("official_inspections", "official_inspection_id"),
    belongs_to("people", "person_id"),
    Index("ix_inspection_experts_inspection", "zone_id", "official_inspection_id"),
    Index("ix_inspection_experts_person", "zone_id", "person_id"),
)

# What the office knows of an expert: his kind, his trades (a JSON list of ids), and what he is good at.
expert_profiles = Table(
    "expert_profiles",
    metadata,
    zone_column(),
    Column("person_id", Id, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("trades", Text, nullable=False, server_default="[]"),
    Column("words", String(200), nullable=False, server_default=""),
    Column("set_by", Id, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "person_id"),
    belongs_to("people", "person_id"),
)

# One quiz of a person: the questions with what was answered, as JSON, and how it ended.
quizzes = Table(
    "quizzes",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("enterprise_id", Id),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("correct", Integer, nullable=False, server_default="0"),
    Column("passed", Boolean, nullable=False, server_default=text("false")),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("people", "person_id"),
    belongs_to("enterprises", "enterprise_id"),
    Index("ix_quizzes_person", "zone_id", "person_id", "kind"),
    Index("ix_quizzes_enterprise", "zone_id", "enterprise_id", "kind"),
)

# The rating of an enterprise for a year (年度考评): the points with their sources as JSON, as they were confirmed.
enterprise_ratings = Table(
    "enterprise_ratings",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("year", Integer, nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("score", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("confirmed_by", Id, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("objection", String(500), nullable=False, server_default=""),
    Column("objected_by", Id),
    Column("objected_at", UtcDateTime),
    Column("decision", String(500), nullable=False, server_default=""),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "enterprise_id", "year", "edition"),
    belongs_to("enterprises", "enterprise_id"),
    Index("ix_enterprise_ratings_year", "zone_id", "year"),
    Index(
        "ix_enterprise_ratings_objected",
        "zone_id",
        "objected_at",
        sqlite_where=text("objected_at IS NOT NULL AND decided_at IS NULL"),
        postgresql_where=text("objected_at IS NOT NULL AND decided_at IS NULL"),
    ),
)
