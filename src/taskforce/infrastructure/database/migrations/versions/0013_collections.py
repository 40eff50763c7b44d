"""What projects took from sources: items, their files, what is allowed, and folders without items."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "collection_items",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded_name", sa.Text, nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("source", sa.String(36), nullable=False),
        sa.Column("entry", sa.String(36), nullable=False),
        sa.Column("repo_url", sa.Text, nullable=False),
        sa.Column("commit_sha", sa.String(40), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("trust_level", sa.String(20), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("imported_by", sa.Text, nullable=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_collection_items"),
        sa.UniqueConstraint("project", "type", "folded_name", name="uq_collection_items_name"),
    )
    op.create_index("ix_collection_items_newest", "collection_items", ["project", "imported_at", "id"])
    op.create_index("ix_collection_items_entry", "collection_items", ["entry"])
    op.create_table(
        "collection_files",
        sa.Column("item", sa.String(36), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("blob_sha", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("item", "path", name="pk_collection_files"),
        sa.ForeignKeyConstraint(
            ["item"],
            ["collection_items.id"],
            name="fk_collection_files_item_collection_items",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "collection_allowances",
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("allowed_by", sa.Text, nullable=False),
        sa.Column("allowed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("project", "digest", name="pk_collection_allowances"),
    )
    op.create_table(
        "collection_folders",
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("is_left", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("folder", name="pk_collection_folders"),
    )


def downgrade() -> None:
    op.drop_table("collection_folders")
    op.drop_table("collection_allowances")
    op.drop_table("collection_files")
    op.drop_table("collection_items")
