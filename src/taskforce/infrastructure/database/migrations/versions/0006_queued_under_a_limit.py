"""Jobs that wait for a place under their key's limit are counted when one more is handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NAME = "ix_jobs_queued_under_a_limit"
QUEUED = sa.text("status = 'queued' AND concurrency_key IS NOT NULL")


def upgrade() -> None:
    op.create_index(NAME, "jobs", ["concurrency_key"], sqlite_where=QUEUED, postgresql_where=QUEUED)


def downgrade() -> None:
    op.drop_index(NAME, "jobs")
