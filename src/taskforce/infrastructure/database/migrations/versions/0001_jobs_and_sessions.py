"""Jobs with their steps, events, waits and artifacts; sessions; the project `default`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.String(36)
Name = sa.String(200)
Word = sa.String(20)
Moment = sa.BigInteger
Document = sa.Text

RUNNING = sa.text("status = 'running'")
READY = sa.text("status IN ('queued', 'waiting') AND due_at IS NOT NULL")
LOCKED = sa.text("lock IS NOT NULL AND status IN ('queued', 'running', 'waiting')")

ADD_DEFAULT = {
    "sqlite": "INSERT INTO projects VALUES ('default', CAST(strftime('%s', 'now') AS INTEGER) * 1000000)",
    "postgresql": "INSERT INTO projects VALUES ('default', (extract(epoch FROM now()) * 1000000)::bigint)",
}


def upgrade() -> None:
    op.create_table(
        "projects",
        sa.Column("id", Name, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.execute(ADD_DEFAULT[op.get_context().dialect.name])
    _create_jobs()
    _create_records()
    _create_artifacts()
    op.create_table(
        "sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("profile", Name, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_project_created_at_id", "sessions", ["project", "created_at", "id"])


def downgrade() -> None:
    for table in (
        "sessions",
        "artifacts",
        "job_waits",
        "job_events",
        "job_steps",
        "job_inputs",
        "jobs",
        "projects",
    ):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("subject", Name),
        sa.Column("lock", Name),
        sa.Column("concurrency_key", Name),
        sa.Column("concurrency_limit", sa.Integer),
        sa.Column("root", Id, nullable=False),
        sa.Column("parent", Id),
        sa.Column("parent_key", sa.Text),
        sa.Column("continues", Id),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("due_at", Moment),
        sa.Column("started_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", Moment),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("last_event", sa.BigInteger, nullable=False),
        sa.Column("progress_percent", sa.Float, nullable=False),
        sa.Column("progress_message", sa.Text, nullable=False),
        sa.Column("result", Document),
        sa.Column("failure", Document),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["parent"], ["jobs.id"], "fk_jobs_parent_jobs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["continues"], ["jobs.id"], "fk_jobs_continues_jobs", ondelete="SET NULL"),
    )
    for name, column in (("ix_jobs_running", "lease_owner"), ("ix_jobs_limited", "concurrency_key")):
        op.create_index(name, "jobs", [column], sqlite_where=RUNNING, postgresql_where=RUNNING)
    order: list[str | sa.TextClause] = [sa.text("priority DESC"), "created_at", "id"]
    op.create_index("ix_jobs_ready", "jobs", order, sqlite_where=READY, postgresql_where=READY)
    op.create_index(
        "uq_jobs_lock", "jobs", ["lock"], unique=True, sqlite_where=LOCKED, postgresql_where=LOCKED
    )
    op.create_index("ix_jobs_project_created_at_id", "jobs", ["project", "created_at", "id"])
    op.create_index("ix_jobs_subject_created_at_id", "jobs", ["subject", "created_at", "id"])
    op.create_index("ix_jobs_parent", "jobs", ["parent"])
    op.create_index("ix_jobs_continues", "jobs", ["continues"])
    op.create_table(
        "job_inputs",
        sa.Column("job_id", Id, nullable=False),
        sa.Column("input", Document, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_inputs"),
        _of_a_job("job_inputs"),
    )


def _create_records() -> None:
    op.create_table(
        "job_steps",
        sa.Column("job_id", Id, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("output", Document),
        sa.Column("overflow", Document),
        sa.Column("error", Document),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "key", name="pk_job_steps"),
        _of_a_job("job_steps"),
    )
    op.create_table(
        "job_events",
        sa.Column("job_id", Id, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_job_events"),
        sa.UniqueConstraint("job_id", "key", name="uq_job_events_job_id_key"),
        _of_a_job("job_events"),
    )
    op.create_table(
        "job_waits",
        sa.Column("id", Id, nullable=False),
        sa.Column("job_id", Id, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("until", Moment),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("signal_name", sa.Text),
        sa.Column("signal_payload", Document),
        sa.Column("signal_by", sa.Text),
        sa.Column("signal_at", Moment),
        sa.Column("answered_in", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_job_waits"),
        sa.UniqueConstraint("job_id", "key", name="uq_job_waits_job_id_key"),
        _of_a_job("job_waits"),
    )


def _create_artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("job_id", Id, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artifacts"),
        sa.UniqueConstraint("job_id", "key", name="uq_artifacts_job_id_key"),
        _of_a_job("artifacts"),
    )


def _of_a_job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], f"fk_{table}_job_id_jobs", ondelete="CASCADE")
