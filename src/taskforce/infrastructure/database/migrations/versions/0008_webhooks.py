"""Webhooks, the outbox that feeds them, and their deliveries."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

Id = sa.String(36)
Name = sa.String(200)
Word = sa.String(20)
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.BigInteger
Document = sa.Text

SENDING = sa.text("status = 'sending'")
SENT = sa.text("status IN ('pending', 'sending')")
UNDELIVERED = sa.text("status IN ('waiting', 'pending', 'sending')")
OVER = sa.text("status IN ('delivered', 'given_up')")
ENABLED = sa.text("status = 'enabled'")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("number", Number, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("event_types", Document, nullable=False),
        sa.Column("format", Word, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("former_secret", sa.Text),
        sa.Column("former_until", Moment),
        sa.Column("status", Word, nullable=False),
        sa.Column("disabled_because", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", Moment),
        sa.Column("paused_until", Moment),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_webhooks"),
        sa.UniqueConstraint("id", name="uq_webhooks_id"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", Number, nullable=False),
        *_event(),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("number", Number, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("webhook", Number, nullable=False),
        *_event(),
        sa.Column("status", Word, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("attempts", Document, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("id", name="uq_webhook_deliveries_id"),
        sa.ForeignKeyConstraint(
            ["webhook"],
            ["webhooks.number"],
            name="fk_webhook_deliveries_webhook_webhooks",
            ondelete="CASCADE",
        ),
    )
    _index("webhooks", "enabled", "project", where=ENABLED)
    _index("webhook_deliveries", "webhook_number", "webhook", "number")
    _index("webhook_deliveries", "sending", "webhook", "owner", where=SENDING)
    _index("webhook_deliveries", "due", "webhook", "due_at", where=SENT)
    _index("webhook_deliveries", "line", "webhook", "subject", "number", where=UNDELIVERED)
    _index("webhook_deliveries", "over", "updated_at", where=OVER)


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("outbox")
    op.drop_table("webhooks")


def _event() -> "Iterator[sa.Column[Any]]":
    yield sa.Column("event_id", Name, nullable=False)
    yield sa.Column("project", Name, nullable=False)
    yield sa.Column("type", sa.Text, nullable=False)
    yield sa.Column("name", sa.Text, nullable=False)
    yield sa.Column("subject", Name, nullable=False)
    yield sa.Column("sequence", sa.BigInteger, nullable=False)
    yield sa.Column("at", Moment, nullable=False)
    yield sa.Column("message", sa.Text, nullable=False)
    yield sa.Column("details", Document)
    yield sa.Column("request_id", sa.Text, nullable=False)
    yield sa.Column("traceparent", sa.Text, nullable=False)


def _index(table: str, name: str, *columns: str, where: "sa.TextClause | None" = None) -> None:
    op.create_index(f"ix_{table}_{name}", table, list(columns), sqlite_where=where, postgresql_where=where)
