"""The ground: all tables of the first edition."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adoptions",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("criterion_id", sa.String(length=64), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "criterion_id", name=op.f("pk_adoptions")),
    )
    op.create_table(
        "attachments",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("hazard_id", sa.BigInteger(), nullable=True),
        sa.Column("phase", sa.String(length=8), server_default="", nullable=False),
        sa.Column("album", sa.String(length=64), server_default="", nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_album", "attachments", ["zone_id", "sent_by", "album"], unique=False)
    op.create_index("ix_attachments_hazard", "attachments", ["zone_id", "hazard_id"], unique=False)
    op.create_index("ix_attachments_inspection", "attachments", ["zone_id", "inspection_id", "item"], unique=False)
    op.create_table(
        "checklists",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "digest", name=op.f("pk_checklists")),
    )
    op.create_table(
        "deliveries",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("dedupe", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), server_default="{}", nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'refused', 'given_up', 'withdrawn')", name=op.f("ck_deliveries_state")
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("zone_id", "dedupe", name=op.f("uq_deliveries_zone_id_dedupe")),
    )
    op.create_index("ix_deliveries_created", "deliveries", ["zone_id", "created_at"], unique=False)
    op.create_index("ix_deliveries_person", "deliveries", ["zone_id", "person_id", "kind"], unique=False)
    op.create_table(
        "departments",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("founded_at", UtcDateTime(), nullable=False),
        sa.Column("dissolved_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_departments")),
    )
    op.create_table(
        "dialogs",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("zone_id", "chat_id", name=op.f("pk_dialogs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drafts",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "duty_queue",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("duty_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "at", "duty_id", name=op.f("pk_duty_queue")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enterprises",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("community", sa.String(length=100), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("profiled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("zone_id", "uscc", name=op.f("uq_enterprises_zone_id_uscc")),
    )
    op.create_table(
        "events",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "number", name=op.f("pk_events")),
    )
    op.create_index("ix_events_subject", "events", ["zone_id", "subject", "subject_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "name", name=op.f("pk_notes")),
    )
    op.create_table(
        "office_settings",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "name", name=op.f("pk_office_settings")),
    )
    op.create_table(
        "outbox",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "at", "delivery_id", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "people",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=8), server_default="zh", nullable=False),
        sa.Column("reachable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_people")),
        sa.UniqueConstraint("zone_id", "telegram_id", name=op.f("uq_people_zone_id_telegram_id")),
    )
    op.create_table(
        "photos",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dhash", sa.String(length=16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "sha256", name=op.f("pk_photos")),
    )
    op.create_table(
        "sequences",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "name", "year", name=op.f("pk_sequences")),
    )
    op.create_table(
        "updates",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "update_id", name=op.f("pk_updates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zones",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("code", name=op.f("uq_zones_code")),
    )
    op.create_table(
        "contacts",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_contacts_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_enterprise", "contacts", ["zone_id", "enterprise_id", "role"], unique=False)
    op.create_table(
        "department_members",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "department_id"],
            ["departments.zone_id", "departments.id"],
            name=op.f("fk_department_members_zone_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "person_id"],
            ["people.zone_id", "people.id"],
            name=op.f("fk_department_members_zone_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_department_members")),
    )
    op.create_index("ix_department_members_person", "department_members", ["zone_id", "person_id"], unique=False)
    op.create_table(
        "department_trades",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=False),
        sa.Column("trade", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "department_id"],
            ["departments.zone_id", "departments.id"],
            name=op.f("fk_department_trades_zone_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "department_id", "trade", name=op.f("pk_department_trades")),
    )
    op.create_table(
        "duties",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("hand_in_by", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'waived')", name=op.f("ck_duties_state")),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_duties_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_duties")),
        sa.UniqueConstraint(
            "zone_id", "enterprise_id", "kind", "period", name=op.f("uq_duties_zone_id_enterprise_id_kind_period")
        ),
    )
    op.create_index("ix_duties_open", "duties", ["zone_id", "state", "due_on"], unique=False)
    op.create_table(
        "enterprise_trades",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_enterprise_trades_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "enterprise_id", "sector", name=op.f("pk_enterprise_trades")),
    )
    op.create_table(
        "enterprise_traits",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("trait", sa.String(length=64), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_enterprise_traits_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "enterprise_id", "trait", name=op.f("pk_enterprise_traits")),
    )
    op.create_table(
        "extra_items",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ask", sa.String(length=300), nullable=False),
        sa.Column("look", sa.String(length=500), server_default="", nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_extra_items_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "enterprise_id", "item", "version", name=op.f("pk_extra_items")),
    )
    op.create_table(
        "hazards",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("criterion_id", sa.String(length=64), nullable=True),
        sa.Column("clause", sa.String(length=200), server_default="", nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("level_confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("responsible", sa.String(length=100), server_default="", nullable=False),
        sa.Column("measure", sa.String(length=500), server_default="", nullable=False),
        sa.Column("funds", sa.String(length=100), server_default="", nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("contingency", sa.String(length=500), server_default="", nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("found_by", sa.BigInteger(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("month_found", sa.String(length=7), server_default="", nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("official_inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_point_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("life", sa.Integer(), server_default="1", nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("evidence_from", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sampled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fakes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rectified", sa.String(length=500), server_default="", nullable=False),
        sa.Column("handed_in_by", sa.BigInteger(), nullable=True),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("month_closed", sa.String(length=7), nullable=True),
        sa.Column("days_open", sa.Integer(), nullable=True),
        sa.Column("listed_at", UtcDateTime(), nullable=True),
        sa.Column("vetted_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state <> 'closed' OR (handed_in_by IS NOT NULL AND reviewed_by IS NOT NULL AND closed_by IS NOT NULL AND reviewed_by <> handed_in_by AND reviewed_by <> found_by AND closed_by <> handed_in_by AND closed_by <> found_by)",  # noqa: E501
            name=op.f("ck_hazards_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_hazards_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazards")),
        sa.UniqueConstraint("zone_id", "year", "sequence", name=op.f("uq_hazards_zone_id_year_sequence")),
    )
    op.create_index("ix_hazards_enterprise", "hazards", ["zone_id", "enterprise_id", "state"], unique=False)
    op.create_index("ix_hazards_found", "hazards", ["zone_id", "found_at"], unique=False)
    op.create_index("ix_hazards_inspection", "hazards", ["zone_id", "inspection_id", "item"], unique=False)
    op.create_index("ix_hazards_official", "hazards", ["zone_id", "official_inspection_id"], unique=False)
    op.create_index("ix_hazards_open", "hazards", ["zone_id", "state", "deadline"], unique=False)
    op.create_index("ix_hazards_risk_point", "hazards", ["zone_id", "risk_point_id"], unique=False)
    op.create_index(
        "uq_hazards_item",
        "hazards",
        ["zone_id", "inspection_id", "item"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "inspections",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("correction_reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("checklist_digest", sa.String(length=64), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("led_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("participants", sa.String(length=300), server_default="", nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("record_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint("state IN ('running', 'submitted', 'corrected')", name=op.f("ck_inspections_state")),
        sa.ForeignKeyConstraint(
            ["zone_id", "checklist_digest"],
            ["checklists.zone_id", "checklists.digest"],
            name=op.f("fk_inspections_zone_id_checklist_digest"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_inspections_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_inspections")),
    )
    op.create_index("ix_inspections_enterprise", "inspections", ["zone_id", "enterprise_id", "period"], unique=False)
    op.create_index(
        "uq_inspections_running",
        "inspections",
        ["zone_id", "enterprise_id"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "invitations",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_invitations_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("zone_id", "token_hash", name=op.f("uq_invitations_zone_id_token_hash")),
    )
    op.create_index("ix_invitations_enterprise", "invitations", ["zone_id", "enterprise_id"], unique=False)
    op.create_table(
        "official_inspections",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=24), nullable=False),
        sa.Column("inspectors", sa.String(length=300), server_default="", nullable=False),
        sa.Column("present", sa.String(length=100), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("officer_signed_by", sa.BigInteger(), nullable=True),
        sa.Column("officer_signed_at", UtcDateTime(), nullable=True),
        sa.Column("firm_signed_by", sa.BigInteger(), nullable=True),
        sa.Column("firm_signed_at", UtcDateTime(), nullable=True),
        sa.Column("refusal", sa.String(length=300), server_default="", nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished', 'abandoned')", name=op.f("ck_official_inspections_state")),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_official_inspections_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_official_inspections")),
    )
    op.create_index(
        "ix_official_inspections_enterprise",
        "official_inspections",
        ["zone_id", "enterprise_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "risk_points",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("grade", sa.String(length=8), nullable=False),
        sa.Column("responsible", sa.String(length=100), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_risk_points_zone_id_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_risk_points")),
        sa.UniqueConstraint("zone_id", "code", name=op.f("uq_risk_points_zone_id_code")),
        sa.UniqueConstraint(
            "zone_id", "enterprise_id", "number", name=op.f("uq_risk_points_zone_id_enterprise_id_number")
        ),
    )
    op.create_table(
        "roles",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "enterprise_id"],
            ["enterprises.zone_id", "enterprises.id"],
            name=op.f("fk_roles_zone_id_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "person_id"], ["people.zone_id", "people.id"], name=op.f("fk_roles_zone_id_person_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_roles")),
    )
    op.create_index("ix_roles_enterprise", "roles", ["zone_id", "enterprise_id", "role"], unique=False)
    op.create_index("ix_roles_person", "roles", ["zone_id", "person_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("answer IN ('y', 'n', 'x', '.')", name=op.f("ck_answers_answer")),
        sa.ForeignKeyConstraint(
            ["zone_id", "inspection_id"],
            ["inspections.zone_id", "inspections.id"],
            name=op.f("fk_answers_zone_id_inspection_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "inspection_id", "item", name=op.f("pk_answers")),
    )
    op.create_table(
        "hazard_comments",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_comments_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_comments")),
    )
    op.create_index("ix_hazard_comments_hazard", "hazard_comments", ["zone_id", "hazard_id"], unique=False)
    op.create_table(
        "hazard_deferrals",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.Date(), nullable=False),
        sa.Column("wanted", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_deferrals_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_deferrals")),
    )
    op.create_index("ix_hazard_deferrals_hazard", "hazard_deferrals", ["zone_id", "hazard_id"], unique=False)
    op.create_table(
        "hazard_escalations",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_escalations_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_escalations")),
        sa.UniqueConstraint(
            "zone_id", "hazard_id", "life", "rung", name=op.f("uq_hazard_escalations_zone_id_hazard_id_life_rung")
        ),
    )
    op.create_table(
        "hazard_listings",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("supervisor", sa.String(length=100), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("listed_by", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", UtcDateTime(), nullable=False),
        sa.Column("unlisted_by", sa.BigInteger(), nullable=True),
        sa.Column("unlisted_at", UtcDateTime(), nullable=True),
        sa.Column("unlisted_reason", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_listings_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_listings")),
    )
    op.create_index("ix_hazard_listings_hazard", "hazard_listings", ["zone_id", "hazard_id"], unique=False)
    op.create_table(
        "hazard_lives",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("handed_in_by", sa.BigInteger(), nullable=True),
        sa.Column("opened_again_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_again_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("fake", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"], ["hazards.zone_id", "hazards.id"], name=op.f("fk_hazard_lives_zone_id_hazard_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "hazard_id", "life", name=op.f("pk_hazard_lives")),
    )
    op.create_table(
        "hazard_notices",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("received_by", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.String(length=8), server_default="", nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_notices_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_notices")),
        sa.UniqueConstraint(
            "zone_id", "hazard_id", "life", "recipient", name=op.f("uq_hazard_notices_zone_id_hazard_id_life_recipient")
        ),
    )
    op.create_table(
        "hazard_proposals",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("to_whom", sa.String(length=100), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=500), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_proposals_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_proposals")),
    )
    op.create_index("ix_hazard_proposals_hazard", "hazard_proposals", ["zone_id", "hazard_id"], unique=False)
    op.create_table(
        "hazard_reviews",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"],
            ["hazards.zone_id", "hazards.id"],
            name=op.f("fk_hazard_reviews_zone_id_hazard_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_hazard_reviews")),
    )
    op.create_index("ix_hazard_reviews_hazard", "hazard_reviews", ["zone_id", "hazard_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "inspection_id"],
            ["inspections.zone_id", "inspections.id"],
            name=op.f("fk_records_zone_id_inspection_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "inspection_id", name=op.f("pk_records")),
    )
    op.create_table(
        "risk_checks",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("risk_point_id", sa.BigInteger(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "hazard_id"], ["hazards.zone_id", "hazards.id"], name=op.f("fk_risk_checks_zone_id_hazard_id")
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "risk_point_id"],
            ["risk_points.zone_id", "risk_points.id"],
            name=op.f("fk_risk_checks_zone_id_risk_point_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "id", name=op.f("pk_risk_checks")),
    )
    op.create_index("ix_risk_checks_point", "risk_checks", ["zone_id", "risk_point_id"], unique=False)
    op.create_table(
        "risk_measures",
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("risk_point_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("defence", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id", "risk_point_id"],
            ["risk_points.zone_id", "risk_points.id"],
            name=op.f("fk_risk_measures_zone_id_risk_point_id"),
        ),
        sa.PrimaryKeyConstraint("zone_id", "risk_point_id", "place", name=op.f("pk_risk_measures")),
    )
