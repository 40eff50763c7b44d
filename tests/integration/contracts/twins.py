"""Two sets of stores, in memory and in SQLite, that are told the same and must answer the same."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from taskforce.core.errors import TaskforceError
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.errors import LeaseLost
from taskforce.core.jobs.ports import JobStore
from taskforce.core.pipelines.ports import ApprovalStore, DeploymentStore, ReleaseStore, RunStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.pipelines.memory import MemoryRuns, MemoryRunStore
from taskforce.infrastructure.pipelines.memory_delivery import (
    MemoryApprovalStore,
    MemoryDeliveries,
    MemoryDeploymentStore,
    MemoryReleaseStore,
)
from taskforce.infrastructure.pipelines.sql import SqlRunStore
from taskforce.infrastructure.pipelines.sql_approvals import SqlApprovalStore
from taskforce.infrastructure.pipelines.sql_changes import APPLIERS
from taskforce.infrastructure.pipelines.sql_delivery_changes import APPLIERS as DELIVERY_APPLIERS
from taskforce.infrastructure.pipelines.sql_deployments import SqlDeploymentStore
from taskforce.infrastructure.pipelines.sql_releases import SqlReleaseStore
from taskforce.infrastructure.system.clock import SetClock

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The stores of pipelines over one database."""

    jobs: JobStore
    runs: RunStore
    releases: ReleaseStore
    deployments: DeploymentStore
    approvals: ApprovalStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Both, and their clock."""

    both: tuple[Twin, Twin]
    clock: SetClock

    def say(self, do: Callable[[Twin], Awaitable[T]]) -> T | str:
        """Do the same with both; return what came of it, or the name of the error with which both refuse."""
        first, second = (asyncio.run(_outcome(do, twin)) for twin in self.both)
        assert first == second
        return first


async def _outcome(do: Callable[[Twin], Awaitable[T]], twin: Twin) -> T | str:
    try:
        return await do(twin)
    except (TaskforceError, LeaseLost) as refused:
        return type(refused).__name__


@contextmanager
def twins(folder: Path, clock: SetClock) -> Iterator[Twins]:
    """Open both."""
    database = SqliteDatabase(folder / "taskforce.db", synchronous="NORMAL")
    appliers = {RememberRequest: remember_request, **APPLIERS, **DELIVERY_APPLIERS}
    in_sql = Twin(
        jobs=SqlJobStore(database, clock, appliers),
        runs=SqlRunStore(database),
        releases=SqlReleaseStore(database),
        deployments=SqlDeploymentStore(database),
        approvals=SqlApprovalStore(database),
    )
    try:
        yield Twins(both=(_in_memory(clock), in_sql), clock=clock)
    finally:
        database.close()


def _in_memory(clock: SetClock) -> Twin:
    runs = MemoryRuns(lambda job_id: jobs.find(job_id))  # noqa: PLW0108 - it is made below
    requests = MemoryRequestLog()
    deliveries = MemoryDeliveries(lambda job_id: jobs.find(job_id))  # noqa: PLW0108 - it is made below
    appliers = {RememberRequest: requests.remember, **runs.appliers, **deliveries.appliers}
    jobs = MemoryJobStore(clock, appliers)
    return Twin(
        jobs=jobs,
        runs=MemoryRunStore(runs, jobs),
        releases=MemoryReleaseStore(deliveries),
        deployments=MemoryDeploymentStore(deliveries),
        approvals=MemoryApprovalStore(deliveries, requests),
    )
