"""What is over of runs: their logs after some days, by environment, and their history later."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from taskforce.application.jobs.retention import OldJobs, Prunable
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.keys import run_prefix
from taskforce.core.pipelines.retention import LogPruning, RunEnvironment, log_terms

RUNS = 50
"""How many are looked up at once."""


def run_place(run: JobId) -> str:
    """Return where all that a run stores lies in the artifact store."""
    return run_prefix(run).rstrip("/")


class OldLogs(Prunable):
    """Logs and long results of ended runs, whose bytes go before the records that lead to them.

    A crash in between leaves records without bytes, which are found again; who asks is answered 404 by both.
    """

    def __init__(
        self,
        *,
        pruning: LogPruning,
        artifacts: ArtifactStore,
        clock: Clock,
        environment: str,
        days: Mapping[str, int],
    ) -> None:
        self._pruning = pruning
        self._artifacts = artifacts
        self._clock = clock
        self._environment = RunEnvironment(environment)
        self._days = {RunEnvironment(name): kept for name, kept in days.items()}

    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> int:
        """Remove what is over by the settings; what was used last `before` is jobs' matter."""
        terms = log_terms(self._environment, self._days, now=self._clock.now())
        count = 0
        last: JobId | None = None
        while found := await self._pruning.over(project, terms, after=last, limit=RUNS):
            last = found[-1]
            count += len(found)
            for run in () if dry_run else found:
                await self._artifacts.clear(run_place(run))
                await self._pruning.forget(run)
        return count


class OldRuns(Prunable):
    """Runs whose history is over, with all that they have started."""

    def __init__(self, *, jobs: OldJobs, clock: Clock, days: int) -> None:
        self._jobs = jobs
        self._clock = clock
        self._kept = timedelta(days=days)

    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> int:
        """Remove what is over by the settings; what is older than `before` goes, and is counted, as jobs."""
        over = self._clock.now() - self._kept
        if before is not None and before >= over:
            return 0
        return await self._jobs.prune(project, before=over, dry_run=dry_run)
