"""What changes with every step of a job stands in no index, also not in an index's condition.

On PostgreSQL the table is written anew, with room on each page for the next versions of its rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ORDER: list[str | sa.TextClause] = [sa.text("priority DESC"), "created_at", "id"]
READY = sa.text("is_ready")
FORMERLY = sa.text("status IN ('queued', 'waiting') AND due_at IS NOT NULL")
MANNERS = {
    "fillfactor": "70",
    # Claims pass over the entries of jobs that are taken until they are cleaned away: where that waits for
    # the usual fifth of a table that also keeps what is over, there are too many.
    "autovacuum_vacuum_scale_factor": "0.01",
    "autovacuum_vacuum_threshold": "1000",
}


def upgrade() -> None:
    is_postgres = op.get_context().dialect.name == "postgresql"
    if is_postgres:
        manners = ", ".join(f"{name} = {value}" for name, value in MANNERS.items())
        op.execute(f"ALTER TABLE jobs SET ({manners})")
    op.drop_index("ix_jobs_ready", "jobs")
    is_ready = sa.Computed("due_at IS NOT NULL AND lease_owner IS NULL", persisted=is_postgres or None)
    op.add_column("jobs", sa.Column("is_ready", sa.Boolean, is_ready))
    op.create_index("ix_jobs_ready", "jobs", ORDER, sqlite_where=READY, postgresql_where=READY)


def downgrade() -> None:
    op.drop_index("ix_jobs_ready", "jobs")
    op.drop_column("jobs", "is_ready")
    op.create_index("ix_jobs_ready", "jobs", ORDER, sqlite_where=FORMERLY, postgresql_where=FORMERLY)
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE jobs RESET ({', '.join(MANNERS)})")
