"""Jobs may be out of sight before their rows are gone.

A column at the end of the row: a table of many jobs is not written anew for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PRUNED = sa.text("pruned_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("pruned_at", sa.BigInteger))
    op.create_index("ix_jobs_pruned", "jobs", ["pruned_at"], sqlite_where=PRUNED, postgresql_where=PRUNED)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE pruned_at IS NOT NULL")
    op.drop_index("ix_jobs_pruned", "jobs")
    op.drop_column("jobs", "pruned_at")
