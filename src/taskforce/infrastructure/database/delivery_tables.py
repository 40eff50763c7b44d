"""The tables of what pipelines deliver. They outlive the jobs that wrote them."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, text

from taskforce.infrastructure.database.columns import Document, Moment
from taskforce.infrastructure.database.tables import Id, Name, Word, metadata

# For queries that join jobs, whose status has the same name; the indexes say the same without the table.
ACTIVE = text("deployments.status = 'active'")
PENDING = text("deployments.status = 'pending'")
UNDER_WAY = text("jobs.status IN ('queued', 'running', 'waiting')")
COUNTS = text("counts")

releases = Table(
    "releases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("repository", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("commit_sha", Text, nullable=False),
    Column("release_number", Integer, nullable=False),
    Column("oci_uri", Text, nullable=False),
    Column("oci_digest", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("artifacts", Document, nullable=False),
    Column("trigger_type", Word, nullable=False),
    Column("branch", Text, nullable=False),
    Column("triggered_by", Text, nullable=False),
    Column("run", Id),
)

release_aliases = Table(
    "release_aliases",
    metadata,
    Column("project", Name, primary_key=True),
    Column("repository", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("alias_type", Word, primary_key=True),
    Column("release", Id, ForeignKey("releases.id", ondelete="CASCADE"), nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("repository", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("environment", Word, nullable=False),
    Column("release", Id, ForeignKey("releases.id", ondelete="CASCADE"), nullable=False),
    Column("status", Word, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("deployed_by", Text, nullable=False),
    Column("approval", Id),
    Column("gitops_commit_sha", Text),
    Column("deployed_at", Moment),
    Column("reason", Text, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("release", Id, ForeignKey("releases.id", ondelete="CASCADE"), nullable=False),
    Column("environment", Word, nullable=False),
    Column("approver", Text, nullable=False),
    Column("justification", Text, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("revoked_by", Text),
    Column("counts", Boolean, nullable=False),  # until it is revoked, or found expired when one follows it
)
