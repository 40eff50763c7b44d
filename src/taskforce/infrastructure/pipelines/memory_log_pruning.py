"""Logs that are over, in memory."""

from collections.abc import Sequence

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.keys import run_of_key, run_prefix
from taskforce.core.pipelines.retention import LogPruning, LogTerms
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.pipelines.memory import MemoryRuns
from taskforce.infrastructure.pipelines.memory_delivery import MemoryDeliveries


class MemoryLogPruning(LogPruning):
    """Looks at runs, at what they have stored, and at where their releases came to."""

    def __init__(self, runs: MemoryRuns, jobs: MemoryJobStore, deliveries: MemoryDeliveries) -> None:
        self._runs = runs
        self._jobs = jobs
        self._deliveries = deliveries

    async def over(
        self, project: ProjectId, terms: LogTerms, *, after: JobId | None, limit: int
    ) -> Sequence[JobId]:
        found = [
            run
            for run in sorted(self._runs.facts)
            if run > (after or "")
            and self._runs.facts[run].project == project
            and self._has_ended(run, terms)
            and await self._has_logs(run)
            and not self._was_delivered(run, terms)
        ]
        return tuple(found[:limit])

    async def forget(self, run: JobId) -> None:
        self._jobs.forget_artifacts(run, below=run_prefix(run))

    def _has_ended(self, run: JobId, terms: LogTerms) -> bool:
        job = self._jobs.find(run)
        return job is not None and job.ended_at is not None and job.ended_at < terms.ended

    async def _has_logs(self, run: JobId) -> bool:
        return any(run_of_key(artifact.ref.key) == run for artifact in await self._jobs.artifacts(run))

    def _was_delivered(self, run: JobId, terms: LogTerms) -> bool:
        return any(
            deployment.release.run == run
            and deployment.deployed_at is not None
            and deployment.deployed_at >= terms.deployed[deployment.environment]
            for deployment in self._deliveries.deployments.values()
        )
