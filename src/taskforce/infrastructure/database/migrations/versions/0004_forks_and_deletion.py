"""Sessions begin where others were, and go.

The table is put aside, made anew and filled again, so that its columns stand as they are declared.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Id = sa.String(36)
Name = sa.String(200)
Moment = sa.BigInteger
Document = sa.Text

SESSION = "id, project, profile, workspace, created_by, created_at"


def upgrade() -> None:
    new = (
        sa.Column("forked_from", Id),
        sa.Column("opening", Document),
        sa.Column("deleted_at", Moment),
    )
    _make_anew(*new, which="")


def downgrade() -> None:
    _make_anew(which=" WHERE deleted_at IS NULL")


def _make_anew(*more: "sa.Column[Any]", which: str) -> None:
    op.execute(f"CREATE TABLE kept_sessions AS SELECT * FROM sessions{which}")  # noqa: S608 - the words above
    op.drop_table("sessions")
    op.create_table(
        "sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("profile", Name, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_project_created_at_id", "sessions", ["project", "created_at", "id"])
    op.execute(f"INSERT INTO sessions ({SESSION}) SELECT {SESSION} FROM kept_sessions")  # noqa: S608 - the same
    op.drop_table("kept_sessions")
