"""What pipelines deliver: releases with their aliases, deployments, approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Id = sa.String(36)
Name = sa.String(200)
Word = sa.String(20)
Moment = sa.BigInteger
Document = sa.Text

PRODUCT = ["project", "repository", "name"]


def upgrade() -> None:
    _create_releases()
    _create_deployments()
    _create_approvals()


def downgrade() -> None:
    for table in ("approvals", "deployments", "release_aliases", "releases"):
        op.drop_table(table)


def _create_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("commit_sha", sa.Text, nullable=False),
        sa.Column("release_number", sa.Integer, nullable=False),
        sa.Column("oci_uri", sa.Text, nullable=False),
        sa.Column("oci_digest", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("artifacts", Document, nullable=False),
        sa.Column("trigger_type", Word, nullable=False),
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("triggered_by", sa.Text, nullable=False),
        sa.Column("run", Id),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("uq_releases_number", "releases", [*PRODUCT, "release_number"], unique=True)
    op.create_index("uq_releases_commit", "releases", [*PRODUCT, "commit_sha"], unique=True)
    op.create_table(
        "release_aliases",
        sa.Column("project", Name, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("alias_type", Word, nullable=False),
        sa.Column("release", Id, nullable=False),
        sa.PrimaryKeyConstraint(*PRODUCT, "alias", "alias_type", name="pk_release_aliases"),
        _of_release("release_aliases"),
    )
    op.create_index("ix_release_aliases_release", "release_aliases", ["release"])


def _create_deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("environment", Word, nullable=False),
        sa.Column("release", Id, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("deployed_by", sa.Text, nullable=False),
        sa.Column("approval", Id),
        sa.Column("gitops_commit_sha", sa.Text),
        sa.Column("deployed_at", Moment),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        _of_release("deployments"),
    )
    place = [*PRODUCT, "environment"]
    op.create_index("ix_deployments_place", "deployments", [*place, "created_at", "id"])
    active, pending = sa.text("status = 'active'"), sa.text("status = 'pending'")
    op.create_index(
        "uq_deployments_active",
        "deployments",
        place,
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_index(
        "ix_deployments_pending", "deployments", ["project"], sqlite_where=pending, postgresql_where=pending
    )


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("release", Id, nullable=False),
        sa.Column("environment", Word, nullable=False),
        sa.Column("approver", sa.Text, nullable=False),
        sa.Column("justification", sa.Text, nullable=False),
        sa.Column("approved_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment),
        sa.Column("revoked_by", sa.Text),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        _of_release("approvals"),
    )
    counts = sa.text("counts")
    pair = ["release", "environment"]
    op.create_index("ix_approvals_pair", "approvals", [*pair, "approved_at"])
    op.create_index(
        "uq_approvals_counts",
        "approvals",
        pair,
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )


def _of_release(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["release"], ["releases.id"], name=f"fk_{table}_release_releases", ondelete="CASCADE"
    )
