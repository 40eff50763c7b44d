"""Runs that are completed, and what they came to."""

from taskforce.application.scenarios.keeping_files import RunResult
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.scenarios.errors import RunNotFound, RunUnfinished
from taskforce.core.scenarios.statuses import status_of
from taskforce.core.scenarios.task import KIND, ToldRun, facts_of


class EndedRuns:
    """Finds runs and their results."""

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs

    async def find(self, run_id: JobId, *, project: ProjectId) -> Job:
        """Return the job of a run. Raises RunNotFound."""
        try:
            job = await self._jobs.get(run_id, project=project)
        except JobNotFound as missing:
            raise RunNotFound(run_id) from missing
        if job.kind != KIND:
            raise RunNotFound(run_id)
        return job

    async def result(self, run_id: JobId, *, project: ProjectId) -> RunResult:
        """Return what a run came to. Raises RunNotFound, RunUnfinished."""
        return result_of(await self.find(run_id, project=project))

    async def told(self, run_id: JobId, *, project: ProjectId) -> ToldRun:
        """Return a run as a debrief is told of it. Raises RunNotFound, RunUnfinished."""
        job = await self.find(run_id, project=project)
        facts = facts_of(job)
        return ToldRun(
            id=facts.id,
            snapshot_id=facts.snapshot,
            checksum=facts.checksum,
            scenario=facts.scenario,
            files=result_of(job).files,
        )


def result_of(job: Job) -> RunResult:
    """Return what the job of a run came to. Raises RunUnfinished."""
    if job.status is not JobStatus.SUCCEEDED or job.outcome is None:
        raise RunUnfinished(job.id, status_of(job).value)
    return RunResult.model_validate(job.outcome.result)
