"""Sources, what was found in them, and who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "marketplace_sources",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("repo_url", sa.Text, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("root_hint", sa.Text, nullable=False),
        sa.Column("manual_map", sa.Text, nullable=False),
        sa.Column("trust_level", sa.String(20), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("rhythm", sa.Text),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("commit_sha", sa.Text, nullable=False),
        sa.Column("scanned_as", sa.Text, nullable=False),
        sa.Column("last_sync", sa.BigInteger),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("scan", sa.String(36)),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("next_scan_at", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marketplace_sources"),
        sa.UniqueConstraint("project", "repository", "branch", name="uq_marketplace_sources_repository"),
    )
    op.create_index("ix_marketplace_sources_newest", "marketplace_sources", ["project", "created_at", "id"])
    due = sa.text("next_scan_at IS NOT NULL")
    op.create_index(
        "ix_marketplace_sources_due",
        "marketplace_sources",
        ["next_scan_at"],
        sqlite_where=due,
        postgresql_where=due,
    )
    public = sa.text("visibility = 'public'")
    op.create_index(
        "ix_marketplace_sources_public",
        "marketplace_sources",
        ["created_at"],
        sqlite_where=public,
        postgresql_where=public,
    )
    op.create_table(
        "marketplace_entries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(36), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sought", sa.Text, nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("commit_sha", sa.Text, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("is_single_file", sa.Boolean, nullable=False),
        sa.Column("breakdown", sa.Text, nullable=False),
        sa.Column("members", sa.Text, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("imported_at", sa.BigInteger),
        sa.Column("duplicate_of", sa.String(36)),
        sa.PrimaryKeyConstraint("id", name="pk_marketplace_entries"),
        sa.ForeignKeyConstraint(
            ["source"],
            ["marketplace_sources.id"],
            name="fk_marketplace_entries_source_marketplace_sources",
            ondelete="CASCADE",
        ),
    )
    _index_entries()
    op.create_table(
        "marketplace_audit",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("source", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_marketplace_audit"),
    )
    op.create_index("ix_marketplace_audit_project", "marketplace_audit", ["project", "number"])
    op.create_index("ix_marketplace_audit_source", "marketplace_audit", ["source", "number"])


def _index_entries() -> None:
    beside = ["status", "sought", "id"]
    for name, columns in (
        ("confidence", ["source", sa.text("confidence DESC"), "path", "type"]),
        ("date", ["source", sa.text("changed_at DESC"), "path", "confidence", "type"]),
        ("type", ["source", "type", "path", "confidence"]),
    ):
        op.create_index(f"ix_marketplace_entries_{name}", "marketplace_entries", [*columns, *beside])
    op.create_index("ix_marketplace_entries_content", "marketplace_entries", ["project", "digest"])


def downgrade() -> None:
    op.drop_table("marketplace_audit")
    op.drop_table("marketplace_entries")
    op.drop_table("marketplace_sources")
