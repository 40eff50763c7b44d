"""What films are made, and what there is of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
IN_SIGHT = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "video_projects",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("job", sa.String(36), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("forked_from", sa.String(36)),
        sa.Column("stage", sa.String(20)),
        sa.Column("storyboard", sa.Text, nullable=False),
        sa.Column("film", sa.Text),
        sa.Column("estimate", sa.Float, nullable=False),
        sa.Column("spent", sa.Text, nullable=False),
        sa.Column("cost", sa.Float, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_video_projects"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_video_projects_job_jobs", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_video_projects_newest",
        "video_projects",
        ["project", "created_at", "id"],
        sqlite_where=IN_SIGHT,
        postgresql_where=IN_SIGHT,
    )
    op.create_index("ix_video_projects_job", "video_projects", ["job"])


def downgrade() -> None:
    op.drop_table("video_projects")
