"""Requests under a key, and what they made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Name = sa.String(200)


def upgrade() -> None:
    op.create_table(
        "idempotency",
        sa.Column("project", Name, nullable=False),
        sa.Column("principal", Name, nullable=False),
        sa.Column("use_case", Name, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("made", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("project", "principal", "use_case", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])


def downgrade() -> None:
    op.drop_table("idempotency")
