"""Logs that are over, in a SQL database."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.keys import RUNS_PREFIX, run_prefix
from taskforce.core.pipelines.retention import LogPruning, LogTerms
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.delivery_tables import deployments, releases
from taskforce.infrastructure.database.pipeline_tables import pipeline_runs
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import artifacts, jobs
from taskforce.infrastructure.jobs.sql_statements import IN_SIGHT


class SqlLogPruning(LogPruning):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def over(
        self, project: ProjectId, terms: LogTerms, *, after: JobId | None, limit: int
    ) -> Sequence[JobId]:
        return await self._database.read(
            lambda connection: _over(connection, project, terms, after=after, limit=limit)
        )

    async def forget(self, run: JobId) -> None:
        about = {"run": run, "below": f"{run_prefix(run)}%"}
        await self._database.write(lambda connection: _FORGET.run(connection, about))


def _over(
    connection: Connection, project: ProjectId, terms: LogTerms, *, after: JobId | None, limit: int
) -> Sequence[JobId]:
    came_to = [
        and_(
            deployments.c.environment == place.value,
            deployments.c.deployed_at >= bindparam(None, since, type_=Moment),
        )
        for place, since in terms.deployed.items()
    ]
    delivered = (
        select(releases.c.run)
        .join(deployments, deployments.c.release == releases.c.id)
        .where(releases.c.project == project, releases.c.run.is_not(None), or_(*came_to))
    )
    query = (
        select(pipeline_runs.c.id)
        .join(jobs, jobs.c.id == pipeline_runs.c.id)
        .where(
            pipeline_runs.c.project == project,
            pipeline_runs.c.id > (after or ""),
            jobs.c.ended_at < bindparam(None, terms.ended, type_=Moment),
            IN_SIGHT,
            select(artifacts.c.id)
            .where(artifacts.c.job == jobs.c.number, artifacts.c.key.like(f"{RUNS_PREFIX}%"))
            .exists(),
            pipeline_runs.c.id.not_in(delivered),
        )
        .order_by(pipeline_runs.c.id)
        .limit(limit)
    )
    return tuple(JobId(run) for run in connection.scalars(query))


_FORGET = Prepared(
    delete(artifacts).where(
        artifacts.c.job == select(jobs.c.number).where(jobs.c.id == bindparam("run")).scalar_subquery(),
        artifacts.c.key.like(bindparam("below")),
    )
)
