"""The schema: every table with its keys; the zone comes first in each of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)

from storage.types import Id, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def zone_column() -> Column[int]:
    return Column("zone_id", Id, nullable=False)


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["zone_id", column], [f"{table}.zone_id", f"{table}.id"])


zones = Table(
    "zones",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("code", String(16), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("plan_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

people = Table(
    "people",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("telegram_id", Id),
    Column("name", String(100), nullable=False),
    Column("language", String(8), nullable=False, server_default="zh"),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "telegram_id"),
)

# Office roles have no enterprise; history stays: a role that ended keeps its row with `until`.
roles = Table(
    "roles",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("role", String(24), nullable=False),
    Column("enterprise_id", Id),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("people", "person_id"),
    belongs_to("enterprises", "enterprise_id"),
    Index("ix_roles_person", "zone_id", "person_id"),
    Index("ix_roles_enterprise", "zone_id", "enterprise_id", "role"),
)

enterprises = Table(
    "enterprises",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("name", String(200), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("address", String(300), nullable=False, server_default=""),
    Column("community", String(100), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("profiled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "uscc"),
)

enterprise_trades = Table(
    "enterprise_trades",
    metadata,
    zone_column(),
    Column("enterprise_id", Id, nullable=False),
    Column("sector", String(64), nullable=False),
    Column("place", Integer, nullable=False),
    PrimaryKeyConstraint("zone_id", "enterprise_id", "sector"),
    belongs_to("enterprises", "enterprise_id"),
)

enterprise_traits = Table(
    "enterprise_traits",
    metadata,
    zone_column(),
    Column("enterprise_id", Id, nullable=False),
    Column("trait", String(64), nullable=False),
    Column("present", Boolean, nullable=False),
    Column("answered_by", Id),
    Column("answered_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "enterprise_id", "trait"),
    belongs_to("enterprises", "enterprise_id"),
)

# Who holds a position by name and phone as the office knows it, before and beside a bound Telegram account.
contacts = Table(
    "contacts",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("role", String(24), nullable=False),
    Column("name", String(100), nullable=False),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("enterprises", "enterprise_id"),
    Index("ix_contacts_enterprise", "zone_id", "enterprise_id", "role"),
)

invitations = Table(
    "invitations",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("role", String(24), nullable=False),
    Column("enterprise_id", Id),
    Column("name", String(100), nullable=False, server_default=""),
    Column("created_by", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("used_by", Id),
    Column("revoked_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "token_hash"),
    belongs_to("enterprises", "enterprise_id"),
    Index("ix_invitations_enterprise", "zone_id", "enterprise_id"),
)

# What an enterprise's own standard adds (一企业一套标准); a change is a new version, an end is `retired_at`.
extra_items = Table(
    "extra_items",
    metadata,
    zone_column(),
    Column("enterprise_id", Id, nullable=False),
    Column("item", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("ask", String(300), nullable=False),
    Column("look", String(500), nullable=False, server_default=""),
    Column("level", String(16), nullable=False),
    Column("added_by", Id, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "enterprise_id", "item", "version"),
    belongs_to("enterprises", "enterprise_id"),
)

# Unverified criteria that an officer of this zone has read and taken over, or not (待核 → 采用, 不采用).
adoptions = Table(
    "adoptions",
    metadata,
    zone_column(),
    Column("criterion_id", String(64), nullable=False),
    Column("adopted", Boolean, nullable=False),
    Column("decided_by", Id, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "criterion_id"),
)

# Composed checklists by the hash of their content: a running or submitted inspection keeps its edition for ever.
checklists = Table(
    "checklists",
    metadata,
    zone_column(),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "digest"),
)

# `progress` holds two characters an item, answer and version, so that a tap reads and writes one row for the card.
inspections = Table(
    "inspections",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("period", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("corrects_id", Id),
    Column("correction_reason", String(300), nullable=False, server_default=""),
    Column("checklist_digest", String(64), nullable=False),
    Column("progress", Text, nullable=False),
    Column("started_by", Id, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False),
    Column("led_by", String(100), nullable=False, server_default=""),
    Column("participants", String(300), nullable=False, server_default=""),
    Column("submitted_by", Id),
    Column("submitted_at", UtcDateTime),
    Column("seconds", Integer),
    Column("record_digest", String(64)),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("enterprises", "enterprise_id"),
    ForeignKeyConstraint(["zone_id", "checklist_digest"], ["checklists.zone_id", "checklists.digest"]),
    CheckConstraint("state IN ('running', 'submitted', 'corrected')", name="state"),
    Index("ix_inspections_enterprise", "zone_id", "enterprise_id", "period"),
    Index(
        "uq_inspections_running",
        "zone_id",
        "enterprise_id",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

answers = Table(
    "answers",
    metadata,
    zone_column(),
    Column("inspection_id", Id, nullable=False),
    Column("item", Integer, nullable=False),
    Column("answer", String(1), nullable=False),
    Column("reason", String(300), nullable=False, server_default=""),
    Column("remark", Text, nullable=False, server_default=""),
    Column("answered_by", Id, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "inspection_id", "item"),
    belongs_to("inspections", "inspection_id"),
    CheckConstraint("answer IN ('y', 'n', 'x', '.')", name="answer"),
)

# What a submitted inspection said, as JSON: it stands as it was, whatever becomes of hazards, people and photos.
records = Table(
    "records",
    metadata,
    zone_column(),
    Column("inspection_id", Id, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "inspection_id"),
    belongs_to("inspections", "inspection_id"),
)

photos = Table(
    "photos",
    metadata,
    zone_column(),
    Column("sha256", String(64), nullable=False),
    Column("dhash", String(16), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "sha256"),
)

# A dhash in four bands of 16 bits: two that differ by at most three bits have one of them in common. The numbers stand
# in the statement itself, since no database takes an index on an expression for one with parameters.
DHASH_BANDS = tuple(
    func.substr(photos.c.dhash, literal_column(str(start)), literal_column("4"), type_=String)
    for start in (1, 5, 9, 13)
)
for _number, _band in enumerate(DHASH_BANDS, 1):
    Index(f"ix_photos_dhash_{_number}", photos.c.zone_id, _band)

# One photo or voice note handed in by a person for an item or a hazard; unsorted ones have neither yet.
attachments = Table(
    "attachments",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("inspection_id", Id),
    Column("item", Integer),
    Column("hazard_id", Id),
    Column("phase", String(8), nullable=False, server_default=""),
    Column("album", String(64), nullable=False, server_default=""),
    Column("sent_by", Id, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    # When the picture itself says it was made or first sent, where it says so (Exif of a file, a forwarded message).
    Column("dated_at", UtcDateTime),
    Column("forwarded_at", UtcDateTime),
    Column("removed_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    Index("ix_attachments_inspection", "zone_id", "inspection_id", "item"),
    Index("ix_attachments_hazard", "zone_id", "hazard_id"),
    Index("ix_attachments_album", "zone_id", "sent_by", "album"),
    Index("ix_attachments_sha256", "zone_id", "sha256"),
)

hazards = Table(
    "hazards",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("source", String(24), nullable=False),
    Column("inspection_id", Id),
    Column("item", Integer),
    Column("criterion_id", String(64)),
    Column("clause", String(200), nullable=False, server_default=""),
    Column("state", String(24), nullable=False),
    Column("level", String(16), nullable=False),
    Column("level_confirmed_by", Id),
    Column("words", Text, nullable=False, server_default=""),
    Column("responsible", String(100), nullable=False, server_default=""),
    Column("measure", String(500), nullable=False, server_default=""),
    Column("funds", String(100), nullable=False, server_default=""),
    Column("deadline", Date),
    Column("contingency", String(500), nullable=False, server_default=""),
    Column("defences", String(48), nullable=False, server_default=""),
    Column("withdrawn_reason", String(300), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("found_by", Id, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("month_found", String(7), nullable=False, server_default=""),
    Column("department_id", Id),
    Column("official_inspection_id", Id),
    Column("risk_point_id", Id),
    Column("place", String(200), nullable=False, server_default=""),
    Column("life", Integer, nullable=False, server_default="1"),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("evidence_from", Id, nullable=False, server_default="0"),
    Column("sampled", Boolean, nullable=False, server_default=text("false")),
    Column("fakes", Integer, nullable=False, server_default="0"),
    Column("rectified", String(500), nullable=False, server_default=""),
    Column("handed_in_by", Id),
    Column("handed_in_at", UtcDateTime),
    Column("reviewed_by", Id),
    Column("reviewed_at", UtcDateTime),
    Column("closed_by", Id),
    Column("closed_at", UtcDateTime),
    Column("month_closed", String(7)),
    Column("days_open", Integer),
    Column("listed_at", UtcDateTime),
    Column("vetted_at", UtcDateTime),
    Column("reported_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "year", "sequence"),
    belongs_to("enterprises", "enterprise_id"),
    # The last line of defence: whatever the program does, nothing is closed without evidence and another person.
    CheckConstraint(
        "state <> 'closed' OR (handed_in_by IS NOT NULL AND reviewed_by IS NOT NULL AND closed_by IS NOT NULL"
        " AND reviewed_by <> handed_in_by AND reviewed_by <> found_by"
        " AND closed_by <> handed_in_by AND closed_by <> found_by)",
        name="closed",
    ),
    Index("ix_hazards_enterprise", "zone_id", "enterprise_id", "state"),
    # The ledger: pages by deadline for each state, and in the same index all that its counts and figures ask.
    Index(
        "ix_hazards_ledger",
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
    ),
    Index(
        "uq_hazards_item",
        "zone_id",
        "inspection_id",
        "item",
        unique=True,
        sqlite_where=text("state <> 'withdrawn'"),
        postgresql_where=text("state <> 'withdrawn'"),
    ),
    Index("ix_hazards_inspection", "zone_id", "inspection_id", "item"),
    Index("ix_hazards_official", "zone_id", "official_inspection_id"),
    Index("ix_hazards_risk_point", "zone_id", "risk_point_id"),
    Index("ix_hazards_found", "zone_id", "found_at"),
)

sequences = Table(
    "sequences",
    metadata,
    zone_column(),
    Column("name", String(32), nullable=False),
    Column("year", Integer, nullable=False),
    Column("value", Integer, nullable=False),
    PrimaryKeyConstraint("zone_id", "name", "year"),
)

duties = Table(
    "duties",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("enterprise_id", Id, nullable=False),
    Column("kind", String(48), nullable=False),
    Column("period", String(16), nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("hand_in_by", Date, nullable=False),
    Column("source", String(200), nullable=False),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("state", String(12), nullable=False),
    Column("done_at", UtcDateTime),
    Column("inspection_id", Id),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "enterprise_id", "kind", "period"),
    belongs_to("enterprises", "enterprise_id"),
    CheckConstraint("state IN ('open', 'done', 'waived')", name="state"),
    Index("ix_duties_open", "zone_id", "state", "due_on"),
)

# What wants looking at, and when: narrow and clustered by time, so that a tick costs the same at any table size.
duty_queue = Table(
    "duty_queue",
    metadata,
    zone_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("duty_id", Id, nullable=False),
    PrimaryKeyConstraint("zone_id", "at", "duty_id"),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("person_id", Id),
    Column("kind", String(32), nullable=False),
    Column("dedupe", String(120), nullable=False),
    Column("about", Text, nullable=False, server_default="{}"),
    Column("not_before", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message_id", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("outcome", String(200), nullable=False, server_default=""),
    PrimaryKeyConstraint("zone_id", "id"),
    UniqueConstraint("zone_id", "dedupe"),
    CheckConstraint("state IN ('waiting', 'sent', 'refused', 'given_up', 'withdrawn')", name="state"),
    Index("ix_deliveries_person", "zone_id", "person_id", "kind"),
    Index("ix_deliveries_created", "zone_id", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    zone_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("delivery_id", Id, nullable=False),
    PrimaryKeyConstraint("zone_id", "at", "delivery_id"),
    sqlite_with_rowid=False,
)

# What the next text or photo of a chat means, and which screen it is on.
dialogs = Table(
    "dialogs",
    metadata,
    zone_column(),
    Column("chat_id", Id, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Column("expires_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "chat_id"),
    sqlite_with_rowid=False,
)

# Update ids whose effect is committed; Telegram repeats at most a day, so older ones are swept away.
updates = Table(
    "updates",
    metadata,
    zone_column(),
    Column("update_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "update_id"),
    sqlite_with_rowid=False,
)

# Imports wait here between preview and confirmation.
drafts = Table(
    "drafts",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
)

# The trail: append-only, chained by hash per zone, so that a later alteration shows.
events = Table(
    "events",
    metadata,
    zone_column(),
    Column("number", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("person_id", Id),
    Column("what", String(48), nullable=False),
    Column("subject", String(24), nullable=False),
    Column("subject_id", Id),
    Column("body", Text, nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("zone_id", "number"),
    Index("ix_events_subject", "zone_id", "subject", "subject_id"),
)

# Small facts the program keeps about itself (last tick, last delivery summary), by name.
notes = Table(
    "notes",
    metadata,
    zone_column(),
    Column("name", String(48), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("zone_id", "name"),
)
