"""Projects have names and members, and API keys open them.

The table of projects is put aside, made anew and filled again, so that its columns stand as declared.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Name = sa.String(200)
Word = sa.String(20)
Moment = sa.BigInteger


def upgrade() -> None:
    op.execute("CREATE TABLE kept_projects AS SELECT id, created_at FROM projects")
    op.drop_table("projects")
    op.create_table(
        "projects",
        sa.Column("id", Name, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_by", Name, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.execute("INSERT INTO projects SELECT id, id, 'local', created_at FROM kept_projects")
    op.drop_table("kept_projects")
    _create_members()
    _create_keys()


def downgrade() -> None:
    op.drop_table("api_keys")
    op.drop_table("members")
    op.execute("CREATE TABLE kept_projects AS SELECT id, created_at FROM projects")
    op.drop_table("projects")
    op.create_table(
        "projects",
        sa.Column("id", Name, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.execute("INSERT INTO projects SELECT id, created_at FROM kept_projects")
    op.drop_table("kept_projects")


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("project", Name, nullable=False),
        sa.Column("principal", Name, nullable=False),
        sa.Column("role", Word),
        sa.Column("added_by", Name, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.id"], name="fk_members_project_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "principal", name="pk_members"),
    )
    op.create_index("ix_members_principal", "members", ["principal"])


def _create_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(8), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("role", Word, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_by", Name, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment),
        sa.Column("last_used_at", Moment),
        sa.Column("revoked_at", Moment),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.id"], name="fk_api_keys_project_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_project_created_at_id", "api_keys", ["project", "created_at", "id"])
