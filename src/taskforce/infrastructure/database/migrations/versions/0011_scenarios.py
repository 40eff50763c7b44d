"""What plants scenarios are simulated on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "scenario_snapshots",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("committed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenario_snapshots"),
        sa.UniqueConstraint("project", "checksum", name="uq_scenario_snapshots_checksum"),
    )
    op.create_index("ix_scenario_snapshots_newest", "scenario_snapshots", ["project", "committed"])


def downgrade() -> None:
    op.drop_table("scenario_snapshots")
