"""The tables of the marketplace: what is scanned, what was found, and who did what."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from taskforce.infrastructure.database.columns import Document, Moment
from taskforce.infrastructure.database.tables import Id, Name, Number, Word, metadata

marketplace_sources = Table(
    "marketplace_sources",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("repo_url", Text, nullable=False),
    # The address without what may be spelled otherwise.
    Column("repository", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("root_hint", Text, nullable=False),
    Column("manual_map", Document, nullable=False),
    Column("trust_level", Word, nullable=False),
    Column("visibility", Word, nullable=False),
    Column("rhythm", Text),
    Column("created_by", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("status", Word, nullable=False),
    Column("commit_sha", Text, nullable=False),
    Column("scanned_as", Text, nullable=False),
    Column("last_sync", Moment),
    Column("last_error", Text, nullable=False),
    Column("counts", Document, nullable=False),
    # Not a foreign key: jobs are pruned, sources are not.
    Column("scan", Id),
    Column("asked_at", Moment),
    Column("next_scan_at", Moment),
    Column("version", Integer, nullable=False),
    UniqueConstraint("project", "repository", "branch", name="uq_marketplace_sources_repository"),
)

marketplace_entries = Table(
    "marketplace_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Id, ForeignKey("marketplace_sources.id", ondelete="CASCADE"), nullable=False),
    Column("project", Name, nullable=False),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Name and path as they are searched.
    Column("sought", Text, nullable=False),
    Column("type", Word, nullable=False),
    Column("confidence", Integer, nullable=False),
    Column("status", Word, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("commit_sha", Text, nullable=False),
    Column("files", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("is_single_file", Boolean, nullable=False),
    Column("breakdown", Document, nullable=False),
    Column("members", Document, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("imported_at", Moment),
    Column("duplicate_of", Id),
)

marketplace_audit = Table(
    "marketplace_audit",
    metadata,
    Column("number", Number, primary_key=True),
    Column("project", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Name, nullable=False),
    Column("action", Word, nullable=False),
    # It outlives what it tells of.
    Column("source", Id, nullable=False),
    Column("subject", Id, nullable=False),
    Column("outcome", Word, nullable=False),
    Column("details", Text, nullable=False),
)
