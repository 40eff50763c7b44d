"""The tables of pipelines. How a run stands is told by its job's row."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.tables import Id, Name, Word, metadata

pipeline_runs = Table(
    "pipeline_runs",
    metadata,
    Column("id", Id, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("project", Name, nullable=False),
    Column("repository", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("commit_sha", Text, nullable=False),
    Column("trigger_type", Word, nullable=False),
    Column("triggered_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

pipeline_phases = Table(
    "pipeline_phases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run", Id, ForeignKey("pipeline_runs.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("group_number", Integer, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("status", Word, nullable=False),
    Column("started_at", Moment),
    Column("completed_at", Moment),
)

pipeline_tasks = Table(
    "pipeline_tasks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("phase", Id, ForeignKey("pipeline_phases.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("project_name", Text, nullable=False),
    Column("status", Word, nullable=False),
    Column("error", Text, nullable=False),
    Column("started_at", Moment),
    Column("completed_at", Moment),
)

pipeline_steps = Table(
    "pipeline_steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task", Id, ForeignKey("pipeline_tasks.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("status", Word, nullable=False),
    Column("exit_code", Integer),
    Column("error", Text, nullable=False),
    Column("logs_key", Text),
    Column("started_at", Moment),
    Column("completed_at", Moment),
)
