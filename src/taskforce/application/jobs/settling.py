"""Waiting for what a job comes to: by its play when it goes on in this process, else by its row."""

from taskforce.application.jobs.growing_log import PATIENCE
from taskforce.application.jobs.loop import crossed
from taskforce.application.jobs.questions import Questions
from taskforce.application.jobs.staffing import Staffing
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobFeed, JobStore


class Settling:
    """Waits until a job is over or its family stops for a person; of a job that ends here nothing is read."""

    def __init__(self, *, store: JobStore, feed: JobFeed, staffing: Staffing) -> None:
        self._store = store
        self._questions = Questions(store)
        self._feed = feed
        self._staffing = staffing

    async def of(self, job_id: JobId, *, project: ProjectId) -> Job:
        """Return the job when it has ended or waits for a person. Raises JobNotFound."""
        return await self._played(job_id) or await self._looked_at(job_id, project=project)

    async def _played(self, job_id: JobId) -> Job | None:
        """Return the job if it is played here now and ends with that."""
        play = self._staffing.worker.play_of(job_id)
        return None if play is None else await crossed(play)

    async def _looked_at(self, job_id: JobId, *, project: ProjectId) -> Job:
        self._staffing.worker.start()  # its poller looks for what other processes do
        async with self._feed.watch(job_id) as watch:
            while True:
                job = await self._store.get(job_id, project=project)
                if job.status.is_over or await self._waits_for_a_person(job):
                    return job
                await watch.next(timeout=PATIENCE)
                ended = await self._played(job_id)
                if ended is not None:
                    return ended

    async def _waits_for_a_person(self, job: Job) -> bool:
        return job.status is JobStatus.WAITING and (await self._questions.of(job.id)).is_paused
