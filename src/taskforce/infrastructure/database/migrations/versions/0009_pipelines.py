"""Runs of pipelines, with their phases, tasks and steps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

Id = sa.String(36)
Name = sa.String(200)
Word = sa.String(20)
Moment = sa.BigInteger


def upgrade() -> None:
    op.create_table(
        "pipeline_runs",
        sa.Column("id", Id, nullable=False),
        sa.Column("project", Name, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("commit_sha", sa.Text, nullable=False),
        sa.Column("trigger_type", Word, nullable=False),
        sa.Column("triggered_by", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pipeline_runs"),
        sa.ForeignKeyConstraint(["id"], ["jobs.id"], name="fk_pipeline_runs_id_jobs", ondelete="CASCADE"),
    )
    place = ["project", "repository", "created_at", "id"]
    op.create_index("ix_pipeline_runs_repository", "pipeline_runs", place)
    op.create_index("ix_pipeline_runs_branch", "pipeline_runs", [*place[:2], "branch", *place[2:]])
    _create_part(
        "pipeline_phases",
        "run",
        "pipeline_runs",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("group_number", sa.Integer, nullable=False),
        sa.Column("required", sa.Boolean, nullable=False),
    )
    _create_part(
        "pipeline_tasks",
        "phase",
        "pipeline_phases",
        sa.Column("project_name", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    _create_part(
        "pipeline_steps",
        "task",
        "pipeline_tasks",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("exit_code", sa.Integer),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("logs_key", sa.Text),
    )


def downgrade() -> None:
    for table in ("pipeline_steps", "pipeline_tasks", "pipeline_phases", "pipeline_runs"):
        op.drop_table(table)


def _create_part(table: str, whole: str, wholes: str, *own: "sa.Column[object]") -> None:
    op.create_table(
        table,
        sa.Column("id", Id, nullable=False),
        sa.Column(whole, Id, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *own,
        sa.Column("status", Word, nullable=False),
        sa.Column("started_at", Moment),
        sa.Column("completed_at", Moment),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            [whole], [f"{wholes}.id"], name=f"fk_{table}_{whole}_{wholes}", ondelete="CASCADE"
        ),
    )
    op.create_index(f"ix_{table}_{whole}", table, [whole])
