"""The tables. Migrations are written by hand and tested to equal this."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from taskforce.infrastructure.database.columns import Document, Moment

Id = String(36)
Name = String(200)
Word = String(20)
# SQLite numbers rows itself only where the column's type is exactly INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite takes a partial index only for a query that says the index's condition in the same words.
RUNNING = text("status = 'running'")
READY = text("status IN ('queued', 'waiting') AND due_at IS NOT NULL")
NOT_OVER = text("status IN ('queued', 'running', 'waiting')")
LOCKED = text("lock IS NOT NULL AND status IN ('queued', 'running', 'waiting')")

projects = Table(
    "projects",
    metadata,
    Column("id", Name, primary_key=True),
    Column("created_at", Moment, nullable=False),
)

# What belongs to a job refers to it by its number, which takes a tenth of the id's room.
jobs = Table(
    "jobs",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    Column("project", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("status", Word, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("subject", Name),
    Column("lock", Name),
    Column("concurrency_key", Name),
    Column("concurrency_limit", Integer),
    Column("root", Id, nullable=False),
    Column("parent", Id, ForeignKey("jobs.id", ondelete="CASCADE")),
    Column("parent_key", Text),
    Column("continues", Id, ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("epoch", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Moment),
    Column("losses", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("last_event", BigInteger, nullable=False),
    Column("progress_percent", Float, nullable=False),
    Column("progress_message", Text, nullable=False),
    Column("result", Document),
    Column("failure", Document),
    Column("request_id", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)
# No index holds due_at, lease_until or updated_at: those change with every step.
Index("ix_jobs_running", jobs.c.lease_owner, sqlite_where=RUNNING, postgresql_where=RUNNING)
Index("ix_jobs_limited", jobs.c.concurrency_key, sqlite_where=RUNNING, postgresql_where=RUNNING)
Index(
    "ix_jobs_ready",
    jobs.c.priority.desc(),
    jobs.c.created_at,
    jobs.c.id,
    sqlite_where=READY,
    postgresql_where=READY,
)
Index("uq_jobs_lock", jobs.c.lock, unique=True, sqlite_where=LOCKED, postgresql_where=LOCKED)
Index("ix_jobs_project_created_at", jobs.c.project, jobs.c.created_at)
Index("ix_jobs_subject_created_at", jobs.c.subject, jobs.c.created_at)
Index("ix_jobs_parent", jobs.c.parent)
Index("ix_jobs_continues", jobs.c.continues)

# What rows have in common, stored once. One that no row refers to may be deleted.
documents = Table(
    "documents",
    metadata,
    Column("number", Number, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("content", Document, nullable=False),
)

# Apart from the job's row, for that is written anew with every step and an input may be long. The input's
# members are those of both documents.
job_inputs = Table(
    "job_inputs",
    metadata,
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("own", Document, nullable=False),
    Column("shared", Number, ForeignKey("documents.number")),
)
Index("ix_job_inputs_shared", job_inputs.c.shared)

job_steps = Table(
    "job_steps",
    metadata,
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("status", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("output", Text),
    Column("overflow", Document),
    Column("error", Document),
    Column("recorded_at", Moment, nullable=False),
)

job_events = Table(
    "job_events",
    metadata,
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("details", Document, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("job", "key"),
)

job_waits = Table(
    "job_waits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Word, nullable=False),
    Column("name", Text, nullable=False),
    Column("until", Moment),
    Column("opened_at", Moment, nullable=False),
    Column("signal_name", Text),
    Column("signal_payload", Document),
    Column("signal_by", Text),
    Column("signal_at", Moment),
    # The job's epoch when somebody else answered: what came in the epoch of a running job is news to it.
    Column("answered_in", Integer),
    UniqueConstraint("job", "key"),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("job", "key"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("profile", Name, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("forked_from", Id),
    # What was said before it began, in the session that it was forked from.
    Column("opening", Document),
    # Set before what belongs to it is removed, so that a removal that broke off can be finished.
    Column("deleted_at", Moment),
)
Index("ix_sessions_project_created_at_id", sessions.c.project, sessions.c.created_at, sessions.c.id)

# What requests under a key have made; `made` is a job's id or another's, so it refers to no one table.
idempotency = Table(
    "idempotency",
    metadata,
    Column("project", Name, primary_key=True),
    Column("principal", Name, primary_key=True),
    Column("use_case", Name, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("made", Id, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("ix_idempotency_at", idempotency.c.at)
