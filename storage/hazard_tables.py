"""The schema of what happens to a hazard beside its row: notices, reviews, lives, listings, meetings, referrals."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
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

# The firm's report of a major hazard (重大隐患报告), one for each life; kept as it is written, handed in as a whole.
major_reports = Table(
    "major_reports",
    metadata,
    zone_column(),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("cause", Text, nullable=False, server_default=""),
    Column("harm", Text, nullable=False, server_default=""),
    Column("treatment", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("written_by", Id, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("handed_in_by", Id),
    Column("handed_in_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "hazard_id", "life"),
    belongs_to("hazards", "hazard_id"),
)

# That a proposal went out as a letter (移送函、建议函): its number and day as the office writes them on paper.
hazard_referrals = Table(
    "hazard_referrals",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("proposal_id", Id, nullable=False),
    Column("reference", String(60), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazard_proposals", "proposal_id"),
    Index("ix_hazard_referrals_proposal", "zone_id", "proposal_id"),
)

# Meetings that analyse hazards (安全生产分析会), one record each; what is decided stands with the hazards.
analysis_meetings = Table(
    "analysis_meetings",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("month", String(7), nullable=False),
    Column("held_on", Date),
    Column("place", String(200), nullable=False, server_default=""),
    Column("chair", String(100), nullable=False, server_default=""),
    Column("present", String(500), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    # The record as it was when the meeting ended, but for the words of the hazards: see handlers.analysis_papers.
    Column("body", Text, nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("opened_by", Id, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("finished_by", Id),
    Column("finished_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    CheckConstraint("state IN ('open', 'finished', 'abandoned')", name="state"),
    Index("ix_analysis_meetings_month", "zone_id", "month"),
)

# One hazard put to analysis (研判), at a meeting or at once: what was decided, who does it, and what became of it.
hazard_analyses = Table(
    "hazard_analyses",
    metadata,
    zone_column(),
    Column("id", Id, nullable=False),
    Column("hazard_id", Id, nullable=False),
    Column("life", Integer, nullable=False),
    Column("meeting_id", Id),
    Column("place", Integer, nullable=False, server_default="0"),
    Column("grounds", String(80), nullable=False),
    Column("reason", String(300), nullable=False, server_default=""),
    Column("put_by", Id, nullable=False),
    Column("put_at", UtcDateTime, nullable=False),
    Column("decision", String(500), nullable=False, server_default=""),
    Column("responsible", String(100), nullable=False, server_default=""),
    Column("until", Date),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("followed", String(500), nullable=False, server_default=""),
    Column("followed_by", Id),
    Column("followed_at", UtcDateTime),
    Column("withdrawn_by", Id),
    Column("withdrawn_at", UtcDateTime),
    PrimaryKeyConstraint("zone_id", "id"),
    belongs_to("hazards", "hazard_id"),
    belongs_to("analysis_meetings", "meeting_id"),
    Index("ix_hazard_analyses_hazard", "zone_id", "hazard_id"),
    Index("ix_hazard_analyses_meeting", "zone_id", "meeting_id"),
)
