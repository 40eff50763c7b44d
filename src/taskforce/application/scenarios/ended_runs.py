"""Runs that are completed, with what they have left."""

from taskforce.application.scenarios.keeping_files import RunResult
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.scenarios.errors import RunNotFound, RunUnfinished
from taskforce.core.scenarios.ports import Evaluated
from taskforce.core.scenarios.statuses import status_of
from taskforce.core.scenarios.task import KIND, facts_of


class EndedRuns:
    """Finds runs and their results."""

    def __init__(self, *, jobs: JobStore, artifacts: ArtifactStore) -> None:
        self._jobs = jobs
        self._artifacts = artifacts

    async def find(self, run_id: JobId, *, project: ProjectId, kind: str = KIND) -> Job:
        """Return the job of a run, or of what is kept as runs are. Raises RunNotFound."""
        try:
            job = await self._jobs.get(run_id, project=project)
        except JobNotFound as missing:
            raise RunNotFound(run_id) from missing
        if job.kind != kind:
            raise RunNotFound(run_id)
        return job

    async def result(self, run_id: JobId, *, project: ProjectId) -> RunResult:
        """Return what a run came to. Raises RunNotFound, RunUnfinished."""
        return result_of(await self.find(run_id, project=project))

    async def read(self, run_id: JobId, *, project: ProjectId) -> Evaluated:
        """Return a run with its files. Raises RunNotFound, RunUnfinished, and as the artifact store does."""
        job = await self.find(run_id, project=project)
        files = {file.name: await self._artifacts.read(file.ref) for file in result_of(job).files}
        return Evaluated(facts=facts_of(job), files=files)


def result_of(job: Job) -> RunResult:
    """Return what the job of a run came to. Raises RunUnfinished."""
    if job.status is not JobStatus.SUCCEEDED or job.outcome is None:
        raise RunUnfinished(job.id, status_of(job).value)
    return RunResult.model_validate(job.outcome.result)
