"""Referrals, meetings on hazards, assessments of risk points, experts at inspections, quizzes and yearly ratings."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "analysis_meetings",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("chair", sa.String(length=100), server_default="", nullable=False),
        sa.Column("present", sa.String(length=500), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("finished_by", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'finished', 'abandoned')", name=op.f("ck_analysis_meetings_state")),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_analysis_meetings")),
    )
    op.create_index("ix_analysis_meetings_month", "analysis_meetings", ["zone_id", "month"], unique=False)
    op.create_table(
        "enterprise_ratings",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("objection", sa.String(length=500), server_default="", nullable=False),
        sa.Column("objected_by", sa.BigInteger(), nullable=True),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_enterprise_ratings_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_enterprise_ratings")),
        sa.UniqueConstraint(
            "zone_id",
            "enterprise_id",
            "year",
            "edition",
            name=op.f("uq_enterprise_ratings_zone_id_enterprise_id_year_edition"),
        ),
    )
    op.create_index("ix_enterprise_ratings_year", "enterprise_ratings", ["zone_id", "year"], unique=False)
    waiting = sa.text("objected_at IS NOT NULL AND decided_at IS NULL")
    op.create_index(
        "ix_enterprise_ratings_objected",
        "enterprise_ratings",
        ["zone_id", "objected_at"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "quizzes",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_quizzes_zone_id_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "person_id"], ["people.zone_id", "people.id"], name=op.f("fk_quizzes_zone_id_person_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_quizzes")),
    )
    op.create_index("ix_quizzes_enterprise", "quizzes", ["zone_id", "enterprise_id", "kind"], unique=False)
    op.create_index("ix_quizzes_person", "quizzes", ["zone_id", "person_id", "kind"], unique=False)
    op.create_table(
        "hazard_analyses",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grounds", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("put_by", sa.BigInteger(), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(length=500), server_default="", nullable=False),
        sa.Column("responsible", sa.String(length=100), server_default="", nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("followed", sa.String(length=500), server_default="", nullable=False),
        sa.Column("followed_by", sa.BigInteger(), nullable=True),
        sa.Column("followed_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_analyses_zone_id_hazard_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "meeting_id"],
            ["analysis_meetings.zone_id", "analysis_meetings.id"],
            name=op.f("fk_hazard_analyses_zone_id_meeting_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_analyses")),
    )
    op.create_index("ix_hazard_analyses_hazard", "hazard_analyses", ["zone_id", "hazard_id"], unique=False)
    op.create_index("ix_hazard_analyses_meeting", "hazard_analyses", ["zone_id", "meeting_id"], unique=False)
    op.create_table(
        "expert_profiles",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("trades", sa.Text(), server_default="[]", nullable=False),
        sa.Column("words", sa.String(length=200), server_default="", nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "person_id"], ["people.zone_id", "people.id"], name=op.f("fk_expert_profiles_zone_id_person_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "person_id", name=op.f("pk_expert_profiles")),
    )
    op.create_table(
        "inspection_experts",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("official_inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "official_inspection_id"],
            ["official_inspections.zone_id", "official_inspections.id"],
            name=op.f("fk_inspection_experts_zone_id_official_inspection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "person_id"],
            ["people.zone_id", "people.id"],
            name=op.f("fk_inspection_experts_zone_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_inspection_experts")),
    )
    op.create_index(
        "ix_inspection_experts_inspection", "inspection_experts", ["zone_id", "official_inspection_id"], unique=False
    )
    op.create_index("ix_inspection_experts_person", "inspection_experts", ["zone_id", "person_id"], unique=False)
    op.create_table(
        "risk_assessments",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("risk_point_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=False),
        sa.Column("grade", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "risk_point_id"],
            ["risk_points.zone_id", "risk_points.id"],
            name=op.f("fk_risk_assessments_zone_id_risk_point_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_risk_assessments")),
    )
    op.create_index("ix_risk_assessments_point", "risk_assessments", ["zone_id", "risk_point_id"], unique=False)
    op.create_table(
        "hazard_referrals",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "proposal_id"],
            ["hazard_proposals.zone_id", "hazard_proposals.id"],
            name=op.f("fk_hazard_referrals_zone_id_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_referrals")),
    )
    op.create_index("ix_hazard_referrals_proposal", "hazard_referrals", ["zone_id", "proposal_id"], unique=False)
    op.add_column("risk_points", sa.Column("checked_on", sa.Date(), nullable=True))
    op.add_column("risk_points", sa.Column("assessed_on", sa.Date(), nullable=True))
    op.add_column("hazards", sa.Column("defences", sa.String(length=48), server_default="", nullable=False))
