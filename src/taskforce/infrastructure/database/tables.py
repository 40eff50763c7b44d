"""The tables. Migrations are written by hand and tested to equal these and their indexes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Float,
    ForeignKey,
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
READY = text("is_ready")
QUEUED_UNDER_A_LIMIT = text("status = 'queued' AND concurrency_key IS NOT NULL")
NOT_OVER = text("status IN ('queued', 'running', 'waiting')")
PRUNED = text("pruned_at IS NOT NULL")
SENDING = text("status = 'sending'")
SENT = text("status IN ('pending', 'sending')")
UNDELIVERED = text("status IN ('waiting', 'pending', 'sending')")
DELIVERY_OVER = text("status IN ('delivered', 'given_up')")

projects = Table(
    "projects",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_by", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("project", Name, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Name, primary_key=True),
    Column("role", Word),
    Column("added_by", Name, nullable=False),
    Column("added_at", Moment, nullable=False),
)

# Of a key's text only the HMAC is kept, and what that is made with is not in the database.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("project", Name, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("role", Word, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_by", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
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
    # Set for a whole family at once, before its rows are removed one after the other.
    Column("pruned_at", Moment),
    # For an index's condition, which must not name due_at: that is the lease's end while the job runs, and
    # where a condition's column changes, as with each step, PostgreSQL writes into every index.
    Column("is_ready", Boolean, Computed("due_at IS NOT NULL AND lease_owner IS NULL")),
)
NOT_OF_A_JOB = frozenset({"number", "pruned_at", "is_ready"})
"""The columns of `jobs` that only statements know."""

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

webhooks = Table(
    "webhooks",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    Column("project", Name, nullable=False),
    Column("url", Text, nullable=False),
    Column("event_types", Document, nullable=False),
    Column("format", Word, nullable=False),
    Column("description", Text, nullable=False),
    Column("concurrency", Integer, nullable=False),
    # What signs is needed as it is: a digest could not sign.
    Column("secret", Text, nullable=False),
    Column("former_secret", Text),
    Column("former_until", Moment),
    Column("status", Word, nullable=False),
    Column("disabled_because", Text),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("paused_until", Moment),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# Events that are to leave; each goes when the bus has it. They refer to nothing, so that a job may go before.
outbox = Table(
    "outbox",
    metadata,
    Column("number", Number, primary_key=True),
    Column("event_id", Name, nullable=False),
    Column("project", Name, nullable=False),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Name, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("details", Document),
    Column("request_id", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    UniqueConstraint("event_id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    Column("webhook", Number, ForeignKey("webhooks.number", ondelete="CASCADE"), nullable=False),
    *(Column(one.name, one.type, nullable=one.nullable) for one in outbox.c if one.name != "number"),
    Column("status", Word, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("owner", Text),
    Column("epoch", Integer, nullable=False),
)
