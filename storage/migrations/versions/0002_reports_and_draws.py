"""Reports of major hazards, random draws, the date that a picture bears, and what finds it used elsewhere."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("dated_at", UtcDateTime(), nullable=True))
    op.add_column("attachments", sa.Column("forwarded_at", UtcDateTime(), nullable=True))
    op.create_index("ix_attachments_sha256", "attachments", ["zone_id", "sha256"])
    for number, start in enumerate((1, 5, 9, 13), 1):
        op.create_index(f"ix_photos_dhash_{number}", "photos", ["zone_id", sa.text(f"substr(dhash, {start}, 4)")])
    op.create_index(
        "ix_hazards_ledger",
        "hazards",
        [
            "zone_id",
            "state",
            "deadline",
            "year",
            "sequence",
            "level",
            "listed_at",
            "days_open",
            "month_found",
            "found_at",
            "enterprise_id",
            "department_id",
            "source",
            "life",
            "id",
        ],
    )
    op.drop_index("ix_hazards_open", table_name="hazards")
    op.add_column(
        "official_inspections", sa.Column("paper_signer", sa.String(length=100), server_default="", nullable=False)
    )
    op.create_table(
        "major_reports",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("harm", sa.Text(), server_default="", nullable=False),
        sa.Column("treatment", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("handed_in_by", sa.BigInteger(), nullable=True),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"], ["hazards.zone_id", "hazards.id"], name=op.f("fk_major_reports_zone_id_hazard_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "hazard_id", "life", name=op.f("pk_major_reports")),
    )
    op.create_table(
        "draws",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pool_words", sa.String(length=300), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("inspectors", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_draws")),
    )
    op.create_table(
        "drawn_enterprises",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("draw_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("first_inspector", sa.BigInteger(), nullable=False),
        sa.Column("second_inspector", sa.BigInteger(), nullable=True),
        sa.Column("official_inspection_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "draw_id"], ["draws.zone_id", "draws.id"], name=op.f("fk_drawn_enterprises_zone_id_draw_id")
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_drawn_enterprises_zone_id_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "official_inspection_id"],
            ["official_inspections.zone_id", "official_inspections.id"],
            name=op.f("fk_drawn_enterprises_zone_id_official_inspection_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "draw_id", "place", name=op.f("pk_drawn_enterprises")),
        sa.UniqueConstraint(
            "zone_id", "draw_id", "enterprise_id", name=op.f("uq_drawn_enterprises_zone_id_draw_id_enterprise_id")
        ),
    )
