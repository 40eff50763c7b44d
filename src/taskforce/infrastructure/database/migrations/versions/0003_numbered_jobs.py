"""Jobs get numbers, by which their records refer to them; what inputs have in common is stored once.

The tables are put aside, made anew and filled again: SQLite and PostgreSQL both can do that.
"""

# ruff: noqa: S608 - the names in the statements are those below

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Id = sa.String(36)
Name = sa.String(200)
Word = sa.String(20)
Moment = sa.BigInteger
Document = sa.Text
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

RUNNING = sa.text("status = 'running'")
READY = sa.text("status IN ('queued', 'waiting') AND due_at IS NOT NULL")
LOCKED = sa.text("lock IS NOT NULL AND status IN ('queued', 'running', 'waiting')")

JOB = (
    "id, project, kind, status, priority, subject, lock, concurrency_key, concurrency_limit, root, parent, "
    "parent_key, continues, created_by, created_at, updated_at, due_at, started_at, ended_at, epoch, "
    "lease_owner, lease_until, losses, cancel_requested, last_event, progress_percent, progress_message, "
    "result, failure, request_id, traceparent, version"
)
WAIT = "id, key, kind, name, until, opened_at, signal_name, signal_payload, signal_by, signal_at, answered_in"
RECORDS = {
    "job_steps": ("key, status, attempts, output, overflow, error, recorded_at", "recorded_at, key"),
    "job_events": ("number, key, type, message, details, at", "number"),
    "job_waits": (WAIT, "opened_at, id"),
    "artifacts": ("id, project, key, kind, media_type, size, sha256, created_at", "created_at, id"),
}
"""The columns of what belongs to a job, and what it is written in the order of."""
TABLES = (*RECORDS, "job_inputs", "jobs")


def upgrade() -> None:
    _put_aside(*TABLES)
    _create_jobs(by_number=True)
    _create_inputs()
    _create_records("job", "number", Number)
    op.execute(f"INSERT INTO jobs ({JOB}) SELECT {JOB} FROM kept_jobs ORDER BY created_at, id")
    op.execute(
        "INSERT INTO job_inputs (job, own)"
        " SELECT jobs.number, old.input FROM kept_job_inputs AS old JOIN jobs ON jobs.id = old.job_id"
    )
    for table in RECORDS:
        _fill(table, "job", "jobs.number", "JOIN jobs ON jobs.id = old.job_id")
    _drop_kept(*TABLES)


def downgrade() -> None:
    _put_aside(*TABLES, "documents")
    _create_jobs(by_number=False)
    _create_whole_inputs()
    _create_records("job_id", "id", Id)
    op.execute(f"INSERT INTO jobs ({JOB}) SELECT {JOB} FROM kept_jobs ORDER BY number")
    _fill_whole_inputs()
    for table in RECORDS:
        _fill(table, "job_id", "jobs.id", "JOIN kept_jobs AS jobs ON jobs.number = old.job")
    _drop_kept(*TABLES, "documents")


def _put_aside(*tables: str) -> None:
    for table in tables:
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    for table in tables:
        op.drop_table(table)


def _drop_kept(*tables: str) -> None:
    for table in tables:
        op.drop_table(f"kept_{table}")


def _fill(table: str, column: str, value: str, join: str) -> None:
    columns, order = RECORDS[table]
    old = ", ".join(f"old.{name}" for name in columns.split(", "))
    places = ", ".join(f"old.{name}" for name in order.split(", "))
    op.execute(
        f"INSERT INTO {table} ({column}, {columns})"
        f" SELECT {value}, {old} FROM kept_{table} AS old {join} ORDER BY jobs.number, {places}"
    )


def _fill_whole_inputs() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT jobs.id, old.own, shared.content FROM kept_job_inputs AS old"
            " JOIN kept_jobs AS jobs ON jobs.number = old.job"
            " LEFT JOIN kept_documents AS shared ON shared.number = old.shared"
        )
    )
    add = sa.text("INSERT INTO job_inputs (job_id, input) VALUES (:job, :input)")
    for job, own, shared in rows:
        connection.execute(add, {"job": job, "input": own if shared is None else _whole(own, shared)})


def _whole(own: str, shared: str) -> str:
    return json.dumps(json.loads(shared) | json.loads(own), separators=(",", ":"))


def _create_jobs(*, by_number: bool) -> None:
    number = [sa.Column("number", Number, nullable=False)] if by_number else []
    keys = [sa.PrimaryKeyConstraint("number" if by_number else "id", name="pk_jobs")]
    unique = [sa.UniqueConstraint("id", name="uq_jobs_id")] if by_number else []
    op.create_table(
        "jobs",
        *number,
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
        *keys,
        *unique,
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
    for name in ("project", "subject"):
        tie = [] if by_number else ["id"]
        columns = [name, "created_at", *tie]
        op.create_index(f"ix_jobs_{'_'.join(columns)}", "jobs", columns)
    op.create_index("ix_jobs_parent", "jobs", ["parent"])
    op.create_index("ix_jobs_continues", "jobs", ["continues"])


def _create_inputs() -> None:
    op.create_table(
        "documents",
        sa.Column("number", Number, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", Document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_documents"),
        sa.UniqueConstraint("sha256", name="uq_documents_sha256"),
    )
    op.create_table(
        "job_inputs",
        sa.Column("job", Number, nullable=False),
        sa.Column("own", Document, nullable=False),
        sa.Column("shared", Number),
        sa.PrimaryKeyConstraint("job", name="pk_job_inputs"),
        _of_a_job("job_inputs", "job", "number"),
        sa.ForeignKeyConstraint(["shared"], ["documents.number"], "fk_job_inputs_shared_documents"),
    )
    op.create_index("ix_job_inputs_shared", "job_inputs", ["shared"])


def _create_whole_inputs() -> None:
    op.create_table(
        "job_inputs",
        sa.Column("job_id", Id, nullable=False),
        sa.Column("input", Document, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_inputs"),
        _of_a_job("job_inputs", "job_id", "id"),
    )


def _create_records(job: str, refers_to: str, type: sa.types.TypeEngine[Any]) -> None:
    op.create_table(
        "job_steps",
        sa.Column(job, type, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("output", Document),
        sa.Column("overflow", Document),
        sa.Column("error", Document),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint(job, "key", name="pk_job_steps"),
        _of_a_job("job_steps", job, refers_to),
    )
    op.create_table(
        "job_events",
        sa.Column(job, type, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint(job, "number", name="pk_job_events"),
        sa.UniqueConstraint(job, "key", name=f"uq_job_events_{job}_key"),
        _of_a_job("job_events", job, refers_to),
    )
    op.create_table(
        "job_waits",
        sa.Column("id", Id, nullable=False),
        sa.Column(job, type, nullable=False),
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
        sa.UniqueConstraint(job, "key", name=f"uq_job_waits_{job}_key"),
        _of_a_job("job_waits", job, refers_to),
    )
    op.create_table(
        "artifacts",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column(job, type, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artifacts"),
        sa.UniqueConstraint(job, "key", name=f"uq_artifacts_{job}_key"),
        _of_a_job("artifacts", job, refers_to),
    )


def _of_a_job(table: str, job: str, refers_to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([job], [f"jobs.{refers_to}"], f"fk_{table}_{job}_jobs", ondelete="CASCADE")
